package elizontest

import (
	"cmp"
	"net/http"
	"slices"
	"time"
)

// Payment methods.
const (
	payMollie  = "mollie"
	paySaved   = "mollie_saved"
	paySEPA    = "sepa"
	payBalance = "guthaben"
	payInvoice = "invoice"
	payFund    = "businessfund"
	payFamily  = "family_wallet"
)

// Charge is an order that was placed: its price was taken, or is owed on an invoice. Orders that
// wait for a person to pay become charges when they are paid.
type Charge struct {
	InvoiceID, OrderID, Method string
	// Amount is what the order cost, with tax.
	Amount Cents
	At     time.Time
	// Kind is the kind of the first line: new, renewal, upgrade or domain.
	Kind string
	// LineIDs are the IDs of the cart lines, which the caller chose and no answer repeats.
	LineIDs []string
	// SubscriptionIDs and ServiceIDs are what the order created or changed.
	SubscriptionIDs, ServiceIDs []string
}

// order is a checked cart that is about to be paid.
type order struct {
	id      string
	method  string
	lines   []*line
	quote   quote
	points  Cents // part of the total that NetPoints pay
	invoice *Invoice
	address string
	subs    []string
}

func checkout(c *call) reply {
	if c.held {
		return bad(codeInProgress, "A checkout is already in progress")
	}
	lines, a, over := c.cart(codeCheckoutInvalid)
	if over {
		return a
	}
	o := &order{lines: lines, method: c.text("paymentMethod")}
	if !slices.Contains([]string{payMollie, paySaved, paySEPA, payBalance, payInvoice, payFund}, o.method) {
		return bad(codePaymentMethod, "Invalid payment method")
	}
	coupon, a, over := c.discount("couponCode")
	if over {
		return a
	}
	in := c.billing(o)
	if o.points, _ = c.euros("netPointsRedeemEur"); o.points > c.st.account.points() {
		c.blame("netPointsRedeemEur is more than there is")
	}
	for _, l := range lines {
		c.mayOrder(l)
	}
	if a, refused := c.refusedAs(codeCheckoutInvalid); refused {
		return a
	}
	if out := c.soldOut(lines); len(out) > 0 {
		return bad(codeSoldOut, out[0].product.Name+" is out of stock").with(row{"productName": out[0].product.Name})
	}
	o.quote = newQuote(lines, coupon, in, c.st.account.VATNumber != "")
	o.points = min(o.points, o.quote.total)
	if a, refused := c.canPay(o.method, o.quote.total-o.points, c.text("savedMandateId")); refused {
		return a
	}
	return c.place(o)
}

// billing finds the buyer's country.
func (c *call) billing(o *order) country {
	code := c.st.defaultCountry()
	if id := c.text("billingAddressId"); id != "" {
		address := c.st.addresses.Get(id)
		if address == nil {
			c.blame("billingAddressId is unknown")
			return country{}
		}
		o.address, code = id, address.CountryCode
	} else if address, there := c.body.Object("billingAddress"); there {
		for _, field := range []string{"street", "zip", "city", "countryCode", "country"} {
			text, _ := address.String(field)
			if text == "" {
				c.blame("billingAddress." + field + " is required")
			}
		}
		code, _ = address.String("countryCode")
	}
	known, there := countryOf(code)
	if !there {
		c.blame("the billing address has no known country")
	}
	return known
}

