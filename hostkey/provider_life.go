package hostkey

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Suspend asks the vendor to suspend the server (eq/suspend), which locks it; with
// WithSuspendByPower it marks the server and powers it off.
func (p *Provider) Suspend(ctx context.Context, id string) (provider.Outcome, error) {
	const verb = "suspend account"
	if p.client.settings.suspendByPower {
		return p.suspendByPower(ctx, id, verb)
	}
	return p.change(ctx, id, verb, func(s *Server) bool { return statusOf(s.Status) == provider.StatusSuspended },
		func(ctx context.Context, id int64) (*Ack, error) { return p.client.Servers.Suspend(ctx, id, nil) })
}

// Unsuspend takes back what Suspend did. It powers the server on.
func (p *Provider) Unsuspend(ctx context.Context, id string) (provider.Outcome, error) {
	const verb = "unsuspend account"
	if p.client.settings.suspendByPower {
		return p.unsuspendByPower(ctx, id, verb)
	}
	return p.change(ctx, id, verb, func(s *Server) bool { return statusOf(s.Status) == provider.StatusActive },
		func(ctx context.Context, id int64) (*Ack, error) { return p.client.Servers.Unsuspend(ctx, id, nil) })
}

// Terminate cancels the server at once. The vendor carries that out within minutes:
// until the server is gone the outcome is OutcomePending, and Terminate may be called
// again or waited for with Wait and the ID. To end it with its paid period, use Cancel.
//
// That the server is gone counts only while the key can still list servers.
func (p *Provider) Terminate(ctx context.Context, id string) (provider.Outcome, error) {
	const verb = "terminate account"
	n, err := accountID(id, verb)
	if err != nil {
		return "", err
	}
	action := verb + " " + id
	if gone, err := p.gone(ctx, n); err != nil || gone {
		if gone {
			err = &provider.Error{Provider: Kind, Action: action, Kind: provider.ErrNotFound, Message: "the key can list servers, and this is none of them"}
		}
		return "", adapter.InVerb(Kind, err, action)
	}
	open, err := p.cancelled(ctx, n, CancelNow)
	if err != nil {
		return "", adapter.InVerb(Kind, err, action)
	}
	if !open {
		err = provider.Resolve(ctx,
			func(ctx context.Context) error {
				_, err := p.client.WHMCS.RequestCancellation(ctx, &CancellationRequest{ServerID: n, Type: CancelNow})
				return err
			},
			func(ctx context.Context) (bool, error) {
				if gone, err := p.gone(ctx, n); err != nil || gone {
					return gone, err
				}
				return p.cancelled(ctx, n, CancelNow)
			})
		if err != nil {
			return "", adapter.InVerb(Kind, err, action)
		}
	}
	gone, err := p.gone(ctx, n)
	switch {
	case err != nil:
		return "", adapter.InVerb(Kind, provider.Unresolved(nil, err), action)
	case gone:
		p.works.Done(n)
		return provider.OutcomeChanged, nil
	}
	p.works.Begin(n, work{want: func(*Server) bool { return false }})
	return provider.OutcomePending, nil
}

// gone proves the absence of a server: it cannot be read, and the key can list servers,
// of which it is none.
func (p *Provider) gone(ctx context.Context, id int64) (bool, error) {
	_, err := p.client.Servers.Show(ctx, id)
	if err == nil || !errors.Is(err, provider.ErrNotFound) {
		return false, err
	}
	under, err := p.client.Servers.UpdateServers(ctx)
	if err != nil {
		return false, &provider.Error{
			Provider: Kind, Kind: provider.ErrForbidden, Err: err,
			Message: fmt.Sprintf("server %d cannot be read, and neither can the list of servers, so that nothing is proved: %v", id, err),
		}
	}
	if slices.Contains(under.Servers, id) {
		return false, &provider.Error{Provider: Kind, Kind: provider.ErrConflict, Message: fmt.Sprintf("server %d is listed, but cannot be read", id)}
	}
	return true, nil
}

// Adopt marks a server that exists already as the one of a reference.
func (p *Provider) Adopt(ctx context.Context, id, reference string) (provider.Outcome, error) {
	const verb = "adopt account"
	n, err := accountID(id, verb)
	if err != nil {
		return "", err
	}
	action := verb + " " + id
	if err := adapter.CheckReference(Kind, reference, action); err != nil {
		return "", err
	}
	server, err := p.client.Servers.Show(ctx, n)
	if err != nil {
		return "", adapter.InVerb(Kind, err, action)
	}
	_, suffix, ordered := splitHostname(server.Hostname())
	switch tag := server.Tag(ReferenceTag); {
	case tag != nil && tag.Value == reference:
		return provider.OutcomeAlready, nil
	case tag != nil:
		return "", adapter.Taken(Kind, action, "server "+id, clipped(tag.Value))
	case ordered && suffix != referenceSuffix(reference):
		return "", &provider.Error{Provider: Kind, Action: action, Kind: provider.ErrAlreadyExists, Message: fmt.Sprintf("server %d was ordered for another reference", n)}
	}
	if err := p.client.Orders.mark(ctx, server, reference); err != nil {
		return "", adapter.InVerb(Kind, err, action)
	}
	return provider.OutcomeAdopted, nil
}
