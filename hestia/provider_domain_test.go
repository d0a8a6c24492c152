package hestia_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/hestia/hestiatest"
	"github.com/provkit/provkit/provider"
)

// The panel's search takes a dot for any character and names the first owner that it hits: a search for
// shop.co.uk must not give the owner of shop-co.uk.
func TestFindDomainIsExact(t *testing.T) {
	srv := hestiatest.NewServer(hestiatest.InMemory())
	client, err := hestia.New(srv.URL, hestia.AccessKey(srv.AccessKey, provider.NewSecret(srv.SecretKey)), provider.WithHTTPClient(srv.Client()))
	require.NoError(t, err)
	p := hestia.NewProvider(client)
	make := func(user, domain string) {
		_, err := p.Create(t.Context(), &provider.CreateRequest{
			Reference: "order-" + user, Username: user, Password: provider.NewSecret("Canary+Passw0rd/1"), Email: user + "@example.com", Name: user, Domain: domain,
		})
		require.NoError(t, err)
	}
	make("stranger", "shop-co.uk")
	_, err = p.Find(t.Context(), provider.Query{Domain: "shop.co.uk"})
	require.ErrorIs(t, err, provider.ErrNotFound)

	make("owner", "shop.co.uk")
	found, err := p.Find(t.Context(), provider.Query{Domain: "Shop.co.uk"})
	require.NoError(t, err)
	require.Equal(t, "owner", found.ID)
	found, err = p.Find(t.Context(), provider.Query{Domain: "shop-co.uk"})
	require.NoError(t, err)
	require.Equal(t, "stranger", found.ID)
}

// An international domain is the customer's own in either spelling, whichever the panel was given.
func TestFindInternationalDomain(t *testing.T) {
	srv := newServer(t)
	srv.AddUser(hestiatest.User{Name: "ascii", Email: "a@example.com", WebDomains: []string{"xn--bcher-kva.example"}})
	srv.AddUser(hestiatest.User{Name: "unicode", Email: "u@example.com", WebDomains: []string{"müller.example"}})
	p := providerOn(t, srv, rootKey(srv))
	for domain, owner := range map[string]string{
		"bücher.example": "ascii", "BÜCHER.example": "ascii", "xn--bcher-kva.example": "ascii", "www.bücher.example.": "ascii",
		"müller.example": "unicode", "xn--mller-kva.example": "unicode",
	} {
		found, err := p.Find(t.Context(), provider.Query{Domain: domain})
		require.NoError(t, err, domain)
		require.Equal(t, owner, found.ID, domain)
	}
	_, err := p.Find(t.Context(), provider.Query{Domain: "xn--mller-kva9.example"})
	require.ErrorIs(t, err, provider.ErrNotFound)
}
