package temporalprovider_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/fleet"
	"github.com/provkit/provkit/provider/providertest"
	"github.com/provkit/provkit/provider/temporalprovider"
)

// secrets knows every password by its name.
type secrets struct{}

func (secrets) Secret(_ context.Context, name string) (provider.Secret, error) {
	return provider.NewSecret("Canary-" + name), nil
}

// intent wants something of order-1 on web1.
func intent(status provider.Status, sequence int64) *provider.Intent {
	return &provider.Intent{Server: "web1", Reference: "order-1", Status: status, Sequence: sequence, Order: &provider.Order{
		Username: "customer1", Email: "customer1@example.com", Domain: "customer1.example", Plan: "small", PasswordName: "password-1",
	}}
}

// bench is one workflow in a test environment, which skips time.
type bench struct {
	*testsuite.TestWorkflowEnvironment

	t    *testing.T
	mu   sync.Mutex
	told []string
}

func newBench(t *testing.T, p provider.Provider, configure func(*temporalprovider.Config)) *bench {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	b := &bench{TestWorkflowEnvironment: suite.NewTestWorkflowEnvironment(), t: t}
	b.SetDataConverter(temporalprovider.DataConverter())
	b.SetTestTimeout(time.Minute)
	cfg := temporalprovider.Config{
		Open: func(string) (provider.Provider, error) { return p, nil }, Secrets: secrets{},
		OnEvent: func(_ context.Context, e *temporalprovider.Event) error {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.told = append(b.told, fmt.Sprintf("%d %s %s%s", e.Intent.Sequence, e.Report.State, e.Report.AccountID, e.Report.Code))
			return nil
		},
	}
	if configure != nil {
		configure(&cfg)
	}
	a, err := temporalprovider.NewActivities(cfg)
	require.NoError(t, err)
	temporalprovider.Register(b, a)
	return b
}

// send has an intent arrive so long after the start.
func (b *bench) send(after time.Duration, i *provider.Intent) {
	b.RegisterDelayedCallback(func() { b.SignalWorkflow(temporalprovider.SignalOf(i.Status), i) }, after)
}

// run runs the workflow until it ends, and returns the events.
func (b *bench) run() []string {
	b.t.Helper()
	b.ExecuteWorkflow(temporalprovider.Service, nil)
	require.True(b.t, b.IsWorkflowCompleted())
	require.NoError(b.t, b.GetWorkflowError())
	return b.told
}

func TestLife(t *testing.T) {
	m := providertest.NewMemory(nil)
	b := newBench(t, m, nil)
	b.send(0, intent(provider.StatusActive, 1))
	b.RegisterDelayedCallback(func() {
		require.Equal(t, "Canary-password-1", m.Accounts()[0].Password)
		var state temporalprovider.State
		value, err := b.QueryWorkflow(temporalprovider.QueryState)
		require.NoError(t, err)
		require.NoError(t, value.Get(&state))
		require.Equal(t, provider.IntentDone, state.Report.State)
		require.Equal(t, m.Accounts()[0].ID, state.AccountID)
	}, time.Hour)
	b.send(2*time.Hour, &provider.Intent{Status: provider.StatusSuspended, Sequence: 2}) // the rest stays
	b.RegisterDelayedCallback(func() { require.True(t, m.Accounts()[0].Suspended) }, 3*time.Hour)
	b.send(4*time.Hour, intent(provider.StatusAbsent, 1)) // an old one, again
	b.RegisterDelayedCallback(func() { require.Len(t, m.Accounts(), 1) }, 5*time.Hour)
	b.send(6*time.Hour, intent(provider.StatusAbsent, 3))
	require.Equal(t, []string{"1 done 101", "2 done 101", "3 done "}, b.run())
	require.Empty(t, m.Accounts())
}

