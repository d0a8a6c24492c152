package hestiatest

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider/faults"
)

func TestCredentials(t *testing.T) {
	a, b := NewServer(InMemory()), NewServer(InMemory())
	require.Regexp(t, `^[A-Za-z0-9]{20}$`, a.AccessKey)
	require.Regexp(t, `^[A-Za-z0-9_=-]{40}$`, a.SecretKey)
	require.Regexp(t, `^[A-Za-z0-9_-]{32}$`, a.APIKey)
	require.Regexp(t, `^[A-Za-z0-9]{16}$`, a.AdminPassword)
	require.Equal(t, "admin", a.AdminUser)
	for _, pair := range [][2]string{{a.AccessKey, b.AccessKey}, {a.SecretKey, b.SecretKey}, {a.APIKey, b.APIKey}, {a.AdminPassword, b.AdminPassword}} {
		require.Equal(t, pair[0], pair[1])
	}
}

func TestRootUser(t *testing.T) {
	p := newPanel(t, WithRootUser("chief"), WithSeedUsers(2))
	require.Equal(t, "chief", p.AdminUser)
	require.Equal(t, "chief", p.Config()["ROOT_USER"])
	users := p.Users()
	require.Len(t, users, 3)
	require.Equal(t, "seed0002", users[2].Name)
	sign := url.Values{"user": {"chief"}, "password": {p.AdminPassword}}
	p.want(200, "", "OK", sign, cmd("v-suspend-user", "chief"))
	p.want(200, "", "OK", sign, cmd("v-delete-user", "chief"))
	chief, ok := p.User("chief")
	require.True(t, ok)
	require.False(t, chief.Suspended)
	require.Equal(t, "admin", chief.Role)
	p.want(401, "10", "Error: authentication failed", url.Values{"user": {"admin"}, "password": {"x"}}, cmd("v-list-users"))
}

func TestOverTCP(t *testing.T) {
	srv := NewServer(WithTLS(), WithPathPrefix("/panel"))
	defer srv.Close()
	require.True(t, strings.HasPrefix(srv.URL, "https://127.0.0.1:"), srv.URL)
	require.Regexp(t, `^sha256/.{44}$`, srv.Pin)
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(srv.CertificatePEM))
	client := &http.Client{
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	post := func(target string) (*http.Response, string) {
		form := url.Values{"access_key": {srv.AccessKey}, "secret_key": {srv.SecretKey}, "cmd": {"v-get-user-value"}, "arg1": {"admin"}, "arg2": {"role"}}
		resp, err := client.PostForm(target, form)
		require.NoError(t, err)
		data, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		return resp, string(data)
	}
	resp, body := post(srv.URL + "/api/")
	require.Equal(t, 200, resp.StatusCode)
	require.Equal(t, "0", resp.Header.Get("Hestia-Exit-Code"))
	require.Equal(t, "admin", body)
	resp, _ = post(srv.URL + "/api")
	require.Equal(t, 301, resp.StatusCode)
	require.Equal(t, srv.URL+"/api/", resp.Header.Get("Location"))
	for _, lost := range []string{strings.TrimSuffix(srv.URL, "/panel") + "/api/", srv.URL + "/", srv.URL + "/api/v2/"} {
		resp, body = post(lost)
		require.Equal(t, 404, resp.StatusCode, lost)
		require.Empty(t, resp.Header.Get("Hestia-Exit-Code"))
		require.NotContains(t, body, "Error:")
	}
	srv.Close()
	srv.Close()
}

func TestInMemoryInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPanel(t)
		p.Faults.At(0, faults.Fault{Kind: faults.Delay, Delay: time.Hour})
		before := time.Now()
		p.want(200, "0", "admin", p.modern(), cmd("v-get-user-value", "admin", "role"))
		require.Equal(t, time.Hour, time.Since(before))
	})
}

