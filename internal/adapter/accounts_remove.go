package adapter

import (
	"cmp"
	"context"
	"errors"

	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// Removal is how a system removes an account.
type Removal[K comparable, T any] struct {
	Do func(ctx context.Context, id K) error
	// Ending reports whether the end of an account that is still there is under way.
	// Optional: some systems remove an account at once.
	Ending func(ctx context.Context, id K, now *T) (bool, error)
	// Trusted: a request that the system accepted is an end under way, even if Ending does
	// not show it.
	Trusted bool
}

// Remove terminates an account. It is done when there is proof that the account is gone; while
// its end is under way it is pending. The error matches provider.ErrNotFound only if there is
// proof that the account did not exist.
func (a *Accounts[K, T]) Remove(ctx context.Context, id string, r Removal[K, T]) (provider.Outcome, error) {
	return Verb(ctx, a, "terminate account", id, nil, func(ctx context.Context, k K) (provider.Outcome, error) {
		now, err := a.Record(ctx, k)
		if err != nil {
			return "", a.missing(ctx, k, err)
		}
		if ending, err := r.ending(ctx, k, now); err != nil {
			return "", NotOfAccount(err)
		} else if ending {
			return a.ends(k, r), nil
		}
		return a.End(ctx, k, r)
	})
}

// End is Remove for an account that was there a moment ago, as part of another verb.
func (a *Accounts[K, T]) End(ctx context.Context, id K, r Removal[K, T]) (provider.Outcome, error) {
	accepted, gone := false, false
	var denied error
	forget := a.Sending(id, "", nil)
	err := provider.Confirm(ctx,
		func(ctx context.Context) error {
			err := r.Do(ctx, id)
			if denied = nil; errors.Is(err, provider.ErrNotFound) {
				denied = err
				return nil // it was there a moment ago: the look decides
			}
			accepted = err == nil
			return err
		},
		patient(a.Lag, func(ctx context.Context) (bool, error) {
			now, err := a.Read(ctx, id)
			switch {
			case errors.Is(err, provider.ErrNotFound):
				_, err = a.ProveAbsent(ctx, id)
				gone = err == nil
				return gone, err
			case err != nil:
				return false, err
			case r.Trusted && accepted:
				return true, nil
			}
			return r.ending(ctx, id, now)
		}))
	if !errors.Is(err, provider.ErrOutcomeUnknown) {
		forget()
	}
	switch {
	case errors.Is(err, provider.ErrConflict) && denied != nil:
		return "", provider.Unresolved(denied, errors.New("the "+a.Noun+" is still there"))
	case err != nil:
		return "", err
	case gone:
		a.gone(id)
		return provider.OutcomeChanged, nil
	}
	return a.ends(id, r), nil
}

// gone forgets all about an account.
func (a *Accounts[K, T]) gone(id K) {
	a.pending.Done(id, a.pending.Get(id))
	a.recent.mu.Lock()
	defer a.recent.mu.Unlock()
	delete(a.recent.sent, id)
	delete(a.recent.made, id)
}

// ends notes that the end of an account is under way. Where no record shows that, Poll waits
// until the account is gone.
func (a *Accounts[K, T]) ends(id K, r Removal[K, T]) provider.Outcome {
	if r.Trusted {
		a.Begin(id, Work[T]{Shows: func(*T) bool { return false }})
	}
	return provider.OutcomePending
}

func (r Removal[K, T]) ending(ctx context.Context, id K, now *T) (bool, error) {
	if r.Ending == nil {
		return false, nil
	}
	return r.Ending(ctx, id, now)
}

// ProveAbsent returns what proves that an account that could not be found is gone, or the
// error of an absence that is not proven. The account is read once more after the evidence: a "not
// found" does not name what was asked for, and the first may have been about something else.
func (a *Accounts[K, T]) ProveAbsent(ctx context.Context, id K) (evidence string, err error) {
	var none K
	_, ended := Until(ctx, a.Lag, func(ctx context.Context) (bool, error) {
		if evidence, err = a.Prove(ctx, id); err == nil && id != none {
			switch _, err = a.Read(ctx, id); {
			case err == nil:
				err = Shown
			case errors.Is(err, provider.ErrNotFound):
				err = nil
			}
		}
		// A list, or a read, may trail what another shows.
		return !errors.Is(err, Listed) && !errors.Is(err, Shown), nil
	})
	if err = cmp.Or(ended, err); err != nil {
		return "", Unproven(a.Kind, a.Noun, err)
	}
	return evidence, nil
}

// missing is the error for an account that cannot be read: "not found" only with proof.
func (a *Accounts[K, T]) missing(ctx context.Context, id K, err error) error {
	if !errors.Is(err, provider.ErrNotFound) {
		return err
	}
	evidence, unproven := a.ProveAbsent(ctx, id)
	if unproven != nil {
		return unproven
	}
	gone := &provider.Error{Kind: provider.ErrNotFound}
	errors.As(err, &gone)
	proven := *gone
	proven.Provider, proven.Message = a.Kind, words.Say("no such %s (%s)", a.Noun, evidence)
	return &proven
}

// Doubt is the error of a proof in which nothing failed and which yet proves nothing. It
// continues "the client was not found, but".
type Doubt string

func (d Doubt) Error() string { return string(d) }

// Listed is the Doubt about an account that a list contains, Shown that about one that a second read
// shows. They make provider.ErrConflict, where other Doubts make provider.ErrForbidden.
const (
	Listed Doubt = "it is listed"
	Shown  Doubt = "a second read shows it"
)

// Unproven is the error for an account that was not found and may exist nevertheless. noun
// is what was not found ("client"), cause the error of Accounts.Prove.
func Unproven(kind, noun string, cause error) error {
	err := &provider.Error{Provider: kind, Kind: provider.ErrForbidden, Err: cause}
	why := cause.Error()
	var doubt Doubt
	var e *provider.Error
	switch {
	case errors.As(cause, &doubt):
		if doubt == Listed || doubt == Shown {
			err.Kind = provider.ErrConflict
		}
	case errors.As(cause, &e):
		why = cmp.Or(e.Message, why)
		err.StatusCode, err.RetryAfter = e.StatusCode, e.RetryAfter
		if !errors.Is(cause, provider.ErrNotFound) {
			err.Kind = cmp.Or(e.Kind, provider.ErrForbidden)
		}
	}
	if doubt == "" {
		why = "looking for proof that it is gone failed: " + why
	}
	err.Message = words.Say("the %s was not found, but %s", noun, why)
	return NotOfAccount(err)
}

// NotOfAccount keeps an error that says "not found" of something else, or without proof, from
// being taken for the account's own.
func NotOfAccount(err error) error {
	if !errors.Is(err, provider.ErrNotFound) {
		return err
	}
	other := &provider.Error{Kind: provider.ErrForbidden, Message: words.Say("%v", err)}
	if e, ok := errors.AsType[*provider.Error](err); ok {
		*other = *e
		if other.Kind = e.Kind; e.Kind == nil || errors.Is(e.Kind, provider.ErrNotFound) {
			other.Kind = provider.ErrForbidden
		}
		other.Err = nil
	}
	return other
}
