package provider

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/provkit/provkit/internal/words"
)

// Problems collects what is wrong with a caller's input, so that one error reports every mistake.
// The zero value is ready.
type Problems map[string]string

// Add notes a problem of a field, unless it has one already.
func (p *Problems) Add(field, format string, args ...any) {
	if *p == nil {
		*p = make(Problems)
	}
	if _, ok := (*p)[field]; !ok {
		(*p)[field] = fmt.Sprintf(format, args...)
	}
}

// Note is Add for the result of a check: "" is no problem.
func (p *Problems) Note(field, problem string) {
	if problem != "" {
		p.Add(field, "%s", problem)
	}
}

// NoteAll notes the problems of a part, with the part's name and a dot before each field if the
// part has a name.
func (p *Problems) NoteAll(part string, problems map[string]string) {
	for field, problem := range problems {
		if part != "" {
			field = part + "." + field
		}
		p.Note(field, problem)
	}
}

// Required refuses a text that is empty or only white space.
func (p *Problems) Required(field, value string) {
	if strings.TrimSpace(value) == "" {
		p.Add(field, "required")
	}
}

// NotEmpty refuses a field that is set to "". nil is a field that is not set.
func (p *Problems) NotEmpty(field string, value *string) {
	if value != nil && *value == "" {
		p.Add(field, "empty")
	}
}

// NotEmptySecret is NotEmpty for a secret.
func (p *Problems) NotEmptySecret(field string, value *Secret) {
	if value != nil && value.IsZero() {
		p.Add(field, "empty")
	}
}

// Positive refuses 0 and below, for IDs and amounts.
func (p *Problems) Positive(field string, n int64) {
	if n <= 0 {
		p.Add(field, "must be positive, got %d", n)
	}
}

// NotNegative refuses what is below 0. 0 is often a default.
func (p *Problems) NotNegative(field string, n int64) {
	if n < 0 {
		p.Add(field, "negative")
	}
}

// Between refuses what is below low or above high.
func (p *Problems) Between(field string, n, low, high int64) {
	if n < low || n > high {
		p.Add(field, "must be %d to %d, got %d", low, high, n)
	}
}

// Some refuses a list or a map that has no elements; n is their number.
func (p *Problems) Some(field string, n int) {
	if n == 0 {
		p.Add(field, "required")
	}
}

// IDs refuses a list that is empty or contains an ID twice or something that cannot be an ID.
func (p *Problems) IDs(field string, ids []int64) {
	p.Some(field, len(ids))
	for i, id := range ids {
		p.Positive(field, id)
		if slices.Contains(ids[:i], id) {
			p.Add(field, "names %d twice", id)
		}
	}
}

// OneOf refuses a text that is not allowed. "" leaves the choice to the server. It is a function,
// since methods have no type parameters.
func OneOf[S ~string](p *Problems, field string, value S, allowed ...S) {
	if value == "" || slices.Contains(allowed, value) {
		return
	}
	names := make([]string, len(allowed))
	for i, name := range allowed {
		names[i] = string(name)
	}
	p.Add(field, "must be one of %s, got %q", strings.Join(names, ", "), words.Shorten(string(value), 40))
}

// OneLine refuses a text with a line break.
func (p *Problems) OneLine(field, value string) {
	if strings.ContainsAny(value, "\r\n") {
		p.Add(field, "contains a line break")
	}
}

// MaxLength refuses a text of more than n characters.
func (p *Problems) MaxLength(field, value string, n int) {
	if got := utf8.RuneCountInString(value); got > n {
		p.Add(field, "must have %d characters at most, has %d", n, got)
	}
}

// Email refuses "" and what cannot be an e-mail address.
func (p *Problems) Email(field, address string) {
	if address == "" {
		p.Add(field, "required")
		return
	}
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Address != address {
		p.Add(field, "%q is not an e-mail address", words.Shorten(address, 40))
	}
}

// Word refuses a text that is empty or contains white space, control characters or invisible ones. It
// is for IDs of an unknown format.
func (p *Problems) Word(field, value string) {
	p.Required(field, value)
	if strings.ContainsFunc(value, words.Unseen) {
		p.Add(field, "contains white space, control or invisible characters")
	}
}

// Credential is Word for a key or a token.
func (p *Problems) Credential(field string, value Secret) {
	p.Required(field, value.Reveal())
	if strings.ContainsFunc(value.Reveal(), words.Unseen) {
		p.Add(field, "contains white space, control or invisible characters: was more than the value copied?")
	}
}

// Err returns nil if there is no problem, or an *Error that matches ErrInvalid and names each
// field.
func (p Problems) Err(provider, op, action string) error {
	if len(p) == 0 {
		return nil
	}
	return &Error{Provider: provider, Op: op, Action: action, Kind: ErrInvalid, Message: "refused before sending", Fields: p}
}
