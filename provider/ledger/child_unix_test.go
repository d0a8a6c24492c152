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
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/ledger"
)

func init() { programs["fill"], programs["hold"] = fill, hold }

const heldFor = 100 * time.Millisecond

// hold acquires a lease, and stores something when its parent says so.
func hold(l *ledger.File) error {
	ctx := context.Background()
	token, err := l.Acquire(ctx, "panel", heldFor)
	if err != nil {
		return err
	}
	fmt.Println("holds")
	<-time.After(2 * heldFor) // in which it is stopped
	fmt.Println(l.Put(ctx, entry("1", "late"), token))
	return nil
}

// TestStopped: a program that is stopped loses its lease when its time is over, and can store nothing
// when it goes on.
func TestStopped(t *testing.T) {
	path := filepath.Join(folder(t), "orders")
	l := open(t, path)
	cmd, lines := start(t, "hold", path)
	require.True(t, lines.Scan())
	require.NoError(t, cmd.Process.Signal(syscall.SIGSTOP))
	until(t, func() bool {
		_, err := l.Acquire(t.Context(), "panel", time.Hour)
		return err == nil
	})
	require.NoError(t, l.Put(t.Context(), entry("2", ""), 0))
	require.NoError(t, cmd.Process.Signal(syscall.SIGCONT))
	require.True(t, lines.Scan())
	require.Equal(t, `ledger: lease 1 of "panel" has ended: the ledger has changed meanwhile`, lines.Text())
	require.NoError(t, cmd.Wait())
	_, err := open(t, path).Acquire(t.Context(), "panel", time.Hour)
	require.ErrorIs(t, err, provider.ErrLeaseHeld)
}

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
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // which would close, and so unlock, what is left open
	path := filepath.Join(folder(t), "orders")
	l := open(t, path)
	other := locked(t, path)
	for range 20 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		require.ErrorIs(t, l.Put(ctx, entry("1", ""), 0), context.DeadlineExceeded)
		cancel()
	}
	until(t, func() bool { return waiting() == 1 })

	// The one goroutine that still waits gives back what it gets.
	require.NoError(t, other.Close())
	until(t, func() bool { return waiting() == 0 })
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
	done := make(chan error, 1)
	go func() { done <- l.Put(t.Context(), entry("1", ""), 0) }()
	until(t, func() bool { return waiting() == 1 })
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

// TestEvicted: whoever had just locked a lease when another program took it over from its last holder
// does not get it.
func TestEvicted(t *testing.T) {
	path := filepath.Join(folder(t), "orders")
	l := open(t, path)
	other := locked(t, path)
	acquired := make(chan error)
	go func() {
		_, err := l.Acquire(t.Context(), "panel", time.Hour)
		acquired <- err
	}()
	var leases []string
	until(t, func() (so bool) {
		leases, _ = filepath.Glob(path + ".lease-*")
		return len(leases) > 0
	})
	require.NoError(t, os.Remove(leases[0]))
	require.NoError(t, other.Close())
	require.ErrorIs(t, <-acquired, provider.ErrLeaseHeld)
	_, err := l.Acquire(t.Context(), "panel", time.Hour)
	require.NoError(t, err)
}

// waiting returns how many goroutines wait in the system for a lock.
func waiting() int {
	stacks := make([]byte, 1<<20)
	return strings.Count(string(stacks[:runtime.Stack(stacks, true)]), "ledger.flock(")
}

// until returns when something is so.
func until(t *testing.T, so func() bool) {
	t.Helper()
	for start := time.Now(); !so(); time.Sleep(time.Millisecond) {
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
