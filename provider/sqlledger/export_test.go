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

// Names puts the names of this ledger into a statement.
func (l *Ledger) Names(statement string) string { return l.names().Replace(statement) }

// DB returns the database.
func (l *Ledger) DB() *sql.DB { return l.db() }
