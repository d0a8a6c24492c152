package order_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/order"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/ledger"
)

// checkUndecided checks an error that says what a person has to decide, and how.
func checkUndecided(t *testing.T, err error, message string, key provider.LedgerKey) {
	t.Helper()
	require.ErrorIs(t, err, provider.ErrConflict)
	require.ErrorContains(t, err, message)
	require.ErrorContains(t, err, "ledger.Abandon ends what the ledger knows as "+key.String())
	var e *provider.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, &key, e.Undecided)
}

var keyOfOrder1 = provider.LedgerKey{Account: "shop", Verb: "create", Subject: "order-1"}

// TestAbandon: an order that nobody but a person can end is ended by ledger.Abandon with what its error names. The
// next Create goes on with what the person has marked, or orders anew, and a handle of the abandoned order leads
// nowhere.
func TestAbandon(t *testing.T) {
	for name, stuck := range map[string]struct {
		vendor  vendor
		message string
	}{
		"accepted, and nothing is seen": {vendor{answer: swallowed}, "ask the vendor"},
		"its thing is not as it should": {
			vendor{answer: named, state: order.Deploying, followFails: &provider.Error{Kind: provider.ErrConflict, Message: "the deployment failed"}},
			"the deployment failed",
		},
	} {
		for _, marked := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					v, book := stuck.vendor, ledger.NewMemory()
					place := func(handle string) (*purchase, order.State, error) {
						p := buy(&v, newDesk(book), "order-1", handle)
						state, err := p.desk.Place(t.Context(), p)
						return p, state, err
					}
					poll := func(handle string) error {
						p := buy(&v, newDesk(book), "order-1", handle)
						_, err := p.desk.Poll(t.Context(), p)
						return err
					}
					old, _, _ := place("")
					time.Sleep(5 * settles)
					_, _, err := place("")
					checkUndecided(t, err, stuck.message, keyOfOrder1)
					checkUndecided(t, poll(old.Handle()), stuck.message, keyOfOrder1)

					bought := len(v.things)
					if marked {
						v.things = append(v.things, thing{mark: "order-1"})
					}
					v.answer, v.state, v.followFails = named, "", nil
					require.NoError(t, ledger.Abandon(t.Context(), book, keyOfOrder1, "ticket 4711"))
					if !marked {
						for range 2 { // the first one does not forget that it is abandoned
							require.ErrorIs(t, poll(old.Handle()), provider.ErrNotFound)
						}
					}
					_, state, err := place(old.Handle())
					require.NoError(t, err)
					require.Equal(t, order.Ready, state)
					require.Len(t, v.things, bought+1)
				})
			})
		}
	}
}

// TestAbandonWithoutLedger: what no program can end is not recommended.
func TestAbandonWithoutLedger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &vendor{answer: swallowed}
		desk := order.NewDesk(provider.NewOptions(provider.WithoutLedger(), provider.WithSettleTime(settles)), "shop", nil)
		p := buy(v, desk, "order-1", "")
		_, err := desk.Place(t.Context(), p)
		require.NoError(t, err)
		time.Sleep(5 * settles)
		_, err = desk.Place(t.Context(), p)
		require.ErrorIs(t, err, provider.ErrConflict)
		require.NotContains(t, err.Error(), "Abandon")
	})
}

// TestAbandonIsNotForDone: an order that was done is not recommended for oblivion, whatever is wrong now.
func TestAbandonIsNotForDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, book := &vendor{answer: named}, ledger.NewMemory()
		for _, wrong := range []error{nil, &provider.Error{Kind: provider.ErrConflict, Message: "two things carry the reference"}} {
			v.conflict = wrong
			p := buy(v, newDesk(book), "order-1", "")
			_, err := p.desk.Place(t.Context(), p)
			require.ErrorIs(t, err, wrong)
		}
	})
}

