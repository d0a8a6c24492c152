//go:build unix

// Package postgrestest runs a PostgreSQL server for tests, as an ordinary user in a folder of its own.
package postgrestest

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

	"github.com/stretchr/testify/require"
)

// Required is the environment variable that says "required" where PostgreSQL must be there.
const Required = "PROVKIT_POSTGRES"

// Password is that of the server, as people choose them.
const Password = "pa:ss/w@rd#1 ü"

// Server is a PostgreSQL server that belongs to the tests of one package.
type Server struct {
	// Folder is where its socket is.
	Folder string
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
var postgres = sync.OnceValues(func() (*Server, error) {
	path := os.Getenv("PATH")
	if newest, _ := filepath.Glob("/usr/lib/postgresql/*/bin"); len(newest) > 0 {
		path += string(filepath.ListSeparator) + newest[len(newest)-1]
	}
	s := &Server{path: path}
	if !s.found() {
		if os.Getenv(Required) != "" {
			return nil, fmt.Errorf("%s=%s, and initdb is neither in PATH nor in /usr/lib/postgresql/*/bin", Required, os.Getenv(Required))
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
var running *Server

func (s *Server) found() bool {
	for _, folder := range filepath.SplitList(s.path) {
		if _, err := exec.LookPath(filepath.Join(folder, "initdb")); err == nil {
			return true
		}
	}
	return false
}

// start refuses to be root, as PostgreSQL does.
func (s *Server) start() (err error) {
	if s.Folder, err = os.MkdirTemp("", "provkit-"); err != nil {
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
		if err := os.Chown(s.Folder, uid, gid); err != nil {
			return err
		}
	}
	s.shell = s.command("sh", "-c", serve, "sh", s.Folder, Password)
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
func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.SysProcAttr = s.Folder, s.as
	cmd.Env = append(os.Environ(), "PATH="+s.path, "HOME="+s.Folder)
	cmd.Stderr = os.Stderr
	return cmd
}

// Control stops or starts the server, by arguments of pg_ctl.
func (s *Server) Control(t *testing.T, args ...string) {
	t.Helper()
	out, err := s.command("pg_ctl", append([]string{"-D", "data", "-w", "-s", "-l", "log"}, args...)...).Output()
	require.NoError(t, err, string(out))
}

// Stop ends the server, if one was started: call it after the tests.
func Stop() error {
	if running == nil {
		return nil
	}
	return errors.Join(running.end.Close(), running.shell.Wait(), os.Remove(running.Folder))
}

// URL returns the URL of a database, with more parameters: "name=value&name=value".
func (s *Server) URL(database, more string) string {
	parameters, err := url.ParseQuery(more)
	if err != nil {
		panic(err)
	}
	if !parameters.Has("host") {
		parameters.Set("host", s.Folder)
	}
	u := url.URL{Scheme: "postgres", User: url.UserPassword("provkit", Password), Path: "/" + database, RawQuery: parameters.Encode()}
	return u.String()
}

// Installed returns the server, or says that what needs one is not run, and returns nil.
func Installed(t testing.TB) *Server {
	t.Helper()
	s, err := postgres()
	require.NoError(t, err)
	if s == nil {
		t.Logf("NOT RUN with PostgreSQL: install it, or put initdb into PATH; %s=required makes this a failure", Required)
	}
	return s
}
