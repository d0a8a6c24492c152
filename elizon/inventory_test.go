package elizon_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
)

// desktopOnly are the methods for which the README of the vendor's SDK demands another client, or whose
// comments name the error of a wrong one.
var desktopOnly = []string{
	"Checkout.Order", "Invoices.Pay", "Business.RequestFund", "Business.AcceptFund", "Business.CancelFund", "PaymentMethods.Add",
}

// Every endpoint of the API is reached by the methods that the inventory names, with the
// credentials that it needs and no others, and no method reaches anything else.
func TestInventory(t *testing.T) {
	v := vendor(t)
	_, auth := inventory(t)
	// The reference calls it public; it ends all sessions, so it is sent one.
	auth["DELETE /api/auth/logout"] = "session"
	v.CheckInventory(t, func(u clienttest.Use) {
		want := auth[u.Row.String()]
		require.Equal(t, want == "key", u.Sent.Header.Get("X-Api-Key") == serverKey, "%s: API key", u.Op)
		require.Equal(t, want == "session", u.Sent.Header.Get("Authorization") == "Bearer "+serverSession, "%s: session", u.Op)
		if want == "public" {
			require.Empty(t, u.Sent.Header["X-Api-Key"])
			require.Empty(t, u.Sent.Header["Authorization"])
		}
		client := elizon.DefaultClientHeader
		if slices.Contains(desktopOnly, u.Op) {
			client = elizon.CheckoutClientHeader
		}
		require.Equal(t, client, u.Sent.Header.Get("X-Elizon-Client"), u.Op)
	})
}

// The fixtures contain a successful exchange for every endpoint.
func TestFixturesCoverInventory(t *testing.T) { vendor(t).CheckExchanges(t) }

// The certainty of an endpoint's method is the same in the code and in the inventory, and the error
// of a wrong guess says that it was inferred.
func TestCertainty(t *testing.T) {
	v := vendor(t)
	documented, inferred := 0, 0
	sure := make(map[string]bool)
	for _, line := range operations(t) {
		for op := range strings.SplitSeq(line["operation"], ",") {
			sure[op] = line["certainty"] == "documented"
		}
		if line["certainty"] == "documented" {
			documented++
		} else {
			inferred++
		}
	}
	require.Equal(t, []int{101 + 19, 121}, []int{documented, inferred})
	tap := v.Tap(clienttest.Always(clienttest.Reply{Status: http.StatusMethodNotAllowed, Body: `{"success":false,"error":"Method not allowed"}`}))
	for _, m := range v.Methods(t, tap) {
		err := m.Run(t).Err
		require.ErrorIs(t, err, provider.ErrUnsupported, m.Op)
		require.Equal(t, !sure[m.Op], strings.Contains(err.Error(), "is inferred"), "%s: %v", m.Op, err)
	}
}

// Calls to endpoints that refuse API keys are not sent with a key, nor without a session.
func TestSessionOnly(t *testing.T) {
	v := vendor(t)
	sessions := make(map[string]bool)
	for _, u := range v.Uses(t) {
		sessions[u.Op] = u.Sent.Header.Get("Authorization") != ""
	}
	require.Contains(t, sessions, "APIKeys.Usage")
	tap := v.Tap(v.Good())
	v.Dial = func(t testing.TB, transport http.RoundTripper, opts ...provider.Option) any {
		c, err := elizon.New(serverURL, provider.NewSecret(serverKey), append(opts, provider.WithHTTPClient(&http.Client{Transport: transport}))...)
		require.NoError(t, err)
		return c
	}
	count := 0
	for _, m := range v.Methods(t, tap) {
		tap.Forget()
		err := m.Run(t).Err
		if !sessions[m.Op] {
			require.NoError(t, err, m.Op)
			continue
		}
		count++
		require.ErrorIs(t, err, provider.ErrForbidden, m.Op)
		require.ErrorContains(t, err, "elizon.WithSessionToken", m.Op)
		require.Equal(t, m.Op, clienttest.AsError(t, err).Op)
		require.Empty(t, tap.Requests(), m.Op)
	}
	require.Equal(t, 24, count) // 23 and the one that the reference calls public
	err := v.Dial(t, tap).(*elizon.Client).DoSession(t.Context(), &provider.Request{Method: "GET", Route: "/api/auth/x"}, nil)
	require.ErrorIs(t, err, provider.ErrForbidden)
}

// A client without any credentials reaches public endpoints and sends nothing else.
func TestWithoutKey(t *testing.T) {
	v := vendor(t)
	_, auth := inventory(t)
	auth["DELETE /api/auth/logout"] = "session"
	public := make(map[string]bool)
	for _, u := range v.Uses(t) {
		public[u.Op] = auth[u.Row.String()] == "public"
	}
	tap := v.Tap(v.Good())
	v.Dial = func(t testing.TB, transport http.RoundTripper, opts ...provider.Option) any {
		c, err := elizon.New(serverURL, provider.Secret{}, append(opts, provider.WithHTTPClient(&http.Client{Transport: transport}), elizon.WithoutKey())...)
		require.NoError(t, err)
		return c
	}
	for _, m := range v.Methods(t, tap) {
		tap.Forget()
		if err := m.Run(t).Err; public[m.Op] {
			require.NoError(t, err, m.Op)
		} else {
			require.Error(t, err, m.Op)
			require.Empty(t, tap.Requests(), m.Op)
		}
	}
}
