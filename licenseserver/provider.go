package licenseserver

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// Provider implements the portable contract for a license server. An account is a license: its ID
// is the license's ID in decimal, and its key, a secret, is in the account's Native, which is a
// *License. If the key is unknown, Native is nil and the status is provider.StatusUnknown.
//
// It needs the API key and access to the admin panel. Licenses have neither a name nor notes, so
// Create registers a device on each license that it creates: a marker, whose hardware hash contains the
// license's key, the reference and its signature (see provider.WithMarkerKeys). Its machine name is
// "alice [ref:order-1042]"; a customer can change that, but not the hash. Only the marker leads from
// an ID back to the license. It is deactivated when the license is ready, so that it does not count
// against max_activations, and must not be removed. That a deactivated device stays in the list is
// an assumption; on a server that drops it Create fails with provider.ErrConflict.
//
// No route finds licenses by name: IDs are read in ascending order (see WithScan). With
// WithSearchPath the panel's search lists IDs and keys instead, if it finds as many licenses as the
// dashboard counts.
//
// If the answer with a generated key is lost, the search also finds the new license. Without
// WithSearchPath its key cannot be found: Create fails with provider.ErrOutcomeUnknown, the next
// Create generates another key, and an unused key may be left behind. With provider.WithLedger all that
// is known of an order outlives the program, and programs with one ledger create one at a time.
type Provider struct {
	client      *Client
	description *provider.Description
	// accounts reads the devices of licenses only, which is all that some verbs need; whole reads
	// all that the server knows about licenses.
	accounts *adapter.Accounts[int64, nameplate]
	whole    *adapter.Accounts[int64, made]
	seen     adapter.Sightings
	index    index

	// usual is how this server generates licenses, nil if it is unknown. It is for the Create that has the desk.
	usual *form
}

// Provider implements the core and these optional interfaces.
var _ interface {
	provider.Provider
	provider.Lister
	provider.PlanLister
	provider.PlanChanger
	provider.UsageReader
	provider.FleetUsageReader
	provider.Adopter
	provider.Poller
} = (*Provider)(nil)

// NewProvider returns the portable provider for a client. The client stays usable.
func NewProvider(client *Client) *Provider {
	p := &Provider{client: client, description: describe(client)}
	p.accounts = accountsOf(p, p.look, func(n *nameplate) *provider.Account { return p.account(&made{plate: n}) })
	p.whole = accountsOf(p, p.read, p.account)
	p.whole.Again = func(ctx context.Context, m *made) (*made, error) { return p.fill(ctx, m.plate) }
	return p
}

func accountsOf[T any](p *Provider, read func(context.Context, int64) (*T, error), view func(*T) *provider.Account) *adapter.Accounts[int64, T] {
	return &adapter.Accounts[int64, T]{
		Lag:  p.client.license.ReadLag(),
		Kind: Kind, Noun: "license", ParseID: adapter.PositiveID("license ID"), Read: read, View: view, Prove: p.proveAbsent,
		Unsearchable: "licenses have neither an e-mail address nor a domain",
	}
}

// Client returns the client of the provider, for what only the license server has.
func (p *Provider) Client() *Client { return p.client }

// Get reads one account.
func (p *Provider) Get(ctx context.Context, id string) (*provider.Account, error) {
	return adapter.Verb(ctx, p.accounts, "get account", id, nil, func(ctx context.Context, n int64) (*provider.Account, error) {
		plate, err := p.accounts.Record(ctx, n)
		if err != nil {
			return nil, err
		}
		return p.show(ctx, plate)
	})
}

// made is a license with its name plate. If the license's key is unknown, the license is nil.
type made struct {
	plate   *nameplate
	license *License
}

// read reads the license with an account's ID. Whose it is may be unknown: see complete.
func (p *Provider) read(ctx context.Context, id int64) (*made, error) {
	plate, err := p.look(ctx, id)
	if err != nil {
		return nil, err
	}
	return p.fill(ctx, plate)
}

// show returns the account of a name plate, with as much of its license as can be read.
func (p *Provider) show(ctx context.Context, plate *nameplate) (*provider.Account, error) {
	m, err := p.fill(ctx, plate)
	if m == nil {
		return nil, err
	}
	return p.account(m), nil
}

func (p *Provider) account(m *made) *provider.Account {
	a := &provider.Account{
		ID: idText(m.plate.license), Username: m.plate.username, Reference: m.plate.reference, Marker: m.plate.state, Status: provider.StatusUnknown,
	}
	l := m.license
	if l == nil {
		return a
	}
	a.Name, a.EndAt, a.EndUnknown, a.Native, a.Status = l.CustomerName, l.ValidUntil, l.ValidUntilUnknown, l, provider.StatusActive
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

// errNoKey marks licenses whose ID is known and whose key is not.
var errNoKey = errors.New("the license's key is unknown")

// fill adds the license to a name plate. A list of devices does not name its license, but the key on the
// plate leads to one: if that is another, the list may have been about that one, and is read once more.
// The plate may have another's key nevertheless, since a customer can register any device: that plate is
// nobody's. Beside errNoKey, fill returns the plate alone.
func (p *Provider) fill(ctx context.Context, plate *nameplate) (*made, error) {
	for again := false; !plate.key.IsZero(); again = true {
		l, err := p.license(ctx, plate.license, plate.key)
		switch {
		case err != nil:
			return nil, err
		case l != nil:
			return &made{plate, l}, nil
		}
		if again {
			break
		}
		if plate, err = p.look(ctx, plate.license); err != nil {
			return nil, err
		}
	}
	disowned := !plate.key.IsZero()
	if disowned {
		switch _, stray, err := p.ownKey(ctx, plate); {
		case err != nil:
			return nil, err
		case stray:
			p.index.drop(plate.license)
			return nil, strangeMarker(plate.license)
		}
		p.index.drop(plate.license)
		plate = plate.disowned()
	}
	var l *License
	key, err := p.searchKey(ctx, plate.license)
	if err == nil {
		l, err = p.license(ctx, plate.license, key)
	}
	switch {
	case err != nil:
	case l == nil:
		if _, err = p.look(ctx, plate.license); err == nil {
			err = unknownKey(plate.license, "the panel's search returned a key that is not the license's")
		}
	case disowned:
		plate, err = p.look(ctx, plate.license)
	}
	if err != nil && !errors.Is(err, errNoKey) {
		return nil, err
	}
	return &made{plate, l}, err
}

// license reads a license and removes the plates from its activations. It returns nil if the key is not
// the license's.
func (p *Provider) license(ctx context.Context, id int64, key provider.Secret) (*License, error) {
	l, err := p.client.Licenses.Info(ctx, key)
	switch {
	case errors.Is(err, provider.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	case l.ID != id:
		return nil, nil
	}
	p.index.own(id, key)
	l.Key = key
	l.Activations = slices.DeleteFunc(l.Activations, func(a Activation) bool { return strings.HasPrefix(a.HardwareHash, platePrefix) })
	return l, nil
}

// unknownKey returns the error for an action that needs a license's key.
func unknownKey(license int64, why words.Own) error {
	return &provider.Error{
		Provider: Kind, Op: licensesInfo.Op, Kind: provider.ErrUnsupported, Err: errNoKey,
		Message: words.Say("the key of license %d is unknown: "+why, license),
	}
}
