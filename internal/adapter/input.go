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

// PositiveID is Accounts.ParseID for IDs that are positive decimal numbers.
func PositiveID(what string) func(text string) (int64, string) {
	return func(text string) (int64, string) { return Number(text, what) }
}

// Input is what is wrong with one argument of a verb: nothing if problem is "".
func Input(field, problem string) provider.Problems {
	var problems provider.Problems
	problems.Note(field, problem)
	return problems
}

// MarkerProblem refuses text with a marker in it: it would make the account somebody else's.
func MarkerProblem(text string) string {
	if _, marker := provider.Unmark(text); marker != "" {
		return "contains a marker"
	}
	return ""
}

// NilRequest refuses a request that is nil.
func NilRequest(kind, verb string) error {
	return provider.Problems{"request": "nil"}.Err(kind, "", verb)
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

func signOnProblem(wanted provider.SignOnKind, offered []provider.SignOnKind) string {
	if wanted == "" || slices.Contains(offered, wanted) {
		return ""
	}
	var names []string
	for _, o := range offered {
		names = append(names, strconv.Quote(string(o)))
	}
	return fmt.Sprintf("%q is not offered here, only %s", wanted, strings.Join(names, " and "))
}
