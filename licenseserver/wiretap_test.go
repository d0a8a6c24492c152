package licenseserver_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/provider"
)

// The server of tests without sockets. A client that loses the prefix fails.
const (
	serverURL = "https://license.example.com/prefix"
	serverKey = "AF-2000-placeholder-placeholder-00000000"

	adminCookie = "placeholder-cookie"
	sampleKey   = "TEST-TEST-TEST-0001"
	sampleToken = "placeholder-session-token"
)

type (
	sentRequest = clienttest.Request
	reply       = clienttest.Reply
	wiretap     = clienttest.Tap
)

const webPage = clienttest.WebPage

func ok(body string) reply { return clienttest.OK(body) }

// tapping answers requests with a function, which may be replaced.
func tapping(answer clienttest.Answer) *wiretap {
	return &wiretap{Base: serverURL, Answer: answer}
}

// always answers every request in the same way.
func always(r reply) *wiretap { return tapping(clienttest.Always(r)) }

// tapOptions send through a transport, without retries, so that one failure is one request, and
// without the default rate limit.
func tapOptions(transport http.RoundTripper, opts ...provider.Option) []provider.Option {
	return append([]provider.Option{
		provider.WithHTTPClient(&http.Client{Transport: transport}),
		provider.WithRetry(provider.Retry{Attempts: 1}), provider.WithRateLimit(0, 0),
		licenseserver.WithSearchPath("/api/search"), licenseserver.WithAdminCookie("session", provider.NewSecret(adminCookie)),
	}, opts...)
}

// clientOver returns a client for the server behind a transport.
func clientOver(t testing.TB, transport http.RoundTripper, opts ...provider.Option) *licenseserver.Client {
	t.Helper()
	client, err := licenseserver.New(serverURL, provider.NewSecret(serverKey), tapOptions(transport, opts...)...)
	require.NoError(t, err)
	return client
}

// asError returns an error as the *provider.Error that it must be.
func asError(t testing.TB, err error) *provider.Error {
	t.Helper()
	return clienttest.AsError(t, err)
}

// at parses a time in the form of the answers.
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

// endOf is the last second of a day.
func endOf(text string) time.Time { return day(text).Add(24*time.Hour - time.Second) }
