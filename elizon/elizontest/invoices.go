package elizontest

import (
	"archive/zip"
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Invoice is an invoice of the account.
type Invoice struct {
	ID, Number string
	// Status is PENDING, OVERDUE, PAID, VOIDED, CANCELLED, REFUNDED, PARTIALLY_REFUNDED or
	// CREDIT_NOTE.
	Status                  string
	Subtotal, Tax, Total    Cents
	TaxName                 string
	TaxPercent              int64
	IssuedAt, DueAt, PaidAt time.Time
	ServiceIDs              []string
	Items                   []InvoiceItem
	NetPoints               Cents // part of the total that is paid in points
	MolliePending           bool
}

// InvoiceItem is a line of an invoice, without tax.
type InvoiceItem struct {
	Description, Kind string
	Quantity          int64
	UnitPrice, Total  Cents
}

func (st *state) newInvoice(now time.Time) *Invoice {
	i := &Invoice{
		ID: st.newID(), Number: fmt.Sprintf("RE-%d-%05d", now.Year(), len(st.invoices.Rows)+1), Status: invoicePending,
		IssuedAt: now, DueAt: now.Add(paymentTerm),
	}
	st.invoices.Add(i)
	return i
}

func (st *state) newOrderID() string {
	st.orders++
	return fmt.Sprintf("order-%06d", st.orders)
}

// quote copies an order's price to the invoice.
func (i *Invoice) quote(o *order) {
	q := o.quote
	i.Subtotal, i.Tax, i.Total, i.TaxName, i.TaxPercent = q.net, q.tax, q.total, q.country.TaxName, q.percent()
	i.NetPoints = o.points
	for _, l := range o.lines {
		i.Items = append(i.Items, InvoiceItem{l.product.Name, l.kind, l.quantity, l.total / Cents(l.quantity), l.total})
	}
	if q.discount > 0 {
		i.Items = append(i.Items, InvoiceItem{"Discount", "discount", 1, -q.discount, -q.discount})
	}
}

func (i *Invoice) pay(now time.Time) { i.Status, i.PaidAt, i.MolliePending = invoicePaid, now, false }

func (i *Invoice) payable() bool { return i.Status == invoicePending || i.Status == invoiceOverdue }

// bill links an invoice to a service.
func (st *state) bill(i *Invoice, s *Service) {
	if !slices.Contains(i.ServiceIDs, s.ID) {
		i.ServiceIDs = append(i.ServiceIDs, s.ID)
		st.ofService[s.ID] = append(st.ofService[s.ID], i)
	}
}

// await carries out an order when its invoice is paid.
func (st *state) await(o *order) {
	st.pending[o.invoice.ID] = func(method string, at time.Time) {
		o.method = method
		st.settle(o, at)
	}
}

// invoiceRow has some fields under both names that occur.
func (c *call) invoiceRow(i *Invoice) row {
	services := []string{}
	for _, id := range i.ServiceIDs {
		if s := c.st.services.Get(id); s == nil || s.known(c.now) {
			services = append(services, id)
		}
	}
	return row{
		"id": i.ID, "invoiceNumber": i.Number, "status": i.Status, "amount": i.Total.euro(), "total": i.Total.euro(), "currency": "EUR",
		"issuedAt": stamp(i.IssuedAt), "dueAt": stamp(i.DueAt), "paidAt": stampOrNil(i.PaidAt), "isCreditNote": i.Status == "CREDIT_NOTE",
		"serviceIds": services, "canDispute": false, "netPointsRedeemed": i.NetPoints.netPoints(),
	}
}

func listInvoices(c *call) reply {
	query := c.r.URL.Query()
	all := c.st.invoices.Rows
	if id := query.Get("serviceId"); id != "" {
		all = c.st.ofService[id]
	}
	if status := query.Get("status"); status != "" {
		all = slices.DeleteFunc(slices.Clone(all), func(i *Invoice) bool { return !strings.EqualFold(i.Status, status) })
	}
	list, pagination := offsetPage(c, all, c.invoiceRow)
	return ok(row{"invoices": list, "pagination": pagination})
}

func onInvoice(do func(*call, *Invoice) reply) handler {
	return func(c *call) reply {
		i := c.st.invoices.Get(c.r.PathValue("id"))
		if i == nil {
			return notFound(codeNoInvoice, "Invoice")
		}
		return do(c, i)
	}
}

func getInvoice(c *call, i *Invoice) reply {
	detail := c.invoiceRow(i)
	detail["subtotal"], detail["taxAmount"] = i.Subtotal.euro(), i.Tax.euro()
	detail["taxName"], detail["taxRatePercent"] = i.TaxName, i.TaxPercent
	detail["items"] = rows(i.Items, func(item InvoiceItem) row {
		return row{
			"description": item.Description, "quantity": item.Quantity, "unitPrice": item.UnitPrice.euro(), "total": item.Total.euro(),
			"itemType": item.Kind, "serviceType": "vm",
		}
	})
	detail["pdfUrl"] = "/api/invoices/" + i.ID + "/document"
	detail["hasLexwareDocument"], detail["hasPendingMolliePayment"] = true, i.MolliePending
	return ok(row{"invoice": detail})
}

// payInvoiceNow pays an invoice and carries out what it is for.
func payInvoiceNow(c *call, i *Invoice) reply {
	method := c.oneOf("paymentMethod", "", payMollie, paySaved, payBalance)
	points, _ := c.euros("netPointsRedeemEur")
	if a, refused := c.refusedAs(codePaymentMethod); refused {
		return a
	}
	if i.Status == invoicePaid {
		return ok(row{"alreadyPaid": true})
	}
	if !i.payable() {
		return bad(codeNotPayable, "The invoice cannot be paid")
	}
	points = min(points, i.Total-i.NetPoints)
	if points > c.st.account.points() {
		return bad(codeBadAmount, "There are not that many points")
	}
	if a, refused := c.canPay(method, i.Total-i.NetPoints-points, c.text("savedMandateId")); refused {
		return a
	}
	if method == payMollie {
		i.MolliePending = true
		if c.st.pending[i.ID] == nil {
			st := c.st
			st.pending[i.ID] = func(method string, at time.Time) { st.payPlain(i, method, at) }
		}
		return ok(row{"paymentId": i.ID, "checkoutUrl": c.payLink(i.ID), "processing": false})
	}
	c.st.account.NetPoints -= points.netPoints()
	i.NetPoints += points
	if do := c.st.pending[i.ID]; do != nil {
		delete(c.st.pending, i.ID)
		do(method, c.now)
	} else {
		c.st.payPlain(i, method, c.now)
	}
	return ok(row{"alreadyPaid": false, "processing": false, "paymentId": i.ID})
}

// payPlain pays an invoice whose order was carried out before.
func (st *state) payPlain(i *Invoice, method string, now time.Time) {
	if method == payBalance {
		st.account.Balance -= i.Total - i.NetPoints
	}
	i.pay(now)
}

func invoiceDocument(_ *call, i *Invoice) reply {
	return document("application/pdf", i.Number+".pdf", pdf("Invoice "+i.Number))
}

func downloadInvoices(c *call) reply {
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, i := range c.st.invoices.Rows {
		// Writing to a buffer cannot fail.
		if w, err := archive.Create(i.Number + ".pdf"); err == nil {
			_, _ = w.Write(pdf("Invoice " + i.Number))
		}
	}
	_ = archive.Close()
	return document("application/zip", "invoices.zip", out.Bytes())
}

// pdf returns the shortest file that looks like a PDF.
func pdf(title string) []byte {
	return []byte("%PDF-1.4\n% " + title + "\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
}

func sepaRow(amount Cents, reference string) row {
	return row{"iban": bankIBAN, "bic": bankBIC, "bankName": bankName, "amount": amount.euro(), "reference": reference}
}

// AddInvoice adds an invoice that the account has to pay, or has paid. ID, number and times are
// filled in; Status is PENDING unless it is set. Total is the amount to pay.
func (s *Server) AddInvoice(i Invoice) Invoice {
	return locked(s, func(st *state, now time.Time) Invoice {
		added := st.newInvoice(now)
		i.ID, i.Number = added.ID, added.Number
		if i.Status == "" {
			i.Status = invoicePending
		}
		if i.IssuedAt.IsZero() {
			i.IssuedAt, i.DueAt = added.IssuedAt, added.DueAt
		}
		*added = i
		for _, id := range i.ServiceIDs {
			st.ofService[id] = append(st.ofService[id], added)
		}
		return i
	})
}

// UpdateInvoice changes an invoice, as the vendor's staff does. It reports whether there is one of that ID.
func (s *Server) UpdateInvoice(id string, change func(*Invoice)) bool {
	return locked(s, func(st *state, _ time.Time) bool {
		i := st.invoices.Get(id)
		if i != nil {
			change(i)
		}
		return i != nil
	})
}
