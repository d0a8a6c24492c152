package rest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

// want is what a call comes to when the same thing happens to each of its attempts.
type want struct {
	sent  int
	kinds []error
	maybe bool
}

func once(kinds ...error) want   { return want{1, kinds, false} }
func four(kinds ...error) want   { return want{4, kinds, false} }
func lost(sent int) want         { return want{sent, []error{provider.ErrOutcomeUnknown}, true} }
func garbled(sent int) want      { return lost(sent).also(provider.ErrProtocol) }
func (w want) also(e error) want { w.kinds = append(w.kinds, e); return w }

// TestWhatIsRepeated is the whole policy as a table: what happens, and how often a
// read, an idempotent change and a change that must happen once are sent.
func TestWhatIsRepeated(t *testing.T) {
	unavailable, limited := provider.ErrUnavailable, provider.ErrRateLimited
	// no is an attempt that got no connection.
	no := func(err error) http.RoundTripper {
		return roundTripper(func(req *http.Request) (*http.Response, error) {
			if trace := httptrace.ContextClientTrace(req.Context()); trace != nil && trace.GetConn != nil {
				trace.GetConn("panel.test:443")
			}
			return nil, err
		})
	}
	elsewhere := func(status int) http.HandlerFunc {
		return answer(status, "", "Location", "https://elsewhere.test/x?token=canary")
	}
	for _, row := range []struct {
		name               string
		handler            http.HandlerFunc
		fault              *faults.Fault
		transport          http.RoundTripper
		status             int
		read, change, once want
	}{
		{name: "connection refused", fault: &faults.Fault{Kind: faults.Refuse}, read: four(unavailable), change: four(unavailable), once: four(unavailable)},
		{
			name:      "name does not exist",
			transport: no(&net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "panel.test", IsNotFound: true}}),
			read:      once(unavailable), change: once(unavailable), once: once(unavailable),
		},
		{
			name:      "name server does not answer",
			transport: no(&net.OpError{Op: "dial", Err: &net.DNSError{Err: "server misbehaving", Name: "panel.test", IsTemporary: true}}),
			read:      four(unavailable), change: four(unavailable), once: four(unavailable),
		},
		{
			name:      "certificate not trusted",
			transport: no(&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}),
			read:      once(unavailable), change: once(unavailable), once: once(unavailable),
		},
		{name: "TLS breaks off", transport: no(errors.New("EOF")), read: four(unavailable), change: four(unavailable), once: four(unavailable)},
		{name: "dropped before", fault: &faults.Fault{Kind: faults.Drop}, read: four(unavailable), change: lost(4), once: lost(1)},
		{name: "dropped after", fault: &faults.Fault{Kind: faults.Drop, After: true}, read: four(unavailable), change: lost(4), once: lost(1)},
		{name: "attempt timeout", fault: &faults.Fault{Kind: faults.Delay, Delay: time.Hour}, read: four(unavailable), change: lost(4), once: lost(1)},
		{name: "truncated", fault: &faults.Fault{Kind: faults.Truncate}, status: 200, read: four(unavailable), change: lost(4), once: lost(1)},
		{name: "400", handler: answer(400, "{}"), status: 400, read: once(provider.ErrInvalid), change: once(provider.ErrInvalid), once: once(provider.ErrInvalid)},
		{name: "401", handler: answer(401, "{}"), status: 401, read: once(provider.ErrUnauthorized), change: once(provider.ErrUnauthorized), once: once(provider.ErrUnauthorized)},
		{name: "402", handler: answer(402, "{}"), status: 402, read: once(provider.ErrQuota), change: once(provider.ErrQuota), once: once(provider.ErrQuota)},
		{name: "403", handler: answer(403, "{}"), status: 403, read: once(provider.ErrForbidden), change: once(provider.ErrForbidden), once: once(provider.ErrForbidden)},
		{name: "404", handler: answer(404, "{}"), status: 404, read: once(provider.ErrNotFound), change: once(provider.ErrNotFound), once: once(provider.ErrNotFound)},
		{name: "405", handler: answer(405, "{}"), status: 405, read: once(provider.ErrUnsupported), change: once(provider.ErrUnsupported), once: once(provider.ErrUnsupported)},
		{name: "408", handler: answer(408, "{}"), status: 408, read: four(unavailable), change: lost(4), once: lost(1)},
		{name: "409", handler: answer(409, "{}"), status: 409, read: once(provider.ErrConflict), change: once(provider.ErrConflict), once: once(provider.ErrConflict)},
		{name: "418", handler: answer(418, "{}"), status: 418, read: once(provider.ErrProtocol), change: once(provider.ErrProtocol), once: once(provider.ErrProtocol)},
		{name: "422", handler: answer(422, "{}"), status: 422, read: once(provider.ErrInvalid), change: once(provider.ErrInvalid), once: once(provider.ErrInvalid)},
		{name: "423", handler: answer(423, "{}"), status: 423, read: once(provider.ErrInUse), change: once(provider.ErrInUse), once: once(provider.ErrInUse)},
		{name: "429", handler: answer(429, "{}"), status: 429, read: four(limited), change: four(limited), once: four(limited)},
		{name: "429 for a second", handler: answer(429, "{}", "Retry-After", "1"), status: 429, read: four(limited), change: four(limited), once: four(limited)},
		{name: "429 for an hour", handler: answer(429, "{}", "Retry-After", "3600"), status: 429, read: once(limited), change: once(limited), once: once(limited)},
		{name: "500", handler: answer(500, "{}"), status: 500, read: four(unavailable), change: lost(1), once: lost(1)},
		{name: "502", handler: answer(502, "{}"), status: 502, read: four(unavailable), change: lost(4), once: lost(1)},
		{name: "503", handler: answer(503, "{}"), status: 503, read: four(unavailable), change: lost(4), once: lost(1)},
		{name: "503 for a second", handler: answer(503, "{}", "Retry-After", "1"), status: 503, read: four(unavailable), change: lost(4), once: lost(1)},
		{name: "503 for an hour", handler: answer(503, "{}", "Retry-After", "3600"), status: 503, read: once(limited), change: lost(1).also(limited), once: lost(1)},
		{name: "504", handler: answer(504, "{}"), status: 504, read: four(unavailable), change: lost(4), once: lost(1)},
		{name: "507", handler: answer(507, "{}"), status: 507, read: once(unavailable), change: lost(1), once: lost(1)},
		{name: "301", handler: elsewhere(301), status: 301, read: once(provider.ErrProtocol), change: once(provider.ErrProtocol), once: once(provider.ErrProtocol)},
		{name: "302", handler: elsewhere(302), status: 302, read: once(provider.ErrProtocol), change: garbled(1), once: garbled(1)},
		{name: "303", handler: elsewhere(303), status: 303, read: once(provider.ErrProtocol), change: garbled(1), once: garbled(1)},
		{name: "307", handler: elsewhere(307), status: 307, read: once(provider.ErrProtocol), change: once(provider.ErrProtocol), once: once(provider.ErrProtocol)},
		{name: "308", handler: elsewhere(308), status: 308, read: once(provider.ErrProtocol), change: once(provider.ErrProtocol), once: once(provider.ErrProtocol)},
		{name: "200 HTML", fault: &faults.Fault{Kind: faults.HTML}, status: 200, read: once(provider.ErrProtocol), change: garbled(1), once: garbled(1)},
		{name: "200 {}", handler: answer(200, "{}"), status: 200, read: once(provider.ErrProtocol), change: garbled(1), once: garbled(1)},
		{name: "200 null", handler: answer(200, "null"), status: 200, read: once(provider.ErrProtocol), change: garbled(1), once: garbled(1)},
		{name: "200 half", fault: &faults.Fault{Kind: faults.Garbage, Body: `{"id":1`}, status: 200, read: once(provider.ErrProtocol), change: garbled(1), once: garbled(1)},
		{name: "200 and a notice", handler: answer(200, `{"id":1}<br>Notice: x`), status: 200, read: once(provider.ErrProtocol), change: garbled(1), once: garbled(1)},
		{name: "204", handler: answer(204, ""), status: 204, read: once(provider.ErrProtocol), change: garbled(1), once: garbled(1)},
		{
			name: "too long", handler: answer(200, `{"id":1,"name":"`+string(make([]byte, 2000))+`"}`), status: 200,
			read: once(provider.ErrProtocol), change: garbled(1), once: garbled(1),
		},
	} {
		for kind, w := range map[Effect]want{Read: row.read, Idempotent: row.change, Once: row.once} {
			t.Run(row.name+"/"+kind.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					handler := row.handler
					if handler == nil {
						handler = okThing
					}
					c, in := inMemory(t, handler, provider.WithTimeout(time.Second), provider.WithMaxBody(1000))
					sent := 0
					if row.transport != nil {
						c.http.Transport.(*attempt).inner = roundTripper(func(req *http.Request) (*http.Response, error) {
							sent++
							return row.transport.RoundTrip(req)
						})
					}
					if row.fault != nil {
						in.When(nil, 0, *row.fault)
					}
					err := c.Do(t.Context(), callOf(kind, new(thing)))
					sent += in.Count()
					e := asError(t, err)
					assert.Equal(t, w.sent, sent, "requests on the wire")
					for _, k := range w.kinds {
						require.ErrorIs(t, err, k)
					}
					assert.Equal(t, w.maybe, e.MaybeExecuted, "MaybeExecuted")
					assert.Equal(t, w.maybe, errors.Is(err, provider.ErrOutcomeUnknown), "matches ErrOutcomeUnknown")
					assert.Equal(t, row.status, e.StatusCode)
					require.NotErrorIs(t, err, context.DeadlineExceeded, "that is the caller's, and has not passed")
					assert.Equal(t, "test", e.Provider)
					assert.Equal(t, callOf(kind, nil).Endpoint.Op, e.Op)
					assert.NotContains(t, err.Error(), "canary")
				})
			})
		}
	}
}

