package keyhelp_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/provider"
)

// Do reaches endpoints without a method, with the same key, limits and errors.
func TestDo(t *testing.T) {
	tap := always(ok(`{"tasks": [1, 2]}`))
	client := clientOver(t, tap, keyhelp.WithDialect(keyhelp.DialectLive))
	var out struct{ Tasks []int }
	var raw provider.RawResponse
	ctx := provider.CaptureResponse(t.Context(), &raw)
	require.NoError(t, client.Do(ctx, &provider.Request{
		Method: http.MethodPost, Route: "/clients/{id}/tasks/{name}", Args: []string{"17", "a b/c"},
		Query: url.Values{"q": {"1 2"}}, Body: map[string]any{"x": 1},
	}, &out))
	require.Equal(t, []int{1, 2}, out.Tasks)
	require.Len(t, tap.Requests(), 1)
	sent := tap.Requests()[0]
	require.Equal(t, "POST", sent.Method)
	require.Equal(t, "/clients/17/tasks/a%20b%2Fc", sent.Path)
	require.Equal(t, url.Values{"q": {"1 2"}}, sent.Query)
	require.Equal(t, panelKey, sent.Header.Get("X-Api-Key"))
	require.Equal(t, "application/json", sent.Header.Get("Content-Type"))
	require.JSONEq(t, `{"x": 1}`, sent.Body)
	require.Equal(t, provider.Operation{
		Provider: keyhelp.Kind, Name: "Do", Method: http.MethodPost, Route: "/api/v2/clients/{id}/tasks/{name}",
	}, sent.Operation)
	require.Equal(t, `{"tasks": [1, 2]}`, string(raw.Body()))
	require.Equal(t, 200, raw.StatusCode)

	// Without a destination for the answer, any JSON or none will do.
	require.NoError(t, client.Do(t.Context(), &provider.Request{Method: http.MethodDelete, Route: "/x"}, nil))
}

func TestDoRefuses(t *testing.T) {
	tap := tapping(clienttest.InTurn(ok(`{"id": 1}`), reply{Status: http.StatusNoContent}))
	client := clientOver(t, tap)
	for _, test := range []struct {
		request *provider.Request
		fields  []string
	}{
		{nil, []string{"request"}},
		{&provider.Request{}, []string{"Method", "Route"}},
		{&provider.Request{Method: "GET", Route: "clients"}, []string{"Route"}},
		{&provider.Request{Method: "GET", Route: "^/clients"}, []string{"Route"}},
		{&provider.Request{Method: "GET", Route: "/clients/{id}", Args: []string{""}}, []string{"id"}},
		{&provider.Request{Method: "GET", Route: "/clients/{id}", Args: []string{"../admins"}}, []string{"id"}},
	} {
		refused(t, tap, client.Do(t.Context(), test.request, nil), test.fields...)
	}
	for _, request := range []*provider.Request{
		{Method: "GET", Route: "/clients/{id}"},
		{Method: "GET", Route: "/clients", Args: []string{"1"}},
		{Method: "G E T", Route: "/clients"},
		{Method: "POST", Route: "/clients", Body: func() {}},
	} {
		err := client.Do(t.Context(), request, nil)
		require.ErrorIs(t, err, provider.ErrInvalid)
		require.Empty(t, tap.Requests())
	}
}

// What a lost answer means depends on the method, or on the request's own setting.
func TestDoRepeats(t *testing.T) {
	for name, test := range map[string]struct {
		request  provider.Request
		attempts int
		unknown  bool
	}{
		"GET":              {provider.Request{Method: "GET", Route: "/x"}, 2, false},
		"HEAD":             {provider.Request{Method: "HEAD", Route: "/x"}, 2, false},
		"POST":             {provider.Request{Method: "POST", Route: "/x"}, 1, true},
		"PUT":              {provider.Request{Method: "PUT", Route: "/x"}, 1, true},
		"POST, repeatable": {provider.Request{Method: "POST", Route: "/x", Retryable: true}, 2, true},
	} {
		t.Run(name, func(t *testing.T) {
			tap := always(reply{Status: 502})
			client := clientOver(t, tap, provider.WithRetry(provider.Retry{Attempts: 2, MinWait: 1, MaxWait: 1}))
			err := client.Do(t.Context(), &test.request, nil)
			require.Len(t, tap.Requests(), test.attempts)
			if test.unknown {
				require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
			} else {
				require.ErrorIs(t, err, provider.ErrUnavailable)
				require.NotErrorIs(t, err, provider.ErrOutcomeUnknown)
			}
		})
	}
}

