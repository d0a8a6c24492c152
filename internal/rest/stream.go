package rest

import (
	"errors"
	"io"

	"github.com/hashicorp/go-retryablehttp"
)

// Stream is a body of any length and type that is sent as it is read. It can be read only once, so
// such a call is never retried.
type Stream struct {
	ContentType string
	Reader      io.Reader
}

// onlyReader hides Close and Len, since the reader belongs to the caller.
type onlyReader struct{ io.Reader }

// setStream also keeps net/http from sending the beginning of a stream twice.
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

// sinkError is the error of a Sink that refused an answer, or of its writer.
type sinkError struct{ err error }

func (e *sinkError) Error() string { return "the answer cannot be passed on: " + e.err.Error() }
func (e *sinkError) Unwrap() error { return e.err }

// pour copies the body of a successful answer to the writer of the call's Sink. What was written
// cannot be undone, so from then on the call is not retried.
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

// judgeSink sets the error that says why the caller did not get the answer.
func (x *exchange) judgeSink(err *sinkError) {
	if known := x.known(err.err); known != nil {
		x.err = known
		x.complete(x.err)
	}
}
