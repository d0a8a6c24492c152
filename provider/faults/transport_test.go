package faults_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider/faults"
)

// traced records which hooks a round trip calls, in order.
func traced(ctx context.Context, events *[]string) context.Context {
	add := func(e string) { *events = append(*events, e) }
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(hp string) { add("get " + hp) },
		ConnectDone: func(_, _ string, err error) {
			add("connect failed=" + map[bool]string{true: "yes", false: "no"}[err != nil])
		},
		GotConn:              func(i httptrace.GotConnInfo) { _ = i.Conn.RemoteAddr().String(); add("got") },
		WroteHeaders:         func() { add("headers") },
		WroteRequest:         func(i httptrace.WroteRequestInfo) { add("request"); _ = i },
		GotFirstResponseByte: func() { add("first byte") },
	})
}

func TestEachFaultOfTheTransport(t *testing.T) {
	const answer = `{"answer":"0123456789012345678"}`
	refused := []string{"get emulator.test:443", "connect failed=yes"}
	written := []string{"get emulator.test:443", "got", "headers", "request"}
	answered := append(append([]string(nil), written...), "first byte")
	for _, tc := range []struct {
		fault   faults.Fault
		applied int64
		events  []string
		err     error  // of the round trip
		status  int    // else
		kind    string // Content-Type
		body    string
		bodyErr error
	}{
		{fault: faults.Fault{Kind: faults.Refuse}, events: refused, err: syscall.ECONNREFUSED},
		{fault: faults.Fault{Kind: faults.Drop}, events: written, err: syscall.ECONNRESET},
		{fault: faults.Fault{Kind: faults.Drop, After: true}, applied: 1, events: written, err: syscall.ECONNRESET},
		{fault: faults.Fault{Kind: faults.Status}, events: answered, status: 500, kind: "application/json", body: `{"error":"injected fault"}`},
		{fault: faults.Fault{Kind: faults.Status, StatusCode: 503, After: true, Body: "busy"}, applied: 1, events: answered, status: 503, kind: "text/plain; charset=utf-8", body: "busy"},
		{fault: faults.Fault{Kind: faults.Truncate}, applied: 1, events: answered, status: 200, kind: "application/json", body: answer[:16], bodyErr: io.ErrUnexpectedEOF},
		{fault: faults.Fault{Kind: faults.HTML, Body: "<p>"}, events: answered, status: 200, kind: "text/html; charset=utf-8", body: "<p>"},
		{fault: faults.Fault{Kind: faults.HTML, StatusCode: 502, After: true, Body: "<p>"}, applied: 1, events: answered, status: 502, kind: "text/html; charset=utf-8", body: "<p>"},
		{fault: faults.Fault{Kind: faults.Garbage, After: true}, applied: 1, events: answered, status: 200, kind: "application/json", body: `{"unexpected":true`},
		{fault: faults.Fault{Kind: faults.Garbage, Body: "{}"}, events: answered, status: 200, kind: "application/json", body: `{}`},
		{fault: faults.Fault{Kind: faults.Delay}, applied: 1, events: answered, status: 200, kind: "application/json", body: answer},
		{fault: faults.Fault{Kind: faults.Delay, After: true}, applied: 1, events: answered, status: 200, kind: "application/json", body: answer},
	} {
		t.Run(tc.fault.String(), func(t *testing.T) {
			var in faults.Injector
			var c counter
			var events []string
			in.At(0, tc.fault)
			req, err := http.NewRequestWithContext(traced(t.Context(), &events), http.MethodPost, "https://emulator.test/x", strings.NewReader("sent"))
			require.NoError(t, err)
			resp, err := in.Transport(&c).RoundTrip(req)
			require.Equal(t, tc.events, events)
			require.Equal(t, tc.applied, c.applied.Load())
			logged := in.Requests()[0]
			require.Equal(t, tc.status, logged.Status)
			require.Equal(t, "sent", string(logged.Body))
			require.Equal(t, &tc.fault, logged.Fault)
			if tc.err != nil {
				require.ErrorIs(t, err, tc.err)
				var op *net.OpError
				require.ErrorAs(t, err, &op)
				require.Equal(t, map[bool]string{true: "dial", false: "read"}[errors.Is(tc.err, syscall.ECONNREFUSED)], op.Op)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tc.status, resp.StatusCode)
			require.Equal(t, tc.kind, resp.Header.Get("Content-Type"))
			body, err := io.ReadAll(resp.Body)
			require.Equal(t, tc.body, string(body))
			require.Equal(t, tc.bodyErr, err)
			if tc.fault.Kind == faults.Truncate {
				require.EqualValues(t, len(answer), resp.ContentLength)
				require.Equal(t, "32", resp.Header.Get("Content-Length"))
			}
		})
	}
}

