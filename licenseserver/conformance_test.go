package licenseserver_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/licenseserver/licenseservertest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/providertest"
)

var (
	testPlans = []licenseserver.Plan{
		{ID: "basic", Name: "Basic", MaxActivations: 2, MaxUsers: 5},
		{ID: "pro", Name: "Professional", MaxActivations: 10, MaxUsers: 50, Months: 12},
	}
	// The emulator's IDs begin here; a small gap keeps the thousands of cases fast.
	testScan = licenseserver.Scan{From: 1307, Gap: 4}
)

const (
	wrongAPIKey = "AF-2000-canaryCANARYcanaryCANARYcanary00"
	wrongCookie = "canary-of-a-wrong-cookie"
)

// TestConformance runs the suite of the portable contract with documented routes only, and with the
// panel's search, whose path is undocumented.
func TestConformance(t *testing.T) {
	for _, test := range []struct {
		name      string
		search    bool
		resources bool // orders have resources, which takes one more step
		// differs from the first in these
		differs []provider.Capability
	}{
		{"documented routes", false, false, nil},
		{"with search", true, true, []provider.Capability{provider.CapCreate, provider.CapFind, provider.CapList, provider.CapFleetUsage}},
	} {
		t.Run(test.name, func(t *testing.T) {
			providertest.Run(t, providertest.Harness{
				Name: "licenseserver " + test.name, Variant: test.differs,
				Open: func(t testing.TB) *providertest.World { return openWorld(t, test.search, test.resources) },
			})
		})
	}
}

func openWorld(t testing.TB, search, resources bool) *providertest.World {
	srv := licenseservertest.NewServer(licenseservertest.InMemory())
	logs := new(providertest.Log)
	var ids []int64
	for _, r := range srv.Resources() {
		ids = append(ids, r.ID)
	}
	open := func(key, cookie string) provider.Provider {
		opts := []provider.Option{
			provider.WithHTTPClient(srv.Client()), provider.WithRateLimit(0, 0),
			provider.WithLogger(slog.New(slog.NewTextHandler(logs, &slog.HandlerOptions{Level: slog.LevelDebug}))),
			licenseserver.WithAdminCookie(srv.AdminCookie.Name, provider.NewSecret(cookie)),
			licenseserver.WithPlans(testPlans...), licenseserver.WithScan(testScan),
		}
		if search {
			// The dumps of the others would repeat the same many times.
			opts = append(opts, searchable, logs.Dumps(t))
		}
		client, err := licenseserver.New(srv.URL, provider.NewSecret(key), opts...)
		if err != nil {
			t.Fatal(err)
		}
		return licenseserver.NewProvider(client)
	}
	good := func() provider.Provider { return open(srv.Key, srv.AdminCookie.Value) }
	return &providertest.World{
		Provider: good(),
		Reopen:   good,
		BadKey:   func() provider.Provider { return open(wrongAPIKey, wrongCookie) },
		Faults:   srv.Faults,
		Request: func(n int) *provider.CreateRequest {
			req := &provider.CreateRequest{
				Reference: fmt.Sprintf("order-%d", n),
				Username:  fmt.Sprintf("customer%d", n),
				Email:     fmt.Sprintf("customer%d@example.com", n),
				Name:      fmt.Sprintf("Customer %d", n),
				Plan:      "pro",
			}
			if resources {
				req.Options = map[string]string{"resource_ids": strconv.FormatInt(ids[n], 10)}
			}
			return req
		},
		OtherPlan:        "basic",
		MissingID:        "999999",
		Reads:            func(r *http.Request) bool { return r.Method == http.MethodGet },
		Accounts:         func() []providertest.Truth { return truths(srv, resources) },
		IgnoreSuspension: srv.IgnoreSuspension,
		HideAccounts:     srv.HideLicenses,
		Deny:             func(match func(*http.Request) bool, kind error) { deny(srv, match, kind) },
		Refusal:          faults.Fault{Kind: faults.Status, StatusCode: 400, Body: `{"error": "Refused", "code": "REFUSED", "status": 400}`},
		AddForeign: func(username string) string {
			l := srv.AddLicense(licenseservertest.License{MaxActivations: 3, MaxUsers: 3})
			// Named by hand: the only way in which a license has a name.
			srv.AddDevice(licenseservertest.Device{LicenseID: l.ID, HardwareHash: "provkit:" + l.Key, MachineName: username})
			return strconv.FormatInt(l.ID, 10)
		},
		Canaries: append(firstKeys(), srv.Key, srv.AdminCookie.Value, wrongAPIKey, wrongCookie),
		Logs:     logs.String,
	}
}

// deny answers in the documented form.
func deny(srv *licenseservertest.Server, match func(*http.Request) bool, kind error) {
	denial := faults.Fault{
		Kind: faults.Status, StatusCode: http.StatusNotFound, Body: `{"error": "License not found", "code": "LICENSE_NOT_FOUND", "status": 404}`,
	}
	if errors.Is(kind, provider.ErrForbidden) {
		denial.StatusCode, denial.Body = http.StatusForbidden, `{"error": "Forbidden", "code": "FORBIDDEN", "status": 403}`
	}
	srv.Faults.When(match, 0, denial)
}

// firstKeys returns the license keys that any emulated server generates first.
func firstKeys() []string {
	var keys []string
	twin := licenseservertest.NewServer(licenseservertest.InMemory())
	for range 8 {
		keys = append(keys, twin.AddLicense(licenseservertest.License{}).Key)
	}
	return keys
}

// truths reads the server's state directly, not through its API. A generated key without a customer
// and without devices is not an account.
func truths(srv *licenseservertest.Server, resources bool) []providertest.Truth {
	held := make(map[int64]int)
	for _, r := range srv.Resources() {
		held[r.LicenseID]++
	}
	var out []providertest.Truth
	for _, l := range srv.Licenses() {
		devices := srv.Devices(l.ID)
		if len(devices) == 0 && l.CustomerID == 0 {
			continue
		}
		truth := providertest.Truth{ID: strconv.FormatInt(l.ID, 10), Suspended: l.Inactive, Complete: true}
		for _, plan := range testPlans {
			if plan.MaxActivations == l.MaxActivations && plan.MaxUsers == l.MaxUsers {
				truth.Plan = plan.ID
			}
		}
		for _, d := range devices {
			if !strings.HasPrefix(d.HardwareHash, "provkit:") {
				continue
			}
			name, reference := provider.Unmark(d.MachineName)
			if truth.Username == "" {
				truth.Username = name
			}
			if truth.Reference == "" && reference != "" {
				truth.Reference = reference
				truth.Complete = d.AppVersion != "provkit" || !d.Active && (!resources || held[l.ID] > 0)
			}
		}
		if !truth.Complete {
			truth.Plan = "" // not yet set to the ordered one
		}
		out = append(out, truth)
	}
	return out
}
