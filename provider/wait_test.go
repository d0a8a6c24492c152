package provider_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/providertest"
)

// polled answers looks from a script and notes when they came.
type polled struct {
	provider.Provider
	script func(look int) (*provider.Progress, error)
	looks  []time.Time
}

func (p *polled) Poll(ctx context.Context, handle string) (*provider.Progress, error) {
	if ctx.Err() != nil {
		return nil, &provider.Error{Err: ctx.Err()}
	}
	if handle != "order-7" {
		return nil, &provider.Error{Kind: provider.ErrNotFound}
	}
	p.looks = append(p.looks, time.Now())
	return p.script(len(p.looks))
}

func polling(script func(look int) (*provider.Progress, error)) *polled {
	return &polled{Provider: providertest.NewMemory(nil), script: script}
}

func (p *polled) pauses() []time.Duration {
	var all []time.Duration
	for i := 1; i < len(p.looks); i++ {
		all = append(all, p.looks[i].Sub(p.looks[i-1]))
	}
	return all
}

func TestWaitUntilDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := polling(func(look int) (*provider.Progress, error) {
			return &provider.Progress{Done: look == 12, Message: "building"}, nil
		})
		seen := 0
		progress, err := provider.Wait(t.Context(), wrapper{p}, "order-7", &provider.WaitOptions{
			Interval: time.Second, MaxInterval: 8 * time.Second,
			OnProgress: func(pr *provider.Progress) {
				require.False(t, pr.Done)
				seen++
			},
		})
		require.NoError(t, err)
		require.True(t, progress.Done)
		require.Equal(t, 11, seen, "the last look is no progress but the result")
		// The pause grows by half up to its limit, with a quarter of jitter below.
		pause := time.Second
		for i, got := range p.pauses() {
			require.LessOrEqual(t, got, pause, "pause %d", i)
			require.GreaterOrEqual(t, got, pause*3/4, "pause %d", i)
			pause = min(pause*3/2, 8*time.Second)
		}
	})
}

func TestWaitDefaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := polling(func(look int) (*provider.Progress, error) { return &provider.Progress{Done: look == 20}, nil })
		_, err := provider.Wait(t.Context(), p, "order-7", nil)
		require.NoError(t, err)
		pauses := p.pauses()
		require.InDelta(t, 1.75, pauses[0].Seconds(), 0.25)
		require.InDelta(t, 26.25, pauses[len(pauses)-1].Seconds(), 3.75)
	})
}

func TestWaitDoneAtOnceTakesNoTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := polling(func(int) (*provider.Progress, error) { return &provider.Progress{Done: true}, nil })
		start := time.Now()
		_, err := provider.Wait(t.Context(), p, "order-7", nil)
		require.NoError(t, err)
		require.Zero(t, time.Since(start))
	})
}

// A server that asks for a year does not put the caller to sleep for one.
func TestWaitObeysRetryAfterWithinBounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := polling(func(look int) (*provider.Progress, error) {
			switch look {
			case 1:
				return nil, &provider.Error{Kind: provider.ErrRateLimited, RetryAfter: 20 * time.Second}
			case 2:
				return nil, &provider.Error{Kind: provider.ErrRateLimited, RetryAfter: 365 * 24 * time.Hour}
			}
			return &provider.Progress{Done: true}, nil
		})
		_, err := provider.Wait(t.Context(), p, "order-7", nil)
		require.NoError(t, err)
		require.Equal(t, []time.Duration{20 * time.Second, 30 * time.Second}, p.pauses())
	})
}

func TestWaitOutlastsAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := polling(func(look int) (*provider.Progress, error) {
			if look < 9 {
				return nil, &provider.Error{Kind: provider.ErrUnavailable}
			}
			return &provider.Progress{Done: true}, nil
		})
		_, err := provider.Wait(t.Context(), p, "order-7", nil)
		require.NoError(t, err)
		require.Len(t, p.looks, 9)
	})
}

func TestWaitEndsOnOtherErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, kind := range []error{provider.ErrNotFound, provider.ErrUnauthorized, provider.ErrConflict, provider.ErrProtocol} {
			p := polling(func(look int) (*provider.Progress, error) {
				if look == 2 {
					return nil, &provider.Error{Kind: kind}
				}
				return &provider.Progress{}, nil
			})
			_, err := provider.Wait(t.Context(), p, "order-7", nil)
			require.ErrorIs(t, err, kind)
			require.Len(t, p.looks, 2)
		}
	})
}

func TestWaitEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, last := range map[string]error{"after progress": nil, "after a failed look": &provider.Error{Kind: provider.ErrUnavailable}} {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			p := polling(func(int) (*provider.Progress, error) { return &provider.Progress{}, last })
			start := time.Now()
			_, err := provider.Wait(ctx, p, "order-7", nil)
			cancel()
			require.ErrorIs(t, err, context.DeadlineExceeded, name)
			require.Equal(t, last != nil, errors.Is(err, provider.ErrUnavailable), name)
			require.Equal(t, last == nil, errors.Is(err, provider.ErrOutcomeUnknown), name)
			require.ErrorContains(t, err, "memory: wait: context deadline exceeded; the work goes on: wait again with the same handle", name)
			require.Equal(t, last != nil, strings.HasSuffix(err.Error(), "; the last poll failed: unavailable"), name)
			require.Equal(t, 10*time.Second, time.Since(start), name)
		}
	})
}

// A look that succeeds wipes out the error of the one before it.
func TestWaitForgetsOldErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		p := polling(func(look int) (*provider.Progress, error) {
			if look == 1 {
				return nil, &provider.Error{Kind: provider.ErrUnavailable}
			}
			return &provider.Progress{}, nil
		})
		_, err := provider.Wait(ctx, p, "order-7", nil)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.NotErrorIs(t, err, provider.ErrUnavailable)
	})
}

func TestWaitCancelledBeforehand(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p := polling(func(int) (*provider.Progress, error) { return nil, nil })
	_, err := provider.Wait(ctx, p, "order-7", nil)
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, provider.ErrOutcomeUnknown, "nobody has seen any work")
	require.Empty(t, p.looks)
}

func TestWaitWithoutPollerReadsTheAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := providertest.NewMemory(&providertest.MemoryOptions{Pending: time.Minute})
		made, err := m.Create(t.Context(), m.World().Request(0))
		require.NoError(t, err)
		require.Equal(t, provider.OutcomePending, made.Outcome)
		start := time.Now()
		progress, err := provider.Wait(t.Context(), opaque{m}, made.Account.ID, nil)
		require.NoError(t, err)
		require.Equal(t, "active", progress.Message)
		require.Equal(t, made.Account.ID, progress.Account.ID)
		require.GreaterOrEqual(t, time.Since(start), time.Minute)

		_, err = provider.Wait(t.Context(), opaque{m}, "999", nil)
		require.ErrorIs(t, err, provider.ErrNotFound)
	})
}

func TestWaitNeedsAHandle(t *testing.T) {
	_, err := provider.Wait(t.Context(), providertest.NewMemory(nil), "", nil)
	require.ErrorIs(t, err, provider.ErrInvalid)
	var e *provider.Error
	require.ErrorAs(t, err, &e)
	require.Contains(t, e.Fields, "handle")
}