// What counts is the newest by its number, whatever the order of arrival.
func TestNewestWins(t *testing.T) {
	for _, arrival := range [][]int64{{1, 2, 3, 4}, {3, 1, 2, 4}, {3, 3, 2, 4}} {
		m := providertest.NewMemory(nil)
		b := newBench(t, m, nil)
		wanted := map[int64]provider.Status{1: provider.StatusActive, 2: provider.StatusAbsent, 3: provider.StatusSuspended, 4: provider.StatusAbsent}
		for at, n := range arrival {
			wait := time.Duration(0)
			if n == 4 {
				wait = time.Hour
				b.RegisterDelayedCallback(func() { require.True(t, m.Accounts()[0].Suspended) }, time.Minute)
			}
			_ = at
			b.send(wait, intent(wanted[n], n))
		}
		told := b.run()
		require.Contains(t, told, "3 done 101")
		require.Equal(t, "4 done ", told[len(told)-1])
		require.Empty(t, m.Accounts())
	}
}

// refusing is a system that answers its first finds with an error.
type refusing struct {
	provider.Provider

	times int
	err   error
}

func (r *refusing) Find(ctx context.Context, q provider.Query) (*provider.Account, error) {
	if r.times--; r.times >= 0 {
		return nil, r.err
	}
	return r.Provider.Find(ctx, q)
}

// What may heal is tried again and told once, what does not heal ends the intent, and a newer one goes on.
func TestFailures(t *testing.T) {
	t.Run("heals", func(t *testing.T) {
		m := providertest.NewMemory(nil)
		b := newBench(t, &refusing{m, 3, &provider.Error{Kind: provider.ErrUnavailable}}, nil)
		b.send(0, intent(provider.StatusActive, 1))
		b.send(time.Hour, intent(provider.StatusAbsent, 2))
		require.Equal(t, []string{"1 waiting unavailable", "1 done 101", "2 done "}, b.run())
	})
	t.Run("a newer one ends the waiting", func(t *testing.T) {
		m := providertest.NewMemory(nil)
		r := &refusing{m, 1000, &provider.Error{Kind: provider.ErrForbidden}}
		b := newBench(t, r, nil)
		b.send(0, intent(provider.StatusActive, 1))
		b.RegisterDelayedCallback(func() { r.times = 0 }, 5*time.Minute) // of the fifteen that it waits
		var at time.Time
		start := b.Now()
		b.send(6*time.Minute, intent(provider.StatusActive, 2))
		b.RegisterDelayedCallback(func() {
			require.Len(t, m.Accounts(), 1)
			at = b.Now()
		}, 7*time.Minute)
		b.send(time.Hour, intent(provider.StatusAbsent, 3))
		require.Equal(t, []string{"1 waiting forbidden", "2 done 101", "3 done "}, b.run())
		require.Less(t, at.Sub(start), 8*time.Minute)
	})
	t.Run("never heals", func(t *testing.T) {
		m := providertest.NewMemory(nil)
		stranger := m.AddForeign("customer1")
		b := newBench(t, m, nil)
		b.send(0, intent(provider.StatusActive, 1))
		other := intent(provider.StatusActive, 2)
		other.Order.Username = "customer2"
		b.send(time.Hour, other)
		gone := intent(provider.StatusAbsent, 3)
		gone.Order = other.Order
		b.send(2*time.Hour, gone)
		require.Equal(t, []string{"1 refused already_exists", "2 done 102", "3 done "}, b.run())
		require.Equal(t, stranger, m.Accounts()[0].ID)
	})
	t.Run("too often", func(t *testing.T) {
		m := providertest.NewMemory(nil)
		r := &refusing{m, 1_000_000, &provider.Error{Kind: provider.ErrUnavailable}}
		b := newBench(t, r, nil)
		b.send(0, intent(provider.StatusActive, 1))
		b.RegisterDelayedCallback(func() { r.times = 0 }, 30*24*time.Hour)
		b.send(31*24*time.Hour, intent(provider.StatusAbsent, 2))
		require.Equal(t, []string{"1 waiting unavailable", "1 person unavailable", "2 done "}, b.run())
	})
	t.Run("no intent", func(t *testing.T) {
		b := newBench(t, providertest.NewMemory(nil), nil)
		bad := intent(provider.StatusActive, 1)
		bad.Order.Email = "nobody"
		b.send(0, bad)
		b.send(time.Hour, intent(provider.StatusActive, 2))
		moved := intent(provider.StatusActive, 3)
		moved.Server = "web2"
		b.send(2*time.Hour, moved)
		b.send(3*time.Hour, intent(provider.StatusAbsent, 4))
		require.Equal(t, []string{"1 refused invalid", "2 done 101", "3 refused invalid", "4 done "}, b.run())
	})
}

