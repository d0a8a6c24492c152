package hostkey

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// Terminate cancels the server at once. The vendor carries that out within minutes. Until the
// server is gone the outcome is OutcomePending: call Terminate again, or Wait with the ID. To end
// the server with its paid period, use Cancel.
//
// "Not found" counts as gone only if the key can list servers.
func (p *Provider) Terminate(ctx context.Context, id string) (provider.Outcome, error) {
	return p.accounts.Remove(ctx, id, adapter.Removal[int64, Server]{
		Do: func(ctx context.Context, n int64) error {
			_, err := p.client.WHMCS.RequestCancellation(ctx, &ServerCancelRequest{ServerID: n, Type: CancelNow})
			return err
		},
		Ending:  func(ctx context.Context, n int64, _ *Server) (bool, error) { return p.cancelled(ctx, n, CancelNow) },
		Trusted: true,
	})
}

// proveAbsent proves that a server does not exist: the key can list servers, and the list does not
// contain it.
func (p *Provider) proveAbsent(ctx context.Context, id int64) (evidence string, err error) {
	underway, err := p.client.Servers.UpdateServers(ctx)
	switch {
	case noServers(err):
		return "the account has no servers", nil
	case err == nil && slices.Contains(underway.Servers, id):
		err = adapter.Listed
	}
	return "the key can list servers", err
}

// Cancel schedules the end of a server with its paid period.
func (p *Provider) Cancel(ctx context.Context, id string) (provider.Outcome, error) {
	return p.schedule(ctx, id, "cancel account", true, func(ctx context.Context, n int64) error {
		_, err := p.client.WHMCS.RequestCancellation(ctx, &ServerCancelRequest{ServerID: n, Type: CancelAtPeriodEnd})
		return err
	})
}

// UndoCancel withdraws a cancellation that has not been carried out yet.
func (p *Provider) UndoCancel(ctx context.Context, id string) (provider.Outcome, error) {
	return p.schedule(ctx, id, "undo cancellation of account", false, func(ctx context.Context, n int64) error {
		_, err := p.client.WHMCS.DeleteCancellationRequest(ctx, n)
		return err
	})
}

func (p *Provider) schedule(ctx context.Context, id, verb string, want bool, do func(context.Context, int64) error) (provider.Outcome, error) {
	return p.ends.Change(ctx, id, adapter.Change[int64, end]{
		Verb: verb, Concerns: "end",
		Already: func(e *end) bool { return e.scheduled == want },
		Do:      func(ctx context.Context, n int64, _ *end) error { return do(ctx, n) },
	})
}

// end is whether a server ends with its paid period.
type end struct {
	server    int64
	scheduled bool
}

// readEnd reads whether a server that exists is to end.
func (p *Provider) readEnd(ctx context.Context, id int64) (*end, error) {
	if _, err := p.read(ctx, id); err != nil {
		return nil, err
	}
	return p.readEndAgain(ctx, &end{server: id})
}

func (p *Provider) readEndAgain(ctx context.Context, before *end) (*end, error) {
	open, err := p.cancelled(ctx, before.server, CancelAtPeriodEnd)
	return &end{before.server, open}, err
}

// cancelled reports whether a cancellation of a server is open. An immediate one counts as one at
// the end of the period, but not the reverse. A list for one server that does not name it may be
// another server's: then that of the whole account decides. If it names others only, it is asked for
// once more: either the server does not select, or an answer was another's, and so may the next be.
func (p *Provider) cancelled(ctx context.Context, id int64, kind CancellationType) (bool, error) {
	one := &CancellationListRequest{ServerID: id}
	own, err := p.cancelledIn(ctx, one, id, kind)
	if err != nil || own.found {
		return own.found, err
	}
	all, err := p.cancelledIn(ctx, nil, id, kind)
	if err != nil || all.found || !own.others {
		return all.found, err
	}
	own, err = p.cancelledIn(ctx, one, id, kind)
	return own.found, err
}

func (p *Provider) cancelledIn(ctx context.Context, request *CancellationListRequest, id int64, kind CancellationType) (cancellations, error) {
	found := cancellations{server: idText(id), kind: kind}
	answer, err := p.client.WHMCS.CancellationRequests(ctx, request)
	if errors.Is(err, provider.ErrNotFound) {
		return found, nil
	}
	if err != nil {
		return found, err
	}
	list := []byte(answer.Reveal())
	if e := openEnvelope(list); e != nil && e.word("result") == "" {
		return found, &provider.Error{Provider: Kind, Kind: provider.ErrProtocol, Message: "the list of cancellations has no result"}
	}
	if !json.Valid(list) {
		return found, &provider.Error{Provider: Kind, Kind: provider.ErrProtocol, Message: "the list of cancellations cannot be read"}
	}
	found.read(list, 0)
	return found, nil
}

// cancellations is what a list says about a server. The shape of the list is undocumented: any object
// in it that names the server counts, unless it is marked as another type.
type cancellations struct {
	server string
	kind   CancellationType
	// found is a cancellation of the server, others an object that may be one of another server.
	found, others bool
}

// serverFields are the API's names for a server's ID.
var serverFields = []string{"id", "server_id", "eq_id", "inv_id", "component_id"}

// read looks 8 objects or lists deep, without a copy of the answer.
func (c *cancellations) read(raw []byte, depth int) {
	raw = rest.Content(raw)
	if len(raw) == 0 || depth > 8 || raw[0] != '{' && raw[0] != '[' {
		return
	}
	named, other, now := false, false, false
	_ = wire.Options{}.Walk(raw, func(name, value []byte) error { // it is valid JSON
		text, _, plain := wire.Scalar(value)
		switch field := string(name); {
		case !plain:
			c.read(value, depth+1)
		case slices.Contains(serverFields, field) && depth > 0: // the outer object repeats the request
			named, other = named || text == c.server, true
		case field == "cancellation_type", field == "type":
			now = now || immediate(text)
		}
		return nil
	})
	switch {
	case named:
		c.found = c.found || c.kind == CancelAtPeriodEnd || now
	case other:
		c.others = true
	}
}

// immediate reports whether a cancellation is immediate: by the number that requests it, or by
// WHMCS's own word.
func immediate(kind string) bool {
	return kind == "1" || strings.HasPrefix(strings.ToLower(kind), "immediate")
}
