package hostkey_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/hostkey/hostkeytest"
	"github.com/provkit/provkit/internal/ordertest"
	"github.com/provkit/provkit/internal/testsize"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/ledger"
)

// child is the environment variable that makes the test binary a program that buys a server: the vendor's
// address, a key, the ledger and the reference.
const child = "PROVKIT_HOSTKEY_CHILD"

// settles is how long the vendor may take to carry out what a child has sent. Times are in whole seconds.
const settles = 2500 * time.Millisecond

func TestMain(m *testing.M) {
	if args := strings.Split(os.Getenv(child), " "); len(args) == 4 {
		if err := buy(args[0], args[1], args[2], args[3]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// buy places an order until its server is there. It says when it begins, and what a person has to decide.
func buy(url, key, path, reference string) error {
	book, err := ledger.OpenFile(path)
	if err != nil {
		return err
	}
	client, err := hostkey.New(url, provider.NewSecret(key), provider.WithLedger(book), provider.WithSettleTime(settles), provider.WithReadLag(0))
	if err != nil {
		return err
	}
	fmt.Println("begun")
	for {
		placed, err := client.Orders.Place(context.Background(), ordertest.HostkeyOrder(reference))
		switch {
		case errors.Is(err, provider.ErrConflict):
			fmt.Println(err)
		case err != nil:
			return err
		case placed.State == hostkey.OrderReady:
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// TestKilled: programs that buy servers with one ledger in a file are killed at random moments and started
// again. Each order is paid for once, and the lease of a program ends with it.
func TestKilled(t *testing.T) {
	const programs = 2 // at each vendor
	path := filepath.Join(ordertest.Folder(t), "orders")
	vendors := [][]hostkeytest.Option{
		nil, {hostkeytest.WithOrderAnswer(hostkeytest.AnswerNoReference)}, {hostkeytest.WithUnpaidOrders()}, {hostkeytest.WithEarlyServers()},
	}
	kills := testsize.Pick(1, 25) // of each program
	var group sync.WaitGroup
	for v, options := range vendors {
		srv := hostkeytest.NewServer(append(options, hostkeytest.WithCredit("1000000.00"), hostkeytest.WithDeployTime(200*time.Millisecond))...)
		defer srv.Close()
		srv.Faults.When(nil, 0, faults.Fault{Kind: faults.Custom, Answer: func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			time.Sleep(10 * time.Millisecond)
			next.ServeHTTP(w, r)
			time.Sleep(10 * time.Millisecond)
		}})
		for program := range programs {
			random := rand.New(rand.NewPCG(testsize.Seed(), uint64(v*programs+program)))
			group.Go(func() {
				for n, killed := 0, 0; killed < kills; n++ {
					reference := fmt.Sprintf("order-%d-%d", program, n)
					for range 1 + random.IntN(2) {
						if !live(t, srv, path, reference, time.Duration(random.IntN(250))*time.Millisecond) {
							killed++
						}
					}
					assert.True(t, live(t, srv, path, reference, -1), "it was not killed")
					hostname := hostnameOf(ordertest.NameOf(reference), reference)
					assert.Equal(t, 1, srv.PaidOrders()[hostname], "%s: paid", hostname)
				}
			})
		}
		defer func() {
			paid := len(srv.PaidOrders())
			assert.Len(t, srv.Orders(), paid, "vendor %d: orders", v)
			assert.Len(t, srv.Machines(), paid, "vendor %d: servers", v)
			t.Logf("vendor %d: %d orders", v, paid)
		}()
	}
	group.Wait()
	t.Logf("%d programs were killed %d times each", len(vendors)*programs, kills)
}

// live starts a program, and kills it some time after it has begun, unless that is negative. ready reports
// whether it has ended by itself before that.
func live(t *testing.T, srv *hostkeytest.Server, path, reference string, after time.Duration) (ready bool) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %s %s %s", child, srv.URL, srv.Key, path, reference))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err = errors.Join(err, cmd.Start()); err != nil {
		t.Error(err)
		return true
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if lines.Text() == "begun" && after >= 0 {
			defer time.AfterFunc(after, func() { _ = cmd.Process.Kill() }).Stop()
		}
		ordertest.HostkeyDecide(srv, lines.Text())
	}
	err = cmd.Wait()
	if status, ok := errors.AsType[*exec.ExitError](err); ok && status.ExitCode() >= 0 {
		t.Errorf("%s: %v", reference, err) // it has given up by itself
		return true
	}
	return err == nil
}
