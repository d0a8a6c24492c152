package hestia

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// domain is the domain of an order: a website, a zone and a mail domain of one name, as far as the package has room
// and the server has the service. v-add-domain makes one after the other and stops at the first that fails, or when it
// is killed; and another program's v-add-domain may be at work. So nothing counts as the domain until it is whole.
type domain struct {
	p           *Provider
	login, name string
	parts       [3]struct{ there, due bool } // in the order of domainParts
	counted     bool                         // the key may not look at parts by name: the user's counters tell
	unsure      bool                         // counters show parts that may be another domain's
	unproven    bool                         // whether the server has the service of a missing part is not to be seen
	off         [3]bool                      // the panel has said that the server has no such service
	config      *SystemConfig
	site        netip.Addr
}

// domainParts is all that differs between the parts of a domain.
var domainParts = [3]struct {
	what, list string
	adding     []string // the commands
	look       func(context.Context, *domain) error
	room       func(*User) (used int64, limit Limit)
	system     func(*SystemConfig) string
	add        func(context.Context, *domain) error
}{
	{
		"website", webGetDomain.name, []string{webAddDomain.name},
		func(ctx context.Context, d *domain) error {
			site, err := d.p.client.Web.GetDomain(ctx, d.login, d.name)
			site, err = exactly(site, err, d.p.client.Web.ListDomains(ctx, d.login), func(site *WebDomain) string { return site.Name }, d.name)
			if err == nil {
				d.site = site.IP
			}
			return err
		},
		func(u *User) (int64, Limit) { return u.Usage.WebDomains, u.Limits.WebDomains },
		func(c *SystemConfig) string { return c.WebSystem },
		func(ctx context.Context, d *domain) error {
			return d.p.client.Web.AddDomain(ctx, d.login, d.name, nil)
		},
	},
	{
		"zone", dnsGetDomain.name, []string{ipsListForUser.name, dnsAddDomain.name},
		func(ctx context.Context, d *domain) error {
			zone, err := d.p.client.DNS.GetDomain(ctx, d.login, d.name)
			_, err = exactly(zone, err, d.p.client.DNS.ListDomains(ctx, d.login), func(zone *DNSDomain) string { return zone.Name }, d.name)
			return err
		},
		func(u *User) (int64, Limit) { return u.Usage.DNSDomains, u.Limits.DNSDomains },
		func(c *SystemConfig) string { return c.DNSSystem },
		func(ctx context.Context, d *domain) error {
			ip, err := d.address(ctx)
			if err == nil {
				err = d.p.client.DNS.AddDomain(ctx, d.login, d.name, ip, nil)
			}
			return err
		},
	},
	{
		"mail domain", mailGetDomain.name, []string{mailAddDomain.name},
		func(ctx context.Context, d *domain) error {
			mail, err := d.p.client.Mail.GetDomain(ctx, d.login, d.name)
			_, err = exactly(mail, err, d.p.client.Mail.ListDomains(ctx, d.login), func(mail *MailDomain) string { return mail.Name }, d.name)
			return err
		},
		func(u *User) (int64, Limit) { return u.Usage.MailDomains, u.Limits.MailDomains },
		func(c *SystemConfig) string { return c.MailSystem },
		func(ctx context.Context, d *domain) error { // with the spam filter off, as v-add-domain makes it
			return d.p.client.Mail.AddDomain(ctx, d.login, d.name, &MailAddDomainOptions{Antispam: new(bool)})
		},
	},
}

// ensureDomain makes the domain, or what is missing of it. fresh says that this call has just made the user, who
// therefore has none.
func (p *Provider) ensureDomain(ctx context.Context, login, name string, fresh bool) (provider.Outcome, error) {
	d := &domain{p: p, login: login, name: name}
	_, outcome, err := adapter.MakeOrFind[domain]{
		LookFirst: !fresh, Find: d.find, WhyNot: d.whyNot,
		Make: func(ctx context.Context) (*domain, error) { return d, d.add(ctx) },
	}.Run(ctx)
	return outcome, err
}

// find looks for the whole domain. A part of it is "not found".
func (d *domain) find(ctx context.Context, refused error) (*domain, error) {
	if err := d.settle(ctx, refused); err != nil {
		return nil, err
	}
	if !d.whole() {
		return nil, adapter.NotFound(Kind, fmt.Sprintf("find domain %q", d.name))
	}
	return d, nil
}

