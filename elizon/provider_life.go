package elizon

import (
	"context"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Suspend takes a service out of service. The platform lets its owner do that.
func (p *Provider) Suspend(ctx context.Context, id string) (provider.Outcome, error) {
	return p.change(ctx, id, "suspend account", func(d *ServiceDetail) bool { return d.Suspended }, p.act(id, ActionSuspend))
}

// Unsuspend puts a suspended service back into service. One that is suspended for an
// unpaid invoice is put back by its payment only.
func (p *Provider) Unsuspend(ctx context.Context, id string) (provider.Outcome, error) {
	return p.change(ctx, id, "unsuspend account", func(d *ServiceDetail) bool { return !d.Suspended }, p.act(id, ActionResume))
}

func (p *Provider) act(id string, action ServiceAction) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := p.client.Services.Action(ctx, id, action)
		return err
	}
}

// Terminate cancels the service's subscription at once. The vendor carries that out after
// a while: until the service is gone the outcome is OutcomePending, and Terminate may be
// called again or waited for with Wait and the ID, which ends in provider.ErrNotFound. To
// end it with its paid period, use Cancel. A service under contract refuses.
//
// That a service is gone counts only while services can be listed.
func (p *Provider) Terminate(ctx context.Context, id string) (provider.Outcome, error) {
	const verb = "terminate account"
	if err := checkID(id, verb); err != nil {
		return "", err
	}
	action := verb + " " + id
	ended, ending := false, false
	look := func(ctx context.Context) (bool, error) {
		detail, err := p.client.Services.Get(ctx, id)
		switch {
		case err == nil:
			ending = detail.TerminationPending || statusOf(detail.Status) == provider.StatusEnding
			return ending, nil
		case !notFound(err):
			return false, err
		}
		ended = true
		return true, p.proof(ctx, id)
	}
	switch _, err := look(ctx); {
	case err != nil:
		return "", named(err, action)
	case ended:
		return "", &provider.Error{Provider: Kind, Action: action, Kind: provider.ErrNotFound, Message: "services can be listed, and this is none of them"}
	case ending:
		return provider.OutcomePending, nil
	}
	err := provider.Confirm(ctx,
		func(ctx context.Context) error {
			_, err := p.client.Services.Subscription.Cancel(ctx, id, &SubscriptionCancelRequest{Immediate: true})
			return err
		},
		func(ctx context.Context) (bool, error) { return adapter.Until(ctx, showTime, lookTime, look) })
	switch {
	case err != nil:
		return "", named(err, action)
	case ended:
		p.works.Done(id)
		return provider.OutcomeChanged, nil
	}
	return provider.OutcomePending, nil
}

// Cancel schedules the end of a service with its paid period; one under contract ends by
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

// UndoCancel takes back a planned end, unless the platform's staff has locked it.
func (p *Provider) UndoCancel(ctx context.Context, id string) (provider.Outcome, error) {
	return p.schedule(ctx, id, "keep account", false, func(ctx context.Context, _ bool) error {
		_, err := p.client.Services.Subscription.Reactivate(ctx, id)
		return err
	})
}

// billingContract is the billing mode of a contract.
const billingContract = "CONTRACT"

func (p *Provider) schedule(ctx context.Context, id, verb string, want bool, do func(ctx context.Context, contract bool) error) (provider.Outcome, error) {
	if err := checkID(id, verb); err != nil {
		return "", err
	}
	action := verb + " " + id
	subscription, err := p.client.Services.Subscription.Get(ctx, id)
	switch {
	case err != nil:
		return "", named(err, action)
	case subscription.CancelAtPeriodEnd == want:
		return provider.OutcomeAlready, nil
	}
	contract := subscription.BillingMode == billingContract
	err = provider.Confirm(ctx,
		func(ctx context.Context) error { return do(ctx, contract) },
		func(ctx context.Context) (bool, error) {
			return adapter.Until(ctx, showTime, lookTime, func(ctx context.Context) (bool, error) {
				now, err := p.client.Services.Subscription.Get(ctx, id)
				return err == nil && now.CancelAtPeriodEnd == want, err
			})
		})
	if err != nil {
		return "", named(err, action)
	}
	return provider.OutcomeChanged, nil
}

// Adopt marks a service that exists already as the one of a reference, by its name. If
// the name is no user name that Create accepts, Create gives it the order's.
func (p *Provider) Adopt(ctx context.Context, id, reference string) (provider.Outcome, error) {
	const verb = "adopt account"
	if err := checkID(id, verb); err != nil {
		return "", err
	}
	action := verb + " " + id
	if err := adapter.CheckReference(Kind, reference, action); err != nil {
		return "", err
	}
	detail, err := p.client.Services.Get(ctx, id)
	if err != nil {
		return "", named(err, action)
	}
	name, of := marked(&detail.Service)
	switch {
	case of == reference:
		return provider.OutcomeAlready, nil
	case of != "":
		return "", adapter.Taken(Kind, action, "service "+id, of)
	case detail.Shared:
		return "", &provider.Error{Provider: Kind, Action: action, Kind: provider.ErrForbidden, Message: "the service is another account's, and only shared with this one"}
	}
	if _, err := p.client.rename(ctx, id, provider.Mark(name, reference)); err != nil {
		return "", named(err, action)
	}
	return provider.OutcomeAdopted, nil
}