// Do returns errors of the API as any method does.
func TestDoErrors(t *testing.T) {
	client := clientOver(t, always(reply{Status: 400, Body: `{"error": "Validation failed", "details": {"x": "wrong"}}`}))
	err := client.Do(t.Context(), &provider.Request{Method: "POST", Route: "/x"}, nil)
	require.ErrorIs(t, err, provider.ErrInvalid)
	require.Equal(t, map[string]string{"x": "wrong"}, asError(t, err).Fields)
	require.Equal(t, "POST /x", asError(t, err).Action)
}

// The caller of any method can capture the raw answer, of successful and of failed calls.
func TestCaptureResponse(t *testing.T) {
	header := http.Header{"X-Panel": {"p"}, "Content-Type": {"application/json"}}
	for _, answer := range []reply{
		{Status: 200, Body: `{"id": 17, "username": "u", "brand_new": true}`, Header: header},
		{Status: 404, Body: `{"code": "404 Not Found", "message": "m", "hint": "h"}`, Header: header},
		{Status: 200, Body: `<html>`, Header: header},
	} {
		for _, m := range vendor(t, keyhelp.DialectLive).Methods(t, always(answer)) {
			var raw provider.RawResponse
			m.Call(provider.CaptureResponse(t.Context(), &raw), m.Args(t)...)
			require.Equal(t, answer.Status, raw.StatusCode, m.Op)
			require.Equal(t, answer.Body, string(raw.Body()), m.Op)
			require.Equal(t, "p", raw.Header().Get("X-Panel"), m.Op)
		}
	}
	// The caller may keep the captured answer: it is a copy.
	client := clientOver(t, always(ok(`{"id": 17, "username": "u"}`)), keyhelp.WithDialect(keyhelp.DialectLive))
	var first, second provider.RawResponse
	_, err := client.Clients.Get(provider.CaptureResponse(t.Context(), &first), 17)
	require.NoError(t, err)
	_, err = client.Clients.Get(provider.CaptureResponse(t.Context(), &second), 17)
	require.NoError(t, err)
	copy(second.Body(), "xxxxxxxx")
	require.Equal(t, `{"id": 17, "username": "u"}`, string(first.Body()))
}

// A context that has ended is honored before anything is sent, by every method.
func TestEndedContext(t *testing.T) {
	for _, d := range []keyhelp.Dialect{keyhelp.DialectAuto, keyhelp.DialectLive} {
		tap := always(pong)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for _, m := range vendor(t, keyhelp.DialectDocumented).Methods(t, tap, keyhelp.WithDialect(d)) {
			err := m.Call(ctx, m.Args(t)...).Err
			require.ErrorIs(t, err, context.Canceled, m.Op)
			e := asError(t, err)
			require.NotEmpty(t, e.Op, m.Op)
			require.NotEmpty(t, e.Action, m.Op)
			require.NotErrorIs(t, err, provider.ErrOutcomeUnknown, m.Op)
		}
		require.Empty(t, tap.Requests())
	}
}

// No method sends headers that it does not need.
func TestRequestHeaders(t *testing.T) {
	tap := tapping(clienttest.InTurn(ok(`{"id": 1}`), reply{Status: http.StatusNoContent}))
	client := clientOver(t, tap, keyhelp.WithDialect(keyhelp.DialectLive), provider.WithUserAgent("billing/1.0"))
	require.NoError(t, client.Clients.Update(t.Context(), 1, &keyhelp.ClientUpdateRequest{Locked: new(true)}))
	require.NoError(t, client.Clients.Delete(t.Context(), 1))
	for _, sent := range tap.Requests() {
		require.Equal(t, "application/json", sent.Header.Get("Accept"))
		require.Equal(t, "billing/1.0 provkit/0.1.0", sent.Header.Get("User-Agent"))
		require.Empty(t, sent.Header.Get("Idempotency-Key"), "net/http would repeat changes by itself")
	}
	require.Equal(t, "application/json", tap.Requests()[0].Header.Get("Content-Type"))
	require.Empty(t, tap.Requests()[1].Header.Get("Content-Type"), "no body, no type")
}
