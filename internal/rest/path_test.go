package rest

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
)

var nested = &Endpoint{Op: "Files.Get", Verb: "get file", Method: http.MethodGet, Route: "/things/{id}/files/{name}", Effect: Read}

// echoPath is a real server, without a mux that cleans paths, that records what it saw.
type echoPath struct {
	mu       sync.Mutex
	segments []string
	requests int
	query    string
}

func (e *echoPath) serve(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.requests++
	e.query = r.URL.RawQuery
	e.segments = nil
	for segment := range strings.SplitSeq(r.URL.EscapedPath(), "/") {
		plain, err := url.PathUnescape(segment)
		if err != nil {
			plain = "cannot be unescaped: " + segment
		}
		e.segments = append(e.segments, plain)
	}
	okThing(w, r)
}

// checkArguments checks the promise: two arguments arrive unchanged as two segments, at their place
// below the base's path; or one is refused and named, and nothing is sent.
func checkArguments(t *testing.T, c *Client, e *echoPath, id, name string) (refused bool) {
	t.Helper()
	e.requests = 0
	err := c.Do(t.Context(), &Call{Endpoint: nested, Args: []string{id, name}, Query: url.Values{"q": {"a&b=c"}}})
	if err != nil {
		require.ErrorIs(t, err, provider.ErrInvalid, "%q %q", id, name)
		assert.NotEmpty(t, asError(t, err).Fields)
		assert.Zero(t, e.requests)
		return true
	}
	assert.Equal(t, []string{"", "some", "where", "api", "v2", "things", id, "files", name}, e.segments)
	assert.Equal(t, "q=a%26b%3Dc", e.query)
	return false
}

var (
	passed    = []string{"1", "a/b", "%2e", "%2e%2e", "?x", "#", "#?%", " ", "a b", "ä", "日本", "\x00", "a\nb", "\xff\xfe", "...", ".a", "a.b", "+", ";", "a:b@c", "{id}", "//", `\`, "%", "%zz", "example.com"}
	forbidden = []string{"", ".", "..", "../1", "1/..", "a/../b", "./a", `..\1`, `a\.`, "../../admin"}
)

func TestArguments(t *testing.T) {
	var e echoPath
	c, _ := over(t, e.serve)
	for _, arg := range passed {
		assert.False(t, checkArguments(t, c, &e, arg, "x"), "%q", arg)
		assert.False(t, checkArguments(t, c, &e, "x", arg), "%q", arg)
	}
	for _, arg := range forbidden {
		assert.True(t, checkArguments(t, c, &e, arg, "x"), "%q", arg)
		assert.True(t, checkArguments(t, c, &e, "x", arg), "%q", arg)
	}
	err := c.Do(t.Context(), &Call{Endpoint: nested, Args: []string{"1", ""}})
	assert.Equal(t, map[string]string{"name": "required"}, asError(t, err).Fields)
}

func FuzzArguments(f *testing.F) {
	var e echoPath
	c, _ := over(f, e.serve)
	for _, arg := range append(passed, forbidden...) {
		f.Add(arg, "x")
		f.Add("x", arg)
	}
	f.Fuzz(func(t *testing.T, id, name string) {
		if refused := checkArguments(t, c, &e, id, name); refused {
			ok := func(s string) bool { return s != "" && !strings.Contains(s, ".") }
			assert.False(t, ok(id) && ok(name), "refused unnecessarily: %q %q", id, name)
		}
	})
}

func TestRoutes(t *testing.T) {
	for _, row := range []struct {
		route string
		args  []string
	}{
		{"/things", []string{"1"}}, {"/things/{id}", nil}, {"/things/{id}", []string{"1", "2"}}, {"/things/{id", []string{"1"}},
	} {
		_, _, err := fill(row.route, row.args)
		assert.Error(t, err, "%s %q", row.route, row.args)
	}
}

// TestRouteFromOutside: a route that comes from a caller (client.Do) cannot smuggle in a query or a
// fragment.
func TestRouteFromOutside(t *testing.T) {
	var e echoPath
	c, _ := over(t, e.serve)
	require.NoError(t, c.Do(t.Context(), &Call{Endpoint: &Endpoint{Op: "Do", Method: http.MethodGet, Route: "/a?b=c#d/{x}", Effect: Read}, Args: []string{"y/z"}}))
	assert.Equal(t, []string{"", "some", "where", "api", "v2", "a?b=c#d", "y/z"}, e.segments)
	assert.Empty(t, e.query)
}

func TestBaseURLKeepsItsPath(t *testing.T) {
	for path, want := range map[string]string{
		"":           "/api/v2/things/a%2Fb",
		"/":          "/api/v2/things/a%2Fb",
		"/x/y/":      "/x/y/api/v2/things/a%2Fb",
		"/p%C3%A4/":  "/p%C3%A4/api/v2/things/a%2Fb",
		"/a%2Fb":     "/a%2Fb/api/v2/things/a%2Fb",
		"/with%20sp": "/with%20sp/api/v2/things/a%2Fb",
	} {
		var line string
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			line = r.RequestURI
			okThing(w, r)
		}))
		c := newClient(t, srv.URL+path)
		require.NoError(t, c.Do(t.Context(), &Call{Endpoint: getThing, Args: []string{"a/b"}, Out: new(thing)}))
		assert.Equal(t, want, line)
		srv.Close()
	}
}

func TestBaseURL(t *testing.T) {
	for base, field := range map[string]string{
		"https://panel.test":        "",
		" https://panel.test/ ":     "",
		"HTTPS://PANEL.test:8443/x": "",
		"https://[2001:db8::1]:443": "",
		"http://127.0.0.1:8080":     "",
		"http://localhost":          "",
		"http://[::1]:1":            "",
		"https://pänel.test":        "",
		"http://panel.test":         "plain http",
		"http://127.0.0.1.evil.com": "plain http",
		"http://localhost.evil.com": "plain http",
		"http://10.0.0.1":           "plain http",
		"":                          "required",
		"panel.test":                "https://",
		"ftp://panel.test":          "https://",
		"javascript:alert(1)":       "https://",
		"https://":                  "no host",
		"https:///x":                "no host",
		"https://:443":              "no host",
		"https://panel.test?x=1":    "query",
		"https://panel.test/#x":     "query",
		"https://u:hunter2@a.test":  "credentials",
		"https://u@a.test":          "credentials",
		"https://u:hunter2@a.t\x7f": "control",
		"https://a.test:99999":      "port",
		"https://a.test:0":          "port",
		"https://a.test:x":          "not a URL",
		"https://a.test/../b":       "path",
		"https://a.test/%2e%2e/b":   "path",
		"https://a b.test":          "white space",
		"https://a.test/a b":        "white space",
		"\ufeffhttps://a.test":      "invisible",
		"https://a.test\ufeff":      "invisible",
		"https://pa\u200bnel.test":  "invisible",
		"https://a.test\xff":        "invisible",
		"https://2001:db8::1":       "without brackets",
		"https://u:p@::1/x":         "without brackets",
		"https://fe80::1:8080?x":    "without brackets",
		"https://a.test:":           "without a port",
		"https://a.test:/x":         "without a port",
		"https://[::1]:":            "without a port",
		`https://a.test\@b.test`:    "not a URL",
		"://":                       "not a URL",
	} {
		c, err := New(Config{Provider: "test", BaseURL: base, APIPath: "/v1"})
		if field == "" {
			require.NoError(t, err, base)
			root := c.Root()
			assert.NotContains(t, root.String()[8:], "//", base)
			assert.Equal(t, strings.ToLower(root.Host), root.Host)
			continue
		}
		require.ErrorIs(t, err, provider.ErrInvalid, base)
		assert.Contains(t, asError(t, err).Fields["baseURL"], field, base)
		assert.NotContains(t, err.Error(), "hunter2")
	}
	_, err := New(Config{Provider: "test", BaseURL: "http://panel.test"}, provider.WithPlainHTTP())
	require.NoError(t, err)
}

