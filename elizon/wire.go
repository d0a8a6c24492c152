package elizon

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// envelope is the field of every answer that only says that the call succeeded.
const envelope = "success"

// decode reads JSON into one of our types.
func decode(raw []byte, out any) error {
	return wire.Options{Envelope: []string{envelope}}.Unmarshal(raw, out)
}

// object is a JSON object whose values are not decoded yet.
type object map[string]json.RawMessage

var (
	errNoBody   = errors.New("no body")
	errNoObject = errors.New("not an object")
)

// readObject reads the answer's object. According to the documents, every success says so in a
// field of its own: the answer to a change must have it.
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
	if a.Endpoint.Effect != rest.Read && !o.yes(envelope) && !o.yes("ok") {
		return nil, wire.Lacks(envelope)
	}
	return o, nil
}

func (o object) yes(name string) bool { return string(o[name]) == "true" }

// first returns the first value under these names that is not null, and its name; nil and the first
// of the names if there is none.
func (o object) first(names ...string) (json.RawMessage, string) {
	for _, name := range names {
		if raw, ok := o[name]; ok && string(raw) != "null" {
			return raw, name
		}
	}
	return nil, names[0]
}

// one decodes an answer that contains one thing: under one of the names, or next to "success" if
// there are no names.
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
			return wire.Lacks(name)
		}
	} else {
		// If every field may be missing, any object would pass.
		if !wire.Demanding(reflect.TypeFor[T]()) && !o.yes(envelope) && !o.yes("ok") {
			return wire.Lacks(envelope)
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

// optional decodes an answer that contains a thing under a name, or null.
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
		return wire.Lacks(d.name)
	}
	return decode(raw, &d.out)
}

// unread is an answer without documented fields. A read answers with an object or a list, a change
// with an object that says success, or with nothing under status 204.
type unread struct{ data provider.Payload }

func (d *unread) DecodeAnswer(a *rest.Answer) error {
	if a.Endpoint.Effect == rest.Read {
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
	d.data = bytes.Clone(body)
	return nil
}
