package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/keyhelp/keyhelptest"
)

// TestMain is the program that the demo starts.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "-servers" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

const demoOutput = `TIME   EVENT                SERVICE  ANSWER  WHAT CAME OF IT
08:00  order.paid           1001     202     done: create: absent -> active
08:00  order.paid           1001     200     sent again: nothing is done twice
08:01  cancelled            1001     401     forged: refused
08:02  cancelled            1001     401     signed an hour ago: refused
08:05  sign-on              1001     303     the browser is sent to the panel
09:00  order.paid           1002     202     done: create: absent -> active (after an error)
09:30  order.paid           1003     202     done: create: absent -> active
10:00  order.paid           1004     202     done: killed at work; the next instance finishes it
11:00  order.paid           1005     422     refused: this is no e-mail address
12:00  invoice.overdue      1001     202     done: suspend: active -> suspended
12:00  invoice.overdue      1002     202     done: suspend: active -> suspended
15:00  invoice.paid         1001     202     done: unsuspend: suspended -> active
14:00  invoice.overdue      1001     202     superseded: a newer event came first
16:00  cancelled            1003     202     done: terminate: active -> absent
17:00  invoice.paid         1003     409     refused: the service is cancelled

On the servers: 1001 active on web1; 1004 active on web1; 1002 suspended on web2.
16 of 16 steps as expected: no event lost, no account made twice.
`

// TestDemo runs the program, with kill and all. No secret is in a file or in the log.
func TestDemo(t *testing.T) {
	var out bytes.Buffer
	d := newDay(t.TempDir(), &out)
	require.NoError(t, d.play(t.Context()))
	require.Equal(t, demoOutput, out.String())

	secrets := []string{d.secret, d.token}
	for _, secret := range d.secrets() {
		name, value, _ := strings.Cut(secret, "=")
		if name != "WEB2_ID" {
			secrets = append(secrets, value)
		}
	}
	for _, c := range d.keyhelp.Clients() {
		secrets = append(secrets, c.Password)
	}
	for _, u := range d.hestia.Users() {
		secrets = append(secrets, u.Password)
	}
	files, err := filepath.Glob(filepath.Join(d.folder, "*"))
	require.NoError(t, err)
	require.Contains(t, files, filepath.Join(d.folder, "billing.db"))
	for _, secret := range secrets {
		require.NotEmpty(t, secret)
		require.NotContains(t, d.logged.String(), secret)
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			require.NotContains(t, string(text), secret, file)
		}
	}
}

// TestDemoNotices: a day that goes otherwise is a failure.
func TestDemoNotices(t *testing.T) {
	var out bytes.Buffer
	d := newDay(t.TempDir(), &out)
	d.keyhelp.AddClient(keyhelptest.Client{Username: "somebody", Notes: "[ref:1009]"})
	require.Error(t, d.play(t.Context()))
	require.Contains(t, out.String(), "Wanted: 1001 active on web1")
}

// TestOperator: a password is handed over once, River's page is shown, and only to the operators. A second program
// cannot use the file.
func TestOperator(t *testing.T) {
	d := newDay(t.TempDir(), &bytes.Buffer{})
	t.Cleanup(d.stop)
	require.NoError(t, d.open(t.Context()))
	t.Cleanup(d.kill)
	first := d.steps()[0]
	status, err := first.send(t.Context(), first)
	require.NoError(t, err)
	require.Equal(t, http.StatusAccepted, status)
	_, err = d.outcome(first)
	require.NoError(t, err)

	do := func(method, path, token string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), method, d.url+path, nil)
		require.NoError(t, err)
		req.SetBasicAuth("anybody", token)
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		var body bytes.Buffer
		_, err = body.ReadFrom(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		return resp.StatusCode, body.String()
	}
	var handed []string
	for range 2 {
		status, body := do(http.MethodPost, "/services/1001/password", d.token)
		require.Equal(t, http.StatusOK, status, body)
		var told struct{ Password string }
		require.NoError(t, json.Unmarshal([]byte(body), &told))
		require.Equal(t, told.Password, d.keyhelp.Clients()[0].Password)
		handed = append(handed, told.Password)
	}
	require.NotEqual(t, handed[0], handed[1])
	status, body := do(http.MethodGet, "/jobs/api/jobs?state=completed", d.token)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, `\"reference\":\"1001\"`)
	for _, path := range []string{"/services/1001/password", "/jobs/api/jobs"} {
		status, body := do(http.MethodPost, path, "wrong")
		require.Equal(t, http.StatusUnauthorized, status)
		require.NotContains(t, body, "1001")
	}
	status, _ = do(http.MethodPost, "/services/1009/password", d.token)
	require.Equal(t, http.StatusNotFound, status)

	_, err = openDatabase(t.Context(), filepath.Join(d.folder, "billing.db"))
	require.ErrorContains(t, err, "another program")
}
