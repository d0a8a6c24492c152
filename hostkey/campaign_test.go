package hostkey_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/hostkey/hostkeytest"
	"github.com/provkit/provkit/internal/ordertest"
	"github.com/provkit/provkit/internal/testsize"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/ledger"
)

// TestCampaign: whatever happens, an order is paid for once, and a period renewed once.
func TestCampaign(t *testing.T) {
	t.Run("memory", func(t *testing.T) {
		ordertest.Hostkey(t, ordertest.Campaign{Orders: ordertest.Size(48, 3_000, 9_000), Seed: 1000 * testsize.Seed(), Books: ordertest.Memory})
	})
	t.Run("file", func(t *testing.T) {
		ordertest.Hostkey(t, ordertest.Campaign{Orders: ordertest.Size(8, 200, 1_000), Seed: 1000 * testsize.Seed(), Books: ordertest.File})
	})
}

// TestManyAtOnce: four programs place 200 orders on one account and ledger, and the vendor takes 50 ms for
// each answer. An order waits for others while they are looked for and sent, and not while they are
// deployed: sending all of them takes about as long as the calls that it consists of.
func TestManyAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const programs, each, answers = 4, 50, 50 * time.Millisecond
		srv := hostkeytest.NewServer(hostkeytest.InMemory(), hostkeytest.WithCredit("1000000.00"))
		var calls, sent atomic.Int64 // calls is how many were made under the lease
		wire := transport(func(req *http.Request) (*http.Response, error) {
			time.Sleep(answers)
			if held, ok := req.Context().Value(holding{}).(*atomic.Bool); ok && held.Load() {
				calls.Add(1)
			}
			return srv.Client().Transport.RoundTrip(req)
		})
		book, began := &leases{Ledger: ledger.NewMemory()}, time.Now()
		var last time.Duration
		var group sync.WaitGroup
		for program := range programs {
			client, err := hostkey.New(srv.URL, provider.NewSecret(srv.Key), provider.WithHTTPClient(&http.Client{Transport: wire}), provider.WithLedger(book))
			require.NoError(t, err)
			for n := range each {
				group.Go(func() {
					ctx := context.WithValue(t.Context(), holding{}, new(atomic.Bool))
					placed, err := client.Orders.Place(ctx, ordertest.HostkeyOrder(fmt.Sprintf("order-%d", program*each+n)))
					assert.NoError(t, err)
					assert.Equal(t, hostkey.OrderDeploying, placed.State)
					if sent.Add(1) == programs*each {
						last = time.Since(began)
					}
				})
			}
		}
		group.Wait()
		underWay := 0
		for _, o := range srv.Orders() {
			if o.Paid && !o.Deployed {
				underWay++
			}
		}
		sum := time.Duration(calls.Load()) * answers
		t.Logf("%d orders were sent in %v, by %d calls under the lease, which took %v", underWay, last, calls.Load(), sum)
		require.Equal(t, programs*each, underWay)
		require.LessOrEqual(t, last, 2*sum)
		require.LessOrEqual(t, calls.Load(), int64(5*programs*each))
	})
}

type transport func(*http.Request) (*http.Response, error)

func (do transport) RoundTrip(req *http.Request) (*http.Response, error) { return do(req) }

// holding is the key of what says, in a context, whether its caller has the lease.
type holding struct{}

// leases is a ledger that notes in the context of an order whether that has the lease.
type leases struct{ provider.Ledger }

func (l *leases) Acquire(ctx context.Context, name string, ttl time.Duration) (int64, error) {
	token, err := l.Ledger.Acquire(ctx, name, ttl)
	ctx.Value(holding{}).(*atomic.Bool).Store(err == nil)
	return token, err
}

func (l *leases) Release(ctx context.Context, name string, token int64) error {
	ctx.Value(holding{}).(*atomic.Bool).Store(false)
	return l.Ledger.Release(ctx, name, token)
}
