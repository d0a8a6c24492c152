package elizon

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/provkit/provkit/internal/lenient"
	"github.com/provkit/provkit/provider"
)

// The types of this package say by a tag which field of the API's a field stands for:
// `elizon:"invoiceNumber"`. Where sources differ, names are tried in their order:
// `elizon:"keyPrefix|prefix"`. Modes behind a comma:
//
//	"id,required"      an answer without it cannot be understood; a request without it is refused
//	"lineId,due"       a request without it is refused
//	"suspendedAt,set"  a bool: whether there is any value
//	"os,loose"         a value of another type is passed over, where sources show several
//	",extra"           a map of all fields that no other field stands for
//	"year,always"      in requests, sent also when it is zero
//
// An embedded struct reads and writes the same object. Fields without a tag are left
// alone, and so are those with "-".

// member is a field of a Go struct and its place in JSON.
type member struct {
	index    int
	goName   string
	names    []string
	required bool
	due      bool
	set      bool
	extra    bool
	loose    bool
	always   bool
	embedded bool
}

var layouts sync.Map // reflect.Type to []member

func layoutOf(t reflect.Type) []member {
	if kept, ok := layouts.Load(t); ok {
		return kept.([]member)
	}
	var members []member
	for i := range t.NumField() {
		field := t.Field(i)
		tag, tagged := field.Tag.Lookup("elizon")
		if field.Anonymous && !tagged {
			members = append(members, member{index: i, goName: field.Name, embedded: true})
			continue
		}
		if !tagged || tag == "-" {
			continue
		}
		name, mode, _ := strings.Cut(tag, ",")
		members = append(members, member{
			index: i, goName: field.Name, names: strings.Split(name, "|"),
			required: mode == "required", due: mode == "due", set: mode == "set", extra: mode == "extra",
			loose: mode == "loose", always: mode == "always",
		})
	}
	layouts.Store(t, members)
	return members
}

// decode reads JSON into one of our types: a pointer to a struct, slice, map or value.
// Numbers are taken as texts and texts as numbers, null is the zero value, and a time
// that cannot be read is no reason to lose the rest.
func decode(raw []byte, out any) error {
	return decodeValue(raw, reflect.ValueOf(out).Elem(), "")
}

// selfDecoder is a type that answers spell in more than one way.
type selfDecoder interface {
	decode(raw []byte, path string) error
}

var (
	typeTime    = reflect.TypeFor[time.Time]()
	typePayload = reflect.TypeFor[Payload]()
	typeEUR     = reflect.TypeFor[EUR]()
	typeSecret  = reflect.TypeFor[provider.Secret]()
)

func decodeValue(raw []byte, v reflect.Value, path string) error {
	raw = trimmed(raw)
	if len(raw) == 0 {
		return errNoBody
	}
	if v.Type() == typePayload {
		v.SetBytes(append([]byte(nil), raw...))
		return nil
	}
	if string(raw) == "null" {
		v.SetZero()
		return nil
	}
	if v.Type() == typeTime {
		v.Set(reflect.ValueOf(readTime(raw)))
		return nil
	}
	if v.CanAddr() {
		if own, ok := v.Addr().Interface().(selfDecoder); ok {
			return own.decode(raw, path)
		}
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return decodeValue(raw, v.Elem(), path)
	case reflect.Struct:
		return decodeStruct(raw, v, path)
	case reflect.Slice:
		return decodeList(raw, v, path)
	case reflect.Map:
		return decodeMap(raw, v, path)
	}
	if v.Kind() == reflect.Interface {
		// As it is spelled, so that it can be sent back.
		v.Set(reflect.ValueOf(json.RawMessage(bytes.Clone(raw))))
		return nil
	}
	text, err := scalar(raw)
	if err != nil {
		return mistyped(v, path)
	}
	switch v.Kind() {
	case reflect.String:
		if v.Type() == typeEUR && text != "" {
			if text = string(plainDecimal(text)); text == "" {
				return mistyped(v, path)
			}
		}
		v.SetString(text)
		return nil
	case reflect.Bool:
		if text != "true" && text != "false" {
			return mistyped(v, path)
		}
		v.SetBool(text == "true")
		return nil
	case reflect.Int64, reflect.Int:
		n, err := lenient.Integer(text)
		if err != nil {
			return mistyped(v, path)
		}
		v.SetInt(n)
		return nil
	case reflect.Float64:
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
			return mistyped(v, path)
		}
		v.SetFloat(f)
		return nil
	}
	return fmt.Errorf("field %q: no decoder for %v", path, v.Type())
}

