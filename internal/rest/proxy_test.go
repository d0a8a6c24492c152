package rest

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
)

const proxyPassword = "canary-pass/w0rd"

var proxyUser = url.UserPassword("bob", proxyPassword).String() + "@"

func TestProxyURL(t *testing.T) {
	own := provider.WithHTTPClient(&http.Client{Transport: &http.Transport{}})
	for _, row := range []struct {
		proxy string
		opt   provider.Option
		want  string
	}{
		{"http://proxy.test:3128", nil, ""}, {"https://" + proxyUser + "proxy.test/", nil, ""}, {"socks5://[2001:db8::1]:1080", nil, ""},
		{"socks5h://proxy.test", provider.WithHTTPClient(&http.Client{Timeout: time.Second}), ""},
		{"http://proxy.test", own, "conflicts with WithHTTPClient"},
		{"proxy.test:3128", nil, "must begin with"}, {"ftp://" + proxyUser + "proxy.test", nil, "must begin with"},
		{"http://" + proxyUser, nil, "has no host"}, {"http://" + proxyUser + "proxy.test:", nil, "port"}, {"http://" + proxyUser + "proxy.test:0", nil, "port"},
		{"http://" + proxyUser + "2001:db8::1", nil, "without brackets"}, {"http://" + proxyUser + "proxy.test/x", nil, "nothing after the port"},
		{"http://" + proxyUser + "proxy\ufeff.test", nil, "invisible"}, {"http://" + proxyUser + "proxy.test:x", nil, "not a URL"},
	} {
		opts := []provider.Option{provider.WithProxy(row.proxy), row.opt}
		c, err := New(Config{Provider: "test", BaseURL: "https://panel.test"}, opts...)
		if row.want == "" {
			require.NoError(t, err, row.proxy)
			hidden(t, c, c.options)
			continue
		}
		require.ErrorIs(t, err, provider.ErrInvalid, row.proxy)
		assert.Contains(t, asError(t, err).Fields["WithProxy"], row.want, row.proxy)
		hidden(t, err)
	}
}

// hidden fails if a value shows the password of the proxy.
func hidden(t *testing.T, values ...any) {
	t.Helper()
	for _, value := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			text := fmt.Sprintf(verb, value)
			require.NotContains(t, text, proxyPassword)
			require.NotContains(t, text, url.QueryEscape(proxyPassword))
		}
	}
}

// tunnel is an http proxy that wants credentials.
func tunnel(seen *atomic.Int64) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		want := "Basic " + base64.StdEncoding.EncodeToString([]byte("bob:"+proxyPassword))
		if r.Header.Get("Proxy-Authorization") != want {
			http.Error(w, "who are you? "+proxyPassword, http.StatusProxyAuthRequired)
			return
		}
		if r.Method != http.MethodConnect {
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		seen.Add(1)
		far, err := net.Dial("tcp", r.Host)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		w.WriteHeader(http.StatusOK)
		near, read, err := w.(http.Hijacker).Hijack()
		if err == nil {
			pipe(near, read, far)
		}
	})
}

// pipe connects near, of which some bytes may have been read ahead, with far.
func pipe(near net.Conn, read io.Reader, far net.Conn) {
	go func() { _, _ = io.Copy(near, far); _ = near.Close() }()
	_, _ = io.Copy(far, read)
	_ = far.Close()
}

// socks is a SOCKS5 proxy that wants credentials.
func socks(t *testing.T, seen *atomic.Int64) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	serve := func(conn net.Conn) {
		defer func() { _ = conn.Close() }()
		r := bufio.NewReader(conn)
		read := func(n int) []byte { b := make([]byte, n); _, _ = io.ReadFull(r, b); return b }
		read(int(read(2)[1]))
		_, _ = conn.Write([]byte{5, 2})
		user := string(read(int(read(2)[1])))
		password := string(read(int(read(1)[0])))
		if user != "bob" || password != proxyPassword {
			_, _ = conn.Write([]byte{1, 1})
			return
		}
		_, _ = conn.Write([]byte{1, 0})
		var host string
		switch kind := read(4)[3]; kind {
		case 1:
			host = net.IP(read(4)).String()
		case 3:
			host = string(read(int(read(1)[0])))
		}
		port := read(2)
		far, err := net.Dial("tcp", net.JoinHostPort(host, fmt.Sprint(int(port[0])<<8|int(port[1]))))
		if err != nil {
			return
		}
		seen.Add(1)
		_, _ = conn.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
		pipe(conn, r, far)
	}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go serve(conn)
		}
	}()
	return l.Addr().String()
}

// TestProxy: a call goes through the proxy, to a server whose key is pinned, and nothing shows the
// password.
func TestProxy(t *testing.T) {
	secure := panel(t)
	var seen atomic.Int64
	plain := httptest.NewServer(tunnel(&seen))
	defer plain.Close()
	for _, proxy := range []string{"http://" + proxyUser + strings.TrimPrefix(plain.URL, "http://"), "socks5://" + proxyUser + socks(t, &seen)} {
		seen.Store(0)
		c := newClient(t, secure.URL, pins(PinOf(secure.Certificate())), provider.WithProxy(proxy))
		steps, err := diagnose(t, c)
		require.NoError(t, err)
		require.EqualValues(t, 1, seen.Load())
		u, err := url.Parse(proxy)
		require.NoError(t, err)
		step := (&provider.CheckReport{Steps: steps}).Step(provider.CheckProxy)
		require.NotNil(t, step)
		require.Equal(t, provider.CheckOK, step.State)
		require.Equal(t, "connects through "+u.Scheme+"://"+u.Host, step.Detail)
		hidden(t, c, steps)
		c.closeIdle()

		c = newClient(t, secure.URL, provider.WithProxy(strings.Replace(proxy, "bob:", "eve:", 1)), provider.WithRetry(provider.Retry{Attempts: 1}))
		err = ask(t, c)
		require.ErrorIs(t, err, provider.ErrUnavailable)
		require.NotErrorIs(t, err, provider.ErrOutcomeUnknown)
		hidden(t, err)
	}
}

