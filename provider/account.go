package provider

import (
	"net/netip"
	"time"
)

// Account is one customer's service as the contract sees it: a hosting account, a server, a
// license.
type Account struct {
	// ID is the vendor's identifier, which every verb takes.
	ID string
	// Reference is the caller's own key, as the marker that Create left proves it; "" if there is none,
	// it proves nothing, or the API does not show it.
	Reference string
	// Marker says whether the marker was tampered with, or is to be written anew.
	Marker Marker
	// Username is the login name, the host name or the license's name.
	Username string
	// Name is the customer's name as the system has it.
	Name string
	// Email is the customer's address.
	Email string
	// Domain is the main domain, if the same read returns it.
	Domain string
	// Plan is the plan's ID as PlanLister lists it; "" if unknown.
	Plan string
	// Status is the state of the account.
	Status Status
	// CreatedAt is zero where the API does not report it.
	CreatedAt time.Time
	// SuspendAt is when a scheduled suspension is due; zero if none is known. If the system names
	// only a day, it is the beginning of that day in UTC: it may happen at any time of it.
	SuspendAt time.Time
	// EndAt is when a scheduled end is due; zero if none is known. If the system names only a day, it
	// is the last second of a day until which the account is valid, and the beginning of one on which it
	// is deleted, both in UTC.
	EndAt time.Time
	// EndUnknown is set if there is an end that cannot be read. EndAt is zero then.
	EndUnknown bool
	// Addresses are the IP addresses that belong to the account.
	Addresses []netip.Addr
	// Native is the vendor's own value, such as *keyhelp.ClientAccount: it has what the contract
	// has no field for.
	Native any
}

// Status is the state of an account. Treat a value that you do not know like StatusUnknown: a later
// release may have more.
type Status string

// The states of the contract.
const (
	// StatusUnknown: the API reports a state that the adapter does not know.
	StatusUnknown Status = "unknown"
	// StatusPending: ordered or being built, not usable yet.
	StatusPending Status = "pending"
	// StatusActive: in service.
	StatusActive Status = "active"
	// StatusSuspended: kept, but out of service.
	StatusSuspended Status = "suspended"
	// StatusEnding: its end is under way or due at any moment.
	StatusEnding Status = "ending"
	// StatusAbsent: there is no account. No system reports it; it is for Desired.
	StatusAbsent Status = "absent"
)

// Outcome is what a verb did. The zero value comes with an error: nothing is known to have been
// done.
type Outcome string

// The outcomes of a verb that returned no error.
const (
	// OutcomeChanged: this call made the change.
	OutcomeChanged Outcome = "changed"
	// OutcomeAlready: there was nothing to do.
	OutcomeAlready Outcome = "already"
	// OutcomeAdopted: something that existed was taken over as ours.
	OutcomeAdopted Outcome = "adopted"
	// OutcomePending: the change was accepted and is under way; see Wait.
	OutcomePending Outcome = "pending"
)

// CreateRequest is an order for one account. Reference and Username together make Create
// idempotent: the same pair always gives the same account.
type CreateRequest struct {
	// Reference is the caller's own stable key of the order, such as the billing system's service
	// number. Required: at most 64 letters, digits and - _ . : # /. Create writes it where the API
	// has room, so that later calls recognize the account as ours.
	Reference string
	// Username is the login name. Description.Username says what is allowed.
	Username string
	// Password of the account. Required where Description.Password is set, unless that is Optional: then
	// Creation.Password is the one that was made up. Choose and store it before the call: after a
	// lost answer nobody can read it back.
	Password Secret
	// Email is the customer's address. Required.
	Email string
	// Name is the customer's name, as one line.
	Name string
	// Domain is the first domain of the account; "" for none.
	Domain string
	// Plan is the ID of a plan; "" for the system's default.
	Plan string
	// Options are settings that only this system has; Description.Options lists them.
	Options map[string]string
	// Secrets are those of Description.Options that are secret. Options refuses them.
	Secrets map[string]Secret
	// OnFailure says what happens to the finished steps when a later one definitely fails. The zero
	// value keeps them: the next Create continues where this one stopped.
	OnFailure FailurePolicy
	// Handle continues an order that a program without a ledger has begun: it is Creation.Handle of the
	// first call. With a ledger, and for a new order, it is "".
	Handle string
}

// FailurePolicy is what Create does with its finished steps when a later step definitely fails.
// Nothing is undone while the outcome of a step is unknown.
type FailurePolicy string

// The failure policies.
const (
	// OnFailureKeep keeps what was made; the same Create finishes it later.
	OnFailureKeep FailurePolicy = ""
	// OnFailureUndo removes what this call made, and nothing else.
	OnFailureUndo FailurePolicy = "undo"
)

// Creation is the result of Create. Create returns it with an error, too, if something was or may
// have been made: Steps show how far it got.
type Creation struct {
	// Account as it is now; nil while a pending order has none.
	Account *Account
	// Outcome is changed (this call made it), already (an earlier call with the same request did),
	// adopted, or pending.
	Outcome Outcome
	// Steps in order, such as "client" and "domain".
	Steps []Step
	// Handle names pending work, and survives a restart of the program: pass it to Wait. Where there is
	// no ledger, store it, and pass it to Create as CreateRequest.Handle.
	Handle string
	// Password is the one that was made up for a new account, since the order had none. Store it: nothing
	// shows it again. It is zero if the account was there already, and if the answer that had it was lost:
	// then nobody knows it. Set another with ChangePassword, or let the customer in with SignOn.
	Password Secret
}

// Step is one part of a Create.
type Step struct {
	// Name of what the step makes: "client", "domain".
	Name string
	// Outcome of the step, "" if it failed or was not reached.
	Outcome Outcome
	// Err is why the step failed.
	Err error
	// Undone is set if the step's result was removed again (OnFailureUndo).
	Undone bool
}

// Query selects one account. All fields that are set must match exactly, user names and domains in
// any case.
type Query struct {
	Reference string
	Username  string
	Email     string
	Domain    string
}

// IsZero reports whether no field is set.
func (q Query) IsZero() bool { return q == Query{} }

// Plan is a product of the system that an account can have.
type Plan struct {
	// ID is what CreateRequest.Plan and ChangePlan take.
	ID string
	// Name for people.
	Name string
	// Limits of the plan. Their Used is zero.
	Limits []Usage
	// Native is the vendor's own value.
	Native any
}
