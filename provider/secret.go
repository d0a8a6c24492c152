package provider

import (
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// Secret is a value that must not be seen: a key, a password, a token, a sign-on URL. It prints as
// "[redacted]" with fmt and slog and in JSON, so that a forgotten log line cannot leak it. Only
// Reveal, or a conversion to string, returns the value. The zero value is no secret, and prints as
// the empty string.
//
// fmt cannot call methods of unexported struct fields: a type that keeps a Secret for long should
// keep it in a function or behind a pointer.
type Secret string

// Reveal returns the value. Call it where the value is used, not before.
func (s Secret) Reveal() string { return string(s) }

// String returns "[redacted]", or "" for the zero value.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// GoString is String, for %#v.
func (s Secret) GoString() string { return `provider.Secret("` + s.String() + `")` }

// Format prints the redacted text for every verb: without it, %x and %q would print the bytes.
func (s Secret) Format(f fmt.State, verb rune) {
	text := s.String()
	if verb == 'v' && f.Flag('#') {
		text = s.GoString()
	}
	_, _ = io.WriteString(f, text)
}

// LogValue keeps the value out of logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText returns the redacted text: a Secret that is encoded by accident, in a configuration
// that is saved or a struct that is logged as JSON, leaks nothing. Code that sends a secret calls
// Reveal; a client refuses a body with a redacted one.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText takes the text as the value, so that a configuration can contain a Secret.
func (s *Secret) UnmarshalText(text []byte) error {
	*s = Secret(text)
	return nil
}
