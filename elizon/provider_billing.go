package elizon

import (
	"cmp"
	"context"
	"time"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/order"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// spend runs a verb that spends money, if WithSpending allows it. field names the limit.
func (p *Provider) spend(
	ctx context.Context, verb, id string, input provider.Problems, limit EUR, field string, do func(context.Context, string) (provider.Outcome, error),
) (provider.Outcome, error) {
	if limit != "" {
		p.client.orders.desk.Refuse(&input)
	}
	return adapter.Verb(ctx, p.accounts, verb, id, input, func(ctx context.Context, id string) (provider.Outcome, error) {
		if limit == "" {
			return "", &provider.Error{
				Kind: provider.ErrUnsupported, Message: words.Say("it spends money, and no limit is set: see elizon.WithSpending, %s", field),
			}
		}
		return do(ctx, id)
	})
}

// pay places an order that renews or upgrades.
func (p *Provider) pay(ctx context.Context, s order.Spending, items []CartLine, limit EUR, field string) (provider.Outcome, error) {
	c := p.client
	s.Lag = p.accounts.Lag
	s.Due = func(ctx context.Context, invoice string) (dead bool, err error) {
		_, dead, err = c.due(ctx, invoice)
		return dead, err
	}
	s.Send = func(ctx context.Context) (invoice string, err error) {
		if err := c.affordable(ctx, &CartCalculateRequest{Items: items}, limit, "elizon.WithSpending, "+field); err != nil {
			return "", err
		}
		with := c.settings.spending
		answer, err := c.Checkout.Order(ctx, &CheckoutOrderRequest{Items: items, PaymentMethod: with.Payment, SavedMandateID: with.SavedMandateID})
		switch {
		case err != nil:
			return "", err
		case !answer.RedirectURL.IsZero() && isID(answer.InvoiceID):
			return answer.InvoiceID, c.unpaid(answer.InvoiceID)
		case !answer.RedirectURL.IsZero():
			return "", order.Unknown("it is ordered, and a person has to pay an invoice, whose ID is missing, on the platform's web page")
		case answer.InvoiceID == "" && answer.OrderID == "" && len(answer.SubscriptionIDs) == 0 && !answer.Processing:
			return "", order.Unknown("the answer to the order names none, and its effect is not visible yet")
		}
		return "", nil
	}
	return c.orders.desk.Spend(ctx, s)
}

// Renew buys one more billing cycle, within the limit of WithSpending. For a service that is paid
// more than one cycle in advance it returns OutcomeAlready.
func (p *Provider) Renew(ctx context.Context, id string) (provider.Outcome, error) {
	limit := p.client.settings.spending.MaxRenewal
	return p.spend(ctx, "renew account", id, nil, limit, "MaxRenewal", func(ctx context.Context, id string) (provider.Outcome, error) {
		subscription, err := p.readSubscription(ctx, id)
		if err != nil {
			return "", err
		}
		days, end := subscription.BillingCycleDays, subscription.CurrentPeriodEnd
		switch {
		case days <= 0 || end.IsZero():
			return "", &provider.Error{Kind: provider.ErrUnsupported, Message: "the subscription has no billing cycle, or its period has no end"}
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
			LineID: "renew " + id, ProductID: detail.Product.ID, ProductName: cmp.Or(detail.Product.Name, detail.Product.ID), Quantity: 1, BillingCycle: days,
			ItemType: ItemRenewal, ServiceID: id, SubscriptionID: subscription.ID, DaysExtension: days,
		}}
		outcome, err := p.pay(ctx, order.Spending{
			Verb: "renew", Subject: id, From: end,
			Look: func(ctx context.Context) (time.Time, bool, error) {
				now, err := p.readSubscription(ctx, id)
				if err != nil {
					return time.Time{}, false, err
				}
				return now.CurrentPeriodEnd, false, nil
			},
		}, items, limit, "MaxRenewal")
		if err == nil && outcome == provider.OutcomePending {
			err = order.Unknown("the platform accepted the order, but the period is not longer yet")
		}
		return outcome, err
	})
}

// upgrade asks for the line to order, and checks that it is what was asked for.
func (p *Provider) upgrade(ctx context.Context, id string, target *Product, changes map[string]any) (*CartLine, error) {
	quote, err := p.client.Cart.Upgrade(ctx, &CartUpgradeRequest{ServiceID: id, ResourceChanges: changes})
	if err != nil {
		return nil, err
	}
	line := quote.Line
	switch {
	case line == nil:
		return nil, &provider.Error{Kind: provider.ErrProtocol, Message: "nothing was bought: the answer contains no line that could be ordered"}
	case line.ProductID != target.ID, line.ServiceID != "" && line.ServiceID != id, line.ItemType != "" && line.ItemType != ItemUpgrade, line.Quantity > 1:
		return nil, &provider.Error{Kind: provider.ErrProtocol, Message: "nothing was bought: the line in the answer is for something else"}
	}
	line.ServiceID, line.ItemType, line.Quantity = id, ItemUpgrade, 1
	line.LineID, line.ProductName = cmp.Or(line.LineID, "plan "+id), cmp.Or(line.ProductName, target.Name, target.ID)
	line.BillingCycle = cmp.Or(line.BillingCycle, defaultCycle)
	return line, nil
}
