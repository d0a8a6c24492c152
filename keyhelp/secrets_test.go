package keyhelp_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"log/slog"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/provider"
)

// The secrets beside those of sampleRequest: of the client, and of answers.
const (
	canaryKey   = `Canary.Key"\<>&+/=7f3a`
	canaryToken = `canary.Token"<&>+/=9b1c`
	canaryURL   = "https://panel.example.com/login/canary%2FSign%20On?token=abc123def"
)

// spellings are the ways in which a secret may turn up in a text.
func spellings(secret string) []string {
	encoded, err := json.Marshal(secret)
	if err != nil {
		panic(err)
	}
	var plain bytes.Buffer
	encoder := json.NewEncoder(&plain)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(secret); err != nil {
		panic(err)
	}
	inner := strings.Trim(string(encoded), `"`)
	twice, err := json.Marshal(inner)
	if err != nil {
		panic(err)
	}
	quoted := strconv.Quote(secret)
	return []string{
		secret, inner, strings.Trim(strings.TrimSpace(plain.String()), `"`), strings.Trim(string(twice), `"`),
		url.QueryEscape(secret), url.PathEscape(secret), html.EscapeString(secret), quoted[1 : len(quoted)-1],
		fmt.Sprintf("%x", secret),
	}
}

// requireNoSecret searches a text for every secret in every spelling.
func requireNoSecret(t *testing.T, text, what string) {
	t.Helper()
	all := []string{canaryKey, canaryToken, canaryURL}
	for _, secret := range secrets {
		all = append(all, secret.Reveal())
	}
	for _, secret := range all {
		for _, spelling := range spellings(secret) {
			if strings.Contains(text, spelling) {
				t.Fatalf("%s shows the secret %q:\n%s", what, spelling, text)
			}
		}
	}
}

// syncBuffer is a writer for many goroutines.
type syncBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// leakyPanels answer with what they were sent, as real servers do when they refuse
// it, or with secrets of their own.
func leakyPanels(t *testing.T, d keyhelp.Dialect) map[string]func(context.Context, sentRequest) reply {
	good := goodAnswers(t, d)
	text := func(s sentRequest) string { return s.Header.Get("X-Api-Key") + " " + s.Body }
	marshal := func(v any) string {
		encoded, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		return string(encoded)
	}
	fieldByField := func(s sentRequest) map[string]any {
		details := map[string]any{"X-API-Key": canaryKey + " is wrong"}
		var body map[string]any
		if json.Unmarshal([]byte(s.Body), &body) == nil {
			for name, value := range body {
				details[name] = fmt.Sprintf("%v is wrong", value)
			}
		}
		return details
	}
	signOns := func(body string) func(context.Context, sentRequest) reply {
		return func(ctx context.Context, s sentRequest) reply {
			if strings.HasPrefix(s.Path, "/login/") || s.Path == "/sessions" {
				return ok(body)
			}
			return good.answer(ctx, s)
		}
	}
	return map[string]func(context.Context, sentRequest) reply{
		"good": good.answer,
		"good with secrets": func(ctx context.Context, s sentRequest) reply {
			answer := signOns(marshal(map[string]any{"token": canaryToken, "url": canaryURL}))(ctx, s)
			if rest, isObject := strings.CutPrefix(answer.body, "{"); isObject {
				answer.body = marshal(map[string]any{"password": secrets[0].Reveal(), "password_hash": secrets[1].Reveal(), "private_key": secrets[2].Reveal(), "api_key": canaryKey})
				answer.body = strings.TrimSuffix(answer.body, "}") + "," + rest
			}
			return answer
		},
		"documented echo": func(_ context.Context, s sentRequest) reply {
			return reply{status: 400, body: marshal(map[string]any{"error": "wrong: " + text(s), "details": fieldByField(s)})}
		},
		"live echo": func(_ context.Context, s sentRequest) reply {
			return reply{status: 400, body: marshal(map[string]any{"code": "400 " + text(s), "message": "wrong: " + text(s)})}
		},
		"echo inside success": func(_ context.Context, s sentRequest) reply {
			return ok(marshal(map[string]any{"code": "400 " + text(s), "message": "wrong: " + text(s)}))
		},
		"echo in HTML": func(_ context.Context, s sentRequest) reply {
			return reply{status: 500, body: "<pre>" + html.EscapeString(text(s)) + "</pre>"}
		},
		"echo as text":      func(_ context.Context, s sentRequest) reply { return ok("Notice: " + text(s)) },
		"echo, broken off":  func(_ context.Context, s sentRequest) reply { return ok(`{"error": "wrong", "x": ` + marshal(text(s))) },
		"token, broken off": signOns(`{"token": ` + marshal(canaryToken) + `, "url": ` + marshal(canaryURL) + `, `),
		"token, wrong type": signOns(`{"token": [` + marshal(canaryToken) + `], "url": {"url": ` + marshal(canaryURL) + `}}`),
		"token as text":     signOns(`Your link: ` + canaryURL + ` ` + canaryToken),
		"echo in a header": func(_ context.Context, s sentRequest) reply {
			return reply{status: 307, header: http.Header{"Location": {"https://panel.example.com/?q=" + url.QueryEscape(text(s))}, "X-Request-Id": {text(s)}}}
		},
		"echo in a path": func(_ context.Context, s sentRequest) reply {
			return reply{status: 307, header: http.Header{"Location": {"https://panel.example.com/" + url.PathEscape(text(s))}}}
		},
		"echo of the transport": func(_ context.Context, s sentRequest) reply { return reply{err: errors.New("cannot send " + text(s))} },
	}
}

