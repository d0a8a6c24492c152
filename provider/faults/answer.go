package faults

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"
)

const (
	defaultStatusBody = `{"error":"injected fault"}`
	defaultHTML       = "<!DOCTYPE html>\n<html><head><title>Proxy</title></head><body><h1>Something went wrong</h1></body></html>\n"
	defaultGarbage    = `{"unexpected":true`
)

// serve answers a request under the fault f, which may be nil. It cuts the connection by a panic
// with http.ErrAbortHandler, which net/http understands and Transport recovers.
func (in *Injector) serve(f *Fault, w http.ResponseWriter, r *http.Request, next http.Handler) {
	if f != nil && f.Kind == Stale {
		in.past.serve(f.Delay, w, r, next)
		return
	}
	in.past.change()
	if f == nil {
		next.ServeHTTP(w, r)
		return
	}
	switch {
	case f.Kind == Late:
		in.serveLater(f, r, next)
		if f.StatusCode == 0 && f.Body == "" {
			panic(http.ErrAbortHandler)
		}
		makeUp(f, w)
		return
	case f.Kind == Delay && f.After:
		serveLate(f, w, r, next)
		return
	}
	wait(r, f.Delay)
	switch {
	case f.Kind == Truncate:
		serveHalf(w, r, next)
		return
	case f.Kind == Custom && f.Answer != nil:
		f.Answer(w, r, next)
		return
	}
	if f.After && f.Kind != Refuse && f.Kind != Delay {
		next.ServeHTTP(newRecorder(r.Method), r)
	}
	switch f.Kind {
	case Refuse, Drop:
		panic(http.ErrAbortHandler)
	case Status, HTML, Garbage:
		makeUp(f, w)
	default: // Delay, and unknown kinds
		next.ServeHTTP(w, r)
	}
}

// wait lets d pass. If the client gives up meanwhile, the request is not applied.
func wait(r *http.Request, d time.Duration) {
	if !pause(r.Context(), d) {
		panic(http.ErrAbortHandler)
	}
}

// serveLate applies the request at once and delays its answer.
func serveLate(f *Fault, w http.ResponseWriter, r *http.Request, next http.Handler) {
	rec := newRecorder(r.Method)
	next.ServeHTTP(rec, r)
	wait(r, f.Delay)
	rec.replay(w)
}

// serveLater applies the request when the fault's delay is over, whatever has become of its sender.
func (in *Injector) serveLater(f *Fault, r *http.Request, next http.Handler) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	late := r.Clone(context.WithoutCancel(r.Context()))
	late.Body = io.NopCloser(bytes.NewReader(body))
	time.AfterFunc(f.Delay, func() {
		in.past.change()
		next.ServeHTTP(newRecorder(late.Method), late)
	})
}

// serveHalf applies the request and cuts its answer half-way.
func serveHalf(w http.ResponseWriter, r *http.Request, next http.Handler) {
	rec := newRecorder(r.Method)
	next.ServeHTTP(rec, r)
	rec.finish()
	if rec.body.Len() == 0 {
		panic(http.ErrAbortHandler)
	}
	body := rec.body.Bytes()
	copyHeader(w.Header(), rec.sent)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(rec.status)
	_, _ = w.Write(body[:len(body)/2])
	_ = http.NewResponseController(w).Flush() // or the half would stay in the server's buffer
	panic(http.ErrAbortHandler)
}

// makeUp writes the fault's own answer.
func makeUp(f *Fault, w http.ResponseWriter) {
	body, contentType := f.Body, "application/json"
	switch f.Kind {
	case HTML:
		contentType = "text/html; charset=utf-8"
		if body == "" {
			body = defaultHTML
		}
	case Garbage:
		if body == "" {
			body = defaultGarbage
		}
	default:
		if body == "" {
			body = defaultStatusBody
		}
		if !json.Valid([]byte(body)) {
			contentType = "text/plain; charset=utf-8"
		}
	}
	w.Header().Set("Content-Type", contentType)
	copyHeader(w.Header(), f.Header)
	if f.RetryAfter != "" {
		w.Header().Set("Retry-After", f.RetryAfter)
	}
	w.WriteHeader(f.status())
	_, _ = io.WriteString(w, body)
}

func copyHeader(to, from http.Header) {
	for name, values := range from {
		to[name] = append([]string(nil), values...)
	}
}
