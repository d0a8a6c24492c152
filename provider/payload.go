package provider

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// Payload is JSON whose fields no document describes. It prints as its size only, since it
// may contain secrets; Decode reads it, and so does a conversion to json.RawMessage.
type Payload json.RawMessage

// Decode reads the payload into what the caller expects of it, as json.Unmarshal does.
// JSON inside a JSON string, as some systems send it, is read as well where a string
// itself would not fit.
func (p Payload) Decode(into any) error {
	if len(p) == 0 {
		return errors.New("the server sent no body")
	}
	err := json.Unmarshal(p, into)
	if inner := p.Text(); err != nil && json.Valid([]byte(inner)) {
		return json.Unmarshal([]byte(inner), into)
	}
	return err
}

// Text returns the payload's text if it is a JSON string, else "".
func (p Payload) Text() string {
	var text string
	if len(p) == 0 || p[0] != '"' || json.Unmarshal(p, &text) != nil {
		return ""
	}
	return text
}

// String returns the size.
func (p Payload) String() string { return fmt.Sprintf("[%d bytes of JSON]", len(p)) }

// Format prints the size under every verb.
func (p Payload) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, p.String()) }

// LogValue keeps the payload out of logs.
func (p Payload) LogValue() slog.Value { return slog.StringValue(p.String()) }

// MarshalJSON keeps the payload out of JSON that is written by accident.
func (p Payload) MarshalJSON() ([]byte, error) { return json.Marshal(p.String()) }

// UnmarshalJSON keeps a value as it is spelled; null is none.
func (p *Payload) UnmarshalJSON(data []byte) error {
	if *p = nil; string(data) != "null" {
		*p = bytes.Clone(data)
	}
	return nil
}
