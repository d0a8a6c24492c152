package licenseserver_test

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/provider"
)

// An undocumented answer cannot be distinguished from a bad one.
var (
	// anyJSON are changes whose answer is undocumented: they accept any JSON, or nothing.
	anyJSON = []string{"Licenses.Toggle", "Licenses.BulkActivate", "Licenses.BulkDeactivate", "Licenses.BulkDelete"}
	// anyObject are reads without documented fields: the answer must be an object or a list.
	anyObject = []string{"Customers.Licenses", "Customers.QuickStats", "Sessions.End"}
	// webPages are pages and forms, whose answers may be anything.
	webPages = []string{"Leads.OverviewPage", "Leads.CreatePage", "Leads.EditPage"}
	forms    = []string{"Leads.Create", "Leads.Update", "Leads.Delete", "Leads.Import"}
)

// hostile adds the cases of this API.
func hostile() map[string]reply {
	replies := clienttest.Hostile()
	maps.Copy(replies, map[string]reply{
		"wrong types":         ok(`{"id":"abc","status":{},"license":[],"activation":1,"valid":"x","success":{},"license_key":1,"device_id":"x","token":1,"session_token":[],"last_heartbeat":1,"count":"x","results":{},"devices":1,"resources":{},"institutions":"x","metrics":[],"total":"x","allocated":"y","available":{},"total_anomalies":[1],"total_institutions":"z"}`),
		"nulls":               ok(`{"id":null,"status":null,"license":null,"activation":null,"valid":null,"success":null,"license_key":null,"device_id":null,"token":null,"session_token":null,"last_heartbeat":null,"count":null,"results":null,"devices":null,"resources":null,"institutions":null,"metrics":null,"total":null,"allocated":null,"available":null,"total_anomalies":null,"total_institutions":null}`),
		"negative IDs":        ok(`{"id":-1,"license":{"id":-1,"is_active":true},"activation":{"id":-1},"device_id":-1,"results":[{"id":-1}],"devices":[{"id":-1}],"resources":[{"id":-1}],"institutions":[{"id":-1}]}`),
		"lists of nulls":      ok(`{"results":[null],"devices":[null],"resources":[null],"institutions":[null]}`),
		"list":                ok(`[]`),
		"error without words": ok(`{"error": {}, "success": null}`),
	})
	return replies
}

// takers returns the methods that accept a hostile reply.
func takers(name string) []string {
	switch name {
	case "HTML":
		return slices.Concat(webPages, forms)
	case "too long":
		return nil
	case "null", "text", "number":
		return forms
	case "no content", "empty", "white space":
		return slices.Concat(anyJSON, forms)
	case "empty object", "wrong types", "nulls", "negative IDs", "lists of nulls", "list", "list of nulls", "list of objects", "error without words":
		return slices.Concat(anyJSON, anyObject, forms)
	}
	return forms
}

func TestHostileAnswers(t *testing.T) {
	vendor(t).CheckHostile(t, hostile(), func(u clienttest.Use, name string) clienttest.Verdict {
		switch {
		case u.Op == "Leads.Export" && !slices.Contains([]string{"HTML", "too long", "redirect"}, name):
			return clienttest.Either // any file is valid
		case slices.Contains(takers(name), u.Op):
			return clienttest.Takes
		}
		return clienttest.Fails
	})
}

// Every method understands the documented error body, and concludes nothing from any other.
func TestErrorsOfEveryMethod(t *testing.T) {
	kinds := map[int]error{
		400: provider.ErrInvalid, 401: provider.ErrUnauthorized, 403: provider.ErrForbidden, 404: provider.ErrNotFound,
		409: provider.ErrConflict, 500: provider.ErrUnavailable, 503: provider.ErrUnavailable,
	}
	refusals := clienttest.Strangers(webPage, "the text", "", `{"error": "forbidden"}`, `{"message": "forbidden", "status": 403}`)
	for status, kind := range kinds {
		refusals = append(refusals, clienttest.Refusal{Reply: refusal(status, "SOME_CODE", "the server's own text"), Kind: kind, Unknown: status >= 500})
	}
	vendor(t).CheckRefusals(t, refusals, func(op string, r clienttest.Refusal, err error) {
		own := strings.Contains(r.Reply.Body, "SOME_CODE")
		if own {
			require.Equal(t, "SOME_CODE", asError(t, err).Code)
			require.Equal(t, "the server's own text", asError(t, err).Message)
		}
		require.Equal(t, own && r.Reply.Status == 409 && op == "Sessions.Start", errors.Is(err, licenseserver.ErrSessionActive), op)
	})
}

