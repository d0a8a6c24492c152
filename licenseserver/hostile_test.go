package licenseserver_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/provider"
)

// What the documents do not tell cannot be told from a bad answer.
var (
	// anyJSON: changes whose answer is undocumented take any JSON, or nothing.
	anyJSON = []string{"Licenses.Toggle", "Licenses.BulkActivate", "Licenses.BulkDeactivate", "Licenses.BulkDelete"}
	// anyObject: answers without documented fields must be objects or lists.
	anyObject = []string{"Customers.Licenses", "Customers.QuickStats", "Versions.Check", "Versions.Latest", "Sessions.End"}
	// webPages, and forms, which answer with what they like.
	webPages = []string{"Leads.OverviewPage", "Leads.CreatePage", "Leads.EditPage"}
	forms    = []string{"Leads.Create", "Leads.Update", "Leads.Delete", "Leads.Import"}
)

var hostile = map[string]struct {
	answer reply
	taken  [][]string
}{
	"HTML":                {reply{status: 200, body: webPage, header: http.Header{"Content-Type": {"text/html"}}}, [][]string{webPages, forms}},
	"HTML called JSON":    {ok(webPage), [][]string{forms}},
	"empty object":        {ok(`{}`), [][]string{anyJSON, anyObject, forms}},
	"null":                {ok(`null`), [][]string{anyJSON, forms}},
	"text":                {ok(`"x"`), [][]string{anyJSON, forms}},
	"number":              {ok(`17`), [][]string{anyJSON, forms}},
	"wrong types":         {ok(`{"id":"abc","status":{},"license":[],"activation":1,"valid":"x","success":{},"license_key":1,"device_id":"x","token":1,"session_token":[],"last_heartbeat":1,"count":"x","results":{},"devices":1,"resources":{},"institutions":"x","metrics":[],"total":"x","allocated":"y","available":{},"total_anomalies":[1],"total_institutions":"z"}`), [][]string{anyJSON, anyObject, forms}},
	"nulls":               {ok(`{"id":null,"status":null,"license":null,"activation":null,"valid":null,"success":null,"license_key":null,"device_id":null,"token":null,"session_token":null,"last_heartbeat":null,"count":null,"results":null,"devices":null,"resources":null,"institutions":null,"metrics":null,"total":null,"allocated":null,"available":null,"total_anomalies":null,"total_institutions":null}`), [][]string{anyJSON, anyObject, forms}},
	"negative IDs":        {ok(`{"id":-1,"license":{"id":-1,"is_active":true},"activation":{"id":-1},"device_id":-1,"results":[{"id":-1}],"devices":[{"id":-1}],"resources":[{"id":-1}],"institutions":[{"id":-1}]}`), [][]string{anyJSON, anyObject, forms}},
	"lists of nulls":      {ok(`{"results":[null],"devices":[null],"resources":[null],"institutions":[null]}`), [][]string{anyJSON, anyObject, forms}},
	"list":                {ok(`[]`), [][]string{anyJSON, anyObject, forms}},
	"truncated":           {ok(`{"id": 17, "success": true, "mess`), [][]string{forms}},
	"text behind":         {ok(`{"id": 17} Notice: undefined index`), [][]string{forms}},
	"notice in front":     {ok(`Notice: undefined index {"id": 17}`), [][]string{forms}},
	"too long":            {ok(`{"id": 17, "x": "` + strings.Repeat("x", 20<<20) + `"}`), nil},
	"no content":          {reply{status: 204}, [][]string{anyJSON, forms}},
	"empty":               {ok(``), [][]string{anyJSON, forms}},
	"white space":         {ok("\n \n"), [][]string{anyJSON, forms}},
	"redirect":            {reply{status: 302, header: http.Header{"Location": {"https://elsewhere.example/login"}}}, [][]string{forms}},
	"not UTF-8":           {ok("{\"x\xff\": "), [][]string{forms}},
	"error without words": {ok(`{"error": {}, "success": null}`), [][]string{anyJSON, anyObject, forms}},
}

