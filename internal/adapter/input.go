package adapter

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/provkit/provkit/provider"
)

// Number reads an ID that is a positive decimal number. Any other spelling is a problem:
// it would address something else. what is the kind of ID: "client ID".
func Number(text, what string) (n int64, problem string) {
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case text == "":
		return 0, "required"
	case err != nil || n <= 0 || strconv.FormatInt(n, 10) != text:
		return 0, strconv.Quote(Shorten(text)) + " is not a " + what + " (a positive number)"
	}
	return n, ""
}

// AccountNumber is Number for the ID of an account.
func AccountNumber(kind, id, what, action string) (int64, error) {
	n, problem := Number(id, what)
	if problem != "" {
		return 0, provider.Problems{"id": problem}.Err(kind, "", action)
	}
	return n, nil
}

// CheckReference refuses what can be no reference.
func CheckReference(kind, reference, action string) error {
	if problem := provider.ReferenceProblem(reference); problem != "" {
		return provider.Problems{"reference": problem}.Err(kind, "", action)
	}
	return nil
}

// Taken is the error for an account that carries another reference than the wanted one.
// thing names the account: "client 42".
func Taken(kind, action, thing, reference string) error {
	return &provider.Error{
		Provider: kind, Action: action, Kind: provider.ErrAlreadyExists,
		Message: fmt.Sprintf("%s belongs to the reference %q", thing, reference),
	}
}

// BothMatch is the error of a search that found two: "clients 1 and 2 both match".
func BothMatch(kind, action, things string, one, other any) error {
	return &provider.Error{
		Provider: kind, Action: action, Kind: provider.ErrConflict, Message: fmt.Sprintf("%s %v and %v both match", things, one, other),
	}
}

// CheckQuery begins a search: it names the action for errors, and refuses an empty query.
// without says why there is no searching by e-mail address and domain; "" is where there
// is.
func CheckQuery(kind string, q provider.Query, without string) (action string, err error) {
	const verb = "find account"
	fields := "Username, Reference, Email or Domain"
	if without != "" {
		fields = "Username or Reference"
	}
	if q.IsZero() {
		return verb, provider.Problems{"query": "empty: set " + fields}.Err(kind, "", verb)
	}
	action = verb + " " + QueryText(q)
	if without != "" && (q.Email != "" || q.Domain != "") {
		return action, &provider.Error{Provider: kind, Action: action, Kind: provider.ErrUnsupported, Message: without}
	}
	return action, nil
}

// PageSize reads the options of a listing; 0 leaves the size to the adapter.
func PageSize(kind string, opts *provider.ListOptions) (int, error) {
	if opts == nil {
		return 0, nil
	}
	if opts.PageSize < 0 {
		return 0, provider.Problems{"PageSize": "negative"}.Err(kind, "", "list accounts")
	}
	return opts.PageSize, nil
}

// CheckSignOn refuses a kind of sign-on that is not among those offered.
func CheckSignOn(kind, action string, wanted provider.SignOnKind, offered ...provider.SignOnKind) error {
	if wanted == "" || slices.Contains(offered, wanted) {
		return nil
	}
	var names []string
	for _, o := range offered {
		names = append(names, strconv.Quote(string(o)))
	}
	return provider.Problems{"Kind": fmt.Sprintf("%q is not offered here, only %s", wanted, strings.Join(names, " and "))}.Err(kind, "", action)
}
