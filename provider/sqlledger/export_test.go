package sqlledger

import (
	"context"
	"database/sql"
	"slices"
	"testing"
	"time"

	"github.com/provkit/provkit/provider"
)

// SetPatience sets how long others may be in the way, until a test ends.
func SetPatience(t *testing.T, to time.Duration) {
	before := patience
	patience = to
	t.Cleanup(func() { patience = before })
}

// AddStep makes this program a newer one, until a test ends.
func AddStep(t *testing.T, statements ...string) {
	before := steps
	steps = func(d *dialect) [][]string { return append(slices.Clone(before(d)), statements) }
	t.Cleanup(func() { steps = before })
}

// In does something in the middle of a transaction about an entry.
func (l *Ledger) In(ctx context.Context, key provider.LedgerKey, do func() error) error {
	return l.write(ctx, "test", locks{owns: lockOfEntry(key)}, func(*transaction) error { return do() })
}

// SetClock puts a clock in place of the database's, of which it is told the time.
func (l *Ledger) SetClock(clock func(own time.Time) time.Time) {
	d, own := *l.dialect, l.dialect
	d.now = func(ctx context.Context, db *sql.DB) (time.Time, error) {
		now, err := own.now(ctx, db)
		return provider.LedgerTime(clock(now)), err
	}
	d.start = func(ctx context.Context, tx *sql.Tx, prefix string, locks locks) (time.Time, int64, error) {
		now, number, err := own.start(ctx, tx, prefix, locks)
		return provider.LedgerTime(clock(now)), number, err
	}
	l.dialect = &d
}

// Names puts the names of this ledger into a statement.
func (l *Ledger) Names(statement string) string { return l.names().Replace(statement) }

// DB returns the database.
func (l *Ledger) DB() *sql.DB { return l.db() }
