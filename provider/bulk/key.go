package bulk

import (
	"strings"

	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// By is what a target is named by.
type By string

// What names a target.
const (
	ByID        By = "id"
	ByReference By = "reference"
	ByUsername  By = "username"
)

// Key tells targets apart: the ID "1229" is another account than the reference "1229".
type Key struct {
	Server  string
	By      By
	Account string
}

// String returns a name for people: `reference "order-1042" of "web1"`.
func (k Key) String() string {
	word := string(k.By)
	switch k.By {
	case ByID:
		word = "ID"
	case ByUsername:
		word = "user name"
	case ByReference:
	}
	return words.Say("%s %q of %q", word, k.Account, k.Server)
}

// Key returns what names the target: its ID, else the reference of its order, else the user name. It
// is {Server: t.Server} if nothing does.
func (t Target) Key() Key {
	for _, k := range t.keys() {
		return k
	}
	return Key{Server: t.Server}
}

// keys returns everything that names the target, beginning with its Key.
func (t Target) keys() (all []Key) {
	add := func(by By, name string) {
		if by == ByUsername {
			name = strings.ToLower(name) // no system has two that differ in case
		}
		if name != "" {
			all = append(all, Key{t.Server, by, name})
		}
	}
	if t.ID != "" {
		add(ByID, t.ID)
	} else {
		add(ByID, t.Want.ID)
	}
	if create := t.Want.Create; create != nil {
		add(ByReference, create.Reference)
		add(ByUsername, create.Username)
	}
	return all
}

func (t Target) name() string { return t.Key().Account }

// want is what Ensure should do, since one account may have several entries over time.
type want struct {
	Status provider.Status
	Plan   string
	DryRun bool
}

// String returns "suspended on pro (dry run)".
func (w want) String() string {
	text := string(w.Status)
	if w.Plan != "" {
		text += " on " + w.Plan
	}
	if w.DryRun {
		text += " (dry run)"
	}
	return text
}

// work is a target and what is to be done about it.
type work struct {
	Key
	want
}

func (t Target) work(verb Verb) work {
	w := work{Key: t.Key()}
	if verb == Ensure {
		w.want = want{t.Want.Status, t.Want.Plan, t.Want.DryRun}
	}
	return w
}
