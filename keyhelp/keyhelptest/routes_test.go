package keyhelptest_test

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/emulatortest"
	"github.com/provkit/provkit/keyhelp/keyhelptest"
)

// inventory reads operations.tsv: method and path by dialect.
func inventory(t *testing.T) map[keyhelptest.Dialect][]string {
	t.Helper()
	data, err := os.ReadFile("../../testdata/keyhelp/operations.tsv")
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	require.Equal(t, "n\tmethod\tpath\tdialect\tevidence\toperation", lines[0])
	require.Len(t, lines, 63)
	all := map[keyhelptest.Dialect][]string{}
	for i, line := range lines[1:] {
		columns := strings.Split(line, "\t")
		require.Len(t, columns, 6)
		require.Equal(t, strconv.Itoa(i+1), columns[0])
		endpoint := columns[1] + " " + columns[2]
		require.Contains(t, []string{"both", "documented", "live"}, columns[3])
		for _, d := range []keyhelptest.Dialect{keyhelptest.Documented, keyhelptest.Live} {
			if columns[3] == "both" || columns[3] == string(d) {
				all[d] = append(all[d], endpoint)
			}
		}
	}
	return all
}

func TestRoutesAreTheInventory(t *testing.T) {
	all := inventory(t)
	require.Len(t, all[keyhelptest.Documented], 10)
	require.Len(t, all[keyhelptest.Live], 59)
	for d, endpoints := range all {
		slices.Sort(endpoints)
		require.Equal(t, endpoints, keyhelptest.Routes(d), d)
	}
}

// TestEveryEndpointAnswers proves that the panel serves what Routes lists, and nothing else.
func TestEveryEndpointAnswers(t *testing.T) {
	every := slices.Concat(keyhelptest.Routes(keyhelptest.Documented), keyhelptest.Routes(keyhelptest.Live))
	missing := map[keyhelptest.Dialect]string{
		keyhelptest.Documented: documentedError("Endpoint not found"),
		keyhelptest.Live:       liveError(404, "The requested endpoint does not exist."),
	}
	for d, nothing := range missing {
		p := newPanel(t, d)
		served := keyhelptest.Routes(d)
		for _, endpoint := range every {
			method, template, _ := strings.Cut(endpoint, " ")
			target := strings.NewReplacer("{id}", "1", "{id_domain}", "1", "{username}", "x", "{domain}", "x", "{name}", "x").Replace(template)
			status, text := p.send(method, target, "{}")
			if slices.Contains(served, endpoint) {
				require.NotEqual(t, nothing, text, endpoint)
				require.NotEqual(t, 500, status, endpoint)
			} else {
				p.want(404, nothing, method, target, "{}")
			}
		}
		for _, other := range []string{"GET /users", "GET /plans", "GET /", "PATCH /clients/1", "POST /clients/1", "GET /clients/1/x", "HEAD /ping"} {
			method, target, _ := strings.Cut(other, " ")
			status, text := p.send(method, target, "")
			require.Equal(t, 404, status, other)
			if method != "HEAD" {
				require.JSONEq(t, nothing, text, other)
			}
		}
	}
}

// TestNoClientTypes keeps the emulator independent of the client: two equal mistakes would cancel
// out.
func TestNoClientTypes(t *testing.T) { emulatortest.CheckImports(t, "keyhelp/keyhelptest") }
