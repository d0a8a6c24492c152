package adapter

import (
	"context"
	"errors"
	"time"

	"github.com/provkit/provkit/provider"
)

// MakeOrFind makes a thing that must not be made twice, or finds that it was made. Servers
// repeat nothing safely, so it looks wherever an answer is missing or cannot be believed.
type MakeOrFind[T any] struct {
	// Find looks for the thing; its error matches provider.ErrNotFound if there is none.
	// refused is nil, or how the server refused to make it, which may be evidence too.
	Find func(ctx context.Context, refused error) (*T, error)
	// LookFirst: look before making anything, where that is cheap or the server makes
	// duplicates.
	LookFirst bool
	// Elsewhere returns the error of a thing that Find does not look for and that keeps this one from being
	// made, such as an account of the order under another name. It is asked once, after LookFirst found
	// nothing. Optional.
	Elsewhere func(context.Context) error
	Make      func(context.Context) (*T, error)
	// ReadBack: the server's "made" is no proof, neither that the thing was made nor that
	// this call made it.
	ReadBack bool
	// Ours returns nil if a thing belongs to this order, and otherwise an error that says whose
	// it is. Optional.
	Ours func(*T) error
	// WhyNot explains a refusal when nothing is found that would. Optional.
	WhyNot func(ctx context.Context, refused error) error
	// Lag is how long Find may trail what was made. Where something may have been made by now, Find
	// looks that long.
	Lag time.Duration
	// Scans: Find takes many requests, so that it looks at once and at the end of Lag, and not between.
	Scans bool
	// Certain is set to whether this call made the thing for certain: Make succeeded. A thing that
	// was only found after an answer was lost may be older. Optional.
	Certain *bool
}

// Run returns the thing and whether it was made by this call (changed, also if one of its
// tries may have made it) or before it (already).
func (m MakeOrFind[T]) Run(ctx context.Context) (*T, provider.Outcome, error) {
	var certain bool
	if m.Certain == nil {
		m.Certain = &certain
	}
	*m.Certain = false
	if m.LookFirst {
		if thing, err := m.Find(ctx, nil); !errors.Is(err, provider.ErrNotFound) {
			return m.claim(thing, provider.OutcomeAlready, err)
		}
		if m.Elsewhere != nil {
			if err := m.Elsewhere(ctx); err != nil {
				return nil, "", err
			}
		}
	}
	return m.make(ctx, false)
}

// make makes the thing. denied is set if the server has said "not found" to that before.
func (m MakeOrFind[T]) make(ctx context.Context, denied bool) (*T, provider.Outcome, error) {
	var thing *T
	var last error // of Make
	lost := false
	settle := provider.Resolve
	if m.ReadBack {
		settle = provider.Confirm
	}
	err := settle(ctx,
		func(ctx context.Context) (err error) {
			thing, err = m.Make(ctx)
			lost = lost || errors.Is(err, provider.ErrOutcomeUnknown)
			*m.Certain, last = err == nil, err
			return err
		},
		func(ctx context.Context) (found bool, err error) {
			thing, err = m.patient(ctx, nil)
			if errors.Is(err, provider.ErrNotFound) {
				return false, nil
			}
			return err == nil, err
		})
	switch {
	case err == nil && !lost && !m.ReadBack:
		return thing, provider.OutcomeChanged, nil
	case !Refused(last):
		return m.claim(thing, provider.OutcomeChanged, err)
	}
	return m.explain(ctx, last, lost, denied)
}

// explain finds out why the server refused to make the thing. If the thing exists by now,
// that is why: an earlier try made it, in this call or another, or somebody else did. "Not found"
// is the answer to a look, and may have been given to the one before: it is a refusal when it is
// said again.
func (m MakeOrFind[T]) explain(ctx context.Context, refused error, lost, denied bool) (*T, provider.Outcome, error) {
	find := m.Find
	if lost || errors.Is(refused, provider.ErrAlreadyExists) {
		find = m.patient // something may be there that the search does not show yet
	}
	deniedNow := errors.Is(refused, provider.ErrNotFound)
	thing, err := find(ctx, refused)
	switch {
	case err == nil && (lost || denied || deniedNow):
		return m.claim(thing, provider.OutcomeChanged, nil)
	case err == nil:
		return m.claim(thing, provider.OutcomeAlready, nil)
	case lost, deniedNow && !errors.Is(err, provider.ErrNotFound) && !errors.Is(err, provider.ErrForbidden):
		return nil, "", provider.Unresolved(refused, err)
	case !errors.Is(err, provider.ErrNotFound):
		return nil, "", unexplained(refused, err)
	case deniedNow && !denied:
		return m.make(ctx, true)
	case m.WhyNot != nil:
		return nil, "", m.WhyNot(ctx, refused)
	}
	return nil, "", refused
}

// patient is Find for what may have been made by now, and may not be found yet.
func (m MakeOrFind[T]) patient(ctx context.Context, refused error) (*T, error) {
	find := func(ctx context.Context) (*T, error) { return m.Find(ctx, refused) }
	thing, err := find(ctx)
	switch {
	case m.Lag <= 0, !errors.Is(err, provider.ErrNotFound):
		return thing, err
	case !m.Scans:
		return again(ctx, m.Lag, err, find)
	}
	if err := Pause(ctx, m.Lag); err != nil {
		return nil, err
	}
	return find(ctx)
}

// unexplained is the error when the server definitely refused to make a thing, and looking for
// the reason failed. This call changed nothing; but the refusal must not be taken for the
// answer, since the thing may exist and be ours.
func unexplained(refused, looking error) error {
	err := provider.Unresolved(refused, looking)
	if e, ok := errors.AsType[*provider.Error](looking); ok {
		err.Kind, err.MaybeExecuted = e.Kind, e.MaybeExecuted
	}
	return err
}

// claim makes sure that a thing that was found is ours.
func (m MakeOrFind[T]) claim(thing *T, outcome provider.Outcome, err error) (*T, provider.Outcome, error) {
	if err == nil && m.Ours != nil {
		err = m.Ours(thing)
	}
	if err != nil {
		return nil, "", err
	}
	return thing, outcome, nil
}
