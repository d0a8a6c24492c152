package rest

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

// TestKeptAliveConnectionDies: net/http retries a request by itself when a reused connection dies.
// That must not happen to changes, whatever their method.
func TestKeptAliveConnectionDies(t *testing.T) {
	for _, row := range []struct {
		name     string
		endpoint *Endpoint
		body     any
	}{
		{"POST", &Endpoint{Op: "a", Method: http.MethodPost, Route: "/change"}, map[string]int{"a": 1}},
		{"POST without a body", &Endpoint{Op: "b", Method: http.MethodPost, Route: "/change"}, nil},
		{"DELETE", &Endpoint{Op: "c", Method: http.MethodDelete, Route: "/change"}, nil},
		{"GET that changes something", &Endpoint{Op: "d", Method: http.MethodGet, Route: "/change"}, nil},
		{"HEAD that changes something", &Endpoint{Op: "e", Method: http.MethodHead, Route: "/change"}, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			var applied atomic.Int32
			var length, encoding atomic.Value
			c, _ := over(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/some/where/api/v2/change" {
					okThing(w, r)
					return
				}
				length.Store(r.ContentLength)
				encoding.Store(len(r.TransferEncoding))
				applied.Add(1)
				conn, _, err := w.(http.Hijacker).Hijack()
				if err == nil {
					_ = conn.Close()
				}
			})
			require.NoError(t, c.Do(t.Context(), callOf(Read, new(thing))), "so that there is a connection to use again")
			err := c.Do(t.Context(), &Call{Endpoint: row.endpoint, Body: row.body})
			require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
			assert.EqualValues(t, 1, applied.Load())
			assert.Zero(t, encoding.Load(), "not chunked")
			if row.body == nil {
				assert.Zero(t, length.Load(), "no body")
			}
		})
	}
}

// TestRefusedOverTCP: a change is sent again if there was no connection at all.
func TestRefusedOverTCP(t *testing.T) {
	c, srv := over(t, okThing, provider.WithRetry(provider.Retry{Attempts: 3, MinWait: time.Microsecond, MaxWait: time.Millisecond}))
	var dialed atomic.Int32
	dial := c.transport().DialContext
	c.transport().DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if dialed.Add(1) < 3 {
			addr = "127.0.0.1:1" // nothing listens there
		}
		return dial(ctx, network, addr)
	}
	require.NoError(t, c.Do(t.Context(), callOf(Once, new(thing))))
	assert.EqualValues(t, 3, dialed.Load())
	srv.Close()
	c.closeIdle()
	err := c.Do(t.Context(), callOf(Once, new(thing)))
	require.ErrorIs(t, err, provider.ErrUnavailable)
	require.NotErrorIs(t, err, provider.ErrOutcomeUnknown)
	assert.Contains(t, err.Error(), "connection refused")
}

// TestQueueingCostsNoTime: the limit of an attempt begins when it is sent. With one connection and
// four calls of 1.5 s, the last one queues for 4.5 s.
func TestQueueingCostsNoTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, "http://127.0.0.1", provider.WithMaxConnections(1), provider.WithTimeout(2*time.Second))
		piped(t, c, func(w http.ResponseWriter, r *http.Request) {
			<-time.After(1500 * time.Millisecond)
			okThing(w, r)
		})
		results := make(chan error)
		for range 4 {
			go func() { results <- c.Do(t.Context(), callOf(Once, new(thing))) }()
		}
		for range 4 {
			require.NoError(t, <-results)
		}
	})
}

// TestWaitingHoldsNoConnection: a call that waits for its retry lets others pass.
func TestWaitingHoldsNoConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, "http://127.0.0.1", provider.WithMaxConnections(1))
		cl := newClock(firstSays(503, "20"))
		piped(t, c, cl.serve)
		first := make(chan error)
		go func() { first <- c.Do(t.Context(), callOf(Read, new(thing))) }()
		synctest.Wait()
		require.NoError(t, c.Do(t.Context(), callOf(Read, new(thing))))
		assert.Less(t, time.Since(cl.start), 20*time.Second)
		require.NoError(t, <-first)
	})
}

// TestCallersTimeoutIsReplaced: http.Client.Timeout would count waits and end the call with an
// error that looks like the context's.
func TestCallersTimeoutIsReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var in faults.Injector
		in.At(0, faults.Fault{Kind: faults.Delay, Delay: 5 * time.Second})
		c := newClient(t, "https://panel.test", provider.WithHTTPClient(&http.Client{Transport: in.Transport(okThing), Timeout: time.Second}))
		require.NoError(t, c.Do(t.Context(), callOf(Once, new(thing))))
	})
}

