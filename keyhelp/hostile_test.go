package keyhelp_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/provider"
)

// readsOf tells which methods only read, in a dialect: those whose request is a GET.
// Signing on changes nothing that a second sign-on would not; the documented POST
// counts as a change all the same.
func readsOf(t *testing.T, d keyhelp.Dialect) map[string]bool {
	t.Helper()
	reads := make(map[string]bool)
	tap := goodAnswers(t, d)
	for _, m := range methodsOf(clientOver(t, tap, keyhelp.WithDialect(d))) {
		before := len(tap.requests())
		if m.call(t, t.Context(), d).err == nil {
			reads[m.op] = tap.requests()[before].Method == http.MethodGet
		}
	}
	return reads
}

const webPage = "<!DOCTYPE html><html><body>Login</body></html>"

// hostile answers claim success and are none. anyJSON marks those that an update or
// a delete cannot tell from its undocumented answer.
var hostile = map[string]struct {
	answer  reply
	anyJSON bool
}{
	"HTML":              {reply{status: 200, body: webPage, header: http.Header{"Content-Type": {"text/html"}}}, false},
	"empty object":      {ok(`{}`), true},
	"null":              {ok(`null`), true},
	"text":              {ok(`"x"`), true},
	"number":            {ok(`17`), true},
	"id of wrong type":  {ok(`{"id":"abc"}`), true},
	"negative id":       {ok(`{"id":-1}`), true},
	"list of nulls":     {ok(`[null]`), true},
	"list of objects":   {ok(`[{}]`), true},
	"list of wrong ids": {ok(`[{"id":"abc"}]`), true},
	"truncated":         {ok(`{"id": 17, "username": "mus`), false},
	"truncated list":    {ok(`[{"id": 17, "username": "u", "domain": "d"},`), false},
	"text behind":       {ok(`{"id": 17, "username": "u", "domain": "d"} Notice: undefined index`), false},
	"text behind list":  {ok(`[] Notice: undefined index`), false},
	"notice in front":   {ok(`Notice: undefined index {"id": 17}`), false},
	"too long":          {ok(`{"id": 17, "username": "u", "domain": "d", "x": "` + strings.Repeat("x", 20<<20) + `"}`), false},
	"no content":        {reply{status: 204}, true},
	"empty":             {ok(``), true},
	"white space":       {ok("\n \n"), true},
	"redirect":          {reply{status: 302, header: http.Header{"Location": {"https://elsewhere.example/login"}}}, false},
}

func TestHostileAnswers(t *testing.T) {
	for _, d := range bothDialects {
		reads := readsOf(t, d)
		require.GreaterOrEqual(t, len(reads), 11)
		for name, test := range hostile {
			tap := always(test.answer)
			for _, m := range methodsOf(clientOver(t, tap, keyhelp.WithDialect(d))) {
				read, supported := reads[m.op]
				if !supported {
					continue
				}
				out := m.call(t, t.Context(), d)
				silent := !read && (len(out.values) == 0) // answers with nothing but an error
				if silent && test.anyJSON {
					require.NoError(t, out.err, "%s, %s: what changes answer is undocumented", m.op, name)
					continue
				}
				require.Error(t, out.err, "%s in the %s dialect took this for success: %s", m.op, d, name)
				if !out.list { // a list yields what came whole before it breaks
					require.True(t, out.empty(), "%s, %s: %+v beside an error", m.op, name, out.values)
				}
				require.False(t, out.after, "%s, %s: a list goes on after its error", m.op, name)
				e := asError(t, out.err)
				require.Equal(t, keyhelp.Kind, e.Provider)
				require.Equal(t, m.op, e.Op)
				require.NotEmpty(t, e.Action)
				require.Equal(t, test.answer.status, e.StatusCode)
				require.ErrorIs(t, out.err, provider.ErrProtocol, "%s, %s", m.op, name)
				require.Equal(t, !read, errors.Is(out.err, provider.ErrOutcomeUnknown), "%s, %s: %v", m.op, name, out.err)
				require.Equal(t, !read, e.MaybeExecuted, "%s, %s", m.op, name)
				require.Less(t, len(out.err.Error()), 600, "an error is a sentence")
			}
		}
	}
}

