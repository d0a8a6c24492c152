package keyhelp_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/keyhelp/keyhelptest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/providertest"
)

// TestConformance runs the suite of the portable contract for both dialects, and for a client that
// detects the dialect.
func TestConformance(t *testing.T) {
	for _, test := range []struct {
		name   string
		panel  keyhelptest.Dialect
		client keyhelp.Dialect
		// differs from the first in these
		differs []provider.Capability
	}{
		{"documented", keyhelptest.Documented, keyhelp.DialectDocumented, nil},
		{"live", keyhelptest.Live, keyhelp.DialectLive, []provider.Capability{
			provider.CapCreate, provider.CapTerminate, provider.CapAdopt, provider.CapChangePlan, provider.CapFind, provider.CapList, provider.CapFleetUsage,
		}},
		{"auto on documented", keyhelptest.Documented, keyhelp.DialectAuto, []provider.Capability{provider.CapCreate, provider.CapCheck}},
		{"auto on live", keyhelptest.Live, keyhelp.DialectAuto, []provider.Capability{provider.CapCreate, provider.CapGet}},
	} {
		t.Run(test.name, func(t *testing.T) {
			known := knownJunk
			if test.client == keyhelp.DialectAuto { // whose first wrong answer meets the question for the dialect
				known = nil
			}
			providertest.Run(t, providertest.Harness{
				Name: "keyhelp " + test.name, Variant: test.differs, KnownJunk: known,
				Open: func(t testing.TB) *providertest.World { return openWorld(t, test.panel, test.client) },
			})
		})
	}
}

// knownJunk names the answer that nothing contradicts: plans are a bare array, an empty one is what a panel without
// plans sends, and it tells nothing that could be compared. A client with a plan is no evidence against it either: a
// plan in use can be deleted, and its clients keep what they have. The list is asked for twice, so that it takes two
// wrong answers.
var knownJunk = map[string]string{"plans: []": "it is the panel's form of an empty list"}

func openWorld(t testing.TB, panel keyhelptest.Dialect, dialect keyhelp.Dialect) *providertest.World {
	srv := keyhelptest.NewServer(keyhelptest.WithDialect(panel), keyhelptest.InMemory())
	plans := srv.Plans()
	logs := new(providertest.Log)
	open := func(key string, more ...provider.Option) provider.Provider {
		client, err := keyhelp.New(srv.URL, provider.NewSecret(key), append(more,
			provider.WithHTTPClient(srv.Client()),
			provider.WithLogger(slog.New(slog.NewTextHandler(logs, &slog.HandlerOptions{Level: slog.LevelDebug}))),
			logs.Dumps(t),
			keyhelp.WithDialect(dialect),
			// The panel's IDs begin here; a small gap keeps the thousands of cases fast.
			keyhelp.WithScan(keyhelp.Scan{ClientsFrom: 1200, DomainsFrom: 65300, Gap: 16}))...)
		if err != nil {
			t.Fatal(err)
		}
		return keyhelp.NewProvider(client)
	}
	return &providertest.World{
		Provider: open(srv.Key),
		Reopen:   func() provider.Provider { return open(srv.Key) },
		BadKey:   func() provider.Provider { return open("wrong.canary-of-a-wrong-key") },
		Faults:   srv.Faults,
		Evidence: evidence(t, dialect),
		Request: func(n int) *provider.CreateRequest {
			return &provider.CreateRequest{
				Reference: fmt.Sprintf("order-%d", n),
				Username:  fmt.Sprintf("customer%d", n),
				Password:  provider.NewSecret(fmt.Sprintf("Canary+Passw0rd/%d", n)),
				Email:     fmt.Sprintf("customer%d@example.com", n),
				Name:      fmt.Sprintf("Customer %d", n),
				Domain:    fmt.Sprintf("customer%d.example", n),
				Plan:      strconv.FormatInt(plans[0].ID, 10),
			}
		},
		OtherPlan:        strconv.FormatInt(plans[1].ID, 10),
		MissingID:        "999999",
		Reads:            func(r *http.Request) bool { return r.Method == http.MethodGet },
		Accounts:         func() []providertest.Truth { return truths(srv) },
		IgnoreSuspension: srv.IgnoreSuspension,
		HideAccounts:     srv.HideClients,
		Deny:             func(match func(*http.Request) bool, kind error) { deny(srv, panel, match, kind) },
		AddForeign: func(username string) string {
			id := srv.AddClient(keyhelptest.Client{Username: username, Email: "other@example.com", DisplayName: "Somebody Else", PlanID: plans[0].ID})
			return strconv.FormatInt(id, 10)
		},
		Signed: func(current provider.Secret, old ...provider.Secret) provider.Provider {
			return open(srv.Key, provider.WithMarkerKeys(current, old...))
		},
		Customer: customersTexts(srv, panel), NamedOnly: panel == keyhelptest.Documented,
		Canaries: []string{srv.Key, "canary-of-a-wrong-key"},
		Logs:     logs.String,
	}
}

