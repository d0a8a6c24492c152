package rest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

// clock is a handler that records when requests arrive, as the time since the start of the bubble.
type clock struct {
	mu    sync.Mutex
	start time.Time
	at    []time.Duration
	next  func(n int) http.HandlerFunc
}

func newClock(next func(n int) http.HandlerFunc) *clock {
	return &clock{start: time.Now(), next: next}
}

func (c *clock) serve(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	c.at = append(c.at, time.Since(c.start))
	n := len(c.at) - 1
	c.mu.Unlock()
	c.next(n)(w, r)
}

// firstSays answers the first request with a status and Retry-After, all others with success.
func firstSays(status int, after string) func(int) http.HandlerFunc {
	return func(n int) http.HandlerFunc {
		if n == 0 {
			return answer(status, "{}", "Retry-After", after)
		}
		return okThing
	}
}

func TestRetryAfterIsObeyed(t *testing.T) {
	for _, status := range []int{429, 503} {
		for _, spelling := range []string{"seconds", "fraction", "date"} {
			t.Run(fmt.Sprint(status, " ", spelling), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					after := map[string]string{"seconds": "7", "fraction": "6.5", "date": time.Now().Add(7 * time.Second).UTC().Format(http.TimeFormat)}[spelling]
					cl := newClock(firstSays(status, after))
					c, _ := inMemory(t, cl.serve)
					require.NoError(t, c.Do(t.Context(), callOf(Read, new(thing))))
					require.Len(t, cl.at, 2)
					assert.InDelta(t, 6.75, cl.at[1].Seconds(), 0.25)
				})
			})
		}
	}
}

// TestRetryAfterTooLong: beyond the cap or the deadline there is nothing to wait for.
func TestRetryAfterTooLong(t *testing.T) {
	for _, row := range []struct {
		name  string
		after string
		left  time.Duration
		want  time.Duration
	}{
		{"beyond the cap", "61", time.Hour, 61 * time.Second},
		{"an hour", "3600", 0, time.Hour},
		{"absurd", "1e300", 0, longest},
		{"a date in another century", "Fri, 31 Dec 2199 23:59:59 GMT", 0, longest},
		{"beyond the deadline", "10", 5 * time.Second, 10 * time.Second},
	} {
		for _, kind := range []Effect{Read, Idempotent, Once} {
			t.Run(row.name+"/"+kind.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					cl := newClock(firstSays(429, row.after))
					c, _ := inMemory(t, cl.serve)
					ctx := t.Context()
					if row.left > 0 {
						limited, cancel := context.WithTimeout(ctx, row.left)
						defer cancel()
						ctx = limited
					}
					err := c.Do(ctx, callOf(kind, new(thing)))
					require.ErrorIs(t, err, provider.ErrRateLimited)
					require.NotErrorIs(t, err, context.DeadlineExceeded)
					assert.Equal(t, row.want, asError(t, err).RetryAfter)
					assert.Zero(t, time.Since(cl.start), "no time passed")
					assert.Len(t, cl.at, 1)
				})
			})
		}
	}
}

func TestRetryAfterOddSpellings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		<-time.After(time.Until(time.Unix(1796000000-120, 0)))
		for text, want := range map[string]time.Duration{
			"": 0, " ": 0, "soon": 0, "-1": 0, "0": 0, "NaN": 0, "-Inf": 0, "Inf": longest, "1e999": longest,
			// A Unix time, in seconds or milliseconds, is no count of seconds.
			"1796000000": 2 * time.Minute, "1796000000000": 2 * time.Minute, "1500000000": 0, "999999999": longest,
			" 2 ": 2 * time.Second, "0.5": time.Second / 2, "Fri, 31 Dec 1999 23:59:59 GMT": 0,
		} {
			assert.Equal(t, want, retryAfter(http.Header{"Retry-After": {text}}), "%q", text)
		}
	})
}

// TestGate: when the server asks one call to wait, no other call of that client is sent before.
func TestGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cl := newClock(firstSays(429, "30"))
		c, _ := inMemory(t, cl.serve)
		var wg sync.WaitGroup
		for i := range 50 {
			wg.Go(func() {
				<-time.After(time.Duration(i) * time.Second)
				assert.NoError(t, c.Do(t.Context(), callOf(Effect(i%3), new(thing))))
			})
		}
		wg.Wait()
		require.Len(t, cl.at, 51)
		assert.Zero(t, cl.at[0])
		for _, at := range cl.at[1:] {
			assert.GreaterOrEqual(t, at, 30*time.Second)
		}
	})
}

