package licenseserver_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/licenseserver/licenseservertest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

func newServer(opts ...licenseservertest.Option) *licenseservertest.Server {
	return licenseservertest.NewServer(append([]licenseservertest.Option{licenseservertest.InMemory()}, opts...)...)
}

var searchable = licenseserver.WithSearchPath(licenseservertest.SearchPath)

// providerOn returns the adapter for an emulated server, without retries. It does not wait for what
// is not shown, since the emulator shows all at once.
func providerOn(t testing.TB, srv *licenseservertest.Server, opts ...provider.Option) *licenseserver.Provider {
	t.Helper()
	client, err := licenseserver.New(srv.URL, provider.NewSecret(srv.Key), append([]provider.Option{
		provider.WithHTTPClient(srv.Client()), provider.WithRateLimit(0, 0), provider.WithRetry(provider.Retry{Attempts: 1}),
		licenseserver.WithAdminCookie(srv.AdminCookie.Name, provider.NewSecret(srv.AdminCookie.Value)),
		licenseserver.WithPlans(testPlans...), licenseserver.WithScan(testScan), provider.WithReadLag(0),
	}, opts...)...)
	require.NoError(t, err)
	return licenseserver.NewProvider(client)
}

func orderOf(n int) *provider.CreateRequest {
	return &provider.CreateRequest{
		Reference: "order-" + strconv.Itoa(n), Username: "customer" + strconv.Itoa(n), Email: "max@example.com", Plan: "basic",
	}
}

// marked returns the IDs of the licenses with the marker of an order.
func marked(srv *licenseservertest.Server, reference string) []string {
	var ids []string
	for _, l := range srv.Licenses() {
		for _, d := range srv.Devices(l.ID) {
			if _, carried, _ := (provider.Markers{}).Read(d.MachineName, ""); carried != "" {
				if carried == reference {
					ids = append(ids, strconv.FormatInt(l.ID, 10))
				}
				break // the first one counts
			}
		}
	}
	return ids
}

// to matches requests of a route, by the end of their path.
func to(end string) func(*http.Request) bool {
	return func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, end) }
}

// TestCreateOnTheServer: the state of a license after Create.
func TestCreateOnTheServer(t *testing.T) {
	srv := newServer()
	p := providerOn(t, srv)
	order := orderOf(1)
	resource := srv.Resources()[2]
	order.Options = map[string]string{"max_users": "7", "resource_ids": strconv.FormatInt(resource.ID, 10)}
	created, err := p.Create(t.Context(), order)
	require.NoError(t, err)
	require.Equal(t, provider.OutcomeChanged, created.Outcome)
	var steps []string
	for _, s := range created.Steps {
		steps = append(steps, s.Name)
	}
	require.Equal(t, []string{"license", "limits", "resources", "ready"}, steps)
	l := srv.Licenses()[0]
	require.Equal(t, []int64{2, 7}, []int64{l.MaxActivations, l.MaxUsers}, "an option overrides the plan")
	require.Equal(t, l.ID, srv.Resources()[2].LicenseID)
	devices := srv.Devices(l.ID)
	require.Len(t, devices, 1)
	require.Equal(t, "customer1 [ref:order-1]", devices[0].MachineName)
	require.True(t, strings.HasPrefix(devices[0].HardwareHash, "provkit:"+l.Key+"#"))
	require.False(t, devices[0].Active, "the marker does not count as an activation")

	native := created.Account.Native.(*licenseserver.License)
	require.Equal(t, l.Key, native.Key.Reveal())
	require.Empty(t, native.Activations, "the marker is not an activation")
	require.Empty(t, created.Account.Plan, "2 and 7 are not the limits of a plan")
	require.Equal(t, l.ValidUntil.Add(24*time.Hour-time.Second), created.Account.EndAt, "the last day counts")
	require.NotContains(t, fmt.Sprintf("%v %+v %#v %+v %#v", created.Account, *native, native, p, *created), l.Key)

	// Both activations are the customer's.
	for _, machine := range []string{"one", "two"} {
		_, err := p.Client().Licenses.Activate(t.Context(), &licenseserver.LicenseActivateRequest{LicenseKey: native.Key, HardwareHash: machine, MachineName: machine})
		require.NoError(t, err)
	}
	report, err := p.Usage(t.Context(), created.Account.ID)
	require.NoError(t, err)
	require.Equal(t, []provider.Usage{
		{Metric: "activations", Unit: provider.UnitCount, Used: 2, Limit: 2},
		{Metric: "max_users", Unit: provider.UnitCount, Used: 7, LimitUnknown: true},
		{Metric: "resources", Unit: provider.UnitCount, Used: 1, LimitUnknown: true},
	}, report.Values)
}

