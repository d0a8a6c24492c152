package rest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/internal/wordstest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

const (
	canaryPassword = `pÄ$$ "w\ord"/<&%+'x`
	canaryToken    = "tOkEn-0123456789"
	canaryNested   = "dEeP-sEcReT/1"
	canaryURL      = "https://panel.test/login?token=cAnArY-OnE-tImE"
)

// spelled lists the ways in which a quoted value may be written.
func spelled(secret string) (all []string) {
	for _, spelling := range wordstest.Spellings() {
		if spelling.Promised && !spelling.Neighbours {
			all = append(all, spelling.Spell(secret))
		}
	}
	return all
}

func assertClean(t *testing.T, text string, secrets ...string) {
	t.Helper()
	for _, secret := range secrets {
		for _, form := range spelled(secret) {
			assert.NotContains(t, text, form)
			// Not even most of it.
			assert.NotContains(t, text, form[:len(form)*2/3])
		}
	}
}

// shownBy prints an error in all the ways in which errors are printed.
func shownBy(err error) string {
	var all strings.Builder
	var walk func(error)
	walk = func(err error) {
		if err == nil {
			return
		}
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			if verb == "%x" {
				continue // hex of a clean text
			}
			fmt.Fprintf(&all, verb+"\n", err)
		}
		fmt.Fprintf(&all, "%v\n", slog.AnyValue(err).Resolve())
		switch e := err.(type) { //nolint:errorlint // each link is printed by itself
		case interface{ Unwrap() error }:
			walk(e.Unwrap())
		case interface{ Unwrap() []error }:
			for _, inner := range e.Unwrap() {
				walk(inner)
			}
		}
	}
	walk(err)
	text, _ := json.Marshal(err)
	all.Write(text)
	return all.String()
}

// TestNoSecretIsShown plants secrets in a call, lets the server quote them in every way, and
// searches everything that is printed, logged or dumped.
func TestNoSecretIsShown(t *testing.T) {
	planted := []string{canaryKey, canaryPassword, canaryToken, canaryNested}
	quoted := strings.Join(planted, " and ")
	asJSON := func(s string) string { b, _ := json.Marshal(s); return string(b) }
	for name, handler := range map[string]http.HandlerFunc{
		"HTML":            answer(200, "<html>bad request: "+html.EscapeString(quoted)+"</html>", "Content-Type", "text/html"),
		"raw HTML":        answer(500, "<html>"+quoted),
		"broken JSON":     answer(200, `{"id":1,"error":`+asJSON(quoted)),
		"PHP notice":      answer(200, "Notice: "+quoted+`{"id":1}`),
		"PHP JSON":        answer(422, `{"error":"`+wordstest.PHP(quoted)+`"}`),
		"error":           answer(422, `{"error":`+asJSON(quoted)+`,"details":{`+asJSON(quoted)+`:`+asJSON(quoted)+`}}`),
		"field":           answer(400, `{"password":`+asJSON(canaryPassword)+`,"token":"`+canaryToken+`","x":{"secret":{"deep":"`+canaryNested+`"}}}`),
		"JSON in JSON":    answer(400, `{"request":`+asJSON(`{"password":`+asJSON(canaryPassword)+`}`)+`}`),
		"form":            answer(400, url.Values{"password": {canaryPassword}, "token": {canaryToken}}.Encode(), "Content-Type", "application/x-www-form-urlencoded"),
		"pair":            answer(400, `{"tags":[{"tag":"root_pass","value":"not known here"},{"value":"nor here","tag":"root_pass"}]}`),
		"JSON as a form":  answer(400, `{"password":"not known here","token":"nor here"}`, "Content-Type", "application/x-www-form-urlencoded"),
		"request id":      answer(500, "{}", "X-Request-Id", quoted),
		"header":          answer(500, "{}", "Server", quoted, "X-Debug", quoted),
		"redirect":        answer(302, "", "Location", "https://elsewhere.test/"+url.PathEscape(quoted)+"?"+url.QueryEscape(quoted)),
		"redirect broken": answer(302, "", "Location", "http://[x?"+quoted),
		"retry":           answer(503, quoted),
		"wrong type":      answer(200, `{"id":`+asJSON(quoted)+`}`),
		"picky":           answer(200, `{"id":1,"picky":`+asJSON(quoted)+`}`),
		"cut":             answer(400, "{"+strings.Repeat(" ", 60)+`"a":"`+canaryPassword),
		"dropped":         func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		for _, kind := range []Effect{Read, Idempotent, Once} {
			t.Run(name+"/"+kind.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					var logs, dumps syncBuffer
					logger := slog.New(slog.NewTextHandler(&logs, &slog.HandlerOptions{Level: slog.LevelDebug - 8}))
					c, _ := inMemory(t, handler, provider.WithLogger(logger), provider.WithDumps(&dumps))
					c.config.Classify = quotingClassifier
					call := callOf(kind, new(pickyThing))
					call.Query = url.Values{"token": {canaryToken}}
					call.Secrets = []provider.Secret{provider.NewSecret(canaryToken), provider.NewSecret("ab")}
					if kind != Read {
						call.Body = map[string]any{"name": "x", "password": canaryPassword, "auth": map[string]any{"api_key": canaryNested}}
					} else {
						call.Secrets = append(call.Secrets, provider.NewSecret(canaryPassword), provider.NewSecret(canaryNested))
					}
					err := c.Do(t.Context(), call)
					require.Error(t, err)
					logger.Error("failed", "err", err, "client", c)
					assertClean(t, shownBy(err), planted...)
					assertClean(t, logs.String(), planted...)
					assertClean(t, dumps.String(), planted...)
					assert.Contains(t, logs.String(), "Things.")
					assert.Contains(t, dumps.String(), "X-Api-Key: "+redacted)
					assert.NotContains(t, dumps.String(), "not known here")
					assert.NotContains(t, dumps.String(), "nor here")
				})
			})
		}
	}
}

