package elizon

import (
	"context"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Terminate cancels the service's subscription immediately. The vendor carries that out after a
// while: until the service is gone, the outcome is OutcomePending, and the caller may call
// Terminate again, or Wait with the ID, which ends in provider.ErrNotFound. To end it with its paid
// period, use Cancel. A service under contract refuses.
//
// A service only counts as gone while services can be listed.
func (p *Provider) Terminate(ctx context.Context, id string) (provider.Outcome, error) {
	return p.accounts.Remove(ctx, id, adapter.Removal[string, ServiceDetail]{
		Do: func(ctx context.Context, id string) error {
			_, err := p.client.Services.Subscription.Cancel(ctx, id, &SubscriptionCancelRequest{Immediate: true})
			return err
		},
		Ending: func(_ context.Context, _ string, now *ServiceDetail) (bool, error) {
			return now.TerminationPending || statusOf(now.Status) == provider.StatusEnding, nil
		},
	})
}

// proveAbsent proves that a service does not exist: services can be listed, and it is not among
// them.
func (p *Provider) proveAbsent(ctx context.Context, id string) (evidence string, err error) {
	evidence = "services can be listed"
	if id == "" {
		return evidence, p.readable(ctx)
	}
	return evidence, p.client.proveAbsent(ctx, id)
}

// proveAbsent returns an error unless services can be listed and this one is not among them.
func (c *Client) proveAbsent(ctx context.Context, id string) error {
	return adapter.NotListed(c.Services.List(ctx, &ServiceListOptions{PerPage: perPage}), func(s *Service) string { return s.ID }, id)
}

// Cancel schedules the end of a service with its paid period; a service under contract ends by
// notice.
func (p *Provider) Cancel(ctx context.Context, id string) (provider.Outcome, error) {
	return p.schedule(ctx, id, "cancel account", true, func(ctx context.Context, contract bool) error {
		req := &SubscriptionCancelRequest{}
		if contract {
			req.Mode = CancelByNotice
		}
		_, err := p.client.Services.Subscription.Cancel(ctx, id, req)
		return err
	})
}

// UndoCancel undoes a scheduled end, unless the platform's staff has locked it.
func (p *Provider) UndoCancel(ctx context.Context, id string) (provider.Outcome, error) {
	return p.schedule(ctx, id, "undo cancellation of account", false, func(ctx context.Context, _ bool) error {
		_, err := p.client.Services.Subscription.Reactivate(ctx, id)
		return err
	})
}

// billingContract is the billing mode of a contract.
const billingContract = "CONTRACT"

// readSubscription reads the subscription of a service. The answer names only the subscription: whose it
// is, the account's list of subscriptions tells, once the platform has linked it.
func (p *Provider) readSubscription(ctx context.Context, id string) (*ServiceSubscription, error) {
	own, err := p.client.Services.Subscription.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	for listed, err := range adapter.Legible(p.client.Subscriptions.List(ctx)) {
		switch {
		case err != nil:
			return nil, err
		case listed.ID == own.ID && listed.Service != nil && listed.Service.ID != id:
			return nil, &provider.Error{Kind: provider.ErrProtocol, Message: "the answer is about the subscription of another service"}
		}
	}
	return own, nil
}

func (p *Provider) schedule(ctx context.Context, id, verb string, want bool, do func(ctx context.Context, contract bool) error) (provider.Outcome, error) {
	return p.subscriptions.Change(ctx, id, adapter.Change[string, ServiceSubscription]{
		Verb: verb, Concerns: "end",
		Already: func(s *ServiceSubscription) bool { return s.CancelAtPeriodEnd == want },
		Do: func(ctx context.Context, _ string, now *ServiceSubscription) error {
			return do(ctx, now.BillingMode == billingContract)
		},
	})
}
