package hestia_test

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/provider"
)

// page answers every command with the same body, of which it keeps no copy.
type page string

func (p page) RoundTrip(req *http.Request) (*http.Response, error) {
	_, _ = io.Copy(io.Discard, req.Body)
	return &http.Response{
		StatusCode: http.StatusOK, ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{"Hestia-Exit-Code": {"0"}},
		Body: io.NopCloser(strings.NewReader(string(p))), ContentLength: int64(len(p)), Request: req,
	}, nil
}

// failing is a page with the exit code of something that does not exist.
type failing struct{ page }

func (f failing) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := f.page.RoundTrip(req)
	resp.StatusCode = http.StatusBadRequest
	resp.Header.Set("Hestia-Exit-Code", "3")
	return resp, err
}

// userFields are the fields of v-list-users, with the values of a customer in the middle of a panel.
var userFields = strings.Fields(`NAME=Max@Mustermann PACKAGE=default WEB_TEMPLATE=default BACKEND_TEMPLATE=default PROXY_TEMPLATE=default
	DNS_TEMPLATE=default WEB_DOMAINS=unlimited WEB_ALIASES=unlimited DNS_DOMAINS=unlimited DNS_RECORDS=unlimited MAIL_DOMAINS=unlimited
	MAIL_ACCOUNTS=unlimited RATE_LIMIT=200 DATABASES=unlimited CRON_JOBS=unlimited DISK_QUOTA=unlimited CPU_QUOTA=unlimited
	CPU_QUOTA_PERIOD=unlimited MEMORY_LIMIT=unlimited SWAP_LIMIT=unlimited BANDWIDTH=unlimited NS=ns1.example.com,ns2.example.com
	SHELL=nologin BACKUPS=1 CONTACT=max@example.com CRON_REPORTS=yes RKEY=0123456789abcdef ROLE=user SUSPENDED=no SUSPENDED_USERS=0
	SUSPENDED_WEB=0 SUSPENDED_DNS=0 SUSPENDED_MAIL=0 SUSPENDED_DB=0 SUSPENDED_CRON=0 IP_AVAIL=1 IP_OWNED=0 U_USERS=0 U_DISK=17
	U_DISK_DIRS=3 U_DISK_WEB=2 U_DISK_MAIL=1 U_DISK_DB=11 U_BANDWIDTH=20 U_WEB_DOMAINS=1 U_WEB_SSL=0 U_WEB_ALIASES=1 U_DNS_DOMAINS=1
	U_DNS_RECORDS=14 U_MAIL_DOMAINS=1 U_MAIL_DKIM=1 U_MAIL_ACCOUNTS=2 U_DATABASES=1 U_CRON_JOBS=0 U_BACKUPS=1 LANGUAGE=en
	TIME=04:32:59 DATE=2026-11-21`)

// userRow is a row of v-list-users, in which changed fields have other values: "U_DISK=12.5".
func userRow(login string, changed ...string) string {
	var row strings.Builder
	fmt.Fprintf(&row, "    %q: {\n", login)
	for i, field := range userFields {
		name, value, _ := strings.Cut(field, "=")
		for _, other := range changed {
			if own, is := strings.CutPrefix(other, name+"="); is {
				value = own
			}
		}
		comma := ","
		if i == len(userFields)-1 {
			comma = ""
		}
		fmt.Fprintf(&row, "        %q: \"%s\"%s\n", name, strings.ReplaceAll(value, "@M", " M"), comma)
	}
	row.WriteString("    }")
	return row.String()
}

// panelOf is the answer to v-list-users of a panel with n customers.
func panelOf(n int) string {
	var all bytes.Buffer
	all.WriteString("{\n" + userRow("admin", "ROLE=admin"))
	row := strings.TrimPrefix(userRow(""), `    ""`)
	for i := range n {
		fmt.Fprintf(&all, ",\n    \"customer%d\"%s", i, row)
	}
	all.WriteString("\n}\n")
	return all.String()
}