// mayOrder checks whether a line may be ordered for an existing service.
func (c *call) mayOrder(l *line) {
	switch {
	case l.service == nil:
	case l.service.TerminationPending:
		c.blame("the service is being terminated")
	case l.kind == lineRenewal && c.st.subscriptions.Get(l.service.SubscriptionID).tooLong(c.now, l.days):
		c.blame("the subscription would run for more than three years")
	case l.kind == lineUpgrade && l.service.Status == statusProvisioning:
		c.blame("the service is being set up")
	case l.kind == lineUpgrade && c.st.categoryOf(l.product).UpgradeMode == upgradeDisabled:
		c.blame("services of this category cannot be changed")
	case l.kind == lineUpgrade && c.st.products.Get(l.service.ProductID).CategoryKey != l.product.CategoryKey:
		c.blame("the product is of another category")
	case l.kind == lineUpgrade && len(l.additions) == 0 && l.product.ID == l.service.ProductID:
		c.blame("the upgrade changes nothing")
	case l.kind == lineUpgrade && c.shrinkage(l.service, l) != "":
		c.blame(c.shrinkage(l.service, l))
	case l.kind == lineUpgrade && l.monthly < c.st.subscriptions.Get(l.service.SubscriptionID).Monthly:
		c.blame("a downgrade is no order")
	}
}

// canPay refuses a payment method that does not work for an amount.
func (c *call) canPay(method string, amount Cents, mandate string) (reply, bool) {
	switch method {
	case payBalance:
		if amount > c.st.account.Balance {
			return bad(codeBalance, "Insufficient balance").
				with(row{"required": amount.String(), "available": c.st.account.Balance.String()}), true
		}
	case payInvoice:
		if !c.st.business.invoices {
			return bad(codePaymentMethod, "Payment by invoice is not switched on"), true
		}
	case payFund:
		if c.st.business.contract == nil {
			return bad(codePaymentMethod, "There is no active business fund"), true
		}
	case paySaved:
		if c.st.mandates.Get(cmp.Or(mandate, c.st.account.mandate)) == nil {
			return bad(codePaymentMethod, "There is no such saved payment method"), true
		}
	}
	return reply{}, false
}

// place creates the invoice, and carries out the order unless a person has to pay first.
func (c *call) place(o *order) reply {
	o.id = c.st.newOrderID()
	o.invoice = c.st.newInvoice(c.now)
	o.invoice.quote(o)
	answer := row{"invoiceId": o.invoice.ID, "orderId": o.id}
	if o.method != payMollie && o.method != paySEPA {
		c.st.account.NetPoints -= o.points.netPoints()
		c.st.settle(o, c.now)
		answer["subscriptionIds"], answer["processing"] = o.subs, false
		c.note("checkout")
		return ok(answer)
	}
	for _, l := range o.lines { // what awaits payment is no longer for sale
		l.take()
	}
	st := c.st
	st.pending[o.invoice.ID] = func(method string, at time.Time) {
		o.method = method
		for _, l := range o.lines {
			l.giveBack()
		}
		st.account.NetPoints -= min(st.account.NetPoints, o.points.netPoints())
		st.settle(o, at)
	}
	if o.method == payMollie {
		o.invoice.MolliePending = true
		answer["redirectUrl"] = c.payLink(o.invoice.ID)
	} else {
		answer["sepaDetails"] = sepaRow(o.quote.total-o.points, o.invoice.Number)
	}
	return ok(answer)
}

func (l *line) take() {
	if l.kind == lineNew && l.product.Stock > 0 {
		l.product.Stock -= min(l.product.Stock, l.quantity)
	}
}

func (l *line) giveBack() {
	if l.kind == lineNew && l.product.Stock >= 0 {
		l.product.Stock += l.quantity
	}
}

// settle takes the money and carries out the order.
func (st *state) settle(o *order, now time.Time) {
	amount := o.quote.total - o.points
	charge := Charge{InvoiceID: o.invoice.ID, OrderID: o.id, Method: o.method, Amount: o.quote.total, At: now, Kind: o.lines[0].kind}
	o.invoice.MolliePending = false
	switch o.method {
	case payBalance:
		st.account.Balance -= amount
	case payFund:
		st.business.contract.Used += amount
	}
	if o.method != payInvoice {
		o.invoice.pay(now)
	}
	left := o.quote.total
	for i, l := range o.lines {
		part := left // the last line takes the remainder of rounding
		if i < len(o.lines)-1 && o.quote.net > 0 {
			part = min(left, share(o.quote.total, int64(l.total), int64(o.quote.net+o.quote.discount)))
		}
		left -= part
		charge.LineIDs = append(charge.LineIDs, l.id)
		for _, s := range st.fulfil(l, o, part, now) {
			charge.SubscriptionIDs = append(charge.SubscriptionIDs, s.SubscriptionID)
			charge.ServiceIDs = append(charge.ServiceIDs, s.ID)
			st.bill(o.invoice, s)
		}
	}
	o.subs = charge.SubscriptionIDs
	st.charges = append(st.charges, charge)
}