func TestRetryAfter(t *testing.T) {
	var in faults.Injector
	in.At(0, faults.Fault{Kind: faults.Status, StatusCode: 429, RetryAfter: "1"})
	resp, err := memory(&in, &counter{}).Get("http://emulator.test/")
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, "1", resp.Header.Get("Retry-After"))
}

func TestTruncateOfAnEmptyAnswerCutsTheConnection(t *testing.T) {
	var in faults.Injector
	in.At(0, faults.Fault{Kind: faults.Truncate})
	applied := false
	client := memory(&in, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		applied = true
		w.WriteHeader(http.StatusNoContent)
	}))
	_, err := client.Get("http://emulator.test/")
	require.ErrorIs(t, err, syscall.ECONNRESET)
	require.True(t, applied)
}

func TestDelayHonoursTheContext(t *testing.T) {
	for _, tc := range []struct {
		fault   faults.Fault
		applied int64
	}{
		{faults.Fault{Kind: faults.Delay, Delay: time.Hour}, 0},
		{faults.Fault{Kind: faults.Delay, Delay: time.Hour, After: true}, 1},
		{faults.Fault{Kind: faults.Refuse, Delay: time.Hour}, 0},
		{faults.Fault{Kind: faults.Status, Delay: time.Hour}, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			var in faults.Injector
			var c counter
			client := memory(&in, &c)
			in.When(nil, 0, tc.fault)

			start := time.Now()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://emulator.test/", nil)
			require.NoError(t, err)
			_, err = client.Do(req)
			require.ErrorIs(t, err, context.DeadlineExceeded, tc.fault)
			require.Equal(t, time.Minute, time.Since(start))
			require.Equal(t, tc.applied, c.applied.Load(), tc.fault)

			start = time.Now()
			resp, err := client.Get("http://emulator.test/")
			require.Equal(t, time.Hour, time.Since(start), "somebody patient gets an answer")
			if tc.fault.Kind == faults.Refuse {
				require.ErrorIs(t, err, syscall.ECONNREFUSED)
				return
			}
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
		})
	}
}

func TestBodyThatHangsEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var in faults.Injector
		reader, writer := io.Pipe()
		defer func() { _ = writer.Close() }()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://emulator.test/", reader)
		require.NoError(t, err)
		_, err = memory(&in, &counter{}).Do(req)
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
}

func TestHugeBodyPassesAndIsCappedInTheLog(t *testing.T) {
	const size = 5 << 20
	var in faults.Injector
	var got int64
	client := memory(&in, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got, _ = io.Copy(io.Discard, r.Body)
	}))
	req, err := http.NewRequest(http.MethodPost, "http://emulator.test/", io.LimitReader(zeros{}, size))
	require.NoError(t, err)
	req.Header.Set("Expect", "100-continue")
	resp, err := client.Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.EqualValues(t, size, got)
	require.Len(t, in.Requests()[0].Body, 1<<20)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

type brokenBody struct {
	io.Reader
	closed bool
}

func (b *brokenBody) Close() error { b.closed = true; return nil }

func TestRequestBodyIsClosedAndItsErrorReturned(t *testing.T) {
	broken := errors.New("disk failed")
	for name, tc := range map[string]struct {
		body  io.Reader
		fault *faults.Fault
		want  error
	}{
		"fine":    {body: strings.NewReader("x")},
		"early":   {body: io.MultiReader(strings.NewReader("x"), errorReader{broken}), want: broken},
		"late":    {body: io.MultiReader(io.LimitReader(zeros{}, 3<<20), errorReader{broken}), want: broken},
		"refused": {body: errorReader{errors.New("must not be read")}, fault: &faults.Fault{Kind: faults.Refuse}, want: syscall.ECONNREFUSED},
	} {
		t.Run(name, func(t *testing.T) {
			var in faults.Injector
			if tc.fault != nil {
				in.At(0, *tc.fault)
			}
			body := &brokenBody{Reader: tc.body}
			req, err := http.NewRequest(http.MethodPost, "http://emulator.test/", body)
			require.NoError(t, err)
			resp, err := in.Transport(&counter{}).RoundTrip(req)
			if tc.want != nil {
				require.ErrorIs(t, err, tc.want)
			} else {
				require.NoError(t, err)
				require.NoError(t, resp.Body.Close())
			}
			require.True(t, body.closed)
		})
	}
}

