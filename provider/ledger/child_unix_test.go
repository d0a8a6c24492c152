//go:build darwin || freebsd || linux || netbsd || openbsd

package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider/ledger"
)

func init() { programs["fill"] = fill }

// fill stores entries until no file may become longer, and says what became of them.
func fill(l *ledger.File) error {
	ctx := context.Background()
	signal.Ignore(syscall.SIGXFSZ)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	limit.Cur = 2000
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	var full error
	stored := 0
	for ; full == nil; stored++ {
		full = l.Put(ctx, entry(fmt.Sprint(stored), strings.Repeat("x", 300)), 0)
	}
	if !errors.Is(full, syscall.EFBIG) {
		return full
	}
	_, err := l.Entry(ctx, entry("0", "").LedgerKey)
	if err != nil {
		return err
	}
	limit.Cur = limit.Max
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	for i := stored - 1; i < 10; i++ {
		if err := l.Put(ctx, entry(fmt.Sprint(i), strings.Repeat("x", 300)), 0); err != nil {
			return err
		}
	}
	fmt.Println(stored - 1)
	return nil
}

// TestDiskFull: a line for which there is no room is taken back, and the ledger goes on.
func TestDiskFull(t *testing.T) {
	path := filepath.Join(folder(t), "orders")
	cmd, lines := start(t, "fill", path)
	require.True(t, lines.Scan(), "the program has failed")
	require.Equal(t, "4", lines.Text(), "entries before the disk was full")
	require.NoError(t, cmd.Wait())
	entries, err := open(t, path).Open(t.Context(), "panel")
	require.NoError(t, err)
	require.Len(t, entries, 10)
}

// TestWaiting: while another program has the lock, contexts end, and nobody is left waiting.
func TestWaiting(t *testing.T) {
	path := filepath.Join(folder(t), "orders")
	l := open(t, path)
	other := locked(t, path)
	before := runtime.NumGoroutine()
	for range 20 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		require.ErrorIs(t, l.Put(ctx, entry("1", ""), 0), context.DeadlineExceeded)
		cancel()
	}
	require.LessOrEqual(t, runtime.NumGoroutine(), before+1)

	// The one goroutine that still waits gives back what it gets.
	require.NoError(t, other.Close())
	until(t, func() bool { return runtime.NumGoroutine() <= before })
	require.NoError(t, open(t, path).Put(t.Context(), entry("2", ""), 0))

	other = locked(t, path)
	done := make(chan error)
	go func() { done <- l.Put(t.Context(), entry("1", ""), 0) }()
	select {
	case <-done:
		t.Error("Put did not wait for the lock")
	case <-time.After(5 * time.Millisecond):
	}
	require.NoError(t, other.Close())
	require.NoError(t, <-done)
	entries, err := l.Open(t.Context(), "panel")
	require.NoError(t, err)
	require.Len(t, entries, 2)
}

// TestLockReplaced: who has waited for a lock that was removed meanwhile waits for that in its place.
func TestLockReplaced(t *testing.T) {
	path := filepath.Join(folder(t), "orders")
	l := open(t, path)
	old := locked(t, path)
	before := runtime.NumGoroutine()
	done := make(chan error, 1)
	go func() { done <- l.Put(t.Context(), entry("1", ""), 0) }()
	until(t, func() bool { return runtime.NumGoroutine() > before+1 }) // it is about to wait for the old one
	require.NoError(t, os.Remove(path+".lock"))
	require.NoError(t, os.WriteFile(path+".lock", nil, 0o600))
	other := locked(t, path)
	require.NoError(t, old.Close())
	select {
	case <-done:
		t.Error("Put did not wait for the new lock")
	case <-time.After(5 * time.Millisecond):
	}
	require.NoError(t, other.Close())
	require.NoError(t, <-done)
}

// TestCloseWhileWaiting: a lease that is acquired while its ledger is closed is not left to anybody.
func TestCloseWhileWaiting(t *testing.T) {
	path := filepath.Join(folder(t), "orders")
	l := open(t, path)
	other := locked(t, path)
	acquired := make(chan error)
	go func() {
		_, err := l.Acquire(t.Context(), "panel", time.Hour)
		acquired <- err
	}()
	until(t, func() bool {
		leases, err := filepath.Glob(path + ".lease-*")
		return err == nil && len(leases) > 0
	})
	require.NoError(t, l.Close())
	require.NoError(t, other.Close())
	require.ErrorIs(t, <-acquired, fs.ErrClosed)
	_, err := open(t, path).Acquire(t.Context(), "panel", time.Hour)
	require.NoError(t, err)
}

// until returns when something is so.
func until(t *testing.T, so func() bool) {
	t.Helper()
	for start := time.Now(); !so(); runtime.Gosched() {
		require.Less(t, time.Since(start), 10*time.Second)
	}
}

// locked locks a ledger as another program does, until the file is closed.
func locked(t *testing.T, path string) *os.File {
	t.Helper()
	file, err := os.OpenFile(path+".lock", os.O_RDWR, 0)
	require.NoError(t, err)
	require.NoError(t, syscall.Flock(int(file.Fd()), syscall.LOCK_EX))
	return file
}

// TestPipe: a pipe is refused, where opening it would wait for its other end.
func TestPipe(t *testing.T) {
	path := filepath.Join(folder(t), "pipe")
	require.NoError(t, syscall.Mkfifo(path, 0o600))
	_, err := ledger.OpenFile(path)
	require.ErrorContains(t, err, "is a named pipe")
}
