package elizon

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/order"
	"github.com/provkit/provkit/provider"
)

// invoiceTrace is the trace of an order of which nothing is known but its invoice.
func invoiceTrace(id string) string { return "invoice " + id }

func isInvoiceTrace(trace string) bool { return strings.HasPrefix(trace, invoiceTrace("")) }

// unpaid is the error for what is ordered and waits for a payment that no program can make.
func (c *Client) unpaid(invoice string) error {
	return &provider.Error{
		Kind:    provider.ErrConflict,
		Message: c.core.Say("it is ordered, and a person has to pay invoice %q on the platform's web page, or to cancel it; call again then", invoice),
	}
}

// due reads an invoice that a person had to pay. While that is so, the error is that of unpaid; it matches
// provider.ErrConflict, too, if the invoice is gone. dead reports that nothing comes of it any more.
func (c *Client) due(ctx context.Context, id string) (invoice *InvoiceDetail, dead bool, err error) {
	invoice, err = c.Invoices.Get(ctx, id)
	switch {
	case errors.Is(err, provider.ErrNotFound):
		return nil, false, &provider.Error{
			Kind: provider.ErrConflict, Message: c.core.Say("it is ordered, and invoice %q, which a person had to pay, is not found any more: ask the vendor what became of it", id),
		}
	case err != nil:
		return nil, false, err
	}
	switch strings.ToUpper(invoice.Status) {
	case InvoicePending, InvoiceOverdue:
		err = c.unpaid(id)
	case InvoiceVoided, InvoiceCancelled, InvoiceRefunded:
		dead = true
	}
	return invoice, dead, err
}

// services returns those that an invoice is for.
func (i *InvoiceDetail) services() []string {
	all := slices.Clone(i.ServiceIDs)
	for _, item := range i.Items {
		if item.ServiceID != "" {
			all = append(all, item.ServiceID)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// billed finds the service of an order of which only the invoice is known. An order whose invoice nobody is
// going to pay, or was paid back, and that has no service was not placed.
func (p *purchase) billed(ctx context.Context, seen *order.Sighting, all []*holding) error {
	var invoice *InvoiceDetail
	var dead bool
	err := p.RetryAfterPayment(ctx, func() (err error) {
		invoice, dead, err = p.c.due(ctx, p.invoice)
		return err
	})
	switch {
	case errors.Is(err, provider.ErrConflict):
		seen.Conflict = err
		return nil
	case err != nil:
		return err
	}
	services := invoice.services()
	for _, h := range all {
		if h.service == "" || !slices.Contains(services, h.service) {
			continue
		}
		if h.reference != "" {
			seen.Conflict = p.conflict("invoice %q of the order has paid for service %q, which carries the reference %q", p.invoice, h.service, h.reference)
			return nil
		}
		p.found(seen, h)
		return nil
	}
	if dead {
		p.invoice, p.Accepted, p.SentAt = "", false, time.Time{}
		return nil
	}
	if paid := invoice.PaidAt; len(services) == 0 && !paid.IsZero() && p.Now().Sub(paid) > p.c.core.SettleTime() {
		seen.Conflict = p.conflict("invoice %q is paid, and does not say for which service: Adopt it", p.invoice)
	}
	return nil
}

// anothers reports whether a service was paid for by an invoice that is known to be another order's.
func (p *purchase) anothers(ctx context.Context, service string) (bool, error) {
	if !p.invoiced {
		return false, nil
	}
	for invoice, err := range p.c.Invoices.List(ctx, &InvoiceListOptions{ServiceID: service}) {
		if err != nil {
			return false, err
		}
		if owner := p.owners[invoiceTrace(invoice.ID)]; owner != "" && owner != p.Reference {
			return true, nil
		}
	}
	return false, nil
}
