package elizontest

import "time"

// autoTopUp is a rule that tops up the balance every month.
type autoTopUp struct {
	ID         string
	Active     bool
	Amount     Cents
	DayOfMonth int64
	Redeem     bool // autoRedeemVoucher
}

func (c *call) topUpRow(a *autoTopUp) row {
	next := time.Date(c.now.Year(), c.now.Month(), int(a.DayOfMonth), 0, 0, 0, 0, time.UTC)
	if !next.After(c.now) {
		next = next.AddDate(0, 1, 0)
	}
	return row{
		"id": a.ID, "isActive": a.Active, "amount": a.Amount.euro(), "dayOfMonth": a.DayOfMonth, "lastChargedAt": nil,
		"nextChargeAt": stamp(next), "mandateVerifiedAt": nil, "autoRedeemVoucher": a.Redeem,
	}
}

func listTopUps(c *call) reply {
	return ok(row{"configs": rows(c.st.topUps.Rows, c.topUpRow)})
}

func createTopUp(c *call) reply {
	a := &autoTopUp{Active: c.st.account.mandate != "", Redeem: c.flag("autoRedeemVoucher")}
	a.Amount, _ = c.euros("amount")
	c.withinTopUp(a.Amount)
	if a.DayOfMonth, _ = c.body.Int("dayOfMonth"); a.DayOfMonth < 1 || a.DayOfMonth > 28 {
		c.blame("dayOfMonth must be 1 to 28")
	}
	if bad, refused := c.refused(); refused {
		return bad
	}
	if len(c.st.topUps.Rows) >= maxTopUps {
		return bad(codeLimit, "There are four rules already")
	}
	a.ID = c.st.newID()
	c.st.topUps.Add(a)
	answer := row{"config": c.topUpRow(a), "verificationRequired": !a.Active, "deferredFirstCharge": false}
	if !a.Active {
		answer["verificationCheckoutUrl"] = c.URL + payPath + a.ID
		c.st.pending[a.ID] = func(string, time.Time) { a.Active = true }
	}
	return created(answer)
}

func (c *call) withinTopUp(amount Cents) {
	if amount < minTopUp || amount > maxTopUp {
		c.blame("amount must be " + minTopUp.String() + " to " + maxTopUp.String())
	}
}

func updateTopUp(c *call) reply {
	a := c.st.topUps.Get(c.r.PathValue("id"))
	if a == nil {
		return notFound(codeNoRule, "Auto top-up")
	}
	amount, there := c.euros("amount")
	if there {
		c.withinTopUp(amount)
	}
	active, switched := c.body.Bool("isActive")
	if bad, refused := c.refused(); refused {
		return bad
	}
	if there && a.Active && (!switched || active) {
		return bad(codeBlocked, "The amount of an active rule cannot be changed")
	}
	if switched {
		a.Active = active
	}
	if there {
		a.Amount = amount
	}
	return ok(row{"config": c.topUpRow(a)})
}

func deleteTopUp(c *call) reply {
	a := c.st.topUps.Get(c.r.PathValue("id"))
	if a == nil {
		return notFound(codeNoRule, "Auto top-up")
	}
	c.st.topUps.Remove(a)
	return done("Auto top-up deleted")
}

func sepaDetails(c *call) reply {
	details := sepaRow(0, "K"+c.st.account.ID[len(c.st.account.ID)-8:])
	delete(details, "amount")
	return ok(row{"sepaDetails": details})
}

// topUp waits for a person to pay; the payment creates the invoice.
func topUp(c *call) reply {
	amount, _ := c.euros("amount")
	c.withinTopUp(amount)
	if bad, refused := c.refusedAs(codeBadAmount); refused {
		return bad
	}
	id, st := c.st.newID(), c.st
	st.pending[id] = func(_ string, at time.Time) {
		st.account.Balance += amount
		i := st.newInvoice(at)
		i.Subtotal, i.Total = amount, amount
		i.Items = []InvoiceItem{{"Top-up", "topup", 1, amount, amount}}
		i.pay(at)
	}
	return ok(row{"checkoutUrl": c.URL + payPath + id, "paymentId": id})
}
