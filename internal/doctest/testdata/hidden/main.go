// Command hidden fills every Secret, Payload, RawResponse and any of the types in types.go with a
// canary, and reports whatever shows it: see TestSecretsAreHidden. It also reports what says a
// hostile text as it is.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unsafe"

	"github.com/provkit/provkit/provider"
)

const canary = "canary-0f8e7d"

// secrets are what hides a value. What is an any, such as a field that a caller adds to a request,
// gets a Secret: whoever gives one has it hidden.
var secrets = map[reflect.Type]any{
	reflect.TypeFor[provider.Secret]():      provider.NewSecret(canary),
	reflect.TypeFor[provider.Payload]():     provider.NewPayload(`"` + canary + `"`),
	reflect.TypeFor[provider.RawResponse](): provider.NewRawResponse(200, http.Header{"Set-Cookie": {canary}}, []byte(canary)),
	reflect.TypeFor[any]():                  provider.NewSecret(canary),
}

func main() {
	var filled, leaks, said, unclean int
	for _, t := range types {
		v := reflect.New(t)
		if fill(v.Elem(), secrets, make(map[reflect.Type]int)) {
			filled++
			leaks += shows(v)
		}
		if t.Kind() != reflect.Struct {
			continue // a text shows itself
		}
		v = reflect.New(t)
		fill(v.Elem(), texts, make(map[reflect.Type]int))
		if text, ok := says(v); ok {
			said++
			if clean(text) != text {
				unclean++
				fmt.Fprintf(os.Stderr, "%v says what others wrote as it is: %q\n", t, text)
			}
		}
	}
	fmt.Printf("%d types, %d with secrets, %d leaks; %d with a text, %d unclean\n", len(types), filled, leaks, said, unclean)
	if leaks+unclean > 0 {
		os.Exit(1)
	}
}

// fill puts the values wherever their types fit, those that hide something also into fields that are
// not exported, and reports whether there was such a place. A type within itself is filled twice.
func fill(v reflect.Value, values map[reflect.Type]any, within map[reflect.Type]int) (filled bool) {
	t := v.Type()
	value, given := values[t]
	if !given && t.Kind() == reflect.String {
		value, given = values[reflect.TypeFor[string]()]
	}
	if given {
		v.Set(reflect.ValueOf(value).Convert(t))
		return true
	}
	if within[t] > 1 {
		return false
	}
	within[t]++
	defer func() { within[t]-- }()
	switch t.Kind() {
	case reflect.Struct:
		if !strings.Contains(t.PkgPath(), "provkit") && t.PkgPath() != "" {
			return false
		}
		for i := range t.NumField() {
			field := v.Field(i)
			if !field.CanSet() {
				if values[reflect.TypeFor[string]()] != nil {
					continue // our own texts
				}
				field = reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem()
			}
			filled = fill(field, values, within) || filled
		}
	case reflect.Pointer:
		inner := reflect.New(t.Elem())
		if filled = fill(inner.Elem(), values, within); filled {
			v.Set(inner)
		}
	case reflect.Slice:
		list := reflect.MakeSlice(t, 1, 1)
		if filled = fill(list.Index(0), values, within); filled {
			v.Set(list)
		}
	case reflect.Array:
		filled = t.Len() > 0 && fill(v.Index(0), values, within)
	case reflect.Map:
		key, element := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
		inKey := fill(key, values, within)
		if filled = fill(element, values, within) || inKey; filled {
			v.Set(reflect.MakeMap(t))
			v.SetMapIndex(key, element)
		}
	}
	return filled
}

// hostile is a text as no line may have it: it breaks the line, speaks to the terminal, and turns the
// direction.
const hostile = "a\n\x1b]52;c;aGk=\a\u202eb"

var texts = map[reflect.Type]any{reflect.TypeFor[string](): hostile, reflect.TypeFor[error](): errors.New(hostile)}

