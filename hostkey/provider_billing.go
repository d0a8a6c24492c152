package hostkey

import (
	"context"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Renew pays for the server's next period from the account's credit: the open invoice of
// its billing service, or the next one, which it asks for if none is open. A server that
// is paid for more than one period ahead: OutcomeAlready.
func (p *Provider) Renew(ctx context.Context, id string) (provider.Outcome, error) {
	return adapter.Verb(ctx, p.accounts, "renew account", id, nil, p.renew)
}

func (p *Provider) renew(ctx context.Context, id int64) (provider.Outcome, error) {
	server, err := p.client.Servers.Show(ctx, id)
	if err != nil {
		return "", err
	}
	if server.AccountID == 0 || server.Billing == "" {
		return "", &provider.Error{Provider: Kind, Kind: provider.ErrUnsupported, Message: "the server names no billing service whose invoices could be paid"}
	}
	open, err := p.openInvoice(ctx, server)
	if err != nil {
		return "", err
	}
	if open == nil {
		billing, err := p.client.WHMCS.BillingData(ctx, id)
		if err != nil {
			return "", err
		}
		months := cycleMonths(billing.Cycle)
		if months == 0 || billing.NextDue.IsZero() || billing.NextDue.After(time.Now().AddDate(0, months, 1)) {
			return provider.OutcomeAlready, nil // nothing is due, or it is paid ahead
		}
		err = provider.Resolve(ctx,
			func(ctx context.Context) error {
				_, err := p.client.WHMCS.GenerateDueInvoice(ctx, id)
				return err
			},
			func(ctx context.Context) (bool, error) {
				open, err = p.openInvoice(ctx, server)
				return open != nil, err
			})
		if err == nil && open == nil {
			open, err = p.openInvoice(ctx, server)
		}
		if err != nil {
			return "", err
		}
		if open == nil {
			return "", &provider.Error{Provider: Kind, Kind: provider.ErrConflict, Message: "the vendor made no invoice for the next period"}
		}
	}
	return provider.OutcomeChanged, p.client.payFromCredit(ctx, open.ID, open)
}

// openInvoice is the oldest unpaid invoice of a server's billing service, or nil.
func (p *Provider) openInvoice(ctx context.Context, server *Server) (*Invoice, error) {
	var open *Invoice
	for invoice, err := range p.client.WHMCS.ProductInvoices(ctx, server.AccountID, server.Billing) {
		if err != nil {
			return nil, err
		}
		if invoice.Status == InvoiceUnpaid && (open == nil || invoice.ID < open.ID) {
			open = invoice
		}
	}
	return open, nil
}

// cycleMonths is the length of a billing cycle; 0 for those that have no invoices ahead.
func cycleMonths(cycle string) int {
	switch strings.ToLower(cycle) {
	case "monthly":
		return 1
	case "quarterly":
		return 3
	case "semi-annually":
		return 6
	case "annually":
		return 12
	}
	return 0
}
