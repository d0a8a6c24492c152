package keyhelp_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/provider"
)

// The panel of tests without sockets. The prefix is there so that a client that
// loses it fails.
const (
	panelURL = "https://panel.example.com/prefix"
	panelKey = "placeholder-key"
)

// sentRequest is a request as it left the client.
type sentRequest struct {
	Method string
	// Path is escaped and below the API's base; "!" and the whole URL if it is not.
	Path   string
	Query  url.Values
	Header http.Header
	Body   string
	// Operation is what a caller's RoundTripper learns.
	Operation provider.Operation
}

// reply is what the panel answers; body is sent as it stands.
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
	path, below := strings.CutPrefix(whole, panelURL+"/api/v2")
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
		Body: io.NopCloser(bytes.NewReader([]byte(r.body))),
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

// clientOver makes a client of the panel that is behind a transport. Without
// repetitions, or one failure would be several requests.
func clientOver(t testing.TB, transport http.RoundTripper, opts ...provider.Option) *keyhelp.Client {
	t.Helper()
	all := []provider.Option{
		provider.WithHTTPClient(&http.Client{Transport: transport}),
		provider.WithRetry(provider.Retry{Attempts: 1}),
	}
	client, err := keyhelp.New(panelURL, panelKey, append(all, opts...)...)
	require.NoError(t, err)
	return client
}

// bothDialects are the dialects that a panel can speak.
var bothDialects = []keyhelp.Dialect{keyhelp.DialectDocumented, keyhelp.DialectLive}

// asError returns the *provider.Error that every failure must be.
func asError(t testing.TB, err error) *provider.Error {
	t.Helper()
	var e *provider.Error
	require.ErrorAs(t, err, &e)
	return e
}

// answerIn answers with each reply in turn, and with the last one from then on.
func answerIn(count *int, replies ...reply) func(context.Context, sentRequest) reply {
	return func(context.Context, sentRequest) reply {
		*count++
		return replies[min(*count, len(replies))-1]
	}
}

func newHTTPClient(transport http.RoundTripper) *http.Client {
	return &http.Client{Transport: transport}
}

// trimmed is a body without what may stand around JSON: white space and a byte
// order mark.
func trimmed(body []byte) []byte {
	return bytes.TrimPrefix(bytes.TrimSpace(body), []byte("\xef\xbb\xbf"))
}
