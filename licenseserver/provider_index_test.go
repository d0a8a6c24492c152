package licenseserver_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/licenseserver/licenseservertest"
	"github.com/provkit/provkit/provider"
)

// TestIndex: marked licenses are read once in the life of a Provider.
func TestIndex(t *testing.T) {
	const there = 20
	devicesRead := func(srv *licenseservertest.Server, do func()) int {
		srv.Faults.Forget()
		do()
		reads := 0
		for _, r := range srv.Faults.Requests() {
			if r.Method == http.MethodGet && strings.HasSuffix(r.Path, "/devices") {
				reads++
			}
		}
		return reads
	}
	for name, opts := range map[string][]provider.Option{"documented": nil, "search": {searchable}} {
		srv := newServer()
		for n := range there {
			_, err := providerOn(t, srv, searchable).Create(t.Context(), orderOf(n))
			require.NoError(t, err)
		}
		p := providerOn(t, srv, opts...)
		create := func(n int) func() {
			return func() {
				_, err := p.Create(t.Context(), orderOf(n))
				require.NoError(t, err)
			}
		}
		first := devicesRead(srv, create(100))
		second := devicesRead(srv, create(101))
		again := devicesRead(srv, create(5))
		require.GreaterOrEqual(t, first, there, name)
		require.Equal(t, 1, again, "%s: only the known account is read", name)
		if opts == nil {
			// Two searches: the holes among the last IDs, and the gap after the last license.
			require.LessOrEqual(t, second, 2*int(3*testScan.Gap)+4, name)
		} else {
			require.Equal(t, 2, second, "%s: only the new license, when marked and when ready", name)
		}
	}
}

// TestIndexForgets: licenses that others removed are not returned, and those that they created are
// found.
func TestIndexForgets(t *testing.T) {
	for name, opts := range map[string][]provider.Option{"documented": nil, "search": {searchable}} {
		srv := newServer(licenseservertest.WithSeedLicenses(1))
		opts = append(opts, licenseserver.WithScan(licenseserver.Scan{From: testScan.From, Gap: 10})) // one license will be missing
		p, other := providerOn(t, srv, opts...), providerOn(t, srv, opts...)
		created, err := p.Create(t.Context(), orderOf(1))
		require.NoError(t, err)
		_, err = other.Terminate(t.Context(), created.Account.ID)
		require.NoError(t, err)
		_, err = p.Find(t.Context(), provider.Query{Username: "customer1"})
		require.ErrorIs(t, err, provider.ErrNotFound, name)
		remade, err := other.Create(t.Context(), orderOf(1))
		require.NoError(t, err)
		found, err := p.Create(t.Context(), orderOf(1))
		require.NoError(t, err)
		require.Equal(t, []any{provider.OutcomeAlready, remade.Account.ID}, []any{found.Outcome, found.Account.ID}, name)
	}
}

// TestAdoptedElsewhere: a license that was unmarked at the last read and that another program has
// adopted since is found.
func TestAdoptedElsewhere(t *testing.T) {
	srv := newServer(licenseservertest.WithSeedLicenses(6))
	p := providerOn(t, srv)
	_, err := p.Create(t.Context(), orderOf(1))
	require.NoError(t, err)
	old := strconv.FormatInt(srv.Licenses()[0].ID, 10)
	_, err = providerOn(t, srv, searchable).Adopt(t.Context(), old, "order-2")
	require.NoError(t, err)
	created, err := p.Create(t.Context(), orderOf(2))
	require.NoError(t, err)
	require.Equal(t, []any{provider.OutcomeAlready, old}, []any{created.Outcome, created.Account.ID})
}