// pickyThing quotes what it cannot read, as strconv and time do.
type pickyThing struct {
	ID    int64 `json:"id"`
	Picky picky `json:"picky"`
}

func (p *pickyThing) UnmarshalJSON(data []byte) error {
	type plain pickyThing
	return cmp.Or(json.Unmarshal(data, (*plain)(p)), json.Unmarshal(data, new(thing)))
}

type picky struct{}

func (*picky) UnmarshalJSON(data []byte) error { return fmt.Errorf("cannot read %s", data) }

type vendorError struct{ text string }

func (e *vendorError) Error() string { return e.text }

// quotingClassifier does what vendors do: it quotes the server's text in the error.
func quotingClassifier(a *Answer) *Failure {
	var body struct {
		Error   string            `json:"error"`
		Details map[string]string `json:"details"`
	}
	if json.Unmarshal(a.Body, &body) != nil || body.Error == "" {
		return nil //nolint:nilerr // not an error of this vendor
	}
	return &Failure{Message: body.Error, Code: body.Error, Fields: body.Details, Err: &vendorError{body.Error}}
}

func TestVendorsErrorStaysReachable(t *testing.T) {
	c, _ := inMemory(t, answer(422, `{"error":"no such plan"}`))
	c.config.Classify = quotingClassifier
	var vendor *vendorError
	require.ErrorAs(t, c.Do(t.Context(), callOf(Once, nil)), &vendor)
	assert.Equal(t, "no such plan", vendor.text)
}

// TestSensitiveAnswers: they are not shown at all, since what they contain is not known in advance.
func TestSensitiveAnswers(t *testing.T) {
	body := `{"link":"` + canaryURL + `"}`
	for name, handler := range map[string]http.HandlerFunc{
		"ok":       answer(200, body),
		"text":     answer(200, canaryURL),
		"half":     answer(200, body[:len(body)-2]),
		"picky":    answer(200, `{"picky":"`+canaryURL+`"}`),
		"error":    answer(500, body),
		"redirect": answer(302, "", "Location", canaryURL),
		"path":     answer(302, "", "Location", "/login/cAnArY"),
		"far path": answer(302, "", "Location", "https://elsewhere.test/login/cAnArY"),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var logs, dumps syncBuffer
				logger := slog.New(slog.NewTextHandler(&logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
				c, _ := inMemory(t, handler, provider.WithLogger(logger), provider.WithDumps(&dumps))
				err := c.Do(t.Context(), &Call{Endpoint: signOn, Out: new(pickyThing)})
				require.Error(t, err)
				for _, text := range []string{shownBy(err), logs.String(), dumps.String()} {
					assert.NotContains(t, text, "cAnArY")
				}
			})
		})
	}
}

