package elizon_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/elizon/elizontest"
	"github.com/provkit/provkit/internal/ordertest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/ledger"
	"github.com/provkit/provkit/provider/ledgertest"
)

// shop is one with a program that has a ledger, or keeps only the handle that Create returned, and nothing
// after a crash.
type shop struct {
	ordertest.Shop
	keeps bool
}

// shops are all of them, with a ledger and without.
func shops() (all []shop) {
	for _, s := range ordertest.Shops() {
		all = append(all, shop{s, true}, shop{s, false})
	}
	return all
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
	wire := &ordertest.Killer{Inner: srv.Client().Transport, At: at, After: after, Kill: cancel}
	opts := append([]provider.Option{provider.WithHTTPClient(&http.Client{Transport: wire})}, s.Client...)
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
		return nil, wire.Requests(), context.Canceled // the program is dead
	}
	if made != nil && made.Handle != "" {
		m.handle = made.Handle
	}
	return made, wire.Requests(), err
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
		t.Run(fmt.Sprintf("%s, ledger: %v", s.Name, s.keeps), func(t *testing.T) {
			for at, reached := 0, true; reached; at++ {
				reached = false
				for _, after := range []bool{false, true} {
					synctest.Test(t, func(t *testing.T) {
						srv, foreign := s.Open()
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

// checkPurchases requires one charge and one service for each of the orders 1 to n, and an unchanged
// foreign service.
func checkPurchases(t *testing.T, srv *elizontest.Server, foreign elizontest.Truth, n int) {
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
		if charges != 1 || made != 1 {
			t.Errorf("%s: charged %d times, %d services", req.Reference, charges, made)
		}
	}
	require.Len(t, srv.Charges(), n, "charges")
	require.Len(t, srv.Truths(), n+1, "services besides those of the orders")
}
