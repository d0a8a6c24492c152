package rest

import (
	"context"
	"errors"
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

// TestForeignTransportThatRetries uses a transport that retries by itself, like failsafehttp.
func TestForeignTransportThatRetries(t *testing.T) {
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

// TestHandMadeTransports uses transports that do what net/http never does.
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
