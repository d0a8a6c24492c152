//go:build unix

package sqlledger_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/postgrestest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/sqlledger"
)

// onPostgres opens a ledger with more parameters in the URL, and prepares the database before.
func onPostgres(t *testing.T, s *server, more string, prepare ...string) *sqlledger.Ledger {
	t.Helper()
	at := prefix()
	if len(prepare) > 0 {
		first, err := sqlledger.OpenPostgres(t.Context(), s.url("postgres", ""), sqlledger.WithPrefix(at))
		require.NoError(t, err)
		for _, statement := range prepare {
			do(t, first, statement)
		}
		require.NoError(t, first.Close())
	}
	l, err := sqlledger.OpenPostgres(t.Context(), s.url("postgres", strings.ReplaceAll(more, "{p}", at)), sqlledger.WithPrefix(at))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	return l
}

// TestServerClock: the server's clock decides, whatever the program's says.
func TestServerClock(t *testing.T) {
	s := installed(t)
	if s == nil {
		return
	}
	l := onPostgres(t, s, "search_path={p}fake,pg_catalog,public",
		"CREATE SCHEMA {p}fake", "CREATE TABLE {p}fake.jump AS SELECT interval '100 years' AS by",
		"CREATE FUNCTION {p}fake.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS $$ SELECT pg_catalog.clock_timestamp() + (SELECT by FROM {p}fake.jump) $$")
	jump := func(to string) { do(t, l, "UPDATE {p}fake.jump SET by = '"+to+"'") }
	now, err := l.Now(t.Context())
	require.NoError(t, err)
	require.InDelta(t, 100, time.Until(now).Hours()/24/365.25, 0.1)
	token, err := l.Acquire(t.Context(), "panel", time.Hour)
	require.NoError(t, err)
	e := entry("1")
	require.NoError(t, l.Put(t.Context(), e, token))
	require.WithinDuration(t, now, e.Stored, time.Minute)
	jump("100 years 59 minutes")
	_, err = l.Acquire(t.Context(), "panel", time.Hour)
	require.ErrorIs(t, err, provider.ErrLeaseHeld)
	require.NoError(t, l.Put(t.Context(), e, token))
	jump("100 years 1 hour")
	require.ErrorIs(t, l.Put(t.Context(), e, token), provider.ErrStale)
	require.ErrorIs(t, l.Extend(t.Context(), "panel", token, time.Hour), provider.ErrStale)
	token, err = l.Acquire(t.Context(), "panel", time.Minute)
	require.NoError(t, err)
	require.NoError(t, l.Extend(t.Context(), "panel", token, time.Hour))
	jump("100 years 1 hour 59 minutes")
	_, err = l.Acquire(t.Context(), "panel", time.Hour)
	require.ErrorIs(t, err, provider.ErrLeaseHeld)
}

// TestDurable: what was stored survives a crash of the server, also if the database's own setting is not
// to wait for the disk, and the ledger goes on with the server that comes after.
func TestDurable(t *testing.T) {
	s := installed(t)
	if s == nil {
		return
	}
	l := onPostgres(t, s, "synchronous_commit=off")
	synced(t, l)
	var stored []*provider.LedgerEntry
	last := int64(0)
	for i := range 9 {
		token, err := l.Acquire(t.Context(), "panel", time.Hour)
		require.NoError(t, err)
		require.NoError(t, l.Release(t.Context(), "panel", token))
		e := entry(fmt.Sprint(i))
		require.NoError(t, l.Put(t.Context(), e, 0))
		stored, last = append(stored, e), e.Revision
	}
	token, err := l.Acquire(t.Context(), "panel", time.Hour)
	require.NoError(t, err)
	require.Greater(t, token, last)
	s.Control(t, "restart", "-m", "immediate")
	has(t, l, stored...)
	require.NoError(t, l.Extend(t.Context(), "panel", token, time.Hour))
	require.NoError(t, l.Release(t.Context(), "panel", token))
	next, err := l.Acquire(t.Context(), "panel", time.Hour)
	require.NoError(t, err)
	require.Greater(t, next, token)
}

