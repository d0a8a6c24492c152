package provider

import (
	"bytes"
	"regexp"
	"strings"
)

const referenceMax = 64

// A marker is how an adapter recognizes our accounts: the reference in a form that fits into any
// text field and that nobody types by accident: "[ref:order-1042]".
var referenceForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.:#/-]*$`)

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
	// Removing one marker may join the halves of another: a customer named "[ref:[ref:x]order-7]"
	// must not get the marker of order-7. So a marker is removed where it ends, with the white space
	// before it, and what follows continues what is left. Text is not looked at twice.
	kept := make([]byte, 0, len(text))
	var open []int // the brackets in kept at which a marker may begin
	for i := range len(text) {
		kept = append(kept, text[i])
		switch {
		case text[i] == '[':
			open = append(open, len(kept)-1)
		case text[i] == ']' && len(open) > 0:
			last := len(open) - 1
			inner, found := bytes.CutPrefix(kept[open[last]:len(kept)-1], []byte("[ref:"))
			if !found || !referenceForm.Match(inner) {
				open = open[:0] // no marker contains this bracket
				continue
			}
			if reference == "" {
				reference = string(inner)
			}
			kept = bytes.TrimRight(kept[:open[last]], " \t\r\n\f")
			open = open[:last]
		}
	}
	return strings.TrimSpace(string(kept)), reference
}
