package hostkey

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/provkit/provkit/provider"
)

// ReferenceTag is the tag in which a server carries its reference. It is how a server
// is recognised whose host name was changed.
const ReferenceTag = "provkit-reference"

// sighting is what a look at the account tells about an order.
type sighting struct {
	// found: the order has what it needs to be followed.
	found bool
	// ambiguous: something is under way that may be the order's.
	ambiguous bool
	// taken tells who else has the name.
	taken string

	lastServer, lastInvoice int64
}

// look searches the account for an order. The list of deployments is read before the
// list of servers: what ends between the two is in the second one.
func (s *OrdersService) look(ctx context.Context, o *order) (*sighting, error) {
	under, err := s.c.Servers.UpdateServers(ctx)
	if err != nil {
		return nil, err
	}
	seen := new(sighting)
	names := make(map[int64]string)
	for server, err := range s.c.Servers.List(ctx, &ListServersOptions{Full: true}) {
		if err != nil {
			return nil, err
		}
		names[server.ID] = server.Hostname
		seen.lastServer = max(seen.lastServer, server.ID)
		if strings.EqualFold(server.Hostname, o.hostname) {
			if o.server != 0 && o.server != server.ID {
				return nil, &provider.Error{
					Provider: Kind, Op: ordersPlace.Op, Action: ordersPlace.Verb + " " + o.hostname, Kind: provider.ErrConflict,
					Message: fmt.Sprintf("servers %d and %d both have that host name", o.server, server.ID),
				}
			}
			o.server = server.ID
		}
	}
	if err := s.deployments(ctx, o, seen, under.DeployKeys, names); err != nil {
		return nil, err
	}
	if seen.found = o.located(); seen.found {
		s.own(o)
		return seen, nil
	}
	if err := s.others(ctx, o, seen, names); err != nil {
		return nil, err
	}
	if seen.found = o.located(); seen.found || seen.ambiguous {
		return seen, nil
	}
	err = s.invoices(ctx, o, seen)
	seen.found = o.located()
	return seen, err
}

// deployments finds out whose each one under way is. One that cannot be told is
// ambiguous, unless it is older than the order.
func (s *OrdersService) deployments(ctx context.Context, o *order, seen *sighting, keys map[int64]string, names map[int64]string) error {
	for invoice, key := range keys {
		switch owner := s.owner(invoice); {
		case owner == o.hostname:
			o.learn(0, invoice, key)
			continue
		case owner != "", o.sent() && invoice <= o.lastInvoice:
			continue
		}
		details, err := s.c.WHMCS.Invoice(ctx, &InvoiceRequest{ID: invoice})
		if errors.Is(err, provider.ErrNotFound) {
			err, details = nil, new(Invoice)
		}
		if err != nil {
			return err
		}
		server := serverOf(details)
		switch {
		case server != 0 && server == o.server:
			o.learn(0, invoice, key)
		case server == 0 || isDefaultName(names[server], server):
			seen.ambiguous = true
		}
	}
	return nil
}

// serverOf is the server that an invoice is about, 0 if it does not tell or tells of
// several.
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

// isDefaultName tells that a server has no name of its own yet.
func isDefaultName(hostname string, id int64) bool {
	return hostname == "" || strings.EqualFold(hostname, "hostkey"+idText(id))
}

// others looks at the servers that have another host name: one of them may be the
// order's, renamed, or not named yet; or it may have the name that the order wants.
// Servers that carry the name of another order need not be asked.
func (s *OrdersService) others(ctx context.Context, o *order, seen *sighting, names map[int64]string) error {
	wanted, _, _ := splitHostname(o.hostname)
	for id, hostname := range names {
		if name, _, ok := splitHostname(hostname); ok {
			if name == wanted {
				seen.taken = fmt.Sprintf("server %d was ordered under that name for another reference", id)
			}
			continue
		}
		if o.req == nil && !(o.sent() && id > o.lastServer) {
			continue // Check: a renamed server is not what one waits for
		}
		server, err := s.c.Servers.Show(ctx, id)
		if errors.Is(err, provider.ErrNotFound) {
			continue // it went away between the two calls
		}
		if err != nil {
			return err
		}
		tag := server.Tag(ReferenceTag)
		switch {
		case tag != nil && tag.Value == o.reference:
			o.server = id
			return nil
		case tag != nil:
		case isDefaultName(server.Hostname(), id) && o.sent() && id > o.lastServer:
			seen.ambiguous = true
		case strings.EqualFold(hostname, wanted) || strings.EqualFold(server.Hostname(), wanted):
			seen.taken = fmt.Sprintf("server %d has that name and carries no reference", id)
		}
	}
	return nil
}

// invoices finds the newest invoice, for an order that is about to be sent. Of one that
// was sent and that nothing else shows, the only new invoice that waits for its payment
// and has no server yet is the order's. Their order is the server's, so all are read.
func (s *OrdersService) invoices(ctx context.Context, o *order, seen *sighting) error {
	var fresh []int64
	for invoice, err := range s.c.WHMCS.Invoices(ctx, nil) {
		if err != nil {
			return err
		}
		seen.lastInvoice = max(seen.lastInvoice, invoice.ID)
		if o.sent() && invoice.ID > o.lastInvoice && invoice.Status != InvoicePaid && s.owner(invoice.ID) == "" {
			fresh = append(fresh, invoice.ID)
		}
	}
	for _, id := range fresh {
		invoice, err := s.c.WHMCS.Invoice(ctx, &InvoiceRequest{ID: id})
		if err != nil {
			return err
		}
		switch {
		case !ordersServer(invoice):
		case o.invoice != 0: // a second one: a person has to tell
			o.invoice, seen.ambiguous = 0, true
			return nil
		default:
			o.invoice = id
		}
	}
	return nil
}

// ordersServer tells that an invoice is for a server that is not there yet.
func ordersServer(invoice *Invoice) bool {
	for _, item := range invoice.Items {
		if item.Type == "Hosting" && item.ServerID == 0 {
			return true
		}
	}
	return false
}
