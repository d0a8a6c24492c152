package clienttest

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/provkit/provkit/provider"
)

// Request is a request as it left the client.
type Request struct {
	Method string
	// Path is the escaped path below the tap's base; "!" and the whole URL if it is not below it.
	Path   string
	Query  url.Values
	Header http.Header
	Body   string
	// Operation is what a caller's RoundTripper gets from the context.
	Operation provider.Operation
}

// Form returns the body as a form; nil if it is not one.
func (r Request) Form() url.Values {
	if kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); kind != "application/x-www-form-urlencoded" {
		return nil
	}
	form, err := url.ParseQuery(r.Body)
	if err != nil {
		return nil
	}
	return form
}

// Reply is the server's answer. Body is sent as it is, with the content type of JSON if there is no
// Header. If Err is set, the transport fails with it instead.
type Reply struct {
	Status int
	Body   string
	Header http.Header
	Err    error
}

// OK returns a success with a body.
func OK(body string) Reply { return Reply{Status: http.StatusOK, Body: body} }

// HTML returns a success with a web page.
func HTML(page string) Reply {
	return Reply{Status: http.StatusOK, Body: page, Header: http.Header{"Content-Type": {"text/html"}}}
}

// Answer is a server: what it replies to a request.
type Answer func(context.Context, Request) Reply

// Always returns a server that gives the same reply to every request.
func Always(r Reply) Answer { return func(context.Context, Request) Reply { return r } }

// InTurn returns a server that gives each reply once, and then repeats the last one.
func InTurn(replies ...Reply) Answer {
	var mu sync.Mutex
	count := 0
	return func(context.Context, Request) Reply {
		mu.Lock()
		defer mu.Unlock()
		count++
		return replies[min(count, len(replies))-1]
	}
}

// Tap is a transport that records every request and answers it. Use it by pointer.
type Tap struct {
	// Base is what the URL of a request begins with.
	Base string
	// Answer may be replaced between requests.
	Answer Answer

	mu   sync.Mutex
	sent []Request
}

// RoundTrip implements http.RoundTripper.
func (w *Tap) RoundTrip(req *http.Request) (*http.Response, error) {
	sent := Request{Method: req.Method, Query: req.URL.Query(), Header: req.Header.Clone()}
	whole := req.URL.Scheme + "://" + req.URL.Host + req.URL.EscapedPath()
	path, below := strings.CutPrefix(whole, w.Base)
	if !below {
		path = "!" + whole
	}
	sent.Path = path
	sent.Operation, _ = provider.OperationFromContext(req.Context())
	if req.Body != nil {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		_ = req.Body.Close()
		sent.Body = string(body)
	}
	w.mu.Lock()
	w.sent = append(w.sent, sent)
	w.mu.Unlock()
	r := w.Answer(req.Context(), sent)
	if r.Err != nil {
		return nil, r.Err
	}
	header := r.Header.Clone()
	if header == nil {
		header = http.Header{"Content-Type": {"application/json"}}
	}
	return &http.Response{
		StatusCode: r.Status, Header: header, Request: req, ContentLength: int64(len(r.Body)),
		Body: io.NopCloser(strings.NewReader(r.Body)),
	}, nil
}

// Requests returns what was sent so far.
func (w *Tap) Requests() []Request {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.sent)
}

// Forget drops the requests so far.
func (w *Tap) Forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent = nil
}

// Lines returns what was sent so far as "METHOD /path".
func (w *Tap) Lines() []string {
	var lines []string
	for _, r := range w.Requests() {
		lines = append(lines, r.Method+" "+r.Path)
	}
	return lines
}
