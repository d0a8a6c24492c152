package keyhelptest_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/keyhelp/keyhelptest"
	"github.com/provkit/provkit/provider/faults"
)

func TestKey(t *testing.T) {
	a, b := newPanel(t, keyhelptest.Live), newPanel(t, keyhelptest.Live)
	require.Regexp(t, `^[a-z0-9]{8}\.[a-z0-9]{64}$`, a.Key)
	require.Equal(t, a.Key, b.Key)
	require.Equal(t, "my.key", newPanel(t, keyhelptest.Live, keyhelptest.WithKey("my.key")).Key)

	right := a.Key
	for d, want := range map[keyhelptest.Dialect]string{
		keyhelptest.Documented: `{"error":"Invalid API key"}`,
		keyhelptest.Live:       `{"code":"401 Unauthorized","message":"API key is missing or invalid."}`,
	} {
		p := newPanel(t, d)
		for _, key := range []string{"", "wrong", right + "x", strings.ToUpper(right)} {
			p.Key = key // the panel accepts its original key, not the present value of the field
			p.want(401, want, "GET", "/ping", "")
		}
	}
	a.RevokeKey()
	a.want(401, `{"code":"401 Unauthorized","message":"API key is missing or invalid."}`, "POST", "/clients", "not even JSON")
}

func TestUnknownDialect(t *testing.T) {
	require.Panics(t, func() { keyhelptest.NewServer(keyhelptest.InMemory(), keyhelptest.WithDialect("v1")) })
}

func TestOverTCP(t *testing.T) {
	srv := keyhelptest.NewServer(keyhelptest.WithTLS(), keyhelptest.WithPathPrefix("/panel"))
	defer srv.Close()
	require.True(t, strings.HasPrefix(srv.URL, "https://127.0.0.1:"), srv.URL)
	require.True(t, strings.HasSuffix(srv.URL, "/panel"), srv.URL)
	require.Regexp(t, `^sha256/.{44}$`, srv.Pin)
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(srv.CertificatePEM))
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true}}
	get := func(url string) (int, string) {
		req, err := http.NewRequest(http.MethodGet, url, nil)
		require.NoError(t, err)
		req.Header.Set("X-API-Key", srv.Key)
		resp, err := client.Do(req)
		require.NoError(t, err)
		defer func() { require.NoError(t, resp.Body.Close()) }()
		data, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return resp.StatusCode, string(data)
	}
	for _, version := range []string{"v1", "v2"} {
		status, text := get(srv.URL + "/api/" + version + "/ping")
		require.Equal(t, 200, status)
		require.JSONEq(t, `{"response":"pong"}`, text)
	}
	for _, lost := range []string{strings.TrimSuffix(srv.URL, "/panel") + "/api/v2/ping", srv.URL + "/api/v3/ping", srv.URL + "/"} {
		status, text := get(lost)
		require.Equal(t, 404, status, lost)
		require.NotContains(t, text, "{", "a web server's page, not the API")
	}
	srv.Close()
	srv.Close()
}

func TestInMemoryInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := keyhelptest.NewServer(keyhelptest.InMemory())
		srv.Faults.At(0, faults.Fault{Kind: faults.Delay, Delay: time.Hour})
		req, err := http.NewRequest(http.MethodGet, srv.URL+"/api/v2/ping", nil)
		require.NoError(t, err)
		req.Header.Set("X-API-Key", srv.Key)
		before := time.Now()
		resp, err := srv.Client().Do(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, 200, resp.StatusCode)
		require.Equal(t, time.Hour, time.Since(before))
	})
}

