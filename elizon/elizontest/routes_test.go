package elizontest_test

import (
	"errors"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon/elizontest"
	"github.com/provkit/provkit/internal/emulatortest"
)

// operation is a row of the inventory.
type operation struct{ method, path, auth, permission, purpose, source string }

func inventory(t testing.TB, name string) []operation {
	t.Helper()
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	header := strings.Split(lines[0], "\t")
	var all []operation
	for _, line := range lines[1:] {
		columns := strings.Split(line, "\t")
		column := func(name string) string {
			if i := slices.Index(header, name); i >= 0 && i < len(columns) {
				return columns[i]
			}
			return ""
		}
		all = append(all, operation{
			column("method"), column("path"), column("auth"), column("permission"), column("purpose"), column("source"),
		})
	}
	return all
}

func names(all []operation) []string {
	var list []string
	for _, op := range all {
		list = append(list, op.method+" "+op.path)
	}
	slices.Sort(list)
	return list
}

// TestRoutesAreTheInventory compares the routes with the copy in this package, and with the table
// that the client is tested against, if that is present.
func TestRoutesAreTheInventory(t *testing.T) {
	all := inventory(t, "testdata/operations.tsv")
	require.Len(t, all, 222)
	require.Equal(t, names(all), elizontest.Routes())
	const shared, beyond = "../../testdata/elizon/operations.tsv", "../../testdata/elizon/beyond.tsv"
	if _, err := os.Stat(shared); !errors.Is(err, fs.ErrNotExist) {
		require.Equal(t, names(all), names(inventory(t, shared)))
		require.Equal(t, names(inventory(t, beyond)), elizontest.BeyondRoutes())
	}
}

var wildcard = regexp.MustCompile(`\{[^}]*\}`)

func sample(path string) string {
	return strings.TrimPrefix(wildcard.ReplaceAllString(path, "x1"), "/api")
}

// TestEveryEndpoint proves that what the inventory lists is served, for the credentials that it
// names and with the methods that it leaves open, and for no others.
func TestEveryEndpoint(t *testing.T) {
	unmodelled := elizontest.UnmodelledRoutes()
	require.NotEmpty(t, unmodelled)
	ambiguous := regexp.MustCompile(`[A-Z]{3,}`)
	others := 0
	for _, op := range inventory(t, "testdata/operations.tsv") {
		s := newServer(t)
		limited := s.AddKey("none").Secret
		row, path := op.method+" "+op.path, sample(op.path)
		methods := []string{op.method}
		if _, text, found := strings.Cut(op.source, "ambiguous: "); found {
			methods = append(methods, ambiguous.FindAllString(text, -1)...)
			others++
		}
		for _, method := range methods {
			resp, text := s.do(method, path, "{}")
			require.NotContains(t, text, "Endpoint not found", row)
			require.NotEqual(t, 405, resp.StatusCode, row)
			require.NotEqual(t, 401, resp.StatusCode, row)
			refused := op.auth == "session" || strings.Contains(op.purpose, "API key refused")
			require.Equal(t, refused, strings.Contains(text, "thisRouteCannotBeAccessedWithAnApiKey"), "%s: %s", row, text)
			if method == op.method && !refused {
				require.Equal(t, slices.Contains(unmodelled, row), resp.StatusCode == 501, "%s: %s", row, text)
				require.Equal(t, resp.StatusCode == 501, strings.Contains(text, "elizontest: "+row+" has no"), text)
			}
		}

		s.header.Set("X-Api-Key", limited)
		_, text := s.do(op.method, path, "{}")
		single := op.permission != "-" && op.permission != "start,stop,restart,settings"
		require.Equal(t, single, strings.Contains(text, "apiKeyMissingPermission"), "%s: %s", row, text)

		s.header.Del("X-Api-Key")
		resp, _ := s.do(op.method, path, "{}")
		private := op.auth != "public" || row == "DELETE /api/auth/logout"
		public := []string{"POST /api/auth/login", "POST /api/auth/verify-code"} // they answer 401 themselves
		if !slices.Contains(public, row) {
			require.Equal(t, private, resp.StatusCode == 401, row)
		}

		s.signIn()
		resp, text = s.do(op.method, path, "{}")
		require.NotEqual(t, 401, resp.StatusCode, "%s: %s", row, text)
		require.NotContains(t, text, "thisRouteCannotBeAccessedWithAnApiKey", row)

		resp, text = s.do("TRACE", path, "")
		require.Equal(t, 405, resp.StatusCode, "%s: %s", row, text)
		require.Contains(t, strings.Split(resp.Header.Get("Allow"), ", "), op.method, row)
	}
	require.Equal(t, 17, others)
	s := newServer(t, elizontest.WithReferenceOnly())
	for _, row := range elizontest.BeyondRoutes() {
		method, path, _ := strings.Cut(row, " ")
		s.want(404, `{"success":false,"error":"Endpoint not found","errorCode":"notFound"}`, method, sample(path), "{}")
	}
	s = newServer(t)
	for _, path := range []string{"", "/", "/x", "/services/", "/services/1/x", "/services/1/2/3/4/5", "/auth"} {
		s.fails(404, "notFound", "GET", path, "")
	}
}

// TestNoClientTypes keeps the emulator independent of the client: a mistake shared by both would go
// unnoticed.
func TestNoClientTypes(t *testing.T) { emulatortest.CheckImports(t, "elizon/elizontest") }