// A deployment of half an hour is waited for by timers, and bought once.
func TestPending(t *testing.T) {
	m := providertest.NewMemory(&providertest.MemoryOptions{Pending: 30 * time.Minute})
	b := newBench(t, m, nil)
	start := b.Now()
	b.send(0, intent(provider.StatusActive, 1))
	for minute := range 31 { // the emulator's clock goes with the workflow's
		b.RegisterDelayedCallback(func() { m.Advance(time.Minute) }, time.Duration(minute)*time.Minute)
	}
	b.send(time.Hour, intent(provider.StatusAbsent, 2))
	require.Equal(t, []string{"1 done 101", "2 done "}, b.run())
	require.GreaterOrEqual(t, b.Now().Sub(start), time.Hour)
}

// A workflow that has made many attempts goes on as a new one, with what it knows.
func TestContinuesAsNew(t *testing.T) {
	m := providertest.NewMemory(&providertest.MemoryOptions{Pending: 30 * time.Hour})
	b := newBench(t, m, nil)
	b.send(0, intent(provider.StatusActive, 1))
	b.ExecuteWorkflow(temporalprovider.Service, nil)
	var next *workflow.ContinueAsNewError
	require.ErrorAs(t, b.GetWorkflowError(), &next)
	var state *temporalprovider.State
	require.NoError(t, temporalprovider.DataConverter().FromPayloads(next.Input, &state))
	require.Equal(t, intent(provider.StatusActive, 1), state.Intent)
	require.Equal(t, provider.IntentPending, state.Report.State)

	m.Advance(30 * time.Hour)
	b = newBench(t, m, nil)
	b.send(time.Hour, intent(provider.StatusAbsent, 2))
	b.ExecuteWorkflow(temporalprovider.Service, state)
	require.NoError(t, b.GetWorkflowError())
	require.Equal(t, []string{"1 done 101", "2 done "}, b.told)
}

