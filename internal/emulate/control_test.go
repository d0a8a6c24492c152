package emulate

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// person is somebody with a shell or with PHP: all that they know is HTTP.
type person struct {
	t *testing.T
	shown
}

// people starts the program and returns somebody at each system.
func people(t *testing.T, args ...string) map[string]*person {
	t.Helper()
	all := make(map[string]*person)
	for _, e := range start(t, append(args, "-json")...).list(t) {
		all[e.Kind] = &person{t, e}
	}
	return all
}

// ask sends a request and reads the answer, whose text is JSON unless status says otherwise.
func (p *person) ask(status int, method, target, body string, header ...string) any {
	p.t.Helper()
	req, err := http.NewRequest(method, target, strings.NewReader(body))
	require.NoError(p.t, err)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	require.NoError(p.t, err)
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	require.NoError(p.t, err)
	require.Equal(p.t, status, resp.StatusCode, "%s %s: %s", method, target, text)
	var answer any
	if json.Unmarshal(text, &answer) != nil {
		return string(text)
	}
	return answer
}

// control asks the control path.
func (p *person) control(status int, method, name, body string) any {
	p.t.Helper()
	return p.ask(status, method, p.Control+name, body)
}

// api asks KeyHelp's API.
func (p *person) api(status int, method, path, body string) any {
	p.t.Helper()
	return p.ask(status, method, p.URL+"/api/v2"+path, body, "X-API-Key", p.Credentials["api_key"])
}

func at(t *testing.T, v any, path ...any) any {
	t.Helper()
	for _, step := range path {
		switch step := step.(type) {
		case string:
			require.Contains(t, v, step)
			v = v.(map[string]any)[step]
		case int:
			require.Greater(t, len(v.([]any)), step)
			v = v.([]any)[step]
		}
	}
	return v
}

