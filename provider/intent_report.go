package provider

import (
	"errors"
	"time"
)

// IntentState is what an intent has come to.
type IntentState string

// The states of an intent. Done, refused and person end it: nothing more happens until a newer one.
const (
	// IntentDone: the account is as it is wanted.
	IntentDone IntentState = "done"
	// IntentPending: it is under way at the system; look again.
	IntentPending IntentState = "pending"
	// IntentWaiting: it did not succeed, and the same call may later. See Retryable.
	IntentWaiting IntentState = "waiting"
	// IntentRefused: no repetition heals it, another order may.
	IntentRefused IntentState = "refused"
	// IntentPerson: a person has to decide; see Error.Undecided. Engines also say so when they give up.
	IntentPerson IntentState = "person"
)

// IntentReport is what one attempt at an intent came to: plain JSON without secrets, as a table or a
// workflow keeps it.
type IntentReport struct {
	State IntentState `json:"state"`
	// After is how long to wait at least before the next attempt, if State is IntentWaiting: an hour at most,
	// whatever a server asks for. 0 leaves it to the engine's own growing waits.
	After time.Duration `json:"after,omitempty"`
	// AccountID is the account's, if it is known to be that of the intent: Intent.ID from then on. It is ""
	// once the account is gone.
	AccountID string `json:"account_id,omitempty"`
	// Changes that were made, in words: "suspend: active -> suspended".
	Changes []string `json:"changes,omitempty"`
	// Unmarked is EnsureResult.Unmarked.
	Unmarked string `json:"unmarked,omitempty"`
	// Code is provider.Code of the error; "" without one.
	Code string `json:"code,omitempty"`
	// Err is why; nil if State is IntentDone or IntentPending.
	Err *Error `json:"err,omitempty"`
}

// Report says what an attempt came to, by what Ensure returned.
func (i *Intent) Report(done *EnsureResult, err error) *IntentReport {
	r := &IntentReport{State: IntentDone, AccountID: i.ID, Code: Code(err)}
	if done == nil {
		done = &EnsureResult{}
	}
	r.Unmarked = done.Unmarked
	for _, change := range done.Changes {
		r.Changes = append(r.Changes, change.String())
	}
	// Beside an error the account may be a stranger's, who has the name.
	if a := done.Account; a != nil && (err == nil || a.Reference == i.Reference) {
		r.AccountID = a.ID
	}
	if err == nil {
		switch {
		case done.Outcome() == OutcomePending:
			r.State = IntentPending
		case i.Status == StatusAbsent:
			r.AccountID = ""
		}
		return r
	}
	inner, ok := errors.AsType[*Error](err)
	if !ok {
		inner = &Error{}
	}
	if r.Err = inner; error(inner) != err { //nolint:errorlint // what stands around it is kept
		r.Err = &Error{
			Action: i.action(), Kind: FromCode(r.Code), Message: err.Error(), Err: err, Undecided: inner.Undecided, RetryAfter: inner.RetryAfter,
		}
	}
	after, again := Retryable(err)
	switch {
	case again, r.Code == other: // what nobody knows is tried again, as often as the engine does that
		r.State, r.After = IntentWaiting, min(after, time.Hour)
	case inner.Undecided != nil:
		r.State = IntentPerson
	default:
		r.State = IntentRefused
	}
	return r
}