// TestSecureProxy: the certificate of a proxy is verified in the usual way, whatever WithTLS says of
// the server's.
func TestSecureProxy(t *testing.T) {
	secure := panel(t)
	var seen atomic.Int64
	proxy := httptest.NewTLSServer(tunnel(&seen))
	proxy.Config.ErrorLog = log.New(io.Discard, "", 0)
	defer proxy.Close()
	with := provider.WithProxy("https://" + proxyUser + strings.TrimPrefix(proxy.URL, "https://"))
	for _, policy := range []provider.TLS{{InsecureSkipVerify: true}, {PinnedKeys: []string{PinOf(proxy.Certificate())}}} {
		c := newClient(t, secure.URL, with, provider.WithTLS(policy), provider.WithRetry(provider.Retry{Attempts: 1}))
		err := ask(t, c)
		require.ErrorContains(t, err, "certificate")
		require.Zero(t, seen.Load())
		hidden(t, err)
	}
}

// TestProxyOfTheEnvironment: the environment changes nothing, and Check says so.
func TestProxyOfTheEnvironment(t *testing.T) {
	for _, name := range []string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"} {
		t.Setenv(name, "")
	}
	for _, row := range []struct {
		base, name, no string
		opt            provider.Option
		want           string
	}{
		{base: "https://panel.test", want: ""},
		{base: "https://panel.test", name: "HTTPS_PROXY", want: "HTTPS_PROXY is set in the environment, and is not used"},
		{base: "https://panel.test", name: "https_proxy", want: "https_proxy is set"},
		{base: "https://panel.test", name: "HTTP_PROXY"},
		{base: "http://panel.test", name: "HTTP_PROXY", opt: provider.WithPlainHTTP(), want: "HTTP_PROXY is set"},
		{base: "https://127.0.0.1:1", name: "HTTPS_PROXY"},
		{base: "https://panel.test", name: "HTTPS_PROXY", no: "other.test, .test"},
		{base: "https://panel.test", name: "HTTPS_PROXY", no: "*"},
		{base: "https://panel.test", name: "HTTPS_PROXY", no: "anel.test", want: "HTTPS_PROXY is set"},
		{base: "https://panel.test", name: "HTTPS_PROXY", opt: provider.WithProxy("http://proxy.test"), want: "connects through http://proxy.test"},
		{base: "https://panel.test", name: "HTTPS_PROXY", opt: provider.WithHTTPClient(&http.Client{Transport: &http.Transport{}})},
	} {
		t.Run(row.base+row.name+row.no, func(t *testing.T) {
			if row.name != "" {
				t.Setenv(row.name, "http://"+proxyUser+"proxy.test:3128")
			}
			t.Setenv("NO_PROXY", row.no)
			c, err := New(Config{Provider: "test", BaseURL: row.base}, row.opt)
			require.NoError(t, err)
			step, ok := c.proxyStep()
			require.Equal(t, row.want != "", ok)
			require.Contains(t, step.Detail, row.want)
			hidden(t, step)
		})
	}
}

func TestClock(t *testing.T) {
	before := time.Date(2026, 3, 4, 5, 6, 7, 900_000_000, time.UTC)
	after := before.Add(2 * time.Second)
	date := func(d time.Duration) http.Header {
		return http.Header{"Date": {before.Add(d).Format(http.TimeFormat)}}
	}
	for name, row := range map[string]struct {
		header http.Header
		want   string
		state  provider.CheckState
	}{
		"none":            {http.Header{}, "", ""},
		"not a date":      {http.Header{"Date": {"yesterday"}}, "", ""},
		"from a cache":    {http.Header{"Date": date(-time.Hour)["Date"], "Age": {"3600"}}, "", ""},
		"right":           {date(time.Second), "agrees", provider.CheckOK},
		"a minute ahead":  {date(time.Minute + 2*time.Second), "agrees", provider.CheckOK},
		"a minute behind": {date(-time.Minute), "agrees", provider.CheckOK},
		"ahead":           {date(10*time.Minute + 2*time.Second), "is 9m59s ahead of ours", provider.CheckWarning},
		"behind":          {date(-3 * time.Hour), "is 3h0m0s behind ours", provider.CheckWarning},
	} {
		step, ok := clockStep(row.header, before, after)
		require.Equal(t, row.want != "", ok, name)
		require.Contains(t, step.Detail, row.want, name)
		require.Equal(t, row.state, step.State, name)
	}
	secure := panel(t)
	for skew, want := range map[time.Duration]provider.CheckState{0: provider.CheckOK, -time.Hour: provider.CheckWarning, time.Hour: provider.CheckWarning} {
		for _, status := range []int{200, 401} {
			secure.Config.Handler = answer(status, `{"id": 1}`, "Date", time.Now().Add(skew).UTC().Format(http.TimeFormat))
			c := newClient(t, secure.URL, pins(PinOf(secure.Certificate())))
			steps, _ := diagnose(t, c)
			c.closeIdle()
			step := (&provider.CheckReport{Steps: steps}).Step(provider.CheckClock)
			require.NotNil(t, step)
			require.Equal(t, want, step.State, "%v", skew)
		}
	}
}
