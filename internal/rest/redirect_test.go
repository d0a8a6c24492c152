package rest

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
)

var redirects = []int{301, 302, 303, 307, 308}

// TestChangesAreNotRedirected: not even within the origin, since net/http would turn the POST into
// a GET whose answer looks like success.
func TestChangesAreNotRedirected(t *testing.T) {
	for _, status := range redirects {
		for _, kind := range []Effect{Once, Idempotent} {
			for name, target := range map[string]string{
				"same origin": "/some/where/api/v2/things?token=canary#canary",
				"elsewhere":   "https://elsewhere.test/things?token=canary",
				"no scheme":   "//elsewhere.test/things?token=canary",
			} {
				t.Run(fmt.Sprint(status, kind, name), func(t *testing.T) {
					c, in := inMemory(t, answer(status, `{"id":1}`, "Location", target))
					err := c.Do(t.Context(), callOf(kind, new(thing)))
					require.ErrorIs(t, err, provider.ErrProtocol)
					assert.Equal(t, 1, in.Count())
					assert.Contains(t, err.Error(), "/things: configure that URL")
					assert.NotContains(t, err.Error(), "canary")
					assert.Equal(t, status, asError(t, err).StatusCode)
				})
			}
		}
	}
}

// TestNothingLeavesTheOrigin: neither key nor body is sent there, whichever part of the origin
// differs.
func TestNothingLeavesTheOrigin(t *testing.T) {
	var reached atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reached.Add(1)
		okThing(w, r)
	}))
	defer other.Close()
	_, otherPort, _ := strings.Cut(strings.TrimPrefix(other.URL, "http://"), ":")
	var target string
	redirect := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, target, http.StatusTemporaryRedirect)
	}
	plain, srv := over(t, redirect)
	secure := httptest.NewTLSServer(http.HandlerFunc(redirect))
	defer secure.Close()
	trusting := newClient(t, secure.URL, provider.WithTLS(provider.TLS{PinnedKeys: []string{PinOf(secure.Certificate())}}))
	_, ownPort, _ := strings.Cut(strings.TrimPrefix(srv.URL, "http://"), ":")
	for name, row := range map[string]struct {
		client *Client
		target string
	}{
		"other port":         {plain, "http://127.0.0.1:" + otherPort + "/x"},
		"other host":         {plain, "http://localhost:" + ownPort + "/x"},
		"http to https":      {plain, "https://127.0.0.1:" + ownPort + "/x"},
		"https to http":      {trusting, "http://127.0.0.1:" + otherPort + "/x"},
		"https to same port": {trusting, strings.Replace(secure.URL, "https", "http", 1) + "/x"},
		"userinfo trick":     {plain, "http://127.0.0.1:" + ownPort + "@127.0.0.1:" + otherPort + "/x"},
	} {
		for _, kind := range []Effect{Read, Idempotent, Once} {
			t.Run(name+"/"+kind.String(), func(t *testing.T) {
				target = row.target
				err := row.client.Do(t.Context(), callOf(kind, new(thing)))
				require.ErrorIs(t, err, provider.ErrProtocol)
				assert.Contains(t, err.Error(), "the server redirects to")
				assert.Zero(t, reached.Load())
			})
		}
	}
}

func TestReadsAreRedirectedWithinTheOrigin(t *testing.T) {
	for _, status := range redirects {
		for hops := range 8 {
			t.Run(fmt.Sprint(status, " ", hops), func(t *testing.T) {
				left := hops
				c, in := inMemory(t, func(w http.ResponseWriter, r *http.Request) {
					if left == 0 {
						okThing(w, r)
						return
					}
					left--
					// All spellings of the same origin.
					w.Header().Set("Location", [...]string{"/moved", "https://PANEL.test/moved", "https://panel.test:443/moved", "//panel.test/moved"}[left%4])
					w.WriteHeader(status)
				})
				err := c.Do(t.Context(), callOf(Read, new(thing)))
				if hops > maxRedirects {
					require.ErrorIs(t, err, provider.ErrProtocol)
					assert.Contains(t, err.Error(), "more than 5 times")
					assert.Equal(t, maxRedirects+1, in.Count())
					return
				}
				require.NoError(t, err)
				for _, r := range in.Requests() {
					assert.Equal(t, canaryKey, r.Header.Get("X-Api-Key"))
				}
			})
		}
	}
}

