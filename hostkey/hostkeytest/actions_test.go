package hostkeytest_test

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey/hostkeytest"
	"github.com/provkit/provkit/internal/emulatortest"
)

// table reads columns of a table of actions.
func table(t *testing.T, name string, columns ...string) [][]string {
	t.Helper()
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	header := strings.Split(lines[0], "\t")
	var all [][]string
	for _, line := range lines[1:] {
		cells := strings.Split(line, "\t")
		var picked []string
		for _, column := range columns {
			i := slices.Index(header, column)
			require.NotEqual(t, -1, i, column)
			picked = append(picked, cells[i])
		}
		all = append(all, picked)
	}
	slices.SortFunc(all, slices.Compare)
	return all
}

// TestActionsAreTheInventory compares the actions with the copy in this package, and with the table
// that the client is tested against, if that is present.
func TestActionsAreTheInventory(t *testing.T) {
	want := table(t, "testdata/actions.tsv", "module", "action", "class")
	require.Len(t, want, 211)
	var got [][]string
	for _, a := range hostkeytest.Inventory() {
		got = append(got, a[:3])
	}
	slices.SortFunc(got, slices.Compare)
	require.Equal(t, want, got)
	var names []string
	for _, a := range want {
		names = append(names, a[0]+"/"+a[1])
	}
	slices.Sort(names)
	require.Equal(t, names, hostkeytest.Actions())
	const shared = "../../testdata/hostkey/operations.tsv"
	if _, err := os.Stat(shared); !errors.Is(err, fs.ErrNotExist) {
		require.Equal(t, want, table(t, shared, "module", "action", "class"))
	}
}

// TestPublicActions: what is documented as public requires no token; beyond that only helpers of
// signing in.
func TestPublicActions(t *testing.T) {
	documented := make(map[string]bool)
	for _, a := range table(t, "testdata/actions.tsv", "module", "action", "open") {
		documented[a[0]+"/"+a[1]] = a[2] == "yes"
	}
	for _, a := range hostkeytest.Inventory() {
		name := a[0] + "/" + a[1]
		if documented[name] {
			require.Equal(t, "yes", a[3], name)
		} else if a[3] == "yes" {
			require.True(t, a[0] == "auth" || name == "whmcs/reset_password", name)
		}
	}
}

// TestEveryActionIsServed: every action refuses a call without a token, names missing parameters,
// and otherwise answers or says that the emulator keeps no state.
func TestEveryActionIsServed(t *testing.T) {
	modelled := 0
	for _, a := range hostkeytest.Inventory() {
		s := newServer(t)
		m := s.AddMachine(hostkeytest.Machine{})
		name := a[0] + "/" + a[1]
		if a[3] == "no" {
			s.want(`{"code":-2,"message":"Invalid token"}`, name)
			s.token = "0123456789abcdef0123456789abcdef"
			s.want(`{"code":-2,"message":"Invalid token"}`, name)
		}
		s.signIn(s.Key)
		if name == "auth/login" || name == "traffic_plans/list" {
			s.token = ""
		}
		var pairs, missing []string
		for param, kind := range hostkeytest.Required(a[0], a[1]) {
			inner := strings.TrimRight(param[strings.Index(param, "[")+1:], "[]")
			missing = append(missing, inner)
			value := "a"
			switch {
			case kind == "server", kind == "service":
				value = text(m.ID)
			case kind == "int", kind == "money":
				value = "1"
			case strings.HasPrefix(kind, "="):
				value = kind[1:]
			}
			pairs = append(pairs, param, value)
		}
		if len(missing) > 0 {
			got, _ := s.call(name)["error"].(string)
			require.True(t, strings.HasPrefix(got, "Missing required keys: "), "%s: %s", name, got)
			require.ElementsMatch(t, missing, strings.Split(strings.TrimPrefix(got, "Missing required keys: "), ", "))
		}
		if hostkeytest.Modelled(a[0], a[1]) {
			modelled++
			status, body := s.post(name, pairs...)
			require.Equal(t, 200, status, name)
			require.NotContains(t, body, hostkeytest.NotModelled)
			continue
		}
		s.want(`{"result":-1,"error":"`+name+`: the emulator keeps no state for this action","code":"EMULATOR_NOT_MODELLED"}`, name, pairs...)
	}
	require.Equal(t, 117, modelled)
}

// TestNoClientTypes keeps the emulator independent of the client: two equal mistakes would cancel
// out.
func TestNoClientTypes(t *testing.T) { emulatortest.CheckImports(t, "hostkey/hostkeytest") }
