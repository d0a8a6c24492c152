package hostkeytest

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

var invoiceActions = []action{
	{"whmcs", "get_invoices", read, withToken, "limitstart:int? limitnum:int?", listInvoices},
	{"whmcs", "get_invoice", read, withToken, "invoice_id:int", getInvoice},
	{"whmcs", "get_related_invoices", read, withToken, "id:service", relatedInvoices},
	{"whmcs", "get_product_invoice", read, withToken, "product:int location", productInvoices},
	{"whmcs", "generate_due_invoice", order, withToken, "id:server", generateInvoice},
	{"whmcs", "apply_credit", order, withToken, "invoice_id:int amount:money", applyCredit},
	{"whmcs", "mass_pay", order, withToken, "invoices", massPay},
	{"whmcs", "create_addfunds", order, withToken, "amount:money", addFunds},
	{"whmcs", "getpaymentgw", read, withToken, "invoice_id:int", paymentGateways},
	{"whmcs", "download_invoice", read, withToken, "invoice_id:int", downloadInvoice},
	{"whmcs", "getcredits", read, withToken, "", listCredits},
	{"whmcs", "transactions", read, withToken, "invoice_id:int? transaction_id:int?", listTransactions},
}

// invoice is an invoice. Amounts are in cents.
type invoice struct {
	ID          int64
	status      string
	total, paid int64
	date, due   time.Time
	items       []item
	st          *state
}

// item is a line of an invoice: a Hosting service, AddFunds, or, with mass_pay, an Invoice.
type item struct {
	kind string
	rel  int64
	text string
	sum  int64
}

type transaction struct {
	id, invoice int64
	at          time.Time
	text        string
	in          int64
}

// spending is an amount that was taken from the credit (negative) or added to it.
type spending struct {
	at     time.Time
	amount int64
	text   string
}

// bill adds an unpaid invoice.
func (st *state) bill(total int64, line item, at time.Time) *invoice {
	line.sum = total
	return st.invoices.Add(&invoice{
		status: invoiceUnpaid, total: total, date: at, due: at.AddDate(0, 0, dueDays), items: []item{line}, st: st,
	})
}

// spend pays an invoice from the credit, which must be sufficient.
func (st *state) spend(v *invoice, amount int64, at time.Time) {
	st.credit -= amount
	st.spent = append(st.spent, spending{at: at, amount: -amount, text: "Credit applied to invoice #" + strconv.FormatInt(v.ID, 10)})
	st.settle(v, amount, at)
}

// pay pays an invoice by other means than the credit.
func (st *state) pay(v *invoice, amount int64, at time.Time) {
	st.transactions.Add(&transaction{invoice: v.ID, at: at, text: "Payment", in: amount})
	st.settle(v, amount, at)
}

// settle records a payment, and its consequences if it completes the invoice.
func (st *state) settle(v *invoice, amount int64, at time.Time) {
	v.paid += amount
	if v.paid < v.total || v.status != invoiceUnpaid {
		return
	}
	v.status = invoicePaid
	if o := st.awaiting[v.ID]; o != nil {
		st.paid(o, at)
		return
	}
	for _, line := range v.items {
		switch line.kind {
		case "AddFunds":
			st.credit += line.sum
			st.spent = append(st.spent, spending{at: at, amount: line.sum, text: "Add funds"})
		case "Invoice":
			if other := st.invoices.Get(line.rel); other != nil && other.status == invoiceUnpaid {
				st.settle(other, other.total-other.paid, at)
			}
		case "Hosting":
			if m := st.byService[line.rel]; m != nil && m.renewal == v {
				st.renewed(m)
			}
		}
	}
}

// itemServer returns the ID of the server that an item is for, 0 while there is none.
func (st *state) itemServer(line item) int64 {
	if m := st.byService[line.rel]; line.kind == "Hosting" && m != nil && (m.visible || m.Gone) {
		return m.ID
	}
	return 0
}

func (v *invoice) exported() Invoice {
	out := Invoice{ID: v.ID, Status: v.status, Total: money(v.total), Balance: money(v.total - v.paid), Date: v.date, Due: v.due}
	for _, line := range v.items {
		if id := v.st.itemServer(line); id != 0 {
			out.ServerID = id
		}
	}
	return out
}

func (c *call) invoiceRow(v *invoice) row {
	return row{"id": c.id(v.ID), "status": v.status, "total": money(v.total), "date": day(v.date), "duedate": day(v.due)}
}

func listInvoices(c *call) reply {
	from, _ := c.number("limitstart")
	limit, there := c.number("limitnum")
	if !there || limit < 1 {
		limit = invoicesByPage
	}
	all := c.st.invoices.Rows
	count := int64(len(all))
	from = min(from, count)
	to := from + min(limit, count-from)
	var page []*invoice
	if c.cfg.oldestFirst {
		page = all[from:to]
	} else {
		page = slices.Clone(all[count-to : count-from])
		slices.Reverse(page)
	}
	fields := row{"totalresults": count, "invoices": []any{}}
	if len(page) > 0 {
		fields["invoices"] = row{"invoice": c.list(rows(page, c.invoiceRow))}
	}
	return success(fields)
}

// ownInvoice returns the invoice that invoice_id names, or nil.
func (c *call) ownInvoice() *invoice {
	id, _ := c.number("invoice_id")
	return c.st.invoices.Get(id)
}

