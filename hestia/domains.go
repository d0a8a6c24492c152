package hestia

import (
	"context"
	"net/netip"
)

// DomainsService manages the website, zone and mail domain of one name together.
type DomainsService struct{ c *Client }

var (
	domainsAdd         = adds("Domains.Add", "v-add-domain USER DOMAIN [IP] [RESTART]").slowly()
	domainsChangeOwner = sets("Domains.ChangeOwner", "v-change-domain-owner DOMAIN USER").slowly()
	domainsDelete      = removes("Domains.Delete", "v-delete-domain USER DOMAIN [RESTART]").slowly()
	domainsSearchOwner = reads("Domains.SearchOwner", "v-search-domain-owner DOMAIN [TYPE]").orNothing()
	domainsSuspend     = suspends("Domains.Suspend", "v-suspend-domain USER DOMAIN [RESTART]").slowly()
	domainsUnsuspend   = resumes("Domains.Unsuspend", "v-unsuspend-domain USER DOMAIN [RESTART]").slowly()
)

// DomainAddOptions are the optional arguments of DomainsService.Add.
type DomainAddOptions struct {
	// IP is one of the user's or a shared one; the panel chooses it by default.
	IP      netip.Addr
	Restart Restart
}

// Add creates the website, zone and mail domain of one name: v-add-domain. A part whose limit is
// reached is left out silently, unless all are (ExitLimit). A failure half-way is not undone. The
// spam filter is off afterwards.
func (s *DomainsService) Add(ctx context.Context, user, domain string, opts *DomainAddOptions) error {
	if opts == nil {
		opts = &DomainAddOptions{}
	}
	return s.c.change(ctx, domainsAdd, user, domain, opts.IP, opts.Restart)
}

// ChangeOwner hands a domain (website, zone, mail) to another user: v-change-domain-owner.
func (s *DomainsService) ChangeOwner(ctx context.Context, domain, user string) error {
	return s.c.change(ctx, domainsChangeOwner, domain, user)
}

// Delete removes the website, zone and mail domain of one name, as far as they exist:
// v-delete-domain.
func (s *DomainsService) Delete(ctx context.Context, user, domain string, opts *RestartOptions) error {
	return s.c.change(ctx, domainsDelete, user, domain, opts.restart())
}

// DomainSearchOwnerOptions are the optional arguments of DomainsService.SearchOwner.
type DomainSearchOwnerOptions struct {
	Type string
}

// SearchOwner returns the user who owns a domain: v-search-domain-owner. With a type, it looks only
// for a website ("web"), zone ("dns") or mail domain ("mail").
func (s *DomainsService) SearchOwner(ctx context.Context, domain string, opts *DomainSearchOwnerOptions) (string, error) {
	if opts == nil {
		opts = &DomainSearchOwnerOptions{}
	}
	return s.c.word(ctx, domainsSearchOwner, domain, opts.Type)
}

// Suspend suspends the website, zone and mail domain of one name: v-suspend-domain.
func (s *DomainsService) Suspend(ctx context.Context, user, domain string, opts *RestartOptions) error {
	return s.c.change(ctx, domainsSuspend, user, domain, opts.restart())
}

// Unsuspend lifts the suspension of the website, zone and mail domain of one name:
// v-unsuspend-domain.
func (s *DomainsService) Unsuspend(ctx context.Context, user, domain string, opts *RestartOptions) error {
	return s.c.change(ctx, domainsUnsuspend, user, domain, opts.restart())
}
