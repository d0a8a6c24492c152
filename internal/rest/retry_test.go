package rest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"net/http/httptrace"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

// want is the result of a call when the same thing happens to each of its attempts.
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

// TestWhatIsRetried is the whole policy as a table: what happens, and how often a read, an
// idempotent change and a change that must happen once are sent.
func TestWhatIsRetried(t *testing.T) {
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
		{name: "301", handler: elsewhere(301), status: 301, read: once(provider.ErrProtocol), change: garbled(1), once: garbled(1)},
		{name: "302", handler: elsewhere(302), status: 302, read: once(provider.ErrProtocol), change: garbled(1), once: garbled(1)},
		{name: "303", handler: elsewhere(303), status: 303, read: once(provider.ErrProtocol), change: garbled(1), once: garbled(1)},
		{name: "307", handler: elsewhere(307), status: 307, read: once(provider.ErrProtocol), change: garbled(1), once: garbled(1)},
		{name: "308", handler: elsewhere(308), status: 308, read: once(provider.ErrProtocol), change: garbled(1), once: garbled(1)},
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
					require.NotErrorIs(t, err, context.DeadlineExceeded, "that is the caller's, which has not passed")
					assert.Equal(t, "test", e.Provider)
					assert.Equal(t, callOf(kind, nil).Endpoint.Op, e.Op)
					assert.NotContains(t, err.Error(), "canary")
				})
			})
		}
	}
}

// TestSecondAttemptSucceeds: what may be retried succeeds after one failure.
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

// TestClearAnswerAfterLostOne keeps both: the second attempt's answer says more, and the first one
// may have caused it.
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

// TestDoneIf: "not found" for a delete is a success if an earlier attempt may have been carried
// out, and only then. The same goes for a vendor's own code.
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
				c.config.Classify = func(*Answer) *Failure { return &Failure{Kind: test.kind, Err: vendorCode(3)} }
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

// TestSlowCreate is the usual case of a lost answer: the server works for longer than an attempt
// may take. Sending it twice would make two accounts.
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

func TestJitter(t *testing.T) {
	low, high := 100*time.Millisecond, 10*time.Second
	for n, ceiling := range map[int]time.Duration{0: low, 1: 2 * low, 5: 32 * low, 7: high, 40: high, 100: high} {
		var shortest, widest time.Duration = math.MaxInt64, 0
		for range 2000 {
			d := jitter(low, high, n)
			shortest, widest = min(shortest, d), max(widest, d)
		}
		assert.Less(t, widest, ceiling)
		assert.Greater(t, widest, ceiling/2, "n=%d", n)
		assert.GreaterOrEqual(t, shortest, time.Duration(0))
		assert.Less(t, shortest, ceiling/2, "full jitter, n=%d", n)
	}
	for n := range 200 { // no overflow, no panic
		assert.GreaterOrEqual(t, jitter(time.Hour, math.MaxInt64, n), time.Duration(0))
		assert.Zero(t, jitter(0, 0, n))
	}
}

// TestQuota: in an outage the panel sees each call once, not four times.
func TestQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, in := inMemory(t, okThing)
		in.When(nil, 0, faults.Fault{Kind: faults.Status, StatusCode: 503})
		for range 1000 {
			require.ErrorIs(t, c.Do(t.Context(), callOf(Read, nil)), provider.ErrUnavailable)
		}
		assert.Equal(t, 1000+quotaFull/quotaCost, in.Count())
		err := c.Do(t.Context(), callOf(Read, nil))
		assert.Contains(t, err.Error(), "too many recent failures")

		in.Clear()
		for range 2 * quotaCost {
			require.NoError(t, c.Do(t.Context(), callOf(Read, new(thing))))
		}
		in.At(0, faults.Fault{Kind: faults.Status, StatusCode: 503})
		require.NoError(t, c.Do(t.Context(), callOf(Read, new(thing))), "successes refill it")
	})
}

// TestQuotaLastsUnderRateLimit: bulk work must not run out of retries with a server that answers
// each call with 429 once.
func TestQuotaLastsUnderRateLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		c, _ := inMemory(t, func(w http.ResponseWriter, r *http.Request) {
			if n++; n%2 == 1 {
				answer(429, "{}", "Retry-After", "1")(w, r)
				return
			}
			okThing(w, r)
		})
		for range 500 {
			require.NoError(t, c.Do(t.Context(), callOf(Once, new(thing))))
		}
	})
}
