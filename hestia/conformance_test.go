package hestia_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/hestia/hestiatest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/providertest"
)

// TestConformance runs the conformance suite, on a panel whose v-add-user and v-add-domain take time, for each way to
// sign in that the panel treats differently: a key of the root user, the legacy engine, and a key of the shipped
// profile "billing", as far as that goes.
func TestConformance(t *testing.T) {
	for _, test := range []struct {
		name string
		auth func(*hestiatest.Server) (good, bad hestia.Auth)
		// differs are the capabilities in which it differs from the first
		differs []provider.Capability
		less    func(provider.Provider) provider.Provider // declares what the key cannot do
	}{
		{"access key", func(srv *hestiatest.Server) (hestia.Auth, hestia.Auth) {
			return hestia.AccessKey(srv.AccessKey, provider.NewSecret(srv.SecretKey)), hestia.AccessKey(srv.AccessKey, provider.NewSecret(wrongSecret))
		}, nil, asItIs},
		{"legacy API key", func(srv *hestiatest.Server) (hestia.Auth, hestia.Auth) {
			return hestia.APIKey(provider.NewSecret(srv.APIKey)), hestia.APIKey(provider.NewSecret(wrongKey))
		}, []provider.Capability{provider.CapCreate, provider.CapGet, provider.CapSuspend, provider.CapTerminate}, asItIs},
		{"billing profile", func(srv *hestiatest.Server) (hestia.Auth, hestia.Auth) {
			return profileKey(srv, "billing"), hestia.AccessKey(srv.AccessKey, provider.NewSecret(wrongSecret))
		}, []provider.Capability{provider.CapCreate, provider.CapFind}, asBilling},
	} {
		t.Run(test.name, func(t *testing.T) {
			providertest.Run(t, providertest.Harness{
				Name: "hestia " + test.name, Variant: test.differs,
				Open: func(t testing.TB) *providertest.World {
					srv := hestiatest.NewServer(hestiatest.InMemory(), hestiatest.WithPackages(packageOf("default"), packageOf("small"), packageOf("large")))
					for command, d := range scriptTimes {
						if strings.HasPrefix(command, "v-add-") {
							srv.TakeTime(command, d/100) // the suite also measures
						}
					}
					good, bad := test.auth(srv)
					return openWorld(t, srv, good, bad, test.less)
				},
			})
		})
	}
}

const (
	wrongSecret = "canaryCANARYcanaryCANARYcanaryCANARY0000"
	wrongKey    = "canaryCANARYcanaryCANARY00000000"
)

func packageOf(name string) hestiatest.Package { return hestiatest.Package{Name: name} }

// evidence: commands whose exchanges were recorded are replayed by the tests; all others stand in the panel's source.
func evidence(t testing.TB) func(faults.Request) provider.Evidence {
	commands := sync.OnceValue(func() map[string]bool {
		found := make(map[string]bool)
		for _, e := range recorded(t) {
			found[e.fields()["cmd"]] = true
		}
		return found
	})
	return func(q faults.Request) provider.Evidence {
		form, _ := url.ParseQuery(string(q.Body))
		if commands()[form.Get("cmd")] {
			return provider.EvidenceRecorded
		}
		return provider.EvidenceDocumented
	}
}

func asItIs(p provider.Provider) provider.Provider { return p }

// billing is the adapter without what the profile "billing" does not permit: plans, Find by a domain, and the reset link.
type billing struct {
	provider.Provider
	provider.Lister
	provider.PlanChanger
	provider.PasswordChanger
	provider.UsageReader
	provider.FleetUsageReader
	provider.Poller
}

func asBilling(p provider.Provider) provider.Provider {
	h := p.(*hestia.Provider)
	return billing{h, h, h, h, h, h, h}
}

func (b billing) Describe() *provider.Description {
	d := *b.Provider.Describe()
	d.Capabilities = maps.Clone(d.Capabilities)
	delete(d.Capabilities, provider.CapPlans)
	return &d
}

func (b billing) SignOn(ctx context.Context, req *provider.SignOnRequest) (*provider.SignOn, error) {
	if req != nil && req.Kind == provider.SignOnReset {
		return nil, provider.Problems{"Kind": `"reset" is not offered here, only "plain"`}.Err(hestia.Kind, "SignOn", "sign on to account")
	}
	return b.Provider.SignOn(ctx, req)
}

func (b billing) Find(ctx context.Context, q provider.Query) (*provider.Account, error) {
	a, err := b.Provider.Find(ctx, q)
	if q.Domain != "" && errors.Is(err, provider.ErrForbidden) {
		return nil, &provider.Error{Provider: hestia.Kind, Kind: provider.ErrUnsupported, Message: "no search by domain", Err: err}
	}
	return a, err
}

