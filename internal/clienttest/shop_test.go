package clienttest_test

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/internal/fixture"
	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

const (
	shopURL = "https://shop.example.com/prefix"
	canary  = `canary"Key\<&>+/=1`
)

// shop is a client with two ways of distinguishing operations: by a field of a form, and by path.
// fault makes it one that the checks must reject.
type shop struct {
	Things *things
}

type things struct {
	rest  *rest.Client
	fault string
	// Notes is a service of a service.
	Notes *notes
}

type notes struct{ *things }

// Get hides that of things, which notes embeds.
func (notes) Get() {}

type thing struct {
	ID int64 `wire:"id,positive,identity"`
}

func (w *thing) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, w) }

func (w *thing) Identity() rest.Identity { return wire.IdentityOf(w) }

type createRequest struct{ Password provider.Secret }

var (
	show   = &rest.Endpoint{Provider: "shop", Op: "Things.Show", Verb: "show thing", Method: http.MethodPost, Route: "/thing.php", Effect: rest.Read}
	create = &rest.Endpoint{Provider: "shop", Op: "Things.Create", Verb: "create thing", Method: http.MethodPost, Route: "/thing.php"}
	list   = &rest.Endpoint{Provider: "shop", Op: "Things.List", Verb: "list things", Method: http.MethodGet, Route: "/things/{id}", Effect: rest.Read}
)

func (s *things) Show(ctx context.Context, id int64) (*thing, error) {
	if id <= 0 && s.fault != "unchecked" {
		return nil, provider.Problems{"id": "must be positive"}.Err("shop", "Things.Show", "show thing")
	}
	action := "show"
	if s.fault == "action" {
		action = "shw"
	}
	var w thing
	call := &rest.Call{Endpoint: show, Body: url.Values{"action": {action}, "id": {strconv.FormatInt(id, 10)}}, Out: &w}
	if s.fault == "takes" {
		call.Out = nil
	}
	if s.fault == "twice" {
		_ = s.rest.Do(ctx, call)
		w = thing{}
	}
	err := s.rest.Do(ctx, call)
	for err != nil && s.fault == "polls" {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(time.Second):
		}
	}
	switch {
	case err != nil && s.fault == "foreign":
		return nil, errors.New("shop is closed")
	case err != nil && s.fault != "beside":
		return nil, err
	}
	return &w, err
}

func (s *things) Create(ctx context.Context, req *createRequest) (int64, error) {
	if req == nil {
		return 0, provider.Problems{"request": "nil"}.Err("shop", "Things.Create", "create thing")
	}
	var w thing
	call := &rest.Call{Endpoint: create, Body: url.Values{"action": {"create"}, "password": {req.Password.Reveal()}}, Out: &w, Secrets: []provider.Secret{req.Password}}
	err := s.rest.Do(ctx, call)
	if s.fault == "leak" && err != nil {
		if e, ok := errors.AsType[*provider.Error](err); ok {
			e.Message += req.Password.Reveal()
		}
	}
	if s.fault == "panic" && err != nil {
		panic("index out of range")
	}
	return w.ID, err
}

func (s *things) List(ctx context.Context, id int64) iter.Seq2[*thing, error] {
	return func(yield func(*thing, error) bool) {
		if id <= 0 {
			yield(nil, provider.Problems{"id": "must be positive"}.Err("shop", "Things.List", "list things"))
			return
		}
		var answer wire.Rows[thing]
		if err := s.rest.Do(ctx, &rest.Call{Endpoint: list, Args: []string{strconv.FormatInt(id, 10)}, Out: &answer}); err != nil {
			if yield(nil, err) && s.fault == "after" {
				yield(nil, err)
			}
			return
		}
		for row, err := range answer.All() {
			if !yield(row, err) {
				return
			}
		}
		for s.fault == "endless" && yield(&thing{1}, nil) {
			continue
		}
	}
}

func vendor(fault string) *clienttest.Vendor {
	return &clienttest.Vendor{
		Kind: "shop", Base: shopURL,
		Dial: func(t testing.TB, transport http.RoundTripper, opts ...provider.Option) any {
			c, err := rest.New(rest.Config{
				Provider: "shop", BaseURL: shopURL, Secrets: func() []provider.Secret { return []provider.Secret{provider.NewSecret(canary)} },
				Genuine: func(*rest.Answer) bool { return true }, Refuses429: true,
			}, append([]provider.Option{
				provider.WithHTTPClient(&http.Client{Transport: transport}), provider.WithRetry(provider.Retry{Attempts: 1}),
			}, opts...)...)
			if err != nil {
				t.Fatal(err)
			}
			return &shop{&things{rest: c, fault: fault}}
		},
		Samples: func() []any { return []any{&createRequest{Password: provider.NewSecret(canary)}} },
		Rows: []clienttest.Row{
			{Method: "POST", Path: "/thing.php", Form: map[string]string{"action": "show"}, Reads: true, Operations: []string{"Things.Show"}},
			{Method: "POST", Path: "/thing.php", Form: map[string]string{"action": "create"}, Operations: []string{"Things.Create"}},
			{Method: "GET", Path: "/things/{id}", Reads: true, Operations: []string{"Things.List"}},
		},
		Exchanges: []fixture.Exchange{
			{Name: "failed", Request: fixture.Request{Method: "GET", Path: "/things/1"}, Response: fixture.Response{Status: 404}},
			{Name: "show", Request: fixture.Request{Method: "POST", Path: "/thing.php", Form: fixture.Values{"action": {"show"}}}, Response: fixture.Response{Status: 200, Body: []byte(`{"id": 17}`)}},
			{Name: "create", Request: fixture.Request{Method: "POST", Path: "/thing.php", Form: fixture.Values{"action": {"create"}}}, Response: fixture.Response{Status: 200, Body: []byte(`{"id": 18}`)}},
			{Name: "list", Request: fixture.Request{Method: "GET", Path: "/things/1"}, Response: fixture.Response{Status: 200, Body: []byte(`[{"id": 1}, {"id": 2}]`)}},
		},
		Canaries: []string{canary},
	}
}
