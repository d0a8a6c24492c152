package faults

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"syscall"

	"github.com/provkit/provkit/provider"
)

// Transport returns a RoundTripper that serves next in memory, under the faults of the Injector. It
// uses no sockets and no goroutines, so that it works inside a testing/synctest bubble. It reports
// to httptrace what net/http would: a refused connection has no GotConn, and everything else has
// GotConn, WroteHeaders and WroteRequest.
//
// A handler that panics with http.ErrAbortHandler cuts the connection; any other panic reaches the
// caller.
func (in *Injector) Transport(next http.Handler) http.RoundTripper {
	return &transport{in: in, next: next}
}

type transport struct {
	in   *Injector
	next http.Handler
}

// RoundTrip serves one request in memory.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	body := &intake{src: req.Body, again: req.GetBody}
	defer func() { _ = body.Close() }()
	if err := check(req); err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	// A body that hangs must not outlive the request: net/http, too, closes it when the context
	// ends.
	defer context.AfterFunc(ctx, func() { _ = body.Close() })()

	addr := hostPort(req.URL)
	trace := tracer{httptrace.ContextClientTrace(ctx)}
	trace.getConn(addr)
	sr, err := serverRequest(ctx, t.in, req, body)
	if err != nil {
		return nil, err
	}
	e, f := t.in.admit(sr, body)
	defer t.in.over(e)
	if op, known := provider.OperationFromContext(ctx); known {
		t.in.note(e, func(logged *Request) { logged.Operation = op })
	}
	if f != nil && f.Kind == Refuse {
		t.in.noteBody(e, body)
		return nil, refuse(ctx, *f, trace, addr)
	}
	trace.gotConn()
	if err := send(req, body, trace); err != nil {
		t.in.noteBody(e, body)
		return nil, orCause(ctx, err)
	}
	t.in.noteBody(e, body)

	rec := newRecorder(req.Method)
	rec.cut = t.serve(f, rec, sr)
	if rec.cut && !rec.flushed && rec.body.Len() == 0 {
		rec.status = 0 // the header was still in the server's buffer
	} else if !rec.cut {
		rec.finish()
	}
	t.in.note(e, func(logged *Request) { logged.Status = rec.status })
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case body.err != nil:
		return nil, body.err
	case rec.status == 0:
		return nil, &net.OpError{Op: "read", Net: "tcp", Addr: address(addr), Err: syscall.ECONNRESET}
	}
	trace.gotFirstResponseByte()
	return rec.response(req, sr.TLS), nil
}

// serve runs the handler and reports whether it cut the connection.
func (t *transport) serve(f *Fault, rec *recorder, sr *http.Request) (aborted bool) {
	defer func() {
		if v := recover(); v != nil {
			if v != http.ErrAbortHandler { //nolint:errorlint // net/http compares the panic's value like this
				panic(v)
			}
			aborted = true
		}
	}()
	t.in.serve(f, rec, sr, t.next)
	return false
}

// send reads ahead in the request's body, and reports it as written.
func send(req *http.Request, body *intake, trace tracer) error {
	trace.wroteHeaders()
	head := body.load()
	err := body.err
	if err == nil && body.whole && req.ContentLength > 0 && int64(len(head)) != req.ContentLength {
		err = fmt.Errorf("http: ContentLength=%d with Body length %d", req.ContentLength, len(head))
	}
	trace.wroteRequest(err)
	return err
}

// refuse reports a connection that fails, and returns its error.
func refuse(ctx context.Context, f Fault, trace tracer, addr string) error {
	var err error = &net.OpError{Op: "dial", Net: "tcp", Addr: address(addr), Err: syscall.ECONNREFUSED}
	trace.connectStart(addr)
	if !pause(ctx, f.Delay) {
		err = context.Cause(ctx)
	}
	trace.connectDone(addr, err)
	return err
}

func orCause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// check refuses requests that net/http would not send.
func check(req *http.Request) error {
	switch {
	case req.URL == nil:
		return errors.New("http: nil Request.URL")
	case req.Header == nil:
		return errors.New("http: nil Request.Header")
	case req.URL.Scheme != "http" && req.URL.Scheme != "https":
		return fmt.Errorf("unsupported protocol scheme %q", req.URL.Scheme)
	case req.URL.Host == "":
		return errors.New("http: no Host in request URL")
	}
	for name, values := range req.Header {
		for _, value := range values {
			if !validHeaderValue(value) {
				return fmt.Errorf("net/http: invalid header field value for %q", name)
			}
		}
	}
	return nil
}

func validHeaderValue(value string) bool {
	for i := range len(value) {
		if c := value[i]; (c < ' ' && c != '\t') || c == 0x7f {
			return false
		}
	}
	return true
}
