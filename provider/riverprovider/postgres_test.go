//go:build unix

package riverprovider_test

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"sync"
	"testing"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/postgrestest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/riverprovider"
)

// schema opens an empty schema of PostgreSQL; nil without PostgreSQL.
func schema(t *testing.T, name string) *sql.DB {
	s := postgrestest.Installed(t)
	if s == nil {
		return nil
	}
	db, err := sql.Open("pgx", s.URL("postgres", "search_path="+name))
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	_, err = db.ExecContext(t.Context(), "CREATE SCHEMA "+name)
	require.NoError(t, err)
	return db
}

// Programs that start at once may all make the tables.
func TestMigrateAtOnce(t *testing.T) {
	for round := range 5 {
		db := schema(t, fmt.Sprintf("at_once_%d", round))
		if db == nil {
			return
		}
		db.SetMaxIdleConns(8)
		var open [8]*sql.Conn
		for i := range open {
			var err error
			open[i], err = db.Conn(t.Context())
			require.NoError(t, err)
		}
		for _, c := range open {
			require.NoError(t, c.Close()) // it is at hand from now on
		}
		begin := make(chan struct{})
		var all sync.WaitGroup
		for range open {
			all.Go(func() {
				queue, err := riverprovider.New(db, riverprovider.Config{})
				assert.NoError(t, err)
				<-begin
				assert.NoError(t, queue.Migrate(t.Context()))
			})
		}
		close(begin)
		all.Wait()
	}
}

// Many programs send intents of one order at once, in transactions of every kind of which some are rolled back
// or conflict: the newest that was committed counts, and there is one job.
func TestEnqueueAtOnce(t *testing.T) {
	db := schema(t, "enqueue")
	if db == nil {
		return
	}
	migrator, err := rivermigrate.New(riverdatabasesql.New(db), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	_, err = migrator.Migrate(t.Context(), rivermigrate.DirectionUp, nil)
	require.NoError(t, err)
	queue, err := riverprovider.New(db, riverprovider.Config{})
	require.NoError(t, err)
	require.NoError(t, queue.Migrate(t.Context()))
	client, err := river.NewClient(riverdatabasesql.New(db), &river.Config{Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)

	send := func(ctx context.Context, level sql.IsolationLevel, sequence int64, commit bool) (fresh bool, err error) {
		tx, err := db.BeginTx(ctx, &sql.TxOptions{Isolation: level})
		if err != nil {
			return false, err
		}
		defer func() { _ = tx.Rollback() }()
		fresh, err = queue.Enqueue(ctx, client, tx, intent(provider.StatusActive, sequence))
		if err != nil || !commit {
			return false, err
		}
		return fresh, tx.Commit()
	}
	var mu sync.Mutex
	var newest int64
	var all sync.WaitGroup
	for n := range int64(60) {
		all.Go(func() {
			level := []sql.IsolationLevel{sql.LevelDefault, sql.LevelRepeatableRead, sql.LevelSerializable}[n%3]
			fresh, err := send(t.Context(), level, n, n%5 > 0)
			if level == sql.LevelDefault {
				assert.NoError(t, err)
			}
			mu.Lock()
			defer mu.Unlock()
			if fresh && err == nil {
				newest = max(newest, n)
			}
		})
	}
	all.Wait()
	state, err := queue.State(t.Context(), "order-1")
	require.NoError(t, err)
	require.Equal(t, newest, state.Intent.Sequence)
	var jobs int
	require.NoError(t, db.QueryRowContext(t.Context(), "SELECT count(*) FROM river_job WHERE kind = 'provkit_intent'").Scan(&jobs))
	require.Equal(t, 1, jobs)
}
