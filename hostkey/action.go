package hostkey

import (
	"net/http"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// Class is what a call does to money and data, and with it how often it may be sent.
type Class uint8

const (
	// ClassOrder creates a charge, a paid resource or an invoice. It is sent once
	// and retried by nobody, not even where the server cannot have seen it. The
	// zero value, so that forgetting to decide costs nothing.
	ClassOrder Class = iota
	// ClassDestroy loses data or service. It is sent once, too.
	ClassDestroy
	// ClassWrite changes something. It is retried only if the server cannot have
	// seen it.
	ClassWrite
	// ClassRead changes nothing. It is retried, also with a new token when the
	// server has forgotten the old one.
	ClassRead
)

// String is the class in one word.
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

// action is one thing that the API does: a module and an action in it. They stand at
// the top of the module's file and nowhere else; testdata/hostkey/operations.tsv is
// the inventory that they are held against.
type action struct {
	*rest.Endpoint
	module, name string
	class        Class
	open         bool
}

// orderTimeout is how long an answer to an order is waited for at least: an order
// whose answer is lost has to be looked for.
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
		a.Timeout = orderTimeout
	}
	return a
}

// public marks an action that needs no token, and gets none.
func (a action) public() action {
	a.open = true
	return a
}

// idempotent marks a change that comes to the same when it is made twice.
func (a action) idempotent() action {
	if a.class == ClassOrder {
		panic("hostkey: " + a.Op + " creates a charge and cannot be idempotent")
	}
	a.Effect = rest.Idempotent
	return a
}

// untilGone marks a removal: "not found" after a lost answer means that it was made.
func (a action) untilGone() action {
	a.DoneIf = provider.ErrNotFound
	return a
}

// sensitive marks answers that are or may be a secret: keys, root passwords, console
// URLs.
func (a action) sensitive() action {
	a.Sensitive = true
	return a
}

// byGet sends action and fields in the query. Only for what is read without a token:
// queries end up in logs.
func (a action) byGet() action {
	if !a.open || a.class != ClassRead {
		panic("hostkey: " + a.Op + " must not be sent by GET")
	}
	a.Method = http.MethodGet
	return a
}

// single reports whether not even a refused connection leads to a second attempt.
func (a action) single() bool {
	return a.class == ClassOrder || a.class == ClassDestroy && a.Effect == rest.Once
}
