package elizon_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/elizon/elizontest"
	"github.com/provkit/provkit/internal/testsize"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/ledger"
	"github.com/provkit/provkit/provider/ledgertest"
)

// shop is a way in which the platform and its caller may behave.
type shop struct {
	name    string
	options []elizontest.Option
	client  []provider.Option
	// keeps is set if the program has a ledger. Otherwise it only has the handle that Create returned, and
	// nothing after a crash.
	keeps bool
}

func shops() []shop {
	var all []shop
	for _, s := range []shop{
		{name: "plain"},
		{name: "display names", options: []elizontest.Option{elizontest.WithDisplayNames()}},
		{name: "service comes later", options: []elizontest.Option{elizontest.WithServiceDelay(40 * time.Second)}},
		{name: "failures under 200", options: []elizontest.Option{elizontest.WithStatus200()}},
		{name: "no error codes", options: []elizontest.Option{elizontest.WithoutErrorCodes()}},
	} {
		forgets := s
		forgets.name += ", no ledger"
		s.name, s.keeps = s.name+", ledger", true
		all = append(all, s, forgets)
	}
	return all
}

const foreignName = "somebody-else"

// open starts a platform with an unrelated service that is older than the order window.
func (s shop) open() (srv *elizontest.Server, foreign elizontest.Truth) {
	srv = elizontest.NewServer(append([]elizontest.Option{elizontest.InMemory()}, s.options...)...)
	srv.AddService(elizontest.Service{Name: foreignName, CreatedAt: srv.Now().Add(-48 * time.Hour)})
	return srv, srv.Truths()[0]
}

// killer is a transport that ends a program's life at one of its requests: before it is sent, or
// after its answer has arrived and before it is read.
type killer struct {
	inner http.RoundTripper
	at    int
	after bool
	kill  context.CancelFunc
	mu    sync.Mutex
	count int
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

// memory is what a program finds again in its next life.
type memory struct {
	book   *ledger.Memory
	handle string
}

func (s shop) memory() *memory { return &memory{book: ledger.NewMemory()} }

// life is one life of a program that orders a service, with its own client.
func (s shop) life(t *testing.T, srv *elizontest.Server, n int, m *memory, at int, after bool) (made *provider.Creation, requests int, err error) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	wire := &killer{inner: srv.Client().Transport, at: at, after: after, kill: cancel}
	opts := append([]provider.Option{provider.WithHTTPClient(&http.Client{Transport: wire})}, s.client...)
	req := orderOf(n)
	if s.keeps {
		opts = append(opts, provider.WithLedger(ledgertest.Dying(ctx, m.book)))
	} else {
		req.Handle = m.handle
	}
	client, err := elizon.New(srv.URL, provider.NewSecret(srv.Key), buying(opts...)...)
	require.NoError(t, err)
	made, err = elizon.NewProvider(client).Create(ctx, req)
	if ctx.Err() != nil {
		return nil, wire.count, context.Canceled // the program is dead
	}
	if made != nil && made.Handle != "" {
		m.handle = made.Handle
	}
	return made, wire.count, err
}

// operator does what the error of an order with a lost handle says: the one unmarked service that
// is not the unrelated one belongs to the order that was being placed.
func operator(t *testing.T, srv *elizontest.Server, n int, foreign string) bool {
	t.Helper()
	var lost []string
	for _, s := range srv.Truths() {
		if _, reference, _ := (provider.Markers{}).Read(s.Name, ""); reference == "" && s.ServiceID != foreign {
			lost = append(lost, s.ServiceID)
		}
	}
	require.LessOrEqual(t, len(lost), 1, "unmarked services: they cannot be told apart")
	if len(lost) == 0 {
		return false
	}
	outcome, err := serviceProvider(t, srv).Adopt(t.Context(), lost[0], orderOf(n).Reference)
	if errors.Is(err, provider.ErrNotFound) {
		return false // it is not visible yet
	}
	require.NoError(t, err)
	require.Equal(t, provider.OutcomeAdopted, outcome)
	return true
}

func serviceProvider(t testing.TB, srv *elizontest.Server, opts ...provider.Option) *elizon.Provider {
	t.Helper()
	client, err := elizon.New(srv.URL, provider.NewSecret(srv.Key), buying(append([]provider.Option{provider.WithHTTPClient(srv.Client())}, opts...)...)...)
	require.NoError(t, err)
	return elizon.NewProvider(client)
}

