package vendorprograms

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
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

// A checker that finds nothing would pass every program.
func TestShape(t *testing.T) {
	t.Parallel()
	declared := shape{
		"id": text, "total?": number, "paid": orNull(boolean), "items": list(shape{"name": text}), "limits": record(number),
		"state": is("open"), "more?": anything,
	}
	good := fields{"id": "1", "paid": nil, "items": []any{fields{"name": "a", "other": 1.0}}, "limits": fields{"cpu": 2.0}, "state": "open"}
	if wrong := declared.wrong("a", good); len(wrong) != 0 {
		t.Errorf("nothing is wrong, but: %q", wrong)
	}
	bad := fields{"total": nil, "paid": "no", "items": []any{fields{"name": 1.0}, "b"}, "limits": fields{"cpu": "2"}, "state": "shut"}
	want := []string{
		"a.id is missing", "a.items[0].name is 1, not a string", "a.items[1] is b, not an object", "a.limits.cpu is 2, not a number",
		"a.paid is no, not a boolean", "a.state is shut, not open", "a.total is <nil>, not a number",
	}
	if wrong := declared.wrong("a", bad); !slices.Equal(wrong, want) {
		t.Errorf("got  %q\nwant %q", wrong, want)
	}
	for _, of := range []kind{declared, list(text), record(text)} {
		if wrong := of.wrong("a", 1.0); len(wrong) != 1 {
			t.Errorf("a number is one mistake, not %q", wrong)
		}
	}
}
