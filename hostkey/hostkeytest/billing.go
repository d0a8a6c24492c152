package hostkeytest

import "time"

var billingActions = []action{
	{"whmcs", "get_client", read, withToken, "", getClient},
	{"whmcs", "update_client", write, withToken, "", updateClient},
	{"whmcs", "get_billing_data", read, withToken, "id:service", billingData},
	{"whmcs", "request_cancellation", destroy, withToken, "id:server cancellation_type=0|1?", requestCancellation},
	{"whmcs", "delete_cancellation_request", write, withToken, "id:server", deleteCancellation},
	{"whmcs", "get_cancellation_requests", read, withToken, "id:int?", listCancellations},
	{"whmcs", "request_subscription_cancellation", destroy, withToken, "", nil},
	{"whmcs", "add_contact", write, withToken, "", nil},
	{"whmcs", "delete_contact", destroy, withToken, "contact_id:int", nil},
	{"whmcs", "get_contacts", read, withToken, "", nil},
	{"whmcs", "update_contact", write, withToken, "contact_id:int email", nil},
	{"whmcs", "get_clientgroups", read, withToken, "", nil},
	{"whmcs", "reset_password", write, open, "email", nil},
}

func getClient(c *call) reply {
	client := row{"id": whmcsID, "credit": money(c.st.credit), "currency_code": currency}
	for _, name := range clientFields {
		client[name] = c.st.client[name]
	}
	return success(row{"client": client, "billing_location": billing})
}

// clientFields are what update_client changes, there with the prefix billing_.
var clientFields = []string{
	"firstname", "lastname", "companyname", "email", "address1", "address2", "city", "state", "postcode", "country", "phonenumber",
}

func updateClient(c *call) reply {
	for _, name := range clientFields {
		if c.form.Has("billing_" + name) {
			c.st.client[name] = c.text("billing_" + name)
		}
	}
	return c.changed(row{"clientid": whmcsID})
}

// billingData has no result, as seen.
func billingData(c *call) reply {
	m := c.m
	fields := row{
		"IP": m.shownName(), "client_id": whmcsID, "order_id": m.OrderID, "billing_setupfee": "0.00", "billing_status": m.ServiceStatus,
		"reg_date": day(m.Registered), "billing_cycle": cycles[m.Period], "next_due_date": "", "billing_reccuring": m.Price,
		"billing_name": m.Preset,
	}
	if !m.NextDue.IsZero() {
		fields["next_due_date"] = day(m.NextDue)
	}
	return jsonReply(fields)
}

func requestCancellation(c *call) reply {
	m, at, kind := c.m, c.m.NextDue, 0
	if r, bad := c.wrongPIN(); bad {
		return r
	}
	if c.flag("cancellation_type") {
		at, kind = c.st.now.Add(c.cfg.cancelDelay), 1
	}
	if !m.Canceled.IsZero() && (kind == 0 || m.CancelType == 1) {
		return billingError("There is a cancellation request for this server already")
	}
	if at.IsZero() { // paid by the hour
		at = c.st.now.Add(time.Hour)
	}
	m.Canceled, m.CancelType = at, kind
	if kind == 1 && c.cfg.cancelDelay <= 0 {
		c.st.end(m)
		return c.changed(row{})
	}
	c.st.plan(at, func(due time.Time) {
		if m.Canceled.Equal(due) {
			c.st.end(m)
		}
	})
	return c.changed(row{})
}

func deleteCancellation(c *call) reply {
	if c.m.Canceled.IsZero() {
		return billingError("No active cancellation request")
	}
	c.m.Canceled, c.m.CancelType = time.Time{}, 0
	c.st.planRenewal(c.m)
	return c.changed(row{})
}

func listCancellations(c *call) reply {
	id, one := c.number("id")
	list := []row{}
	for _, m := range c.st.machines.Rows {
		if m.Canceled.IsZero() || (one && m.ID != id) {
			continue
		}
		kind := "End of Billing Period"
		if m.CancelType == 1 {
			kind = "Immediate"
		}
		list = append(list, row{"id": c.id(m.ID), "account_id": m.ServiceID, "type": kind, "date": day(m.Canceled)})
	}
	return c.ok(row{"requests": list})
}

// planRenewal schedules the renewal at the end of the paid period.
func (st *state) planRenewal(m *machine) {
	if m.NextDue.IsZero() {
		return
	}
	due := m.NextDue
	st.plan(due, func(at time.Time) {
		if m.Gone || !m.Canceled.IsZero() || m.renewal != nil || !m.NextDue.Equal(due) {
			return
		}
		st.billRenewal(m, at)
	})
}

// billRenewal bills the next period, and suspends the server if it stays unpaid. The grace period
// begins at the due date.
func (st *state) billRenewal(m *machine, at time.Time) *invoice {
	v := st.bill(mustAmount(m.Price), item{kind: "Hosting", rel: m.ServiceID, text: m.Preset}, at)
	v.due = m.NextDue
	m.renewal = v
	m.invoices = append(m.invoices, v)
	end := at
	if m.NextDue.After(at) {
		end = m.NextDue
	}
	st.plan(end.Add(st.cfg.grace), func(time.Time) {
		if m.renewal == v && !m.Gone && m.Status == statusRent {
			st.suspend(m)
			m.overdue = true
		}
	})
	return v
}

// renewed moves the due date by the period that was paid.
func (st *state) renewed(m *machine) {
	m.renewal = nil
	m.PaidPeriods++
	m.NextDue = m.NextDue.AddDate(0, periods[m.Period], 0)
	if m.overdue {
		st.unsuspend(m)
	}
	st.planRenewal(m)
}
