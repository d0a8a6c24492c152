package elizon_test

import (
	"cmp"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/elizon/elizontest"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/internal/ordertest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/ledger"
	"github.com/provkit/provkit/provider/providertest"
)

// TestConformance runs the suite of the portable contract against servers of several kinds.
func TestConformance(t *testing.T) {
	spending := elizon.WithSpending(elizon.Spending{MaxRenewal: "20", MaxUpgrade: "20"})
	for _, test := range []struct {
		name    string
		vendor  []elizontest.Option
		options []provider.Option
		atOnce  bool
		// older is set for a platform that Describe does not describe.
		older bool
		// under is the HTTP status of failures, 0 for one that fits
		under int
		// differs from the first in these
		differs []provider.Capability
	}{
		{name: "set up after a while", options: []provider.Option{spending}},
		{name: "set up at once, display names", vendor: []elizontest.Option{elizontest.WithDisplayNames()}, options: []provider.Option{spending}, atOnce: true, differs: []provider.Capability{
			provider.CapCreate, provider.CapAdopt, provider.CapReinstall,
		}},
		{name: "without a ledger", options: []provider.Option{spending, provider.WithoutLedger()}, differs: []provider.Capability{
			provider.CapCreate, provider.CapRenew, provider.CapChangePlan,
		}},
		{name: "an older platform", vendor: []elizontest.Option{elizontest.WithReferenceOnly()}, options: []provider.Option{spending}, older: true, differs: []provider.Capability{
			provider.CapSuspend, provider.CapUnsuspend, provider.CapPower,
		}},
		{name: "failures under 200", vendor: []elizontest.Option{elizontest.WithStatus200()}, under: http.StatusOK, differs: []provider.Capability{
			provider.CapCreate, provider.CapTerminate, provider.CapSuspend, provider.CapGet,
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			providertest.Run(t, providertest.Harness{
				Name: "elizon " + test.name, Variant: test.differs,
				Open: func(t testing.TB) *providertest.World {
					vendor := append([]elizontest.Option{elizontest.InMemory(), elizontest.WithTermination(0)}, test.vendor...)
					if test.atOnce {
						vendor = append(vendor, elizontest.WithProvisioning(0), elizontest.WithReinstallation(0))
					}
					w := openWorld(t, elizontest.NewServer(vendor...), test.options...)
					if test.atOnce {
						w.Advance = nil // nothing is ever pending
					}
					if test.older {
						w.Evidence = nil
					}
					w.Refusal.StatusCode = cmp.Or(test.under, w.Refusal.StatusCode)
					w.Deny = func(match func(*http.Request) bool, kind error) { deny(w.Faults, test.under, match, kind) }
					return w
				},
			})
		})
	}
}

const wrongKey = "elz_canarycanarycanarycanarycanarycanary0000"

// evidence is that of the inventory: the vendor's SDK and app are the repositories of elizonapp.
func evidence(t testing.TB) func(faults.Request) provider.Evidence {
	of := func(line map[string]string) provider.Evidence {
		switch {
		case line["certainty"] == "documented" && strings.HasPrefix(line["source"], "elizonapp/"):
			return provider.EvidenceVendorProgram
		case line["certainty"] == "documented":
			return provider.EvidenceDocumented
		}
		return provider.EvidenceAssumed
	}
	listed, beyond := clienttest.Evidence(t, "../testdata/elizon/operations.tsv", of), clienttest.Evidence(t, "../testdata/elizon/beyond.tsv", of)
	return func(q faults.Request) provider.Evidence {
		if e := listed(q); e != provider.EvidenceAssumed {
			return e
		}
		return beyond(q)
	}
}

