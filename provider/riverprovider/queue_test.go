package riverprovider_test

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/providertest"
	"github.com/provkit/provkit/provider/riverprovider"
)

func opening(p provider.Provider) func(string) (provider.Provider, error) {
	return func(string) (provider.Provider, error) { return p, nil }
}

// An order is carried out, its account suspended and ended, with an event for each and no secret in the file.
func TestLife(t *testing.T) {
	m := providertest.NewMemory(nil)
	b := newBench(t, opening(m), nil)
	b.start()
	require.True(t, b.enqueue(intent(provider.StatusActive, 1)))
	made := b.events(1)[0]
	require.Equal(t, provider.IntentDone, made.State)
	require.Equal(t, m.Accounts()[0].ID, made.AccountID)
	require.NotEmpty(t, made.Changes)
	require.Equal(t, "Canary-password-1", m.Accounts()[0].Password)
	require.Equal(t, []string{"completed"}, b.idle())

	require.False(t, b.enqueue(intent(provider.StatusAbsent, 1)), "the same number")
	require.False(t, b.enqueue(intent(provider.StatusAbsent, 0)), "an older one")
	require.True(t, b.enqueue(&provider.Intent{Server: "web1", Reference: "order-1", Status: provider.StatusSuspended, Sequence: 2}))
	require.Equal(t, []string{"suspend: active -> suspended"}, b.events(2)[1].Changes)
	require.True(t, m.Accounts()[0].Suspended)
	require.True(t, b.enqueue(intent(provider.StatusAbsent, 3)))
	require.Equal(t, provider.IntentDone, b.events(3)[2].State)
	require.Empty(t, m.Accounts())

	state, err := b.queue.State(t.Context(), "order-1")
	require.NoError(t, err)
	require.Equal(t, &riverprovider.State{Intent: intent(provider.StatusAbsent, 3), State: provider.IntentDone}, state)
	_, err = b.queue.State(t.Context(), "order-2")
	require.ErrorIs(t, err, provider.ErrNotFound)
	require.Equal(t, []string{"completed", "completed", "completed"}, b.idle())

	_, err = b.db.ExecContext(t.Context(), "PRAGMA wal_checkpoint(TRUNCATE)")
	require.NoError(t, err)
	text, err := os.ReadFile(b.path)
	require.NoError(t, err)
	require.Contains(t, string(text), "password-1", "the name of the secret")
	require.NotContains(t, string(text), "Canary", "the secret")
}

// What counts is the newest by its number, whatever the order of arrival, and one job brings it about.
func TestNewestWins(t *testing.T) {
	for _, arrival := range [][]int64{{1, 2, 3}, {3, 2, 1}, {2, 3, 1}, {2, 2, 3, 3, 1}} {
		m := providertest.NewMemory(nil)
		b := newBench(t, opening(m), nil)
		wanted := map[int64]provider.Status{1: provider.StatusActive, 2: provider.StatusAbsent, 3: provider.StatusSuspended}
		for _, n := range arrival {
			b.enqueue(intent(wanted[n], n))
		}
		require.Len(t, b.jobs(), 1)
		b.start()
		require.Equal(t, int64(3), b.events(1)[0].Intent.Sequence)
		require.Equal(t, []string{"completed"}, b.idle())
		require.True(t, m.Accounts()[0].Suspended)
		require.Len(t, b.events(1), 1)
	}
}

// gate holds back the first Create until it is opened.
type gate struct {
	provider.Provider

	reached, open chan struct{}
}

func (g *gate) Create(ctx context.Context, req *provider.CreateRequest) (*provider.Creation, error) {
	select {
	case g.reached <- struct{}{}:
		<-g.open
	default:
	}
	return g.Provider.Create(ctx, req)
}

// An intent that arrives while an older one is carried out is carried out by the same job.
func TestNewerWhileRunning(t *testing.T) {
	m := providertest.NewMemory(nil)
	g := &gate{m, make(chan struct{}, 1), make(chan struct{})}
	b := newBench(t, opening(g), nil)
	b.start()
	b.enqueue(intent(provider.StatusActive, 1))
	<-g.reached
	require.True(t, b.enqueue(intent(provider.StatusAbsent, 2)))
	require.Equal(t, []string{"running"}, b.jobs())
	close(g.open)
	require.Equal(t, int64(2), b.events(1)[0].Intent.Sequence)
	require.Equal(t, []string{"completed"}, b.idle())
	require.Empty(t, m.Accounts())
	require.Len(t, b.events(1), 1)
}