func getInvoice(c *call) reply {
	v := c.ownInvoice()
	if v == nil {
		return billingError(textNoInvoice)
	}
	lines := rows(v.items, func(line item) row {
		fields := row{"type": line.kind, "relid": c.id(line.rel), "description": line.text, "amount": money(line.sum)}
		if id := c.st.itemServer(line); id != 0 && !c.cfg.shapes[ShapeNoServerInItem] {
			fields["inv_id"] = c.id(id)
		}
		return fields
	})
	fields := row{
		"invoiceid": c.id(v.ID), "userid": whmcsID, "status": v.status, "total": money(v.total), "balance": money(v.total - v.paid),
		"date": day(v.date), "duedate": day(v.due), "currencycode": currency, "items": row{"item": c.list(lines)},
	}
	if c.cfg.shapes[ShapeInvoiceUnderData] {
		return c.data(fields)
	}
	return ok(fields)
}

// productRow names the ID differently from get_invoices.
func (c *call) productRow(v *invoice) row {
	return row{"invoiceid": c.id(v.ID), "status": v.status, "total": money(v.total)}
}

func relatedInvoices(c *call) reply {
	return c.ok(row{"invoices": c.list(rows(c.m.invoices, c.productRow))})
}

func productInvoices(c *call) reply {
	id, _ := c.number("product")
	m := c.st.byService[id]
	if m == nil {
		return billingError("Product not found")
	}
	return c.ok(row{"invoices": c.list(rows(m.invoices, c.productRow))})
}

func generateInvoice(c *call) reply {
	m := c.m
	if m.renewal != nil || m.NextDue.IsZero() {
		return billingError("There is an unpaid invoice, or nothing is due")
	}
	return ok(row{"invoice": c.id(c.st.billRenewal(m, c.st.now).ID)})
}

func applyCredit(c *call) reply {
	v := c.ownInvoice()
	if v == nil {
		return billingError(textNoInvoice)
	}
	if v.status != invoiceUnpaid {
		return billingError("Invoice Not in Unpaid Status")
	}
	amount, _ := cents(c.text("amount"))
	amount = min(amount, v.total-v.paid)
	if amount == 0 && v.total > 0 {
		return c.invalid("amount")
	}
	if amount > c.st.credit {
		return billingError("Amount exceeds customer credit balance")
	}
	c.st.spend(v, amount, c.st.now)
	return success(row{"amount": money(amount)})
}

func massPay(c *call) reply {
	var lines []item
	total := int64(0)
	for _, text := range c.values("invoices") {
		id, err := strconv.ParseInt(text, 10, 64)
		v := c.st.invoices.Get(id)
		if err != nil || v == nil || v.status != invoiceUnpaid {
			return billingError(textNoInvoice)
		}
		if slices.ContainsFunc(lines, func(l item) bool { return l.rel == id }) {
			continue
		}
		lines = append(lines, item{kind: "Invoice", rel: id, text: "Invoice #" + text, sum: v.total - v.paid})
		total += v.total - v.paid
	}
	over := c.st.bill(total, item{}, c.st.now)
	over.items = lines
	return ok(row{"invoice": c.id(over.ID)})
}

func addFunds(c *call) reply {
	amount, _ := cents(c.text("amount"))
	if amount == 0 {
		return c.invalid("amount")
	}
	v := c.st.bill(amount, item{kind: "AddFunds", text: "Add funds"}, c.st.now)
	if c.cfg.shapes[ShapeObjectAddFunds] {
		return ok(row{"invoice": row{
			"id": c.id(v.ID), "status": v.status, "amount": money(amount), "currency_code": currency, "payment_html": c.paymentForm(v),
		}})
	}
	return ok(row{"invoice": c.id(v.ID)})
}

// paymentForm is a form for the customer's browser, whose one button pays.
func (c *call) paymentForm(v *invoice) string {
	address, token, _ := strings.Cut(c.payLink(v), "?token=")
	return fmt.Sprintf(`<form method="get" action="%s"><input type="hidden" name="token" value="%s"><input type="submit"></form>`, address, token)
}

func paymentGateways(c *call) reply {
	v := c.ownInvoice()
	if v == nil {
		return billingError(textNoInvoice)
	}
	return ok(row{"call": c.paymentForm(v)})
}

func downloadInvoice(c *call) reply {
	v := c.ownInvoice()
	if v == nil {
		return billingError(textNoInvoice)
	}
	return ok(row{"pdf": base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%%PDF-1.4 invoice %d", v.ID))})
}

func listCredits(c *call) reply {
	if c.cfg.shapes[ShapeCreditNumber] {
		return ok(row{"message": number(money(c.st.credit))})
	}
	entries := make([]row, len(c.st.spent))
	for i, s := range c.st.spent {
		entries[i] = row{"id": i + 1, "date": day(s.at), "amount": money(s.amount), "description": s.text}
	}
	return ok(row{"message": row{
		"result": "success", "totalresults": len(entries), "clientid": whmcsID, "credits": row{"credit": entries},
	}})
}

func listTransactions(c *call) reply {
	byInvoice, ofInvoice := c.number("invoice_id")
	byID, ofID := c.number("transaction_id")
	found := c.st.transactions.Where(func(t *transaction) bool {
		return (!ofInvoice || t.invoice == byInvoice) && (!ofID || t.id == byID)
	})
	return ok(row{"transactions": rows(found, func(t *transaction) row {
		return row{"id": t.id, "date": day(t.at), "description": t.text, "amountin": money(t.in), "invoiceid": c.id(t.invoice)}
	})})
}
