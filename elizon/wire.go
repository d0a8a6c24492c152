package elizon

import (
	"errors"
	"reflect"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// envelope is the field of every answer that only says that the call succeeded. A few answers have okay
// instead.
const envelope, okay = "success", "ok"

// decode reads JSON into one of our types.
func decode(raw []byte, out any) error {
	return wire.Options{Envelope: []string{envelope, okay}}.Unmarshal(raw, out)
}

// object is some of the fields of a JSON object, not decoded yet.
type object map[string][]byte

var (
	errNoBody = errors.New("no body")
	errRead   = errors.New("it is a service, not the result of an action")
)

// readObject reads some fields of the answer's object. According to the documents, every success says
// so in a field of its own: the answer to a change must have it.
func readObject(a *rest.Answer, names ...string) (object, error) {
	body := rest.Content(a.Body)
	if len(body) == 0 {
		return nil, errNoBody
	}
	fields, err := wire.Pick(body, append([]string{envelope, okay}, names...)...)
	o := object(fields)
	if err == nil && a.Endpoint.Effect != rest.Read && !o.succeeded() {
		err = wire.Lacks(envelope)
	}
	return o, err
}

func (o object) yes(name string) bool { return string(o[name]) == "true" }

func (o object) succeeded() bool { return o.yes(envelope) || o.yes(okay) }

// first returns the first value under these names that is not null, and its name; nil and the first
// of the names if there is none.
func (o object) first(names ...string) ([]byte, string) {
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
	o, err := readObject(a, d.names...)
	if err != nil {
		return err
	}
	var raw []byte
	if len(d.names) > 0 {
		var name string
		if raw, name = o.first(d.names...); raw == nil {
			return wire.Lacks(name)
		}
	} else {
		// If every field may be missing, any object would pass.
		if !wire.Demanding(reflect.TypeFor[T]()) && !o.succeeded() {
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

// Identity implements rest.Identified.
func (d *one[T]) Identity() rest.Identity { return wire.IdentityOf(d.out) }

// optional decodes an answer that contains a thing under a name, or null.
type optional[T any] struct {
	name string
	out  *T
}

func (d *optional[T]) DecodeAnswer(a *rest.Answer) error {
	o, err := readObject(a, d.name)
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
// with an object that says success.
type unread struct{ data provider.Payload }

func (d *unread) DecodeAnswer(a *rest.Answer) error {
	if a.Endpoint.Effect == rest.Read {
		var err error
		d.data, err = a.Structure()
		return err
	}
	if _, err := readObject(a); err != nil {
		return err
	}
	d.data = provider.NewPayload(string(rest.Content(a.Body)))
	return nil
}

// action is the answer to an action on a service. The vendor's programs know success, message, status
// and data: an answer that shows the service, or its view, is that of a read.
type action struct{ one[ActionResult] }

func (d *action) DecodeAnswer(a *rest.Answer) error {
	o, err := readObject(a, "server", "service", "layout")
	if shown, _ := o.first("server", "service", "layout"); len(shown) > 0 && shown[0] == '{' {
		return errRead
	}
	if err != nil {
		return err
	}
	return d.one.DecodeAnswer(a)
}