// What may heal is tried again and told once; what does not heal ends the job.
func TestFailures(t *testing.T) {
	t.Run("heals", func(t *testing.T) {
		m := &refusing{Provider: providertest.NewMemory(nil), times: 2}
		b := newBench(t, opening(m), nil)
		b.start()
		b.enqueue(intent(provider.StatusActive, 1))
		told := b.events(2)
		require.Equal(t, []provider.IntentState{provider.IntentWaiting, provider.IntentDone}, kinds(told))
		require.Equal(t, "unavailable", told[0].Code)
		require.Equal(t, []string{"completed"}, b.idle())
	})
	t.Run("never heals", func(t *testing.T) {
		m := providertest.NewMemory(nil)
		m.AddForeign("customer1")
		b := newBench(t, opening(m), nil)
		b.start()
		b.enqueue(intent(provider.StatusActive, 1))
		told := b.events(1)
		require.Equal(t, provider.IntentRefused, told[0].State)
		require.Empty(t, told[0].AccountID, "it is a stranger's")
		require.ErrorIs(t, told[0].Err, provider.ErrAlreadyExists)
		require.Equal(t, []string{"cancelled"}, b.idle())
		other := intent(provider.StatusActive, 2)
		other.Order = order(2)
		require.True(t, b.enqueue(other))
		require.Equal(t, provider.IntentDone, b.events(2)[1].State)
		require.Equal(t, []string{"cancelled", "completed"}, b.idle())
	})
	t.Run("too often", func(t *testing.T) {
		m := &refusing{Provider: providertest.NewMemory(nil), times: 100}
		b := newBench(t, opening(m), nil)
		b.start()
		b.enqueue(intent(provider.StatusActive, 1))
		require.Equal(t, []provider.IntentState{provider.IntentWaiting, provider.IntentPerson}, kinds(b.events(2)))
		require.Equal(t, []string{"cancelled"}, b.idle())
	})
	t.Run("repaired by somebody", func(t *testing.T) { // it sleeps, and a newer intent wakes it
		m := providertest.NewMemory(nil)
		m.Faults().When(nil, 0, faults.Fault{Kind: faults.Status, StatusCode: http.StatusForbidden, Body: `{"problem":"no"}`})
		b := newBench(t, opening(m), nil)
		b.start()
		b.enqueue(intent(provider.StatusActive, 1))
		require.Equal(t, "forbidden", b.events(1)[0].Code)
		require.Eventually(t, func() bool { return strings.Join(b.jobs(), "") == "scheduled" }, waits, tick)
		m.Faults().Clear()
		b.enqueue(intent(provider.StatusActive, 2))
		require.Equal(t, provider.IntentDone, b.events(2)[1].State)
		require.Equal(t, []string{"completed"}, b.idle())
	})
}

// refusing is a system that cannot be reached so many times.
type refusing struct {
	provider.Provider

	times int
}

func (r *refusing) Find(ctx context.Context, q provider.Query) (*provider.Account, error) {
	if r.times--; r.times >= 0 {
		return nil, &provider.Error{Kind: provider.ErrUnavailable}
	}
	return r.Provider.Find(ctx, q)
}

func kinds(events []*riverprovider.Event) (all []provider.IntentState) {
	for _, e := range events {
		all = append(all, e.State)
	}
	return all
}

