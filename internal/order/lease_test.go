package order_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider/ledger"
)

// TestFairTurns: eight programs have orders without end for one account. None of them has to wait until the others
// have nothing left.
func TestFairTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const programs, each, call = 8, 30, 200 * time.Millisecond
		v, book := &vendor{answer: named}, ledger.NewMemory()
		v.slow = func(context.Context) error { time.Sleep(call); return nil }
		var all sync.WaitGroup
		var one sync.Mutex
		longest := time.Duration(0)
		began := time.Now()
		for program := range programs {
			desk := newDesk(book)
			all.Go(func() {
				for n := range each {
					asked := time.Now()
					p := buy(v, desk, "order-"+string(rune('a'+program))+string(rune('A'+n)), "")
					_, err := desk.Place(t.Context(), p)
					require.NoError(t, err)
					one.Lock()
					longest = max(longest, time.Since(asked))
					one.Unlock()
				}
			})
		}
		all.Wait()
		require.Less(t, longest, programs*each*call/2, "none waits for all others to end")
		require.Less(t, time.Since(began), 2*programs*each*call)
	})
}