// TestSecondAttemptSucceeds: what may be repeated ends well after one mishap.
func TestSecondAttemptSucceeds(t *testing.T) {
	for _, fault := range faults.Catalogue() {
		if fault.Kind == faults.HTML || fault.Kind == faults.Garbage {
			continue // an answer that cannot be understood is not asked for twice
		}
		t.Run(fault.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, in := inMemory(t, okThing)
				in.At(0, fault)
				var out thing
				require.NoError(t, c.Do(t.Context(), callOf(Read, &out)))
				assert.Equal(t, thing{1, "x"}, out)
				assert.Equal(t, 2, in.Count())
			})
		})
	}
}

// TestClearAnswerAfterLostOne keeps both: the second attempt's answer says more, and
// the first one may have caused it.
func TestClearAnswerAfterLostOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, in := inMemory(t, answer(404, "{}"))
		in.At(0, faults.Fault{Kind: faults.Drop, After: true})
		err := c.Do(t.Context(), callOf(Idempotent, nil))
		require.ErrorIs(t, err, provider.ErrNotFound)
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
		assert.True(t, asError(t, err).MaybeExecuted)
	})
}

// TestDoneIf: "not found" to a delete is a success if an earlier attempt may have been
// carried out, and only then. So is what a vendor's own code says.
func TestDoneIf(t *testing.T) {
	for name, test := range map[string]struct {
		doneIf, kind error
		lost, done   bool
	}{
		"gone after a lost delete":   {provider.ErrNotFound, provider.ErrNotFound, true, true},
		"gone before":                {provider.ErrNotFound, provider.ErrNotFound, false, false},
		"refused after a lost one":   {provider.ErrNotFound, provider.ErrForbidden, true, false},
		"the vendor's code":          {vendorCode(3), provider.ErrConflict, true, true},
		"another code":               {vendorCode(4), provider.ErrConflict, true, false},
		"an endpoint that says none": {nil, provider.ErrNotFound, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, in := inMemory(t, answer(400, "{}"))
				c.config.Classify = func(*Answer) *provider.Error { return &provider.Error{Kind: test.kind, Err: vendorCode(3)} }
				if test.lost {
					in.At(0, faults.Fault{Kind: faults.Drop, After: true})
				}
				out := thing{ID: 7}
				call := callOf(Idempotent, &out)
				call.Endpoint = &Endpoint{Op: "Things.Delete", Method: http.MethodDelete, Route: "/things/{id}", Effect: Idempotent, DoneIf: test.doneIf}
				err := c.Do(t.Context(), call)
				if test.done {
					require.NoError(t, err)
					assert.Equal(t, thing{ID: 7}, out, "there is no answer to decode")
					return
				}
				require.ErrorIs(t, err, test.kind)
			})
		})
	}
}

