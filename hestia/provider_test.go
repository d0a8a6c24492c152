package hestia_test

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/bcrypt"

	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/hestia/hestiatest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

func newServer(t *testing.T, opts ...hestiatest.Option) *hestiatest.Server {
	t.Helper()
	opts = append([]hestiatest.Option{hestiatest.InMemory(), hestiatest.WithPackages(packageOf("default"), packageOf("small"), packageOf("large"))}, opts...)
	return hestiatest.NewServer(opts...)
}

func providerOn(t *testing.T, srv *hestiatest.Server, auth hestia.Auth, opts ...provider.Option) *hestia.Provider {
	t.Helper()
	client, err := hestia.New(srv.URL, auth, append([]provider.Option{provider.WithHTTPClient(srv.Client())}, opts...)...)
	require.NoError(t, err)
	return hestia.NewProvider(client)
}

func rootKey(srv *hestiatest.Server) hestia.Auth {
	return hestia.AccessKey(srv.AccessKey, provider.NewSecret(srv.SecretKey))
}

func orderOf(n int) *provider.CreateRequest {
	return &provider.CreateRequest{
		Reference: "order-" + strconv.Itoa(n), Username: "customer" + strconv.Itoa(n), Password: provider.NewSecret("Secret+Passw0rd"),
		Email: "max@example.com", Name: "Max Mustermann", Domain: fmt.Sprintf("customer%d.example.com", n), Plan: "small",
	}
}

// TestBillingProfile: the shipped profile of least rights is enough for the whole life of an
// account, and Check reports what it lacks. A forbidden command counts towards a ban of the
// client's address, so none is tried twice.
func TestBillingProfile(t *testing.T) {
	srv := newServer(t)
	id, secret := srv.AddAccessKey(srv.AdminUser, "billing")
	p := providerOn(t, srv, hestia.AccessKey(id, provider.NewSecret(secret)))
	ctx := t.Context()
	for range 3 {
		report, err := p.Check(ctx)
		require.NoError(t, err)
		rights := report.Step(provider.CheckRights)
		require.Equal(t, provider.CheckWarning, rights.State)
		require.Equal(t, "the key cannot read the version, list packages, look for the owner of a domain", rights.Detail)
	}
	for n := range 3 {
		created, err := p.Create(ctx, orderOf(n))
		require.NoError(t, err)
		require.Equal(t, provider.OutcomeChanged, created.Outcome)
		again, err := p.Create(ctx, orderOf(n))
		require.NoError(t, err)
		require.Equal(t, provider.OutcomeAlready, again.Outcome)
		user, ok := srv.User(created.Account.ID)
		require.True(t, ok)
		require.Equal(t, []string{orderOf(n).Domain}, user.WebDomains)
	}
	for verb, do := range map[string]func() (provider.Outcome, error){
		"1 suspend":   func() (provider.Outcome, error) { return p.Suspend(ctx, "customer0") },
		"2 unsuspend": func() (provider.Outcome, error) { return p.Unsuspend(ctx, "customer0") },
		"3 plan":      func() (provider.Outcome, error) { return p.ChangePlan(ctx, "customer1", "large") },
		"4 password": func() (provider.Outcome, error) {
			return p.ChangePassword(ctx, "customer1", provider.NewSecret("An0ther+Secret"))
		},
		"5 terminate": func() (provider.Outcome, error) { return p.Terminate(ctx, "customer2") },
	} {
		if verb == "2 unsuspend" {
			_, err := p.Suspend(ctx, "customer0")
			require.NoError(t, err)
		}
		outcome, err := do()
		require.NoError(t, err, verb)
		require.Contains(t, []provider.Outcome{provider.OutcomeChanged, provider.OutcomeAlready}, outcome, verb)
	}
	count := 0
	for report, err := range p.FleetUsage(ctx) {
		require.NoError(t, err)
		require.NotEmpty(t, report.Values)
		count++
	}
	require.Equal(t, 2, count)
	_, err := p.Plans(ctx)
	require.ErrorIs(t, err, provider.ErrForbidden)

	forbidden := forbiddenCommands(srv)
	delete(forbidden, "v-list-user-packages") // once by Check, once because Plans was asked for
	require.Equal(t, map[string]int{"v-list-sys-config": 1, "v-search-domain-owner": 1, "v-list-web-domain": 1}, forbidden)
}

