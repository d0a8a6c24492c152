package licenseservertest_test

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/emulatortest"
	"github.com/provkit/provkit/licenseserver/licenseservertest"
)

// inventory reads a table of operations. Rows without a path are search.
func inventory(t *testing.T, name string) []string {
	t.Helper()
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	header := strings.Split(lines[0], "\t")
	method, path := slices.Index(header, "method"), slices.Index(header, "path")
	require.NotEqual(t, -1, method)
	require.NotEqual(t, -1, path)
	var all []string
	for _, line := range lines[1:] {
		columns := strings.Split(line, "\t")
		if !strings.HasPrefix(columns[path], "/") {
			columns[path] = "-"
		}
		all = append(all, columns[method]+" "+columns[path])
	}
	slices.Sort(all)
	return all
}

// TestRoutesAreTheInventory compares Routes with the copy in this package, and with the table that
// the client is tested against, if it exists.
func TestRoutesAreTheInventory(t *testing.T) {
	all := inventory(t, "testdata/operations.tsv")
	require.Len(t, all, 47)
	require.Equal(t, all, licenseservertest.Routes())
	const shared = "../../testdata/licenseserver/operations.tsv"
	if _, err := os.Stat(shared); !errors.Is(err, fs.ErrNotExist) {
		require.Equal(t, all, inventory(t, shared))
	}
}

var sampleIDs = strings.NewReplacer(
	"{license_key}", "NONE", "{id}", "1", "{license_id}", "1", "{device_id}", "1", "{contact_id}", "1", "{lead_id}", "1")

// TestEveryEndpointAnswers proves that the server serves what Routes lists, with the credential
// that the inventory names, and nothing else.
func TestEveryEndpointAnswers(t *testing.T) {
	data, err := os.ReadFile("testdata/operations.tsv")
	require.NoError(t, err)
	for line := range strings.Lines(string(data)) {
		columns := strings.Split(strings.TrimSpace(line), "\t")
		if columns[0] == "n" {
			continue
		}
		s := newServer(t)
		method, path := columns[2], sampleIDs.Replace(columns[3])
		if path == "-" {
			path = licenseservertest.SearchPath
		}
		_, text := s.do(method, path, "{}")
		require.NotContains(t, text, "Endpoint not found", line)
		require.NotContains(t, text, "API key", line)
		require.NotContains(t, text, "Authentication", line)

		key, header := s.Key, s.AdminHeader
		s.Key = "wrong"
		_, text = s.do(method, path, "{}")
		require.Equal(t, columns[4] == "key", text == failure401, line)
		s.Key, s.AdminHeader = key, http.Header{}
		resp, _ := s.do(method, path, "{}")
		require.Equal(t, columns[4] == "session", resp.StatusCode == 401, line)

		s.AdminHeader = header
		s.fails(405, "METHOD_NOT_ALLOWED", "Method not allowed", "PUT", path, "{}")
	}
	s := newServer(t)
	for _, path := range []string{"/api", "/api/", "/api/license", "/leads", "/leads/api", "/login", "/health/", "/api/license/1", "/api/license/1/x", "/-"} {
		s.fails(404, "NOT_FOUND", "Endpoint not found", "GET", path, "")
	}
}

const failure401 = `{"code":"INVALID_API_KEY","error":"Invalid or missing API key","status":401}`

func TestSearchPath(t *testing.T) {
	s := newServer(t, licenseservertest.WithSearchPath("/admin/find"))
	require.Equal(t, "1", s.field("total", "GET", "/admin/find", ""))
	s.fails(404, "NOT_FOUND", "Endpoint not found", "GET", licenseservertest.SearchPath, "")
	s = newServer(t, licenseservertest.WithSearchPath(""))
	s.fails(404, "NOT_FOUND", "Endpoint not found", "GET", licenseservertest.SearchPath, "")
}

// TestNoClientTypes keeps the emulator independent of the client: two equal mistakes would cancel
// out.
func TestNoClientTypes(t *testing.T) { emulatortest.CheckImports(t, "licenseserver/licenseservertest") }
