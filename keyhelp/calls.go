package keyhelp

import (
	"context"
	"iter"
	"strconv"

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
	return ask[T](ctx, c, op, &rest.Call{Args: []string{arg}, Subject: quoted(arg)}, wire.Options{})
}

// fetchID reads one record by its ID.
func fetchID[T any](ctx context.Context, c *Client, op operation, id int64) (*T, error) {
	if err := op.any().RefuseID("id", id); err != nil {
		return nil, err
	}
	return fetch[T](ctx, c, op, idText(id))
}

// list reads all records of one type.
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
		for _, row := range answer.Rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

// create posts a request and returns the ID of the new record, the only field of such answers that
// is known.
func (c *Client) create(ctx context.Context, op operation, subject string, request any) (int64, error) {
	created, err := ask[struct {
		ID int64 `wire:"id,positive"`
	}](ctx, c, op, with(&rest.Call{Subject: subject}, request), wire.Options{})
	if err != nil {
		return 0, err
	}
	return created.ID, nil
}

// change sends a partial update. Its answer is undocumented and ignored.
func (c *Client) change(ctx context.Context, op operation, arg string, request any, secrets ...provider.Secret) error {
	return c.call(ctx, op, with(&rest.Call{Args: []string{arg}, Subject: quoted(arg), Secrets: secrets}, request))
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
	return c.call(ctx, op, &rest.Call{Args: []string{arg}, Subject: quoted(arg)})
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
