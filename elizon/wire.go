package elizon

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"reflect"
	"slices"

	"github.com/provkit/provkit/internal/rest"
)

// Payload is JSON of which no document tells the fields. It prints as its size only,
// since it may hold secrets; Decode reads it, and so does a conversion to
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

// object is a JSON object whose values are not read yet.
type object map[string]json.RawMessage

var (
	errNoBody   = errors.New("no body")
	errNoObject = errors.New("not an object")
)

// lacks is the error for an answer without its identity.
type lacks string

func (l lacks) Error() string { return fmt.Sprintf("lacks %q", string(l)) }

// readObject reads the answer's object. Every success says so in a field of its own, as
// the documents have it: from a change nothing less is believed.
func readObject(a *rest.Answer) (object, error) {
	body := rest.Content(a.Body)
	if len(body) == 0 {
		return nil, errNoBody
	}
	if body[0] != '{' {
		if !json.Valid(body) {
			return nil, errors.New("not JSON")
		}
		return nil, errNoObject
	}
	var o object
	if err := json.Unmarshal(body, &o); err != nil {
		return nil, err
	}
	if a.Endpoint.Repeat != rest.Read && !o.yes("success") && !o.yes("ok") {
		return nil, lacks("success")
	}
	return o, nil
}

func (o object) yes(name string) bool { return string(o[name]) == "true" }

// first returns the first value under these names that is not null, and its name; nil and
// the first of the names if there is none.
func (o object) first(names ...string) (json.RawMessage, string) {
	for _, name := range names {
		if raw, ok := o[name]; ok && string(raw) != "null" {
			return raw, name
		}
	}
	return nil, names[0]
}

// one decodes an answer that holds one thing: under one of the names, or beside "success"
// where there are no names.
type one[T any] struct {
	names []string
	out   *T
}

func (d *one[T]) DecodeAnswer(a *rest.Answer) error {
	o, err := readObject(a)
	if err != nil {
		return err
	}
	var raw json.RawMessage
	if len(d.names) > 0 {
		var name string
		if raw, name = o.first(d.names...); raw == nil {
			return lacks(name)
		}
	} else {
		// Where every field may be missing, any object would do.
		if optionalOnly(reflect.TypeFor[T]()) && !o.yes("success") && !o.yes("ok") {
			return lacks("success")
		}
		raw = rest.Content(a.Body)
	}
	out := new(T)
	if err := decode(raw, out); err != nil {
		return err
	}
	d.out = out
	return nil
}

// optionalOnly reports whether a struct has no field that an answer must have.
func optionalOnly(t reflect.Type) bool {
	if t.Kind() != reflect.Struct || reflect.PointerTo(t).Implements(reflect.TypeFor[selfDecoder]()) {
		return false
	}
	return !slices.ContainsFunc(layoutOf(t), func(m member) bool { return m.required || m.embedded })
}

// optional decodes an answer that holds a thing under a name, or null.
type optional[T any] struct {
	name string
	out  *T
}

func (d *optional[T]) DecodeAnswer(a *rest.Answer) error {
	o, err := readObject(a)
	if err != nil {
		return err
	}
	raw, there := o[d.name]
	if !there {
		return lacks(d.name)
	}
	return decode(raw, &d.out)
}

// unread is an answer without documented fields: of a read an object or a list, of a
// change an object that says success, or nothing under 204.
type unread struct{ data Payload }

func (d *unread) DecodeAnswer(a *rest.Answer) error {
	if a.Endpoint.Repeat == rest.Read {
		body, err := a.Structure()
		d.data = body
		return err
	}
	body := rest.Content(a.Body)
	if len(body) == 0 && a.Status == statusNoContent {
		return nil
	}
	if _, err := readObject(a); err != nil {
		return err
	}
	d.data = Payload(bytes.Clone(body))
	return nil
}
