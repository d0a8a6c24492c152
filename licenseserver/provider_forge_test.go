package licenseserver_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/licenseserver/licenseservertest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/ledger"
)

var markerKey = provider.NewSecret("the marker key of these tests")

// unsigned returns the hash of a marker as it was before markers were signed.
func unsigned(username, reference, key string) string {
	sum := sha256.Sum256([]byte(reference + "\x00" + username + "\x00" + key))
	return "provkit:" + key + "#" + hex.EncodeToString(sum[:])[:16]
}

// TestUnsignedMarkers: a marker from before is believed without a key, or while keys are introduced, and
// only with its name. Otherwise nobody knows whose it is, and its order is not sold again.
func TestUnsignedMarkers(t *testing.T) {
	srv := newServer()
	l := srv.AddLicense(licenseservertest.License{MaxActivations: 2, MaxUsers: 5})
	id := strconv.FormatInt(l.ID, 10)
	srv.AddDevice(licenseservertest.Device{LicenseID: l.ID, HardwareHash: unsigned("customer1", "order-1", l.Key), MachineName: "customer1 [ref:order-1]", AppVersion: "provkit"})
	query := provider.Query{Reference: "order-1"}

	strict := providerOn(t, srv, provider.WithMarkerKeys(markerKey))
	_, err := strict.Find(t.Context(), query)
	require.ErrorIs(t, err, provider.ErrConflict)
	require.ErrorContains(t, err, "license "+id)
	_, err = strict.Create(t.Context(), orderOf(1))
	require.ErrorIs(t, err, provider.ErrConflict)
	require.Len(t, srv.Licenses(), 1)
	_, err = strict.Suspend(t.Context(), id)
	require.NoError(t, err, "its key is known all the same")

	for _, p := range []provider.Provider{providerOn(t, srv), providerOn(t, srv, provider.WithMarkerKeys(markerKey, provider.Secret{}))} {
		found, err := p.Find(t.Context(), query)
		require.NoError(t, err)
		require.Equal(t, id, found.ID)
	}
	moving := providerOn(t, srv, provider.WithMarkerKeys(markerKey, provider.Secret{}))
	outcome, err := moving.Adopt(t.Context(), id, "order-1")
	require.NoError(t, err)
	require.Equal(t, provider.OutcomeAdopted, outcome)
	require.Len(t, srv.Devices(l.ID), 2)
	for _, d := range srv.Devices(l.ID) {
		require.False(t, d.Active)
	}
	found, err := providerOn(t, srv, provider.WithMarkerKeys(markerKey)).Find(t.Context(), query)
	require.NoError(t, err)
	require.Equal(t, []any{id, provider.Marker{}}, []any{found.ID, found.Marker})

	// Under another name the digest is wrong. The order that the name claims is not sold to anybody else.
	other := srv.AddLicense(licenseservertest.License{})
	srv.AddDevice(licenseservertest.Device{LicenseID: other.ID, HardwareHash: unsigned("customer3", "order-3", other.Key), MachineName: "customer2 [ref:order-2]"})
	p := providerOn(t, srv)
	_, err = p.Create(t.Context(), orderOf(2))
	require.ErrorIs(t, err, provider.ErrConflict)
	_, err = p.Create(t.Context(), orderOf(3))
	require.NoError(t, err, "what a broken marker was once is not known")
}

