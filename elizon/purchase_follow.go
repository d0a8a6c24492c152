package elizon

import (
	"context"
	"errors"
	"strings"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/order"
	"github.com/provkit/provkit/provider"
)

// Follow finds the service of the order. An order without a service yet is not an error.
func (p *purchase) Follow(ctx context.Context) (order.State, error) {
	if p.service == "" {
		err := p.RetryAfterPayment(ctx, func() error { return p.findService(ctx) })
		if err != nil || p.service == "" {
			return order.Deploying, err
		}
	}
	// This call has just bought it, so it carries no mark.
	if p.Placed {
		return order.Unmarked, nil
	}
	switch err := p.inspect(ctx); {
	case err != nil, p.detail == nil:
		return order.Deploying, err
	case !p.Marked:
		return order.Unmarked, nil
	}
	return p.state(), nil
}

// state returns how far an order with a marked service is.
func (p *purchase) state() order.State {
	if statusOf(p.detail.Status) == provider.StatusPending {
		return order.Deploying
	}
	return order.Ready
}

// inspect reads the service that an order leads to, and checks that it is the order's. A service
// that cannot be read yet is not an error.
func (p *purchase) inspect(ctx context.Context) error {
	detail, err := p.c.Services.Get(ctx, p.service)
	switch {
	case errors.Is(err, provider.ErrNotFound) && p.Unsettled() && !p.Known:
		return nil // it has an ID already, but does not exist yet
	case errors.Is(err, provider.ErrNotFound):
		if err := p.c.proveAbsent(ctx, p.service); err != nil {
			return adapter.Unproven(Kind, "service", err)
		}
		return order.Gone("service %q is not listed: what was ordered has ended; Create without the handle orders again", p.service)
	case err != nil:
		return err
	}
	// Whose a service is that the order's own subscription pays for does not depend on what is left of its
	// marker: one that proves nothing is written anew.
	switch name, reference, _ := p.c.core.Markers().Read(detail.shownName(), detail.ID); {
	case reference != "" && reference != p.Reference:
		return order.Astray("the order leads to service %q, which carries the reference %q", p.service, reference)
	case reference != "" && strings.EqualFold(name, p.username):
		p.Marked = true
	case reference != "" && usernamePolicy.Problem(name) == "":
		return &provider.Error{
			Kind: provider.ErrAlreadyExists, Message: p.c.core.Say("service %q carries the reference %q under the name %q", p.service, reference, name),
			Fields: map[string]string{"Username": "is not that of the reference's service"},
		}
	}
	p.detail = detail
	if detail.TerminationPending {
		return &provider.Error{Kind: provider.ErrConflict, Message: p.c.core.Say("service %q is being terminated", p.service)}
	}
	return nil
}

// findService finds the service that the order's subscription pays for. One list without it proves no end.
func (p *purchase) findService(ctx context.Context) error {
	for range 2 {
		for subscription, err := range adapter.Legible(p.c.Subscriptions.List(ctx)) {
			if err != nil {
				return err
			}
			if subscription.ID != p.subscription {
				continue
			}
			if subscription.Service != nil {
				p.claim("", subscription.Service.ID)
			}
			return nil
		}
		if p.Unsettled() {
			return nil // it is so new that the list may not have it yet
		}
	}
	return order.Gone("subscription %q is not active: what was ordered has ended; Create without the handle orders again", p.subscription)
}

// Mark names the service. The platform may refuse that while it sets the service up: then it is
// done later, and the handle identifies the order until then.
func (p *purchase) Mark(ctx context.Context) (order.State, error) {
	var detail *ServiceDetail
	err := p.RetryAfterPayment(ctx, func() (err error) {
		detail, err = p.c.rename(ctx, p.service, p.username, p.Reference)
		return err
	})
	if err == nil {
		p.detail, p.Marked, p.renamed = detail, true, true
		return p.state(), nil
	}
	if !errors.Is(err, provider.ErrConflict) || errors.Is(err, provider.ErrOutcomeUnknown) {
		return order.Deploying, err
	}
	if p.detail == nil {
		if lookErr := p.inspect(ctx); lookErr != nil || p.detail == nil {
			return order.Deploying, err
		}
	}
	if p.state() == order.Deploying {
		err = nil
	}
	return order.Deploying, err
}

// rename gives a service a name with a marker, and reads it back.
func (c *Client) rename(ctx context.Context, id, username, reference string) (*ServiceDetail, error) {
	markers := c.core.Markers()
	marked := markers.Mark(username, reference, id)
	var detail *ServiceDetail
	err := adapter.Confirm(ctx, c.core.ReadLag(),
		func(ctx context.Context) error {
			_, err := c.Services.Update(ctx, id, &ServiceUpdateRequest{Name: &marked})
			return err
		},
		func(ctx context.Context) (bool, error) {
			read, err := c.Services.Get(ctx, id)
			if err != nil {
				return false, err
			}
			detail = read
			name, carried, marker := markers.Read(read.shownName(), id)
			return name == username && carried == reference && !marker.Outdated, nil
		})
	return detail, err
}
