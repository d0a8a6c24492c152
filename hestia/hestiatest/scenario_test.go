package hestiatest

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// rows returns the objects of a JSON list.
func (p panel) rows(words ...string) map[string]map[string]any {
	p.t.Helper()
	status, _, body, _ := p.ask(p.modern(), words)
	require.Equal(p.t, 200, status, body)
	var all map[string]map[string]any
	require.NoError(p.t, json.Unmarshal([]byte(body), &all), body)
	return all
}

// ok runs commands that succeed without output.
func (p panel) ok(commands ...[]string) {
	p.t.Helper()
	for _, words := range commands {
		p.want(204, "0", "", p.modern(), words)
	}
}

func TestAddDomain(t *testing.T) {
	p := newPanel(t, WithPackages(Package{Name: "one", WebDomains: "1", DNSDomains: "1", MailDomains: "1"}))
	p.AddUser(User{Name: "alice", Package: "one"})
	p.SetConfig("WEBMAIL_SYSTEM", "") // as on the recorded server
	noWebmail := "Error:  type is invalid"
	p.want(200, "0", noWebmail, p.modern(), cmd("v-add-domain", "alice", "example.com"))
	alice, _ := p.User("alice")
	for key, want := range map[string]string{
		"U_WEB_DOMAINS": "1", "U_DNS_DOMAINS": "1", "U_MAIL_DOMAINS": "1", "U_DNS_RECORDS": "16", "U_MAIL_DKIM": "1", "U_WEB_ALIASES": "1",
	} {
		require.Equal(t, want, alice.Config[key], key)
	}
	require.Equal(t, "16", p.Objects("alice", "dns")[0]["RECORDS"])
	require.Equal(t, "no", p.Objects("alice", "mail")[0]["ANTISPAM"])
	p.want(400, "8", "Error: Package limit reached", p.modern(), cmd("v-add-domain", "alice", "example.org"))
	p.want(400, "4", "Error: Web domain example.com exists\nError: can't add web domain", p.modern(), cmd("v-add-domain", "admin", "example.com"))
	p.ok(cmd("v-suspend-domain", "alice", "example.com"), cmd("v-unsuspend-domain", "alice", "example.com"), cmd("v-delete-domain", "alice", "example.com"))
	p.want(400, "3", "Error: domain example.com doesn't exist", p.modern(), cmd("v-delete-domain", "alice", "example.com"))
	alice, _ = p.User("alice")
	for _, key := range []string{"U_WEB_DOMAINS", "U_DNS_DOMAINS", "U_MAIL_DOMAINS", "U_DNS_RECORDS", "U_MAIL_DKIM", "U_WEB_ALIASES", "SUSPENDED_WEB", "SUSPENDED_DNS", "SUSPENDED_MAIL"} {
		require.Equal(t, "0", alice.Config[key], key)
	}
	p.SetConfig("WEBMAIL_SYSTEM", "roundcube")
	p.ok(cmd("v-add-domain", "alice", "example.com"))
	require.Equal(t, "roundcube", p.Objects("alice", "mail")[0]["WEBMAIL"])
}

// TestSuspensionCascade: suspending a user suspends everything it has, and unsuspending it also
// unsuspends what had been suspended individually.
func TestSuspensionCascade(t *testing.T) {
	s := populated()
	t.Cleanup(s.Close)
	p := panel{s, t}
	p.ok(cmd("v-add-web-domain", "alice", "single.example"), cmd("v-suspend-web-domain", "alice", "single.example"), cmd("v-suspend-user", "alice"))
	for _, list := range []string{"v-list-web-domains", "v-list-dns-domains", "v-list-mail-domains", "v-list-databases", "v-list-cron-jobs"} {
		for name, r := range p.rows(list, "alice", "json") {
			require.Equal(t, "yes", r["SUSPENDED"], "%s %s", list, name)
		}
	}
	for name, r := range p.rows("v-list-mail-accounts", "alice", "example.com", "json") {
		require.Equal(t, "yes", r["SUSPENDED"], name)
	}
	alice, _ := p.User("alice")
	require.True(t, alice.Suspended)
	require.Equal(t, "2", alice.Config["SUSPENDED_WEB"])
	p.want(401, "9", "Error: password missmatch", p.modern(), cmd("v-check-user-password", "alice", "SECRET"))
	p.ok(cmd("v-unsuspend-user", "alice"))
	for name, r := range p.rows("v-list-web-domains", "alice", "json") {
		require.Equal(t, "no", r["SUSPENDED"], name)
	}
	p.ok(cmd("v-check-user-password", "alice", "SECRET"))

	// The counter drops again although no user was suspended.
	p.AddUser(User{Name: "bob", Suspended: true})
	p.AddUser(User{Name: "carl", Suspended: true})
	p.ok(cmd("v-unsuspend-user", "alice"))
	admin, _ := p.User("admin")
	require.Equal(t, "1", admin.Config["SUSPENDED_USERS"])
}

