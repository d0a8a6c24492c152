package hestia_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/netip"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/hestia/hestiatest"
	"github.com/provkit/provkit/provider"
)

const (
	panelURL  = "https://panel.example.com:8083/below"
	keyID     = "ACCESSKEYADMIN000000"
	keySecret = "SECRETKEYADMINSECRETSECRETSECRETSECRETSE"
	legacyKey = "SECRETHASHSECRETHASHSECRETHASH00"
)

// answer is an answer of a panel.
type answer struct {
	status int
	header map[string]string
	body   string
	err    error
}

// done is the answer to a change through an access key.
func done() answer { return exit(0, http.StatusNoContent, "") }

// exit is the answer of the engine for access keys.
func exit(code, status int, body string) answer {
	return answer{status: status, header: map[string]string{"Hestia-Exit-Code": strconv.Itoa(code)}, body: body}
}

// legacy is the answer of the other engine.
func legacy(body string) answer { return answer{status: http.StatusOK, body: body} }

// panel is a transport that records what is sent and answers in turn, repeating the last answer.
type panel struct {
	mu      sync.Mutex
	answers []answer
	forms   []url.Values
	paths   []string
}

func (p *panel) RoundTrip(req *http.Request) (*http.Response, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, err
	}
	p.forms = append(p.forms, form)
	p.paths = append(p.paths, req.Method+" "+req.URL.EscapedPath())
	a := p.answers[min(len(p.forms), len(p.answers))-1]
	if a.err != nil {
		return nil, a.err
	}
	resp := &http.Response{
		StatusCode: a.status, ProtoMajor: 1, ProtoMinor: 1, Header: make(http.Header),
		Body: io.NopCloser(bytes.NewReader([]byte(a.body))), ContentLength: int64(len(a.body)), Request: req,
	}
	for name, value := range a.header {
		resp.Header.Set(name, value)
	}
	return resp, nil
}

func (p *panel) sent() url.Values {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.forms) == 0 {
		return nil
	}
	return p.forms[len(p.forms)-1]
}

func (p *panel) calls() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.forms)
}

// args returns the arguments of a form in order.
func args(form url.Values) []string {
	var list []string
	for i := 1; form.Has("arg" + strconv.Itoa(i)); i++ {
		list = append(list, form.Get("arg"+strconv.Itoa(i)))
	}
	return list
}

func newPanel(answers ...answer) *panel { return &panel{answers: answers} }

func dial(t testing.TB, p http.RoundTripper, auth hestia.Auth, opts ...provider.Option) *hestia.Client {
	t.Helper()
	opts = append([]provider.Option{
		provider.WithHTTPClient(&http.Client{Transport: p}),
		provider.WithRetry(provider.Retry{MinWait: time.Microsecond, MaxWait: time.Microsecond}),
	}, opts...)
	c, err := hestia.New(panelURL, auth, opts...)
	require.NoError(t, err)
	return c
}

func withKey(t testing.TB, p http.RoundTripper, opts ...provider.Option) *hestia.Client {
	t.Helper()
	return dial(t, p, hestia.AccessKey(keyID, provider.NewSecret(keySecret)), opts...)
}

// methodsOf returns the methods of a client's services by operation: "Users.Add".
func methodsOf(c *hestia.Client) map[string]reflect.Value {
	methods := make(map[string]reflect.Value)
	v := reflect.ValueOf(c).Elem()
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if !field.IsExported() {
			continue
		}
		service := v.Field(i)
		for j := range service.NumMethod() {
			methods[field.Name+"."+service.Type().Method(j).Name] = service.Method(j)
		}
	}
	return methods
}

var (
	typeContext = reflect.TypeFor[context.Context]()
	typeAddr    = reflect.TypeFor[netip.Addr]()
	typeLimit   = reflect.TypeFor[hestia.Limit]()
	typeTime    = reflect.TypeFor[time.Time]()
	typeSecret  = reflect.TypeFor[provider.Secret]()
)

