package hostkey

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/order"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// Renew pays for the server's next period from the account's credit. It pays the open invoice of
// the billing service, or requests the next one if none is open. If more than one period is paid
// ahead, it returns OutcomeAlready.
func (p *Provider) Renew(ctx context.Context, id string) (provider.Outcome, error) {
	var input provider.Problems
	p.client.Orders.desk.Refuse(&input)
	return adapter.Verb(ctx, p.accounts, "renew account", id, input, func(ctx context.Context, id int64) (provider.Outcome, error) {
		server, err := p.read(ctx, id)
		if err != nil {
			return "", err
		}
		outcome, err := p.renew(ctx, id, server)
		return outcome, adapter.NotOfAccount(err) // that is there
	})
}

func (p *Provider) renew(ctx context.Context, id int64, server *Server) (provider.Outcome, error) {
	if server.AccountID == 0 || server.Billing == "" {
		return "", &provider.Error{Provider: Kind, Kind: provider.ErrUnsupported, Message: "the server has no billing service whose invoices could be paid"}
	}
	open, err := p.openInvoice(ctx, server)
	if err != nil {
		return "", err
	}
	billing, err := p.billing(ctx, server, 0)
	if err != nil {
		return "", err
	}
	months := cycleMonths(billing.Cycle)
	if open == nil && (months == 0 || billing.NextDue.IsZero() || billing.NextDue.After(time.Now().AddDate(0, months, 1))) {
		return provider.OutcomeAlready, nil // nothing is due, or it is paid ahead
	}
	paid := false
	outcome, err := p.client.Orders.desk.Spend(ctx, order.Spending{
		Verb: "renew", Subject: idText(id), From: billing.NextDue, Lag: p.accounts.Lag,
		Send: func(ctx context.Context) (string, error) {
			if open == nil {
				if open, err = p.dueInvoice(ctx, server); err != nil {
					return "", err
				}
			}
			err := p.client.payFromCredit(ctx, open.ID, open)
			paid = err == nil
			if errors.Is(err, provider.ErrNotFound) && !errors.Is(err, provider.ErrOutcomeUnknown) {
				err = goneInvoice(open.ID)
			}
			return "", err
		},
		Look: func(ctx context.Context) (time.Time, bool, error) {
			now, err := p.billing(ctx, server, billing.OrderID)
			if err != nil {
				return time.Time{}, paid, err
			}
			return now.NextDue, paid, nil
		},
	})
	if err == nil && outcome == provider.OutcomePending {
		err = order.Unknown("the invoice is paid, but the next period is not due later yet")
	}
	return outcome, err
}

// billing reads the billing record of a server, which does not name it. One with another host name, or with
// another order than before, may be another server's, as a proxy or a cache mixes answers up: it counts if
// two more answers say the same.
func (p *Provider) billing(ctx context.Context, server *Server, order int64) (*BillingData, error) {
	read, err := p.client.WHMCS.BillingData(ctx, server.ID)
	if err != nil || strings.EqualFold(read.Hostname, server.Hostname()) && (order == 0 || read.OrderID == order) {
		return read, err
	}
	for range 2 {
		again, err := p.client.WHMCS.BillingData(ctx, server.ID)
		if err != nil {
			return nil, err
		}
		if again.OrderID != read.OrderID || order != 0 && again.OrderID != order {
			return nil, &provider.Error{
				Provider: Kind, Kind: provider.ErrProtocol,
				Message: words.Say("the billing of server %d was answered with the order %d and then %d: try again", server.ID, read.OrderID, again.OrderID),
			}
		}
	}
	return read, nil
}

// dueInvoice has the next period billed.
func (p *Provider) dueInvoice(ctx context.Context, server *Server) (open *Invoice, err error) {
	err = adapter.Resolve(ctx, p.accounts.Lag,
		adapter.Once(func(ctx context.Context) error {
			_, err := p.client.WHMCS.GenerateDueInvoice(ctx, server.ID)
			return err
		}),
		func(ctx context.Context) (bool, error) {
			open, err = p.openInvoice(ctx, server)
			return open != nil, err
		})
	if err == nil && open == nil {
		open, err = p.openInvoice(ctx, server)
	}
	if err == nil && open == nil {
		err = &provider.Error{Provider: Kind, Kind: provider.ErrConflict, Message: "the vendor created no invoice for the next period"}
	}
	return open, err
}

// openInvoice returns the oldest unpaid invoice of a server's billing service, or nil.
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
	if open == nil {
		return nil, nil //nolint:nilnil // nothing is no error
	}
	// The list does not say whose invoices it has.
	read, err := p.client.WHMCS.Invoice(ctx, &InvoiceGetRequest{ID: open.ID})
	switch {
	case errors.Is(err, provider.ErrNotFound):
		return nil, goneInvoice(open.ID)
	case err != nil:
		return nil, err
	case slices.ContainsFunc(read.Items, func(item InvoiceItem) bool {
		return item.ServerID != 0 && item.ServerID != server.ID || item.Type == "Hosting" && item.RelatedID != 0 && item.RelatedID != server.AccountID
	}):
		return nil, &provider.Error{
			Provider: Kind, Kind: provider.ErrProtocol, Message: words.Say("invoice %d was named as one of server %d, and is for another: try again", read.ID, server.ID),
		}
	case read.Status != InvoiceUnpaid:
		return nil, nil //nolint:nilnil // it was paid meanwhile
	}
	return read, nil
}

// goneInvoice is the error about an invoice that was to be paid and is not there. Nothing was paid.
func goneInvoice(id int64) error {
	return &provider.Error{
		Provider: Kind, Kind: provider.ErrConflict,
		Message: words.Say("nothing was paid: invoice %d is listed as unpaid, and is not found: call again, and if it stays so, ask the vendor which invoice is due", id),
	}
}

// cycleMonths returns the length of a billing cycle; 0 for cycles without invoices in advance.
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
