package adapter

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/provkit/provkit/provider"
)

// PositiveID is Accounts.ParseID for IDs that are positive decimal numbers; see Number.
func PositiveID(what string) func(text string) (int64, string) {
	return func(text string) (int64, string) { return Number(text, what) }
}

// Number reads an ID that is a positive decimal number. Any other spelling is a problem: it
// would address something else. what is the kind of ID: "client ID".
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

// Input is what is wrong with one argument of a verb: nothing if problem is "".
func Input(field, problem string) provider.Problems {
	var problems provider.Problems
	problems.Note(field, problem)
	return problems
}

// MarkerProblem refuses text with a marker in it: it would make the account somebody else's.
func MarkerProblem(text string) string {
	if _, reference, marker := (provider.Markers{}).Read(text, ""); reference != "" || marker.Tampered != "" {
		return "contains a marker"
	}
	return ""
}

// NilRequest refuses a request that is nil.
func NilRequest(kind, verb string) error {
	return provider.Problems{"request": "nil"}.Err(kind, "", verb)
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
