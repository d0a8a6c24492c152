package adapter_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/adapter"
)

// TestTurn: one at a time, in whatever number they come.
func TestTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var turn adapter.Turn
		inside, most, done := 0, 0, 0
		var callers sync.WaitGroup
		for range 5 {
			callers.Go(func() {
				release, err := turn.Take(t.Context())
				if err != nil {
					return
				}
				inside++
				most = max(most, inside)
				time.Sleep(time.Second)
				inside--
				done++
				release()
			})
		}
		callers.Wait()
		require.Equal(t, []int{1, 5, 0}, []int{most, done, inside})
	})
}

// TestTurnEnds: who waits waits under a context of its own.
func TestTurnEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var turn adapter.Turn
		release, err := turn.Take(t.Context())
		require.NoError(t, err)
		errWhy := errors.New("the customer has hung up")
		ctx, cancel := context.WithCancelCause(t.Context())
		got := make(chan error, 1)
		go func() { _, err := turn.Take(ctx); got <- err }()
		synctest.Wait()
		require.Empty(t, got)
		cancel(errWhy)
		err = <-got
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, err, errWhy)
		require.ErrorContains(t, err, "not sent: ")
		release()
		_, err = turn.Take(ctx)
		require.ErrorIs(t, err, context.Canceled, "also while it is free")
		_, err = turn.Take(t.Context())
		require.NoError(t, err)
	})
}
