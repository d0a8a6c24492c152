package clienttest_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
)

// checks are all checks, as a vendor's test calls them.
var checks = map[string]func(t testing.TB, v *clienttest.Vendor){
	"inventory": func(t testing.TB, v *clienttest.Vendor) { v.CheckInventory(t, nil) },
	"exchanges": func(t testing.TB, v *clienttest.Vendor) { v.CheckExchanges(t) },
	"hostile":   func(t testing.TB, v *clienttest.Vendor) { v.CheckHostile(t, hostile(), emptyList) },
	"refusals": func(t testing.TB, v *clienttest.Vendor) {
		v.CheckRefusals(t, clienttest.Refusals(map[int]error{404: provider.ErrNotFound, 429: provider.ErrRateLimited, 500: provider.ErrUnavailable}, "", clienttest.WebPage), nil)
	},
	"arguments": func(t testing.TB, v *clienttest.Vendor) {
		count := v.CheckArguments(t, func(_ clienttest.Method, _ int, want reflect.Type) []any {
			if want.Kind() == reflect.Int64 {
				return []any{int64(0), int64(-1)}
			}
			return []any{nil}
		})
		require.Equal(t, 5, count)
	},
	"secrets": func(t testing.TB, v *clienttest.Vendor) {
		for _, answer := range clienttest.Echoes() {
			log, dump := v.CheckSecrets(t, v.Dial, answer)
			require.Contains(t, log, `"route":"/things/{id}"`)
			require.Contains(t, dump, "> GET /things/{id}")
		}
	},
	"printed": func(t testing.TB, v *clienttest.Vendor) {
		v.CheckPrinted(t, &shop{}, v.Samples()...)
	},
}

func hostile() map[string]clienttest.Reply {
	replies := clienttest.Hostile()
	replies["empty list"] = clienttest.OK(`[]`)
	return replies
}

// emptyList is a verdict: an empty list is a success for lists.
func emptyList(u clienttest.Use, name string) clienttest.Verdict {
	if u.Op == "Things.List" && name == "empty list" {
		return clienttest.Takes
	}
	return clienttest.Fails
}

func TestGoodClientPasses(t *testing.T) {
	for name, check := range checks {
		t.Run(name, func(t *testing.T) { check(t, vendor("")) })
	}
}

// recorder is a test that may fail.
type recorder struct {
	testing.TB
	text string
}

func (*recorder) Helper()                             {}
func (*recorder) Logf(string, ...any)                 {}
func (r *recorder) Errorf(format string, args ...any) { r.text += fmt.Sprintf(format, args...) }
func (*recorder) FailNow()                            { runtime.Goexit() }

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	r.FailNow()
}

// failure returns what a check reports about a vendor; "" if it passes.
func failure(t *testing.T, v *clienttest.Vendor, check string) string {
	t.Helper()
	return failed(t, func(t testing.TB) { checks[check](t, v) })
}

func failed(t *testing.T, check func(testing.TB)) string {
	t.Helper()
	r := &recorder{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if p := recover(); p != nil {
				r.text += fmt.Sprint("panic: ", p)
			}
		}()
		check(r)
	}()
	<-done
	return r.text
}

// For each fault there is a check.
func TestFaultyClientFails(t *testing.T) {
	for fault, want := range map[string][2]string{
		"action":    {"inventory", "Things.Show"},
		"twice":     {"inventory", "Things.Show sends one request"},
		"endless":   {"inventory", "does not end"},
		"takes":     {"hostile", "Things.Show took this for success: empty"},
		"beside":    {"hostile", "beside an error"},
		"foreign":   {"hostile", "shop is closed"},
		"after":     {"hostile", "goes on after its error"},
		"panic":     {"hostile", "panic: Things.Create: index out of range (answer: HTML)"},
		"unchecked": {"arguments", "Things.Show, argument 1: 0"},
		"leak":      {"secrets", "shows the secret"},
	} {
		t.Run(fault, func(t *testing.T) { require.Contains(t, failure(t, vendor(fault), want[0]), want[1]) })
	}
}

// A method that polls forever ends with its deadline instead of blocking the test.
func TestPollingEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		require.Contains(t, failure(t, vendor("polls"), "hostile"), context.DeadlineExceeded.Error())
	})
}

// A refusal may be a success for some methods.
func TestRefusalVerdict(t *testing.T) {
	for _, test := range []struct {
		fault   string
		verdict clienttest.Verdict
		want    string
	}{
		{"foreign", clienttest.Fails, "shop is closed"},
		{"foreign", clienttest.Either, ""},
		{"foreign", clienttest.Takes, "Things.Show, 404 : is no failure here"},
		{"", clienttest.Takes, "Things.Show, 404 : is no failure here"},
	} {
		var seen []string
		text := failed(t, func(t testing.TB) {
			refusals := clienttest.Refusals(map[int]error{404: provider.ErrNotFound}, "")
			refusals[0].Verdict = func(u clienttest.Use) clienttest.Verdict {
				if u.Op == "Things.Show" {
					return test.verdict
				}
				return clienttest.Fails
			}
			vendor(test.fault).CheckRefusals(t, refusals, func(op string, _ clienttest.Refusal, _ error) { seen = append(seen, op) })
		})
		require.Contains(t, text, test.want)
		if test.want == "" {
			require.Empty(t, text)
			require.ElementsMatch(t, []string{"Things.Create", "Things.List"}, seen)
		}
	}
}

