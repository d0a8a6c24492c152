package rest

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

func states(steps []provider.CheckStep) string {
	var all []string
	for _, s := range steps {
		if !slices.Contains([]string{provider.CheckClock, provider.CheckProxy, provider.CheckMarkers}, s.Name) { // see proxy_test.go
			all = append(all, s.Name+" "+string(s.State))
		}
	}
	return strings.Join(all, ", ")
}

func diagnose(t *testing.T, c *Client) ([]provider.CheckStep, error) {
	t.Helper()
	steps, took, err := c.Diagnose(t.Context(), &Call{Endpoint: getThing, Args: []string{"1"}, Out: new(thing)})
	assert.Positive(t, took)
	for _, s := range steps {
		assert.NotEmpty(t, s.Detail, s.Name)
		if s.State == provider.CheckFailed {
			assert.Error(t, s.Err)
		}
	}
	return steps, err
}

const allGood = "dns skipped, tcp ok, tls ok, api ok"

func TestDiagnoseNamesTheStep(t *testing.T) {
	secure := panel(t)
	pinned := pins(PinOf(secure.Certificate()))
	plain := httptest.NewServer(okThing)
	defer plain.Close()
	noName := func(c *Client) {
		c.transport().DialContext = (&net.Dialer{Resolver: &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
		}}}).DialContext
	}
	for name, row := range map[string]struct {
		base    string
		opts    []provider.Option
		change  func(*Client)
		handler http.HandlerFunc
		want    string
		says    string // in the first step that is not good
	}{
		"ok":             {base: secure.URL, opts: []provider.Option{pinned}, want: allGood},
		"plain http":     {base: plain.URL, want: "dns skipped, tcp ok, tls skipped, api ok"},
		"name":           {base: "https://panel.test", change: noName, want: "dns failed, tcp skipped, tls skipped, api skipped", says: "panel.test"},
		"port":           {base: "https://127.0.0.1:1", want: "dns skipped, tcp failed, tls skipped, api skipped", says: "refused"},
		"not trusted":    {base: secure.URL, want: "dns skipped, tcp ok, tls failed, api skipped", says: PinOf(secure.Certificate())},
		"wrong pin":      {base: secure.URL, opts: []provider.Option{pins(strings.Repeat("00", 32))}, want: "dns skipped, tcp ok, tls failed, api skipped", says: PinOf(secure.Certificate())},
		"no TLS there":   {base: strings.Replace(plain.URL, "http", "https", 1), want: "dns skipped, tcp ok, tls failed, api skipped", says: "does not speak TLS"},
		"credentials":    {base: secure.URL, opts: []provider.Option{pinned}, handler: answer(401, "{}"), want: allGood},
		"rights":         {base: secure.URL, opts: []provider.Option{pinned}, handler: answer(403, "{}"), want: allGood},
		"busy":           {base: secure.URL, opts: []provider.Option{pinned}, handler: answer(429, "{}"), want: allGood},
		"no API there":   {base: secure.URL, opts: []provider.Option{pinned}, handler: answer(404, "<html>"), want: "dns skipped, tcp ok, tls ok, api failed", says: "404"},
		"other dialect":  {base: secure.URL, opts: []provider.Option{pinned}, handler: answer(404, `{"error":"no such endpoint"}`), want: allGood},
		"a web site":     {base: secure.URL, opts: []provider.Option{pinned}, handler: answer(200, "<html>"), want: "dns skipped, tcp ok, tls ok, api failed", says: "HTML"},
		"out of order":   {base: secure.URL, opts: []provider.Option{pinned}, handler: answer(503, ""), want: "dns skipped, tcp ok, tls ok, api failed", says: "503"},
		"moved":          {base: secure.URL, opts: []provider.Option{pinned}, handler: answer(301, "", "Location", "https://new.test"), want: "dns skipped, tcp ok, tls ok, api failed", says: "https://new.test"},
		"hangs up":       {base: secure.URL, opts: []provider.Option{pinned}, handler: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, want: "dns skipped, tcp ok, tls ok, api failed", says: "EOF"},
		"looked up name": {base: strings.Replace(plain.URL, "127.0.0.1", "localhost", 1), want: "dns ok, tcp ok, tls skipped, api ok"},
	} {
		t.Run(name, func(t *testing.T) {
			requests := 0
			secure.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				requests++
				if row.handler != nil {
					row.handler(w, r)
					return
				}
				okThing(w, r)
			})
			c := newClient(t, row.base, row.opts...)
			defer c.closeIdle()
			if row.change != nil {
				row.change(c)
			}
			steps, err := diagnose(t, c)
			assert.Equal(t, row.want, states(steps))
			assert.Equal(t, row.want == allGood || strings.HasSuffix(row.want, "api ok"), err == nil || asError(t, err).StatusCode != 0 && row.says == "")
			assert.LessOrEqual(t, requests, 1, "a connection test wants the first failure")
			if row.says != "" {
				failed := (&provider.CheckReport{Steps: steps}).Failed()
				require.NotNil(t, failed)
				assert.Contains(t, failed.Detail, row.says)
			}
		})
	}
}