// evidence is that of the inventory: the vendor's wiki documents the live dialect, and the reference that
// came with a module the other. A client that finds out the dialect does not know it in Describe.
func evidence(t testing.TB, dialect keyhelp.Dialect) func(faults.Request) provider.Evidence {
	if dialect == keyhelp.DialectAuto {
		return nil
	}
	return clienttest.Evidence(t, "../testdata/keyhelp/operations.tsv", func(line map[string]string) provider.Evidence {
		by := "wiki"
		if dialect == keyhelp.DialectDocumented {
			by = "documented"
		}
		switch mark := line["evidence"]; {
		case strings.Contains(mark, by):
			return provider.EvidenceDocumented
		case strings.Contains(mark, "●"): // one client, or two and more
			return provider.EvidenceProgram
		}
		return provider.EvidenceAssumed
	})
}

// deny answers in the form of the panel's dialect. No source describes a 403 in either.
func deny(srv *keyhelptest.Server, panel keyhelptest.Dialect, match func(*http.Request) bool, kind error) {
	denial := faults.Fault{Kind: faults.Status, StatusCode: http.StatusNotFound, Body: `{"error": "Client not found"}`}
	if panel == keyhelptest.Live {
		denial.Body = `{"code": "404 Not Found", "message": "Client not found."}`
	}
	if errors.Is(kind, provider.ErrForbidden) {
		denial.StatusCode, denial.Body = http.StatusForbidden, `{"error": "Forbidden"}`
		if panel == keyhelptest.Live {
			denial.Body = `{"code": "403 Forbidden", "message": "Forbidden."}`
		}
	}
	srv.Faults.When(match, 0, denial)
}

// customersTexts are what a client can write in his profile. Notes are the staff's.
func customersTexts(srv *keyhelptest.Server, panel keyhelptest.Dialect) []providertest.Field {
	field := func(name string, of func(*keyhelptest.Client) *string) providertest.Field {
		edit := func(id string, do func(text *string)) {
			n, _ := strconv.ParseInt(id, 10, 64)
			srv.EditClient(n, func(c *keyhelptest.Client) { do(of(c)) })
		}
		return providertest.Field{
			Name: name,
			Get:  func(id string) (text string) { edit(id, func(t *string) { text = *t }); return text },
			Set:  func(id, text string) { edit(id, func(t *string) { *t = text }) },
		}
	}
	if panel == keyhelptest.Documented {
		return []providertest.Field{field("display_name", func(c *keyhelptest.Client) *string { return &c.DisplayName })}
	}
	return []providertest.Field{
		field("last_name", func(c *keyhelptest.Client) *string { return &c.Contact.LastName }),
		field("company", func(c *keyhelptest.Client) *string { return &c.Contact.Company }),
	}
}

// truths reads the panel's state directly, not through its API.
func truths(srv *keyhelptest.Server) []providertest.Truth {
	domains := make(map[int64][]string)
	for _, d := range srv.Domains() {
		domains[d.ClientID] = append(domains[d.ClientID], d.Name)
	}
	var out []providertest.Truth
	for _, c := range srv.Clients() {
		_, reference, _ := provider.Markers{}.Read(c.Notes, c.Username)
		if reference == "" {
			_, reference, _ = provider.Markers{}.Read(c.DisplayName, c.Username)
		}
		out = append(out, providertest.Truth{
			ID: strconv.FormatInt(c.ID, 10), Username: c.Username, Reference: reference,
			Plan: strconv.FormatInt(c.PlanID, 10), Password: c.Password, Domains: domains[c.ID], Suspended: c.Suspended,
			Complete: len(domains[c.ID]) > 0,
		})
	}
	return out
}
