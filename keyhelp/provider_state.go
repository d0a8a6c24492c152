package keyhelp

import (
	"context"

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
	return p.accounts.Change(ctx, id, change{
		Verb: verb, Concerns: "suspension",
		Already: func(c *ClientAccount) bool { return c.Locked == locked },
		Do:      p.update(&ClientUpdateRequest{Locked: &locked}),
	})
}

func (p *Provider) update(request *ClientUpdateRequest) func(context.Context, int64, *ClientAccount) error {
	return func(ctx context.Context, id int64, _ *ClientAccount) error {
		return p.client.Clients.Update(ctx, id, request)
	}
}

// ChangePlan puts the client on another hosting plan. A panel that does not show a client's plan is
// trusted when it accepts the change.
func (p *Provider) ChangePlan(ctx context.Context, id, plan string) (provider.Outcome, error) {
	wanted, problem := planID(plan)
	return p.accounts.Change(ctx, id, change{
		Verb: "change plan of account", Concerns: "plan", Input: adapter.Input("plan", problem),
		Already: func(c *ClientAccount) bool { return c.HostingPlanID == wanted },
		Made:    func(c *ClientAccount) bool { return c.HostingPlanID == wanted || c.HostingPlanID == 0 },
		Do:      p.update(&ClientUpdateRequest{HostingPlanID: &wanted}),
	})
}

// ChangePassword sets the password of the panel login.
func (p *Provider) ChangePassword(ctx context.Context, id string, password provider.Secret) (provider.Outcome, error) {
	input := adapter.Input("password", passwordPolicy.Problem(password))
	return adapter.Verb(ctx, p.accounts, "change password of account", id, input, func(ctx context.Context, n int64) (provider.Outcome, error) {
		return provider.OutcomeChanged, p.client.Clients.Update(ctx, n, &ClientUpdateRequest{Password: &password})
	})
}

// Adopt marks an existing client with a reference.
func (p *Provider) Adopt(ctx context.Context, id, reference string) (provider.Outcome, error) {
	return p.accounts.Adopt(ctx, id, reference, func(ctx context.Context, n int64, now *ClientAccount) error {
		d, err := p.dialect(ctx)
		if err != nil {
			return err
		}
		markers := p.client.rest.Markers()
		if d.client.has("Notes") {
			return p.client.Clients.Update(ctx, n, &ClientUpdateRequest{Notes: new(markers.Mark(now.Notes, reference, now.LoginName))})
		}
		return p.client.Clients.Update(ctx, n, &ClientUpdateRequest{DisplayName: new(markers.Mark(now.DisplayName, reference, now.LoginName))})
	})
}