// The checks also fail if a vendor's test describes a good client wrongly.
func TestFaultyVendorFails(t *testing.T) {
	for name, test := range map[string]struct {
		check  string
		change func(v *clienttest.Vendor)
		want   string
	}{
		"row without a method": {"inventory", func(v *clienttest.Vendor) { v.Rows[0].Operations = nil }, "has no method"},
		"row that is never reached": {"inventory", func(v *clienttest.Vendor) {
			v.Rows = append(v.Rows, clienttest.Row{Method: "GET", Path: "/x", Operations: []string{"Things.X"}})
		}, "GET /x"},
		"method without a row":  {"inventory", func(v *clienttest.Vendor) { v.Rows = v.Rows[1:] }, "Things.Show"},
		"row of another method": {"inventory", func(v *clienttest.Vendor) { v.Rows[0].Operations[0] = "Things.Get" }, "POST /thing.php action=show"},
		"other route":           {"inventory", func(v *clienttest.Vendor) { v.Rows[2].Route = "/other" }, "/other"},
		"other kind":            {"hostile", func(v *clienttest.Vendor) { v.Kind = "store" }, "store"},
		"other base":            {"inventory", func(v *clienttest.Vendor) { v.Base += "/x" }, "404"},
		"change that reads":     {"hostile", func(v *clienttest.Vendor) { v.Rows[1].Reads = true }, "Things.Create"},
		"read that changes":     {"refusals", func(v *clienttest.Vendor) { v.Rows[2].Reads = false }, "Things.List"},
		"no sample":             {"inventory", func(v *clienttest.Vendor) { v.Samples = nil }, "Things.Create: no sample of *clienttest_test.createRequest"},
		"no exchange":           {"exchanges", func(v *clienttest.Vendor) { v.Exchanges = v.Exchanges[:3] }, "no good exchange of GET /things/{id}"},
		"exchange of no row":    {"exchanges", func(v *clienttest.Vendor) { v.Exchanges[1].Request.Form["action"][0] = "x" }, "show is an exchange of no row"},
		"method beside":         {"inventory", func(v *clienttest.Vendor) { v.Beside = map[string]string{"Things.Order": "made of others"} }, "no such methods"},
		"printed secret":        {"printed", func(v *clienttest.Vendor) { v.Samples = func() []any { return []any{struct{ Text string }{canary}} } }, "shows the secret"},
	} {
		t.Run(name, func(t *testing.T) {
			v := vendor("")
			test.change(v)
			require.Contains(t, failure(t, v, test.check), test.want)
		})
	}
}

func TestBesideAndAside(t *testing.T) {
	v := vendor("twice")
	second := false
	v.Aside = func(op string, _ clienttest.Request) bool { // the first of the two
		second = op == "Things.Show" && !second
		return second
	}
	v.CheckInventory(t, nil)
	v.CheckHostile(t, hostile(), emptyList)
	checks["refusals"](t, v)
	v.Beside = map[string]string{"Things.Show": "for this test"}
	v.Rows = v.Rows[1:]
	v.CheckInventory(t, nil)
	require.Equal(t, "Things.Show", v.Method(t, v.Tap(nil), "Things.Show").Op)
}

// Services of services are found, and a client that leads back to itself ends.
func TestServicesOfServices(t *testing.T) {
	v := vendor("")
	root := &shop{&things{Notes: &notes{}}}
	root.Things.Notes.things = root.Things
	v.Dial = func(testing.TB, http.RoundTripper, ...provider.Option) any { return root }
	var ops []string
	for _, m := range v.Methods(t, nil) {
		ops = append(ops, m.Op)
	}
	require.Subset(t, ops, []string{"Things.Create", "Things.List", "Things.Show", "Things.Notes.Get"})
}

func TestTap(t *testing.T) {
	v := vendor("")
	tap := v.Tap(clienttest.InTurn(clienttest.Reply{Status: 500}, clienttest.OK(`{"id": 5}`)))
	m := v.Method(t, tap, "Things.Show")
	require.ErrorIs(t, m.Run(t).Err, provider.ErrUnavailable)
	for range 2 {
		out := m.Call(t.Context(), int64(5))
		require.NoError(t, out.Err)
		require.Equal(t, []any{&thing{5}}, out.Values)
	}
	require.Equal(t, []string{"POST /thing.php", "POST /thing.php", "POST /thing.php"}, tap.Lines())
	sent := tap.Requests()[2]
	require.Equal(t, "5", sent.Form().Get("id"))
	require.Equal(t, "Things.Show", sent.Operation.Name)
	require.Equal(t, v.Rows[0], *v.RowOf(sent))
	sent.Header.Set("Content-Type", "application/json")
	require.Nil(t, sent.Form())
	require.Nil(t, v.RowOf(sent))
	tap.Forget()
	require.Empty(t, tap.Requests())
	tap.Base = "https://elsewhere.example"
	m.Run(t)
	require.Equal(t, []string{"POST !" + shopURL + "/thing.php"}, tap.Lines())
}

func TestTable(t *testing.T) {
	file := t.TempDir() + "/rows.tsv"
	require.NoError(t, os.WriteFile(file, []byte("a\tb\n1\t2\n3\t\n"), 0o600))
	require.Equal(t, []map[string]string{{"a": "1", "b": "2"}, {"a": "3", "b": ""}}, clienttest.Table(t, file, "a\tb"))
}

func TestSpellings(t *testing.T) {
	all := strings.Join(clienttest.Spellings(`a"<\ +é`), "\n")
	for _, want := range []string{`a"<\ +é`, `a\"\u003c\\ +é`, `a\"<\\ +é`, `a%22%3C%5C+%2B%C3%A9`, `a%22%3C%5C%20+%C3%A9`, `a&#34;&lt;\ +é`, `61223c5c202bc3a9`} {
		require.Contains(t, all, want)
	}
}
