package ordertest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/hostkey/hostkeytest"
	"github.com/provkit/provkit/internal/testsize"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

// settles is how long the vendor may take to carry out what a buyer has sent. Times are in whole seconds.
const settles = 2500 * time.Millisecond

// Buy is a program that places an order at HOSTKEY until its server is there. It says when it begins, and
// what a person has to decide.
func Buy(book provider.Ledger, url, key, reference string) error {
	client, err := hostkey.New(url, provider.NewSecret(key), provider.WithLedger(book), provider.WithSettleTime(settles), provider.WithReadLag(0))
	if err != nil {
		return err
	}
	go func() { // it ends with the tests, however these end
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(1)
	}()
	fmt.Println("begun")
	for {
		placed, err := client.Orders.Place(context.Background(), HostkeyOrder(reference))
		switch {
		case errors.Is(err, provider.ErrConflict):
			fmt.Println(err)
		case errors.Is(err, provider.ErrStale): // it was slower than its lease
		case err != nil:
			return err
		case placed.State == hostkey.OrderReady:
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// Hasty returns a ledger whose leases last a tenth of what they should, so that nobody waits long for that of
// a program that was killed.
func Hasty(l provider.Ledger) provider.Ledger { return hasty{l} }

type hasty struct{ provider.Ledger }

const haste = 10

func (h hasty) Acquire(ctx context.Context, name string, ttl time.Duration) (int64, error) {
	return h.Ledger.Acquire(ctx, name, ttl/haste)
}

func (h hasty) Extend(ctx context.Context, name string, token int64, ttl time.Duration) error {
	return h.Ledger.Extend(ctx, name, token, ttl/haste)
}

// Buyers kills programs that buy servers with one ledger, at random moments, and starts them again: 8 of them
// once each, or 25 times in the full run. program returns one more that only calls Buy, with its standard
// output. Each order is paid for once.
func Buyers(t *testing.T, program func(url, key, reference string) *exec.Cmd) {
	const programs = 2 // at each vendor
	vendors := [][]hostkeytest.Option{
		nil, {hostkeytest.WithOrderAnswer(hostkeytest.AnswerNoReference)}, {hostkeytest.WithUnpaidOrders()}, {hostkeytest.WithEarlyServers()},
	}
	kills := testsize.Pick(1, 25) // of each program
	var group sync.WaitGroup
	for v, options := range vendors {
		srv := hostkeytest.NewServer(append(options, hostkeytest.WithCredit("1000000.00"), hostkeytest.WithDeployTime(200*time.Millisecond))...)
		defer srv.Close()
		client, err := hostkey.New(srv.URL, provider.NewSecret(srv.Key), provider.WithoutLedger())
		require.NoError(t, err)
		srv.Faults.When(nil, 0, faults.Fault{Kind: faults.Custom, Answer: func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
			time.Sleep(10 * time.Millisecond)
			if HostkeyRequest(r, string(body)).Order { // it is carried out, whether its program lives or not
				time.Sleep(150 * time.Millisecond)
			}
			next.ServeHTTP(w, r)
			time.Sleep(10 * time.Millisecond)
		}})
		for number := range programs {
			random := rand.New(rand.NewPCG(testsize.Seed(), uint64(v*programs+number)))
			group.Go(func() {
				for n, killed := 0, 0; killed < kills; n++ {
					reference := fmt.Sprintf("order-%d-%d", number, n)
					life := func(after time.Duration) (ready bool) {
						return watch(t, srv, program(srv.URL, srv.Key, reference), after)
					}
					for range 1 + random.IntN(2) {
						if !life(time.Duration(random.IntN(250)) * time.Millisecond) {
							killed++
						}
					}
					assert.True(t, life(-1), "it was not killed")
					assert.Equal(t, 1, srv.PaidOrders()[client.Orders.Hostname(NameOf(reference), reference)], "%s: paid", reference)
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

// watch runs a program, and kills it some time after it has begun, unless that is negative. ready reports
// whether it has ended by itself before that.
func watch(t *testing.T, srv *hostkeytest.Server, cmd *exec.Cmd, after time.Duration) (ready bool) {
	cmd.Stderr = os.Stderr
	out, errOut := cmd.StdoutPipe()
	_, errIn := cmd.StdinPipe()
	if err := errors.Join(errOut, errIn, cmd.Start()); err != nil {
		t.Error(err)
		return true
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if lines.Text() == "begun" && after >= 0 {
			defer time.AfterFunc(after, func() { _ = cmd.Process.Kill() }).Stop()
		}
		HostkeyDecide(srv, lines.Text())
	}
	err := cmd.Wait()
	if status, ok := errors.AsType[*exec.ExitError](err); ok && status.ExitCode() >= 0 {
		t.Error(err) // it has given up by itself
		return true
	}
	return err == nil
}