func BenchmarkList(b *testing.B) {
	body := panelOf(10_000)
	c := withKey(b, page(body), provider.WithMaxBody(64<<20))
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for _, err := range c.Users.List(b.Context()) {
			require.NoError(b, err)
			n++
		}
		require.Equal(b, 10_001, n)
	}
}

// heap returns what is alive, and what was ever allocated.
func heap() (alive, ever uint64) {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc, m.TotalAlloc
}

// peakOf returns the memory in bytes that a listing takes at most: all that was allocated before the first row, which
// is no less than what was alive, and what is alive at some of the rows.
func peakOf[T any](t *testing.T, rows iter.Seq2[*T, error]) (peak uint64, n int, last error) {
	t.Helper()
	alive, ever := heap()
	for _, err := range rows {
		if n%20_000 == 0 || n == 3000 {
			nowAlive, nowEver := heap()
			if n == 0 {
				peak = nowEver - ever
			}
			peak = max(peak, nowAlive-min(alive, nowAlive))
		}
		n++
		last = err
	}
	if n == 0 || n == 1 && last != nil {
		_, nowEver := heap()
		peak = nowEver - ever
	}
	return peak, n, last
}

// most is how much memory an answer may take.
func most(body string) uint64 { return 8*uint64(len(body)) + 1<<20 }

func TestTenThousandUsers(t *testing.T) {
	body := panelOf(10_000)
	c := withKey(t, page(body))
	peak, n, err := peakOf(t, c.Users.List(t.Context()))
	require.NoError(t, err)
	require.Equal(t, 10_001, n)
	t.Logf("%d users, %.1f MiB: peak of %.1f MiB, %.1f times the answer", n, mib(len(body)), mib(peak), float64(peak)/float64(len(body)))
	require.Less(t, peak, most(body))

	p := hestia.NewProvider(c)
	for verb, read := range map[string]func() (uint64, int, error){
		"List":       func() (uint64, int, error) { return peakOf(t, p.List(t.Context(), nil)) },
		"FleetUsage": func() (uint64, int, error) { return peakOf(t, p.FleetUsage(t.Context())) },
	} {
		peak, n, err := read()
		require.NoError(t, err, verb)
		require.Equal(t, 10_000, n, verb)
		t.Logf("%s: peak of %.1f MiB", verb, mib(peak))
		require.Less(t, peak, most(body), verb)
	}

	_, err = collect(withKey(t, page(body), provider.WithMaxBody(1<<20)).Users.List(t.Context()))
	require.ErrorIs(t, err, provider.ErrProtocol)
	require.ErrorContains(t, err, "provider.WithMaxBody", "the error says what to do")
}

func mib[N int | uint64](n N) float64 { return float64(n) / (1 << 20) }

