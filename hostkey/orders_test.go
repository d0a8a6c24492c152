package hostkey_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/hostkey/hostkeytest"
	"github.com/provkit/provkit/internal/testsize"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/ledger"
	"github.com/provkit/provkit/provider/ledgertest"
)

// behaviour is a behaviour of the vendor that has been seen.
type behaviour struct {
	name    string
	options []hostkeytest.Option
}

// behaviours are all answers to an order, and the variants of what follows.
func behaviours() []behaviour {
	var all []behaviour
	for _, answer := range hostkeytest.OrderAnswers() {
		all = append(all, behaviour{"answer " + string(answer), []hostkeytest.Option{hostkeytest.WithOrderAnswer(answer)}})
	}
	return append(all,
		behaviour{"unpaid", []hostkeytest.Option{hostkeytest.WithUnpaidOrders()}},
		behaviour{"unpaid, pending", []hostkeytest.Option{hostkeytest.WithUnpaidOrders(), hostkeytest.WithOrderAnswer(hostkeytest.AnswerPending)}},
		behaviour{"unpaid, no reference", []hostkeytest.Option{hostkeytest.WithUnpaidOrders(), hostkeytest.WithOrderAnswer(hostkeytest.AnswerNoReference)}},
		behaviour{"listed early", []hostkeytest.Option{hostkeytest.WithEarlyServers()}},
		behaviour{"name comes late", []hostkeytest.Option{hostkeytest.WithHostnameLag(3 * time.Minute)}},
		behaviour{"listed early, no reference", []hostkeytest.Option{hostkeytest.WithEarlyServers(), hostkeytest.WithOrderAnswer(hostkeytest.AnswerNoReference)}},
		behaviour{"name comes late, invoice alone", []hostkeytest.Option{hostkeytest.WithHostnameLag(3 * time.Minute), hostkeytest.WithOrderAnswer(hostkeytest.AnswerInvoiceAlone)}},
	)
}

func (v behaviour) start() *hostkeytest.Server {
	return hostkeytest.NewServer(append([]hostkeytest.Option{
		hostkeytest.InMemory(), hostkeytest.WithCredit("1000000.00"), hostkeytest.WithDeployTime(3 * time.Minute),
	}, v.options...)...)
}

// killer is a transport that kills a program at one of its requests: before it is sent, or after
// its answer has arrived and before it is read.
type killer struct {
	inner http.RoundTripper
	at    int
	after bool
	kill  context.CancelFunc
	count int
	mu    sync.Mutex
}

func (k *killer) RoundTrip(req *http.Request) (*http.Response, error) {
	k.mu.Lock()
	n := k.count
	k.count++
	k.mu.Unlock()
	if n < k.at || k.at < 0 {
		return k.inner.RoundTrip(req)
	}
	if n == k.at && k.after {
		if resp, err := k.inner.RoundTrip(req); err == nil {
			_ = resp.Body.Close()
		}
	}
	k.kill()
	return nil, context.Canceled
}

// nameOf returns the user name in the host name, which is as unique as the order's reference.
func nameOf(reference string) string { return "web-" + strings.TrimPrefix(reference, "order-") }

// hostnameOf returns the host name of an order that was placed without a marker key.
func hostnameOf(name, reference string) string {
	client, err := hostkey.New(hostkey.RegionCOM, provider.NewSecret("0a1b-2c3d"))
	if err != nil {
		panic(err)
	}
	return client.Orders.Hostname(name, reference)
}

// program is one run of a program that places an order: a client of its own, and what the runs before it
// have left in the ledger. After its end it stores nothing.
func program(t *testing.T, srv *hostkeytest.Server, book provider.Ledger, reference string, at int, after bool) (placed *hostkey.PlacedOrder, requests int, err error) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	wire := &killer{inner: srv.Client().Transport, at: at, after: after, kill: cancel}
	client, err := hostkey.New(srv.URL, provider.NewSecret(srv.Key), provider.WithHTTPClient(&http.Client{Transport: wire}),
		provider.WithLedger(ledgertest.Dying(ctx, book)), provider.WithSettleTime(2*time.Minute))
	require.NoError(t, err)
	placed, err = client.Orders.Place(ctx, &hostkey.OrderPlaceRequest{
		Reference: reference, Name: nameOf(reference), PayFromCredit: true,
		Order: &hostkey.ServerOrderRequest{Preset: "vm.pico", Location: "NL", Install: hostkey.Install{OSID: 240, RootPassword: provider.NewSecret("Some-Passw0rd")}},
	})
	if ctx.Err() != nil {
		return nil, wire.count, context.Canceled
	}
	return placed, wire.count, err
}

// TestOrderCrashPoints kills the program at each of its requests, before and after it was carried
// out, for every behaviour of the vendor. The next run continues from the ledger. In the end there
// is one paid server.
func TestOrderCrashPoints(t *testing.T) {
	points := 0
	for _, v := range behaviours() {
		t.Run(v.name, func(t *testing.T) {
			for at := 0; ; at++ {
				reached := false
				for _, after := range []bool{false, true} {
					synctest.Test(t, func(t *testing.T) {
						srv := v.start()
						book := ledger.NewMemory()
						_, requests, _ := program(t, srv, book, "order-1", at, after)
						reached = reached || requests > at
						finish(t, srv, book, "order-1")
						checkOrders(t, srv, "order-1")
					})
					points++
				}
				if !reached {
					break
				}
			}
		})
	}
	t.Logf("%d crash points", points)
}

