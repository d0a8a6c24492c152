package providertest

import (
	"context"
	"fmt"

	"github.com/provkit/provkit/provider"
)

// look returns the row of a verb that changes nothing. run returns a function that compares the
// verb's results with the truth.
func look(name string, run func(context.Context, provider.Provider, *trial) (wrong func([]Truth) string, err error)) verb {
	return verb{
		name: name, reads: true, prepare: target,
		run: func(ctx context.Context, p provider.Provider, k *trial) result {
			wrong, err := run(ctx, p, k)
			return result{err: err, wrong: wrong}
		},
		done: func(k *trial, after []Truth) string { return difference(k.before, after, "") },
	}
}

// verbSignOn may be repeated without harm: the outcome of a lost sign-on may be unknown.
func verbSignOn() verb {
	v := look("sign-on", func(ctx context.Context, p provider.Provider, k *trial) (func([]Truth) string, error) {
		in, err := p.SignOn(ctx, &provider.SignOnRequest{AccountID: k.id})
		return func([]Truth) string { return opens(in) }, err
	})
	v.free = true
	return v
}

func verbCheck() verb {
	return look("check", func(ctx context.Context, p provider.Provider, _ *trial) (func([]Truth) string, error) {
		report, err := p.Check(ctx)
		if report == nil {
			return nil, fmt.Errorf("no report beside %w", err)
		}
		return func([]Truth) string {
			return unless(report.OK(), "a step failed, but Check says nothing of it")
		}, err
	})
}

func verbGet() verb {
	return look("get", func(ctx context.Context, p provider.Provider, k *trial) (func([]Truth) string, error) {
		a, err := p.Get(ctx, k.id)
		return k.isTarget(a), err
	})
}

func verbFind() verb {
	return look("find", func(ctx context.Context, p provider.Provider, k *trial) (func([]Truth) string, error) {
		a, err := p.Find(ctx, provider.Query{Username: k.req.Username})
		return k.isTarget(a), err
	})
}

func (k *trial) isTarget(a *provider.Account) func([]Truth) string {
	return func(after []Truth) string {
		truth, _ := find(after, k.id)
		return shows(a, truth)
	}
}

func verbList() verb {
	return look("list", func(ctx context.Context, p provider.Provider, _ *trial) (func([]Truth) string, error) {
		got, err := list(ctx, p, nil)
		return func(after []Truth) string { return listed(got, after) }, err
	})
}

func verbPlans() verb {
	return look("plans", func(ctx context.Context, p provider.Provider, k *trial) (func([]Truth) string, error) {
		plans, err := optional[provider.PlanLister](p).Plans(ctx)
		return func([]Truth) string {
			for _, plan := range plans {
				if plan.ID == k.req.Plan {
					return ""
				}
			}
			return unless(k.req.Plan == "", fmt.Sprintf("%d plans, without %q", len(plans), k.req.Plan))
		}, err
	})
}

func verbUsage() verb {
	return look("usage", func(ctx context.Context, p provider.Provider, k *trial) (func([]Truth) string, error) {
		report, err := optional[provider.UsageReader](p).Usage(ctx, k.id)
		return func([]Truth) string {
			return unless(report != nil && report.AccountID == k.id && len(report.Values) > 0, "not the figures of this account")
		}, err
	})
}

func verbFleetUsage() verb {
	return look("fleet usage", func(ctx context.Context, p provider.Provider, _ *trial) (func([]Truth) string, error) {
		reports, err := fleetUsage(ctx, p)
		return func(after []Truth) string { return fleetListed(reports, after) }, err
	})
}