// fulfil carries out one line, and returns its services.
func (st *state) fulfil(l *line, o *order, paid Cents, now time.Time) []*Service {
	switch l.kind {
	case lineRenewal, lineUpgrade:
		if st.services.Get(l.service.ID) == nil {
			return nil // it ended while the payment was pending
		}
		sub := st.subscriptions.Get(l.service.SubscriptionID)
		sub.Charged += paid
		sub.Charges++
		if l.kind == lineRenewal {
			sub.Periods++
			st.prolong(sub, l.days)
		} else {
			st.resize(l.service, sub, l)
		}
		return []*Service{l.service}
	}
	l.take()
	var made []*Service
	for i := range l.quantity {
		part := paid / Cents(l.quantity)
		if i == 0 {
			part += paid % Cents(l.quantity)
		}
		made = append(made, st.provision(l, o, part, now))
	}
	return made
}

func checkoutBootstrap(c *call) reply {
	var saved, business any
	if id := c.st.account.mandate; id != "" {
		saved = row{"hasValid": true, "defaultLabel": mandateLabel, "defaultMandateId": id}
	}
	if c.st.business.invoices || c.st.business.contract != nil {
		business = row{
			"invoiceEnabled": c.st.business.invoices, "hasActiveFund": c.st.business.contract != nil, "anchorDay": c.st.business.anchor(),
		}
	}
	return ok(row{
		"addresses": rows(c.st.addresses.Rows, addressRow), "countries": rows(countries, countryRow),
		"netPointsBalance":      row{"points": c.st.account.NetPoints, "eurValue": c.st.account.points().euro()},
		"businessBillingConfig": business, "familyBillingConfig": nil, "savedPaymentMethods": saved,
	})
}

// CompletePayment pays as a person on the payment page, or a bank, would: the order, invoice or
// top-up that waits for this payment is paid. id is the ID of the invoice, or the paymentId of an
// answer. It reports whether anything was waiting.
func (s *Server) CompletePayment(id string) bool {
	return locked(s, func(st *state, now time.Time) bool { return st.complete(id, now) })
}

// directService creates a service record without an order, as the vendor's provisioning does.
func directService(c *call) reply {
	name := c.required("name")
	return c.direct(name, 0)
}

func directSubscription(c *call) reply {
	days, there := c.body.Int("billingCycleDays")
	if !there {
		c.blame("billingCycleDays is required")
	}
	return c.direct("", days)
}

func (c *call) direct(name string, days int64) reply {
	id, by := c.required("productId"), c.required("providerId")
	if !c.cfg.directCreate {
		return fail(http.StatusForbidden, codeAccessDenied, "Access denied")
	}
	p := c.st.products.Get(id)
	if p != nil && c.st.categoryOf(p).ProviderID != by {
		c.blame("providerId is not the product's")
	}
	if p != nil && days != 0 && !slices.Contains(p.Cycles, days) {
		c.blame("billingCycleDays is not allowed")
	}
	if a, refused := c.refused(); refused {
		return a
	}
	if p == nil {
		return notFound(codeNoProduct, "Product")
	}
	if days == 0 {
		days = p.Cycles[0]
	}
	s := c.st.provision(&line{kind: lineNew, product: p, quantity: 1, days: days, monthly: p.Monthly}, &order{}, 0, c.now)
	if name != "" {
		s.Name = name
	}
	return created(row{"server": c.serviceDetail(s), "subscription": c.subscriptionRow(c.st.subscriptions.Get(s.SubscriptionID))})
}
