package licenseserver

import (
	"context"
	"iter"
	"maps"
	"strconv"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// fetch performs a call whose answer is one record.
func fetch[T any](ctx context.Context, c *Client, op operation, call *rest.Call) (*T, error) {
	var answer wire.One[T]
	call.Out = &answer
	if err := c.call(ctx, op, call); err != nil {
		return nil, err
	}
	return &answer.Value, nil
}

// value is fetch for answers that are returned by value: the zero value after an error.
func value[T any](ctx context.Context, c *Client, op operation, call *rest.Call) (T, error) {
	thing, err := fetch[T](ctx, c, op, call)
	if err != nil {
		thing = new(T)
	}
	return *thing, err
}

// undocumented performs a change whose answer is undocumented.
func (c *Client) undocumented(ctx context.Context, op operation, call *rest.Call) (*Receipt, error) {
	var answer receipt
	call.Out = &answer
	if err := c.call(ctx, op, call); err != nil {
		return nil, err
	}
	return &answer.Receipt, nil
}

// unknown performs a read whose answer is undocumented.
func (c *Client) unknown(ctx context.Context, op operation, call *rest.Call) (provider.Payload, error) {
	var p payload
	call.Out = &p
	if err := c.call(ctx, op, call); err != nil {
		return provider.Payload{}, err
	}
	return p.data, nil
}

// receipt performs a change that answers with {"success", "message"} and returns the message.
// classify has already refused answers in which success is false.
func (c *Client) receipt(ctx context.Context, op operation, call *rest.Call) (string, error) {
	answer, err := value[struct {
		Success bool   `wire:"success,required"`
		Message string `wire:"message,loose"`
	}](ctx, c, op, call)
	return answer.Message, err
}

// with sets the body of a call to the fields of a request.
func with(call *rest.Call, request any) *rest.Call {
	var e wire.Encoder
	call.Body = e.Fields(request)
	call.Secrets = append(call.Secrets, e.Secrets...)
	return call
}

// pages yields the elements of all pages of a list, which each page has under name. next returns
// the call for a page, counted from 1; nil ends the list. If a page fails, the error is yielded
// last.
func pages[T any](ctx context.Context, c *Client, op operation, name string, next func(number int, last *page[T], seen int) *rest.Call) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		var last *page[T]
		seen := 0
		for number := 1; ; number++ {
			call := next(number, last, seen)
			if call == nil {
				return
			}
			p := &page[T]{Rows: wire.Rows[T]{Names: []string{name}}}
			call.Out = p
			err := op.Endless(number)
			if err == nil {
				err = c.call(ctx, op, call)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			for row, err := range p.All() {
				if p.first == nil {
					p.first = row
				}
				if !yield(row, err) || row == nil { // the context ended
					return
				}
			}
			seen += p.Len
			last = p
		}
	}
}

// all yields the elements of a list without pages.
func all[T any](ctx context.Context, c *Client, op operation, name string, licenseID int64) iter.Seq2[*T, error] {
	invalid := op.RefuseID("licenseID", licenseID)
	return func(yield func(*T, error) bool) {
		if invalid != nil {
			yield(nil, invalid)
			return
		}
		list := pages(ctx, c, op, name, func(number int, _ *page[T], _ int) *rest.Call {
			if number > 1 {
				return nil
			}
			return &rest.Call{Args: []string{idText(licenseID)}, Subject: idText(licenseID)}
		})
		list(yield)
	}
}

// withExtra adds the caller's extra fields.
func withExtra(fields, extra map[string]any) map[string]any {
	maps.Copy(fields, extra)
	return fields
}

func idText(id int64) string { return strconv.FormatInt(id, 10) }
