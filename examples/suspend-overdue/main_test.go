package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/keyhelp/keyhelptest"
)

func noEnv(string) string { return "" }

func TestDemo(t *testing.T) {
	var out bytes.Buffer
	state, err := run(t.Context(), []string{"-demo"}, noEnv, terminal{out: &out})
	require.NoError(t, err, "%s", &out)
	require.Equal(t, exitDone, state)
	text := out.String()
	parts := strings.Split(text, "\nRun ")
	require.Len(t, parts, 3)
	require.Contains(t, parts[0], "In the list: 14. Of these: 10 suspend, 1 suspended already, 1 as an earlier line, 1 not due yet, 1 cannot be done.\n[1/10] web")
	require.Contains(t, parts[0], "\ninterrupted; the same call does the rest\nState at the end: 130\n")
	require.Regexp(t, " [45] done by an earlier run, ", parts[1]) // the other server's call may have come through
	require.Contains(t, parts[1], "\nState at the end: 1\n")
	require.Contains(t, parts[2], "15 of the 20 accounts of web2 would go out of service")
	require.True(t, strings.HasSuffix(text, "State at the end: 3\n\n3 of 3 runs as expected: 10 accounts suspended, none twice, the wrong list refused.\n"), text)
}

// TestDemoNotices: a panel that ignores suspensions must not pass.
func TestDemoNotices(t *testing.T) {
	d := &demonstration{}
	d.check(true, "no")
	require.Empty(t, d.failed)
	d.check(false, "%d accounts", 3)
	require.EqualError(t, d.failed[0], "3 accounts")

	dir := t.TempDir()
	again := `{"at":"2026-01-01T00:00:00Z","verb":"suspend","server":"web1","account":"17","outcome":"changed"}` + "\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "x.jsonl"), []byte(again+again), 0o600))
	twice, err := changedTwice(dir)
	require.NoError(t, err)
	require.Equal(t, 1, twice)
}

// TestOnServers runs the program as from a shell, with a configuration and a key in the
// environment.
func TestOnServers(t *testing.T) {
	panel := keyhelptest.NewServer(keyhelptest.WithDialect(keyhelptest.Live), keyhelptest.WithSeedClients(5))
	defer panel.Close()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	servers := write("servers.json", `{"servers": [{"name": "web1", "kind": "keyhelp", "url": "`+panel.URL+`", "secret": "env:WEB1_KEY"}]}`)
	list := write("overdue.csv", "server,account,invoice,due\nweb1,seed0003,INV-1,2020-01-01\n")
	env := func(name string) string { return map[string]string{"WEB1_KEY": panel.Key}[name] }
	var out bytes.Buffer
	state, err := run(t.Context(), []string{"-servers", servers, "-yes", list}, env, terminal{out: &out})
	require.NoError(t, err)
	require.Equal(t, exitDone, state)
	for _, c := range panel.Clients() {
		require.Equal(t, c.Username == "seed0003", c.Suspended, c.Username)
	}
	result, err := os.ReadFile(filepath.Join(dir, "overdue-result.csv"))
	require.NoError(t, err)
	require.Contains(t, string(result), ",suspended,changed at ")
	require.NotContains(t, out.String()+string(result), panel.Key)

	for name, args := range map[string][]string{
		"no list":       {"-servers", servers},
		"two lists":     {"-servers", servers, list, list},
		"missing list":  {"-servers", servers, filepath.Join(dir, "none.csv")},
		"no servers":    {"-servers", filepath.Join(dir, "none.json"), list},
		"no such flag":  {"-force", list},
		"share above 1": {"-servers", servers, "-max-share", "2", "-yes", write("other.csv", "server,account,invoice,due\nweb1,seed0004,INV-1,2020-01-01\n")},
	} {
		state, _ := run(t.Context(), args, env, terminal{out: &out})
		require.Equal(t, exitUsage, state, name)
	}
	t.Chdir(dir)
	for what, args := range map[string][]string{
		"-out \"overdue.csv\" and the list": {"-servers", servers, "-out", "overdue.csv", list},
		"-servers ":                         {"-servers", servers, "-out", "servers.json", list},
	} {
		state, err := run(t.Context(), args, noEnv, terminal{out: &out})
		require.ErrorContains(t, err, what)
		require.ErrorContains(t, err, "are one file")
		require.Equal(t, exitUsage, state)
	}
	state, err = run(t.Context(), []string{"-servers", servers, list}, noEnv, terminal{out: &out})
	require.ErrorContains(t, err, "WEB1_KEY")
	require.Equal(t, exitUsage, state)
}

func TestIsTerminal(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "file"))
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	require.False(t, isTerminal(file))
}
