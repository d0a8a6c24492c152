// Package faults makes an emulated server misbehave on purpose: it refuses connections, cuts them
// before or after a request was applied, answers 429 and 5xx, truncates bodies and sends HTML
// instead of JSON.
//
// An [Injector] goes before any [net/http.Handler], as middleware of a real server
// ([Injector.Handler]) or as an in-memory transport without sockets ([Injector.Transport]). It logs
// all requests. Without a fault it does nothing else.
package faults

import (
	"net/http"
	"strconv"
	"time"

	"github.com/provkit/provkit/internal/words"
)

// Kind is how a server misbehaves.
type Kind string

// The kinds of faults. [Fault.After] says whether Drop, Status, HTML, Garbage and Delay apply the
// request; Refuse never does, Truncate and Late always do.
const (
	// Refuse refuses the connection: the request never reaches the server. Over real TCP, where the
	// connection comes before the request, it is closed before anything is applied.
	Refuse Kind = "refuse"
	// Drop cuts the connection without an answer.
	Drop Kind = "drop"
	// Status answers with [Fault.StatusCode] (default 500) and a small body.
	Status Kind = "status"
	// Truncate applies the request and sends half of the answer, with the Content-Length of all of
	// it. An answer without a body is lost, as with Drop and After.
	Truncate Kind = "truncate"
	// HTML answers with an HTML page, as proxies do (default status 200).
	HTML Kind = "html"
	// Garbage answers with Content-Type JSON and wrong JSON (default status 200). Body says what is
	// wrong: `{}`, wrong types, or no JSON.
	Garbage Kind = "garbage"
	// Delay waits for [Fault.Delay] and then serves normally. It waits before the request is
	// applied or, with After, before the answer.
	Delay Kind = "delay"
	// Stale applies the request and answers as the server would have answered [Fault.Delay] ago, as a
	// cache or a replica does: with the answer that the same request got then, or the oldest since.
	// It is for requests that only read, and must also meet those before the change.
	Stale Kind = "stale"
	// Late applies the request after [Fault.Delay], when whoever sent it has lost its answer long ago: the
	// connection is cut at once or, if the fault has an answer of its own (StatusCode or Body), that is sent.
	Late Kind = "late"
	// Custom lets [Fault.Answer] serve the request.
	Custom Kind = "custom"
)

// Fault is one misbehaviour.
type Fault struct {
	Kind Kind
	// After applies the request; its answer is lost or replaced.
	After bool
	// StatusCode is the status of the fault's own answer. 0 is the kind's default.
	StatusCode int
	// Header is sent with the fault's own answer.
	Header http.Header
	// RetryAfter, if not empty, is the Retry-After header of the fault's own answer.
	RetryAfter string
	// Delay is how long every kind but Stale and Late waits first. If the client gives up meanwhile, the
	// request is not applied. (The kind Delay with After waits last.)
	Delay time.Duration
	// Body is the body of the fault's own answer; "" is the kind's default.
	Body string
	// Answer is for the kind Custom: it answers in the place of next, which is the server, and may
	// have it serve the request first.
	Answer func(w http.ResponseWriter, r *http.Request, next http.Handler)
}

// String returns a short stable name for test tables, such as "refuse", "drop after" or "503
// before".
func (f Fault) String() string {
	name, when := words.Line(string(f.Kind), words.MaxCode), " before"
	if f.After {
		when = " after"
	}
	switch f.Kind {
	case Drop:
	case Refuse, Truncate, Custom, Stale, Late:
		return name
	case Delay:
		if f.After {
			return name + when
		}
		return name
	case Status:
		name = strconv.Itoa(f.status())
		if f.status() == http.StatusTooManyRequests && !f.After {
			return name // a name for the usual case; with After it says so
		}
	case HTML, Garbage:
		if f.status() != http.StatusOK {
			name += " " + strconv.Itoa(f.status())
		}
	}
	return name + when
}

// Catalogue returns the faults that the conformance suite injects, in a stable order.
func Catalogue() []Fault {
	return []Fault{
		{Kind: Refuse},
		{Kind: Drop},
		{Kind: Drop, After: true},
		{Kind: Status, StatusCode: http.StatusInternalServerError},
		{Kind: Status, StatusCode: http.StatusInternalServerError, After: true},
		{Kind: Status, StatusCode: http.StatusBadGateway, After: true},
		{Kind: Status, StatusCode: http.StatusServiceUnavailable},
		{Kind: Status, StatusCode: http.StatusTooManyRequests, RetryAfter: "1"},
		{Kind: Truncate},
		{Kind: HTML},
		{Kind: HTML, After: true},
		{Kind: Garbage, After: true},
	}
}

// status returns the status of the fault's own answer.
func (f Fault) status() int {
	switch {
	case f.StatusCode != 0:
		return f.StatusCode
	case f.Kind == Status:
		return http.StatusInternalServerError
	default:
		return http.StatusOK
	}
}
