package clienttest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
)

// Method is an exported method of a service of a client. Its first parameter is the context;
// arguments are counted without it.
type Method struct {
	// Op is the name of the service and the method: "Clients.Create", or "Clients.Notes.List" for a
	// service of a service.
	Op string

	fn     reflect.Value
	vendor *Vendor
}

// NumArgs returns how many arguments there are after the context.
func (m Method) NumArgs() int { return m.fn.Type().NumIn() - 1 }

// Arg returns the type of an argument; a variadic one is a slice.
func (m Method) Arg(i int) reflect.Type { return m.fn.Type().In(i + 1) }

// Results returns how many results there are besides the error. A sequence is one.
func (m Method) Results() int {
	n := m.fn.Type().NumOut()
	if n > 0 && m.fn.Type().Out(n-1) == reflect.TypeFor[error]() {
		n--
	}
	return n
}

// Args returns good arguments: Vendor.Args of this position, or the Vendor.Samples of the type, or
// else a value that every vendor accepts. They are new, so the test may change them.
func (m Method) Args(t testing.TB) []any {
	t.Helper()
	var samples []any
	if m.vendor.Samples != nil {
		samples = m.vendor.Samples()
	}
	samples = append(samples, int64(17), "name.example", true, io.Discard, strings.NewReader("file"))
	args := make([]any, m.NumArgs())
	for i := range args {
		if value, own := m.vendor.Args[fmt.Sprintf("%s %d", m.Op, i+1)]; own {
			args[i] = value
			continue
		}
		value, have := sampleOf(samples, m.Arg(i))
		require.True(t, have, "%s: no sample of %v", m.Op, m.Arg(i))
		args[i] = value
	}
	return args
}

// sampleOf returns the first value of a type, or one that implements it.
func sampleOf(samples []any, want reflect.Type) (any, bool) {
	for _, value := range samples {
		if reflect.TypeOf(value) == want {
			return value, true
		}
	}
	if want.Kind() == reflect.Interface && want.NumMethod() > 0 {
		for _, value := range samples {
			if reflect.TypeOf(value).Implements(want) {
				return value, true
			}
		}
	}
	return nil, false
}

// patience is how long a method may take although nothing makes it wait, so that one that polls
// forever does not block all tests.
const patience = 5 * time.Minute

// Run performs the method with good arguments, under a deadline.
func (m Method) Run(t testing.TB) Outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	return m.Call(ctx, m.Args(t)...)
}

// endless is how many elements of a sequence are too many for a test.
const endless = 100_000

// Call performs the method. nil is the zero value of an argument's type. A sequence is read to its
// end.
func (m Method) Call(ctx context.Context, args ...any) Outcome {
	defer func() {
		if p := recover(); p != nil {
			panic(fmt.Sprintf("%s: %v", m.Op, p))
		}
	}()
	in := []reflect.Value{reflect.ValueOf(ctx)}
	for i, arg := range args {
		if arg == nil {
			in = append(in, reflect.Zero(m.Arg(i)))
			continue
		}
		in = append(in, reflect.ValueOf(arg))
	}
	call := m.fn.Call
	if m.fn.Type().IsVariadic() {
		call = m.fn.CallSlice
	}
	var out Outcome
	for _, result := range call(in) {
		switch {
		case result.Type() == reflect.TypeFor[error]():
			out.Err, _ = reflect.TypeAssert[error](result)
		case result.Kind() == reflect.Func && result.Type().CanSeq2():
			out.List = true
			out.read(result)
		default:
			out.Values = append(out.Values, result.Interface())
		}
	}
	return out
}

// Outcome is what a method returned or yielded.
type Outcome struct {
	Err error
	// Values are the results besides the error, or the elements of a sequence.
	Values []any
	// List is set if the method returned a sequence.
	List bool
	// After is set if the sequence continued after its error.
	After bool
}

func (o *Outcome) read(sequence reflect.Value) {
	for element, failed := range sequence.Seq2() {
		o.After = o.After || o.Err != nil
		if err, _ := reflect.TypeAssert[error](failed); err != nil {
			o.Err = err
			if !element.IsZero() {
				o.Values = append(o.Values, element.Interface())
			}
		} else {
			o.Values = append(o.Values, element.Interface())
		}
		if o.After || len(o.Values) >= endless {
			break
		}
	}
	if len(o.Values) >= endless {
		o.Err = errors.New("clienttest: the sequence does not end")
	}
}

// Empty reports whether there is nothing in the results.
func (o Outcome) Empty() bool {
	for _, v := range o.Values {
		if value := reflect.ValueOf(v); value.IsValid() && !value.IsZero() {
			return false
		}
	}
	return true
}

// services yields the services of a client, which are what its exported fields point to, and the
// services of those, with their names.
func services(client any, yield func(name string, service reflect.Value)) {
	seen := make(map[uintptr]bool)
	var walk func(prefix string, holder reflect.Value)
	walk = func(prefix string, holder reflect.Value) {
		if holder.Kind() != reflect.Pointer || holder.IsNil() || holder.Elem().Kind() != reflect.Struct || seen[holder.Pointer()] {
			return
		}
		seen[holder.Pointer()] = true
		if prefix != "" {
			yield(prefix, holder)
			prefix += "."
		}
		for i := range holder.Elem().NumField() {
			if field := holder.Elem().Type().Field(i); field.IsExported() {
				walk(prefix+field.Name, holder.Elem().Field(i))
			}
		}
	}
	walk("", reflect.ValueOf(client))
}

// AsError returns the *provider.Error that every failure must be.
func AsError(t testing.TB, err error) *provider.Error {
	t.Helper()
	var e *provider.Error
	require.ErrorAs(t, err, &e)
	return e
}
