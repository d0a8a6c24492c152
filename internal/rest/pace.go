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
type gate struct{ until atomic.Int64 } // Unix nanoseconds

func (g *gate) close(d time.Duration) {
	until := time.Now().Add(d).UnixNano()
	for {
		old := g.until.Load()
		if old >= until || g.until.CompareAndSwap(old, until) {
			return
		}
	}
}

func (g *gate) remaining() time.Duration {
	until := g.until.Load()
	if until == 0 {
		return 0
	}
	return max(0, time.Duration(until-time.Now().UnixNano()))
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
	var known *provider.Error
	if !errors.As(err, &known) {
		return &provider.Error{Kind: provider.ErrUnauthorized, Message: "sign in: " + x.scrub(err.Error()), Err: x.hide(err)}
	}
	// Whatever happened to the sign-in, this call was not sent.
	failed := x.clean(known)
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
		if x.client.gate.remaining() == 0 {
			return nil
		}
	}
}

func (x *exchange) passGate() *provider.Error {
	for {
		wait := x.client.gate.remaining()
		if wait == 0 {
			return nil
		}
		if wait > x.client.options.Retry.MaxRetryAfter || x.outOfTime(wait) {
			return &provider.Error{
				Kind: provider.ErrRateLimited, RetryAfter: wait,
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

// longest is the limit for a server's wish to wait: more makes no difference, and could overflow.
const longest = 365 * 24 * time.Hour

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
		return time.Duration(min(seconds, longest.Seconds()) * float64(time.Second))
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(longest, max(0, time.Until(at)))
	}
	return 0
}
