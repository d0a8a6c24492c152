package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hestia/hestiatest"
	"github.com/provkit/provkit/provider"
)

// report runs the program and returns the rows of its CSV file and its page.
func report(t *testing.T, args ...string) (rows [][]string, page, out, notes string, err error) {
	t.Helper()
	dir := t.TempDir()
	figures, html := filepath.Join(dir, "usage.csv"), filepath.Join(dir, "usage.html")
	var stdout, stderr bytes.Buffer
	err = run(t.Context(), append([]string{"-csv", figures, "-html", html}, args...), &stdout, &stderr)
	if err == nil || errors.Is(err, errIncomplete) {
		text, problem := os.ReadFile(figures)
		require.NoError(t, problem)
		rows, problem = csv.NewReader(bytes.NewReader(text)).ReadAll()
		require.NoError(t, problem)
		text, problem = os.ReadFile(html)
		require.NoError(t, problem)
		page = string(text)
	}
	left, problem := os.ReadDir(dir)
	require.NoError(t, problem)
	require.Len(t, left, map[bool]int{true: 2, false: 0}[page != ""], "leftovers: %v", left)
	return rows, page, stdout.String(), stderr.String(), err
}

// overs returns the rows over a limit, without their time.
func overs(rows [][]string) (found []string) {
	for _, row := range rows {
		if row[8] == "true" {
			found = append(found, strings.Join(row[:8], " "))
		}
	}
	return found
}

// wanted are the figures of the demo that are over a limit.
var wanted = []string{
	"web1 keyhelp 1207 customer1001 disk bytes 15346958336 10737418240",
	"web1 keyhelp 1213 customer1003 traffic bytes 246960619520 107374182400",
	"web1 keyhelp 1222 customer1006 disk bytes 11811160064 10737418240",
	"web1 keyhelp 1222 customer1006 traffic bytes 111669149696 107374182400",
	"web2 hestia shop1 shop1 disk bytes 5872025600 5368709120",
	"web2 hestia shop4 shop4 traffic bytes 94371840000 53687091200",
}

func TestDemo(t *testing.T) {
	rows, page, out, notes, err := report(t, "-demo")
	require.NoError(t, err)
	require.Zero(t, status(err))
	require.Equal(t, demoLine+"\n", out)
	require.Empty(t, notes)

	require.Equal(t, columns, rows[0])
	require.ElementsMatch(t, wanted, overs(rows))
	perServer := make(map[string]map[string]bool)
	for _, row := range rows[1:] {
		require.Empty(t, row[10])
		if perServer[row[0]] == nil {
			perServer[row[0]] = make(map[string]bool)
		}
		perServer[row[0]][row[2]] = true
	}
	for server, n := range demoAccounts {
		require.Len(t, perServer[server], n, server)
	}
	require.Len(t, perServer, len(demoAccounts))

	over := shown(page)
	require.Equal(t, []string{"customer1003", "shop4", "customer1001", "customer1006", "shop1"}, over[:5], "the worst first, and on top")
	require.Equal(t, []string{"shop2", "customer1002", "customer1008"}, over[5:8], "then those that come close")
	for _, text := range []string{
		"<h2>Over a limit: 5</h2>", "<span>230 GiB of 100 GiB</span> <span class=\"alarm\">230 %</span>", "<span>14.3 GiB of 10 GiB</span> <span class=\"alarm\">143 %</span>",
		`aria-label="230 %"><rect width="100" height="8" fill="#8884"/><rect width="100" height="8" fill="#c2410c"/><rect x="43.5" width="1"`,
		`aria-label="77 %"><rect width="100" height="8" fill="#8884"/><rect width="77" height="8" fill="#2563eb"/></svg>`,
		"<td>47.9 GiB</td>", "<td>120.2 GiB</td>", "<td>4.1 TiB</td>",
	} {
		assert.Contains(t, page, text)
	}
	require.NotContains(t, page, "Incomplete")
}

// TestDeadServer: the report shows a server that is down and reads the others, and the exit status
// says that something is missing.
func TestDeadServer(t *testing.T) {
	rows, page, out, notes, err := report(t, "-demo", "-dead")
	require.Equal(t, 3, status(err))
	require.Contains(t, out, ", 5 over a limit; 1 server could not be read\n")
	require.Contains(t, notes, "web3: hestia: read usage of all accounts: ")
	require.ElementsMatch(t, wanted, overs(rows))
	failed := 0
	for _, row := range rows {
		if row[0] == "web3" {
			failed++
			require.Equal(t, []string{"web3", "hestia", "", "", "", "", "", "", "", ""}, row[:10])
			require.Contains(t, row[10], "connection refused")
		}
	}
	require.Equal(t, 1, failed)
	require.Contains(t, page, "Incomplete: 1 server could not be read, see below.")
	require.Contains(t, page, `<tr><td class="alarm"><bdi>web3</bdi></td><td><bdi>hestia: read usage of all accounts: `)
	require.Contains(t, page, `<bdi>web3</bdi> <span class="quiet">hestia</span> <span class="alarm">incomplete</span>`)
}