func TestHostileAnswers(t *testing.T) {
	good := goodAnswers(t)
	reads := make(map[string]bool)
	for _, m := range methodsOf(clientOver(t, good)) {
		before := len(good.requests())
		require.NoError(t, m.call(t, t.Context()).err)
		reads[m.op] = good.requests()[before].Method == http.MethodGet || m.op == "Licenses.Verify" || m.op == "Versions.Check"
	}
	for name, test := range hostile {
		tap := always(test.answer)
		for _, m := range methodsOf(clientOver(t, tap)) {
			if m.op == "Leads.Export" && test.answer.status == 200 && name != "HTML" && name != "too long" {
				continue // any file is one
			}
			out := m.call(t, t.Context())
			if slices.ContainsFunc(test.taken, func(ops []string) bool { return slices.Contains(ops, m.op) }) {
				require.NoError(t, out.err, "%s, %s: what it answers is undocumented", m.op, name)
				continue
			}
			if m.op == "Leads.Export" && name == "no content" {
				continue
			}
			require.Error(t, out.err, "%s took this for success: %s", m.op, name)
			require.True(t, out.empty(), "%s, %s: %+v beside an error", m.op, name, out.values)
			require.False(t, out.after, "%s, %s: a list goes on after its error", m.op, name)
			e := asError(t, out.err)
			require.Equal(t, licenseserver.Kind, e.Provider)
			require.Equal(t, m.op, e.Op)
			require.NotEmpty(t, e.Action)
			require.Equal(t, test.answer.status, e.StatusCode)
			require.ErrorIs(t, out.err, provider.ErrProtocol, "%s, %s", m.op, name)
			require.Equal(t, !reads[m.op], errors.Is(out.err, provider.ErrOutcomeUnknown), "%s, %s: %v", m.op, name, out.err)
			require.Less(t, len(out.err.Error()), 600, "an error is a sentence")
		}
	}
}

// The documented error body, and its status alone, for every method.
func TestErrorsOfEveryMethod(t *testing.T) {
	for status, kind := range map[int]error{
		400: provider.ErrInvalid, 401: provider.ErrUnauthorized, 403: provider.ErrForbidden, 404: provider.ErrNotFound,
		409: provider.ErrConflict, 429: provider.ErrRateLimited, 500: provider.ErrUnavailable, 503: provider.ErrUnavailable,
	} {
		for _, answer := range []reply{
			refusal(status, "SOME_CODE", "the server's own text"), {status: status, body: webPage}, {status: status, body: "the text"}, {status: status},
		} {
			for _, m := range methodsOf(clientOver(t, always(answer))) {
				// A client that was told 429 holds all its calls back.
				out := calledOp(clientOver(t, always(answer)), m.op).call(t, t.Context())
				e := asError(t, out.err)
				require.True(t, out.empty())
				require.Equal(t, status, e.StatusCode)
				if status < 500 {
					require.ErrorIs(t, out.err, kind, "%s, %d %s", m.op, status, answer.body)
					require.False(t, e.MaybeExecuted)
				} else {
					require.True(t, errors.Is(out.err, kind) || errors.Is(out.err, provider.ErrOutcomeUnknown))
				}
				if strings.HasPrefix(answer.body, "{") {
					require.Equal(t, "SOME_CODE", e.Code)
					require.Equal(t, "the server's own text", e.Message)
				}
				require.Equal(t, status == 409 && m.op == "Sessions.Start", errors.Is(out.err, licenseserver.ErrSessionActive), m.op)
			}
		}
	}
}

// Errors inside of a success.
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

// A removal whose answer was lost and that finds nothing then is done.
func TestLostRemovals(t *testing.T) {
	count := 0
	tap := &wiretap{}
	tap.answer = func(context.Context, sentRequest) reply {
		if count++; count%2 == 1 {
			return reply{err: errors.New("connection reset")}
		}
		return refusal(404, "NOT_FOUND", "nothing here")
	}
	c := clientOver(t, tap, provider.WithRetry(provider.Retry{Attempts: 2, MinWait: 1, MaxWait: 1}))
	answer, err := c.Sessions.End(t.Context(), sampleToken)
	require.NoError(t, err)
	require.Nil(t, answer)
	_, err = c.Licenses.BulkDelete(t.Context(), 17)
	require.NoError(t, err)
	_, err = c.Licenses.BulkDeactivate(t.Context(), 17)
	require.ErrorIs(t, err, provider.ErrNotFound)
}

// What would make a second thing, or undo itself, is sent once; the rest is repeated.
func TestRepeats(t *testing.T) {
	once := []string{
		"Devices.Register", "Leads.AddDetail", "Leads.Create", "Leads.CreateInstitution", "Leads.Delete", "Leads.Import", "Leads.Update",
		"Licenses.Activate", "Licenses.GenerateKey", "Licenses.Toggle", "Resources.Allocate", "Sessions.Start",
	}
	for _, m := range methodsOf(clientOver(t, always(ok("")))) {
		tap := always(reply{status: 503})
		c := clientOver(t, tap, provider.WithRetry(provider.Retry{Attempts: 2, MinWait: 1, MaxWait: 1}))
		require.Error(t, calledOp(c, m.op).call(t, t.Context()).err)
		want := 2
		if slices.Contains(once, m.op) {
			want = 1
		}
		require.Len(t, tap.requests(), want, m.op)
	}
}
