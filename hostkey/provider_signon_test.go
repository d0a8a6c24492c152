package hostkey_test

import (
	"context"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/hostkey/hostkeytest"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
)

// TestSignOnKinds: the panel, with a key of this server for this address, and the console.
func TestSignOnKinds(t *testing.T) {
	bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
		p := adapterOver(t, srv)
		account := create(t, p, anOrder(1))
		keys := func() (n int) {
			for _, key := range srv.Keys() {
				if key.Name == "provkit sign-on" {
					n++
				}
			}
			return n
		}
		ip := netip.MustParseAddr("192.0.2.7")
		for range 3 {
			in, err := p.SignOn(t.Context(), &provider.SignOnRequest{AccountID: account.ID, ClientIP: ip})
			require.NoError(t, err)
			require.Equal(t, provider.SignOnSession, in.Kind)
			require.Equal(t, ip, in.BoundTo)
			u, err := url.Parse(in.URL.Reveal())
			require.NoError(t, err)
			root, _ := url.Parse(srv.URL)
			require.Equal(t, root.JoinPath("controlpanel.html").String(), u.Scheme+"://"+u.Host+u.Path)
			require.Equal(t, root.Host, u.Query().Get("base"))
			require.Contains(t, browse(t, srv, u.String()), "The key of this link does not sign in.")
			srv.SetCallerIP(ip.String())
			require.Contains(t, browse(t, srv, u.String()), "Signed in to server "+account.ID)
			srv.SetCallerIP("")
			require.NotEmpty(t, u.Query().Get("key"))
			require.Equal(t, 1, keys(), "those of earlier sign-ons are removed")
		}
		in, err := p.SignOn(t.Context(), &provider.SignOnRequest{AccountID: account.ID, Kind: provider.SignOnConsole})
		require.NoError(t, err)
		require.Equal(t, provider.SignOnConsole, in.Kind)
		require.Contains(t, browse(t, srv, in.URL.Reveal()), "Console of server "+account.ID)
		require.Contains(t, browse(t, srv, in.URL.Reveal()), "This link has been used.")
		_, err = p.SignOn(t.Context(), &provider.SignOnRequest{AccountID: account.ID, Kind: provider.SignOnReset})
		require.ErrorIs(t, err, provider.ErrInvalid)
	})
}

// browse returns the page at an address.
func browse(t *testing.T, srv *hostkeytest.Server, address string) string {
	t.Helper()
	resp, err := srv.Client().Get(address)
	require.NoError(t, err)
	defer func() { require.NoError(t, resp.Body.Close()) }()
	page, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return string(page)
}

// TestConsoleInTheClear: a console's address is a secret, which a portal behind https does not send in the clear.
func TestConsoleInTheClear(t *testing.T) {
	for address, good := range map[string]bool{"https://console.example/?token=x": true, "http://console.example/?token=x": false, "console.example": false} {
		client := clientOver(t, tapping(func(_ context.Context, sent clienttest.Request) clienttest.Reply {
			if sent.Form().Get("action") == "novnc" {
				return ok(`{"result":"OK","callback":"` + task.Reveal() + `"}`)
			}
			return ok(`{"result":"OK","scope":"` + address + `"}`)
		}))
		in, err := hostkey.NewProvider(client).SignOn(t.Context(), &provider.SignOnRequest{AccountID: "17", Kind: provider.SignOnConsole})
		if !good {
			require.ErrorIs(t, err, provider.ErrProtocol, address)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, address, in.URL.Reveal())
	}
}

// TestSignOnPanels: the vendor's portals have a panel each, and no other portal's key goes there.
func TestSignOnPanels(t *testing.T) {
	for portal, want := range map[string]string{
		hostkey.RegionCOM:            "https://panel.hostkey.com/controlpanel.html?base=invapi.hostkey.com&key=placeholder-new",
		hostkey.RegionRU:             "https://panel.hostkey.ru/controlpanel.html?base=invapi.hostkey.ru&key=placeholder-new",
		"https://nothostkey.com/api": "https://nothostkey.com/api/controlpanel.html?base=nothostkey.com&key=placeholder-new",
	} {
		transport := tapping(func(_ context.Context, sent clienttest.Request) clienttest.Reply {
			switch sent.Form().Get("action") {
			case "login":
				return ok(`{"result":{"token":"placeholder-token","role":"Customer"}}`)
			case "add":
				return ok(`{"result":"OK","data":{"api_key":"placeholder-new"}}`)
			}
			return ok(`{"result":"OK","data":[]}`)
		})
		client, err := hostkey.New(portal, provider.NewSecret("0a1b-2c3d"), provider.WithHTTPClient(&http.Client{Transport: transport}))
		require.NoError(t, err)
		in, err := hostkey.NewProvider(client).SignOn(t.Context(), &provider.SignOnRequest{AccountID: "17"})
		require.NoError(t, err)
		require.Equal(t, want, in.URL.Reveal())
	}
}
