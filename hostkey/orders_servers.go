package hostkey

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/order"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// This file finds an order's server. A tag proves whose a server is, whatever its name. The host name of
// an order says only that a server was ordered for it, and counts while the server has no tag: who rents
// a server can rename it.

// list lists the host names of the account's servers. unread is about servers that cannot be read: they
// do not matter if the order's is among the others.
func (p *purchase) list(ctx context.Context) (unread, err error) {
	p.servers = make(map[int64]string)
	for server, err := range adapter.Legible(p.s.c.Servers.List(ctx, &ServerListOptions{Full: true})) {
		switch {
		case adapter.IsOdd(err):
			return err, nil
		case err != nil:
			return nil, err
		}
		p.servers[server.ID] = server.Hostname
	}
	return nil, nil
}

// The servers among which the order's is looked for, one after the other.

// named are those with a host name of the order.
func (p *purchase) named(_ int64, hostname string) bool { return p.orderedFor(hostname) }

// renamed are those with a name that no order gives.
func (p *purchase) renamed(id int64, hostname string) bool {
	_, _, ordered := splitHostname(hostname)
	return !ordered && p.matters(id)
}

// disguised are those with the host names of other orders. They are read if nothing else is found, since
// reading all servers of a large account takes long.
func (p *purchase) disguised(id int64, hostname string) bool {
	_, _, ordered := splitHostname(hostname)
	return ordered && !p.orderedFor(hostname) && p.matters(id)
}

// matters reports whether a server has to be read: any if an order may be sent next, the newer ones if
// one was sent. Check need not find renamed servers.
func (p *purchase) matters(id int64) bool {
	return p.req != nil && !p.Unsettled() || p.Sent() && id > p.lastServer
}

// among reads some of the servers, and looks for the order's.
func (p *purchase) among(ctx context.Context, seen *order.Sighting, which func(id int64, hostname string) bool) error {
	for _, id := range slices.Sorted(maps.Keys(p.servers)) {
		if !which(id, p.servers[id]) {
			continue
		}
		server, err := p.s.c.Servers.Show(ctx, id)
		switch {
		case errors.Is(err, provider.ErrNotFound):
			err = p.missing(ctx, seen, id)
		case err == nil:
			p.see(seen, server)
		}
		if err != nil || seen.Conflict != nil {
			return err
		}
	}
	return nil
}

// missing is about a server that a list contains and that was not found when it was read.
func (p *purchase) missing(ctx context.Context, seen *order.Sighting, id int64) error {
	if p.orderedFor(p.servers[id]) {
		p.take(seen, id) // Follow finds out
		return nil
	}
	underway, err := p.s.c.Servers.UpdateServers(ctx)
	if err == nil && slices.Contains(underway.Servers, id) {
		seen.Unclear = fmt.Sprintf("server %d cannot be read, and may be this order's", id)
	}
	return err // it disappeared between the two calls
}

// see decides what a server is to the order: it, maybe it, or another one that has its name.
func (p *purchase) see(seen *order.Sighting, server *Server) {
	id, hostname := server.ID, cmp.Or(p.servers[server.ID], server.Hostname())
	wanted := userOf(p.hostname)
	reference, marker := p.s.c.reference(server)
	name, _, ordered := splitHostname(hostname)
	ours, tampered := p.claims(server)
	switch {
	case ours:
		p.take(seen, id)
	case tampered != nil:
		p.tampered = cmp.Or(p.tampered, tampered)
	case reference == "" && marker.Tampered == "" && isDefaultName(server.Hostname(), id) && p.Sent() && id > p.lastServer:
		seen.Unclear = fmt.Sprintf("server %d has no name yet, and may be this order's", id)
	case ordered && name == wanted:
		seen.Refusal = taken("server %d has that name, for another reference", id)
	case reference == "" && (strings.EqualFold(hostname, wanted) || strings.EqualFold(server.Hostname(), wanted)):
		seen.Refusal = taken("server %d has that name and no reference", id)
	}
}

// take notes that a server is the order's. There must be no other.
func (p *purchase) take(seen *order.Sighting, id int64) {
	if p.server != 0 && p.server != id {
		seen.Conflict = conflict("servers %d and %d are both this order's", p.server, id)
		id = 0
	}
	p.server = id
}

// claims reports whether a server is the order's; tampered is why that cannot be told.
func (p *purchase) claims(server *Server) (ours bool, tampered *provider.Error) {
	reference, marker := p.s.c.reference(server)
	named := p.orderedFor(server.Hostname()) || p.orderedFor(p.servers[server.ID])
	if marker.Tampered != "" && (named || marker.Claim(p.Reference)) {
		return false, tamperedServer(server, marker)
	}
	return reference == p.Reference || named && reference == "" && marker.Tampered == "", nil
}

// tamperedServer is the error about a server that may be an order's, and whose tag proves nothing.
func tamperedServer(server *Server, marker provider.Marker) *provider.Error {
	return adapter.Tampered("", "server", &provider.Account{ID: idText(server.ID), Marker: marker})
}

func (p *purchase) orderedFor(hostname string) bool { return orderedFor(hostname, p.suffixes) }

// isDefaultName reports whether a server does not have its own name yet.
func isDefaultName(hostname string, id int64) bool {
	return hostname == "" || strings.EqualFold(hostname, "hostkey"+idText(id))
}

func taken(format words.Own, server int64) *provider.Error {
	return &provider.Error{Kind: provider.ErrAlreadyExists, Message: words.Say(format, server), Fields: map[string]string{"Name": "taken"}}
}
