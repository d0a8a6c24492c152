package provider

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
)

// Operation names the call that a request belongs to, with few distinct values:
// fit for span names, metrics and log lines.
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
func (o Operation) String() string { return o.Provider + "." + o.Name }

type operationKey struct{}

// ContextWithOperation is for authors of clients: it hands the operation down to
// the transport.
func ContextWithOperation(ctx context.Context, op *Operation) context.Context {
	return context.WithValue(ctx, operationKey{}, op)
}

// OperationFromContext tells a RoundTripper (such as otelhttp) which operation a
// request belongs to: call it with the request's context.
func OperationFromContext(ctx context.Context) (Operation, bool) {
	if op, _ := ctx.Value(operationKey{}).(*Operation); op != nil {
		return *op, true
	}
	return Operation{}, false
}

// RawResponse is an answer as the server sent it. It prints as a summary, since
// the body may hold secrets.
type RawResponse struct {
	StatusCode int
	Header     http.Header
	Body       []byte
}

// String returns a summary without header values or body.
func (r RawResponse) String() string {
	return fmt.Sprintf("HTTP %d, %d header fields, %d bytes", r.StatusCode, len(r.Header), len(r.Body))
}

// Format prints the summary under every verb.
func (r RawResponse) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, r.String()) }

// LogValue keeps the body out of logs.
func (r RawResponse) LogValue() slog.Value { return slog.StringValue(r.String()) }

type captureKey struct{}

// CaptureResponse makes calls with the returned context store the last answer
// they get in raw, also when the call fails: nothing that a server says is lost
// to types that lag behind. Streamed downloads leave Body empty. Use one raw per
// call at a time.
func CaptureResponse(ctx context.Context, raw *RawResponse) context.Context {
	return context.WithValue(ctx, captureKey{}, raw)
}

// CaptureFromContext is for authors of clients: it returns what CaptureResponse
// put there, or nil.
func CaptureFromContext(ctx context.Context) *RawResponse {
	raw, _ := ctx.Value(captureKey{}).(*RawResponse)
	return raw
}

// Request is a call that a client has no method for yet; see the clients' Do.
type Request struct {
	// Method is "GET", "POST", ...
	Method string
	// Route is the path below the API's base, with {name} for each argument:
	// "/clients/{id}/backups".
	Route string
	// Args fill the {name} places in their order. They are escaped; empty ones
	// and dot segments ("..") are refused.
	Args []string
	// Query is appended to the URL.
	Query url.Values
	// Body is sent as JSON; nil for none.
	Body any
	// Retryable says that sending the request twice does no harm, so that it may
	// be retried after a lost answer. GET and HEAD always are.
	Retryable bool
	// Sensitive keeps the answer out of dumps and error texts altogether.
	Sensitive bool
}
