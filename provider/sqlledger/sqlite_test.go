//go:build unix

package sqlledger_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	driver "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/sqlledger"
)

// TestFileIsPrivate: nobody else may read the files, whatever the mode of one that was there.
func TestFileIsPrivate(t *testing.T) {
	for _, name := range []string{"new", "older", "a b?c=d&e#f%20"} {
		path := filepath.Join(folder(t), name)
		if name == "older" {
			require.NoError(t, os.WriteFile(path, nil, 0o644))
			require.NoError(t, os.Chmod(path, 0o644))
		}
		l := mustOpen(t, "sqlite "+path)
		require.NoError(t, l.Put(t.Context(), entry("1"), 0))
		files, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
		require.NoError(t, err)
		require.Len(t, files, 3)
		for _, file := range files {
			require.True(t, strings.HasPrefix(file, path), file)
			info, err := os.Stat(file)
			require.NoError(t, err)
			require.Equal(t, fs.FileMode(0o600), info.Mode().Perm(), file)
		}
	}
}

// TestFileIsNoLink: what leads elsewhere is not followed, also beside the file.
func TestFileIsNoLink(t *testing.T) {
	at := folder(t)
	other := filepath.Join(at, "other")
	require.NoError(t, os.WriteFile(other, []byte("keep"), 0o600))
	for _, name := range []string{"a", "b-wal", "c-shm", "d-journal"} {
		require.NoError(t, os.Symlink(other, filepath.Join(at, name)))
		path, _, _ := strings.Cut(name, "-")
		_, err := sqlledger.OpenSQLite(t.Context(), filepath.Join(at, path))
		require.EqualError(t, err, "sqlledger: open: open "+filepath.Join(at, name)+": is a symbolic link, which is not followed: name the file itself")
	}
	_, err := sqlledger.OpenSQLite(t.Context(), at)
	require.ErrorContains(t, err, "is a directory")
	_, err = sqlledger.OpenSQLite(t.Context(), filepath.Join(at, "nothing", "orders"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	text, err := os.ReadFile(other)
	require.NoError(t, err)
	require.Equal(t, "keep", string(text))
	_, err = sqlledger.OpenSQLite(t.Context(), other)
	require.ErrorContains(t, err, "file is not a database")
	text, err = os.ReadFile(other)
	require.NoError(t, err)
	require.Equal(t, "keep", string(text))
}

// TestOpenedTwice: a ledger that is opened and closed beside another one of the same program takes from
// that none of its locks on the file, as closing the file would.
func TestOpenedTwice(t *testing.T) {
	path := filepath.Join(folder(t), "orders")
	mustOpen(t, "sqlite "+path)
	again, err := open(t.Context(), "sqlite "+path)
	require.NoError(t, err)
	require.NoError(t, again.Close())
	out, err := program("locked " + path).Output() // one's own locks cannot be seen
	require.NoError(t, err)
	require.Equal(t, "true\n", string(out))
}

// program returns the test binary as another program.
func program(what string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), child+"="+what)
	return cmd
}

// TestMachineClock: leases in SQLite end by the clock of the machine, to the microsecond.
func TestMachineClock(t *testing.T) {
	how := "sqlite " + filepath.Join(folder(t), "orders")
	synctest.Test(t, func(t *testing.T) {
		l, err := open(t.Context(), how)
		require.NoError(t, err)
		now, err := l.Now(t.Context())
		require.NoError(t, err)
		require.Equal(t, time.Now().UTC(), now)
		token, err := l.Acquire(t.Context(), "panel", time.Hour)
		require.NoError(t, err)
		e := entry("1")
		require.NoError(t, l.Put(t.Context(), e, token))
		require.Equal(t, now, e.Stored)
		time.Sleep(time.Hour - time.Microsecond)
		_, err = l.Acquire(t.Context(), "panel", time.Hour)
		require.ErrorIs(t, err, provider.ErrLeaseHeld)
		require.NoError(t, l.Put(t.Context(), e, token))
		time.Sleep(time.Microsecond)
		require.ErrorIs(t, l.Put(t.Context(), e, token), provider.ErrStale)
		require.ErrorIs(t, l.Extend(t.Context(), "panel", token, time.Hour), provider.ErrStale)
		_, err = l.Acquire(t.Context(), "panel", time.Hour)
		require.NoError(t, err)
		require.NoError(t, l.Close())
	})
}

