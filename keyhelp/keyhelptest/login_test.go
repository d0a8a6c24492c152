package keyhelptest_test

import (
	"encoding/json"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/keyhelp/keyhelptest"
)

func TestDocumentedSession(t *testing.T) {
	p := newPanel(t, keyhelptest.Documented, keyhelptest.WithSeedClients(2))
	client := p.Clients()[1].ID
	var tokens []string
	for range 2 {
		status, text := p.send("POST", "/sessions", path(`{"id_client":%d}`, client))
		require.Equal(t, 201, status)
		var answer map[string]string
		require.NoError(t, json.Unmarshal([]byte(text), &answer))
		require.Regexp(t, `^[a-z0-9]{50}$`, answer["token"])
		tokens = append(tokens, answer["token"])
		require.Equal(t, map[string]string{"token": answer["token"], "expires_at": "2025-03-04 08:20:00"}, answer)
	}
	require.NotEqual(t, tokens[0], tokens[1])
	require.Equal(t, []keyhelptest.Session{
		{ClientID: client, Token: tokens[0], CreatedAt: start, ExpiresAt: start.Add(5 * time.Minute)},
		{ClientID: client, Token: tokens[1], CreatedAt: start, ExpiresAt: start.Add(5 * time.Minute)},
	}, p.Sessions())
	p.want(400, documentedError("Validation failed", "id_client", "This field is required"), "POST", "/sessions", `{}`)
	p.want(400, documentedError("Validation failed", "id_client", "Unknown ID"), "POST", "/sessions", `{"id_client":1}`)
	p.want(204, "", "DELETE", path("/clients/%d", client), "")
	require.Empty(t, p.Sessions())
}

func TestLiveLogin(t *testing.T) {
	p := newPanel(t, keyhelptest.Live, keyhelptest.WithSeedClients(1), keyhelptest.WithPathPrefix("/panel"), keyhelptest.WithTLS())
	client := p.Clients()[0].ID
	for i, target := range []string{path("/login/%d", client), "/login/name/seed0001"} {
		answer := p.get(target)
		session := p.Sessions()[i]
		require.Equal(t, map[string]any{"url": "https://srv1.keyhelp.test/panel/login/auto?token=" + session.Token}, answer)
		require.Equal(t, client, session.ClientID)
		require.Equal(t, answer["url"], session.URL)
	}
	for _, target := range []string{"/login/1", "/login/seed0001", "/login/name/keyhelp", "/login/name/nobody"} {
		p.want(404, liveError(404, "Client not found."), "GET", target, "")
	}
	require.Len(t, p.Sessions(), 2)
}

func TestAdmins(t *testing.T) {
	p := newPanel(t, keyhelptest.Live, keyhelptest.WithSeedClients(1))
	first := p.Admins()[0]
	id := p.create("/admins", `{"username":"ops","language":"de","email":"ops@host.example","is_main_admin":false,"password":"s3cret-Pw"}`)
	want := path(`{"id":%d,"username":"ops","language":"de","email":"ops@host.example","is_main_admin":false}`, id)
	p.want(200, want, "GET", path("/admins/%d", id), "")
	p.want(200, want, "GET", "/admins/name/ops", "")
	require.Equal(t, []int64{first.ID, id}, p.ids("/admins"))
	for body, text := range map[string]string{
		`{"email":"a@b.example","password":"x"}`:                       "username: This field is required.",
		`{"username":"new","password":"x"}`:                            "email: This field is required.",
		`{"username":"new","email":"a@b.example"}`:                     "password: This field is required.",
		`{"username":"seed0001","email":"a@b.example","password":"x"}`: "username: This value is already in use.",
		`{"username":"OPS","email":"a@b.example","password":"x"}`:      "username: This value is already in use.",
		`{"username":"new","email":"a@b","password":"x"}`:              "email: Invalid email format.",
	} {
		p.want(400, liveError(400, text), "POST", "/admins", body)
	}
	p.want(400, liveError(400, "username: This value is already in use."), "POST", "/clients", `{"username":"ops","email":"a@b.example"}`)
	p.want(200, path(`{"id":%d}`, id), "PUT", path("/admins/%d", id), `{"email":"new@host.example","password":"pw2"}`)
	p.want(200, path(`{"id":%d}`, id), "PUT", "/admins/name/ops", `{"language":"fr"}`)
	p.want(400, liveError(400, "language: Invalid value."), "PUT", "/admins/name/ops", `{"language":"xx"}`)
	got := p.Admins()[1]
	require.Equal(t, keyhelptest.Admin{
		ID: id, Username: "ops", Email: "new@host.example", Language: "fr", Password: "pw2", CreatedAt: start,
	}, got)
	p.want(400, liveError(400, "is_main_admin: The last main admin cannot be deleted."), "DELETE", path("/admins/%d", first.ID), "")
	p.want(204, "", "DELETE", "/admins/name/ops", "")
	p.want(404, liveError(404, "Admin not found."), "DELETE", path("/admins/%d", id), "")
	p.want(404, liveError(404, "Admin not found."), "PUT", "/admins/name/ops", "{}")
	p.create("/admins", `{"username":"second","email":"a@b.example","is_main_admin":true,"password_hash":"h"}`)
	p.want(204, "", "DELETE", path("/admins/%d", first.ID), "")
	require.Equal(t, "h", p.Admins()[0].PasswordHash)
}

// TestLinks: the link of a sign-on opens the panel once, at whatever address the client has reached
// it; one that is used, expired or unknown says so.
func TestLinks(t *testing.T) {
	for dialect, link := range map[keyhelptest.Dialect]func(p *panel) string{
		keyhelptest.Documented: func(p *panel) string {
			status, _ := p.send("POST", "/sessions", path(`{"id_client":%d}`, p.Clients()[0].ID))
			require.Equal(t, 201, status)
			sessions := p.Sessions()
			return p.URL + "/login?token=" + sessions[len(sessions)-1].Token
		},
		keyhelptest.Live: func(p *panel) string { return p.get("/login/name/seed0001")["url"].(string) },
	} {
		p := newPanel(t, dialect, keyhelptest.WithSeedClients(1), keyhelptest.WithPathPrefix("/panel"))
		open := func(link string) (int, string) {
			resp, err := p.Client().Get(link)
			require.NoError(t, err)
			defer func() { _ = resp.Body.Close() }()
			text, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			return resp.StatusCode, string(text)
		}
		says := func(status int, text, link string) {
			t.Helper()
			got, page := open(link)
			require.Equal(t, status, got)
			require.Contains(t, page, "<h1>"+text+"</h1>")
		}
		first, second, third := link(p), link(p), link(p)
		says(200, "Signed in as seed0001.", first)
		require.Equal(t, start, p.Sessions()[0].OpenedAt)
		require.Zero(t, p.Sessions()[1].OpenedAt)
		says(410, "This link has been used.", first)
		says(404, "There is no such link.", first+"x")
		p.now = p.now.Add(5 * time.Minute)
		says(410, "This link has expired.", second)
		p.now = start
		p.RemoveClient(p.Clients()[0].ID)
		says(410, "What this link led to is gone.", third)
	}
}
