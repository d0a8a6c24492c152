package faults

import (
	"net/http"
	"slices"

	"github.com/provkit/provkit/provider"
)

// Request is what the log keeps of one request.
type Request struct {
	// Operation is the call of provkit that the request belongs to. It is empty for other clients, and
	// behind a socket (see Injector.Handler).
	Operation provider.Operation
	Method    string
	// Path is the escaped path, without the query.
	Path  string
	Query string
	// Header is the log's own copy.
	Header http.Header
	// Body is the first MiB of what the client sent. A refused request sends nothing: there, it is
	// what the client would have sent, if that is known without reading from the client.
	Body []byte
	// Fault is the fault that the request met; nil if it met none.
	Fault *Fault
	// Status is the status of the answer; 0 if there was none.
	Status int
}

// entry is a log entry that is not complete: the status comes last.
type entry struct{ request Request }

func newEntry(r *http.Request) *entry {
	path := r.URL.EscapedPath()
	if path == "" {
		path = "/"
	}
	return &entry{Request{Method: r.Method, Path: path, Query: r.URL.RawQuery, Header: r.Header.Clone()}}
}

// note changes an entry under the lock.
func (in *Injector) note(e *entry, change func(*Request)) {
	in.mu.Lock()
	defer in.mu.Unlock()
	change(&e.request)
}

// noteBody logs what is known of the body. It finds that out without the lock, since it may wait.
func (in *Injector) noteBody(e *entry, body *intake) {
	kept := body.known()
	in.note(e, func(logged *Request) { logged.Body = kept })
}

// Requests returns copies of all logged requests, in order of arrival.
func (in *Injector) Requests() []Request {
	in.mu.Lock()
	defer in.mu.Unlock()
	all := make([]Request, len(in.log))
	for i, e := range in.log {
		all[i] = e.request
		all[i].Header = e.request.Header.Clone()
		all[i].Body = slices.Clone(e.request.Body)
		if e.request.Fault != nil {
			all[i].Fault = copyOf(e.request.Fault)
		}
	}
	return all
}

// Count returns how many requests the log contains.
func (in *Injector) Count() int {
	in.mu.Lock()
	defer in.mu.Unlock()
	return len(in.log)
}

// Forget empties the log. The faults stay.
func (in *Injector) Forget() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.log = nil
}
