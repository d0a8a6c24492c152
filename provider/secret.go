package provider

import (
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// Secret is a value that must not be seen: a key, a password, a token, a
// sign-on URL. It prints as "[redacted]" under the fmt verbs for values, in slog and
// as a JSON value, so that a forgotten log line cannot leak it. Only Reveal (or an explicit
// conversion to string) gives the value. The zero value is no secret at all and
// prints as the empty string.
//
// fmt cannot call methods on unexported struct fields: a type that holds a
// Secret for long keeps it behind a function or a pointer.
type Secret string

// Reveal returns the value itself. Call it where the value is used, not before.
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

// Format prints the redacted text under every verb: without it, %x and %q would
// reach the bytes.
func (s Secret) Format(f fmt.State, verb rune) {
	text := s.String()
	if verb == 'v' && f.Flag('#') {
		text = s.GoString()
	}
	_, _ = io.WriteString(f, text)
}

// LogValue keeps the value out of structured logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText prints the redacted text: a Secret that is encoded by accident
// (a config written back, a struct logged as JSON) leaks nothing. Code that
// sends a secret over the wire calls Reveal; a client refuses a body that holds an
// unrevealed one.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText takes the value as it stands, so that a Secret can be read
// from a configuration.
func (s *Secret) UnmarshalText(text []byte) error {
	*s = Secret(text)
	return nil
}
