package keyhelp_test

import (
	"context"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/fixture"
	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/provider"
)

// row is a line of the API's inventory.
type row struct {
	n            int
	method, path string
	dialect      string
	operations   []string
	pathPattern  *regexp.Regexp
}

func (r row) in(d keyhelp.Dialect) bool { return r.dialect == "both" || r.dialect == string(d) }

var (
	placeholders    = regexp.MustCompile(`\\\{[^}]*\\\}`) // in a quoted pattern
	placeholderPath = regexp.MustCompile(`\{[^}]*\}`)
)

// inventory reads testdata/keyhelp/operations.tsv.
func inventory(t testing.TB) []row {
	t.Helper()
	text, err := os.ReadFile("../testdata/keyhelp/operations.tsv")
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	require.Equal(t, "n\tmethod\tpath\tdialect\tevidence\toperation", lines[0])
	var rows []row
	for i, line := range lines[1:] {
		cells := strings.Split(line, "\t")
		require.Len(t, cells, 6, line)
		n, err := strconv.Atoi(cells[0])
		require.NoError(t, err)
		require.Equal(t, i+1, n, "rows are numbered")
		require.Contains(t, []string{"both", "documented", "live"}, cells[3])
		pattern := placeholders.ReplaceAllString(regexp.QuoteMeta(cells[2]), "[^/]+")
		rows = append(rows, row{
			n: n, method: cells[1], path: cells[2], dialect: cells[3], operations: strings.Split(cells[5], ","),
			pathPattern: regexp.MustCompile("^" + pattern + "$"),
		})
	}
	return rows
}

// rowOf finds the row of a request, nil if the dialect has none.
func rowOf(rows []row, d keyhelp.Dialect, method, path string) *row {
	for i := range rows {
		if r := &rows[i]; r.in(d) && r.method == method && r.pathPattern.MatchString(path) {
			return r
		}
	}
	return nil
}

func exchangesOf(t testing.TB, d keyhelp.Dialect) []fixture.Exchange {
	t.Helper()
	exchanges, err := fixture.Load("../testdata/keyhelp/" + string(d) + ".jsonl")
	require.NoError(t, err)
	return exchanges
}

// goodAnswers is a panel that answers every request of its dialect well, with
// the answers of the fixtures, and everything else with 404.
func goodAnswers(t testing.TB, d keyhelp.Dialect) *wiretap {
	t.Helper()
	rows := inventory(t)
	answers := make(map[int]reply)
	for _, e := range exchangesOf(t, d) {
		r := rowOf(rows, d, e.Request.Method, strings.TrimPrefix(e.Request.Path, "/api/v2"))
		if r == nil || e.Response.Status/100 != 2 {
			continue
		}
		if _, have := answers[r.n]; !have {
			answers[r.n] = reply{status: e.Response.Status, body: string(e.Response.Bytes())}
		}
	}
	return &wiretap{answer: func(_ context.Context, s sentRequest) reply {
		if r := rowOf(rows, d, s.Method, s.Path); r != nil {
			return answers[r.n]
		}
		return reply{status: http.StatusNotFound, body: `{"error": "Endpoint not found"}`}
	}}
}

// method is an exported method of a service.
type method struct {
	op string
	fn reflect.Value
}

// methodsOf finds every exported method of every service, so that a new one is
// driven without being named anywhere.
func methodsOf(client *keyhelp.Client) []method {
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
	err error
	// values are the results beside the error.
	values []any
	list   bool
	// after tells that a sequence went on after its error.
	after bool
}

// empty reports whether there is nothing in the results.
func (o outcome) empty() bool {
	for _, v := range o.values {
		value := reflect.ValueOf(v)
		for value.Kind() == reflect.Pointer && !value.IsNil() {
			value = value.Elem()
		}
		if value.IsValid() && !value.IsZero() && (value.Kind() != reflect.Map || value.Len() > 0) {
			return false
		}
	}
	return true
}

// call performs the method with arguments by type, requests as the dialect takes
// them.
func (m method) call(t testing.TB, ctx context.Context, d keyhelp.Dialect) outcome { //nolint:revive // the test comes first
	t.Helper()
	return m.callWith(ctx, func(want reflect.Type) reflect.Value {
		request := sampleRequest(d, want)
		require.NotNil(t, request, "%s: sampleRequest knows no %v", m.op, want)
		return reflect.ValueOf(request)
	})
}