func TestDiagnoseReusedConnection(t *testing.T) {
	srv := panel(t)
	c := newClient(t, srv.URL, pins(PinOf(srv.Certificate())))
	require.NoError(t, ask(t, c))
	steps, err := diagnose(t, c)
	require.NoError(t, err)
	assert.Equal(t, allGood, states(steps))
	assert.Contains(t, steps[1].Detail, "before")
	assert.Contains(t, steps[2].Detail, PinOf(srv.Certificate()), "shows the pin for a configuration")
}

// TestDiagnoseHangingConnection: a firewall drops packets, so the call ends before the dialer
// reports anything.
func TestDiagnoseHangingConnection(t *testing.T) {
	c := newClient(t, "https://127.0.0.1:1")
	release, reached := make(chan struct{}), make(chan struct{})
	c.transport().DialContext = (&net.Dialer{Control: func(string, string, syscall.RawConn) error {
		close(reached)
		<-release
		return io.EOF
	}}).DialContext
	defer close(release)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-reached; cancel() }()
	steps, _, err := c.Diagnose(ctx, &Call{Endpoint: getThing, Args: []string{"1"}})
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, "dns skipped, tcp failed, tls skipped, api skipped", states(steps))
}

// TestDiagnoseHangingHandshake: something accepts the connection, and never answers.
func TestDiagnoseHangingHandshake(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = l.Close() }()
	accepted := make(chan net.Conn, 1)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		_, _ = conn.Read(make([]byte, 1)) // the hello has begun
		accepted <- conn
	}()
	c := newClient(t, "https://"+l.Addr().String())
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		conn := <-accepted
		cancel()
		<-ctx.Done()
		_ = conn.SetDeadline(time.Now())
	}()
	steps, _, err := c.Diagnose(ctx, &Call{Endpoint: getThing, Args: []string{"1"}})
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, "dns skipped, tcp ok, tls failed, api skipped", states(steps))
}

func TestDiagnoseInMemory(t *testing.T) {
	c, in := inMemory(t, okThing)
	steps, err := diagnose(t, c)
	require.NoError(t, err)
	assert.Equal(t, "api ok", states(steps[3:]))
	for _, s := range steps[:3] {
		assert.NotEqual(t, provider.CheckFailed, s.State)
	}
	in.At(0, faults.Fault{Kind: faults.Status, StatusCode: 503})
	n := in.Count()
	_, err = diagnose(t, c)
	require.ErrorIs(t, err, provider.ErrUnavailable)
	assert.Equal(t, n+1, in.Count())
}

// TestDiagnoseSilentTransport: a test double that reports nothing.
func TestDiagnoseSilentTransport(t *testing.T) {
	c := newClient(t, "https://panel.test", provider.WithHTTPClient(&http.Client{Transport: roundTripper(func(req *http.Request) (*http.Response, error) {
		rec := httptest.NewRecorder()
		okThing(rec, req)
		return rec.Result(), nil
	})}))
	steps, err := diagnose(t, c)
	require.NoError(t, err)
	assert.Equal(t, "dns skipped, tcp skipped, tls skipped, api ok", states(steps))
}
