package licenseserver

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Provider is a license server behind the portable contract. An account is a license:
// its ID is the license's number in decimal, and its key, a secret, is in the
// account's Native, which is a *License. Where the key cannot be known Native is nil
// and the status provider.StatusUnknown.
//
// It needs the API key and access to the admin panel. Licenses have neither a name nor
// notes, so Create registers a device on each license it makes: a marker, whose machine
// name is "alice [ref:order-1042]" and whose hardware hash contains the license's key, the
// only way back from an ID to the license. The marker is switched off when the license
// is ready, so that it takes no place of max_activations, and must not be removed. That
// a device stays in the list when it is switched off is an assumption; a server that
// drops it fails Create with provider.ErrConflict.
//
// No route lists licenses by a name: they are searched by rising ID (see WithScan).
// With WithSearchPath the panel's search lists IDs and keys instead, whenever it finds
// as many licenses as the dashboard counts.
//
// If the answer of generating a key is lost, WithSearchPath also finds the license that
// was made. Without it nobody can find out its key: Create ends with
// provider.ErrOutcomeUnknown, the next one generates another, and a key that belongs
// to nobody may be left behind.
type Provider struct {
	client      *Client
	description *provider.Description
	// accounts are licenses as their devices show them, which is all that some verbs need;
	// whole are licenses with all that the server knows of them.
	accounts *adapter.Accounts[int64, nameplate]
	whole    *adapter.Accounts[int64, made]
	seen     adapter.Sightings
	index    index

	// making is a Create's turn: what is new on the server must be its own. It guards
	// attempts.
	making   adapter.Turn
	attempts map[string]*attempt
}

// The adapter has these beside the core.
var _ interface {
	provider.Provider
	provider.Lister
	provider.PlanLister
	provider.PlanChanger
	provider.UsageReader
	provider.FleetUsageReader
	provider.Adopter
} = (*Provider)(nil)

// NewProvider puts a client behind the portable contract. The client stays usable.
func NewProvider(client *Client) *Provider {
	p := &Provider{client: client, description: describe(client), attempts: make(map[string]*attempt)}
	p.accounts = accountsOf(p, p.look, func(n *nameplate) *provider.Account { return p.account(&made{plate: n}) })
	p.whole = accountsOf(p, p.read, p.account)
	p.whole.Again = func(ctx context.Context, m *made) (*made, error) { return p.complete(ctx, m.plate) }
	return p
}

func accountsOf[T any](p *Provider, read func(context.Context, int64) (*T, error), view func(*T) *provider.Account) *adapter.Accounts[int64, T] {
	return &adapter.Accounts[int64, T]{
		Kind: Kind, Noun: "license", ParseID: adapter.PositiveID("license ID"), Read: read, View: view, Prove: p.proveAbsent,
		Unsearchable: "licenses have neither an e-mail address nor a domain",
	}
}

// Client returns the client behind the provider, for what only the license server has.
func (p *Provider) Client() *Client { return p.client }

// Get reads one account.
func (p *Provider) Get(ctx context.Context, id string) (*provider.Account, error) {
	return adapter.Verb(ctx, p.accounts, "get account", id, nil, func(ctx context.Context, n int64) (*provider.Account, error) {
		plate, err := p.look(ctx, n)
		if err != nil {
			return nil, err
		}
		return p.show(ctx, plate)
	})
}

// made is a license with its name plate. If the license's key is unknown there is only the
// plate.
type made struct {
	plate   *nameplate
	license *License
}

// read reads a license by the ID of an account.
func (p *Provider) read(ctx context.Context, id int64) (*made, error) {
	plate, err := p.look(ctx, id)
	if err != nil {
		return nil, err
	}
	return p.complete(ctx, plate)
}

// complete reads the license of a name plate.
func (p *Provider) complete(ctx context.Context, plate *nameplate) (*made, error) {
	license, err := p.license(ctx, plate)
	if err != nil {
		return nil, err
	}
	return &made{plate, license}, nil
}

// show is the account of a name plate, as far as its license can be read.
func (p *Provider) show(ctx context.Context, plate *nameplate) (*provider.Account, error) {
	m, err := p.complete(ctx, plate)
	if errors.Is(err, errNoKey) {
		m, err = &made{plate: plate}, nil
	}
	if err != nil {
		return nil, err
	}
	return p.account(m), nil
}

func (p *Provider) account(m *made) *provider.Account {
	a := &provider.Account{ID: idText(m.plate.license), Username: m.plate.username, Reference: m.plate.reference, Status: provider.StatusUnknown}
	l := m.license
	if l == nil {
		return a
	}
	a.Name, a.EndAt, a.Native, a.Status = l.CustomerName, l.ValidUntil, l, provider.StatusActive
	if !l.Active {
		a.Status = provider.StatusSuspended
	}
	for _, plan := range p.client.plans {
		if plan.MaxActivations == l.MaxActivations && plan.MaxUsers == l.MaxUsers {
			a.Plan = plan.ID
		}
	}
	return a
}

// errNoKey marks licenses of which only the ID is known.
var errNoKey = errors.New("the license's key is unknown")

// license reads the license of a name plate, without the plates among its activations.
func (p *Provider) license(ctx context.Context, plate *nameplate) (*License, error) {
	key := plate.key
	if key == "" {
		var err error
		if key, err = p.searchKey(ctx, plate.license); err != nil {
			return nil, err
		}
	}
	l, err := p.client.Licenses.Info(ctx, key)
	missing := errors.Is(err, provider.ErrNotFound)
	if missing {
		if _, err := p.look(ctx, plate.license); err != nil {
			return nil, err
		}
	}
	wrong := missing || err == nil && l.ID != plate.license
	switch {
	case wrong && plate.key == "":
		return nil, unknownKey(plate.license, "what the panel's search calls its key is not")
	case wrong:
		// Anybody can register a device that looks like a name plate.
		bare := *plate
		bare.key = ""
		return p.license(ctx, &bare)
	case err != nil:
		return nil, err
	}
	l.Key = key
	l.Activations = slices.DeleteFunc(l.Activations, func(a Activation) bool { return strings.HasPrefix(a.HardwareHash, platePrefix) })
	return l, nil
}

// unknownKey is the error of what cannot be done to a license without its key.
func unknownKey(license int64, why string) error {
	return &provider.Error{
		Provider: Kind, Op: licensesInfo.Op, Kind: provider.ErrUnsupported, Err: errNoKey,
		Message: "the key of license " + idText(license) + " is unknown: " + why,
	}
}
