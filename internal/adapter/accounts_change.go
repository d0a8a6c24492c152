package adapter

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/provkit/provkit/internal/words"
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
	// Concerns names what the change decides ("power"): it replaces pending work that concerns the
	// same, and a record that does not show an earlier change of the same yet is not believed.
	Concerns string
}

// Change makes a change unless it is made already, and reads back whether it was made:
// servers also say "done" when they did nothing.
func (a *Accounts[K, T]) Change(ctx context.Context, id string, c Change[K, T]) (provider.Outcome, error) {
	return Verb(ctx, a, c.Verb, id, c.Input, func(ctx context.Context, k K) (provider.Outcome, error) {
		now, err := a.Record(ctx, k)
		if err != nil {
			return "", err
		}
		return a.Apply(ctx, k, now, c)
	})
}

// Apply is Change for an account that was read a moment ago, as part of another verb. It does not
// take a record for proof that is older than a change that this program has sent to the account.
func (a *Accounts[K, T]) Apply(ctx context.Context, id K, now *T, c Change[K, T]) (provider.Outcome, error) {
	now, already, err := a.Is(ctx, id, now, c.Already, c.Concerns)
	switch {
	case err != nil:
		return "", err
	case already:
		return provider.OutcomeAlready, nil
	}
	made := c.Made
	if made == nil {
		made = c.Already
	}
	accepted, pending := false, false
	var denied error
	forget := a.Sending(id, c.Concerns, made)
	err = provider.Confirm(ctx,
		func(ctx context.Context) error {
			err := c.Do(ctx, id, now)
			if denied = nil; errors.Is(a.ofAccount(err), provider.ErrNotFound) {
				denied = err
				return nil // it was there a moment ago: the look decides
			}
			accepted = err == nil
			return err
		},
		func(ctx context.Context) (done bool, err error) {
			limit := a.Lag
			switch {
			case accepted && c.Task != nil:
				over, err := Until(ctx, c.Patience, c.Task)
				if pending = !over; err != nil || pending {
					return pending, err
				}
			case c.Patience > 0:
				limit = c.Patience
			}
			done, err = Until(ctx, limit, func(ctx context.Context) (bool, error) {
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
	case errors.Is(err, provider.ErrConflict) && denied != nil:
		return "", provider.Unresolved(denied, errors.New("the "+a.Noun+" is there, and as it was"))
	case errors.Is(err, provider.ErrOutcomeUnknown):
		return "", err
	case err != nil:
		forget()
		return "", err
	case pending:
		a.Begin(id, Work[T]{Task: c.Task, Shows: made, Concerns: c.Concerns})
		return provider.OutcomePending, nil
	}
	forget()
	a.Supersede(id, c.Concerns)
	return cmp.Or(c.Outcome, provider.OutcomeChanged), nil
}

// Is reports whether an account is as wanted for certain, and returns its latest record: one that does
// not show yet what this program has sent to the account is read again, and not believed in what the
// verb concerns. What is so replaces pending work that concerns the same.
func (a *Accounts[K, T]) Is(ctx context.Context, id K, now *T, want func(*T) bool, concerns string) (latest *T, is bool, err error) {
	if !want(now) {
		return now, false, nil
	}
	now, stale, err := a.caughtUp(ctx, id, now, concerns)
	if err != nil || stale || !want(now) {
		return now, false, err
	}
	a.Supersede(id, concerns)
	return now, true, nil
}

// Adopt marks an account that exists as the one of a reference. do sets the mark, and View
// must show it afterwards. A marker that proves nothing or is outdated is written anew.
func (a *Accounts[K, T]) Adopt(ctx context.Context, id, reference string, do func(ctx context.Context, id K, now *T) error) (provider.Outcome, error) {
	return a.Change(ctx, id, Change[K, T]{
		Verb: "adopt account", Concerns: "reference", Input: Input("reference", provider.ReferenceProblem(reference)), Outcome: provider.OutcomeAdopted,
		Already: func(now *T) bool {
			account := a.View(now)
			return account.Reference == reference && !account.Marker.Outdated
		},
		Do: func(ctx context.Context, k K, now *T) error {
			if carried := a.View(now).Reference; carried != "" && carried != reference {
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
		account := a.View(record)
		if account.Reference == reference {
			if id, problem := a.ParseID(account.ID); problem == "" && a.removing(id) {
				return &provider.Error{
					Provider: a.Kind, Kind: provider.ErrConflict,
					Message: words.Say("%s %s is still there, but its removal was sent a moment ago: try again later", a.Noun, account.ID),
				}
			}
			return nil
		}
		if account.Marker.Tampered != "" {
			return a.tampered(account)
		}
		taken := a.Taken(record)
		taken.Fields = map[string]string{"Username": "taken"}
		return taken
	}
}

// Tampered is the error for an account that may be the wanted one, and whose marker, or e-mail address,
// proves nothing.
// noun is what the system calls an account.
func Tampered(kind, noun string, account *provider.Account) *provider.Error {
	return tampered(kind, noun, account, "Adopt it")
}

func (a *Accounts[K, T]) tampered(account *provider.Account) *provider.Error {
	if a.Unmarkable {
		return tampered(a.Kind, a.Noun, account, "name it by its ID, since this system cannot mark it anew")
	}
	return Tampered(a.Kind, a.Noun, account)
}

func tampered(kind, noun string, account *provider.Account, then words.Own) *provider.Error {
	return &provider.Error{
		Provider: kind, Kind: provider.ErrConflict,
		Message: words.Say("%s %s may be the wanted one, but %s: find out whose it is, and %s", noun, account.ID, cmp.Or(account.Marker.Tampered, "its e-mail address is not UTF-8"), then),
	}
}

// Taken is the error for an account that is not the wanted reference's.
func (a *Accounts[K, T]) Taken(record *T) *provider.Error {
	account := a.View(record)
	err := &provider.Error{Provider: a.Kind, Kind: provider.ErrAlreadyExists, Message: words.Say("%s %s exists and carries no reference", a.Noun, account.ID)}
	if account.Reference != "" {
		err.Message = words.Say("%s %s belongs to the reference %q", a.Noun, account.ID, Shorten(account.Reference))
	}
	return err
}
