package provider

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/provkit/provkit/internal/words"
)

// Operation is the call that a request belongs to. There are few distinct values, as span names,
// metrics and logs need it.
type Operation struct {
	// Provider is the kind of system: "keyhelp".
	Provider string
	// Name is "Clients.Get".
	Name string
	// Method is the HTTP method.
	Method string
	// Route is the path template: "/api/v2/clients/{id}" (OpenTelemetry's url.template).
	Route string
}

// String returns "keyhelp.Clients.Get".
func (o Operation) String() string { return words.Line(o.Provider+"."+o.Name, words.MaxText) }

type operationKey struct{}

// ContextWithOperation is for authors of clients: it passes the operation to the transport.
func ContextWithOperation(ctx context.Context, op *Operation) context.Context {
	return context.WithValue(ctx, operationKey{}, op)
}

// OperationFromContext returns the operation that a request belongs to: call it with the request's
// context in a RoundTripper, such as otelhttp's.
func OperationFromContext(ctx context.Context) (Operation, bool) {
	if op, _ := ctx.Value(operationKey{}).(*Operation); op != nil {
		return *op, true
	}
	return Operation{}, false
}

// RawResponse is an answer as the server sent it. It prints as a summary, since the header and the
// body may contain secrets.
type RawResponse struct {
	StatusCode int
	content    hidden[*content]
}

type content struct {
	header http.Header
	body   []byte
}

// NewRawResponse is for authors of clients: it returns an answer for CaptureResponse, which keeps
// header and body.
func NewRawResponse(statusCode int, header http.Header, body []byte) RawResponse {
	return RawResponse{StatusCode: statusCode, content: hide(&content{header, body})}
}

// Header returns the header.
func (r RawResponse) Header() http.Header {
	if c := r.content.reveal(); c != nil {
		return c.header
	}
	return nil
}

// Body returns the body.
func (r RawResponse) Body() []byte {
	if c := r.content.reveal(); c != nil {
		return c.body
	}
	return nil
}

// String returns a summary without header values or body.
func (r RawResponse) String() string {
	return fmt.Sprintf("HTTP %d, %d header fields, %d bytes", r.StatusCode, len(r.Header()), len(r.Body()))
}

// Format prints the summary for every verb.
func (r RawResponse) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, r.String()) }

// LogValue keeps the body out of logs.
func (r RawResponse) LogValue() slog.Value { return slog.StringValue(r.String()) }

type captureKey struct{}

// CaptureResponse makes a call with the returned context store its last answer in raw, also if it
// fails: so you can read what our types do not contain. Streamed downloads leave the body empty. Use
// each raw for one call at a time.
func CaptureResponse(ctx context.Context, raw *RawResponse) context.Context {
	return context.WithValue(ctx, captureKey{}, raw)
}

// CaptureFromContext is for authors of clients: it returns the raw of CaptureResponse, or nil.
func CaptureFromContext(ctx context.Context) *RawResponse {
	raw, _ := ctx.Value(captureKey{}).(*RawResponse)
	return raw
}

// Request is a call that a client has no method for; see Do of the clients.
type Request struct {
	// Method is "GET", "POST", ...
	Method string
	// Route is the path below the API's base, with {name} for each argument:
	// "/clients/{id}/backups".
	Route string
	// Args replace the {name} parts in order. They are escaped; empty ones and dot segments ("..")
	// are refused.
	Args []string
	// Query is appended to the URL.
	Query url.Values
	// Body is sent as JSON; nil for none.
	Body any
	// Retryable says that sending the request twice does no harm, so that it may be retried after a
	// lost answer. GET and HEAD always are.
	Retryable bool
	// Sensitive keeps the answer out of dumps and errors.
	Sensitive bool
}
