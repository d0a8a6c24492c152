package elizon_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/elizon/elizontest"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

var someSpending = elizon.WithSpending(elizon.Spending{MaxRenewal: "6", MaxUpgrade: "6"})

func requestsTo(srv *elizontest.Server, path string) int {
	n := 0
	for _, r := range srv.Faults.Requests() {
		if strings.HasSuffix(r.Path, path) {
			n++
		}
	}
	return n
}

func TestTerminateIsPending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := elizontest.NewServer(elizontest.InMemory())
		p := serviceProvider(t, srv)
		id := srv.AddService(elizontest.Service{Name: "web1 [ref:order-1]"}).ID
		for range 2 {
			outcome, err := p.Terminate(t.Context(), id)
			require.NoError(t, err)
			require.Equal(t, provider.OutcomePending, outcome)
		}
		assert.Equal(t, 1, requestsTo(srv, "/subscription/cancel"), "what is under way is not asked for again")
		account, err := p.Get(t.Context(), id)
		require.NoError(t, err)
		assert.Equal(t, provider.StatusEnding, account.Status)
		req := orderOf(1)
		req.Username = "web1"
		_, err = p.Create(t.Context(), req)
		require.ErrorIs(t, err, provider.ErrConflict, "it is being terminated")

		_, err = provider.Wait(t.Context(), serviceProvider(t, srv), id, nil)
		require.ErrorIs(t, err, provider.ErrNotFound)
		_, err = p.Terminate(t.Context(), id)
		require.ErrorIs(t, err, provider.ErrNotFound)
		made, err := p.Create(t.Context(), req)
		require.NoError(t, err)
		assert.NotEqual(t, id, made.Account.ID)
	})
}

// TestPollNeedsProof: a service that is hidden has not come to its end.
func TestPollNeedsProof(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := elizontest.NewServer(elizontest.InMemory())
		id := srv.AddService(elizontest.Service{}).ID
		srv.HideServices(true)
		_, err := serviceProvider(t, srv).Poll(t.Context(), id)
		require.ErrorIs(t, err, provider.ErrForbidden)
		require.NotErrorIs(t, err, provider.ErrNotFound)
	})
}

func TestWithoutSpending(t *testing.T) {
	srv := elizontest.NewServer(elizontest.InMemory())
	id := srv.AddService(elizontest.Service{}).ID
	for _, test := range []struct {
		opts          []provider.Option
		renew, change bool
	}{
		{nil, false, false},
		{[]provider.Option{elizon.WithSpending(elizon.Spending{MaxRenewal: "6"})}, true, false},
		{[]provider.Option{elizon.WithSpending(elizon.Spending{MaxUpgrade: "6"})}, false, true},
	} {
		p := serviceProvider(t, srv, test.opts...)
		able := p.Describe().Capabilities
		assert.Equal(t, test.renew, able.Has(provider.CapRenew))
		assert.Equal(t, test.change, able.Has(provider.CapChangePlan))
		srv.Faults.Forget()
		if !test.renew {
			_, err := p.Renew(t.Context(), id)
			require.ErrorIs(t, err, provider.ErrUnsupported)
			assert.ErrorContains(t, err, "WithSpending")
		}
		if !test.change {
			_, err := p.ChangePlan(t.Context(), id, "prod-vps-m")
			require.ErrorIs(t, err, provider.ErrUnsupported)
			assert.ErrorContains(t, err, "WithSpending")
		}
		assert.Zero(t, srv.Faults.Count())
	}
}

func TestRenew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := elizontest.NewServer(elizontest.InMemory())
		s := srv.AddService(elizontest.Service{})
		dear := srv.AddService(elizontest.Service{ProductID: "prod-vps-m"})
		p := serviceProvider(t, srv, someSpending)
		_, err := p.Renew(t.Context(), dear.ID)
		require.ErrorIs(t, err, provider.ErrQuota)
		require.Zero(t, checkouts(srv))

		end := srv.Truths()[0].PeriodEnd
		for _, want := range []provider.Outcome{provider.OutcomeChanged, provider.OutcomeAlready, provider.OutcomeAlready} {
			outcome, err := p.Renew(t.Context(), s.ID)
			require.NoError(t, err)
			assert.Equal(t, want, outcome)
		}
		assert.Equal(t, end.AddDate(0, 0, 30), srv.Truths()[0].PeriodEnd)
		assert.Len(t, srv.Charges(), 1)
	})
}

