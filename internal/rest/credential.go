package rest

import (
	"strings"

	"github.com/provkit/provkit/provider"
)

// KeyProblem returns why a key or a token cannot be one: it must be visible ASCII. "" is no problem, and
// left to the caller, as in HeaderProblem.
func KeyProblem(value provider.Secret) string {
	if strings.ContainsFunc(value.Reveal(), func(r rune) bool { return r == ' ' || notInHeader(r) }) {
		return "contains white space or characters that are not visible ASCII: was more than the value copied?"
	}
	return ""
}

// HeaderProblem returns why a secret cannot be the value of a header field as it is: it must be visible
// ASCII, with blanks between words only ("Bearer x").
func HeaderProblem(value provider.Secret) string {
	text := value.Reveal()
	if strings.ContainsFunc(text, notInHeader) || strings.Trim(text, " ") != text {
		return "begins or ends with a blank, or contains characters that are not visible ASCII: was more than the value copied?"
	}
	return ""
}

func notInHeader(r rune) bool { return r < ' ' || r > '~' }
