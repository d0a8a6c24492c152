package hostkey_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/provkit/provkit/internal/ordertest"
	"github.com/provkit/provkit/provider/ledger"
)

// child is the environment variable that makes the test binary a program that buys a server: the vendor's
// address, a key, the reference and the ledger.
const child = "PROVKIT_HOSTKEY_CHILD"

func TestMain(m *testing.M) {
	if args := strings.Split(os.Getenv(child), " "); len(args) == 4 {
		book, err := ledger.OpenFile(args[3])
		if err == nil {
			err = ordertest.Buy(book, args[0], args[1], args[2])
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestKilled: programs that buy servers with one ledger in a file are killed at random moments and started
// again. Each order is paid for once, and the lease of a program ends with it.
func TestKilled(t *testing.T) {
	path := filepath.Join(ordertest.Folder(t), "orders")
	ordertest.Buyers(t, func(url, key, reference string) *exec.Cmd {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %s %s %s", child, url, key, reference, path))
		return cmd
	})
}
