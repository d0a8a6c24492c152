package licenseserver_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/provider"
)

// Every endpoint of the API is reached by the methods that the inventory names, with
// the credentials that it wants and no others, and no method reaches anything else.
func TestInventory(t *testing.T) {
	rows := inventory(t)
	require.Len(t, rows, 47)
	reached := make(map[int][]string)
	for _, m := range methodsOf(clientOver(t, goodAnswers(t))) {
		tap := goodAnswers(t)
		out := calledOp(clientOver(t, tap), m.op).call(t, t.Context())
		require.NoError(t, out.err, m.op)
		require.Len(t, tap.requests(), 1, "%s: %v", m.op, tap.lines())
		sent := tap.requests()[0]
		i := rowOf(rows, sent.Method, sent.Path)
		require.GreaterOrEqual(t, i, 0, "%s sends %s %s, which the API does not have", m.op, sent.Method, sent.Path)
		reached[i] = append(reached[i], m.op)
		r := rows[i]
		require.Equal(t, provider.Operation{Provider: licenseserver.Kind, Name: m.op, Method: r.method, Route: r.path}, sent.Operation)
		require.Equal(t, r.auth == "key", len(sent.Header["X-Api-Key"]) > 0, "%s: API key", m.op)
		require.Equal(t, r.auth == "session", len(sent.Header["Cookie"]) > 0, "%s: admin credentials", m.op)
	}
	found := 0
	for i, r := range rows {
		slices.Sort(reached[i])
		require.Equal(t, r.operations, reached[i], "%s %s", r.method, r.path)
		found++
	}
	t.Logf("%d of %d", found, len(rows))
	require.Len(t, reached, 47)
}

// The fixtures hold a good exchange of every endpoint.
func TestFixturesCoverInventory(t *testing.T) {
	rows := inventory(t)
	covered := make(map[int]bool)
	for _, e := range exchanges(t) {
		if i := rowOf(rows, e.Request.Method, e.Request.Path); e.Response.Status < 400 {
			require.GreaterOrEqual(t, i, 0, e.Name)
			covered[i] = true
		}
	}
	require.Len(t, covered, 47)
}
