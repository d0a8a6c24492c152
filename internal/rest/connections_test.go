package rest

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
)

// counter counts a server's connections.
type counter struct {
	mu               sync.Mutex
	open, most, ever int
}

func (c *counter) note(_ net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch state {
	case http.StateNew:
		c.ever++
		c.open++
		c.most = max(c.most, c.open)
	case http.StateClosed, http.StateHijacked:
		c.open--
	case http.StateActive, http.StateIdle:
	}
}

// few more connections than goroutines are opened on a crowded machine: net/http closes one when
// the context of an attempt ends at the moment at which its answer does.
const few = 8

// bulk makes 2,000 calls from 64 goroutines.
func bulk(t testing.TB, handler http.HandlerFunc, do func(c *Client, i int), opts ...provider.Option) *counter {
	t.Helper()
	conns := new(counter)
	srv := httptest.NewUnstartedServer(handler)
	srv.Config.ConnState = conns.note
	srv.Start()
	defer srv.Close()
	c := newClient(t, srv.URL, opts...)
	defer c.closeIdle()
	var next atomic.Int64
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for {
				i := int(next.Add(1))
				if i > 2000 {
					return
				}
				do(c, i)
			}
		})
	}
	wg.Wait()
	return conns
}

func TestConnections(t *testing.T) {
	conns := bulk(t, okThing, func(c *Client, _ int) { assert.NoError(t, c.Do(t.Context(), callOf(Read, new(thing)))) })
	assert.LessOrEqual(t, conns.ever, 64+few)
}

// TestConnectionsUnderFailures: go-retryablehttp closes all idle connections of the client after
// each call that finally fails.
func TestConnectionsUnderFailures(t *testing.T) {
	var served atomic.Int64
	conns := bulk(t, func(w http.ResponseWriter, r *http.Request) {
		if served.Add(1)%10 == 0 {
			answer([]int{503, 404, 500, 302}[served.Load()/10%4], "{}")(w, r)
			return
		}
		okThing(w, r)
	}, func(c *Client, _ int) {
		_ = c.Do(t.Context(), callOf(Read, new(thing)))
	}, provider.WithRetry(provider.Retry{Attempts: 2, MinWait: 1, MaxWait: 1}))
	assert.LessOrEqual(t, conns.ever, 64+few)
}

// TestConnectionsUnderCancellation: cancelling a call closes its own connection, since HTTP/1.1 has
// no other way, and no other connection.
func TestConnectionsUnderCancellation(t *testing.T) {
	var cancelled atomic.Int64
	conns := bulk(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/v2/things" {
			<-r.Context().Done()
			return
		}
		okThing(w, r)
	}, func(c *Client, i int) {
		if i%10 != 0 {
			assert.NoError(t, c.Do(t.Context(), callOf(Read, new(thing))))
			return
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go cancel()
		cancelled.Add(1)
		_ = c.Do(ctx, &Call{Endpoint: listThings})
	})
	assert.LessOrEqual(t, conns.most, 64+32, "the server needs a moment to close them")
	assert.LessOrEqual(t, conns.ever, 64+int(cancelled.Load()))
}

func TestMaxConnections(t *testing.T) {
	conns := bulk(t, okThing, func(c *Client, _ int) {
		assert.NoError(t, c.Do(t.Context(), callOf(Once, new(thing))))
	}, provider.WithMaxConnections(3))
	// On a machine under load, an attempt's context may end before net/http has returned the
	// connection to the pool. Then net/http closes it.
	assert.LessOrEqual(t, conns.ever, 3+2)
	assert.Equal(t, 3, newClient(t, "https://a.test", provider.WithMaxConnections(3)).MaxConnections())
}

// TestIdlePoolIsHidden: go-retryablehttp cannot close idle connections, not even those of a
// caller's transport.
func TestIdlePoolIsHidden(t *testing.T) {
	for _, opts := range [][]provider.Option{nil, {provider.WithHTTPClient(&http.Client{Transport: &http.Transport{}})}} {
		c := newClient(t, "https://a.test", opts...)
		_, reachable := c.http.Transport.(interface{ CloseIdleConnections() })
		assert.False(t, reachable)
	}
}

// TestConcurrentUse is for the race detector: one client, all kinds of calls, answers that go
// through pooled buffers.
func TestConcurrentUse(t *testing.T) {
	var dumps syncBuffer
	_ = bulk(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/v2/things" && r.Method == http.MethodGet {
			answer(200, `[{"id":1,"name":"a"},{"id":2,"name":"b"}]`)(w, r)
			return
		}
		okThing(w, r)
	}, func(c *Client, i int) {
		if i%4 == 3 {
			var all []thing
			assert.NoError(t, c.Do(t.Context(), &Call{Endpoint: listThings, Out: &all}))
			assert.Equal(t, []thing{{1, "a"}, {2, "b"}}, all)
			return
		}
		var out thing
		assert.NoError(t, c.Do(t.Context(), callOf(Effect(i%4), &out)))
		assert.Equal(t, thing{1, "x"}, out)
	}, provider.WithDumps(&dumps), provider.WithRateLimit(1e6, 1000))
	require.NotEmpty(t, dumps.String())
}
