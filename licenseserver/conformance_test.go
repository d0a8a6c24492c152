package licenseserver_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/licenseserver/licenseservertest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/ledger"
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
// panel's search, whose path is undocumented, and a ledger.
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

// evidence is that of the inventory.
func evidence(t testing.TB) func(faults.Request) provider.Evidence {
	return clienttest.Evidence(t, "../testdata/licenseserver/operations.tsv", func(line map[string]string) provider.Evidence {
		if line["status"] == "documented" {
			return provider.EvidenceDocumented
		}
		return provider.EvidenceAssumed
	})
}

func openWorld(t testing.TB, search, resources bool) *providertest.World {
	srv := licenseservertest.NewServer(licenseservertest.InMemory())
	logs := new(providertest.Log)
	orders := ledger.NewMemory()
	var ids []int64
	for _, r := range srv.Resources() {
		ids = append(ids, r.ID)
	}
	open := func(key, cookie string, more ...provider.Option) provider.Provider {
		opts := append(more,
			provider.WithHTTPClient(srv.Client()), provider.WithRateLimit(0, 0),
			provider.WithLogger(slog.New(slog.NewTextHandler(logs, &slog.HandlerOptions{Level: slog.LevelDebug}))),
			licenseserver.WithAdminCookie(srv.AdminCookie.Name, provider.NewSecret(cookie)),
			licenseserver.WithPlans(testPlans...), licenseserver.WithScan(testScan))
		if search {
			// The dumps of the others would repeat the same many times.
			opts = append(opts, searchable, logs.Dumps(t), provider.WithLedger(orders), provider.WithSettleTime(settleTime))
		}
		client, err := licenseserver.New(srv.URL, provider.NewSecret(key), opts...)
		if err != nil {
			t.Fatal(err)
		}
		return licenseserver.NewProvider(client)
	}
	good := func() provider.Provider { return open(srv.Key, srv.AdminCookie.Value) }
	settles := time.Duration(0)
	if search {
		settles = settleTime
	}
	return &providertest.World{
		Settles:  settles,
		Provider: good(),
		Reopen:   good,
		BadKey:   func() provider.Provider { return open(wrongAPIKey, wrongCookie) },
		Faults:   srv.Faults,
		Evidence: evidence(t),
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
		Signed: func(current provider.Secret, old ...provider.Secret) provider.Provider {
			return open(srv.Key, srv.AdminCookie.Value, provider.WithMarkerKeys(current, old...))
		},
		Customer: customersTexts(srv),
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

// customersTexts are what a customer can write with the key of his license: he can register devices with
// any hash and name, and give a name to one that is registered. He cannot remove one, nor change its hash.
func customersTexts(srv *licenseservertest.Server) []providertest.Field {
	find := func(id string) (key string, marker licenseservertest.Device) {
		n, _ := strconv.ParseInt(id, 10, 64)
		for _, l := range srv.Licenses() {
			if l.ID == n {
				key = l.Key
			}
		}
		for _, d := range srv.Devices(n) {
			if strings.HasPrefix(d.HardwareHash, "provkit:") && marker.ID == 0 {
				marker = d
			}
		}
		return key, marker
	}
	register := func(id, hash, name string) {
		n, _ := strconv.ParseInt(id, 10, 64)
		srv.Activate(licenseservertest.Device{LicenseID: n, HardwareHash: hash, MachineName: name, AppVersion: "2.4.0"})
	}
	const ownKey = "<his key>"
	return []providertest.Field{{
		Name: "device",
		Get: func(id string) string {
			_, marker := find(id)
			return marker.HardwareHash + " " + marker.MachineName
		},
		// The text is "<hash> <name>", for each device that he registers.
		Set: func(id, text string) {
			key, marker := find(id)
			text = strings.ReplaceAll(text, ownKey, key)
			for device := range strings.SplitSeq(strings.ReplaceAll(text, " provkit:", "\nprovkit:"), "\n") {
				hash, name, _ := strings.Cut(device, " ")
				if hash == "" {
					hash = marker.HardwareHash
				}
				register(id, hash, name)
			}
		},
		Forge: func(req *provider.CreateRequest) string {
			return "provkit:" + ownKey + "#" + req.Reference + "~ " + req.Username + " [ref:" + req.Reference + "]"
		},
	}, {
		Name: "machine_name",
		Get:  func(id string) string { _, marker := find(id); return marker.MachineName },
		Set:  func(id, text string) { _, marker := find(id); register(id, marker.HardwareHash, text) },
	}}
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
			name, _, _ := provider.Markers{}.Read(d.MachineName, "")
			_, reference, _ := strings.Cut(d.HardwareHash, "#")
			reference, _, _ = strings.Cut(reference, "~")
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
