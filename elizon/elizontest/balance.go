package elizontest

import "time"

// autoTopUp is a rule that tops up the balance every month.
type autoTopUp struct {
	ID         string
	Active     bool
	Amount     Cents
	DayOfMonth int64
	Redeem     bool // autoRedeemVoucher
	createdAt  time.Time
}

func (c *call) topUpRow(a *autoTopUp) row {
	next := time.Date(c.now.Year(), c.now.Month(), int(a.DayOfMonth), 0, 0, 0, 0, time.UTC)
	if !next.After(c.now) {
		next = next.AddDate(0, 1, 0)
	}
	return row{
		"id": a.ID, "isActive": a.Active, "amount": a.Amount.euro(), "dayOfMonth": a.DayOfMonth, "lastChargedAt": nil,
		"nextChargeAt": stamp(next), "mandateVerifiedAt": nil, "autoRedeemVoucher": a.Redeem, "createdAt": stamp(a.createdAt),
	}
}

func listTopUps(c *call) reply {
	return ok(row{"configs": rows(c.st.topUps.Rows, c.topUpRow)})
}

func createTopUp(c *call) reply {
	a := &autoTopUp{Active: c.st.account.mandate != "", Redeem: c.flag("autoRedeemVoucher")}
	a.Amount, _ = c.euros("amount")
	a.DayOfMonth, _ = c.body.Int("dayOfMonth")
	if bad, refused := c.refused(); refused {
		return bad
	}
	if a.DayOfMonth < 1 || a.DayOfMonth > 28 {
		return bad(codeTopUpDay, "dayOfMonth must be 1 to 28")
	}
	if bad, refused := withinTopUp(a.Amount); refused {
		return bad
	}
	if c.st.topUps.Find(func(o *autoTopUp) bool { return o.DayOfMonth == a.DayOfMonth }) != nil {
		return bad(codeSecondTopUp, "There is a rule for this day already")
	}
	if len(c.st.topUps.Rows) >= maxTopUps {
		return bad(codeTopUpLimit, "There are four rules already")
	}
	a.ID, a.createdAt = c.st.newID(), c.now
	c.st.topUps.Add(a)
	answer := row{"config": c.topUpRow(a), "verificationRequired": !a.Active, "deferredFirstCharge": false}
	if !a.Active {
		answer["verificationCheckoutUrl"] = c.payLink(a.ID)
		c.st.pending[a.ID] = func(string, time.Time) { a.Active = true }
	}
	return created(answer)
}

func withinTopUp(amount Cents) (reply, bool) {
	if amount < minTopUp || amount > maxTopUp {
		return bad(codeTopUpRange, "amount must be "+minTopUp.String()+" to "+maxTopUp.String()), true
	}
	return reply{}, false
}

func updateTopUp(c *call) reply {
	a := c.st.topUps.Get(c.r.PathValue("id"))
	if a == nil {
		return notFound(codeNoEndpoint, "Auto top-up")
	}
	amount, there := c.euros("amount")
	active, switched := c.body.Bool("isActive")
	if bad, refused := c.refused(); refused {
		return bad
	}
	if bad, refused := withinTopUp(amount); there && refused {
		return bad
	}
	if there && a.Active && (!switched || active) {
		return bad(codeActiveTopUp, "The amount of an active rule cannot be changed")
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
		return notFound(codeNoEndpoint, "Auto top-up")
	}
	c.st.topUps.Remove(a)
	return succeeded()
}

func sepaDetails(c *call) reply {
	details := sepaRow(0, "K"+c.st.account.ID[len(c.st.account.ID)-8:])
	delete(details, "amount")
	return ok(row{"sepaDetails": details})
}

// topUp waits for a person to pay; the payment creates the invoice.
func topUp(c *call) reply {
	amount, _ := c.euros("amount")
	if bad, refused := c.refusedAs(codeBadAmount); refused {
		return bad
	}
	if bad, refused := withinTopUp(amount); refused {
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
	return ok(row{"checkoutUrl": c.payLink(id), "paymentId": id})
}
