package elizontest

import "time"

// business is the account's state as a company.
type business struct {
	invoices  bool // payment by invoice
	anchorDay int64
	contract  *fund
	offer     *fund
	status    string // of the verification; "" for NONE
	checkID   string
	submitted time.Time
	decided   time.Time
	special   []row
}

// fund is a business fund, or the offer of one.
type fund struct {
	id           string
	amount, Used Cents
	months       int64
	since        time.Time
	cancelled    bool
}

// cycle returns the time between two invoices that contains now. A month without the day ends with its
// last one.
func (b *business) cycle(now time.Time) (start, end time.Time) {
	day := max(1, int(b.anchorDay))
	in := func(month time.Month) time.Time {
		first := time.Date(now.Year(), month, 1, 0, 0, 0, 0, time.UTC)
		return first.AddDate(0, 0, min(day, first.AddDate(0, 1, -1).Day())-1)
	}
	if start = in(now.Month()); start.After(now) {
		return in(now.Month() - 1), start
	}
	return start, in(now.Month() + 1)
}

// owed returns what is open on invoices.
func (st *state) owed() Cents {
	var sum Cents
	for _, i := range st.invoices.Rows {
		if i.payable() {
			sum += i.Total - i.NetPoints
		}
	}
	return sum
}

func (b *business) anchor() any {
	if b.anchorDay == 0 {
		return nil
	}
	return b.anchorDay
}

// OfferFund answers the request for a business fund with an offer, and returns its ID; "" if there
// is no request.
func (s *Server) OfferFund() string {
	return locked(s, func(st *state, now time.Time) string {
		if st.business.offer == nil {
			return ""
		}
		st.business.offer.since = now
		return st.business.offer.id
	})
}

// VerifyBusiness accepts or rejects the submitted documents.
func (s *Server) VerifyBusiness(accept bool) {
	locked(s, func(st *state, now time.Time) bool {
		st.business.decided = now
		if st.business.status = rejected; accept {
			st.business.status = verified
		}
		return true
	})
}

func (f *fund) row() row {
	return row{
		"id": f.id, "commitmentAmount": f.amount.euro(), "price": f.amount.euro(), "overchargeFeePercent": overchargePercent,
		"bindingMonths": f.months,
	}
}

func getFund(c *call) reply {
	b := &c.st.business
	var contract, offer any
	if f := b.contract; f != nil {
		body := f.row()
		body["bindingEndDate"], body["status"] = stamp(f.since.AddDate(0, int(f.months), 0)), "ACTIVE"
		if f.cancelled {
			body["status"] = "CANCELLED"
		}
		body["currentUsage"], body["currentOvercharge"] = f.Used.euro(), max(0, f.Used-f.amount).euro()
		body["lastResetAt"] = nil
		contract = body
	}
	if f := b.offer; f != nil && !f.since.IsZero() {
		body := f.row()
		body["adminNote"], body["offeredAt"] = nil, stamp(f.since)
		offer = body
	}
	return ok(row{"contract": contract, "pendingOffer": offer})
}

func requestFund(c *call) reply {
	f := &fund{id: c.st.newID()}
	f.amount, _ = c.euros("amount")
	f.months, _ = c.body.Int("bindingMonths")
	if a, refused := c.refused(); refused {
		return a
	}
	if f.amount <= 0 || f.months < 1 || f.months > 36 {
		return bad(codeFundFields, "amount and bindingMonths (1 to 36) are required")
	}
	if c.st.business.status != verified {
		return bad(codeNoFeature, "The business is not verified")
	}
	if c.st.business.contract != nil || c.st.business.offer != nil {
		return bad(codeBlocked, "There is a business fund already")
	}
	c.st.business.offer = f
	return ok(row{"contractId": f.id})
}

// offered returns the offer that the path names; nil if there is none.
func (c *call) offered() *fund {
	if f := c.st.business.offer; f != nil && f.id == c.r.PathValue("id") && !f.since.IsZero() {
		return f
	}
	return nil
}

func acceptFund(c *call) reply {
	f := c.offered()
	if f == nil {
		return notFound(codeNoOffer, "Offer")
	}
	method := c.oneOf("paymentMethod", "", payMollie, payBalance)
	if a, refused := c.refusedAs(codePaymentMethod); refused {
		return a
	}
	if method == payMollie {
		st := c.st
		c.st.pending[f.id] = func(_ string, at time.Time) { st.startFund(f, at) }
		return ok(row{"checkoutUrl": c.payLink(f.id)})
	}
	if a, refused := c.canPay(payBalance, f.amount, ""); refused {
		return a
	}
	c.st.account.Balance -= f.amount
	c.st.startFund(f, c.now)
	return ok(row{"checkoutUrl": nil})
}

