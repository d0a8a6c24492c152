package licenseserver

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/provkit/provkit/internal/lenient"
	"github.com/provkit/provkit/internal/rest"
)

// The server's answers spell these in more than the documented way.
type (
	text      = lenient.Text
	number    = lenient.Number
	timestamp = lenient.Time
)

func missingID(id number, name string) string {
	if id <= 0 {
		return name
	}
	return ""
}

// Payload is JSON of which no document tells the fields. It prints as its size only,
// since it may hold license keys; Decode reads it, and so does a conversion to
// json.RawMessage.
type Payload json.RawMessage

// Decode reads the payload into what the caller expects of it, as json.Unmarshal does.
func (p Payload) Decode(into any) error {
	if len(p) == 0 {
		return errors.New("the server sent no body")
	}
	return json.Unmarshal(p, into)
}

// String tells the size.
func (p Payload) String() string { return fmt.Sprintf("[%d bytes of JSON]", len(p)) }

// Format prints the size under every verb.
func (p Payload) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, p.String()) }

// LogValue keeps the payload out of logs.
func (p Payload) LogValue() slog.Value { return slog.StringValue(p.String()) }

// MarshalJSON keeps it out of JSON that is written by accident.
func (p Payload) MarshalJSON() ([]byte, error) { return json.Marshal(p.String()) }

// payload decodes an undocumented answer: of a read an object or a list, of a change
// any JSON or nothing.
type payload struct{ data Payload }

func (p *payload) DecodeAnswer(a *rest.Answer) error {
	if a.Endpoint.Effect == rest.Read || a.Endpoint == sessionsEnd.Endpoint {
		body, err := a.Structure()
		p.data = body
		return err
	}
	body := rest.Content(a.Body)
	if len(body) == 0 {
		return nil
	}
	if !json.Valid(body) {
		return errors.New("not JSON")
	}
	p.data = bytes.Clone(body)
	return nil
}

// envelope is an object that holds a list under a name, and what says whether more
// is to come.
type envelope[W any, P interface {
	*W
	rest.Identified
}] struct {
	name  string
	rows  []W
	found bool
	tail  struct {
		Total      *number `json:"total"`
		Pagination struct {
			More bool `json:"more"`
		} `json:"pagination"`
	}
}

func (e *envelope[W, P]) UnmarshalJSON(data []byte) error {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		return err
	}
	raw := all[e.name]
	if len(raw) == 0 || raw[0] != '[' {
		return nil
	}
	e.found = true
	if err := json.Unmarshal(raw, &e.rows); err != nil {
		return err
	}
	return json.Unmarshal(data, &e.tail)
}

func (e *envelope[W, P]) Missing() string {
	if !e.found {
		return e.name
	}
	for i := range e.rows {
		if name := P(&e.rows[i]).Missing(); name != "" {
			return e.name + "." + name
		}
	}
	return ""
}

// receiptWire is {"success", "message"}; classify has seen to it that success is not
// false.
type receiptWire struct {
	Success *bool `json:"success"`
	Message text  `json:"message"`
}

func (w *receiptWire) Missing() string {
	if w.Success == nil {
		return "success"
	}
	return ""
}