// TestHiddenLicenses: "not found" without rights is neither a reason to create a second license nor
// proof that one is gone.
func TestHiddenLicenses(t *testing.T) {
	for name, opts := range map[string][]provider.Option{"documented": nil, "search": {searchable}} {
		srv := newServer()
		p := providerOn(t, srv, opts...)
		created, err := p.Create(t.Context(), orderOf(1))
		require.NoError(t, err)
		srv.HideLicenses(true)
		_, err = p.Create(t.Context(), orderOf(1))
		require.ErrorIs(t, err, provider.ErrForbidden, name)
		_, err = p.Terminate(t.Context(), created.Account.ID)
		require.ErrorIs(t, err, provider.ErrForbidden, name)
		require.NotErrorIs(t, err, provider.ErrNotFound, name)
		require.Len(t, srv.Licenses(), 1, name)
		srv.HideLicenses(false)
		again, err := p.Create(t.Context(), orderOf(1))
		require.NoError(t, err, name)
		require.Equal(t, []any{provider.OutcomeAlready, created.Account.ID}, []any{again.Outcome, again.Account.ID}, name)
	}
}

// TestForgedMarker: a customer's program has the API key and can register devices, including ones
// that look like markers.
func TestForgedMarker(t *testing.T) {
	srv := newServer()
	p := providerOn(t, srv)
	_, err := p.Create(t.Context(), orderOf(1))
	require.NoError(t, err)
	mine := srv.Licenses()[0]
	hash := srv.Devices(mine.ID)[0].HardwareHash
	activate := func(hash, name string) {
		_, err := p.Client().Licenses.Activate(t.Context(), &licenseserver.LicenseActivateRequest{LicenseKey: provider.NewSecret(mine.Key), HardwareHash: hash, MachineName: name})
		require.NoError(t, err)
	}
	// A marker after the first one.
	theirs := newServer()
	_, err = providerOn(t, theirs).Create(t.Context(), orderOf(2))
	require.NoError(t, err)
	activate(theirs.Devices(theirs.Licenses()[0].ID)[0].HardwareHash, "customer2 [ref:order-2]")
	_, err = providerOn(t, srv).Find(t.Context(), provider.Query{Reference: "order-2"})
	require.ErrorIs(t, err, provider.ErrNotFound)
	// The same device under another name: the hash decides, and hashes cannot be changed.
	activate(hash, "customer2 [ref:order-2]")
	found, err := providerOn(t, srv).Find(t.Context(), provider.Query{Reference: "order-1"})
	require.NoError(t, err)
	require.Equal(t, strconv.FormatInt(mine.ID, 10), found.ID)
	_, err = providerOn(t, srv).Find(t.Context(), provider.Query{Reference: "order-2"})
	require.ErrorIs(t, err, provider.ErrNotFound)
	_, err = providerOn(t, srv).Create(t.Context(), orderOf(1))
	require.ErrorIs(t, err, provider.ErrConflict, "no second license for another name")
	require.ErrorContains(t, err, "license "+found.ID+" was made for that reference")
}

// TestForeignKeyOnPlate: a name plate with the key of another license must not lead to that
// license, nor end a list.
func TestForeignKeyOnPlate(t *testing.T) {
	for _, key := range []string{firstKeys()[0], "no-key-at-all"} {
		srv := newServer()
		srv.AddLicense(licenseservertest.License{})
		l := srv.AddLicense(licenseservertest.License{})
		id := strconv.FormatInt(l.ID, 10)
		srv.AddDevice(licenseservertest.Device{LicenseID: l.ID, HardwareHash: "provkit:" + key, MachineName: "mallory"})
		blind, seeing := providerOn(t, srv), providerOn(t, srv, searchable)
		account, err := blind.Get(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, &provider.Account{ID: id, Username: "mallory", Status: provider.StatusUnknown}, account)
		_, err = blind.Suspend(t.Context(), id)
		require.ErrorIs(t, err, provider.ErrUnsupported)
		require.NotContains(t, err.Error(), key)
		account, err = seeing.Get(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, l.Key, account.Native.(*licenseserver.License).Key.Reveal())
		for _, p := range []*licenseserver.Provider{blind, seeing} {
			count := 0
			for _, err := range p.List(t.Context(), nil) {
				require.NoError(t, err)
				count++
			}
			require.Equal(t, 2, count)
		}
	}
}

