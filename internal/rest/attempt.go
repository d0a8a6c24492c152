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

	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// exchange is the state of one call over all its attempts. It is in the request's context, so that
// go-retryablehttp's callbacks and the attempt layer know which call they serve.
type exchange struct {
	client *Client
	call   *Call
	ctx    context.Context // the caller's
	sent   []byte          // the encoded body, for dumps and redaction

	once     bool              // what was sent or received is gone: no retry
	attempts int               // begun so far; redirects do not count
	maybe    bool              // an attempt of a change may have been applied
	taken    int64             // what the retries took from the quota
	hidden   []provider.Secret // secrets in what was sent, see secrets
	revealed []provider.Secret // secrets in the maps of the body
	searched bool              // hidden is complete
	hider    *words.Cleaner    // see cleaner
	hiderOf  *ownCleaner       // the client's, on which it is built

	// Of the latest attempt:
	started  time.Time
	slot     chan struct{}   // held, see attempt.slots
	left     bool            // it was handed to the transport
	getConn  atomic.Bool     // the transport began to look for a connection
	gotConn  atomic.Bool     // and got one: from here on the server may have seen the request
	moved    bool            // it follows a redirect
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

// exchangeContext is context.WithValue for one key, with a cheaper lookup.
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
	errOrigin  = errors.New("refused to send the request to an origin other than the configured one")
	errTooLong = errors.New("the answer is longer than the limit")
	errNothing = errors.New("the transport returned neither an answer nor an error")
)

// timeoutError means that an attempt exceeded its time limit. It is not context.DeadlineExceeded,
// which would make the caller believe that the time for the whole call was up.
type timeoutError struct{ limit time.Duration }

func (e *timeoutError) Error() string { return fmt.Sprintf("no answer within %v", e.limit) }
func (e *timeoutError) Timeout() bool { return true }

// attempt is the transport of http.Client. Every request that is really sent passes through it,
// including redirects and retries.
type attempt struct {
	client *Client
	inner  http.RoundTripper
	// direct is set if inner is net/http's transport, which reports every connection and retries by
	// itself only when nothing was written. A foreign transport may report nothing, or retry
	// anything.
	direct bool
	// slots limits the requests under way to the number of connections of our own transport. A call
	// that queued inside the transport would use up its time there, and would be sent even if the
	// gate was closed meanwhile.
	slots chan struct{}
}

// RoundTrip sends one request and reads the whole answer into the call's buffer, within the time
// limit of an attempt. A body that breaks off is an error of the attempt, so that reads can be
// retried.
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
	x.started, x.moved = time.Now(), req.Response != nil
	ctx := req.Context()
	if limit := x.timeout(); limit > 0 {
		limited, cancel := context.WithTimeout(ctx, limit)
		defer cancel() // the body is read before we return
		ctx = limited
	}
	outer := req.Context()
	// Whether the server can have seen a read does not matter, so reads are not traced.
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

// enter takes a slot and checks the gate again, which may have been closed while the call waited
// for the slot or for its credentials.
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

// leave returns the slot. Call it after the attempt was judged, since only then the gate is closed,
// if necessary.
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
	x.left, x.moved, x.answered, x.whole, x.settled, x.refused = false, false, false, false, false, nil
	x.status, x.header, x.err = 0, nil, nil
	if x.body == nil {
		x.body = buffers.Get().(*bytes.Buffer)
	}
	x.body.Reset()
}

// watch records whether the request can have reached the server.
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

// take reads an answer. http.Client gets the response without a body.
func (x *exchange) take(resp *http.Response) error {
	x.answered, x.status, x.header = true, resp.StatusCode, resp.Header
	body := resp.Body
	resp.Body = http.NoBody
	if body == nil || body == http.NoBody { // custom transports may return nil
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

// read fills the buffer up to the limit plus one byte, which shows that the answer is too long.
func (x *exchange) read(body io.Reader, length int64) error {
	limit := x.limit()
	if length > limit {
		return errTooLong
	}
	if length > 0 {
		// Do not allocate whatever length a server claims.
		x.body.Grow(int(min(length, maxPooled)) + bytes.MinRead)
	}
	x.limited = io.LimitedReader{R: body, N: limit}
	if limit < limit+1 {
		x.limited.N = limit + 1
	}
	err := absorb(x.body, &x.limited)
	x.limited.R = nil
	if err != nil {
		return err
	}
	if int64(x.body.Len()) > limit {
		return errTooLong
	}
	return nil
}

// maySeen reports whether the server can have seen the latest attempt. A foreign transport that
// reports no trace may have sent the request.
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
	return &Answer{Endpoint: x.call.Endpoint, Status: x.status, Header: x.header, Body: x.body.Bytes(), unpooled: x.body.Cap() > maxPooled, ctx: x.ctx}
}

// capture passes the part of the answer that arrived to CaptureResponse.
func (x *exchange) capture() {
	raw := provider.CaptureFromContext(x.ctx)
	if raw == nil || !x.answered {
		return
	}
	*raw = provider.NewRawResponse(x.status, x.header.Clone(), bytes.Clone(x.body.Bytes()))
}
