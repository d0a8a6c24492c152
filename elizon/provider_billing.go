package elizon

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/order"
	"github.com/provkit/provkit/provider"
)

// List lists all services, without their plans.
func (p *Provider) List(ctx context.Context, opts *provider.ListOptions) iter.Seq2[*provider.Account, error] {
	return func(yield func(*provider.Account, error) bool) {
		size := int64(perPage)
		if opts != nil && opts.PageSize != 0 {
			size = int64(opts.PageSize)
		}
		if size < 0 {
			yield(nil, provider.Problems{"PageSize": "negative"}.Err(Kind, "", "list accounts"))
			return
		}
		for service, err := range p.client.Services.List(ctx, &ServiceListOptions{PerPage: size}) {
			if err != nil {
				yield(nil, named(err, "list accounts"))
				return
			}
			if !service.Shared && !yield(listedAccount(service), nil) {
				return
			}
		}
	}
}

// Plans lists the products, also those that are sold out. Native is the *Product, with its
// price.
func (p *Provider) Plans(ctx context.Context) ([]provider.Plan, error) {
	// The catalogue is public: that it can be read says nothing about the key.
	if err := p.readable(ctx); err != nil {
		return nil, named(err, "list plans")
	}
	catalogue, err := p.client.Products.List(ctx, "")
	if err != nil {
		return nil, named(err, "list plans")
	}
	var plans []provider.Plan
	for product := range catalogue.all() {
		plans = append(plans, provider.Plan{ID: product.ID, Name: cmp.Or(product.Name, product.ID), Native: product})
	}
	return plans, nil
}

// allowed refuses to spend money that WithSpending does not allow.
func allowed(limit EUR, field, action string) error {
	if limit != "" {
		return nil
	}
	return &provider.Error{
		Provider: Kind, Action: action, Kind: provider.ErrUnsupported,
		Message: "it spends money, and nobody has said how much it may be: see elizon.WithSpending, " + field,
	}
}

// paying runs what spends money, one at a time.
func (p *Provider) paying(ctx context.Context, action string, do func() (provider.Outcome, error)) (provider.Outcome, error) {
	release, err := p.client.orders.desk.Turn.Take(ctx)
	if err != nil {
		return "", named(err, action)
	}
	defer release()
	outcome, err := do()
	if err != nil {
		return "", named(err, action)
	}
	return outcome, nil
}

// pay places an order that renews or upgrades, once, and looks for its effect. While an
// earlier one of the same key may be under way it places none.
func (p *Provider) pay(ctx context.Context, key string, items []CartLine, limit EUR, field string, look func(context.Context) (bool, error)) (seen bool, err error) {
	c := p.client
	if at := c.orders.spentAt(key); time.Since(at) < order.Settles {
		return false, order.Unknown("it was ordered a moment ago, and what came of it does not show: try again after %s", at.Add(order.Settles).Format(time.RFC3339))
	}
	if err := c.affordable(ctx, &CartCalculateRequest{Items: items}, limit, "elizon.WithSpending, "+field); err != nil {
		return false, err
	}
	s := c.settings.spending
	c.orders.setSpent(key, time.Now())
	answer, failed := c.Checkout.Order(ctx, &CheckoutOrderRequest{Items: items, PaymentMethod: s.Payment, SavedMandateID: s.SavedMandateID})
	switch {
	case failed == nil && answer.RedirectURL != "":
		return false, &provider.Error{
			Kind: provider.ErrConflict, Message: fmt.Sprintf("it is ordered, but the platform wants a person to pay invoice %q on a web page", answer.InvoiceID),
		}
	case failed != nil && !errors.Is(failed, provider.ErrOutcomeUnknown):
		c.orders.setSpent(key, time.Time{})
		return false, failed
	case failed != nil && ctx.Err() != nil:
		return false, failed
	}
	seen, err = adapter.Until(ctx, showTime, lookTime, look)
	switch {
	case err != nil:
		return false, provider.Unresolved(failed, err)
	case seen:
		c.orders.setSpent(key, time.Time{})
		return true, nil
	}
	return false, failed
}

