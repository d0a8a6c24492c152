package hostkey_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/hostkey/hostkeytest"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/ledger"
	"github.com/provkit/provkit/provider/providertest"
)

// TestConformance runs the suite of the portable contract for each behaviour of the vendor that has
// been seen: servers listed once they are deployed or before, and suspension by the vendor or by
// power.
func TestConformance(t *testing.T) {
	for _, test := range []struct {
		name    string
		vendor  []hostkeytest.Option
		options []provider.Option
		// what differs from the first one
		differs []provider.Capability
	}{
		{name: "listed when deployed"},
		{name: "listed early", vendor: []hostkeytest.Option{hostkeytest.WithEarlyServers()}, differs: []provider.Capability{provider.CapCreate}},
		{name: "without a ledger", options: []provider.Option{provider.WithoutLedger()}, differs: []provider.Capability{provider.CapCreate, provider.CapRenew}},
		{name: "suspended by power", options: []provider.Option{hostkey.WithSuspendByPower("")}, differs: []provider.Capability{
			provider.CapSuspend, provider.CapUnsuspend, provider.CapPower,
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			providertest.Run(t, providertest.Harness{
				Name: "hostkey " + test.name, Variant: test.differs,
				Open: func(t testing.TB) *providertest.World {
					vendor := append([]hostkeytest.Option{hostkeytest.InMemory(), hostkeytest.WithCancelDelay(0)}, test.vendor...)
					w := openWorld(t, hostkeytest.NewServer(vendor...), test.options...)
					if test.name == "suspended by power" {
						w.IgnoreSuspension = nil // the server can only ignore eq/suspend
					}
					return w
				},
			})
		})
	}
}

const wrongKey = "0a1b2c3d4e5f0a1b-c0ffeec0ffeec0ff"

// evidence is that of the inventory, whose sources have the names of ../shared/api: documents (SEED, DOC, XW), the
// vendor's Terraform provider (TF, TFC) and MCP server, and programs of others.
func evidence(t testing.TB) func(faults.Request) provider.Evidence {
	return clienttest.Evidence(t, "../testdata/hostkey/operations.tsv", func(line map[string]string) provider.Evidence {
		from := func(names ...string) bool {
			return slices.ContainsFunc(strings.Split(line["source"], ", "), func(s string) bool { return slices.Contains(names, s) })
		}
		switch {
		case line["params"] == "?":
			return provider.EvidenceAssumed // only its name is known
		case from("SEED", "DOC", "XW"):
			return provider.EvidenceDocumented
		case from("TF", "TFC", "MCP"):
			return provider.EvidenceVendorProgram
		}
		return provider.EvidenceProgram
	})
}

func openWorld(t testing.TB, srv *hostkeytest.Server, options ...provider.Option) *providertest.World {
	logs := new(providertest.Log)
	if !provider.NewOptions(options...).NoLedger {
		options = append([]provider.Option{provider.WithLedger(ledger.NewMemory())}, options...)
	}
	open := func(key string, more ...provider.Option) provider.Provider {
		client, err := hostkey.New(srv.URL, provider.NewSecret(key), slices.Concat([]provider.Option{
			provider.WithHTTPClient(srv.Client()), provider.WithSettleTime(2 * time.Minute),
			provider.WithLogger(slog.New(slog.NewTextHandler(logs, &slog.HandlerOptions{Level: slog.LevelDebug}))),
			logs.Dumps(t),
		}, options, more)...)
		if err != nil {
			t.Fatal(err)
		}
		return hostkey.NewProvider(client)
	}
	return &providertest.World{
		Settles:  2 * time.Minute,
		Provider: open(srv.Key),
		Reopen:   func() provider.Provider { return open(srv.Key) },
		BadKey:   func() provider.Provider { return open(wrongKey) },
		Faults:   srv.Faults,
		Evidence: evidence(t),
		Request: func(n int) *provider.CreateRequest {
			return &provider.CreateRequest{
				Reference: fmt.Sprintf("order-%d", n),
				Username:  fmt.Sprintf("customer%d", n),
				Password:  provider.NewSecret(fmt.Sprintf("Canary+Passw0rd%d", n)),
				Email:     fmt.Sprintf("customer%d@example.com", n),
				Name:      fmt.Sprintf("Customer %d", n),
				Plan:      "vm.nano",
				Options:   map[string]string{"location": "NL", "os": "240"},
			}
		},
		Image:            "243",
		MissingID:        "987654",
		Accounts:         func() []providertest.Truth { return truths(srv) },
		IgnoreSuspension: srv.IgnoreSuspension,
		HideAccounts:     srv.HideServers,
		Deny:             func(match func(*http.Request) bool, kind error) { deny(srv, match, kind) },
		Refusal:          faults.Fault{Kind: faults.Status, StatusCode: http.StatusOK, Body: `{"result": -1, "error": "malformed request"}`},
		Advance:          srv.Advance,
		RefuseEmpty:      srv.RefuseEmptyAccount,
		Reads: func(r *http.Request) bool {
			return slices.Contains([]string{"show", "list", "update_servers", "get_cancellation_requests", "get_invoice"}, r.FormValue("action"))
		},
		AddForeign: func(hostname string) string {
			return strconv.FormatInt(srv.AddMachine(hostkeytest.Machine{Hostname: hostname, Preset: "vm.nano", Location: "NL", RootPass: "Somebody-e1ses"}).ID, 10)
		},
		Signed: func(current provider.Secret, old ...provider.Secret) provider.Provider {
			return open(srv.Key, provider.WithMarkerKeys(current, old...))
		},
		Customer: customersTexts(srv),
		Canaries: []string{srv.Key, wrongKey},
		Logs:     logs.String,
	}
}