func TestClock(t *testing.T) {
	now := time.Date(2031, 2, 3, 4, 5, 6, 0, time.FixedZone("", 3600))
	p := newPanel(t, WithClock(func() time.Time { return now }))
	p.want(204, "0", "", p.modern(), cmd("v-add-user", "dora", "SECRET", "dora@example.com"))
	dora, _ := p.User("dora")
	require.Equal(t, "2031-02-03", dora.Config["DATE"])
	require.Equal(t, "03:05:06", dora.Config["TIME"])
}

func TestPackages(t *testing.T) {
	p := newPanel(t, WithPackages(Package{Name: "gold", WebDomains: "5"}, Package{Name: "default", Databases: "3"}))
	packages := p.Packages()
	require.Len(t, packages, 3)
	require.Equal(t, "default", packages[0].Name)
	require.Equal(t, "3", packages[0].Databases)
	require.Equal(t, "1", packages[1].WebDomains, "the shipped package system")
	require.Equal(t, "5", packages[2].WebDomains)
	require.Equal(t, "unlimited", packages[2].Databases)
	require.Equal(t, "nologin", packages[2].Shell)
	p.AddUser(User{Name: "alice", Package: "gold"})
	p.AddUser(User{Name: "bob", Package: "default"})
	p.AddPackage(Package{Name: "gold2"})
	p.AddUser(User{Name: "carl", Package: "gold2"})
	p.want(204, "0", "", p.modern(), cmd("v-delete-user-package", "gold"))
	for _, name := range []string{"alice", "bob", "carl"} {
		u, _ := p.User(name)
		require.Equal(t, "default", u.Package, "members are found by the beginning of the name")
	}
	p.want(400, "3", "Error: package gold2 exist", p.modern(), cmd("v-rename-user-package", "default", "gold2"))
	require.True(t, p.RemovePackage("gold2"))
	require.False(t, p.RemovePackage("gold2"))
}

func TestMutators(t *testing.T) {
	p := newPanel(t)
	p.AddUser(User{
		Name: "alice", Password: "pass", Email: "a@example.com", DisplayName: "Alice", Suspended: true, Role: "user", Shell: "bash",
		Nameservers: []string{"ns1.example.net", "ns2.example.net"}, WebDomains: []string{"example.com", "example.org"},
		Config: map[string]string{"U_DISK": "7"},
	})
	alice, ok := p.User("alice")
	require.True(t, ok)
	require.Equal(t, "pass", alice.Password)
	require.Equal(t, []string{"example.com", "example.org"}, alice.WebDomains)
	require.Equal(t, []string{"ns1.example.net", "ns2.example.net"}, alice.Nameservers)
	require.True(t, alice.Suspended)
	require.Equal(t, "7", alice.Config["U_DISK"])
	require.Equal(t, "2", alice.Config["U_WEB_DOMAINS"])
	require.Equal(t, "2", alice.Config["U_WEB_ALIASES"])
	alice.Config["U_DISK"], alice.WebDomains[0] = "8", "changed"
	again, _ := p.User("alice")
	require.Equal(t, "7", again.Config["U_DISK"])
	require.Equal(t, "example.com", p.Objects("alice", "web")[0]["DOMAIN"])
	require.Equal(t, "www.example.com", p.Objects("alice", "web")[0]["ALIAS"])
	require.Nil(t, p.Objects("alice", "nothing"))
	require.Nil(t, p.Objects("nobody", "web"))
	p.SetUsage("alice", 100, 5)
	again, _ = p.User("alice")
	require.Equal(t, "100", again.Config["U_DISK"])
	require.Equal(t, "5", again.Config["U_BANDWIDTH"])
	admin, _ := p.User("admin")
	require.Equal(t, "2", admin.Config["U_USERS"])
	require.Equal(t, "1", admin.Config["SUSPENDED_USERS"])
	require.Panics(t, func() { p.AddUser(User{Name: "alice"}) })
	require.Panics(t, func() { p.AddUser(User{Name: "bob", Package: "none"}) })
	require.Panics(t, func() { p.SetUsage("nobody", 1, 1) })
	require.True(t, p.RemoveUser("alice"))
	require.False(t, p.RemoveUser("alice"))
	_, ok = p.User("alice")
	require.False(t, ok)
}