// TestOtherUsersDomains: a domain may be website, zone and mail domain of one user, but none of
// these if any part of it belongs to another user.
func TestOtherUsersDomains(t *testing.T) {
	s := populated()
	t.Cleanup(s.Close)
	p := panel{s, t}
	p.AddUser(User{Name: "bob"})
	p.want(400, "4", "Error: Web domain example.com exists", p.modern(), cmd("v-add-dns-domain", "bob", "example.com", firstIP))
	p.want(400, "4", "Error: Web domain example.com exists", p.modern(), cmd("v-add-mail-domain", "bob", "example.com"))
	p.want(400, "4", "Error: Web alias www.example.com exists", p.modern(), cmd("v-add-web-domain", "bob", "example.net", "", "", "www.example.com"))
	p.want(400, "1", "Error: Invalid domain format. IP address detected as input.", p.modern(), cmd("v-add-web-domain", "bob", "192.0.2.99"))
	p.ok(cmd("v-add-web-domain", "bob", "sub.example.com"))
	p.SetConfig("ENFORCE_SUBDOMAIN_OWNERSHIP", "yes")
	p.want(400, "4", "Error: Unable to add x.example.com. example.com belongs to a different user", p.modern(), cmd("v-add-web-domain", "bob", "x.example.com"))
	p.ok(cmd("v-add-web-domain-allow-users", "alice", "example.com"), cmd("v-add-web-domain", "bob", "x.example.com"))
	p.ok(cmd("v-change-domain-owner", "example.com", "bob"))
	bob, _ := p.User("bob")
	require.Equal(t, []string{"sub.example.com", "x.example.com", "example.com"}, bob.WebDomains)
	require.Equal(t, "1", bob.Config["U_MAIL_ACCOUNTS"])
	require.Len(t, p.Objects("bob", "mail/example.com"), 1)
	p.want(200, "0", "ERROR: example.com is already owned by bob.", p.modern(), cmd("v-change-domain-owner", "example.com", "bob"))
}

// TestEmptyArguments: an empty argument is not an omitted one.
func TestEmptyArguments(t *testing.T) {
	p := newPanel(t)
	p.want(400, "3", "Error: package  doesn't exist", p.modern(), cmd("v-add-user", "dora", "SECRET", "d@example.com", ""))
	p.want(204, "0", "", p.modern(), cmd("v-list-users", ""))
	p.want(204, "0", "", p.modern(), cmd("v-list-users", "yaml"))
	p.want(422, "2", "Error: yaml type is invalid", p.modern(), cmd("v-add-access-key", "admin", "", "comment", "yaml"))
	p.want(422, "2", "Error: invalid restart format :: maybe", p.modern(), cmd("v-suspend-user", "admin", "maybe"))
}

func TestCounters(t *testing.T) {
	s := populated()
	t.Cleanup(s.Close)
	p := panel{s, t}
	before, _ := p.User("alice")
	p.ok(cmd("v-update-user-counters", "alice"))
	after, _ := p.User("alice")
	require.Equal(t, before.Config, after.Config, "the counters match what there is")
	p.ok(cmd("v-delete-user", "alice"))
	ips := p.rows("v-list-sys-ips", "json")[firstIP]
	require.Equal(t, "0", ips["U_WEB_DOMAINS"])
	require.Equal(t, "", ips["U_SYS_USERS"])
	_, _, hosts, _ := p.ask(p.modern(), cmd("v-list-database-hosts", "json"))
	require.Contains(t, hosts, `"U_DB_BASES": "0"`)
}

func TestPasswords(t *testing.T) {
	p := newPanel(t)
	for _, password := range []string{`a'b"c$d\e`, "ümläut ß", "-leading", "two  spaces", "`id`", "%00", "/tmp/none"} {
		p.want(204, "0", "", p.modern(), cmd("v-add-user", "dora", password, "d@example.com"))
		dora, _ := p.User("dora")
		require.Equal(t, password, dora.Password)
		p.ok(cmd("v-check-user-password", "dora", password), cmd("v-delete-user", "dora"))
	}
}

func TestCertificates(t *testing.T) {
	s := populated()
	t.Cleanup(s.Close)
	p := panel{s, t}
	crt, key := selfSigned("example.com")
	_, otherKey := selfSigned("example.com")
	for _, c := range []struct{ crt, key, code, text string }{
		{"", key, "3", "/tmp/c/example.com.crt not found"}, {crt, "", "3", "/tmp/c/example.com.key not found"},
		{"nonsense", key, "2", "SSL Certificate is not valid"}, {crt, otherKey, "2", "ssl certificate key pair is not valid"},
		{crt, "nonsense", "2", "SSL Key is not valid"}, {crt, "ENCRYPTED " + key, "10", "SSL Key is protected (remove pass_phrase)"},
	} {
		p.WriteFile("/tmp/c/example.com.crt", c.crt)
		p.WriteFile("/tmp/c/example.com.key", c.key)
		_, code, text, _ := p.ask(p.modern(), cmd("v-add-web-domain-ssl", "alice", "example.com", "/tmp/c"))
		require.Equal(t, c.code, code, text)
		require.Equal(t, "Error: "+c.text, text)
	}
	p.ok(cmd("v-add-web-domain-ssl", "alice", "example.com", "/tmp/ssl"))
	shown := p.rows("v-list-web-domain-ssl", "alice", "example.com", "json")["example.com"]
	require.Equal(t, "example.com,www.example.com", shown["ALIASES"])
	require.Equal(t, "Jan  2 03:04:05 2026 GMT", shown["NOT_BEFORE"])
	require.True(t, strings.HasPrefix(shown["KEY"].(string), "-----BEGIN PRIVATE KEY-----\n"))
	alice, _ := p.User("alice")
	require.Equal(t, "1", alice.Config["U_WEB_SSL"])
}
