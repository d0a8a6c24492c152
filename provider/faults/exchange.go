package faults

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// serverRequest returns a client's request as a server would see it, and leaves the client's as it
// is.
func serverRequest(ctx context.Context, in *Injector, req *http.Request, body *intake) (*http.Request, error) {
	uri := req.URL.RequestURI()
	target, err := url.ParseRequestURI(uri)
	if err != nil {
		return nil, fmt.Errorf("malformed request URI: %w", err)
	}
	sr := (&http.Request{
		Method:        req.Method,
		URL:           target,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        req.Header.Clone(),
		Body:          http.NoBody,
		ContentLength: req.ContentLength,
		Host:          req.Host,
		RemoteAddr:    "192.0.2.1:1234",
		RequestURI:    uri,
	}).WithContext(serverContext{ctx, in})
	if sr.Method == "" {
		sr.Method = http.MethodGet
	}
	if sr.Host == "" {
		sr.Host = req.URL.Host
	}
	if req.Body != nil && req.Body != http.NoBody {
		sr.Body = body
		if req.ContentLength == 0 { // in a client's request this means "unknown"
			sr.ContentLength = -1
			sr.TransferEncoding = []string{"chunked"}
		}
	}
	if req.URL.Scheme == "https" {
		sr.TLS = &tls.ConnectionState{
			Version: tls.VersionTLS13, HandshakeComplete: true,
			CipherSuite: tls.TLS_AES_128_GCM_SHA256, ServerName: req.URL.Hostname(),
		}
	}
	return sr, nil
}

// serverContext ends with the client's context but has none of its values: a connection does not
// transport them.
type serverContext struct {
	context.Context
	in *Injector
}

func (c serverContext) Value(key any) any {
	if key == (decided{c.in}) {
		return true
	}
	return nil
}

// AfterFunc saves derived contexts the goroutine that package context starts for parents of unknown
// types.
func (c serverContext) AfterFunc(f func()) (stop func() bool) {
	return context.AfterFunc(c.Context, f)
}

// response returns the recorded answer as net/http's client would.
func (w *recorder) response(req *http.Request, state *tls.ConnectionState) *http.Response {
	if !has(w.sent, "Date") {
		w.sent.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	}
	resp := &http.Response{
		Status:        fmt.Sprintf("%03d %s", w.status, http.StatusText(w.status)),
		StatusCode:    w.status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        w.sent,
		Body:          http.NoBody,
		ContentLength: w.length,
		TLS:           state,
		Request:       req,
	}
	if http.StatusText(w.status) == "" {
		resp.Status = strconv.Itoa(w.status) + " status code " + strconv.Itoa(w.status)
	}
	switch {
	case !bodyAllowed(w.status):
		resp.ContentLength = 0
		return resp
	case req.Method == http.MethodHead:
		return resp
	case w.length == 0:
		return resp
	case w.length < 0:
		resp.TransferEncoding = []string{"chunked"}
	}
	end := io.EOF
	if (w.length < 0 && w.cut) || int64(w.body.Len()) < w.length {
		end = io.ErrUnexpectedEOF
	}
	resp.Body = &responseBody{ctx: req.Context(), data: bytes.NewReader(w.body.Bytes()), end: end}
	return resp
}

// responseBody returns an answer's body and then its end, which may come too early.
type responseBody struct {
	ctx    context.Context
	data   *bytes.Reader
	end    error
	ended  bool
	closed bool
}

var errClosedBody = errors.New("http: read on closed response body")

func (b *responseBody) Read(p []byte) (int, error) {
	switch {
	case b.closed:
		return 0, errClosedBody
	case b.ended:
		return 0, b.end
	case b.ctx.Err() != nil: // over a socket, too, the body of a canceled request cannot be read
		return 0, context.Cause(b.ctx)
	}
	n, err := b.data.Read(p)
	if err != nil {
		b.ended = true
		return n, b.end
	}
	return n, nil
}

func (b *responseBody) Close() error {
	b.closed = true
	return nil
}

// pause lets d pass, unless the context ends first.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// hostPort is the address that a client would dial.
func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = "80"
		if u.Scheme == "https" {
			port = "443"
		}
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// address is a "host:port" as a net.Addr.
type address string

func (address) Network() string  { return "tcp" }
func (a address) String() string { return string(a) }
