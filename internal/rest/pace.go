package rest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/provkit/provkit/provider"
)

// gate holds all calls of a client back after one of them was told 429.
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

// prepare does what each attempt needs before it is sent: wait at the gate, take
// a token of the rate limit, put on fresh credentials.
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
	// Whatever became of the sign-in, this call was not sent.
	failed := x.clean(known)
	failed.MaybeExecuted = false
	if errors.Is(failed.Kind, provider.ErrOutcomeUnknown) {
		failed.Kind = provider.ErrUnavailable
	}
	return failed
}

// pass waits at the gate and takes a token of the rate limit. The gate may be
// closed during the wait for the token; then the call queues again, or everybody
// with a token would set off at once when the gate opens.
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
				Message: "not sent: the server told another call to wait",
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

// backoff is go-retryablehttp's question how long to wait. It cannot tell us which
// call it asks for when there was no answer: the wait is in prepareRetry.
func backoff(time.Duration, time.Duration, int, *http.Response) time.Duration { return 0 }

// prepareRetry is go-retryablehttp's hook before each repetition.
func prepareRetry(req *http.Request) error {
	x := exchangeFrom(req.Context())
	if l := x.client.options.Logger; l != nil && l.Enabled(x.ctx, slog.LevelDebug) {
		l.LogAttrs(x.ctx, slog.LevelDebug, "request failed, to be repeated",
			slog.String("op", x.client.operation(x.call.Endpoint).String()), slog.Int("attempt", x.attempts),
			slog.Duration("wait", x.wait), slog.String("reason", x.err.Message))
	}
	if err := sleep(x.ctx, x.wait); err != nil {
		return err
	}
	// The connection of a timed-out attempt may still be reading the old map.
	req.Header = req.Header.Clone()
	if err := x.prepare(req); err != nil {
		x.err = x.after(err)
		return err
	}
	x.attempts++
	return nil
}

// after adds the failure of the attempt before to the reason why there is no
// further one.
func (x *exchange) after(refused *provider.Error) *provider.Error {
	last := x.err
	if last == nil {
		return refused
	}
	failed := *refused
	failed.Message += ", and the attempt before failed: " + last.Message
	failed.StatusCode, failed.Err = last.StatusCode, join(refused.Err, last.Err)
	return &failed
}

func join(a, b error) error {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return errors.Join(a, b)
}

// jitter is exponential backoff with full jitter.
func jitter(low, high time.Duration, n int) time.Duration {
	ceiling := high
	if n < 62 && low <= high>>n {
		ceiling = low << n
	}
	if ceiling <= 0 {
		return 0
	}
	return time.Duration(rand.Int64N(int64(ceiling)))
}

// longest is where a server's wish to wait is cut off: more makes no difference,
// and cannot overflow.
const longest = 365 * 24 * time.Hour

// retryAfter reads the header in both spellings, seconds and date; 0 if absent.
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

// quota bounds the repetitions of a client, so that an outage is not multiplied:
// a repetition takes quotaCost. A call that the server answers in the end gives
// back what it took, else one for recovery.
type quota struct{ tokens atomic.Int64 }

const (
	quotaFull = 500
	quotaCost = 5
)

func (q *quota) take() bool {
	for {
		have := q.tokens.Load()
		if have < quotaCost {
			return false
		}
		if q.tokens.CompareAndSwap(have, have-quotaCost) {
			return true
		}
	}
}

func (q *quota) refund(n int64) {
	for {
		have := q.tokens.Load()
		if have >= quotaFull || q.tokens.CompareAndSwap(have, min(quotaFull, have+max(n, 1))) {
			return
		}
	}
}