// TestHalfADomainWithBilling: if domains cannot be looked up, the user's own counters resolve a
// lost answer.
func TestHalfADomainWithBilling(t *testing.T) {
	for _, fault := range []faults.Fault{{Kind: faults.Drop}, {Kind: faults.Drop, After: true}, {Kind: faults.Status, StatusCode: 500, After: true}, {Kind: faults.HTML, After: true}} {
		srv := newServer(t)
		id, secret := srv.AddAccessKey(srv.AdminUser, "billing")
		p := providerOn(t, srv, hestia.AccessKey(id, provider.NewSecret(secret)), provider.WithReadLag(0)) // the emulator shows all at once
		srv.Faults.When(func(r *http.Request) bool { return r.FormValue("cmd") == "v-add-domain" }, 1, fault)
		created, err := p.Create(t.Context(), orderOf(1))
		require.NoError(t, err, fault)
		require.Equal(t, provider.OutcomeChanged, created.Outcome)
		user, _ := srv.User("customer1")
		require.Equal(t, []string{"customer1.example.com"}, user.WebDomains, fault)
	}
}

// TestRootUserIsNeverTouched: the panel answers "done" when its root user is to be deleted, so the
// adapter must not even ask.
func TestRootUserIsNeverTouched(t *testing.T) {
	srv := newServer(t, hestiatest.WithRootUser("chief"))
	p := providerOn(t, srv, rootKey(srv))
	ctx := t.Context()
	before, _ := srv.User("chief")
	for name, do := range map[string]func() error{
		"get":       func() error { _, err := p.Get(ctx, "chief"); return err },
		"suspend":   func() error { _, err := p.Suspend(ctx, "chief"); return err },
		"unsuspend": func() error { _, err := p.Unsuspend(ctx, "chief"); return err },
		"plan":      func() error { _, err := p.ChangePlan(ctx, "chief", "large"); return err },
		"password": func() error {
			_, err := p.ChangePassword(ctx, "chief", provider.NewSecret("An0ther+Secret"))
			return err
		},
		"terminate": func() error { _, err := p.Terminate(ctx, "chief"); return err },
		"usage":     func() error { _, err := p.Usage(ctx, "chief"); return err },
		"sign on":   func() error { _, err := p.SignOn(ctx, &provider.SignOnRequest{AccountID: "chief"}); return err },
	} {
		require.ErrorIs(t, do(), provider.ErrForbidden, name)
	}
	order := orderOf(1)
	order.Username = "chief"
	_, err := p.Create(ctx, order)
	require.ErrorIs(t, err, provider.ErrAlreadyExists)
	for _, r := range srv.Faults.Requests() {
		form, _ := url.ParseQuery(string(r.Body))
		require.True(t, strings.HasPrefix(form.Get("cmd"), "v-list-"), form.Get("cmd"))
	}
	after, _ := srv.User("chief")
	require.Equal(t, before, after)
	for account, err := range p.List(ctx, nil) {
		require.NoError(t, err)
		t.Errorf("lists %s", account.ID)
	}
}

// TestSignOn: the login page, or a reset link whose code the panel will accept.
func TestSignOn(t *testing.T) {
	srv := newServer(t)
	p := providerOn(t, srv, rootKey(srv))
	created, err := p.Create(t.Context(), orderOf(1))
	require.NoError(t, err)
	plain, err := p.SignOn(t.Context(), &provider.SignOnRequest{AccountID: created.Account.ID})
	require.NoError(t, err)
	require.Equal(t, provider.SignOnPlain, plain.Kind)
	require.Equal(t, srv.URL+"/login/", plain.URL.Reveal())

	reset, err := p.SignOn(t.Context(), &provider.SignOnRequest{AccountID: created.Account.ID, Kind: provider.SignOnReset})
	require.NoError(t, err)
	require.Equal(t, provider.SignOnReset, reset.Kind)
	require.Contains(t, p.Describe().Capabilities[provider.CapSignOn].Note, "works only in a browser that has the login page open")
	require.WithinDuration(t, time.Now().Add(15*time.Minute), reset.ExpiresAt, time.Minute)
	link, err := url.Parse(reset.URL.Reveal())
	require.NoError(t, err)
	require.Equal(t, "/reset/", link.Path)
	require.Equal(t, []string{"confirm", "customer1"}, []string{link.Query().Get("action"), link.Query().Get("user")})
	user, _ := srv.User("customer1")
	require.NoError(t, bcrypt.CompareHashAndPassword([]byte(user.Config["RKEY"]), []byte(link.Query().Get("code"))))
	require.NotContains(t, fmt.Sprintf("%v %+v %#v", reset, reset, reset), link.Query().Get("code"))

	_, err = p.SignOn(t.Context(), &provider.SignOnRequest{AccountID: created.Account.ID, Kind: provider.SignOnConsole})
	require.ErrorIs(t, err, provider.ErrInvalid)
}

