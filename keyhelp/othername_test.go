package keyhelp_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/keyhelp/keyhelptest"
	"github.com/provkit/provkit/provider"
)

// TestCreateUnderAnotherName: a client whose login name was changed keeps its order from being carried out a
// second time. Its marker was signed for the old name, so that it only claims to be the order's. That costs
// one call, and nothing for a client that is there.
func TestCreateUnderAnotherName(t *testing.T) {
	srv := keyhelptest.NewServer(keyhelptest.WithDialect(keyhelptest.Live), keyhelptest.InMemory())
	open := func(more ...provider.Option) provider.Provider {
		client, err := keyhelp.New(srv.URL, provider.NewSecret(srv.Key), append(more, provider.WithHTTPClient(srv.Client()), keyhelp.WithDialect(keyhelp.DialectLive))...)
		require.NoError(t, err)
		return keyhelp.NewProvider(client)
	}
	order := func(n string) *provider.CreateRequest {
		return &provider.CreateRequest{
			Reference: "order-" + n, Username: "customer" + n, Password: provider.NewSecret("Passw0rd/of/one"), Email: "max@example.com",
			Plan: strconv.FormatInt(srv.Plans()[0].ID, 10),
		}
	}
	lists := func() (n int) {
		for _, r := range srv.Faults.Requests() {
			if r.Method == http.MethodGet && strings.HasSuffix(r.Path, "/clients") {
				n++
			}
		}
		srv.Faults.Forget()
		return n
	}
	key := provider.WithMarkerKeys(provider.NewSecret("the marker key of the test"))
	signed := open(key)
	_, err := signed.Create(t.Context(), order("1"))
	require.NoError(t, err)
	lists()
	made, err := signed.Create(t.Context(), order("2"))
	require.NoError(t, err)
	require.Equal(t, 1, lists())
	_, err = signed.Create(t.Context(), order("2"))
	require.NoError(t, err)
	require.Zero(t, lists())

	id, err := strconv.ParseInt(made.Account.ID, 10, 64)
	require.NoError(t, err)
	srv.EditClient(id, func(c *keyhelptest.Client) { c.Username = "renamed" })
	refused := func(p provider.Provider, says string) { // p is another program's, which has no memory of its own
		t.Helper()
		_, err = p.Create(t.Context(), order("2"))
		require.ErrorIs(t, err, provider.ErrConflict)
		require.ErrorContains(t, err, "client "+made.Account.ID+" "+says)
		require.Len(t, srv.Clients(), 2)
	}
	refused(open(key), "may be the wanted one, but its marker was not made for this account")
	srv.EditClient(id, func(c *keyhelptest.Client) { c.Notes = "[ref:order-2]" }) // as before there were keys
	refused(open(), `was made for that reference, under the name "renamed"`)
}
