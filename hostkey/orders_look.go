package hostkey

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/order"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// Look searches the account for the order. It reads the list of deployments before that of servers,
// so that a deployment that ends in between is in the latter.
func (p *purchase) Look(ctx context.Context) (*order.Sighting, error) {
	var err error
	if p.owners, err = p.s.desk.Owners(ctx); err != nil {
		return nil, err
	}
	underway, err := p.s.c.Servers.UpdateServers(ctx)
	if err != nil {
		return nil, err
	}
	seen := new(order.Sighting)
	unread, err := p.list(ctx)
	if err != nil {
		return nil, err
	}
	p.newestServer, p.newestInvoice = 0, 0
	for id := range p.servers {
		p.newestServer = max(p.newestServer, id)
	}
	for _, step := range []func() error{
		func() error { return p.among(ctx, seen, p.named) },
		func() error { return p.deployments(ctx, seen, underway.DeployKeys) },
		func() error { return p.among(ctx, seen, p.renamed) },
		func() error {
			if p.Located() {
				return nil
			}
			return p.among(ctx, seen, p.disguised)
		},
	} {
		if err := step(); err != nil || seen.Conflict != nil {
			return seen, err
		}
	}
	switch {
	case p.Located():
	case p.tampered != nil:
		seen.Conflict = p.tampered
	case unread != nil:
		return nil, unread
	case seen.Unclear == "":
		return seen, p.invoices(ctx, seen)
	}
	return seen, nil
}

func conflict(format words.Own, args ...any) *provider.Error {
	return &provider.Error{Kind: provider.ErrConflict, Message: words.Say(format, args...)}
}

// deployments finds out which order each deployment in progress belongs to. One without a known
// order may be this order's, unless it is older.
func (p *purchase) deployments(ctx context.Context, seen *order.Sighting, keys map[int64]provider.Secret) error {
	for invoice, key := range keys {
		switch owner := p.owners[idText(invoice)]; {
		case owner == p.Reference:
			p.learn(0, invoice, key)
			continue
		case owner != "", p.Sent() && invoice <= p.lastInvoice:
			continue
		}
		details, err := p.s.c.WHMCS.Invoice(ctx, &InvoiceGetRequest{ID: invoice})
		if errors.Is(err, provider.ErrNotFound) {
			err, details = nil, new(Invoice)
		}
		if err != nil {
			return err
		}
		server := serverOf(details)
		switch {
		case server != 0 && server == p.server:
			p.learn(0, invoice, key)
		case server == 0 || isDefaultName(p.servers[server], server):
			seen.Unclear = fmt.Sprintf("the deployment of invoice %d is in progress, and may be this order's", invoice)
		}
	}
	return nil
}

// serverOf returns the server that an invoice is for, 0 if it names none or several.
func serverOf(invoice *Invoice) int64 {
	server := int64(0)
	for _, item := range invoice.Items {
		if item.ServerID == 0 {
			continue
		}
		if server != 0 && server != item.ServerID {
			return 0
		}
		server = item.ServerID
	}
	return server
}

// cancelled are states of an invoice of which nothing comes any more.
var cancelled = []string{"Cancelled", "Refunded"}