// Renew buys one more billing cycle, as far as WithSpending allows. A service that is paid
// for more than one cycle ahead: OutcomeAlready.
func (p *Provider) Renew(ctx context.Context, id string) (provider.Outcome, error) {
	const verb = "renew account"
	if err := checkID(id, verb); err != nil {
		return "", err
	}
	action, limit := verb+" "+id, p.client.settings.spending.MaxRenewal
	if err := allowed(limit, "MaxRenewal", action); err != nil {
		return "", err
	}
	key := "renew " + id
	return p.paying(ctx, action, func() (provider.Outcome, error) {
		subscription, err := p.client.Services.Subscription.Get(ctx, id)
		if err != nil {
			return "", err
		}
		days, end := subscription.BillingCycleDays, subscription.CurrentPeriodEnd
		switch {
		case days <= 0 || end.IsZero():
			return "", &provider.Error{Kind: provider.ErrUnsupported, Message: "the subscription tells no billing cycle, or no end of its period"}
		case end.After(time.Now().AddDate(0, 0, int(days)+1)):
			return provider.OutcomeAlready, nil
		}
		detail, err := p.client.Services.Get(ctx, id)
		if err != nil {
			return "", err
		}
		price, err := p.client.Services.Renew(ctx, id, days)
		switch {
		case err != nil:
			return "", err
		case price.Price.Cmp(limit) > 0:
			return "", tooExpensive(price.Price, limit, "elizon.WithSpending, MaxRenewal")
		}
		items := []CartLine{{
			LineID: key, ProductID: detail.Product.ID, ProductName: cmp.Or(detail.Product.Name, detail.Product.ID), Quantity: 1, BillingCycle: days,
			ItemType: ItemRenewal, ServiceID: id, SubscriptionID: subscription.ID, DaysExtension: days,
		}}
		seen, err := p.pay(ctx, key, items, limit, "MaxRenewal", func(ctx context.Context) (bool, error) {
			now, err := p.client.Services.Subscription.Get(ctx, id)
			return err == nil && now.CurrentPeriodEnd.After(end), err
		})
		switch {
		case err != nil:
			return "", err
		case !seen:
			return "", order.Unknown("the platform accepted the order, but the period has not become longer yet")
		}
		return provider.OutcomeChanged, nil
	})
}

// ChangePlan moves a service to another product, as far as WithSpending allows: to a
// dearer one by an order that costs the difference for the rest of the period, to a
// cheaper one at once, for which the period becomes longer. Downgrades restart the service.
func (p *Provider) ChangePlan(ctx context.Context, id, plan string) (provider.Outcome, error) {
	const verb = "change plan of account"
	if err := checkID(id, verb); err != nil {
		return "", err
	}
	action, limit := verb+" "+id, p.client.settings.spending.MaxUpgrade
	var problems provider.Problems
	problems.Word("plan", plan)
	if err := problems.Err(Kind, "", action); err != nil {
		return "", err
	}
	if err := allowed(limit, "MaxUpgrade", action); err != nil {
		return "", err
	}
	key := "plan " + id
	return p.paying(ctx, action, func() (provider.Outcome, error) {
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
				func(ctx context.Context) (bool, error) { return p.await(ctx, id, showTime, want) })
			return provider.OutcomeChanged, err
		}
		line, err := p.upgrade(ctx, id, target, changes)
		if err != nil {
			return "", err
		}
		seen, err := p.pay(ctx, key, []CartLine{*line}, limit, "MaxUpgrade", func(ctx context.Context) (bool, error) {
			now, err := p.client.Services.Get(ctx, id)
			return err == nil && want(now), err
		})
		if err == nil && !seen {
			p.works.Begin(id, want)
			return provider.OutcomePending, nil
		}
		return provider.OutcomeChanged, err
	})
}

// upgrade asks for the line to be ordered, and makes sure that it is what was asked for.
func (p *Provider) upgrade(ctx context.Context, id string, target *Product, changes map[string]any) (*CartLine, error) {
	quote, err := p.client.Cart.Upgrade(ctx, &CartUpgradeRequest{ServiceID: id, ResourceChanges: changes})
	if err != nil {
		return nil, err
	}
	line := quote.Line
	switch {
	case line == nil:
		return nil, &provider.Error{Kind: provider.ErrProtocol, Message: "nothing was bought: the platform answers no line that could be ordered"}
	case line.ProductID != target.ID, line.ServiceID != "" && line.ServiceID != id, line.ItemType != "" && line.ItemType != ItemUpgrade, line.Quantity > 1:
		return nil, &provider.Error{Kind: provider.ErrProtocol, Message: "nothing was bought: the platform answers a line for something else"}
	}
	line.ServiceID, line.ItemType, line.Quantity = id, ItemUpgrade, 1
	line.LineID, line.ProductName = cmp.Or(line.LineID, "plan "+id), cmp.Or(line.ProductName, target.Name, target.ID)
	line.BillingCycle = cmp.Or(line.BillingCycle, defaultCycle)
	return line, nil
}
