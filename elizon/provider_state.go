package elizon

import (
	"context"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

type change = adapter.Change[string, ServiceDetail]

// Suspend takes a service out of service. The platform lets its owner do that.
func (p *Provider) Suspend(ctx context.Context, id string) (provider.Outcome, error) {
	return p.accounts.Change(ctx, id, change{Verb: "suspend account", Already: isSuspended(true), Do: p.act(ActionSuspend)})
}

// Unsuspend puts a suspended service back into service. One that is suspended for an
// unpaid invoice is put back by its payment only.
func (p *Provider) Unsuspend(ctx context.Context, id string) (provider.Outcome, error) {
	return p.accounts.Change(ctx, id, change{Verb: "unsuspend account", Already: isSuspended(false), Do: p.act(ActionResume)})
}

func isSuspended(want bool) func(*ServiceDetail) bool {
	return func(d *ServiceDetail) bool { return d.Suspended == want }
}

func (p *Provider) act(action ServiceAction) func(context.Context, string, *ServiceDetail) error {
	return func(ctx context.Context, id string, _ *ServiceDetail) error {
		_, err := p.client.Services.Action(ctx, id, action)
		return err
	}
}

// ChangePlan moves a service to another product, as far as WithSpending allows: to a
// dearer one by an order that costs the difference for the rest of the period, to a
// cheaper one at once, for which the period becomes longer. Downgrades restart the service.
func (p *Provider) ChangePlan(ctx context.Context, id, plan string) (provider.Outcome, error) {
	limit := p.client.settings.spending.MaxUpgrade
	var input provider.Problems
	input.Word("plan", plan)
	return p.spend(ctx, "change plan of account", id, input, limit, "MaxUpgrade", func(ctx context.Context, id string) (provider.Outcome, error) {
		detail, err := p.client.Services.Get(ctx, id)
		switch {
		case err != nil:
			return "", err
		case detail.Product.ID == plan:
			return provider.OutcomeAlready, nil
		}
		catalogue, err := p.client.Products.List(ctx, "")
		if err != nil {
			return "", err
		}
		target, now := catalogue.find(plan), detail.Billing.MonthlyPrice
		if target == nil {
			return "", &provider.Error{Kind: provider.ErrInvalid, Message: "no such product", Fields: map[string]string{"plan": "no product has that ID"}}
		}
		if current := catalogue.find(detail.Product.ID); current != nil {
			now = current.PriceMonthly
		}
		want := func(d *ServiceDetail) bool { return d.Product.ID == plan }
		// That a product is named so among the resources is assumed.
		changes := map[string]any{"productId": plan}
		if target.PriceMonthly.Cmp(now) < 0 {
			err := provider.Confirm(ctx,
				func(ctx context.Context) error {
					_, err := p.client.Services.ApplyDowngrade(ctx, id, &ServiceDowngradeRequest{ResourceChanges: changes})
					return err
				},
				func(ctx context.Context) (bool, error) { return p.accounts.Await(ctx, id, want) })
			return provider.OutcomeChanged, err
		}
		line, err := p.upgrade(ctx, id, target, changes)
		if err != nil {
			return "", err
		}
		seen, err := p.pay(ctx, "plan "+id, []CartLine{*line}, limit, "MaxUpgrade", func(ctx context.Context) (bool, error) {
			now, err := p.client.Services.Get(ctx, id)
			return err == nil && want(now), err
		})
		if err == nil && !seen {
			p.accounts.Begin(id, adapter.Work[ServiceDetail]{Shows: want})
			return provider.OutcomePending, nil
		}
		return provider.OutcomeChanged, err
	})
}

// Adopt marks a service that exists already as the one of a reference, by its name. If
// the name is no user name that Create accepts, Create gives it the order's.
func (p *Provider) Adopt(ctx context.Context, id, reference string) (provider.Outcome, error) {
	return p.accounts.Adopt(ctx, id, reference, func(ctx context.Context, id string, now *ServiceDetail) error {
		if now.Shared {
			return &provider.Error{Kind: provider.ErrForbidden, Message: "the service is another account's, and only shared with this one"}
		}
		name, _ := marked(&now.Service)
		_, err := p.client.Services.Update(ctx, id, &ServiceUpdateRequest{Name: new(provider.Mark(name, reference))})
		return err
	})
}
