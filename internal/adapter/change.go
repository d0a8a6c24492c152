package adapter

import (
	"context"
	"errors"

	"github.com/provkit/provkit/provider"
)

// Change brings a thing into a state.
type Change[T any] struct {
	Read func(context.Context) (*T, error)
	// Now is what was read already; nil is nothing.
	Now *T
	// Already reports the state before the change, Made after it; a Made of nil is
	// Already.
	Already, Made func(*T) bool
	Do            func(context.Context) error
}

// Run makes the change unless it is made already, and reads back whether it was made:
// servers also say "done" when they did nothing.
func (c Change[T]) Run(ctx context.Context) (provider.Outcome, error) {
	thing := c.Now
	if thing == nil {
		var err error
		if thing, err = c.Read(ctx); err != nil {
			return "", err
		}
	}
	if c.Already(thing) {
		return provider.OutcomeAlready, nil
	}
	made := c.Made
	if made == nil {
		made = c.Already
	}
	err := provider.Confirm(ctx, c.Do, func(ctx context.Context) (bool, error) {
		thing, err := c.Read(ctx)
		return err == nil && made(thing), err
	})
	if err != nil {
		return "", err
	}
	return provider.OutcomeChanged, nil
}

// Removal takes a thing away and makes sure that it is gone.
type Removal struct {
	// Read is nil while the thing is there, and provider.ErrNotFound when it is not.
	Read func(context.Context) error
	Do   func(context.Context) error
	// Prove is nil when "not found" can be believed: the credentials may have lost
	// their rights.
	Prove func(context.Context) error
}

// Run removes the thing. One that is proved not to be there is provider.ErrNotFound.
func (r Removal) Run(ctx context.Context) error {
	err := r.Read(ctx)
	if err == nil {
		return r.Finish(ctx)
	}
	if errors.Is(err, provider.ErrNotFound) {
		if unproven := r.Prove(ctx); unproven != nil {
			return unproven
		}
	}
	return err
}

// Finish is Run for what was there a moment ago.
func (r Removal) Finish(ctx context.Context) error {
	return provider.Confirm(ctx,
		func(ctx context.Context) error {
			err := r.Do(ctx)
			if errors.Is(err, provider.ErrNotFound) {
				return nil // it was there a moment ago; the look decides
			}
			return err
		},
		func(ctx context.Context) (bool, error) {
			err := r.Read(ctx)
			if errors.Is(err, provider.ErrNotFound) {
				err = r.Prove(ctx)
				return err == nil, err
			}
			return false, err
		})
}

// Unproven is the error of a Prove. thing is what is not found ("client"), cause what
// failed while looking for proof, and why tells what to think if nothing failed.
func Unproven(kind, thing, why string, cause error) error {
	err := &provider.Error{Provider: kind, Kind: provider.ErrForbidden, Err: cause, Message: "the " + thing + " is not found, but " + why}
	var e *provider.Error
	if errors.As(cause, &e) {
		err.Kind, err.StatusCode, err.RetryAfter = e.Kind, e.StatusCode, e.RetryAfter
		err.Message = "the " + thing + " is not found, and proving that it is gone failed: " + e.Message
		if errors.Is(cause, provider.ErrNotFound) {
			// Not to be taken for the account's own "not found".
			err.Kind, err.Err = provider.ErrForbidden, nil
		}
	}
	return err
}
