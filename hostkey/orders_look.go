package hostkey

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/provkit/provkit/internal/order"
	"github.com/provkit/provkit/provider"
)

// ReferenceTag is the tag in which a server carries its reference. It is how a server
// is recognised whose host name was changed.
const ReferenceTag = "provkit-reference"

// Look searches the account for the order. The list of deployments is read before the list
// of servers: what ends between the two is in the second one.
func (p *purchase) Look(ctx context.Context) (*order.Sighting, error) {
	underway, err := p.s.c.Servers.UpdateServers(ctx)
	if err != nil {
		return nil, err
	}
	seen := new(order.Sighting)
	p.newestServer, p.newestInvoice = 0, 0
	names := make(map[int64]string)
	for server, err := range p.s.c.Servers.List(ctx, &ServerListOptions{Full: true}) {
		if err != nil {
			return nil, err
		}
		names[server.ID] = server.Hostname
		p.newestServer = max(p.newestServer, server.ID)
		if strings.EqualFold(server.Hostname, p.hostname) {
			if p.server != 0 && p.server != server.ID {
				seen.Conflict = conflict("servers %d and %d both have that host name", p.server, server.ID)
				p.server = 0
				return seen, nil
			}
			p.server = server.ID
		}
	}
	if err := p.deployments(ctx, seen, underway.DeployKeys, names); err != nil || p.Located() {
		return seen, err
	}
	if err := p.others(ctx, seen, names); err != nil || p.Located() || seen.Unclear != "" {
		return seen, err
	}
	return seen, p.invoices(ctx, seen)
}

func conflict(format string, args ...any) *provider.Error {
	return &provider.Error{Kind: provider.ErrConflict, Message: fmt.Sprintf(format, args...)}
}

// deployments finds out whose each one in progress is. One that is nobody's may be the
// order's, unless it is older.
func (p *purchase) deployments(ctx context.Context, seen *order.Sighting, keys map[int64]string, names map[int64]string) error {
	for invoice, key := range keys {
		switch owner := p.s.desk.Owner(idText(invoice)); {
		case owner == p.Key:
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
		case server == 0 || isDefaultName(names[server], server):
			seen.Unclear = fmt.Sprintf("the deployment of invoice %d is in progress, and may be this order's", invoice)
		}
	}
	return nil
}

// serverOf returns the server that an invoice is about, 0 if it names none or several.
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

// isDefaultName reports whether a server has no name of its own yet.
func isDefaultName(hostname string, id int64) bool {
	return hostname == "" || strings.EqualFold(hostname, "hostkey"+idText(id))
}

// others looks at the servers that have another host name: one of them may be the
// order's, renamed, or not named yet; or it may have the name that the order wants.
// Servers that carry the name of another order need not be asked.
func (p *purchase) others(ctx context.Context, seen *order.Sighting, names map[int64]string) error {
	wanted, _, _ := splitHostname(p.hostname)
	for id, hostname := range names {
		if name, _, ok := splitHostname(hostname); ok {
			if name == wanted {
				seen.Refusal = taken("server %d was ordered under that name for another reference", id)
			}
			continue
		}
		if p.req == nil && !(p.Sent() && id > p.lastServer) {
			continue // Check: a renamed server is not what one waits for
		}
		server, err := p.s.c.Servers.Show(ctx, id)
		if errors.Is(err, provider.ErrNotFound) {
			continue // it went away between the two calls
		}
		if err != nil {
			return err
		}
		tag := server.Tag(ReferenceTag)
		switch {
		case tag != nil && tag.Value == p.Reference:
			p.server = id
			return nil
		case tag != nil:
		case isDefaultName(server.Hostname(), id) && p.Sent() && id > p.lastServer:
			seen.Unclear = fmt.Sprintf("server %d has no name yet, and may be this order's", id)
		case strings.EqualFold(hostname, wanted) || strings.EqualFold(server.Hostname(), wanted):
			seen.Refusal = taken("server %d has that name and carries no reference", id)
		}
	}
	return nil
}

func taken(format string, server int64) *provider.Error {
	return &provider.Error{Kind: provider.ErrAlreadyExists, Message: fmt.Sprintf(format, server), Fields: map[string]string{"Name": "taken"}}
}

// invoices finds the newest invoice, for an order that is about to be sent. Of one that
// was sent and that nothing else shows, the only new invoice that waits for its payment
// and has no server yet is the order's. Their order is the server's, so all are read.
func (p *purchase) invoices(ctx context.Context, seen *order.Sighting) error {
	var fresh []int64
	for invoice, err := range p.s.c.WHMCS.Invoices(ctx, nil) {
		if err != nil {
			return err
		}
		p.newestInvoice = max(p.newestInvoice, invoice.ID)
		if p.Sent() && invoice.ID > p.lastInvoice && invoice.Status != InvoicePaid && p.s.desk.Owner(idText(invoice.ID)) == "" {
			fresh = append(fresh, invoice.ID)
		}
	}
	var waiting []int64
	for _, id := range fresh {
		invoice, err := p.s.c.WHMCS.Invoice(ctx, &InvoiceGetRequest{ID: id})
		if err != nil {
			return err
		}
		if ordersServer(invoice) {
			waiting = append(waiting, id)
		}
	}
	switch len(waiting) {
	case 0:
	case 1:
		p.invoice = waiting[0]
	default: // a person has to decide
		seen.Unclear = fmt.Sprintf("invoices %d wait for their payment, and one of them may be this order's", waiting)
	}
	return nil
}

// ordersServer reports whether an invoice is for a server that is not there yet.
func ordersServer(invoice *Invoice) bool {
	for _, item := range invoice.Items {
		if item.Type == "Hosting" && item.ServerID == 0 {
			return true
		}
	}
	return false
}
