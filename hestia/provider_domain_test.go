package hestia_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"

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

// Among very many users the owner of a domain whose name looks like a neighbour's is found by one search, and only
// where that is forbidden by asking each.
func TestFindDomainAmongMany(t *testing.T) {
	srv := hestiatest.NewServer(hestiatest.InMemory(), hestiatest.WithSeedUsers(200))
	srv.AddUser(hestiatest.User{Name: "stranger", WebDomains: []string{"shop-co.uk"}})
	srv.AddUser(hestiatest.User{Name: "owner", WebDomains: []string{"shop.co.uk"}})
	p := providerOn(t, srv, rootKey(srv))
	for domain, owner := range map[string]string{"shop.co.uk": "owner", "shop.co-uk": ""} {
		srv.Faults.Forget()
		found, err := p.Find(t.Context(), provider.Query{Domain: domain})
		require.LessOrEqual(t, srv.Faults.Count(), 7, domain)
		if owner == "" {
			require.ErrorIs(t, err, provider.ErrNotFound)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, owner, found.ID)
	}
	srv.Inject(hestiatest.Injection{Command: "v-search-object", Code: 10, Output: "Error: Key can not use the API to perform this operation"})
	srv.Faults.Forget()
	found, err := p.Find(t.Context(), provider.Query{Domain: "shop.co.uk"})
	require.NoError(t, err)
	require.Equal(t, "owner", found.ID)
	require.Greater(t, srv.Faults.Count(), 200)
}

// Whether a user is there is read by name, and from the names of all; the whole records of all are never read for it.
func TestAbsenceAmongMany(t *testing.T) {
	for names, auth := range map[string]func(*hestiatest.Server) hestia.Auth{
		"v-list-users plain":    rootKey,
		"v-list-sys-users json": func(srv *hestiatest.Server) hestia.Auth { return hestia.APIKey(provider.NewSecret(srv.APIKey)) },
	} {
		srv := hestiatest.NewServer(hestiatest.InMemory(), hestiatest.WithSeedUsers(50))
		p := providerOn(t, srv, auth(srv))
		_, err := p.Terminate(t.Context(), "nobody1")
		require.ErrorIs(t, err, provider.ErrNotFound)
		_, err = p.Find(t.Context(), provider.Query{Username: "nobody1"})
		require.ErrorIs(t, err, provider.ErrNotFound)
		_, err = p.Poll(t.Context(), "nobody1")
		require.ErrorIs(t, err, provider.ErrNotFound)
		asked := map[string]int{}
		for _, r := range srv.Faults.Requests() {
			form, err := url.ParseQuery(string(r.Body))
			require.NoError(t, err)
			asked[form.Get("cmd")+" "+form.Get("arg1")]++
		}
		require.Equal(t, map[string]int{"v-list-user nobody1": 5, names: 3}, asked)
	}
}

// The legacy engine does not say how a command ended. An array of names shows whether it is whole: the panel counts the users
// before it prints them. Where it is not, or nobody's, the whole list of users decides.
func TestLegacyNames(t *testing.T) {
	for body, proven := range map[string]bool{
		"[\n\t\"admin\",\n\t\"before\",\n\t\"after\"\n]": true,
		"[\n\t\"admin\",\n\t\"alice\"\n]":                false,
		"[\n\t\"admin\",\n\t\"before\",\n]":              false, // fewer than were counted
		"[\n\t\"admin\",\n\t\"before\"\n\t\"after\"\n]":  false, // more
		"[\n\t\"admin\",\n\t\"before\"":                  false, // cut off
		"[]":                                             false, "": false, "OK": false, `{"admin": {}}`: false, `["1", ""]`: false, "[[]]": false, "admin\nbefore": false,
	} {
		panel := withOdd(userRow("alice"))
		panel.users[2], panel.rows["alice"] = "alice", panel.rows["odd"]
		p := hestia.NewProvider(dial(t, legacyTransport(func(cmd string) string {
			switch cmd {
			case "v-list-sys-users":
				return body
			case "v-list-user":
				return "Error: user alice doesn't exist"
			}
			return "{\n" + panel.rows["admin"] + ",\n" + panel.rows["alice"] + "\n}"
		}), hestia.APIKey(provider.NewSecret(legacyKey)), provider.WithReadLag(0)))
		_, err := p.Terminate(t.Context(), "alice")
		require.Equal(t, proven, errors.Is(err, provider.ErrNotFound), "%q: %v", body, err)
		if !proven {
			require.ErrorContains(t, err, "it is listed", body)
		}
	}
}

// legacyTransport answers as the legacy engine does.
type legacyTransport func(cmd string) string

func (answer legacyTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.ParseForm(); err != nil {
		return nil, err
	}
	return newPanel(legacy(answer(req.PostForm.Get("cmd")))).RoundTrip(httpRequest(req))
}

// A domain whose neighbour the panel shows instead is the customer's own all the same, and is made if it is not there.
func TestCreateBesideANeighbour(t *testing.T) {
	synctest.Test(t, createBesideANeighbour)
}

func createBesideANeighbour(t *testing.T) {
	srv := newServer(t)
	p := providerOn(t, srv, rootKey(srv))
	order := orderOf(1)
	_, err := p.Create(t.Context(), order)
	require.NoError(t, err)
	require.NoError(t, p.Client().Domains.Add(t.Context(), order.Username, "shop-co.uk", nil))
	order.Domain = "shop.co.uk"
	for _, outcome := range []provider.Outcome{provider.OutcomeChanged, provider.OutcomeAlready} {
		created, err := p.Create(t.Context(), order)
		require.NoError(t, err)
		require.Equal(t, outcome, created.Outcome)
	}
	for _, kind := range []string{"web", "dns", "mail"} {
		require.Contains(t, fmt.Sprint(srv.Objects(order.Username, kind)), "DOMAIN:shop.co.uk")
	}
}
