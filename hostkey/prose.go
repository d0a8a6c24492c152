package hostkey

import (
	"strings"

	"github.com/provkit/provkit/provider"
)

// Errors are classified by their wording in this file only. Few of them have a code other than -1
// or -2, and those two mean different things in every module: -2 is a rejected token as well as a
// missing right.

// wording is a part of an error text and what it means.
type wording struct {
	part  string
	kind  error
	cause error
}

// wordings of errors at HTTP 200. The first match decides.
var wordings = []wording{
	{"invalid token data", provider.ErrInvalid, nil}, // about a tag's content, not about our token
	{"invalid token", provider.ErrUnauthorized, ErrTokenRejected},
	{"token is invalid", provider.ErrUnauthorized, ErrTokenRejected},
	{"token expired", provider.ErrUnauthorized, ErrTokenRejected},
	{"session expired", provider.ErrUnauthorized, ErrTokenRejected},
	{"invalid hash", provider.ErrUnauthorized, ErrTokenRejected},
	{"authentication required", provider.ErrUnauthorized, ErrTokenRejected},
	{"authentication failed", provider.ErrUnauthorized, ErrTokenRejected},
	{"unauthorized", provider.ErrUnauthorized, ErrTokenRejected},
	{"not authorized", provider.ErrUnauthorized, ErrTokenRejected},
	{"permission denied", provider.ErrForbidden, nil},
	{"access denied", provider.ErrForbidden, nil},
	{"authorization required", provider.ErrForbidden, nil},
	{"not enough funds", provider.ErrQuota, nil},
	{"insufficient funds", provider.ErrQuota, nil},
	{"no appropriate servers", provider.ErrForbidden, ErrNoServers},
	{"there is already an open", provider.ErrAlreadyExists, nil},
	{"already exist", provider.ErrAlreadyExists, nil},
	{"not found", provider.ErrNotFound, nil},
	{"no such", provider.ErrNotFound, nil},
	{"unknown server", provider.ErrNotFound, nil},
	{"server not exist", provider.ErrNotFound, nil},
	{"does not exist", provider.ErrNotFound, nil},
	{"invalid server id", provider.ErrNotFound, nil},
	{"no os found", provider.ErrNotFound, nil},
	{"no software found", provider.ErrNotFound, nil},
	{"is not compatible with", provider.ErrInvalid, nil},
	{"must be specified", provider.ErrInvalid, nil},
	{"missing required", provider.ErrInvalid, nil},
	{"action required", provider.ErrInvalid, nil},
	{"invalid instance name", provider.ErrInvalid, nil},
	{"invalid argument", provider.ErrInvalid, nil},
	{"invalid request", provider.ErrInvalid, nil},
	{"malformed", provider.ErrInvalid, nil},
	{"too long", provider.ErrInvalid, nil},
}

// signInWordings are those of a refused sign-in.
var signInWordings = []wording{
	{"no appropriate servers", provider.ErrForbidden, ErrNoServers},
	{"ip not allowed", provider.ErrIPNotAllowed, nil},
	{"ip is not allowed", provider.ErrIPNotAllowed, nil},
	{"ip address is not allowed", provider.ErrIPNotAllowed, nil},
	{"not allowed ip", provider.ErrIPNotAllowed, nil},
	{"disabled", provider.ErrUnauthorized, ErrKeyDisabled},
	{"inactive", provider.ErrUnauthorized, ErrKeyDisabled},
	{"not active", provider.ErrUnauthorized, ErrKeyDisabled},
	{"key format", provider.ErrUnauthorized, ErrKeyInvalid},
	{"invalid key", provider.ErrUnauthorized, ErrKeyInvalid},
	{"key not found", provider.ErrUnauthorized, ErrKeyInvalid},
	{"key is empty", provider.ErrUnauthorized, ErrKeyInvalid},
	{"empty key", provider.ErrUnauthorized, ErrKeyInvalid},
	{"key empty", provider.ErrUnauthorized, ErrKeyInvalid},
	{"access denied", provider.ErrForbidden, nil},
	{"malformed request", provider.ErrInvalid, nil},
}

func kindOfText(text string) (kind, cause error) { return find(wordings, text) }

func kindOfSignIn(text string) (kind, cause error) { return find(signInWordings, text) }

func find(in []wording, text string) (kind, cause error) {
	text = strings.ToLower(text)
	for _, w := range in {
		if strings.Contains(text, w.part) {
			return w.kind, w.cause
		}
	}
	return nil, nil
}

// isTaskGone reports whether text says "AsyncKey ... not found".
func isTaskGone(text string) bool {
	text = strings.ToLower(text)
	return strings.Contains(text, "key") && strings.Contains(text, "not found")
}
