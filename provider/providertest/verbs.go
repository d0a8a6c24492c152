package providertest

import (
	"context"

	"github.com/provkit/provkit/provider"
)

// call is a call of a verb for one account, of which only the error matters.
type call struct {
	name    string
	cap     provider.Capability
	changes bool
	run     func(ctx context.Context, p provider.Provider, id string) error
}

// calls returns the declared verbs that take an ID, and Poll if the adapter has it. It leaves out
// verbs that need something that the world lacks.
func (c *probe) calls() []call {
	var found []call
	add := func(name string, of provider.Capability, changes bool, run func(context.Context, provider.Provider, string) error) {
		if c.has(of) {
			found = append(found, call{name, of, changes, run})
		}
	}
	add("Get", provider.CapGet, false, func(ctx context.Context, p provider.Provider, id string) error {
		_, err := p.Get(ctx, id)
		return err
	})
	add("Suspend", provider.CapSuspend, true, func(ctx context.Context, p provider.Provider, id string) error {
		_, err := p.Suspend(ctx, id)
		return err
	})
	add("Unsuspend", provider.CapUnsuspend, true, func(ctx context.Context, p provider.Provider, id string) error {
		_, err := p.Unsuspend(ctx, id)
		return err
	})
	add("Terminate", provider.CapTerminate, true, func(ctx context.Context, p provider.Provider, id string) error {
		_, err := p.Terminate(ctx, id)
		return err
	})
	add("SignOn", provider.CapSignOn, false, func(ctx context.Context, p provider.Provider, id string) error {
		_, err := p.SignOn(ctx, &provider.SignOnRequest{AccountID: id})
		return err
	})
	if c.w.OtherPlan != "" {
		add("ChangePlan", provider.CapChangePlan, true, func(ctx context.Context, p provider.Provider, id string) error {
			_, err := optional[provider.PlanChanger](p).ChangePlan(ctx, id, c.w.OtherPlan)
			return err
		})
	}
	add("ChangePassword", provider.CapChangePassword, true, func(ctx context.Context, p provider.Provider, id string) error {
		_, err := optional[provider.PasswordChanger](p).ChangePassword(ctx, id, c.w.Request(3).Password)
		return err
	})
	add("Usage", provider.CapUsage, false, func(ctx context.Context, p provider.Provider, id string) error {
		_, err := optional[provider.UsageReader](p).Usage(ctx, id)
		return err
	})
	add("Adopt", provider.CapAdopt, true, func(ctx context.Context, p provider.Provider, id string) error {
		_, err := optional[provider.Adopter](p).Adopt(ctx, id, c.w.Request(3).Reference)
		return err
	})
	add("Renew", provider.CapRenew, true, func(ctx context.Context, p provider.Provider, id string) error {
		_, err := optional[provider.Renewer](p).Renew(ctx, id)
		return err
	})
	add("Cancel", provider.CapCancel, true, func(ctx context.Context, p provider.Provider, id string) error {
		_, err := optional[provider.Canceler](p).Cancel(ctx, id)
		return err
	})
	add("UndoCancel", provider.CapCancel, true, func(ctx context.Context, p provider.Provider, id string) error {
		_, err := optional[provider.Canceler](p).UndoCancel(ctx, id)
		return err
	})
	add("Power", provider.CapPower, true, func(ctx context.Context, p provider.Provider, id string) error {
		_, err := optional[provider.PowerController](p).Power(ctx, id, provider.PowerOff)
		return err
	})
	if c.w.Image != "" {
		add("Reinstall", provider.CapReinstall, true, func(ctx context.Context, p provider.Provider, id string) error {
			_, err := optional[provider.Reinstaller](p).Reinstall(ctx, c.reinstall(id))
			return err
		})
	}
	if offers[provider.Poller](c.p) {
		add("Poll", provider.CapGet, false, func(ctx context.Context, p provider.Provider, id string) error {
			_, err := optional[provider.Poller](p).Poll(ctx, id)
			return err
		})
	}
	return found
}

// reads returns the declared verbs that do not take an ID.
func (c *probe) reads() []call {
	var found []call
	add := func(name string, of provider.Capability, run func(context.Context, provider.Provider) error) {
		if c.has(of) {
			found = append(found, call{name, of, false, func(ctx context.Context, p provider.Provider, _ string) error {
				return run(ctx, p)
			}})
		}
	}
	add("Check", provider.CapCheck, func(ctx context.Context, p provider.Provider) error {
		_, err := p.Check(ctx)
		return err
	})
	add("Find", provider.CapFind, func(ctx context.Context, p provider.Provider) error {
		_, err := p.Find(ctx, provider.Query{Username: c.w.Request(0).Username})
		return err
	})
	add("List", provider.CapList, func(ctx context.Context, p provider.Provider) error {
		_, err := list(ctx, p, nil)
		return err
	})
	add("Plans", provider.CapPlans, func(ctx context.Context, p provider.Provider) error {
		_, err := optional[provider.PlanLister](p).Plans(ctx)
		return err
	})
	add("FleetUsage", provider.CapFleetUsage, func(ctx context.Context, p provider.Provider) error {
		_, err := fleetUsage(ctx, p)
		return err
	})
	return found
}

// optional returns an interface that probe.has has found.
func optional[T any](p provider.Provider) T {
	found, _ := provider.As[T](p)
	return found
}

func list(ctx context.Context, p provider.Provider, opts *provider.ListOptions) ([]*provider.Account, error) {
	var all []*provider.Account
	for a, err := range optional[provider.Lister](p).List(ctx, opts) {
		if err != nil {
			return all, err
		}
		all = append(all, a)
	}
	return all, nil
}

// fleetUsage reads the usage of all accounts. An error of one account counts as an error of the verb.
func fleetUsage(ctx context.Context, p provider.Provider) ([]*provider.UsageReport, error) {
	var all []*provider.UsageReport
	var failed error
	for r, err := range optional[provider.FleetUsageReader](p).FleetUsage(ctx) {
		if err != nil {
			failed = err
			continue
		}
		all = append(all, r)
	}
	return all, failed
}

func (c *probe) reinstall(id string) *provider.ReinstallRequest {
	return &provider.ReinstallRequest{AccountID: id, Image: c.w.Image, Password: c.w.Request(3).Password}
}

// undo brings an account into a state in which the verb has something to change.
func (c *probe) undo(name, id string) {
	c.Helper()
	switch name {
	case "Unsuspend":
		_, err := c.p.Suspend(c.context(), id)
		c.ok(err, "suspend %s", id)
	case "UndoCancel":
		_, err := optional[provider.Canceler](c.p).Cancel(c.context(), id)
		c.ok(err, "cancel %s", id)
	}
}
