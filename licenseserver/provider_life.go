package licenseserver

import (
	"context"
	"errors"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Suspend switches the license off, by the bulk route: toggling twice would undo it.
func (p *Provider) Suspend(ctx context.Context, id string) (provider.Outcome, error) {
	return p.setActive(ctx, id, "suspend account", false, p.client.Licenses.BulkDeactivate)
}

// Unsuspend switches the license on.
func (p *Provider) Unsuspend(ctx context.Context, id string) (provider.Outcome, error) {
	return p.setActive(ctx, id, "unsuspend account", true, p.client.Licenses.BulkActivate)
}

func (p *Provider) setActive(ctx context.Context, id, verb string, active bool, set func(context.Context, ...int64) (Payload, error)) (provider.Outcome, error) {
	m, err := p.made(ctx, id, verb)
	if err != nil {
		return "", err
	}
	outcome, err := adapter.Change[License]{
		Now: m.license, Read: func(ctx context.Context) (*License, error) { return p.license(ctx, m.plate) },
		Already: func(l *License) bool { return l.Active == active },
		Do:      func(ctx context.Context) error { _, err := set(ctx, m.license.ID); return err },
	}.Run(ctx)
	return outcome, adapter.InVerb(Kind, err, verb+" "+id)
}

// made reads a license by the ID of an account.
func (p *Provider) made(ctx context.Context, id, verb string) (*made, error) {
	n, err := accountID(id, verb)
	if err != nil {
		return nil, err
	}
	plate, err := p.look(ctx, n)
	if err != nil {
		return nil, adapter.InVerb(Kind, err, verb+" "+id)
	}
	license, err := p.license(ctx, plate)
	if err != nil {
		return nil, adapter.InVerb(Kind, err, verb+" "+id)
	}
	return &made{plate, license}, nil
}

// ChangePlan gives the license the limits of another plan. Its end date stays.
func (p *Provider) ChangePlan(ctx context.Context, id, plan string) (provider.Outcome, error) {
	const verb = "change plan of account"
	if len(p.client.plans) == 0 {
		return "", noPlans(verb)
	}
	if _, err := accountID(id, verb); err != nil {
		return "", err
	}
	wanted, problem := p.plan(plan)
	if problem != "" {
		return "", provider.Problems{"plan": problem}.Err(Kind, "", verb+" "+id)
	}
	m, err := p.made(ctx, id, verb)
	if err != nil {
		return "", err
	}
	outcome, err := p.setLimits(ctx, m, limits{activations: wanted.MaxActivations, users: wanted.MaxUsers})
	if err != nil {
		return "", adapter.InVerb(Kind, err, verb+" "+id)
	}
	return outcome, nil
}

func noPlans(action string) error {
	return &provider.Error{Provider: Kind, Action: action, Kind: provider.ErrUnsupported, Message: "the server has no plans: give yours with WithPlans"}
}

// Adopt marks a license that exists already with a reference, under the name that it
// has. Its key must be known: from a name plate, or from the panel's search. It must
// have a free place for the moment in which the marker is registered.
func (p *Provider) Adopt(ctx context.Context, id, reference string) (provider.Outcome, error) {
	const verb = "adopt account"
	if _, err := accountID(id, verb); err != nil {
		return "", err
	}
	action := verb + " " + id
	if err := adapter.CheckReference(Kind, reference, action); err != nil {
		return "", err
	}
	m, err := p.made(ctx, id, verb)
	if err != nil {
		return "", err
	}
	plate, outcome := m.plate, provider.OutcomeAlready
	if plate.marker == 0 {
		outcome = provider.OutcomeAdopted
		if plate, err = p.mark(ctx, m.license.ID, m.license.Key, plate.username, reference, madeByAdopt); err != nil {
			return "", adapter.InVerb(Kind, err, action)
		}
	}
	if plate.reference != reference {
		return "", adapter.Taken(Kind, action, "license "+id, plate.reference)
	}
	if plate.on && !plate.unfinished {
		if outcome, err = provider.OutcomeAdopted, p.release(ctx, plate); err != nil {
			// It is adopted, but only half.
			return "", adapter.InVerb(Kind, provider.Unresolved(nil, err), action)
		}
	}
	return outcome, nil
}

// Terminate deletes the license and makes sure that it is gone. What becomes of its
// sessions and resources is the server's affair.
func (p *Provider) Terminate(ctx context.Context, id string) (provider.Outcome, error) {
	const verb = "terminate account"
	n, err := accountID(id, verb)
	if err != nil {
		return "", err
	}
	if err := p.removal(n).Run(ctx); err != nil {
		return "", adapter.InVerb(Kind, err, verb+" "+id)
	}
	return provider.OutcomeChanged, nil
}

func (p *Provider) removal(license int64) adapter.Removal {
	return adapter.Removal{
		Read:  func(ctx context.Context) error { _, err := p.look(ctx, license); return err },
		Do:    func(ctx context.Context) error { _, err := p.client.Licenses.BulkDelete(ctx, license); return err },
		Prove: func(ctx context.Context) error { return p.proveAbsent(ctx, license) },
	}
}

// proveAbsent returns nil if a license that is not found is gone for sure: another one
// can still be read, or the dashboard counts none.
func (p *Provider) proveAbsent(ctx context.Context, license int64) error {
	for _, other := range p.seen.List() {
		if other == license {
			continue
		}
		if _, err := p.look(ctx, other); err == nil {
			return nil
		} else if !errors.Is(err, provider.ErrNotFound) {
			return unproven(err)
		}
	}
	dashboard, err := p.client.Monitoring.Dashboard(ctx)
	switch {
	case err != nil:
		return unproven(err)
	case dashboard.TotalLicenses == 0:
		return nil
	}
	// What is remembered proves nothing: read.
	scan := p.client.scan
	others := adapter.Prober[nameplate]{Read: p.look, Segments: p.seen.Segments(scan.From), Gap: scan.Gap, Max: scan.Max}
	for _, err := range others.All(ctx) {
		if err != nil {
			return unproven(err)
		}
		return nil
	}
	return unproven(nil)
}

// unproven is the error when "not found" is no proof.
func unproven(cause error) error {
	return adapter.Unproven(Kind, "license",
		"neither is any of those that the dashboard counts: the sign-in may have lost its rights, or licenses begin elsewhere (WithScan)", cause)
}

// SignOn mints a token for the analytics. It is an operator's: it opens the analytics of
// all licenses, not those of the account alone, so do not hand it to a customer. Where
// it is presented is undocumented.
func (p *Provider) SignOn(ctx context.Context, req *provider.SignOnRequest) (*provider.SignOn, error) {
	const verb = "sign on to account"
	if req == nil {
		return nil, provider.Problems{"request": "nil"}.Err(Kind, "", verb)
	}
	n, err := accountID(req.AccountID, verb)
	if err != nil {
		return nil, err
	}
	action := verb + " " + req.AccountID
	if err := adapter.CheckSignOn(Kind, action, req.Kind, provider.SignOnToken); err != nil {
		return nil, err
	}
	if _, err := p.look(ctx, n); err != nil {
		return nil, adapter.InVerb(Kind, err, action)
	}
	token, err := p.client.Auth.Token(ctx)
	if err != nil {
		return nil, adapter.InVerb(Kind, err, action)
	}
	return &provider.SignOn{Kind: provider.SignOnToken, Token: token.Token, ExpiresAt: token.ExpiresAt}, nil
}