func TestRateLimit(t *testing.T) {
	for d, want := range map[keyhelptest.Dialect]string{
		keyhelptest.Documented: `{"error":"Too many requests"}`,
		keyhelptest.Live:       `{"code":"429 Too Many Requests","message":"Too many requests."}`,
	} {
		p := newPanel(t, d, keyhelptest.WithRateLimit(2, 10*time.Second))
		get := func() (int, string) {
			req, err := http.NewRequest(http.MethodGet, p.URL+"/api/v2/hosting-plans", nil)
			require.NoError(t, err)
			req.Header.Set("X-API-Key", p.Key)
			resp, err := p.Client().Do(req)
			require.NoError(t, err)
			defer func() { require.NoError(t, resp.Body.Close()) }()
			if resp.StatusCode == 429 {
				data, err := io.ReadAll(resp.Body)
				require.NoError(t, err)
				require.JSONEq(t, want, string(data))
			}
			return resp.StatusCode, resp.Header.Get("Retry-After")
		}
		for range 2 {
			status, _ := get()
			require.Equal(t, 200, status)
		}
		p.now = p.now.Add(2500 * time.Millisecond)
		status, wait := get()
		require.Equal(t, 429, status)
		require.Equal(t, "8", wait, "rounded up")
		p.now = p.now.Add(7500 * time.Millisecond)
		status, _ = get()
		require.Equal(t, 200, status)
	}
}

func TestBrokenBodies(t *testing.T) {
	huge := `{"login_name":"` + strings.Repeat("x", 1<<20) + `"}`
	for body, text := range map[string]string{
		"":       "The body is empty",
		"{":      "The body is not JSON",
		"a=b":    "The body is not JSON",
		"{} {}":  "The body is not JSON",
		"[]":     "The body has a value of the wrong type (want object)",
		"null":   "The body has a value of the wrong type (want object)",
		`"text"`: "The body has a value of the wrong type (want object)",
		huge:     "The body is too large",
	} {
		newPanel(t, keyhelptest.Documented).want(400, documentedError(text), "POST", "/clients", body)
		newPanel(t, keyhelptest.Live).want(400, liveError(400, text+"."), "PUT", "/clients/1", body)
	}
}

func TestServerEndpoints(t *testing.T) {
	p := newPanel(t, keyhelptest.Live)
	p.want(200, `{"response":"pong"}`, "GET", "/ping", "")
	p.SetUsage(p.AddClient(keyhelptest.Client{Username: "a"}), keyhelptest.Usage{DiskSpace: 100, Traffic: 10})
	p.SetUsage(p.AddClient(keyhelptest.Client{Username: "b"}), keyhelptest.Usage{DiskSpace: 1 << 40, Traffic: 5})
	p.now = p.now.Add(3*24*time.Hour + 4*time.Hour + 5*time.Minute + 6*time.Second)
	server := func(uptime string) string {
		return `{"meta":{"hostname":"srv1.keyhelp.test","ip_addresses":["192.0.2.80","2001:db8::80"],
			"panel_version":"26.1","panel_build":4711,"uptime":` + uptime + `},
			"operating_system":{"label":"Debian 13","updates":{"reboot_required":false}},
			"utilization":{"load":{"minute_1":0.12,"minute_5":0.1,"minute_15":0.05,"percent":3.5}},
			"resources":{"traffic":15,"consumed_disk_space":1099511627876}}`
	}
	p.want(200, server(`{"days":3,"hours":4,"minutes":5,"seconds":6}`), "GET", "/server", "")
	p.want(200, server(`{"days":3,"hours":4,"minutes":5,"seconds":6}`), "GET", "/server/", "")
	for _, body := range []string{`{}`, `{"confirm":false}`, `{"confirm":null}`} {
		p.want(400, liveError(400, "confirm: Must be true."), "POST", "/server/reboot", body)
	}
	p.want(400, liveError(400, "confirm: Invalid type (boolean)."), "POST", "/server/reboot", `{"confirm":"true"}`)
	require.Zero(t, p.Reboots())
	p.want(200, `{}`, "POST", "/server/reboot", `{"confirm":true}`)
	require.Equal(t, 1, p.Reboots())
	p.now = p.now.Add(time.Second)
	p.want(200, server(`{"days":0,"hours":0,"minutes":0,"seconds":1}`), "GET", "/server", "")
}
