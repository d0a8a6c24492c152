package hostkey_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/hostkey/hostkeytest"
	"github.com/provkit/provkit/provider"
)

// TestHandleOfOldKey: the handle of an order from before the marker key was changed is read while the old key
// is given, too; without it the error says what is missing.
func TestHandleOfOldKey(t *testing.T) {
	srv := hostkeytest.NewServer(hostkeytest.InMemory())
	open := func(keys ...provider.Secret) *hostkey.Client {
		client, err := hostkey.New(srv.URL, provider.NewSecret(srv.Key), provider.WithHTTPClient(srv.Client()), provider.WithReadLag(0), provider.WithMarkerKeys(keys[0], keys[1:]...))
		require.NoError(t, err)
		return client
	}
	before, now := provider.NewSecret("the marker key before"), provider.NewSecret("the marker key now...")
	name := open(before).Orders.Hostname("web1", "order-1")
	handle := name + ";r=order-1;s=1"
	_, err := hostkey.NewProvider(open(now)).Poll(t.Context(), handle)
	require.ErrorIs(t, err, provider.ErrInvalid)
	require.ErrorContains(t, err, "provider.WithMarkerKeys needs the old one, too")
	_, err = hostkey.NewProvider(open(now, before)).Poll(t.Context(), handle)
	require.NotErrorIs(t, err, provider.ErrInvalid)
	_, err = hostkey.NewProvider(open(now)).Poll(t.Context(), name+";r=no reference")
	require.ErrorContains(t, err, "is not the handle of an order")
}