// TestBrokenMarkers: a forged marker before or after a valid one neither hides nor replaces it, and one
// that claims nothing known takes no name.
func TestBrokenMarkers(t *testing.T) {
	srv := newServer()
	p := providerOn(t, srv, searchable, provider.WithMarkerKeys(markerKey))
	l := srv.AddLicense(licenseservertest.License{MaxActivations: 5, MaxUsers: 5})
	id := strconv.FormatInt(l.ID, 10)
	forge := func(license int64, inner, key, name string) {
		srv.Activate(licenseservertest.Device{LicenseID: license, HardwareHash: "provkit:" + key + "#" + inner, MachineName: name})
	}
	forge(l.ID, "0123456789abcdef", l.Key, "customer1")
	forge(l.ID, "order-2~aaaaaaaaaaaaaaaa", l.Key, "customer2")
	account, err := p.Get(t.Context(), id)
	require.NoError(t, err)
	require.NotEmpty(t, account.Marker.Tampered)
	require.True(t, account.Marker.Claim("order-2"))
	created, err := p.Create(t.Context(), orderOf(1))
	require.NoError(t, err, "it takes no name")
	require.NotEqual(t, id, created.Account.ID)
	_, err = p.Create(t.Context(), orderOf(2))
	require.ErrorIs(t, err, provider.ErrConflict)
	require.ErrorContains(t, err, "license "+id)

	outcome, err := p.Adopt(t.Context(), id, "order-5")
	require.NoError(t, err)
	require.Equal(t, provider.OutcomeAdopted, outcome)
	forge(l.ID, "order-6~aaaaaaaaaaaaaaaa", l.Key, "customer6")
	for _, p := range []provider.Provider{p, providerOn(t, srv, provider.WithMarkerKeys(markerKey))} {
		found, err := p.Find(t.Context(), provider.Query{Reference: "order-5"})
		require.NoError(t, err)
		require.Equal(t, []any{id, provider.Marker{}}, []any{found.ID, found.Marker})
	}
	_, err = p.Create(t.Context(), orderOf(6))
	require.NoError(t, err)
	_, err = p.Create(t.Context(), orderOf(2))
	require.NoError(t, err, "the license has a valid marker now")
}

// TestCopiedMarker: the valid marker of one license on another that has none is nobody's: the verbs go on,
// and its order's license stays the order's.
func TestCopiedMarker(t *testing.T) {
	for name, opts := range map[string][]provider.Option{"documented": nil, "search": {searchable}} {
		srv := newServer()
		opts = append(opts, provider.WithMarkerKeys(markerKey))
		unmarked := srv.AddLicense(licenseservertest.License{MaxActivations: 3})
		created, err := providerOn(t, srv, opts...).Create(t.Context(), orderOf(1))
		require.NoError(t, err, name)
		n, _ := strconv.ParseInt(created.Account.ID, 10, 64)
		srv.Activate(licenseservertest.Device{LicenseID: unmarked.ID, HardwareHash: srv.Devices(n)[0].HardwareHash, MachineName: "customer1 [ref:order-1]"})

		p := providerOn(t, srv, opts...)
		found, err := p.Find(t.Context(), provider.Query{Reference: "order-1"})
		require.NoError(t, err, name)
		require.Equal(t, created.Account.ID, found.ID, name)
		again, err := providerOn(t, srv, opts...).Create(t.Context(), orderOf(1))
		require.NoError(t, err, name)
		require.Equal(t, []any{provider.OutcomeAlready, created.Account.ID}, []any{again.Outcome, again.Account.ID}, name)
		copied, err := p.Get(t.Context(), strconv.FormatInt(unmarked.ID, 10))
		require.NoError(t, err, name)
		require.Empty(t, copied.Reference, name)
		require.Contains(t, copied.Marker.Tampered, "another license", name)
		outcome, err := p.Terminate(t.Context(), copied.ID)
		require.NoError(t, err, name)
		require.Equal(t, provider.OutcomeChanged, outcome, name)
		require.Equal(t, []string{created.Account.ID}, marked(srv, "order-1"), name)
	}
}

// TestTwoLicensesOfOneOrder: two that are ready are for a person to decide.
func TestTwoLicensesOfOneOrder(t *testing.T) {
	srv := newServer(licenseservertest.WithSeedLicenses(2))
	for i, l := range srv.Licenses() {
		_, err := providerOn(t, srv, searchable).Adopt(t.Context(), strconv.FormatInt(l.ID, 10), "order-1")
		require.NoError(t, err)
		d := srv.Devices(l.ID)[0]
		d.MachineName = "customer" + strconv.Itoa(i) // whatever their names are
		srv.Activate(d)
	}
	for name, opts := range map[string][]provider.Option{"documented": nil, "search": {searchable}} {
		p := providerOn(t, srv, opts...)
		_, err := p.Find(t.Context(), provider.Query{Reference: "order-1"})
		require.ErrorIs(t, err, provider.ErrConflict, name)
		_, err = p.Create(t.Context(), orderOf(1))
		require.ErrorIs(t, err, provider.ErrConflict, name)
		_, err = provider.Ensure(t.Context(), p, provider.Desired{Status: provider.StatusActive, Create: orderOf(1)})
		require.ErrorIs(t, err, provider.ErrConflict, name)
		require.Len(t, srv.Licenses(), 2)
	}
}

