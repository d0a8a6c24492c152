package hostkey

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/provkit/provkit/internal/rest"
)

// Payload is JSON of which no source tells the fields. It prints as its size only,
// since it may hold keys and passwords; Decode reads it, and so does a conversion to
// json.RawMessage.
type Payload json.RawMessage

// Decode reads the payload into what the caller expects of it, as json.Unmarshal does.
// JSON that stands inside a JSON string, as some modules send it, is read as well,
// unless into is a *string.
func (p Payload) Decode(into any) error {
	if len(p) == 0 {
		return errors.New("the server sent nothing")
	}
	if _, plain := into.(*string); !plain && p[0] == '"' {
		var inner string
		if err := json.Unmarshal(p, &inner); err == nil && json.Valid([]byte(inner)) {
			return json.Unmarshal([]byte(inner), into)
		}
	}
	return json.Unmarshal(p, into)
}

// Text is the payload's text if it is a JSON string, else "".
func (p Payload) Text() string {
	var t string
	if len(p) == 0 || p[0] != '"' || json.Unmarshal(p, &t) != nil {
		return ""
	}
	return t
}

// String tells the size.
func (p Payload) String() string { return fmt.Sprintf("[%d bytes of JSON]", len(p)) }

// Format prints the size under every verb.
func (p Payload) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, p.String()) }

// LogValue keeps the payload out of logs.
func (p Payload) LogValue() slog.Value { return slog.StringValue(p.String()) }

// MarshalJSON keeps it out of JSON that is written by accident.
func (p Payload) MarshalJSON() ([]byte, error) { return json.Marshal(p.String()) }

// payload decodes an undocumented answer: an object or a list.
type payload struct{ data Payload }

func (p *payload) DecodeAnswer(a *rest.Answer) error {
	body, err := a.Structure()
	p.data = body
	return err
}

// raw keeps a field of an answer as it is; null is none.
type raw struct{ Payload }

func (r *raw) UnmarshalJSON(data []byte) error {
	r.Payload = nil
	if string(data) != "null" {
		r.Payload = Payload(bytes.Clone(data))
	}
	return nil
}