// TestEndDates: end dates come from options, from plans, or from the server.
func TestEndDates(t *testing.T) {
	srv := newServer()
	p := providerOn(t, srv)
	now := time.Now()
	for n, test := range []struct{ plan, option, want string }{
		{"basic", "", srv.AddLicense(licenseservertest.License{}).ValidUntil.Format(time.DateOnly)},
		{"pro", "", now.AddDate(0, 12, 0).Format(time.DateOnly)},
		{"pro", "2031-12-24", "2031-12-24"},
		{"", "2031-12-24", "2031-12-24"},
	} {
		order := orderOf(n)
		order.Plan = test.plan
		if test.option != "" {
			order.Options = map[string]string{"valid_until": test.option}
		}
		created, err := p.Create(t.Context(), order)
		require.NoError(t, err)
		require.Equal(t, test.want, created.Account.EndAt.Format(time.DateOnly))
		require.Equal(t, test.plan, created.Account.Plan)
		if test.plan != "" {
			outcome, err := p.ChangePlan(t.Context(), created.Account.ID, "basic")
			require.NoError(t, err)
			require.Equal(t, test.plan == "basic", outcome == provider.OutcomeAlready)
			account, err := p.Get(t.Context(), created.Account.ID)
			require.NoError(t, err)
			require.Equal(t, "basic", account.Plan)
			require.Equal(t, created.Account.EndAt, account.EndAt, "changing the plan does not change the date")
		}
	}
}

// TestRefusedOrders: the error names what a license cannot have.
func TestRefusedOrders(t *testing.T) {
	srv := newServer()
	p := providerOn(t, srv)
	order := orderOf(1)
	order.Domain, order.Password, order.Plan, order.Handle = "example.com", provider.NewSecret("Secret+Passw0rd"), "gold", "x"
	order.Options = map[string]string{"max_users": "0", "max_activations": "-1", "resource_ids": "1,two"}
	_, err := p.Create(t.Context(), order)
	require.ErrorIs(t, err, provider.ErrInvalid)
	var e *provider.Error
	require.ErrorAs(t, err, &e)
	for _, field := range []string{"Domain", "Password", "Plan", "Handle", "Options.max_users", "Options.max_activations", "Options.resource_ids"} {
		require.Contains(t, e.Fields, field)
	}
	require.Len(t, e.Fields, 7)
	require.NotContains(t, err.Error(), "Passw0rd")
	_, err = p.Find(t.Context(), provider.Query{Username: "x", Email: "max@example.com"})
	require.ErrorIs(t, err, provider.ErrUnsupported)
	_, err = p.SignOn(t.Context(), &provider.SignOnRequest{AccountID: "1", Kind: provider.SignOnSession})
	require.ErrorIs(t, err, provider.ErrInvalid)
	require.Zero(t, srv.Faults.Count())
}

// TestReferenceOfAnotherName: a reference belongs to one account only.
func TestReferenceOfAnotherName(t *testing.T) {
	srv := newServer()
	p := providerOn(t, srv)
	_, err := p.Create(t.Context(), orderOf(1))
	require.NoError(t, err)
	order := orderOf(1)
	order.Username = "somebody-else"
	_, err = p.Create(t.Context(), order)
	require.ErrorIs(t, err, provider.ErrConflict)
	require.ErrorContains(t, err, `under the name "customer1"`)
	require.Len(t, srv.Licenses(), 1)
}

// TestWithoutPlans: limits are options, and plans are unsupported.
func TestWithoutPlans(t *testing.T) {
	srv := newServer()
	p := providerOn(t, srv, licenseserver.WithPlans())
	_, err := p.Plans(t.Context())
	require.ErrorIs(t, err, provider.ErrUnsupported)
	require.ErrorContains(t, err, "WithPlans")
	_, err = p.ChangePlan(t.Context(), "1", "basic")
	require.ErrorIs(t, err, provider.ErrUnsupported)
	require.False(t, p.Describe().Capabilities.Has(provider.CapPlans))
	require.False(t, p.Describe().Capabilities.Has(provider.CapChangePlan))
	order := orderOf(1)
	order.Plan = ""
	order.Options = map[string]string{"max_activations": "4"}
	_, err = p.Create(t.Context(), order)
	require.NoError(t, err)
	require.Equal(t, []int64{4, 1}, []int64{srv.Licenses()[0].MaxActivations, srv.Licenses()[0].MaxUsers}, "limits that were not ordered stay")
}

