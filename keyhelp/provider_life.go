package keyhelp

import (
	"context"
	"errors"
	"slices"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Suspend locks the client (is_locked, in the live dialect is_suspended).
func (p *Provider) Suspend(ctx context.Context, id string) (provider.Outcome, error) {
	return p.lock(ctx, id, "suspend account", true)
}

// Unsuspend unlocks the client.
func (p *Provider) Unsuspend(ctx context.Context, id string) (provider.Outcome, error) {
	return p.lock(ctx, id, "unsuspend account", false)
}

func (p *Provider) lock(ctx context.Context, id, verb string, locked bool) (provider.Outcome, error) {
	asWanted := func(c *ClientAccount) bool { return c.Locked == locked }
	return p.update(ctx, id, verb, &ClientUpdateRequest{Locked: &locked}, asWanted, asWanted)
}

// update changes a client unless it is as wanted already, and reads back whether the
// change was made.
func (p *Provider) update(ctx context.Context, id, verb string, change *ClientUpdateRequest, already, made func(*ClientAccount) bool) (provider.Outcome, error) {
	n, err := accountID(id, verb)
	if err != nil {
		return "", err
	}
	outcome, err := adapter.Change[ClientAccount]{
		Read:    func(ctx context.Context) (*ClientAccount, error) { return p.read(ctx, n) },
		Already: already, Made: made,
		Do: func(ctx context.Context) error { return p.client.Clients.Update(ctx, n, change) },
	}.Run(ctx)
	return outcome, adapter.InVerb(Kind, err, verb+" "+id)
}

// ChangePlan puts the client on another hosting plan. Panels that do not tell a
// client's plan are believed when they accept it.
func (p *Provider) ChangePlan(ctx context.Context, id, plan string) (provider.Outcome, error) {
	const verb = "change plan of account"
	if _, err := accountID(id, verb); err != nil {
		return "", err
	}
	wanted, problem := planID(plan)
	if problem != "" {
		return "", provider.Problems{"plan": problem}.Err(Kind, "", verb+" "+id)
	}
	return p.update(ctx, id, verb, &ClientUpdateRequest{HostingPlanID: &wanted},
		func(c *ClientAccount) bool { return c.HostingPlanID == wanted },
		func(c *ClientAccount) bool { return c.HostingPlanID == wanted || c.HostingPlanID == 0 })
}

// ChangePassword sets the password of the panel login.
func (p *Provider) ChangePassword(ctx context.Context, id string, password provider.Secret) (provider.Outcome, error) {
	const verb = "change password of account"
	n, err := accountID(id, verb)
	if err != nil {
		return "", err
	}
	if problem := passwordPolicy.Problem(password); problem != "" {
		return "", provider.Problems{"password": problem}.Err(Kind, "", verb+" "+id)
	}
	if err := p.client.Clients.Update(ctx, n, &ClientUpdateRequest{Password: &password}); err != nil {
		return "", adapter.InVerb(Kind, err, verb+" "+id)
	}
	return provider.OutcomeChanged, nil
}

// Adopt marks a client that exists already with a reference.
func (p *Provider) Adopt(ctx context.Context, id, reference string) (provider.Outcome, error) {
	const verb = "adopt account"
	n, err := accountID(id, verb)
	if err != nil {
		return "", err
	}
	action := verb + " " + id
	if err := adapter.CheckReference(Kind, reference, action); err != nil {
		return "", err
	}
	d, err := p.client.dialects.resolve(ctx, p.client)
	if err != nil {
		return "", err
	}
	client, err := p.read(ctx, n)
	if err != nil {
		return "", adapter.InVerb(Kind, err, action)
	}
	if carried := p.account(client).Reference; carried != "" && carried != reference {
		return "", adapter.Taken(Kind, action, "client "+id, carried)
	}
	change := &ClientUpdateRequest{}
	if d.client.has("Notes") {
		change.Notes = new(provider.Mark(client.Notes, reference))
	} else {
		change.DisplayName = new(provider.Mark(client.DisplayName, reference))
	}
	marked := func(c *ClientAccount) bool { return p.account(c).Reference == reference }
	outcome, err := p.update(ctx, id, verb, change, marked, marked)
	if outcome == provider.OutcomeChanged {
		outcome = provider.OutcomeAdopted
	}
	return outcome, err
}

// Terminate deletes the client, with its domains and data, and makes sure that it is
// gone.
func (p *Provider) Terminate(ctx context.Context, id string) (provider.Outcome, error) {
	const verb = "terminate account"
	n, err := accountID(id, verb)
	if err != nil {
		return "", err
	}
	d, err := p.client.dialects.resolve(ctx, p.client)
	if err != nil {
		return "", err
	}
	deleting := false
	err = adapter.Removal{
		Read: func(ctx context.Context) error {
			_, err := p.read(ctx, n)
			if deleting && errors.Is(err, provider.ErrNotFound) {
				p.seen.Drop(n)
			}
			return err
		},
		Do: func(ctx context.Context) error {
			deleting = true
			return p.client.Clients.Delete(ctx, n)
		},
		Prove: func(ctx context.Context) error {
			err := p.proveAbsent(ctx, d, n)
			if err == nil {
				p.seen.Drop(n)
			}
			return err
		},
	}.Run(ctx)
	if err != nil {
		return "", adapter.InVerb(Kind, err, verb+" "+id)
	}
	return provider.OutcomeChanged, nil
}

// proveAbsent returns nil if the client is gone for sure. A 404 may also mean that
// the key lost its rights: the proof is that the list of clients works and lacks it,
// or, without a list, that another client can still be read.
func (p *Provider) proveAbsent(ctx context.Context, d *dialect, id int64) error {
	if clientsList.in(d) != nil {
		for client, err := range p.client.Clients.List(ctx, nil) {
			if err != nil {
				return unproven(err)
			}
			if client.ID == id {
				return unproven(nil)
			}
		}
		return nil
	}
	// Without a list: one that was read before, any that can be found, and if the
	// panel never showed one, the key must at least be good.
	before := p.seen.List()
	for _, other := range before {
		if other != id {
			if _, err := p.client.Clients.Get(ctx, other); err == nil {
				return nil
			} else if !errors.Is(err, provider.ErrNotFound) {
				return unproven(err)
			}
		}
	}
	others := p.probeClients(0, p.client.Clients.Get)
	slices.Reverse(others.Segments) // the oldest clients are the likeliest to be there
	for _, err := range others.All(ctx) {
		if err != nil {
			return unproven(err)
		}
		return nil
	}
	if len(before) > 0 {
		return unproven(nil)
	}
	if err := p.client.Server.Ping(ctx); err != nil {
		return unproven(err)
	}
	return nil
}

// unproven is the error when "not found" is no proof.
func unproven(cause error) error {
	return adapter.Unproven(Kind, "client", "clients that were there before are not either: the key may have lost its rights", cause)
}

// SignOn mints a link that opens the customer's panel.
func (p *Provider) SignOn(ctx context.Context, req *provider.SignOnRequest) (*provider.SignOn, error) {
	const verb = "sign on to account"
	if req == nil {
		return nil, provider.Problems{"request": "nil"}.Err(Kind, "", verb)
	}
	n, err := accountID(req.AccountID, verb)
	if err != nil {
		return nil, err
	}
	if err := adapter.CheckSignOn(Kind, verb+" "+req.AccountID, req.Kind, provider.SignOnSession); err != nil {
		return nil, err
	}
	session, err := p.client.Sessions.Create(ctx, n)
	if errors.Is(err, provider.ErrInvalid) {
		// What an unknown client gives is undocumented; a 400 may mean that.
		if _, readErr := p.read(ctx, n); errors.Is(readErr, provider.ErrNotFound) {
			err = readErr
		}
	}
	if err != nil {
		return nil, adapter.InVerb(Kind, err, verb+" "+req.AccountID)
	}
	return &provider.SignOn{Kind: provider.SignOnSession, URL: session.URL, Method: "GET", ExpiresAt: session.ExpiresAt}, nil
}