func openWorld(t testing.TB, srv *elizontest.Server, options ...provider.Option) *providertest.World {
	logs := new(providertest.Log)
	if !provider.NewOptions(options...).NoLedger {
		options = append([]provider.Option{provider.WithLedger(ledger.NewMemory())}, options...)
	}
	open := func(key string, more ...provider.Option) provider.Provider {
		client, err := elizon.New(srv.URL, provider.NewSecret(key), append(append(more,
			provider.WithHTTPClient(srv.Client()), provider.WithSettleTime(2*time.Minute),
			provider.WithLogger(slog.New(slog.NewTextHandler(logs, &slog.HandlerOptions{Level: slog.LevelDebug}))),
			logs.Dumps(t),
		), options...)...)
		if err != nil {
			t.Fatal(err)
		}
		return elizon.NewProvider(client)
	}
	return &providertest.World{
		Settles:          2 * time.Minute,
		Provider:         open(srv.Key),
		Reopen:           func() provider.Provider { return open(srv.Key) },
		BadKey:           func() provider.Provider { return open(wrongKey) },
		Faults:           srv.Faults,
		Evidence:         evidence(t),
		OtherSignOns:     []provider.SignOnKind{provider.SignOnPlain}, // of web spaces
		Request:          orderOf,
		OtherPlan:        "prod-vps-m",
		Image:            "102",
		MissingID:        "nosuchservice000000000000",
		Reads:            func(r *http.Request) bool { return r.Method == http.MethodGet },
		Accounts:         func() []providertest.Truth { return accountsOf(srv) },
		IgnoreSuspension: srv.IgnoreSuspension,
		HideAccounts:     srv.HideServices,
		Advance:          srv.Advance,
		Refusal: faults.Fault{
			Kind: faults.Status, StatusCode: http.StatusBadRequest,
			Body: `{"success": false, "error": "Invalid request", "errorCode": "invalidRequest"}`,
		},
		AddForeign: func(name string) string {
			// It is older than the order window: a younger one may be a lost order.
			return srv.AddService(elizontest.Service{Name: name, CreatedAt: srv.Now().Add(-48 * time.Hour)}).ID
		},
		Signed: func(current provider.Secret, old ...provider.Secret) provider.Provider {
			return open(srv.Key, provider.WithMarkerKeys(current, old...))
		},
		// Services are shared with customers, who then can rename them.
		Customer: []providertest.Field{{
			Name: "name",
			Get: func(id string) string {
				for _, s := range srv.Truths() {
					if s.ServiceID == id {
						return s.Name
					}
				}
				return ""
			},
			Set: func(id, text string) { srv.RenameService(id, text) },
			Forge: func(req *provider.CreateRequest) string {
				return provider.Markers{}.Mark(req.Username, req.Reference, "")
			},
		}},
		Canaries: []string{srv.Key, wrongKey},
		Logs:     logs.String,
	}
}

// deny refuses in the platform's format, under the fitting status or another.
func deny(in *faults.Injector, under int, match func(*http.Request) bool, kind error) {
	denial := faults.Fault{
		Kind: faults.Status, StatusCode: cmp.Or(under, http.StatusNotFound),
		Body: `{"success": false, "error": "Service not found", "errorCode": "serviceNotFound"}`,
	}
	if errors.Is(kind, provider.ErrForbidden) {
		denial.StatusCode = cmp.Or(under, http.StatusForbidden)
		denial.Body = `{"success": false, "error": "Access denied", "errorCode": "accessDenied"}`
	}
	in.When(match, 0, denial)
}

// orderOf is the n-th order.
var orderOf = ordertest.ElizonOrder

// accountsOf reads the platform's state behind its API. A service without its mark is identified by
// the ID of its cart line, which the API does not show.
func accountsOf(srv *elizontest.Server) []providertest.Truth {
	var all []providertest.Truth
	for _, s := range srv.Truths() {
		if s.Terminated {
			continue
		}
		name, reference, _ := provider.Markers{}.Read(s.Name, "")
		truth := providertest.Truth{
			ID: s.ServiceID, Username: name, Reference: reference, Plan: s.ProductID, Suspended: !s.SuspendedAt.IsZero(),
			Canceled: s.CancelAtPeriodEnd, PoweredOff: s.Status == "STOPPED", Paid: s.Periods,
			Complete: s.Status != "PROVISIONING" && !s.ReinstallPending,
		}
		if reference == "" && strings.HasPrefix(s.LineID, "order-") {
			truth.Username, truth.Reference, truth.Complete = "", s.LineID, false
		}
		all = append(all, truth)
	}
	return all
}