// TestUnknownKey: without the search, the key of an unmarked license is unknown, and so is its
// state.
func TestUnknownKey(t *testing.T) {
	srv := newServer()
	owner := srv.AddCustomer(licenseservertest.Customer{Name: "ACME Corp", Email: "it@acme.example"})
	l := srv.AddLicense(licenseservertest.License{CustomerID: owner, MaxActivations: 2, MaxUsers: 5})
	id := strconv.FormatInt(l.ID, 10)
	ctx := t.Context()

	blind := providerOn(t, srv)
	account, err := blind.Get(ctx, id)
	require.NoError(t, err)
	require.Equal(t, &provider.Account{ID: id, Status: provider.StatusUnknown}, account)
	for name, do := range map[string]func() error{
		"suspend":   func() error { _, err := blind.Suspend(ctx, id); return err },
		"unsuspend": func() error { _, err := blind.Unsuspend(ctx, id); return err },
		"plan":      func() error { _, err := blind.ChangePlan(ctx, id, "pro"); return err },
		"usage":     func() error { _, err := blind.Usage(ctx, id); return err },
		"adopt":     func() error { _, err := blind.Adopt(ctx, id, "order-9"); return err },
	} {
		err := do()
		require.ErrorIs(t, err, provider.ErrUnsupported, name)
		require.ErrorContains(t, err, "WithSearchPath", name)
	}

	seeing := providerOn(t, srv, searchable)
	account, err = seeing.Get(ctx, id)
	require.NoError(t, err)
	require.Equal(t, "ACME Corp", account.Name)
	require.Equal(t, "basic", account.Plan)
	require.Equal(t, l.Key, account.Native.(*licenseserver.License).Key.Reveal())
	outcome, err := seeing.Suspend(ctx, id)
	require.NoError(t, err)
	require.Equal(t, provider.OutcomeChanged, outcome)
	outcome, err = seeing.Adopt(ctx, id, "order-9")
	require.NoError(t, err)
	require.Equal(t, provider.OutcomeAdopted, outcome)

	// From now on the marker contains the key, and the search is not needed.
	account, err = blind.Find(ctx, provider.Query{Reference: "order-9"})
	require.NoError(t, err)
	require.Equal(t, id, account.ID)
	require.Equal(t, provider.StatusSuspended, account.Status)
	order := orderOf(9)
	created, err := blind.Create(ctx, order)
	require.NoError(t, err)
	require.Equal(t, []any{provider.OutcomeAlready, id}, []any{created.Outcome, created.Account.ID})
	require.Equal(t, []int64{2, 5}, []int64{srv.Licenses()[0].MaxActivations, srv.Licenses()[0].MaxUsers})

	_, err = blind.Terminate(ctx, id)
	require.NoError(t, err, "a license can be removed without its key")
	require.Empty(t, srv.Licenses())
}

// TestAdoptWithoutFreePlace: all activations are taken, so the marker cannot be registered.
func TestAdoptWithoutFreePlace(t *testing.T) {
	srv := newServer()
	l := srv.AddLicense(licenseservertest.License{MaxActivations: 1})
	srv.AddDevice(licenseservertest.Device{LicenseID: l.ID, HardwareHash: "customers-machine", MachineName: "pc", Active: true})
	_, err := providerOn(t, srv, searchable).Adopt(t.Context(), strconv.FormatInt(l.ID, 10), "order-1")
	require.ErrorIs(t, err, provider.ErrConflict)
	require.Empty(t, marked(srv, "order-1"))
}

// TestIgnoredSuspension is an error, and the bulk routes are used: toggling twice would undo it.
func TestIgnoredSuspension(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := newServer()
		p := providerOn(t, srv, provider.WithReadLag(5*time.Second))
		created, err := p.Create(t.Context(), orderOf(1))
		require.NoError(t, err)
		srv.IgnoreSuspension(true)
		_, err = p.Suspend(t.Context(), created.Account.ID)
		require.ErrorIs(t, err, provider.ErrConflict)
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown, "it may only be slow to show")
		require.ErrorContains(t, err, "does not show it after 5s")
		srv.IgnoreSuspension(false)
		outcome, err := p.Suspend(t.Context(), created.Account.ID)
		require.NoError(t, err)
		require.Equal(t, provider.OutcomeChanged, outcome)
		for _, r := range srv.Faults.Requests() {
			require.NotContains(t, r.Path, "toggle")
		}
	})
}

