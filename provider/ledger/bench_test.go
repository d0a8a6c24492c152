package ledger_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/ledger"
)

// BenchmarkFilePut measures an entry that is replaced, with its sync, on the disk of the temporary folder.
func BenchmarkFilePut(b *testing.B) {
	l := open(b, filepath.Join(b.TempDir(), "orders"))
	e := entry("1", "handle")
	for b.Loop() {
		require.NoError(b, l.Put(b.Context(), e, 0))
	}
}

func BenchmarkFileEntry(b *testing.B) {
	l := open(b, filepath.Join(b.TempDir(), "orders"))
	e := put(b, l, "1", "handle")
	for b.Loop() {
		_, err := l.Entry(b.Context(), e.LedgerKey)
		require.NoError(b, err)
	}
}

// BenchmarkFileOpen measures how long a program takes to begin with 10,000 entries.
func BenchmarkFileOpen(b *testing.B) {
	path := filepath.Join(folder(b), "orders")
	l := open(b, path)
	for i := range 10_000 {
		require.NoError(b, l.Put(b.Context(), entry(fmt.Sprint(i), "a handle of a usual length, which is some 60 bytes or a few"), 0))
	}
	b.ReportAllocs()
	for b.Loop() {
		require.NoError(b, open(b, path).Close())
	}
}

// BenchmarkFileContended measures Acquire and Release of one lease, for which four programs compete.
func BenchmarkFileContended(b *testing.B) {
	path := filepath.Join(b.TempDir(), "orders")
	var group sync.WaitGroup
	work := make(chan struct{})
	for range 4 {
		l := open(b, path)
		group.Go(func() {
			for range work {
				if err := once(b, l); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for b.Loop() {
		work <- struct{}{}
	}
	close(work)
	group.Wait()
}

func once(b *testing.B, l *ledger.File) error {
	for {
		token, err := l.Acquire(b.Context(), "panel", time.Hour)
		switch {
		case err == nil:
			return l.Release(b.Context(), "panel", token)
		case !errors.Is(err, provider.ErrLeaseHeld):
			return err
		}
		time.Sleep(time.Millisecond / 4) // as who has something else to do
	}
}
