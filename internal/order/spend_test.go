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

// TestSpendInTheNextPeriod: a program has paid for a period and has died before it saw that. Who renews in
// the next period pays for that, and is not told that it is done already.
func TestSpendInTheNextPeriod(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const month = 30 * 24 * time.Hour
		end, sends, desk := time.Now().Add(month), 0, newDesk(nil)
		renew := func(ctx context.Context, died func()) (provider.Outcome, error) {
			return desk.Spend(ctx, order.Spending{
				Verb: "renew", Subject: "1", From: end,
				Send: func(context.Context) (string, error) {
					sends, end = sends+1, end.Add(month)
					died()
					return "", nil
				},
				Look: func(ctx context.Context) (time.Time, bool, error) { return end, false, ctx.Err() },
			})
		}
		dying, die := context.WithCancel(t.Context())
		_, err := renew(dying, die)
		require.ErrorIs(t, err, context.Canceled)
		time.Sleep(month + time.Hour)
		for _, want := range []provider.Outcome{provider.OutcomeChanged, provider.OutcomeAlready} {
			outcome, err := renew(t.Context(), func() {})
			require.NoError(t, err)
			require.Equal(t, want, outcome)
			require.Equal(t, 2, sends)
		}
	})
}

// TestSpendByAPerson: what a person has to pay for is ordered once, and says so until it is paid or cancelled.
func TestSpendByAPerson(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sends, paid, dead, desk := 0, false, false, newDesk(nil)
		toPay := &provider.Error{Kind: provider.ErrConflict, Message: "pay invoice 7"}
		upgrade := func() (provider.Outcome, error) {
			return desk.Spend(t.Context(), order.Spending{
				Verb: "change plan", Subject: "1 large",
				Send: func(context.Context) (string, error) { sends++; return "7", toPay },
				Look: func(context.Context) (time.Time, bool, error) { return time.Time{}, paid, nil },
				Due: func(_ context.Context, invoice string) (bool, error) {
					require.Equal(t, "7", invoice)
					if dead {
						return true, nil
					}
					return false, toPay
				},
			})
		}
		for range 3 {
			_, err := upgrade()
			checkUndecided(t, err, "pay invoice 7", provider.LedgerKey{Account: "shop", Verb: "change plan", Subject: "1 large"})
			time.Sleep(2 * settles)
		}
		require.Equal(t, 1, sends)
		dead = true
		_, err := upgrade()
		require.ErrorContains(t, err, toPay.Message)
		require.Equal(t, 2, sends)
		paid = true
		outcome, err := upgrade()
		require.NoError(t, err)
		require.Equal(t, provider.OutcomeAlready, outcome)
		require.Equal(t, 2, sends)
	})
}

// TestSpendAfterOldReads: one read that does not show a renewal does not pay for it again, and a read from
// before the last renewal does not take that for the next one.
func TestSpendAfterOldReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const month = 30 * 24 * time.Hour
		begun := time.Now().Add(month)
		end, sends, old, lost, desk := begun, 0, 0, error(nil), newDesk(nil)
		renew := func(from time.Time, carriedOut bool) (provider.Outcome, error) {
			return desk.Spend(t.Context(), order.Spending{
				Verb: "renew", Subject: "1", From: from,
				Send: func(context.Context) (string, error) {
					if sends++; carriedOut {
						end = end.Add(month)
					}
					return "", lost
				},
				Look: func(context.Context) (time.Time, bool, error) {
					if old--; old >= 0 {
						return begun, false, nil
					}
					return end, false, nil
				},
			})
		}
		lost, old = errLost, 1
		_, err := renew(end, true)
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
		time.Sleep(2 * settles)
		old = 1
		outcome, err := renew(begun, true)
		require.NoError(t, err)
		require.Equal(t, provider.OutcomeAlready, outcome)
		require.Equal(t, 1, sends)

		time.Sleep(month)
		_, err = renew(begun, false)
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown, "what it shows is the last renewal")
		require.Equal(t, 2, sends)
	})
}

// TestSpendByAnotherClock: after a renewal whose answer was lost the vendor's clock is set forward, or another machine
// of his answers. That does not make it settle.
func TestSpendByAnotherClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ahead, sends := time.Duration(0), 0
		clock := func() (time.Time, bool) { return time.Now().Add(ahead), true }
		desk := order.NewDesk(provider.NewOptions(provider.WithLedger(ledger.NewMemory()), provider.WithSettleTime(settles)), "shop", clock)
		end := time.Now().AddDate(0, 1, 0)
		for _, wait := range []time.Duration{0, 0, settles - time.Second, time.Second} {
			time.Sleep(wait)
			_, err := desk.Spend(t.Context(), order.Spending{
				Verb: "renew", Subject: "1", From: end,
				Send: func(context.Context) (string, error) { sends++; return "", errLost },
				Look: func(context.Context) (time.Time, bool, error) { return end, false, nil },
			})
			require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
			if wait == 0 {
				require.Equal(t, 1, sends)
			}
			ahead = time.Hour
		}
		require.Equal(t, 2, sends, "it has settled by the ledger's clock, too")
	})
}
