package clienttest

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/fixture"
	"github.com/provkit/provkit/provider"
)

// Row is an operation of the API, with the requests that belong to it.
type Row struct {
	Method string
	// Path is the path below Vendor.Base, with {name} for what varies within a segment.
	Path string
	// Form are fields in the form of a request, if a path has several operations: {"action":
	// "show"}.
	Form map[string]string
	// Route is the route that observers get; "" is Path.
	Route string
	// Reads is set if the operation changes nothing.
	Reads bool
	// Operations are the methods that reach it, in any order.
	Operations []string
}

func (r Row) String() string {
	var text strings.Builder
	text.WriteString(r.Method + " " + r.Path)
	for _, name := range slices.Sorted(maps.Keys(r.Form)) {
		text.WriteString(" " + name + "=" + r.Form[name])
	}
	return text.String()
}

var placeholders = regexp.MustCompile(`\\\{[^}]*\\\}`) // in a quoted pattern

func (r Row) pattern() *regexp.Regexp {
	return regexp.MustCompile("^" + placeholders.ReplaceAllString(regexp.QuoteMeta(r.Path), "[^/]+") + "$")
}

// arguments is pattern with a group for each placeholder.
func (r Row) arguments() *regexp.Regexp {
	return regexp.MustCompile("^" + placeholders.ReplaceAllString(regexp.QuoteMeta(r.Path), "([^/]+)") + "$")
}

// Table reads a file of columns, whose first line must be header, and returns each line as a map by
// the names of the columns.
func Table(t testing.TB, path, header string) []map[string]string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	require.Equal(t, header, lines[0])
	names := strings.Split(header, "\t")
	var rows []map[string]string
	for _, line := range lines[1:] {
		cells := strings.Split(line, "\t")
		require.Len(t, cells, len(names), line)
		row := make(map[string]string, len(names))
		for i, name := range names {
			row[name] = cells[i]
		}
		rows = append(rows, row)
	}
	require.NotEmpty(t, rows, path)
	return rows
}

// finder finds the row of a request.
type finder struct {
	rows     []Row
	patterns []*regexp.Regexp
}

func newFinder(rows []Row) *finder {
	f := &finder{rows: rows}
	for _, r := range rows {
		f.patterns = append(f.patterns, r.pattern())
	}
	return f
}

// find returns the index of the row with the fewest placeholders; -1 if there is none.
func (f *finder) find(method, path string, form url.Values) int {
	found := -1
	for i, r := range f.rows {
		if r.Method != method || !f.patterns[i].MatchString(path) || !holds(form, r.Form) {
			continue
		}
		if found < 0 || strings.Count(r.Path, "{") < strings.Count(f.rows[found].Path, "{") {
			found = i
		}
	}
	return found
}

func holds(form url.Values, want map[string]string) bool {
	for name, value := range want {
		if form.Get(name) != value {
			return false
		}
	}
	return true
}

func (f *finder) request(r Request) int { return f.find(r.Method, r.Path, r.Form()) }

func (f *finder) exchange(e fixture.Exchange) int {
	return f.find(e.Request.Method, e.Request.Path, url.Values(e.Request.Form))
}

// RowOf returns the row of a request: the one with the fewest placeholders; nil if there is none.
func (v *Vendor) RowOf(r Request) *Row {
	if i := newFinder(v.Rows).request(r); i >= 0 {
		return &v.Rows[i]
	}
	return nil
}

// Good returns a server that answers every request with the first good exchange of its row, as if
// that had been about what the request names, and all others with 404. It prefers an exchange that
// names as much as the request: a form with an ID may mean something else than one without.
func (v *Vendor) Good() Answer {
	rows := newFinder(v.Rows)
	exchanges := make(map[int][]fixture.Exchange)
	for _, e := range v.good() {
		i := rows.exchange(e)
		exchanges[i] = append(exchanges[i], e)
	}
	return func(_ context.Context, r Request) Reply {
		i := rows.request(r)
		if i < 0 || len(exchanges[i]) == 0 {
			return Reply{Status: http.StatusNotFound, Body: `{"error": "Not found"}`}
		}
		places := v.namedBy(v.Rows[i], r)
		e := exchanges[i][0]
		for _, other := range exchanges[i] {
			if samePlaces(places, v.namedIn(v.Rows[i], other)) {
				e = other
				break
			}
		}
		return v.inPlaceOf(v.Rows[i], e, r)
	}
}

// good returns the exchanges with a status of success.
func (v *Vendor) good() []fixture.Exchange {
	return slices.DeleteFunc(slices.Clone(v.Exchanges), func(e fixture.Exchange) bool { return e.Response.Status >= 400 })
}

// Use is what a method did against a good server.
type Use struct {
	Method
	Row  *Row
	Sent Request
}

// Uses performs every method once against a good server and returns those that are supported: the
// others fail with provider.ErrUnsupported and send nothing. Each must succeed with one request,
// which belongs to a row.
func (v *Vendor) Uses(t testing.TB) []Use {
	t.Helper()
	rows := newFinder(v.Rows)
	tap := v.Tap(v.Good())
	var all []Use
	for _, m := range v.Methods(t, tap) {
		tap.Forget()
		out := m.Run(t)
		sent := slices.DeleteFunc(tap.Requests(), func(r Request) bool { return v.Aside != nil && v.Aside(m.Op, r) })
		if errors.Is(out.Err, provider.ErrUnsupported) {
			require.Empty(t, sent, "%s is unsupported, but sent something", m.Op)
			continue
		}
		require.NoError(t, out.Err, m.Op)
		require.Len(t, sent, 1, "%s sends one request", m.Op)
		i := rows.request(sent[0])
		require.GreaterOrEqual(t, i, 0, "%s sends %s %s, which the API does not have", m.Op, sent[0].Method, sent[0].Path)
		all = append(all, Use{m, &v.Rows[i], sent[0]})
	}
	return all
}

// CheckInventory calls every method against a good server. Each sends one request, of a row that
// names the method, and observers get the row's route; each row is reached by all the methods that
// it names. An unsupported method sends nothing and reaches nothing. each, if not nil, gets every
// use, such as to check its credentials.
func (v *Vendor) CheckInventory(t testing.TB, each func(u Use)) {
	t.Helper()
	reached := make(map[*Row][]string)
	uses := v.Uses(t)
	for _, u := range uses {
		reached[u.Row] = append(reached[u.Row], u.Op)
		route := u.Row.Route
		if route == "" {
			route = u.Row.Path
		}
		require.Equal(t, provider.Operation{Provider: v.Kind, Name: u.Op, Method: u.Row.Method, Route: route}, u.Sent.Operation)
		if each != nil {
			each(u)
		}
	}
	require.NotEmpty(t, v.Rows)
	for i := range v.Rows {
		r := &v.Rows[i]
		require.NotEmpty(t, r.Operations, "%v has no method", r)
		require.ElementsMatch(t, r.Operations, reached[r], "%v", r)
	}
	t.Logf("%d of %d rows by %d methods", len(reached), len(v.Rows), len(uses))
}

// CheckExchanges requires a good exchange for every row, and a row for every good exchange.
func (v *Vendor) CheckExchanges(t testing.TB) {
	t.Helper()
	rows := newFinder(v.Rows)
	covered := make(map[int]bool)
	for _, e := range v.good() {
		i := rows.exchange(e)
		require.GreaterOrEqual(t, i, 0, "%s is an exchange of no row", e.Name)
		covered[i] = true
	}
	for i, r := range v.Rows {
		require.True(t, covered[i], "no good exchange of %v", r)
	}
}
