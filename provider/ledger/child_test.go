package ledger_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/testsize"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/ledger"
	"github.com/provkit/provkit/provider/ledgertest"
)

// child is the environment variable that makes the test binary another program: what it does, and
// the ledger that it does it to.
const child = "PROVKIT_LEDGER_CHILD"

// programs are what a child can be.
var programs = map[string]func(*ledger.File) error{"store": store, "count": count}

func TestMain(m *testing.M) {
	what, path, ok := strings.Cut(os.Getenv(child), " ")
	if !ok {
		os.Exit(m.Run())
	}
	l, err := ledger.OpenFile(path)
	if err == nil {
		err = programs[what](l)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// program returns another program.
func program(what, path string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), child+"="+what+" "+path)
	return cmd
}

// start starts another program. What it writes is in the returned lines.
func start(t *testing.T, what, path string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := program(what, path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	return cmd, bufio.NewScanner(out)
}

// store stores for ever.
func store(l *ledger.File) error {
	return ledgertest.Work(context.Background(), l, os.Stdout, time.Hour)
}

// counted is how far each program counts.
const counted = 20

// count counts on in one entry, under the lease and without it.
func count(l *ledger.File) error {
	ctx := context.Background()
	for n := 0; n < counted; {
		token, err := int64(0), error(nil)
		if n%2 == 0 {
			token, err = l.Acquire(ctx, "panel", time.Hour)
		}
		if errors.Is(err, provider.ErrLeaseHeld) {
			runtime.Gosched()
			continue
		}
		if err != nil {
			return err
		}
		e, err := l.Entry(ctx, entry("counter", "").LedgerKey)
		if err != nil {
			return err
		}
		e.Handle += "x"
		err = l.Put(ctx, e, token)
		if err == nil {
			n++
		} else if !errors.Is(err, provider.ErrStale) {
			return err
		}
		if token != 0 {
			if err := l.Release(ctx, "panel", token); err != nil {
				return err
			}
		}
	}
	return nil
}

// TestPrograms: no program overwrites what another has stored.
func TestPrograms(t *testing.T) {
	path := filepath.Join(folder(t), "orders")
	l := open(t, path)
	put(t, l, "counter", "")
	var running []*exec.Cmd
	for range testsize.Pick(3, 8) {
		cmd, _ := start(t, "count", path)
		running = append(running, cmd)
	}
	for _, cmd := range running {
		require.NoError(t, cmd.Wait())
	}
	e, err := l.Entry(t.Context(), entry("counter", "").LedgerKey)
	require.NoError(t, err)
	require.Len(t, e.Handle, counted*len(running))
}

// TestKilled: a program is killed while it acquires, stores, rewrites the file. What it said was
// stored is there whole, and its lease of an hour is free.
func TestKilled(t *testing.T) {
	path := filepath.Join(folder(t), "orders")
	var file os.FileInfo
	rewritten, torn := 0, 0
	ledgertest.Kills{
		Open:    func() provider.Ledger { return open(t, path) },
		Program: func() *exec.Cmd { return program("store", path) },
		Killed: func() {
			if !strings.HasSuffix(content(t, path), "\n") {
				torn++
			}
			now, err := os.Stat(path)
			require.NoError(t, err)
			if file != nil && !os.SameFile(file, now) {
				rewritten++
			}
			file = now
		},
	}.Run(t)
	t.Logf("%d of the programs had rewritten the file, %d were killed in the middle of a line", rewritten, torn)
	require.Positive(t, rewritten)
}
