package hostkey_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
)

// The secrets that are not in samples: those of the client, and of answers.
const (
	canaryKey    = `canary-key"<>&+/=7f3a`
	canaryToken  = `canary.token"<&>+/=9b1c`
	canaryAnswer = `canary.Answer"<&>+/=5d5d`
)

// leakyServers answer with what was sent, as real servers do when they refuse it, or with secrets
// of their own.
func leakyServers(t *testing.T) map[string]clienttest.Answer {
	good := vendor(t).Good()
	marshal := clienttest.JSON
	secret := canaryAnswer
	// One answer that suits many actions, with secrets wherever they may occur.
	full := map[string]any{
		"result": "OK", "id": 17, "invoice": 603548, "status": "Unpaid", "redirect": "https://example.com/?t=" + secret, "root_pass": secret,
		"server_data": map[string]any{"id": 17, "root_pass": secret}, "tags": []any{map[string]any{"tag": "password", "value": secret}},
		"data": map[string]any{"api_key": secret}, "scope": "https://example.com/console?t=" + secret,
		"context": map[string]any{"id": 17, "password": secret}, "token": secret,
	}
	secretive := func(s sentRequest) bool {
		switch action := s.Form().Get("action"); {
		case s.Path == "/presets.php" || s.Path == "/stocks.php": // catalogues
			return false
		case s.Path == "/api_keys.php" || s.Path == "/auth.php":
			return action == "add" || action == "view" || action == "info"
		default:
			return slices.Contains([]string{"show", "order_instance", "check", "get_ipmi", "console", "novnc", "add_ipmi_user", "show_key"}, action)
		}
	}
	servers := map[string]clienttest.Answer{
		"good": good,
		"good with secrets": func(ctx context.Context, s sentRequest) reply {
			switch {
			case secretive(s):
				return ok(marshal(full))
			case s.Form().Get("action") == "login":
				return ok(marshal(map[string]any{"result": map[string]any{"token": secret, "refresh": secret}}))
			}
			return good(ctx, s)
		},
		"secrets, broken off": func(ctx context.Context, s sentRequest) reply {
			if secretive(s) {
				return ok(marshal(full)[:300])
			}
			return good(ctx, s)
		},
		"echo": func(_ context.Context, s sentRequest) reply {
			said := clienttest.Said(s)
			return ok(marshal(map[string]any{"result": -1, "error": "wrong: " + said, "code": "BAD " + said}))
		},
		"echo with a status": func(_ context.Context, s sentRequest) reply {
			return reply{Status: 400, Body: marshal(map[string]any{"code": -1, "message": "wrong: " + clienttest.Said(s)})}
		},
		"echo of a rejected token": func(_ context.Context, s sentRequest) reply {
			return ok(marshal(map[string]any{"code": -2, "message": "Invalid token: " + clienttest.Said(s)}))
		},
		"echo of a failed order": func(_ context.Context, s sentRequest) reply {
			return ok(marshal(map[string]any{"result": -1, "error": clienttest.Said(s), "callback": clienttest.Said(s)}))
		},
	}
	maps.Copy(servers, clienttest.Echoes())
	return servers
}

func TestSecretsStayHidden(t *testing.T) {
	for name, answer := range leakyServers(t) {
		t.Run(name, func(t *testing.T) {
			v := vendor(t)
			v.Canaries = append(v.Canaries, canaryPassword, canaryPIN)
			log, dump := v.CheckSecrets(t, func(t testing.TB, transport http.RoundTripper, opts ...provider.Option) any {
				c, err := hostkey.New(serverURL, provider.NewSecret(canaryKey), append(tapOptions(signingIn{transport, canaryKey, canaryToken}), opts...)...)
				require.NoError(t, err)
				return c
			}, answer)
			require.Contains(t, log, `"route":"/eq.php"`)
			require.Contains(t, dump, "> POST /eq.php")
			require.Contains(t, dump, "token=[redacted]")
			require.Contains(t, dump, "root_pass=[redacted]")
		})
	}
}

// What is printed by accident: the client, its services, requests, answers.
func TestPrintedValuesHideSecrets(t *testing.T) {
	c, err := hostkey.New(serverURL, provider.NewSecret(canaryKey))
	require.NoError(t, err)
	body := provider.NewPayload(clienttest.JSON(canaryAnswer))
	install := hostkey.Install{RootPassword: provider.NewSecret(canarySecret), PostInstallScript: provider.NewSecret(canarySecret)}
	vendor(t).CheckPrinted(t, c,
		&hostkey.AuthLoginRequest{Key: provider.NewSecret(canarySecret)}, &hostkey.AuthWHMCSLoginRequest{Password: provider.NewSecret(canarySecret)}, &hostkey.ServerOrderRequest{Install: install},
		&hostkey.ServerReinstallRequest{Install: install}, &hostkey.ServerPowerOptions{PIN: provider.NewSecret(canarySecret)}, &hostkey.ServerNoVNCOptions{PIN: provider.NewSecret(canarySecret)},
		&hostkey.ServerCreatePXERequest{RootPassword: provider.NewSecret(canarySecret)}, &hostkey.ServerAddIPMIUserRequest{AdminPassword: provider.NewSecret(canarySecret)},
		&hostkey.Session{Token: provider.NewSecret(canaryToken), More: map[string]payload{"x": body}}, &hostkey.NewAPIKey{Key: provider.NewSecret(canaryAnswer)},
		&hostkey.Server{RootPassword: provider.NewSecret(canaryAnswer), Hardware: body, Tags: []hostkey.Tag{{Secret: provider.NewSecret(canaryAnswer)}}}, &hostkey.Order{Redirect: provider.NewSecret(canaryAnswer)},
		&hostkey.TaskState{Scope: body, Context: hostkey.TaskContext{Password: provider.NewSecret(canaryAnswer)}}, &hostkey.Ack{More: map[string]payload{"x": body}}, body,
	)
	require.Equal(t, "hostkey client of "+serverURL, c.String())
	require.Equal(t, c.String(), fmt.Sprintf("%#v", c))
}
