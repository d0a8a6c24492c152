package licenseservertest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/licenseserver/licenseservertest"
)

var start = time.Date(2026, 3, 4, 10, 30, 0, 0, time.UTC)

// server is an emulated server in memory, with a clock that a test sets.
type server struct {
	*licenseservertest.Server
	t     *testing.T
	now   time.Time
	ctype string // content type of the next bodies
}

func newServer(t *testing.T, opts ...licenseservertest.Option) *server {
	t.Helper()
	s := &server{t: t, now: start, ctype: "application/json"}
	opts = append([]licenseservertest.Option{
		licenseservertest.InMemory(), licenseservertest.WithClock(func() time.Time { return s.now }),
	}, opts...)
	s.Server = licenseservertest.NewServer(opts...)
	t.Cleanup(s.Close)
	return s
}

// do calls the server with both credentials.
func (s *server) do(method, path, body string) (*http.Response, string) {
	s.t.Helper()
	req, err := http.NewRequest(method, s.URL+path, strings.NewReader(body))
	require.NoError(s.t, err)
	req.Header = s.AdminHeader.Clone()
	req.Header.Set("X-API-Key", s.Key)
	req.Header.Set("Content-Type", s.ctype)
	resp, err := s.Client().Do(req)
	require.NoError(s.t, err)
	defer func() { require.NoError(s.t, resp.Body.Close()) }()
	data, err := io.ReadAll(resp.Body)
	require.NoError(s.t, err)
	return resp, string(data)
}

// want calls the server and compares the whole answer by value.
func (s *server) want(status int, answer, method, path, body string) {
	s.t.Helper()
	resp, got := s.do(method, path, body)
	require.Equal(s.t, status, resp.StatusCode, "%s %s: %s", method, path, got)
	require.Equal(s.t, "application/json", resp.Header.Get("Content-Type"))
	require.JSONEq(s.t, answer, got, "%s %s", method, path)
}

func (s *server) get(answer, path string) { s.t.Helper(); s.want(200, answer, "GET", path, "") }
func (s *server) post(answer, path, body string) {
	s.t.Helper()
	s.want(200, answer, "POST", path, body)
}

// fails calls the server and expects an error.
func (s *server) fails(status int, code, text, method, path, body string) {
	s.t.Helper()
	s.want(status, failure(status, code, text), method, path, body)
}

func failure(status int, code, text string) string {
	return fmt.Sprintf(`{"error":%q,"code":%q,"status":%d}`, text, code, status)
}

// field reads one field of an object.
func (s *server) field(name, method, path, body string) string {
	s.t.Helper()
	resp, text := s.do(method, path, body)
	require.Equal(s.t, 200, resp.StatusCode, text)
	var answer map[string]any
	require.NoError(s.t, json.Unmarshal([]byte(text), &answer))
	require.Contains(s.t, answer, name)
	return fmt.Sprint(answer[name])
}

// start opens a session on a machine and returns status and token.
func (s *server) start(key, machine string) (int, string) {
	s.t.Helper()
	resp, text := s.do("POST", "/api/license/session/start", startBody(key, machine))
	var answer struct {
		Token string `json:"session_token"`
		Error string `json:"error"`
	}
	require.NoError(s.t, json.Unmarshal([]byte(text), &answer))
	if resp.StatusCode == 409 {
		require.Equal(s.t, licenseservertest.SingleSession, answer.Error)
	}
	return resp.StatusCode, answer.Token
}

func startBody(key, machine string) string {
	return fmt.Sprintf(`{"license_key":%q,"machine_id":%q,"hardware_hash":"hash-%s","version":"2.4.0"}`, key, machine, machine)
}

func beatBody(key, token string) string {
	return fmt.Sprintf(`{"license_key":%q,"session_token":%q}`, key, token)
}

func endBody(token string) string { return fmt.Sprintf(`{"session_token":%q}`, token) }

func at(format string, args ...any) string { return fmt.Sprintf(format, args...) }

// decode reads an answer into dst.
func (s *server) decode(dst any, format string, args ...any) {
	s.t.Helper()
	resp, text := s.do("GET", at(format, args...), "")
	require.Equal(s.t, 200, resp.StatusCode, text)
	require.NoError(s.t, json.Unmarshal([]byte(text), dst))
}
