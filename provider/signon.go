package provider

import (
	"net/netip"
	"time"
)

// SignOnKind is what a SignOn opens.
type SignOnKind string

// The kinds of sign-on.
const (
	// SignOnSession: a one-time link into the customer's panel.
	SignOnSession SignOnKind = "session"
	// SignOnConsole: the console of a machine.
	SignOnConsole SignOnKind = "console"
	// SignOnToken: a token for a program that knows where to present it.
	SignOnToken SignOnKind = "token"
	// SignOnPlain: the login page, where the API has no sign-on. The customer still enters a
	// password.
	SignOnPlain SignOnKind = "plain"
	// SignOnReset: a link with which the customer chooses a new password.
	SignOnReset SignOnKind = "reset"
)

// SignOnRequest asks for a way into an account.
type SignOnRequest struct {
	// AccountID is the account to open. Required.
	AccountID string
	// ClientIP is the address of the customer's browser, for systems that bind the link to it.
	// Optional.
	ClientIP netip.Addr
	// Kind asks for one of several kinds; "" is the system's default.
	Kind SignOnKind
}

// SignOn opens an account without its password. Request it when the customer clicks; do not store,
// cache or log it.
type SignOn struct {
	Kind SignOnKind
	// URL to send the browser to; "" for SignOnToken.
	URL Secret
	// Token for SignOnToken; for SignOnPlain the password, where the API tells it.
	Token Secret
	// Username is who to sign in as with SignOnPlain; "" where the API does not tell.
	Username string
	// Method is "GET", or "POST" when Form must be posted to URL.
	Method string
	// Form contains the fields to post.
	Form map[string]Secret
	// ExpiresAt is zero where the API does not report it.
	ExpiresAt time.Time
	// BoundTo is the only address that may use it; the zero value is any address.
	BoundTo netip.Addr
}
