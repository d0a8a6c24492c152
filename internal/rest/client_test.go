package rest

import (
	"io"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
)

// TestQuery: both kinds of query arrive unchanged, and options that are not set are not sent.
func TestQuery(t *testing.T) {
	type options struct {
		Sort  string `url:"sort,omitempty"`
		Limit int    `url:"limit,omitempty"`
	}
	for _, test := range []struct {
		query any
		want  string
	}{
		{nil, ""},
		{url.Values{"a": {"1 2", "&"}}, "a=1+2&a=%26"},
		{&options{Sort: "a b"}, "sort=a+b"},
		{(*options)(nil), ""},
		{&options{}, ""},
	} {
		var got string
		c, _ := inMemory(t, func(w http.ResponseWriter, r *http.Request) {
			got = r.URL.RawQuery
			_, _ = io.WriteString(w, "{}")
		})
		require.NoError(t, c.Do(t.Context(), &Call{Endpoint: listThings, Query: test.query}))
		require.Equal(t, test.want, got)
	}
}

// TestUnrevealedSecret: a Secret encodes as "[redacted]", which a server would store as the
// password.
func TestUnrevealedSecret(t *testing.T) {
	c, in := inMemory(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") })
	for name, body := range map[string]any{
		"json": struct{ Password provider.Secret }{provider.NewSecret("hunter22")},
		"form": url.Values{"password": {provider.NewSecret("hunter22").String()}},
	} {
		err := c.Do(t.Context(), &Call{Endpoint: createThing, Body: body})
		require.ErrorIs(t, err, provider.ErrInvalid, name)
		require.ErrorContains(t, err, "not revealed", name)
	}
	require.Zero(t, in.Count())
}

// TestRevealedInMaps: what callers add to a request is a map. The secrets in it are sent, and no error
// quotes them; what came in an answer can be sent back.
func TestRevealedInMaps(t *testing.T) {
	var sent string
	c, _ := inMemory(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		sent = string(body)
		w.WriteHeader(http.StatusUnprocessableEntity)
		_, _ = io.WriteString(w, "refused: hunter22, hunter23")
	})
	inner := map[string]any{"b": []any{provider.NewSecret("hunter23"), 1}}
	body := map[string]any{"a": provider.NewSecret("hunter22"), "inner": inner, "back": provider.NewPayload(`{"x":  1}`), "none": provider.Payload{}}
	err := c.Do(t.Context(), &Call{Endpoint: createThing, Body: body})
	require.JSONEq(t, `{"a": "hunter22", "inner": {"b": ["hunter23", 1]}, "back": {"x": 1}, "none": null}`, sent)
	require.ErrorContains(t, err, "refused: [redacted], [redacted]")
	require.Equal(t, provider.NewSecret("hunter22"), body["a"], "the caller's map")
	require.Equal(t, []any{provider.NewSecret("hunter23"), 1}, inner["b"])
}