// TestCutConnections: whichever message is the last of a connection, everything goes on, and only when
// nobody can know whether something was stored the caller is told so.
func TestCutConnections(t *testing.T) {
	s := installed(t)
	if s == nil {
		return
	}
	c := cutting(t, s)
	l := onPostgres(t, s, "default_query_exec_mode=exec&host="+c.folder)
	key := entry("1").LedgerKey
	var e *provider.LedgerEntry
	var token int64
	for _, call := range []struct {
		name   string
		before func() error
		do     func() error
		done   func() bool // whether it was
	}{
		{
			"Put", func() error { e = entry("1"); return nil },
			func() error { return l.Put(t.Context(), e, 0) },
			func() bool { _, err := l.Entry(t.Context(), key); return err == nil },
		},
		{
			"Remove", func() error { e = entry("1"); return l.Put(t.Context(), e, 0) },
			func() error { return l.Remove(t.Context(), key, e.Revision) },
			func() bool { _, err := l.Entry(t.Context(), key); return errors.Is(err, provider.ErrNotFound) },
		},
		{
			"Acquire", func() error { return nil },
			func() (err error) { token, err = l.Acquire(t.Context(), "panel", time.Hour); return err },
			func() bool { return number(t, l, "SELECT count(*) FROM {p}leases") == 1 },
		},
		{
			"Release", func() (err error) { token, err = l.Acquire(t.Context(), "panel", time.Hour); return err },
			func() error { return l.Release(t.Context(), "panel", token) },
			func() bool { return number(t, l, "SELECT count(*) FROM {p}leases") == 0 },
		},
		{
			"Open", func() error { e = entry("1"); return l.Put(t.Context(), e, 0) },
			func() error { _, err := l.Open(t.Context(), "panel"); return err },
			func() bool { return true },
		},
		{
			"Now", func() error { return nil },
			func() error { _, err := l.Now(t.Context()); return err },
			func() bool { return true },
		},
	} {
		for _, late := range []bool{false, true} {
			unknown := 0
			for after := 0; ; after++ {
				do(t, l, "DELETE FROM {p}entries")
				do(t, l, "DELETE FROM {p}leases")
				require.NoError(t, call.before())
				c.next(after, late)
				err := call.do()
				cut := c.cut()
				c.next(-1, false)
				if err != nil {
					unknown++
					require.ErrorContains(t, err, ": it may be stored or not: ", call.name)
				}
				require.Equal(t, err == nil || late, call.done(), "%s is done with %v, connection cut at %d, late: %v", call.name, err, after, late)
				if !cut {
					require.GreaterOrEqual(t, after, 1)
					break
				}
			}
			if call.name == "Open" || call.name == "Now" {
				require.Zero(t, unknown, call.name)
			} else {
				require.Equal(t, 1, unknown, "%s, late: %v", call.name, late)
			}
		}
	}
}

// TestRefusedTransactions: what the server has rolled back, so that others come first, is done again.
func TestRefusedTransactions(t *testing.T) {
	s := installed(t)
	if s == nil {
		return
	}
	for when, trigger := range map[string]string{
		"storing": "CREATE TRIGGER {p}refuse BEFORE INSERT ON {p}entries", "committing": "CREATE CONSTRAINT TRIGGER {p}refuse AFTER INSERT ON {p}entries DEFERRABLE INITIALLY DEFERRED",
	} {
		for _, code := range []string{"40001", "40P01"} {
			t.Run(when+" "+code, func(t *testing.T) {
				l := onPostgres(t, s, "", "CREATE SEQUENCE {p}tries",
					"CREATE FUNCTION {p}refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF nextval('{p}tries') <= 2 THEN RAISE 'not now' USING ERRCODE = '"+code+"'; END IF; RETURN NEW; END $$",
					trigger+" FOR EACH ROW EXECUTE FUNCTION {p}refuse()")
				e := entry("1")
				require.NoError(t, l.Put(t.Context(), e, 0))
				require.EqualValues(t, 3, number(t, l, "SELECT last_value FROM {p}tries"))
				has(t, l, e)
				do(t, l, "ALTER SEQUENCE {p}tries MINVALUE -1000000000 RESTART WITH -1000000000")
				sqlledger.SetPatience(t, 10*time.Millisecond)
				err := l.Put(t.Context(), entry("2"), 0)
				refused, ok := errors.AsType[*pgconn.PgError](err)
				require.True(t, ok, err)
				require.Equal(t, code, refused.Code)
				require.ErrorContains(t, err, `sqlledger: put create "2" of "panel": `)
				has(t, l, e)
			})
		}
	}
}

// TestStoppedProgram: a program that has stopped while it stores something holds up others for a while only.
func TestStoppedProgram(t *testing.T) {
	s := installed(t)
	if s == nil {
		return
	}
	sqlledger.SetPatience(t, 50*time.Millisecond)
	l := onPostgres(t, s, "")
	e := entry("1")
	err := l.In(t.Context(), e.LedgerKey, func() error {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		return l.Put(ctx, e, 0)
	})
	require.ErrorContains(t, err, "sqlledger: test: it may be stored or not: ")
	require.NotErrorIs(t, err, context.DeadlineExceeded)
	has(t, l, e)
}

