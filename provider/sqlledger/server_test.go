//go:build unix

package sqlledger_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/sqlledger"
)

// required is the environment variable that says "required" where PostgreSQL must be there.
const required = "PROVKIT_POSTGRES"

// password is that of the server, as people choose them.
const password = "pa:ss/w@rd#1 ü"

// server is a PostgreSQL server that belongs to the tests.
type server struct {
	folder string
	shell  *exec.Cmd
	end    io.Closer // when it is closed, also since the tests have ended, the shell ends the server
	as     *syscall.SysProcAttr
	path   string
}

// serve makes a server and waits until that can be used. The shell gets the folder and the password.
const serve = `set -e
cd "$1"
printf %s "$2" >password
initdb -D data -U provkit -E UTF8 --locale=C -A password --pwfile=password --no-sync >log 2>&1 || { cat log; exit 1; }
echo fsync=off >>data/postgresql.conf # where it can be overridden
pg_ctl -D data -w -s -l log -o "-k '$1' -c listen_addresses='' -c max_connections=400" start || { cat log; exit 1; }
echo ready
cat >/dev/null
pg_ctl -D data -w -s -m immediate stop
rm -rf "$1"/*
`

// postgres is nil if there is none on this machine.
var postgres = sync.OnceValues(func() (*server, error) {
	path := os.Getenv("PATH")
	if newest, _ := filepath.Glob("/usr/lib/postgresql/*/bin"); len(newest) > 0 {
		path += string(filepath.ListSeparator) + newest[len(newest)-1]
	}
	s := &server{path: path}
	if !s.found() {
		if os.Getenv(required) != "" {
			return nil, fmt.Errorf("%s=%s, and initdb is neither in PATH nor in /usr/lib/postgresql/*/bin", required, os.Getenv(required))
		}
		return nil, nil
	}
	if err := s.start(); err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	running = s
	return s, nil
})

// running is what has to be stopped.
var running *server

func (s *server) found() bool {
	for _, folder := range filepath.SplitList(s.path) {
		if _, err := exec.LookPath(filepath.Join(folder, "initdb")); err == nil {
			return true
		}
	}
	return false
}

// start refuses to be root, as PostgreSQL does.
func (s *server) start() (err error) {
	if s.folder, err = os.MkdirTemp("", "provkit-"); err != nil {
		return err
	}
	if os.Getuid() == 0 {
		nobody, err := user.Lookup("nobody")
		if err != nil {
			return err
		}
		uid, _ := strconv.Atoi(nobody.Uid)
		gid, _ := strconv.Atoi(nobody.Gid)
		s.as = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
		if err := os.Chown(s.folder, uid, gid); err != nil {
			return err
		}
	}
	s.shell = s.command("sh", "-c", serve, "sh", s.folder, password)
	out, errOut := s.shell.StdoutPipe()
	end, errEnd := s.shell.StdinPipe()
	if err := errors.Join(errOut, errEnd, s.shell.Start()); err != nil {
		return err
	}
	s.end = end
	lines := bufio.NewScanner(out)
	for said := ""; lines.Scan(); said += lines.Text() + "\n" {
		if lines.Text() == "ready" {
			return nil
		}
		err = errors.New(said + lines.Text())
	}
	return errors.Join(err, s.shell.Wait())
}

// command returns one of the user to whom the server belongs.
func (s *server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.SysProcAttr = s.folder, s.as
	cmd.Env = append(os.Environ(), "PATH="+s.path, "HOME="+s.folder)
	cmd.Stderr = os.Stderr
	return cmd
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

// control stops or starts the server.
func (s *server) control(t *testing.T, args ...string) {
	t.Helper()
	out, err := s.command("pg_ctl", append([]string{"-D", "data", "-w", "-s", "-l", "log"}, args...)...).Output()
	require.NoError(t, err, string(out))
}

func (s *server) stop() error {
	return errors.Join(s.end.Close(), s.shell.Wait(), os.Remove(s.folder))
}

// url returns the URL of a database, with more parameters: "name=value&name=value".
func (s *server) url(database, more string) provider.Secret {
	parameters, err := url.ParseQuery(more)
	if err != nil {
		panic(err)
	}
	if !parameters.Has("host") {
		parameters.Set("host", s.folder)
	}
	u := url.URL{Scheme: "postgres", User: url.UserPassword("provkit", password), Path: "/" + database, RawQuery: parameters.Encode()}
	return provider.NewSecret(u.String())
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

// installed returns the server, or says that what needs one is not run, and returns nil.
func installed(t testing.TB) *server {
	t.Helper()
	s, err := postgres()
	require.NoError(t, err)
	if s == nil {
		t.Logf("NOT RUN with PostgreSQL: install it, or put initdb into PATH; %s=required makes this a failure", required)
	}
	return s
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
	if running != nil {
		if err := running.stop(); err != nil {
			fmt.Fprintln(os.Stderr, "stop PostgreSQL:", err)
			code = 1
		}
	}
	os.Exit(code)
}
