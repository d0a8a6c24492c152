package elizon

import (
	"context"
	"iter"
	"strings"
	"time"

	"github.com/provkit/provkit/provider"
)

// statusBatch is how many services are asked for at once. The platform's maximum is
// undocumented.
const statusBatch = 50

// Usage reads the month's traffic of one service.
func (p *Provider) Usage(ctx context.Context, id string) (*provider.UsageReport, error) {
	const verb = "read usage of account"
	if err := checkID(id, verb); err != nil {
		return nil, err
	}
	action := verb + " " + id
	// The batch leaves out what it does not know, and what it has no figures of.
	detail, err := p.client.Services.Get(ctx, id)
	if err != nil {
		return nil, named(err, action)
	}
	statuses, err := p.client.Services.StatusBatch(ctx, id)
	if err != nil {
		return nil, named(err, action)
	}
	report, err := usageOf(listedAccount(&detail.Service), statuses[id])
	if err != nil {
		return nil, named(err, action)
	}
	return report, nil
}

func usageOf(a *provider.Account, status *LiveStatus) (*provider.UsageReport, error) {
	report := &provider.UsageReport{AccountID: a.ID, Username: a.Username, AsOf: time.Now()}
	switch {
	case status == nil:
		return report, &provider.Error{Provider: Kind, Kind: provider.ErrUnavailable, Message: "the platform tells no live state of service " + a.ID}
	case strings.Contains(string(status.Raw), `"monthlyTotalBytes"`):
		report.Values = append(report.Values, provider.Usage{
			Metric: provider.MetricTraffic, Unit: provider.UnitBytes, Used: max(0, status.Bandwidth.MonthlyTotalBytes), LimitUnknown: true,
		})
	}
	return report, nil
}

// FleetUsage reads the month's traffic of all services, 50 in a call. Services of which
// the platform tells nothing come with an error.
func (p *Provider) FleetUsage(ctx context.Context) iter.Seq2[*provider.UsageReport, error] {
	return func(yield func(*provider.UsageReport, error) bool) {
		var batch []*provider.Account
		flush := func() bool {
			ids := make([]string, len(batch))
			for i, a := range batch {
				ids[i] = a.ID
			}
			statuses, err := p.client.Services.StatusBatch(ctx, ids...)
			if err != nil {
				yield(nil, named(err, "read usage of all accounts"))
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
		for account, err := range p.List(ctx, &provider.ListOptions{PageSize: statusBatch}) {
			if err != nil {
				yield(nil, named(err, "read usage of all accounts"))
				return
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
