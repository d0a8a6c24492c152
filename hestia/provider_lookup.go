package hestia

import (
	"context"
	"errors"
	"iter"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Find looks an account up: by user name in one call, by domain in two, otherwise
// by listing the users.
func (p *Provider) Find(ctx context.Context, q provider.Query) (*provider.Account, error) {
	action, err := adapter.CheckQuery(Kind, q, "")
	if err != nil {
		return nil, err
	}
	login := q.Username
	if q.Domain != "" {
		owner, err := p.client.Domains.SearchOwner(ctx, strings.ToLower(q.Domain), nil)
		if err != nil {
			return nil, adapter.InVerb(Kind, err, action)
		}
		if login != "" && !strings.EqualFold(login, owner) {
			return nil, adapter.NotFound(Kind, action)
		}
		login = owner
	}
	var found *provider.Account
	if login != "" {
		found, err = p.byLogin(ctx, login)
	} else {
		found, err = p.bySearch(ctx, q)
	}
	switch {
	case err != nil:
		return nil, adapter.InVerb(Kind, err, action)
	case !adapter.Matches(found, q):
		return nil, adapter.NotFound(Kind, action)
	}
	found.Domain = q.Domain
	return found, nil
}

func (p *Provider) byLogin(ctx context.Context, login string) (*provider.Account, error) {
	if checkID(login, "") != nil {
		return nil, adapter.NotFound(Kind, "") // no user can have that name
	}
	user, err := p.customer(ctx, login)
	if lower := strings.ToLower(login); errors.Is(err, provider.ErrNotFound) && lower != login {
		// The panel tells cases apart; people do not, and Create makes lower case only.
		user, err = p.customer(ctx, lower)
	}
	if errors.Is(err, provider.ErrForbidden) && user == nil && isAdmin(err) {
		return nil, adapter.NotFound(Kind, "")
	}
	if err != nil {
		return nil, err
	}
	return account(user), nil
}

// isAdmin tells customer's own refusal from the panel's.
func isAdmin(err error) bool {
	var code ExitCode
	return !errors.As(err, &code)
}

func (p *Provider) bySearch(ctx context.Context, q provider.Query) (*provider.Account, error) {
	var found *provider.Account
	for a, err := range p.List(ctx, nil) {
		switch {
		case err != nil:
			return nil, err
		case !adapter.Matches(a, q):
		case found != nil:
			return nil, adapter.BothMatch(Kind, "", "users", found.ID, a.ID)
		default:
			found = a
		}
	}
	if found == nil {
		return nil, adapter.NotFound(Kind, "")
	}
	return found, nil
}

// List lists all customers, in one call.
func (p *Provider) List(ctx context.Context, opts *provider.ListOptions) iter.Seq2[*provider.Account, error] {
	return func(yield func(*provider.Account, error) bool) {
		if _, err := adapter.PageSize(Kind, opts); err != nil {
			yield(nil, err)
			return
		}
		for user, err := range p.users(ctx) {
			if err != nil {
				yield(nil, adapter.InVerb(Kind, err, "list accounts"))
				return
			}
			if user.Role != roleAdmin && !yield(account(user), nil) {
				return
			}
		}
	}
}

// users lists all users, administrators included.
func (p *Provider) users(ctx context.Context) iter.Seq2[*User, error] {
	return inhabited(p.client.Users.List(ctx), "users")
}

// inhabited refuses an empty list of what no panel can be without: the root user, the
// package "default". The legacy engine marks its answers in no way, so that an empty
// object from anywhere would pass for a list, and for proof that an account is gone.
func inhabited[T any](list iter.Seq2[*T, error], what string) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		empty := true
		for thing, err := range list {
			empty = false
			if !yield(thing, err) {
				return
			}
		}
		if empty {
			yield(nil, &provider.Error{Provider: Kind, Kind: provider.ErrProtocol, Message: "the list of " + what + " is empty, which it cannot be"})
		}
	}
}

// Plans lists the packages.
func (p *Provider) Plans(ctx context.Context) ([]provider.Plan, error) {
	var plans []provider.Plan
	for pack, err := range inhabited(p.client.Packages.List(ctx), "packages") {
		if err != nil {
			return nil, adapter.InVerb(Kind, err, "list plans")
		}
		plan := provider.Plan{ID: pack.Name, Name: pack.Name, Native: pack}
		plan.Limits = figures(pack.Limits, UserUsage{})
		plans = append(plans, plan)
	}
	return plans, nil
}

// Usage reads the figures of one account.
func (p *Provider) Usage(ctx context.Context, id string) (*provider.UsageReport, error) {
	const verb = "read usage of account"
	if err := checkID(id, verb); err != nil {
		return nil, err
	}
	asOf := time.Now()
	user, err := p.customer(ctx, id)
	if err != nil {
		return nil, adapter.InVerb(Kind, err, verb+" "+id)
	}
	return report(user, asOf), nil
}

// FleetUsage reads the figures of all accounts in one call.
func (p *Provider) FleetUsage(ctx context.Context) iter.Seq2[*provider.UsageReport, error] {
	return func(yield func(*provider.UsageReport, error) bool) {
		asOf := time.Now()
		for user, err := range p.users(ctx) {
			if err != nil {
				yield(nil, adapter.InVerb(Kind, err, "read usage of all accounts"))
				return
			}
			if user.Role != roleAdmin && !yield(report(user, asOf), nil) {
				return
			}
		}
	}
}

func report(u *User, asOf time.Time) *provider.UsageReport {
	return &provider.UsageReport{AccountID: u.Login, Username: u.Login, AsOf: asOf, Values: figures(u.Limits, u.Usage)}
}

const megabyte = 1 << 20

func figures(limits UserLimits, used UserUsage) []provider.Usage {
	figure := func(metric string, unit provider.Unit, n int64, limit Limit, scale int64) provider.Usage {
		u := provider.Usage{Metric: metric, Unit: unit, Used: n * scale, Unlimited: limit.Unlimited}
		if !limit.Unlimited {
			u.Limit = limit.N * scale
		}
		return u
	}
	// The panel limits mailboxes per domain and counts them per user.
	mailboxes := figure(provider.MetricEmailAccounts, provider.UnitCount, used.MailAccounts, NoLimit(), 1)
	mailboxes.Unlimited, mailboxes.LimitUnknown = limits.MailAccounts.Unlimited, !limits.MailAccounts.Unlimited
	return []provider.Usage{
		figure(provider.MetricDisk, provider.UnitBytes, used.Disk, limits.DiskQuota, megabyte),
		figure(provider.MetricTraffic, provider.UnitBytes, used.Bandwidth, limits.Bandwidth, megabyte),
		figure(provider.MetricDomains, provider.UnitCount, used.WebDomains, limits.WebDomains, 1),
		mailboxes,
		figure(provider.MetricDatabases, provider.UnitCount, used.Databases, limits.Databases, 1),
		figure("dns_domains", provider.UnitCount, used.DNSDomains, limits.DNSDomains, 1),
		figure("mail_domains", provider.UnitCount, used.MailDomains, limits.MailDomains, 1),
		figure("cron_jobs", provider.UnitCount, used.CronJobs, limits.CronJobs, 1),
		figure("backups", provider.UnitCount, used.Backups, limits.Backups, 1),
	}
}
