package order

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// leaseTime is how long nobody can order when a program with the lease dies. A program that lives
// prolongs its lease three times as often.
const leaseTime = 10 * time.Second

// A program tries to get a lease that another one holds every so often, more or less. Whoever has had it for a long
// time, order after order, lets the others try first, or they would wait until he has nothing left to order.
const (
	everyTry   = 20 * time.Millisecond
	othersTurn = everyTry * 3 / 2
	longTurn   = 100 * time.Millisecond
)

// hold is the sole right to look for orders and to send them, among all programs with one ledger.
type hold struct {
	token   int64
	release func()
}

// hold waits for the turn in this program, and then for the lease among all programs. The context that it
// returns ends when the lease does. The error of one that ends before says that nothing was sent.
func (d *Desk) hold(ctx context.Context) (context.Context, *hold, error) {
	release, err := d.turn.Take(ctx)
	if err != nil {
		return nil, nil, err
	}
	token, err := d.acquire(ctx)
	if err != nil {
		release()
		return nil, nil, err
	}
	leased, cancel := context.WithCancelCause(ctx)
	stop := make(chan struct{})
	beating := make(chan struct{})
	go func() {
		defer close(beating)
		d.prolong(leased, token, stop, cancel)
	}()
	return leased, &hold{token: token, release: func() {
		close(stop)
		<-beating
		cancel(nil)
		d.after(ctx, func(ctx context.Context) error { return d.ledger.Release(ctx, d.account, token) })
		d.released = time.Now()
		release()
	}}, nil
}

// acquire waits for the lease.
func (d *Desk) acquire(ctx context.Context) (token int64, err error) {
	switch now, pause := time.Now(), othersTurn-time.Since(d.released); {
	case pause <= 0:
		d.began = now
	case now.Sub(d.began) >= longTurn && d.Remembers(): // or nobody else knows the ledger
		err, d.began = adapter.Pause(ctx, pause), now.Add(pause)
	}
	for err == nil {
		if token, err = d.ledger.Acquire(ctx, d.account, leaseTime); err == nil {
			return token, nil
		}
		if errors.Is(err, provider.ErrLeaseHeld) {
			err = adapter.Pause(ctx, everyTry/2+rand.N(everyTry)) // so that programs do not ask at the same time
			d.began = time.Now()
		}
	}
	return 0, d.failed("not sent", err)
}

// prolong prolongs the lease until stop is closed, and cancels what is done under it when it cannot.
func (d *Desk) prolong(ctx context.Context, token int64, stop <-chan struct{}, cancel context.CancelCauseFunc) {
	const every = leaseTime / 3
	beat := time.NewTicker(every)
	defer beat.Stop()
	for end := time.Now().Add(leaseTime); ; {
		select {
		case <-stop:
			return
		case <-ctx.Done():
			return
		case <-beat.C:
		}
		began := time.Now()
		limited, done := context.WithTimeout(ctx, every)
		err := d.ledger.Extend(limited, d.account, token, leaseTime)
		done()
		switch {
		case err == nil:
			end = began.Add(leaseTime)
		case errors.Is(err, provider.ErrStale), time.Now().After(end.Add(-every)):
			cancel(&leaseLost{err})
			return
		}
	}
}

// leaseLost is why what is done under a lease ends before its caller's context.
type leaseLost struct{ err error }

func (e *leaseLost) Error() string { return "another program may order by now: " + e.err.Error() }

func (e *leaseLost) Unwrap() error { return e.err }

// lostLease returns the error of what was done under a lease that ended before its caller's context.
func lostLease(ctx, leased context.Context, sent bool, err error) error {
	cause, lost := errors.AsType[*leaseLost](context.Cause(leased))
	if !lost || err == nil || ctx.Err() != nil {
		return err
	}
	kind := provider.ErrUnavailable
	if sent {
		kind = provider.ErrOutcomeUnknown
	}
	return &provider.Error{Kind: kind, Message: words.Say("%v", cause), Err: cause}
}

// intend writes down what is about to be sent. It is sent only if that is quick: when it was sent is part of
// what is written down.
func (d *Desk) intend(ctx context.Context, put func(context.Context) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, leaseTime, errSlow)
	defer cancel()
	err := put(ctx)
	if cause := context.Cause(ctx); errors.Is(cause, errSlow) {
		return cause
	}
	return err
}

var errSlow = errors.New("it takes too long to answer")

// failed is the error when the ledger does not answer, or not as it should.
func (d *Desk) failed(what words.Own, err error) *provider.Error {
	failed := &provider.Error{Kind: provider.ErrUnavailable, Message: words.Say(what) + ": the ledger: " + words.Say("%v", err), Err: err}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		failed.Kind, failed.Message = nil, words.Say(what)+": "+words.Say("%v", err)
	}
	return failed
}

// afterwards is how long the ledger has to take down what has happened already.
const afterwards = 5 * time.Second

// after does something with the ledger that must be tried although the caller's context may have ended.
func (d *Desk) after(ctx context.Context, do func(context.Context) error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterwards)
	defer cancel()
	_ = do(ctx)
}
