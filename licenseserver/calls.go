package licenseserver

import (
	"context"
	"iter"
	"maps"
	"strconv"

	"github.com/provkit/provkit/internal/rest"
)

// modeler is a wire type that knows the public type it stands for.
type modeler[W, T any] interface {
	*W
	rest.Identified
	model() *T
}

// fetch performs a call that answers with one thing.
func fetch[T, W any, P modeler[W, T]](ctx context.Context, c *Client, op operation, call *rest.Call) (*T, error) {
	var w W
	call.Out = P(&w)
	if err := c.call(ctx, op, call); err != nil {
		return nil, err
	}
	return P(&w).model(), nil
}

// unknown performs a call whose answer is undocumented.
func (c *Client) unknown(ctx context.Context, op operation, call *rest.Call) (Payload, error) {
	var p payload
	call.Out = &p
	if err := c.call(ctx, op, call); err != nil {
		return nil, err
	}
	return p.data, nil
}

// receipt performs a change that answers with {"success", "message"}.
func (c *Client) receipt(ctx context.Context, op operation, call *rest.Call) (string, error) {
	var w receiptWire
	call.Out = &w
	if err := c.call(ctx, op, call); err != nil {
		return "", err
	}
	return string(w.Message), nil
}

// pages yields the elements of all pages of a list, which stand under a name. next
// makes the call for a page, counted from 1; nil ends the list. A list that fails
// yields its error last.
func pages[T, W any, P modeler[W, T]](ctx context.Context, c *Client, op operation, name string, next func(page int, last *envelope[W, P], seen int) *rest.Call) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		var last *envelope[W, P]
		seen := 0
		for page := 1; ; page++ {
			call := next(page, last, seen)
			if call == nil {
				return
			}
			e := &envelope[W, P]{name: name}
			call.Out = e
			if err := c.call(ctx, op, call); err != nil {
				yield(nil, err)
				return
			}
			for i := range e.rows {
				if !yield(P(&e.rows[i]).model(), nil) {
					return
				}
			}
			seen += len(e.rows)
			last = e
		}
	}
}

// all yields the elements of a list that has no pages.
func all[T, W any, P modeler[W, T]](ctx context.Context, c *Client, op operation, name string, licenseID int64) iter.Seq2[*T, error] {
	invalid := op.RefuseID("licenseID", licenseID)
	return func(yield func(*T, error) bool) {
		if invalid != nil {
			yield(nil, invalid)
			return
		}
		list := pages(ctx, c, op, name, func(page int, _ *envelope[W, P], _ int) *rest.Call {
			if page > 1 {
				return nil
			}
			return &rest.Call{Args: []string{idText(licenseID)}, Subject: idText(licenseID)}
		})
		list(yield)
	}
}

// failed is a list that yields nothing but an error.
func failed[T any](err error) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) { yield(nil, err) }
}

// withExtra adds what the caller gave beyond the known fields.
func withExtra(fields, extra map[string]any) map[string]any {
	maps.Copy(fields, extra)
	return fields
}

// put sets a text unless it is empty.
func put(fields map[string]any, name, value string) {
	if value != "" {
		fields[name] = value
	}
}

func idText(id int64) string { return strconv.FormatInt(id, 10) }