// TestGarbledStatusLine: net/http quotes what it received instead of an answer.
func TestGarbledStatusLine(t *testing.T) {
	for _, line := range []string{canaryURL + " " + canaryKey + "\r\n\r\n", "HTTP/1.1 200 OK\r\ncAnArY " + canaryKey + "\r\n\r\n"} {
		var logs, dumps syncBuffer
		logger := slog.New(slog.NewTextHandler(&logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
		c, _ := over(t, func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_, _ = conn.Write([]byte(line))
				_ = conn.Close()
			}
		}, provider.WithLogger(logger), provider.WithDumps(&dumps), provider.WithRetry(provider.Retry{Attempts: 1}))
		err := c.Do(t.Context(), &Call{Endpoint: signOn})
		require.ErrorIs(t, err, provider.ErrUnavailable)
		for _, text := range []string{shownBy(err), logs.String(), dumps.String()} {
			assert.NotContains(t, text, "cAnArY")
			assertClean(t, text, canaryKey)
		}
		assertClean(t, shownBy(c.Do(t.Context(), callOf(Read, nil))), canaryKey)
	}
}

func TestClientDoesNotPrintSecrets(t *testing.T) {
	c := newClient(t, "https://panel.test/x")
	holder := struct{ Client, client *Client }{c, c}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d"} {
		assertClean(t, fmt.Sprintf(verb, c), canaryKey)
		assertClean(t, fmt.Sprintf(verb, holder), canaryKey)
	}
	assert.Equal(t, "test client of https://panel.test/x", c.String())
}

// TestErrorsOfCallersTransport: these may contain URLs with their query.
func TestErrorsOfCallersTransport(t *testing.T) {
	cause := &net.DNSError{Err: "x", Name: "y"}
	c := newClient(t, "https://panel.test", provider.WithRetry(provider.Retry{Attempts: 1}), provider.WithHTTPClient(&http.Client{Transport: roundTripper(func(req *http.Request) (*http.Response, error) {
		return nil, fmt.Errorf("proxy: %w", &url.Error{Op: "Get", URL: "https://x.test?canary", Err: cause})
	})}))
	err := c.Do(t.Context(), callOf(Read, nil))
	assert.NotContains(t, shownBy(err), "canary")
	var dns *net.DNSError
	require.ErrorAs(t, err, &dns)
	require.ErrorIs(t, err, cause)
	var none *vendorError
	assert.False(t, errors.As(err, &none))
}

func TestRedactText(t *testing.T) {
	for text, want := range map[string]string{
		`{"password":"x"}`:                         `{"password":"[redacted]"}`,
		`{"Root-Pass" : [1,{"a":"]"}] ,"b":2}`:     `{"Root-Pass" :"[redacted]" ,"b":2}`,
		`{"password_confirmation":"a\"b","c":1}`:   `{"password_confirmation":"[redacted]","c":1}`,
		`{"p\u0061ssword":"x"}`:                    `{"p\u0061ssword":"[redacted]"}`,
		`{"X-API-Key":"x","code":404}`:             `{"X-API-Key":"[redacted]","code":404}`,
		`{"pin":1234}`:                             `{"pin":"[redacted]"}`,
		`{"password":"broken off`:                  `{"password":"[redacted]"`,
		`<br>Notice {"token":"x"} and "secret": y`: `<br>Notice {"token":"[redacted]"} and "secret":"[redacted]"`,
		`{"name":"password","value":"x"}`:          `{"name":"password","value":"[redacted]"}`,
		`{"tags":[{"value" : "x","id":1,"tag": "root_pass1"},{"tag":"os","value":"y"}]}`: `{"tags":[{"value" :"[redacted]","id":1,"tag": "root_pass1"},{"tag":"os","value":"y"}]}`,
		`{"a":{"key":"api_token","extra":{"b":["x"]}},"value":1}`:                        `{"a":{"key":"[redacted]","extra":"[redacted]"},"value":1}`,
		`[{"value":"a","n":"b"},{"value":"broken off","na`:                               `[{"value":"a","n":"b"},{"value":"[redacted]","na`,
		`{"compact":1}`: `{"compact":1}`,
	} {
		assert.Equal(t, want, redactText(text))
	}
	assert.Equal(t, "a=1&params[root_pass]=[redacted]&code=[redacted]&x", redactForm("a=1&params[root_pass]=x&code=1&x", nil))
	assert.Equal(t, "tag=os%5Fpass&value=[redacted]&id=1", redactForm("tag=os%5Fpass&value=x&id=1", nil))
	assert.Equal(t, "arg1=alice&arg2=[redacted]", redactForm("arg1=alice&arg2=x", []string{"arg2"}))
}