func TestSecretsStayHidden(t *testing.T) {
	for _, d := range bothDialects {
		for name, answer := range leakyPanels(t, d) {
			t.Run(string(d)+"/"+name, func(t *testing.T) {
				var logs, dumps syncBuffer
				logger := slog.New(slog.NewJSONHandler(&logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
				client, err := keyhelp.New(panelURL, canaryKey, keyhelp.WithDialect(d), provider.WithLogger(logger), provider.WithDumps(&dumps),
					provider.WithHTTPClient(&http.Client{Transport: &wiretap{answer: answer}}),
					provider.WithRetry(provider.Retry{Attempts: 2, MinWait: time.Nanosecond, MaxWait: time.Nanosecond}))
				require.NoError(t, err)
				for _, m := range methodsOf(client) {
					out := m.call(t, t.Context(), d)
					if out.err != nil {
						logger.Error("failed", "err", out.err, "in text", fmt.Sprint(out.err))
						for e := range chain(out.err) {
							for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
								requireNoSecret(t, fmt.Sprintf(verb, e), m.op+": error under "+verb)
							}
						}
						for field, problem := range asError(t, out.err).Fields {
							requireNoSecret(t, field+problem, m.op+": Fields")
						}
					}
					for _, value := range out.values {
						if _, raw := value.(*keyhelp.Admin); raw {
							continue // Raw is what the server said, on purpose
						}
						for _, verb := range []string{"%v", "%+v", "%#v"} {
							requireNoSecret(t, fmt.Sprintf(verb, value), m.op+": result under "+verb)
						}
						logger.Info("result", "value", value)
					}
				}
				requireNoSecret(t, logs.String(), "the log")
				requireNoSecret(t, dumps.String(), "the dump")
				require.Contains(t, logs.String(), `"op":"keyhelp.Clients.Get"`)
				require.Contains(t, logs.String(), `"route":"/api/v2/clients/{id}"`)
				require.Contains(t, dumps.String(), "> GET /api/v2/clients/{id}")
			})
		}
	}
}

// chain yields an error and all that it wraps: error trackers print link by link.
func chain(err error) func(yield func(error) bool) {
	return func(yield func(error) bool) {
		pending := []error{err}
		for len(pending) > 0 {
			e := pending[0]
			pending = pending[1:]
			if !yield(e) {
				return
			}
			switch e := e.(type) { //nolint:errorlint // this is what walks the chain
			case interface{ Unwrap() error }:
				if inner := e.Unwrap(); inner != nil {
					pending = append(pending, inner)
				}
			case interface{ Unwrap() []error }:
				pending = append(pending, e.Unwrap()...)
			}
		}
	}
}

// What is printed by accident: the client, its services, requests.
func TestPrintedValuesHideSecrets(t *testing.T) {
	client, err := keyhelp.New(panelURL, canaryKey, keyhelp.WithDialect(keyhelp.DialectLive))
	require.NoError(t, err)
	values := []any{client, []any{client}, map[string]any{"c": client}, struct{ C *keyhelp.Client }{client}}
	services := reflect.ValueOf(client).Elem()
	for i := range services.NumField() {
		if services.Type().Field(i).IsExported() {
			values = append(values, services.Field(i).Interface())
		}
	}
	count := 0
	for _, m := range methodsOf(client) {
		for i := range m.fn.Type().NumIn() {
			if request := sampleRequest(keyhelp.DialectLive, m.fn.Type().In(i)); request != nil {
				values = append(values, request, reflect.ValueOf(request).Elem().Interface())
				count++
			}
		}
	}
	require.Greater(t, count, 20)
	values = append(values, &keyhelp.Session{URL: canaryURL, Token: canaryToken}, keyhelp.Session{URL: canaryURL, Token: canaryToken})
	var logs bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&logs, nil))
	for _, value := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			requireNoSecret(t, fmt.Sprintf(verb, value), fmt.Sprintf("%T under %s", value, verb))
		}
		logger.Info("value", "value", value)
		encoded, err := json.Marshal(value)
		if err == nil {
			requireNoSecret(t, string(encoded), fmt.Sprintf("%T as JSON", value))
		}
	}
	requireNoSecret(t, logs.String(), "the log")
	require.Equal(t, "keyhelp client of "+panelURL, client.String())
	require.Equal(t, client.String(), fmt.Sprintf("%#v", client))
}

