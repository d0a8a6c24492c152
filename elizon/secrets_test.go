package elizon_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
)

// leakyServers echo what they were sent, as real servers do when they refuse it, or answer with
// secrets of their own.
func leakyServers(v *clienttest.Vendor) map[string]clienttest.Answer {
	servers := clienttest.Echoes()
	servers["good"] = v.Good()
	echo := func(status int, body func(said string) object) clienttest.Answer {
		return func(_ context.Context, r clienttest.Request) clienttest.Reply {
			return clienttest.Reply{Status: status, Body: clienttest.JSON(body(clienttest.Said(r)))}
		}
	}
	servers["echo in an error"] = echo(400, func(said string) object {
		return object{
			"success": false, "error": "wrong: " + said, "errorCode": "BAD " + said, "validationErrors": []string{"bad: " + said},
			"errorParams": object{"value": said},
		}
	})
	servers["echo under 200"] = echo(200, func(said string) object { return object{"success": false, "message": "wrong: " + said} })
	// Whatever a method reads of this is a secret, and so is everything undocumented.
	console := object{"type": "vnc", "url": canaryToken, "wsPath": canaryToken, "ticket": canaryToken, "vncPassword": canaryToken, "streamUrl": canaryToken, "commandUrl": canaryToken, "x": canaryToken}
	secrets := map[string]object{
		"Services.Console.Open":          {"console": console},
		"Services.SFTP.Get":              {"password": canaryToken},
		"Services.SFTP.EnsurePassword":   {"x": canaryToken},
		"Services.SFTP.RotatePassword":   {"x": canaryToken},
		"Services.Game.StartupVariables": {"variables": []object{{"value": canaryToken}}},
		"Services.Backups.DownloadURL":   {"href": canaryToken},
		"Services.Reinstall":             {"x": canaryToken},
		"Services.Files.Read":            {"content": canaryToken},
		"APIKeys.Create":                 {"apiKey": object{"id": "key_1", "key": canaryToken}, "secret": canaryToken},
		"Checkout.Order":                 {"redirectUrl": canaryToken, "x": canaryToken},
		"Invoices.Pay":                   {"checkoutUrl": canaryToken},
		"Invoices.Get":                   {"invoice": object{"id": "inv_1", "pdfUrl": canaryToken, "x": canaryToken}},
		"Balance.CreateAutoTopUp":        {"verificationCheckoutUrl": canaryToken},
		"Balance.TopUp":                  {"x": canaryToken},
	}
	good := v.Good()
	servers["good with secrets"] = func(ctx context.Context, r clienttest.Request) clienttest.Reply {
		if body, ok := secrets[r.Operation.Name]; ok {
			body["success"] = true
			return clienttest.OK(clienttest.JSON(body))
		}
		return good(ctx, r)
	}
	servers["secrets, broken off"] = func(_ context.Context, r clienttest.Request) clienttest.Reply {
		if body, ok := secrets[r.Operation.Name]; ok {
			text := clienttest.JSON(body)
			return clienttest.OK(text[:len(text)-1])
		}
		return clienttest.OK(`{`)
	}
	servers["events with secrets"] = func(ctx context.Context, r clienttest.Request) clienttest.Reply {
		if r.Header.Get("Accept") != "text/event-stream" {
			return good(ctx, r)
		}
		return clienttest.Reply{Status: 200, Header: http.Header{"Content-Type": {"text/event-stream"}}, Body: "event: auth_success\ndata: " + canaryToken + "\n\n"}
	}
	return servers
}

func TestSecretsStayHidden(t *testing.T) {
	t.Parallel()
	v := vendor(t)
	for how, opts := range map[string][]provider.Option{"x-api-key": nil, "bearer": {elizon.WithBearer()}} {
		dial := func(t testing.TB, transport http.RoundTripper, more ...provider.Option) any {
			opts := append(append([]provider.Option{provider.WithHTTPClient(&http.Client{Transport: transport}), elizon.WithSessionToken(provider.NewSecret(canarySession))}, opts...), more...)
			c, err := elizon.New(serverURL, provider.NewSecret(canaryKey), opts...)
			require.NoError(t, err)
			return c
		}
		for name, answer := range leakyServers(v) {
			if how == "bearer" && name != "echo in an error" && name != "echo in HTML" {
				continue // the same as with the other header
			}
			t.Run(name+"/"+how, func(t *testing.T) {
				log, dump := v.CheckSecrets(t, dial, answer)
				require.True(t, strings.Contains(log, `"route":"/api/services/{id}/console"`))
				require.True(t, strings.Contains(dump, "> GET /api/services/{id}/console"))
			})
		}
	}
}

// Values printed by accident contain no secret: the client, its services, requests and answers.
func TestPrintedValuesHideSecrets(t *testing.T) {
	v := vendor(t)
	c, err := elizon.New(serverURL, provider.NewSecret(canaryKey), elizon.WithSessionToken(provider.NewSecret(canarySession)))
	require.NoError(t, err)
	hidden := provider.NewSecret(canaryToken)
	v.CheckPrinted(t, c,
		&elizon.ConsoleAccess{URL: hidden, WSPath: hidden, CommandURL: hidden, StreamURL: hidden, Ticket: hidden, VNCPassword: hidden, More: map[string]payload{"x": provider.NewPayload(`"` + url.QueryEscape(canaryToken) + `"`)}},
		&elizon.ConsoleEvent{Data: hidden}, &elizon.NewAPIKey{Secret: hidden}, &elizon.CheckoutResult{RedirectURL: hidden}, &elizon.CheckoutOrderRequest{OfferToken: hidden},
		&elizon.PayResult{CheckoutURL: hidden}, &elizon.InvoiceDetail{PDFURL: hidden}, &elizon.AutoTopUpResult{VerificationURL: hidden},
		provider.NewPayload(clienttest.JSON(canaryToken)), map[string]payload{"x": provider.NewPayload(clienttest.JSON(canaryToken))},
		&elizon.Refusal{Params: map[string]payload{"x": provider.NewPayload(clienttest.JSON(canaryToken))}}, &elizon.LiveStatus{Raw: provider.NewPayload(clienttest.JSON(canaryToken))},
	)
	require.Equal(t, "elizon client of "+serverURL, c.String())
}
