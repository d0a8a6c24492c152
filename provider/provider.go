package provider

import (
	"context"
	"iter"
)

// Provider is one system with customers' accounts. Every adapter has these methods. The optional
// interfaces below are for what only some systems can do: As finds them, and Describe declares
// them.
//
// All methods are safe for concurrent use, and end with the context, also while they wait. They
// refuse bad input (ErrInvalid, with the field's name) before any I/O. The verbs that change
// something may be called again after any error: see the promises in the package documentation.
type Provider interface {
	// Describe returns what this system is and can do. It does no I/O, and always returns the same.
	// Do not modify the result.
	Describe() *Description

	// Check tests the connection step by step (DNS, TCP, TLS, API, credentials, rights, version)
	// and changes nothing. It warns about clocks that differ and a proxy that is not used. The
	// report is never nil. The error is that of the first step that failed.
	Check(ctx context.Context) (*CheckReport, error)

	// Get reads one account. The error matches ErrNotFound if the server knows no account of that
	// ID, which is no proof that there is none: see Terminate.
	Get(ctx context.Context, id string) (*Account, error)

	// Find looks for the one account that matches the query. The error matches ErrNotFound if no
	// account matches, with proof that the search works; ErrConflict if several match; ErrInvalid
	// if the query is empty; ErrUnsupported if the API cannot search by a field that is set.
	Find(ctx context.Context, q Query) (*Account, error)

	// Create makes an account. The same Reference and Username always give the same account, in any
	// number of calls and processes (OutcomeAlready, and nothing is changed). A name that somebody
	// else has is ErrAlreadyExists. If a Create stopped half-way, the next call does the rest. The
	// Creation comes with the error, too, if something was or may have been made.
	Create(ctx context.Context, req *CreateRequest) (*Creation, error)

	// Suspend takes an account out of service and keeps its data. It succeeds when a read shows the
	// account suspended; one that never does, though the server accepted the change, is ErrConflict,
	// with ErrOutcomeUnknown. An account that is suspended already: OutcomeAlready.
	Suspend(ctx context.Context, id string) (Outcome, error)

	// Unsuspend puts a suspended account back into service. An account that is active already:
	// OutcomeAlready.
	Unsuspend(ctx context.Context, id string) (Outcome, error)

	// Terminate removes an account and its data for good. It succeeds when there is proof that the
	// account is gone: "not found" counts only while the credentials can still read something else.
	// An account that never existed, or that an earlier call removed, is ErrNotFound.
	Terminate(ctx context.Context, id string) (Outcome, error)

	// SignOn opens the account for its owner, without the password. A kind that the system does not
	// offer is ErrInvalid.
	SignOn(ctx context.Context, req *SignOnRequest) (*SignOn, error)
}

// ListOptions are options of a listing. The zero value and nil mean the same.
type ListOptions struct {
	// PageSize is how many accounts to fetch at once, where the API allows it. 0 leaves it to the
	// adapter; a negative number is ErrInvalid.
	PageSize int
}

// Lister lists all accounts. The sequence fetches accounts as it goes, and stops fetching when the
// loop breaks. An error with an account concerns that account only, of which something cannot be read:
// the account holds the rest, and the sequence goes on. An error without one ends it. Accounts that
// come or go meanwhile may or may not appear. A server that denies the list is an error, never an
// empty list.
type Lister interface {
	List(ctx context.Context, opts *ListOptions) iter.Seq2[*Account, error]
}

// PlanLister lists the plans that an account can have.
type PlanLister interface {
	Plans(ctx context.Context) ([]Plan, error)
}

// PlanChanger moves an account to another plan. An account on that plan: OutcomeAlready.
type PlanChanger interface {
	ChangePlan(ctx context.Context, id, plan string) (Outcome, error)
}

// PasswordChanger sets the password of an account. No API shows passwords: after a lost answer the
// error is ErrOutcomeUnknown, and setting the same password again is safe.
type PasswordChanger interface {
	ChangePassword(ctx context.Context, id string, password Secret) (Outcome, error)
}

// Renewer pays for an account's next period, once a period.
type Renewer interface {
	Renew(ctx context.Context, id string) (Outcome, error)
}

// Canceler schedules an account to end with its paid period, and takes that back.
type Canceler interface {
	Cancel(ctx context.Context, id string) (Outcome, error)
	UndoCancel(ctx context.Context, id string) (Outcome, error)
}

// UsageReader reports what one account uses.
type UsageReader interface {
	Usage(ctx context.Context, id string) (*UsageReport, error)
}

// FleetUsageReader reports what all accounts use, in as few calls as the API allows. An error with
// a report concerns that account only, and the sequence goes on; an error without one ends it.
type FleetUsageReader interface {
	FleetUsage(ctx context.Context) iter.Seq2[*UsageReport, error]
}

// PowerAction is what to do with a machine's power.
type PowerAction string

// The power actions.
const (
	PowerOn     PowerAction = "on"
	PowerOff    PowerAction = "off"
	PowerReset  PowerAction = "reset"
	PowerReboot PowerAction = "reboot"
)

// PowerController switches a machine on and off.
type PowerController interface {
	Power(ctx context.Context, id string, action PowerAction) (Outcome, error)
}

// ReinstallRequest asks for a new system on a machine. All data on it is lost.
type ReinstallRequest struct {
	AccountID string
	// Image is what to install, by the vendor's name or ID.
	Image string
	// Password of the machine's administrator.
	Password Secret
	// Options are settings that only this system has.
	Options map[string]string
	// Secrets are those of the settings that are secret. Options refuses them.
	Secrets map[string]Secret
}

// Reinstaller erases a machine and installs a system on it.
type Reinstaller interface {
	Reinstall(ctx context.Context, req *ReinstallRequest) (Outcome, error)
}

// Adopter marks an existing account with a reference, as if Create had made it. An account with
// another reference is ErrAlreadyExists.
type Adopter interface {
	Adopt(ctx context.Context, id, reference string) (Outcome, error)
}

// Progress is how far pending work has got.
type Progress struct {
	// Done is set when the work has succeeded. Work that failed is an error.
	Done bool
	// Message is what the system says about it.
	Message string
	// Account as it is now; nil while there is none.
	Account *Account
}

// Poller is for adapters whose work outlasts a call. The handle is a Creation.Handle, or the ID of
// an account on which a verb returned OutcomePending. ErrNotFound needs proof here, as it does in
// Terminate.
type Poller interface {
	Poll(ctx context.Context, handle string) (*Progress, error)
}

// Middleware wraps a Provider in another. The wrapper should have a method Unwrap() Provider, so
// that As finds what the wrapped one can do.
type Middleware func(Provider) Provider

// As finds an optional interface in p or in the Provider that it wraps:
//
//	if reader, ok := provider.As[provider.UsageReader](p); ok {
//		usage, err := reader.Usage(ctx, id)
//	}
//
// A middleware that wants to see the calls of an optional interface implements the interface: the
// outermost implementation wins.
func As[T any](p Provider) (T, bool) {
	for p != nil {
		e, expects := p.(*expecting)
		if t, ok := p.(T); ok && (!expects || has[T](e.Provider)) {
			return t, true
		}
		w, ok := p.(interface{ Unwrap() Provider })
		if !ok {
			break
		}
		p = w.Unwrap()
	}
	var none T
	return none, false
}

func has[T any](p Provider) bool {
	_, ok := As[T](p)
	return ok
}
