package hestia

import (
	"context"
	"errors"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Suspend takes the user's sites, mail, databases and login out of service. The flag alone does not count: a site may be
// online all the same, since somebody has put it there by hand, or since it could not be suspended with the user, which
// the panel does not tell.
func (p *Provider) Suspend(ctx context.Context, id string) (provider.Outcome, error) {
	swept := false // counters may be wrong, so that a list of the sites counts more
	offline := func(u *User) bool { return u.Suspended && (swept || u.SuspendedObjects.Web >= u.Usage.WebDomains) }
	return p.change(ctx, id, "suspend account", offline, func(ctx context.Context, now *User) (err error) {
		sent := !now.Suspended
		if sent {
			if err := settled(p.client.Users.Suspend(ctx, id, nil)); err != nil || now.Usage.WebDomains == 0 {
				return err
			}
			if now, err = p.user(ctx, id); err != nil {
				return provider.Unresolved(nil, err)
			}
		}
		if offline(now) || !now.Suspended {
			return nil
		}
		err = p.limits.try(webSuspendDomains.name, func() error { return p.client.Web.SuspendDomains(ctx, id, nil) })
		if err == nil {
			swept, err = p.sitesOffline(ctx, id)
		}
		if sent {
			err = provider.MaybeMade(err)
		}
		return err
	})
}

func (p *Provider) sitesOffline(ctx context.Context, login string) (bool, error) {
	for site, err := range p.client.Web.ListDomains(ctx, login) {
		if err != nil {
			return false, provider.Unresolved(nil, err)
		}
		if !site.Suspended {
			return false, nil
		}
	}
	return true, nil
}

// Unsuspend puts the user back into service, including what had been suspended individually.
func (p *Provider) Unsuspend(ctx context.Context, id string) (provider.Outcome, error) {
	return p.change(ctx, id, "unsuspend account", func(u *User) bool { return !u.Suspended }, func(ctx context.Context, _ *User) error {
		return settled(p.client.Users.Unsuspend(ctx, id, nil))
	})
}

// ChangePlan puts the user on another package. One who is on it already, but not with its limits (a user that was
// restored, or that is older than a change of the package), is put on it again.
func (p *Provider) ChangePlan(ctx context.Context, id, plan string) (provider.Outcome, error) {
	input := adapter.Input("plan", planProblem(plan))
	return adapter.Verb(ctx, p.accounts, "change plan of account", id, input, func(ctx context.Context, login string) (provider.Outcome, error) {
		now, err := p.accounts.Record(ctx, login)
		if err != nil {
			return "", err
		}
		var pack *Package
		if now.Package == plan {
			if pack, err = p.pack(ctx, plan); err != nil {
				return "", err
			}
		}
		named := func(u *User) bool { return u.Package == plan }
		return p.accounts.Apply(ctx, login, now, adapter.Change[string, User]{
			Concerns: "plan", Made: named,
			Already: func(u *User) bool { return named(u) && (pack == nil || u.Limits.agree(&pack.Limits)) },
			Do: func(ctx context.Context, login string, _ *User) error {
				return blamePlan(p.client.Packages.ChangeUser(ctx, login, plan, nil))
			},
		})
	})
}

// pack reads a package, nil if the key may not or there is none of that name.
func (p *Provider) pack(ctx context.Context, name string) (found *Package, err error) {
	err = p.limits.try(packagesList.name, func() error {
		for pack, err := range p.client.Packages.List(ctx) {
			switch {
			case pack == nil:
				return err
			case pack.Name == name && err == nil:
				found = pack
			}
		}
		return nil
	})
	if errors.Is(err, provider.ErrForbidden) {
		return nil, nil
	}
	return found, err
}

// agree reports whether all limits that both tell are the same.
func (l *UserLimits) agree(other *UserLimits) bool {
	ours, theirs := l.all(), other.all()
	for i := range ours {
		if !ours[i].agrees(theirs[i]) {
			return false
		}
	}
	return true
}

func (l *UserLimits) all() [11]Limit {
	return [...]Limit{
		l.WebDomains, l.WebAliases, l.DNSDomains, l.DNSRecords, l.MailDomains, l.MailAccounts, l.Databases, l.CronJobs,
		l.DiskQuota, l.Bandwidth, l.Backups,
	}
}

// change reads back what it changed, since the panel also says "done" when it did nothing.
func (p *Provider) change(
	ctx context.Context, id, verb string, already func(*User) bool, do func(context.Context, *User) error,
) (provider.Outcome, error) {
	return p.accounts.Change(ctx, id, adapter.Change[string, User]{
		Verb: verb, Concerns: "suspension", Already: already,
		Do: func(ctx context.Context, _ string, now *User) error { return do(ctx, now) },
	})
}

// settled takes "it is so already" for done: another caller or an earlier attempt was faster, and the read decides.
func settled(err error) error {
	if errors.Is(err, ExitSuspended) || errors.Is(err, ExitUnsuspended) {
		return nil
	}
	return err
}

// ChangePassword sets the password of the user. The panel refuses it for suspended users.
func (p *Provider) ChangePassword(ctx context.Context, id string, password provider.Secret) (provider.Outcome, error) {
	input := adapter.Input("password", passwordProblem(password))
	return adapter.Verb(ctx, p.accounts, "change password of account", id, input, func(ctx context.Context, login string) (provider.Outcome, error) {
		_, err := p.customer(ctx, login)
		if err == nil {
			if err = p.client.Users.ChangePassword(ctx, login, password); errors.Is(err, provider.ErrNotFound) {
				err = provider.Unresolved(err, errors.New("a password cannot be read, and the user was there a moment ago"))
			}
		}
		return provider.OutcomeChanged, err
	})
}