// TestGateAndQueue: calls that queue for a connection when the gate closes have passed it already,
// and must not slip through.
func TestGateAndQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cl := newClock(func(n int) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				<-time.After(time.Second)
				firstSays(429, "30")(n)(w, r)
			}
		})
		c := newClient(t, "http://127.0.0.1", provider.WithMaxConnections(1))
		piped(t, c, cl.serve)
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() { assert.NoError(t, c.Do(t.Context(), callOf(Once, new(thing)))) })
		}
		wg.Wait()
		require.Len(t, cl.at, 6)
		assert.GreaterOrEqual(t, cl.at[1], 31*time.Second)
	})
}

// TestGateAndRateLimit: calls that wait for a token of the rate limit must not slip through either,
// and must not all start at once when the gate opens.
func TestGateAndRateLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cl := newClock(func(n int) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				if n == 0 {
					<-time.After(4500 * time.Millisecond) // five have started by then
				}
				firstSays(429, "30")(n)(w, r)
			}
		})
		c, _ := inMemory(t, cl.serve, provider.WithRateLimit(1, 1))
		var wg sync.WaitGroup
		for range 12 {
			wg.Go(func() { assert.NoError(t, c.Do(t.Context(), callOf(Once, new(thing)))) })
		}
		wg.Wait()
		require.Len(t, cl.at, 13)
		assert.Less(t, cl.at[4], 5*time.Second)
		assert.GreaterOrEqual(t, cl.at[5], 34500*time.Millisecond)
		for i := 6; i < len(cl.at); i++ {
			assert.GreaterOrEqual(t, cl.at[i]-cl.at[i-1], time.Second-time.Millisecond)
		}
	})
}

func TestClosedGateTellsOthersAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cl := newClock(firstSays(429, "300"))
		c, _ := inMemory(t, cl.serve)
		require.ErrorIs(t, c.Do(t.Context(), callOf(Read, nil)), provider.ErrRateLimited)
		<-time.After(30 * time.Second)
		err := c.Do(t.Context(), callOf(Once, nil))
		require.ErrorIs(t, err, provider.ErrRateLimited)
		require.NotErrorIs(t, err, provider.ErrOutcomeUnknown)
		assert.Equal(t, 4*time.Minute+30*time.Second, asError(t, err).RetryAfter)
		assert.Equal(t, 30*time.Second, time.Since(cl.start))
		<-time.After(30 * time.Second) // the gate opens, since only the server knows whether it meant that
		require.NoError(t, c.Do(t.Context(), callOf(Once, new(thing))))
		assert.Len(t, cl.at, 2)
	})
}

func TestAbsurdRetryAfterIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cl := newClock(firstSays(429, "1e15"))
		c, _ := inMemory(t, cl.serve)
		require.ErrorIs(t, c.Do(t.Context(), callOf(Read, nil)), provider.ErrRateLimited)
		<-time.After(time.Minute)
		require.NoError(t, c.Do(t.Context(), callOf(Read, new(thing))))
	})
}