// TestFenced: a lease does not end between the look at it and the end of what is stored under it.
func TestFenced(t *testing.T) {
	s := installed(t)
	if s == nil {
		return
	}
	l := onPostgres(t, s, "")
	token, err := l.Acquire(t.Context(), "panel", time.Hour)
	require.NoError(t, err)
	other, err := l.DB().BeginTx(t.Context(), nil) // in the way of an entry, and not of its lease
	require.NoError(t, err)
	_, err = other.ExecContext(t.Context(), l.Names("INSERT INTO {p}entries VALUES ('panel', 'create', '1', 'sent', '', '', '', 0, 0, 0)"))
	require.NoError(t, err)
	waiting := func(want int64) {
		t.Helper()
		for start := time.Now(); number(t, l, "SELECT count(*) FROM pg_locks WHERE NOT granted") != want; {
			require.Less(t, time.Since(start), 10*time.Second, "%d do not wait", want)
		}
	}
	put, released := make(chan error, 1), make(chan error, 1)
	go func() { put <- l.Put(t.Context(), entry("1"), token) }()
	waiting(1)
	go func() { released <- l.Release(t.Context(), "panel", token) }()
	waiting(2)
	require.NoError(t, other.Rollback())
	require.NoError(t, <-put)
	require.NoError(t, <-released)
}

// TestEncoding: a database in which not all texts can be stored is refused.
func TestEncoding(t *testing.T) {
	s := installed(t)
	if s == nil {
		return
	}
	l := onPostgres(t, s, "")
	do(t, l, "CREATE DATABASE {p}ascii ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")
	_, err := sqlledger.OpenPostgres(t.Context(), s.url(l.Names("{p}ascii"), ""))
	require.ErrorIs(t, err, provider.ErrInvalid)
	require.ErrorContains(t, err, "sqlledger: open: the encoding of the database is SQL_ASCII: ")
}

// TestNoPassword: no error, and no ledger, shows a password.
func TestNoPassword(t *testing.T) {
	s := installed(t)
	if s == nil {
		return
	}
	quoted := strings.ReplaceAll(url.QueryEscape(postgrestest.Password), "+", "%20")
	check := func(value any, what string) {
		for _, verb := range []string{"%v", "%+v", "%#v", "%q", "%s", "%x"} {
			text := fmt.Sprintf(verb, value)
			for _, part := range []string{postgrestest.Password, quoted, "w@rd", "w%40rd", "pa:ss", "wrong"} {
				require.NotContains(t, text, part, what)
				require.NotContains(t, text, fmt.Sprintf("%x", part), what)
			}
		}
	}
	l, err := sqlledger.OpenPostgres(t.Context(), s.url("postgres", ""), sqlledger.WithPrefix(prefix()))
	require.NoError(t, err)
	check(l, "the ledger")
	check(struct{ l *sqlledger.Ledger }{l}, "a field")
	require.NoError(t, l.Close())
	closed := l.Put(t.Context(), entry("1"), 0)
	at := url.QueryEscape(s.Folder)
	for what, url := range map[string]string{
		"password authentication failed": "postgres://provkit:wrong-" + quoted + "@/postgres?host=" + at,
		`"nothing" does not exist`:       "postgres://provkit:" + quoted + "@/nothing?host=" + at,
		"failed to connect":              "postgres://provkit:" + quoted + "@/postgres?host=" + at + "/nowhere",
		"nowhere2":                       "postgres://provkit:" + quoted + "@/postgres?host=" + at + "/nowhere," + at + "/nowhere2",
		"is not understood":              "postgres://provkit:" + postgrestest.Password + "@host/postgres",
		"is  not understood":             "postgres://provkit:%zz" + postgrestest.Password + "@host/postgres",
		"is not  understood":             "postgres://provkit:" + quoted + "@host/postgres?sslmode=" + postgrestest.Password,
		"is  not  understood":            postgrestest.Password,
		" is not understood":             "",
	} {
		_, err := sqlledger.OpenPostgres(t.Context(), provider.NewSecret(url))
		require.ErrorContains(t, err, strings.Join(strings.Fields(what), " "))
		require.NotContains(t, err.Error(), "\n")
		for _, err := range []error{err, closed} {
			check(err, what)
			if refused, ok := errors.AsType[*pgconn.PgError](err); ok {
				check(*refused, what)
			}
			_, connect := errors.AsType[*pgconn.ConnectError](err) // which leads to the configuration
			_, parse := errors.AsType[*pgconn.ParseConfigError](err)
			require.False(t, connect || parse, what)
		}
	}
}
