package licenseserver_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/clienttest"
)

// The methods that the inventory names reach every endpoint of the API, with the credentials that
// it requires and no others, and no method reaches anything else.
func TestInventory(t *testing.T) {
	_, auth := inventory(t)
	vendor(t).CheckInventory(t, func(u clienttest.Use) {
		require.Equal(t, auth[u.Row.String()] == "key", len(u.Sent.Header["X-Api-Key"]) > 0, "%s: API key", u.Op)
		require.Equal(t, auth[u.Row.String()] == "session", len(u.Sent.Header["Cookie"]) > 0, "%s: admin credentials", u.Op)
	})
}

// The fixtures contain a successful exchange of every endpoint.
func TestFixturesCoverInventory(t *testing.T) { vendor(t).CheckExchanges(t) }