// Empty lists are the one empty answer that is good, and an object is none.
func TestHostileLists(t *testing.T) {
	for body, want := range map[string]int{`[]`: 0, " [ ] \n": 0, `{"data": []}`: -1, `{}`: -1} {
		client := clientOver(t, always(ok(body)), keyhelp.WithDialect(keyhelp.DialectLive))
		lists := 0
		for _, m := range methodsOf(client) {
			out := m.call(t, t.Context(), keyhelp.DialectLive)
			if !out.list {
				continue
			}
			lists++
			if want < 0 {
				require.ErrorIs(t, out.err, provider.ErrProtocol, "%s, %s", m.op, body)
				continue
			}
			require.NoError(t, out.err, "%s, %s", m.op, body)
			require.Empty(t, out.values)
		}
		require.Equal(t, 7, lists)
	}
}

// A list that is broken somewhere yields the error and nothing else.
func TestListBreaksInTheMiddle(t *testing.T) {
	for _, rest := range []string{`, {"id": 2}]`, `, {"id": 2, "username": 5}]`, `, null]`, `,`, `]x`} {
		client := clientOver(t, always(ok(`[{"id": 1, "username": "u"}`+rest)), keyhelp.WithDialect(keyhelp.DialectLive))
		var ids []int64
		var failed error
		for account, err := range client.Clients.List(t.Context(), nil) {
			require.NoError(t, failed, "nothing comes after the error")
			if failed = err; err == nil {
				ids = append(ids, account.ID)
			} else {
				require.Nil(t, account)
			}
		}
		require.Empty(t, ids, "half a list is no list: %s", rest)
		require.ErrorIs(t, failed, provider.ErrProtocol, rest)
	}
}

// A list is asked for when it is ranged over, again each time, and a break ends it.
func TestListsAreLazy(t *testing.T) {
	tap := always(ok(`[{"id": 1, "username": "u"}, {"id": 2, "username": "v"}]`))
	client := clientOver(t, tap, keyhelp.WithDialect(keyhelp.DialectLive))
	options := &keyhelp.ListOptions{Sort: "id"}
	list := client.Clients.List(t.Context(), options)
	options.Sort = "changed later"
	require.Empty(t, tap.requests())
	for range 2 {
		for account, err := range list {
			require.NoError(t, err)
			require.EqualValues(t, 1, account.ID)
			break
		}
	}
	require.Len(t, tap.requests(), 2)
	require.Equal(t, "id", tap.requests()[1].Query.Get("sort"))
	all, err := gather(list)
	require.NoError(t, err)
	require.Len(t, all, 2, "elements do not share memory")
	require.NotEqual(t, all[0], all[1])
}

// Statuses of failure are errors of every method, whatever the body looks like.
func TestHostileFailures(t *testing.T) {
	for status, kind := range map[int]error{
		400: provider.ErrInvalid, 401: provider.ErrUnauthorized, 403: provider.ErrForbidden, 404: provider.ErrNotFound, 409: provider.ErrConflict,
		429: provider.ErrRateLimited, 500: provider.ErrUnavailable, 503: provider.ErrUnavailable,
	} {
		for _, body := range []string{"", webPage, `{`, `null`, `[]`, `{"id": 17}`, `{"error": "e"}`, `{"code": "c", "message": "m"}`} {
			for _, d := range bothDialects {
				reads := readsOf(t, d)
				for _, m := range methodsOf(clientOver(t, always(reply{status: status, body: body}), keyhelp.WithDialect(d))) {
					read, supported := reads[m.op]
					if !supported {
						continue
					}
					client := clientOver(t, always(reply{status: status, body: body}), keyhelp.WithDialect(d))
					out := named(client, m.op).call(t, t.Context(), d)
					e := asError(t, out.err)
					require.Equal(t, status, e.StatusCode)
					require.Equal(t, m.op, e.Op)
					require.True(t, out.empty())
					if status >= 500 && !read {
						require.ErrorIs(t, out.err, provider.ErrOutcomeUnknown, "%s, %d %s", m.op, status, body)
					} else {
						require.ErrorIs(t, out.err, kind, "%s, %d %s", m.op, status, body)
						require.False(t, e.MaybeExecuted)
					}
				}
			}
		}
	}
}