// TestNotFoundBehindRedirect: it is the target that does not exist, such as a login page.
func TestNotFoundBehindRedirect(t *testing.T) {
	c, in := inMemory(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/login" {
			answer(404, `{"error":"no such endpoint"}`)(w, r)
			return
		}
		http.Redirect(w, r, "/login", http.StatusFound)
	})
	err := c.Do(t.Context(), callOf(Read, new(thing)))
	require.ErrorIs(t, err, provider.ErrProtocol)
	require.NotErrorIs(t, err, provider.ErrNotFound)
	assert.Contains(t, err.Error(), "the server redirected the request, and then said: ")
	assert.Equal(t, 404, asError(t, err).StatusCode)
	assert.Equal(t, 2, in.Count())
}

// TestRedirectsUseUpNoAttempts: three redirects and then a failure still count as the first
// attempt.
func TestRedirectsUseUpNoAttempts(t *testing.T) {
	n := 0
	c, in := inMemory(t, func(w http.ResponseWriter, r *http.Request) {
		switch n++; n {
		case 1, 2, 3:
			http.Redirect(w, r, "/moved", http.StatusFound)
		case 4:
			answer(503, "{}")(w, r)
		default:
			okThing(w, r)
		}
	}, provider.WithRetry(provider.Retry{Attempts: 2, MinWait: 1, MaxWait: 1}))
	require.NoError(t, c.Do(t.Context(), callOf(Read, new(thing))))
	assert.Equal(t, 5, in.Count())
}

// TestPostThatReads: its redirects are not followed, since a GET in its place would ask something
// else.
func TestPostThatReads(t *testing.T) {
	c, in := inMemory(t, answer(302, "", "Location", "/moved"))
	err := c.Do(t.Context(), &Call{Endpoint: &Endpoint{Op: "x", Method: http.MethodPost, Route: "/x", Effect: Read}})
	require.ErrorIs(t, err, provider.ErrProtocol)
	require.NotErrorIs(t, err, provider.ErrOutcomeUnknown)
	assert.Equal(t, 1, in.Count())
}

func TestOddRedirects(t *testing.T) {
	for location, says := range map[string]string{
		"":                                   "without saying where to",
		"http://[bad?token=canary":           "not a URL",
		"https://x.test/%zz?canary":          "not a URL",
		"https://canary:canary@x.test/a?b=c": "https://x.test/a",
	} {
		for _, kind := range []Effect{Read, Once} {
			c, in := inMemory(t, answer(307, "", "Location", location))
			err := c.Do(t.Context(), callOf(kind, nil))
			require.ErrorIs(t, err, provider.ErrProtocol, location)
			assert.Contains(t, err.Error(), says)
			assert.NotContains(t, err.Error(), "canary")
			assert.Equal(t, 1, in.Count(), "it is an answer, not a failure")
			assert.Equal(t, 307, asError(t, err).StatusCode)
		}
	}
}

// TestBelowTheRedirectPolicy: if anything else sends a request to another origin through our
// transport, it stops there.
func TestBelowTheRedirectPolicy(t *testing.T) {
	c, in := inMemory(t, okThing)
	ctx := t.Context()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://elsewhere.test", io.NopCloser(strings.NewReader("x")))
	require.NoError(t, err)
	_, err = c.http.Transport.RoundTrip(req)
	require.ErrorIs(t, err, errOrigin)
	assert.Zero(t, in.Count())
}
