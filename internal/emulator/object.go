package emulator

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
)

// Object is a JSON object of a request. Unlike a struct, it distinguishes an absent key from null
// and from a zero value, which partial updates need. It also collects all values of the wrong type
// instead of stopping at the first one.
//
// The getters return false for a key that is absent, null or of the wrong type; the latter are
// listed by Wrong.
type Object struct {
	values map[string]json.RawMessage
	path   string
	wrong  *[]BodyError
}

// ReadObject reads a request's body, which must be one JSON object. Its error is a *BodyError.
func ReadObject(r *http.Request) (*Object, error) {
	var values map[string]json.RawMessage
	if err := ReadJSON(r, &values); err != nil {
		return nil, err
	}
	if values == nil { // the body is null
		return nil, &BodyError{Problem: BodyWrongType, Want: "object"}
	}
	return &Object{values: values, wrong: new([]BodyError)}, nil
}

// EmptyObject returns an object without keys, for calls whose body is optional.
func EmptyObject() *Object {
	return &Object{wrong: new([]BodyError)}
}

// Has reports whether the key is present, whatever its value.
func (o *Object) Has(key string) bool {
	_, ok := o.values[key]
	return ok
}

// IsNull reports whether the key is present with the value null.
func (o *Object) IsNull(key string) bool {
	return string(o.values[key]) == "null"
}

// IsEmpty reports whether the key is present with the value "", which some programs send for null or
// false.
func (o *Object) IsEmpty(key string) bool {
	return string(o.values[key]) == `""`
}

// Wrong returns the values that a getter found to be of the wrong type, here and in nested objects,
// in the order of the calls.
func (o *Object) Wrong() []BodyError { return *o.wrong }

// String returns a string.
func (o *Object) String(key string) (string, bool) {
	var v string
	ok := o.decode(key, '"', "string", &v)
	return v, ok
}

// Bool returns a boolean.
func (o *Object) Bool(key string) (value, ok bool) {
	raw, ok := o.raw(key)
	if !ok {
		return false, false
	}
	if s := string(raw); s == "true" || s == "false" {
		return s == "true", true
	}
	o.complain(key, "boolean")
	return false, false
}

// Int returns a whole number.
func (o *Object) Int(key string) (int64, bool) {
	raw, ok := o.raw(key)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil {
		o.complain(key, "integer")
		return 0, false
	}
	return n, true
}

// IntOrText returns a whole number, even if it is sent as a string of digits.
func (o *Object) IntOrText(key string) (int64, bool) {
	raw, ok := o.raw(key)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(string(bytes.Trim(raw, `"`)), 10, 64)
	if err != nil {
		o.complain(key, "integer")
		return 0, false
	}
	return n, true
}

// Text returns a string, even if it is sent as a number.
func (o *Object) Text(key string) (string, bool) {
	raw, ok := o.raw(key)
	if ok && (raw[0] == '-' || (raw[0] >= '0' && raw[0] <= '9')) {
		return string(raw), true
	}
	return o.String(key)
}

// Strings returns an array of strings, which is never nil if it is present.
func (o *Object) Strings(key string) ([]string, bool) {
	items, ok := o.array(key)
	if !ok {
		return nil, false
	}
	all := make([]string, len(items))
	for i, item := range items {
		if item[0] != '"' || json.Unmarshal(item, &all[i]) != nil {
			o.complain(key+"."+strconv.Itoa(i), "string")
			return nil, false
		}
	}
	return all, true
}

// Object returns a nested object.
func (o *Object) Object(key string) (*Object, bool) {
	var values map[string]json.RawMessage
	if !o.decode(key, '{', "object", &values) {
		return nil, false
	}
	return &Object{values: values, path: o.path + key + ".", wrong: o.wrong}, true
}

// Objects returns an array of objects, which is never nil if it is present.
func (o *Object) Objects(key string) ([]*Object, bool) {
	items, ok := o.array(key)
	if !ok {
		return nil, false
	}
	all := make([]*Object, len(items))
	for i, item := range items {
		at := key + "." + strconv.Itoa(i)
		var values map[string]json.RawMessage
		if item[0] != '{' || json.Unmarshal(item, &values) != nil {
			o.complain(at, "object")
			return nil, false
		}
		all[i] = &Object{values: values, path: o.path + at + ".", wrong: o.wrong}
	}
	return all, true
}

func (o *Object) array(key string) ([]json.RawMessage, bool) {
	var items []json.RawMessage
	ok := o.decode(key, '[', "array", &items)
	return items, ok
}

// decode reads a value that must begin with first.
func (o *Object) decode(key string, first byte, want string, dst any) bool {
	raw, ok := o.raw(key)
	if !ok {
		return false
	}
	if raw[0] != first || json.Unmarshal(raw, dst) != nil {
		o.complain(key, want)
		return false
	}
	return true
}

// raw returns a value that is neither absent nor null.
func (o *Object) raw(key string) (json.RawMessage, bool) {
	raw, ok := o.values[key]
	return raw, ok && len(raw) > 0 && string(raw) != "null"
}

func (o *Object) complain(key, want string) {
	*o.wrong = append(*o.wrong, BodyError{Problem: BodyWrongType, Field: o.path + key, Want: want})
}
