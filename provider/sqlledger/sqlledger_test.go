//go:build unix

package sqlledger_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/sqlledger"
)

// TestNew: a database of the caller's holds several ledgers, and stays open.
func TestNew(t *testing.T) {
	each(t, func(t *testing.T, s system) {
		db := mustOpen(t, s.empty(t)).DB()
		dialect := map[string]sqlledger.Dialect{"SQLite": sqlledger.SQLite, "PostgreSQL": sqlledger.PostgreSQL}[s.name]
		one, err := sqlledger.New(t.Context(), db, dialect, sqlledger.WithPrefix(prefix()))
		require.NoError(t, err)
		other, err := sqlledger.New(t.Context(), db, dialect, sqlledger.WithPrefix(prefix()))
		require.NoError(t, err)
		e := entry("1")
		require.NoError(t, one.Put(t.Context(), e, 0))
		has(t, other)
		require.NoError(t, other.Close())
		has(t, one, e)

		for _, bad := range []string{"", "A", "a;", "a b", "1a", `a"`, "ä", "a234567890123456789012345678901234567890123"} {
			_, err = sqlledger.New(t.Context(), db, dialect, sqlledger.WithPrefix(bad))
			require.ErrorIs(t, err, provider.ErrInvalid)
		}
		_, err = sqlledger.New(t.Context(), db, 3, sqlledger.WithPrefix("a"))
		require.EqualError(t, err, "sqlledger: open: dialect 3 is neither SQLite nor PostgreSQL: invalid request")
	})
}

// TestStrangeNames: nothing is known under names that no ledger accepts, and nothing happens to them.
func TestStrangeNames(t *testing.T) {
	each(t, func(t *testing.T, s system) {
		l := mustOpen(t, s.empty(t))
		for _, name := range []string{"", "a\x00b", "\xff"} {
			entries, err := l.Open(t.Context(), name)
			require.NoError(t, err)
			require.Empty(t, entries)
			require.NoError(t, l.Release(t.Context(), name, 1))
		}
	})
}

// TestErrors: errors say what happened, and to what.
func TestErrors(t *testing.T) {
	each(t, func(t *testing.T, s system) {
		l := mustOpen(t, s.empty(t))
		e := entry("order-1")
		require.NoError(t, l.Put(t.Context(), e, 0))
		e.Revision += 6
		require.EqualError(t, l.Put(t.Context(), e, 0), `sqlledger: put create "order-1" of "panel": it has revision 1, not 7: the ledger has changed meanwhile`)
		require.EqualError(t, l.Put(t.Context(), entry("2"), 5), `sqlledger: put create "2" of "panel": lease 5 of "panel" has ended: the ledger has changed meanwhile`)
		_, err := l.Entry(t.Context(), entry("2").LedgerKey)
		require.EqualError(t, err, `sqlledger: read create "2" of "panel": nothing is known of it: not found`)
		_, err = l.Acquire(t.Context(), "panel", 1e9)
		require.NoError(t, err)
		_, err = l.Acquire(t.Context(), "panel", 1e9)
		require.EqualError(t, err, `sqlledger: acquire "panel": the lease is held by another program`)
		do(t, l, "UPDATE {p}entries SET asked = '['")
		_, err = l.Entry(t.Context(), e.LedgerKey)
		require.EqualError(t, err, `sqlledger: read create "order-1" of "panel": unexpected end of JSON input`)
	})
}
