package keyhelp

import (
	"context"
	"iter"
	"strings"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Find looks an account up. By user name or domain that is one call or two on live
// panels; by reference or address the clients are listed. In the documented dialect
// IDs are probed.
func (p *Provider) Find(ctx context.Context, q provider.Query) (*provider.Account, error) {
	if _, err := adapter.CheckQuery(Kind, q, ""); err != nil {
		return nil, err
	}
	d, err := p.client.dialects.resolve(ctx, p.client)
	if err != nil {
		return nil, err
	}
	var found *ClientAccount
	switch {
	case q.Domain != "":
		found, err = p.findByDomain(ctx, d, q)
	case q.Username != "" && clientsGetByName.in(d) != nil:
		found, err = p.client.Clients.GetByName(ctx, q.Username)
		if err == nil && !p.matches(found, q) {
			err = notFound("find account", q)
		}
	default:
		found, err = p.findBySearch(ctx, d, q)
	}
	if err != nil {
		return nil, err
	}
	p.seen.Add(found.ID)
	account := p.account(found)
	account.Domain = q.Domain
	return account, nil
}

func notFound(action string, q provider.Query) error {
	return adapter.NotFound(Kind, action+" "+adapter.QueryText(q))
}

func (p *Provider) matches(c *ClientAccount, q provider.Query) bool {
	return adapter.Matches(p.account(c), q)
}

func (p *Provider) findByDomain(ctx context.Context, d *dialect, q provider.Query) (*ClientAccount, error) {
	domain, err := p.domain(ctx, d, q.Domain)
	if err != nil {
		return nil, err
	}
	client, err := p.client.Clients.Get(ctx, domain.ClientID)
	if err != nil {
		return nil, err
	}
	if !p.matches(client, q) {
		return nil, notFound("find account", q)
	}
	return client, nil
}

// findBySearch goes through all clients. A user name is unique; other fields may
// match several, which is a conflict that the caller must see.
func (p *Provider) findBySearch(ctx context.Context, d *dialect, q provider.Query) (*ClientAccount, error) {
	var found *ClientAccount
	for client, err := range p.clients(ctx, d, 0) {
		if err != nil {
			return nil, err
		}
		if !p.matches(client, q) {
			continue
		}
		if found != nil {
			return nil, adapter.BothMatch(Kind, "find account "+adapter.QueryText(q), "clients", found.ID, client.ID)
		}
		found = client
		if q.Username != "" {
			break
		}
	}
	if found == nil {
		return nil, notFound("find account", q)
	}
	return found, nil
}

// List lists all clients; Domain is filled in the live dialect, for one call more.
func (p *Provider) List(ctx context.Context, opts *provider.ListOptions) iter.Seq2[*provider.Account, error] {
	return func(yield func(*provider.Account, error) bool) {
		size, err := adapter.PageSize(Kind, opts)
		if err != nil {
			yield(nil, err)
			return
		}
		d, err := p.client.dialects.resolve(ctx, p.client)
		if err != nil {
			yield(nil, err)
			return
		}
		domains, err := p.domainNames(ctx, d)
		if err != nil {
			yield(nil, err)
			return
		}
		for client, err := range p.clients(ctx, d, size) {
			if err != nil {
				yield(nil, err)
				return
			}
			account := p.account(client)
			account.Domain = domains[client.ID]
			if !yield(account, nil) {
				return
			}
		}
	}
}

// domainNames maps clients to their first domain, where the dialect can list them.
func (p *Provider) domainNames(ctx context.Context, d *dialect) (map[int64]string, error) {
	if domainsList.in(d) == nil {
		return nil, nil
	}
	names := make(map[int64]string)
	for domain, err := range p.client.Domains.List(ctx, nil) {
		if err != nil {
			return nil, err
		}
		if _, ok := names[domain.ClientID]; !ok && !domain.SystemDomain && !domain.Subdomain {
			names[domain.ClientID] = domain.Name
		}
	}
	return names, nil
}

// clients yields all clients, by list or by probing.
func (p *Provider) clients(ctx context.Context, d *dialect, window int) iter.Seq2[*ClientAccount, error] {
	if clientsList.in(d) != nil {
		return p.client.Clients.List(ctx, nil)
	}
	return p.probeClients(window, p.read).All(ctx)
}

func (p *Provider) probeClients(window int, read func(context.Context, int64) (*ClientAccount, error)) adapter.Prober[ClientAccount] {
	scan := p.client.settings.scan
	return adapter.Prober[ClientAccount]{Read: read, Segments: p.seen.Segments(scan.ClientsFrom), Gap: scan.Gap, Max: scan.Max, Window: window}
}

// clientByName returns the client of that login name. ErrNotFound if there is none,
// as far as one can see.
func (p *Provider) clientByName(ctx context.Context, d *dialect, name string) (*ClientAccount, error) {
	if clientsGetByName.in(d) != nil {
		return p.client.Clients.GetByName(ctx, name)
	}
	return p.findBySearch(ctx, d, provider.Query{Username: name})
}

// domain returns the domain of that name, by look-up or by probing.
func (p *Provider) domain(ctx context.Context, d *dialect, name string) (*Domain, error) {
	if domainsGetByName.in(d) != nil {
		return p.client.Domains.GetByName(ctx, name)
	}
	scan := p.client.settings.scan
	probe := adapter.Prober[Domain]{Read: p.client.Domains.Get, Segments: p.domains.Segments(scan.DomainsFrom), Gap: scan.Gap, Max: scan.Max}
	for domain, err := range probe.All(ctx) {
		if err != nil {
			return nil, err
		}
		if strings.EqualFold(domain.Name, name) {
			return domain, nil
		}
	}
	return nil, notFound("find domain", provider.Query{Domain: name})
}
