package wire

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/provkit/provkit/provider"
)

// Encoder turns a request into the fields of a JSON object, by the tags of its type. Zero values
// are left out, except behind a pointer. Secrets are revealed here and nowhere else, and collected
// so that no error shows them.
type Encoder struct {
	Secrets  []provider.Secret
	Problems provider.Problems
}

// Write registers a function that writes values of a type. It returns what goes into the body, or
// what is wrong with the value. See Read.
func Write[T any](write func(T) (value any, problem string)) bool {
	codecs.mu.Lock()
	defer codecs.mu.Unlock()
	if codecs.writers == nil {
		codecs.writers = make(map[reflect.Type]func(any) (any, string))
	}
	codecs.writers[reflect.TypeFor[T]()] = func(v any) (any, string) { return write(v.(T)) }
	return true
}

// Fields returns the fields of a request, a pointer to a struct.
func (e *Encoder) Fields(request any) map[string]any {
	fields := make(map[string]any)
	e.fields(reflect.ValueOf(request).Elem(), "", fields)
	return fields
}

// fields adds the fields of a struct to into. path names the struct in problems.
func (e *Encoder) fields(v reflect.Value, path string, into map[string]any) {
	for _, f := range planOf(v.Type()).fields {
		field, at := v.FieldByIndex(f.index), join(path, f.goName)
		switch {
		case f.extra:
			for name, value := range field.Seq2() {
				into[name.String()] = value.Interface()
			}
			continue
		case (f.required || f.due || f.positive) && blank(field):
			e.Problems.Add(at, "required")
			continue
		case f.always:
		case field.IsZero(), field.Kind() == reflect.Slice && field.Len() == 0:
			continue
		}
		value, known := e.value(field, at, f.date)
		if known || f.always {
			put(into, f.names[0].path, value)
		}
	}
}

// put stores a value, in an inner object if the name has a dot.
func put(fields map[string]any, path string, value any) {
	for {
		name, rest, deeper := strings.Cut(path, ".")
		if !deeper {
			fields[name] = value
			return
		}
		inner, ok := fields[name].(map[string]any)
		if !ok {
			inner = make(map[string]any)
			fields[name] = inner
		}
		fields, path = inner, rest
	}
}

func blank(v reflect.Value) bool {
	if v.Type() == typeSecret {
		return strings.TrimSpace(v.Interface().(provider.Secret).Reveal()) == ""
	}
	switch v.Kind() {
	case reflect.String:
		return strings.TrimSpace(v.String()) == ""
	case reflect.Slice, reflect.Map:
		return v.Len() == 0
	}
	return v.IsZero()
}

// value returns what goes into the body; false for nothing.
func (e *Encoder) value(v reflect.Value, at string, date bool) (any, bool) {
	codecs.mu.RLock()
	write := codecs.writers[v.Type()]
	codecs.mu.RUnlock()
	if write != nil {
		value, problem := write(v.Interface())
		if problem != "" {
			e.Problems.Add(at, "%s", problem)
		}
		return value, problem == ""
	}
	switch v.Type() {
	case typeSecret:
		secret := v.Interface().(provider.Secret)
		e.Secrets = append(e.Secrets, secret)
		return secret.Reveal(), true
	case typeTime:
		switch t := v.Interface().(time.Time); {
		case t.IsZero(): // a pointer to it clears a date
			return nil, true
		case date:
			return t.Format(time.DateOnly), true
		default:
			return t.UTC().Format(time.RFC3339), true
		}
	case typePayload:
		return json.RawMessage(v.Interface().(provider.Payload).Reveal()), true
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil, false
		}
		return e.value(v.Elem(), at, date)
	case reflect.Struct:
		inner := make(map[string]any)
		e.fields(v, at, inner)
		return inner, true
	case reflect.Slice:
		list := make([]any, v.Len())
		for i := range list {
			list[i], _ = e.value(v.Index(i), fmt.Sprintf("%s[%d]", at, i), date)
		}
		return list, true
	}
	return v.Interface(), true
}