// settle looks until the domain is whole or no further part has appeared for a while: until then somebody may be
// making it, an earlier call of this order for example. Where the panel has refused for another reason than that
// something exists, nobody is. A look is several requests, so there are few.
func (d *domain) settle(ctx context.Context, refused error) error {
	for idle := time.Duration(0); ; {
		before := d.count()
		err := d.look(ctx, refused)
		patience := d.patience(refused)
		switch {
		case err != nil, d.whole(), d.unsure, refused != nil && !errors.Is(refused, ExitExists):
			return err
		case d.count() != before:
			idle = 0
		case idle >= patience:
			return nil
		}
		idle += patience / 5
		if err := adapter.Pause(ctx, patience/5); err != nil {
			return err
		}
	}
}

// patience is how long nothing must change until nobody is thought to be at work. A part takes up to five seconds on
// an idle machine (the zone 3, the mail domain 5), which is DefaultReadLag, so it is three times the lag. If nothing
// is there although the panel says that something is, it is somebody else's.
func (d *domain) patience(refused error) time.Duration {
	if refused != nil && d.count() == 0 {
		return d.p.accounts.Lag
	}
	return 3 * d.p.accounts.Lag
}

func (d *domain) count() (n int) {
	for _, part := range d.parts {
		if part.there {
			n++
		}
	}
	return n
}

// whole reports whether there is something, and nothing missing.
func (d *domain) whole() bool { return d.count() > 0 && len(d.missing()) == 0 }

func (d *domain) missing() (missing []int) {
	for i, part := range d.parts {
		if part.due && !part.there {
			missing = append(missing, i)
		}
	}
	return missing
}