func TestSwitches(t *testing.T) {
	p := newPanel(t)
	p.AddUser(User{Name: "alice", WebDomains: []string{"example.com"}})
	p.IgnoreSuspension(true)
	p.want(204, "0", "", p.modern(), cmd("v-suspend-user", "alice"))
	alice, _ := p.User("alice")
	require.False(t, alice.Suspended)
	p.IgnoreSuspension(false)
	p.want(204, "0", "", p.modern(), cmd("v-suspend-user", "alice"))
	p.IgnoreSuspension(true)
	p.want(204, "0", "", p.modern(), cmd("v-unsuspend-user", "alice"))
	alice, _ = p.User("alice")
	require.True(t, alice.Suspended)

	p.HideUsers(true)
	p.want(400, "3", "Error: user alice doesn't exist", p.modern(), cmd("v-list-user", "alice", "json"))
	p.want(400, "3", "Error: user  doesn't exist", p.modern(), cmd("v-list-users", "json"))
	p.want(401, "5", "Error: user alice is suspended", p.modern(), cmd("v-suspend-user", "alice"))
	p.HideUsers(false)
	p.want(200, "0", "yes", p.modern(), cmd("v-get-user-value", "alice", "suspended"))
}

func TestInjections(t *testing.T) {
	p := newPanel(t)
	p.AddUser(User{Name: "alice"})
	p.Inject(Injection{Command: "v-suspend-user", Code: 20, Applied: true, Times: 1})
	p.want(400, "20", "", p.modern(), cmd("v-suspend-user", "alice"))
	p.want(401, "5", "Error: user alice is suspended", p.modern(), cmd("v-suspend-user", "alice"))
	for code, status := range map[int]int{1: 400, 13: 400, 14: 400, 16: 400, 17: 400, 18: 400, 21: 401, 126: 400, 255: 400} {
		p.Inject(Injection{Code: code, Output: "Error: so", Times: 2})
		p.want(status, strconv.Itoa(code), "Error: so", p.modern(), cmd("v-list-users"))
		p.want(200, "", "Error: so\n", p.legacy(), cmd("v-list-users"))
	}
	p.Inject(Injection{Command: "v-list-web-domains", Code: 2, Output: "{\n    \"a\": {\nError: Invalid object format: x"})
	for range 2 {
		p.want(422, "2", "{\n    \"a\": {\nError: Invalid object format: x", p.modern(), cmd("v-list-web-domains", "alice", "json"))
	}
	p.ClearInjections()
	p.want(200, "0", "{\n}", p.modern(), cmd("v-list-web-domains", "alice", "json"))
	p.Inject(Injection{Output: "0", Times: 1})
	p.want(204, "0", "", p.modern(), cmd("v-list-users")) // PHP takes "0" for empty
	p.Inject(Injection{Output: "12", Times: 1})
	_, _, body, header := p.ask(p.modern(), cmd("v-list-users"))
	require.Equal(t, "12", body)
	require.Equal(t, "application/json; charset=utf-8", header.Get("Content-Type"))
}

// TestConcurrency: commands run one at a time, and none is lost.
func TestConcurrency(t *testing.T) {
	p := newPanel(t)
	var wait sync.WaitGroup
	for i := range 50 {
		wait.Go(func() {
			form := p.modern()
			form.Set("cmd", "v-add-user")
			form.Set("arg1", fmt.Sprintf("user%d", i))
			form.Set("arg2", "SECRET")
			form.Set("arg3", "a@example.com")
			resp, err := p.Client().PostForm(p.URL+"/api/", form)
			if err == nil {
				_ = resp.Body.Close()
			}
			p.Users()
		})
	}
	wait.Wait()
	require.Len(t, p.Users(), 51)
	admin, _ := p.User("admin")
	require.Equal(t, "51", admin.Config["U_USERS"])
}