// customersTexts are what the customer of a reseller can write: the host name, in the server's panel, and
// with a key of the server its tags, of which there may be several of a name. They are separated by blanks.
func customersTexts(srv *hostkeytest.Server) []providertest.Field {
	edit := func(id string, do func(*hostkeytest.Machine)) {
		n, _ := strconv.ParseInt(id, 10, 64)
		srv.UpdateMachine(n, do)
	}
	isMarker := func(t hostkeytest.Tag) bool { return t.Name == hostkey.ReferenceTag }
	return []providertest.Field{
		{
			Name: "host name",
			Get: func(id string) (text string) {
				edit(id, func(m *hostkeytest.Machine) { text = m.Hostname })
				return text
			},
			Set:   func(id, text string) { edit(id, func(m *hostkeytest.Machine) { m.Hostname = text }) },
			Forge: func(req *provider.CreateRequest) string { return hostnameOf(req.Username, req.Reference) },
		},
		{
			Name: "tag",
			Get: func(id string) string {
				var values []string
				edit(id, func(m *hostkeytest.Machine) {
					for _, t := range m.Tags {
						if isMarker(t) {
							values = append(values, t.Value)
						}
					}
				})
				return strings.Join(values, " ")
			},
			Set: func(id, text string) {
				edit(id, func(m *hostkeytest.Machine) {
					m.Tags = slices.DeleteFunc(m.Tags, isMarker)
					for i, value := range strings.Fields(text) {
						m.Tags = append(m.Tags, hostkeytest.Tag{ID: int64(900_000 + i), Name: hostkey.ReferenceTag, Value: value})
					}
				})
			},
			Forge: func(req *provider.CreateRequest) string { return req.Reference },
		},
	}
}

// deny refuses as the vendor does: with HTTP 200, and an error in the body.
func deny(srv *hostkeytest.Server, match func(*http.Request) bool, kind error) {
	denial := faults.Fault{Kind: faults.Status, StatusCode: http.StatusOK, Body: `{"result": -1, "error": "EQ/SHOW: invalid server id"}`}
	if errors.Is(kind, provider.ErrForbidden) {
		denial.Body = `{"code": -2, "message": "Permission denied"}`
	}
	srv.Faults.When(match, 0, denial)
}

// truths returns the vendor's state behind its API: the servers, and the orders that will become
// servers.
func truths(srv *hostkeytest.Server) []providertest.Truth {
	var all []providertest.Truth
	seen := make(map[int64]bool)
	add := func(m hostkeytest.Machine, complete bool) {
		seen[m.ID] = true
		truth := providertest.Truth{
			ID: strconv.FormatInt(m.ID, 10), Username: m.Hostname, Plan: m.Preset, Complete: complete, PoweredOff: !m.PoweredOn,
			Suspended: m.Status == "power_off", Canceled: !m.Canceled.IsZero() && m.CancelType == 0, Paid: m.PaidPeriods,
		}
		for _, suffix := range []int{13, 16} { // without and with a marker key
			if cut := len(m.Hostname) - suffix - 1; cut > 0 && m.Hostname[cut] == '-' {
				truth.Username = m.Hostname[:cut]
			}
		}
		for _, tag := range m.Tags {
			switch tag.Name {
			case hostkey.ReferenceTag:
				truth.Reference, _, _ = strings.Cut(tag.Value, "~")
			case "provkit-suspended":
				truth.Suspended = !m.PoweredOn
			}
		}
		if truth.Suspended {
			truth.PoweredOff = false // suspension powers it off
		}
		all = append(all, truth)
	}
	for _, m := range srv.Machines() {
		add(m, m.Status != "TT")
	}
	for _, o := range srv.Orders() {
		if m, there := srv.Machine(o.ServerID); o.Paid && there && !m.Gone && !seen[o.ServerID] {
			add(m, false)
		}
	}
	return all
}