// TestLostPayment: the answer to an order that renews or upgrades is lost. If it was
// carried out that shows; if not, it is not sent again before it has settled.
func TestLostPayment(t *testing.T) {
	verbs := map[string]func(*testing.T, *elizon.Provider, string) (provider.Outcome, error){
		"renew": func(t *testing.T, p *elizon.Provider, id string) (provider.Outcome, error) {
			return p.Renew(t.Context(), id)
		},
		"upgrade": func(t *testing.T, p *elizon.Provider, id string) (provider.Outcome, error) {
			return p.ChangePlan(t.Context(), id, "prod-vps-m")
		},
	}
	for name, verb := range verbs {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv := elizontest.NewServer(elizontest.InMemory())
				done, open := srv.AddService(elizontest.Service{}).ID, srv.AddService(elizontest.Service{}).ID
				p := serviceProvider(t, srv, someSpending)
				lost(srv, true)
				outcome, err := verb(t, p, done)
				require.NoError(t, err)
				assert.Equal(t, provider.OutcomeChanged, outcome)
				require.Len(t, srv.Charges(), 1)

				lost(srv, false)
				for range 3 {
					_, err = verb(t, p, open)
					require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
				}
				assert.Equal(t, 2, checkouts(srv))
				time.Sleep(2 * time.Minute)
				outcome, err = verb(t, p, open)
				require.NoError(t, err)
				assert.Equal(t, provider.OutcomeChanged, outcome)
				assert.Len(t, srv.Charges(), 2)
			})
		})
	}
}

func TestChangePlan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := elizontest.NewServer(elizontest.InMemory())
		id := srv.AddService(elizontest.Service{ProductID: "prod-vps-m"}).ID
		p := serviceProvider(t, srv, someSpending)
		plan := func() string { return srv.Truths()[0].ProductID }

		_, err := p.ChangePlan(t.Context(), id, "prod-vps-l")
		require.ErrorIs(t, err, provider.ErrQuota, "9.00 and tax are above 6")
		require.Equal(t, "prod-vps-m", plan())

		end := srv.Truths()[0].PeriodEnd
		outcome, err := p.ChangePlan(t.Context(), id, "prod-vps-s")
		require.NoError(t, err)
		assert.Equal(t, provider.OutcomeChanged, outcome)
		assert.Equal(t, "prod-vps-s", plan())
		assert.True(t, srv.Truths()[0].PeriodEnd.After(end), "a downgrade makes the period longer")
		assert.Empty(t, srv.Charges(), "and costs nothing")

		for _, want := range []provider.Outcome{provider.OutcomeChanged, provider.OutcomeAlready} {
			srv.UpdateSubscription(srv.Services()[0].SubscriptionID, func(*elizontest.Subscription) {})
			p = serviceProvider(t, srv, elizon.WithSpending(elizon.Spending{MaxUpgrade: "20"}))
			outcome, err = p.ChangePlan(t.Context(), id, "prod-vps-m")
			require.NoError(t, err)
			assert.Equal(t, want, outcome)
		}
		assert.Len(t, srv.Charges(), 1)
		for _, other := range []string{"prod-game-s", "prod-none"} {
			_, err = p.ChangePlan(t.Context(), id, other)
			require.Error(t, err, "%s", other)
			assert.NotErrorIs(t, err, provider.ErrOutcomeUnknown)
		}
		assert.Len(t, srv.Charges(), 1)
	})
}

func TestConsoles(t *testing.T) {
	srv := elizontest.NewServer(elizontest.InMemory())
	p := serviceProvider(t, srv)
	for _, test := range []struct {
		product, scheme string
		token           bool
	}{
		{"prod-vps-s", "wss://", true}, {"prod-game-s", "https://", true}, {"prod-web-s", "https://", false},
	} {
		id := srv.AddService(elizontest.Service{ProductID: test.product}).ID
		in, err := p.SignOn(t.Context(), &provider.SignOnRequest{AccountID: id, Kind: provider.SignOnConsole})
		require.NoError(t, err)
		assert.Equal(t, provider.SignOnConsole, in.Kind)
		assert.True(t, strings.HasPrefix(in.URL.Reveal(), test.scheme), "%s: %s", test.product, in.URL.Reveal())
		assert.Equal(t, test.token, in.Token != "", test.product)
		assert.False(t, in.ExpiresAt.IsZero())
		srv.UpdateService(id, func(s *elizontest.Service) { s.SuspendedAt = s.CreatedAt })
		_, err = p.SignOn(t.Context(), &provider.SignOnRequest{AccountID: id})
		require.ErrorIs(t, err, provider.ErrConflict)
	}
	_, err := p.SignOn(t.Context(), &provider.SignOnRequest{AccountID: "x1", Kind: provider.SignOnSession})
	require.ErrorIs(t, err, provider.ErrUnsupported)
}

