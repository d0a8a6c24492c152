package hestia_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
)

// TestCreateUnderAnotherName: an order is not carried out a second time under another name, nor while the name
// of a person claims it. That takes the list of users, which the profile of least rights may read.
func TestCreateUnderAnotherName(t *testing.T) {
	srv := newServer(t)
	p := providerOn(t, srv, rootKey(srv), provider.WithMarkerKeys(provider.NewSecret("the marker key of the test")))
	_, err := p.Create(t.Context(), orderOf(1))
	require.NoError(t, err)
	users := len(srv.Users())
	again := orderOf(2)
	again.Reference = orderOf(1).Reference
	_, err = p.Create(t.Context(), again)
	require.ErrorIs(t, err, provider.ErrConflict)
	require.ErrorContains(t, err, `user customer1 was made for that reference, under the name "customer1"`)

	require.True(t, srv.RenameUser("customer1", "Max [ref:order-3]"))
	_, err = p.Create(t.Context(), orderOf(3))
	require.ErrorIs(t, err, provider.ErrConflict)
	require.ErrorContains(t, err, "user customer1 may be the wanted one, but its marker was not made for this account")
	require.ErrorContains(t, err, "find out whose it is, and name it by its ID, since this system cannot mark it anew")
	require.Len(t, srv.Users(), users)
}
