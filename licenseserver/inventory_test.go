package licenseserver_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/clienttest"
)

// Every endpoint of the API is reached by the methods that the inventory names, with
// the credentials that it wants and no others, and no method reaches anything else.
func TestInventory(t *testing.T) {
	_, auth := inventory(t)
	vendor(t).CheckInventory(t, func(u clienttest.Use) {
		require.Equal(t, auth[u.Row.String()] == "key", len(u.Sent.Header["X-Api-Key"]) > 0, "%s: API key", u.Op)
		require.Equal(t, auth[u.Row.String()] == "session", len(u.Sent.Header["Cookie"]) > 0, "%s: admin credentials", u.Op)
	})
}

// The fixtures hold a good exchange of every endpoint.
func TestFixturesCoverInventory(t *testing.T) { vendor(t).CheckExchanges(t) }