// Nothing is there before the caller's transaction is committed, and events are part of the queue's.
func TestTransactions(t *testing.T) {
	m := providertest.NewMemory(nil)
	fail := true
	b := newBench(t, opening(m), func(c *riverprovider.Config) {
		hear := c.OnEvent
		c.OnEvent = func(ctx context.Context, tx *sql.Tx, e *riverprovider.Event) error {
			if _, err := tx.ExecContext(ctx, "INSERT INTO services (reference) VALUES ($1)", e.Intent.Reference); err != nil {
				return err
			}
			if fail {
				fail = false
				return errors.New("the first is rolled back")
			}
			return hear(ctx, tx, e)
		}
	})
	_, err := b.db.ExecContext(t.Context(), "CREATE TABLE services (reference text NOT NULL)")
	require.NoError(t, err)
	tx, err := b.db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	fresh, err := b.queue.Enqueue(t.Context(), b.client, tx, intent(provider.StatusActive, 1))
	require.NoError(t, err)
	require.True(t, fresh)
	require.NoError(t, tx.Rollback())
	require.Empty(t, b.jobs())

	b.enqueue(intent(provider.StatusActive, 1))
	b.start()
	b.events(1)
	require.Equal(t, []string{"completed"}, b.idle())
	var n int
	require.NoError(t, b.db.QueryRowContext(t.Context(), "SELECT count(*) FROM services").Scan(&n))
	require.Equal(t, 1, n)
	require.Len(t, m.Accounts(), 1)
}

// An account stays on its server until it is gone.
func TestOneServer(t *testing.T) {
	m := providertest.NewMemory(nil)
	b := newBench(t, opening(m), nil)
	b.enqueue(intent(provider.StatusActive, 1))
	moved := intent(provider.StatusActive, 2)
	moved.Server = "Web 2"
	_, err := b.queue.Enqueue(t.Context(), b.client, nil, moved)
	require.ErrorIs(t, err, provider.ErrInvalid)
	require.ErrorContains(t, err, `server: the reference has or may have an account on "web1"`)
	b.start()
	b.events(1)
	_, err = b.queue.Enqueue(t.Context(), b.client, nil, moved)
	require.ErrorIs(t, err, provider.ErrInvalid)
	b.enqueue(intent(provider.StatusAbsent, 3))
	b.events(2)
	moved.Sequence = 4
	require.True(t, b.enqueue(moved))
	require.Equal(t, "Web 2", b.events(3)[2].Intent.Server)

	for _, bad := range []*provider.Intent{{Server: "web1", Status: provider.StatusActive}, {Reference: "order-2", Status: provider.StatusActive}} {
		_, err := b.queue.Enqueue(t.Context(), b.client, nil, bad)
		require.ErrorIs(t, err, provider.ErrInvalid)
	}
	_, err = riverprovider.New(nil, riverprovider.Config{Servers: []riverprovider.Server{{Name: "a"}, {Name: "a", Workers: -1}}, Poll: -1})
	for _, field := range []string{"db: ", "Open: ", "Servers: ", "Workers: ", "Poll: "} {
		require.ErrorContains(t, err, field)
	}
}

// Work that takes a while is asked for until it is done.
func TestPending(t *testing.T) {
	m := providertest.NewMemory(&providertest.MemoryOptions{Pending: time.Hour})
	b := newBench(t, opening(m), nil)
	b.start()
	b.enqueue(intent(provider.StatusActive, 1))
	require.Eventually(t, func() bool { return len(m.Accounts()) == 1 && strings.Join(b.jobs(), "") != "running" }, waits, tick)
	require.NotEqual(t, []string{"completed"}, b.jobs())
	m.Advance(time.Hour)
	require.Equal(t, provider.IntentDone, b.events(1)[0].State)
	require.Equal(t, []string{"completed"}, b.idle())
}

// generous is a system that makes up passwords.
type generous struct{ provider.Provider }

func (g generous) Create(ctx context.Context, req *provider.CreateRequest) (*provider.Creation, error) {
	made, err := g.Provider.Create(ctx, req)
	if made != nil {
		made.Password = provider.NewSecret("Made-up-1")
	}
	return made, err
}

// A password that a system made up is told once, in a transaction, and not stored by the queue.
func TestPassword(t *testing.T) {
	var told []string
	b := newBench(t, opening(generous{providertest.NewMemory(nil)}), func(c *riverprovider.Config) {
		c.OnPassword = func(ctx context.Context, tx *sql.Tx, i *provider.Intent, password provider.Secret) error {
			told = append(told, i.Reference+" "+password.Reveal())
			_, err := tx.ExecContext(ctx, "SELECT 1")
			return err
		}
	})
	b.start()
	b.enqueue(intent(provider.StatusActive, 1))
	require.Equal(t, provider.IntentDone, b.events(1)[0].State)
	require.Equal(t, []string{"order-1 Made-up-1"}, told)
}
