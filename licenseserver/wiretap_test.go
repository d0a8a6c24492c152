package licenseserver_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/provider"
)

// The server of tests without sockets. The prefix is there so that a client that
// loses it fails.
const (
	serverURL = "https://license.example.com/prefix"
	serverKey = "AF-2000-placeholder-placeholder-00000000"

	adminCookie = "placeholder-cookie"
	sampleKey   = "TEST-TEST-TEST-0001"
	sampleToken = "placeholder-session-token"
)

// sentRequest is a request as it left the client.
type sentRequest struct {
	Method string
	// Path is escaped and below the base; "!" and the whole URL if it is not.
	Path   string
	Query  url.Values
	Header http.Header
	Body   string
	// Operation is what a caller's RoundTripper learns.
	Operation provider.Operation
}

// reply is what the server answers; body is sent as it stands.
type reply struct {
	status int
	body   string
	header http.Header
	err    error
}

func ok(body string) reply { return reply{status: http.StatusOK, body: body} }

// wiretap is a transport that notes every request and answers it from a function.
type wiretap struct {
	answer func(ctx context.Context, r sentRequest) reply

	mu   sync.Mutex
	sent []sentRequest
}

// always answers every request alike.
func always(r reply) *wiretap {
	return &wiretap{answer: func(context.Context, sentRequest) reply { return r }}
}

func (w *wiretap) RoundTrip(req *http.Request) (*http.Response, error) {
	sent := sentRequest{Method: req.Method, Query: req.URL.Query(), Header: req.Header.Clone()}
	whole := req.URL.Scheme + "://" + req.URL.Host + req.URL.EscapedPath()
	path, below := strings.CutPrefix(whole, serverURL)
	if !below {
		path = "!" + whole
	}
	sent.Path = path
	sent.Operation, _ = provider.OperationFromContext(req.Context())
	if req.Body != nil {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		_ = req.Body.Close()
		sent.Body = string(body)
	}
	w.mu.Lock()
	w.sent = append(w.sent, sent)
	w.mu.Unlock()
	r := w.answer(req.Context(), sent)
	if r.err != nil {
		return nil, r.err
	}
	header := r.header.Clone()
	if header == nil {
		header = http.Header{"Content-Type": {"application/json"}}
	}
	return &http.Response{
		StatusCode: r.status, Header: header, Request: req, ContentLength: int64(len(r.body)),
		Body: io.NopCloser(strings.NewReader(r.body)),
	}, nil
}

// requests returns what was sent so far.
func (w *wiretap) requests() []sentRequest {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]sentRequest(nil), w.sent...)
}

// lines returns what was sent as "METHOD /path".
func (w *wiretap) lines() []string {
	var lines []string
	for _, r := range w.requests() {
		lines = append(lines, r.Method+" "+r.Path)
	}
	return lines
}

// tapOptions send through a transport, without repetitions (or one failure would be
// several requests) and without the default rate limit.
func tapOptions(transport http.RoundTripper, opts ...provider.Option) []provider.Option {
	return append([]provider.Option{
		provider.WithHTTPClient(&http.Client{Transport: transport}),
		provider.WithRetry(provider.Retry{Attempts: 1}), provider.WithRateLimit(0, 0),
		licenseserver.WithSearchPath("/api/search"), licenseserver.WithAdminCookie("session", adminCookie),
	}, opts...)
}

// clientOver makes a client of the server that is behind a transport.
func clientOver(t testing.TB, transport http.RoundTripper, opts ...provider.Option) *licenseserver.Client {
	t.Helper()
	client, err := licenseserver.New(serverURL, serverKey, tapOptions(transport, opts...)...)
	require.NoError(t, err)
	return client
}

// asError returns the *provider.Error that every failure must be.
func asError(t testing.TB, err error) *provider.Error {
	t.Helper()
	var e *provider.Error
	require.ErrorAs(t, err, &e)
	return e
}

// at reads a time as the answers hold it.
func at(text string) time.Time {
	parsed, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return parsed
}

func day(text string) time.Time {
	parsed, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return parsed
}
