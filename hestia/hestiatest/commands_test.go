package hestiatest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// inventory returns the project's list of commands.
func inventory(t *testing.T) map[string][]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "hestia", "operations.tsv"))
	require.NoError(t, err)
	all := map[string][]string{}
	for line := range strings.Lines(string(data)) {
		columns := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		all[columns[0]] = columns
	}
	return all
}

func TestTableIsTheInventory(t *testing.T) {
	want := inventory(t)
	require.Len(t, want, 524)
	require.Len(t, commands, 524)
	for name, columns := range want {
		cmd := commands[name]
		require.NotNil(t, cmd, name)
		for _, p := range cmd.params {
			require.Positive(t, p.position, "%s %s", name, p.name)
			require.LessOrEqual(t, p.position, maxArguments, "%s %s", name, p.name)
		}
		if strings.HasPrefix(columns[1], "USER") && name != "v-log-action" && cmd.userPosition != 0 {
			require.Equal(t, 1, cmd.userPosition, name)
		}
	}
}

func TestEveryHookIsThereAndUsed(t *testing.T) {
	all, used := hooks(), map[string]bool{}
	for name, cmd := range commands {
		for _, words := range cmd.checks {
			if words[0] == "do" {
				require.Contains(t, all, words[1], name)
				used[words[1]] = true
			}
		}
	}
	for name := range all {
		require.True(t, used[name], "no command uses the hook %s", name)
	}
}

func TestEveryEffectHasACommand(t *testing.T) {
	for _, name := range Commands() {
		require.Contains(t, commands, name)
	}
	require.True(t, slices.IsSorted(Commands()))
	t.Logf("%d of %d commands are modelled", len(Commands()), len(commands))
	for name, shape := range listings {
		require.Contains(t, commands, name)
		require.NotEmpty(t, shape.json, name)
	}
}

// answerOf runs a command as the root user.
func answerOf(s *Server, words ...string) (int, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &call{server: s, st: s.st, now: s.now()}
	code := c.run(words[0], words[1:]...)
	return code, strings.Join(c.print, "\n")
}

func TestTooFewArguments(t *testing.T) {
	s := NewServer(InMemory())
	n := 0
	for name, cmd := range commands {
		if cmd.least == 0 {
			continue
		}
		n++
		for count := range cmd.least {
			code, text := answerOf(s, append([]string{name}, make([]string, count)...)...)
			require.Equal(t, 1, code, name)
			require.Equal(t, "Usage: "+name+" "+cmd.usage, text)
		}
	}
	require.Greater(t, n, 350)
}

// TestNotModelled: a command whose effect is not modelled says so, and never answers 0. Valid
// arguments are known for few of them, so those without checks represent all.
func TestNotModelled(t *testing.T) {
	s := NewServer(InMemory())
	n := 0
	for name, cmd := range commands {
		if s.effects[name] != nil || cmd.least > 0 {
			continue
		}
		code, text := answerOf(s, name)
		require.NotZero(t, code, name)
		if code == NotModelled && strings.Contains(text, "hestiatest") {
			n++
			require.Equal(t, "Error: "+name+" is not enabled: hestiatest: its effect is not modelled", text)
		}
	}
	require.Greater(t, n, 40)
	code, text := answerOf(s, "v-add-user-composer", s.AdminUser)
	require.Equal(t, eDisabled, code)
	require.Equal(t, "Error: v-add-user-composer is not enabled: hestiatest: its effect is not modelled", text)
}

// populated returns a panel with one of everything.
func populated(opts ...Option) *Server {
	s := NewServer(append([]Option{InMemory()}, opts...)...)
	s.AddUser(User{Name: "alice", Password: "SECRET", WebDomains: []string{"example.com"}})
	crt, key := selfSigned("example.com")
	s.WriteFile("/tmp/ssl/example.com.crt", crt)
	s.WriteFile("/tmp/ssl/example.com.key", key)
	do(s, cmd("v-add-dns-domain", "alice", "example.com", firstIP), cmd("v-add-mail-domain", "alice", "example.com"),
		cmd("v-add-mail-account", "alice", "example.com", "info", "SECRET"), cmd("v-add-database", "alice", "shop", "shop", "SECRET"),
		cmd("v-add-cron-job", "alice", "1", "1", "*", "*", "*", "true"), cmd("v-backup-user", "alice"),
		cmd("v-add-web-domain-ftp", "alice", "example.com", "files", "SECRET"),
		cmd("v-add-web-domain-httpauth", "alice", "example.com", "guest", "SECRET"))
	return s
}

// TestNoCommandPanics calls every command with words that are valid somewhere.
func TestNoCommandPanics(t *testing.T) {
	rows := [][]string{
		{"alice", "example.com", "info", "SECRET", "json"}, {"alice", "example.com", "json"}, {"alice", "json"}, {"json"}, {"alice"},
		{"alice", "example.com"}, {"alice", "example.com", "/tmp/ssl"}, {"alice", "alice_shop", "json"}, {"alice", "1", "json"},
		{"admin", "admin", "admin"}, {"", "", "", "", "", "", "", "", "", "", "", "", ""}, {"alice", "", "", "", "", "", "", "", ""},
		{"alice", "example.com", "9", "www", "A", "192.0.2.1"}, {"192.0.2.10", "alice"}, {"192.0.2.10", "dedicated"}, {"default", "x", "yes"},
		{"example.com", "alice"}, {"alice_shop", "alice"}, {"mysql", "localhost"}, {"yes"}, {"disable"}, {"system", "Info", "a", "b"},
		{"/tmp/ssl/example.com.key", "pkg"}, {"alice", "/tmp/ssl/example.com.key"}, {"alice", "example.com", "alice_files", "SECRET", "x"},
		{"alice", "example.com", "guest", "SECRET"}, {"alice", "example.com", "none"}, {"nobody", "example.com"}, {"1"}, {"1", "UP"},
		{"alice", "all"}, {"alice", "alice.2025-01-01_00-00-00.tar", "json"}, {"*"}, {"'", "\"", "\\", "\n", "ü", "\xff"},
	}
	names := make([]string, 0, len(commands))
	for name := range commands {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, args := range rows {
		s := populated()
		for _, name := range names {
			if name == "v-delete-user" || name == "v-delete-web-domain" || name == "v-delete-dns-domain" || name == "v-delete-mail-domain" {
				continue // the others need what these remove
			}
			code, _ := answerOf(s, append([]string{name}, args...)...)
			require.GreaterOrEqual(t, code, 0, "%s %q", name, args)
		}
		for _, name := range []string{"v-delete-web-domain", "v-delete-dns-domain", "v-delete-mail-domain", "v-delete-user"} {
			answerOf(s, append([]string{name}, args...)...)
		}
		s.Users()
		s.Packages()
	}
}
