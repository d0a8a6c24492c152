package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/csv"
	"errors"
	"fmt"
	"html"
	"io"
	"iter"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/fleet"
	"github.com/provkit/provkit/provider/providertest"
)

// shown returns the names of the accounts on a page, in order.
func shown(page string) (names []string) {
	for _, found := range regexp.MustCompile(`</span></td>\n<td><bdi>([^<]*)</bdi>`).FindAllStringSubmatch(page, -1) {
		names = append(names, html.UnescapeString(found[1]))
	}
	return names
}

// made draws the page of some reports.
func made(t *testing.T, top int, reports iter.Seq2[*fleet.AccountUsage, error]) (page string, rows [][]string, sums *summary) {
	t.Helper()
	sums = newSummary(memories(t, "web1", "web2"), top)
	var figures, text bytes.Buffer
	require.NoError(t, collect(reports, newTable(&figures), sums))
	require.NoError(t, writePage(&text, sums, time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)))
	rows, err := csv.NewReader(&figures).ReadAll()
	require.NoError(t, err)
	return text.String(), rows, sums
}

func memories(t *testing.T, names ...string) []*fleet.Server {
	t.Helper()
	var servers []*fleet.Server
	for _, name := range names {
		servers = append(servers, &fleet.Server{Name: name, Provider: providertest.NewMemory(nil)})
	}
	f, err := fleet.New(servers...)
	require.NoError(t, err)
	return f.Servers()
}

func usage(server, account, name string, values ...provider.Usage) *fleet.AccountUsage {
	return &fleet.AccountUsage{Server: server, UsageReport: &provider.UsageReport{
		AccountID: account, Username: name, AsOf: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC), Values: values,
	}}
}

func disk(used, limit int64) provider.Usage {
	return provider.Usage{Metric: provider.MetricDisk, Unit: provider.UnitBytes, Used: used, Limit: limit}
}

