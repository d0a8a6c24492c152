package elizon

import (
	"cmp"
	"context"
	"iter"
	"time"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Plans lists the products, including those that are sold out. Native is the *Product, with its
// price.
func (p *Provider) Plans(ctx context.Context) ([]provider.Plan, error) {
	// The catalogue is public, so reading it does not prove that the key is valid.
	if err := p.readable(ctx); err != nil {
		return nil, adapter.InVerb(Kind, err, "list plans")
	}
	catalogue, err := p.client.Products.List(ctx, "")
	if err != nil {
		return nil, adapter.InVerb(Kind, err, "list plans")
	}
	var plans []provider.Plan
	for product := range catalogue.all() {
		plans = append(plans, provider.Plan{ID: product.ID, Name: cmp.Or(product.Name, product.ID), Native: product})
	}
	return plans, nil
}

// statusBatch is how many services one call asks for. The platform's maximum is undocumented.
const statusBatch = 50

// Usage reads the month's traffic of one service.
func (p *Provider) Usage(ctx context.Context, id string) (*provider.UsageReport, error) {
	return adapter.Verb(ctx, p.accounts, "read usage of account", id, nil, func(ctx context.Context, id string) (*provider.UsageReport, error) {
		// The batch leaves out services that do not exist or have no figures.
		detail, err := p.client.Services.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		statuses, err := p.client.Services.StatusBatch(ctx, id)
		if err != nil {
			return nil, err
		}
		return usageOf(p.client.listedAccount(&detail.Service), statuses[id])
	})
}

func usageOf(a *provider.Account, status *LiveStatus) (*provider.UsageReport, error) {
	report := &provider.UsageReport{AccountID: a.ID, Username: a.Username, AsOf: time.Now()}
	switch {
	case status == nil:
		return report, &provider.Error{
			Provider: Kind, Action: "read usage of account " + a.ID, Kind: provider.ErrUnavailable, Message: "the platform has no live state of this service",
		}
	case status.Bandwidth.MonthlyTotalBytes != nil:
		used, ok := adapter.Scaled(*status.Bandwidth.MonthlyTotalBytes, 1)
		if !ok {
			return report, adapter.Impossible(a.ID, provider.MetricTraffic)
		}
		report.Values = append(report.Values, provider.Usage{Metric: provider.MetricTraffic, Unit: provider.UnitBytes, Used: used, LimitUnknown: true})
	}
	return report, nil
}

// FleetUsage reads the month's traffic of all services, 50 in a call. Services for which the
// platform has no state come with an error.
func (p *Provider) FleetUsage(ctx context.Context) iter.Seq2[*provider.UsageReport, error] {
	return adapter.Sequence(ctx, Kind, "read usage of all accounts", func() (iter.Seq2[*provider.UsageReport, error], error) {
		return p.fleetUsage(ctx), nil
	})
}

func (p *Provider) fleetUsage(ctx context.Context) iter.Seq2[*provider.UsageReport, error] {
	return func(yield func(*provider.UsageReport, error) bool) {
		var batch []*provider.Account
		flush := func() bool {
			ids := make([]string, len(batch))
			for i, a := range batch {
				ids[i] = a.ID
			}
			statuses, err := p.client.Services.StatusBatch(ctx, ids...)
			if err != nil {
				yield(nil, err)
				return false
			}
			for _, a := range batch {
				if !yield(usageOf(a, statuses[a.ID])) {
					return false
				}
			}
			batch = batch[:0]
			return true
		}
		for account, err := range p.own(ctx, statusBatch) {
			if account == nil {
				yield(nil, err)
				return
			}
			if err != nil {
				if !yield(&provider.UsageReport{AccountID: account.ID, Username: account.Username}, err) {
					return
				}
				continue
			}
			if batch = append(batch, account); len(batch) == statusBatch && !flush() {
				return
			}
		}
		if len(batch) > 0 {
			flush()
		}
	}
}
