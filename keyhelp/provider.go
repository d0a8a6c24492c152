package keyhelp

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Provider is a KeyHelp panel behind the portable contract. Account IDs are client
// IDs in decimal, plan IDs are hosting plan IDs in decimal.
//
// An account made by Create carries its reference as a marker, "[ref:order-1042]":
// in the notes on live panels, in the display name in the documented dialect, which
// has no other room.
type Provider struct {
	client  *Client
	seen    adapter.Sightings // clients
	domains adapter.Sightings
}

// The adapter has these beside the core.
var _ interface {
	provider.Provider
	provider.Lister
	provider.PlanLister
	provider.PlanChanger
	provider.PasswordChanger
	provider.UsageReader
	provider.FleetUsageReader
	provider.Adopter
} = (*Provider)(nil)

// NewProvider puts a client behind the portable contract. The client stays usable.
func NewProvider(client *Client) *Provider { return &Provider{client: client} }

// Client returns the client behind the provider, for what only KeyHelp has.
func (p *Provider) Client() *Client { return p.client }

// Get reads one account: the client, and in the live dialect its domains too.
func (p *Provider) Get(ctx context.Context, id string) (*provider.Account, error) {
	n, err := accountID(id, "get account")
	if err != nil {
		return nil, err
	}
	client, err := p.read(ctx, n)
	if err != nil {
		return nil, err
	}
	account := p.account(client)
	d, err := p.client.dialects.resolve(ctx, p.client)
	if err != nil {
		return nil, err
	}
	if clientsResources.in(d) == nil {
		return account, nil
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
}

// read reads a client and remembers that it could be read.
func (p *Provider) read(ctx context.Context, id int64) (*ClientAccount, error) {
	client, err := p.client.Clients.Get(ctx, id)
	if err == nil {
		p.seen.Add(id)
	}
	return client, err
}

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
	// The marker stands in one of the two, whatever the dialect.
	a.Name, a.Reference = provider.Unmark(c.DisplayName)
	if _, reference := provider.Unmark(c.Notes); reference != "" {
		a.Reference = reference
	}
	return a
}

// accountID reads the ID of an account. Anything but a positive decimal number is
// refused: it would address something else.
func accountID(id, action string) (int64, error) {
	return adapter.AccountNumber(Kind, id, "client ID", action)
}

func planID(plan string) (int64, string) { return adapter.Number(plan, "hosting plan ID") }

// Check tests the connection and what the key may do.
func (p *Provider) Check(ctx context.Context) (*provider.CheckReport, error) {
	var report adapter.Report
	var err error
	report.Steps, report.Latency, err = p.client.diagnose(ctx)
	if err := report.Broken(err); err != nil {
		return &report.CheckReport, err
	}
	dialect, err := p.client.Dialect(ctx)
	if err == nil {
		err = p.client.Server.Ping(ctx)
	}
	if err != nil {
		return report.Fail(provider.CheckCredentials, err)
	}
	report.OK(provider.CheckCredentials, fmt.Sprintf("the API key is accepted (%s dialect)", dialect))
	if err := p.checkRights(ctx, &report); err != nil {
		return report.Fail(provider.CheckRights, err)
	}
	version, err := p.client.Server.Version(ctx)
	if err != nil {
		return report.Fail(provider.CheckVersion, err)
	}
	report.Version = version.Version
	report.OK(provider.CheckVersion, strings.TrimSpace(fmt.Sprintf("KeyHelp %s build %s", version.Version, version.Build)))
	return report.Done()
}

// checkRights lists the clients where the dialect can.
func (p *Provider) checkRights(ctx context.Context, report *adapter.Report) error {
	count := 0
	for _, err := range p.client.Clients.List(ctx, nil) {
		if errors.Is(err, provider.ErrUnsupported) {
			report.Skip(provider.CheckRights, "the documented dialect has no harmless call that tells")
			return nil
		}
		if err != nil {
			return err
		}
		count++
	}
	report.OK(provider.CheckRights, fmt.Sprintf("the key can list the clients: %d", count))
	return nil
}
