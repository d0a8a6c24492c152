package fleet_test

import (
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// heap is what is in use when everybody else in the bubble waits: not what an emulator
// needs for a moment to make an answer.
func heap() int64 {
	synctest.Wait()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

const mebibyte = 1 << 20

// TestScaleUsage streams the usage of 100,000 accounts on twenty servers.
func TestScaleUsage(t *testing.T) {
	began := time.Now()
	synctest.Test(t, scaleUsage)
	t.Logf("all of it in %v", time.Since(began).Round(time.Millisecond))
}

func scaleUsage(t *testing.T) {
	e := newEstate(t, kinds, full)
	base := heap()
	t.Logf("%d servers with %d accounts each: %d MiB of heap", len(e.servers), perServer, base/mebibyte)
	began := time.Now()
	seen := make([][perServer]bool, len(e.servers))
	count, most := 0, int64(0)
	for u, err := range e.fleet.Usage(t.Context(), nil) {
		require.NoError(t, err)
		require.False(t, u.AsOf.Before(began), "as of when it was asked")
		require.NotEmpty(t, u.Values)
		server, n := number(t, u.Username)
		require.Equal(t, e.servers[server].name, u.Server)
		require.False(t, seen[server][n], "%s comes twice", u.Username)
		seen[server][n] = true
		if count++; count%perServer == 1 {
			e.harvest()
			most = max(most, heap()-base)
		}
	}
	require.Equal(t, len(e.servers)*perServer, count)
	e.report(t, "usage")
	t.Logf("usage of %d accounts: at most %.1f MiB beside the emulators", count, float64(most)/mebibyte)
	require.Less(t, most, int64(64*mebibyte))
}