// look finds out what is there, and what should be. A key that may not ask for the parts by name (it is tried once,
// since refusals count towards a ban) has the counters of the user: 0 proves that a part is not there, and more that
// it is only together with the panel's refusal to add it because it exists. For a suspended user the panel refuses
// before it looks, so that the counters must do.
func (d *domain) look(ctx context.Context, refused error) error {
	for i, part := range domainParts {
		if d.parts[i].there || d.counted {
			continue
		}
		err := d.p.limits.try(part.list, func() error { return part.look(ctx, d) })
		switch d.parts[i].there = err == nil; {
		case errors.Is(err, provider.ErrForbidden):
			d.counted = true
		case err != nil && !errors.Is(err, provider.ErrNotFound):
			return err
		}
	}
	if d.count() == len(d.parts) && !d.counted {
		return nil
	}
	user, err := d.p.user(ctx, d.login)
	if err != nil {
		return err
	}
	d.unsure, d.unproven = false, false
	for i, part := range domainParts {
		used, limit := part.room(user)
		if d.counted {
			d.parts[i].there = used > 0 && (errors.Is(refused, ExitExists) || errors.Is(refused, ExitSuspended))
			d.unsure = d.unsure || used > 0 && refused == nil
		}
		d.parts[i].due = limit.Unlimited || limit.Unknown || used < limit.N
	}
	if d.count() == 0 {
		return nil // v-add-domain knows the services itself
	}
	for _, i := range d.missing() {
		if d.parts[i].due, err = d.served(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

// served reports whether the server has the service of a part that is missing. A key that may not read the configuration
// sees whether any user has such a part, or whether v-add-domain has gone past it. Otherwise adding it tells.
func (d *domain) served(ctx context.Context, i int) (bool, error) {
	if d.off[i] {
		return false, nil
	}
	if d.config == nil {
		err := d.p.limits.try(systemGetConfig.name, func() (err error) {
			d.config, err = d.p.client.System.GetConfig(ctx)
			return err
		})
		if err != nil && !errors.Is(err, provider.ErrForbidden) {
			return false, err
		}
	}
	if d.config != nil {
		system := domainParts[i].system(d.config)
		return system != "" && system != "no", nil
	}
	for user, err := range d.p.client.Users.List(ctx) {
		if user == nil {
			return false, err
		}
		if used, _ := domainParts[i].room(user); used > 0 {
			return true, nil
		}
	}
	for _, later := range d.parts[i+1:] {
		if later.there {
			return false, nil
		}
	}
	d.unproven = true
	return true, nil
}

// add sends what is missing: all of it at once if nothing is there.
func (d *domain) add(ctx context.Context) error {
	if d.count() == 0 {
		refused := d.p.client.Domains.Add(ctx, d.login, d.name, nil)
		if !errors.Is(refused, ExitExists) {
			return refused
		}
		// A part of ours exists, or somebody else's.
		if err := d.settle(ctx, refused); err != nil {
			return provider.Unresolved(refused, err)
		}
		if d.count() == 0 || d.whole() {
			return refused
		}
	}
	if d.counted {
		return d.incomplete()
	}
	var off error
	added := false
	for _, i := range d.missing() {
		switch err := domainParts[i].add(ctx, d); {
		case errors.Is(err, ExitDisabled):
			d.off[i], off = true, err
		case err != nil:
			return d.without(i, err)
		default:
			d.parts[i].there, added = true, true
		}
	}
	if off == nil || added {
		return nil
	}
	// A refusal has the domain looked for once more, and it is whole without them.
	return &provider.Error{Provider: Kind, Op: domainsAdd.endpoint.Op, Kind: provider.ErrConflict, Message: "the server has no service for the rest of the domain", Err: off}
}

// incomplete says what a person must do where the key may neither look at the parts nor add them.
func (d *domain) incomplete() error {
	var needed []string
	unseen := ", and this key may not add the rest:"
	if d.unproven {
		needed = append(needed, systemGetConfig.name)
		unseen = "; whether the server has the service this key may not see: if it has not, nothing is missing; otherwise"
	}
	for _, part := range domainParts {
		needed = append(needed, part.list)
	}
	for _, i := range d.missing() {
		needed = append(needed, domainParts[i].adding...)
	}
	return &provider.Error{
		Provider: Kind, Op: domainsAdd.endpoint.Op, Kind: provider.ErrForbidden, Fields: map[string]string{"Domain": "incomplete"},
		Message: words.Say("domain %q is there without its %s%s add it on the panel, or permit the key %s",
			d.name, d.names(d.missing()), unseen, strings.Join(needed, ", ")),
	}
}

// without says which part could not be added. "Not found" is something that the part needs, such as the template that
// the package names.
func (d *domain) without(i int, err error) error {
	e, ok := errors.AsType[*provider.Error](err)
	if !ok {
		return err
	}
	said := *e
	said.Message = words.Say("its domain has no %s, and adding it failed: %s", domainParts[i].what, e.Message)
	if errors.Is(e.Kind, provider.ErrNotFound) {
		said.Kind = provider.ErrConflict
		said.Message += words.Say(" (such as the template that the package names)")
	}
	return &said
}

func (d *domain) names(parts []int) string {
	var names []string
	for _, i := range parts {
		names = append(names, domainParts[i].what)
	}
	return strings.Join(names, " and ")
}

// whyNot explains why the panel refused to make a domain that is not there, or not whole.
func (d *domain) whyNot(_ context.Context, refused error) error {
	e, ok := errors.AsType[*provider.Error](refused)
	switch {
	case !ok || !errors.Is(refused, ExitExists):
		return refused
	case d.count() > 0:
		return provider.Unresolved(refused, fmt.Errorf("it has no %s yet, and somebody seems to be adding it", d.names(d.missing())))
	}
	taken := *e
	taken.Fields = map[string]string{"Domain": "taken"}
	return &taken
}

// address is the one that a zone points to: that of the website, or the user's first; the public one if it is behind
// a NAT.
func (d *domain) address(ctx context.Context) (ip netip.Addr, err error) {
	var all []*IP
	for candidate, err := range d.p.client.IPs.ListForUser(ctx, d.login) {
		if err != nil {
			return ip, err
		}
		all = append(all, candidate)
	}
	at := slices.IndexFunc(all, func(ip *IP) bool { return d.site.IsValid() && (ip.Addr == d.site || ip.NAT == d.site) })
	switch {
	case len(all) == 0:
		return d.site, nil
	case all[max(at, 0)].NAT.IsValid():
		return all[max(at, 0)].NAT, nil
	}
	return all[max(at, 0)].Addr, nil
}
