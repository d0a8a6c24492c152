package hostkey

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Provider is a HOSTKEY account behind the portable contract. Account IDs are server IDs
// in decimal, plan IDs the names of presets ("vm.pico").
//
// A server bought by Create is called by its user name and a suffix that is made from
// the reference (see OrderHostname), and carries the reference in the tag ReferenceTag.
// Creating takes 10 to 30 minutes: Create returns OutcomePending and a handle.
type Provider struct {
	client *Client
	works  adapter.Pending[int64, work]
}

// The adapter has these beside the core.
var _ interface {
	provider.Provider
	provider.Lister
	provider.PlanLister
	provider.UsageReader
	provider.Renewer
	provider.Canceler
	provider.PowerController
	provider.Reinstaller
	provider.Adopter
	provider.Poller
} = (*Provider)(nil)

// NewProvider puts a client behind the portable contract. The client stays usable.
func NewProvider(client *Client) *Provider { return &Provider{client: client} }

// Client returns the client behind the provider, for what only HOSTKEY has.
func (p *Provider) Client() *Client { return p.client }

// Get reads one server.
func (p *Provider) Get(ctx context.Context, id string) (*provider.Account, error) {
	n, err := accountID(id, "get account")
	if err != nil {
		return nil, err
	}
	server, err := p.client.Servers.Show(ctx, n)
	if err != nil {
		return nil, adapter.InVerb(Kind, err, "get account "+id)
	}
	return p.account(server), nil
}

// account is a server in the words of the contract. How its statuses map is what a
// reseller in production takes them for.
func (p *Provider) account(s *Server) *provider.Account {
	a := &provider.Account{ID: idText(s.ID), Username: s.Hostname(), Plan: s.Preset, Status: statusOf(s.Status), Native: s}
	if name, _, ok := splitHostname(a.Username); ok {
		a.Username = name
	}
	if tag := s.Tag(ReferenceTag); tag != nil {
		a.Reference = tag.Value
	}
	if a.Status == provider.StatusActive && p.client.settings.suspendByPower && heldDown(s) {
		a.Status = provider.StatusSuspended
	}
	for _, ip := range s.IPs {
		if ip.IP.IsValid() {
			a.Addresses = append(a.Addresses, ip.IP)
		}
	}
	return a
}

// listed is a server of a list, which tells no tags.
func (p *Provider) listed(s *ListedServer) *provider.Account {
	a := &provider.Account{ID: idText(s.ID), Username: s.Hostname, Plan: s.Name, Status: statusOf(s.Status), Native: s}
	if name, _, ok := splitHostname(a.Username); ok {
		a.Username = name
	}
	if s.IP.IsValid() {
		a.Addresses = []netip.Addr{s.IP}
	}
	return a
}

func statusOf(status ServerStatus) provider.Status {
	switch status {
	case StatusRent:
		return provider.StatusActive
	case StatusPowerOff, StatusPresale:
		return provider.StatusSuspended
	case StatusTT:
		return provider.StatusPending
	}
	return provider.StatusUnknown
}

// accountID reads the ID of an account. Anything but a positive decimal number is
// refused: it would address something else.
func accountID(id, action string) (int64, error) {
	return adapter.AccountNumber(Kind, id, "server ID", action)
}

// Check tests the connection, the key, and whether it is the account's.
func (p *Provider) Check(ctx context.Context) (*provider.CheckReport, error) {
	var report adapter.Report
	var err error
	// Public, so that it shows the connection and nothing else.
	report.Steps, report.Latency, err = p.client.diagnose(ctx)
	if err := report.Broken(err); err != nil {
		return &report.CheckReport, err
	}
	session, err := p.client.SignIn(ctx)
	if err != nil {
		return report.Fail(provider.CheckCredentials, err)
	}
	report.OK(provider.CheckCredentials, fmt.Sprintf("the API key is accepted (%s)", session.RoleType))
	under, err := p.client.Servers.UpdateServers(ctx)
	if err != nil {
		return report.Fail(provider.CheckRights, err)
	}
	billing, err := p.client.WHMCS.Client(ctx, nil)
	switch {
	case errors.Is(err, provider.ErrForbidden):
		report.Warn(provider.CheckRights, fmt.Sprintf("servers: %d; no billing: the key is that of one server, with which nothing can be ordered or cancelled", len(under.Servers)))
	case err != nil:
		return report.Fail(provider.CheckRights, err)
	default:
		report.OK(provider.CheckRights, fmt.Sprintf("servers: %d, credit: %s %s", len(under.Servers), billing.Credit, billing.Currency))
	}
	report.Skip(provider.CheckVersion, "the API tells none")
	return report.Done()
}

// Find looks for a server by reference or user name. E-mail addresses and domains are
// not known to the API.
func (p *Provider) Find(ctx context.Context, q provider.Query) (*provider.Account, error) {
	action, err := adapter.CheckQuery(Kind, q, "servers have no e-mail address and no domain to search by")
	if err != nil {
		return nil, err
	}
	if q.Reference != "" && provider.ReferenceProblem(q.Reference) != "" {
		return nil, provider.Problems{"Reference": provider.ReferenceProblem(q.Reference)}.Err(Kind, "", action)
	}
	var candidates []int64
	for server, err := range p.client.Servers.List(ctx, &ListServersOptions{Full: true}) {
		if err != nil {
			return nil, adapter.InVerb(Kind, err, action)
		}
		name, suffix, ours := splitHostname(server.Hostname)
		if !ours {
			name = server.Hostname
		}
		switch {
		case q.Username != "" && !strings.EqualFold(name, q.Username) && !strings.EqualFold(server.Hostname, q.Username):
		case q.Reference != "" && ours && suffix != referenceSuffix(q.Reference):
		default:
			candidates = append(candidates, server.ID)
		}
	}
	return p.pick(ctx, q, action, candidates)
}

// pick reads the candidates, since the list tells no references.
func (p *Provider) pick(ctx context.Context, q provider.Query, action string, candidates []int64) (*provider.Account, error) {
	var found *provider.Account
	for _, id := range candidates {
		server, err := p.client.Servers.Show(ctx, id)
		if errors.Is(err, provider.ErrNotFound) {
			continue // it went away between the two calls
		}
		if err != nil {
			return nil, adapter.InVerb(Kind, err, action)
		}
		account := p.account(server)
		if _, suffix, ours := splitHostname(server.Hostname()); ours && account.Reference == "" && q.Reference != "" && suffix == referenceSuffix(q.Reference) {
			account.Reference = q.Reference // bought, and not marked yet
		}
		if q.Reference != "" && account.Reference != q.Reference {
			continue
		}
		if found != nil {
			return nil, adapter.BothMatch(Kind, action, "servers", found.ID, account.ID)
		}
		found = account
	}
	if found == nil {
		return nil, adapter.NotFound(Kind, action)
	}
	return found, nil
}
