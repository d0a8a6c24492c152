package elizon_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/elizon/elizontest"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

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

// TestPollNeedsProof: a hidden service does not count as ended.
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
		assert.Equal(t, test.token, !in.Token.IsZero(), test.product)
		assert.False(t, in.ExpiresAt.IsZero())
		srv.UpdateService(id, func(s *elizontest.Service) { s.SuspendedAt = s.CreatedAt })
		_, err = p.SignOn(t.Context(), &provider.SignOnRequest{AccountID: id})
		require.ErrorIs(t, err, provider.ErrConflict)
	}
	_, err := p.SignOn(t.Context(), &provider.SignOnRequest{AccountID: "x1", Kind: provider.SignOnSession})
	require.ErrorIs(t, err, provider.ErrInvalid)
}

// TestOddConsoles: any console gives an address or an error.
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
	for _, action := range []provider.PowerAction{provider.PowerOn, provider.PowerOff, provider.PowerReboot, provider.PowerReset} {
		_, err := p.Power(t.Context(), id, action)
		require.ErrorIs(t, err, provider.ErrConflict, "%s", action)
	}
	_, err = p.Reinstall(t.Context(), &provider.ReinstallRequest{AccountID: id, Image: "102"})
	require.ErrorIs(t, err, provider.ErrConflict)
	_, err = p.Reinstall(t.Context(), &provider.ReinstallRequest{AccountID: id, Image: "debian", Password: provider.NewSecret("Secret-1")})
	require.ErrorIs(t, err, provider.ErrInvalid)
	assert.Contains(t, fieldsOf(err), "Image")
	assert.Contains(t, fieldsOf(err), "Password")
}

// TestSlowPower: a machine that takes longer than the verb waits is pending, and Poll follows it.
func TestSlowPower(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := elizontest.NewServer(elizontest.InMemory())
		id := srv.AddService(elizontest.Service{}).ID
		p := serviceProvider(t, srv)
		// It keeps running for a while after it was stopped.
		srv.Faults.When(func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/actions/stop") }, 1,
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

// The name of the permission is a text of the server like any other.
func TestCheckCleansTheMissingPermission(t *testing.T) {
	srv := elizontest.NewServer(elizontest.InMemory())
	srv.Faults.When(func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/api/services") }, 0, faults.Fault{
		Kind: faults.Status, StatusCode: http.StatusForbidden,
		Body: `{"success":false,"error":"no","errorCode":"apiKeyMissingPermission","errorParams":{"permission":` + clienttest.Quoted("view\x1b[31m "+srv.Key) + `}}`,
	})
	_, err := serviceProvider(t, srv).Check(t.Context())
	assert.ErrorContains(t, err, `"view [31m [redacted]"`)
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

func TestImpossibleTraffic(t *testing.T) {
	srv := elizontest.NewServer(elizontest.InMemory(), elizontest.WithSeedServices(2))
	odd := srv.Services()[1].ID
	srv.UpdateService(odd, func(s *elizontest.Service) { s.Usage.MonthlyBytes = -1 })
	p := serviceProvider(t, srv)
	_, err := p.Usage(t.Context(), odd)
	require.ErrorIs(t, err, provider.ErrProtocol)
	for report, err := range p.FleetUsage(t.Context()) {
		require.Equal(t, report.AccountID == odd, errors.Is(err, provider.ErrProtocol), "%v", err)
	}
}

// TestSharedServices: services of others are neither listed nor adopted, and their names can be
// used.
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

// TestLongName: a customer who gives his service a name that leaves no room for the marker can be suspended
// all the same; that it is not marked is told, and the name stays as it is.
func TestLongName(t *testing.T) {
	srv := elizontest.NewServer(elizontest.InMemory())
	name := strings.Repeat("n", 80)
	id := srv.AddService(elizontest.Service{Name: name}).ID
	p := serviceProvider(t, srv, provider.WithMarkerKeys(provider.NewSecret("the marker key of the test")))
	for _, changes := range []int{1, 0} {
		c, err := provider.Ensure(t.Context(), p, provider.Desired{Status: provider.StatusSuspended, ID: id, Create: orderOf(1)})
		require.NoError(t, err)
		require.Len(t, c.Changes, changes)
		require.Contains(t, c.Unmarked, "it has no marker, and a new one is refused: elizon: adopt account "+id)
		require.Contains(t, c.Unmarked, "11 characters longer than the name of a service may be: shorten it")
		require.Equal(t, provider.StatusSuspended, c.Account.Status)
		require.Equal(t, name, srv.Services()[0].Name)
	}
}

// TestManyServices: an order is found among many services, and every mark is seen although the
// pages shift while they are read.
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
