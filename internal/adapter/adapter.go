// Package adapter is what the adapters of all vendors have in common: the portable verbs on
// one account (Accounts), making a thing once (MakeOrFind), the steps of a Create and their
// undoing (Steps), one caller at a time (Turn), connection tests (Report), searching by
// rising ID (Prober).
package adapter

import (
	"context"
	"errors"

	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// InVerb puts the portable verb in front of an error instead of the call that failed: the
// verb is what the reader asked for.
func InVerb(kind string, err error, action string) error {
	var e *provider.Error
	if !errors.As(err, &e) || action == "" {
		return err
	}
	named := *e
	named.Provider, named.Action = kind, action
	// Adapters quote what the server says of an account: names, domains, references.
	var c *words.Cleaner
	named.Message, named.Code, named.Fields = c.Line(e.Message, words.MaxSaid), c.Code(e.Code), c.Fields(e.Fields)
	return &named
}

// Shorten shortens a text for an error, which quotes it with %q.
func Shorten(s string) string { return words.Shorten(s, 40) }

// Refused reports whether a server refused a change for what was in it, so that looking may
// show why.
func Refused(err error) bool {
	if errors.Is(err, provider.ErrOutcomeUnknown) {
		return false
	}
	for _, kind := range []error{provider.ErrInvalid, provider.ErrConflict, provider.ErrAlreadyExists, provider.ErrNotFound} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// Interrupted is the error of a verb whose caller's context may have ended. If the server has accepted
// a change before that, nobody has seen what came of it, so that the error matches
// provider.ErrOutcomeUnknown, whatever call was interrupted.
func Interrupted(ctx context.Context, changed bool, err error) error {
	if !changed || ctx.Err() == nil {
		return err
	}
	return provider.MaybeMade(err)
}
