package providertest

import (
	"net/http"
	"testing"
	"time"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

// Harness is what an adapter supplies to be tested.
type Harness struct {
	// Name of the adapter, for messages.
	Name string
	// Open makes a fresh empty world. It is called many times, also from
	// parallel tests, and inside testing/synctest bubbles: it must neither open
	// sockets nor start goroutines that outlive the world's last call.
	Open func(t testing.TB) *World
	// Variant is for a further harness of an adapter that another one runs whole: the
	// capabilities in which it differs. By default only their verbs meet faults; the full
	// run tries all. nil is a harness that runs whole.
	Variant []provider.Capability
}

// World is one emulated server and ways to look behind it. Fields that may be nil
// say so; the checks that need them are then left out, and Run logs which.
type World struct {
	// Provider is the adapter under test, connected to the server.
	Provider provider.Provider
	// Reopen makes a new client for the same server: the program was restarted.
	Reopen func() provider.Provider
	// BadKey makes a client with credentials that the same server refuses.
	BadKey func() provider.Provider
	// Faults sits between all of these clients and the server. nil leaves out
	// everything that needs to see or disturb requests.
	Faults *faults.Injector
	// Request makes the n-th valid order: with a Reference, Username, Domain,
	// Password (where accounts have one) and Plan (where there are plans) of its
	// own. The same n always gives an equal request.
	Request func(n int) *provider.CreateRequest
	// OtherPlan is a plan to change to that no Request uses; "" if there is none, which
	// cannot be if changing plans is declared native.
	OtherPlan string
	// Image is what Reinstall may install; "" if there is none, which cannot be if that
	// is declared native.
	Image string
	// MissingID is well formed and belongs to no account. "" makes the suite
	// terminate an account and use its ID.
	MissingID string
	// Accounts tells what the server really holds, read from the emulator's state
	// and not over the API. Orders that are still pending belong to it.
	Accounts func() []Truth
	// AddForeign makes an account that somebody else made, without our marker.
	// nil if the system cannot hold one, and Adopt is not declared native.
	AddForeign func(username string) (id string)
	// HideAccounts makes reads of accounts answer "not found" although the key
	// is valid, as panels do that lack rights. nil if the emulator cannot.
	HideAccounts func(bool)
	// IgnoreSuspension makes the server answer OK to suspensions and their end
	// and keep its state. nil if the emulator cannot.
	IgnoreSuspension func(bool)
	// Deny makes the server answer the requests that match accepts (nil: all) in its own words
	// for provider.ErrNotFound or provider.ErrForbidden, and carry none of them out, until
	// Faults.Clear. nil answers with the HTTP status 404 or 403 and {"error": "not found"} or
	// {"error": "forbidden"}.
	Deny func(match func(*http.Request) bool, kind error)
	// Advance moves the emulator's clock for pending work; nil if nothing pends.
	Advance func(time.Duration)
	// Canaries are secrets that must never show up in an error or a log. The
	// passwords of Request are watched anyway.
	Canaries []string
	// Logs returns what the clients of this world have logged so far; nil if
	// nobody listens.
	Logs func() string
}

// Truth is one account as the server really holds it.
type Truth struct {
	ID, Username string
	// Reference, Plan and Password are compared only where they are not empty:
	// leave empty what the emulator cannot tell.
	Reference, Plan, Password string
	Domains                   []string
	Suspended                 bool
	// Complete tells that all steps of Create are there, for a request as World.Request
	// makes them, and that no work on it is pending.
	Complete bool
	// Canceled tells that it ends with its paid period.
	Canceled bool
	// PoweredOff is for machines.
	PoweredOff bool
	// Paid counts the periods paid for; it stays 0 where nobody pays.
	Paid int
}