func FuzzRedact(f *testing.F) {
	f.Add(`{"password":"x","a":"b"}`)
	f.Add(`a=b&password=%41`)
	f.Fuzz(func(t *testing.T, text string) {
		text = text[:min(len(text), 1000)]
		for name, out := range map[string]string{"text": redactText(text), "form": redactForm(text, nil)} {
			if len(out) > 4*len(text)+len(redacted) {
				t.Errorf("%s grew from %d to %d bytes", name, len(text), len(out))
			}
		}
	})
}

// TestHiddenFields: if a field's name does not say that it is secret (arg2 is a password), the call
// does.
func TestHiddenFields(t *testing.T) {
	var dumps syncBuffer
	c, _ := inMemory(t, answer(200, "arg2 was "+canaryPassword), provider.WithDumps(&dumps))
	err := c.Do(t.Context(), &Call{Endpoint: createThing, Body: url.Values{"arg1": {"jane"}, "arg2": {canaryPassword}}, HiddenFields: []string{"arg2"}, Out: new(thing)})
	require.Error(t, err)
	assertClean(t, dumps.String()+shownBy(err), canaryPassword)
	assert.Contains(t, dumps.String(), "arg1=jane&arg2=[redacted]")
}

// TestDumps checks what WithDumps promises: dumps are readable, with one exchange at a time.
func TestDumps(t *testing.T) {
	var dumps syncBuffer
	c, in := inMemory(t, okThing, provider.WithDumps(&dumps), provider.WithRetry(provider.Retry{Attempts: 1}))
	in.At(0, faults.Fault{Kind: faults.Status, StatusCode: 422, Body: `{"error":"no"}`})
	require.Error(t, c.Do(t.Context(), callOf(Once, new(thing))))
	require.NoError(t, c.Do(t.Context(), &Call{Endpoint: createThing, Body: url.Values{"a": {"b"}, "password": {"hunter2"}}, Out: new(thing)}))
	for _, line := range []string{
		"> POST /api/v2/things (test.Things.Create, attempt 1)", "> Accept: application/json", `> {"name":"x"}`,
		"< 422", `< {"error":"no"}`, "> a=b&password=[redacted]", `< {"id":1,"name":"x"}`,
	} {
		assert.Contains(t, dumps.String(), line+"\n")
	}
}