type errorReader struct{ err error }

func (r errorReader) Read([]byte) (int, error) { return 0, r.err }

func TestBrokenRequestsAreNotSent(t *testing.T) {
	var in faults.Injector
	var c counter
	transport := in.Transport(&c)
	get := func(url string, change func(*http.Request)) error {
		req, err := http.NewRequest(http.MethodPost, url, strings.NewReader("four"))
		require.NoError(t, err)
		change(req)
		_, err = transport.RoundTrip(req)
		return err
	}
	require.ErrorContains(t, get("http://x.test/", func(r *http.Request) { r.Header.Set("X-Key", "a\nb") }), "invalid header field value")
	require.ErrorContains(t, get("ftp://x.test/", func(*http.Request) {}), "unsupported protocol scheme")
	require.ErrorContains(t, get("http://x.test/", func(r *http.Request) { r.URL.Host = "" }), "no Host")
	require.ErrorContains(t, get("http://x.test/", func(r *http.Request) { r.ContentLength = 5 }), "Body length 4")
	require.Zero(t, c.applied.Load())

	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("given up")
	cancel(cause)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://x.test/", nil)
	require.NoError(t, err)
	_, err = transport.RoundTrip(req)
	require.ErrorIs(t, err, cause)
}

func TestServerSeesAServersRequest(t *testing.T) {
	type secret struct{}
	var in faults.Injector
	var seen *http.Request
	var inner context.Context
	h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		seen = r
		var cancel context.CancelFunc
		inner, cancel = context.WithTimeout(r.Context(), time.Minute)
		defer cancel()
		r.Header.Set("X-Server", "mine")
	})
	ctx := context.WithValue(t.Context(), secret{}, "client only")
	req, err := http.NewRequestWithContext(ctx, "", "https://user@Emulator.test:8443/a%2Fb?q=1#frag", nil)
	require.NoError(t, err)
	req.Header.Set("X-Client", "yours")
	resp, err := in.Transport(h).RoundTrip(req)
	require.NoError(t, err)
	require.Equal(t, "/a%2Fb?q=1", seen.RequestURI)
	require.Equal(t, "/a/b", seen.URL.Path)
	require.Equal(t, "q=1", seen.URL.RawQuery)
	require.Empty(t, seen.URL.Host)
	require.Equal(t, "Emulator.test:8443", seen.Host)
	require.Equal(t, "GET", seen.Method)
	require.NotEmpty(t, seen.RemoteAddr)
	require.Equal(t, "Emulator.test", seen.TLS.ServerName)
	require.NotNil(t, seen.Body)
	require.Nil(t, seen.Context().Value(secret{}), "values do not travel over a wire")
	require.ErrorIs(t, inner.Err(), context.Canceled)
	require.Equal(t, http.Header{"X-Client": {"yours"}}, req.Header, "the caller's request is not touched")
	require.Same(t, req, resp.Request)
	require.NotNil(t, resp.TLS)
}

func TestBodyCannotBeReadAfterTheEnd(t *testing.T) {
	var in faults.Injector
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://emulator.test/", nil)
	require.NoError(t, err)
	resp, err := memory(&in, &counter{}).Do(req)
	require.NoError(t, err)
	cancel()
	_, err = resp.Body.Read(make([]byte, 1))
	require.ErrorIs(t, err, context.Canceled)
	require.NoError(t, resp.Body.Close())
	_, err = resp.Body.Read(make([]byte, 1))
	require.ErrorContains(t, err, "closed")
}

func TestOtherPanicsReachTheCaller(t *testing.T) {
	var in faults.Injector
	client := memory(&in, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("bug in the emulator") }))
	require.PanicsWithValue(t, "bug in the emulator", func() { _, _ = client.Get("http://emulator.test/") })
}

func TestTLSStateOnlyForHTTPS(t *testing.T) {
	var in faults.Injector
	var state *tls.ConnectionState
	client := memory(&in, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { state = r.TLS }))
	resp, err := client.Get("http://emulator.test/")
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Nil(t, state)
	require.Nil(t, resp.TLS)
}