// TestOddConsoles: whatever a console is said to be, it gives an address or an error.
func TestOddConsoles(t *testing.T) {
	for console, want := range map[string]string{
		`{"type":"vnc","wsPath":"/api/ws?t=1"}`:               "wss://elizon.example.com/prefix/api/ws?t=1",
		`{"type":"vnc","wsPath":"/prefix/api/ws"}`:            "wss://elizon.example.com/prefix/api/ws",
		`{"type":"vnc","wsPath":"wss://node1.example.com/x"}`: "wss://node1.example.com/x",
		`{"type":"web","url":"https://panel.example.com/c"}`:  "https://panel.example.com/c",
		`{"type":"web","url":"javascript:alert(1)"}`:          "",
		`{"type":"web","url":"c"}`:                            "",
		`{"type":"web"}`:                                      "",
		`{"type":"vnc","url":"https://x.example"}`:            "",
		`{"type":"serial","url":"https://x.example"}`:         "",
	} {
		client, _ := tapped(t, clienttest.Always(clienttest.OK(`{"success":true,"console":`+console+`}`)))
		in, err := elizon.NewProvider(client).SignOn(t.Context(), &provider.SignOnRequest{AccountID: "s1"})
		if want == "" {
			require.ErrorIs(t, err, provider.ErrProtocol, console)
			continue
		}
		require.NoError(t, err, console)
		assert.Equal(t, want, in.URL.Reveal())
	}
}

func TestSuspendedRefusesPower(t *testing.T) {
	srv := elizontest.NewServer(elizontest.InMemory())
	id := srv.AddService(elizontest.Service{}).ID
	p := serviceProvider(t, srv)
	_, err := p.Suspend(t.Context(), id)
	require.NoError(t, err)
	for _, action := range []provider.PowerAction{provider.PowerOn, provider.PowerOff, provider.PowerCycle, provider.PowerReset} {
		_, err := p.Power(t.Context(), id, action)
		require.ErrorIs(t, err, provider.ErrConflict, "%s", action)
	}
	_, err = p.Reinstall(t.Context(), &provider.ReinstallRequest{AccountID: id, Image: "102"})
	require.ErrorIs(t, err, provider.ErrConflict)
	_, err = p.Reinstall(t.Context(), &provider.ReinstallRequest{AccountID: id, Image: "debian", Password: "Secret-1"})
	require.ErrorIs(t, err, provider.ErrInvalid)
	assert.Contains(t, fieldsOf(err), "Image")
	assert.Contains(t, fieldsOf(err), "Password")
}

// TestSlowPower: a machine that takes longer than a verb waits is pending, and Poll waits
// for it.
func TestSlowPower(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := elizontest.NewServer(elizontest.InMemory())
		id := srv.AddService(elizontest.Service{}).ID
		p := serviceProvider(t, srv)
		// It is told to stop, and keeps running for a while.
		srv.Faults.When(func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/action") }, 1,
			faults.Fault{Kind: faults.Garbage, Body: `{"success":true}`})
		outcome, err := p.Power(t.Context(), id, provider.PowerOff)
		require.NoError(t, err)
		require.Equal(t, provider.OutcomePending, outcome)
		progress, err := p.Poll(t.Context(), id)
		require.NoError(t, err)
		require.False(t, progress.Done)
		srv.UpdateService(id, func(s *elizontest.Service) { s.Status = "STOPPED" })
		progress, err = p.Poll(t.Context(), id)
		require.NoError(t, err)
		assert.True(t, progress.Done)
		assert.Equal(t, provider.StatusActive, progress.Account.Status)
	})
}

