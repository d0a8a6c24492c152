package hostkey

import (
	"encoding/json"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-querystring/query"

	"github.com/provkit/provkit/provider"
)

// encode returns the form of a request, which is a struct with "url" tags as go-querystring reads
// them, or nil, and of the caller's extra fields. A nested struct under `url:"params"` becomes
// params[name]. The form contains the values of secrets.
func encode(a action, req any, extra map[string]any) (url.Values, error) {
	form := make(url.Values)
	if req != nil {
		values, err := query.Values(req)
		if err != nil {
			return nil, a.Refuse("", provider.Problems{"request": "cannot be encoded as a form"})
		}
		form = values
		revealInto(form, reflect.ValueOf(req), "")
	}
	for name, value := range extra {
		if name == "action" || name == "token" || name == "" {
			return nil, a.Refuse("", provider.Problems{"Extra": strconv.Quote(name) + " is set by the client"})
		}
		if problem := flatten(form, name, value); problem != "" {
			return nil, a.Refuse("", provider.Problems{"Extra": problem})
		}
	}
	return form, nil
}

// revealInto adds the values of secrets, which go-querystring cannot see.
func revealInto(form url.Values, v reflect.Value, scope string) {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		if v.IsNil() {
			return
		}
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return
	}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name, words, _ := strings.Cut(field.Tag.Get("url"), ",")
		if name == "-" || !field.IsExported() {
			continue
		}
		if field.Anonymous && name == "" {
			revealInto(form, v.Field(i), scope)
			continue
		}
		if name == "" {
			name = field.Name
		}
		if scope != "" {
			name = scope + "[" + name + "]"
		}
		switch value := v.Field(i).Interface().(type) {
		case provider.Secret:
			if !value.IsZero() || words != "omitempty" {
				form.Set(name, value.Reveal())
			}
		case *provider.Secret:
			if value != nil {
				form.Set(name, value.Reveal())
			}
		case time.Time:
		default:
			revealInto(form, v.Field(i), name)
		}
	}
}

// flatten adds a field of any shape as PHP reads it. The problem is "" unless a form cannot contain
// the value.
func flatten(form url.Values, name string, value any) (problem string) {
	switch v := value.(type) {
	case nil:
		form.Set(name, "")
		return ""
	case provider.Secret:
		form.Set(name, v.Reveal())
		return ""
	case json.Number:
		form.Set(name, v.String())
		return ""
	case bool:
		form.Set(name, map[bool]string{true: "1", false: "0"}[v])
		return ""
	case time.Time:
		form.Set(name, strconv.FormatInt(v.Unix(), 10))
		return ""
	}
	v := reflect.ValueOf(value)
	switch v.Kind() {
	case reflect.String:
		form.Set(name, v.String())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		form.Set(name, strconv.FormatInt(v.Int(), 10))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		form.Set(name, strconv.FormatUint(v.Uint(), 10))
	case reflect.Float32, reflect.Float64:
		form.Set(name, strconv.FormatFloat(v.Float(), 'f', -1, v.Type().Bits()))
	case reflect.Pointer:
		if v.IsNil() {
			form.Set(name, "")
			return ""
		}
		return flatten(form, name, v.Elem().Interface())
	case reflect.Slice, reflect.Array:
		return flattenList(form, name, v)
	case reflect.Map:
		if v.Type().Key().Kind() != reflect.String {
			return strconv.Quote(name) + " is a map whose keys are not strings"
		}
		delete(form, name)
		for _, key := range v.MapKeys() {
			if problem := flatten(form, name+"["+key.String()+"]", v.MapIndex(key).Interface()); problem != "" {
				return problem
			}
		}
	default:
		return strconv.Quote(name) + " is a " + v.Type().String() + ", which a form cannot contain"
	}
	return ""
}

// flattenList repeats "name[]" for plain elements, and numbers those with fields of their own: PHP
// could not see where one of them ends.
func flattenList(form url.Values, name string, v reflect.Value) string {
	delete(form, name+"[]")
	for i := range v.Len() {
		element := v.Index(i).Interface()
		one := make(url.Values)
		if problem := flatten(one, "x", element); problem != "" {
			return strconv.Quote(name) + " has an element that a form cannot contain"
		}
		if plain, ok := one["x"]; ok && len(one) == 1 {
			form.Add(name+"[]", plain[0])
			continue
		}
		if problem := flatten(form, name+"["+strconv.Itoa(i)+"]", element); problem != "" {
			return problem
		}
	}
	return ""
}

// secretsIn returns the secrets among the caller's extra fields.
func secretsIn(extra map[string]any) []provider.Secret {
	var out []provider.Secret
	for _, value := range extra {
		switch v := value.(type) {
		case provider.Secret:
			out = append(out, v)
		case map[string]any:
			out = append(out, secretsIn(v)...)
		}
	}
	return out
}
