package vendorprograms

// elizon's own SDK for TypeScript, elizonapp/api-client-typescript, commit 7a6591a of 2026-07-19. Its
// sources:
//
//	every request   src/client.ts (executeFetch, isApiFailure), src/extract-error-code.ts
//	each method     src/resources/<group>.ts: method, path, query, body, and the codes after @throws
//	each answer     src/schemas/<group>.ts, which elizon_sdk_shapes_test.go repeats
//	order of steps  examples/auth.ts, services.ts, checkout.ts, pay-invoice.ts; README.md
//	codes           docs/ERROR_CODES.md and the registry src/error-codes.ts
//
// Each subtest is a group of methods, each of its subtests a method. An API key goes where README.md sends
// it: into the token, as a Bearer.

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/provkit/provkit/elizon/elizontest"
)

// sdk is an ElizonClient: its token, and the client kind that X-Elizon-Client names.
type sdk struct {
	*program
	token string
	told  map[string]bool // what is wrong with answers, once each
}

func newSDK(base, kind, token string) *sdk {
	return &sdk{program: newProgram(base, "Accept", "application/json", "X-Elizon-Client", kind), token: token, told: map[string]bool{}}
}

// apiError is what the SDK throws.
type apiError struct {
	code   string
	status int
	body   string
}

// fetch is executeFetch: it returns the decoded answer, or what the SDK throws.
func (s *sdk) fetch(t *testing.T, method, path string, body any) (map[string]any, *apiError) {
	t.Helper()
	if s.header.Del("Authorization"); s.token != "" {
		s.header.Set("Authorization", "Bearer "+s.token)
	}
	var contentType, sent string
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		contentType, sent = "application/json", string(encoded)
	}
	a := s.send(t, method, path, contentType, sent)
	var got map[string]any
	if strings.Contains(a.header.Get("Content-Type"), "application/json") {
		_ = json.Unmarshal(a.body, &got) // what is no JSON is null to it
	}
	status := a.status
	if semantic, ok := got["status"].(float64); ok {
		status = int(semantic)
	}
	failed := status < 200 || status >= 300 || got["success"] == false
	if ok, decides := got["ok"].(bool); decides {
		failed = !ok
	}
	if !failed {
		return got, nil
	}
	thrown := &apiError{code: "apiErrorUnknown", status: status, body: string(a.body)}
	if code, _ := got["errorCode"].(string); code != "" {
		thrown.code = code
	}
	if thrown.code == "unauthenticated" || status == http.StatusUnauthorized {
		s.token = ""
	}
	return nil, thrown
}

// call is a method that has to succeed with an answer of this shape.
func (s *sdk) call(t *testing.T, of kind, method, path string, body any) map[string]any {
	t.Helper()
	got, thrown := s.fetch(t, method, path, body)
	if thrown != nil {
		t.Fatalf("%s throws %s (%d) at %s %s: %s", source(t), thrown.code, thrown.status, method, path, thrown.body)
	}
	for _, wrong := range of.wrong("answer", got) {
		if told := method + path + wrong; !s.told[told] {
			s.told[told] = true
			t.Errorf("%s: by its declared type, %s in the answer of %s %s", source(t), wrong, method, path)
		}
	}
	return got
}

// throws is a method that has to throw one of the codes, which the registry in error-codes.ts has.
func (s *sdk) throws(t *testing.T, method, path string, body any, codes ...string) {
	t.Helper()
	token := s.token
	got, thrown := s.fetch(t, method, path, body)
	s.token = token
	if thrown == nil {
		t.Errorf("%s throws %s at %s %s, and it was done: %v", source(t), strings.Join(codes, " or "), method, path, got)
	} else if !slices.Contains(codes, thrown.code) {
		t.Errorf("%s throws %s at %s %s, not %s (%d): %s", source(t), strings.Join(codes, " or "), method, path,
			thrown.code, thrown.status, thrown.body)
	}
}

// source is the file that declares the method whose step this is.
func source(t *testing.T) string {
	parts := strings.Split(t.Name(), "/")
	if parts[0] != "TestElizonSDK" {
		return "ignite-mobile, " + parts[1]
	}
	return "src/resources/" + parts[1] + ".ts " + strings.Join(parts[2:], " ")
}

// query is what buildUrl appends.
func query(fields ...string) string {
	values := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		values.Set(fields[i], fields[i+1])
	}
	return "?" + values.Encode()
}

// elizonWorld is an emulator, and what a program has on it after README.md's first steps: a session, an
// API key, and a virtual server and a web space.
type elizonWorld struct {
	srv     *elizontest.Server
	session *sdk
	api     *sdk // clientKind "api", with an API key
	desktop *sdk // clientKind "desktop", with the same key
	vps     string
	web     string
}

func newElizonWorld(t *testing.T) *elizonWorld {
	t.Helper()
	srv := elizontest.NewServer()
	t.Cleanup(srv.Close)
	w := &elizonWorld{srv: srv, api: newSDK(srv.URL, "api", srv.Key), desktop: newSDK(srv.URL, "desktop", srv.Key)}
	w.session = newSDK(srv.URL, "api", "")
	got, thrown := w.session.fetch(t, http.MethodPost, "/api/auth/login",
		fields{"email": srv.Email, "password": srv.Password, "rememberMe": true})
	if thrown != nil {
		t.Fatalf("src/resources/auth.ts login throws %s: %s", thrown.code, thrown.body)
	}
	w.session.token = str(got["token"])
	w.vps = srv.AddService(elizontest.Service{ProductID: w.product("PROXMOX")}).ID
	w.web = srv.AddService(elizontest.Service{ProductID: w.product("PLESK")}).ID
	return w
}

// product returns a product that this kind of provider runs, or "".
func (w *elizonWorld) product(providerType string) string {
	for _, category := range w.srv.Categories() {
		for _, product := range w.srv.Products() {
			if category.ProviderType == providerType && product.CategoryKey == category.Key && product.Stock != 0 {
				return product.ID
			}
		}
	}
	return ""
}

func TestElizonSDK(t *testing.T) {
	t.Parallel()
	groups := map[string]func(*testing.T, *elizonWorld){
		"auth": sdkAuth, "services": sdkServices, "billing": sdkBilling, "checkout": sdkCheckout, "shop": sdkShop,
		"dashboard": sdkDashboard, "domains": sdkDomains, "subdomains": sdkSubdomains, "ip-manager": sdkIPManager,
		"ssh-keys": sdkSSHKeys, "support": sdkSupport, "user": sdkUserMethods, "wallet": sdkWallet, "business": sdkBusiness,
		"affiliates": sdkAffiliates, "family": sdkFamily, "byoip": sdkBYOIP, "floating-ips": sdkFloatingIPs,
	}
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		t.Run(name, func(t *testing.T) { groups[name](t, newElizonWorld(t)) })
	}
}

func (e *apiError) String() string {
	if e == nil {
		return "nothing"
	}
	return fmt.Sprintf("%s (%d)", e.code, e.status)
}