type vendorCode int

func (c vendorCode) Error() string { return fmt.Sprint("code ", int(c)) }

// TestSlowCreate is the usual case of a lost answer: the server is at work for longer
// than an attempt may take. A second sending would make a second account.
func TestSlowCreate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		made := 0
		c, in := inMemory(t, func(w http.ResponseWriter, r *http.Request) { made++; okThing(w, r) }, provider.WithTimeout(30*time.Second))
		in.When(nil, 0, faults.Fault{Kind: faults.Delay, After: true, Delay: 31 * time.Second})
		err := c.Do(t.Context(), callOf(Once, new(thing)))
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
		assert.Equal(t, 1, made)
		assert.Contains(t, err.Error(), "no answer within 30s")

		call := callOf(Once, new(thing))
		call.Endpoint = &Endpoint{Op: "Things.Create", Method: http.MethodPost, Route: "/things", Timeout: time.Minute}
		require.NoError(t, c.Do(t.Context(), call), "the endpoint's own limit is longer")
		call = callOf(Once, new(thing))
		call.Timeout = time.Minute
		require.NoError(t, c.Do(t.Context(), call), "so is the call's")
	})
}

func TestDeadlineDuringWrite(t *testing.T) {
	for _, kind := range []Effect{Once, Idempotent, Read} {
		t.Run(kind.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, in := inMemory(t, okThing)
				in.When(nil, 0, faults.Fault{Kind: faults.Delay, Delay: time.Minute})
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				err := c.Do(ctx, callOf(kind, new(thing)))
				require.ErrorIs(t, err, context.DeadlineExceeded)
				assert.Equal(t, kind != Read, errors.Is(err, provider.ErrOutcomeUnknown))
				assert.Equal(t, 1, in.Count())
			})
		})
	}
}

func TestCancelCauseIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, in := inMemory(t, okThing)
		in.When(nil, 0, faults.Fault{Kind: faults.Delay, Delay: time.Minute})
		shutdown := errors.New("shutting down")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(shutdown) })
		err := c.Do(ctx, callOf(Once, new(thing)))
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, err, shutdown)
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
	})
}

// TestAnswerBeatsContext: an answer that has arrived counts, also when the context
// ends before the call returns.
func TestAnswerBeatsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	config := testConfig("https://panel.test")
	config.Classify = func(*Answer) *provider.Error { cancel(); return nil }
	in := new(faults.Injector)
	c, err := New(config, provider.WithHTTPClient(&http.Client{Transport: in.Transport(answer(404, "{}"))}))
	require.NoError(t, err)
	err = c.Do(ctx, callOf(Once, nil))
	require.ErrorIs(t, err, provider.ErrNotFound)
	require.NotErrorIs(t, err, context.Canceled)
}

// TestVerdicts: what a vendor reads in the body counts for more than the status.
func TestVerdicts(t *testing.T) {
	for _, row := range []struct {
		name    string
		status  int
		verdict provider.Error
		kind    Effect
		sent    int
		maybe   bool
	}{
		{"limited inside 200", 200, provider.Error{Kind: provider.ErrRateLimited}, Once, 4, false},
		{"out of order inside 200", 200, provider.Error{Kind: provider.ErrUnavailable}, Read, 4, false},
		{"out of order inside 200", 200, provider.Error{Kind: provider.ErrUnavailable}, Once, 1, false},
		{"half done inside 200", 200, provider.Error{Kind: provider.ErrUnavailable, MaybeExecuted: true}, Once, 1, true},
		{"taken inside 500", 500, provider.Error{Kind: provider.ErrAlreadyExists}, Once, 1, false},
		{"no such thing inside 500", 500, provider.Error{Kind: provider.ErrNotFound}, Read, 1, false},
		{"only a message inside 500", 500, provider.Error{Message: "oops"}, Once, 1, true},
	} {
		t.Run(row.name+"/"+row.kind.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, in := inMemory(t, answer(row.status, `{"error":"x"}`))
				c.config.Classify = func(*Answer) *provider.Error { return &row.verdict }
				err := c.Do(t.Context(), callOf(row.kind, new(thing)))
				e := asError(t, err)
				assert.Equal(t, row.sent, in.Count())
				assert.Equal(t, row.maybe, e.MaybeExecuted)
				if row.verdict.Kind != nil && !row.maybe {
					require.ErrorIs(t, err, row.verdict.Kind)
				}
				assert.Empty(t, row.verdict.Op, "the vendor's value is copied, not changed: it may be shared")
			})
		})
	}
}

