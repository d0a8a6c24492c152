package provider

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// Payload is JSON whose fields are not documented. It prints only its size, since it may contain
// secrets; use Decode, or Reveal. The zero value is no payload.
type Payload struct{ value hidden[string] }

// NewPayload returns JSON as a Payload. The empty string gives the zero value.
func NewPayload(value string) Payload {
	if value == "" {
		return Payload{}
	}
	return Payload{hide(value)}
}

// IsZero reports whether there is no payload.
func (p Payload) IsZero() bool { return p.value.reveal() == "" }

// Reveal returns the JSON as the server spelled it; "" if there is no payload.
func (p Payload) Reveal() string { return p.value.reveal() }

// Decode reads the payload into what the caller expects of it, as json.Unmarshal does. An object or
// a list inside a JSON string, as some systems send them, is read as well, unless into is a
// *string.
func (p Payload) Decode(into any) error {
	if p.IsZero() {
		return errors.New("the server sent no body")
	}
	inner := []byte(strings.TrimSpace(p.Text()))
	if _, plain := into.(*string); !plain && len(inner) > 0 && (inner[0] == '{' || inner[0] == '[') && json.Valid(inner) {
		return json.Unmarshal(inner, into)
	}
	return json.Unmarshal([]byte(p.Reveal()), into)
}

// Text returns the text of a JSON string; "" if the payload is none.
func (p Payload) Text() string {
	var text string
	if value := p.Reveal(); !strings.HasPrefix(value, `"`) || json.Unmarshal([]byte(value), &text) != nil {
		return ""
	}
	return text
}

// String returns the size.
func (p Payload) String() string { return fmt.Sprintf("[%d bytes of JSON]", len(p.Reveal())) }

// Format prints the size for every verb.
func (p Payload) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, p.String()) }

// LogValue keeps the payload out of logs.
func (p Payload) LogValue() slog.Value { return slog.StringValue(p.String()) }

// MarshalJSON keeps the payload out of JSON that is written by accident.
func (p Payload) MarshalJSON() ([]byte, error) { return json.Marshal(p.String()) }

// UnmarshalJSON keeps the value as it is spelled. null is no payload.
func (p *Payload) UnmarshalJSON(data []byte) error {
	if *p = (Payload{}); string(data) != "null" {
		*p = NewPayload(string(data))
	}
	return nil
}
