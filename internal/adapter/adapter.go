// Package adapter is what the adapters of all vendors have in common: how a Create of
// several steps is run and undone, how errors of a client's calls become errors of the
// portable verbs, how a connection test is written down.
package adapter

import (
	"errors"
	"fmt"
	"net/mail"
	"strings"

	"github.com/provkit/provkit/provider"
)

// Named puts the portable verb in front of an error instead of the call that failed:
// the reader asked for the verb.
func InVerb(kind string, err error, action string) error {
	var e *provider.Error
	if !errors.As(err, &e) || action == "" {
		return err
	}
	named := *e
	named.Provider, named.Action = kind, action
	return &named
}

// Refused reports whether a server refused a change for what was in it, so that looking
// may tell why.
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

// NotFound is the error of a search that found nothing.
func NotFound(kind, action string) error {
	return &provider.Error{Provider: kind, Action: action, Kind: provider.ErrNotFound, Message: "nothing matches"}
}

// QueryText describes a query for errors.
func QueryText(q provider.Query) string {
	var parts []string
	for _, part := range [][2]string{{"user", q.Username}, {"reference", q.Reference}, {"e-mail", q.Email}, {"domain", q.Domain}} {
		if part[1] != "" {
			parts = append(parts, fmt.Sprintf("%s %q", part[0], part[1]))
		}
	}
	return strings.Join(parts, ", ")
}

// Matches holds an account against everything in a query but the domain.
func Matches(a *provider.Account, q provider.Query) bool {
	return (q.Username == "" || strings.EqualFold(a.Username, q.Username)) &&
		(q.Email == "" || strings.EqualFold(a.Email, q.Email)) &&
		(q.Reference == "" || a.Reference == q.Reference)
}

// Clip shortens a caller's text for an error.
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
