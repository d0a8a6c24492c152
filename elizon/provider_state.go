package elizon

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/order"
	"github.com/provkit/provkit/provider"
)

type change = adapter.Change[string, ServiceDetail]

// Suspend suspends a service, which the platform allows its owner.
func (p *Provider) Suspend(ctx context.Context, id string) (provider.Outcome, error) {
	outcome, err := p.accounts.Change(ctx, id, change{
		Verb: "suspend account", Already: isSuspended(true), Do: p.act(ActionSuspend), Concerns: "suspension",
	})
	if err == nil {
		p.accounts.Supersede(id, "power") // a suspended service is not going to be switched on or off
	}
	return outcome, err
}

// Unsuspend resumes a suspended service. A suspension for an unpaid invoice ends only with its
// payment.
func (p *Provider) Unsuspend(ctx context.Context, id string) (provider.Outcome, error) {
	return p.accounts.Change(ctx, id, change{
		Verb: "unsuspend account", Already: isSuspended(false), Do: p.act(ActionResume), Concerns: "suspension",
	})
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

// ChangePlan moves a service to another product, within the limit of WithSpending: to a dearer one
// by an order that costs the difference for the rest of the period, to a cheaper one immediately,
// in return for a longer period. Downgrades restart the service.
func (p *Provider) ChangePlan(ctx context.Context, id, plan string) (provider.Outcome, error) {
	limit := p.client.settings.spending.MaxUpgrade
	var input provider.Problems
	input.Word("plan", plan)
	return p.spend(ctx, "change plan of account", id, input, limit, "MaxUpgrade", func(ctx context.Context, id string) (provider.Outcome, error) {
		want := func(d *ServiceDetail) bool { return d.Product.ID == plan }
		detail, err := p.client.Services.Get(ctx, id)
		if err != nil {
			return "", err
		}
		p.client.orders.desk.Taken(ctx, "change plan", id+" "+detail.Product.ID)
		detail, already, err := p.accounts.Is(ctx, id, detail, want, "plan")
		switch {
		case err != nil:
			return "", err
		case already:
			return provider.OutcomeAlready, nil
		}
		catalogue, err := p.client.Products.List(ctx, "")
		if err != nil {
			return "", err
		}
		target, now := catalogue.find(plan), detail.Billing.MonthlyPrice
		if target == nil {
			return "", &provider.Error{Kind: provider.ErrInvalid, Message: "no such product", Fields: map[string]string{"plan": "no product has this ID"}}
		}
		if current := catalogue.find(detail.Product.ID); current != nil {
			now = current.PriceMonthly
		}
		// That this is the field for the product is assumed.
		changes := map[string]any{"productId": plan}
		if target.PriceMonthly.Cmp(now) < 0 {
			return p.accounts.Apply(ctx, id, detail, change{
				Already: want, Concerns: "plan",
				Do: func(ctx context.Context, id string, _ *ServiceDetail) error {
					_, err := p.client.Services.ApplyDowngrade(ctx, id, &ServiceDowngradeRequest{ResourceChanges: changes})
					return err
				},
			})
		}
		line, err := p.upgrade(ctx, id, target, changes)
		if err != nil {
			return "", err
		}
		forget := p.accounts.Sending(id, "plan", want)
		shows := p.accounts.Shows(id, want)
		outcome, err := p.pay(ctx, order.Spending{
			Verb: "change plan", Subject: id + " " + plan,
			Look: func(ctx context.Context) (end time.Time, so bool, err error) {
				so, err = shows(ctx)
				return end, so, err
			},
		}, []CartLine{*line}, limit, "MaxUpgrade")
		if err == nil && outcome != provider.OutcomePending || err != nil && !errors.Is(err, provider.ErrOutcomeUnknown) {
			forget()
		}
		switch {
		case err != nil:
			return "", err
		case outcome == provider.OutcomePending:
			p.accounts.Begin(id, adapter.Work[ServiceDetail]{Shows: want, Concerns: "plan"})
			return provider.OutcomePending, nil
		}
		p.accounts.Supersede(id, "plan")
		return outcome, nil
	})
}

// Adopt marks an existing service as that of a reference, by its name. If the name is not a user
// name that Create accepts, Create replaces it with the order's.
func (p *Provider) Adopt(ctx context.Context, id, reference string) (provider.Outcome, error) {
	return p.accounts.Adopt(ctx, id, reference, func(ctx context.Context, id string, now *ServiceDetail) error {
		if now.Shared {
			return &provider.Error{Kind: provider.ErrForbidden, Message: "the service belongs to another account and is only shared with this one"}
		}
		name := p.client.core.Markers().Mark(now.shownName(), reference, id)
		if over := len(name) - maxServiceName; over > 0 {
			return provider.Problems{"name": fmt.Sprintf("with the marker %d characters longer than the name of a service may be: shorten it", over)}.Err(Kind, "", "")
		}
		_, err := p.client.Services.Update(ctx, id, &ServiceUpdateRequest{Name: &name})
		return err
	})
}