// The key goes into its header and nowhere else.
func TestKeyIsSentInItsHeaderOnly(t *testing.T) {
	for _, d := range bothDialects {
		tap := goodAnswers(t, d)
		client, err := keyhelp.New(panelURL, canaryKey, keyhelp.WithDialect(d), provider.WithHTTPClient(&http.Client{Transport: tap}))
		require.NoError(t, err)
		for _, m := range methodsOf(client) {
			m.call(t, t.Context(), d)
		}
		require.NotEmpty(t, tap.requests())
		for _, sent := range tap.requests() {
			require.Equal(t, []string{canaryKey}, sent.Header.Values("X-API-Key"))
			sent.Header.Del("X-API-Key")
			rest := fmt.Sprint(sent.Path, sent.Query, sent.Header, sent.Body)
			for _, spelling := range spellings(canaryKey) {
				require.NotContains(t, rest, spelling)
			}
		}
	}
}

// Short passwords are not guessed from the body: the methods name them.
func TestShortPasswordsStayHidden(t *testing.T) {
	short := provider.Secret("p7!xQ")
	tap := &wiretap{answer: func(_ context.Context, s sentRequest) reply {
		return reply{status: 400, body: `{"code": "400 Bad Request", "message": "the password p7!xQ is too short"}`}
	}}
	client := clientOver(t, tap, keyhelp.WithDialect(keyhelp.DialectLive))
	_, create := client.Clients.Create(t.Context(), &keyhelp.ClientCreateRequest{LoginName: "n", Email: "a@b.example", Password: short})
	_, database := client.Databases.Create(t.Context(), &keyhelp.DatabaseCreateRequest{ClientID: 1, Name: "d", Username: "u", Password: short})
	_, mailbox := client.Emails.Create(t.Context(), &keyhelp.EmailCreateRequest{ClientID: 1, Address: "a@b.example", PasswordHash: short, MaxSize: 1})
	for _, err := range []error{
		create, database, mailbox,
		client.Clients.Update(t.Context(), 1, &keyhelp.ClientUpdateRequest{Password: &short}),
		client.Clients.UpdateByName(t.Context(), "n", &keyhelp.ClientUpdateRequest{Password: &short}),
		client.Admins.Update(t.Context(), 1, &keyhelp.AdminUpdateRequest{Password: &short}),
		client.Certificates.UpdateByName(t.Context(), "n", &keyhelp.CertificateUpdateRequest{PrivateKey: &short}),
	} {
		require.ErrorContains(t, err, "the password [redacted] is too short")
	}
}
