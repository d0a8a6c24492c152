//go:build unix

package sqlledger_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/postgrestest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/sqlledger"
)

// server is the PostgreSQL server of the tests.
type server struct{ *postgrestest.Server }

// url returns the URL of a database, with more parameters: "name=value&name=value".
func (s *server) url(database, more string) provider.Secret {
	return provider.NewSecret(s.URL(database, more))
}

// installed returns the server, or says that what needs one is not run, and returns nil.
func installed(t testing.TB) *server {
	t.Helper()
	if s := postgrestest.Installed(t); s != nil {
		return &server{s}
	}
	return nil
}

// synced lets the server wait for the disk until a test ends, as all do that are not for tests.
func synced(t testing.TB, l *sqlledger.Ledger) {
	t.Helper()
	do(t, l, "ALTER SYSTEM SET fsync = on")
	do(t, l, "SELECT pg_reload_conf()")
	for start := time.Now(); number(t, l, "SELECT count(*) FROM pg_settings WHERE name = 'fsync' AND setting = 'on'") == 0; {
		require.Less(t, time.Since(start), 10*time.Second)
	}
	t.Cleanup(func() {
		_, reset := l.DB().Exec("ALTER SYSTEM RESET fsync")
		_, reload := l.DB().Exec("SELECT pg_reload_conf()")
		require.NoError(t, errors.Join(reset, reload))
	})
}

// system is a kind of database under test.
type system struct {
	name string
	// empty returns how one more program opens a ledger of its own, by words that child understands.
	empty func(t testing.TB) string
}

// systems returns those that there are.
func systems(t testing.TB) []system {
	t.Helper()
	all := []system{{"SQLite", func(t testing.TB) string { return "sqlite " + filepath.Join(folder(t), "orders") }}}
	s := installed(t)
	if s == nil {
		return all
	}
	return append(all, system{"PostgreSQL", func(testing.TB) string {
		return fmt.Sprintf("postgres %s %s", prefix(), s.url("postgres", "").Reveal())
	}})
}

// each runs a test on all systems.
func each(t *testing.T, test func(t *testing.T, s system)) {
	for _, s := range systems(t) {
		t.Run(s.name, func(t *testing.T) { test(t, s) })
	}
}

// folder returns one in memory where the system has such: no test can see whether a disk has what
// was synced to it, and on a busy disk that takes seconds.
func folder(t testing.TB) string {
	path, err := os.MkdirTemp("/dev/shm", "provkit-") //nolint:usetesting // t.TempDir is on a disk
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(path)) })
	return path
}

// child is the environment variable that makes the test binary another program: how it opens a ledger.
const child = "PROVKIT_SQLLEDGER_CHILD"

func TestMain(m *testing.M) {
	if how := os.Getenv(child); how != "" {
		if err := work(how); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	code := m.Run()
	if err := postgrestest.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stop PostgreSQL:", err)
		code = 1
	}
	os.Exit(code)
}
