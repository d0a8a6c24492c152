package provider

import (
	"fmt"
	"io"
	"log/slog"
	"unique"
)

const redacted = "[redacted]"

// Secret is a value that must not be seen: a key, a password, a token, a sign-on URL. Make one with
// NewSecret. It prints as "[redacted]" with fmt and slog, and cannot be marshalled, so that a
// forgotten log line or a queue cannot leak it. Only Reveal returns the value. The zero value is no
// secret, and prints as the empty string.
//
// Secrets can be compared with ==, and used as keys of a map.
type Secret struct {
	// fmt prints the fields of a struct without asking its methods when a verb does not fit, or when
	// the struct is an unexported field. It prints a pointer to a string as an address, and so does
	// every handle of package unique, which is one. Equal values have equal handles.
	value unique.Handle[string]
}

// NewSecret returns a Secret. The empty string gives the zero value.
func NewSecret(value string) Secret {
	if value == "" {
		return Secret{}
	}
	return Secret{unique.Make(value)}
}

// IsZero reports whether there is no secret.
func (s Secret) IsZero() bool { return s == Secret{} }

// Reveal returns the value. Call it where the value is used, not before.
func (s Secret) Reveal() string {
	if s.IsZero() {
		return ""
	}
	return s.value.Value()
}

// String returns "[redacted]", or "" for the zero value.
func (s Secret) String() string {
	if s.IsZero() {
		return ""
	}
	return redacted
}

// GoString is String, for %#v.
func (s Secret) GoString() string { return `provider.NewSecret("` + s.String() + `")` }

// Format prints the redacted text for every verb.
func (s Secret) Format(f fmt.State, verb rune) {
	text := s.String()
	if verb == 'v' && f.Flag('#') {
		text = s.GoString()
	}
	_, _ = io.WriteString(f, text)
}

// LogValue keeps the value out of logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// errMarshal is the error of encoding a Secret.
var errMarshal = fmt.Errorf("provider: a Secret is not encoded: store a reference to it, such as its name in your vault, or call Reveal where the value is sent: %w", ErrInvalid)

// MarshalText returns an error: what is encoded by accident, in a queue or a log, would either show
// the value or replace it. The zero value is encoded as the empty text.
func (s Secret) MarshalText() ([]byte, error) {
	if s.IsZero() {
		return nil, nil
	}
	return nil, errMarshal
}

// UnmarshalText takes the text as the value, so that a configuration can contain a Secret.
func (s *Secret) UnmarshalText(text []byte) error {
	*s = NewSecret(string(text))
	return nil
}