func all(reports ...*fleet.AccountUsage) iter.Seq2[*fleet.AccountUsage, error] {
	return func(yield func(*fleet.AccountUsage, error) bool) {
		for _, r := range reports {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// TestHostileNames: names that customers chose are text on the page, and not formulas in a
// spreadsheet.
func TestHostileNames(t *testing.T) {
	script, formula, link := `<script>alert(1)</script>`, `=HYPERLINK("http://x","y")`, `"><img src=x onerror=alert(1)>`
	reports := func(yield func(*fleet.AccountUsage, error) bool) {
		_ = yield(usage("web1", link, script, disk(2, 1)), nil) &&
			yield(usage("web1", "2", formula, provider.Usage{Metric: script, Unit: provider.UnitCount, Used: 3, Limit: 1}), nil) &&
			yield(usage("web1", "3", "@x", disk(1, 2)), nil) &&
			yield(usage("web2", "-4", link), errors.New(script)) &&
			yield(nil, &fleet.ServerError{Server: "web2", Err: errors.New("+" + link)})
	}
	page, rows, sums := made(t, 10, reports)
	require.True(t, sums.incomplete())
	require.NotContains(t, page, "<script")
	require.NotContains(t, page, "<img")
	require.Equal(t, []string{formula, script, "@x"}, shown(page))
	require.Contains(t, page, html.EscapeString(link))
	var cells []string
	for _, row := range rows[1:] {
		cells = append(cells, row[0]+"|"+row[2]+"|"+row[3]+"|"+row[4]+"|"+row[10])
	}
	require.Equal(t, []string{
		"web1|" + link + "|" + script + "|disk|", "web1|2|'" + formula + "|" + script + "|", "web1|3|'@x|disk|",
		"web2|'-4|" + link + "||" + script, "web2||||'+" + link,
	}, cells)
}

// TestStrictPolicy: nothing on the page needs more than its policy allows, which is its own style,
// by hash.
func TestStrictPolicy(t *testing.T) {
	page, _, _ := made(t, 10, all(usage("web1", "1", "a", disk(3, 2))))
	style := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(page)
	require.NotNil(t, style)
	sum := sha256.Sum256([]byte(style[1]))
	policy := regexp.MustCompile(`http-equiv="Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(page)
	require.NotNil(t, policy)
	require.Equal(t, "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'; base-uri 'none'; form-action 'none'",
		html.UnescapeString(policy[1]))
	for _, forbidden := range []string{`style=`, `src=`, `href`, `url(`, `@import`, `<script`, `<link`, ` on`, `http://`, `https://`} {
		require.NotContains(t, strings.Replace(page, "Usage of 1 account on 2 servers", "", 1), forbidden)
	}
}

// TestLists: the worst come first, no more than asked for, and the rest is counted.
func TestLists(t *testing.T) {
	unlimited, unknown := disk(900, 1), disk(900, 1)
	unlimited.Unlimited, unknown.LimitUnknown = true, true
	page, rows, sums := made(t, 3, all(
		usage("web1", "1", "third", disk(150, 100)), usage("web1", "2", "fourth", disk(101, 100)), usage("web2", "3", "first", disk(5, 0)),
		usage("web1", "4", "second", disk(20, 100), disk(300, 100)), usage("web1", "5", "full", disk(100, 100)), usage("web2", "6", "free", unlimited, unknown),
		usage("web2", "7", "empty", disk(0, 0)), usage("web2", "8", "half", disk(50, 100)), usage("web2", "9", "tenth", disk(1, 100), disk(10, 100)),
		usage("web2", "10", "idle", disk(2, 100)),
	))
	require.Equal(t, []string{"first", "second", "third", "full", "half", "tenth"}, shown(page))
	require.Contains(t, page, "<h2>Over a limit: 4</h2>")
	require.Contains(t, page, "The worst 3; the CSV file has all.")
	require.Contains(t, page, "none allowed")
	require.Contains(t, page, "<span>300 B of 100 B</span> <span class=\"alarm\">300 %</span>")
	require.Contains(t, page, "2030-01-02 03:04 UTC")
	require.Equal(t, "10 accounts on 2 servers, 4 over a limit", sums.String())
	limits := map[string]string{}
	for _, row := range rows[1:] {
		limits[row[3]] += row[7] + " " + row[8] + ";"
		require.Equal(t, "2030-01-02T03:04:05Z", row[9])
	}
	require.Equal(t, "unlimited false; false;", limits["free"])
	require.Equal(t, "100 false;100 true;", limits["second"])
	require.Equal(t, "0 true;", limits["first"])

	figure := figure(disk(9996, 10000))
	require.Equal(t, "99 %", figure.Share, "not over, so not 100")
	_, rows, _ = made(t, 3, all())
	require.Equal(t, [][]string{columns}, rows, "even an empty file has a header")
}

func TestAmounts(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1024: "1 KiB", 1536: "1.5 KiB", 5 << 30: "5 GiB", 1 << 62: "4096 PiB"} {
		require.Equal(t, want, amount(n, provider.UnitBytes))
	}
	require.Equal(t, "1536", amount(1536, provider.UnitCount))
}

// TestMemory: what is kept in memory does not grow with the number of accounts.
func TestMemory(t *testing.T) {
	const accounts = 100_000
	sums := newSummary(memories(t, "web1"), 50)
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before, peak := heap(), uint64(0)
	reports := func(yield func(*fleet.AccountUsage, error) bool) {
		for i := range accounts {
			name := fmt.Sprintf("customer%06d-%s", i, strings.Repeat("x", 200))
			if !yield(usage("web1", name, name, disk(int64(i), accounts/2)), nil) {
				return
			}
			if i%(accounts/10) == accounts/10-1 {
				peak = max(peak, heap())
			}
		}
	}
	require.NoError(t, collect(reports, newTable(io.Discard), sums))
	require.Less(t, int64(peak)-int64(before), int64(2<<20), "bytes kept of %d accounts", accounts)
	require.Equal(t, fmt.Sprintf("%d accounts on 1 server, %d over a limit", accounts, accounts/2-1), sums.String())
	require.Len(t, sums.over.entries, 50)
	require.Contains(t, sums.over.entries[0].account, fmt.Sprintf("customer%06d", accounts-1))
	require.Contains(t, sums.over.entries[49].account, fmt.Sprintf("customer%06d", accounts-50))
}

// TestFailures: the end of the context and a full disk end the run; a failed account does not.
func TestFailures(t *testing.T) {
	ended := errors.New("the context ended")
	sums := newSummary(memories(t, "web1"), 1)
	err := collect(func(yield func(*fleet.AccountUsage, error) bool) { yield(nil, ended) }, newTable(io.Discard), sums)
	require.ErrorIs(t, err, ended)
	err = collect(all(usage("web1", "1", "a", disk(1, 2))), newTable(full{}), sums)
	require.ErrorIs(t, err, errFull)
	for i := range 3 {
		sums.accountFailed(usage("web1", fmt.Sprint(i), ""), ended)
	}
	require.Len(t, sums.failed, 1, "the first ones")
	require.Equal(t, "1 account on 1 server, 0 over a limit; 3 accounts could not be read", sums.String())
}

var errFull = errors.New("no space left")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

// TestFormulas: no text of somebody else's begins a cell as a formula, whichever separator the
// spreadsheet that opens the file expects, and whether it heeds quotes or not.
func TestFormulas(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "a-b=c": "a-b=c", "a; b": "a; b", "Doe, John": "Doe, John",
		"=x": "'=x", "+x": "'+x", "-x": "'-x", "@x": "'@x", "＝x": "'＝x", "\tx": "x", "\rx": "x", "a\x1b[31m\u202eb\nc": "a [31mb c",
		"a;=x": "a;'=x", "a\t=x": "a =x", "\t=x": "'=x", " =x": "'=x", "\u00a0=x": "'=x", "\ufeff=x": "'=x",
		"a; \t-x": "a;' -x", "a\n=x": "a =x", "a\r\n=x": "a =x", `a;"=x"`: `a;'"=x"`, ";=;+": ";'=;'+", "a;;=x": "a;;'=x",
	} {
		require.Equal(t, want, cell(text), "%q", text)
	}
	for _, before := range []string{"", "a", `a"`, "a\n", "a;", "a\t", " ", "\u200b"} {
		for _, between := range []string{"", ";", "; ", "\t;", `;"`, ";\n"} {
			for _, sign := range []string{"=", "+", "-", "@"} {
				if before == "a" && between == "" {
					continue
				}
				var file bytes.Buffer
				w := csv.NewWriter(&file)
				require.NoError(t, w.Write([]string{"web1", cell(before + between + sign + "cmd()")}))
				w.Flush()
				for part := range strings.FieldsFuncSeq(file.String(), func(r rune) bool { return strings.ContainsRune(";\t,\n", r) }) {
					require.False(t, strings.HasPrefix(strings.Trim(part, " \u200b\""), sign), "%q", &file)
				}
			}
		}
	}
}
