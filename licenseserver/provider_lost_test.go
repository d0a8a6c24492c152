package licenseserver_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/licenseserver/licenseservertest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

// TestOneLostAnswerLeavesNothing: with the search, a single lost answer to any request leaves one
// license and no unclaimed key.
func TestOneLostAnswerLeavesNothing(t *testing.T) {
	for _, kind := range []faults.Fault{{Kind: faults.Drop, After: true}, {Kind: faults.Drop}, {Kind: faults.HTML, After: true}, {Kind: faults.Status, After: true}} {
		for at := 0; ; at++ {
			srv := newServer(licenseservertest.WithSeedLicenses(2))
			p := providerOn(t, srv, searchable)
			srv.Faults.At(at, kind)
			order := orderOf(1)
			order.Options = map[string]string{"resource_ids": strconv.FormatInt(srv.Resources()[0].ID, 10)}
			created, err := p.Create(t.Context(), order)
			if srv.Faults.Count() <= at {
				break
			}
			if err != nil {
				created, err = p.Create(t.Context(), order)
			}
			require.NoError(t, err, "%s at %d", kind, at)
			require.Equal(t, []string{created.Account.ID}, marked(srv, "order-1"))
			require.Len(t, srv.Licenses(), 3, "%s at %d", kind, at)
			require.Equal(t, created.Account.ID, strconv.FormatInt(srv.Resources()[0].LicenseID, 10), "%s at %d", kind, at)
		}
	}
}

// TestLostKey: without the search a key whose answer was lost cannot be found, and the error says
// what would have helped.
func TestLostKey(t *testing.T) {
	srv := newServer()
	p := providerOn(t, srv)
	srv.Faults.When(to("/generate-license-key"), 1, faults.Fault{Kind: faults.Drop, After: true})
	_, err := p.Create(t.Context(), orderOf(1))
	require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
	require.ErrorContains(t, err, "WithSearchPath")
	created, err := p.Create(t.Context(), orderOf(1))
	require.NoError(t, err)
	require.Equal(t, []string{created.Account.ID}, marked(srv, "order-1"))
	require.Len(t, srv.Licenses(), 2, "one is unclaimed")
}

// TestLostKeyAmongOthers: a license is never taken if it existed before, has a customer, or is one
// of several candidates.
func TestLostKeyAmongOthers(t *testing.T) {
	srv := newServer()
	old := srv.AddLicense(licenseservertest.License{})
	p := providerOn(t, srv, searchable)
	lost := faults.Fault{Kind: faults.Drop, After: true}
	outage := func(r *http.Request) bool { return r.URL.Path == licenseservertest.SearchPath }

	// The search fails after the lost answer: the next call finds the key.
	srv.Faults.When(to("/generate-license-key"), 1, lost)
	searches := 0
	srv.Faults.When(func(r *http.Request) bool {
		if outage(r) {
			searches++
		}
		return outage(r) && searches > 2
	}, 1, faults.Fault{Kind: faults.Refuse})
	_, err := p.Create(t.Context(), orderOf(1))
	require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
	require.Len(t, srv.Licenses(), 2)
	srv.AddLicense(licenseservertest.License{CustomerID: srv.Customers()[0].ID})
	created, err := p.Create(t.Context(), orderOf(1))
	require.NoError(t, err)
	require.Len(t, srv.Licenses(), 3, "none was generated again")
	require.Equal(t, strconv.FormatInt(srv.Licenses()[1].ID, 10), created.Account.ID)
	require.Empty(t, srv.Devices(old.ID))

	// Two are new and unclaimed: neither is taken.
	srv.Faults.When(to("/generate-license-key"), 1, lost)
	added := false
	p = providerOn(t, srv, searchable)
	srv.Faults.When(func(r *http.Request) bool {
		if len(srv.Licenses()) == 4 && !added {
			added = true
			srv.AddLicense(licenseservertest.License{})
		}
		return false
	}, 0, faults.Fault{Kind: faults.Refuse})
	_, err = p.Create(t.Context(), orderOf(2))
	require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
	require.ErrorContains(t, err, "it is unknown which of them")
	require.Empty(t, marked(srv, "order-2"))
}

// TestKeyGivenAway: a key that an earlier call generated but could not mark belongs to the customer
// who has used it since.
func TestKeyGivenAway(t *testing.T) {
	for name, use := range map[string]func(*licenseservertest.Server, int64){
		"to a customer": func(srv *licenseservertest.Server, id int64) {
			owner := srv.Customers()[0].ID
			srv.UpdateLicense(id, func(l *licenseservertest.License) { l.CustomerID = owner })
		},
		"on a machine": func(srv *licenseservertest.Server, id int64) {
			srv.AddDevice(licenseservertest.Device{LicenseID: id, HardwareHash: "pc", MachineName: "pc", Active: true})
		},
		"removed": func(srv *licenseservertest.Server, id int64) { srv.RemoveLicense(id) },
	} {
		srv := newServer()
		p := providerOn(t, srv)
		srv.Faults.When(to("/register-device"), 1, faults.Fault{Kind: faults.Status, StatusCode: http.StatusForbidden, Body: `{"error": "Forbidden", "code": "FORBIDDEN", "status": 403}`})
		_, err := p.Create(t.Context(), orderOf(1))
		require.ErrorIs(t, err, provider.ErrForbidden, name)
		first := srv.Licenses()[0].ID
		use(srv, first)
		created, err := p.Create(t.Context(), orderOf(1))
		require.NoError(t, err, name)
		require.NotEqual(t, strconv.FormatInt(first, 10), created.Account.ID, name)
		require.Equal(t, []string{created.Account.ID}, marked(srv, "order-1"), name)
	}
}

// TestServerKeepsNoLicense: it is undocumented that generating a key stores a license.
func TestServerKeepsNoLicense(t *testing.T) {
	srv := newServer()
	other := rewriting(srv, "/generate-license-key", func(body []byte) []byte {
		return bytes.Replace(body, []byte(firstKeys()[0]), []byte("NONE-NONE-NONE-NONE"), 1)
	})
	_, err := providerOn(t, srv, other).Create(t.Context(), orderOf(1))
	require.ErrorIs(t, err, provider.ErrUnsupported)
	require.NotErrorIs(t, err, provider.ErrNotFound)
	require.ErrorContains(t, err, "but it has no license")
}

// TestServerDropsInactiveDevices: the assumption that markers stay listed is checked, and the error
// names it if it does not hold.
func TestServerDropsInactiveDevices(t *testing.T) {
	srv := newServer()
	drop := rewriting(srv, "/devices", func(body []byte) []byte {
		var answer struct {
			Devices []map[string]any `json:"devices"`
		}
		if json.Unmarshal(body, &answer) != nil || answer.Devices == nil {
			return body
		}
		kept := []map[string]any{}
		for _, d := range answer.Devices {
			if d["is_active"] == true {
				kept = append(kept, d)
			}
		}
		out, _ := json.Marshal(map[string]any{"devices": kept})
		return out
	})
	_, err := providerOn(t, srv, drop).Create(t.Context(), orderOf(1))
	require.ErrorIs(t, err, provider.ErrConflict)
	require.ErrorContains(t, err, "drops deactivated devices")
}