func TestCheckNamesTheMissingPermission(t *testing.T) {
	srv := elizontest.NewServer(elizontest.InMemory())
	srv.Faults.When(func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/api/services") }, 0, faults.Fault{
		Kind: faults.Status, StatusCode: http.StatusForbidden,
		Body: `{"success":false,"error":"Permission missing","errorCode":"apiKeyMissingPermission","errorParams":{"permission":"view"}}`,
	})
	report, err := serviceProvider(t, srv).Check(t.Context())
	require.ErrorIs(t, err, provider.ErrForbidden)
	assert.ErrorContains(t, err, `"view"`)
	assert.Equal(t, provider.CheckRights, report.Failed().Name)
	assert.Equal(t, provider.CheckOK, report.Step(provider.CheckCredentials).State)
}

func TestFleetUsageInBatches(t *testing.T) {
	srv := elizontest.NewServer(elizontest.InMemory(), elizontest.WithSeedServices(120))
	srv.UpdateService(srv.Services()[7].ID, func(s *elizontest.Service) { s.Usage.MonthlyBytes = 1 << 40 })
	seen := make(map[string]int64)
	for report, err := range serviceProvider(t, srv).FleetUsage(t.Context()) {
		require.NoError(t, err)
		traffic, ok := report.Value(provider.MetricTraffic)
		require.True(t, ok)
		seen[report.AccountID] = traffic.Used
	}
	assert.Len(t, seen, 120)
	assert.EqualValues(t, 1<<40, seen[srv.Services()[7].ID])
	assert.Equal(t, 3, requestsTo(srv, "/status-batch"))
	assert.Equal(t, 3, requestsTo(srv, "/api/services"))
}

// TestSharedServices are others': they are neither listed nor adopted, and their names are
// not in the way.
func TestSharedServices(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := elizontest.NewServer(elizontest.InMemory())
		id := srv.AddService(elizontest.Service{Name: "customer1", SharedBy: "Max"}).ID
		p := serviceProvider(t, srv)
		for range p.List(t.Context(), nil) {
			t.Error("a shared service is listed")
		}
		_, err := p.Find(t.Context(), provider.Query{Username: "customer1"})
		require.ErrorIs(t, err, provider.ErrNotFound)
		_, err = p.Adopt(t.Context(), id, "order-1")
		require.ErrorIs(t, err, provider.ErrForbidden)
		_, err = p.Create(t.Context(), orderOf(1))
		require.NoError(t, err)
	})
}

// TestManyServices: an order is found among many, and the mark of each is seen although
// pages move while they are read.
func TestManyServices(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := elizontest.NewServer(elizontest.InMemory(), elizontest.WithSeedServices(250))
		ours := srv.Services()[100]
		srv.UpdateService(ours.ID, func(s *elizontest.Service) { s.Name = "customer1 [ref:order-1]" })
		var moved bool
		srv.Faults.When(func(r *http.Request) bool {
			if r.URL.Query().Get("page") == "2" && !moved {
				moved = true // the services of page 2 move to page 1, which was read
				for _, s := range srv.Services()[200:] {
					srv.RemoveService(s.ID)
				}
			}
			return false
		}, 0, faults.Fault{})
		made, err := serviceProvider(t, srv, elizon.WithOrderWindow(0)).Create(t.Context(), orderOf(1))
		require.NoError(t, err)
		require.True(t, moved)
		assert.Equal(t, provider.OutcomeAlready, made.Outcome)
		assert.Equal(t, ours.ID, made.Account.ID)
		assert.Empty(t, srv.Charges())
	})
}

func TestStatuses(t *testing.T) {
	for _, test := range []struct {
		fields string
		want   provider.Status
	}{
		{`"status":"RUNNING"`, provider.StatusActive}, {`"status":"active"`, provider.StatusActive}, {`"status":"STOPPED"`, provider.StatusActive},
		{`"status":"PROVISIONING"`, provider.StatusPending}, {`"status":"DELETED"`, provider.StatusEnding}, {`"status":"MELTED"`, provider.StatusUnknown},
		{`"name":"x"`, provider.StatusUnknown}, {`"status":"RUNNING","suspendedAt":"2026-01-01T00:00:00Z"`, provider.StatusSuspended},
		{`"status":"RUNNING","suspendedAt":null`, provider.StatusActive}, {`"status":"RUNNING","reinstallPending":true`, provider.StatusPending},
		{`"status":"RUNNING","suspendedAt":"x","terminationPending":true`, provider.StatusEnding},
	} {
		client, _ := tapped(t, clienttest.Always(clienttest.OK(`{"success":true,"server":{"id":"s1",`+test.fields+`}}`)))
		account, err := elizon.NewProvider(client).Get(t.Context(), "s1")
		require.NoError(t, err, test.fields)
		assert.Equal(t, test.want, account.Status, test.fields)
	}
}

