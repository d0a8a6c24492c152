package hostkey_test

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
)

// The server of tests without sockets. It has a prefix so that a client that drops it fails.
const (
	serverURL   = "https://invapi.example.com/prefix"
	serverKey   = "placeholder-key"
	serverToken = "placeholder-token"

	taskKey = "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6"
)

var task = provider.NewSecret(taskKey)

type (
	sentRequest = clienttest.Request
	reply       = clienttest.Reply
	wiretap     = clienttest.Tap
	payload     = provider.Payload
)

func ok(body string) reply { return clienttest.OK(body) }

// tapping answers requests by a function, which may be replaced.
func tapping(answer clienttest.Answer) *wiretap {
	return &wiretap{Base: serverURL, Answer: answer}
}

// always answers every request alike.
func always(r reply) *wiretap { return tapping(clienttest.Always(r)) }

// signingIn answers the client's own sign-ins with a token, and passes on all other requests.
type signingIn struct {
	http.RoundTripper
	key, token string
}

func (s signingIn) RoundTrip(req *http.Request) (*http.Response, error) {
	if isSignIn(req, s.key) {
		return (&wiretap{Base: serverURL, Answer: clienttest.Always(ok(loginAnswer(s.token)))}).RoundTrip(req)
	}
	return s.RoundTripper.RoundTrip(req)
}

// isSignIn reports whether a request is a sign-in with the key. The body can be read again.
func isSignIn(req *http.Request, key string) bool {
	if !strings.HasSuffix(req.URL.Path, "/auth.php") || req.GetBody == nil {
		return false
	}
	body, err := req.GetBody()
	if err != nil {
		return false
	}
	text := new(strings.Builder)
	buffer := make([]byte, 4096)
	for {
		n, err := body.Read(buffer)
		text.Write(buffer[:n])
		if err != nil {
			break
		}
	}
	form, err := url.ParseQuery(text.String())
	return err == nil && form.Get("action") == "login" && form.Get("key") == key
}

func loginAnswer(token string) string {
	return clienttest.JSON(map[string]any{"result": map[string]any{
		"token": token, "role_type": "Customer", "token_expire": time.Now().Add(time.Hour).Unix(), "servers": []int{55054},
	}})
}

// tapOptions send through a transport, without retries, which would turn one failure into several
// requests.
func tapOptions(transport http.RoundTripper, opts ...provider.Option) []provider.Option {
	return append([]provider.Option{
		provider.WithHTTPClient(&http.Client{Transport: transport}), provider.WithRetry(provider.Retry{Attempts: 1}),
	}, opts...)
}

// bareClient returns a client that is not signed in.
func bareClient(t testing.TB, transport http.RoundTripper, opts ...provider.Option) *hostkey.Client {
	t.Helper()
	client, err := hostkey.New(serverURL, provider.NewSecret(serverKey), spending(tapOptions(transport, opts...)...)...)
	require.NoError(t, err)
	return client
}

// clientOver returns a client that has signed in; the transport does not see the sign-in.
func clientOver(t testing.TB, transport http.RoundTripper, opts ...provider.Option) *hostkey.Client {
	t.Helper()
	client := bareClient(t, signingIn{transport, serverKey, serverToken}, opts...)
	_, err := client.SignIn(t.Context())
	require.NoError(t, err)
	return client
}

// asError returns the *provider.Error that every failure must be.
func asError(t testing.TB, err error) *provider.Error {
	t.Helper()
	return clienttest.AsError(t, err)
}

// at parses a time as answers contain it.
func at(text string) time.Time {
	parsed, err := time.Parse(time.DateTime, text)
	if err != nil {
		panic(err)
	}
	return parsed
}

func day(text string) time.Time { return at(text + " 00:00:00") }

// endOf is the last second of a day.
func endOf(text string) time.Time { return day(text).Add(24*time.Hour - time.Second) }

func addr(text string) netip.Addr { return netip.MustParseAddr(text) }
