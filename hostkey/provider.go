package hostkey

import (
	"context"
	"errors"
	"iter"
	"net/netip"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Provider is a HOSTKEY account behind the portable contract. Account IDs are server IDs in
// decimal, plan IDs are names of presets ("vm.pico").
//
// The host name of a server that Create buys is the user name and a suffix made from the reference
// (see OrdersService.Hostname). The tag ReferenceTag contains the reference. Creating takes 10 to 30
// minutes: Create returns OutcomePending and a handle.
type Provider struct {
	client   *Client
	accounts *adapter.Accounts[int64, Server]
	ends     *adapter.Accounts[int64, end]
}

// The adapter implements these besides the core.
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

// NewProvider returns the adapter of a client, which may still be used directly.
func NewProvider(client *Client) *Provider {
	p := &Provider{client: client}
	p.accounts = &adapter.Accounts[int64, Server]{
		Kind: Kind, Noun: "server", ParseID: adapter.PositiveID("server ID"), Read: p.read, View: p.account, Prove: p.proveAbsent,
		Unsearchable: "servers cannot be searched by e-mail address or domain", Lag: client.rest.ReadLag(), Busy: installing,
	}
	p.ends = &adapter.Accounts[int64, end]{
		Kind: Kind, Noun: "server", ParseID: p.accounts.ParseID, Read: p.readEnd, Again: p.readEndAgain, Lag: p.accounts.Lag,
	}
	return p
}

// read reads a server. An account without servers refuses every sign-in, which says as much as "not
// found".
func (p *Provider) read(ctx context.Context, id int64) (*Server, error) {
	server, err := p.client.Servers.Show(ctx, id)
	if noServers(err) {
		err = &provider.Error{Provider: Kind, Op: eqShow.Op, Kind: provider.ErrNotFound, Message: "the account has no servers"}
	}
	return server, err
}

// noServers reports whether a call failed because the account has no servers: the API says so to a good
// key, by code, instead of letting it sign in.
func noServers(err error) bool {
	var e *provider.Error
	return errors.Is(err, ErrNoServers) && errors.As(err, &e) && e.Code == CodeNoAppropriateServers
}

// list lists the account's servers, of which there may be none.
func (p *Provider) list(ctx context.Context) iter.Seq2[*ListedServer, error] {
	return func(yield func(*ListedServer, error) bool) {
		for server, err := range p.client.Servers.List(ctx, &ServerListOptions{Full: true}) {
			if noServers(err) || !yield(server, err) {
				return
			}
		}
	}
}

// Client returns the adapter's client, for what only HOSTKEY has.
func (p *Provider) Client() *Client { return p.client }

// Get reads one server.
func (p *Provider) Get(ctx context.Context, id string) (*provider.Account, error) {
	return p.accounts.Get(ctx, id)
}

// account returns a server in the words of the contract. Statuses are mapped as a reseller in
// production does it.
func (p *Provider) account(s *Server) *provider.Account {
	a := &provider.Account{ID: idText(s.ID), Username: userOf(s.Hostname()), Plan: s.Preset, Status: statusOf(s.Status), Native: s}
	a.Reference, a.Marker = p.client.reference(s)
	if a.Status == provider.StatusActive && p.client.settings.suspendByPower && suspendedByPower(s) {
		a.Status = provider.StatusSuspended
	}
	for _, ip := range s.IPs {
		if ip.IP.IsValid() {
			a.Addresses = append(a.Addresses, ip.IP)
		}
	}
	return a
}

// listedAccount is account for a server in a list, which has no tags.
func listedAccount(s *ListedServer) *provider.Account {
	a := &provider.Account{ID: idText(s.ID), Username: userOf(s.Hostname), Plan: s.Name, Status: statusOf(s.Status), Native: s}
	if s.IP.IsValid() {
		a.Addresses = []netip.Addr{s.IP}
	}
	return a
}

// userOf returns the user name in a host name.
func userOf(hostname string) string {
	if name, _, ok := splitHostname(hostname); ok {
		return name
	}
	return hostname
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

// installing reports whether an installation is in progress, by the tags that the system sets
// meanwhile.
func installing(s *Server) bool {
	return s.Tag("reinstall_start") != nil || s.Tag("autodeploy_start") != nil
}
