package adapter

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/provkit/provkit/provider"
)

// Change brings an account into a state.
type Change[K comparable, T any] struct {
	// Verb names the change in errors: "suspend account". Input is what is wrong with the
	// verb's arguments.
	Verb  string
	Input provider.Problems
	// Already reports the state before the change, Made after it; nil is Already.
	Already, Made func(*T) bool
	// Do sends the change. It is not called for an account that is as wanted already.
	Do func(ctx context.Context, id K, now *T) error
	// Outcome is what a change that was made is called; "" is OutcomeChanged.
	Outcome provider.Outcome
	// Patience is how long to wait for a change that the system only begins when it accepts
	// it. One that takes longer is pending. 0: accepted changes are made at once.
	Patience time.Duration
	// Task looks at the system's own task for an accepted change. Optional; without it an
	// accepted change is pending until the record shows it.
	Task Task
	// Concerns names what the change decides ("power"), so that it replaces pending work that
	// concerns the same. Optional.
	Concerns string
}

// Change makes a change unless it is made already, and reads back whether it was made:
// servers also say "done" when they did nothing.
func (a *Accounts[K, T]) Change(ctx context.Context, id string, c Change[K, T]) (provider.Outcome, error) {
	return Verb(ctx, a, c.Verb, id, c.Input, func(ctx context.Context, k K) (provider.Outcome, error) {
		now, err := a.Read(ctx, k)
		if err != nil {
			return "", err
		}
		return a.Apply(ctx, k, now, c)
	})
}

// Apply is Change for an account that was read a moment ago, as part of another verb.
func (a *Accounts[K, T]) Apply(ctx context.Context, id K, now *T, c Change[K, T]) (provider.Outcome, error) {
	if c.Already(now) {
		a.Supersede(id, c.Concerns)
		return provider.OutcomeAlready, nil
	}
	made := c.Made
	if made == nil {
		made = c.Already
	}
	accepted, pending := false, false
	err := provider.Confirm(ctx,
		func(ctx context.Context) error {
			err := c.Do(ctx, id, now)
			accepted = err == nil
			return err
		},
		func(ctx context.Context) (done bool, err error) {
			limit := a.Lag
			switch {
			case accepted && c.Task != nil:
				over, err := Until(ctx, c.Patience, lookEvery, c.Task)
				if pending = !over; err != nil || pending {
					return pending, err
				}
			case c.Patience > 0:
				limit = c.Patience
			}
			done, err = Until(ctx, limit, lookEvery, func(ctx context.Context) (bool, error) {
				latest, err := a.again(ctx, id, now)
				if err != nil {
					return false, err
				}
				now = latest
				return made(now), nil
			})
			pending = err == nil && !done && accepted && c.Task == nil && c.Patience > 0
			return done || pending, err
		})
	switch {
	case err != nil:
		return "", err
	case pending:
		a.Begin(id, Work[T]{Task: c.Task, Shows: made, Concerns: c.Concerns})
		return provider.OutcomePending, nil
	}
	a.Supersede(id, c.Concerns)
	return cmp.Or(c.Outcome, provider.OutcomeChanged), nil
}

// Adopt marks an account that exists as the one of a reference. do sets the mark, and View
// must show it afterwards.
func (a *Accounts[K, T]) Adopt(ctx context.Context, id, reference string, do func(ctx context.Context, id K, now *T) error) (provider.Outcome, error) {
	return a.Change(ctx, id, Change[K, T]{
		Verb: "adopt account", Input: Input("reference", provider.ReferenceProblem(reference)), Outcome: provider.OutcomeAdopted,
		Already: func(now *T) bool { return a.View(now).Reference == reference },
		Do: func(ctx context.Context, k K, now *T) error {
			if a.View(now).Reference != "" {
				return a.Taken(now)
			}
			return do(ctx, k, now)
		},
	})
}

// Owned returns a check whether a record is that of a reference, for MakeOrFind. A record
// of anybody else is an error that blames the user name.
func (a *Accounts[K, T]) Owned(reference string) func(*T) error {
	return func(record *T) error {
		if a.View(record).Reference == reference {
			return nil
		}
		taken := a.Taken(record)
		taken.Fields = map[string]string{"Username": "taken"}
		return taken
	}
}

// Taken is the error for an account that is not the wanted reference's.
func (a *Accounts[K, T]) Taken(record *T) *provider.Error {
	account := a.View(record)
	err := &provider.Error{Provider: a.Kind, Kind: provider.ErrAlreadyExists, Message: a.Noun + " " + account.ID + " exists and carries no reference"}
	if account.Reference != "" {
		err.Message = fmt.Sprintf("%s %s belongs to the reference %q", a.Noun, account.ID, Shorten(account.Reference))
	}
	return err
}
