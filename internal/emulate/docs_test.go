package emulate

import (
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// rows returns the cells of the table below a comment in docs/emulators.md.
func rows(t *testing.T, name string) (all [][]string) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "emulators.md"))
	require.NoError(t, err)
	_, table, found := strings.Cut(string(page), "<!-- "+name+" -->\n")
	require.True(t, found, name)
	for line := range strings.Lines(table) {
		if !strings.HasPrefix(line, "|") {
			break
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		all = append(all, cells)
	}
	require.Greater(t, len(all), 2, name)
	return all[2:]
}

// TestDocumentedCommands: docs/emulators.md lists what the control path does itself.
func TestDocumentedCommands(t *testing.T) {
	documented := []string{"GET Name", "POST Name"}
	for name, methods := range commands {
		for method := range methods {
			documented = append(documented, method+" "+name)
		}
	}
	var got []string
	for _, row := range rows(t, "commands") {
		got = append(got, strings.ReplaceAll(strings.ReplaceAll(row[0], "`", ""), controlPath, ""))
	}
	require.ElementsMatch(t, documented, got)
}

// TestDocumentedCalls: what docs/emulators.md says of each system can be called there.
func TestDocumentedCalls(t *testing.T) {
	for _, row := range rows(t, "calls") {
		require.Len(t, row, 6)
		for i, name := range []string{"keyhelp", "hestia", "hostkey", "elizon", "licenseserver"} {
			call := strings.Trim(row[i+1], "`")
			if call == "" {
				continue
			}
			m, found := reflect.TypeOf(kinds[name].start).Out(0).MethodByName(call)
			require.True(t, found, "%s: %s", name, call)
			require.NotContains(t, uncallable, call)
			if strings.HasPrefix(row[0], "read: ") {
				require.Equal(t, 1, m.Type.NumIn(), call)
				require.NotContains(t, changing, call)
			}
		}
	}
}

// TestDocumentedFlags: docs/emulators.md lists every flag.
func TestDocumentedFlags(t *testing.T) {
	var usage strings.Builder
	require.NoError(t, Run(t.Context(), []string{"-h"}, io.Discard, &usage))
	var flags, documented []string
	for _, m := range regexp.MustCompile(`(?m)^  (-[a-z-]+)`).FindAllStringSubmatch(usage.String(), -1) {
		flags = append(flags, m[1])
	}
	for _, row := range rows(t, "flags") {
		for flag := range strings.SplitSeq(row[0], ", ") {
			documented = append(documented, strings.Trim(flag, "`"))
		}
	}
	slices.Sort(documented)
	require.Equal(t, flags, documented)
}
