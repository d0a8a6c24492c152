package ordertest

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/ledger"
)

// Books makes an empty ledger by a clock that jumps, and returns what opens it as one more program does.
type Books func(t *testing.T, clock func() time.Time) (open func() provider.Ledger)

// Memory is a ledger in memory.
func Memory(_ *testing.T, clock func() time.Time) func() provider.Ledger {
	l := ledger.NewMemory(ledger.WithClock(clock))
	return func() provider.Ledger { return l }
}

// File is a ledger in a file, whose clock is the machine's and so does not jump in a bubble.
func File(t *testing.T, _ func() time.Time) func() provider.Ledger {
	path := filepath.Join(Folder(t), "orders")
	return func() provider.Ledger {
		l, err := ledger.OpenFile(path)
		require.NoError(t, err)
		return l
	}
}

// Folder returns an empty folder, in memory where the system has such: no test can see whether a disk has
// what was synced to it, and on a busy disk that takes seconds.
func Folder(t testing.TB) string {
	path, err := os.MkdirTemp("/dev/shm", "provkit-") //nolint:usetesting // it is not on the disk
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(path)) })
	return path
}
