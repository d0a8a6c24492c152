package licenseserver

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// Provider is a license server behind the portable contract. An account is a license:
// its ID is the license's number in decimal, and its key, a secret, stands in the
// account's Native, which is a *License. Where the key cannot be known Native is nil
// and the status provider.StatusUnknown.
//
// It needs the API key and access to the admin panel. Licenses have neither a name nor
// notes, so Create registers a device on each license it makes: a marker, whose machine
// name is "alice [ref:order-1042]" and whose hardware hash holds the license's key, the
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
// was made. Without it nobody can tell its key: Create ends with
// provider.ErrOutcomeUnknown, the next one generates another, and a key that belongs
// to nobody may be left behind.
type Provider struct {
	client      *Client
	description *provider.Description
	seen        adapter.Sightings
	index       index

	// making holds a token while a Create works: what is new on the server must be
	// its own. It guards attempts.
	making   chan struct{}
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
	return &Provider{client: client, description: describe(client), making: make(chan struct{}, 1), attempts: make(map[string]*attempt)}
}

// Client returns the client behind the provider, for what only the license server has.
func (p *Provider) Client() *Client { return p.client }

// Get reads one account.
func (p *Provider) Get(ctx context.Context, id string) (*provider.Account, error) {
	const verb = "get account"
	n, err := accountID(id, verb)
	if err != nil {
		return nil, err
	}
	plate, err := p.look(ctx, n)
	if err != nil {
		return nil, adapter.InVerb(Kind, err, verb+" "+id)
	}
	account, err := p.read(ctx, plate)
	if err != nil {
		return nil, adapter.InVerb(Kind, err, verb+" "+id)
	}
	return account, nil
}

// read completes an account. Of a license whose key is unknown there is no more to read.
func (p *Provider) read(ctx context.Context, plate *nameplate) (*provider.Account, error) {
	license, err := p.license(ctx, plate)
	if errors.Is(err, errNoKey) {
		return &provider.Account{
			ID: idText(plate.license), Username: plate.username, Reference: plate.reference, Status: provider.StatusUnknown,
		}, nil
	}
	if err != nil {
		return nil, err
	}
	return p.account(plate, license), nil
}

func (p *Provider) account(plate *nameplate, l *License) *provider.Account {
	a := &provider.Account{
		ID: idText(l.ID), Username: plate.username, Reference: plate.reference, Name: l.CustomerName,
		Status: provider.StatusActive, EndAt: l.ValidUntil, Native: l,
	}
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

// accountID reads the ID of an account. Anything but a positive decimal number is
// refused: it would address something else.
func accountID(id, action string) (int64, error) {
	return adapter.AccountNumber(Kind, id, "license ID", action)
}

// Check tests the connection, the API key, and whether the panel lets the caller in.
func (p *Provider) Check(ctx context.Context) (*provider.CheckReport, error) {
	var report adapter.Report
	var err error
	report.Steps, report.Latency, err = p.client.license.Diagnose(
		context.WithValue(ctx, accessKey{}, versionsLatest.as), &rest.Call{Endpoint: versionsLatest.Endpoint, Out: new(payload)})
	if err := report.Broken(err); err != nil {
		return &report.CheckReport, err
	}
	if err != nil {
		return report.Fail(provider.CheckCredentials, err)
	}
	report.OK(provider.CheckCredentials, "the API key is accepted")
	dashboard, err := p.client.Monitoring.Dashboard(ctx)
	if err != nil {
		return report.Fail(provider.CheckRights, err)
	}
	found := fmt.Sprintf("the admin panel lets us in: %d licenses", dashboard.TotalLicenses)
	switch _, trusted, err := p.enumerate(ctx); {
	case p.client.search.Endpoint == nil:
		report.OK(provider.CheckRights, found)
	case err != nil:
		return report.Fail(provider.CheckRights, err)
	case !trusted:
		report.Warn(provider.CheckRights, found+", of which its search does not find all: IDs are probed instead")
	default:
		report.OK(provider.CheckRights, found+", and its search finds them")
	}
	report.Skip(provider.CheckVersion, "the server does not tell its own version")
	return report.Done()
}
