package elizon

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// Provider is an elizon account behind the portable contract. Account IDs are service IDs,
// plan IDs product IDs. User name and reference stand in the name of the service, as
// provider.Mark writes them: whoever renames a service in the platform's panel must leave
// the mark in it. Services that others share with the account are left out.
//
// Creating takes a while: Create returns OutcomePending and a handle.
type Provider struct {
	client      *Client
	description provider.Description
	works       adapter.Pending[string, func(*ServiceDetail) bool]
}

// The adapter has these beside the core.
var _ interface {
	provider.Provider
	provider.Lister
	provider.PlanLister
	provider.PlanChanger
	provider.UsageReader
	provider.FleetUsageReader
	provider.Renewer
	provider.Canceler
	provider.PowerController
	provider.Reinstaller
	provider.Adopter
	provider.Poller
} = (*Provider)(nil)

// NewProvider puts a client behind the portable contract. The client stays usable.
func NewProvider(client *Client) *Provider {
	return &Provider{client: client, description: describe(client.settings)}
}

// Client returns the client behind the provider, for what only elizon has.
func (p *Provider) Client() *Client { return p.client }

// perPage is how many services a listing reads at once.
const perPage = 100

// serviceID is what an ID of a service may look like. It is stricter than the API, whose
// IDs are opaque, and wider than all that were seen.
var serviceID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}$`)

// checkID refuses what would address something else.
func checkID(id, action string) error {
	switch {
	case serviceID.MatchString(id):
		return nil
	case id == "":
		return provider.Problems{"id": "required"}.Err(Kind, "", action)
	}
	return provider.Problems{"id": strconv.Quote(adapter.Shorten(id)) + " is not the ID of a service"}.Err(Kind, "", action)
}

// named puts the portable verb in front of an error.
func named(err error, action string) error { return adapter.InVerb(Kind, err, action) }

// Get reads one service.
func (p *Provider) Get(ctx context.Context, id string) (*provider.Account, error) {
	if err := checkID(id, "get account"); err != nil {
		return nil, err
	}
	detail, err := p.client.Services.Get(ctx, id)
	if err != nil {
		return nil, named(err, "get account "+id)
	}
	return account(detail), nil
}

// account is a service in the words of the contract.
func account(d *ServiceDetail) *provider.Account {
	a := listedAccount(&d.Service)
	a.Plan, a.Native = d.Product.ID, d
	addresses := []string{d.Network.PrimaryIPv4, d.Network.PrimaryIPv6, d.IPv4, d.IPv6}
	for _, secondary := range d.Network.SecondaryIPs {
		addresses = append(addresses, secondary.Address)
	}
	a.Addresses = parseAddresses(addresses)
	return a
}

// listedAccount is a service of a list, which does not tell the ID of its product.
func listedAccount(s *Service) *provider.Account {
	a := &provider.Account{ID: s.ID, Domain: s.DomainName, Status: stateOf(s), Addresses: parseAddresses([]string{s.IPv4, s.IPv6}), Native: s}
	a.Username, a.Reference = marked(s)
	return a
}

func parseAddresses(texts []string) []netip.Addr {
	var all []netip.Addr
	seen := make(map[netip.Addr]bool)
	for _, text := range texts {
		if address, err := netip.ParseAddr(text); err == nil && !seen[address] {
			seen[address] = true
			all = append(all, address)
		}
	}
	return all
}

// stateOf maps suspension, end and reinstallation, which have fields of their own, and
// then the status of the machine.
func stateOf(s *Service) provider.Status {
	switch {
	case s.TerminationPending:
		return provider.StatusEnding
	case s.Suspended:
		return provider.StatusSuspended
	case s.ReinstallPending:
		return provider.StatusPending
	}
	return statusOf(s.Status)
}

// statusOf maps what is known of an open set. A machine that is off is in service. The
// words for that are undocumented: those that are told apart here are the usual ones.
func statusOf(status string) provider.Status {
	switch strings.ToUpper(status) {
	case StatusRunning, StatusActive, "ONLINE", "STARTING", "BOOTING", "STOPPING", "STOPPED", "OFFLINE", "OFF":
		return provider.StatusActive
	case StatusProvisioning:
		return provider.StatusPending
	case StatusDeleted:
		return provider.StatusEnding
	}
	return provider.StatusUnknown
}

// Check tests the connection, the key, and whether it may read what Create needs.
func (p *Provider) Check(ctx context.Context) (*provider.CheckReport, error) {
	var report adapter.Report
	var err error
	// Public, so that it shows the connection and nothing else.
	report.Steps, report.Latency, err = p.client.core.Diagnose(ctx, &rest.Call{Endpoint: healthPing.Endpoint})
	if err := report.Broken(err); err != nil {
		return &report.CheckReport, err
	}
	err = p.readable(ctx)
	var refused *provider.Error
	switch {
	case errors.Is(err, provider.ErrForbidden) && errors.As(err, &refused):
		report.OK(provider.CheckCredentials, "the credentials are accepted")
		return report.Fail(provider.CheckRights, lacking(refused))
	case err != nil:
		return report.Fail(provider.CheckCredentials, err)
	}
	report.OK(provider.CheckCredentials, "the credentials are accepted")
	subscriptions := 0
	for _, err := range p.client.Subscriptions.List(ctx) {
		if errors.As(err, &refused) {
			return report.Fail(provider.CheckRights, lacking(refused))
		}
		if err != nil {
			return report.Fail(provider.CheckRights, err)
		}
		subscriptions++
	}
	report.OK(provider.CheckRights, fmt.Sprintf("services can be read, and subscriptions: %d; what else is permitted no endpoint tells", subscriptions))
	report.Skip(provider.CheckVersion, "the API tells none")
	return report.Done()
}

// lacking names the permission that a key lacks, if the platform tells.
func lacking(refused *provider.Error) error {
	var params *Refusal
	if errors.As(refused, &params) && params.Param("permission") != "" {
		refused.Message += fmt.Sprintf("; the key lacks the permission %q", params.Param("permission"))
	}
	return refused
}

// readable asks whether the credentials can list services, by a page of one.
func (p *Provider) readable(ctx context.Context) error {
	for _, err := range p.client.Services.List(ctx, &ServiceListOptions{PerPage: 1}) {
		return err
	}
	return nil
}

// Find looks for a service by reference or user name. The API knows no customers.
func (p *Provider) Find(ctx context.Context, q provider.Query) (*provider.Account, error) {
	action, err := adapter.CheckQuery(Kind, q, "services cannot be searched by e-mail address or domain")
	if err != nil {
		return nil, err
	}
	if q.Reference != "" && provider.ReferenceProblem(q.Reference) != "" {
		return nil, provider.Problems{"Reference": provider.ReferenceProblem(q.Reference)}.Err(Kind, "", action)
	}
	var found []string
	for service, err := range p.client.Services.List(ctx, &ServiceListOptions{PerPage: perPage}) {
		if err != nil {
			return nil, named(err, action)
		}
		if !service.Shared && adapter.Matches(listedAccount(service), q) {
			found = append(found, service.ID)
		}
	}
	switch len(found) {
	case 0:
		return nil, adapter.NotFound(Kind, action)
	case 1:
	default:
		return nil, &provider.Error{Provider: Kind, Action: action, Kind: provider.ErrConflict, Message: fmt.Sprintf("services %q all match", found)}
	}
	// The list does not tell everything.
	detail, err := p.client.Services.Get(ctx, found[0])
	if err != nil {
		return nil, named(err, action)
	}
	return account(detail), nil
}
