package licenseserver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Metrics of a license. The server does not report how many users there are, so metricUsers is the
// limit only.
const (
	metricActivations = "activations"
	metricUsers       = "max_users"
	metricResources   = "resources"
)

// Plans lists the plans of WithPlans. It makes one call to the panel, so that an unreachable server
// is an error here too.
func (p *Provider) Plans(ctx context.Context) ([]provider.Plan, error) {
	const verb = "list plans"
	if len(p.client.plans) == 0 {
		return nil, noPlans(verb)
	}
	if _, err := p.client.Monitoring.Dashboard(ctx); err != nil {
		return nil, adapter.InVerb(Kind, err, verb)
	}
	plans := make([]provider.Plan, 0, len(p.client.plans))
	for _, plan := range p.client.plans {
		plans = append(plans, provider.Plan{ID: plan.ID, Name: cmp.Or(plan.Name, plan.ID), Native: &plan, Limits: []provider.Usage{
			{Metric: metricActivations, Unit: provider.UnitCount, Limit: plan.MaxActivations},
			{Metric: metricUsers, Unit: provider.UnitCount, Limit: plan.MaxUsers},
		}})
	}
	return plans, nil
}

// plan returns the plan with an ID, or the problem with the ID.
func (p *Provider) plan(id string) (Plan, string) {
	for _, plan := range p.client.plans {
		if plan.ID == id {
			return plan, ""
		}
	}
	if id == "" {
		return Plan{}, "required"
	}
	return Plan{}, fmt.Sprintf("%q is not one of the plans of WithPlans", adapter.Shorten(id))
}

// Usage reads the usage of one account: the machines that the license is activated on, without its
// marker, the limit of users, and its resources.
func (p *Provider) Usage(ctx context.Context, id string) (*provider.UsageReport, error) {
	return adapter.Verb(ctx, p.whole, "read usage of account", id, nil, func(ctx context.Context, n int64) (*provider.UsageReport, error) {
		plate, err := p.look(ctx, n)
		if err != nil {
			return nil, err
		}
		m, err := p.fill(ctx, plate)
		if err != nil {
			return nil, err
		}
		return p.usage(ctx, m)
	})
}

func (p *Provider) usage(ctx context.Context, m *made) (*provider.UsageReport, error) {
	report := &provider.UsageReport{AccountID: idText(m.license.ID), Username: m.plate.username, AsOf: time.Now()}
	used, resources := int64(0), int64(0)
	for _, a := range m.license.Activations {
		if a.Active {
			used++
		}
	}
	for r, err := range p.client.Resources.List(ctx, m.license.ID) {
		if r == nil {
			return report, err
		}
		resources++
	}
	report.Values = []provider.Usage{limited(metricActivations, used, m.license.MaxActivations)}
	if users := m.license.MaxUsers; users != 0 { // 0 is unknown
		report.Values = append(report.Values, provider.Usage{
			Metric: metricUsers, Unit: provider.UnitCount, Used: max(users, 0), Unlimited: users < 0, LimitUnknown: users > 0,
		})
	}
	report.Values = append(report.Values, provider.Usage{Metric: metricResources, Unit: provider.UnitCount, Used: resources, LimitUnknown: true})
	return report, nil
}

// limited is a number with its limit: -1 is none, 0 is unknown.
func limited(metric string, used, limit int64) provider.Usage {
	return provider.Usage{
		Metric: metric, Unit: provider.UnitCount, Used: used, Limit: max(limit, 0), Unlimited: limit < 0, LimitUnknown: limit == 0,
	}
}

// FleetUsage reads the usage of all licenses, one after the other. The API has no call for all of
// them. A license that disappears meanwhile is left out; for one whose key is unknown, the report
// comes with an error.
func (p *Provider) FleetUsage(ctx context.Context) iter.Seq2[*provider.UsageReport, error] {
	return adapter.Sequence(ctx, Kind, "read usage of all accounts", func() (iter.Seq2[*provider.UsageReport, error], error) {
		return func(yield func(*provider.UsageReport, error) bool) {
			for plate, err := range p.plates(ctx, 0, whole) {
				if plate == nil {
					yield(nil, err)
					return
				}
				report := &provider.UsageReport{AccountID: idText(plate.license), Username: plate.username}
				var m *made
				if err == nil {
					m, err = p.fill(ctx, plate)
				}
				if err == nil {
					report, err = p.usage(ctx, m)
				}
				if errors.Is(err, provider.ErrNotFound) {
					if _, err = p.accounts.ProveAbsent(ctx, plate.license); err == nil {
						continue // removed meanwhile
					}
				}
				if !yield(report, adapter.InVerb(Kind, err, "read usage of account "+report.AccountID)) {
					return
				}
			}
		}, nil
	})
}
