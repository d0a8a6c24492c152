package faults

import (
	"bytes"
	"net/http"
	"strconv"
)

// buffered is how much of an answer net/http collects before it sends the answer in chunks.
const buffered = 2048

// recorder keeps an answer instead of sending it, and follows the rules of net/http's server.
type recorder struct {
	method  string
	header  http.Header
	sent    http.Header // as it was when the handler wrote the header
	status  int
	body    bytes.Buffer
	flushed bool
	length  int64 // declared by the handler, -1 for not
	cut     bool  // the handler aborted
}

func newRecorder(method string) *recorder {
	return &recorder{method: method, header: make(http.Header), length: -1}
}

func (w *recorder) Header() http.Header { return w.header }

func (w *recorder) WriteHeader(status int) {
	if w.status != 0 || (status >= 100 && status < 200) {
		return // a second header is a mistake that net/http only logs; 1xx are not the answer yet
	}
	w.status = status
	w.sent = w.header.Clone()
	if n, err := strconv.ParseInt(w.sent.Get("Content-Length"), 10, 64); err == nil && n >= 0 {
		w.length = n
	} else {
		w.sent.Del("Content-Length")
	}
}

func (w *recorder) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if !bodyAllowed(w.status) {
		return 0, http.ErrBodyNotAllowed
	}
	if w.length >= 0 && int64(w.body.Len()+len(p)) > w.length {
		return 0, http.ErrContentLength
	}
	if w.body.Len() == 0 && len(p) > 0 && !has(w.sent, "Content-Type") && !has(w.sent, "Content-Encoding") {
		w.sent.Set("Content-Type", http.DetectContentType(p))
	}
	if w.method == http.MethodHead {
		return len(p), nil
	}
	return w.body.Write(p)
}

// Flush notes that what was written has left the server.
func (w *recorder) Flush() {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	w.flushed = true
}

// finish does what the server does when the handler returns.
func (w *recorder) finish() {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if w.length < 0 && !w.flushed && bodyAllowed(w.status) && w.method != http.MethodHead && w.body.Len() <= buffered {
		w.length = int64(w.body.Len())
		w.sent.Set("Content-Length", strconv.FormatInt(w.length, 10))
	}
}

// replay sends the recorded answer.
func (w *recorder) replay(to http.ResponseWriter) {
	w.finish()
	copyHeader(to.Header(), w.sent)
	to.WriteHeader(w.status)
	if w.body.Len() > 0 {
		_, _ = to.Write(w.body.Bytes())
	}
}

func bodyAllowed(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

func has(header http.Header, name string) bool {
	_, ok := header[name]
	return ok
}