// callWith performs the method with the requests that a function gives.
func (m method) callWith(ctx context.Context, request func(reflect.Type) reflect.Value) outcome {
	signature := m.fn.Type()
	args := []reflect.Value{reflect.ValueOf(ctx)}
	for i := 1; i < signature.NumIn(); i++ {
		switch want := signature.In(i); want.Kind() {
		case reflect.Int64:
			args = append(args, reflect.ValueOf(int64(17)))
		case reflect.String:
			args = append(args, reflect.ValueOf("name.example"))
		default:
			args = append(args, request(want))
		}
	}
	var out outcome
	for _, result := range m.fn.Call(args) {
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

// secrets are what sampleRequest puts into requests. They hold characters that are
// escaped in JSON, URLs and Go.
var secrets = []provider.Secret{`canary "Pass\w0rd" <&> 7`, `$6$canary/hash$x"y`, "-----BEGIN KEY-----\ncanary/key+==\n-----END KEY-----\n"}

// sampleRequest returns a request of a type that a panel would accept, with as many
// fields as the dialect has. nil for types that it does not know.
func sampleRequest(d keyhelp.Dialect, want reflect.Type) any {
	password, hash, key := secrets[0], secrets[1], secrets[2]
	live := d == keyhelp.DialectLive
	when := time.Date(2030, 1, 2, 0, 0, 0, 0, time.UTC)
	var known []any
	client := &keyhelp.ClientCreateRequest{LoginName: "name", Password: password, Email: "a@b.example", DisplayName: "A B", HostingPlanID: 2}
	update := &keyhelp.ClientUpdateRequest{Password: &password, Locked: provider.Ptr(true)}
	domain := &keyhelp.DomainCreateRequest{ClientID: 17, Name: "name.example"}
	if live {
		client.SuspendOn, client.Contact, client.Notes = &when, &keyhelp.ContactData{City: "Jena"}, "n"
		update.Notes, update.DeleteOn = provider.Ptr("n"), &when
		domain.ParentID, domain.DeleteOn = 3, &when
		domain.Target, domain.Security = &keyhelp.DomainTarget{Target: "/"}, &keyhelp.DomainSecurity{LetsEncrypt: true}
	}
	known = append(known, client, update, domain,
		&keyhelp.ListOptions{Sort: "id", Order: "asc"},
		&keyhelp.DomainUpdateRequest{Disabled: provider.Ptr(true)},
		&keyhelp.ZoneUpdateRequest{Records: &keyhelp.ZoneRecords{Other: []keyhelp.DNSRecord{{Host: "@", TTL: 60, Type: "A", Value: "192.0.2.1"}}}},
		&keyhelp.CertificateCreateRequest{Name: "name", PrivateKey: key, Certificate: "public"},
		&keyhelp.CertificateUpdateRequest{PrivateKey: &key, Certificate: provider.Ptr("public")},
		&keyhelp.DatabaseCreateRequest{ClientID: 17, Name: "db", Username: "dbu", Password: password},
		&keyhelp.EmailCreateRequest{ClientID: 17, Address: "a@b.example", PasswordHash: hash, MaxSize: 1},
		&keyhelp.FTPUserCreateRequest{ClientID: 17, Username: "ftp", HomeDirectory: "/www", Password: password},
		&keyhelp.DirectoryProtectionCreateRequest{ClientID: 17, Path: "p/", AuthName: "a", Username: "u", PasswordHash: hash},
		&keyhelp.HostingPlanCreateRequest{Name: "plan", Resources: &keyhelp.PlanResources{Domains: provider.Ptr(int64(1))}},
		&keyhelp.HostingPlanUpdateRequest{Name: provider.Ptr("plan")},
		&keyhelp.AdminCreateRequest{Username: "ops", Email: "a@b.example", Password: password},
		&keyhelp.AdminUpdateRequest{Password: &password},
	)
	for _, request := range known {
		if reflect.TypeOf(request) == want {
			return request
		}
	}
	return nil
}

// named returns the method of a name.
func named(client *keyhelp.Client, op string) method {
	methods := methodsOf(client)
	return methods[slices.IndexFunc(methods, func(m method) bool { return m.op == op })]
}
