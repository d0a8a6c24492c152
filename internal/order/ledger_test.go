package order_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/order"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/ledger"
	"github.com/provkit/provkit/provider/ledgertest"
)

// TestClocks: an order settles by the vendor's clock where it has one, by the ledger's otherwise, and never
// by ours.
func TestClocks(t *testing.T) {
	for _, test := range []struct {
		name           string
		vendor, ledger time.Duration // how far its clock is set forward right after the order
		hasVendor      bool
		want           order.State
	}{
		{name: "nothing moves", hasVendor: true, want: order.Unclear},
		{name: "the ledger's, of a machine that is set forward", ledger: time.Hour, hasVendor: true, want: order.Unclear},
		{name: "the ledger's, set back a year", ledger: -365 * 24 * time.Hour, vendor: settles, hasVendor: true, want: order.Ready},
		{name: "the vendor's, set forward, or another one of his", vendor: time.Hour, hasVendor: true, want: order.Unclear},
		{name: "both are set forward: nothing tells", vendor: time.Hour, ledger: time.Hour, hasVendor: true, want: order.Ready},
		{name: "no vendor's", ledger: settles, want: order.Ready},
		{name: "no vendor's, too early", ledger: settles - time.Second, want: order.Unclear},
		{name: "the vendor's, set back a year: the ledger's counts", vendor: -365 * 24 * time.Hour, hasVendor: true, ledger: settles - time.Second, want: order.Unclear},
		{name: "the vendor's, set back a year, and it settled", vendor: -365 * 24 * time.Hour, hasVendor: true, ledger: settles, want: order.Ready},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var ofVendor, ofLedger time.Duration
				l := ledger.NewMemory(ledger.WithClock(func() time.Time { return time.Now().Add(ofLedger) }))
				desk := func() *order.Desk {
					clock := func() (time.Time, bool) { return time.Now().AddDate(7, 0, 0).Add(ofVendor), test.hasVendor }
					return order.NewDesk(provider.NewOptions(provider.WithLedger(l), provider.WithSettleTime(settles)), "shop", clock)
				}
				v := &vendor{answer: lostBefore}
				p := buy(v, desk(), "order-1", "")
				_, err := p.desk.Place(t.Context(), p)
				require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
				ofVendor, ofLedger, v.answer = test.vendor, test.ledger, named
				for range 2 { // the second one knows no less
					p = buy(v, desk(), "order-1", "")
					state, err := p.desk.Place(t.Context(), p)
					require.NoError(t, err)
					assert.Equal(t, test.want, state)
				}
			})
		})
	}
}

// TestPageByAnotherClock: what was sent on a page does not settle because the vendor's clock is set forward.
func TestPageByAnotherClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ahead := time.Duration(0)
		clock := func() (time.Time, bool) { return time.Now().Add(ahead), true }
		desk := order.NewDesk(provider.NewOptions(provider.WithLedger(ledger.NewMemory()), provider.WithSettleTime(settles)), "shop", clock)
		require.NoError(t, desk.Under(t.Context(), "order-1", func(ctx context.Context, page *order.Page) error { return page.Send(ctx) }))
		settled := func(ctx context.Context, page *order.Page) error { return page.Settled(ctx) }
		ahead = time.Hour
		require.ErrorIs(t, desk.Under(t.Context(), "order-1", settled), provider.ErrOutcomeUnknown)
		time.Sleep(settles)
		require.NoError(t, desk.Under(t.Context(), "order-1", settled))
	})
}

// TestIntentFirst: the order is in the ledger before it is out of the house, and what becomes of it is
// written down after each step.
func TestIntentFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &vendor{answer: named}
		var stored []string
		put := func(e *provider.LedgerEntry) error {
			stored = append(stored, fmt.Sprint(v.sends, " ", e.Verb, " ", e.Subject, " ", e.State, " ", e.Asked, " ", e.Learnt))
			return nil
		}
		l := ledgertest.Watched(ledger.NewMemory(), func(e *provider.LedgerEntry) error { return put(e) })
		p := buy(v, newDesk(l), "order-1", "")
		_, err := p.desk.Place(t.Context(), p)
		require.NoError(t, err)
		assert.Equal(t, []string{
			"0 create order-1 sent map[plan:small] map[sent:2000-01-01T00:00:00Z]", "1 create order-1 placed map[plan:small] map[account:1 sent:2000-01-01T00:00:00Z trace:1]",
			"1 create order-1 done map[plan:small] map[account:1 sent:2000-01-01T00:00:00Z trace:1]",
		}, stored)

		// If it cannot be kept, nothing is sent and nothing is remembered.
		full := errors.New("disk full")
		put = func(*provider.LedgerEntry) error { return full }
		p = buy(v, newDesk(l), "order-2", "")
		state, err := p.desk.Place(t.Context(), p)
		require.ErrorIs(t, err, full)
		require.ErrorIs(t, err, provider.ErrUnavailable)
		require.ErrorContains(t, err, "not sent")
		assert.Empty(t, state)
		assert.False(t, p.Sent())
		assert.Equal(t, 1, v.sends)

		// What cannot be written down afterwards is found by the next program.
		put = func(e *provider.LedgerEntry) error {
			if e.State == provider.LedgerSent {
				return nil
			}
			return full
		}
		p = buy(v, newDesk(l), "order-2", "")
		state, err = p.desk.Place(t.Context(), p)
		require.NoError(t, err)
		assert.Equal(t, order.Ready, state)
		again := buy(v, newDesk(l), "order-2", "")
		state, err = again.desk.Place(t.Context(), again)
		require.NoError(t, err)
		assert.Equal(t, order.Ready, state)
		assert.Equal(t, 1, again.resumed)
		checkBought(t, v, "order-1", "order-2")
	})
}

