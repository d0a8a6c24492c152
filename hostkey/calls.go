package hostkey

import (
	"context"
	"encoding/json"
	"iter"
	"strconv"
	"strings"

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
func fetch[T, W any, P modeler[W, T]](ctx context.Context, c *Client, a action, call *rest.Call) (*T, error) {
	var w W
	asked := *call
	asked.Out = P(&w)
	if err := c.call(ctx, a, &asked); err != nil {
		return nil, err
	}
	return P(&w).model(), nil
}

// elements performs a call whose answer holds a list, under the first of the names that
// is there; "outer.inner" is a list inside of an object. Each loop over it calls anew.
func elements[T, W any, P modeler[W, T]](ctx context.Context, c *Client, a action, call *rest.Call, names ...string) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		e := listed[W, P]{names: names}
		asked := *call
		asked.Out = &e
		if err := c.call(ctx, a, &asked); err != nil {
			yield(nil, err)
			return
		}
		for i := range e.rows.all {
			if !yield(P(&e.rows.all[i]).model(), nil) {
				return
			}
		}
	}
}

// listed reads the list out of an answer.
type listed[W any, P interface {
	*W
	rest.Identified
}] struct {
	names []string
	rows  list[W]
}

func (l *listed[W, P]) UnmarshalJSON(data []byte) error {
	for _, name := range l.names {
		outer, inner, nested := strings.Cut(name, ".")
		value, found := openEnvelope(data)[outer]
		if nested && found {
			if len(value) == 0 || value[0] != '{' { // [] for an empty object
				var none dict[json.RawMessage]
				if err := none.UnmarshalJSON(value); err != nil {
					return err
				}
				value = json.RawMessage("null")
			} else {
				value, found = openEnvelope(value)[inner]
			}
		}
		if found {
			return l.rows.UnmarshalJSON(value)
		}
	}
	return nil
}

func (l *listed[W, P]) Missing() string {
	if !l.rows.found {
		return l.names[0]
	}
	for i := range l.rows.all {
		if name := P(&l.rows.all[i]).Missing(); name != "" {
			return l.names[0] + "." + name
		}
	}
	return ""
}

// unknown performs a call whose answer is undocumented.
func (c *Client) unknown(ctx context.Context, a action, call *rest.Call) (provider.Payload, error) {
	var p payload
	asked := *call
	asked.Out = &p
	if err := c.call(ctx, a, &asked); err != nil {
		return nil, err
	}
	return p.data, nil
}

// Ack is what most calls that change something answer. If they go on in the background,
// it names the task.
type Ack struct {
	// Callback is the key of a task for Tasks.Wait; "" if there is nothing to wait
	// for. It is good after a restart of the program, too.
	Callback string
	// More fields that the answer contains.
	More map[string]provider.Payload
}

// ack performs a change that answers with the common envelope.
func (c *Client) ack(ctx context.Context, a action, call *rest.Call) (*Ack, error) {
	return fetch[Ack, ackWire](ctx, c, a, call)
}

// done performs a change of whose answer only the envelope counts.
func (c *Client) done(ctx context.Context, a action, call *rest.Call) error {
	_, err := c.ack(ctx, a, call)
	return err
}

type ackWire struct {
	Result   provider.Payload `json:"result"`
	Callback text             `json:"callback"`
	extra    map[string]provider.Payload
}

func (w *ackWire) UnmarshalJSON(data []byte) error {
	type plain ackWire
	if err := json.Unmarshal(data, (*plain)(w)); err != nil {
		return err
	}
	var err error
	w.extra, err = rest.Extras[provider.Payload](data, "result", "module", "action", "callback")
	return err
}

// Missing wants a result, and not an object in its place: that is how a change is
// confirmed.
func (w *ackWire) Missing() string {
	if r := w.Result; len(r) == 0 || r[0] == '{' || r[0] == '[' {
		return "result"
	}
	return ""
}

func (w *ackWire) model() *Ack { return &Ack{Callback: string(w.Callback), More: w.extra} }

// checkLocation refuses what can be no location code: those are upper case.
func checkLocation(problems *provider.Problems, field, location string) {
	if location != "" && (len(location) < 2 || strings.Trim(location, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "") {
		problems.Add(field, "must be a code in upper case such as NL, got %q", location)
	}
}

// checkPIN refuses what can be no PIN; "" is none.
func checkPIN(problems *provider.Problems, field string, pin provider.Secret) {
	if n := len(pin); n != 0 && (n < 4 || n > 6) {
		problems.Add(field, "must have 4 to 6 characters")
	}
}

// byID is the call of an action about a server, with what the caller adds.
func byID(a action, id int64, extra map[string]any) (*rest.Call, error) {
	if err := a.RefuseID("id", id); err != nil {
		return nil, err
	}
	form, err := encode(a, nil, extra)
	if err != nil {
		return nil, err
	}
	if form.Has("id") {
		return nil, a.Refuse("", provider.Problems{"Extra": `"id" is given already`})
	}
	form.Set("id", idText(id))
	return &rest.Call{Body: form, Subject: idText(id), Secrets: secretsIn(extra)}, nil
}

// unknownByID performs an action about a server whose parameters beside the ID, and
// whose answer, are undocumented.
func (c *Client) unknownByID(ctx context.Context, a action, id int64, extra map[string]any) (provider.Payload, error) {
	call, err := byID(a, id, extra)
	if err != nil {
		return nil, err
	}
	return c.unknown(ctx, a, call)
}

// unknownFields performs an action whose parameters and answer are undocumented.
func (c *Client) unknownFields(ctx context.Context, a action, extra map[string]any) (provider.Payload, error) {
	form, err := encode(a, nil, extra)
	if err != nil {
		return nil, err
	}
	return c.unknown(ctx, a, &rest.Call{Body: form, Secrets: secretsIn(extra)})
}

func idText(id int64) string { return strconv.FormatInt(id, 10) }
