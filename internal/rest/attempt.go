package rest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"github.com/provkit/provkit/provider"
)

// exchange is the state of one call over all its attempts. It travels in the
// request's context, so that go-retryablehttp's callbacks and the attempt layer
// know which call they serve.
type exchange struct {
	client *Client
	call   *Call
	ctx    context.Context // the caller's
	sent   []byte          // the encoded body, for dumps and redaction

	once     bool              // what was sent or received is gone: no retry
	attempts int               // begun so far; redirects do not count
	maybe    bool              // some attempt of a change may have been applied
	taken    int64             // what the retries took out of the quota
	hidden   []provider.Secret // secrets among what was sent, see secrets
	searched bool              // hidden is complete

	// Of the latest attempt:
	started  time.Time
	slot     chan struct{}   // held, see attempt.slots
	left     bool            // it was handed to the transport
	getConn  atomic.Bool     // the transport began to look for a connection
	gotConn  atomic.Bool     // and had one: from here on the server may have seen us
	answered bool            // status and header arrived
	whole    bool            // and so did the body, to its end
	refused  *provider.Error // why it was not sent after all
	status   int
	header   http.Header
	body     *bytes.Buffer
	limited  io.LimitedReader
	err      *provider.Error // why the attempt failed; nil for success
	settled  bool            // the answer is final, whatever becomes of the context
	wait     time.Duration   // the pause that judge decided on
}

type exchangeKey struct{}

// exchangeContext is context.WithValue without looking twice.
type exchangeContext struct {
	context.Context
	x *exchange
}

func (c *exchangeContext) Value(key any) any {
	if _, ok := key.(exchangeKey); ok {
		return c.x
	}
	return c.Context.Value(key)
}

func exchangeFrom(ctx context.Context) *exchange {
	x, _ := ctx.Value(exchangeKey{}).(*exchange)
	return x
}

var (
	errOrigin  = errors.New("refused to send the request to another origin than the configured one")
	errTooLong = errors.New("the answer is longer than the limit")
	errNothing = errors.New("the transport returned neither an answer nor an error")
)

// timeoutError is the end of an attempt's own time. It is not
// context.DeadlineExceeded: that is the caller's, who would believe that the
// whole call was out of time.
type timeoutError struct{ limit time.Duration }

func (e *timeoutError) Error() string { return fmt.Sprintf("no answer within %v", e.limit) }
func (e *timeoutError) Timeout() bool { return true }

// attempt is the transport under http.Client: what happens to each request that
// really leaves, redirects and retries included.
type attempt struct {
	client *Client
	inner  http.RoundTripper
	// direct: inner is net/http's transport, which reports every connection and
	// starts over by itself only when nothing was written. A foreign one may
	// report nothing, or retry what it likes.
	direct bool
	// slots bounds the requests under way to the connections of our own
	// transport: a call that queued inside of it would use up its time there,
	// and leave through a gate that was closed meanwhile.
	slots chan struct{}
}

// RoundTrip sends one request and reads the whole answer into the call's buffer,
// within the time limit of an attempt. A body that breaks off is an error of the
// attempt, so that reads can be retried.
func (a *attempt) RoundTrip(req *http.Request) (*http.Response, error) {
	x := exchangeFrom(req.Context())
	if x != nil {
		x.reset()
	}
	if x == nil || !sameOrigin(req.URL, a.client.root) {
		closeBody(req)
		return nil, errOrigin
	}
	if x.refused = a.enter(x); x.refused != nil {
		closeBody(req)
		return nil, x.refused
	}
	x.started = time.Now()
	ctx := req.Context()
	if limit := x.timeout(); limit > 0 {
		limited, cancel := context.WithTimeout(ctx, limit)
		defer cancel() // the body is read before we return
		ctx = limited
	}
	outer := req.Context()
	// Whether the server can have seen a read does not matter: no trace for those.
	if x.call.Endpoint.Effect != Read {
		ctx = httptrace.WithClientTrace(ctx, x.watch(a.direct))
	}
	x.left = true
	resp, err := a.inner.RoundTrip(req.WithContext(ctx))
	switch {
	case err != nil:
		if resp != nil && resp.Body != nil {
			_ = resp.Body.Close()
		}
	case resp == nil:
		err = errNothing
	default:
		err = x.take(resp)
	}
	if err != nil && ctx.Err() != nil && outer.Err() == nil {
		err = &timeoutError{x.timeout()}
	}
	x.observe(req, err)
	if err != nil {
		return nil, err
	}
	return resp, nil
}

