package vendorprograms

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// kind says what is wrong with a decoded JSON value, in lines that begin with where it stands.
type kind interface {
	wrong(at string, v any) []string
}

// shape is an object as an interface of TypeScript declares it: a field whose name ends with "?" may be
// missing, all others must be there, and fields that are not declared may be there too.
type shape map[string]kind

func (s shape) wrong(at string, v any) (wrong []string) {
	object, ok := v.(map[string]any)
	if !ok {
		return mismatch(at, "an object", v)
	}
	for _, declared := range slices.Sorted(maps.Keys(s)) {
		name, optional := strings.CutSuffix(declared, "?")
		field, there := object[name]
		switch {
		case there:
			wrong = append(wrong, s[declared].wrong(at+"."+name, field)...)
		case !optional:
			wrong = append(wrong, at+"."+name+" is missing")
		}
	}
	return wrong
}

// with returns a shape that has these fields too.
func (s shape) with(more shape) shape {
	both := maps.Clone(s)
	maps.Copy(both, more)
	return both
}

type kindFunc func(at string, v any) []string

func (f kindFunc) wrong(at string, v any) []string { return f(at, v) }

func mismatch(at, want string, v any) []string {
	return []string{fmt.Sprintf("%s is %v, not %s", at, v, want)}
}

func scalar[T any](want string) kind {
	return kindFunc(func(at string, v any) []string {
		if _, ok := v.(T); !ok {
			return mismatch(at, want, v)
		}
		return nil
	})
}

var (
	text     = scalar[string]("a string")
	number   = scalar[float64]("a number")
	boolean  = scalar[bool]("a boolean")
	object   = shape{}
	anything = kindFunc(func(string, any) []string { return nil })
	yes      = is(true)
)

// is is one value.
func is(want any) kind {
	return kindFunc(func(at string, v any) []string {
		if v != want {
			return mismatch(at, fmt.Sprint(want), v)
		}
		return nil
	})
}

// orNull is "of | null".
func orNull(of kind) kind {
	return kindFunc(func(at string, v any) []string {
		if v == nil {
			return nil
		}
		return of.wrong(at, v)
	})
}

// list is "of[]".
func list(of kind) kind {
	return kindFunc(func(at string, v any) (wrong []string) {
		rows, ok := v.([]any)
		if !ok {
			return mismatch(at, "a list", v)
		}
		for i, row := range rows {
			wrong = append(wrong, of.wrong(fmt.Sprintf("%s[%d]", at, i), row)...)
		}
		return wrong
	})
}

// record is "Record<string, of>".
func record(of kind) kind {
	return kindFunc(func(at string, v any) (wrong []string) {
		fields, ok := v.(map[string]any)
		if !ok {
			return mismatch(at, "an object", v)
		}
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			wrong = append(wrong, of.wrong(at+"."+name, fields[name])...)
		}
		return wrong
	})
}

// rows returns the objects of a list in an answer.
func rows(answer map[string]any, name string) (found []map[string]any) {
	list, _ := answer[name].([]any)
	for _, row := range list {
		if object, ok := row.(map[string]any); ok {
			found = append(found, object)
		}
	}
	return found
}

// row returns the object of a list whose field has this value.
func row(answer map[string]any, name, field string, value any) map[string]any {
	for _, object := range rows(answer, name) {
		if object[field] == value {
			return object
		}
	}
	return nil
}