// buying adds what a client needs that orders: a ledger, or none. Orders settle in two minutes.
func buying(opts ...provider.Option) []provider.Option {
	if provider.NewOptions(opts...).Ledger == nil {
		opts = append(opts, provider.WithoutLedger())
	}
	return append([]provider.Option{provider.WithSettleTime(2 * time.Minute)}, opts...)
}

func ready(made *provider.Creation, err error) bool {
	return err == nil && made.Outcome != provider.OutcomePending
}

// TestPurchaseCrashPoints kills the program at each of its requests, before and after it is carried
// out, in every kind of shop. The next lives continue, with or without the handle. In the end there
// is one service, paid once.
func TestPurchaseCrashPoints(t *testing.T) {
	points, adopted := 0, 0
	for _, s := range shops() {
		t.Run(s.name, func(t *testing.T) {
			for at, reached := 0, true; reached; at++ {
				reached = false
				for _, after := range []bool{false, true} {
					synctest.Test(t, func(t *testing.T) {
						srv, foreign := s.open()
						m := s.memory()
						_, requests, _ := s.life(t, srv, 1, m, at, after)
						reached = reached || requests > at
						for lives := 0; ; lives++ {
							require.Less(t, lives, 20, "it never ends, handle %q", m.handle)
							made, _, err := s.life(t, srv, 1, m, -1, false)
							if ready(made, err) {
								break
							}
							if errors.Is(err, provider.ErrConflict) && !s.keeps && operator(t, srv, 1, foreign.ServiceID) {
								adopted++
							}
							time.Sleep(time.Minute)
						}
						checkPurchases(t, srv, foreign, 1)
					})
					points++
				}
			}
		})
	}
	t.Logf("%d crash points, %d orders adopted by hand because their handle was lost", points, adopted)
}

// TestOrderOfAnotherProgram: an order whose answer was lost does not take what an earlier order
// paid for, although the program that knew whose it is has ended.
func TestOrderOfAnotherProgram(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := elizontest.NewServer(elizontest.InMemory(), elizontest.WithServiceDelay(40*time.Second))
		book := provider.WithLedger(ledger.NewMemory())
		p := serviceProvider(t, srv, book)
		_, err := p.Create(t.Context(), orderOf(1))
		require.NoError(t, err)
		lost(srv, false)
		_, err = p.Create(t.Context(), orderOf(2))
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown)

		p = serviceProvider(t, srv, book)
		create := func(n int) error {
			_, err := p.Create(t.Context(), orderOf(n))
			return err
		}
		time.Sleep(10 * time.Second)
		require.ErrorIs(t, create(2), provider.ErrOutcomeUnknown)
		time.Sleep(3 * time.Minute)
		require.NoError(t, create(2))
		time.Sleep(time.Minute)
		for n := 2; n >= 1; n-- {
			require.NoError(t, create(n))
			require.Equal(t, 1, srv.ChargesFor(orderOf(n).Reference))
		}
		for n, charge := range srv.Charges() {
			account, err := p.Get(t.Context(), charge.ServiceIDs[0])
			require.NoError(t, err)
			require.Equal(t, orderOf(n+1).Reference, account.Reference)
		}
	})
}

// maxPaid is what orderOf allows.
const maxPaid = elizontest.Cents(6_00)

// checkPurchases requires one charge and one service for each of the orders 1 to n, no charge above
// the limit, and an unchanged foreign service.
func checkPurchases(t *testing.T, srv *elizontest.Server, foreign elizontest.Truth, n int) (duplicates, lost, tooDear int) {
	t.Helper()
	services := make(map[string]int)
	for _, s := range srv.Truths() {
		if s.ServiceID == foreign.ServiceID {
			require.Equal(t, foreign, s, "the foreign service")
			continue
		}
		services[s.Name]++
	}
	for i := 1; i <= n; i++ {
		req := orderOf(i)
		charges, made := srv.ChargesFor(req.Reference), services[provider.Markers{}.Mark(req.Username, req.Reference, "")]
		if charges > 1 || made > 1 {
			duplicates++
		}
		if charges == 0 || made == 0 {
			lost++
		}
		if charges != 1 || made != 1 {
			t.Errorf("%s: charged %d times, %d services", req.Reference, charges, made)
		}
	}
	for _, charge := range srv.Charges() {
		if charge.Amount > maxPaid {
			tooDear++
			t.Errorf("order %v cost %s EUR", charge.LineIDs, charge.Amount)
		}
	}
	require.Len(t, srv.Charges(), n, "charges")
	require.Len(t, srv.Truths(), n+1, "services besides those of the orders")
	return duplicates, lost, tooDear
}

