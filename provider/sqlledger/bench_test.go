//go:build unix

package sqlledger_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider/sqlledger"
)

// onDisk runs a benchmark on all systems, with files on a disk that are synced to it.
func onDisk(b *testing.B, run func(b *testing.B, l *sqlledger.Ledger)) {
	for _, s := range systems(b) {
		b.Run(s.name, func(b *testing.B) {
			if s.name == "SQLite" {
				run(b, mustOpen(b, "sqlite "+filepath.Join(b.TempDir(), "orders")))
				return
			}
			l := mustOpen(b, s.empty(b))
			synced(b, l)
			run(b, l)
		})
	}
}

func BenchmarkPut(b *testing.B) {
	onDisk(b, func(b *testing.B, l *sqlledger.Ledger) {
		e := entry("1")
		for b.Loop() {
			require.NoError(b, l.Put(b.Context(), e, 0))
		}
	})
}

func BenchmarkAcquireRelease(b *testing.B) {
	onDisk(b, func(b *testing.B, l *sqlledger.Ledger) {
		for b.Loop() {
			token, err := l.Acquire(b.Context(), "panel", time.Hour)
			require.NoError(b, err)
			require.NoError(b, l.Release(b.Context(), "panel", token))
		}
	})
}

// BenchmarkOpen reads 10,000 entries.
func BenchmarkOpen(b *testing.B) {
	onDisk(b, func(b *testing.B, l *sqlledger.Ledger) {
		require.NoError(b, l.Put(b.Context(), entry("1"), 0))
		do(b, l, "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) "+
			"INSERT INTO {p}entries SELECT account, verb, CAST(i AS text), state, asked, handle, learnt, sent_at, stored, revision + i FROM {p}entries, n")
		for b.Loop() {
			entries, err := l.Open(b.Context(), "panel")
			require.NoError(b, err)
			require.Len(b, entries, 10000)
		}
	})
}
