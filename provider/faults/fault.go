// Package faults makes an emulated server misbehave on purpose: it refuses connections, cuts them before or after a
// request was applied, answers 429 and 5xx, truncates bodies and sends HTML where JSON is due.
//
// An [Injector] sits in front of any [net/http.Handler], as middleware of a real server ([Injector.Handler]) or as an
// in-memory transport without sockets ([Injector.Transport]), and keeps a log of all requests. With no fault
// configured it only logs.
package faults

import (
	"net/http"
	"strconv"
	"time"
)

// Kind tells how a server misbehaves.
type Kind string

// The kinds of faults. Drop, Status, HTML, Garbage and Delay obey [Fault.After]; Refuse never applies the request,
// Truncate always does.
const (
	// Refuse refuses the connection: the request never reaches the server. Over real TCP, where accepting comes
	// before the request, the connection is closed before anything is applied.
	Refuse Kind = "refuse"
	// Drop cuts the connection without an answer.
	Drop Kind = "drop"
	// Status answers with [Fault.StatusCode] (default 500) and a small body.
	Status Kind = "status"
	// Truncate applies the request and cuts the answer half-way; its Content-Length declares all of it. An answer
	// without a body has nothing to cut in half, so its connection is cut as with Drop after.
	Truncate Kind = "truncate"
	// HTML answers with an HTML page, as proxies send it (default status 200).
	HTML Kind = "html"
	// Garbage answers with Content-Type JSON and wrong JSON (default status 200). Body chooses what is wrong: `{}`,
	// wrong types, or no JSON at all.
	Garbage Kind = "garbage"
	// Delay only waits for [Fault.Delay] and serves normally: before the request is applied, or, with After, between
	// applying it and answering.
	Delay Kind = "delay"
)

// Fault is one misbehaviour.
type Fault struct {
	Kind Kind
	// After applies the request first; then its answer is lost or replaced.
	After bool
	// StatusCode is the status of an answer that the fault makes up. Zero takes the kind's default.
	StatusCode int
	// Header is sent with an answer that the fault makes up.
	Header http.Header
	// RetryAfter, if not empty, is sent as the Retry-After header of an answer that the fault makes up.
	RetryAfter string
	// Delay is waited first, with every kind. A client that gives up meanwhile ends the request unapplied (except
	// for the kind Delay with After, which waits last).
	Delay time.Duration
	// Body replaces the default body of an answer that the fault makes up.
	Body string
}

// String returns a short stable name for test tables, such as "refuse", "drop after" or "503 before".
func (f Fault) String() string {
	name, when := string(f.Kind), " before"
	if f.After {
		when = " after"
	}
	switch f.Kind {
	case Refuse, Truncate:
		return name
	case Delay:
		if f.After {
			return name + when
		}
		return name
	case Status:
		name = strconv.Itoa(f.status())
		if f.status() == http.StatusTooManyRequests && !f.After {
			return name // being turned away before anything happens is what 429 means
		}
	case HTML, Garbage:
		if f.status() != http.StatusOK {
			name += " " + strconv.Itoa(f.status())
		}
	}
	return name + when
}

// Catalogue returns each fault that the conformance suite injects, in stable order.
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

// status is the status of the answer that the fault makes up.
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
