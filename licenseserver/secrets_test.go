package licenseserver_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/provider"
)

// Secrets that are not in the samples: those of the client and of answers. The key's alphabet is
// undocumented.
const (
	canaryKey    = `AF-2000-canary"<>&+/=7f3a0123456789abcdx`
	canaryCookie = `canary.cookie+/=5d5d`
	canaryBearer = `canary.bearer"<>&4e4e`
	canaryToken  = `canary.Token"<&>+/=9b1c`
)

// leakyServers answer with the request, as real servers do when they refuse one, or with secrets of
// their own.
func leakyServers(t *testing.T) map[string]clienttest.Answer {
	good := vendor(t).Good()
	marshal := clienttest.JSON
	full := marshal(map[string]any{
		"license_key": canaryToken, "session_token": canaryToken, "token": canaryToken, "id": 1, "last_heartbeat": "2025-06-19T10:30:00Z",
		"license":    map[string]any{"id": 1, "key": canaryToken, "is_active": true},
		"activation": map[string]any{"id": 1, "license_key": canaryToken}, "valid": true,
	})
	// Undocumented fields may all contain a key.
	unknown := marshal(map[string]any{
		"success": true, "licenses": []any{canaryToken}, "results": []any{map[string]any{"id": 1, "type": "license", "title": canaryToken}},
	})
	servers := map[string]clienttest.Answer{
		"good": good,
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
			return good(ctx, s)
		},
		"page with secrets": func(ctx context.Context, s sentRequest) reply {
			if !strings.HasPrefix(s.Path, "/leads/") || strings.HasPrefix(s.Path, "/leads/api/") {
				return good(ctx, s)
			}
			return reply{Status: 200, Body: "<p>" + canaryToken, Header: http.Header{"Content-Type": {"text/html"}, "Location": {"/?t=" + url.QueryEscape(canaryToken)}}}
		},
		"echo": func(_ context.Context, s sentRequest) reply {
			said := clienttest.Said(s)
			return reply{Status: 400, Body: marshal(map[string]any{"error": "wrong: " + said, "code": "BAD " + said, "status": 400})}
		},
		"echo inside success": func(_ context.Context, s sentRequest) reply {
			return ok(marshal(map[string]any{"success": false, "message": "wrong: " + clienttest.Said(s)}))
		},
		"token, broken off": clienttest.Always(ok(full[:len(full)-3])),
	}
	maps.Copy(servers, clienttest.Echoes())
	return servers
}

func TestSecretsStayHidden(t *testing.T) {
	admins := map[string]provider.Option{
		"cookie": licenseserver.WithAdminCookie("session", provider.NewSecret(canaryCookie)),
		"header": licenseserver.WithAdminHeader("Authorization", provider.NewSecret("Bearer "+canaryBearer)),
		"own": licenseserver.WithAdminAuth(func(req *http.Request) error {
			req.Header.Set("Authorization", "Bearer "+canaryBearer)
			req.AddCookie(&http.Cookie{Name: "session", Value: canaryCookie})
			return nil
		}),
	}
	for name, answer := range leakyServers(t) {
		for how, admin := range admins {
			t.Run(name+"/"+how, func(t *testing.T) {
				log, dump := vendor(t).CheckSecrets(t, func(t testing.TB, transport http.RoundTripper, opts ...provider.Option) any {
					c, err := licenseserver.New(serverURL, provider.NewSecret(canaryKey), append(tapOptions(transport, admin), opts...)...)
					require.NoError(t, err)
					return c
				}, answer)
				require.Contains(t, log, `"route":"/api/license/info/{license_key}"`)
				require.Contains(t, dump, "> GET /api/license/info/{license_key}")
			})
		}
	}
}

// The client, its services, options and requests may be printed by accident.
func TestPrintedValuesHideSecrets(t *testing.T) {
	c, err := licenseserver.New(serverURL, provider.NewSecret(canaryKey), licenseserver.WithAdminCookie("session", provider.NewSecret(canaryCookie)))
	require.NoError(t, err)
	page, payload := licenseserver.Page{HTML: provider.NewSecret(canaryToken), Location: provider.NewSecret(canaryToken)}, provider.NewPayload(clienttest.JSON(canaryToken))
	vendor(t).CheckPrinted(t, c,
		licenseserver.SessionOptions{LicenseKey: provider.NewSecret(canarySecret)},
		&licenseserver.LicenseActivateRequest{LicenseKey: provider.NewSecret(canarySecret)}, &licenseserver.LicenseVerifyRequest{LicenseKey: provider.NewSecret(canarySecret)},
		&licenseserver.SessionStartRequest{LicenseKey: provider.NewSecret(canarySecret)}, payload, map[string]provider.Payload{"x": payload},
		&licenseserver.Token{Token: provider.NewSecret(canaryToken)}, &page)
	require.Equal(t, "licenseserver client of "+serverURL, c.String())
	require.Equal(t, c.String(), fmt.Sprintf("%#v", c))
}
