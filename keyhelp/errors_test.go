package keyhelp_test

import (
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/provider"
)

func TestErrorBodies(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   string
		want   provider.Error
	}{
		"documented": {
			400, `{"error": "Validation failed", "details": {"email": "Invalid email format"}}`,
			provider.Error{Kind: provider.ErrInvalid, Message: "Validation failed", Fields: map[string]string{"email": "Invalid email format"}},
		},
		"documented without details": {404, `{"error": "Endpoint not found"}`, provider.Error{Kind: provider.ErrNotFound, Message: "Endpoint not found"}},
		"live":                       {401, `{"code": "401 Unauthorized", "message": "no key"}`, provider.Error{Kind: provider.ErrUnauthorized, Code: "401 Unauthorized", Message: "no key"}},
		"code as a number":           {401, `{"code": 401, "message": "no key"}`, provider.Error{Kind: provider.ErrUnauthorized, Code: "401", Message: "no key"}},
		"status goes before code":    {404, `{"code": "401 Unauthorized", "message": "m"}`, provider.Error{Kind: provider.ErrNotFound, Code: "401 Unauthorized", Message: "m"}},
		"details as lists": {
			400, `{"error": "e", "details": {"email": ["too long", "not one"], "n": 3, "none": [], "null": null}}`,
			provider.Error{Kind: provider.ErrInvalid, Message: "e", Fields: map[string]string{"email": "too long; not one", "n": "3"}},
		},
		"details nested": {
			400, `{"error": "e", "details": {"contact_data": {"zip": "wrong", "city": ["a"]}}}`,
			provider.Error{Kind: provider.ErrInvalid, Message: "e", Fields: map[string]string{"contact_data.zip": "wrong", "contact_data.city": "a"}},
		},
		"details without names": {
			400, `{"error": "e", "details": ["one", "two"]}`,
			provider.Error{Kind: provider.ErrInvalid, Message: "e", Fields: map[string]string{"details": "one; two"}},
		},
		"details of named rows": {
			400, `{"error": "e", "details": [{"email": "one"}, {"login_name": "two"}]}`,
			provider.Error{Kind: provider.ErrInvalid, Message: "e", Fields: map[string]string{"email": "one", "login_name": "two"}},
		},
		"details as a text":   {400, `{"error": "e", "details": "wrong"}`, provider.Error{Kind: provider.ErrInvalid, Message: "e", Fields: map[string]string{"details": "wrong"}}},
		"details as nothing":  {400, `{"error": "e", "details": null}`, provider.Error{Kind: provider.ErrInvalid, Message: "e"}},
		"details empty":       {400, `{"error": "e", "details": []}`, provider.Error{Kind: provider.ErrInvalid, Message: "e"}},
		"HTML":                {502, `<html>Bad Gateway</html>`, provider.Error{Kind: provider.ErrUnavailable, Message: "the answer is not the API's own: HTML: <html>Bad Gateway</html>"}},
		"no body":             {503, ``, provider.Error{Kind: provider.ErrUnavailable, Message: "the answer is not the API's own: without a body"}},
		"an unrelated object": {400, `{"id": 1}`, provider.Error{Kind: provider.ErrProtocol, Message: `the answer is not the API's own: JSON: {"id": 1}`}},
		"a list":              {400, `["x"]`, provider.Error{Kind: provider.ErrProtocol, Message: `the answer is not the API's own: JSON: ["x"]`}},
	} {
		t.Run(name, func(t *testing.T) {
			client := clientOver(t, always(reply{Status: test.status, Body: test.body}), keyhelp.WithDialect(keyhelp.DialectLive))
			_, err := client.Clients.Get(t.Context(), 1)
			want := test.want
			want.Provider, want.Op, want.Action, want.StatusCode = keyhelp.Kind, "Clients.Get", "get client 1", test.status
			require.Equal(t, &want, asError(t, err))
			require.ErrorIs(t, err, want.Kind)
		})
	}
}

// The error in the body counts, not the status 200. A refusal changed nothing; after any other
// error the outcome of a change is unknown.
func TestErrorsInsideSuccess(t *testing.T) {
	long := strings.Repeat("x", 4000)
	for name, test := range map[string]struct {
		body        string
		kind        error
		maybe       bool // of a write
		readMessage string
	}{
		"documented":         {`{"error": "Internal server error"}`, provider.ErrProtocol, true, "Internal server error"},
		"documented, fields": {`{"error": "Validation failed", "details": {"email": "wrong"}}`, provider.ErrInvalid, false, "Validation failed"},
		"live, refused":      {`{"code": "401 Unauthorized", "message": "no key"}`, provider.ErrUnauthorized, false, "no key"},
		"live, missing":      {`{"code": "404 Not Found", "message": "no such client"}`, provider.ErrNotFound, false, "no such client"},
		"live, number":       {`{"code": 403, "message": "no"}`, provider.ErrForbidden, false, "no"},
		"live, broken":       {`{"code": "500 Internal Server Error", "message": "oops"}`, provider.ErrUnavailable, true, "oops"},
		"live, odd":          {`{"code": "E17", "message": "oops"}`, provider.ErrProtocol, true, "oops"},
		"long":               {`{"code": "400 Bad Request", "message": "` + long + `"}`, provider.ErrInvalid, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			client := clientOver(t, always(ok(test.body)), keyhelp.WithDialect(keyhelp.DialectLive))
			_, err := client.Clients.Get(t.Context(), 1)
			e := asError(t, err)
			require.False(t, e.MaybeExecuted, "a read")
			require.NotErrorIs(t, err, provider.ErrOutcomeUnknown)
			if test.readMessage != "" {
				require.ErrorIs(t, err, test.kind)
				require.Equal(t, test.readMessage, e.Message)
			} else {
				require.ErrorIs(t, err, provider.ErrProtocol, "a long answer to a read is not searched, but it does not decode as a client")
			}

			_, createErr := client.Clients.Create(t.Context(), &keyhelp.ClientCreateRequest{LoginName: "n", Password: provider.NewSecret("placeholder"), Email: "a@b.example"})
			for op, err := range map[string]error{
				"create": createErr,
				"update": client.Clients.Update(t.Context(), 1, &keyhelp.ClientUpdateRequest{Locked: new(true)}),
				"delete": client.Clients.Delete(t.Context(), 1),
			} {
				e := asError(t, err)
				require.Equal(t, test.maybe, e.MaybeExecuted, op)
				require.Equal(t, test.maybe, errors.Is(err, provider.ErrOutcomeUnknown), op)
				require.Equal(t, http.StatusOK, e.StatusCode)
				if !test.maybe || errors.Is(test.kind, provider.ErrProtocol) {
					require.ErrorIs(t, err, test.kind, op)
				}
			}
		})
	}
}

