package hostkey

import (
	"context"
	"encoding/base64"
	"iter"
	"maps"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
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

// States of an invoice. WHMCS has others too.
const (
	InvoicePaid    = "Paid"
	InvoiceUnpaid  = "Unpaid"
	InvoicePending = "Pending"
)

// Invoice is an invoice of the customer. Lists return fewer fields than WHMCS.Invoice.
type Invoice struct {
	ID int64 `wire:"invoiceid|id,positive,identity"`
	// Status is one of the Invoice constants, or another status of WHMCS.
	Status string `wire:"status,required"`
	// Total of all items, and Balance, which is left to pay.
	Total    Amount    `wire:"total"`
	Balance  Amount    `wire:"balance"`
	Currency string    `wire:"currencycode"`
	ClientID int64     `wire:"userid"`
	Date     time.Time `wire:"date"`
	DueDate  time.Time `wire:"duedate,end"`
	// Items are set by WHMCS.Invoice only.
	Items []InvoiceItem `wire:"items.item"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// InvoiceItem is a line of an invoice.
type InvoiceItem struct {
	// Type is "Hosting" or "AddFunds", among others.
	Type string `wire:"type"`
	// RelatedID is the ID of the billing service, ServerID that of the server; 0 if there is none.
	RelatedID   int64  `wire:"relid"`
	ServerID    int64  `wire:"inv_id"`
	Description string `wire:"description"`
}

// InvoiceListOptions control paging through invoices.
type InvoiceListOptions struct {
	// PageSize is the number of invoices per page; 0 is 100. The server may send fewer.
	PageSize int64
	// Start is how many invoices to skip.
	Start int64
	// Extra fields, sent as they are.
	Extra map[string]any
}

// InvoiceGetRequest selects an invoice.
type InvoiceGetRequest struct {
	// ID is required.
	ID int64 `url:"invoice_id"`
	// Location is the billing system, "whmcs_com"; "" is the customer's.
	Location string `url:"location,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// InvoiceDownloadRequest selects an invoice.
type InvoiceDownloadRequest struct {
	// ID is required.
	ID int64 `url:"invoice_id"`
	// ViewPDF asks for a PDF to view instead of to save.
	ViewPDF bool `url:"viewpdf,int,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// NewInvoice is an invoice that a call has created. Its shape is undocumented: the ID is read under the
// names that the answers to orders have.
type NewInvoice struct {
	// InvoiceID is 0 if the answer does not name it.
	InvoiceID int64 `wire:"invoice.id|invoice|invoiceid|invoice_id,loose"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// InvoiceFile is an invoice as a file.
type InvoiceFile struct {
	// PDF is the file, whose bytes Reveal returns; zero if no field of the answer is one in base64, whatever
	// its name. It is a secret, since it shows the customer's address.
	PDF provider.Secret
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

var _ = wire.Read(func(raw []byte, f *InvoiceFile) error {
	whole := openEnvelope(raw)
	for _, from := range []envelope{whole, openEnvelope(whole["data"])} {
		for name := range from {
			if pdf, err := base64.StdEncoding.DecodeString(from.word(name)); err == nil && strings.HasPrefix(string(pdf), "%PDF") {
				f.PDF = provider.NewSecret(string(pdf))
			}
		}
	}
	return wire.Options{Envelope: beside}.Fill(raw, f)
})

const invoicesPerPage = 100

// Invoices lists all invoices of the customer, page by page: POST /whmcs.php, action get_invoices.
// The server decides the order. opts may be nil.
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
		size = invoicesPerPage
	}
	form.Set("limitnum", strconv.FormatInt(size, 10))
	return func(yield func(*Invoice, error) bool) { s.pages(ctx, form, start, yield) }
}

// pages reads page after page until the announced total is reached or a page contains nothing new.
// A short page need not be the last one, since WHMCS has limits of its own.
func (s *WHMCSService) pages(ctx context.Context, fields url.Values, start int64, yield func(*Invoice, error) bool) {
	seen := make(map[int64]bool)
	for number, at := 1, start; ; number++ {
		form := make(url.Values, len(fields)+1)
		maps.Copy(form, fields)
		form.Set("limitstart", strconv.FormatInt(at, 10))
		page := invoicePage{Rows: wire.Rows[Invoice]{Names: []string{"invoices.invoice", "data.invoices.invoice"}}}
		err := whmcsInvoices.Endless(number)
		if err == nil {
			err = s.c.call(ctx, whmcsInvoices, &rest.Call{Body: form, Out: &page})
		}
		if err != nil {
			yield(nil, err)
			return
		}
		fresh := false
		for invoice, err := range page.All() {
			if err == nil && seen[invoice.ID] {
				continue
			}
			fresh = fresh || !seen[invoice.ID]
			seen[invoice.ID] = true
			if !yield(invoice, err) {
				return
			}
		}
		at += int64(page.Len)
		if !fresh || page.total != nil && at >= *page.total {
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
	one, err := fetch[oneInvoice](ctx, s.c, whmcsInvoice, call)
	if err != nil {
		return nil, err
	}
	return &one.Invoice, nil
}

// RelatedInvoices lists the invoices of a server: POST /whmcs.php, action get_related_invoices. That the
// answer has the shape of one of the other lists of invoices is inferred.
func (s *WHMCSService) RelatedInvoices(ctx context.Context, serverID int64) iter.Seq2[*Invoice, error] {
	call, err := byID(whmcsRelatedInvoices, serverID, nil)
	if err != nil {
		return rest.Failed[Invoice](err)
	}
	return elements[Invoice](ctx, s.c, whmcsRelatedInvoices, call, "invoices.invoice", "invoices")
}

// ProductInvoices lists the invoices of a billing service (the AccountID of a server, not its ID)
// in a billing location such as "whmcs_com": POST /whmcs.php, action get_product_invoice. It is
// known from one live client only.
func (s *WHMCSService) ProductInvoices(ctx context.Context, product int64, location string) iter.Seq2[*Invoice, error] {
	var problems provider.Problems
	problems.Positive("product", product)
	problems.Required("location", location)
	if err := whmcsProductInvoices.Refuse("", problems); err != nil {
		return rest.Failed[Invoice](err)
	}
	call := &rest.Call{Body: url.Values{"product": {idText(product)}, "location": {location}}, Subject: idText(product)}
	return proof[Invoice](ctx, s.c, whmcsProductInvoices, call, "invoices")
}

// DownloadInvoice returns an invoice as PDF: POST /whmcs.php, action download_invoice. The name of its
// field is undocumented; see InvoiceFile.
func (s *WHMCSService) DownloadInvoice(ctx context.Context, req *InvoiceDownloadRequest) (*InvoiceFile, error) {
	if req == nil {
		return nil, whmcsDownloadInvoice.RefuseNil()
	}
	var problems provider.Problems
	problems.Positive("ID", req.ID)
	call, _, err := formOf(whmcsDownloadInvoice, problems, about(req.ID), req, req.Extra)
	if err != nil {
		return nil, err
	}
	return guess[InvoiceFile](ctx, s.c, whmcsDownloadInvoice, call)
}

// GenerateDueInvoice creates the next invoice of a server, unless one is unpaid: POST /whmcs.php,
// action generate_due_invoice. It is sent once. The answer is undocumented; see NewInvoice.
func (s *WHMCSService) GenerateDueInvoice(ctx context.Context, serverID int64) (*NewInvoice, error) {
	call, err := byID(whmcsGenerateDue, serverID, nil)
	if err != nil {
		return nil, err
	}
	return guess[NewInvoice](ctx, s.c, whmcsGenerateDue, call)
}

// oneInvoice is an Invoice that is under "data", or at the top.
type oneInvoice struct{ Invoice }

var _ = wire.Read(func(raw []byte, i *oneInvoice) error {
	if inner := openEnvelope(raw)["data"]; len(inner) > 0 && inner[0] == '{' {
		raw = inner
	}
	return wire.Options{Envelope: beside}.Unmarshal(raw, &i.Invoice)
})

// invoicePage is a page of invoices: invoices.invoice, at the top or under "data".
type invoicePage struct {
	wire.Rows[Invoice]
	total *int64
}

func (p *invoicePage) DecodeAnswer(a *rest.Answer) error {
	if err := p.Rows.DecodeAnswer(a); err != nil {
		return err
	}
	var about struct {
		Total *int64 `wire:"totalresults|data.totalresults"`
	}
	err := wire.Unmarshal(rest.Content(a.Body), &about)
	p.total = about.Total
	return err
}
