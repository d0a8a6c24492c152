package elizon_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/elizon/elizontest"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
)

// An action goes by the key that the service's view has for it, and by the older route where the platform
// itself says that it does not have the others.
func TestActionRoutes(t *testing.T) {
	const (
		view  = "GET /api/services/srv_1/view"
		older = "POST /api/services/srv_1/action"
		done  = `{"success":true,"message":"done"}`
		named = `{"success":true,"layout":{},"actions":[{"key":"power-on","handler":{"type":"adapter","method":"start"}}]}`
		gone  = `{"success":false,"error":"Not found"}`
	)
	for name, test := range map[string]struct {
		action  elizon.ServiceAction
		answers []clienttest.Reply
		sent    []string
		kind    error
	}{
		"key of the view":     {"start", []clienttest.Reply{clienttest.OK(named), clienttest.OK(done)}, []string{view, "POST /api/services/srv_1/actions/power-on"}, nil},
		"not in the view":     {"suspend", []clienttest.Reply{clienttest.OK(named), clienttest.OK(done)}, []string{view, "POST /api/services/srv_1/actions/suspend"}, nil},
		"no view":             {"start", []clienttest.Reply{{Status: 404, Body: `{"success":false,"errorCode":"notFound"}`}, clienttest.OK(done)}, []string{view, older}, nil},
		"no view, no code":    {"start", []clienttest.Reply{{Status: 404, Body: gone}, clienttest.OK(done)}, []string{view, older}, nil},
		"no actions":          {"stop", []clienttest.Reply{clienttest.OK(named), {Status: 404, Body: gone}, clienttest.OK(done)}, []string{view, "POST /api/services/srv_1/actions/stop", older}, nil},
		"no route at all":     {"start", []clienttest.Reply{{Status: 404, Body: `{"success":false,"errorCode":"notFound"}`}, {Status: 404, Body: `{"success":false,"errorCode":"notFound"}`}}, []string{view, older}, provider.ErrOutcomeUnknown},
		"no service":          {"start", []clienttest.Reply{{Status: 404, Body: `{"success":false,"errorCode":"serviceNotFound"}`}}, []string{view}, provider.ErrNotFound},
		"refused":             {"start", []clienttest.Reply{{Status: 403, Body: `{"success":false,"errorCode":"accessDenied"}`}}, []string{view}, provider.ErrForbidden},
		"a proxy's 404":       {"start", []clienttest.Reply{{Status: 404, Body: clienttest.WebPage}}, []string{view}, provider.ErrProtocol},
		"a proxy's, later":    {"start", []clienttest.Reply{clienttest.OK(named), {Status: 404, Body: clienttest.WebPage}}, []string{view, "POST /api/services/srv_1/actions/power-on"}, provider.ErrOutcomeUnknown},
		"the view once again": {"start", []clienttest.Reply{clienttest.OK(named), clienttest.OK(named)}, []string{view, "POST /api/services/srv_1/actions/power-on"}, provider.ErrOutcomeUnknown},
	} {
		n := 0
		c, tap := tapped(t, func(context.Context, clienttest.Request) clienttest.Reply { n++; return test.answers[n-1] })
		result, err := c.Services.Action(t.Context(), "srv_1", test.action)
		require.Equal(t, test.sent, tap.Lines(), name)
		if test.kind != nil {
			require.ErrorIs(t, err, test.kind, name)
			continue
		}
		require.NoError(t, err, name)
		require.Equal(t, "done", result.Message, name)
	}
}

// The panel of a web space opens on request, and what is no web space has none.
func TestPanelLogin(t *testing.T) {
	srv := elizontest.NewServer(elizontest.InMemory())
	web, vps := srv.AddService(elizontest.Service{ProductID: "prod-web-s"}).ID, srv.AddService(elizontest.Service{}).ID
	p := serviceProvider(t, srv)
	in, err := p.SignOn(t.Context(), &provider.SignOnRequest{AccountID: web, Kind: provider.SignOnPlain})
	require.NoError(t, err)
	shown, err := p.Client().Services.Hosting.Credentials(t.Context(), web, true)
	require.NoError(t, err)
	require.Equal(t, &provider.SignOn{
		Kind: provider.SignOnPlain, Method: "GET", URL: provider.NewSecret(srv.URL + "/panel/" + web), Username: shown.Login, Token: shown.Password,
	}, in)
	_, err = p.SignOn(t.Context(), &provider.SignOnRequest{AccountID: vps, Kind: provider.SignOnPlain})
	require.ErrorIs(t, err, provider.ErrInvalid)
	for answer, kind := range map[string]error{
		`{"panelUrl":null,"hasPassword":false}`:                 provider.ErrConflict,
		`{"panelUrl":"javascript:alert(1)","hasPassword":true}`: provider.ErrProtocol,
		`{"panelUrl":"wss://panel.example.com"}`:                provider.ErrProtocol,
	} {
		client, _ := tapped(t, clienttest.Always(clienttest.OK(answer)))
		_, err := elizon.NewProvider(client).SignOn(t.Context(), &provider.SignOnRequest{AccountID: "s1", Kind: provider.SignOnPlain})
		require.ErrorIs(t, err, kind, answer)
	}
}

// Where money is spent the client is the one that the vendor demands, and everywhere the one that the
// caller wants.
func TestClientHeaders(t *testing.T) {
	for _, test := range []struct {
		given             []provider.Option
		reading, spending string
	}{
		{nil, "api", "desktop"},
		{[]provider.Option{elizon.WithClientHeader("mobile")}, "mobile", "mobile"},
		{[]provider.Option{elizon.WithClientHeader("")}, "", ""},
	} {
		c, tap := tapped(t, clienttest.Always(clienttest.OK(`{"success":true}`)), test.given...)
		_, _ = c.Health.Ping(t.Context())
		_, err := c.Checkout.Order(t.Context(), simple())
		require.NoError(t, err)
		sent := tap.Requests()
		require.Equal(t, []string{test.reading, test.spending}, []string{sent[0].Header.Get("X-Elizon-Client"), sent[1].Header.Get("X-Elizon-Client")})
	}
}
