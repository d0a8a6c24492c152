package riverprovider_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/fleet"
	"github.com/provkit/provkit/provider/providertest"
	"github.com/provkit/provkit/provider/riverprovider"
)

// slowEnd ends accounts, and answers when it is let.
type slowEnd struct {
	provider.Provider

	ended, answer chan struct{}
}

func (s *slowEnd) Terminate(ctx context.Context, id string) (provider.Outcome, error) {
	outcome, err := s.Provider.Terminate(ctx, id)
	close(s.ended)
	<-s.answer
	return outcome, err
}

// A customer who pays again while the account is ended gets a new one: nobody has written down that the old
// one is gone.
func TestPaidWhileEnding(t *testing.T) {
	m := providertest.NewMemory(nil)
	s := &slowEnd{m, make(chan struct{}), make(chan struct{})}
	b := newBench(t, opening(s), nil)
	b.start()
	b.enqueue(intent(provider.StatusActive, 1))
	first := b.events(1)[0].AccountID
	b.enqueue(intent(provider.StatusAbsent, 2))
	<-s.ended
	b.enqueue(intent(provider.StatusActive, 3))
	close(s.answer)
	again := b.events(2)[1]
	require.Equal(t, provider.IntentDone, again.State, again.Err)
	require.NotEqual(t, first, again.AccountID)
	require.Equal(t, []string{"completed", "completed"}, b.idle())

	// What a person removes is not made again.
	_, err := m.Terminate(t.Context(), again.AccountID)
	require.NoError(t, err)
	b.enqueue(intent(provider.StatusActive, 4))
	require.Equal(t, "not_found", b.events(3)[2].Code)
}

// stuck does not answer before the context ends.
type stuck struct{ provider.Provider }

func (stuck) Find(ctx context.Context, _ provider.Query) (*provider.Account, error) {
	<-ctx.Done()
	return nil, &provider.Error{Kind: provider.ErrUnavailable, Err: ctx.Err()}
}

// Attempts whose time is up count like all others, and are told.
func TestTimeIsUp(t *testing.T) {
	b := newBench(t, opening(stuck{providertest.NewMemory(nil)}), func(c *riverprovider.Config) { c.Timeout = 50 * time.Millisecond })
	b.start()
	b.enqueue(intent(provider.StatusActive, 1))
	require.Equal(t, []provider.IntentState{provider.IntentWaiting, provider.IntentPerson}, kinds(b.events(2)))
	require.Equal(t, []string{"cancelled"}, b.idle())
}

// failing cannot be reached so many times, and calls a function in one of them.
type failing struct {
	provider.Provider

	calls, times, at int
	do               func()
}

func (f *failing) Find(ctx context.Context, q provider.Query) (*provider.Account, error) {
	if f.calls++; f.calls == f.at {
		f.do()
	}
	if f.calls <= f.times {
		return nil, &provider.Error{Kind: provider.ErrUnavailable}
	}
	return f.Provider.Find(ctx, q)
}

// An intent has attempts of its own, whatever one before it has used up.
func TestAttemptsOfItsOwn(t *testing.T) {
	f := &failing{Provider: providertest.NewMemory(nil), times: 5, at: 4} // of four attempts
	b := newBench(t, opening(f), nil)
	f.do = func() { b.enqueue(intent(provider.StatusActive, 2)) }
	b.start()
	b.enqueue(intent(provider.StatusActive, 1))
	told := b.events(2)
	require.Equal(t, []provider.IntentState{provider.IntentWaiting, provider.IntentWaiting}, kinds(told))
	require.Eventually(t, func() bool { return strings.Join(b.jobs(), "") == "scheduled" }, waits, tick, "it sleeps a minute")
	b.enqueue(intent(provider.StatusActive, 3))
	require.Equal(t, provider.IntentDone, b.events(3)[2].State)
}

// refusal is a system that lacks a right.
type refusal struct{ provider.Provider }

func (refusal) Find(context.Context, provider.Query) (*provider.Account, error) {
	return nil, &provider.Error{Kind: provider.ErrForbidden}
}

