package elizon

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/provkit/provkit/provider"
)

// follow finds the service of an order whose subscription or service is known, and marks
// it. An order without a service yet is no error.
func (c *Client) follow(ctx context.Context, b *purchase) error {
	if b.service == "" {
		err := b.retryAfterPayment(ctx, func() error { return c.findService(ctx, b) })
		if err != nil || b.service == "" {
			return err
		}
		_ = c.note(b)
	}
	// What this call has bought was seen a moment ago, and carried no mark.
	if !b.placed {
		if err := c.inspect(ctx, b); err != nil || b.detail == nil {
			return err
		}
	}
	if !b.named {
		if err := c.name(ctx, b); err != nil {
			return err
		}
	}
	return c.note(b)
}

// inspect reads the service that an order leads to, and makes sure that it is the order's.
// One that cannot be read yet is no error.
func (c *Client) inspect(ctx context.Context, b *purchase) error {
	detail, err := c.Services.Get(ctx, b.service)
	switch {
	case errors.Is(err, provider.ErrNotFound) && b.unsettled():
		return nil // it has a number already, but is not there yet
	case err != nil:
		return err
	}
	switch name, reference := marked(&detail.Service); {
	case reference != "" && reference != b.reference:
		return &provider.Error{Kind: provider.ErrConflict, Message: fmt.Sprintf("the order leads to service %q, which carries the reference %q", b.service, reference)}
	case reference != "" && strings.EqualFold(name, b.username):
		b.named = true
	case reference != "" && usernamePolicy.Problem(name) == "":
		return &provider.Error{
			Kind: provider.ErrAlreadyExists, Message: fmt.Sprintf("service %q carries the reference %q under the name %q", b.service, reference, name),
			Fields: map[string]string{"Username": "is not that of the reference's service"},
		}
	}
	b.detail = detail
	if detail.TerminationPending {
		return &provider.Error{Kind: provider.ErrConflict, Message: fmt.Sprintf("service %q is being terminated", b.service)}
	}
	return nil
}

// findService asks which service a subscription pays for.
func (c *Client) findService(ctx context.Context, b *purchase) error {
	for subscription, err := range c.Subscriptions.List(ctx) {
		if err != nil {
			return err
		}
		if subscription.ID != b.subscription {
			continue
		}
		if subscription.Service != nil {
			b.service = subscription.Service.ID
		}
		return nil
	}
	if b.unsettled() {
		return nil // it is so new that the list may not know it yet
	}
	return &provider.Error{
		Kind: provider.ErrNotFound, Message: fmt.Sprintf("subscription %q is not among the active ones: what was ordered has ended; without the handle it is ordered anew", b.subscription),
	}
}

// name marks the service. While a service is set up the platform may refuse that: then it
// is done later, and the handle knows the order.
func (c *Client) name(ctx context.Context, b *purchase) error {
	var detail *ServiceDetail
	err := b.retryAfterPayment(ctx, func() (err error) {
		detail, err = c.rename(ctx, b.service, provider.Mark(b.username, b.reference))
		return err
	})
	if err == nil {
		b.detail, b.named, b.renamed = detail, true, true
		return nil
	}
	if !errors.Is(err, provider.ErrConflict) || errors.Is(err, provider.ErrOutcomeUnknown) {
		return err
	}
	if b.detail == nil {
		if lookErr := c.inspect(ctx, b); lookErr != nil || b.detail == nil {
			return err
		}
	}
	if statusOf(b.detail.Status) == provider.StatusPending {
		return nil
	}
	return err
}

// rename gives a service a name with a mark, and reads it back.
func (c *Client) rename(ctx context.Context, id, name string) (*ServiceDetail, error) {
	wantName, wantReference := provider.Unmark(name)
	var detail *ServiceDetail
	err := provider.Confirm(ctx,
		func(ctx context.Context) error {
			_, err := c.Services.Update(ctx, id, &ServiceUpdateRequest{Name: &name})
			return err
		},
		func(ctx context.Context) (bool, error) {
			read, err := c.Services.Get(ctx, id)
			if err != nil {
				return false, err
			}
			detail = read
			name, reference := marked(&read.Service)
			return name == wantName && reference == wantReference, nil
		})
	return detail, err
}
