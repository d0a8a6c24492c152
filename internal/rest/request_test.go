package rest

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
)

// TestCallOf checks which call a caller's own request becomes, and what is refused.
func TestCallOf(t *testing.T) {
	for _, test := range []struct {
		method    string
		retryable bool
		want      Effect
	}{
		{http.MethodGet, false, Read},
		{http.MethodHead, false, Read},
		{http.MethodPost, false, Once},
		{http.MethodDelete, false, Once},
		{http.MethodPut, true, Idempotent},
	} {
		out := new(int)
		call, err := CallOf("panel", "DoAdmin", &provider.Request{
			Method: test.method, Route: "/x/{id}", Args: []string{"1"}, Query: url.Values{"a": {"b"}}, Body: "body",
			Retryable: test.retryable, Sensitive: true,
		}, out)
		require.NoError(t, err)
		want := &Endpoint{Provider: "panel", Op: "DoAdmin", Verb: test.method + " /x/{id}", Method: test.method, Route: "/x/{id}", Effect: test.want, Sensitive: true}
		require.Equal(t, &Call{Endpoint: want, Args: []string{"1"}, Query: url.Values{"a": {"b"}}, Body: "body", Out: out}, call)
	}
	call, err := CallOf("panel", "Do", &provider.Request{Method: "GET", Route: "/"}, nil)
	require.NoError(t, err)
	require.True(t, call.Query == nil && call.Out == nil && call.Body == nil)

	for _, test := range []struct {
		request *provider.Request
		fields  []string
	}{
		{nil, []string{"request"}},
		{&provider.Request{}, []string{"Method", "Route"}},
		{&provider.Request{Method: "GET", Route: "^/x"}, []string{"Route"}},
		{&provider.Request{Route: "/x"}, []string{"Method"}},
	} {
		_, err := CallOf("panel", "Do", test.request, nil)
		require.ErrorIs(t, err, provider.ErrInvalid)
		e := asError(t, err)
		require.Equal(t, []string{"panel", "Do", "call"}, []string{e.Provider, e.Op, e.Action})
		require.Len(t, e.Fields, len(test.fields))
		for _, field := range test.fields {
			require.Contains(t, e.Fields, field)
		}
	}
}

func TestStructure(t *testing.T) {
	for body, want := range map[string]string{
		`{}`: `{}`, " [1]\n": `[1]`, "\xef\xbb\xbf{\"a\":1}": `{"a":1}`,
		``: "", ` `: "", `1`: "", `"{}"`: "", `null`: "", `{`: "", `{} x`: "", `<p>`: "", "\u00a0{}": "",
	} {
		sent := []byte(body)
		got, err := (&Answer{Body: sent}).Structure()
		clear(sent)
		require.Equal(t, want == "", err != nil, body)
		require.Equal(t, want, got.Reveal(), "a copy")
	}
}
