// Command hidden fills every Secret of the types in types.go with a canary, and reports whatever
// shows it: see TestSecretsAreHidden.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"reflect"
	"strings"
	"unsafe"

	"github.com/provkit/provkit/provider"
)

const canary = "canary-0f8e7d"

var secret = reflect.TypeFor[provider.Secret]()

func main() {
	filled, found := 0, 0
	for _, t := range types {
		v := reflect.New(t)
		if fill(v.Elem(), make(map[reflect.Type]int)) {
			filled++
			found += shows(v)
		}
	}
	fmt.Printf("%d types, %d with secrets, %d leaks\n", len(types), filled, found)
	if found > 0 {
		os.Exit(1)
	}
}

// fill puts the canary wherever a Secret fits, also into fields that are not exported, and reports
// whether there was such a place. A type within itself is filled twice.
func fill(v reflect.Value, within map[reflect.Type]int) (filled bool) {
	t := v.Type()
	if t == secret {
		v.Set(reflect.ValueOf(provider.NewSecret(canary)))
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
				field = reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem()
			}
			filled = fill(field, within) || filled
		}
	case reflect.Pointer:
		inner := reflect.New(t.Elem())
		if filled = fill(inner.Elem(), within); filled {
			v.Set(inner)
		}
	case reflect.Slice:
		list := reflect.MakeSlice(t, 1, 1)
		if filled = fill(list.Index(0), within); filled {
			v.Set(list)
		}
	case reflect.Array:
		filled = t.Len() > 0 && fill(v.Index(0), within)
	case reflect.Map:
		key, element := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
		inKey := fill(key, within)
		if filled = fill(element, within) || inKey; filled {
			v.Set(reflect.MakeMap(t))
			v.SetMapIndex(key, element)
		}
	}
	return filled
}

// spellings are what the canary looks like under the verbs.
var spellings = []string{
	canary, fmt.Sprintf("%x", canary), fmt.Sprintf("%X", canary), fmt.Sprintf("% x", canary), base64.StdEncoding.EncodeToString([]byte(canary)),
	strings.Trim(fmt.Sprint([]byte(canary)), "[]"), strings.Trim(fmt.Sprintf("%U", []rune(canary)), "[]"), strings.Trim(fmt.Sprintf("%b", []byte(canary)), "[]"),
	strings.Trim(fmt.Sprintf("%c", []rune(canary)), "[]"), strings.Trim(fmt.Sprintf("%#v", []byte(canary)), "[]byte{}"),
}

// shows prints a pointer to a value in every way, and returns how many of them show the canary.
func shows(pointer reflect.Value) (leaks int) {
	t := pointer.Type().Elem()
	list := reflect.MakeSlice(reflect.SliceOf(pointer.Type()), 1, 1)
	list.Index(0).Set(pointer)
	table := reflect.MakeMap(reflect.MapOf(reflect.TypeFor[string](), pointer.Type()))
	table.SetMapIndex(reflect.ValueOf("key"), pointer)
	forms := map[string]any{
		"value": pointer.Elem().Interface(), "pointer": pointer.Interface(), "slice of pointers": list.Interface(), "map of pointers": table.Interface(),
		"slice": reflect.Append(reflect.MakeSlice(reflect.SliceOf(t), 0, 1), pointer.Elem()).Interface(),
		"field": struct{ hidden any }{pointer.Interface()}, "field of a value": struct{ hidden any }{pointer.Elem().Interface()},
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
		for _, verb := range strings.Fields("%v %+v %#v %s %q %d %x %X %t %p %c %U %e %b") {
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
