package ledger_test

import (
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/ledger"
	"github.com/provkit/provkit/provider/ledgertest"
)

func TestMemory(t *testing.T) {
	ledgertest.Run(t, func(*testing.T) ledgertest.Storage {
		var passed atomic.Int64
		start := time.Now()
		l := ledger.NewMemory(ledger.WithClock(func() time.Time { return start.Add(time.Duration(passed.Load())) }))
		return ledgertest.Storage{
			Open: func() provider.Ledger { return l },
			Pass: func(d time.Duration) { passed.Add(int64(d)) },
		}
	})
}

func TestFile(t *testing.T) {
	ledgertest.Run(t, func(t *testing.T) ledgertest.Storage {
		path := filepath.Join(folder(t), "orders")
		return ledgertest.Storage{Open: func() provider.Ledger { return open(t, path) }}
	})
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

func open(t testing.TB, path string) *ledger.File {
	t.Helper()
	l, err := ledger.OpenFile(path)
	require.NoError(t, err)
	return l
}
