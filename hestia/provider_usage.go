package hestia

import (
	"context"
	"iter"
	"time"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Plans lists the packages. Limits that cannot be read are unknown.
func (p *Provider) Plans(ctx context.Context) ([]provider.Plan, error) {
	var plans []provider.Plan
	for pack, err := range inhabited(p.client.Packages.List(ctx), "packages") {
		if err != nil && (pack == nil || pack.Name == "") {
			return nil, adapter.InVerb(Kind, err, "list plans")
		}
		plan := provider.Plan{ID: pack.Name, Name: pack.Name, Native: pack}
		plan.Limits, _ = figures("", pack.Limits, UserUsage{})
		plans = append(plans, plan)
	}
	return plans, nil
}

// Usage reads what one account uses.
func (p *Provider) Usage(ctx context.Context, id string) (*provider.UsageReport, error) {
	return adapter.Verb(ctx, p.accounts, "read usage of account", id, nil, func(ctx context.Context, login string) (*provider.UsageReport, error) {
		asOf := time.Now()
		user, err := p.customer(ctx, login)
		if err != nil {
			return nil, err
		}
		return report(user, asOf, nil)
	})
}

// FleetUsage reads what all accounts use, in one call. An account whose record cannot be read comes without figures.
func (p *Provider) FleetUsage(ctx context.Context) iter.Seq2[*provider.UsageReport, error] {
	return adapter.Sequence(ctx, Kind, "read usage of all accounts", func() (iter.Seq2[*provider.UsageReport, error], error) {
		asOf := time.Now()
		return func(yield func(*provider.UsageReport, error) bool) {
			for user, err := range p.customers(ctx) {
				var used *provider.UsageReport
				if user != nil {
					used, err = report(user, asOf, err)
				}
				if !yield(used, err) {
					return
				}
			}
		}, nil
	})
}

// report returns an account's figures, or none beside an error.
func report(u *User, asOf time.Time, odd error) (*provider.UsageReport, error) {
	r := &provider.UsageReport{AccountID: u.Login, Username: u.Login, AsOf: asOf}
	if odd != nil {
		return r, odd
	}
	var err error
	r.Values, err = figures(u.Login, u.Limits, u.Usage)
	return r, err
}

const megabyte = 1 << 20

func figures(login string, limits UserLimits, used UserUsage) (values []provider.Usage, err error) {
	figure := func(metric string, unit provider.Unit, n int64, limit Limit, scale int64) {
		u := provider.Usage{Metric: metric, Unit: unit, Unlimited: limit.Unlimited, LimitUnknown: limit.Unknown}
		ok := true
		if u.Used, ok = adapter.Scaled(n, scale); !ok {
			err = adapter.Impossible(login, metric)
		}
		if !limit.Unlimited && !limit.Unknown {
			u.Limit, ok = adapter.Scaled(limit.N, scale)
			u.LimitUnknown = !ok
		}
		values = append(values, u)
	}
	// The panel limits mailboxes per domain and counts them per user.
	mailboxes := NoLimit()
	if !limits.MailAccounts.Unlimited {
		mailboxes = Limit{Unknown: true}
	}
	figure(provider.MetricDisk, provider.UnitBytes, used.Disk, limits.DiskQuota, megabyte)
	figure(provider.MetricTraffic, provider.UnitBytes, used.Bandwidth, limits.Bandwidth, megabyte)
	figure(provider.MetricDomains, provider.UnitCount, used.WebDomains, limits.WebDomains, 1)
	figure(provider.MetricEmailAccounts, provider.UnitCount, used.MailAccounts, mailboxes, 1)
	figure(provider.MetricDatabases, provider.UnitCount, used.Databases, limits.Databases, 1)
	figure("dns_domains", provider.UnitCount, used.DNSDomains, limits.DNSDomains, 1)
	figure("mail_domains", provider.UnitCount, used.MailDomains, limits.MailDomains, 1)
	figure("cron_jobs", provider.UnitCount, used.CronJobs, limits.CronJobs, 1)
	figure("backups", provider.UnitCount, used.Backups, limits.Backups, 1)
	if err != nil {
		return nil, err
	}
	return values, nil
}
