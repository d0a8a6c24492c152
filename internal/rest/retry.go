package rest

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/provkit/provkit/provider"
)

// checkRetry is go-retryablehttp's question after each attempt.
func checkRetry(ctx context.Context, _ *http.Response, err error) (bool, error) {
	x := exchangeFrom(ctx)
	retry := x.judge(err) && x.mayRetry()
	x.leave()
	return retry, nil
}

// judge decides what an attempt means: success (x.err nil) or a failure, and whether a
// retry makes sense. A change that the server may have seen is not retried unless sending
// it twice does no harm.
func (x *exchange) judge(err error) (retry bool) {
	x.wait = 0
	switch {
	case x.refused != nil:
		x.err = x.refused
		return false
	case err != nil && (!x.whole || x.status/100 != 3):
		retry = x.judgeBroken(err)
	default: // net/http fails a redirect whose target it cannot read; the answer is there
		retry = x.judgeAnswer()
		x.settled = !retry
	}
	if x.err == nil || (x.settled && x.status < 500) {
		x.client.quota.refund(x.taken)
	}
	return retry
}

// mayRetry reports whether the call, its time and the client's quota allow a retry, and
// decides on the pause before it.
func (x *exchange) mayRetry() bool {
	policy := x.client.options.Retry
	if x.call.Single || x.once || x.ctx.Err() != nil || x.attempts >= policy.Attempts {
		return false
	}
	asked := x.err.RetryAfter
	if x.wait == 0 {
		x.wait = jitter(policy.MinWait, policy.MaxWait, x.attempts-1)
	}
	if asked > policy.MaxRetryAfter || x.outOfTime(x.wait) {
		if asked > 0 {
			x.err.Kind = provider.ErrRateLimited
		} else {
			x.err.Message += " (not retried: no time left)"
		}
		x.settled = true // that the context ends while we say so changes nothing
		return false
	}
	if !x.client.quota.take() {
		x.err.Message += " (not retried: too many recent failures)"
		return false
	}
	x.taken += quotaCost
	return true
}

// backoff is go-retryablehttp's question how long to wait. It cannot tell us which
// call it asks for when there was no answer: the wait is in prepareRetry.
func backoff(time.Duration, time.Duration, int, *http.Response) time.Duration { return 0 }

// prepareRetry is go-retryablehttp's hook before each retry.
func prepareRetry(req *http.Request) error {
	x := exchangeFrom(req.Context())
	if l := x.client.options.Logger; l != nil && l.Enabled(x.ctx, slog.LevelDebug) {
		l.LogAttrs(x.ctx, slog.LevelDebug, "request failed, to be retried",
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

// quota bounds the retries of a client, so that an outage is not multiplied: a retry
// takes quotaCost. A call that the server answers in the end gives
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