func (st *state) endFund(f *fund) {
	if st.business.contract == f {
		st.business.contract = nil
	}
}

func (st *state) startFund(f *fund, now time.Time) {
	f.since, st.business.contract, st.business.offer = now, f, nil
}

func rejectFund(c *call) reply {
	if c.offered() == nil {
		return notFound(codeNoOffer, "Offer")
	}
	c.st.business.offer = nil
	return succeeded()
}

func cancelFund(c *call) reply {
	f := c.st.business.contract
	if f == nil || f.id != c.r.PathValue("id") {
		return notFound(codeNoFund, "Business fund")
	}
	f.cancelled = true
	st, end := c.st, f.since.AddDate(0, int(f.months), 0)
	if end.After(c.now) {
		st.events.plan(end, func(time.Time) { st.endFund(f) })
	} else {
		st.endFund(f)
	}
	return succeeded()
}

func getInvoicing(c *call) reply {
	if !c.st.business.invoices {
		return ok(row{"config": nil})
	}
	start, end := c.st.business.cycle(c.now)
	return ok(row{"config": row{
		"billingAnchorDay": c.st.business.anchor(), "invoiceEnabled": true, "hasActiveFund": c.st.business.contract != nil,
		"currentCycle": row{"periodStart": stamp(start), "periodEnd": stamp(end)}, "openAmount": c.st.owed().euro(), "nextInvoiceDate": stamp(end),
	}})
}

func setInvoicing(c *call) reply {
	day, _ := c.body.Int("anchorDay")
	if a, refused := c.refused(); refused {
		return a
	}
	if day < 1 || day > 31 {
		return bad(codeAnchorDay, "anchorDay must be 1 to 31")
	}
	if c.st.business.status != verified {
		return bad(codeNoFeature, "The business is not verified")
	}
	c.st.business.anchorDay, c.st.business.invoices = day, true
	return succeeded()
}

func endInvoicing(c *call) reply {
	c.st.business.invoices, c.st.business.anchorDay = false, 0
	return succeeded()
}

func eligibility(c *call) reply {
	fine := c.st.business.status == verified
	body := row{"eligible": fine, "verified": fine, "invoiceEnabled": c.st.business.invoices}
	if !fine {
		body["reason"] = "notVerified"
	}
	return ok(body)
}

func getVerification(c *call) reply {
	b := &c.st.business
	if b.status == "" {
		return ok(row{"verification": nil})
	}
	return ok(row{"verification": b.verification()})
}

func (b *business) verification() row {
	body := row{
		"id": b.checkID, "status": b.status, "adminComment": nil, "verifiedAt": nil, "rejectedAt": nil, "createdAt": stamp(b.submitted),
	}
	switch b.status {
	case verified:
		body["verifiedAt"] = stampOrNil(b.decided)
	case rejected:
		body["rejectedAt"] = stampOrNil(b.decided)
	}
	return body
}

func verifyBusiness(c *call) reply {
	if len(c.files) == 0 {
		return bad(codeInvalidRequest, "A document is required")
	}
	b := &c.st.business
	if b.status == verified {
		return bad(codeBlocked, "The business is verified already")
	}
	b.status, b.checkID, b.submitted, b.decided = "PENDING", c.st.newID(), c.now, time.Time{}
	list := make([]row, len(c.files))
	for i, f := range c.files {
		list[i] = c.keep(f)
	}
	body := b.verification()
	body["documents"] = list
	return created(row{"verification": body})
}

func verificationDocument(c *call) reply {
	f, there := c.st.documents[c.r.PathValue("id")]
	if !there {
		return notFound(codeNoDocument, "Document")
	}
	return document("application/pdf", "document.pdf", pdf(f.field))
}

func specialTerminations(c *call) reply {
	return ok(row{"requests": append([]row{}, c.st.business.special...)})
}

func requestSpecialTermination(c *call) reply {
	reason := c.required("reason")
	if a, refused := c.refused(); refused {
		return a
	}
	if c.st.business.contract == nil {
		return notFound(codeNoFund, "Business fund")
	}
	request := row{"id": c.st.newID(), "reason": reason, "status": "PENDING", "createdAt": stamp(c.now)}
	c.st.business.special = append(c.st.business.special, request)
	return created(row{"request": request})
}