// TestPHPMyAdminSignOn checks the link as the panel's script does.
func TestPHPMyAdminSignOn(t *testing.T) {
	srv := newServer(t)
	client := providerOn(t, srv, rootKey(srv)).Client()
	req := &hestia.PHPMyAdminRequest{User: "alice", Database: "alice_shop", ClientIP: netip.MustParseAddr("192.0.2.9")}
	srv.SetConfig("PHPMYADMIN_KEY", "")
	_, err := client.PHPMyAdminSignOn(t.Context(), req)
	require.ErrorIs(t, err, provider.ErrUnsupported)

	srv.SetConfig("PHPMYADMIN_KEY", "canary-phpmyadmin-key")
	srv.SetConfig("DB_PMA_ALIAS", "phpmyadmin")
	for _, database := range []string{"alice_shop", "alice_" + strings.Repeat("long", 14)} {
		req.Database = database
		session, err := client.PHPMyAdminSignOn(t.Context(), req)
		require.NoError(t, err)
		link, err := url.Parse(session.URL.Reveal())
		require.NoError(t, err)
		require.Equal(t, "/phpmyadmin/hestia-sso.php", link.Path)
		q := link.Query()
		require.Equal(t, []string{database, "alice"}, []string{q.Get("database"), q.Get("user")})
		signed := database + "alice" + "192.0.2.9" + q.Get("exp") + "canary-phpmyadmin-key"
		// PHP looks at 72 bytes only.
		require.NoError(t, bcrypt.CompareHashAndPassword([]byte(q.Get("hestia_token")), []byte(signed)[:min(72, len(signed))]))
		require.NotContains(t, fmt.Sprintf("%+v", session), q.Get("hestia_token"))
	}
	sent := srv.Faults.Count()
	_, err = client.PHPMyAdminSignOn(t.Context(), &hestia.PHPMyAdminRequest{Site: "javascript:x"})
	var e *provider.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, []string{"ClientIP", "Database", "Site", "User"}, sortedKeys(e.Fields))
	require.Equal(t, sent, srv.Faults.Count())
}

// TestUnknownPackage: the error blames the plan, although the code on the wire is that of a missing
// user.
func TestUnknownPackage(t *testing.T) {
	srv := newServer(t)
	p := providerOn(t, srv, rootKey(srv))
	order := orderOf(1)
	order.Plan = "golden"
	_, err := p.Create(t.Context(), order)
	require.ErrorIs(t, err, provider.ErrInvalid)
	require.NotErrorIs(t, err, provider.ErrNotFound)
	var e *provider.Error
	require.ErrorAs(t, err, &e)
	require.Contains(t, e.Fields, "Plan")
	require.Len(t, srv.Users(), 1, "only the root user")

	_, err = p.Create(t.Context(), orderOf(1))
	require.NoError(t, err)
	_, err = p.ChangePlan(t.Context(), "customer1", "golden")
	require.ErrorIs(t, err, provider.ErrInvalid)
}

// TestConcurrentCreates: the server gets one change at a time, and none is lost.
func TestConcurrentCreates(t *testing.T) {
	srv := newServer(t)
	var mu sync.Mutex
	changing, most := 0, 0
	watch := roundTripper(func(req *http.Request) (*http.Response, error) {
		body, _ := req.GetBody()
		form := readForm(t, body)
		if !strings.HasPrefix(form.Get("cmd"), "v-list-") {
			mu.Lock()
			changing++
			most = max(most, changing)
			mu.Unlock()
			defer func() { mu.Lock(); changing--; mu.Unlock() }()
		}
		return srv.Client().Transport.RoundTrip(req)
	})
	p := providerOn(t, srv, rootKey(srv), provider.WithHTTPClient(&http.Client{Transport: watch}), provider.WithMaxConnections(50))
	var group sync.WaitGroup
	failed := make([]error, 50)
	for n := range failed {
		group.Go(func() { _, failed[n] = p.Create(t.Context(), orderOf(n)) })
	}
	group.Wait()
	for n, err := range failed {
		require.NoError(t, err)
		user, ok := srv.User("customer" + strconv.Itoa(n))
		require.True(t, ok, n)
		require.Equal(t, []string{orderOf(n).Domain}, user.WebDomains)
	}
	require.Equal(t, 1, most, "concurrent changes")
}

