package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
)

// fieldError is a problem of an answer whose types are all correct.
type fieldError struct {
	format string
	field  string
}

func (e *fieldError) Error() string { return fmt.Sprintf(e.format, e.field) }

// Lacks returns the error for an answer without a required field.
func Lacks(field string) error { return &fieldError{"lacks %q", field} }

func twice(field string) error { return &fieldError{"field %q occurs twice", field} }

// Mistyped returns the error for a field that cannot be read into a type. It never quotes the
// value, which may be a secret.
func Mistyped(t reflect.Type, field string) error {
	return &json.UnmarshalTypeError{Value: "value", Type: t, Field: field}
}

// Within adds the name of an object, list or map in front of the field of an error.
func Within(name string, err error) error {
	var wrong *json.UnmarshalTypeError
	var lacking *fieldError
	switch {
	case errors.As(err, &wrong):
		wrong.Field = join(name, wrong.Field)
	case errors.As(err, &lacking):
		lacking.field = join(name, lacking.field)
	}
	return err
}

func join(path, name string) string {
	switch {
	case path == "":
		return name
	case name == "":
		return path
	}
	return path + "." + name
}

var (
	errNoObject = errors.New("not an object")
	errNoList   = errors.New("not a list")
	errNoBody   = errors.New("no body")
)

// errSyntax is the error for invalid JSON. Unmarshal replaces it with the standard library's error.
var errSyntax = errors.New("not JSON")

func syntaxError(data []byte) error {
	var raw json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	return errSyntax // nested too deeply
}
