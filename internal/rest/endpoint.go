package rest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/provkit/provkit/provider"
)

// Effect says what sending the same request twice does, and so when a failed attempt may be
// retried.
type Effect uint8

const (
	// Once is a change that may be made twice if it is sent twice. It is retried only if the server
	// cannot have seen the request. It is the zero value, so that forgetting to decide is safe.
	Once Effect = iota
	// Idempotent is a change that has the same result if it is made twice.
	Idempotent
	// Read changes nothing.
	Read
)

// Endpoint describes one operation of an API. Method and route are written here and nowhere else.
// Use it by pointer.
type Endpoint struct {
	// Provider is the kind of the client that it belongs to: "keyhelp".
	Provider string
	// Op is the operation's stable name: "Clients.Create".
	Op string
	// Verb names the operation for people: "create client".
	Verb string
	// Method is the HTTP method. Route is the path below the API's base, with {name} for each
	// argument. A route that begins with "^" is below the server's root instead.
	Method, Route string
	Effect        Effect
	// Spends is set if the request spends money: after an attempt that may have been carried out it is
	// never sent again, whatever the answer says.
	Spends bool
	// DoneIf is the error by which a retry reports that the attempt before it, whose answer was
	// lost, did the work: "not found" to a delete. Then the call succeeds.
	DoneIf error
	// Sensitive is set if answers (sign-on links, new keys) must never be shown, not even in part.
	Sensitive bool
	// Timeout replaces the client's limit for one attempt, if it is longer.
	Timeout time.Duration
	// Accept replaces the client's Accept header, if the answer is not JSON.
	Accept string

	operation atomic.Pointer[operation]
}

// action returns what is done to a subject: `create client "example_com"`.
func (e *Endpoint) action(subject string) string {
	verb := cmp.Or(e.Verb, e.Op)
	if subject == "" {
		return verb
	}
	return verb + " " + subject
}

// doneBefore reports whether an error shows that an attempt whose answer was lost did the work; see
// DoneIf.
func (e *Endpoint) doneBefore(err error) bool {
	failed, ok := errors.AsType[*provider.Error](err)
	return ok && e.DoneIf != nil && failed.MaybeExecuted && errors.Is(err, e.DoneIf)
}

// Call is one use of an Endpoint.
type Call struct {
	Endpoint *Endpoint
	// Subject names in errors what the call is about: `"example_com"`, "42".
	Subject string
	// Args are the arguments of the route, in order.
	Args []string
	// About is what the answer has to be about: an Identified Out that tells something else is
	// ErrProtocol. What either of the two does not tell is not compared.
	About Identity
	// Query is url.Values, or a struct with "url" tags for go-querystring; nil is none.
	Query any
	// Body is sent as JSON, url.Values as a form, a *Stream as it is read; nil is none.
	Body any
	// Out receives the answer: a pointer for encoding/json, or an Unmarshaler of answers. nil
	// expects nothing (an empty body, or any JSON).
	Out any
	// EmptyOK accepts an empty body although Out is set.
	EmptyOK bool
	// Secrets are values of this call that must not appear in errors, logs or dumps.
	Secrets []provider.Secret
	// HiddenFields names fields of a form whose values are not shown although their names ("arg2")
	// do not say that they are secret.
	HiddenFields []string
	// Timeout replaces the endpoint's, if it is not 0.
	Timeout time.Duration
	// Lasting is set if the server goes on with a request that has timed out: it is not sent a second time beside it.
	Lasting bool
	// Classify replaces that of the client's Config, if the meaning of an answer depends on what
	// was asked.
	Classify func(*Answer) *Failure
	// Genuine replaces that of the client's Config, likewise.
	Genuine func(*Answer) bool
	// Sink returns the writer that receives the body of a successful answer instead of Out. It sees
	// only status and header, and may refuse the answer with an error.
	Sink func(*Answer) (io.Writer, error)
	// MaxBody replaces the client's limit of an answer, in bytes, if it is not 0.
	MaxBody int64
	// Redirects accepts an answer of 3xx as success, since forms of web pages end with one.
	Redirects bool
	// Single forbids retries: a connection test wants the first failure.
	Single bool
}

// Answer is a server's answer. Body is valid only during the call.
type Answer struct {
	Endpoint *Endpoint
	Status   int
	Header   http.Header
	Body     []byte
	// Remark is set by a Classify that finds something in a successful answer that deserves a
	// warning in the log.
	Remark string

	// unpooled is set if the memory of Body is not used again after the call.
	unpooled bool
	ctx      context.Context // the call's
}

// Keep returns a part of Body for use after the call: a copy, unless Body is so long that its memory
// is not used again.
func (a *Answer) Keep(part []byte) []byte {
	if a.unpooled {
		return part
	}
	return bytes.Clone(part)
}

// Ended returns what a list of the answer calls before each of its elements; see Endpoint.Ended.
func (a *Answer) Ended() func() error {
	ctx, e := a.ctx, a.Endpoint
	if ctx == nil { // the answer of no call
		return func() error { return nil }
	}
	return func() error { return e.Ended(ctx) }
}

// AnswerDecoder is an Out that reads the whole answer itself.
type AnswerDecoder interface {
	DecodeAnswer(a *Answer) error
}

// Identity says which of many things a call or an answer is about. "" is untold.
type Identity struct {
	// ID is the vendor's; a number is in decimal.
	ID string
	// Name is unique among the things of its kind: a login name, a domain. Alias is another spelling of
	// it in an answer.
	Name, Alias string
}

// Identified is an Out that tells what the answer is about.
type Identified interface {
	// Identity is called after decoding. The zero value is for answers that do not tell.
	Identity() Identity
}

// Config is what a vendor's client supplies.
type Config struct {
	// Provider is the kind: "keyhelp".
	Provider string
	// BaseURL as the caller wrote it.
	BaseURL string
	// APIPath is appended to the base: "/api/v2".
	APIPath string
	// Header is sent with every request: Accept and similar fields, no secrets.
	Header http.Header
	// Authorize adds credentials to an attempt. It is a function so that no struct contains them.
	// It may do I/O with the context.
	Authorize func(ctx context.Context, req *http.Request) error
	// Secrets returns the values of the credentials, for the second line of redaction.
	Secrets func() []provider.Secret
	// Genuine reports whether an answer has the vendor's own form, that of a success or of a failure:
	// by body or header, since anything on the way can send any status. An answer without that form
	// says nothing: see foreign. Redirects are not passed to it, nor what a Sink received, nor a
	// success that is not JSON (Endpoint.Accept): these are judged by their decoders. Required, unless every call has its own.
	Genuine func(*Answer) bool
	// Refuses429 is set if the vendor documents a rate limit: then its own 429 means that a change
	// was not made. Any other 429 leaves that open.
	Refuses429 bool
	// Classify reads an error from a genuine answer with the vendor's codes; nil leaves it to the
	// status. It need not set what rest knows (provider, operation, status, request ID, Retry-After).
	Classify func(*Answer) *Failure
	// RequestID is the name of the header that contains the server's request ID; "" if there is
	// none.
	RequestID string
}
