package adapter_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

func TestPending(t *testing.T) {
	var w adapter.Pending[int64, string]
	require.Nil(t, w.Get(1))
	w.Done(1, nil)
	w.Begin(1, "power off")
	w.Begin(2, "reinstall")
	first := w.Get(1)
	w.Begin(1, "power on")
	w.Done(1, first)
	require.Equal(t, "power on", *w.Get(1), "it was begun since")
	w.Begin(1, "power on")
	w.Done(1, w.Get(1))
	require.Nil(t, w.Get(1))
	require.Equal(t, "reinstall", *w.Get(2))
}

func TestUntil(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start, looks := time.Now(), 0
		so, err := adapter.Until(t.Context(), 5*time.Second, func(context.Context) (bool, error) {
			looks++
			return looks == 3, nil
		})
		require.NoError(t, err)
		require.True(t, so)
		require.Equal(t, 300*time.Millisecond, time.Since(start), "the pauses grow")

		start, looks = time.Now(), 0
		so, err = adapter.Until(t.Context(), 5*time.Second, func(context.Context) (bool, error) { looks++; return false, nil })
		require.NoError(t, err)
		require.False(t, so)
		require.Equal(t, 9, looks)
		require.Equal(t, 5*time.Second, time.Since(start))

		_, err = adapter.Until(t.Context(), 0, func(context.Context) (bool, error) { return true, errStuck })
		require.ErrorIs(t, err, errStuck)

		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		start = time.Now()
		so, err = adapter.Until(ctx, time.Minute, func(context.Context) (bool, error) { return false, nil })
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.False(t, so)
		require.Equal(t, 1500*time.Millisecond, time.Since(start))
	})
}

// TestOnce: what spends money is sent a single time, also if nothing is to be seen of it.
func TestOnce(t *testing.T) {
	lost := &provider.Error{Kind: provider.ErrOutcomeUnknown, MaybeExecuted: true}
	for _, settle := range []func(context.Context, time.Duration, func(context.Context) error, func(context.Context) (bool, error)) error{adapter.Confirm, adapter.Resolve} {
		for seenAt, want := range map[int]error{1: nil, 2: nil, 9: lost} {
			sent, looks := 0, 0
			err := settle(t.Context(), 0, adapter.Once(func(context.Context) error { sent++; return lost }), func(context.Context) (bool, error) {
				looks++
				return looks == seenAt, nil
			})
			require.ErrorIs(t, err, want)
			require.Equal(t, 1, sent)
		}
	}
	refused := &provider.Error{Kind: provider.ErrQuota}
	err := adapter.Resolve(t.Context(), 0, adapter.Once(func(context.Context) error { return refused }), nil)
	require.ErrorIs(t, err, refused, "and a refusal is not looked for")
}
