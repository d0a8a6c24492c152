// Package emulatortest is what the tests of all emulators have in common.
package emulatortest

import (
	"go/parser"
	"go/token"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/provkit/provkit/"

// CheckImports keeps an emulator independent of its client: two equal mistakes would
// cancel out. own is the emulator's package below the module, in whose folder the test
// runs; more lists packages that it may use beside the common ones.
func CheckImports(t testing.TB, own string, more ...string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	allowed := append([]string{"internal/emulator", "internal/emulatortest", "provider/faults", own}, more...)
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, spec := range file.Imports {
			path, ours := strings.CutPrefix(strings.Trim(spec.Path.Value, `"`), module)
			require.True(t, !ours || slices.Contains(allowed, path), "%s imports %s", name, path)
		}
	}
}

// Send sends what a fuzz test came up with, and reads the answer. It is false for what is
// no request that net/http would send.
func Send(t testing.TB, client *http.Client, method, target string, header http.Header, body string) (*http.Response, []byte, bool) {
	t.Helper()
	req, err := http.NewRequest(method, target, strings.NewReader(body))
	if err != nil {
		return nil, nil, false
	}
	if header != nil {
		req.Header = header.Clone()
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, nil, false
	}
	data, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	return resp, data, true
}
