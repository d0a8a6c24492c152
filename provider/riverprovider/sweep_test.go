package riverprovider_test

import (
	"context"
	"errors"
	"iter"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/fleet"
	"github.com/provkit/provkit/provider/providertest"
	"github.com/provkit/provkit/provider/riverprovider"
)

// An intent whose job was lost between the end of a job in our table and in River's gets another.
func TestSweep(t *testing.T) {
	m := providertest.NewMemory(nil)
	b := newBench(t, opening(m), nil)
	b.enqueue(intent(provider.StatusActive, 1))
	_, err := b.db.ExecContext(t.Context(), "UPDATE provkit_intents SET changed_at = changed_at - 3600")
	require.NoError(t, err)
	_, err = b.db.ExecContext(t.Context(), "UPDATE river_job SET state = 'cancelled', finalized_at = CURRENT_TIMESTAMP")
	require.NoError(t, err)
	b.start()
	require.Equal(t, provider.IntentDone, b.events(1)[0].State)
	require.Equal(t, []string{"cancelled", "completed"}, b.idle())
	require.Len(t, m.Accounts(), 1)
}

// However many intents wait, one whose job is missing gets another: one that was tried after an hour, since most of those sleep.
func TestSweepOfMany(t *testing.T) {
	m := providertest.NewMemory(nil)
	b := newBench(t, opening(m), nil)
	b.enqueue(intent(provider.StatusActive, 1))
	_, err := b.db.ExecContext(t.Context(), "DELETE FROM river_job")
	require.NoError(t, err)
	const columns = "server, sequence, intent, state, code, account, tried, failures, ending, touched, changed_at"
	_, err = b.db.ExecContext(t.Context(), "INSERT INTO provkit_intents (reference, "+columns+") WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250) "+
		"SELECT 'a' || i, 'elsewhere', sequence, intent, state, code, account, sequence, failures, ending, touched, changed_at FROM provkit_intents, n")
	require.NoError(t, err)
	_, err = b.db.ExecContext(t.Context(), "UPDATE provkit_intents SET changed_at = changed_at - CASE WHEN reference IN ('a7', 'a8') THEN 3000 ELSE 3700 END, "+
		"tried = CASE WHEN reference = 'a8' THEN -1 ELSE sequence END")
	require.NoError(t, err)
	b.start()
	require.Equal(t, "order-1", b.events(1)[0].Intent.Reference)
	require.Eventually(t, func() bool { return len(b.jobs()) == 250 }, waits, tick, "all but a7")
}

// A program that was killed goes on with its jobs at once when it starts again.
func TestRecover(t *testing.T) {
	m := providertest.NewMemory(nil)
	b := newBench(t, opening(m), nil)
	b.enqueue(intent(provider.StatusActive, 1))
	_, err := b.db.ExecContext(t.Context(), "UPDATE river_job SET state = 'running', attempt = 1, attempted_at = CURRENT_TIMESTAMP")
	require.NoError(t, err)
	require.NoError(t, b.queue.Recover(t.Context()))
	require.Equal(t, []string{"available"}, b.jobs())
	b.start()
	require.Equal(t, provider.IntentDone, b.events(1)[0].State)
	require.Equal(t, []string{"completed"}, b.idle())
}

// Usage and differences of a fleet are read at fixed times, and an error is tried again.
func TestPeriodic(t *testing.T) {
	m := providertest.NewMemory(nil)
	made, err := m.Create(t.Context(), &provider.CreateRequest{
		Reference: "order-1", Username: "customer1", Password: provider.NewSecret("pass-word-1"), Email: "a@example.com", Plan: "small",
	})
	require.NoError(t, err)
	servers, err := fleet.New(&fleet.Server{Name: "web1", Provider: m})
	require.NoError(t, err)
	var failed atomic.Bool
	usage, drifts := make(chan *fleet.AccountUsage, 10), make(chan *fleet.Drift, 10)
	b := newBench(t, opening(m), func(c *riverprovider.Config) {
		c.Periodic = []fleet.Periodic{
			servers.PeriodicUsage(time.Second, func(_ context.Context, u *fleet.AccountUsage, err error) error {
				if !failed.Swap(true) {
					return errors.New("the table is locked")
				}
				usage <- u
				return err
			}),
			servers.PeriodicReconcile(time.Second, func(context.Context) iter.Seq2[fleet.Wanted, error] {
				return func(func(fleet.Wanted, error) bool) {} // nothing is wanted
			}, func(_ context.Context, d *fleet.Drift, err error) error {
				drifts <- d
				return err
			}),
		}
	})
	b.start()
	select {
	case u := <-usage:
		require.Equal(t, "web1", u.Server)
		require.Equal(t, made.Account.ID, u.AccountID)
	case <-time.After(waits):
		t.Fatal("no usage")
	}
	select {
	case d := <-drifts:
		require.True(t, d.Is(fleet.Extra))
		require.Equal(t, made.Account.ID, d.Account.ID)
	case <-time.After(waits):
		t.Fatal("no difference")
	}
}