// TestCancelledWhileWaiting: the context ends a call wherever it waits.
func TestCancelledWhileWaiting(t *testing.T) {
	for _, row := range []struct {
		name   string
		opts   []provider.Option
		first  http.HandlerFunc
		before func(c *Client)
		last   error // the last answer's error, which must not get lost
		sent   int
	}{
		{name: "rate limit", opts: []provider.Option{provider.WithRateLimit(0.001, 1)}, before: func(c *Client) { c.limiter.Allow() }},
		{name: "gate", before: func(c *Client) { c.gate.close(30*time.Second, time.Minute) }},
		{
			name: "backoff", first: answer(503, "{}"), last: provider.ErrUnavailable, sent: 1,
			opts: []provider.Option{provider.WithRetry(provider.Retry{MinWait: 1000 * time.Hour, MaxWait: 1000 * time.Hour})},
		},
		{name: "Retry-After", first: answer(429, "{}", "Retry-After", "20"), last: provider.ErrRateLimited, sent: 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, in := inMemory(t, func(w http.ResponseWriter, r *http.Request) { row.first(w, r) }, row.opts...)
				if row.before != nil {
					row.before(c)
				}
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(time.Second, cancel)
				start := time.Now()
				err := c.Do(ctx, callOf(Once, new(thing)))
				if row.name == "backoff" { // a change would not wait
					err = c.Do(ctx, callOf(Read, new(thing)))
				}
				require.ErrorIs(t, err, context.Canceled)
				if row.last != nil {
					require.ErrorIs(t, err, row.last)
					assert.Contains(t, err.Error(), "the last attempt failed")
				}
				if row.name != "backoff" {
					require.NotErrorIs(t, err, provider.ErrOutcomeUnknown)
					assert.Equal(t, row.sent, in.Count())
				}
				assert.Equal(t, time.Second, time.Since(start))
			})
		})
	}
}

func TestNotEvenStarted(t *testing.T) {
	c, in := inMemory(t, okThing)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := c.Do(ctx, callOf(Once, nil))
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, provider.ErrOutcomeUnknown)
	assert.Zero(t, in.Count())
}

func TestRateLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cl := newClock(func(int) http.HandlerFunc { return okThing })
		c, _ := inMemory(t, cl.serve, provider.WithRateLimit(10, 5))
		var wg sync.WaitGroup
		for range 25 {
			wg.Go(func() { assert.NoError(t, c.Do(t.Context(), callOf(Read, new(thing)))) })
		}
		wg.Wait()
		assert.InDelta(t, 2, time.Since(cl.start).Seconds(), 0.01, "5 at once, 20 at 10 a second")

		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		at := time.Now()
		err := c.Do(ctx, callOf(Read, nil))
		require.ErrorIs(t, err, provider.ErrRateLimited)
		assert.Zero(t, time.Since(at), "it is known in advance that the deadline comes first")
	})
}

func TestAuthorizeFails(t *testing.T) {
	for _, row := range []struct {
		name string
		err  error
		kind error
	}{
		{"plain", errors.New("no token for " + canaryKey), provider.ErrUnauthorized},
		{"known", &provider.Error{Kind: provider.ErrForbidden, Message: "no"}, provider.ErrForbidden},
		{"lost", &provider.Error{Kind: provider.ErrOutcomeUnknown, MaybeExecuted: true}, provider.ErrUnavailable},
	} {
		t.Run(row.name, func(t *testing.T) {
			c, in := inMemory(t, okThing)
			c.config.Authorize = func(context.Context, *http.Request) error { return row.err }
			err := c.Do(t.Context(), callOf(Once, nil))
			require.ErrorIs(t, err, row.kind)
			require.NotErrorIs(t, err, provider.ErrOutcomeUnknown, "the sign-in was lost, not the call")
			assert.NotContains(t, err.Error(), canaryKey)
			assert.Zero(t, in.Count())
		})
	}
}

// TestAuthorizePerAttempt: tokens belong to the attempt.
func TestAuthorizePerAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, in := inMemory(t, okThing)
		n := 0
		c.config.Authorize = func(_ context.Context, req *http.Request) error {
			n++
			req.Header.Set("Authorization", fmt.Sprint("token ", n))
			return nil
		}
		in.At(0, faults.Fault{Kind: faults.Status, StatusCode: 503})
		require.NoError(t, c.Do(t.Context(), callOf(Read, new(thing))))
		seen := in.Requests()
		assert.Equal(t, []string{"token 1"}, seen[0].Header["Authorization"])
		assert.Equal(t, []string{"token 2"}, seen[1].Header["Authorization"])

		c.config.Authorize = func(context.Context, *http.Request) error {
			if n++; n%2 == 0 {
				return errors.New("token server is down")
			}
			return nil
		}
		n = 0
		in.At(0, faults.Fault{Kind: faults.Drop})
		err := c.Do(t.Context(), callOf(Idempotent, nil))
		require.ErrorIs(t, err, provider.ErrUnauthorized)
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown, "the first attempt may have been carried out")
		assert.Contains(t, err.Error(), "the previous attempt failed")
	})
}