// TestControlPath goes through everything that the control path does itself, and what it refuses.
func TestControlPath(t *testing.T) {
	p := people(t, "-only", "keyhelp", "-accounts", "1")["keyhelp"]
	clients := func() int { return len(p.control(200, "GET", "Clients", "").([]any)) }

	about := p.control(200, "GET", "", "")
	require.Equal(t, p.URL, at(t, about, "url"))
	require.Equal(t, p.Credentials["api_key"], at(t, about, "credentials", "api_key"))
	require.Contains(t, at(t, about, "calls"), "POST /_emulator/EditClient (int64, changes of Client)")
	require.Contains(t, at(t, about, "calls"), "GET /_emulator/Clients ()")
	require.Contains(t, at(t, about, "options"), "WithRateLimit (int, duration)")
	require.Contains(t, at(t, about, "options"), "WithPlans (Plan...)")

	// Methods of the test package.
	p.api(404, "GET", "/clients/name/max", "")
	id := p.control(200, "POST", "AddClient", `{"Username":"max","Email":"max@example.com"}`)
	require.Equal(t, id, at(t, p.api(200, "GET", "/clients/name/max", ""), "id"))
	number, _ := json.Marshal(id)
	require.Equal(t, true, p.control(200, "POST", "EditClient", "["+string(number)+`,{"Email":"new@example.com"}]`))
	require.Equal(t, "new@example.com", at(t, p.api(200, "GET", "/clients/name/max", ""), "email"))
	require.Equal(t, false, p.control(200, "POST", "EditClient", `[1,{}]`))
	require.Equal(t, []any{}, p.control(200, "GET", "Sessions", ""))
	for body, want := range map[string]string{
		`{"Username":"max"}`:     `AddClient: keyhelptest: client 0 or login name "max" exists already`,
		`{"Name":"x"}`:           `AddClient: argument 1, Client: json: unknown field "Name"`,
		`{"Username":5}`:         `AddClient: argument 1, Client: number is no string`,
		`{"Username":`:           `the body is not JSON`,
		`[{"Username":`:          `the body is not JSON`,
		``:                       `AddClient: the arguments are (Client), and not 0`,
		`[{"Username":"a"}, {}]`: `AddClient: the arguments are (Client), and not 2`,
	} {
		require.Equal(t, map[string]any{"error": want}, p.control(400, "POST", "AddClient", body))
	}
	require.Equal(t, 2, clients())
	for _, name := range []string{"Nothing", "Close", "Handler", "addClient", "faults/x"} {
		require.Equal(t, map[string]any{"error": "there is no " + name + ": GET /_emulator/ lists what there is"}, p.control(404, "POST", name, ""))
	}
	for method, name := range map[string]string{"GET": "AddClient", "PUT": "Clients", "DELETE": "advance", "PATCH": ""} {
		require.Contains(t, at(t, p.control(405, method, name, ""), "error"), " is for ")
	}

	// The journal.
	p.control(200, "DELETE", "requests", "")
	p.api(201, "POST", "/clients?a=b", `{"username":"moritz","email":"moritz@example.com","password":"Some-Passw0rd"}`)
	sent := p.control(200, "GET", "requests", "").([]any)
	require.Len(t, sent, 1, "the control path is in no journal")
	require.Equal(t, []any{"POST", "/api/v2/clients", "a=b", 201.0, p.Credentials["api_key"]},
		[]any{at(t, sent, 0, "method"), at(t, sent, 0, "path"), at(t, sent, 0, "query"), at(t, sent, 0, "status"), at(t, sent, 0, "header", "X-Api-Key")})
	require.Contains(t, at(t, sent, 0, "body"), `"Some-Passw0rd"`)

	// Faults.
	for body, fault := range map[string]string{
		`{"kind":"status","status":503,"retry_after":"7"}`:                         "503 before",
		`{"kind":"status","status":503,"retry_after":"7","at":0}`:                  "503 before",
		`{"kind":"status","status":503,"retry_after":"7","match":"GET /api/v2/s"}`: "503 before",
		`{"kind":"status","status":503,"retry_after":"7","share":1,"seed":3}`:      "503 before",
	} {
		require.Equal(t, map[string]any{"fault": fault}, p.control(200, "POST", "faults", body))
		p.api(503, "GET", "/server", "")
		p.control(200, "DELETE", "faults", "")
		p.api(200, "GET", "/server", "")
	}
	p.control(200, "POST", "faults", `{"kind":"html","status":502,"match":"wanted","times":2,"delay":"1ms"}`)
	p.api(200, "GET", "/server", "")
	p.api(502, "POST", "/clients", `{"username":"wanted"}`)
	p.api(502, "POST", "/clients", `{"username":"wanted"}`)
	p.api(400, "POST", "/clients", `{"username":"wanted"}`)
	p.control(200, "POST", "faults", `{"kind":"status","at":1}`)
	p.api(200, "GET", "/server", "")
	p.api(500, "GET", "/server", "")
	for body, want := range map[string]string{
		`{"kind":"fire"}`:               `kind: there is no "fire" (there are refuse, drop, `,
		`{"kind":"drop","at":-1}`:       "at: negative",
		`{"kind":"drop","share":2}`:     "share: not between 0 and 1",
		`{"kind":"drop","delay":"x"}`:   "delay: time: invalid duration",
		`{"kind":"drop","matches":"x"}`: `unknown field "matches"`,
	} {
		require.Contains(t, at(t, p.control(400, "POST", "faults", body), "error"), want)
	}

	// Time.
	before, err := time.Parse(time.RFC3339, at(t, p.control(200, "GET", "", ""), "now").(string))
	require.NoError(t, err)
	for _, body := range []string{`{"by":"36h"}`, `{"by":3600}`} {
		p.control(200, "POST", "advance", body)
	}
	after, err := time.Parse(time.RFC3339, at(t, p.control(200, "GET", "", ""), "now").(string))
	require.NoError(t, err)
	require.InDelta(t, 37*60, after.Sub(before).Minutes(), 1)
	resp, err := http.Get(p.URL)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	date, err := http.ParseTime(resp.Header.Get("Date"))
	require.NoError(t, err)
	require.WithinDuration(t, after, date, time.Minute, "answers are dated by the same clock")
	for _, body := range []string{`{"by":"-1s"}`, `{"by":true}`, `{}`, ``} {
		p.control(400, "POST", "advance", body)
	}
	require.Contains(t, at(t, p.control(400, "POST", "advance", "3600"), "error"), `number is no object: send {"by": "36h"}, or {"by": 3600} for seconds`)

	// A reset: back to the start, but for options.
	require.Contains(t, at(t, p.control(400, "POST", "reset", `{"options":{"WithFun":1}}`), "error"), "there is no option WithFun")
	require.Contains(t, at(t, p.control(400, "POST", "reset", `{"options":{"WithDialect":"klingon"}}`), "error"), "unknown dialect")
	require.Equal(t, 3, clients(), "nothing is lost by a mistake")
	p.control(200, "POST", "faults", `{"kind":"drop","times":0}`)
	p.control(200, "POST", "reset", `{"options":{"WithRateLimit":[3,"1m"],"WithPathPrefix":"/panel","WithKey":"other"}}`)
	require.Equal(t, 1, clients())
	require.Empty(t, p.control(200, "GET", "requests", ""))
	now := p.control(200, "GET", "", "")
	require.Equal(t, p.URL+"/panel", at(t, now, "url"))
	require.Equal(t, "other", at(t, now, "credentials", "api_key"))
	again, err := time.Parse(time.RFC3339, at(t, now, "now").(string))
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), again, time.Minute)
	for _, status := range []int{200, 200, 200, 429} {
		p.ask(status, "GET", p.URL+"/panel/api/v2/clients", "", "X-API-Key", "other")
	}
	p.control(200, "POST", "reset", "")
	p.api(200, "GET", "/clients", "")
}

