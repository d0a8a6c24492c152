package keyhelptest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/keyhelp/keyhelptest"
)

// start is the time of the clock in most tests: 08:15 UTC, in another time zone.
var start = time.Date(2025, 3, 4, 4, 15, 0, 0, time.FixedZone("", -4*60*60))

// panel is a server in memory, with a clock that tests can set and short ways to call it.
type panel struct {
	*keyhelptest.Server
	t   *testing.T
	now time.Time
}

func newPanel(t *testing.T, d keyhelptest.Dialect, opts ...keyhelptest.Option) *panel {
	t.Helper()
	p := &panel{t: t, now: start}
	opts = append([]keyhelptest.Option{
		keyhelptest.InMemory(), keyhelptest.WithDialect(d), keyhelptest.WithClock(func() time.Time { return p.now }),
	}, opts...)
	p.Server = keyhelptest.NewServer(opts...)
	t.Cleanup(p.Close)
	return p
}

// send calls the API and returns status and body.
func (p *panel) send(method, path, body string) (int, string) {
	p.t.Helper()
	req, err := http.NewRequest(method, p.URL+"/api/v2"+path, strings.NewReader(body))
	require.NoError(p.t, err)
	req.Header.Set("X-API-Key", p.Key)
	resp, err := p.Client().Do(req)
	require.NoError(p.t, err)
	defer func() { require.NoError(p.t, resp.Body.Close()) }()
	data, err := io.ReadAll(resp.Body)
	require.NoError(p.t, err)
	if len(data) > 0 {
		require.Equal(p.t, "application/json", resp.Header.Get("Content-Type"))
	}
	return resp.StatusCode, string(data)
}

// want calls the API and compares the whole answer by value. An empty answer means an empty body.
func (p *panel) want(status int, answer, method, path, body string) {
	p.t.Helper()
	gotStatus, got := p.send(method, path, body)
	require.Equal(p.t, status, gotStatus, "%s %s: %s", method, path, got)
	if answer == "" {
		require.Empty(p.t, got)
		return
	}
	require.JSONEq(p.t, answer, got, "%s %s", method, path)
}

// create posts a body and returns the new ID.
func (p *panel) create(path, body string) int64 {
	p.t.Helper()
	status, text := p.send(http.MethodPost, path, body)
	require.Equal(p.t, http.StatusCreated, status, text)
	var answer struct{ ID int64 }
	require.NoError(p.t, json.Unmarshal([]byte(text), &answer))
	require.Positive(p.t, answer.ID)
	return answer.ID
}

// get reads an object.
func (p *panel) get(path string) map[string]any {
	p.t.Helper()
	status, text := p.send(http.MethodGet, path, "")
	require.Equal(p.t, http.StatusOK, status, text)
	var answer map[string]any
	require.NoError(p.t, json.Unmarshal([]byte(text), &answer))
	return answer
}

// ids reads a list and returns its IDs.
func (p *panel) ids(path string) []int64 {
	p.t.Helper()
	status, text := p.send(http.MethodGet, path, "")
	require.Equal(p.t, http.StatusOK, status, text)
	var answer []struct{ ID int64 }
	require.NoError(p.t, json.Unmarshal([]byte(text), &answer), "a bare array")
	ids := make([]int64, len(answer))
	for i, r := range answer {
		ids[i] = r.ID
	}
	return ids
}

func documentedError(text string, details ...string) string {
	body := map[string]any{"error": text}
	if len(details) > 0 {
		fields := map[string]string{}
		for i := 0; i < len(details); i += 2 {
			fields[details[i]] = details[i+1]
		}
		body["details"] = fields
	}
	data, _ := json.Marshal(body)
	return string(data)
}

func liveError(status int, text string) string {
	data, _ := json.Marshal(map[string]string{"code": fmt.Sprintf("%d %s", status, http.StatusText(status)), "message": text})
	return string(data)
}

func path(format string, args ...any) string { return fmt.Sprintf(format, args...) }