// What waits for somebody to repair it waits a week.
func TestPatience(t *testing.T) {
	b := newBench(t, opening(refusal{providertest.NewMemory(nil)}), nil)
	b.start()
	b.enqueue(intent(provider.StatusActive, 1))
	b.events(1)
	for _, failures := range []int{week - 3, week - 1} { // a quarter of an hour each
		require.Eventually(t, func() bool { return strings.Join(b.jobs(), "") == "scheduled" }, waits, tick)
		_, err := b.db.ExecContext(t.Context(), "UPDATE provkit_intents SET failures = $1", failures)
		require.NoError(t, err)
		_, err = b.db.ExecContext(t.Context(), "UPDATE river_job SET state = 'available', scheduled_at = CURRENT_TIMESTAMP WHERE state = 'scheduled'")
		require.NoError(t, err)
	}
	require.Equal(t, []provider.IntentState{provider.IntentWaiting, provider.IntentPerson}, kinds(b.events(2)))

	// There may be an account, so that a person has to end it before there is another elsewhere.
	moved := intent(provider.StatusActive, 2)
	moved.Server = "Web 2"
	_, err := b.queue.Enqueue(t.Context(), b.client, nil, moved)
	require.ErrorIs(t, err, provider.ErrInvalid)
}

const week = 7 * 24 * 4

// late makes up a password when the time is up.
type late struct{ provider.Provider }

func (l late) Create(ctx context.Context, req *provider.CreateRequest) (*provider.Creation, error) {
	made, err := generous(l).Create(ctx, req)
	<-ctx.Done()
	return made, err
}

// A made-up password is told although the time is up.
func TestLatePassword(t *testing.T) {
	told := make(chan error, 10)
	b := newBench(t, opening(late{providertest.NewMemory(nil)}), func(c *riverprovider.Config) {
		c.Timeout = 200 * time.Millisecond
		c.OnPassword = func(ctx context.Context, tx *sql.Tx, _ *provider.Intent, _ provider.Secret) error {
			_, err := tx.ExecContext(ctx, "SELECT 1")
			told <- err
			return err
		}
	})
	b.start()
	b.enqueue(intent(provider.StatusActive, 1))
	require.NoError(t, <-told)
	require.Equal(t, provider.IntentDone, b.events(1)[0].State)
}

// What somebody else's code says is cleaned before it is in a row: PostgreSQL takes no zero in a JSON.
func TestForeignError(t *testing.T) {
	b := newBench(t, func(string) (provider.Provider, error) { return nil, errors.New("no\x00 such\nserver") }, nil)
	b.start()
	b.enqueue(intent(provider.StatusActive, 1))
	require.Equal(t, provider.IntentPerson, b.events(2)[1].State)
	b.idle()
	var text string
	require.NoError(t, b.db.QueryRowContext(t.Context(), "SELECT json(errors) FROM river_job").Scan(&text))
	require.Contains(t, text, "such")
	require.NotContains(t, text, `\u0000`)
	require.NotContains(t, text, `\n`+"server")
}

// Any names will do for servers and periodic work.
func TestNames(t *testing.T) {
	nothing := func(context.Context) error { return nil }
	odd := []string{"a", "-", "_x", "web 1", "Web1", "web1.example.com", "[::1]:8443", "ü", "a--b", strings.Repeat("a", 300), "'; --"}
	b := newBench(t, opening(providertest.NewMemory(nil)), func(c *riverprovider.Config) {
		c.Servers = nil
		for _, name := range odd {
			c.Servers = append(c.Servers, riverprovider.Server{Name: name})
			c.Periodic = append(c.Periodic, fleet.Periodic{Name: name, Every: time.Hour, Run: nothing})
		}
	})
	b.start()
	for n, name := range odd {
		i := &provider.Intent{Server: name, Reference: "order-" + string(rune('a'+n)), Status: provider.StatusActive, Order: order(n)}
		require.True(t, b.enqueue(i), name)
	}
	for _, e := range b.events(len(odd)) {
		require.Equal(t, provider.IntentDone, e.State)
	}
	_, err := riverprovider.New(b.db, riverprovider.Config{Periodic: []fleet.Periodic{{Name: "a", Every: time.Hour, Run: nothing}, {Name: "a", Every: time.Hour, Run: nothing}}})
	require.ErrorContains(t, err, `Periodic: "a" needs a Name of its own`)
	_, err = riverprovider.New(b.db, riverprovider.Config{Periodic: []fleet.Periodic{{Name: "a", Run: nothing}}})
	require.ErrorContains(t, err, "Periodic")
}
