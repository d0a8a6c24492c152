package hostkey_test

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
)

// hostile adds what is special about this API.
func hostile() map[string]reply {
	replies := clienttest.Hostile()
	maps.Copy(replies, map[string]reply{
		"list": ok(`[]`),
		// Only where nothing of the answer is known can it not be told from the API's.
		"object of another API": ok(`{"status":"blocked"}`),
		"nulls":                 ok(`{"result":"OK","id":null,"server_data":null,"data":null,"jira_issue":null,"sshkey":null,"invoice":null,"token":null,"callback":null}`),
		"negative IDs":          ok(`{"result":"OK","id":-1,"server_data":{"id":-1},"servers":[-1],"data":[{"id":-1}],"sshkey":{"id":-1},"sshkeys":[{"id":-1}],"requests":[{"id":-1}],"presets":[{"id":-1}],"os_list":[{"id":-1}],"software":[{"id":-1}],"traffic_plans":[{"id":-1}],"invoices":{"invoice":[{"id":-1}]},"client":{"id":-1},"invoice":-1,"invoiceid":-1}`),
		"wrong types":           ok(`{"result":"OK","id":"abc","server_data":"x","servers":"x","data":"x","jira_issue":{},"sshkey":17,"sshkeys":"x","requests":"x","history":"","groups":17}`),
	})
	return replies
}

// loose reports whether a method's answer is undocumented, so that any object is accepted, or any
// with a result if only the envelope is known.
func loose(v *clienttest.Vendor, t testing.TB) map[string]bool {
	t.Helper()
	all := make(map[string]bool)
	for _, m := range v.Methods(t, v.Tap(v.Good())) {
		out := m.Run(t)
		all[m.Op] = len(out.Values) == 1 && reflect.TypeOf(out.Values[0]) == reflect.TypeFor[provider.Payload]()
	}
	return all
}

func TestHostileAnswers(t *testing.T) {
	v := vendor(t)
	payloads := loose(v, t)
	envelopes := []string{"nulls", "negative IDs", "wrong types"}
	v.CheckHostile(t, hostile(), func(u clienttest.Use, name string) clienttest.Verdict {
		switch {
		case slices.Contains(envelopes, name): // the number of required fields differs
			return clienttest.Either
		case payloads[u.Op] && name == "object of another API":
			return clienttest.Takes
		}
		return clienttest.Fails
	})
}

// A failure in each form and each status, for every method.
func TestErrorsOfEveryMethod(t *testing.T) {
	kinds := map[int]error{
		400: provider.ErrInvalid, 401: provider.ErrUnauthorized, 403: provider.ErrForbidden, 404: provider.ErrNotFound, 409: provider.ErrConflict,
		500: provider.ErrUnavailable, 503: provider.ErrUnavailable,
	}
	refusals := clienttest.Refusals(kinds, `{"code":-1,"message":"the server's own text"}`)
	refusals = append(refusals, clienttest.Refusal{ // no source documents a limit
		Reply: reply{Status: 429, Body: `{"code":-1,"message":"slower"}`}, Kind: provider.ErrRateLimited, Unknown: true,
	})
	refusals = append(refusals, clienttest.Strangers(
		clienttest.WebPage, "", "Forbidden", `{"message":"Forbidden"}`, `{"code":403,"message":"Forbidden"}`, `{"error":"Forbidden"}`, `{"result":"OK"}`,
	)...)
	for body, kind := range map[string]error{
		`{"code":-2,"message":"Permission denied"}`:                        provider.ErrForbidden,
		`{"result":-1,"error":"invalid instance name","code":"SOME_NAME"}`: provider.ErrInvalid,
		`{"code":-2,"message":"Invalid token"}`:                            provider.ErrUnauthorized,
	} {
		refusals = append(refusals, clienttest.Refusal{Reply: ok(body), Kind: kind})
	}
	v := vendor(t)
	v.Beside["Auth.Logout"] = "an invalid token counts as signed out"
	v.CheckRefusals(t, refusals, nil)
}

// TestLostRemovals: "not found" after a lost answer to a removal means that it was made; after a
// lost answer to anything else it does not.
func TestLostRemovals(t *testing.T) {
	count := 0
	tap := tapping(func(context.Context, sentRequest) reply {
		if count++; count%2 == 1 {
			return reply{Err: errors.New("connection reset")}
		}
		return ok(`{"result": -1, "error": "SSH key not found"}`)
	})
	c := clientOver(t, tap, provider.WithRetry(provider.Retry{Attempts: 2, MinWait: 1, MaxWait: 1}))
	require.NoError(t, c.SSHKeys.Delete(t.Context(), 17))
	require.NoError(t, c.APIKeys.Delete(t.Context(), 17))
	_, err := c.Servers.Rename(t.Context(), 17, "web1")
	require.ErrorIs(t, err, provider.ErrNotFound)
	require.Equal(t, 6, count)
}

func TestHostileTexts(t *testing.T) {
	vendor(t).CheckTexts(t, func(text string) clienttest.Reply {
		return ok(`{"result":-1,"code":` + clienttest.Quoted("NAME"+text) + `,"message":` + clienttest.Quoted(text) + `}`)
	})
}
