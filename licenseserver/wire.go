package licenseserver

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/rest"
)

// timestamp reads the documented times ("2006-01-02T15:04:05Z"), dates alone, and
// times without a zone, which count as UTC. What cannot be read is the zero time: an
// odd date must not make a license unreadable.
type timestamp struct{ time.Time }

var timeLayouts = [...]string{time.RFC3339, time.DateOnly, "2006-01-02T15:04:05", time.DateTime, "2006-01-02T15:04:05-0700", time.RFC1123}

func (t *timestamp) UnmarshalJSON(data []byte) error {
	t.Time = time.Time{}
	if len(data) < 2 || data[0] != '"' {
		return nil
	}
	text := string(data[1 : len(data)-1])
	for _, layout := range timeLayouts {
		if parsed, err := time.Parse(layout, text); err == nil {
			t.Time = parsed
			return nil
		}
	}
	return nil
}

// text reads a string, also where a number or a bool stands for it.
type text string

func (t *text) UnmarshalJSON(data []byte) error {
	*t = ""
	if len(data) > 1 && data[0] == '"' {
		return json.Unmarshal(data, (*string)(t))
	}
	if s := string(data); s != "null" && data[0] != '{' && data[0] != '[' {
		*t = text(s)
	}
	return nil
}

// number reads an integer, also as a string or with a fraction of zero; null is 0.
type number int64

func (n *number) UnmarshalJSON(data []byte) error {
	*n = 0
	var t text
	if err := t.UnmarshalJSON(data); err != nil {
		return err
	}
	if t == "" && (string(data) == "null" || string(data) == `""`) {
		return nil
	}
	whole, fraction, _ := strings.Cut(string(t), ".")
	v, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || strings.Trim(fraction, "0") != "" {
		return &json.UnmarshalTypeError{Value: "value", Type: reflect.TypeFor[int64](), Field: "number"}
	}
	*n = number(v)
	return nil
}

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
	body := bytes.TrimSpace(bytes.TrimPrefix(a.Body, []byte("\xef\xbb\xbf")))
	if a.Endpoint.Repeat == rest.Read || a.Endpoint == sessionsEnd.Endpoint {
		switch {
		case len(body) == 0:
			return errors.New("no body")
		case body[0] != '{' && body[0] != '[':
			return errors.New("neither an object nor a list")
		}
	}
	if len(body) == 0 {
		return nil
	}
	if !json.Valid(body) {
		return errors.New("not JSON")
	}
	p.data = Payload(bytes.Clone(body))
	return nil
}

// extras are the fields of an object beyond the known ones, nil if there are none.
func extras(data []byte, known ...string) (map[string]Payload, error) {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, err
	}
	for _, name := range known {
		delete(all, name)
	}
	if len(all) == 0 {
		return nil, nil
	}
	more := make(map[string]Payload, len(all))
	for name, value := range all {
		more[name] = Payload(bytes.Clone(value))
	}
	return more, nil
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
