package hestiatest

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// domains returns the names of the user's domains of a kind.
func (p panel) domains(user, kind string) []string {
	var names []string
	for _, r := range p.Objects(user, kind) {
		names = append(names, r["DOMAIN"])
	}
	return names
}

// TestTakeTime: a command is checked at once and does what it does later. Others run meanwhile, and it goes on when
// its client has gone away.
func TestTakeTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := panel{populated(), t}
		p.TakeTime("v-add-web-domain", 4*time.Second)
		began := time.Now()
		p.want(400, "3", "Error: user nobody doesn't exist", p.modern(), cmd("v-add-web-domain", "nobody", "late.example"))
		require.Zero(t, time.Since(began), "what is refused takes no time")

		p.abandoned(cmd("v-add-web-domain", "alice", "late.example"), time.Second)
		require.Equal(t, []string{"example.com"}, p.domains("alice", "web"))
		p.ok(cmd("v-add-user", "bob", "Secret+Passw0rd", "bob@example.com"))
		require.Equal(t, time.Second, time.Since(began), "others do not wait")
		time.Sleep(3*time.Second - time.Nanosecond)
		require.Equal(t, []string{"example.com"}, p.domains("alice", "web"))
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		require.Equal(t, []string{"example.com", "late.example"}, p.domains("alice", "web"))

		began = time.Now()
		p.ok(cmd("v-add-domain", "alice", "whole.example"))
		require.Equal(t, 4*time.Second, time.Since(began), "also inside another script")
		p.Close()
	})
}

// abandoned runs a command whose client leaves before the answer comes.
func (p panel) abandoned(words []string, after time.Duration) {
	form := p.modern()
	form.Set("cmd", words[0])
	for i, word := range words[1:] {
		form.Set("arg"+strconv.Itoa(i+1), word)
	}
	ctx, leave := context.WithCancel(p.t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.URL+"/api/", strings.NewReader(form.Encode()))
	require.NoError(p.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	go func() {
		resp, err := p.Client().Do(req)
		if err == nil {
			_ = resp.Body.Close()
		}
		assert.ErrorIs(p.t, err, context.Canceled)
	}()
	time.Sleep(after)
	leave()
}

// TestUserInTheMaking: the login is taken at once, the record comes after half of the time without anything in it,
// and is at the end what it is without time.
func TestUserInTheMaking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPanel(t)
		add := cmd("v-add-user", "alice", "Secret+Passw0rd", "alice@example.com", "default", "Alice")
		p.TakeTime("v-add-user", 4*time.Second)
		p.abandoned(add, time.Second)
		_, there := p.User("alice")
		require.False(t, there)
		p.want(400, "3", "Error: user alice doesn't exist", p.modern(), cmd("v-list-user", "alice", "json"))
		p.want(400, "4", "Error: user alice exists", p.modern(), add)

		time.Sleep(time.Second)
		synctest.Wait()
		half := p.rows("v-list-user", "alice", "json")["alice"]
		require.Equal(t, "no", half["DISK_QUOTA"], "what the server's own configuration calls alike")
		for _, key := range []string{"NAME", "PACKAGE", "CONTACT", "ROLE", "SUSPENDED", "U_WEB_DOMAINS", "WEB_DOMAINS", "TIME", "DATE"} {
			require.Empty(t, half[key], key)
		}
		require.Contains(t, p.rows("v-list-users", "json"), "alice")

		time.Sleep(2 * time.Second)
		synctest.Wait()
		whole, _ := p.User("alice")
		p.TakeTime("v-add-user", 0)
		p.ok(cmd("v-add-user", "bob", "Secret+Passw0rd", "alice@example.com", "default", "Alice"))
		atOnce, _ := p.User("bob")
		for _, key := range []string{"TIME", "RKEY"} {
			require.NotEmpty(t, whole.Config[key])
			delete(whole.Config, key)
			delete(atOnce.Config, key)
		}
		require.Equal(t, atOnce.Config, whole.Config)
		p.ok(cmd("v-delete-user", "alice"), add) // the login went with the user
	})
}

// TestStopDomain: v-add-domain ends after any number of parts, once, with code 137 and without a word of its own.
func TestStopDomain(t *testing.T) {
	for parts := range 4 {
		p := newPanel(t)
		p.AddUser(User{Name: "alice"})
		p.StopDomain(parts)
		code, text := answerOf(p.Server, "v-add-domain", "alice", "shop.example")
		require.Equal(t, 137, code)
		require.Empty(t, text)
		for i, kind := range []string{"web", "dns", "mail"} {
			require.Equal(t, i < parts, len(p.domains("alice", kind)) == 1, "%s after %d parts", kind, parts)
		}
		code, _ = answerOf(p.Server, "v-add-domain", "alice", "other.example")
		require.Zero(t, code, "the next one is not stopped")
		require.Contains(t, p.domains("alice", "mail"), "other.example")
	}
}

// TestLoseTemplate: whatever uses a template that is gone is refused, until it is there again.
func TestLoseTemplate(t *testing.T) {
	for kind, words := range map[string][]string{
		"web":     cmd("v-change-web-domain-tpl", "alice", "example.com", "default"),
		"backend": cmd("v-change-web-domain-backend-tpl", "alice", "example.com", "default"),
		"proxy":   cmd("v-change-web-domain-proxy-tpl", "alice", "example.com", "default"),
		"dns":     cmd("v-change-dns-domain-tpl", "alice", "example.com", "default"),
	} {
		p := panel{populated(), t}
		t.Cleanup(p.Close)
		p.LoseTemplate(kind, "default", true)
		p.want(400, "3", "Error: default "+kind+" template doesn't exist", p.modern(), words)
		for _, other := range []string{"web", "backend", "proxy", "dns"} {
			if other != kind {
				p.LoseTemplate(other, "default", false)
			}
		}
		code, _ := answerOf(p.Server, words...)
		require.Equal(t, eNotExist, code, "another kind of template has the same name")
		p.LoseTemplate(kind, "default", false)
		p.ok(words)
	}
}

// TestAddLogin: a login of the operating system has no record, and its name is taken.
func TestAddLogin(t *testing.T) {
	p := newPanel(t)
	p.AddLogin("deploy")
	p.want(400, "4", "Error: user deploy exists", p.modern(), cmd("v-add-user", "deploy", "Secret+Passw0rd", "d@example.com"))
	p.want(400, "3", "Error: user deploy doesn't exist", p.modern(), cmd("v-list-user", "deploy", "json"))
	require.NotContains(t, p.rows("v-list-users", "json"), "deploy")
}

// TestKeepSites: a user is suspended, with everything but the websites.
func TestKeepSites(t *testing.T) {
	for _, keep := range []bool{true, false} {
		p := panel{populated(), t}
		t.Cleanup(p.Close)
		p.KeepSites(keep)
		p.ok(cmd("v-suspend-user", "alice"))
		alice, _ := p.User("alice")
		require.True(t, alice.Suspended)
		state := map[bool]string{true: "no", false: "yes"}[keep]
		require.Equal(t, state, p.Objects("alice", "web")[0]["SUSPENDED"])
		require.Equal(t, "yes", p.Objects("alice", "mail")[0]["SUSPENDED"])
		require.Equal(t, map[bool]string{true: "0", false: "1"}[keep], alice.Config["SUSPENDED_WEB"])
	}
}
