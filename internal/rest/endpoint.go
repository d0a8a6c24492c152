package rest

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/provkit/provkit/provider"
)

// Effect says what sending the same request twice does, and so when a failed attempt is
// followed by a retry.
type Effect uint8

const (
	// Once: sending it twice may make two things. There is a retry only if the server
	// cannot have seen the request. The zero value, so that forgetting to decide is safe.
	Once Effect = iota
	// Idempotent: a change that comes to the same when it is made twice.
	Idempotent
	// Read: changes nothing.
	Read
)

// Endpoint describes one operation of an API. Method and route stand here and
// nowhere else. Use it by pointer.
type Endpoint struct {
	// Provider is the kind of the client that it belongs to: "keyhelp".
	Provider string
	// Op is the operation's stable name: "Clients.Create".
	Op string
	// Verb is the same for people: "create client".
	Verb string
	// Method and Route, the latter below the API's base with {name} for each
	// argument. A route that begins with "^" is below the server's root instead.
	Method, Route string
	Effect        Effect
	// DoneIf is the error by which a retry reports that the attempt before it, whose
	// answer was lost, did the work: "not found" to a delete. The call succeeds then.
	DoneIf error
	// Sensitive answers (sign-on links, new keys) are never shown, not even in part.
	Sensitive bool
	// Timeout replaces the client's limit for one attempt, if it is longer.
	Timeout time.Duration
	// Accept replaces the client's Accept header, where the answer is not JSON.
	Accept string

	operation atomic.Pointer[operation]
}

// action says what is done to a subject: `create client "example_com"`.
func (e *Endpoint) action(subject string) string {
	verb := cmp.Or(e.Verb, e.Op)
	if subject == "" {
		return verb
	}
	return verb + " " + subject
}

// doneBefore reports whether an error shows that an attempt whose answer was lost did the
// work; see DoneIf.
func (e *Endpoint) doneBefore(err error) bool {
	failed, ok := errors.AsType[*provider.Error](err)
	return ok && e.DoneIf != nil && failed.MaybeExecuted && errors.Is(err, e.DoneIf)
}

// Call is one use of an Endpoint.
type Call struct {
	Endpoint *Endpoint
	// Subject names the thing concerned in errors: `"example_com"`, "42".
	Subject string
	// Args fill the places of the route in order.
	Args []string
	// Query is url.Values, or a struct with "url" tags as go-querystring reads
	// them; nil is none.
	Query any
	// Body is sent as JSON, url.Values as a form, a *Stream as it is read; nil is none.
	Body any
	// Out receives the answer: a pointer for encoding/json, or an Unmarshaler
	// of answers. nil expects nothing (an empty body, or any JSON).
	Out any
	// EmptyOK accepts an empty body although Out is set.
	EmptyOK bool
	// Secrets are values of this call that must not show up anywhere.
	Secrets []provider.Secret
	// HiddenFields names fields of a form whose values are not shown, whatever they
	// are called ("arg2").
	HiddenFields []string
	// Timeout replaces the endpoint's, if it is not 0.
	Timeout time.Duration
	// Classify replaces the client's for this call: where the meaning of an answer
	// depends on what was asked.
	Classify func(*Answer) *provider.Error
	// Sink is asked for a writer when a success arrives, to which its body goes instead
	// of Out. It sees status and header. It may refuse with an error.
	Sink func(*Answer) (io.Writer, error)
	// MaxBody replaces the client's limit of an answer, if it is not 0.
	MaxBody int64
	// Redirects takes an answer of 3xx for a success: forms of web pages end with one.
	Redirects bool
	// Single forbids retries: a connection test wants the first failure.
	Single bool
}

// Answer is what the server said. Body is only valid during the call.
type Answer struct {
	Endpoint *Endpoint
	Status   int
	Header   http.Header
	Body     []byte
	// Remark is set by a Classify that finds something in a success that deserves a
	// warning in the log.
	Remark string
}

// AnswerDecoder is an Out that reads the whole answer itself.
type AnswerDecoder interface {
	DecodeAnswer(a *Answer) error
}

// Identified is implemented by what an answer decodes into when it is worthless
// without its identity: `200 {}` is not a client.
type Identified interface {
	// Missing names the identifying field that is absent, or "".
	Missing() string
}

// Config is what a vendor's client supplies.
type Config struct {
	// Provider is the kind: "keyhelp".
	Provider string
	// BaseURL as the caller wrote it.
	BaseURL string
	// APIPath is appended to the base: "/api/v2".
	APIPath string
	// Header is sent with every request: Accept and the like, no secrets.
	Header http.Header
	// Authorize puts credentials on an attempt. It is a function so that no
	// struct holds them. It may do I/O under the context.
	Authorize func(ctx context.Context, req *http.Request) error
	// Secrets are the credentials' values, for the second net under redaction.
	Secrets func() []provider.Secret
	// Classify reads an error out of an answer with the vendor's codes; nil
	// means success. It sees every answer but 3xx and need not fill in what
	// rest knows (provider, operation, status, request ID, Retry-After).
	Classify func(*Answer) *provider.Error
	// RequestID is the header that carries the server's request identifier.
	RequestID string
}