func openWorld(
	t testing.TB, srv *hestiatest.Server, good, bad hestia.Auth, less func(provider.Provider) provider.Provider,
) *providertest.World {
	logs := new(providertest.Log)
	open := func(auth hestia.Auth, more ...provider.Option) provider.Provider {
		client, err := hestia.New(srv.URL, auth, append(more,
			provider.WithHTTPClient(srv.Client()),
			provider.WithLogger(slog.New(slog.NewTextHandler(logs, &slog.HandlerOptions{Level: slog.LevelDebug}))),
			logs.Dumps(t))...)
		if err != nil {
			t.Fatal(err)
		}
		return less(hestia.NewProvider(client))
	}
	_, limited := open(good).(billing)
	return &providertest.World{
		Provider: open(good),
		Reopen:   func() provider.Provider { return open(good) },
		BadKey:   func() provider.Provider { return open(bad) },
		Faults:   srv.Faults,
		Evidence: evidence(t),
		Request: func(n int) *provider.CreateRequest {
			return &provider.CreateRequest{
				Reference: fmt.Sprintf("order-%d", n),
				Username:  fmt.Sprintf("customer%d", n),
				Password:  provider.NewSecret(fmt.Sprintf("Canary+Passw0rd/%d", n)),
				Email:     fmt.Sprintf("customer%d@example.com", n),
				Name:      fmt.Sprintf("Customer %d", n),
				Domain:    fmt.Sprintf("customer%d.example.com", n),
				Plan:      "small",
			}
		},
		Reads:            func(r *http.Request) bool { return strings.HasPrefix(r.FormValue("cmd"), "v-list-") },
		Asks:             func(r *http.Request) bool { return limited && r.FormValue("cmd") == "v-add-domain" },
		OtherPlan:        "large",
		MissingID:        "nobodyhere",
		Accounts:         func() []providertest.Truth { return truths(srv) },
		IgnoreSuspension: srv.IgnoreSuspension,
		HideAccounts:     srv.HideUsers,
		Deny:             func(match func(*http.Request) bool, kind error) { deny(srv, match, kind) },
		Refusal:          faults.Fault{Kind: faults.Custom, Answer: refuse},
		AddForeign: func(username string) string {
			srv.AddUser(hestiatest.User{Name: username, Email: "other@example.com", DisplayName: "Somebody Else", Package: "small"})
			return username
		},
		Signed: func(current provider.Secret, old ...provider.Secret) provider.Provider {
			return open(good, provider.WithMarkerKeys(current, old...))
		},
		Customer: []providertest.Field{{
			Name: "NAME",
			Get:  func(id string) string { u, _ := srv.User(id); return u.DisplayName },
			Set:  func(id, text string) { srv.RenameUser(id, text) },
		}},
		Canaries: []string{srv.SecretKey, srv.APIKey, wrongSecret, wrongKey},
		Logs:     logs.String,
	}
}

// refuse answers like a command that does not accept a value: see deny.
func refuse(w http.ResponseWriter, r *http.Request, _ http.Handler) {
	status, text := http.StatusUnprocessableEntity, "Error: invalid value"
	if r.PostFormValue("access_key") == "" {
		status = http.StatusOK
	} else {
		w.Header().Set("Hestia-Exit-Code", "2")
	}
	if r.PostFormValue("returncode") == "yes" {
		status, text = http.StatusOK, "2"
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

// deny answers like a command that did not find its user, or was not permitted: the body is the
// exit code if the request asks for it, otherwise a text. The legacy engine shows only one of the
// two.
func deny(srv *hestiatest.Server, match func(*http.Request) bool, kind error) {
	status, code, text := http.StatusBadRequest, "3", "Error: user nobody doesn't exist"
	if errors.Is(kind, provider.ErrForbidden) {
		status, code, text = http.StatusUnauthorized, "10", "Error: user can't use this command"
	}
	if match == nil {
		match = func(*http.Request) bool { return true }
	}
	for _, form := range []struct{ legacy, codes bool }{{true, true}, {true, false}, {false, true}, {false, false}} {
		denial := faults.Fault{Kind: faults.Status, StatusCode: status, Body: text}
		if form.codes {
			denial.Body = code
		}
		if form.codes || form.legacy {
			denial.StatusCode = http.StatusOK
		}
		if !form.legacy {
			denial.Header = http.Header{"Hestia-Exit-Code": {code}}
		}
		srv.Faults.When(func(r *http.Request) bool {
			return match(r) && (r.PostFormValue("access_key") == "") == form.legacy && (r.PostFormValue("returncode") == "yes") == form.codes
		}, 0, denial)
	}
}

// truths returns the panel's state, not through the API.
func truths(srv *hestiatest.Server) []providertest.Truth {
	var out []providertest.Truth
	for _, u := range srv.Users() {
		if u.Role == "admin" {
			continue
		}
		_, reference, _ := provider.Markers{}.Read(u.DisplayName, u.Name)
		out = append(out, providertest.Truth{
			ID: u.Name, Username: u.Name, Reference: reference, Plan: u.Package, Password: u.Password,
			Domains: u.WebDomains, Suspended: u.Suspended, Complete: len(u.WebDomains) > 0,
		})
	}
	return out
}