// TestDriver opens panels from plain configuration.
func TestDriver(t *testing.T) {
	srv := newServer(t)
	drivers := provider.Drivers{hestia.Driver}
	for name, cfg := range map[string]provider.ServerConfig{
		"access key": {Username: srv.AccessKey, Secret: provider.NewSecret(srv.SecretKey)},
		"api key":    {Secret: provider.NewSecret(srv.APIKey), Options: map[string]string{"sign_in": "api_key"}},
		"password":   {Username: srv.AdminUser, Secret: provider.NewSecret(srv.AdminPassword), Options: map[string]string{"sign_in": "password"}},
	} {
		cfg.Kind, cfg.URL = "hestia", srv.URL
		p, err := drivers.Open(cfg, provider.WithHTTPClient(srv.Client()))
		require.NoError(t, err, name)
		report, err := p.Check(t.Context())
		require.NoError(t, err, name)
		require.NotEmpty(t, report.Version, name)
	}
	sent := srv.Faults.Count()
	_, err := drivers.Open(provider.ServerConfig{Kind: "hestia", URL: "ftp://x", Username: "short", Secret: provider.NewSecret("x"), Options: map[string]string{
		"sign_in": "magic", "time_zone": "Nowhere/At all", "pin": "y",
	}})
	var e *provider.Error
	require.ErrorAs(t, err, &e)
	for _, field := range []string{"username", "secret", "url", "options.sign_in", "options.time_zone"} {
		require.Contains(t, e.Fields, field)
	}
	require.Equal(t, sent, srv.Faults.Count())
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func readForm(t *testing.T, body io.Reader) url.Values {
	t.Helper()
	text, err := io.ReadAll(body)
	require.NoError(t, err)
	form, err := url.ParseQuery(string(text))
	require.NoError(t, err)
	return form
}

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

// TestBillingAddsTheOrderedDomain: a user who has some domain need not have the ordered one, and a
// key of the billing profile cannot ask for it by name.
func TestBillingAddsTheOrderedDomain(t *testing.T) {
	srv := newServer(t)
	id, secret := srv.AddAccessKey(srv.AdminUser, "billing")
	p := providerOn(t, srv, hestia.AccessKey(id, provider.NewSecret(secret)), provider.WithReadLag(0))
	order := orderOf(1)
	order.Domain = ""
	_, err := p.Create(t.Context(), order)
	require.NoError(t, err)
	_, err = providerOn(t, srv, rootKey(srv)).Client().Run(t.Context(), "v-add-web-domain", "customer1", "customers-own.example.com")
	require.NoError(t, err)

	created, err := p.Create(t.Context(), orderOf(1))
	require.NoError(t, err)
	require.Equal(t, provider.OutcomeChanged, created.Outcome)
	user, _ := srv.User("customer1")
	require.ElementsMatch(t, []string{"customers-own.example.com", "customer1.example.com"}, user.WebDomains)

	again, err := p.Create(t.Context(), orderOf(1))
	require.NoError(t, err)
	require.Equal(t, provider.OutcomeAlready, again.Outcome)

	// Another user's domain is refused if the user's count shows it.
	other := orderOf(2)
	other.Domain = "customer1.example.com"
	_, err = p.Create(t.Context(), other)
	require.ErrorIs(t, err, provider.ErrAlreadyExists)
}

// TestFindSpelling: people ignore case and the panel does not, so the list of users decides.
func TestFindSpelling(t *testing.T) {
	srv := newServer(t)
	srv.AddUser(hestiatest.User{Name: "Max", Email: "max@example.com", DisplayName: "Max Mustermann", Package: "small"})
	p := providerOn(t, srv, rootKey(srv))
	for _, name := range []string{"Max", "max", "MAX"} {
		found, err := p.Find(t.Context(), provider.Query{Username: name})
		require.NoError(t, err)
		require.Equal(t, "Max", found.ID)
	}
	for _, name := range []string{"maxi", srv.AdminUser, "root", "no name"} {
		_, err := p.Find(t.Context(), provider.Query{Username: name})
		require.ErrorIs(t, err, provider.ErrNotFound, name)
		require.EqualError(t, err, `hestia: find account user "`+name+`": nothing matches`)
	}
}
