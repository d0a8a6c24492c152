package licenseserver_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/fixture"
	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/provider"
)

// row is a line of the API's inventory.
type row struct {
	method, path, auth string
	operations         []string
	pattern            *regexp.Regexp
}

var placeholders = regexp.MustCompile(`\\\{[^}]*\\\}`) // in a quoted pattern

// inventory reads testdata/licenseserver/operations.tsv. The row without a path is that
// of the search, whose path is configured.
func inventory(t testing.TB) []row {
	t.Helper()
	text, err := os.ReadFile("../testdata/licenseserver/operations.tsv")
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	require.Equal(t, "category\tmethod\tpath\tauth\tscope\tsummary\tstatus\tsource\toperation", lines[0])
	var rows []row
	for _, line := range lines[1:] {
		cells := strings.Split(line, "\t")
		require.Len(t, cells, 9, line)
		require.Contains(t, []string{"public", "key", "session"}, cells[3])
		path := cells[2]
		if path == "-" {
			path = "/api/search"
		}
		rows = append(rows, row{
			method: cells[1], path: path, auth: cells[3], operations: strings.Split(cells[8], ","),
			pattern: regexp.MustCompile("^" + placeholders.ReplaceAllString(regexp.QuoteMeta(path), "[^/]+") + "$"),
		})
	}
	return rows
}

// rowOf finds the row of a request, the one with the fewest placeholders first; -1 if
// there is none.
func rowOf(rows []row, method, path string) int {
	found := -1
	for i, r := range rows {
		if r.method == method && r.pattern.MatchString(path) && (found < 0 || strings.Count(r.path, "{") < strings.Count(rows[found].path, "{")) {
			found = i
		}
	}
	return found
}

func exchanges(t testing.TB) []fixture.Exchange {
	t.Helper()
	all, err := fixture.Load("../testdata/licenseserver/documented.jsonl")
	require.NoError(t, err)
	return all
}

// goodAnswers is a server that answers every request well, with the answers of the
// fixtures, and everything else with 404.
func goodAnswers(t testing.TB) *wiretap {
	t.Helper()
	rows := inventory(t)
	answers := make(map[int]reply)
	for _, e := range exchanges(t) {
		i := rowOf(rows, e.Request.Method, e.Request.Path)
		if i < 0 || e.Response.Status >= 400 {
			continue
		}
		if _, have := answers[i]; !have {
			header := make(http.Header)
			for name, value := range e.Response.Header {
				header.Set(name, value)
			}
			answers[i] = reply{status: e.Response.Status, body: string(e.Response.Bytes()), header: header}
		}
	}
	return &wiretap{answer: func(_ context.Context, s sentRequest) reply {
		if answer, have := answers[rowOf(rows, s.Method, s.Path)]; have {
			return answer
		}
		return reply{status: http.StatusNotFound, body: `{"error": "Not found", "code": "NOT_FOUND", "status": 404}`}
	}}
}

// method is an exported method of a service.
type method struct {
	op string
	fn reflect.Value
}

// methodsOf finds every exported method of every service, so that a new one is driven
// without being named anywhere.
func methodsOf(client *licenseserver.Client) []method {
	var methods []method
	services := reflect.ValueOf(client).Elem()
	for i := range services.NumField() {
		field := services.Type().Field(i)
		if !field.IsExported() {
			continue
		}
		service := services.Field(i)
		for j := range service.NumMethod() {
			methods = append(methods, method{op: field.Name + "." + service.Type().Method(j).Name, fn: service.Method(j)})
		}
	}
	return methods
}

// outcome is what a method returned, or yielded until its first error.
type outcome struct {
	err    error
	values []any // the results beside the error
	list   bool
	after  bool // a sequence went on after its error
}

// empty reports whether there is nothing in the results.
func (o outcome) empty() bool {
	for _, v := range o.values {
		if value := reflect.ValueOf(v); value.IsValid() && !value.IsZero() {
			return false
		}
	}
	return true
}

// call performs the method with good arguments by type.
func (m method) call(t testing.TB, ctx context.Context) outcome { //nolint:revive // the test comes first
	t.Helper()
	return m.callWith(t, ctx, -1, nil)
}

// callWith performs the method with one argument replaced.
func (m method) callWith(t testing.TB, ctx context.Context, position int, wrong any) outcome { //nolint:revive // as above
	t.Helper()
	signature := m.fn.Type()
	args := []reflect.Value{reflect.ValueOf(ctx)}
	for i := 1; i < signature.NumIn(); i++ {
		want := signature.In(i)
		value := sample(want)
		require.NotNil(t, value, "%s: sample knows no %v", m.op, want)
		if m.op == "Leads.Export" && want.Kind() == reflect.Int64 {
			value = int64(1 << 20)
		}
		if i == position {
			if value = wrong; value == nil {
				args = append(args, reflect.Zero(want))
				continue
			}
		}
		args = append(args, reflect.ValueOf(value))
	}
	results := m.fn.Call
	if signature.IsVariadic() {
		results = m.fn.CallSlice
	}
	var out outcome
	for _, result := range results(args) {
		switch {
		case result.Kind() == reflect.Func:
			out.list = true
			for element, err := range result.Seq2() {
				out.after = out.after || out.err != nil
				if e, isErr := err.Interface().(error); isErr {
					out.err = e
				} else {
					out.values = append(out.values, element.Interface())
				}
			}
		case result.Type() == reflect.TypeFor[error]():
			out.err, _ = result.Interface().(error)
		default:
			out.values = append(out.values, result.Interface())
		}
	}
	return out
}

// canarySecret is what sample puts where a license key or a token is due. It holds
// characters that are escaped in JSON, URLs and Go.
const canarySecret = `canary"Key\w0rd<&>/+=7`

// sample returns a good value of a type, nil for types that it does not know.
func sample(want reflect.Type) any {
	when := time.Date(2030, 1, 2, 0, 0, 0, 0, time.UTC)
	key := provider.Secret(canarySecret)
	for _, value := range []any{
		int64(17), "name.example", key, []int64{17, 18}, map[string]any{"note": "x"}, url.Values{"name": {"x"}},
		&licenseserver.ActivateRequest{LicenseKey: key, HardwareHash: "hash", MachineName: "pc"},
		&licenseserver.VerifyRequest{LicenseKey: key, HardwareHash: "hash"},
		&licenseserver.QuickEditRequest{ValidUntil: &when, MaxUsers: provider.Ptr(int64(0))},
		&licenseserver.SessionStartRequest{LicenseKey: key, MachineID: "pc"},
		&licenseserver.RegisterDeviceRequest{HardwareHash: "hash"},
		&licenseserver.AllocateRequest{LicenseID: 17, ResourceIDs: []int64{1}},
		&licenseserver.SearchRequest{Query: canarySecret},
		&licenseserver.InstitutionsOptions{Search: "x"},
		&licenseserver.ContactDetailRequest{Type: "email", Value: "a@b.example"},
	} {
		if reflect.TypeOf(value) == want {
			return value
		}
	}
	switch want {
	case reflect.TypeFor[io.Writer]():
		return io.Discard
	case reflect.TypeFor[io.Reader]():
		return strings.NewReader("file")
	}
	return nil
}

// calledOp returns the method of a name.
func calledOp(client *licenseserver.Client, op string) method {
	methods := methodsOf(client)
	return methods[slices.IndexFunc(methods, func(m method) bool { return m.op == op })]
}
