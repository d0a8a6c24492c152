package keyhelp

import (
	"context"
	"iter"
	"maps"
	"strconv"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// modeler is a wire type that knows the public type it stands for.
type modeler[W, T any] interface {
	*W
	model() *T
}

// identified is a modeler that can tell that it is nothing.
type identified[W, T any] interface {
	modeler[W, T]
	rest.Identified
}

// fetch reads one thing.
func fetch[T, W any, P modeler[W, T]](ctx context.Context, c *Client, op operation, arg string) (*T, error) {
	var w W
	if err := c.call(ctx, op, &rest.Call{Args: []string{arg}, Subject: quoted(arg), Out: P(&w)}); err != nil {
		return nil, err
	}
	return P(&w).model(), nil
}

// fetchID reads one thing by its ID.
func fetchID[T, W any, P modeler[W, T]](ctx context.Context, c *Client, op operation, id int64) (*T, error) {
	if err := op.any().RefuseID("id", id); err != nil {
		return nil, err
	}
	return fetch[T, W, P](ctx, c, op, idText(id))
}

// list reads all things of a kind.
func list[T, W any, P identified[W, T]](ctx context.Context, c *Client, op operation, opts *SortOptions) iter.Seq2[*T, error] {
	invalid := opts.check(op)
	if opts != nil { // the caller may change them before it ranges
		kept := *opts
		opts = &kept
	}
	return func(yield func(*T, error) bool) {
		if invalid != nil {
			yield(nil, invalid)
			return
		}
		endpoint, err := c.endpoint(ctx, op, "")
		if err != nil {
			yield(nil, err)
			return
		}
		for w, err := range rest.Elements[W, P](ctx, c.rest, &rest.Call{Endpoint: endpoint, Query: opts}) {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(w.model(), nil) {
				return
			}
		}
	}
}

// create posts a body of fields and returns the new thing's ID, which is all that is
// known of such answers.
func (c *Client) create(ctx context.Context, op operation, subject string, fields map[string]any, secrets ...provider.Secret) (int64, error) {
	var w createdWire
	if err := c.call(ctx, op, &rest.Call{Subject: subject, Body: fields, Out: &w, Secrets: secrets}); err != nil {
		return 0, err
	}
	return w.ID, nil
}

// change sends a partial update. What it answers is undocumented and ignored.
func (c *Client) change(ctx context.Context, op operation, arg string, fields map[string]any, secrets ...provider.Secret) error {
	return c.call(ctx, op, &rest.Call{Args: []string{arg}, Subject: quoted(arg), Body: fields, Secrets: secrets})
}

// remove deletes one thing.
func (c *Client) remove(ctx context.Context, op operation, arg string) error {
	return c.call(ctx, op, &rest.Call{Args: []string{arg}, Subject: quoted(arg)})
}

// SortOptions shape a listing. The API has no paging: a listing is one call, read
// element by element.
type SortOptions struct {
	// Sort names the field to sort by, as the API spells it ("id", "name",
	// "domain_utf8" have been seen); "" leaves the order to the panel.
	Sort string `url:"sort,omitempty"`
	// Order is "asc" or "desc"; "" is the panel's default.
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

// withExtra adds what the caller gave beyond the known fields.
func withExtra(fields, extra map[string]any) map[string]any {
	maps.Copy(fields, extra)
	return fields
}
