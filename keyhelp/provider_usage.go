package keyhelp

import (
	"context"
	"errors"
	"iter"
	"sync"
	"time"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Plans lists the hosting plans, or those of WithPlans on a panel without that endpoint.
func (p *Provider) Plans(ctx context.Context) ([]provider.Plan, error) {
	var plans []provider.Plan
	for plan, err := range insisted(p.client.HostingPlans.List(ctx, nil)) {
		if errors.Is(err, provider.ErrNotFound) && len(p.client.settings.plans) > 0 {
			for i := range p.client.settings.plans {
				plans = append(plans, portablePlan(&p.client.settings.plans[i]))
			}
			return plans, nil
		}
		if plan == nil || plan.ID <= 0 { // what else is odd about a plan does not hide it
			return nil, adapter.InVerb(Kind, err, "list plans")
		}
		plans = append(plans, portablePlan(plan))
	}
	return plans, nil
}

func portablePlan(plan *HostingPlan) provider.Plan {
	out := provider.Plan{ID: idText(plan.ID), Name: plan.Name, Native: plan}
	r := plan.Resources
	for _, limit := range []struct {
		metric string
		unit   provider.Unit
		max    *int64
	}{
		{provider.MetricDisk, provider.UnitBytes, r.DiskSpace},
		{provider.MetricTraffic, provider.UnitBytes, r.Traffic},
		{provider.MetricDomains, provider.UnitCount, r.Domains},
		{provider.MetricSubdomains, provider.UnitCount, r.Subdomains},
		{provider.MetricEmailAccounts, provider.UnitCount, r.EmailAccounts},
		{provider.MetricDatabases, provider.UnitCount, r.Databases},
		{provider.MetricFTPUsers, provider.UnitCount, r.FTPUsers},
	} {
		if limit.max != nil {
			out.Limits = append(out.Limits, usage(limit.metric, limit.unit, &Figure{Max: limit.max}))
		}
	}
	return out
}

func usage(metric string, unit provider.Unit, f *Figure) provider.Usage {
	u := provider.Usage{Metric: metric, Unit: unit, Used: f.Used}
	switch {
	case f.Max == nil:
		u.LimitUnknown = true
	case *f.Max < 0:
		u.Unlimited = true
	default:
		u.Limit = *f.Max
	}
	return u
}

// Usage reads the usage of one account.
func (p *Provider) Usage(ctx context.Context, id string) (*provider.UsageReport, error) {
	return adapter.Verb(ctx, p.accounts, "read usage of account", id, nil, p.usage)
}

func (p *Provider) usage(ctx context.Context, id int64) (*provider.UsageReport, error) {
	asOf := time.Now()
	stats, err := p.client.Clients.Stats(ctx, id)
	if err != nil {
		return nil, err
	}
	report := &provider.UsageReport{AccountID: idText(id), AsOf: asOf}
	for _, figure := range []struct {
		metric string
		unit   provider.Unit
		figure *Figure
	}{
		{provider.MetricDisk, provider.UnitBytes, stats.Disk},
		{provider.MetricTraffic, provider.UnitBytes, stats.Traffic},
		{provider.MetricDomains, provider.UnitCount, stats.Domains},
		{provider.MetricSubdomains, provider.UnitCount, stats.Subdomains},
		{provider.MetricEmailAccounts, provider.UnitCount, stats.EmailAccounts},
		{provider.MetricDatabases, provider.UnitCount, stats.Databases},
		{provider.MetricFTPUsers, provider.UnitCount, stats.FTPUsers},
		{"email_addresses", provider.UnitCount, stats.EmailAddresses},
		{"email_forwardings", provider.UnitCount, stats.EmailForwardings},
		{"scheduled_tasks", provider.UnitCount, stats.ScheduledTasks},
		{"files", provider.UnitCount, stats.Files},
	} {
		if figure.figure != nil {
			if _, ok := adapter.Scaled(figure.figure.Used, 1); !ok {
				return nil, adapter.Impossible(idText(id), figure.metric)
			}
			report.Values = append(report.Values, usage(figure.metric, figure.unit, figure.figure))
		}
	}
	return report, nil
}

// listedUsage reads the usage of a client that was there a moment ago; nil if it is gone since. The panel's "not
// found" names nobody: the client itself is read before that is believed.
func (p *Provider) listedUsage(ctx context.Context, client *ClientAccount) (report *provider.UsageReport, err error) {
	report, err = p.usage(ctx, client.ID)
	if errors.Is(err, provider.ErrNotFound) {
		if _, err = p.look(ctx, client.ID); errors.Is(err, provider.ErrNotFound) {
			if _, err = p.accounts.ProveAbsent(ctx, client.ID); err == nil {
				return nil, nil
			}
		} else if err == nil {
			report, err = p.usage(ctx, client.ID)
		}
	}
	if report == nil {
		report = &provider.UsageReport{AccountID: idText(client.ID)}
	}
	report.Username = client.LoginName
	return report, adapter.InVerb(Kind, adapter.NotOfAccount(err), "read usage of account "+report.AccountID)
}

// fleetWorkers limits how many accounts are read at once.
const fleetWorkers = 8

// FleetUsage reads the usage of all accounts, several at a time, in the order of the list. The API
// has no call for all of them. An account that disappears meanwhile is left out.
func (p *Provider) FleetUsage(ctx context.Context) iter.Seq2[*provider.UsageReport, error] {
	type result struct {
		report *provider.UsageReport
		err    error
	}
	const verb = "read usage of all accounts"
	return func(yield func(*provider.UsageReport, error) bool) {
		caller := ctx
		ctx, cancel := context.WithCancel(caller)
		var workers sync.WaitGroup
		defer workers.Wait()
		defer cancel()
		// The queue of pending results keeps the order and limits the number of calls under way.
		queue := make(chan chan result, fleetWorkers)
		workers.Go(func() {
			defer close(queue)
			clients := adapter.Sequence(ctx, Kind, verb, func() (iter.Seq2[*ClientAccount, error], error) { return p.clients(ctx, 0), nil })
			for client, err := range clients {
				answer := make(chan result, 1)
				select {
				case queue <- answer:
				case <-ctx.Done():
					return
				}
				if client == nil {
					answer <- result{err: err}
					return
				}
				if err != nil {
					answer <- result{&provider.UsageReport{AccountID: idText(client.ID), Username: client.LoginName}, err}
					continue
				}
				workers.Go(func() {
					report, err := p.listedUsage(ctx, client)
					answer <- result{report, err}
				})
			}
		})
		for answer := range queue {
			r := <-answer
			if r.report == nil && r.err == nil {
				continue
			}
			if !yield(r.report, r.err) {
				return
			}
		}
		// The queue also ends early when the caller's context does.
		if err := caller.Err(); err != nil {
			yield(nil, &provider.Error{Provider: Kind, Action: verb, Message: p.client.rest.Say("%v", err), Err: err})
		}
	}
}
