// Package adapter is what the adapters of all vendors have in common: the portable verbs on
// one account (Accounts), making a thing once (MakeOrFind), the steps of a Create and their
// undoing (Steps), one caller at a time (Turn), connection tests (Report), searching by
// rising ID (Prober).
package adapter

import (
	"errors"
	"fmt"
	"net/mail"
	"strings"

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
	return &named
}

// Shorten shortens a caller's text for an error.
func Shorten(s string) string {
	if len(s) > 40 {
		return strings.ToValidUTF8(s[:40], "") + "..."
	}
	return s
}

// EmailProblem returns why an address cannot be one, or "".
func EmailProblem(address string) string {
	if address == "" {
		return "required"
	}
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Address != address {
		return fmt.Sprintf("%q is not an e-mail address", Shorten(address))
	}
	return ""
}
