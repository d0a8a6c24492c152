package keyhelp

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"strconv"
	"strings"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// ask performs a call whose answer is one record.
func ask[T any](ctx context.Context, c *Client, op operation, call *rest.Call, how wire.Options) (*T, error) {
	answer := &wire.One[T]{Options: how}
	call.Out = answer
	if err := c.call(ctx, op, call); err != nil {
		return nil, err
	}
	return &answer.Value, nil
}

// fetch reads one record by its name or ID.
func fetch[T any](ctx context.Context, c *Client, op operation, arg string) (*T, error) {
	return ask[T](ctx, c, op, on(op, arg), wire.Options{})
}

// on returns a call that is about one record, by its name or ID.
func on(op operation, arg string) *rest.Call {
	call := &rest.Call{Args: []string{arg}, Subject: quoted(arg), About: rest.Identity{ID: arg}}
	if strings.Contains(op.any().Route, "/name/") {
		call.About = rest.Identity{Name: arg}
	}
	return call
}

// fetchID reads one record by its ID.
func fetchID[T any](ctx context.Context, c *Client, op operation, id int64) (*T, error) {
	if err := op.any().RefuseID("id", id); err != nil {
		return nil, err
	}
	return fetch[T](ctx, c, op, idText(id))
}

// look is fetch for where records are read one by one, for want of a list. An error beside a record concerns
// that record only.
func look[T any](ctx context.Context, c *Client, op operation, noun string, id int64) (*T, error) {
	row := wire.Row[T]{Noun: noun}
	call := on(op, idText(id))
	call.Out = &row
	if err := c.call(ctx, op, call); err != nil {
		return nil, err
	}
	return &row.Value, row.Odd
}

// list reads all records of one type. An error beside a record concerns that record.
func list[T any](ctx context.Context, c *Client, op operation, opts *SortOptions) iter.Seq2[*T, error] {
	invalid := opts.check(op)
	if opts != nil { // the caller may change them before ranging
		kept := *opts
		opts = &kept
	}
	return func(yield func(*T, error) bool) {
		if invalid != nil {
			yield(nil, invalid)
			return
		}
		var answer wire.Rows[T]
		if err := c.call(ctx, op, &rest.Call{Query: opts, Out: &answer}); err != nil {
			yield(nil, err)
			return
		}
		answer.All()(yield)
	}
}

// create posts a request and returns the ID of the new record, the only field of such answers that
// is known. If the record has a name too, it must be that of the request.
func (c *Client) create(ctx context.Context, op operation, name string, request any) (int64, error) {
	call := &rest.Call{Subject: quoted(name), About: rest.Identity{Name: name}}
	created, err := ask[struct {
		ID   int64  `wire:"id,positive,identity"`
		Name string `wire:"path|database_name|username|email|name,name"`
	}](ctx, c, op, with(call, request), wire.Options{})
	if err != nil {
		return 0, err
	}
	return created.ID, nil
}

// change sends a partial update. The answer names the record by its ID: live panels send {"id": 17},
// and in the documented dialect, which leaves it open, it is the record. Whatever names nobody is no
// answer to the update: it may be that of a proxy.
func (c *Client) change(ctx context.Context, op operation, arg string, request any, secrets ...provider.Secret) error {
	call := on(op, arg)
	call.Secrets = secrets
	_, err := ask[struct {
		ID int64 `wire:"id,positive,identity"`
	}](ctx, c, op, with(call, request), wire.Options{})
	return err
}

// with sets the body of a call: a request, or fields under the names of a dialect.
func with(call *rest.Call, request any) *rest.Call {
	if fields, ok := request.(map[string]any); ok {
		call.Body = fields
		return call
	}
	var e wire.Encoder
	call.Body = e.Fields(request)
	call.Secrets = append(call.Secrets, e.Secrets...)
	return call
}

// remove deletes one record.
func (c *Client) remove(ctx context.Context, op operation, arg string) error {
	call := on(op, arg)
	call.Out = noContent{}
	return c.call(ctx, op, call)
}

// noContent is the answer to a removal: status 204, and no body.
type noContent struct{}

func (noContent) DecodeAnswer(a *rest.Answer) error {
	if a.Status != http.StatusNoContent {
		return errors.New("a removal is answered with status 204")
	}
	return nil
}

// SortOptions sort a list. The API has no paging: a list is one call, read element by element.
type SortOptions struct {
	// Sort names the field to sort by, in the API's spelling ("id", "name", "domain_utf8" have been
	// seen); "" leaves the order to the panel.
	Sort string `url:"sort,omitempty"`
	// Order is "asc" or "desc"; "" means the panel's default.
	Order string `url:"order,omitempty"`
}

func (o *SortOptions) check(op operation) error {
	if o == nil {
		return nil
	}
	var problems provider.Problems
	provider.OneOf(&problems, "Order", o.Order, "asc", "desc")
	return op.any().Refuse("", problems)
}

func quoted(arg string) string {
	if _, err := strconv.ParseInt(arg, 10, 64); err == nil {
		return arg
	}
	return strconv.Quote(arg)
}

func idArg(id int64) []string { return []string{idText(id)} }

func idText(id int64) string { return strconv.FormatInt(id, 10) }