// TestConfig reads a fleet from a file, and checks that no secret is written.
func TestConfig(t *testing.T) {
	panel := hestiatest.NewServer(hestiatest.WithSeedUsers(2))
	defer panel.Close()
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret")
	require.NoError(t, os.WriteFile(secret, []byte(panel.SecretKey+"\n"), 0o600))
	config := filepath.Join(dir, "servers.json")
	write := func(text string) {
		require.NoError(t, os.WriteFile(config, []byte(text), 0o600))
	}
	write(`{"servers":[{"name":"=web","kind":"hestia","url":"` + panel.URL + `","username":"` + panel.AccessKey + `","secret":"file:` + secret + `"}]}`)
	rows, page, out, _, err := report(t, "-config", config)
	require.NoError(t, err)
	require.Equal(t, "2 accounts on 1 server, 0 over a limit\n", out)
	require.Equal(t, "'=web", rows[1][0], "no formula")
	require.Contains(t, page, "No account is over a limit")
	require.NotContains(t, page+out, panel.SecretKey)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	figures := filepath.Join(dir, "usage.csv")
	err = run(ctx, []string{"-config", config, "-csv", figures, "-html", ""}, io.Discard, io.Discard)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 1, status(err))
	require.NoFileExists(t, figures, "it is not complete")

	write(`{"servers":[{"name":"web","kind":"hestia","url":"ftp://x","secret":"inline"},{"name":"web","kind":"plesk"}]}`)
	_, _, _, _, err = report(t, "-config", config)
	require.ErrorIs(t, err, provider.ErrInvalid)
	require.Equal(t, 1, status(err))
	require.NotContains(t, err.Error(), "inline")
	_, _, _, _, err = report(t, "-config", filepath.Join(dir, "none.json"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

// TestKeepsTheLastReport: a run that fails leaves the files of the last one.
func TestKeepsTheLastReport(t *testing.T) {
	dir := t.TempDir()
	figures, html := filepath.Join(dir, "usage.csv"), filepath.Join(dir, "none", "usage.html")
	require.NoError(t, os.WriteFile(figures, []byte("last week"), 0o600))
	err := run(t.Context(), []string{"-demo", "-csv", figures, "-html", html}, io.Discard, io.Discard)
	require.ErrorIs(t, err, os.ErrNotExist)
	left, err := os.ReadFile(figures)
	require.NoError(t, err)
	require.Equal(t, "last week", string(left))
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, files, 1)
}

func TestStandardOutput(t *testing.T) {
	var out, notes bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"-demo", "-csv", "-", "-html", ""}, &out, &notes))
	rows, err := csv.NewReader(&out).ReadAll()
	require.NoError(t, err)
	require.ElementsMatch(t, wanted, overs(rows))
	require.Equal(t, demoLine+"\n", notes.String())
	out.Reset()
	require.NoError(t, run(t.Context(), []string{"-demo", "-html", "-", "-csv", ""}, &out, &notes))
	require.True(t, strings.HasPrefix(out.String(), "<!DOCTYPE html>"))
	require.True(t, strings.HasSuffix(out.String(), "</html>\n"))
}

func TestFlags(t *testing.T) {
	for _, args := range [][]string{
		{"-config", "x", "-csv", "./x"}, {"-config", "x", "-html", "x"}, {"-demo", "-csv", "y", "-html", "./y"},
		{}, {"-demo", "-config", "x"}, {"-dead", "-config", "x"}, {"-demo", "-csv", "", "-html", ""}, {"-demo", "-csv", "-", "-html", "-"},
		{"-demo", "-top", "0"}, {"-demo", "-servers", "-1"}, {"-demo", "now"}, {"-pie"},
	} {
		require.Equal(t, 2, status(run(t.Context(), args, io.Discard, io.Discard)), "%v", args)
	}
	require.Zero(t, status(run(t.Context(), []string{"-h"}, io.Discard, io.Discard)))
}

// TestDemoSignsMarkers: the demo is opened as a real fleet should be, with a marker key.
func TestDemoSignsMarkers(t *testing.T) {
	servers, end, err := openDemo(t.Context(), false)
	require.NoError(t, err)
	defer end()
	report, err := servers.Servers()[0].Provider.Check(t.Context())
	require.NoError(t, err)
	for _, step := range report.Steps {
		require.NotEqual(t, provider.CheckMarkers, step.Name, step.Detail)
	}
}