// TestMemory prints what hostile answers cost.
func TestMemory(t *testing.T) {
	const size = 1 << 19 // of an answer
	many := func(open, element, end string) string {
		return open + strings.TrimSuffix(strings.Repeat(element, size/len(element)), ",") + end
	}
	numbered := func(open, format, end string) string {
		var b strings.Builder
		b.WriteString(open)
		for i := 0; b.Len() < size; i++ {
			fmt.Fprintf(&b, format, i)
		}
		return strings.TrimSuffix(b.String(), ",") + end
	}
	t.Log("   answer KiB   peak KiB  times  rows  method, answer")
	for _, test := range []struct{ method, name, body string }{
		{"list", "objects without fields", numbered("{", `"u%x":{},`, "}")},
		{"list", "objects without names", many("[", "{},", "]")},
		{"list", "one field each", numbered("{", `"u%x":{"ROLE":""},`, "}")},
		{"list", "deep", `{"a":` + strings.Repeat("[", size) + "}"},
		{"list", "long texts", `{"a":{"NAME":"` + strings.Repeat("x", size) + `"}}`},
		{"list", "control characters", `{"a":{"NAME":"` + strings.Repeat("\x01", size) + `"}}`},
		{"list", "not UTF-8", `{"a":{"NAME":"` + strings.Repeat("\xff", size) + `"}}`},
		{"list", "commas", `{"a":{"NS":"` + strings.Repeat("a,", size/2) + `"}}`},
		{"list", "lists in fields", `{"a":{"NS":[` + strings.Repeat("1,", size/2) + `1]}}`},
		{"list", "the same field", many(`{"a":{`, `"ROLE":"",`, "}}")},
		{"list", "unknown fields", numbered(`{"a":{`, `"%x":"",`, "}}")},
		{"get", "objects", numbered("{", `"u%x":{},`, "}")},
		{"get", "fields", numbered(`{"alice":{`, `"%x":1,`, "}}")},
		{"get", "escapes", `{"alice":{"NAME":"` + strings.Repeat(`\u00fc`, size/6) + `"}}`},
		{"get", "unfinished", `{"alice":{"NAME":"` + strings.Repeat("x", size)},
		{"texts", "numbers", many("[", "1,", "]")},
		{"texts", "empty texts", many("[", `"",`, "]")},
		{"texts", "nulls", many("[", `null,`, "]")},
		{"texts", "short texts", many("[", "\"abcd\",\n", "\"\"]")},
		{"map", "settings", numbered(`{"config":{`, `"%x":"",`, "}}")},
		{"map", "long settings", numbered(`{"config":{`, `"SETTING_%x":"1",`, "}}")},
		{"exclusions", "short names", numbered(`{"WEB":{`, `"%x":"",`, "}}")},
		{"exclusions", "many parts", `{"WEB":{"a":"` + strings.Repeat("b,", size/2) + `"}}`},
		{"snapshots", "empty", many("[", "{},", "]")},
		{"files", "empty", many("", "{}\n", "{}")},
		{"failure", "lines", strings.Repeat("x\n", size/2)},
		{"failure", "errors behind a list", "{\n" + strings.Repeat("Error: x\n", size/9)},
		{"failure", "a long line", strings.Repeat("x", size)},
		{"legacy", "a long line", strings.Repeat("x", size)},
		{"legacy", "errors", strings.Repeat("Error: x\n", size/9)},
	} {
		c := withKey(t, page(test.body))
		var peak uint64
		var n int
		switch test.method {
		case "list":
			peak, n, _ = peakOf(t, c.Users.List(t.Context()))
		default:
			_, before := heap()
			switch test.method {
			case "failure":
				_, err := withKey(t, failing{page(test.body)}).Users.Get(t.Context(), "alice")
				require.ErrorIs(t, err, provider.ErrNotFound)
			case "legacy":
				_, err := dial(t, page(test.body), hestia.APIKey(provider.NewSecret(legacyKey))).Users.Get(t.Context(), "alice")
				require.ErrorIs(t, err, provider.ErrProtocol)
			case "get":
				_, _ = c.Users.Get(t.Context(), "alice")
			case "texts":
				_, _ = c.System.ListUsers(t.Context())
			case "map":
				_, _ = c.System.GetNginxConfig(t.Context())
			case "exclusions":
				_, _ = c.Backups.ListUserBackupExclusions(t.Context(), "alice")
			case "snapshots":
				_ = drain(c.Backups.ListUserBackupsRestic(t.Context(), "alice"))
			case "files":
				_ = drain(c.Backups.ListUserFilesRestic(t.Context(), "alice", "x", "/"))
			}
			_, after := heap()
			peak = after - before
		}
		t.Logf("%10d %10d %7.1f %6d  %s, %s", len(test.body)>>10, peak>>10, float64(peak)/float64(len(test.body)), n, test.method, test.name)
		assert.Less(t, peak, most(test.body), "%s, %s", test.method, test.name)
	}
}