// A made-up password is told, and no payload holds it.
func TestPassword(t *testing.T) {
	var told []string
	b := newBench(t, generous{providertest.NewMemory(nil)}, func(c *temporalprovider.Config) {
		c.OnPassword = func(_ context.Context, i *provider.Intent, password provider.Secret) error {
			told = append(told, i.Reference+" "+password.Reveal())
			return nil
		}
	})
	b.send(0, intent(provider.StatusActive, 1))
	b.send(time.Hour, intent(provider.StatusAbsent, 2))
	b.run()
	require.Equal(t, []string{"order-1 Made-up-1"}, told)
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

// ending ends accounts, and loses the first answer to that after it has done something.
type ending struct {
	*providertest.Memory

	then func()
}

func (e *ending) Terminate(ctx context.Context, id string) (provider.Outcome, error) {
	outcome, err := e.Memory.Terminate(ctx, id)
	if then := e.then; then != nil {
		e.then = nil
		then()
		return "", errors.Join(err, provider.ErrOutcomeUnknown)
	}
	return outcome, err
}

// A customer who pays again while the account is ended gets a new one: no answer has said that the old one is gone.
func TestPaidWhileEnding(t *testing.T) {
	m := providertest.NewMemory(nil)
	e := &ending{Memory: m}
	b := newBench(t, e, nil)
	e.then = func() {
		b.SignalWorkflow(temporalprovider.SignalPaid, intent(provider.StatusActive, 3))
	}
	b.send(0, intent(provider.StatusActive, 1))
	b.send(time.Hour, intent(provider.StatusAbsent, 2))
	b.send(3*time.Hour, intent(provider.StatusAbsent, 4))
	told := b.run()
	require.Contains(t, told, "1 done 101")
	require.Contains(t, told, "3 done 102")
	require.Equal(t, "4 done ", told[len(told)-1])
	require.Empty(t, m.Accounts())
}

// An older event that comes after the account is gone makes no other, and the reference may be used again.
func TestLateEvents(t *testing.T) {
	m := providertest.NewMemory(nil)
	b := newBench(t, m, nil)
	start := b.Now()
	b.send(0, intent(provider.StatusActive, 1))
	b.send(time.Hour, intent(provider.StatusAbsent, 3))
	b.send(48*time.Hour, intent(provider.StatusActive, 2))
	b.send(49*time.Hour, intent(provider.StatusActive, 1))
	b.RegisterDelayedCallback(func() { require.Empty(t, m.Accounts()) }, 50*time.Hour)
	b.send(51*time.Hour, intent(provider.StatusActive, 4))
	b.send(52*time.Hour, intent(provider.StatusAbsent, 5))
	require.Equal(t, []string{"1 done 101", "3 done ", "4 done 102", "5 done "}, b.run())
	require.InDelta(t, (30*24+52)*time.Hour, b.Now().Sub(start), float64(time.Hour))
}

// Each event that is refused is told, and after a person was asked the order stays where its account may be.
func TestRefusals(t *testing.T) {
	m := providertest.NewMemory(nil)
	r := &refusing{m, 1_000_000, &provider.Error{Kind: provider.ErrConflict, Undecided: &provider.LedgerKey{Account: "shop", Verb: "create", Subject: "order-1"}}}
	b := newBench(t, r, nil)
	b.send(0, intent(provider.StatusActive, 1))
	for n := range int64(3) {
		moved := intent(provider.StatusActive, 2+n)
		moved.Server = "web2"
		b.send(time.Hour, moved)
	}
	b.RegisterDelayedCallback(func() { r.times = 0 }, 2*time.Hour)
	b.send(3*time.Hour, intent(provider.StatusAbsent, 5))
	require.Equal(t, []string{"1 person conflict", "2 refused invalid", "3 refused invalid", "4 refused invalid", "5 done "}, b.run())
}

// Work of a schedule is tried again.
func TestPeriodic(t *testing.T) {
	ran := 0
	b := newBench(t, providertest.NewMemory(nil), func(c *temporalprovider.Config) {
		c.Periodic = []fleet.Periodic{{Name: "usage", Every: time.Hour, Run: func(context.Context) error {
			if ran++; ran == 1 {
				return errors.New("the table is locked")
			}
			return nil
		}}}
	})
	b.ExecuteWorkflow(temporalprovider.Periodic, "usage")
	require.NoError(t, b.GetWorkflowError())
	require.Equal(t, 2, ran)

	b = newBench(t, providertest.NewMemory(nil), nil)
	b.ExecuteWorkflow(temporalprovider.Periodic, "usage")
	require.ErrorContains(t, b.GetWorkflowError(), `this program does no "usage"`)
}

func TestConfig(t *testing.T) {
	_, err := temporalprovider.NewActivities(temporalprovider.Config{
		Servers: []temporalprovider.Server{{Name: "a"}, {Name: "a", Workers: -1}}, Periodic: []fleet.Periodic{{Name: "usage"}},
	})
	for _, field := range []string{"Open: ", "Servers: ", "Workers: ", "Periodic: "} {
		require.ErrorContains(t, err, field)
	}
	require.ErrorIs(t, temporalprovider.Send(t.Context(), nil, &provider.Intent{Reference: "order-1", Status: provider.StatusActive}), provider.ErrInvalid)
}