// TestNoLedger: nothing is spent as long as nobody has said where it is remembered.
func TestNoLedger(t *testing.T) {
	var problems provider.Problems
	order.NewDesk(provider.NewOptions(), "shop", nil).Refuse(&problems)
	require.Contains(t, problems, "WithLedger")
	assert.Contains(t, problems["WithLedger"], "provider.WithoutLedger")
	for _, opt := range []provider.Option{provider.WithLedger(ledger.NewMemory()), provider.WithoutLedger()} {
		problems = nil
		order.NewDesk(provider.NewOptions(opt), "shop", nil).Refuse(&problems)
		assert.Empty(t, problems)
	}
	for _, test := range []struct {
		opts []provider.Option
		want string
	}{
		{nil, "provider.WithLedger"},
		{[]provider.Option{provider.WithoutLedger()}, "provider.WithoutLedger"},
		{[]provider.Option{provider.WithLedger(deaf{})}, "does not answer, and without it nothing is ordered: deaf"},
		{[]provider.Option{provider.WithLedger(ledger.NewMemory())}, ""},
	} {
		step, ok := order.NewDesk(provider.NewOptions(test.opts...), "shop", nil).CheckStep(t.Context())
		assert.Equal(t, test.want != "", ok)
		assert.Contains(t, step.Detail, test.want)
		assert.Equal(t, provider.CheckWarning, step.State)
	}
}

// deaf is a ledger that cannot be reached.
type deaf struct{ provider.Ledger }

func (deaf) Now(context.Context) (time.Time, error) { return time.Time{}, errors.New("deaf") }

// TestSlowAnswer: a lease lasts as long as the program that holds it lives, and what is done under it ends
// when it does.
func TestSlowAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, l := &vendor{answer: named}, ledger.NewMemory()
		v.slow = func(context.Context) error {
			time.Sleep(5 * time.Minute)
			_, err := l.Acquire(t.Context(), "shop", time.Hour)
			assert.ErrorIs(t, err, provider.ErrLeaseHeld)
			return nil
		}
		p := buy(v, newDesk(l), "order-1", "")
		state, err := p.desk.Place(t.Context(), p)
		require.NoError(t, err)
		assert.Equal(t, order.Ready, state)

		v.slow = func(ctx context.Context) error {
			<-ctx.Done()
			return errLost
		}
		p = buy(v, newDesk(taken{l}), "order-2", "")
		state, err = p.desk.Place(t.Context(), p)
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
		require.ErrorIs(t, err, provider.ErrStale)
		assert.NotErrorIs(t, err, context.Canceled)
		assert.Equal(t, order.Unclear, state)
	})
}

// taken is a ledger whose leases do not last.
type taken struct{ provider.Ledger }

func (taken) Extend(context.Context, string, int64, time.Duration) error { return provider.ErrStale }

// TestAccountOf: one account has one name, however its URL is spelled.
func TestAccountOf(t *testing.T) {
	for text, want := range map[string]string{
		"https://invapi.hostkey.com":       "hostkey https://invapi.hostkey.com",
		"https://INVAPI.hostkey.com.:443/": "hostkey https://invapi.hostkey.com",
		"https://invapi.hostkey.com:8443":  "hostkey https://invapi.hostkey.com:8443",
		"http://[::1]:80/panel/":           "hostkey http://::1/panel",
	} {
		root, err := url.Parse(text)
		require.NoError(t, err)
		assert.Equal(t, want, order.AccountOf("hostkey", *root), text)
	}
}
