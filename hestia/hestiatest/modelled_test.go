package hestiatest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestModelledCommands prints which of the commands that people use next are modelled, and which were not at first.
func TestModelledCommands(t *testing.T) {
	late := strings.Fields(`generate-ssl-cert add-letsencrypt-user list-letsencrypt-user add-letsencrypt-domain
		delete-letsencrypt-domain schedule-letsencrypt-domain backup-users download-backup restore-user restore-web-domain
		restore-dns-domain restore-mail-domain restore-database restore-cron-job add-sys-firewall delete-sys-firewall
		update-firewall stop-firewall add-firewall-rule change-firewall-rule delete-firewall-rule move-firewall-rule
		suspend-firewall-rule unsuspend-firewall-rule list-firewall-ban add-firewall-ban delete-firewall-ban add-firewall-chain
		delete-firewall-chain add-cron-restart-job delete-cron-restart-job add-cron-letsencrypt-job add-cron-hestia-autoupdate
		delete-cron-hestia-autoupdate dump-database import-database change-database-owner`)
	for _, name := range late {
		require.Contains(t, Commands(), "v-"+name)
	}
	areas := []struct{ name, words string }{
		{"certificates", "ssl letsencrypt"}, {"backups", "backup restore"}, {"firewall", "firewall"}, {"cron", "cron"}, {"FTP", "ftp"},
		{"mail accounts", "mail-account"}, {"databases", "database"}, {"all", "v-"},
	}
	var table strings.Builder
	fmt.Fprintf(&table, "%-14s %8s %7s %4s", "commands", "of panel", "before", "now")
	for _, area := range areas {
		its := func(name string) bool {
			return slices.ContainsFunc(strings.Fields(area.words), func(word string) bool { return strings.Contains(name, word) })
		}
		all, now, before := 0, 0, 0
		for name := range commands {
			if !its(name) {
				continue
			}
			all++
			if slices.Contains(Commands(), name) {
				now++
				if !slices.Contains(late, strings.TrimPrefix(name, "v-")) {
					before++
				}
			}
		}
		fmt.Fprintf(&table, "\n%-14s %8d %7d %4d", area.name, all, before, now)
	}
	t.Log("\n" + table.String())
}

// A certificate of Let's Encrypt is signed by another, belongs to the website, and brings its DNS record.
func TestLetsEncrypt(t *testing.T) {
	p := panel{populated(), t}
	t.Cleanup(p.Close)
	p.StopLetsEncrypt(true)
	p.want(400, "15", "", p.modern(), cmd("v-add-letsencrypt-domain", "alice", "example.com"))
	p.want(400, "3", "Error: LetsEncrypt user account doesn't exist", p.modern(), cmd("v-list-letsencrypt-user", "alice", "json"))
	p.StopLetsEncrypt(false)
	p.want(400, "3", "Error: domain alias shop.example.com doesn't exist", p.modern(), cmd("v-add-letsencrypt-domain", "alice", "example.com", "shop.example.com"))
	for range 2 { // the second one renews
		p.ok(cmd("v-add-letsencrypt-domain", "alice", "example.com", "www.example.com"))
		cert := p.rows("v-list-web-domain-ssl", "alice", "example.com", "json")["example.com"]
		require.Equal(t, "example.com,www.example.com", cert["ALIASES"])
		require.NotEqual(t, cert["SUBJECT"], cert["ISSUER"])
		require.NotEmpty(t, cert["CA"])
	}
	site := p.rows("v-list-web-domain", "alice", "example.com", "json")["example.com"]
	require.Equal(t, "yes", site["SSL"])
	require.Equal(t, "yes", site["LETSENCRYPT"])
	caa := 0
	for _, r := range p.Objects("alice", "dns/example.com") {
		if r["TYPE"] == "CAA" {
			caa++
		}
	}
	require.Equal(t, 1, caa)
	require.NotEmpty(t, p.rows("v-list-letsencrypt-user", "alice", "json")["alice"]["KID"])
	p.ok(cmd("v-add-letsencrypt-domain", "alice", "example.com", "", "yes"))
	require.Equal(t, "mail.example.com", p.rows("v-list-mail-domain-ssl", "alice", "example.com", "json")["example.com"]["ALIASES"])
	p.ok(cmd("v-delete-letsencrypt-domain", "alice", "example.com"))
	site = p.rows("v-list-web-domain", "alice", "example.com", "json")["example.com"]
	require.Equal(t, "no", site["SSL"])
	require.Equal(t, "no", site["LETSENCRYPT"])
	require.Empty(t, slices.DeleteFunc(p.Objects("alice", "dns/example.com"), func(r map[string]string) bool { return r["TYPE"] != "CAA" }))
	for path := range p.Files() {
		require.NotContains(t, path, "/tmp/tmp.", "private keys do not stay behind")
	}

	made := p.rows("v-generate-ssl-cert", "example.com", "", "DE", "Bayern", "Fuerth", "Shop", "IT", "www.example.com", "json")["example.com"]
	p.ok(cmd("v-add-web-domain-ssl", "alice", "example.com", made["DIR"].(string)))
	cert := p.rows("v-list-web-domain-ssl", "alice", "example.com", "json")["example.com"]
	require.Equal(t, made["CRT"], cert["CRT"])
	require.Equal(t, "example.com,www.example.com", cert["ALIASES"])
}

