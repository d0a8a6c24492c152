package emulator_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/emulator"
)

// TestLinks: a link works once, until it expires, and only for a GET.
func TestLinks(t *testing.T) {
	start := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	var links emulator.Links
	opened, there := 0, true
	open := func(time.Time) string {
		if !there {
			return ""
		}
		opened++
		return "Signed in as max."
	}
	for _, token := range []string{"a", "b", "c"} {
		links.Add(token, emulator.Link{Until: start.Add(time.Minute), Open: open})
	}
	links.Add("always", emulator.Link{Open: open})
	page := func(status int, text string) emulator.Page { return emulator.Page{Status: status, Text: text} }
	for _, step := range []struct {
		method, token string
		after         time.Duration
		want          emulator.Page
		opened        int
	}{
		{http.MethodGet, "", 0, page(404, "There is no such link."), 0},
		{http.MethodGet, "d", 0, page(404, "There is no such link."), 0},
		{http.MethodPost, "a", 0, page(405, "Links are opened with GET."), 0},
		{http.MethodHead, "a", 0, page(200, ""), 0},
		{http.MethodGet, "a", 0, page(200, "Signed in as max."), 1},
		{http.MethodGet, "a", 0, page(410, "This link has been used."), 1},
		{http.MethodHead, "a", 0, page(410, "This link has been used."), 1},
		{http.MethodGet, "b", time.Minute - 1, page(200, "Signed in as max."), 2},
		{http.MethodGet, "c", time.Minute, page(410, "This link has expired."), 2},
		{http.MethodGet, "always", 1000 * time.Hour, page(200, "Signed in as max."), 3},
	} {
		require.Equal(t, step.want, links.Open(step.method, step.token, start.Add(step.after)), step)
		require.Equal(t, step.opened, opened, step)
	}
	there = false
	require.Equal(t, page(410, "What this link led to is gone."), links.Open(http.MethodGet, "c", start))
}

// TestPage: what a page shows is escaped, and no cache keeps it.
func TestPage(t *testing.T) {
	answer := httptest.NewRecorder()
	emulator.Page{Status: 410, Text: `Signed in as <b>"max"</b>.`, Fields: []emulator.Field{
		{Name: "user", Value: `"><i>`, Type: "hidden"}, {Name: "password", Type: "password"},
	}}.Write(answer)
	require.Equal(t, 410, answer.Code)
	require.Equal(t, "no-store", answer.Header().Get("Cache-Control"))
	require.Equal(t, "no-referrer", answer.Header().Get("Referrer-Policy"))
	require.Equal(t, `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Signed in as &lt;b&gt;&#34;max&#34;&lt;/b&gt;.</title></head>
<body>
<h1>Signed in as &lt;b&gt;&#34;max&#34;&lt;/b&gt;.</h1>
<form method="post">
<input type="hidden" name="user" value="&#34;&gt;&lt;i&gt;">
<label>password <input type="password" name="password" value=""></label>
<button>OK</button>
</form>
</body>
</html>
`, answer.Body.String())
}

// TestAddress: links have the name, the port and the prefix by which the client has reached the host.
func TestAddress(t *testing.T) {
	host := emulator.NewHost(emulator.HostConfig{
		InMemory: true, Prefix: "/panel",
		Handler: http.StripPrefix("/api", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte(emulator.Address(r)))
		})),
	})
	defer host.Close()
	req, err := http.NewRequest(http.MethodGet, host.URL+"/api/login", nil)
	require.NoError(t, err)
	req.Host = "panel.example:8443"
	resp, err := host.Client().Do(req)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	text := make([]byte, 100)
	n, _ := resp.Body.Read(text)
	require.Equal(t, "https://panel.example:8443/panel", string(text[:n]))
}
