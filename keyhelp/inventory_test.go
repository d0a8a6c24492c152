package keyhelp_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/provider"
)

// Every endpoint of the API is reached by the methods that the inventory names, and
// no method reaches anything else.
func TestInventory(t *testing.T) {
	rows := inventory(t)
	require.Len(t, rows, 62)
	reached := make(map[int][]string)
	for _, d := range bothDialects {
		supported := 0
		client := clientOver(t, goodAnswers(t, d), keyhelp.WithDialect(d))
		for _, m := range methodsOf(client) {
			tap := goodAnswers(t, d)
			out := named(clientOver(t, tap, keyhelp.WithDialect(d)), m.op).call(t, t.Context(), d)
			if errors.Is(out.err, provider.ErrUnsupported) {
				require.Empty(t, tap.requests(), "%s is unsupported in the %s dialect, but sent something", m.op, d)
				continue
			}
			require.NoError(t, out.err, "%s in the %s dialect", m.op, d)
			require.Len(t, tap.requests(), 1, "%s in the %s dialect: %v", m.op, d, tap.lines())
			sent := tap.requests()[0]
			r := rowOf(rows, d, sent.Method, sent.Path)
			require.NotNil(t, r, "%s sends %s %s, which the %s dialect does not have", m.op, sent.Method, sent.Path, d)
			supported++
			if !slices.Contains(reached[r.n], m.op) {
				reached[r.n] = append(reached[r.n], m.op)
			}
			// What observers are told is the row itself.
			require.Equal(t, provider.Operation{
				Provider: keyhelp.Kind, Name: m.op, Method: r.method, Route: "/api/v2" + r.path,
			}, sent.Operation, "route of %s in the %s dialect", m.op, d)
		}
		t.Logf("%s dialect: %d methods", d, supported)
	}
	found := 0
	for _, r := range rows {
		slices.Sort(reached[r.n])
		require.Equal(t, r.operations, reached[r.n], "row %d, %s %s (%s dialect)", r.n, r.method, r.path, r.dialect)
		if len(reached[r.n]) > 0 {
			found++
		}
	}
	t.Logf("%d of %d", found, len(rows))
}

// The fixtures hold a good exchange of every endpoint in every dialect that has it.
func TestFixturesCoverInventory(t *testing.T) {
	for _, d := range bothDialects {
		tap := goodAnswers(t, d)
		for _, r := range inventory(t) {
			if !r.in(d) {
				continue
			}
			path := placeholderPath.ReplaceAllString(r.path, "17")
			answer := tap.answer(t.Context(), sentRequest{Method: r.method, Path: path})
			require.Equal(t, 2, answer.status/100, "no exchange of %s %s in the %s dialect", r.method, r.path, d)
		}
	}
}

// The four operations that the dialects spell differently.
func TestSplitOperations(t *testing.T) {
	want := map[keyhelp.Dialect][]string{
		keyhelp.DialectDocumented: {"GET /clients/17/statistics", "GET /server/version", "GET /server/version", "POST /sessions"},
		keyhelp.DialectLive:       {"GET /clients/17/stats", "GET /login/17", "GET /ping", "GET /server"},
	}
	for _, d := range bothDialects {
		tap := goodAnswers(t, d)
		client := clientOver(t, tap, keyhelp.WithDialect(d))
		_, err := client.Clients.Stats(t.Context(), 17)
		require.NoError(t, err)
		_, err = client.Sessions.Create(t.Context(), 17)
		require.NoError(t, err)
		_, err = client.Server.Version(t.Context())
		require.NoError(t, err)
		require.NoError(t, client.Server.Ping(t.Context()))
		lines := tap.lines()
		slices.Sort(lines)
		require.Equal(t, want[d], lines)
	}
}
