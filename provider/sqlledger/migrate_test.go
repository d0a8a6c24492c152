//go:build unix

package sqlledger_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/sqlledger"
)

func entry(subject string) *provider.LedgerEntry {
	return &provider.LedgerEntry{
		LedgerKey: provider.LedgerKey{Account: "panel", Verb: "create", Subject: subject},
		State:     provider.LedgerSent, Handle: "a handle of a usual length, which is some 60 bytes or a few", Asked: map[string]string{"plan": "v2-mini"},
	}
}

// has compares what is open of the account with entries.
func has(t testing.TB, l provider.Ledger, want ...*provider.LedgerEntry) {
	t.Helper()
	got, err := l.Open(t.Context(), "panel")
	require.NoError(t, err)
	require.Equal(t, want, got)
}

// do runs a statement, for which there is no method.
func do(t testing.TB, l *sqlledger.Ledger, statement string, args ...any) {
	t.Helper()
	_, err := l.DB().ExecContext(t.Context(), l.Names(statement), args...)
	require.NoError(t, err)
}

func number(t testing.TB, l *sqlledger.Ledger, query string) (n int64) {
	t.Helper()
	require.NoError(t, l.DB().QueryRowContext(t.Context(), l.Names(query)).Scan(&n))
	return n
}

// TestMigrateAtOnce: programs that begin at once make the tables once.
func TestMigrateAtOnce(t *testing.T) {
	each(t, func(t *testing.T, s system) {
		for range 3 {
			how := s.empty(t)
			var group sync.WaitGroup
			ledgers, errs := make([]*sqlledger.Ledger, 8), make([]error, 8)
			for i := range ledgers {
				group.Go(func() { ledgers[i], errs[i] = open(t.Context(), how) })
			}
			group.Wait()
			for i, l := range ledgers {
				require.NoError(t, errs[i])
				require.NoError(t, l.Put(t.Context(), entry(fmt.Sprint(i)), 0))
				require.EqualValues(t, 1, number(t, l, "SELECT count(*) FROM {p}version"))
			}
			require.EqualValues(t, 8, number(t, ledgers[0], "SELECT count(*) FROM {p}entries"))
			for _, l := range ledgers {
				require.NoError(t, l.Close())
			}
		}
	})
}

// TestMigrateUp: tables of an older program are brought up to date by the first newer one, with all that is in them.
func TestMigrateUp(t *testing.T) {
	each(t, func(t *testing.T, s system) {
		how := s.empty(t)
		old := mustOpen(t, how)
		e := entry("1")
		require.NoError(t, old.Put(t.Context(), e, 0))
		sqlledger.AddStep(t, "ALTER TABLE {p}entries ADD COLUMN more bigint NOT NULL DEFAULT 7")
		for range 2 {
			l := mustOpen(t, how)
			has(t, l, e)
			require.EqualValues(t, 7, number(t, l, "SELECT more FROM {p}entries"))
			require.EqualValues(t, 2, number(t, l, "SELECT version FROM {p}version"))
		}
		e.State = provider.LedgerPlaced
		require.NoError(t, old.Put(t.Context(), e, 0))
		has(t, old, e)

		// A step that fails leaves everything as it was.
		sqlledger.AddStep(t, "UPDATE {p}entries SET more = 8", "nonsense")
		_, err := open(t.Context(), how)
		require.ErrorContains(t, err, "sqlledger: make the tables: ")
		require.EqualValues(t, 7, number(t, old, "SELECT more FROM {p}entries"))
		require.EqualValues(t, 2, number(t, old, "SELECT version FROM {p}version"))
	})
}

// TestMigrateUnknown: an older program leaves the tables of a newer one alone.
func TestMigrateUnknown(t *testing.T) {
	each(t, func(t *testing.T, s system) {
		how := s.empty(t)
		l := mustOpen(t, how)
		do(t, l, "UPDATE {p}version SET version = 3")
		_, err := open(t.Context(), how)
		require.ErrorIs(t, err, provider.ErrUnsupported)
		require.EqualError(t, err, l.Names("sqlledger: make the tables: the tables {p}* have version 3, and this program knows versions up to 1: update the program: unsupported"))
		require.EqualValues(t, 3, number(t, l, "SELECT version FROM {p}version"))
	})
}

// TestMigrateWithoutRights: a role that may make no tables uses those that are there.
func TestMigrateWithoutRights(t *testing.T) {
	server := installed(t)
	if server == nil {
		return
	}
	at := prefix()
	all, err := sqlledger.OpenPostgres(t.Context(), server.url("postgres", ""), sqlledger.WithPrefix(at))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, all.Close()) })
	for _, statement := range []string{
		"REVOKE CREATE ON SCHEMA public FROM public", "CREATE ROLE {p}user",
		"GRANT SELECT ON {p}version TO {p}user", "GRANT SELECT, INSERT, UPDATE, DELETE ON {p}entries, {p}leases TO {p}user", "GRANT USAGE ON {p}numbers TO {p}user",
	} {
		do(t, all, statement)
	}
	l, err := sqlledger.OpenPostgres(t.Context(), server.url("postgres", "role="+at+"user"), sqlledger.WithPrefix(at))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	token, err := l.Acquire(t.Context(), "panel", time.Hour)
	require.NoError(t, err)
	e := entry("1")
	require.NoError(t, l.Put(t.Context(), e, token))
	has(t, all, e)
	require.NoError(t, l.Release(t.Context(), "panel", token))
	require.NoError(t, l.Remove(t.Context(), e.LedgerKey, e.Revision))
	has(t, all)

	_, err = sqlledger.OpenPostgres(t.Context(), server.url("postgres", "role="+at+"user"), sqlledger.WithPrefix("other_"))
	require.ErrorContains(t, err, "sqlledger: make the tables: ERROR: permission denied for schema public (SQLSTATE 42501)")
}
