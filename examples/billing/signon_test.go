package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/providertest"
)

// door is a server whose sign-on the test defines.
type door struct {
	*providertest.Memory
	way   *provider.SignOn
	asked []provider.SignOnRequest
}

func (d *door) SignOn(_ context.Context, req *provider.SignOnRequest) (*provider.SignOn, error) {
	d.asked = append(d.asked, *req)
	return d.way, nil
}

func newDoor(t *testing.T) (*world, *door) {
	w := newWorld(t, providertest.NewMemory(nil))
	d := &door{Memory: w.panel}
	w.server = d
	w.crash()
	w.open()
	w.send(order("evt-1", "1001"))
	w.settled("evt-1")
	return w, d
}

func (w *world) click(link string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	req := httptest.NewRequest(http.MethodGet, link, nil)
	req.RemoteAddr = "192.0.2.7:4711"
	for _, f := range change {
		f(req)
	}
	return w.do(req)
}

func TestSignOnRedirects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, d := newDoor(t)
		const way = "https://panel.example.com/login?token=canary-session"
		d.way = &provider.SignOn{Kind: provider.SignOnSession, Method: "GET", URL: provider.NewSecret(way)}
		link := signer{provider.NewSecret(secret)}.link("1001", time.Now().Add(time.Minute))
		rec := w.click(link)
		require.Equal(t, 303, rec.Code)
		require.Equal(t, way, rec.Header().Get("Location"))
		require.Equal(t, "no-referrer", rec.Header().Get("Referrer-Policy"))
		require.Equal(t, "no-store", rec.Header().Get("Cache-Control"))
		require.Empty(t, rec.Body.String())
		require.Equal(t, []provider.SignOnRequest{{AccountID: w.only().ID, ClientIP: netip.MustParseAddr("192.0.2.7")}}, d.asked)

		require.Contains(t, w.logs.String(), "msg=sign-on")
		u, err := url.Parse(link)
		require.NoError(t, err)
		for _, canary := range []string{"canary-session", u.Query().Get("signature")} {
			require.NotContains(t, w.logs.String(), canary)
		}
	})
}

func TestSignOnPosts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, d := newDoor(t)
		d.way = &provider.SignOn{
			Kind: provider.SignOnSession, Method: "POST", URL: provider.NewSecret("https://panel.example.com/login"),
			Form: map[string]provider.Secret{"token": provider.NewSecret(`canary"><script>alert(1)</script>`)},
		}
		rec := w.click(signer{provider.NewSecret(secret)}.link("1001", time.Now().Add(time.Minute)))
		require.Equal(t, 200, rec.Code)
		page := rec.Body.String()
		require.Contains(t, page, `<form method="post" action="https://panel.example.com/login">`)
		require.Contains(t, page, `<input type="hidden" name="token" value="canary&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;">`)
		_, nonce, found := strings.Cut(rec.Header().Get("Content-Security-Policy"), "script-src 'nonce-")
		require.True(t, found)
		require.Contains(t, page, `<script nonce="`+strings.TrimSuffix(nonce, "'")+`">`)
		require.Equal(t, "no-referrer", rec.Header().Get("Referrer-Policy"))
		require.Equal(t, "no-store", rec.Header().Get("Cache-Control"))
		require.NotContains(t, w.logs.String(), "canary")
	})
}

// TestSignOnRefusals: no session is created for a bad link, and the browser gets nothing dangerous.
func TestSignOnRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, d := newDoor(t)
		good := signer{provider.NewSecret(secret)}
		now := time.Now()
		for name, link := range map[string]string{
			"expired":       good.link("1001", now),
			"valid too far": good.link("1001", now.Add(window+time.Second)),
			"forged":        signer{provider.NewSecret("wrong")}.link("1001", now.Add(time.Minute)),
			"of another":    strings.Replace(good.link("1001", now.Add(time.Minute)), "1001", "1002", 1),
			"empty":         "/sign-on",
		} {
			require.Equal(t, 403, w.click(link).Code, name)
		}
		require.Equal(t, 404, w.click(good.link("1002", now.Add(time.Minute))).Code)
		require.Equal(t, 405, w.click(good.link("1001", now.Add(time.Minute)), func(r *http.Request) { r.Method = http.MethodHead }).Code)
		require.Empty(t, d.asked)

		for _, way := range []*provider.SignOn{
			{Kind: provider.SignOnToken, Token: provider.NewSecret("canary-token")},
			{Kind: provider.SignOnToken, Method: "GET", URL: provider.NewSecret("https://panel.example.com/?canary")},
			{Kind: provider.SignOnSession, Method: "GET", URL: provider.NewSecret("javascript:alert('canary')")},
			{Kind: provider.SignOnSession, Method: "POST", URL: provider.NewSecret("data:text/html,canary")},
		} {
			d.way = way
			rec := w.click(good.link("1001", now.Add(time.Minute)))
			require.Equal(t, 501, rec.Code)
			require.Empty(t, rec.Header().Get("Location"))
			require.NotContains(t, rec.Body.String()+w.logs.String(), "canary")
		}
	})
}

func TestClientIP(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, d := newDoor(t)
		d.way = &provider.SignOn{Kind: provider.SignOnPlain, Method: "GET", URL: provider.NewSecret("https://panel.example.com/")}
		link := signer{provider.NewSecret(secret)}.link("1001", time.Now().Add(time.Minute))
		w.click(link, func(r *http.Request) { r.RemoteAddr = "127.0.0.1:4711" }) // a proxy that was not configured
		w.click(link, func(r *http.Request) { r.Header.Set("X-Real-IP", "198.51.100.1") })
		w.app.config.IPHeader = "X-Real-IP"
		w.click(link, func(r *http.Request) { r.Header.Set("X-Real-IP", "2001:db8::1") })
		w.click(link)
		var got []netip.Addr
		for _, req := range d.asked {
			got = append(got, req.ClientIP)
		}
		require.Equal(t, []netip.Addr{{}, netip.MustParseAddr("192.0.2.7"), netip.MustParseAddr("2001:db8::1"), {}}, got)
	})
}
