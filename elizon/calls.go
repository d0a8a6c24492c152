package elizon

import (
	"context"
	"io"
	"iter"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

const statusNoContent = http.StatusNoContent

// request is a call being built: its target, its content, and the problems found in it. Every
// function that sends it (fetch, unknown, done, all, pages, download) refuses a request with
// problems before any I/O.
type request struct {
	c        *Client
	op       operation
	call     rest.Call
	query    url.Values
	problems provider.Problems
}

// ask begins a request. The arguments fill the placeholders of the route, whose names appear in
// problems.
func (c *Client) ask(op operation, args ...string) *request {
	r := &request{c: c, op: op}
	names := placesOf(op.Route)
	for i, arg := range args {
		if i < len(names) {
			r.problems.Word(names[i], arg)
		}
	}
	r.call.Args = args
	if len(args) > 0 {
		r.call.Subject = strconv.Quote(strings.Join(args, "/"))
	}
	if len(args) > 0 && (strings.HasSuffix(op.Route, "}") || strings.HasSuffix(op.Route, "/details")) {
		r.call.About.ID = args[len(args)-1] // otherwise the answer is about a part of it
	}
	return r
}

// placesOf returns the names in braces of a route.
func placesOf(route string) (names []string) {
	for {
		_, rest, found := strings.Cut(route, "{")
		if !found {
			return names
		}
		name, after, _ := strings.Cut(rest, "}")
		names, route = append(names, name), after
	}
}

// with sends a request type as the body. nil is refused.
func (r *request) with(body any) *request {
	r.encode(body, false)
	return r
}

// changing is with for a partial update: a body without any field is refused.
func (r *request) changing(body any) *request {
	r.encode(body, true)
	return r
}

func (r *request) encode(body any, change bool) {
	if reflect.ValueOf(body).IsNil() {
		r.problems.Add("request", "nil")
		return
	}
	var e wire.Encoder
	fields := e.Fields(body)
	r.problems.NoteAll("", e.Problems)
	if change && len(fields) == 0 && len(e.Problems) == 0 {
		r.problems.Add("request", "changes nothing")
	}
	r.call.Body = fields
	r.call.Secrets = append(r.call.Secrets, e.Secrets...)
}

// body sends fields as they are, with the values of the secrets among them. nil sends an empty object.
func (r *request) body(fields map[string]any) *request {
	if fields == nil {
		fields = map[string]any{}
	}
	r.call.Body = fields
	return r
}

// arg adds to the query unless the value is empty.
func (r *request) arg(name, value string) *request {
	if value != "" {
		if r.query == nil {
			r.query = make(url.Values)
		}
		r.query.Set(name, value)
	}
	return r
}

// args adds to the query as it is.
func (r *request) args(query url.Values) *request {
	for name, values := range query {
		if r.query == nil {
			r.query = make(url.Values)
		}
		r.query[name] = values
	}
	return r
}

// require refuses an empty text.
func (r *request) require(field, value string) *request {
	r.problems.Required(field, value)
	return r
}

// id is an identifier in the query.
func (r *request) id(name, field, value string) *request {
	return r.subject(field, value).arg(name, value)
}

// subject names what a request is about if the path does not.
func (r *request) subject(field, id string) *request {
	r.problems.Word(field, id)
	r.call.Subject = strconv.Quote(id)
	return r
}

// problem notes what is wrong with a field.
func (r *request) problem(field, format string, args ...any) *request {
	r.problems.Add(field, format, args...)
	return r
}

// hide keeps values of this call out of errors and dumps.
func (r *request) hide(secrets ...provider.Secret) *request {
	r.call.Secrets = append(r.call.Secrets, secrets...)
	return r
}

// send performs the request. The call is copied, so that a list can be read again.
func (r *request) send(ctx context.Context, adjust func(*rest.Call)) error {
	if err := r.problems.Err(Kind, r.op.Op, r.op.Verb); err != nil {
		return err
	}
	call := r.call
	if r.query != nil {
		call.Query = r.query
	}
	adjust(&call)
	return r.c.call(ctx, r.op, &call)
}

// fetch performs a request whose answer contains one thing: under one of the names, or, without
// names, next to "success".
func fetch[T any](ctx context.Context, r *request, names ...string) (*T, error) {
	d := &one[T]{names: names}
	if err := r.send(ctx, func(call *rest.Call) { call.Out = d }); err != nil {
		return nil, err
	}
	return d.out, nil
}

// maybeFetch is fetch for a thing that may be null or absent: then it returns nil, nil.
func maybeFetch[T any](ctx context.Context, r *request, name string) (*T, error) {
	d := &optional[T]{name: name}
	if err := r.send(ctx, func(call *rest.Call) { call.Out = d }); err != nil {
		return nil, err
	}
	return d.out, nil
}

// unknown performs a request whose answer is undocumented.
func unknown(ctx context.Context, r *request) (provider.Payload, error) {
	var d unread
	if err := r.send(ctx, func(call *rest.Call) { call.Out = &d }); err != nil {
		return provider.Payload{}, err
	}
	return d.data, nil
}

// performed performs an action on a service.
func performed(ctx context.Context, r *request) (*ActionResult, error) {
	var d action
	if err := r.send(ctx, func(call *rest.Call) { call.Out = &d }); err != nil {
		return nil, err
	}
	return d.out, nil
}

// done performs a request and needs no more of its answer than that it succeeded.
func done(ctx context.Context, r *request) error {
	_, err := unknown(ctx, r)
	return err
}

// all yields the elements of a list that has no pages, under one of the names.
func all[T any](ctx context.Context, r *request, names ...string) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		p := &page[T]{names: names}
		if err := r.send(ctx, func(call *rest.Call) { call.Out = p }); err != nil {
			yield(nil, err)
			return
		}
		p.rows.All()(yield)
	}
}

// Download describes a downloaded file.
type Download struct {
	// ContentType and Name are what the server sent; "" if it did not. The name is not safe to use
	// as a path.
	ContentType, Name string
	// Bytes is how many bytes were written.
	Bytes int64
}

// DefaultDownloadLimit is the maximum size of a file in bytes unless the caller sets one.
const DefaultDownloadLimit = 256 << 20

// download writes a file to w as it arrives. limit is the maximum size in bytes; 0 is
// DefaultDownloadLimit. A refusal under status 200 is an error, and so is an unexpected web page.
func download(ctx context.Context, r *request, w io.Writer, limit int64) (*Download, error) {
	if w == nil {
		r.problems.Add("w", "nil")
	}
	r.problems.NotNegative("limit", limit)
	if limit == 0 {
		limit = DefaultDownloadLimit
	}
	to := &fileSink{w: w, page: r.op.Accept == webPage}
	if err := r.send(ctx, func(call *rest.Call) { call.MaxBody, call.Sink = limit, to.open }); err != nil {
		return nil, err
	}
	if err := to.close(); err != nil {
		err.Provider, err.Op, err.Action = Kind, r.op.Op, r.op.Verb
		return nil, err
	}
	return &to.file, nil
}