// TestPurchasesUnderFaults places a thousand orders while nearly a third of all requests fail in
// some way, programs die, and prices rise above the limit and fall again: each order gets one
// service, paid once, never above the limit, and none is lost.
func TestPurchasesUnderFaults(t *testing.T) {
	const each = 25
	purchases := testsize.Pick[int64](250, 1_000)
	all := shops()
	type row struct{ orders, lives, kills, adopted, refused, requests, faulty, duplicates, lost, tooDear atomic.Int64 }
	rows := make([]row, len(all))
	t.Run("orders", func(t *testing.T) {
		for batch := range purchases / each {
			s, r := all[int(batch)%len(all)], &rows[int(batch)%len(all)]
			t.Run(fmt.Sprintf("%03d", batch), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					srv, foreign := s.open()
					random := rand.New(rand.NewPCG(uint64(batch), 11))
					dear, m := false, s.memory()
					price := func(rise bool) {
						if dear = rise; dear {
							srv.SetPrice("prod-vps-s", 5_05) // 6.01 with tax
						} else {
							srv.SetPrice("prod-vps-s", elizontest.Cents(4_00+random.IntN(1_05))) // up to 6.00
						}
					}
					for n := 1; n <= each; n++ {
						price(random.IntN(4) == 0)
						m.handle = ""
						for lives := 0; ; lives++ {
							r.lives.Add(1)
							require.Less(t, lives, 100, "it never ends, handle %q", m.handle)
							srv.Faults.Clear()
							srv.Faults.Random(random.Uint64(), 0.3, faults.Catalogue()...)
							at := -1
							if random.IntN(3) == 0 {
								at = random.IntN(10)
							}
							made, requests, err := s.life(t, srv, n, m, at, random.IntN(2) == 0)
							r.requests.Add(int64(requests))
							switch {
							case errors.Is(err, context.Canceled):
								r.kills.Add(1)
							case errors.Is(err, provider.ErrQuota):
								require.True(t, dear, "refused at a price that is allowed: %v", err)
								r.refused.Add(1)
								price(false)
							case errors.Is(err, provider.ErrConflict) && !s.keeps:
								srv.Faults.Clear()
								if operator(t, srv, n, foreign.ServiceID) {
									r.adopted.Add(1)
								}
							}
							if ready(made, err) {
								break
							}
							if dear && lives > 20 {
								price(false)
							}
							time.Sleep(time.Minute)
						}
						r.orders.Add(1)
					}
					for _, request := range srv.Faults.Requests() {
						if request.Fault != nil {
							r.faulty.Add(1)
						}
					}
					srv.Faults.Clear()
					duplicates, lost, tooDear := checkPurchases(t, srv, foreign, each)
					r.duplicates.Add(int64(duplicates))
					r.lost.Add(int64(lost))
					r.tooDear.Add(int64(tooDear))
				})
			})
		}
	})
	var table strings.Builder
	line := "%-36s %7v %7v %7v %8v %8v %9v %7v %11v %5v %9v\n"
	fmt.Fprintf(&table, line, "shop", "orders", "lives", "kills", "adopted", "refused", "requests", "faulty", "duplicates", "lost", "too dear")
	var sum [10]int64
	for i := range rows {
		r := &rows[i]
		cells := [10]int64{
			r.orders.Load(), r.lives.Load(), r.kills.Load(), r.adopted.Load(), r.refused.Load(), r.requests.Load(), r.faulty.Load(), r.duplicates.Load(),
			r.lost.Load(), r.tooDear.Load(),
		}
		fmt.Fprintf(&table, line, all[i].name, cells[0], cells[1], cells[2], cells[3], cells[4], cells[5], cells[6], cells[7], cells[8], cells[9])
		for k := range sum {
			sum[k] += cells[k]
		}
	}
	fmt.Fprintf(&table, line, "all", sum[0], sum[1], sum[2], sum[3], sum[4], sum[5], sum[6], sum[7], sum[8], sum[9])
	t.Logf("orders under faults:\n%s", table.String())
	require.EqualValues(t, [4]int64{purchases, 0, 0, 0}, [4]int64{sum[0], sum[7], sum[8], sum[9]})
	require.Positive(t, sum[2], "kills")
	require.Positive(t, sum[3], "adopted orders")
	require.Positive(t, sum[4], "orders refused for their price")
}