// The documents give a rate limit, so that a change may be sent again after the server's own 429, but
// not after a proxy's. A key is generated once, whatever comes back.
func TestTooManyRequests(t *testing.T) {
	own := refusal(http.StatusTooManyRequests, "RATE_LIMIT", "slower")
	foreign := reply{Status: http.StatusTooManyRequests, Body: webPage}
	for _, test := range []struct {
		op    string
		reply reply
		sent  int
	}{
		{"Devices.Register", own, 2}, {"Devices.Register", foreign, 1}, {"Licenses.BulkActivate", foreign, 2}, {"Licenses.Info", foreign, 2},
		{"Licenses.GenerateKey", own, 1}, {"Licenses.GenerateKey", foreign, 1},
	} {
		tap := always(test.reply)
		m := vendor(t).Method(t, tap, test.op, provider.WithRetry(provider.Retry{Attempts: 2, MinWait: 1, MaxWait: 1, MaxRetryAfter: time.Minute}))
		err := m.Run(t).Err
		require.ErrorIs(t, err, provider.ErrRateLimited, test.op)
		require.Len(t, tap.Requests(), test.sent, test.op)
		require.Equal(t, test.op != "Licenses.Info" && test.sent == 1 || test.op == "Licenses.BulkActivate", errors.Is(err, provider.ErrOutcomeUnknown), test.op)
	}
}

// Errors with a status of success.
func TestVerdictInsideSuccess(t *testing.T) {
	for body, kind := range map[string]error{
		`{"error": "gone", "code": "NOT_FOUND", "status": 404}`:  provider.ErrNotFound,
		`{"success": false, "message": "no"}`:                    provider.ErrConflict,
		`{"success": false}`:                                     provider.ErrConflict,
		`{"success": false, "error": "no rights", "status":403}`: provider.ErrForbidden,
		`{"error": "database", "status": 500}`:                   provider.ErrOutcomeUnknown,
		`{"error": "who knows"}`:                                 provider.ErrOutcomeUnknown,
	} {
		c := clientOver(t, always(ok(body)))
		_, err := c.Licenses.BulkDeactivate(t.Context(), 17)
		require.ErrorIs(t, err, kind, body)
		require.Equal(t, errors.Is(kind, provider.ErrOutcomeUnknown), asError(t, err).MaybeExecuted, body)
	}
}

// A removal whose answer was lost and that then finds nothing has succeeded.
func TestLostRemovals(t *testing.T) {
	count := 0
	tap := tapping(func(context.Context, sentRequest) reply {
		if count++; count%2 == 1 {
			return reply{Err: errors.New("connection reset")}
		}
		return refusal(404, "NOT_FOUND", "nothing here")
	})
	c := clientOver(t, tap, provider.WithRetry(provider.Retry{Attempts: 2, MinWait: 1, MaxWait: 1}))
	answer, err := c.Sessions.End(t.Context(), provider.NewSecret(sampleToken))
	require.NoError(t, err)
	require.Equal(t, &licenseserver.Receipt{}, answer)
	_, err = c.Licenses.BulkDelete(t.Context(), 17)
	require.NoError(t, err)
	_, err = c.Licenses.BulkDeactivate(t.Context(), 17)
	require.ErrorIs(t, err, provider.ErrNotFound)
}

// Calls that would create a second record or undo themselves are sent once; the others are retried.
func TestRepeats(t *testing.T) {
	once := []string{
		"Devices.Register", "Leads.AddDetail", "Leads.Create", "Leads.CreateInstitution", "Leads.Delete", "Leads.Import", "Leads.Update",
		"Licenses.Activate", "Licenses.GenerateKey", "Licenses.Toggle", "Resources.Allocate", "Sessions.Start",
	}
	v := vendor(t)
	for _, m := range v.Methods(t, always(ok(""))) {
		tap := always(reply{Status: 503})
		retry := provider.WithRetry(provider.Retry{Attempts: 2, MinWait: 1, MaxWait: 1})
		require.Error(t, v.Method(t, tap, m.Op, retry).Run(t).Err)
		want := 2
		if slices.Contains(once, m.Op) {
			want = 1
		}
		require.Len(t, tap.Requests(), want, m.Op)
	}
}

func TestHostileTexts(t *testing.T) {
	vendor(t).CheckTexts(t, func(text string) clienttest.Reply {
		return reply{Status: 422, Body: `{"error":` + clienttest.Quoted(text) + `,"code":` + clienttest.Quoted("CODE"+text) + `}`}
	})
}
