package provider

import (
	"context"
	"errors"
	"slices"
	"time"
)

// kind is an error that Code names and Retryable knows.
type kind struct {
	err  error
	code string
	// again is set if a later call may succeed with nothing changed about the order; after is how long to
	// wait first, if the server did not say.
	again bool
	after time.Duration
	// server is set if it is about the server or our access to it, and not about one account.
	server bool
}

var kinds = []kind{
	// The first that matches counts: an unknown outcome hides what else an error is.
	{ErrOutcomeUnknown, "outcome_unknown", true, 0, false}, // the call finds out
	{ErrInvalid, "invalid", false, 0, false},
	{ErrUnauthorized, "unauthorized", true, repair, true},
	{ErrIPNotAllowed, "ip_not_allowed", true, repair, true},
	{ErrForbidden, "forbidden", true, repair, false},
	{ErrNotFound, "not_found", false, 0, false},
	{ErrAlreadyExists, "already_exists", false, 0, false},
	{ErrConflict, "conflict", true, change, false},
	{ErrInUse, "in_use", true, change, false},
	{ErrQuota, "quota", true, repair, false},
	{ErrRateLimited, "rate_limited", true, 0, true},
	{ErrUnavailable, "unavailable", true, 0, true},
	{ErrUnsupported, "unsupported", false, 0, false},
	{ErrProtocol, "protocol", true, 0, false},
	{context.Canceled, "canceled", true, 0, false},
	{context.DeadlineExceeded, "deadline_exceeded", true, 0, false},
}

// other is the Code of what is none of the Err values.
const other = "other"

const (
	// repair is how long a person takes to renew a key, raise a limit or top up a balance.
	repair = 15 * time.Minute
	// change is how long a task of the system takes to end, that stands in the way.
	change = 5 * time.Minute
)

// Code returns a short stable text for what an error is, for a column of a table, a metric or a rule of an
// engine: "not_found" for ErrNotFound, "outcome_unknown", "rate_limited" and so on; "canceled" and
// "deadline_exceeded" for a context's. It is "" for nil and "other" for an error that is none of these. An
// error whose change may have been made is "outcome_unknown" whatever else it is. Error.Code is something
// else: the vendor's.
func Code(err error) string {
	if err == nil {
		return ""
	}
	for _, k := range kinds {
		if errors.Is(err, k.err) {
			return k.code
		}
	}
	return other
}

// FromCode returns the Err value or the context's error that Code names so; nil for any other text.
func FromCode(code string) error {
	for _, k := range kinds {
		if k.code == code {
			return k.err
		}
	}
	return nil
}

// Retryable reports whether the same call of a verb may succeed later with nothing changed about the order,
// and how long to wait at least: what the server asked for, or what somebody takes to repair the cause; 0
// leaves it to the caller's own growing waits. It is false for nil, for what only another order heals
// (ErrInvalid, ErrNotFound, ErrAlreadyExists, ErrUnsupported), and for what a person has to decide
// (Error.Undecided). It is about the verbs of a Provider, which look before they repeat: a call of a client
// that ended in ErrOutcomeUnknown is not to be sent again blindly.
func Retryable(err error) (after time.Duration, ok bool) {
	i := slices.IndexFunc(kinds, func(k kind) bool { return errors.Is(err, k.err) })
	var e *Error
	if errors.As(err, &e) && e.Undecided != nil || i < 0 || !kinds[i].again {
		return 0, false
	}
	after = kinds[i].after
	if e != nil {
		after = max(after, e.RetryAfter)
	}
	return after, true
}

// ServerKind returns the Err value by which an error is about the server or our access to it, so that calls
// about its other accounts would end alike: ErrUnauthorized, ErrIPNotAllowed, ErrRateLimited or
// ErrUnavailable. It is nil for nil, and for all that may be about one account only.
func ServerKind(err error) error {
	for _, k := range kinds {
		if k.server && errors.Is(err, k.err) {
			return k.err
		}
	}
	return nil
}
