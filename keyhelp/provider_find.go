package keyhelp

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"strings"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Find looks an account up. A search by user name or domain takes one or two calls on live panels;
// a search by reference or e-mail address lists the clients. In the documented dialect client IDs
// are probed.
func (p *Provider) Find(ctx context.Context, q provider.Query) (*provider.Account, error) {
	return p.accounts.Find(ctx, q, func(ctx context.Context) (*provider.Account, error) {
		d, err := p.dialect(ctx)
		if err != nil {
			return nil, err
		}
		var found *ClientAccount
		switch {
		case q.Domain != "":
			var domain *Domain
			if domain, err = p.domain(ctx, d, q.Domain); err == nil {
				found, err = p.client.Clients.Get(ctx, domain.ClientID)
			}
		case q.Username != "" && clientsGetByName.in(d) != nil:
			found, err = p.client.Clients.GetByName(ctx, q.Username)
		default:
			found, err := p.accounts.Search(p.clients(ctx, 0), q)
			if found != nil {
				p.names.Add(found.Username, found.Native.(*ClientAccount).ID)
			}
			return found, err
		}
		if err != nil {
			return nil, err
		}
		p.seen.Add(found.ID)
		return p.account(found), nil
	})
}

// List lists all clients. In the live dialect it takes one more call to fill Domain.
func (p *Provider) List(ctx context.Context, opts *provider.ListOptions) iter.Seq2[*provider.Account, error] {
	return p.accounts.List(ctx, opts, func(size int) (iter.Seq2[*provider.Account, error], error) {
		d, err := p.dialect(ctx)
		if err != nil {
			return nil, err
		}
		domains, err := p.domainNames(ctx, d)
		if err != nil {
			return nil, err
		}
		return adapter.Each(p.clients(ctx, size), func(c *ClientAccount) *provider.Account {
			a := p.account(c)
			a.Domain = domains[c.ID]
			return a
		}), nil
	})
}

// domainNames maps clients to their first domain, where the dialect can list them.
func (p *Provider) domainNames(ctx context.Context, d *dialect) (map[int64]string, error) {
	if domainsList.in(d) == nil {
		return nil, nil
	}
	names := make(map[int64]string)
	for domain, err := range p.client.Domains.List(ctx, nil) {
		if domain == nil {
			return nil, err
		}
		if domain.ClientID > 0 {
			p.seen.Add(domain.ClientID) // whoever has a domain exists
		}
		// What an odd domain does not tell, no account gets.
		if _, ok := names[domain.ClientID]; !ok && domain.Name != "" && !domain.SystemDomain && !domain.Subdomain {
			names[domain.ClientID] = domain.Name
		}
	}
	return names, nil
}

// clients yields all clients, by list or by probing.
func (p *Provider) clients(ctx context.Context, window int) iter.Seq2[*ClientAccount, error] {
	return func(yield func(*ClientAccount, error) bool) {
		d, err := p.dialect(ctx)
		switch {
		case err != nil:
			yield(nil, err)
		case clientsList.in(d) != nil:
			p.listed(ctx, yield)
		default:
			empty := true
			for client, err := range p.probeClients(window).All(ctx) {
				empty = false
				if !yield(client, err) {
					return
				}
			}
			if !empty || p.accounts.Fresh() {
				return
			}
			if err := p.proveEmpty(ctx); err != nil {
				yield(nil, adapter.Unproven(Kind, "client", err))
			}
		}
	}
}

// listed yields the panel's list. An empty one counts only if no client can be read that was seen before.
func (p *Provider) listed(ctx context.Context, yield func(*ClientAccount, error) bool) {
	empty := true
	for client, err := range insisted(p.client.Clients.List(ctx, nil)) {
		if empty = false; err == nil {
			p.seen.Add(client.ID)
		}
		if !yield(client, err) {
			return
		}
	}
	if !empty {
		return
	}
	evidence, err := p.seeOther(ctx, 0, p.seen.List())
	if evidence != "" {
		err = &provider.Error{Provider: Kind, Kind: provider.ErrProtocol, Message: "the list of clients is empty, and yet the key can read clients"}
	}
	if err != nil {
		yield(nil, err)
	}
}

// insisted asks for a list again if it is empty: an empty one has no form of its own, so the panel must say so
// twice.
func insisted[T any](list iter.Seq2[*T, error]) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		empty := true
		for range 2 {
			for thing, err := range list {
				if empty = false; !yield(thing, err) {
					return
				}
			}
			if !empty {
				return
			}
		}
	}
}

func (p *Provider) probeClients(window int) adapter.Prober[ClientAccount] {
	probe := probeFrom(p.client.settings.scan, p.client.settings.scan.ClientsFrom, &p.seen, p.look)
	probe.Window = window
	return probe
}

func probeFrom[T any](scan Scan, first int64, seen *adapter.Sightings, read func(context.Context, int64) (*T, error)) adapter.Prober[T] {
	probe := adapter.Probe(scan.from(first), seen, read)
	probe.Nearby = 8
	return probe
}

// clientByName returns the client with a login name. The error matches provider.ErrNotFound if none
// was found.
func (p *Provider) clientByName(ctx context.Context, d *dialect, name string) (*ClientAccount, error) {
	if clientsGetByName.in(d) != nil {
		return p.client.Clients.GetByName(ctx, name)
	}
	if client, err := p.remembered(ctx, name); client != nil || err != nil {
		return client, err
	}
	q := provider.Query{Username: name}
	found, err := p.accounts.Search(p.clients(ctx, 0), q)
	switch {
	case err != nil:
		return nil, err
	case found == nil:
		return nil, adapter.NotFound(Kind, "find client "+adapter.QueryText(q))
	}
	return found.Native.(*ClientAccount), nil
}

// remembered returns the client that a login name led to lately, nil if none is remembered or it has
// another name by now.
func (p *Provider) remembered(ctx context.Context, name string) (*ClientAccount, error) {
	id := p.names.Get(name)
	if id == 0 {
		return nil, nil
	}
	client, err := p.accounts.Record(ctx, id)
	switch {
	case err == nil && strings.EqualFold(client.LoginName, name):
		return client, nil
	case err == nil, errors.Is(err, provider.ErrNotFound):
		p.names.Drop(name)
		return nil, nil
	}
	return nil, err
}

// domain returns the domain with a name, by look-up or by probing.
func (p *Provider) domain(ctx context.Context, d *dialect, name string) (*Domain, error) {
	if domainsGetByName.in(d) != nil {
		return p.client.Domains.GetByName(ctx, name)
	}
	scan := p.client.settings.scan
	var nameless error // of a domain that may be the wanted one
	for domain, err := range probeFrom(scan, scan.DomainsFrom, &p.domains, p.lookAtDomain).All(ctx) {
		switch {
		case domain == nil:
			return nil, err
		case strings.EqualFold(domain.Name, name):
			return domain, err
		case domain.Name == "":
			nameless = cmp.Or(nameless, err)
		}
	}
	if nameless != nil {
		return nil, nameless
	}
	return nil, adapter.NotFound(Kind, "find domain "+adapter.QueryText(provider.Query{Domain: name}))
}

func (p *Provider) lookAtDomain(ctx context.Context, id int64) (*Domain, error) {
	return look[Domain](ctx, p.client, domainsGet, "domain", id)
}
