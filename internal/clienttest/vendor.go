package clienttest

import (
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/fixture"
	"github.com/provkit/provkit/provider"
)

// Dial makes a client whose requests go through a transport. Retries and rate limits must be off
// unless the options switch them on; otherwise one failure would be several requests.
type Dial func(t testing.TB, transport http.RoundTripper, opts ...provider.Option) any

// Vendor is what the tests of one client supply. An API with several dialects has one Vendor for
// each.
type Vendor struct {
	// Kind is the provider.Error.Provider of the client's errors.
	Kind string
	// Base is the URL below which the paths of rows are. With a prefix in it, a client that loses
	// the prefix fails.
	Base string
	// Dial makes a pointer to a struct whose exported fields are the services.
	Dial Dial
	// Samples returns arguments that the client does not refuse: requests, values of its own types,
	// and replacements for the common ones (int64, string, bool, io.Writer, io.Reader). Each call
	// returns new ones.
	Samples func() []any
	// Args are arguments for one position of one method, counted from 1: "Leads.Export 2".
	Args map[string]any
	// Rows is the inventory.
	Rows []Row
	// Exchanges are the answers of a good server; paths are below Base. Those with a status of
	// failure are skipped. Failures with status 200 must not be among them.
	Exchanges []fixture.Exchange
	// Names are the fields of queries, forms and bodies that say which thing a request is about, as
	// the arguments of its path do: "id", "login_name".
	Names []string
	// Beside are methods that call others, with the reason. No check calls them.
	Beside map[string]string
	// Aside reports whether a request is auxiliary, such as a sign-in. Such requests always get a
	// good answer. nil is none.
	Aside func(op string, r Request) bool
	// Canaries are the secrets of the client, of samples and of answers. They should contain
	// characters that are escaped in JSON, HTML, URLs and Go.
	Canaries []string
	// Shown reports whether a result shows on purpose what the server said; nil is none.
	Shown func(value any) bool
}

// Tap returns a transport below the vendor's base.
func (v *Vendor) Tap(answer Answer) *Tap { return &Tap{Base: v.Base, Answer: answer} }

// Methods returns the exported methods of every service of a new client, except those in Beside.
func (v *Vendor) Methods(t testing.TB, transport http.RoundTripper, opts ...provider.Option) []Method {
	t.Helper()
	return v.methodsOf(t, v.Dial(t, transport, opts...))
}

// Method returns the method with a name, even one in Beside.
func (v *Vendor) Method(t testing.TB, transport http.RoundTripper, op string, opts ...provider.Option) Method {
	t.Helper()
	return v.methodOf(t, v.Dial(t, transport, opts...), op)
}

func (v *Vendor) methodOf(t testing.TB, client any, op string) Method {
	t.Helper()
	dot := strings.LastIndexByte(op, '.')
	var fn reflect.Value
	services(client, func(name string, service reflect.Value) {
		if dot > 0 && name == op[:dot] { // to list the methods of all services takes longer than most calls
			fn = service.MethodByName(op[dot+1:])
		}
	})
	require.True(t, fn.IsValid(), "no method %s", op)
	return Method{Op: op, fn: fn, vendor: v}
}

func (v *Vendor) methodsOf(t testing.TB, client any) []Method {
	t.Helper()
	beside := maps.Clone(v.Beside)
	methods := slices.DeleteFunc(v.allOf(client), func(m Method) bool {
		_, has := beside[m.Op]
		delete(beside, m.Op)
		return has
	})
	require.Empty(t, beside, "no such methods")
	require.NotEmpty(t, methods)
	return methods
}

func (v *Vendor) allOf(client any) []Method {
	var methods []Method
	services(client, func(name string, service reflect.Value) {
		for i := range service.NumMethod() {
			methods = append(methods, Method{Op: name + "." + service.Type().Method(i).Name, fn: service.Method(i), vendor: v})
		}
	})
	return methods
}

// Refused checks an error for bad input: it names these fields and no others, and nothing was sent.
func (v *Vendor) Refused(t testing.TB, tap *Tap, err error, fields ...string) {
	t.Helper()
	require.ErrorIs(t, err, provider.ErrInvalid)
	require.Empty(t, tap.Requests())
	e := AsError(t, err)
	require.Equal(t, v.Kind, e.Provider)
	require.NotEmpty(t, e.Op)
	require.NotEmpty(t, e.Action)
	require.ElementsMatch(t, fields, slices.Collect(maps.Keys(e.Fields)))
}

// CheckArguments calls every method with good arguments but one, which is each of those that wrong
// returns for its position, counted from 1. The method must refuse it and name a field before
// anything is sent. CheckArguments returns how many bad arguments there were.
func (v *Vendor) CheckArguments(t testing.TB, wrong func(m Method, place int, want reflect.Type) []any) int {
	t.Helper()
	tap := v.Tap(Always(OK(`{"id": 1}`)))
	count := 0
	for _, m := range v.Methods(t, tap) {
		for i := range m.NumArgs() {
			for _, value := range wrong(m, i+1, m.Arg(i)) {
				args := m.Args(t)
				args[i] = value
				err := m.Call(t.Context(), args...).Err
				require.ErrorIs(t, err, provider.ErrInvalid, "%s, argument %d: %v", m.Op, i+1, value)
				e := AsError(t, err)
				require.NotEmpty(t, e.Fields, "%s, argument %d: %v", m.Op, i+1, value)
				require.Equal(t, m.Op, e.Op)
				require.Empty(t, tap.Requests(), "%s, argument %d: %v", m.Op, i+1, value)
				count++
			}
		}
	}
	return count
}
