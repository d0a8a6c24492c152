package licenseserver_test

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

	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/provider"
)

// The secrets beside that of sample: of the client, and of answers. The key's alphabet
// is not documented.
const (
	canaryKey    = `AF-2000-canary"<>&+/=7f3a0123456789abcdx`
	canaryCookie = `canary.cookie+/=5d5d`
	canaryBearer = `canary.bearer"<>&4e4e`
	canaryToken  = `canary.Token"<&>+/=9b1c`
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
	quoted := strconv.Quote(secret)
	return []string{
		secret, inner, strings.Trim(strings.TrimSpace(plain.String()), `"`), url.QueryEscape(secret), url.PathEscape(secret),
		html.EscapeString(secret), quoted[1 : len(quoted)-1], fmt.Sprintf("%x", secret),
	}
}

// requireNoSecret searches a text for every secret in every spelling.
func requireNoSecret(t *testing.T, text, what string) {
	t.Helper()
	for _, secret := range []string{canaryKey, canaryCookie, canaryBearer, canaryToken, canarySecret} {
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

func marshal(v any) string {
	encoded, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(encoded)
}

// leakyServers answer with what they were sent, as real servers do when they refuse it,
// or with secrets of their own.
func leakyServers(t *testing.T) map[string]func(context.Context, sentRequest) reply {
	good := goodAnswers(t)
	text := func(s sentRequest) string {
		path, err := url.PathUnescape(s.Path)
		if err != nil {
			panic(err)
		}
		return fmt.Sprint(s.Header.Get("X-Api-Key"), " ", s.Header.Get("Cookie"), " ", s.Header.Get("Authorization"), " ", path, " ", s.Query.Get("q"), " ", s.Body)
	}
	full := marshal(map[string]any{
		"license_key": canaryToken, "session_token": canaryToken, "token": canaryToken, "id": 1, "last_heartbeat": "2025-06-19T10:30:00Z",
		"license":    map[string]any{"id": 1, "key": canaryToken, "is_active": true},
		"activation": map[string]any{"id": 1, "license_key": canaryToken}, "valid": true,
	})
	// Where no document tells the fields, any of them may hold a key.
	unknown := marshal(map[string]any{
		"success": true, "licenses": []any{canaryToken}, "results": []any{map[string]any{"id": 1, "type": "license", "title": canaryToken}},
	})
	return map[string]func(context.Context, sentRequest) reply{
		"good": good.answer,
		"good with secrets": func(ctx context.Context, s sentRequest) reply {
			for _, path := range []string{"/api/generate", "/api/license/activate", "/api/license/verify", "/api/license/info", "/api/license/session", "/api/admin"} {
				if strings.HasPrefix(s.Path, path) {
					return ok(full)
				}
			}
			for _, path := range []string{"/api/customer/", "/api/search", "/api/licenses/", "/api/license/17/toggle"} {
				if strings.HasPrefix(s.Path, path) {
					return ok(unknown)
				}
			}
			return good.answer(ctx, s)
		},
		"page with secrets": func(ctx context.Context, s sentRequest) reply {
			if !strings.HasPrefix(s.Path, "/leads/") || strings.HasPrefix(s.Path, "/leads/api/") {
				return good.answer(ctx, s)
			}
			return reply{status: 200, body: "<p>" + canaryToken, header: http.Header{"Content-Type": {"text/html"}, "Location": {"/?t=" + url.QueryEscape(canaryToken)}}}
		},
		"echo": func(_ context.Context, s sentRequest) reply {
			return reply{status: 400, body: marshal(map[string]any{"error": "wrong: " + text(s), "code": "BAD " + text(s), "status": 400})}
		},
		"echo of a conflict": func(_ context.Context, s sentRequest) reply { return reply{status: 409, body: "taken: " + text(s)} },
		"echo inside success": func(_ context.Context, s sentRequest) reply {
			return ok(marshal(map[string]any{"success": false, "message": "wrong: " + text(s)}))
		},
		"echo in HTML": func(_ context.Context, s sentRequest) reply {
			return reply{status: 500, body: "<pre>" + html.EscapeString(text(s)) + "</pre>"}
		},
		"echo as text":      func(_ context.Context, s sentRequest) reply { return ok("Notice: " + text(s)) },
		"echo, broken off":  func(_ context.Context, s sentRequest) reply { return ok(`{"error": "wrong", "x": ` + marshal(text(s))) },
		"token, broken off": func(context.Context, sentRequest) reply { return ok(full[:len(full)-3]) },
		"echo in a path": func(_ context.Context, s sentRequest) reply {
			return reply{status: 307, header: http.Header{"Location": {"https://license.example.com/" + url.PathEscape(text(s))}}}
		},
		"echo of the transport": func(_ context.Context, s sentRequest) reply { return reply{err: errors.New("cannot send " + text(s))} },
	}
}

func TestSecretsStayHidden(t *testing.T) {
	admins := map[string]provider.Option{
		"cookie": licenseserver.WithAdminCookie("session", canaryCookie),
		"header": licenseserver.WithAdminHeader("Authorization", "Bearer "+canaryBearer),
		"own": licenseserver.WithAdminAuth(func(req *http.Request) error {
			req.Header.Set("Authorization", "Bearer "+canaryBearer)
			req.AddCookie(&http.Cookie{Name: "session", Value: canaryCookie})
			return nil
		}),
	}
	for name, answer := range leakyServers(t) {
		for how, admin := range admins {
			t.Run(name+"/"+how, func(t *testing.T) {
				var logs, dumps syncBuffer
				logger := slog.New(slog.NewJSONHandler(&logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
				c, err := licenseserver.New(serverURL, canaryKey, tapOptions(&wiretap{answer: answer}, admin, provider.WithLogger(logger), provider.WithDumps(&dumps),
					provider.WithRetry(provider.Retry{Attempts: 2, MinWait: time.Nanosecond, MaxWait: time.Nanosecond}))...)
				require.NoError(t, err)
				for _, m := range methodsOf(c) {
					out := m.call(t, t.Context())
					if out.err != nil {
						logger.Error("failed", "err", out.err, "in text", fmt.Sprint(out.err))
						for e := range chain(out.err) {
							for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
								requireNoSecret(t, fmt.Sprintf(verb, e), m.op+": error under "+verb)
							}
						}
					}
					for _, value := range out.values {
						for _, verb := range []string{"%v", "%+v", "%#v"} {
							requireNoSecret(t, fmt.Sprintf(verb, value), m.op+": result under "+verb)
						}
						requireNoSecret(t, marshal(value), m.op+": result as JSON")
						logger.Info("result", "value", value)
					}
				}
				requireNoSecret(t, logs.String(), "the log")
				requireNoSecret(t, dumps.String(), "the dump")
				require.Contains(t, logs.String(), `"route":"/api/license/info/{license_key}"`)
				require.Contains(t, dumps.String(), "> GET /api/license/info/{license_key}")
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

// What is printed by accident: the client, its services, options, requests.
func TestPrintedValuesHideSecrets(t *testing.T) {
	c, err := licenseserver.New(serverURL, canaryKey, licenseserver.WithAdminCookie("session", canaryCookie))
	require.NoError(t, err)
	values := []any{c, []any{c}, struct{ C *licenseserver.Client }{c}, licenseserver.SessionOptions{LicenseKey: canarySecret}}
	services := reflect.ValueOf(c).Elem()
	for i := range services.NumField() {
		if services.Type().Field(i).IsExported() {
			values = append(values, services.Field(i).Interface())
		}
	}
	for _, request := range []any{
		&licenseserver.ActivateRequest{LicenseKey: canarySecret}, &licenseserver.VerifyRequest{LicenseKey: canarySecret},
		&licenseserver.SessionStartRequest{LicenseKey: canarySecret}, licenseserver.Payload(marshal(canaryToken)),
		map[string]licenseserver.Payload{"x": licenseserver.Payload(marshal(canaryToken))},
		&licenseserver.Token{Token: canaryToken}, &licenseserver.Page{HTML: canaryToken, Location: canaryToken},
	} {
		values = append(values, request, reflect.Indirect(reflect.ValueOf(request)).Interface())
	}
	var logs bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&logs, nil))
	for _, value := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			requireNoSecret(t, fmt.Sprintf(verb, value), fmt.Sprintf("%T under %s", value, verb))
		}
		logger.Info("value", "value", value)
		if encoded, err := json.Marshal(value); err == nil {
			requireNoSecret(t, string(encoded), fmt.Sprintf("%T as JSON", value))
		}
	}
	requireNoSecret(t, logs.String(), "the log")
	require.Equal(t, "licenseserver client of "+serverURL, c.String())
	require.Equal(t, c.String(), fmt.Sprintf("%#v", c))
}
