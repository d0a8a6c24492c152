package keyhelp_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/provider"
)

// Secrets that are not in the samples: those of the client and of answers.
const (
	canaryKey   = `Canary.Key"\<>&+/=7f3a`
	canaryToken = `canary.Token"<&>+/=9b1c`
	canaryURL   = "https://panel.example.com/login/canary%2FSign%20On?token=abc123def"
)

// leakyPanels answer with the request, as real servers do when they refuse one, or with secrets of
// their own.
func leakyPanels(t *testing.T, d keyhelp.Dialect) map[string]clienttest.Answer {
	good := vendor(t, d).Good()
	text, marshal := clienttest.Said, clienttest.JSON
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
	signOns := func(body string) clienttest.Answer {
		return func(ctx context.Context, s sentRequest) reply {
			if strings.HasPrefix(s.Path, "/login/") || s.Path == "/sessions" {
				return ok(body)
			}
			return good(ctx, s)
		}
	}
	panels := map[string]clienttest.Answer{
		"good": good,
		"good with secrets": func(ctx context.Context, s sentRequest) reply {
			answer := signOns(marshal(map[string]any{"token": canaryToken, "url": canaryURL}))(ctx, s)
			if rest, isObject := strings.CutPrefix(answer.Body, "{"); isObject {
				answer.Body = marshal(map[string]any{"password": secrets[0].Reveal(), "password_hash": secrets[1].Reveal(), "private_key": secrets[2].Reveal(), "api_key": canaryKey})
				answer.Body = strings.TrimSuffix(answer.Body, "}") + "," + rest
			}
			return answer
		},
		"documented echo": func(_ context.Context, s sentRequest) reply {
			return reply{Status: 400, Body: marshal(map[string]any{"error": "wrong: " + text(s), "details": fieldByField(s)})}
		},
		"live echo": func(_ context.Context, s sentRequest) reply {
			return reply{Status: 400, Body: marshal(map[string]any{"code": "400 " + text(s), "message": "wrong: " + text(s)})}
		},
		"echo inside success": func(_ context.Context, s sentRequest) reply {
			return ok(marshal(map[string]any{"code": "400 " + text(s), "message": "wrong: " + text(s)}))
		},
		"token, broken off": signOns(`{"token": ` + marshal(canaryToken) + `, "url": ` + marshal(canaryURL) + `, `),
		"token, wrong type": signOns(`{"token": [` + marshal(canaryToken) + `], "url": {"url": ` + marshal(canaryURL) + `}}`),
		"token as text":     signOns(`Your link: ` + canaryURL + ` ` + canaryToken),
	}
	maps.Copy(panels, clienttest.Echoes())
	return panels
}

func TestSecretsStayHidden(t *testing.T) {
	for _, d := range bothDialects {
		for name, answer := range leakyPanels(t, d) {
			t.Run(string(d)+"/"+name, func(t *testing.T) {
				log, dump := vendor(t, d).CheckSecrets(t, func(t testing.TB, transport http.RoundTripper, opts ...provider.Option) any {
					client, err := keyhelp.New(panelURL, provider.NewSecret(canaryKey), append(opts, keyhelp.WithDialect(d), provider.WithHTTPClient(newHTTPClient(transport)))...)
					require.NoError(t, err)
					return client
				}, answer)
				require.Contains(t, log, `"op":"keyhelp.Clients.Get"`)
				require.Contains(t, log, `"route":"/api/v2/clients/{id}"`)
				require.Contains(t, dump, "> GET /api/v2/clients/{id}")
			})
		}
	}
}

// The client, its services and requests may be printed by accident.
func TestPrintedValuesHideSecrets(t *testing.T) {
	client, err := keyhelp.New(panelURL, provider.NewSecret(canaryKey), keyhelp.WithDialect(keyhelp.DialectLive))
	require.NoError(t, err)
	values := append(samples(keyhelp.DialectLive), &keyhelp.Session{URL: provider.NewSecret(canaryURL), Token: provider.NewSecret(canaryToken)})
	require.Greater(t, len(values), 15)
	vendor(t, keyhelp.DialectLive).CheckPrinted(t, client, values...)
	require.Equal(t, "keyhelp client of "+panelURL, client.String())
	require.Equal(t, client.String(), fmt.Sprintf("%#v", client))
}

// The key goes into its header and nowhere else.
func TestKeyIsSentInItsHeaderOnly(t *testing.T) {
	for _, d := range bothDialects {
		v := vendor(t, d)
		v.Dial = func(t testing.TB, transport http.RoundTripper, _ ...provider.Option) any {
			client, err := keyhelp.New(panelURL, provider.NewSecret(canaryKey), keyhelp.WithDialect(d), provider.WithHTTPClient(newHTTPClient(transport)))
			require.NoError(t, err)
			return client
		}
		tap := v.Tap(v.Good())
		for _, m := range v.Methods(t, tap) {
			m.Run(t)
		}
		require.NotEmpty(t, tap.Requests())
		for _, sent := range tap.Requests() {
			require.Equal(t, []string{canaryKey}, sent.Header.Values("X-API-Key"))
			sent.Header.Del("X-API-Key")
			rest := fmt.Sprint(sent.Path, sent.Query, sent.Header, sent.Body)
			for _, spelling := range clienttest.Spellings(canaryKey) {
				require.NotContains(t, rest, spelling)
			}
		}
	}
}

// Short passwords cannot be found in the body by guessing: the methods name them.
func TestShortPasswordsStayHidden(t *testing.T) {
	short := provider.NewSecret("p7!xQ")
	tap := tapping(func(_ context.Context, s sentRequest) reply {
		return reply{Status: 400, Body: `{"code": "400 Bad Request", "message": "the password p7!xQ is too short"}`}
	})
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
