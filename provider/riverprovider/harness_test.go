package riverprovider_test

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/riverprovider"
)

// secrets knows every password by its name.
type secrets struct{}

func (secrets) Secret(_ context.Context, name string) (provider.Secret, error) {
	return provider.NewSecret("Canary-" + name), nil
}

func order(n int) *provider.Order {
	return &provider.Order{
		Username: fmt.Sprintf("customer%d", n), Email: fmt.Sprintf("customer%d@example.com", n), Domain: fmt.Sprintf("customer%d.example", n),
		Plan: "small", PasswordName: fmt.Sprintf("password-%d", n),
	}
}

// intent wants something of order-1 on web1.
func intent(status provider.Status, sequence int64) *provider.Intent {
	return &provider.Intent{Server: "web1", Reference: "order-1", Status: status, Sequence: sequence, Order: order(1)}
}

// bench is a queue with SQLite in one process.
type bench struct {
	t      *testing.T
	db     *sql.DB
	path   string
	queue  *riverprovider.Queue
	client *river.Client[*sql.Tx]

	mu     sync.Mutex
	told   []*riverprovider.Event
	change chan struct{} // gets a value after each event
}

// newBench returns a queue that is not started. configure may be nil.
func newBench(t *testing.T, open func(string) (provider.Provider, error), configure func(*riverprovider.Config)) *bench {
	t.Helper()
	b := &bench{t: t, path: filepath.Join(t.TempDir(), "queue.db"), change: make(chan struct{}, 1000)}
	var err error
	b.db, err = sql.Open("sqlite", "file:"+b.path+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)")
	require.NoError(t, err)
	b.db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = b.db.Close() })
	driver := riversqlite.New(b.db)
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	_, err = migrator.Migrate(t.Context(), rivermigrate.DirectionUp, nil)
	require.NoError(t, err)

	cfg := riverprovider.Config{
		Servers: []riverprovider.Server{{Name: "web1", Workers: 4}, {Name: "Web 2", Workers: 1}},
		Open:    open, Secrets: secrets{}, OnEvent: b.hear, Poll: 50 * time.Millisecond,
	}
	if configure != nil {
		configure(&cfg)
	}
	b.queue, err = riverprovider.New(b.db, cfg)
	require.NoError(t, err)
	require.NoError(t, b.queue.Migrate(t.Context()))
	require.NoError(t, b.queue.Migrate(t.Context()), "and again")
	config := &river.Config{
		Logger: slog.New(slog.DiscardHandler), FetchCooldown: 10 * time.Millisecond, FetchPollInterval: 50 * time.Millisecond,
		RetryPolicy: soon{}, MaxAttempts: 4,
	}
	require.NoError(t, b.queue.Configure(config))
	b.client, err = river.NewClient(driver, config)
	require.NoError(t, err)
	return b
}

// waits is how long something may take, tick how often it is looked at.
const waits, tick = 30 * time.Second, 10 * time.Millisecond

// soon tries again at once: the tests do not wait for River's own policy.
type soon struct{}

func (soon) NextRetry(*rivertype.JobRow) time.Time { return time.Now() }

func (b *bench) hear(_ context.Context, _ *sql.Tx, e *riverprovider.Event) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.told = append(b.told, e)
	b.change <- struct{}{}
	return nil
}

func (b *bench) start() {
	b.t.Helper()
	require.NoError(b.t, b.client.Start(b.t.Context()))
	b.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = b.client.StopAndCancel(ctx)
	})
}

func (b *bench) enqueue(i *provider.Intent) bool {
	b.t.Helper()
	fresh, err := b.queue.Enqueue(b.t.Context(), b.client, nil, i)
	require.NoError(b.t, err)
	return fresh
}

// events waits for n events and returns all.
func (b *bench) events(n int) []*riverprovider.Event {
	b.t.Helper()
	limit := time.After(30 * time.Second)
	for {
		b.mu.Lock()
		told := append([]*riverprovider.Event(nil), b.told...)
		b.mu.Unlock()
		if len(told) >= n {
			return told
		}
		select {
		case <-b.change:
		case <-limit:
			b.t.Fatalf("%d events of %d", len(told), n)
		}
	}
}

// jobs returns the states of all jobs about intents, in the order of their IDs.
func (b *bench) jobs() (states []string) {
	b.t.Helper()
	rows, err := b.db.QueryContext(b.t.Context(), "SELECT state FROM river_job WHERE kind = 'provkit_intent' ORDER BY id")
	require.NoError(b.t, err)
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var state string
		require.NoError(b.t, rows.Scan(&state))
		states = append(states, state)
	}
	require.NoError(b.t, rows.Err())
	return states
}

// idle waits until no job is open, and returns the states of all.
func (b *bench) idle() []string {
	b.t.Helper()
	var states []string
	require.Eventually(b.t, func() bool {
		states = b.jobs()
		for _, state := range states {
			if state != "completed" && state != "cancelled" && state != "discarded" {
				return false
			}
		}
		return true
	}, waits, tick)
	return states
}
