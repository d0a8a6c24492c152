package keyhelp

import (
	"context"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Provider implements the portable contract for a KeyHelp panel. Account IDs are client IDs in
// decimal, plan IDs are hosting plan IDs in decimal.
//
// An account made by Create carries its reference as a marker, "[ref:order-1042]": in the notes on
// live panels, in the display name in the documented dialect, which has no notes.
type Provider struct {
	client   *Client
	accounts *adapter.Accounts[int64, ClientAccount]
	seen     adapter.Sightings // clients
	domains  adapter.Sightings
	names    adapter.Names[int64] // of clients, where there is no look-up by name
}

type change = adapter.Change[int64, ClientAccount]

// Provider implements the core and these optional interfaces.
var _ interface {
	provider.Provider
	provider.Lister
	provider.PlanLister
	provider.PlanChanger
	provider.PasswordChanger
	provider.UsageReader
	provider.FleetUsageReader
	provider.Adopter
	provider.Poller
} = (*Provider)(nil)

// NewProvider returns the portable provider for a client. The client stays usable.
func NewProvider(client *Client) *Provider {
	p := &Provider{client: client}
	p.accounts = &adapter.Accounts[int64, ClientAccount]{
		Kind: Kind, Noun: "client", ParseID: adapter.PositiveID("client ID"), Read: p.read, View: p.account, Prove: p.proveAbsent,
		Lag: client.rest.ReadLag(),
	}
	return p
}

// Client returns the client of the provider, for what only KeyHelp has.
func (p *Provider) Client() *Client { return p.client }

// Get reads one account: the client, and in the live dialect its domains too.
func (p *Provider) Get(ctx context.Context, id string) (*provider.Account, error) {
	return adapter.Verb(ctx, p.accounts, "get account", id, nil, func(ctx context.Context, n int64) (*provider.Account, error) {
		client, err := p.accounts.Record(ctx, n)
		if err != nil {
			return nil, err
		}
		account := p.account(client)
		d, err := p.dialect(ctx)
		if err != nil || clientsResources.in(d) == nil {
			return account, err
		}
		resources, err := p.client.Clients.Resources(ctx, n)
		if err != nil {
			return nil, err
		}
		for _, domain := range resources.Domains {
			if !domain.SystemDomain && !domain.Subdomain {
				account.Domain = domain.Name
				break
			}
		}
		return account, nil
	})
}

func (p *Provider) dialect(ctx context.Context) (*dialect, error) {
	return p.client.dialects.resolve(ctx, p.client)
}

// read reads a client and remembers that it could be read.
func (p *Provider) read(ctx context.Context, id int64) (*ClientAccount, error) {
	client, err := p.client.Clients.Get(ctx, id)
	if err == nil {
		p.seen.Add(id)
	}
	return client, err
}

// look is read for where clients are probed: an error beside a client concerns that client only.
func (p *Provider) look(ctx context.Context, id int64) (*ClientAccount, error) {
	client, err := look[ClientAccount](ctx, p.client, clientsGet, p.accounts.Noun, id)
	if client != nil {
		p.seen.Add(id)
	}
	return client, err
}

// account converts a client to an account of the contract. Its marker is where the dialect writes it: in
// the notes, which only staff can change, or in the display name. The other field is anybody's.
func (p *Provider) account(c *ClientAccount) *provider.Account {
	a := &provider.Account{
		ID: idText(c.ID), Username: c.LoginName, Email: c.Email, Status: provider.StatusActive,
		CreatedAt: c.CreatedAt, SuspendAt: c.SuspendOn, EndAt: c.DeleteOn, Native: c,
	}
	if c.Locked {
		a.Status = provider.StatusSuspended
	}
	if c.HostingPlanID > 0 {
		a.Plan = idText(c.HostingPlanID)
	}
	markers := p.client.rest.Markers()
	a.Name, a.Reference, a.Marker = markers.Read(c.DisplayName, c.LoginName)
	if d := p.client.dialects.found.Load(); d != nil && d.client.has("Notes") {
		_, a.Reference, a.Marker = markers.Read(c.Notes, c.LoginName)
	}
	return a
}

var planID = adapter.PositiveID("hosting plan ID")