// Good answers may contain the words of errors too.
func TestGoodAnswersThatLookLikeErrors(t *testing.T) {
	for _, body := range []string{
		`{"id": 1, "username": "u", "message": "created"}`, `{"id": 1, "username": "u", "error": ""}`, `{"id": 1, "username": "u", "error": null}`,
		`{"id": 1, "username": "error", "notes": "\"message\": \"code\""}`, `{"id": 1, "username": "u", "code": "200 OK"}`,
	} {
		client := clientOver(t, always(ok(body)), keyhelp.WithDialect(keyhelp.DialectLive))
		_, err := client.Clients.Get(t.Context(), 1)
		require.NoError(t, err, body)
	}
}

// A delete whose answer was lost and that then finds nothing has succeeded; one that finds nothing
// at once has not.
func TestDeleteAfterLostAnswer(t *testing.T) {
	missing := reply{Status: 404, Body: `{"code": "404 Not Found", "message": "no such client"}`}
	for name, test := range map[string]struct {
		first reply
		want  error
	}{
		"lost":              {reply{Err: errors.New("connection reset")}, nil},
		"gateway gave up":   {reply{Status: 504}, nil},
		"not there":         {missing, provider.ErrNotFound},
		"not there, at 200": {ok(missing.Body), provider.ErrNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			tap := tapping(clienttest.InTurn(test.first, missing))
			client := clientOver(t, tap, keyhelp.WithDialect(keyhelp.DialectLive),
				provider.WithRetry(provider.Retry{Attempts: 2, MinWait: time.Nanosecond, MaxWait: time.Nanosecond}))
			err := client.Clients.Delete(t.Context(), 1)
			if test.want == nil {
				require.NoError(t, err)
				require.Len(t, tap.Requests(), 2)
				return
			}
			require.ErrorIs(t, err, test.want)
			require.Len(t, tap.Requests(), 1)
		})
	}
}

// A creation whose answer was lost is sent once and never reported as failed.
func TestCreateAfterLostAnswer(t *testing.T) {
	for _, first := range []reply{{Err: errors.New("connection reset")}, {Status: 502}, {Status: 500, Body: `{"error": "Internal server error"}`}} {
		tap := tapping(clienttest.InTurn(first, reply{Status: 201, Body: `{"id": 2}`}))
		client := clientOver(t, tap, keyhelp.WithDialect(keyhelp.DialectDocumented), provider.WithRetry(provider.Retry{Attempts: 4}))
		_, err := client.Clients.Create(t.Context(), &keyhelp.ClientCreateRequest{LoginName: "n", Password: provider.NewSecret("placeholder"), Email: "a@b.example"})
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
		require.Len(t, tap.Requests(), 1)
	}
}

// Details of any size and shape cost little memory and make at most 20 fields.
func TestFieldsOfErrorsAreBounded(t *testing.T) {
	for name, details := range map[string]string{
		"nested":     strings.Repeat("[", 107_000) + strings.Repeat("]", 107_000),
		"deep":       strings.Repeat(`{"a":`, 400) + `"x"` + strings.Repeat("}", 400),
		"fields":     `{"f0":"x"` + strings.Repeat(`,"f1":"y"`, 10_000) + `}`,
		"many names": manyNames(10_000),
		"long":       `{"f":"` + strings.Repeat("x", 300_000) + `"}`,
	} {
		client := clientOver(t, always(reply{Status: 400, Body: `{"error": "e", "details": ` + details + `}`}))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := client.Clients.Get(t.Context(), 17)
		runtime.ReadMemStats(&after)
		require.Error(t, err)
		e, ok := errors.AsType[*provider.Error](err)
		require.True(t, ok)
		require.LessOrEqual(t, len(e.Fields), 20, name)
		require.LessOrEqual(t, after.TotalAlloc-before.TotalAlloc, uint64(16*len(details)+1<<20), name)
	}
}

func manyNames(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"f%d":"x"`, i)
	}
	return "{" + b.String()[1:] + "}"
}
