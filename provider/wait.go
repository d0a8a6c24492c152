package provider

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/provkit/provkit/internal/words"
)

// WaitOptions are options of Wait. The zero value polls every 2 seconds at first and every 30
// seconds in the end, until the context ends.
type WaitOptions struct {
	// Interval is the first pause between two polls.
	Interval time.Duration
	// MaxInterval bounds the growing pause, and also a longer one that the server asks for.
	MaxInterval time.Duration
	// OnProgress, if set, is called after each poll but the last.
	OnProgress func(*Progress)
}

// Wait polls pending work until it is done, has failed or the context ends. The handle is a
// Creation.Handle, or the ID of an account on which a verb returned OutcomePending. Handles survive
// a restart of the program: wait again with the same one.
//
// When the context ends, the work goes on. The error matches the context's error, and that of the last
// poll if it failed; otherwise ErrOutcomeUnknown, once a poll has seen the work. A poll that fails because the server is unavailable or limits
// the rate is repeated.
func Wait(ctx context.Context, p Provider, handle string, opts *WaitOptions) (*Progress, error) {
	if handle == "" {
		var problems Problems
		problems.Add("handle", "required")
		return nil, problems.Err(p.Describe().Kind, "", "wait")
	}
	o := WaitOptions{}
	if opts != nil {
		o = *opts
	}
	if o.Interval <= 0 {
		o.Interval = 2 * time.Second
	}
	if o.MaxInterval <= 0 {
		o.MaxInterval = max(30*time.Second, o.Interval)
	}
	poll := pollByGet(p)
	if poller, ok := As[Poller](p); ok {
		poll = poller.Poll
	}
	pause := o.Interval
	var last error
	seen := false
	for {
		progress, err := poll(ctx, handle)
		if ctx.Err() != nil && (err != nil || !progress.Done) {
			return progress, waitEnded(ctx, p, seen, last)
		}
		switch {
		case err == nil && progress.Done:
			return progress, nil
		case err == nil:
			last, seen = nil, true
			if o.OnProgress != nil {
				o.OnProgress(progress)
			}
		case errors.Is(err, ErrUnavailable), errors.Is(err, ErrRateLimited):
			last = err
		default:
			return progress, err
		}
		// A quarter of jitter keeps many waiters from polling in step.
		wait := pause - time.Duration(rand.Int64N(int64(pause)/4+1))
		var e *Error
		if errors.As(err, &e) && e.RetryAfter > wait {
			wait = min(e.RetryAfter, o.MaxInterval)
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return progress, waitEnded(ctx, p, seen, last)
		case <-timer.C:
		}
		pause = min(pause*3/2, o.MaxInterval)
	}
}

// waitEnded is the error of a Wait whose context ended. seen reports whether a poll has seen the work,
// last is the error of the last poll.
func waitEnded(ctx context.Context, p Provider, seen bool, last error) error {
	err := &Error{
		Provider: p.Describe().Kind, Action: "wait",
		Message: words.Say("%v; the work goes on: wait again with the same handle", ctx.Err()), Err: ctx.Err(),
	}
	if cause := context.Cause(ctx); !errors.Is(cause, ctx.Err()) {
		err.Err = errors.Join(err.Err, cause)
	}
	switch {
	case last != nil:
		err.Message = words.Say("%s; the last poll failed: %v", err.Message, last)
		err.Err = errors.Join(err.Err, last)
		if e, ok := errors.AsType[*Error](last); ok {
			err.Kind = e.Kind
		}
	case seen:
		err.Kind = ErrOutcomeUnknown
	}
	return err
}

// pollByGet is for adapters whose work is done when the call returns.
func pollByGet(p Provider) func(context.Context, string) (*Progress, error) {
	return func(ctx context.Context, handle string) (*Progress, error) {
		account, err := p.Get(ctx, handle)
		if err != nil {
			return nil, err
		}
		return &Progress{Done: account.Status != StatusPending, Message: string(account.Status), Account: account}, nil
	}
}
