package hostkey

import (
	"context"
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// beside are the fields of an answer that describe the call and not its result.
var beside = []string{"result", "module", "action"}

// fetch performs a call and decodes its answer.
func fetch[T any](ctx context.Context, c *Client, a action, call *rest.Call) (*T, error) {
	answer := &wire.One[T]{Options: wire.Options{Envelope: beside}}
	asked := *call
	asked.Out = answer
	if err := c.call(ctx, a, &asked); err != nil {
		return nil, err
	}
	return &answer.Value, nil
}

// guess is fetch for an answer of which little is told. What cannot be read in it is in the type's More.
func guess[T any](ctx context.Context, c *Client, a action, call *rest.Call) (*T, error) {
	answer := &confirmed[T]{wire.One[T]{Options: wire.Options{Envelope: beside}}}
	asked := *call
	asked.Out = answer
	if err := c.call(ctx, a, &asked); err != nil {
		return nil, err
	}
	return &answer.Value, nil
}

// elements performs a call whose answer contains a list under the first of the names that exists;
// "outer.inner" is a list inside an object. Each loop over it performs the call again. An error beside
// an element concerns that element.
func elements[T any](ctx context.Context, c *Client, a action, call *rest.Call, names ...string) iter.Seq2[*T, error] {
	return listed(ctx, c, a, call, wire.Rows[T]{Names: names, Bare: true})
}

// proof is elements for a list that can prove absence: only a list is one.
func proof[T any](ctx context.Context, c *Client, a action, call *rest.Call, names ...string) iter.Seq2[*T, error] {
	return listed(ctx, c, a, call, wire.Rows[T]{Names: names})
}

func listed[T any](ctx context.Context, c *Client, a action, call *rest.Call, rows wire.Rows[T]) iter.Seq2[*T, error] {
	rows.Envelope = beside
	return func(yield func(*T, error) bool) {
		answer, asked := rows, *call
		asked.Out = &answer
		if err := c.call(ctx, a, &asked); err != nil {
			yield(nil, err)
			return
		}
		answer.All()(yield)
	}
}

// unknown performs a call whose answer is undocumented, and returns that answer.
func (c *Client) unknown(ctx context.Context, a action, call *rest.Call) (provider.Payload, error) {
	var p payload
	asked := *call
	asked.Out = &p
	if err := c.call(ctx, a, &asked); err != nil {
		return provider.Payload{}, err
	}
	return p.data, nil
}

// Ack is the answer to most calls that change something, and to those whose answer is undocumented. If
// the change continues in the background, it names the task.
type Ack struct {
	// Callback is the key of a task for Tasks.Wait; zero if there is nothing to wait for. It stays
	// valid after a restart of the program. See TasksService for why it is a secret.
	Callback provider.Secret `wire:"callback"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// ack performs a change whose answer is an Ack.
func (c *Client) ack(ctx context.Context, a action, call *rest.Call) (*Ack, error) {
	return guess[Ack](ctx, c, a, call)
}

// done performs a change and ignores its Ack.
func (c *Client) done(ctx context.Context, a action, call *rest.Call) error {
	_, err := c.ack(ctx, a, call)
	return err
}

// confirmed is an answer of which little is sure: a result that is not an object or a list has to confirm
// it, or it may be anybody's.
type confirmed[T any] struct{ wire.One[T] }

func (c *confirmed[T]) DecodeAnswer(a *rest.Answer) error {
	if openEnvelope(a.Body).word("result") == "" {
		return wire.Lacks("result")
	}
	return c.One.DecodeAnswer(a)
}

// checkLocation refuses what cannot be a location code, which is upper case.
func checkLocation(problems *provider.Problems, field, location string) {
	if location != "" && (len(location) < 2 || strings.Trim(location, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "") {
		problems.Add(field, "must be a code in upper case such as NL, got %q", location)
	}
}

// checkPIN refuses what cannot be a PIN; "" is none.
func checkPIN(problems *provider.Problems, field string, pin provider.Secret) {
	if n := utf8.RuneCountInString(pin.Reveal()); n != 0 && (n < 4 || n > 6) {
		problems.Add(field, "must have 4 to 6 characters")
	}
}

// byID returns the call of an action on a server, with the caller's extra fields.
func byID(a action, id int64, extra map[string]any) (*rest.Call, error) {
	if err := a.RefuseID("id", id); err != nil {
		return nil, err
	}
	form, err := encode(a, nil, extra)
	if err != nil {
		return nil, err
	}
	if form.Has("id") {
		return nil, a.Refuse("", provider.Problems{"Extra": `"id" is already set`})
	}
	form.Set("id", idText(id))
	return &rest.Call{Body: form, Subject: idText(id), Secrets: secretsIn(extra)}, nil
}

// unknownByID performs an action on a server whose parameters other than the ID, and whose answer,
// are undocumented.
func (c *Client) unknownByID(ctx context.Context, a action, id int64, extra map[string]any) (provider.Payload, error) {
	call, err := byID(a, id, extra)
	if err != nil {
		return provider.Payload{}, err
	}
	return c.unknown(ctx, a, call)
}

// unknownFields performs an action whose parameters and answer are undocumented.
func (c *Client) unknownFields(ctx context.Context, a action, extra map[string]any) (provider.Payload, error) {
	form, err := encode(a, nil, extra)
	if err != nil {
		return provider.Payload{}, err
	}
	return c.unknown(ctx, a, &rest.Call{Body: form, Secrets: secretsIn(extra)})
}

// ackByID performs a change of a server whose parameters other than the ID are undocumented.
func (c *Client) ackByID(ctx context.Context, a action, id int64, extra map[string]any) (*Ack, error) {
	call, err := byID(a, id, extra)
	if err != nil {
		return nil, err
	}
	return c.ack(ctx, a, call)
}

// ackFields performs a change whose parameters are undocumented.
func (c *Client) ackFields(ctx context.Context, a action, extra map[string]any) (*Ack, error) {
	call, _, err := formOf(a, nil, "", nil, extra)
	if err != nil {
		return nil, err
	}
	return c.ack(ctx, a, call)
}

func idText(id int64) string { return strconv.FormatInt(id, 10) }
