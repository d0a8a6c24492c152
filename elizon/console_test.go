package elizon_test

import (
	"context"
	"errors"
	"io"
	"iter"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
)

// live is a server that sends an event every minute until it has sent all, or until the client
// leaves, which it records in left.
func live(events int, left *atomic.Bool) roundTripper {
	return func(req *http.Request) (*http.Response, error) {
		body, w := io.Pipe()
		gone := context.AfterFunc(req.Context(), func() { _ = w.CloseWithError(req.Context().Err()) })
		go func() {
			defer gone()
			for i := range events {
				select {
				case <-time.After(time.Minute):
				case <-req.Context().Done():
					_ = w.CloseWithError(req.Context().Err()) // leaving stops gone, perhaps before it ran
					return
				}
				if _, err := io.WriteString(w, "event: console_output\ndata: {\"output\":\"line "+strconv.Itoa(i)+"\"}\n\n"); err != nil {
					return
				}
			}
			_ = w.Close()
		}()
		return &http.Response{
			StatusCode: 200, Header: http.Header{"Content-Type": {"text/event-stream; charset=utf-8"}}, Body: watched{body, left}, ContentLength: -1, Request: req,
		}, nil
	}
}

// watched is a body that records when it is closed.
type watched struct {
	*io.PipeReader
	closed *atomic.Bool
}

func (w watched) Close() error {
	w.closed.Store(true)
	return w.PipeReader.Close()
}

// A stream of several hours is not cut off, events arrive when they are sent, and however the
// stream ends, nothing of it is left behind: synctest fails on a leftover goroutine.
func TestStreamEnds(t *testing.T) {
	follow := func(t *testing.T, server http.RoundTripper, ctx context.Context) iter.Seq2[*elizon.ConsoleEvent, error] { //nolint:revive // the test comes first
		return clientOver(t, server).Services.Console.Stream(ctx, "srv_1")
	}
	t.Run("server", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			begun, count := time.Now(), 0
			for e, err := range follow(t, live(300, new(atomic.Bool)), t.Context()) {
				require.NoError(t, err)
				require.Equal(t, "line "+strconv.Itoa(count), e.Output)
				count++
				require.Equal(t, time.Duration(count)*time.Minute, time.Since(begun))
			}
			require.Equal(t, 300, count)
		})
	})
	t.Run("context", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 150*time.Second)
			defer cancel()
			count := 0
			var left atomic.Bool
			var failed error
			for e, err := range follow(t, live(300, &left), ctx) {
				if failed = err; err == nil {
					require.NotNil(t, e)
					count++
				}
			}
			require.Equal(t, 2, count)
			require.ErrorIs(t, failed, context.DeadlineExceeded)
			require.True(t, left.Load())
		})
	})
	t.Run("caller", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			begun := time.Now()
			var left atomic.Bool
			for _, err := range follow(t, live(300, &left), t.Context()) {
				require.NoError(t, err)
				break
			}
			require.True(t, left.Load())
			require.Equal(t, time.Minute, time.Since(begun), "leaving takes no time")
		})
	})
	t.Run("caller panics", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			require.Panics(t, func() {
				for range follow(t, live(1, new(atomic.Bool)), t.Context()) {
					panic("caller")
				}
			})
		})
	})
	t.Run("broken off", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			broken := roundTripper(func(req *http.Request) (*http.Response, error) {
				body := io.MultiReader(strings.NewReader("data: 1\n\ndata: 2"), iotest.ErrReader(io.ErrUnexpectedEOF))
				return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"text/event-stream"}}, Body: io.NopCloser(body), Request: req}, nil
			})
			count := 0
			for e, err := range clientOver(t, broken, provider.WithRetry(provider.Retry{Attempts: 3})).Services.Console.Stream(t.Context(), "srv_1") {
				if count++; count == 1 {
					require.Equal(t, &elizon.ConsoleEvent{Type: "message", Data: provider.NewSecret("1")}, e)
					continue
				}
				require.ErrorIs(t, err, io.ErrUnexpectedEOF)
				require.ErrorIs(t, err, provider.ErrUnavailable)
			}
			require.Equal(t, 2, count, "what was yielded is not yielded again")
		})
	})
}

