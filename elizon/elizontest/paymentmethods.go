package elizontest

import "time"

// mandate is a saved payment method.
type mandate struct {
	ID, label string // label is the owner's
	createdAt time.Time
}

func (st *state) addMandate(now time.Time) string {
	m := &mandate{ID: "mdt_" + st.tokens.Next(10, lowerAlphanumeric), createdAt: now}
	st.mandates.Add(m)
	if st.account.mandate == "" {
		st.account.mandate = m.ID
	}
	return m.ID
}

func (c *call) mandateRow(m *mandate) row {
	return row{
		"mandateId": m.ID, "label": mandateLabel, "userLabel": orNil(m.label), "method": "directdebit", "brand": nil, "last4": "0000",
		"isDefault": m.ID == c.st.account.mandate, "createdAt": stamp(m.createdAt),
	}
}

func listPaymentMethods(c *call) reply {
	return ok(row{
		"canManage": true, "methods": rows(c.st.mandates.Rows, c.mandateRow), "defaultMandateId": orNil(c.st.account.mandate),
		"maxMethods": maxMandates, "canAddMore": len(c.st.mandates.Rows) < maxMandates,
	})
}

// addPaymentMethod saves a payment method once a person has confirmed it on a page.
func addPaymentMethod(c *call) reply {
	if len(c.st.mandates.Rows) >= maxMandates {
		return bad(codeInvalidRequest, "There are as many payment methods as can be saved")
	}
	id, st := c.st.newID(), c.st
	st.pending[id] = func(_ string, at time.Time) { st.addMandate(at) }
	return ok(row{"checkoutUrl": c.payLink(id)})
}

// updatePaymentMethod changes the label if there is one, and else makes the method the default.
func updatePaymentMethod(c *call) reply {
	id := c.required("mandateId")
	label, labelled := c.body.String("userLabel")
	first, said := c.body.Bool("setDefault")
	if a, refused := c.refused(); refused {
		return a
	}
	m := c.st.mandates.Get(id)
	if m == nil {
		return notFound(codeNoMandate, "Payment method")
	}
	if labelled {
		m.label = label
	}
	if first || !said && !labelled {
		c.st.account.mandate = id
	}
	return succeeded()
}

func deletePaymentMethod(c *call) reply {
	m := c.st.mandates.Get(c.r.PathValue("mandateId"))
	if m == nil {
		return notFound(codeNoMandate, "Payment method")
	}
	c.st.mandates.Remove(m)
	if c.st.account.mandate == m.ID {
		if c.st.account.mandate = ""; len(c.st.mandates.Rows) > 0 {
			c.st.account.mandate = c.st.mandates.Rows[0].ID
		}
	}
	return succeeded()
}
