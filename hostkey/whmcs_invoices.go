package hostkey

import (
	"context"
	"encoding/json"
	"iter"
	"maps"
	"net/url"
	"strconv"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// Invoices.
var (
	whmcsInvoices        = act("whmcs", "get_invoices", "WHMCS.Invoices", "list invoices", ClassRead)
	whmcsInvoice         = act("whmcs", "get_invoice", "WHMCS.Invoice", "get invoice", ClassRead)
	whmcsRelatedInvoices = act("whmcs", "get_related_invoices", "WHMCS.RelatedInvoices", "list invoices of server", ClassRead)
	whmcsProductInvoices = act("whmcs", "get_product_invoice", "WHMCS.ProductInvoices", "list invoices of billing service", ClassRead)
	whmcsDownloadInvoice = act("whmcs", "download_invoice", "WHMCS.DownloadInvoice", "download invoice", ClassRead)
	whmcsGenerateDue     = act("whmcs", "generate_due_invoice", "WHMCS.GenerateDueInvoice", "generate due invoice", ClassOrder)
)

// States of an invoice. WHMCS has more of them.
const (
	InvoicePaid    = "Paid"
	InvoiceUnpaid  = "Unpaid"
	InvoicePending = "Pending"
)

// Invoice of the customer. Lists tell less of it than WHMCS.Invoice does.
type Invoice struct {
	ID int64
	// Status is one of the Invoice constants, or another that WHMCS has.
	Status string
	// Total of all items, and Balance, which is still to be paid.
	Total, Balance Amount
	Currency       string
	ClientID       int64
	Date, DueDate  time.Time
	// Items are told by WHMCS.Invoice only.
	Items []InvoiceItem
	// More fields that the answer contains.
	More map[string]provider.Payload
}

// InvoiceItem is a line of an invoice.
type InvoiceItem struct {
	// Type is "Hosting" or "AddFunds", among others.
	Type string
	// RelatedID is the billing service's, ServerID the server's; 0 if there is none.
	RelatedID   int64
	ServerID    int64
	Description string
}

// InvoiceListOptions say how to page through invoices.
type InvoiceListOptions struct {
	// PageSize is how many invoices an answer is to hold; 0 is 100. The server may
	// send fewer.
	PageSize int64
	// Start is how many invoices to leave out at the beginning.
	Start int64
	// Extra fields without a name of their own, sent as they are.
	Extra map[string]any
}

// InvoiceGetRequest names an invoice.
type InvoiceGetRequest struct {
	// ID is required.
	ID int64 `url:"invoice_id"`
	// Location is the billing system, "whmcs_com"; "" is that of the customer.
	Location string `url:"location,omitempty"`
	// Extra fields without a name of their own, sent as they are.
	Extra map[string]any `url:"-"`
}

// InvoiceDownloadRequest names an invoice.
type InvoiceDownloadRequest struct {
	// ID is required.
	ID int64 `url:"invoice_id"`
	// ViewPDF is for viewing instead of saving.
	ViewPDF bool `url:"viewpdf,int,omitempty"`
	// Extra fields without a name of their own, sent as they are.
	Extra map[string]any `url:"-"`
}

const invoicePage = 100

// Invoices yields all invoices of the customer, page by page: POST /whmcs.php, action
// get_invoices. Their order is the server's. opts may be nil.
func (s *WHMCSService) Invoices(ctx context.Context, opts *InvoiceListOptions) iter.Seq2[*Invoice, error] {
	if opts == nil {
		opts = new(InvoiceListOptions)
	}
	var problems provider.Problems
	problems.NotNegative("PageSize", opts.PageSize)
	problems.NotNegative("Start", opts.Start)
	_, form, err := formOf(whmcsInvoices, problems, "", nil, opts.Extra)
	if err != nil {
		return rest.Failed[Invoice](err)
	}
	size, start := opts.PageSize, opts.Start
	if size == 0 {
		size = invoicePage
	}
	form.Set("limitnum", strconv.FormatInt(size, 10))
	return func(yield func(*Invoice, error) bool) { s.pages(ctx, form, start, yield) }
}

// pages asks for page after page until the announced total is reached or a page brings
// nothing new. A page that is shorter than asked for is not the last: WHMCS limits them
// itself.
func (s *WHMCSService) pages(ctx context.Context, fields url.Values, start int64, yield func(*Invoice, error) bool) {
	seen := make(map[number]bool)
	for at := start; ; {
		form := make(url.Values, len(fields)+1)
		maps.Copy(form, fields)
		form.Set("limitstart", strconv.FormatInt(at, 10))
		page := invoicePageWire{listed: listed[invoiceWire, *invoiceWire]{names: []string{"invoices.invoice"}}}
		if err := s.c.call(ctx, whmcsInvoices, &rest.Call{Body: form, Out: &page}); err != nil {
			yield(nil, err)
			return
		}
		fresh := false
		for i := range page.rows.all {
			w := &page.rows.all[i]
			if seen[w.id()] {
				continue
			}
			seen[w.id()], fresh = true, true
			if !yield(w.model(), nil) {
				return
			}
		}
		at += int64(len(page.rows.all))
		if !fresh || page.total != nil && at >= int64(*page.total) {
			return
		}
	}
}

// Invoice reads an invoice with its items: POST /whmcs.php, action get_invoice.
func (s *WHMCSService) Invoice(ctx context.Context, req *InvoiceGetRequest) (*Invoice, error) {
	if req == nil {
		return nil, whmcsInvoice.RefuseNil()
	}
	var problems provider.Problems
	problems.Positive("ID", req.ID)
	call, _, err := formOf(whmcsInvoice, problems, about(req.ID), req, req.Extra)
	if err != nil {
		return nil, err
	}
	return fetch[Invoice, oneInvoiceWire](ctx, s.c, whmcsInvoice, call)
}

// RelatedInvoices lists the invoices of a server: POST /whmcs.php, action
// get_related_invoices. The answer is undocumented.
func (s *WHMCSService) RelatedInvoices(ctx context.Context, serverID int64) (provider.Payload, error) {
	return s.c.unknownByID(ctx, whmcsRelatedInvoices, serverID, nil)
}

// ProductInvoices yields the invoices of a billing service, which is the AccountID of
// a server and not its ID, in a billing location such as "whmcs_com": POST /whmcs.php,
// action get_product_invoice. It is known from one live client only.
func (s *WHMCSService) ProductInvoices(ctx context.Context, product int64, location string) iter.Seq2[*Invoice, error] {
	var problems provider.Problems
	problems.Positive("product", product)
	problems.Required("location", location)
	if err := whmcsProductInvoices.Refuse("", problems); err != nil {
		return rest.Failed[Invoice](err)
	}
	call := &rest.Call{Body: url.Values{"product": {idText(product)}, "location": {location}}, Subject: idText(product)}
	return elements[Invoice, invoiceWire](ctx, s.c, whmcsProductInvoices, call, "invoices")
}

// DownloadInvoice reads an invoice as PDF in base64: POST /whmcs.php, action
// download_invoice. The name of the field that holds it is undocumented.
func (s *WHMCSService) DownloadInvoice(ctx context.Context, req *InvoiceDownloadRequest) (provider.Payload, error) {
	if req == nil {
		return nil, whmcsDownloadInvoice.RefuseNil()
	}
	var problems provider.Problems
	problems.Positive("ID", req.ID)
	call, _, err := formOf(whmcsDownloadInvoice, problems, about(req.ID), req, req.Extra)
	if err != nil {
		return nil, err
	}
	return s.c.unknown(ctx, whmcsDownloadInvoice, call)
}

// GenerateDueInvoice makes the next invoice of a server, if none is unpaid: POST
// /whmcs.php, action generate_due_invoice. It is sent once. The answer is undocumented.
func (s *WHMCSService) GenerateDueInvoice(ctx context.Context, serverID int64) (provider.Payload, error) {
	return s.c.unknownByID(ctx, whmcsGenerateDue, serverID, nil)
}

// invoiceWire is an invoice in a list or alone: "id" there, "invoiceid" here.
type invoiceWire struct {
	ID        number  `json:"id"`
	InvoiceID number  `json:"invoiceid"`
	UserID    number  `json:"userid"`
	Status    text    `json:"status"`
	Total     Amount  `json:"total"`
	Balance   Amount  `json:"balance"`
	Currency  text    `json:"currencycode"`
	Date      instant `json:"date"`
	DueDate   instant `json:"duedate"`
	Items     items   `json:"items"`
	extra     map[string]provider.Payload
}

func (w *invoiceWire) UnmarshalJSON(data []byte) error {
	type plain invoiceWire
	if err := json.Unmarshal(data, (*plain)(w)); err != nil {
		return err
	}
	var err error
	w.extra, err = rest.Extras[provider.Payload](data, "result", "module", "action", "id", "invoiceid", "userid", "status", "total", "balance", "currencycode", "date",
		"duedate", "items")
	return err
}

func (w *invoiceWire) id() number { return first(w.InvoiceID, w.ID) }

// Missing wants the status, too: nobody could tell whether it is paid.
func (w *invoiceWire) Missing() string {
	if w.Status == "" {
		return "status"
	}
	return missingID(w.id(), "id")
}

func (w *invoiceWire) model() *Invoice {
	return &Invoice{
		ID: int64(w.id()), Status: string(w.Status), Total: w.Total, Balance: w.Balance, Currency: string(w.Currency), ClientID: int64(w.UserID),
		Date: w.Date.Time, DueDate: w.DueDate.Time, Items: models[InvoiceItem](list[itemWire](w.Items)), More: w.extra,
	}
}

// oneInvoiceWire has the invoice at the top, or under "data".
type oneInvoiceWire struct{ invoiceWire }

func (w *oneInvoiceWire) UnmarshalJSON(data []byte) error {
	if inner := openEnvelope(data)["data"]; len(inner) > 0 && inner[0] == '{' {
		data = inner
	}
	return w.invoiceWire.UnmarshalJSON(data)
}

// items stand under "item", as WHMCS has it.
type items list[itemWire]

func (l *items) UnmarshalJSON(data []byte) error {
	*l = items{}
	if data[0] != '{' { // [] for none
		return nil
	}
	var w struct {
		Item list[itemWire] `json:"item"`
	}
	if err := json.Unmarshal(data, &w); err != nil {
		return err
	}
	*l = items(w.Item)
	return nil
}

type itemWire struct {
	Type        text   `json:"type"`
	RelatedID   number `json:"relid"`
	ServerID    number `json:"inv_id"`
	Description text   `json:"description"`
}

func (w *itemWire) model() *InvoiceItem {
	return &InvoiceItem{Type: string(w.Type), RelatedID: int64(w.RelatedID), ServerID: int64(w.ServerID), Description: string(w.Description)}
}

// invoicePageWire is a page: invoices.invoice, at the top or under "data".
type invoicePageWire struct {
	listed[invoiceWire, *invoiceWire]
	total *number
}

func (w *invoicePageWire) UnmarshalJSON(data []byte) error {
	e := openEnvelope(data)
	if inner := e["data"]; e["invoices"] == nil && len(inner) > 0 && inner[0] == '{' {
		data, e = inner, openEnvelope(inner)
	}
	if err := w.listed.UnmarshalJSON(data); err != nil {
		return err
	}
	if total := e["totalresults"]; total != nil {
		w.total = new(number)
		return w.total.UnmarshalJSON(total)
	}
	return nil
}
