package elizon

import (
	"cmp"
	"context"
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Provider is an elizon account behind the portable contract. Account IDs are service IDs, plan IDs
// are product IDs. User name and reference are in the name of the service, with a signature that is
// valid for this service only if there is a key (see provider.WithMarkerKeys): whoever renames a service
// in the platform's panel, as people can with whom it is shared, must leave the marker in it. Services
// that others share with the account are left out.
//
// Creating takes a while: Create returns OutcomePending and a handle.
type Provider struct {
	client      *Client
	description provider.Description
	accounts    *adapter.Accounts[string, ServiceDetail]
	// subscriptions are what the services' ends are read from.
	subscriptions *adapter.Accounts[string, ServiceSubscription]
}

// The adapter implements these interfaces besides the core.
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
	p := &Provider{client: client, description: describe(client.settings)}
	p.accounts = &adapter.Accounts[string, ServiceDetail]{
		Kind: Kind, Noun: "service", ParseID: parseServiceID, Read: client.Services.Get, View: client.account, Prove: p.proveAbsent,
		Unsearchable: "services cannot be searched by e-mail address or domain", Lag: client.core.ReadLag(), Means: meansService,
	}
	p.subscriptions = &adapter.Accounts[string, ServiceSubscription]{
		Kind: Kind, Noun: "service", ParseID: parseServiceID, Read: p.readSubscription, Lag: p.accounts.Lag, Means: meansService,
	}
	return p
}

// meansService reports whether an error that says "not found" is about a service: the vendor documents
// one code for that, and older servers send none.
func meansService(e *provider.Error) bool { return e.Code == "" || e.Code == CodeServiceNotFound }

// Client returns the client behind the provider, for what the portable contract does not cover.
func (p *Provider) Client() *Client { return p.client }

// perPage is how many services a listing reads at once.
const perPage = 100

// serviceID matches the IDs that are accepted. It is stricter than the API, whose IDs are opaque,
// and wider than all IDs that were seen.
var serviceID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}$`)

// parseServiceID refuses IDs that would address something else.
func parseServiceID(text string) (id, problem string) {
	switch {
	case serviceID.MatchString(text):
		return text, ""
	case text == "":
		return "", "required"
	}
	return "", strconv.Quote(adapter.Shorten(text)) + " is not the ID of a service"
}

// Get reads one service.
func (p *Provider) Get(ctx context.Context, id string) (*provider.Account, error) {
	return p.accounts.Get(ctx, id)
}

// account converts a service to an account of the contract.
func (c *Client) account(d *ServiceDetail) *provider.Account {
	a := c.listedAccount(&d.Service)
	a.Plan, a.Native = d.Product.ID, d
	addresses := []string{d.Network.PrimaryIPv4, d.Network.PrimaryIPv6, d.IPv4, d.IPv6}
	for _, secondary := range d.Network.SecondaryIPs {
		addresses = append(addresses, secondary.Address)
	}
	a.Addresses = parseAddresses(addresses)
	return a
}

// listedAccount converts a service from a list, which lacks the ID of its product.
func (c *Client) listedAccount(s *Service) *provider.Account {
	a := &provider.Account{ID: s.ID, Domain: s.DomainName, Status: stateOf(s), Addresses: parseAddresses([]string{s.IPv4, s.IPv6}), Native: s}
	a.Username, a.Reference, a.Marker = c.core.Markers().Read(s.shownName(), s.ID)
	return a
}

// shownName is the name that a change of name shows in: UserDisplayName, or Name while there is none, as
// in the vendor's older reference. Whether a change of name changes both is undocumented. No other text
// of a service has a marker.
func (s *Service) shownName() string { return cmp.Or(s.UserDisplayName, s.Name) }

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

// stateOf maps suspension, end and reinstallation, which have fields of their own, and then the
// status of the machine.
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

// statusOf maps the known values of an open set. A machine that is off counts as active. The words
// for that are undocumented: those listed here are the usual ones.
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