// TestSpellingsThroughTheClient: what a server quotes in any spelling that SECURITY.md promises, in
// any part of an answer that reaches an error, a log or a dump, is not shown.
func TestSpellingsThroughTheClient(t *testing.T) {
	const short = 8 // as much of a spelling must not be left
	for _, spelling := range wordstest.Spellings() {
		spelled := spelling.Spell(canaryPassword)
		body, _ := json.Marshal(map[string]any{"error": spelled, "details": map[string]string{spelled: spelled}})
		shown := ""
		for _, handler := range []http.HandlerFunc{
			answer(422, string(body)),
			answer(422, `{"error":"no: `+words.Line(spelled, 10000)+`"}`),
			answer(200, "<html>Notice: "+spelled),
			answer(500, "<html>Notice: "+spelled, "X-Request-Id", words.Line(spelled, 10000)),
			answer(302, "", "Location", "https://elsewhere.test/"+words.Line(spelled, 10000)),
		} {
			synctest.Test(t, func(t *testing.T) {
				var logs, dumps syncBuffer
				logger := slog.New(slog.NewTextHandler(&logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
				c, _ := inMemory(t, handler, provider.WithLogger(logger), provider.WithDumps(&dumps))
				c.config.Classify = quotingClassifier
				err := c.Do(t.Context(), &Call{Endpoint: createThing, Body: map[string]string{"password": canaryPassword}, Out: new(thing)})
				require.Error(t, err)
				shown += shownBy(err) + logs.String() + dumps.String()
			})
		}
		// Also as it looks in a log that escapes what it shows.
		left := strings.Contains(shown, canaryPassword[:short])
		for _, form := range []string{words.Line(spelled, 10000), wordstest.JSON(words.Line(spelled, 10000))} {
			begin := len(form) / 3
			left = left || strings.Contains(shown, form[begin:begin+min(short, len(form)/3)])
		}
		t.Logf("%-45s promised: %-5t found: %t", spelling.Name, spelling.Promised, !left)
		if spelling.Promised {
			assert.False(t, left, "%s: %s", spelling.Name, spelled)
		}
	}
}

// TestHostileTexts: whatever a server says, wherever it says it, is one visible line of bounded
// length where it is shown.
func TestHostileTexts(t *testing.T) {
	for name, text := range map[string]string{
		"forged line": "a\r\nlevel=ERROR msg=forged", "clipboard": "\x1b]52;c;aGVsbG8=\x07", "colour": "\x1b[2J\x1b[31mx", "C1": "\u009b31m",
		"direction": "\u202etxt.exe\u2066", "invisible": "a\u200bb\ufeff\u00ad\u2060", "separators": "\u2028\u2029\u0085", "long": strings.Repeat("long ", 240_000),
	} {
		body, _ := json.Marshal(map[string]any{"error": text, "details": map[string]string{text: text}})
		many, _ := json.Marshal(map[string]any{"error": text, "details": manyFields(text)})
		inHeader := text
		if name == "forged line" {
			inHeader = "a\tlevel"
		}
		inHeader = inHeader[:min(len(inHeader), 100_000)]
		for where, handler := range map[string]http.HandlerFunc{
			"error": answer(422, string(body)), "many fields": answer(422, string(many)), "page": answer(500, "<html>"+text), "text": answer(200, text),
			"JSON": answer(200, `{"id":`+string(body)+`}`), "redirect": answer(302, "", "Location", "https://x.test/"+inHeader), "far": answer(302, "", "Location", "https://"+inHeader+".test/"),
			"request ID": answer(500, "{}", "X-Request-Id", inHeader), "Retry-After": answer(503, "{}", "Retry-After", inHeader), "Server": answer(500, "{}", "Server", inHeader),
		} {
			t.Run(name+"/"+where, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					var dumps syncBuffer
					var logged []string
					logger := slog.New(&keeper{keep: func(text string) { logged = append(logged, text) }})
					c, _ := inMemory(t, handler, provider.WithLogger(logger), provider.WithDumps(&dumps))
					c.config.Classify = quotingClassifier
					err := c.Do(t.Context(), callOf(Once, new(pickyThing)))
					require.Error(t, err)
					failed := asError(t, err)
					requireShown(t, err.Error(), 2200)
					requireShown(t, failed.Message, 2*words.MaxText)
					requireShown(t, failed.Code, words.MaxCode)
					requireShown(t, failed.RequestID, words.MaxCode)
					require.LessOrEqual(t, len(failed.Fields), words.MaxFields+1)
					for field, problem := range failed.Fields {
						requireShown(t, field, words.MaxCode)
						requireShown(t, problem, words.MaxText)
					}
					for _, text := range logged {
						requireShown(t, text, words.MaxText)
					}
					for line := range strings.Lines(dumps.String()) {
						requireShown(t, strings.NewReplacer("\n", "", "\t", "").Replace(line), 1<<20)
						require.Regexp(t, `^([><!] |\[|$)`, strings.TrimSuffix(line, "\n"))
					}
					require.Less(t, len(dumps.String()), 1<<20)
				})
			})
		}
	}
}

func manyFields(text string) map[string]string {
	fields := make(map[string]string)
	for i := range 100 {
		fields[fmt.Sprint(i, text[:min(len(text), 1000)])] = text[:min(len(text), 1000)]
	}
	return fields
}

func requireShown(t *testing.T, text string, n int) {
	t.Helper()
	require.LessOrEqual(t, len(text), n)
	require.False(t, strings.ContainsFunc(text, func(r rune) bool { return r != ' ' && words.Unseen(r) }), "%q", text)
}

// keeper is a slog.Handler that keeps the texts as they are.
type keeper struct {
	slog.Handler
	keep func(string)
}

func (k *keeper) Enabled(context.Context, slog.Level) bool { return true }

func (k *keeper) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		k.keep(a.Value.String())
		return true
	})
	return nil
}
