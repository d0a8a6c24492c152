package provider

import (
	"net/netip"
	"time"
)

// Account is one customer's service as the contract sees it: a hosting account,
// a server, a licence.
type Account struct {
	// ID is the vendor's identifier, and what every verb takes.
	ID string
	// Reference is the caller's own key, read back from the marker that Create
	// left; "" if there is none or the API does not show it.
	Reference string
	// Username is the login name, host name or licence name.
	Username string
	// Name is the customer's name as the system holds it.
	Name string
	// Email is the customer's address.
	Email string
	// Domain is the main domain, if the API tells it in the same read.
	Domain string
	// Plan is the plan's ID as PlanLister lists it; "" if unknown.
	Plan string
	// Status is where the account stands in its life.
	Status Status
	// CreatedAt is zero where the API does not tell.
	CreatedAt time.Time
	// SuspendAt is when a scheduled suspension falls due, zero if none is known.
	SuspendAt time.Time
	// EndAt is when a scheduled end falls due, zero if none is known.
	EndAt time.Time
	// Addresses are the IP addresses that belong to the account.
	Addresses []netip.Addr
	// Native is the vendor's own value, such as *keyhelp.ClientAccount, for
	// what the contract has no field for.
	Native any
}

// Status is where an account stands in its life. Treat an unknown value like
// StatusUnknown: a new panel may know states that this release does not.
type Status string

// The states that the contract knows.
const (
	// StatusUnknown: the API told a state that the adapter cannot place.
	StatusUnknown Status = "unknown"
	// StatusPending: ordered or being built, not usable yet.
	StatusPending Status = "pending"
	// StatusActive: in service.
	StatusActive Status = "active"
	// StatusSuspended: kept, but out of service.
	StatusSuspended Status = "suspended"
	// StatusEnding: its end is under way or scheduled for the next moment.
	StatusEnding Status = "ending"
	// StatusAbsent: there is no account. Only Desired has it: no system reports it.
	StatusAbsent Status = "absent"
)

// Outcome tells what a verb did. The zero value belongs to an error: nothing is
// known to have been done.
type Outcome string

// The outcomes of a verb that returned no error.
const (
	// OutcomeChanged: this call made the change.
	OutcomeChanged Outcome = "changed"
	// OutcomeAlready: it was so before the call, or an earlier call did it.
	OutcomeAlready Outcome = "already"
	// OutcomeAdopted: something that stood already was taken over as ours.
	OutcomeAdopted Outcome = "adopted"
	// OutcomePending: accepted and under way; see Wait.
	OutcomePending Outcome = "pending"
)

// CreateRequest is an order for one account. Reference and Username together
// make Create idempotent: the same pair gives the same account.
type CreateRequest struct {
	// Reference is the caller's own stable key of the order, such as the
	// billing system's service number. Required. It is written where the API
	// has room, so that the account is recognised as ours: letters, digits
	// and - _ . : # / only, 64 at most.
	Reference string
	// Username is the login name; see Description.Username for what is allowed.
	Username string
	// Password of the account. Required where Description.Password is set.
	// Choose and keep it before calling: after a lost answer nobody can read
	// it back.
	Password Secret
	// Email is the customer's address. Required.
	Email string
	// Name is the customer's name, as one line.
	Name string
	// Domain is the first domain of the account; "" for none.
	Domain string
	// Plan is the ID of a plan; "" for the system's default.
	Plan string
	// Options are settings that only this system has, by the names of
	// Description.Options.
	Options map[string]string
	// OnFailure says what to do with the finished steps when a later one
	// definitely fails. The zero value keeps them: calling Create again
	// continues where it stopped.
	OnFailure FailurePolicy
	// Handle continues pending work after a restart: Creation.Handle of the
	// first call. "" for a new order.
	Handle string
}

// FailurePolicy is what Create does with its finished steps when a later step
// definitely fails. When the outcome of a step is unknown nothing is undone.
type FailurePolicy string

// The failure policies.
const (
	// OnFailureKeep leaves what was made; the same Create finishes it later.
	OnFailureKeep FailurePolicy = ""
	// OnFailureUndo removes what this very call made, and nothing else.
	OnFailureUndo FailurePolicy = "undo"
)

// Creation is the result of Create. It stands beside an error too whenever
// something was made or may have been made: Steps tell how far it came.
type Creation struct {
	// Account is what there is; nil when the order is pending without one.
	Account *Account
	// Outcome is changed (made now), already (the same request made it
	// before), adopted, or pending.
	Outcome Outcome
	// Steps in their order, such as "client" and "domain".
	Steps []Step
	// Handle names pending work across restarts of the program: keep it and
	// give it to Wait, or to Create in CreateRequest.Handle.
	Handle string
}

// Step is one part of a Create.
type Step struct {
	// Name of what the step makes: "client", "domain".
	Name string
	// Outcome of the step, "" if it failed or was not reached.
	Outcome Outcome
	// Err is why the step failed.
	Err error
	// Undone tells that the step's result was removed again (OnFailureUndo).
	Undone bool
}

// Query selects one account. Fields that are set must all match exactly
// (user names and domains without regard to case).
type Query struct {
	Reference string
	Username  string
	Email     string
	Domain    string
}

// IsZero reports whether the query asks for nothing.
func (q Query) IsZero() bool { return q == Query{} }

// Plan is a product of the system that an account can be put on.
type Plan struct {
	// ID is what CreateRequest.Plan and ChangePlan take.
	ID string
	// Name as people know it.
	Name string
	// Limits of the plan, Used being zero.
	Limits []Usage
	// Native is the vendor's own value.
	Native any
}
