package adapter

import (
	"context"
	"time"

	"github.com/provkit/provkit/provider"
)

// Task looks once at a system's own task. over with an error is a task that failed; an error
// alone means that it could not be looked at.
type Task func(context.Context) (over bool, err error)

// Work is what a verb began on an account.
type Work[T any] struct {
	// Task of the system, nil if it has none.
	Task Task
	// Shows reports whether the record shows the work as done; nil if it never does.
	Shows func(*T) bool
	// Until is how long the record may show nothing of the work yet; zero is not at all.
	Until time.Time
	// Concerns is that of the Change; "" is nothing that another verb could decide.
	Concerns string
}

// Begin notes work on an account for Poll.
func (a *Accounts[K, T]) Begin(id K, work Work[T]) { a.pending.Begin(id, work) }

// Pending returns the work on an account that this program has begun and not seen the end of.
func (a *Accounts[K, T]) Pending(id K) Work[T] {
	if work := a.pending.Get(id); work != nil {
		return *work
	}
	return Work[T]{}
}

// Supersede forgets work that concerns what a verb has found or brought about by now. The record
// may never show such work: an account that is active again is not going to be suspended.
func (a *Accounts[K, T]) Supersede(id K, concerns string) {
	if work := a.pending.Get(id); work != nil && work.Concerns == concerns && concerns != "" {
		a.pending.Done(id, work)
	}
}

// Poll reports how far the work on an account has come: that which this program remembers,
// and that which the record shows. The error for an account that is gone for sure, such as
// one that was terminated, matches provider.ErrNotFound.
func (a *Accounts[K, T]) Poll(ctx context.Context, id string) (*provider.Progress, error) {
	return Verb(ctx, a, "poll account", id, nil, func(ctx context.Context, k K) (*provider.Progress, error) {
		record, err := a.Record(ctx, k)
		if err != nil {
			return nil, a.missing(ctx, k, err)
		}
		begun, progress := a.pending.Get(k), &provider.Progress{Account: a.View(record)}
		var work Work[T]
		if begun != nil {
			work = *begun
		}
		progress.Message = string(progress.Account.Status)
		if work.Task != nil {
			over, err := work.Task(ctx)
			if over && err != nil {
				a.pending.Done(k, begun)
			}
			switch {
			case err != nil:
				return nil, NotOfAccount(err)
			case !over:
				progress.Message = "in progress"
				return progress, nil
			}
		}
		switch status := progress.Account.Status; {
		case status == provider.StatusPending, status == provider.StatusEnding, a.Busy != nil && a.Busy(record):
		case work.Shows != nil && !work.Shows(record), time.Now().Before(work.Until):
			progress.Message = "accepted; the account does not show it yet"
		default:
			a.pending.Done(k, begun)
			progress.Done = true
		}
		return progress, nil
	})
}
