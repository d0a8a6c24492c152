package licenseserver

import (
	"context"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

type change = adapter.Change[int64, made]

// Suspend deactivates the license with the bulk route: toggling twice would undo it.
func (p *Provider) Suspend(ctx context.Context, id string) (provider.Outcome, error) {
	return p.setActive(ctx, id, "suspend account", false, p.client.Licenses.BulkDeactivate)
}

// Unsuspend activates the license.
func (p *Provider) Unsuspend(ctx context.Context, id string) (provider.Outcome, error) {
	return p.setActive(ctx, id, "unsuspend account", true, p.client.Licenses.BulkActivate)
}

func (p *Provider) setActive(ctx context.Context, id, verb string, active bool, set func(context.Context, ...int64) (*Receipt, error)) (provider.Outcome, error) {
	return p.whole.Change(ctx, id, change{
		Verb: verb, Concerns: "suspension", Already: func(m *made) bool { return m.license.Active == active },
		Do: func(ctx context.Context, n int64, _ *made) error { _, err := set(ctx, n); return err },
	})
}

// ChangePlan sets the license's limits to those of another plan. Its end date stays.
func (p *Provider) ChangePlan(ctx context.Context, id, plan string) (provider.Outcome, error) {
	const verb = "change plan of account"
	if len(p.client.plans) == 0 {
		return "", noPlans(verb)
	}
	wanted, problem := p.plan(plan)
	change := p.limit(limits{activations: wanted.MaxActivations, users: wanted.MaxUsers})
	change.Verb, change.Input = verb, adapter.Input("plan", problem)
	return p.whole.Change(ctx, id, change)
}

func noPlans(action string) error {
	return &provider.Error{Provider: Kind, Action: action, Kind: provider.ErrUnsupported, Message: "the server has no plans: set yours with WithPlans"}
}

// Adopt marks an existing license with a reference, under its present name. Its key must be known
// from a name plate or from the panel's search, and it needs a free activation until the marker is
// deactivated. A marker that is outdated or not valid stays behind the new one.
func (p *Provider) Adopt(ctx context.Context, id, reference string) (provider.Outcome, error) {
	input := adapter.Input("reference", provider.ReferenceProblem(reference))
	return adapter.Verb(ctx, p.whole, "adopt account", id, input, func(ctx context.Context, n int64) (provider.Outcome, error) {
		plate, err := p.look(ctx, n)
		if err != nil {
			return "", err
		}
		m, err := p.fill(ctx, plate)
		if err != nil {
			return "", err
		}
		outcome := provider.OutcomeAlready
		if plate = m.plate; plate.marker == 0 || plate.state.Outdated && plate.reference == reference {
			outcome = provider.OutcomeAdopted
			if plate, err = p.mark(ctx, n, m.license.Key, plate.username, reference, madeByAdopt); err != nil {
				return "", err
			}
		}
		switch taken := plate.reference != reference; {
		case taken && outcome == provider.OutcomeAdopted:
			return "", provider.MaybeMade(p.accounts.Taken(plate)) // another program was first, and our marker stays behind it
		case taken:
			return "", p.accounts.Taken(plate)
		}
		if plate.on && !plate.unfinished {
			outcome = provider.OutcomeAdopted
			if err := p.release(ctx, plate); err != nil {
				return "", provider.Unresolved(nil, err) // the adoption is incomplete
			}
		}
		return outcome, nil
	})
}
