package rest

import (
	"errors"
	"io"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/provkit/provkit/provider"
)

// Stream is a body that is sent as it is read, of any length and type. It can be had
// only once: such a call is never retried.
type Stream struct {
	ContentType string
	Reader      io.Reader
}

// onlyReader hides Close and Len: the reader is the caller's.
type onlyReader struct{ io.Reader }

// setStream keeps net/http, too, from sending the beginning of a stream twice.
func (x *exchange) setStream(req *retryablehttp.Request, s *Stream) error {
	if s.Reader == nil {
		return x.invalid(errors.New("no body to send"))
	}
	x.once = true
	req.Header["Content-Type"] = []string{s.ContentType}
	body := onlyReader{s.Reader}
	if err := req.SetBody(retryablehttp.ReaderFunc(func() (io.Reader, error) { return body, nil })); err != nil {
		return err
	}
	req.GetBody, req.ContentLength = nil, -1
	return nil
}

// sinkError is a Sink that refused an answer, or a writer that failed.
type sinkError struct{ err error }

func (e *sinkError) Error() string { return "the answer cannot be passed on: " + e.err.Error() }
func (e *sinkError) Unwrap() error { return e.err }

// pour hands the body of a success to the call's Sink. What was written cannot be
// taken back, so from then on the call is not retried.
func (x *exchange) pour(body io.Reader) error {
	w, err := x.call.Sink(x.answer())
	if err != nil {
		return &sinkError{err}
	}
	limit := x.limit()
	to := &sinkWriter{x: x, w: w}
	x.limited = io.LimitedReader{R: body, N: limit}
	_, err = io.Copy(to, &x.limited)
	x.limited.R = nil
	switch {
	case to.err != nil:
		return &sinkError{to.err}
	case err != nil:
		return err
	}
	var more [1]byte
	switch n, err := io.ReadFull(body, more[:]); {
	case n > 0:
		return errTooLong
	case !errors.Is(err, io.EOF):
		return err
	}
	return nil
}

type sinkWriter struct {
	x   *exchange
	w   io.Writer
	err error
}

func (s *sinkWriter) Write(p []byte) (n int, err error) {
	s.x.once = true
	n, s.err = s.w.Write(p)
	return n, s.err
}

func (x *exchange) limit() int64 {
	if x.call.MaxBody > 0 {
		return x.call.MaxBody
	}
	return x.client.options.MaxBody
}

// judgeSink explains why the answer did not get to the caller.
func (x *exchange) judgeSink(err *sinkError) {
	var known *provider.Error
	if errors.As(err.err, &known) {
		x.err = x.clean(known)
		x.complete(x.err)
	}
}