// TestAbandonSpending: a renewal that the vendor accepted and does not show is ordered again once a person has
// abandoned it, and not before.
func TestAbandonSpending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		book, end, sends := ledger.NewMemory(), time.Now().Add(time.Hour), 0
		renew := func() (provider.Outcome, error) {
			return newDesk(book).Spend(t.Context(), order.Spending{
				Verb: "renew", Subject: "7", From: end,
				Send: func(context.Context) (string, error) { sends++; return "", nil },
				Look: func(context.Context) (time.Time, bool, error) { return end, false, nil },
			})
		}
		outcome, err := renew()
		require.NoError(t, err)
		require.Equal(t, provider.OutcomePending, outcome)
		time.Sleep(2 * settles)
		key := provider.LedgerKey{Account: "shop", Verb: "renew", Subject: "7"}
		for range 2 {
			_, err = renew()
			checkUndecided(t, err, "the vendor accepted it", key)
		}
		require.NoError(t, ledger.Abandon(t.Context(), book, key, "ticket 4711"))
		_, err = renew()
		require.NoError(t, err)
		require.Equal(t, 2, sends)
	})
}

// TestOldLifeInFlight: a program follows an order while another one abandons it and places it anew. What the first
// has seen of the old one is not written over the new one, whose answer was lost.
func TestOldLifeInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, book := &vendor{answer: underWay}, ledger.NewMemory()
		first := buy(v, newDesk(book), "order-1", "")
		_, err := first.desk.Place(t.Context(), first)
		require.NoError(t, err)
		time.Sleep(time.Minute)
		v.meanwhile = func() {
			require.NoError(t, ledger.Abandon(t.Context(), book, keyOfOrder1, "ticket 4711"))
			v.things, v.answer = nil, lostBefore
			again := buy(v, newDesk(book), "order-1", "")
			_, err := again.desk.Place(t.Context(), again)
			require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
			v.things = []thing{{}}
		}
		poller := buy(v, newDesk(book), "order-1", first.Handle())
		_, _ = poller.desk.Poll(t.Context(), poller)
		entry, err := book.Entry(t.Context(), keyOfOrder1)
		require.NoError(t, err)
		require.Equal(t, provider.LedgerSent, entry.State)
		require.WithinDuration(t, time.Now(), entry.SentAt, time.Second)
	})
}

// TestEndedAndOrderedAgain: while one program sees that the thing of an order has ended, another one orders it
// again. The first goes on with that, and does not say that nothing is there.
func TestEndedAndOrderedAgain(t *testing.T) {
	for name, call := range map[string]func(*purchase, context.Context, order.Order) (order.State, error){
		"poll": func(p *purchase, ctx context.Context, o order.Order) (order.State, error) { return p.desk.Poll(ctx, o) },
		"place": func(p *purchase, ctx context.Context, o order.Order) (order.State, error) {
			return p.desk.Place(ctx, o)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v, book := &vendor{answer: underWay}, ledger.NewMemory()
				first := buy(v, newDesk(book), "order-1", "")
				_, err := first.desk.Place(t.Context(), first)
				require.NoError(t, err)
				time.Sleep(time.Minute)
				v.followFails = order.Gone("it has ended")
				v.meanwhile = func() {
					p := buy(v, newDesk(book), "order-1", "")
					_, err := p.desk.Place(t.Context(), p)
					require.ErrorIs(t, err, provider.ErrNotFound)
					v.followFails, v.answer = nil, named
					p = buy(v, newDesk(book), "order-1", "")
					state, err := p.desk.Place(t.Context(), p)
					require.NoError(t, err)
					require.Equal(t, order.Ready, state)
				}
				p := buy(v, newDesk(book), "order-1", first.Handle())
				state, err := call(p, t.Context(), p)
				require.NoError(t, err)
				require.Equal(t, order.Ready, state)
				require.Equal(t, "2", p.Thing())
				require.Equal(t, 2, v.sends)
			})
		})
	}
}