func closeBody(req *http.Request) {
	if req.Body != nil {
		_ = req.Body.Close()
	}
}

// enter takes a slot, and looks at the gate once more: it may have been closed
// while the call waited for the slot or for its credentials.
func (a *attempt) enter(x *exchange) *provider.Error {
	if a.slots != nil && x.slot == nil { // a redirect keeps its slot
		select {
		case a.slots <- struct{}{}:
		default:
			select {
			case a.slots <- struct{}{}:
			case <-x.ctx.Done():
				return notSent(x.ctx)
			}
		}
		x.slot = a.slots
	}
	return x.passGate()
}

// leave gives the slot back. That is done when the attempt was judged: only then
// the gate is closed, if it has to be.
func (x *exchange) leave() {
	if x.slot != nil {
		<-x.slot
		x.slot = nil
	}
}

func (x *exchange) reset() {
	x.started = time.Now()
	x.getConn.Store(false)
	x.gotConn.Store(false)
	x.left, x.answered, x.whole, x.settled, x.refused = false, false, false, false, nil
	x.status, x.header, x.err = 0, nil, nil
	if x.body == nil {
		x.body = buffers.Get().(*bytes.Buffer)
	}
	x.body.Reset()
}

// watch notes whether the request can have reached the server.
func (x *exchange) watch(direct bool) *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) {
			x.getConn.Store(true)
			if direct {
				x.gotConn.Store(false)
			}
		},
		GotConn: func(httptrace.GotConnInfo) { x.gotConn.Store(true) },
	}
}

// take reads an answer. The response goes on through http.Client without a body.
func (x *exchange) take(resp *http.Response) error {
	x.answered, x.status, x.header = true, resp.StatusCode, resp.Header
	body := resp.Body
	resp.Body = http.NoBody
	if body == nil || body == http.NoBody { // nil: hand-made transports do that
		x.whole = true
		return nil
	}
	var err error
	if x.call.Sink != nil && x.status/100 == 2 {
		err = x.pour(body)
	} else {
		err = x.read(body, resp.ContentLength)
	}
	_ = body.Close()
	x.whole = err == nil
	return err
}

// read fills the buffer up to the limit. One byte more tells that there is more.
func (x *exchange) read(body io.Reader, length int64) error {
	limit := x.limit()
	if length > limit {
		return errTooLong
	}
	if length > 0 {
		// What a server claims is believed only so far.
		x.body.Grow(int(min(length, maxPooled)) + bytes.MinRead)
	}
	x.limited = io.LimitedReader{R: body, N: limit}
	if limit < limit+1 {
		x.limited.N = limit + 1
	}
	n, err := x.body.ReadFrom(&x.limited)
	x.limited.R = nil
	if err != nil {
		return err
	}
	if n > limit {
		return errTooLong
	}
	return nil
}

// maySeen reports whether the server can have seen the latest attempt. A foreign
// transport that reports no trace is not believed to have sent nothing.
func (x *exchange) maySeen(err error) bool {
	switch {
	case x.answered || x.gotConn.Load():
		return true
	case !x.left || x.getConn.Load() || x.client.direct:
		return false
	}
	return !isDial(err)
}

func (x *exchange) answer() *Answer {
	return &Answer{Endpoint: x.call.Endpoint, Status: x.status, Header: x.header, Body: x.body.Bytes()}
}

// capture hands the answer to CaptureResponse, as far as it arrived.
func (x *exchange) capture() {
	raw := provider.CaptureFromContext(x.ctx)
	if raw == nil || !x.answered {
		return
	}
	raw.StatusCode, raw.Header = x.status, x.header.Clone()
	raw.Body = bytes.Clone(x.body.Bytes())
}
