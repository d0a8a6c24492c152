package elizon

import (
	"context"
	"io"
	"iter"
	"time"

	"github.com/provkit/provkit/provider"
)

// InvoicesService lists, downloads and pays invoices.
type InvoicesService struct{ c *Client }

// Known values of an invoice's status. The first two can be paid.
const (
	InvoicePending           = "PENDING"
	InvoiceOverdue           = "OVERDUE"
	InvoicePaid              = "PAID"
	InvoiceVoided            = "VOIDED"
	InvoiceCancelled         = "CANCELLED"
	InvoiceRefunded          = "REFUNDED"
	InvoicePartiallyRefunded = "PARTIALLY_REFUNDED"
	InvoiceCreditNote        = "CREDIT_NOTE"
)

// Invoice is an invoice as List returns it.
type Invoice struct {
	ID     string `wire:"id,required,identity"`
	Number string `wire:"invoiceNumber|number"`
	// Status is an open set: InvoicePending and others.
	Status   string    `wire:"status"`
	Amount   EUR       `wire:"amount"`
	Total    EUR       `wire:"total"`
	Currency string    `wire:"currency"`
	IssuedAt time.Time `wire:"issuedAt"`
	DueAt    time.Time `wire:"dueAt|dueDate,end"`
	// PaidAt is zero if it is not paid.
	PaidAt            time.Time `wire:"paidAt"`
	CreditNote        bool      `wire:"isCreditNote"`
	ServiceIDs        []string  `wire:"serviceIds"`
	CanDispute        bool      `wire:"canDispute"`
	NetPointsRedeemed int64     `wire:"netPointsRedeemed,loose"`
}

// InvoiceDetail is an invoice as Get returns it.
type InvoiceDetail struct {
	Invoice
	Subtotal                EUR           `wire:"subtotal"`
	TaxAmount               EUR           `wire:"taxAmount"`
	TaxName                 string        `wire:"taxName"`
	TaxRatePercent          float64       `wire:"taxRatePercent"`
	Items                   []InvoiceItem `wire:"items"`
	HasDocument             bool          `wire:"hasLexwareDocument"`
	HasPendingMolliePayment bool          `wire:"hasPendingMolliePayment"`
	SEPADetails             *SEPADetails  `wire:"sepaDetails"`
	// PDFURL may give access to anyone who has it; programs should use Document.
	PDFURL provider.Secret `wire:"pdfUrl"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// InvoiceItem is a line of an invoice.
type InvoiceItem struct {
	Description string  `wire:"description"`
	Quantity    float64 `wire:"quantity"`
	UnitPrice   EUR     `wire:"unitPrice"`
	Total       EUR     `wire:"total"`
	ServiceID   string  `wire:"serviceId"`
	ItemType    string  `wire:"itemType"`
	// ServiceType is vm or storage.
	ServiceType string `wire:"serviceType"`
}

// InvoiceListOptions filter a list of invoices. The zero value lists all.
type InvoiceListOptions struct {
	// Status and ServiceID keep the invoices that match; "" keeps all.
	Status    string
	ServiceID string
	// PerPage is the page size; 0 is the server's default.
	PerPage int64
}

// InvoicePayRequest pays an invoice.
type InvoicePayRequest struct {
	// PaymentMethod is PayMollie, PayMollieSaved or PayBalance. PaySEPA is documented too, but an
	// error text suggests that it is for top-ups only.
	PaymentMethod PaymentMethod `wire:"paymentMethod,required"`
	// SavedMandateID is for PayMollieSaved.
	SavedMandateID     string `wire:"savedMandateId"`
	AmountFromBalance  EUR    `wire:"amountFromBalance"`
	NetPointsRedeemEUR EUR    `wire:"netPointsRedeemEur"`
	// Extra fields, sent as they are.
	Extra map[string]any `wire:",extra"`
}

// PayResult is the result of a payment. Any field may be missing.
type PayResult struct {
	AlreadyPaid bool   `wire:"alreadyPaid"`
	PaymentID   string `wire:"paymentId"`
	// CheckoutURL is the page where a person has to pay.
	CheckoutURL provider.Secret `wire:"checkoutUrl"`
	// Processing is set while the payment is in progress.
	Processing bool `wire:"processing"`
}

// List yields the invoices of the account, page by page: GET /api/invoices.
func (s *InvoicesService) List(ctx context.Context, opts *InvoiceListOptions) iter.Seq2[*Invoice, error] {
	var o InvoiceListOptions
	if opts != nil {
		o = *opts
	}
	r := s.c.ask(invoicesList).arg("status", o.Status).arg("serviceId", o.ServiceID)
	return pages[Invoice](ctx, r, byOffset(o.PerPage), "invoices")
}

// Get reads an invoice with its lines: GET /api/invoices/{id}.
func (s *InvoicesService) Get(ctx context.Context, id string) (*InvoiceDetail, error) {
	return fetch[InvoiceDetail](ctx, s.c.ask(invoicesGet, id), "invoice")
}

// Document writes an invoice as PDF to w as it arrives: GET /api/invoices/{id}/document. limit is
// the maximum size in bytes; 0 is DefaultDownloadLimit. A larger file fails with
// provider.ErrProtocol. After an error, w may contain a part of the file.
func (s *InvoicesService) Document(ctx context.Context, id string, w io.Writer, limit int64) (*Download, error) {
	return download(ctx, s.c.ask(invoicesDocument, id), w, limit)
}

// DownloadAll writes all invoices as a ZIP archive to w as it arrives: GET
// /api/invoices/download-all (method inferred). limit is as in Document.
func (s *InvoicesService) DownloadAll(ctx context.Context, w io.Writer, limit int64) (*Download, error) {
	return download(ctx, s.c.ask(invoicesAll), w, limit)
}

// Pay pays an invoice: POST /api/invoices/{id}/pay. It spends money, and it is never retried: after
// provider.ErrOutcomeUnknown, read the invoice before paying again. A payment lifts the suspension
// of the invoice's services.
func (s *InvoicesService) Pay(ctx context.Context, id string, req *InvoicePayRequest) (*PayResult, error) {
	r := s.c.ask(invoicesPay, id).with(req)
	if req != nil {
		for name, amount := range map[string]EUR{"AmountFromBalance": req.AmountFromBalance, "NetPointsRedeemEUR": req.NetPointsRedeemEUR} {
			r.problems.NotNegative(name, int64(amount.Sign()))
		}
	}
	return fetch[PayResult](ctx, r)
}
