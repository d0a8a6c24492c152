package provider

import (
	"context"
	"iter"
)

// Provider is one system that holds customers' accounts. Every adapter has this
// core; what only some systems can do stands in the optional interfaces below
// (find them with As), and Describe declares all of it.
//
// All methods are safe for concurrent use and honour the context everywhere,
// also while they wait. They refuse bad input (ErrInvalid, naming the field)
// before any I/O. The verbs that change something are safe to call again after
// any error: see the promises in the package documentation.
type Provider interface {
	// Describe tells what this system is and can do. It is static: no I/O, and
	// the same value for the life of the provider. Do not modify the result.
	Describe() *Description

	// Check tests the connection step by step (name, TCP, TLS, API,
	// credentials, rights, version) and changes nothing. The report is never
	// nil. The error is that of the first failed step.
	Check(ctx context.Context) (*CheckReport, error)

	// Get reads one account. ErrNotFound if there is none of that ID.
	Get(ctx context.Context, id string) (*Account, error)

	// Find looks for the one account that matches the query. ErrNotFound if
	// none does, ErrConflict if several do, ErrInvalid if the query is empty,
	// ErrUnsupported if the API cannot search by a field that is set.
	Find(ctx context.Context, q Query) (*Account, error)

	// Create makes an account. The same Reference and Username give the same
	// account however often and in however many processes it is called
	// (OutcomeAlready, and nothing of it is changed). A name that is taken by
	// anybody else is ErrAlreadyExists. Of a Create that stopped half-way the
	// next call does the rest. The Creation stands beside the error when
	// something was or may have been made.
	Create(ctx context.Context, req *CreateRequest) (*Creation, error)

	// Suspend takes an account out of service and keeps its data. It is done
	// when reading back shows it. An account that is suspended: OutcomeAlready.
	Suspend(ctx context.Context, id string) (Outcome, error)

	// Unsuspend puts a suspended account back into service. An account that
	// is active: OutcomeAlready.
	Unsuspend(ctx context.Context, id string) (Outcome, error)

	// Terminate removes an account and its data for good. It is done when
	// there is proof that the account is gone: a "not found" counts only while
	// the credentials can still read something else. What never existed, or
	// was removed by an earlier call, is ErrNotFound.
	Terminate(ctx context.Context, id string) (Outcome, error)

	// SignOn mints a way into the account for its owner.
	SignOn(ctx context.Context, req *SignOnRequest) (*SignOn, error)
}

// ListOptions shape a listing. The zero value, and nil, list everything.
type ListOptions struct {
	// PageSize is a wish, not a promise: how many accounts are fetched at
	// once. 0 leaves it to the adapter; negative is ErrInvalid.
	PageSize int
}

// Lister lists all accounts. The sequence fetches as it goes, ends at the first
// error, and stops fetching when the loop breaks. Accounts that come or go
// meanwhile may or may not be seen.
type Lister interface {
	List(ctx context.Context, opts *ListOptions) iter.Seq2[*Account, error]
}

// PlanLister lists the plans that an account can be put on.
type PlanLister interface {
	Plans(ctx context.Context) ([]Plan, error)
}

// PlanChanger moves an account to another plan. On that plan: OutcomeAlready.
type PlanChanger interface {
	ChangePlan(ctx context.Context, id, plan string) (Outcome, error)
}

// PasswordChanger sets the password of the account. No API lets one read it
// back: after a lost answer the error is ErrOutcomeUnknown, and setting the same
// password again is safe.
type PasswordChanger interface {
	ChangePassword(ctx context.Context, id string, password Secret) (Outcome, error)
}

// Renewer pays for the account's next period, once per period.
type Renewer interface {
	Renew(ctx context.Context, id string) (Outcome, error)
}

// Canceler schedules the end of an account at the end of its paid period, and
// takes that back.
type Canceler interface {
	Cancel(ctx context.Context, id string) (Outcome, error)
	UndoCancel(ctx context.Context, id string) (Outcome, error)
}

// UsageReader reads what one account uses.
type UsageReader interface {
	Usage(ctx context.Context, id string) (*UsageReport, error)
}

// FleetUsageReader reads what all accounts use, in as few calls as the API
// allows. An error beside a report concerns that account only and the sequence
// goes on; an error without one ends it.
type FleetUsageReader interface {
	FleetUsage(ctx context.Context) iter.Seq2[*UsageReport, error]
}

// PowerAction is a push on a machine's buttons.
type PowerAction string

// The power actions.
const (
	PowerOn     PowerAction = "on"
	PowerOff    PowerAction = "off"
	PowerReset  PowerAction = "reset"
	PowerReboot PowerAction = "reboot"
)

// PowerController switches a machine.
type PowerController interface {
	Power(ctx context.Context, id string, action PowerAction) (Outcome, error)
}

// ReinstallRequest asks for a fresh system on a machine. All data on it is lost.
type ReinstallRequest struct {
	AccountID string
	// Image is what to install, as the vendor names it.
	Image string
	// Password of the machine's administrator.
	Password Secret
	// Options are settings that only this system has.
	Options map[string]string
}

// Reinstaller wipes a machine and installs a system on it.
type Reinstaller interface {
	Reinstall(ctx context.Context, req *ReinstallRequest) (Outcome, error)
}

// Adopter marks an account that exists already as the one of a reference, as if
// Create had made it. One that carries another reference is ErrAlreadyExists.
type Adopter interface {
	Adopt(ctx context.Context, id, reference string) (Outcome, error)
}

// Progress is how far pending work has come.
type Progress struct {
	// Done is set when the work has ended well. Work that failed is an error.
	Done bool
	// Message is what the system says of it.
	Message string
	// Account as it stands; nil while there is none.
	Account *Account
}

// Poller is what an adapter has whose work outlasts a call. The handle is a
// Creation.Handle, or the ID of an account on which a verb returned
// OutcomePending.
type Poller interface {
	Poll(ctx context.Context, handle string) (*Progress, error)
}

// Middleware wraps a Provider in another. The wrapper should have a method
// Unwrap() Provider, so that As finds what the wrapped one can do.
type Middleware func(Provider) Provider

// As finds an optional interface in p or in what it wraps:
//
//	if reader, ok := provider.As[provider.UsageReader](p); ok {
//		usage, err := reader.Usage(ctx, id)
//	}
//
// A middleware that wants to see the calls of an optional interface implements
// that interface itself: the outermost one wins.
func As[T any](p Provider) (T, bool) {
	for p != nil {
		if t, ok := p.(T); ok {
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
