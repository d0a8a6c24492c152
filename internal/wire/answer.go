package wire

import (
	"net/netip"
	"reflect"
	"strconv"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// One decodes an answer that is a single value.
type One[T any] struct {
	Options
	Value T
}

// DecodeAnswer implements rest.AnswerDecoder.
func (o *One[T]) DecodeAnswer(a *rest.Answer) error {
	body := rest.Content(a.Body)
	if len(body) == 0 {
		return errNoBody
	}
	return o.Unmarshal(body, &o.Value)
}

// Identity implements rest.Identified.
func (o *One[T]) Identity() rest.Identity { return IdentityOf(&o.Value) }

// IdentityOf returns what the fields tagged "identity" and "name" of a record contain. record is a
// pointer to it; other things than structs have no identity.
func IdentityOf(record any) rest.Identity {
	v := reflect.ValueOf(record)
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return rest.Identity{}
	}
	p := planOf(v.Type())
	var told rest.Identity
	if p.id != nil {
		told.ID = textIn(v, p.id)
	}
	for _, f := range p.names {
		switch text := textIn(v, f); {
		case told.Name == "":
			told.Name = text
		case text != "":
			told.Alias = text
		}
	}
	return told
}

// textIn returns a field as a text; "" if it is zero.
func textIn(v reflect.Value, f *field) string {
	v = v.FieldByIndex(f.index)
	switch {
	case v.IsZero():
		return ""
	case v.CanInt():
		return strconv.FormatInt(v.Int(), 10)
	case v.Type() == typeSecret:
		return v.Interface().(provider.Secret).Reveal()
	case v.Type() == typeAddr:
		return v.Interface().(netip.Addr).String()
	}
	return v.String()
}
