package ledger

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/statefile"
	"github.com/provkit/provkit/provider"
)

// TestSync: nothing counts as stored unless the disk says that it has it.
func TestSync(t *testing.T) {
	path := filepath.Join(t.TempDir(), "orders")
	l, err := OpenFile(path)
	require.NoError(t, err)
	other, err := OpenFile(path)
	require.NoError(t, err)
	broken := errors.New("the disk is broken")
	calls := 0
	syncFile = func(*os.File) error { calls++; return broken }
	t.Cleanup(func() { syncFile = (*os.File).Sync })

	e := &provider.LedgerEntry{LedgerKey: provider.LedgerKey{Account: "panel", Verb: "create", Subject: "1"}, State: provider.LedgerSent}
	require.ErrorIs(t, l.Put(t.Context(), e, 0), broken)
	require.Zero(t, e.Revision)
	require.Equal(t, 2, calls, "the line, and its removal")
	_, err = l.Acquire(t.Context(), "panel", time.Hour)
	require.ErrorIs(t, err, broken)
	_, err = l.Entry(t.Context(), e.LedgerKey)
	require.ErrorIs(t, err, provider.ErrNotFound)

	syncFile = func(file *os.File) error { calls++; return file.Sync() }
	calls = 0
	token, err := l.Acquire(t.Context(), "panel", time.Hour)
	require.NoError(t, err)
	require.NoError(t, l.Put(t.Context(), e, token))
	require.Equal(t, 2, calls)
	// Another program does not know whether who wrote that lived to sync it.
	_, err = other.Entry(t.Context(), e.LedgerKey)
	require.NoError(t, err)
	require.Equal(t, 3, calls)
	_, err = other.Entry(t.Context(), e.LedgerKey)
	require.NoError(t, err)
	require.Equal(t, 3, calls)
	_, err = OpenFile(path)
	require.NoError(t, err)
	require.Equal(t, 4, calls)

	// The same is true of the name of a file that was written anew.
	folders := 0
	syncFolder = func(string) error { folders++; return nil }
	t.Cleanup(func() { syncFolder = statefile.SyncFolder })
	require.NoError(t, l.state.rewrite(path))
	for range 2 {
		_, err = other.Entry(t.Context(), e.LedgerKey)
		require.NoError(t, err)
		require.Equal(t, 1, folders)
	}
}

// TestLateTimer: a lease has ended when its time is over, also before the timer has come to it, and
// a timer that comes late ends no lease that was extended.
func TestLateTimer(t *testing.T) {
	l, err := OpenFile(filepath.Join(t.TempDir(), "orders"))
	require.NoError(t, err)
	token, err := l.Acquire(t.Context(), "panel", time.Hour)
	require.NoError(t, err)
	l.expire("panel")
	require.NoError(t, l.Extend(t.Context(), "panel", token, time.Hour))
	l.leases["panel"].until = time.Now()
	require.ErrorIs(t, l.Extend(t.Context(), "panel", token, time.Hour), provider.ErrStale)
	e := &provider.LedgerEntry{LedgerKey: provider.LedgerKey{Account: "panel", Verb: "create", Subject: "1"}, State: provider.LedgerSent}
	require.ErrorIs(t, l.Put(t.Context(), e, token), provider.ErrStale)
	_, err = l.Acquire(t.Context(), "panel", time.Hour)
	require.NoError(t, err)
}

// TestTakeOver: who is stopped, and cannot end its lease, loses it to who has watched it for so long.
func TestTakeOver(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // which lets nobody remove what another program has open
	}
	path := filepath.Join(t.TempDir(), "orders")
	synctest.Test(t, func(t *testing.T) {
		var programs [3]*File
		for i := range programs {
			l, err := OpenFile(path)
			require.NoError(t, err)
			defer l.Close()
			programs[i] = l
		}
		a, b, c := programs[0], programs[1], programs[2]
		old, err := a.Acquire(t.Context(), "panel", time.Hour)
		require.NoError(t, err)
		a.leases["panel"].timer.Stop()
		stopped := a.leases["panel"]
		held := func(l *File) {
			t.Helper()
			_, err := l.Acquire(t.Context(), "panel", time.Hour)
			require.ErrorIs(t, err, provider.ErrLeaseHeld)
		}
		held(b)
		time.Sleep(time.Hour - 1)
		require.NoError(t, a.Extend(t.Context(), "panel", old, time.Hour))
		a.leases["panel"].timer.Stop()
		time.Sleep(time.Minute)
		held(b)
		time.Sleep(time.Hour - 1)
		held(b)
		held(c) // which does not know for how long that has been so
		time.Sleep(time.Nanosecond)
		token, err := b.Acquire(t.Context(), "panel", time.Hour)
		require.NoError(t, err)
		require.Empty(t, b.watched)
		late, err := c.takeOver(t.Context(), "acquire", "panel") // c thought so, too, and comes second
		require.NoError(t, err)
		require.Nil(t, late)
		held(c)
		require.ErrorIs(t, a.Extend(t.Context(), "panel", old, time.Hour), provider.ErrStale)
		held(c)
		e := &provider.LedgerEntry{LedgerKey: provider.LedgerKey{Account: "panel", Verb: "create", Subject: "1"}, State: provider.LedgerSent}
		require.ErrorIs(t, a.Put(t.Context(), e, old), provider.ErrStale)
		require.NoError(t, b.Put(t.Context(), e, token))
		require.NoError(t, b.Release(t.Context(), "panel", token))
		stopped.until = time.Now().Add(time.Hour) // as if it had not seen how late it is
		token, err = a.Acquire(t.Context(), "panel", time.Hour)
		require.NoError(t, err)
		require.ErrorIs(t, stopped.lock.Close(), os.ErrClosed, "the lock of before is left")
		require.NoError(t, a.Put(t.Context(), e, token))
		held(c)
	})
}

// TestTable: nothing is kept of what has gone.
func TestTable(t *testing.T) {
	table := newTable()
	e := &provider.LedgerEntry{LedgerKey: provider.LedgerKey{Account: "panel", Verb: "create", Subject: "1"}, State: provider.LedgerSent}
	table.put(e, 5)
	table.put(e, 7)
	require.EqualValues(t, 7, table.size)
	table.remove(e.LedgerKey)
	require.Equal(t, newTable(), table)
}
