package keyhelp_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/keyhelp"
)

// Every endpoint of the API is reached by the methods that the inventory names, and
// no method reaches anything else.
func TestInventory(t *testing.T) {
	for _, d := range bothDialects {
		t.Run(string(d), func(t *testing.T) { vendor(t, d).CheckInventory(t, nil) })
	}
}

// The fixtures hold a good exchange of every endpoint in every dialect that has it.
func TestFixturesCoverInventory(t *testing.T) {
	for _, d := range bothDialects {
		vendor(t, d).CheckExchanges(t)
	}
}

// The four operations that the dialects spell differently.
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