// TestSearchThatFindsLess: a search that does not find all licenses is not trusted.
func TestSearchThatFindsLess(t *testing.T) {
	srv := newServer(licenseservertest.WithSeedLicenses(3))
	_, err := providerOn(t, srv).Create(t.Context(), orderOf(1))
	require.NoError(t, err)
	less := rewriting(srv, licenseservertest.SearchPath, func(body []byte) []byte {
		var answer struct {
			Results []json.RawMessage `json:"results"`
		}
		if err := json.Unmarshal(body, &answer); err != nil {
			return body
		}
		return fmt.Appendf(nil, `{"results":[%s],"total":1}`, answer.Results[0])
	})
	p := providerOn(t, srv, searchable, less)
	created, err := p.Create(t.Context(), orderOf(1))
	require.NoError(t, err)
	require.Equal(t, provider.OutcomeAlready, created.Outcome)
	count := 0
	for _, err := range p.List(t.Context(), nil) {
		require.NoError(t, err)
		count++
	}
	require.Equal(t, 4, count)
}

// TestSearchThatLies: a search that returns something else as the license's key.
func TestSearchThatLies(t *testing.T) {
	for _, title := range []string{"NONE-NONE-NONE-NONE", firstKeys()[1]} {
		srv := newServer(licenseservertest.WithSeedLicenses(2))
		lies := rewriting(srv, licenseservertest.SearchPath, func(body []byte) []byte {
			return bytes.Replace(body, []byte(srv.Licenses()[0].Key), []byte(title), 1)
		})
		id := strconv.FormatInt(srv.Licenses()[0].ID, 10)
		_, err := providerOn(t, srv, searchable, lies).Suspend(t.Context(), id)
		require.ErrorIs(t, err, provider.ErrUnsupported)
		for _, l := range srv.Licenses() {
			require.False(t, l.Inactive)
		}
	}
}

// TestBeginningUnknown: if the server counts licenses but none is found, nothing is listed and
// nothing created, since an empty list would be trusted.
func TestBeginningUnknown(t *testing.T) {
	srv := newServer(licenseservertest.WithSeedLicenses(3))
	p := providerOn(t, srv, licenseserver.WithScan(licenseserver.Scan{}))
	for account, err := range p.List(t.Context(), nil) {
		require.Nil(t, account)
		require.ErrorIs(t, err, provider.ErrConflict)
		require.ErrorContains(t, err, "the server counts 3 licenses, but none has an ID from 1 to 50: set where they begin with WithScan")
	}
	_, err := p.Create(t.Context(), orderOf(1))
	require.ErrorContains(t, err, "WithScan")
	require.Len(t, srv.Licenses(), 3)
	_, err = providerOn(t, srv, licenseserver.WithScan(licenseserver.Scan{From: 1_000})).Create(t.Context(), orderOf(1))
	require.NotErrorIs(t, err, provider.ErrConflict, "a configured beginning is trusted")
}

// TestFindBeforeTheFirst: an empty search range is trusted while any license can be read, but not
// when the sign-in may have lost its rights.
func TestFindBeforeTheFirst(t *testing.T) {
	srv := newServer(licenseservertest.WithSeedLicenses(3))
	last := srv.Licenses()[2].ID
	find := func() error {
		p := providerOn(t, srv, licenseserver.WithScan(licenseserver.Scan{From: last + 4, Gap: 6}))
		_, err := p.Find(t.Context(), provider.Query{Username: "customer1"})
		return err
	}
	err := find()
	require.ErrorIs(t, err, provider.ErrNotFound)
	require.EqualError(t, err, `licenseserver: find account user "customer1": no such license (the sign-in can read other licenses)`)
	srv.HideLicenses(true)
	err = find()
	require.ErrorIs(t, err, provider.ErrForbidden)
	require.NotErrorIs(t, err, provider.ErrNotFound)
}
