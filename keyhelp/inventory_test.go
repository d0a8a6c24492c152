package keyhelp_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/keyhelp"
)

// The methods that the inventory names reach every endpoint of the API, and no method reaches
// anything else.
func TestInventory(t *testing.T) {
	for _, d := range bothDialects {
		t.Run(string(d), func(t *testing.T) { vendor(t, d).CheckInventory(t, nil) })
	}
}

// The fixtures contain a successful exchange of every endpoint in every dialect that has it.
func TestFixturesCoverInventory(t *testing.T) {
	for _, d := range bothDialects {
		vendor(t, d).CheckExchanges(t)
	}
}

// Four operations have different endpoints in the two dialects.
func TestSplitOperations(t *testing.T) {
	want := map[keyhelp.Dialect][]string{
		keyhelp.DialectDocumented: {"GET /clients/17/statistics", "GET /server/version", "GET /server/version", "POST /sessions"},
		keyhelp.DialectLive:       {"GET /clients/17/stats", "GET /login/17", "GET /ping", "GET /server"},
	}
	for _, d := range bothDialects {
		tap := tapping(vendor(t, d).Good())
		client := clientOver(t, tap, keyhelp.WithDialect(d))
		_, err := client.Clients.Stats(t.Context(), 17)
		require.NoError(t, err)
		_, err = client.Sessions.Create(t.Context(), 17)
		require.NoError(t, err)
		_, err = client.Server.Version(t.Context())
		require.NoError(t, err)
		require.NoError(t, client.Server.Ping(t.Context()))
		lines := tap.Lines()
		slices.Sort(lines)
		require.Equal(t, want[d], lines)
	}
}
