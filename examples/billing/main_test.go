package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/fleet"
	"github.com/provkit/provkit/provider/providertest"
)

const demoOutput = `TIME   EVENT                SERVICE  ANSWER  WHAT CAME OF IT
08:00  order.paid           1001     202     done: create: absent -> active
08:00  order.paid           1001     200     done: sent again: nothing is done twice
08:01  cancelled            1001     401     forged: refused
08:02  cancelled            1001     401     signed an hour ago: refused
08:05  sign-on              1001     303     the browser is sent to the panel
09:00  order.paid           1002     202     done: create: absent -> active (failed attempts before: 1)
09:30  order.paid           1003     202     done: create: absent -> active
10:00  order.paid           1004     202     done: killed at work; the next instance finishes it
11:00  order.paid           1005     202     dead: keyhelp: create account "service1005wzcsnxqi": refused before sending: Email: "nobody at example" is not an e-mail address
12:00  invoice.overdue      1001     202     done: suspend: active -> suspended
12:00  invoice.overdue      1002     202     done: suspend: active -> suspended
15:00  invoice.paid         1001     202     done: unsuspend: suspended -> active
14:00  invoice.overdue      1001     202     superseded: a newer event came first
16:00  cancelled            1003     202     done: terminate: active -> absent
17:00  invoice.paid         1003     202     dead: the service is cancelled; a new order needs its own number

On the servers: 1001 active on web1; 1004 active on web1; 1002 suspended on web2.
16 of 16 steps as expected: no event lost, no account made twice.
`

func noEnv(string) string { return "" }

func TestDemo(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"-demo"}, noEnv, &out, io.Discard))
	require.Equal(t, demoOutput, out.String())
}

// TestDemoNotices: the demo must fail if a panel creates no account.
func TestDemoNotices(t *testing.T) {
	var out bytes.Buffer
	d := &day{out: &out, panels: startPanels()}
	defer d.panels.stop()
	require.Error(t, d.count())
	require.Contains(t, out.String(), "Wanted: 1001 active on web1")
}

func TestFlags(t *testing.T) {
	long := func(string) string { return "a secret of some length" }
	for wanted, args := range map[string][]string{
		"env:BILLING_TOKEN has fewer than 16 characters": {},
		"env:NAME or file:PATH":                          {"-secret", "hunter2"},
		"no such file":                                   {"-secret", "file:/nowhere"},
		"-workers":                                       {"-workers", "0"},
	} {
		err := run(t.Context(), args, noEnv, io.Discard, io.Discard)
		require.ErrorContains(t, err, wanted)
		require.NotContains(t, err.Error(), "hunter2")
	}
	err := run(t.Context(), []string{"-servers", "/nowhere/servers.json"}, long, io.Discard, io.Discard)
	require.ErrorContains(t, err, "/nowhere/servers.json")
}

func TestSecretFromFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(path, []byte("  0123456789abcdef\n"), 0o600))
	got, err := secretFrom("file:"+path, noEnv)
	require.NoError(t, err)
	require.Equal(t, provider.NewSecret("0123456789abcdef"), got)
}

// TestServe runs the program on a socket until it is asked to end.
func TestServe(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	servers, err := fleet.New(&fleet.Server{Name: "web1", Provider: providertest.NewMemory(nil)})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	c := config{StatePath: filepath.Join(t.TempDir(), "state.jsonl"), Workers: 1, Backoff: patient, Secret: provider.NewSecret(secret), Token: provider.NewSecret(token), Passwords: provider.NewSecret(initially)}
	go func() { ended <- serve(ctx, c, servers, slog.New(slog.DiscardHandler), listener) }()
	resp, err := http.Get("http://" + listener.Addr().String() + "/health")
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, `{"status":"ok"}`, strings.TrimSpace(string(body)))

	_, err = start(c, servers, slog.New(slog.DiscardHandler))
	require.ErrorContains(t, err, "another instance")

	cancel()
	require.NoError(t, <-ended)
}