// build returns a method's arguments. It calls next for one value after the other, in the order of
// the command's arguments: the parameters, then the options.
func build(ctx context.Context, method reflect.Type, next func(reflect.Type) reflect.Value) []reflect.Value {
	var in []reflect.Value
	var variadic reflect.Type
	for i := range method.NumIn() {
		t := method.In(i)
		switch {
		case t == typeContext:
			in = append(in, reflect.ValueOf(ctx))
		case method.IsVariadic() && i == method.NumIn()-1:
			variadic = t
		case t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct:
			request := reflect.New(t.Elem())
			for j := range t.Elem().NumField() {
				request.Elem().Field(j).Set(next(t.Elem().Field(j).Type))
			}
			in = append(in, request)
		default:
			in = append(in, next(t))
		}
	}
	if variadic != nil {
		list := next(variadic)
		for i := range list.Len() {
			in = append(in, list.Index(i))
		}
	}
	return in
}

// call performs a method and returns its value and error. A sequence is read to its end, into a
// slice.
func call(method reflect.Value, in []reflect.Value) (any, error) {
	out := method.Call(in)
	last := out[len(out)-1]
	if last.Kind() == reflect.Func { // iter.Seq2[*T, error]
		things := reflect.MakeSlice(reflect.SliceOf(last.Type().In(0).In(0)), 0, 4)
		var failed error
		yield := reflect.MakeFunc(last.Type().In(0), func(pair []reflect.Value) []reflect.Value {
			if err, _ := reflect.TypeAssert[error](pair[1]); err != nil {
				failed = err
			} else {
				things = reflect.Append(things, pair[0])
			}
			return []reflect.Value{reflect.ValueOf(true)}
		})
		last.Call([]reflect.Value{yield})
		return things.Interface(), failed
	}
	err, _ := reflect.TypeAssert[error](last)
	if len(out) == 1 {
		return nil, err
	}
	return out[0].Interface(), err
}

// parse returns a value of a Go type from an argument's text: the reverse of what the client does.
func parse(t reflect.Type, text string) (reflect.Value, error) {
	v := reflect.New(t).Elem()
	switch {
	case t == typeAddr:
		if text == "" {
			return v, nil
		}
		a, err := netip.ParseAddr(text)
		v.Set(reflect.ValueOf(a))
		return v, err
	case t == typeLimit:
		if text == "unlimited" {
			v.Set(reflect.ValueOf(hestia.NoLimit()))
			return v, nil
		}
		n, err := strconv.ParseInt(text, 10, 64)
		v.Set(reflect.ValueOf(hestia.LimitOf(n)))
		return v, err
	case t == typeSecret:
		return reflect.ValueOf(provider.NewSecret(text)), nil
	case t == typeTime:
		day, err := time.Parse(time.DateOnly, text)
		v.Set(reflect.ValueOf(day))
		return v, err
	}
	switch t.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		if !slices.Contains([]string{"", "yes", "no"}, text) {
			return v, fmt.Errorf("%q is neither yes nor no", text)
		}
		v.SetBool(text == "yes")
	case reflect.Int64, reflect.Int:
		if text == "" {
			return v, nil
		}
		n, err := strconv.ParseInt(text, 10, 64)
		v.SetInt(n)
		return v, err
	case reflect.Slice:
		if text != "" {
			v.Set(reflect.ValueOf(strings.Split(text, ",")))
		}
	case reflect.Pointer:
		if text == "" && t.Elem().Kind() != reflect.String {
			return v, nil
		}
		inner, err := parse(t.Elem(), text)
		if err != nil {
			return v, err
		}
		v.Set(reflect.New(t.Elem()))
		v.Elem().Set(inner)
	default:
		return v, fmt.Errorf("no value of type %v", t)
	}
	return v, nil
}

// collect reads a sequence to its end.
func collect[T any](seq iter.Seq2[*T, error]) ([]*T, error) {
	var all []*T
	for thing, err := range seq {
		if err != nil {
			return all, err
		}
		all = append(all, thing)
	}
	return all, nil
}

// problemsOf returns what an error says about fields.
func problemsOf(t testing.TB, err error) map[string]string {
	t.Helper()
	var e *provider.Error
	require.ErrorAs(t, err, &e)
	return e.Fields
}

// forbiddenCommands counts the commands that an emulated panel has refused to a key.
func forbiddenCommands(srv *hestiatest.Server) map[string]int {
	counts := make(map[string]int)
	for _, r := range srv.Faults.Requests() {
		if form, _ := url.ParseQuery(string(r.Body)); r.Status == http.StatusUnauthorized {
			counts[form.Get("cmd")]++
		}
	}
	return counts
}
