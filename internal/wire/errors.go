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

func (e *fieldError) Error() string   { return fmt.Sprintf(e.format, e.field) }
func (e *fieldError) problem() string { return e.Error() }

// Lacks returns the error for an answer without a required field.
func Lacks(field string) error { return &fieldError{lacks, field} }

const lacks = "lacks %q"

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

// oddError is the first error of a struct whose other fields were read all the same.
type oddError struct {
	err error
	// hides is set if a text or an identity may be missing.
	hides bool
}

func (e *oddError) Error() string { return e.err.Error() }
func (e *oddError) Unwrap() error { return e.err }

// mistyped says which field has the wrong type. Any other error may quote a value.
func mistyped(err error) string {
	var wrong *json.UnmarshalTypeError
	switch {
	case !errors.As(err, &wrong):
		return "a value cannot be read"
	case wrong.Field == "":
		return "it has the wrong type"
	}
	return fmt.Sprintf("field %q has the wrong type", wrong.Field)
}

var (
	errNoObject = errors.New("not an object")
	errNoList   = errors.New("not a list")
	errNoBody   = errors.New("no body")
)

// errTooMuch is the error for an answer of very many very small values.
var errTooMuch = errors.New("it takes many times its own size in memory")

// errSyntax is the error for invalid JSON. Unmarshal replaces it with the standard library's error.
var errSyntax = errors.New("not JSON")

func syntaxError(data []byte) error {
	var raw json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	return errSyntax // nested too deeply
}