// held holds off everybody who writes to a database, until the returned function is called.
func held(t *testing.T, how string) (release func()) {
	t.Helper()
	db, err := sql.Open("sqlite", strings.TrimPrefix(how, "sqlite "))
	require.NoError(t, err)
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = tx.ExecContext(t.Context(), "UPDATE provkit_ledger_numbers SET last = last")
	require.NoError(t, err)
	return func() {
		require.NoError(t, tx.Rollback())
		require.NoError(t, db.Close())
	}
}

// TestSQLiteIsBusy: who writes waits for other programs, for as long as its context and its patience last.
func TestSQLiteIsBusy(t *testing.T) {
	how := "sqlite " + filepath.Join(folder(t), "orders")
	l := mustOpen(t, how)
	e := entry("1")
	require.NoError(t, l.Put(t.Context(), e, 0))
	release := held(t, how)

	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	start := time.Now()
	err := l.Put(ctx, entry("2"), 0)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Less(t, time.Since(start), 5*time.Second)
	has(t, l, e) // reading does not wait

	done := make(chan error)
	second := entry("2")
	go func() { done <- l.Put(t.Context(), second, 0) }()
	select {
	case err := <-done:
		t.Error("Put did not wait:", err)
	case <-time.After(20 * time.Millisecond):
	}
	release()
	require.NoError(t, <-done)
	has(t, l, e, second)

	defer held(t, how)()
	_, err = l.DB().BeginTx(t.Context(), nil)
	require.ErrorContains(t, err, "database is locked", "a transaction waits before it reads")
	sqlledger.SetPatience(t, 20*time.Millisecond)
	err = l.Put(t.Context(), entry("3"), 0)
	require.EqualError(t, err, `sqlledger: put create "3" of "panel": database is locked (5) (SQLITE_BUSY)`)
}

// TestSQLiteInTurn: goroutines of one program wait for each other as long as it takes, and do not try again.
func TestSQLiteInTurn(t *testing.T) {
	l := mustOpen(t, "sqlite "+filepath.Join(folder(t), "orders"))
	sqlledger.SetPatience(t, time.Millisecond)
	done := make(chan error, 1)
	require.NoError(t, l.In(t.Context(), entry("1").LedgerKey, func() error {
		go func() { done <- l.Put(t.Context(), entry("2"), 0) }()
		select {
		case err := <-done:
			return fmt.Errorf("Put has not waited: %w", err)
		case <-time.After(50 * time.Millisecond):
			return nil
		}
	}))
	require.NoError(t, <-done)
}

// TestSQLiteIsFull: what finds no room is not stored, and says so; the rest goes on.
func TestSQLiteIsFull(t *testing.T) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(folder(t), "orders")+"?_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=max_page_count(40)")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	l, err := sqlledger.New(t.Context(), db, sqlledger.SQLite)
	require.NoError(t, err)
	small, large := entry("1"), entry("2")
	require.NoError(t, l.Put(t.Context(), small, 0))
	large.Handle = strings.Repeat("x", 40*4096)
	err = l.Put(t.Context(), large, 0)
	failed, ok := errors.AsType[*driver.Error](err)
	require.True(t, ok, err)
	require.Equal(t, codes.SQLITE_FULL, failed.Code())
	require.ErrorContains(t, err, `sqlledger: put create "2" of "panel": database or disk is full`)
	require.Zero(t, large.Revision)
	has(t, l, small)
	large.Handle = ""
	require.NoError(t, l.Put(t.Context(), large, 0))
	has(t, l, small, large)
}

// TestSQLiteIsUnsafe: a database that would lose what was stored is refused.
func TestSQLiteIsUnsafe(t *testing.T) {
	for pragmas, says := range map[string]string{
		"_pragma=journal_mode(delete)&_pragma=synchronous(full)": "journal_mode is delete and synchronous 2: ",
		"_pragma=journal_mode(wal)&_pragma=synchronous(normal)":  "journal_mode is wal and synchronous 1: ",
	} {
		db, err := sql.Open("sqlite", "file:"+filepath.Join(folder(t), "orders")+"?"+pragmas)
		require.NoError(t, err)
		_, err = sqlledger.New(t.Context(), db, sqlledger.SQLite)
		require.ErrorIs(t, err, provider.ErrInvalid)
		require.ErrorContains(t, err, "sqlledger: open: "+says+"open the database with ")
		require.NoError(t, db.Close())
	}
}
