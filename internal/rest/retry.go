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

// checkRetry is go-retryablehttp's hook after each attempt: it reports whether to retry.
func checkRetry(ctx context.Context, _ *http.Response, err error) (bool, error) {
	x := exchangeFrom(ctx)
	retry := x.judge(err) && x.mayRetry()
	x.leave()
	return retry, nil
}

// judge decides whether an attempt succeeded (x.err is nil) or failed, and reports whether to
// retry. A change that the server may have seen is not retried unless sending it twice does no
// harm.
func (x *exchange) judge(err error) (retry bool) {
	x.wait = 0
	switch {
	case x.refused != nil:
		x.err = x.refused
		return false
	case err != nil && (!x.whole || x.status/100 != 3):
		retry = x.judgeBroken(err)
	default: // net/http fails on a redirect whose target it cannot read, but the answer is complete
		retry = x.judgeAnswer()
		x.settled = !retry
	}
	if x.err == nil || (x.settled && x.status < 500) {
		x.client.quota.refund(x.taken)
	}
	return retry
}

// mayRetry reports whether the call, its time and the client's quota allow a retry, and sets the
// pause before it.
func (x *exchange) mayRetry() bool {
	policy := x.client.options.Retry
	if x.call.Single || x.once || (x.maybe && x.call.Endpoint.Spends) || x.ctx.Err() != nil || x.attempts >= policy.Attempts {
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
		x.settled = true // even if the context ends meanwhile
		return false
	}
	if !x.client.quota.take() {
		x.err.Message += " (not retried: too many recent failures)"
		return false
	}
	x.taken += quotaCost
	return true
}

// backoff is go-retryablehttp's hook for the pause. It does not say which call it is for if there
// was no answer, so the pause is in prepareRetry.
func backoff(time.Duration, time.Duration, int, *http.Response) time.Duration { return 0 }

// prepareRetry is go-retryablehttp's hook before each retry. It waits.
func prepareRetry(req *http.Request) error {
	ctx := req.Context()
	x := exchangeFrom(ctx)
	if l := x.client.options.Logger; l != nil && l.Enabled(ctx, slog.LevelDebug) {
		l.LogAttrs(ctx, slog.LevelDebug, "request failed, to be retried",
			slog.String("op", x.client.operation(x.call.Endpoint).String()), slog.Int("attempt", x.attempts),
			slog.Duration("wait", x.wait), slog.String("reason", x.err.Message))
	}
	if err := sleep(ctx, x.wait); err != nil {
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

// after adds the failure of the previous attempt to the reason why there is no further one.
func (x *exchange) after(refused *provider.Error) *provider.Error {
	last := x.err
	if last == nil {
		return refused
	}
	failed := *refused
	failed.Message += ", and the previous attempt failed: " + last.Message
	failed.StatusCode, failed.Err = last.StatusCode, join(refused.Err, last.Err)
	return &failed
}

// jitter returns the pause before retry n: exponential backoff with full jitter.
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

// quota limits the retries of a client, so that they do not multiply the load in an outage. A retry
// takes quotaCost tokens. A call that the server finally answers returns what it took, or adds one
// token if it took none.
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
