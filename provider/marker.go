package provider

import (
	"regexp"
	"strings"
)

const referenceMax = 64

// A marker is how an adapter recognizes our accounts: the reference in a form that fits into any
// text field and that nobody types by accident.
var (
	referenceForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.:#/-]*$`)
	markerForm    = regexp.MustCompile(`\s*\[ref:([A-Za-z0-9][A-Za-z0-9_.:#/-]*)\]`)
)

// ReferenceProblem is for authors of adapters: it returns why a reference cannot be used, or "".
func ReferenceProblem(reference string) string {
	switch {
	case reference == "":
		return "required"
	case len(reference) > referenceMax:
		return "longer than 64 characters"
	case !referenceForm.MatchString(reference):
		return "must consist of letters, digits and _ . : # / -, and begin with a letter or digit"
	}
	return ""
}

// Mark is for authors of adapters: it returns text with the marker of the reference, in place of
// any other marker.
func Mark(text, reference string) string {
	text, _ = Unmark(text)
	if text == "" {
		return "[ref:" + reference + "]"
	}
	return text + " [ref:" + reference + "]"
}

// Unmark is for authors of adapters: it splits text into what people wrote and the marker's
// reference, "" if there is no marker.
func Unmark(text string) (plain, reference string) {
	if m := markerForm.FindStringSubmatch(text); m != nil {
		reference = m[1]
	}
	// Removing one marker may join the halves of another: a customer named "[ref:[ref:x]order-7]"
	// must not get the marker of order-7.
	for markerForm.MatchString(text) {
		text = markerForm.ReplaceAllString(text, "")
	}
	return strings.TrimSpace(text), reference
}
