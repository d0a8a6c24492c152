package hostkey

import (
	"net/http"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// Class is what a call does to money and data, which decides how often it may be sent.
type Class uint8

const (
	// ClassOrder creates a charge, a paid resource or an invoice. It is sent once and never
	// retried, not even if the server cannot have seen it. It is the zero value, so that a
	// forgotten class costs nothing.
	ClassOrder Class = iota
	// ClassDestroy loses data or service. It is sent once unless it may be repeated safely.
	ClassDestroy
	// ClassWrite changes something. Unless repeating it is safe, it is retried only if the server
	// cannot have seen it.
	ClassWrite
	// ClassRead changes nothing. It is retried, and sent again with a new token if the server has
	// forgotten the old one.
	ClassRead
)

// String returns the class in one word.
func (c Class) String() string {
	switch c {
	case ClassOrder:
		return "order"
	case ClassDestroy:
		return "destroy"
	case ClassWrite:
		return "write"
	case ClassRead:
		return "read"
	}
	return "unknown class"
}

// action is an action of one of the API's modules. All of them are declared at the top of their
// module's file; a test compares them with the inventory, testdata/hostkey/operations.tsv.
type action struct {
	*rest.Endpoint
	module, name string
	class        Class
	open         bool
}

// orderTimeout is the least time to wait for the answer to an order: an order whose answer is lost
// has to be looked for.
const orderTimeout = time.Minute

// act makes an action that is sent with a token.
func act(module, name, op, verb string, class Class) action {
	a := action{
		Endpoint: &rest.Endpoint{Provider: Kind, Op: op, Verb: verb, Method: http.MethodPost, Route: "/" + module + ".php"},
		module:   module, name: name, class: class,
	}
	switch class {
	case ClassRead:
		a.Effect = rest.Read
	case ClassOrder:
		a.Timeout, a.Spends = orderTimeout, true
	case ClassDestroy, ClassWrite:
	}
	return a
}

// public marks an action that needs no token. None is sent with it.
func (a action) public() action {
	a.open = true
	return a
}

// idempotent marks a change that has the same result if it is made twice.
func (a action) idempotent() action {
	if a.class == ClassOrder {
		panic("hostkey: " + a.Op + " creates a charge and cannot be idempotent")
	}
	a.Effect = rest.Idempotent
	return a
}

// untilGone marks a removal: "not found" after a lost answer means that it succeeded.
func (a action) untilGone() action {
	a.DoneIf = provider.ErrNotFound
	return a
}

// sensitive marks an action whose answer may contain a secret: keys, root passwords, console URLs.
func (a action) sensitive() action {
	a.Sensitive = true
	return a
}

// byGet sends the action and its fields in the query. It is only for public reads, since queries
// end up in logs.
func (a action) byGet() action {
	if !a.open || a.class != ClassRead {
		panic("hostkey: " + a.Op + " must not be sent by GET")
	}
	a.Method = http.MethodGet
	return a
}

// single reports whether the action is never sent again, not even after a refused connection.
func (a action) single() bool {
	return a.class == ClassOrder || a.class == ClassDestroy && a.Effect == rest.Once
}