// invoices finds the newest invoice, for an order that is about to be sent. For one that was sent
// and not found otherwise, it looks for its invoice among those that are newer and not paid; if it has settled, also
// among those that are paid and led to no server. One that merely may be it is not taken, and so is never paid:
// somebody may have ordered by hand meanwhile. All invoices are read, since the server decides their order.
func (p *purchase) invoices(ctx context.Context, seen *order.Sighting) error {
	var fresh, ours, maybe, failed []int64
	for invoice, err := range adapter.Legible(p.s.c.WHMCS.Invoices(ctx, nil)) {
		if err != nil {
			return err
		}
		p.newestInvoice = max(p.newestInvoice, invoice.ID)
		switch owner := p.owners[idText(invoice.ID)]; {
		case slices.Contains(cancelled, invoice.Status):
		case owner == p.Reference:
			ours = append(ours, invoice.ID)
		case owner == "" && p.Sent() && invoice.ID > p.lastInvoice && (invoice.Status != InvoicePaid || !p.Unsettled()):
			fresh = append(fresh, invoice.ID)
		}
	}
	for _, id := range fresh {
		invoice, err := p.s.c.WHMCS.Invoice(ctx, &InvoiceGetRequest{ID: id})
		switch {
		case err != nil:
			return err
		case p.namedIn(invoice):
			ours = append(ours, id)
		case invoice.Status == InvoicePaid:
			fruitless, err := p.fruitless(ctx, invoice)
			if err != nil {
				return err
			}
			if fruitless {
				failed = append(failed, id)
			}
		case ordersServer(invoice) && p.fromThen(invoice):
			maybe = append(maybe, id)
		}
	}
	switch {
	case len(ours) == 1:
		p.invoice = ours[0]
	case len(ours) > 1:
		seen.Conflict = conflict("invoices %d are all this order's: cancel what is too much, and call again", ours)
	case len(maybe) > 0:
		seen.Conflict = conflict("the order may have left one of the unpaid invoices %d, and nothing proves which: pay or cancel them, and call again", maybe)
	case len(failed) > 0:
		seen.Conflict = conflict("nothing is to be seen of the order, and the invoices %d are paid and led to no server: its deployment may have failed: ask the vendor whose they are", failed)
	}
	return nil
}

// fruitless reports whether a paid invoice is for a server that was ordered when this one was, and is not there.
func (p *purchase) fruitless(ctx context.Context, invoice *Invoice) (bool, error) {
	if !p.fromThen(invoice) {
		return false, nil
	}
	server := serverOf(invoice)
	if _, listed := p.servers[server]; server <= p.lastServer || listed {
		return ordersServer(invoice), nil
	}
	_, err := p.s.c.Servers.Show(ctx, server)
	if errors.Is(err, provider.ErrNotFound) {
		return true, nil
	}
	return false, err
}

// namedIn reports whether an invoice names the order's host name.
func (p *purchase) namedIn(invoice *Invoice) bool {
	notInName := func(r rune) bool { return r != '-' && notInTagName(r) }
	return slices.ContainsFunc(invoice.Items, func(item InvoiceItem) bool {
		return slices.ContainsFunc(strings.FieldsFunc(item.Description, notInName), p.orderedFor)
	})
}

// fromThen reports whether an invoice can be from when the order was sent or carried out. Its date is a day, somewhere
// on earth.
func (p *purchase) fromThen(invoice *Invoice) bool {
	return !p.Sent() || invoice.Date.IsZero() ||
		!invoice.Date.Before(p.SentAt.AddDate(0, 0, -2)) && !invoice.Date.After(p.SentAt.Add(p.s.c.rest.SettleTime()).AddDate(0, 0, 2))
}

// foreign returns why an unpaid invoice that the answer to the order named is not the order's; "" if
// nothing speaks against it.
func (p *purchase) foreign(ctx context.Context, invoice *Invoice) (words.Own, error) {
	for _, item := range invoice.Items {
		if item.ServerID == 0 {
			continue
		}
		server, err := p.s.c.Servers.Show(ctx, item.ServerID)
		if err != nil {
			return "", err
		}
		if ours, _ := p.claims(server); !ours {
			return "it is for another server", nil
		}
		return "", nil
	}
	switch {
	case len(invoice.Items) > 0 && !ordersServer(invoice):
		return "it is not for a server", nil
	case !p.fromThen(invoice):
		return "it is from another time than the order", nil
	}
	return "", nil
}

// ordersServer reports whether an invoice is for a server that does not exist yet.
func ordersServer(invoice *Invoice) bool {
	for _, item := range invoice.Items {
		if item.Type == "Hosting" && item.ServerID == 0 {
			return true
		}
	}
	return false
}