// TestSignOnToken: the account must exist, although the token is not its own.
func TestSignOnToken(t *testing.T) {
	srv := newServer()
	p := providerOn(t, srv)
	created, err := p.Create(t.Context(), orderOf(1))
	require.NoError(t, err)
	in, err := p.SignOn(t.Context(), &provider.SignOnRequest{AccountID: created.Account.ID})
	require.NoError(t, err)
	issued := srv.AuthTokens()
	require.Len(t, issued, 1)
	require.Equal(t, []any{provider.SignOnToken, issued[0].Token, provider.NewSecret("")}, []any{in.Kind, in.Token.Reveal(), in.URL})
	require.WithinDuration(t, issued[0].ExpiresAt, in.ExpiresAt, time.Second)
	_, err = p.SignOn(t.Context(), &provider.SignOnRequest{AccountID: "999999"})
	require.ErrorIs(t, err, provider.ErrNotFound)
	require.Len(t, srv.AuthTokens(), 1)
}

// TestCheckNamesWhatFails: Check distinguishes the two sign-ins and the search.
func TestCheckNamesWhatFails(t *testing.T) {
	srv := newServer(licenseservertest.WithSeedLicenses(2))
	report, err := providerOn(t, srv, searchable).Check(t.Context())
	require.NoError(t, err)
	require.Equal(t, "the sign-in to the admin panel is accepted: 2 licenses, and its search finds them", report.Step(provider.CheckRights).Detail)

	report, err = providerOn(t, srv, licenseserver.WithAdminCookie("session", provider.NewSecret("expired"))).Check(t.Context())
	require.ErrorIs(t, err, provider.ErrUnauthorized)
	require.Equal(t, provider.CheckRights, report.Failed().Name)

	report, err = providerOn(t, srv, licenseserver.WithSearchPath("/nowhere")).Check(t.Context())
	require.ErrorIs(t, err, provider.ErrUnsupported)
	require.ErrorContains(t, err, "WithSearchPath")
	require.Equal(t, provider.CheckRights, report.Failed().Name)

	srv.AddLicense(licenseservertest.License{Key: "WITHOUTHYPHENS"})
	report, err = providerOn(t, srv, searchable).Check(t.Context())
	require.NoError(t, err)
	require.Equal(t, provider.CheckWarning, report.Step(provider.CheckRights).State)
}

// TestKeysStayHidden: errors do not contain a marker that the server repeats, and dumps show
// neither markers nor keys.
func TestKeysStayHidden(t *testing.T) {
	srv := newServer()
	srv.Faults.When(to("/register-device"), 1, faults.Fault{Kind: faults.Status, StatusCode: http.StatusUnprocessableEntity, Body: `{"error":"` + firstKeys()[0] + ` is no good", "code": "BAD_NAME", "status": 422}`})
	var dump bytes.Buffer
	p := providerOn(t, srv, searchable, provider.WithDumps(&dump))
	_, err := p.Create(t.Context(), orderOf(1))
	require.ErrorContains(t, err, "is no good")
	require.NotContains(t, err.Error(), srv.Licenses()[0].Key)
	_, err = p.Create(t.Context(), orderOf(1))
	require.NoError(t, err)
	require.Len(t, srv.Licenses(), 1, "the key that could not be marked was used")
	_, err = p.Get(t.Context(), strconv.FormatInt(srv.Licenses()[0].ID, 10))
	require.NoError(t, err)
	require.NotContains(t, dump.String(), srv.Licenses()[0].Key)
	require.Contains(t, dump.String(), "/register-device")
}

// roundTripper changes the answers of the emulated server.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// rewriting passes the bodies of a route's answers through a function.
func rewriting(srv *licenseservertest.Server, end string, change func(body []byte) []byte) provider.Option {
	return provider.WithHTTPClient(&http.Client{Transport: roundTripper(func(req *http.Request) (*http.Response, error) {
		resp, err := srv.Client().Transport.RoundTrip(req)
		if err != nil || !strings.HasSuffix(req.URL.Path, end) {
			return resp, err
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			return nil, err
		}
		body = change(body)
		resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		return resp, nil
	})})
}
