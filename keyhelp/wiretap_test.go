package keyhelp_test

import (
	"bytes"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/provider"
)

// The panel of tests without sockets. A client that loses the prefix fails.
const (
	panelURL = "https://panel.example.com/prefix"
	panelKey = "placeholder-key"
)

type (
	sentRequest = clienttest.Request
	reply       = clienttest.Reply
	wiretap     = clienttest.Tap
)

func ok(body string) reply { return clienttest.OK(body) }

// tapping answers requests with a function, which may be replaced.
func tapping(answer clienttest.Answer) *wiretap {
	return &wiretap{Base: panelURL + "/api/v2", Answer: answer}
}

// always answers every request in the same way.
func always(r reply) *wiretap { return tapping(clienttest.Always(r)) }

// clientOver returns a client for the panel behind a transport. It does not retry, so that one
// failure is one request.
func clientOver(t testing.TB, transport http.RoundTripper, opts ...provider.Option) *keyhelp.Client {
	t.Helper()
	all := []provider.Option{
		provider.WithHTTPClient(&http.Client{Transport: transport}),
		provider.WithRetry(provider.Retry{Attempts: 1}),
	}
	client, err := keyhelp.New(panelURL, provider.NewSecret(panelKey), append(all, opts...)...)
	require.NoError(t, err)
	return client
}

// bothDialects are the dialects that a panel can have.
var bothDialects = []keyhelp.Dialect{keyhelp.DialectDocumented, keyhelp.DialectLive}

// asError returns an error as the *provider.Error that it must be.
func asError(t testing.TB, err error) *provider.Error {
	t.Helper()
	return clienttest.AsError(t, err)
}

func newHTTPClient(transport http.RoundTripper) *http.Client {
	return &http.Client{Transport: transport}
}

// trimmed returns a body without the white space and byte order mark that may surround JSON.
func trimmed(body []byte) []byte {
	return bytes.TrimPrefix(bytes.TrimSpace(body), []byte("\xef\xbb\xbf"))
}