func TestDriver(t *testing.T) {
	srv := elizontest.NewServer(elizontest.InMemory())
	drivers := provider.Drivers{elizon.Driver}
	p, err := drivers.Open(provider.ServerConfig{Kind: elizon.Kind, URL: srv.URL, Secret: provider.Secret(srv.Key), Options: map[string]string{
		"bearer": "true", "client_header": "desktop", "order_window_hours": "2", "payment": "invoice", "max_renewal": "6.00", "max_upgrade": "6",
	}}, provider.WithHTTPClient(srv.Client()))
	require.NoError(t, err)
	_, err = p.Check(t.Context())
	require.NoError(t, err)
	last := srv.Faults.Requests()[srv.Faults.Count()-1]
	assert.Equal(t, "Bearer "+srv.Key, last.Header.Get("Authorization"))
	assert.Equal(t, "desktop", last.Header.Get("X-Elizon-Client"))
	assert.True(t, p.Describe().Capabilities.Has(provider.CapRenew))
	id := srv.AddService(elizontest.Service{}).ID
	srv.EnableInvoicing(true)
	_, err = p.(*elizon.Provider).Renew(t.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, "invoice", srv.Charges()[0].Method)

	for _, test := range []struct {
		field string
		cfg   provider.ServerConfig
	}{
		{"secret", provider.ServerConfig{}},
		{"secret", provider.ServerConfig{Secret: "two words"}},
		{"url", provider.ServerConfig{Secret: "k", URL: "ftp://elizon.app"}},
		{"username", provider.ServerConfig{Secret: "k", Username: "me"}},
		{"options.colour", provider.ServerConfig{Secret: "k", Options: map[string]string{"colour": "red"}}},
		{"options.bearer", provider.ServerConfig{Secret: "k", Options: map[string]string{"bearer": "yes"}}},
		{"options.bearer", provider.ServerConfig{Options: map[string]string{"bearer": "true", "session_token": "t"}}},
		{"options.session_token", provider.ServerConfig{Options: map[string]string{"session_token": "a b"}}},
		{"options.client_header", provider.ServerConfig{Secret: "k", Options: map[string]string{"client_header": "a b"}}},
		{"options.order_window_hours", provider.ServerConfig{Secret: "k", Options: map[string]string{"order_window_hours": "-1"}}},
		{"options.order_window_hours", provider.ServerConfig{Secret: "k", Options: map[string]string{"order_window_hours": "9999999999"}}},
		{"options.payment", provider.ServerConfig{Secret: "k", Options: map[string]string{"payment": "mollie"}}},
		{"options.mandate", provider.ServerConfig{Secret: "k", Options: map[string]string{"mandate": "m"}}},
		{"options.max_renewal", provider.ServerConfig{Secret: "k", Options: map[string]string{"max_renewal": "6,00"}}},
		{"options.max_upgrade", provider.ServerConfig{Secret: "k", Options: map[string]string{"max_upgrade": "-6"}}},
	} {
		test.cfg.Kind = elizon.Kind
		_, err := drivers.Open(test.cfg)
		require.ErrorIs(t, err, provider.ErrInvalid, "%+v", test.cfg)
		assert.Contains(t, fieldsOf(err), test.field, "%v", err)
	}
	p, err = drivers.Open(provider.ServerConfig{Kind: elizon.Kind, Secret: "k"})
	require.NoError(t, err)
	assert.Contains(t, fmt.Sprint(p.(*elizon.Provider).Client()), elizon.DefaultBaseURL)
	_, err = drivers.Open(provider.ServerConfig{Kind: elizon.Kind, Options: map[string]string{"session_token": "t"}})
	require.NoError(t, err)
	var refused *provider.Error
	_, err = elizon.New(srv.URL, "k", elizon.WithSpending(elizon.Spending{Payment: elizon.PaySEPA}), elizon.WithOrderWindow(-time.Hour))
	require.True(t, errors.As(err, &refused))
	assert.Len(t, refused.Fields, 2)
}
