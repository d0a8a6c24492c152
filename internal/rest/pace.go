package rest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/provkit/provkit/provider"
)

// gate holds back all calls of a client after one of them got 429.
type gate struct {
	until atomic.Int64 // when it opens, in Unix nanoseconds
	asked atomic.Int64 // until when the server asked to wait, which may be later
}

// close closes the gate for as long as the server asked, but not for longer than limit: one absurd
// header must not stop the client. After that, a call asks again.
func (g *gate) close(asked, limit time.Duration) {
	now := time.Now()
	raise(&g.asked, now.Add(asked))
	raise(&g.until, now.Add(min(asked, limit)))
}

func raise(kept *atomic.Int64, at time.Time) {
	for {
		old := kept.Load()
		if old >= at.UnixNano() || kept.CompareAndSwap(old, at.UnixNano()) {
			return
		}
	}
}

// remaining returns how long the gate stays closed, and how long the server asked to wait.
func (g *gate) remaining() (wait, asked time.Duration) {
	until := g.until.Load()
	if until == 0 {
		return 0, 0
	}
	now := time.Now().UnixNano()
	return max(0, time.Duration(until-now)), max(0, time.Duration(g.asked.Load()-now))
}

// prepare does what each attempt needs before it is sent: wait at the gate, take a token of the
// rate limit, add fresh credentials.
func (x *exchange) prepare(req *http.Request) *provider.Error {
	if err := x.pass(); err != nil {
		return err
	}
	authorize := x.client.config.Authorize
	if authorize == nil {
		return nil
	}
	err := authorize(x.ctx, req)
	if err == nil {
		return nil
	}
	if x.ctx.Err() != nil {
		return notSent(x.ctx)
	}
	failed := x.known(err)
	if failed == nil {
		return &provider.Error{Kind: provider.ErrUnauthorized, Message: "sign in: " + x.scrub(err.Error()), Err: x.hide(err)}
	}
	// Whatever happened to the sign-in, this call was not sent.
	failed.MaybeExecuted = false
	if errors.Is(failed.Kind, provider.ErrOutcomeUnknown) {
		failed.Kind = provider.ErrUnavailable
	}
	return failed
}

// pass waits at the gate and takes a token of the rate limit. The gate may be closed during the
// wait for the token. Then the call queues again: otherwise all calls with a token would start at
// once when the gate opens.
func (x *exchange) pass() *provider.Error {
	for {
		if err := x.passGate(); err != nil {
			return err
		}
		l := x.client.limiter
		if l == nil {
			return nil
		}
		if err := l.Wait(x.ctx); err != nil {
			if x.ctx.Err() != nil {
				return notSent(x.ctx)
			}
			// The limiter sees that the deadline will pass and does not wait for it.
			return &provider.Error{Kind: provider.ErrRateLimited, Message: "not sent: the client's own rate limit leaves no room before the deadline"}
		}
		if wait, _ := x.client.gate.remaining(); wait == 0 {
			return nil
		}
	}
}

func (x *exchange) passGate() *provider.Error {
	for {
		wait, asked := x.client.gate.remaining()
		if wait == 0 {
			return nil
		}
		if asked > x.client.options.Retry.MaxRetryAfter || x.outOfTime(wait) {
			return &provider.Error{
				Kind: provider.ErrRateLimited, RetryAfter: asked,
				Message: "not sent: the server asked another call to wait",
			}
		}
		if sleep(x.ctx, wait) != nil {
			return notSent(x.ctx)
		}
	}
}

// outOfTime reports whether the deadline comes before the end of a wait.
func (x *exchange) outOfTime(wait time.Duration) bool {
	deadline, ok := x.ctx.Deadline()
	return ok && time.Until(deadline) <= wait
}

func notSent(ctx context.Context) *provider.Error {
	err := contextError(ctx)
	return &provider.Error{Message: "not sent: " + err.Error(), Err: err}
}

// contextError is ctx.Err with the cause that the caller may have given.
func contextError(ctx context.Context) error {
	err := ctx.Err()
	if cause := context.Cause(ctx); cause != nil && !errors.Is(err, cause) {
		return fmt.Errorf("%w: %w", err, cause)
	}
	return err
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	select {
	case <-ctx.Done():
		timer.Stop()
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// longest is the limit for what an error says a server asked to wait: more makes no difference, and
// could overflow. No call waits so long: see provider.Retry.MaxRetryAfter.
const longest = 365 * 24 * time.Hour

// epoch is the number from which a Retry-After is no longer a count of seconds: some servers send
// the Unix time at which to come back, in seconds or milliseconds.
const epoch = 1e9

// retryAfter reads the Retry-After header, in seconds or as a date; 0 if absent.
func retryAfter(h http.Header) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if text == "" {
		return 0
	}
	if seconds, err := strconv.ParseFloat(text, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		if math.IsNaN(seconds) || seconds <= 0 {
			return 0
		}
		return AfterSeconds(seconds)
	}
	if at, err := http.ParseTime(text); err == nil {
		return until(at)
	}
	return 0
}

// AfterSeconds returns the wait that a server's number asks for: seconds, or, from a thousand
// million on, a Unix time in seconds or milliseconds. It is at most a year.
func AfterSeconds(n float64) time.Duration {
	switch {
	case n >= 1000*epoch:
		return until(time.UnixMilli(int64(min(n, math.MaxInt64/2))))
	case n >= epoch:
		return until(time.Unix(int64(n), 0))
	}
	return min(longest, time.Duration(max(n, 0)*float64(time.Second)))
}

func until(at time.Time) time.Duration { return min(longest, max(0, time.Until(at))) }