// finish places the order in run after run until its server exists.
func finish(t *testing.T, srv *hostkeytest.Server, book provider.Ledger, reference string) (lives int) {
	t.Helper()
	for range 60 {
		lives++
		placed, _, err := program(t, srv, book, reference, -1, false)
		decide(t, srv, err)
		if err == nil && placed.State == hostkey.OrderReady {
			require.Equal(t, hostnameOf(nameOf(reference), reference), placed.Server.Hostname())
			require.Equal(t, reference, placed.Server.Tag(hostkey.ReferenceTag).Value)
			return lives
		}
		time.Sleep(time.Minute)
	}
	t.Fatalf("order %s is never ready", reference)
	return 0
}

// decide is a person who is told that invoices may be an order's: they are, and he pays them.
func decide(t *testing.T, srv *hostkeytest.Server, err error) (decisions int) {
	if !errors.Is(err, provider.ErrConflict) {
		return 0
	}
	for _, invoice := range srv.Invoices() {
		if invoice.Status == hostkey.InvoiceUnpaid {
			require.ErrorContains(t, err, strconv.FormatInt(invoice.ID, 10))
			require.True(t, srv.PayInvoice(invoice.ID))
			decisions++
		}
	}
	return decisions
}

// checkOrders requires one paid order and one server for each reference.
func checkOrders(t *testing.T, srv *hostkeytest.Server, references ...string) (duplicates, lost int) {
	t.Helper()
	paid := srv.PaidOrders()
	servers := make(map[string]int)
	for _, m := range srv.Machines() {
		servers[m.Hostname]++
	}
	for _, reference := range references {
		hostname := hostnameOf(nameOf(reference), reference)
		if paid[hostname] > 1 || servers[hostname] > 1 {
			duplicates++
			t.Errorf("%s: %d paid orders, %d servers", reference, paid[hostname], servers[hostname])
		}
		if paid[hostname] == 0 || servers[hostname] == 0 {
			lost++
			t.Errorf("%s: %d paid orders, %d servers", reference, paid[hostname], servers[hostname])
		}
	}
	require.Len(t, srv.Machines(), len(references), "servers without an order")
	return duplicates, lost
}

// TestOrdersUnderFaults: a thousand orders (ten thousand in the full run) while nearly a third of
// all requests fail and programs crash: one paid server for each, none lost.
func TestOrdersUnderFaults(t *testing.T) {
	const each = 10
	orders := testsize.Pick[int64](1_000, 10_000)
	all := behaviours()
	type row struct{ orders, lives, kills, faulty, requests, decisions, duplicates, lost atomic.Int64 }
	rows := make([]row, len(all))
	t.Run("orders", func(t *testing.T) {
		for batch := range orders / each {
			v, r := all[int(batch)%len(all)], &rows[int(batch)%len(all)]
			t.Run(fmt.Sprintf("%03d", batch), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					srv, book := v.start(), ledger.NewMemory()
					random := rand.New(rand.NewPCG(uint64(batch), 7))
					references := make([]string, each)
					for i := range references {
						references[i] = fmt.Sprintf("order-%d", i)
						for ready, lives := false, 1; !ready; lives++ {
							r.lives.Add(1)
							require.Less(t, lives, 200, "it never ends")
							srv.Faults.Clear()
							srv.Faults.Random(random.Uint64(), 0.3, faults.Catalogue()...)
							at := -1
							if random.IntN(4) == 0 {
								at = random.IntN(12)
							}
							placed, requests, err := program(t, srv, book, references[i], at, random.IntN(2) == 0)
							r.requests.Add(int64(requests))
							r.decisions.Add(int64(decide(t, srv, err)))
							if errors.Is(err, context.Canceled) {
								r.kills.Add(1)
							}
							if ready = err == nil && placed.State == hostkey.OrderReady; !ready {
								time.Sleep(time.Minute)
							}
						}
						r.orders.Add(1)
					}
					for _, request := range srv.Faults.Requests() {
						if request.Fault != nil {
							r.faulty.Add(1)
						}
					}
					srv.Faults.Clear()
					duplicates, lost := checkOrders(t, srv, references...)
					r.duplicates.Add(int64(duplicates))
					r.lost.Add(int64(lost))
				})
			})
		}
	})
	var table strings.Builder
	line := "%-34s %7v %7v %7v %9v %9v %9v %11v %5v\n"
	fmt.Fprintf(&table, line, "vendor", "orders", "lives", "kills", "requests", "faulty", "decisions", "duplicates", "lost")
	var sum [8]int64
	for i := range rows {
		r := &rows[i]
		cells := [8]int64{r.orders.Load(), r.lives.Load(), r.kills.Load(), r.requests.Load(), r.faulty.Load(), r.decisions.Load(), r.duplicates.Load(), r.lost.Load()}
		fmt.Fprintf(&table, line, all[i].name, cells[0], cells[1], cells[2], cells[3], cells[4], cells[5], cells[6], cells[7])
		for k := range sum {
			sum[k] += cells[k]
		}
	}
	fmt.Fprintf(&table, line, "all", sum[0], sum[1], sum[2], sum[3], sum[4], sum[5], sum[6], sum[7])
	t.Logf("orders under faults:\n%s", table.String())
	require.EqualValues(t, [3]int64{orders, 0, 0}, [3]int64{sum[0], sum[6], sum[7]})
}