func TestOptionsAreChecked(t *testing.T) {
	for field, opt := range map[string]provider.Option{
		"WithTimeout":        provider.WithTimeout(-1),
		"WithMaxBody":        provider.WithMaxBody(0),
		"WithMaxConnections": provider.WithMaxConnections(0),
		"WithRateLimit":      provider.WithRateLimit(-1, 1),
		"WithRetry":          provider.WithRetry(provider.Retry{Attempts: -1}),
		"WithUserAgent":      provider.WithUserAgent("a\r\nX: y"),
		"other.WithDialect":  provider.VendorOption("other", "WithDialect", 1),
		"WithTLS":            provider.WithTLS(provider.TLS{NoVerify: true}),
	} {
		_, err := New(Config{Provider: "test", BaseURL: "https://a.test"}, opt)
		require.ErrorIs(t, err, provider.ErrInvalid, field)
		assert.Contains(t, asError(t, err).Fields, field)
	}
}

func TestHeaders(t *testing.T) {
	c, in := inMemory(t, okThing, provider.WithUserAgent("billing/3"))
	require.NoError(t, c.Do(t.Context(), callOf(Once, new(thing))))
	require.NoError(t, c.Do(t.Context(), &Call{Endpoint: createThing, Body: url.Values{"a": {"b c"}}, Out: new(thing)}))
	seen := in.Requests()
	assert.Equal(t, "billing/3 provkit/"+Version, seen[0].Header.Get("User-Agent"))
	assert.Equal(t, "application/json", seen[0].Header.Get("Accept"))
	assert.Equal(t, "application/json", seen[0].Header.Get("Content-Type"))
	assert.JSONEq(t, `{"name":"x"}`, string(seen[0].Body))
	assert.Equal(t, "application/x-www-form-urlencoded", seen[1].Header.Get("Content-Type"))
	assert.Equal(t, "a=b+c", string(seen[1].Body))
	for _, r := range seen { // with it net/http would replay POSTs
		assert.NotContains(t, r.Header, "Idempotency-Key")
		assert.NotContains(t, r.Header, "X-Idempotency-Key")
	}
	err := c.Do(t.Context(), &Call{Endpoint: createThing, Body: map[string]any{"a": func() {}}})
	require.ErrorIs(t, err, provider.ErrInvalid)
	err = c.Do(t.Context(), &Call{Endpoint: &Endpoint{Op: "Do", Method: "BAD METHOD", Route: "/"}})
	require.ErrorIs(t, err, provider.ErrInvalid)
}
