package order

import "net/url"

// NotAHandle is the problem of a text that is no handle.
const NotAHandle = "is not the handle of an order"

// Given reads a caller's handle, which must be that of the order itself.
func Given[O any](handle string, parse func(string) (O, string), same func(O) bool) (given O, problem string) {
	given, problem = parse(handle)
	if problem == "" && !same(given) {
		problem = "belongs to another order"
	}
	return given, problem
}

// Fields are those of a handle, by letter.
type Fields struct {
	url.Values
	bad bool
}

// Text reads a field that may be missing.
func (f *Fields) Text(letter string, valid func(string) bool) string {
	if !f.Has(letter) {
		return ""
	}
	return f.Must(letter, valid)
}

// Must reads a field that must not be missing.
func (f *Fields) Must(letter string, valid func(string) bool) string {
	text := f.Get(letter)
	f.bad = f.bad || !valid(text)
	return text
}

// Bad reports whether a field was not valid.
func (f *Fields) Bad() bool { return f.bad }