func TestStreamRefusals(t *testing.T) {
	stream := http.Header{"Content-Type": {"text/event-stream"}}
	for name, test := range map[string]struct {
		reply clienttest.Reply
		kind  error
		says  string
	}{
		"refused":      {clienttest.Reply{Status: 403, Body: `{"success":false,"errorCode":"accessDenied","error":"no"}`}, provider.ErrForbidden, "no"},
		"JSON":         {clienttest.OK(`{"success":true}`), provider.ErrProtocol, "without an event stream"},
		"web page":     {clienttest.HTML(clienttest.WebPage), provider.ErrProtocol, "without an event stream"},
		"long line":    {clienttest.Reply{Status: 200, Header: stream, Body: "data: " + strings.Repeat("x", elizon.MaxLine)}, provider.ErrProtocol, "line"},
		"long event":   {clienttest.Reply{Status: 200, Header: stream, Body: strings.Repeat("data: "+strings.Repeat("x", 1<<17)+"\n", 9)}, provider.ErrProtocol, "event"},
		"no transport": {clienttest.Reply{Err: &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}}, provider.ErrUnavailable, "connection refused"},
	} {
		c, _ := tapped(t, clienttest.Always(test.reply))
		count := 0
		for e, err := range c.Services.Console.Stream(t.Context(), "srv_1") {
			count++
			require.Nil(t, e)
			require.ErrorIs(t, err, test.kind, name)
			require.ErrorContains(t, err, test.says, name)
			require.Equal(t, "Services.Console.Stream", clienttest.AsError(t, err).Op)
		}
		require.Equal(t, 1, count, name)
	}
}

// Credentials are sent to the platform's own origin only, and tickets appear nowhere.
func TestConsoleOrigins(t *testing.T) {
	v := vendor(t)
	tap := v.Tap(v.Good())
	c := clientOver(t, tap)
	for _, target := range []provider.Secret{
		provider.NewSecret("https://elsewhere.example/prefix/api/services/17/console/stream"), provider.NewSecret("http://elizon.example.com/prefix/api/x"), provider.NewSecret("//elsewhere.example/x"),
		provider.NewSecret("https://elizon.example.com:8443/prefix/x"), provider.NewSecret("https://user:pw@elizon.example.com/prefix/x"), provider.NewSecret("wss://elizon.example.com/prefix/x"), provider.NewSecret("javascript:alert(1)"),
		provider.NewSecret("https://elizon.example.com/other/x"), provider.NewSecret("/prefix/api/../admin"), provider.NewSecret("/prefix/api/%2e%2e/admin"), provider.NewSecret("https://elizon.example.com/prefix/"), provider.Secret{}, provider.NewSecret("%zz"), provider.NewSecret("/prefix/a//b"),
	} {
		var failed error
		for e, err := range c.Services.Console.StreamFrom(t.Context(), &elizon.ConsoleAccess{StreamURL: target}) {
			require.Nil(t, e)
			failed = err
		}
		v.Refused(t, tap, failed, "StreamURL")
		_, err := c.Services.Console.CommandTo(t.Context(), &elizon.ConsoleAccess{CommandURL: target}, &elizon.ConsoleCommandRequest{Command: "say hi"})
		v.Refused(t, tap, err, "CommandURL")
		if !target.IsZero() {
			require.NotContains(t, err.Error(), target.Reveal())
		}
	}
	_, err := c.Services.Console.CommandTo(t.Context(), nil, nil)
	v.Refused(t, tap, err, "access", "request")
	_, err = c.Services.Console.CommandTo(t.Context(), &elizon.ConsoleAccess{CommandURL: provider.NewSecret("/api/v2/run/a%2Fb?ticket=x&ticket=y")}, &elizon.ConsoleCommandRequest{Command: "say hi"})
	require.ErrorIs(t, err, provider.ErrProtocol, "nothing is there")
	sent := tap.Requests()[0]
	require.Equal(t, []string{"POST /api/v2/run/a%2Fb"}, tap.Lines())
	require.Equal(t, "ticket=x&ticket=y", sent.Query.Encode())
	require.Equal(t, "/{part}/{part}/{part}/{part}", sent.Operation.Route)
}
