package riverprovider

import "github.com/provkit/provkit/provider"

// EventKind is what has become of an intent.
type EventKind string

// The kinds of events. Done, Refused and Person end an intent: nothing more happens until a newer one.
const (
	// Done: the account is as the intent wants it.
	Done EventKind = "done"
	// Refused: no repetition heals it, another order may.
	Refused EventKind = "refused"
	// Person: a person has to decide (provider.Error.Undecided), or all attempts are used up. An intent
	// with a greater Sequence starts anew.
	Person EventKind = "person"
	// Waiting: it did not succeed and is tried again. It comes once for each Code in a row.
	Waiting EventKind = "waiting"
	// Password: the system made up a password, which is told this once: store it, encrypted, in the same
	// transaction. Another event follows.
	Password EventKind = "password"
)

// Event tells what has become of an intent.
type Event struct {
	Kind   EventKind
	Intent *provider.Intent
	// AccountID is the account's, if it is known. Pass it as Intent.ID from then on.
	AccountID string
	// Changes that were made, in words: "suspend: active -> suspended".
	Changes []string
	// Unmarked is EnsureResult.Unmarked.
	Unmarked string
	// Password of Password.
	Password provider.Secret
	// Err is why; nil for Done and Password. Code is provider.Code of it.
	Err  error
	Code string
}
