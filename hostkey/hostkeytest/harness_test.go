package hostkeytest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey/hostkeytest"
)

var start = time.Date(2026, 3, 4, 10, 30, 0, 0, time.UTC)

// server is an emulated server in memory, with a clock that stands still unless a test advances it.
type server struct {
	*hostkeytest.Server
	t     *testing.T
	token string // sent with every call; "" sends none
}

func newServer(t *testing.T, opts ...hostkeytest.Option) *server {
	t.Helper()
	opts = append([]hostkeytest.Option{
		hostkeytest.InMemory(), hostkeytest.WithClock(func() time.Time { return start }),
	}, opts...)
	s := &server{t: t, Server: hostkeytest.NewServer(opts...)}
	t.Cleanup(s.Close)
	return s
}

// signedIn returns a server, signed in with its account key.
func signedIn(t *testing.T, opts ...hostkeytest.Option) *server {
	t.Helper()
	s := newServer(t, opts...)
	s.signIn(s.Key)
	return s
}

// signIn signs in with a key for all later calls.
func (s *server) signIn(key string) {
	s.t.Helper()
	s.token = ""
	answer := s.call("auth/login", "key", key)
	for _, nested := range []string{"result", "scope"} {
		if in, ok := answer[nested].(map[string]any); ok {
			answer = in
		}
	}
	s.token = answer["token"].(string)
}

// post sends a form, of pairs of name and value, and returns status and body.
func (s *server) post(action string, pairs ...string) (int, string) {
	s.t.Helper()
	module, name, _ := strings.Cut(action, "/")
	form := url.Values{"action": {name}}
	if s.token != "" {
		form.Set("token", s.token)
	}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return s.send(http.MethodPost, "/"+module+".php", form.Encode())
}

func (s *server) send(method, path, body string) (int, string) {
	s.t.Helper()
	req, err := http.NewRequest(method, s.URL+path, strings.NewReader(body))
	require.NoError(s.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := s.Client().Do(req)
	require.NoError(s.t, err)
	defer func() { require.NoError(s.t, resp.Body.Close()) }()
	data, err := io.ReadAll(resp.Body)
	require.NoError(s.t, err)
	return resp.StatusCode, string(data)
}

// call returns the answer of an action as an object.
func (s *server) call(action string, pairs ...string) map[string]any {
	s.t.Helper()
	status, text := s.post(action, pairs...)
	require.Equal(s.t, 200, status, "%s: %s", action, text)
	var answer map[string]any
	require.NoError(s.t, json.Unmarshal([]byte(text), &answer), "%s: %s", action, text)
	return answer
}

// want requires the whole answer to equal a JSON value.
func (s *server) want(answer, action string, pairs ...string) {
	s.t.Helper()
	status, got := s.post(action, pairs...)
	require.Equal(s.t, 200, status, "%s: %s", action, got)
	require.JSONEq(s.t, answer, got, "%s %v", action, pairs)
}

// ok requires a success without any other fields.
func (s *server) ok(action string, pairs ...string) {
	s.t.Helper()
	module, name, _ := strings.Cut(action, "/")
	s.want(fmt.Sprintf(`{"result":"OK","module":%q,"action":%q}`, module, name), action, pairs...)
}

func (s *server) fails(text, action string, pairs ...string) {
	s.t.Helper()
	s.want(fmt.Sprintf(`{"result":-1,"error":%q}`, text), action, pairs...)
}

const permissionDenied = `{"code":-2,"message":"Permission denied"}`

// field returns a nested value of an answer, by names.
func field(answer map[string]any, names ...string) any {
	var v any = answer
	for _, name := range names {
		object, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = object[name]
	}
	return v
}

// wait advances the clock until a task is over, and returns its answer.
func (s *server) wait(answer map[string]any) map[string]any {
	s.t.Helper()
	key, ok := answer["callback"].(string)
	require.True(s.t, ok, "no callback: %v", answer)
	require.Len(s.t, key, 32)
	for range 20 {
		state := s.call("eq_callback/check", "key", key)
		if state["result"] == "OK" && state["scope"] != "pending" || state["result"] == "Fail" {
			return state
		}
		s.Advance(time.Minute)
	}
	s.t.Fatal("the task never ends")
	return nil
}

// buy returns the parameters of a valid order, some of them replaced.
func buy(hostname string, more ...string) []string {
	return override([]string{
		"preset", "vm.pico", "location_name", "NL", "os_id", "240", "root_pass", "Root-Passw0rd", "hostname", hostname,
	}, more)
}

// override replaces parameters.
func override(pairs, more []string) []string {
	pairs = slices.Clone(pairs)
	for i := 0; i < len(more); i += 2 {
		if at := slices.Index(pairs, more[i]); at >= 0 {
			pairs[at+1] = more[i+1]
		} else {
			pairs = append(pairs, more[i], more[i+1])
		}
	}
	return pairs
}

// machine orders a server, waits for it and returns it.
func (s *server) machine(hostname string, more ...string) hostkeytest.Machine {
	s.t.Helper()
	done := s.wait(s.call("eq/order_instance", buy(hostname, more...)...))
	require.Equal(s.t, "OK", done["result"])
	return s.get(id(field(done, "context", "id")))
}

// get returns a server from the emulator's state.
func (s *server) get(id int64) hostkeytest.Machine {
	s.t.Helper()
	m, there := s.Machine(id)
	require.True(s.t, there, "server %d", id)
	return m
}

// id returns a number, whether or not it came as a string.
func id(v any) int64 {
	var n int64
	switch v := v.(type) {
	case float64:
		return int64(v)
	case string:
		_, _ = fmt.Sscan(v, &n)
	}
	return n
}

func text(n int64) string { return fmt.Sprint(n) }
