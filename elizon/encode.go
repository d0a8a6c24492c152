package elizon

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/provkit/provkit/provider"
)

// encoder turns a request into the fields of a JSON object, by the tags that decode.go
// explains. Zero values are left out, unless a pointer says that they are meant. Secrets
// are revealed here and nowhere else, and remembered so that no error shows them.
type encoder struct {
	secrets  []string
	problems provider.Problems
}

// fields reads a struct. path names it in problems.
func (e *encoder) fields(v reflect.Value, path string, into map[string]any) {
	members := layoutOf(v.Type())
	for i := range members {
		m := &members[i]
		field := v.Field(m.index)
		at := join(path, m.goName)
		switch {
		case m.embedded:
			e.fields(field, path, into)
			continue
		case m.extra:
			for name, value := range field.Seq2() {
				into[name.String()] = value.Interface()
			}
			continue
		case (m.required || m.due) && blank(field):
			e.problems.Add(at, "required")
			continue
		case field.IsZero() && !m.always:
			continue
		case field.Kind() == reflect.Slice && field.Len() == 0 && !m.always:
			continue
		}
		if value := e.value(field, at); value != nil || m.always {
			into[m.names[0]] = value
		}
	}
}

func blank(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String:
		return strings.TrimSpace(v.String()) == ""
	case reflect.Slice, reflect.Map:
		return v.Len() == 0
	}
	return v.IsZero()
}

func (e *encoder) value(v reflect.Value, at string) any {
	switch v.Type() {
	case typeSecret:
		e.secrets = append(e.secrets, v.String())
		return v.String()
	case typeEUR:
		amount := EUR(v.String())
		if !amount.Valid() {
			e.problems.Add(at, `must be an amount such as "12.99"`)
			return nil
		}
		return json.Number(amount)
	case typeTime:
		return v.Interface().(time.Time).UTC().Format(time.RFC3339)
	case typePayload:
		return json.RawMessage(v.Bytes())
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return e.value(v.Elem(), at)
	case reflect.Struct:
		inner := make(map[string]any)
		e.fields(v, at, inner)
		return inner
	case reflect.Slice:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = e.value(v.Index(i), fmt.Sprintf("%s[%d]", at, i))
		}
		return list
	}
	return v.Interface()
}
