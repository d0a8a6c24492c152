package providertest

import (
	"net/http"
	"testing"
	"time"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

// Harness is what the suite needs to test an adapter.
type Harness struct {
	// Name of the adapter, for messages.
	Name string
	// Open makes a fresh empty world. It is called many times, by parallel tests and in
	// testing/synctest bubbles: it must not open sockets, nor start goroutines that outlive the
	// world's last call.
	Open func(t testing.TB) *World
	// Variant is for an adapter's second harness: it lists the capabilities in which that differs
	// from the first. By default only their verbs meet faults; the full run tries all. nil tries
	// all.
	Variant []provider.Capability
	// KnownJunk are the junk answers that nothing tells from an answer to the verb, with the reason:
	// keys are the verb's row and the kind, such as "plans: []". They are not tried, and logged. In the
	// full run one of which nothing fails any more fails the suite.
	KnownJunk map[string]string
}

// World is one emulated server and access to its state. Fields that may be nil say so; Run leaves
// out the checks that need them, and logs which.
type World struct {
	// Provider is the adapter under test, connected to the server.
	Provider provider.Provider
	// Reopen makes a new client for the same server, as a restarted program does.
	Reopen func() provider.Provider
	// BadKey makes a client with credentials that the same server refuses.
	BadKey func() provider.Provider
	// Faults is between all these clients and the server. nil leaves out all checks that see or
	// disturb requests.
	Faults *faults.Injector
	// Request makes the n-th valid order, with its own Reference, Username, Domain, Password (where
	// accounts have one) and Plan (where there are plans). The same n always gives an equal
	// request.
	Request func(n int) *provider.CreateRequest
	// OtherPlan is a plan that no Request uses. It may be "" unless changing plans is declared
	// native.
	OtherPlan string
	// Image is what Reinstall may install. It may be "" unless reinstalling is declared native.
	Image string
	// Settles is for how long Create, Renew and ChangePlan may say that nobody knows yet what became of an
	// order; see provider.WithSettleTime. 0 for systems where nothing is paid.
	Settles time.Duration
	// MissingID is the well-formed ID of no account. If it is "", the suite terminates an account
	// and uses its ID.
	MissingID string
	// Accounts returns the server's accounts, from the emulator's state and not from the API.
	// Pending orders are among them.
	Accounts func() []Truth
	// AddForeign makes an account that somebody else made, without our marker. It may be nil if the
	// system cannot have one, unless Adopt is declared native.
	AddForeign func(username string) (id string)
	// HideAccounts makes reads of accounts answer "not found" although the key is valid, as panels
	// do for keys without rights. It may be nil.
	HideAccounts func(bool)
	// IgnoreSuspension makes the server answer OK when an account is suspended or unsuspended, and
	// change nothing. It may be nil.
	IgnoreSuspension func(bool)
	// Deny makes the server refuse the requests that match accepts, all if match is nil, until
	// Faults.Clear: with the vendor's own answer for provider.ErrNotFound or provider.ErrForbidden.
	// If Deny is nil, the answer is the HTTP status 404 or 403 with {"error": "not found"} or
	// {"error": "forbidden"}.
	Deny func(match func(*http.Request) bool, kind error)
	// Refusal is a refusal that leaves nothing open, in the vendor's own form: an answer in any other
	// form may come from a proxy, and proves nothing. The zero value is the HTTP status 422 with
	// {"error": "injected refusal"}.
	Refusal faults.Fault
	// Reads reports whether a request only reads, so that its answer may trail changes, as a cache's
	// does. It may be nil.
	Reads func(*http.Request) bool
	// Asks reports whether a request that could change something only asks: the server refuses it where what it
	// makes is there, and these credentials may not look. It may be nil.
	Asks func(*http.Request) bool
	// Evidence tells where a request is known from. With it the suite compares what Describe says of each
	// capability with the requests that its verbs make. It may be nil.
	Evidence func(faults.Request) provider.Evidence
	// OtherSignOns are kinds of sign-on that the system has for other accounts than those of Request.
	OtherSignOns []provider.SignOnKind
	// RefuseEmpty makes the server treat a system without accounts as the vendor does from now on,
	// where a fresh world is more lenient. It may be nil.
	RefuseEmpty func()
	// Signed makes a client for the same server with provider.WithMarkerKeys. nil is for a system that
	// shows whose an account is without a marker.
	Signed func(current provider.Secret, old ...provider.Secret) provider.Provider
	// Customer are the texts of an account that its customer can write, the field of the marker among
	// them if he can. None if customers can write nothing.
	Customer []Field
	// NamedOnly is for a system on which Create cannot afford to look for an account of the order under
	// another name, since a search by reference takes a call for each account.
	NamedOnly bool
	// Advance moves the emulator's clock for pending work; nil if nothing pends.
	Advance func(time.Duration)
	// Canaries are secrets that must never appear in an error or a log. The passwords of Request
	// are watched anyway.
	Canaries []string
	// Logs returns what the clients of this world have logged so far. It may be nil.
	Logs func() string
}

// Truth is one account in the server's state.
type Truth struct {
	ID, Username string
	// Reference, Plan and Password are only compared if they are not empty: leave empty what the
	// emulator does not know.
	Reference, Plan, Password string
	Domains                   []string
	Suspended                 bool
	// Complete is set if all steps of a Create with one of World.Request's orders were done, and no
	// work is pending.
	Complete bool
	// Canceled is set if the account ends with its paid period.
	Canceled bool
	// PoweredOff is for machines.
	PoweredOff bool
	// Paid is the number of paid periods; 0 where nobody pays.
	Paid int
}