// TestActivatedMarker: a customer activates the marker of his license once more, as if Create had not
// finished. He wins no time by that, and his license is never removed.
func TestActivatedMarker(t *testing.T) {
	for _, machine := range []bool{false, true} {
		srv := newServer()
		p := providerOn(t, srv, provider.WithMarkerKeys(markerKey))
		order := orderOf(1)
		order.Plan = "pro"
		created, err := p.Create(t.Context(), order)
		require.NoError(t, err)
		id, _ := strconv.ParseInt(created.Account.ID, 10, 64)
		bought := srv.Licenses()[0].ValidFrom.AddDate(0, -6, 0)
		srv.UpdateLicense(id, func(l *licenseservertest.License) { l.ValidFrom, l.ValidUntil = bought, bought.AddDate(0, 12, 0) })
		before := srv.Licenses()
		marker := srv.Devices(id)[0]
		marker.Active = true
		srv.Activate(licenseservertest.Device{LicenseID: id, HardwareHash: marker.HardwareHash, MachineName: marker.MachineName, AppVersion: "provkit"})
		if machine {
			srv.Activate(licenseservertest.Device{LicenseID: id, HardwareHash: "pc", MachineName: "pc"})
		}
		again, err := p.Create(t.Context(), order)
		require.NoError(t, err)
		require.Equal(t, created.Account.ID, again.Account.ID)
		require.Equal(t, before, srv.Licenses())
		require.False(t, srv.Devices(id)[0].Active)
	}
}

// TestNewcomerOfAPerson: a key that a person generated after an answer was lost is not sold unless it looks
// as if the lost request had generated it.
func TestNewcomerOfAPerson(t *testing.T) {
	for name, license := range map[string]licenseservertest.License{
		"limits":      {MaxActivations: 25},
		"users":       {MaxUsers: 9},
		"type":        {Type: "subscription"},
		"deactivated": {Inactive: true},
	} {
		for _, restarts := range []bool{false, true} {
			newcomerOfAPerson(t, name, license, restarts)
		}
	}
}

func newcomerOfAPerson(t *testing.T, name string, license licenseservertest.License, restarts bool) {
	srv := newServer()
	opts := []provider.Option{searchable}
	if restarts {
		opts = append(opts, provider.WithLedger(ledger.NewMemory()), provider.WithSettleTime(time.Nanosecond))
	}
	p := providerOn(t, srv, opts...)
	_, err := p.Create(t.Context(), orderOf(1)) // it knows now what this server generates
	require.NoError(t, err)
	srv.Faults.When(to("/generate-license-key"), 1, faults.Fault{Kind: faults.Custom, Answer: func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		srv.AddLicense(license)
		w.WriteHeader(http.StatusBadGateway)
	}})
	_, err = p.Create(t.Context(), orderOf(2))
	require.ErrorIs(t, err, provider.ErrOutcomeUnknown, name)
	if restarts {
		p = providerOn(t, srv, opts...)
	}
	persons := srv.Licenses()[1]
	id := strconv.FormatInt(persons.ID, 10)
	require.ErrorContains(t, err, "license "+id, name)
	_, err = p.Create(t.Context(), orderOf(2))
	require.ErrorIs(t, err, provider.ErrConflict, name)
	require.ErrorContains(t, err, "license "+id, name)
	require.Equal(t, persons, srv.Licenses()[1], name)
	require.Empty(t, srv.Devices(persons.ID), name)
	owner := srv.Customers()[0].ID
	srv.UpdateLicense(persons.ID, func(l *licenseservertest.License) { l.CustomerID = owner }) // the person decides
	created, err := p.Create(t.Context(), orderOf(2))
	require.NoError(t, err, name)
	require.NotEqual(t, id, created.Account.ID, name)
}
