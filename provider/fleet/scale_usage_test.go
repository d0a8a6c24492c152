package fleet_test

import (
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// heap is what is in use when everybody else in the bubble waits: not what an emulator needs for a
// moment to make an answer. What is in pools takes two collections to go.
func heap() int64 {
	synctest.Wait()
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

const mebibyte = 1 << 20

// mostPerAccount is how much memory Usage may take for each account of one server, however many
// servers there are: 64 MiB where servers have 5,000.
const mostPerAccount = 64 * mebibyte / 5000

// scaleUsage streams the usage of all accounts, which are those that ids names, and notes their IDs
// there.
func scaleUsage(t *testing.T, e *estate, ids map[string]string) {
	e.forget()
	base := heap()
	began := time.Now()
	count, most := 0, int64(0)
	for u, err := range e.fleet.Usage(t.Context(), nil) {
		require.NoError(t, err)
		require.False(t, u.AsOf.Before(began), "as of when it was asked")
		require.NotEmpty(t, u.Values)
		require.Equal(t, e.servers[number(t, u.Username)].name, u.Server)
		id, known := ids[u.Username]
		require.True(t, known && id == "", "%s is no account, or comes twice", u.Username)
		require.NotEmpty(t, u.AccountID)
		ids[u.Username] = strings.Clone(u.AccountID)
		if count++; count%perServer == 1 {
			e.harvest()
			most = max(most, heap()-base)
		}
	}
	require.Equal(t, len(ids), count)
	e.untouched(t)
	e.report(t, "usage")
	t.Logf("usage of %d accounts: at most %.1f MiB beside the %d MiB of the emulators", count, float64(most)/mebibyte, base/mebibyte)
	require.Less(t, most, int64(perServer*mostPerAccount))
}