func decodeStruct(raw []byte, v reflect.Value, path string) error {
	var o object
	if raw[0] != '{' {
		return mistyped(v, path)
	}
	if err := json.Unmarshal(raw, &o); err != nil {
		return err
	}
	return o.fill(v, path, nil)
}

// fillStruct is fill for a type that decodes itself.
func (o object) fillStruct(out any, path string) error {
	return o.fill(reflect.ValueOf(out).Elem(), path, nil)
}

// fill sets the fields of a struct. known collects the names that were asked for, where
// an outer struct wants the rest.
func (o object) fill(v reflect.Value, path string, known map[string]bool) error {
	members := layoutOf(v.Type())
	var rest *member
	for i := range members {
		if members[i].extra {
			rest = &members[i]
			if known == nil {
				known = make(map[string]bool)
			}
		}
	}
	for i := range members {
		m := &members[i]
		field := v.Field(m.index)
		switch {
		case m.embedded:
			if err := o.fill(field, path, known); err != nil {
				return err
			}
			continue
		case m.extra:
			continue
		}
		if known != nil {
			for _, name := range m.names {
				known[name] = true
			}
		}
		raw, name := o.first(m.names...)
		at := join(path, name)
		switch {
		case m.set:
			field.SetBool(raw != nil && string(raw) != `""` && string(raw) != "false")
		case raw == nil && m.required:
			return lacks(at)
		case raw == nil:
		default:
			if err := decodeValue(raw, field, at); err != nil {
				if !m.loose {
					return err
				}
				field.SetZero()
			}
			if m.required && field.Kind() == reflect.String && field.IsZero() {
				return lacks(at)
			}
		}
	}
	if rest == nil {
		return nil
	}
	more := v.Field(rest.index)
	for name, raw := range o {
		if known[name] || name == "success" {
			continue
		}
		if more.IsNil() {
			more.Set(reflect.MakeMap(more.Type()))
		}
		// What may be sent back (map[string]any) keeps the server's spelling.
		value := reflect.ValueOf(raw)
		if more.Type().Elem() == typePayload {
			value = value.Convert(typePayload)
		}
		more.SetMapIndex(reflect.ValueOf(name), value)
	}
	return nil
}

func decodeList(raw []byte, v reflect.Value, path string) error {
	if raw[0] != '[' {
		return mistyped(v, path)
	}
	var elements []json.RawMessage
	if err := json.Unmarshal(raw, &elements); err != nil {
		return err
	}
	list := reflect.MakeSlice(v.Type(), len(elements), len(elements))
	for i, element := range elements {
		if string(element) == "null" && v.Type().Elem().Kind() == reflect.Struct {
			return mistyped(list.Index(i), path)
		}
		if err := decodeValue(element, list.Index(i), path); err != nil {
			return err
		}
	}
	v.Set(list)
	return nil
}

func decodeMap(raw []byte, v reflect.Value, path string) error {
	if raw[0] != '{' {
		return mistyped(v, path)
	}
	var o object
	if err := json.Unmarshal(raw, &o); err != nil {
		return err
	}
	all := reflect.MakeMapWithSize(v.Type(), len(o))
	for name, value := range o {
		element := reflect.New(v.Type().Elem()).Elem()
		// The name may be anything; in an error it says nothing.
		if err := decodeValue(value, element, join(path, "*")); err != nil {
			return err
		}
		all.SetMapIndex(reflect.ValueOf(name).Convert(v.Type().Key()), element)
	}
	v.Set(all)
	return nil
}

// scalar is a text, a number or a bool as a text.
func scalar(raw []byte) (string, error) {
	switch raw[0] {
	case '"':
		var text string
		err := json.Unmarshal(raw, &text)
		return text, err
	case '{', '[':
		return "", errNoObject
	}
	return string(raw), nil
}

func mistyped(v reflect.Value, path string) error {
	return &json.UnmarshalTypeError{Value: "value", Type: v.Type(), Field: path}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func trimmed(raw []byte) []byte { return bytes.Trim(raw, " \t\r\n") }

// readTime reads the times that the vendor's app reads: ISO 8601, a date alone, and
// milliseconds since 1970. A time without a zone counts as UTC. What cannot be read is
// the zero time: an odd date must not make a service unreadable.
func readTime(raw []byte) time.Time {
	text, err := scalar(raw)
	if err != nil {
		return time.Time{}
	}
	if parsed := lenient.ParseTime(text); !parsed.IsZero() {
		return parsed
	}
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil && raw[0] != '"' {
		return time.UnixMilli(ms).UTC()
	}
	return time.Time{}
}
