package elizontest

import (
	"strings"
	"time"
)

// commission is what the account earned from a referral.
type commission struct {
	ID        string
	Amount    Cents
	Status    string // pending, approved or paid
	CreatedAt time.Time
}

// payout is a request for a payment of earnings.
type payout struct {
	ID        string
	Amount    Cents
	Status    string
	CreatedAt time.Time
}

// affiliate is the account as a partner.
type affiliate struct {
	method              row
	taxID, number       string
	small               bool
	withdrawn, credited Cents
}

// AddCommission adds an approved commission.
func (s *Server) AddCommission(amount Cents) {
	locked(s, func(st *state, now time.Time) bool {
		st.commissions.Add(&commission{ID: st.newID(), Amount: amount, Status: approved, CreatedAt: now})
		return true
	})
}

// withdrawable returns what was approved and is not withdrawn yet.
func (st *state) withdrawable() Cents {
	sum := -st.affiliate.withdrawn - st.affiliate.credited
	for _, x := range st.commissions.Rows {
		if x.Status == approved {
			sum += x.Amount
		}
	}
	return sum
}

func getAffiliate(c *call) reply {
	var pending, all Cents
	for _, x := range c.st.commissions.Rows {
		if x.Status == approved {
			all += x.Amount
		} else {
			pending += x.Amount
		}
	}
	var method any
	if c.st.affiliate.method != nil {
		method = c.st.affiliate.method
	}
	profile := row{
		"id": "aff-" + c.st.account.ID, "code": affiliateCode, "isActive": true, "payoutEnabled": true, "payoutMethod": method,
		"commissionRules": []row{{"scope": "ALL", "percent": commissionRate}},
	}
	return ok(row{
		"affiliate": profile, "profile": profile, // as the app and as the SDK read it
		"summary": row{
			"totalPending": int64(pending), "totalApproved": int64(all), "totalPaid": int64(c.st.affiliate.credited), "currency": "EUR",
		},
		"withdrawableBalance": int64(c.st.withdrawable()),
	})
}

func earningRow(id, status string, amount Cents, at time.Time) row {
	return row{"id": id, "amount": int64(amount), "currency": "EUR", "status": status, "createdAt": stamp(at)}
}

func listCommissions(c *call) reply {
	list, pagination := page(c, c.st.commissions.Rows, func(x *commission) row {
		return earningRow(x.ID, x.Status, x.Amount, x.CreatedAt)
	})
	return ok(row{"commissions": list, "total": pagination["total"]})
}

func listPayouts(c *call) reply {
	list, total := flatOffset(c, c.st.payouts.Rows, func(p *payout) row {
		return earningRow(p.ID, p.Status, p.Amount, p.CreatedAt)
	})
	return ok(row{"requests": list, "total": total})
}

// cents reads an amount in cents; without one, it is everything withdrawable.
func (c *call) cents() (Cents, reply, bool) {
	amount := int64(c.st.withdrawable())
	if n, there := c.body.Int("amount"); there {
		amount = n
	}
	if a, refused := c.refused(); refused {
		return 0, a, true
	}
	if amount <= 0 || amount > int64(c.st.withdrawable()) {
		return 0, bad(codeTooMuchPayout, "The amount is not there"), true
	}
	return Cents(amount), reply{}, false
}

func createPayout(c *call) reply {
	amount, a, over := c.cents()
	if over {
		return a
	}
	if c.st.affiliate.method == nil {
		return bad(codeNoPayoutMethod, "There is no payout method")
	}
	if c.st.payouts.Find(func(p *payout) bool { return p.Status == payoutPending }) != nil {
		return bad(codePendingPayout, "There is a pending request already")
	}
	p := &payout{ID: c.st.newID(), Amount: amount, Status: payoutPending, CreatedAt: c.now}
	c.st.payouts.Add(p)
	c.st.affiliate.withdrawn += amount
	return created(row{"request": earningRow(p.ID, p.Status, p.Amount, p.CreatedAt)})
}

func convertToCredit(c *call) reply {
	amount, a, over := c.cents()
	if over {
		return a
	}
	c.st.affiliate.credited += amount
	c.st.account.Balance += amount
	return succeeded()
}

func setPayoutMethod(c *call) reply {
	method := row{"type": c.oneOf("type", "", "PAYPAL", "SEPA")}
	fields := []string{"iban", "bic", "accountHolder"}
	if method["type"] == "PAYPAL" {
		fields = []string{"paypalEmail"}
	}
	for _, field := range fields {
		method[field] = c.required(field)
	}
	if a, refused := c.refused(); refused {
		return a
	}
	c.st.affiliate.method = method
	return succeeded()
}

func getTaxInfo(c *call) reply {
	a := &c.st.affiliate
	if a.taxID == "" && a.number == "" && !a.small {
		return ok(row{"taxInfo": nil})
	}
	return ok(row{"taxInfo": row{"ustId": orNil(a.taxID), "taxNumber": orNil(a.number), "kleinunternehmer": a.small}})
}

func setTaxInfo(c *call) reply {
	a := c.st.affiliate
	c.texts(map[string]*string{"ustId": &a.taxID, "taxNumber": &a.number})
	if on, there := c.body.Bool("kleinunternehmer"); there {
		a.small = on
	}
	if bad, refused := c.refused(); refused {
		return bad
	}
	c.st.affiliate = a
	return getTaxInfo(c)
}

func validateAffiliate(c *call) reply {
	code := c.required("code")
	if a, refused := c.refused(); refused {
		return a
	}
	if !strings.EqualFold(code, affiliateCode) {
		return notFound(codeNoAffiliate, "Affiliate")
	}
	return ok(row{"affiliate": row{"code": affiliateCode, "name": c.st.account.FirstName}})
}