// What an archive has comes back, also after the user is gone, with its passwords, certificates and counters.
func TestRestore(t *testing.T) {
	p := panel{populated(), t}
	t.Cleanup(p.Close)
	var archive string
	for archive = range p.rows("v-list-user-backups", "alice", "json") {
	}
	before, _ := p.User("alice")
	p.want(400, "3", "Error: backup file alice.x doesn't exist in '/backup' folder", p.modern(), cmd("v-restore-user", "alice", "alice.x"))
	p.ok(cmd("v-delete-mail-account", "alice", "example.com", "info"), cmd("v-delete-cron-job", "alice", "1"), cmd("v-delete-database", "alice", "alice_shop"))
	code, _ := answerOf(p.Server, "v-restore-database", "alice", archive, "alice_shop")
	require.Zero(t, code)
	require.Len(t, p.Objects("alice", "db"), 1)
	require.Empty(t, p.Objects("alice", "cron"), "only what was asked for")
	code, text := answerOf(p.Server, "v-restore-user", "alice", archive)
	require.Zero(t, code)
	require.Contains(t, text, "-- MAIL --")
	require.Len(t, p.Objects("alice", "mail/example.com"), 1)

	p.ok(cmd("v-delete-user", "alice"))
	p.AddUser(User{Name: "bob", WebDomains: []string{"example.com"}})
	p.want(400, "12", "-- WEB --\nError: example.com belongs to another user", p.modern(), cmd("v-restore-web-domain", "alice", archive, "example.com"))
	p.ok(cmd("v-delete-user", "bob"))
	code, _ = answerOf(p.Server, "v-restore-user", "alice", archive)
	require.Zero(t, code)
	after, _ := p.User("alice")
	for _, key := range []string{"U_WEB_DOMAINS", "U_DNS_RECORDS", "U_MAIL_ACCOUNTS", "U_DATABASES", "U_CRON_JOBS", "PACKAGE", "NAME"} {
		require.Equal(t, before.Config[key], after.Config[key], key)
	}
}

// The firewall answers 11 until it is switched on. Then its rules have numbers that follow from their order.
func TestFirewall(t *testing.T) {
	p := newPanel(t)
	add := cmd("v-add-firewall-rule", "ACCEPT", "192.0.2.0/24", "8080", "TCP", "TEST")
	p.want(400, "11", "Error: FIREWALL_SYSTEM is not enabled", p.modern(), add)
	p.ok(cmd("v-add-sys-firewall"), add)
	rules := func() map[string]map[string]any { return p.rows("v-list-firewall", "json") }
	require.Equal(t, "TEST", rules()["11"]["COMMENT"])
	p.want(400, "4", "Error: RULE=11 already exists", p.modern(), append(add, "11"))
	p.ok(cmd("v-move-firewall-rule", "11", "up"))
	require.Equal(t, "TEST", rules()["10"]["COMMENT"])
	require.Equal(t, "SSH", rules()["11"]["COMMENT"])
	p.want(400, "1", "Cannot move rule down. It's already the last rule.", p.modern(), cmd("v-move-firewall-rule", "11", "down"))
	p.ok(cmd("v-suspend-firewall-rule", "10"))
	p.want(401, "5", "Error: rules 10 is suspended", p.modern(), cmd("v-suspend-firewall-rule", "10"))
	p.ok(cmd("v-change-firewall-rule", "10", "DROP", "192.0.2.0/24", "8080", "TCP", "CHANGED"))
	require.Equal(t, "no", rules()["10"]["SUSPENDED"])
	p.ok(cmd("v-delete-firewall-rule", "1"))
	require.Equal(t, "CHANGED", rules()["9"]["COMMENT"])
	require.Len(t, rules(), 10)

	p.ok(cmd("v-add-firewall-ban", "198.51.100.7", "web"), cmd("v-add-firewall-ban", firstIP, "web"))
	require.Len(t, p.rows("v-list-firewall-ban", "json"), 1, "nobody bans the server")
	p.ok(cmd("v-delete-firewall-ban", "198.51.100.7", "web"))
	require.Empty(t, p.st.bans.rows)
}

// A database moves to another user under that one's prefix.
func TestDatabaseMoves(t *testing.T) {
	p := panel{populated(), t}
	t.Cleanup(p.Close)
	p.AddUser(User{Name: "bob"})
	code, dump := answerOf(p.Server, "v-dump-database", "alice", "alice_shop")
	require.Zero(t, code)
	require.Contains(t, dump, "alice_shop")
	code, path := answerOf(p.Server, "v-dump-database", "alice", "alice_shop", "file", "gzip")
	require.Zero(t, code)
	require.Contains(t, p.Files(), path)
	p.ok(cmd("v-change-database-owner", "alice_shop", "bob"))
	require.Empty(t, p.Objects("alice", "db"))
	db := p.Objects("bob", "db")[0]
	require.Equal(t, []string{"bob_shop", "bob_shop"}, []string{db["DB"], db["DBUSER"]})
	require.Equal(t, "SECRET", p.st.user("bob").secrets["db bob_shop"])
}
