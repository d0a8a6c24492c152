package licenseserver

import (
	"context"
	"iter"
	"maps"
	"strconv"
	"strings"
	"unicode"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
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
	invalid := checkIDs(op, named{"licenseID", licenseID})
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

// refuse is the error for bad input, before any I/O. nil if there is no problem.
func refuse(op operation, problems provider.Problems) error {
	return problems.Err(Kind, op.Op, op.Verb)
}

func refuseNil(op operation) error {
	return refuse(op, provider.Problems{"request": "nil"})
}

// failed is a list that yields nothing but an error.
func failed[T any](err error) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) { yield(nil, err) }
}

type named struct {
	name string
	id   int64
}

func checkIDs(op operation, ids ...named) error {
	var problems provider.Problems
	for _, n := range ids {
		if n.id <= 0 {
			problems.Add(n.name, "must be positive, got %d", n.id)
		}
	}
	return refuse(op, problems)
}

// checkSecret refuses what can be no license key or token. Their format is not
// documented beyond an example.
func checkSecret(problems *provider.Problems, field string, value provider.Secret) {
	switch {
	case value == "":
		problems.Add(field, "required")
	case strings.ContainsFunc(value.Reveal(), func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }):
		problems.Add(field, "holds white space or control characters: was more than the value copied?")
	}
}

func checkText(problems *provider.Problems, field, value string) {
	if strings.TrimSpace(value) == "" {
		problems.Add(field, "required")
	}
}

func checkList(problems *provider.Problems, field string, ids []int64) {
	if len(ids) == 0 {
		problems.Add(field, "required")
	}
	seen := make(map[int64]bool, len(ids))
	for _, id := range ids {
		switch {
		case id <= 0:
			problems.Add(field, "must be positive, got %d", id)
		case seen[id]:
			problems.Add(field, "names %d twice", id)
		}
		seen[id] = true
	}
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
