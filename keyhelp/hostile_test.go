package keyhelp_test

import (
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/provider"
)

// hostile adds the cases of this API.
func hostile() map[string]reply {
	replies := clienttest.Hostile()
	maps.Copy(replies, map[string]reply{
		"id of wrong type":  ok(`{"id":"abc"}`),
		"negative id":       ok(`{"id":-1}`),
		"list of wrong ids": ok(`[{"id":"abc"}]`),
		"truncated":         ok(`{"id": 17, "username": "mus`),
		"truncated list":    ok(`[{"id": 17, "username": "u", "domain": "d"},`),
		"text after":        ok(`{"id": 17, "username": "u", "domain": "d"} Notice: undefined index`),
	})
	return replies
}

// anyJSON are replies that a reboot cannot distinguish from its undocumented answer.
var anyJSON = []string{
	"empty object", "id of wrong type", "negative id", "list of nulls", "list of objects", "list of wrong ids",
	"no content", "empty", "white space",
}

func TestHostileAnswers(t *testing.T) {
	for _, d := range bothDialects {
		v := vendor(t, d)
		require.GreaterOrEqual(t, len(v.Uses(t)), 11)
		v.CheckHostile(t, hostile(), func(u clienttest.Use, name string) clienttest.Verdict {
			switch {
			case u.Op == "Server.Reboot" && slices.Contains(anyJSON, name), u.Row.Method == http.MethodDelete && name == "no content":
				return clienttest.Takes
			}
			return clienttest.Fails
		})
	}
}

// An empty list is the only empty answer that is valid, and an object is not a list.
func TestHostileLists(t *testing.T) {
	for body, want := range map[string]int{`[]`: 0, " [ ] \n": 0, `{"data": []}`: -1, `{}`: -1} {
		lists := 0
		for _, m := range vendor(t, keyhelp.DialectLive).Methods(t, always(ok(body))) {
			out := m.Run(t)
			if !out.List {
				continue
			}
			lists++
			if want < 0 {
				require.ErrorIs(t, out.Err, provider.ErrProtocol, "%s, %s", m.Op, body)
				continue
			}
			require.NoError(t, out.Err, "%s, %s", m.Op, body)
			require.Empty(t, out.Values)
		}
		require.Equal(t, 7, lists)
	}
}

// A list that is not JSON to its end yields the error and nothing else.
func TestListBreaksInTheMiddle(t *testing.T) {
	for _, rest := range []string{`,`, `]x`, `, {"id": 2`, `, {"id": 2, "username": "v"}`, ``} {
		client := clientOver(t, always(ok(`[{"id": 1, "username": "u"}`+rest)), keyhelp.WithDialect(keyhelp.DialectLive))
		n := 0
		for account, err := range client.Clients.List(t.Context(), nil) {
			n++
			require.Nil(t, account)
			require.ErrorIs(t, err, provider.ErrProtocol, rest)
		}
		require.Equal(t, 1, n)
	}
}

// A client that cannot be read stands in its place with an error; the others follow.
func TestListWithAnOddRow(t *testing.T) {
	for odd, problem := range map[string]string{
		`{"id": 2}`: `lacks "username"`, `{"id": 2, "username": 5}`: `field "username" has the wrong type`, `null`: `it has the wrong type`,
		`{"id": 2, "username": "v", "id_hosting_plan": "plan"}`: `field "id_hosting_plan" has the wrong type`,
		`{"id": 2, "username": "v", "is_suspended": "perhaps"}`: `field "is_suspended" has the wrong type`,
	} {
		client := clientOver(t, always(ok(`[{"id": 1, "username": "u"}, `+odd+`, {"id": 3, "username": "w"}]`)), keyhelp.WithDialect(keyhelp.DialectLive))
		var names []string
		for account, err := range client.Clients.List(t.Context(), nil) {
			if names = append(names, account.LoginName); len(names) != 2 {
				require.NoError(t, err)
				continue
			}
			require.EqualError(t, err, "keyhelp: list clients: row 2 of the list cannot be read: "+problem+" (HTTP 200)")
			require.ErrorIs(t, err, provider.ErrProtocol)
		}
		require.Len(t, names, 3)
		require.Equal(t, "u", names[0])
		require.Equal(t, "w", names[2])
	}
}

// A list is requested when it is ranged over, again each time, and a break ends it.
func TestListsAreLazy(t *testing.T) {
	tap := always(ok(`[{"id": 1, "username": "u"}, {"id": 2, "username": "v"}]`))
	client := clientOver(t, tap, keyhelp.WithDialect(keyhelp.DialectLive))
	options := &keyhelp.SortOptions{Sort: "id"}
	list := client.Clients.List(t.Context(), options)
	options.Sort = "changed later"
	require.Empty(t, tap.Requests())
	for range 2 {
		for account, err := range list {
			require.NoError(t, err)
			require.EqualValues(t, 1, account.ID)
			break
		}
	}
	require.Len(t, tap.Requests(), 2)
	require.Equal(t, "id", tap.Requests()[1].Query.Get("sort"))
	all, err := gather(list)
	require.NoError(t, err)
	require.Len(t, all, 2, "elements do not share memory")
	require.NotEqual(t, all[0], all[1])
}

// Every method returns an error for a status of failure, whatever the body looks like. Only the
// panel's own errors are verdicts.
func TestHostileFailures(t *testing.T) {
	kinds := map[int]error{
		400: provider.ErrInvalid, 401: provider.ErrUnauthorized, 403: provider.ErrForbidden, 404: provider.ErrNotFound, 409: provider.ErrConflict,
		500: provider.ErrUnavailable, 503: provider.ErrUnavailable,
	}
	refusals := clienttest.Refusals(kinds, `{"error": "e"}`, `{"code": "c", "message": "m"}`)
	refusals = append(refusals, clienttest.Refusal{
		Reply: reply{Status: 429, Body: `{"error": "e"}`}, Kind: provider.ErrRateLimited, Unknown: true, // no source documents a limit
	})
	refusals = append(refusals, clienttest.Strangers(
		"", clienttest.WebPage, "Forbidden", `{`, `null`, `[]`, `{}`, `{"id": 17}`, `{"message": "Forbidden"}`, `{"code": 403}`, `{"error": {"type": "blocked"}}`,
	)...)
	for _, d := range bothDialects {
		vendor(t, d).CheckRefusals(t, refusals, nil)
	}
}

func TestHostileTexts(t *testing.T) {
	for _, d := range bothDialects {
		vendor(t, d).CheckTexts(t, func(text string) clienttest.Reply {
			quoted := clienttest.Quoted(text)
			body := `{"code":` + quoted + `,"message":` + quoted + `}`
			if d == keyhelp.DialectLive {
				body = `{"error":` + quoted + `,"code":` + quoted + `,"details":{` + quoted + `:{"a":{"b":[` + quoted + `]}}}}`
			}
			return clienttest.Reply{Status: 422, Body: body}
		})
	}
}
