package elizontest

import (
	"net/http"
	"time"
)

// Subscription is the subscription that pays for a service.
type Subscription struct {
	ID, ServiceID, ProductID string
	// Status is ACTIVE or CANCELED.
	Status    string
	CycleDays int64
	// NextCycleDays applies from the next renewal on; 0 for no change.
	NextCycleDays          int64
	PeriodStart, PeriodEnd time.Time
	// Monthly is the price of 30 days, without tax, as agreed when it was ordered.
	Monthly           Cents
	CancelAtPeriodEnd bool
	CanceledAt        time.Time
	CancelReason      string
	// Locked is set for a cancellation by the vendor, which the customer cannot undo.
	Locked bool
	// Contract is set for the billing mode CONTRACT; otherwise the mode is PREPAID.
	Contract      bool
	BindingEndsAt time.Time
	// DiscountPercent is a permanent discount.
	DiscountPercent        int64
	BonusUsed              bool
	AutoPay, NetPointsUsed bool
	AddressID              string
	// LineID is the ID of the cart line that ordered it. No answer contains it.
	LineID string
	// Charged is what it has cost so far, with tax; Charges is how many charged orders were for it,
	// including renewals and upgrades. Periods is how many periods are paid.
	Charged          Cents
	Charges, Periods int
}

// price returns what more days cost, without tax.
func (sub *Subscription) price(days int64) Cents {
	return share(share(sub.Monthly, 100-sub.DiscountPercent, 100), days, 30)
}

// tooLong reports whether more days would exceed the maximum run time.
func (sub *Subscription) tooLong(now time.Time, days int64) bool {
	return sub.PeriodEnd.AddDate(0, 0, int(days)).Sub(now) > maxRunTimeDays*24*time.Hour
}

// prolong moves the end of the period.
func (st *state) prolong(sub *Subscription, days int64) {
	sub.PeriodEnd = sub.PeriodEnd.AddDate(0, 0, int(days))
	st.planEnd(sub)
}

// planEnd plans the event at the end of the period.
func (st *state) planEnd(sub *Subscription) {
	end := sub.PeriodEnd
	st.events.plan(end, func(at time.Time) {
		if sub.Status == subscriptionActive && sub.PeriodEnd.Equal(end) {
			st.periodEnds(sub, at)
		}
	})
}

// periodEnds renews a subscription from the balance, ends it, or suspends its service.
func (st *state) periodEnds(sub *Subscription, now time.Time) {
	s := st.services.Get(sub.ServiceID)
	if s == nil || s.SharedBy != "" {
		return
	}
	if sub.CancelAtPeriodEnd {
		st.end(s, now)
		return
	}
	if sub.NextCycleDays > 0 {
		sub.CycleDays, sub.NextCycleDays = sub.NextCycleDays, 0
	}
	sub.CycleDays = max(1, sub.CycleDays) // a test may have set 0, which would never advance
	in, _ := countryOf(st.defaultCountry())
	l := &line{kind: lineRenewal, product: st.products.Get(sub.ProductID), service: s, quantity: 1, days: sub.CycleDays}
	l.monthly, l.total = sub.Monthly, sub.price(sub.CycleDays)
	o := &order{id: st.newOrderID(), method: payBalance, lines: []*line{l}}
	o.quote = newQuote(o.lines, nil, in, st.account.VATNumber != "")
	o.invoice = st.newInvoice(now)
	o.invoice.quote(o)
	if sub.AutoPay && st.account.Balance >= o.quote.total {
		st.settle(o, now)
		return
	}
	o.invoice.Status = invoiceOverdue
	st.bill(o.invoice, s)
	if s.SuspendedAt.IsZero() {
		s.SuspendedAt, s.SuspendReason = now, reasonOverdue
	}
	st.pending[o.invoice.ID] = func(method string, at time.Time) {
		o.method = method
		st.settle(o, at)
		if s.SuspendReason == reasonOverdue {
			s.resume()
		}
	}
}

func (c *call) subscriptionRow(sub *Subscription) row {
	var next, cancellation any
	if sub.NextCycleDays > 0 {
		next = sub.NextCycleDays
	}
	if sub.CancelAtPeriodEnd {
		source := "customer"
		if sub.Locked {
			source = "admin"
		}
		cancellation = row{
			"source": source, "reason": sub.CancelReason, "locked": sub.Locked, "scheduledAt": stampOrNil(sub.CanceledAt),
		}
	}
	mode := modePrepaid
	if sub.Contract {
		mode = modeContract
	}
	in, _ := countryOf(c.st.defaultCountry())
	net := sub.price(sub.CycleDays)
	gross := net + share(net, in.Percent, 100)
	return row{
		"id": sub.ID, "status": sub.Status, "billingCycleDays": sub.CycleDays, "currentPeriodStart": stamp(sub.PeriodStart),
		"currentPeriodEnd": stamp(sub.PeriodEnd), "cancelAtPeriodEnd": sub.CancelAtPeriodEnd, "canceledAt": stampOrNil(sub.CanceledAt),
		"nextBillingCycleDays": next, "permanentDiscountPercent": sub.DiscountPercent, "billingMode": mode,
		"bindingEndsAt": stampOrNil(sub.BindingEndsAt), "options": sub.options(),
		"extendEligibility": row{"bonusAvailable": !sub.BonusUsed, "loyaltyOfferAvailable": sub.DiscountPercent == 0},
		"cancellation":      cancellation,
		"billingPreview": row{
			"billedCycleDays": sub.CycleDays, "regularRenewalGross": gross.euro(), "nextRenewalGross": gross.euro(),
			"couponKind": "none", "couponAppliesToNextRenewal": false, "couponCode": nil, "couponRecurringMonths": nil,
			"approxLastDiscountedBoundary": nil, "effectiveMonthsElapsedAtNextRenewal": 0, "adminScheduledAppliesToNextRenewal": false,
			"adminScheduledPercent": nil,
		},
	}
}

func (sub *Subscription) options() row {
	return row{"autoBillingEnabled": sub.AutoPay, "useNetPointsFirst": sub.NetPointsUsed}
}

// userSubscriptions lists the active subscriptions, all at once, newest first.
func userSubscriptions(c *call) reply {
	if c.hidden == forbidden {
		return fail(http.StatusForbidden, codeAccessDenied, "Access denied")
	}
	list := []row{}
	for i := len(c.st.subscriptions.Rows) - 1; i >= 0 && c.hidden == shown; i-- {
		sub := c.st.subscriptions.Rows[i]
		if sub.Status != subscriptionActive {
			continue
		}
		var product, service any
		if p := c.st.products.Get(sub.ProductID); p != nil {
			product = row{"id": p.ID, "name": p.Name, "priceMonthly": p.price(p.Monthly)}
		}
		s := c.st.services.Get(sub.ServiceID)
		if s != nil && s.SharedBy != "" {
			continue
		}
		if s != nil && s.known(c.now) {
			service = row{"id": s.ID, "name": s.Name, "providerStatus": s.Status}
		}
		list = append(list, row{
			"id": sub.ID, "status": sub.Status, "billingCycleDays": sub.CycleDays, "currentPeriodStart": stamp(sub.PeriodStart),
			"currentPeriodEnd": stamp(sub.PeriodEnd), "cancelAtPeriodEnd": sub.CancelAtPeriodEnd,
			"permanentDiscountPercent": sub.DiscountPercent, "product": product, "service": service,
		})
	}
	return ok(row{"subscriptions": list})
}
