package hostkey

import (
	"context"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Suspension by power, see WithSuspendByPower.

// suspendedTag marks a server that is suspended by power. Without it a server that is
// off is one that its owner has switched off.
const suspendedTag = "provkit-suspended"

// heldDown tells that a server is suspended by power. One that is marked and runs is
// on its way, or its owner has powered it on.
func heldDown(s *Server) bool { return s.Tag(suspendedTag) != nil && isOff(s) }

// holdDown marks the server, then switches port and power off.
func (p *Provider) suspendByPower(ctx context.Context, id, verb string) (provider.Outcome, error) {
	server, action, err := p.held(ctx, id, verb)
	switch {
	case err != nil:
		return "", err
	case heldDown(server):
		return provider.OutcomeAlready, nil
	}
	if server.Tag(suspendedTag) == nil {
		err := p.tag(ctx, server.ID, true, func(ctx context.Context) error {
			_, err := p.client.Tags.Add(ctx, &TagRequest{ID: server.ID, Name: suspendedTag, Value: "1"})
			return err
		})
		if err != nil {
			return "", adapter.InVerb(Kind, err, action)
		}
	}
	if port := p.client.settings.port; port != "" {
		if _, err := p.client.Net.PortOff(ctx, &PortOffRequest{ServerID: server.ID, Port: port, Reason: "suspended"}); err != nil {
			return "", adapter.InVerb(Kind, err, action)
		}
	}
	outcome, err := p.change(ctx, id, verb, heldDown, func(ctx context.Context, id int64) (*Ack, error) { return p.client.Servers.HardOff(ctx, id, nil) })
	if outcome == provider.OutcomeAlready {
		outcome = provider.OutcomeChanged // it was off, and is suspended since it is marked
	}
	return outcome, err
}

// letUp takes the mark off last, so that what fails half-way can be told.
func (p *Provider) unsuspendByPower(ctx context.Context, id, verb string) (provider.Outcome, error) {
	server, action, err := p.held(ctx, id, verb)
	switch {
	case err != nil:
		return "", err
	case server.Tag(suspendedTag) == nil:
		return provider.OutcomeAlready, nil
	}
	if port := p.client.settings.port; port != "" {
		if _, err := p.client.Net.PortOn(ctx, server.ID, port); err != nil {
			return "", adapter.InVerb(Kind, err, action)
		}
	}
	outcome, err := p.change(ctx, id, verb, isOn, func(ctx context.Context, id int64) (*Ack, error) { return p.client.Servers.On(ctx, id, nil) })
	if err != nil || outcome == provider.OutcomePending {
		return outcome, err
	}
	err = p.tag(ctx, server.ID, false, func(ctx context.Context) error {
		_, err := p.client.Tags.Remove(ctx, &TagRemoveRequest{ID: server.ID, Name: suspendedTag})
		return err
	})
	if err != nil {
		// It is in service again, so this is no plain failure.
		marked := provider.Unresolved(nil, err)
		marked.Message = "the server runs again, but the mark of its suspension could not be removed: " + err.Error()
		return "", adapter.InVerb(Kind, marked, action)
	}
	return provider.OutcomeChanged, nil
}

func (p *Provider) held(ctx context.Context, id, verb string) (*Server, string, error) {
	n, err := accountID(id, verb)
	if err != nil {
		return nil, "", err
	}
	action := verb + " " + id
	server, err := p.client.Servers.Show(ctx, n)
	if err != nil {
		return nil, "", adapter.InVerb(Kind, err, action)
	}
	return server, action, nil
}

// tag sets or removes the mark, and reads it back.
func (p *Provider) tag(ctx context.Context, id int64, want bool, do func(context.Context) error) error {
	return provider.Confirm(ctx, do, func(ctx context.Context) (bool, error) {
		server, err := p.client.Servers.Show(ctx, id)
		return err == nil && (server.Tag(suspendedTag) != nil) == want, err
	})
}