// TestControlIsOursAlone: emulators of Go tests have no control path.
func TestControlIsOursAlone(t *testing.T) {
	for name, k := range kinds {
		made, err := (&system{name: name, kind: k}).start(nil)
		require.NoError(t, err)
		for _, path := range []string{"", "advance", "Clients", "requests"} {
			answer := &bytes.Buffer{}
			resp, err := made.server.Interface().(interface{ Client() *http.Client }).Client().Get(made.server.Elem().FieldByName("URL").String() + controlPath + path)
			require.NoError(t, err)
			_, _ = io.Copy(answer, resp.Body)
			require.NoError(t, resp.Body.Close())
			require.Equal(t, http.StatusNotFound, resp.StatusCode, "%s: %s", name, answer)
		}
	}
}

// TestLog: a line a request, which names what is done and no secret.
func TestLog(t *testing.T) {
	s := start(t, "-json", "-log", "-only", "keyhelp,hestia,licenseserver")
	notes := &s.notes
	for _, e := range s.list(t) {
		p := &person{t, e}
		switch e.Kind {
		case "keyhelp":
			p.control(200, "POST", "faults", `{"kind":"status"}`)
			p.api(500, "GET", "/clients?sort=secret-1", "")
			p.ask(201, "POST", e.URL+"/api/v2/clients?secret-3", `{"username":"max","email":"max@example.com","password":"Secret=2"}`,
				"X-API-Key", e.Credentials["api_key"], "Content-Type", "application/x-www-form-urlencoded") // which curl says by default
		case "hestia":
			_, _, err := send(e.Try, "")
			require.NoError(t, err)
		case "licenseserver":
			p.ask(200, "GET", e.URL+"/api/license/info/"+e.Credentials["license_key"], "", "X-API-Key", e.Credentials["api_key"])
		}
	}
	s.stop(t)
	var lines []string
	for line := range strings.Lines(notes.String()) {
		if clock, rest, ok := strings.Cut(strings.TrimSpace(line), " "); ok && strings.Count(clock, ":") == 2 {
			lines = append(lines, rest)
		}
	}
	slices.Sort(lines) // each is written when its request is over
	require.Equal(t, []string{
		"hestia POST /api/ access_key&arg1&cmd=v-list-users&secret_key -> 200",
		"keyhelp GET /api/v2/clients sort -> 500 (fault: 500 before)",
		"keyhelp POST /api/v2/clients -> 201",
		"licenseserver GET /api/license/info/[redacted] -> 200",
	}, lines)
}

func TestMain(m *testing.M) {
	http.DefaultTransport.(*http.Transport).DisableKeepAlives = true // a cut connection would be tried again
	os.Exit(m.Run())
}