// TestClassifyOfACall: where the meaning of an answer depends on what was asked. Its
// remark on a success is a warning in the log.
func TestClassifyOfACall(t *testing.T) {
	var logs syncBuffer
	c, _ := inMemory(t, answer(200, `{"id":1}`), provider.WithLogger(slog.New(slog.NewTextHandler(&logs, nil))))
	c.config.Classify = func(*Answer) *provider.Error { return &provider.Error{Kind: provider.ErrInUse} }
	require.ErrorIs(t, c.Do(t.Context(), callOf(Once, nil)), provider.ErrInUse)
	call := callOf(Once, new(thing))
	call.Classify = func(a *Answer) *provider.Error { a.Remark = "odd: " + canaryKey; return nil }
	require.NoError(t, c.Do(t.Context(), call))
	assert.Contains(t, logs.String(), "level=WARN")
	assert.Contains(t, logs.String(), "odd: [redacted]")
}

// TestForeignTransportThatRepeats does so by itself, as failsafehttp.
func TestForeignTransportThatRepeats(t *testing.T) {
	refused := &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	c := newClient(t, "https://panel.test", provider.WithHTTPClient(&http.Client{Transport: roundTripper(func(req *http.Request) (*http.Response, error) {
		trace := httptrace.ContextClientTrace(req.Context())
		trace.GetConn("panel.test:443")
		trace.GotConn(httptrace.GotConnInfo{}) // the first sending is lost
		trace.GetConn("panel.test:443")        // the second gets no connection
		return nil, refused
	})}))
	err := c.Do(t.Context(), callOf(Once, nil))
	require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
}

func TestTransportWithoutTrace(t *testing.T) {
	var sent atomic.Int32
	broken := errors.New("broken")
	c := newClient(t, "https://panel.test", provider.WithHTTPClient(&http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
		sent.Add(1)
		return nil, broken
	})}))
	err := c.Do(t.Context(), callOf(Once, nil))
	require.ErrorIs(t, err, provider.ErrOutcomeUnknown, "it may have sent anything")
	require.ErrorIs(t, err, broken)
	assert.EqualValues(t, 1, sent.Load())
}

// TestHandMadeTransports do what net/http never does.
func TestHandMadeTransports(t *testing.T) {
	for name, transport := range map[string]roundTripper{
		"neither": func(*http.Request) (*http.Response, error) { return nil, nil }, //nolint:nilnil // that is the point
		"no body": func(*http.Request) (*http.Response, error) { return &http.Response{StatusCode: 200}, nil },
		"both":    func(*http.Request) (*http.Response, error) { return &http.Response{StatusCode: 200}, errors.New("x") },
	} {
		t.Run(name, func(t *testing.T) {
			c := newClient(t, "https://panel.test", provider.WithHTTPClient(&http.Client{Transport: transport}), provider.WithRetry(provider.Retry{Attempts: 1}))
			require.Error(t, c.Do(t.Context(), callOf(Read, new(thing))))
		})
	}
}

func TestUnsendable(t *testing.T) {
	c, _ := over(t, okThing)
	c.config.Authorize = func(_ context.Context, req *http.Request) error {
		req.Header["X-Api-Key"] = []string{"a\nb"}
		return nil
	}
	err := c.Do(t.Context(), callOf(Once, new(thing)))
	require.ErrorIs(t, err, provider.ErrInvalid)
	require.NotErrorIs(t, err, provider.ErrOutcomeUnknown, "nothing was sent")
}