// says returns what a value says of itself, as an error or by String.
func says(pointer reflect.Value) (text string, ok bool) {
	for _, v := range []any{pointer.Elem().Interface(), pointer.Interface()} {
		switch v := v.(type) {
		case error:
			return safely(v.Error), true
		case fmt.Stringer:
			return safely(v.String), true
		}
	}
	return "", false
}

// clean returns a text without what is not visible.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, text)
}

// verbs are those of fmt, most of which fit no secret.
var verbs = strings.Split("%v|%+v|%#v|%s|%q|%+q|%d|%x|%X|% x|%#x|%t|%p|%c|%U|%e|%g|%b|%o|%z", "|")

// spellings are what the canary looks like under the verbs, as a text, as bytes and as runes.
var spellings = func() []string {
	all := []string{base64.StdEncoding.EncodeToString([]byte(canary)), base64.StdEncoding.EncodeToString([]byte(`"` + canary + `"`))}
	for _, verb := range verbs {
		if verb == "%p" {
			continue // an address
		}
		for _, value := range []any{canary, []byte(canary), []rune(canary)} {
			text := fmt.Sprintf(verb, value)
			for _, around := range []string{"[]byte{", "[]int32{", "[", "\""} {
				text = strings.TrimPrefix(text, around)
			}
			all = append(all, strings.TrimRight(text, "]}\""))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}()

func sliceOf(v reflect.Value) any {
	return reflect.Append(reflect.MakeSlice(reflect.SliceOf(v.Type()), 0, 1), v).Interface()
}

func mapOf(v reflect.Value) any {
	m := reflect.MakeMap(reflect.MapOf(reflect.TypeFor[string](), v.Type()))
	m.SetMapIndex(reflect.ValueOf("key"), v)
	return m.Interface()
}

// shows prints a pointer to a value in every way, and returns how many of them show the canary.
func shows(pointer reflect.Value) (leaks int) {
	t := pointer.Type().Elem()
	holder := reflect.New(reflect.StructOf([]reflect.StructField{{Name: "Value", Type: t}, {Name: "Pointer", Type: pointer.Type()}}))
	holder.Elem().Field(0).Set(pointer.Elem())
	holder.Elem().Field(1).Set(pointer)
	forms := map[string]any{
		"value": pointer.Elem().Interface(), "pointer": pointer.Interface(), "struct": holder.Elem().Interface(),
		"slice": sliceOf(pointer.Elem()), "slice of pointers": sliceOf(pointer), "slice of structs": sliceOf(holder),
		"map": mapOf(pointer.Elem()), "map of pointers": mapOf(pointer), "map of structs": mapOf(holder),
		"hidden field": struct{ hidden any }{pointer.Interface()}, "hidden field of a value": struct{ hidden any }{pointer.Elem().Interface()},
	}
	look := func(how, text string) {
		for _, spelling := range spellings {
			if strings.Contains(text, spelling) {
				leaks++
				fmt.Fprintf(os.Stderr, "%v: %s shows a secret\n", t, how)
				return
			}
		}
	}
	for form, value := range forms {
		for _, verb := range verbs {
			look(form+" under "+verb, fmt.Sprintf(verb, value))
		}
		look(form+" in an error", fmt.Errorf("failed: %v", value).Error())
		look(form+" as JSON", safely(func() string { text, _ := json.Marshal(value); return string(text) }))
		var logs bytes.Buffer
		for _, handler := range []slog.Handler{slog.NewTextHandler(&logs, nil), slog.NewJSONHandler(&logs, nil)} {
			safely(func() string {
				slog.New(handler).Info("log", "value", value, slog.Group("group", "value", value))
				return ""
			})
		}
		look(form+" in a log", logs.String())
	}
	return leaks
}

// safely returns "" if do panics: these values have no Client behind them.
func safely(do func() string) (text string) {
	defer func() { _ = recover() }()
	return do()
}
