package elizontest

import (
	"slices"
	"time"
)

// The endpoints for the subscription of a service.

func serviceSubscription(c *call, _ *Service, sub *Subscription) reply {
	return ok(row{"subscription": c.subscriptionRow(sub)})
}

func setAutoPay(c *call, _ *Service, sub *Subscription) reply {
	if on, there := c.body.Bool("autoBillingEnabled"); there {
		sub.AutoPay = on
	}
	if on, there := c.body.Bool("useNetPointsFirst"); there {
		sub.NetPointsUsed = on
	}
	if a, refused := c.refused(); refused {
		return a
	}
	return ok(row{"subscription": row{"id": sub.ID, "options": sub.options()}})
}

func setBillingAddress(c *call, _ *Service, sub *Subscription) reply {
	id := c.required("billingAddressId")
	if a, refused := c.refused(); refused {
		return a
	}
	if c.st.addresses.Get(id) == nil {
		return notFound(codeNoBillingAddress, "Billing address")
	}
	sub.AddressID = id
	return ok(row{"subscription": row{"id": sub.ID, "options": sub.options()}})
}

// cycle reads billingCycleDays, which must be one of the product's.
func (c *call) cycle(sub *Subscription) int64 {
	days, there := c.body.Int("billingCycleDays")
	if !there || !slices.Contains(c.st.products.Get(sub.ProductID).Cycles, days) {
		c.blame("billingCycleDays is not allowed")
	}
	return days
}

func setInterval(c *call, _ *Service, sub *Subscription) reply {
	days := c.cycle(sub)
	if a, refused := c.refused(); refused {
		return a
	}
	if sub.CancelAtPeriodEnd {
		return bad(codeBlocked, "A cancellation is planned")
	}
	sub.NextCycleDays = days
	return ok(row{"nextBillingCycleDays": days, "currentPeriodEnd": stamp(sub.PeriodEnd)})
}

// previewRenewal creates nothing.
func previewRenewal(c *call, _ *Service, sub *Subscription) reply {
	days := c.cycle(sub)
	if a, refused := c.refused(); refused {
		return a
	}
	if sub.tooLong(c.now, days) {
		return bad(codeTooLong, "The subscription would run for more than three years")
	}
	in, _ := countryOf(c.st.defaultCountry())
	q := newQuote([]*line{{total: sub.price(days)}}, nil, in, c.st.account.VATNumber != "")
	return ok(row{
		"price": q.total.euro(), "currentPeriodEnd": stamp(sub.PeriodEnd), "newPeriodEnd": stamp(sub.PeriodEnd.AddDate(0, 0, int(days))),
		"maxDate": stamp(c.now.AddDate(0, 0, maxRunTimeDays)), "subscriptionId": sub.ID,
	})
}

// extend grants free days, or creates an invoice for days.
func extend(c *call, s *Service, sub *Subscription) reply {
	bonus, loyalty := c.flag("withBonus"), c.flag("withLoyaltyOffer")
	days, there := c.body.Int("extensionDays")
	if there && (days < 0 || days > maxRunTimeDays) {
		c.blame("extensionDays is out of range")
	}
	if !there && !bonus && !loyalty {
		days = sub.CycleDays
	}
	if a, refused := c.refused(); refused {
		return a
	}
	switch {
	case sub.CancelAtPeriodEnd || s.TerminationPending:
		return bad(codeBlocked, "The subscription is ending")
	case bonus && sub.BonusUsed:
		return bad(codeBonusUsed, "The bonus was used already")
	case loyalty && sub.DiscountPercent > 0:
		return bad(codeNoLoyaltyOffer, "The offer was used already")
	case sub.tooLong(c.now, days+2*bonusDays):
		return bad(codeTooLong, "The subscription would run for more than three years")
	}
	free := int64(0)
	if bonus {
		sub.BonusUsed = true
		free += bonusDays
	}
	if loyalty {
		sub.DiscountPercent = loyaltyPercent
		free += bonusDays
	}
	if free > 0 {
		c.st.prolong(sub, free)
	}
	var invoice any
	if days > 0 {
		invoice = c.owe(s, sub, days).ID
	}
	return ok(row{
		"invoiceId": invoice, "extensionDays": days + free, "newPeriodEnd": stamp(sub.PeriodEnd.AddDate(0, 0, int(days))),
	})
}

// owe creates an invoice for a renewal, which is carried out when the invoice is paid.
func (c *call) owe(s *Service, sub *Subscription, days int64) *Invoice {
	in, _ := countryOf(c.st.defaultCountry())
	l := &line{
		kind: lineRenewal, product: c.st.products.Get(sub.ProductID), service: s, quantity: 1, days: days,
		monthly: sub.Monthly, total: sub.price(days),
	}
	o := &order{id: c.st.newOrderID(), lines: []*line{l}, invoice: c.st.newInvoice(c.now)}
	o.quote = newQuote(o.lines, nil, in, c.st.account.VATNumber != "")
	o.invoice.quote(o)
	c.st.bill(o.invoice, s)
	c.st.await(o)
	return o.invoice
}

// cancel ends a subscription, at once or at the end of its period.
func cancel(c *call, s *Service, sub *Subscription) reply {
	now, reason := c.flag("immediate"), c.text("reason")
	mode := ""
	if sub.Contract {
		mode = c.oneOf("mode", "", cancelNotice, cancelSpecial, cancelBuyout)
	}
	if n := len([]rune(reason)); mode == cancelSpecial && (n < 10 || n > 500) {
		c.blame("reason must have 10 to 500 characters")
	}
	if a, refused := c.refused(); refused {
		return a
	}
	if sub.CancelAtPeriodEnd && sub.Locked {
		return bad(codeBlocked, "The cancellation is locked")
	}
	if sub.CanceledAt.IsZero() {
		sub.CanceledAt = c.now
	}
	sub.CancelReason = reason
	c.note("subscription.cancel")
	answer := row{"message": "Subscription cancelled", "currentPeriodEnd": stamp(sub.PeriodEnd), "invoiceId": nil}
	if mode == cancelNotice && c.now.Before(sub.BindingEndsAt) {
		sub.CancelAtPeriodEnd = true
		if sub.PeriodEnd.Before(sub.BindingEndsAt) {
			sub.PeriodEnd = sub.BindingEndsAt
			c.st.planEnd(sub)
		}
		answer["currentPeriodEnd"] = stamp(sub.PeriodEnd)
		return ok(answer)
	}
	if !now {
		sub.CancelAtPeriodEnd = true
		return ok(answer)
	}
	c.st.terminate(s, c.now)
	return ok(answer)
}

func reactivate(c *call, s *Service, sub *Subscription) reply {
	switch {
	case sub.CancelAtPeriodEnd && sub.Locked:
		return bad(codeBlocked, "The cancellation is locked")
	case s.TerminationPending:
		return bad(codeBlocked, "The service is being terminated")
	case !sub.CancelAtPeriodEnd:
		return bad(codeNothingPlanned, "No cancellation is planned")
	}
	sub.CancelAtPeriodEnd, sub.CancelReason = false, ""
	sub.CanceledAt = time.Time{}
	c.note("subscription.reactivate")
	return ok(row{"message": "Subscription reactivated", "currentPeriodEnd": stamp(sub.PeriodEnd)})
}
