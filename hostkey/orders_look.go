package hostkey

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/order"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// ReferenceTag is the name of the tag that contains a server's reference. It identifies the server
// even after its host name was changed.
const ReferenceTag = "provkit-reference"

// Look searches the account for the order. It reads the list of deployments before that of servers,
// so that a deployment that ends in between is in the latter.
func (p *purchase) Look(ctx context.Context) (*order.Sighting, error) {
	underway, err := p.s.c.Servers.UpdateServers(ctx)
	if err != nil {
		return nil, err
	}
	seen := new(order.Sighting)
	p.newestServer, p.newestInvoice = 0, 0
	names := make(map[int64]string)
	p.servers = names
	for server, err := range adapter.Legible(p.s.c.Servers.List(ctx, &ServerListOptions{Full: true})) {
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

func conflict(format words.Own, args ...any) *provider.Error {
	return &provider.Error{Kind: provider.ErrConflict, Message: words.Say(format, args...)}
}

// deployments finds out which order each deployment in progress belongs to. One without a known
// order may be this order's, unless it is older.
func (p *purchase) deployments(ctx context.Context, seen *order.Sighting, keys map[int64]provider.Secret, names map[int64]string) error {
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

// isDefaultName reports whether a server does not have its own name yet.
func isDefaultName(hostname string, id int64) bool {
	return hostname == "" || strings.EqualFold(hostname, "hostkey"+idText(id))
}

// others checks the servers with other host names. One of them may be the order's, renamed or not
// named yet, or may have the user name that the order wants. Servers with the host name of another
// order need not be read.
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
			continue // Check need not find renamed servers
		}
		server, err := p.s.c.Servers.Show(ctx, id)
		if errors.Is(err, provider.ErrNotFound) {
			continue // it disappeared between the two calls
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
			seen.Refusal = taken("server %d has that name and no reference", id)
		}
	}
	return nil
}

func taken(format words.Own, server int64) *provider.Error {
	return &provider.Error{Kind: provider.ErrAlreadyExists, Message: words.Say(format, server), Fields: map[string]string{"Name": "taken"}}
}

// invoices finds the newest invoice, for an order that is about to be sent. For one that was sent
// and not found otherwise: if exactly one new invoice is unpaid and has no server yet, it is the
// order's. All invoices are read, since the server decides their order.
func (p *purchase) invoices(ctx context.Context, seen *order.Sighting) error {
	var fresh []int64
	for invoice, err := range adapter.Legible(p.s.c.WHMCS.Invoices(ctx, nil)) {
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
	default: // only a person can decide
		seen.Unclear = fmt.Sprintf("invoices %d are unpaid, and one of them may be this order's", waiting)
	}
	return nil
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