// TestCancelledInTheQueue: a call that is cancelled while it queues was not sent.
func TestCancelledInTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, "http://127.0.0.1", provider.WithMaxConnections(1))
		var served atomic.Int32
		piped(t, c, func(w http.ResponseWriter, r *http.Request) {
			served.Add(1)
			<-time.After(10 * time.Second)
			okThing(w, r)
		})
		first := make(chan error)
		go func() { first <- c.Do(t.Context(), callOf(Once, new(thing))) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := c.Do(ctx, callOf(Once, new(thing)))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.NotErrorIs(t, err, provider.ErrOutcomeUnknown)
		require.NoError(t, <-first)
		assert.EqualValues(t, 1, served.Load())
		assert.Empty(t, c.http.Transport.(*attempt).slots, "every slot is returned")
	})
}

func TestCaptureResponse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, in := inMemory(t, answer(200, `{"id":1,"new_field":true}`, "X-Extra", "yes"))
		var raw provider.RawResponse
		ctx := provider.CaptureResponse(t.Context(), &raw)

		require.NoError(t, c.Do(ctx, callOf(Read, new(thing))))
		assert.Equal(t, 200, raw.StatusCode)
		assert.Equal(t, "yes", raw.Header().Get("X-Extra"))
		assert.JSONEq(t, `{"id":1,"new_field":true}`, string(raw.Body()))

		kept := string(raw.Body())
		in.At(0, faults.Fault{Kind: faults.Status, StatusCode: 422, Body: "no"})
		require.Error(t, c.Do(ctx, callOf(Once, new(thing))))
		assert.Equal(t, 422, raw.StatusCode)
		assert.Equal(t, "no", string(raw.Body()))
		assert.JSONEq(t, `{"id":1,"new_field":true}`, kept)

		in.At(0, faults.Fault{Kind: faults.Status, StatusCode: 503, Body: "first"})
		in.At(1, faults.Fault{Kind: faults.Status, StatusCode: 404, Body: "second"})
		require.Error(t, c.Do(ctx, callOf(Read, new(thing))))
		assert.Equal(t, 404, raw.StatusCode)
		assert.Equal(t, "second", string(raw.Body()))

		in.At(0, faults.Fault{Kind: faults.Truncate})
		require.Error(t, c.Do(ctx, callOf(Once, new(thing))))
		assert.Equal(t, 200, raw.StatusCode, "the part of a broken answer that arrived")
		assert.NotEmpty(t, raw.Body())
	})
}

// TestCapturedBodyIsTheCallers: buffers are pooled, so the caller gets a copy.
func TestCapturedBodyIsTheCallers(t *testing.T) {
	c, in := inMemory(t, answer(200, `{"id":1,"name":"first"}`))
	var raw provider.RawResponse
	require.NoError(t, c.Do(provider.CaptureResponse(t.Context(), &raw), callOf(Read, new(thing))))
	in.When(nil, 0, faults.Fault{Kind: faults.Garbage, Body: `{"id":2,"name":"other"}`})
	for range 100 {
		require.NoError(t, c.Do(t.Context(), callOf(Read, new(thing))))
	}
	assert.JSONEq(t, `{"id":1,"name":"first"}`, string(raw.Body()))
}

// TestOperationFromContext: a caller's RoundTripper, such as otelhttp, gets names with few distinct
// values for its spans.
func TestOperationFromContext(t *testing.T) {
	in := new(faults.Injector)
	var seen []provider.Operation
	spy := roundTripper(func(req *http.Request) (*http.Response, error) {
		op, ok := provider.OperationFromContext(req.Context())
		require.True(t, ok)
		seen = append(seen, op)
		return in.Transport(okThing).RoundTrip(req)
	})
	for _, config := range []Config{
		{Provider: "one", BaseURL: "https://a.test/x", APIPath: "/v1", Genuine: looksLikeJSON},
		{Provider: "two", BaseURL: "https://b.test", APIPath: "/v2", Genuine: looksLikeJSON},
	} {
		c, err := New(config, provider.WithHTTPClient(&http.Client{Transport: spy}))
		require.NoError(t, err)
		for _, id := range []string{"1", "a/b"} {
			require.NoError(t, c.Do(t.Context(), &Call{Endpoint: getThing, Args: []string{id}, Out: new(thing)}))
		}
	}
	first := provider.Operation{Provider: "one", Name: "Things.Get", Method: "GET", Route: "/v1/things/{id}"}
	second := provider.Operation{Provider: "two", Name: "Things.Get", Method: "GET", Route: "/v2/things/{id}"}
	assert.Equal(t, []provider.Operation{first, first, second, second}, seen, "even if two kinds share an endpoint")

	atRoot := &Endpoint{Op: "Ping", Method: http.MethodGet, Route: "^/ping", Effect: Read}
	c, err := New(Config{Provider: "one", BaseURL: "https://a.test/x", APIPath: "/v1", Genuine: looksLikeJSON}, provider.WithHTTPClient(&http.Client{Transport: spy}))
	require.NoError(t, err)
	require.NoError(t, c.Do(t.Context(), &Call{Endpoint: atRoot}))
	assert.Equal(t, "/ping", seen[4].Route)
	assert.Equal(t, "/x/ping", in.Requests()[4].Path)
}
