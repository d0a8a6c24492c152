package hestia

import (
	"context"
	"iter"
	"net/netip"
	"slices"
	"time"

	"github.com/provkit/provkit/provider"
)

// DNSService manages zones, records and the DNS cluster. While the zones of a server are managed
// elsewhere, its commands end with ExitDisabled. Changes of a zone reload the name server, which
// takes seconds: see RestartNone.
type DNSService struct{ c *Client }

var (
	dnsAddDomain            = adds("DNS.AddDomain", "v-add-dns-domain USER DOMAIN IP [NS1] [NS2] [NS3] [NS4] [NS5] [NS6] [NS7] [NS8] [RESTART] [DNSSEC]")
	dnsAddOnWebAlias        = sets("DNS.AddOnWebAlias", "v-add-dns-on-web-alias USER ALIAS IP [RESTART]")
	dnsChangeDomainDNSSEC   = sets("DNS.ChangeDomainDNSSEC", "v-change-dns-domain-dnssec USER DOMAIN STATUS").slowly()
	dnsChangeDomainExpiry   = sets("DNS.ChangeDomainExpiry", "v-change-dns-domain-exp USER DOMAIN EXP")
	dnsChangeDomainIP       = sets("DNS.ChangeDomainIP", "v-change-dns-domain-ip USER DOMAIN IP [RESTART]")
	dnsChangeDomainSOA      = sets("DNS.ChangeDomainSOA", "v-change-dns-domain-soa USER DOMAIN SOA [RESTART]")
	dnsChangeDomainTemplate = sets("DNS.ChangeDomainTemplate", "v-change-dns-domain-tpl USER DOMAIN TEMPLATE [RESTART]")
	dnsChangeDomainTTL      = sets("DNS.ChangeDomainTTL", "v-change-dns-domain-ttl USER DOMAIN TTL [RESTART]")
	dnsDeleteDomain         = removes("DNS.DeleteDomain", "v-delete-dns-domain USER DOMAIN [RESTART]")
	dnsDeleteDomains        = sets("DNS.DeleteDomains", "v-delete-dns-domains USER [RESTART]").slowly()
	dnsDeleteDomainsSource  = sets("DNS.DeleteDomainsSource", "v-delete-dns-domains-src USER SRC? [RESTART]").slowly()
	dnsDeleteOnWebAlias     = sets("DNS.DeleteOnWebAlias", "v-delete-dns-on-web-alias USER DOMAIN ALIAS [RESTART]")
	dnsGetDomain            = reads("DNS.GetDomain", "v-list-dns-domain USER DOMAIN json")
	dnsGetDomainValue       = reads("DNS.GetDomainValue", "v-get-dns-domain-value USER DOMAIN KEY").orNothing()
	dnsGetDNSSECPublicKey   = reads("DNS.GetDNSSECPublicKey", "v-list-dnssec-public-key USER DOMAIN json [DNSTYPE]")
	dnsListDomains          = reads("DNS.ListDomains", "v-list-dns-domains USER json")
	dnsRebuildDomain        = sets("DNS.RebuildDomain", "v-rebuild-dns-domain USER DOMAIN [RESTART] [UPDATE_SERIAL]").slowly()
	dnsRebuildDomains       = sets("DNS.RebuildDomains", "v-rebuild-dns-domains USER [RESTART] [UPDATE_SERIAL]").slowly()
	dnsSuspendDomain        = suspends("DNS.SuspendDomain", "v-suspend-dns-domain USER DOMAIN [RESTART]")
	dnsSuspendDomains       = sets("DNS.SuspendDomains", "v-suspend-dns-domains USER [RESTART]").slowly()
	dnsUnsuspendDomain      = resumes("DNS.UnsuspendDomain", "v-unsuspend-dns-domain USER DOMAIN")
	dnsUnsuspendDomains     = sets("DNS.UnsuspendDomains", "v-unsuspend-dns-domains USER [IGNORED] [RESTART]").slowly()
)

// DNSDomain is a zone.
type DNSDomain struct {
	Name string `hestia:",key"`
	// IP is the address that the template's records point at.
	IP       netip.Addr `hestia:"IP"`
	Template string     `hestia:"TPL"`
	// TTL in seconds applies to records that have none of their own.
	TTL int64 `hestia:"TTL"`
	// Expires is only a note: nothing happens at that time.
	Expires time.Time `hestia:"EXP,date"`
	// SOA is the name server in the zone's SOA record.
	SOA    string `hestia:"SOA"`
	Serial int64  `hestia:"SERIAL"`
	DNSSEC bool   `hestia:"DNSSEC"`
	// Source is the cluster host that the zone came from; "" if it was created on this server.
	Source    string    `hestia:"SRC"`
	Records   int64     `hestia:"RECORDS"`
	Suspended bool      `hestia:"SUSPENDED"`
	Created   time.Time `hestia:"DATE+TIME"`
}

// maxNameServers is how many a zone and a user can have.
const maxNameServers = 8

// DNSAddDomainOptions are the optional arguments of DNSService.AddDomain.
type DNSAddDomainOptions struct {
	// NameServers are two to eight. They default to the user's.
	NameServers []string
	Restart     Restart
	DNSSEC      bool
}

// AddDomain creates a zone from the user's template: v-add-dns-domain. ExitExists also means that
// some part of the domain belongs to another user.
func (s *DNSService) AddDomain(ctx context.Context, user, domain string, ip netip.Addr, opts *DNSAddDomainOptions) error {
	if opts == nil {
		opts = &DNSAddDomainOptions{}
	}
	if problem := problemOfNameServers(opts.NameServers); problem != "" {
		return dnsAddDomain.endpoint.Refuse(quoted(domain)+" of "+quoted(user), provider.Problems{"nameServers": problem})
	}
	var servers [maxNameServers]string
	copy(servers[:], opts.NameServers)
	return s.c.change(ctx, dnsAddDomain, user, domain, ip, servers[0], servers[1], servers[2], servers[3],
		servers[4], servers[5], servers[6], servers[7], opts.Restart, opts.DNSSEC)
}

func problemOfNameServers(servers []string) string {
	switch {
	case len(servers) == 1:
		return "must be at least two: the panel ignores a single one"
	case len(servers) > maxNameServers:
		return "are more than eight"
	}
	if slices.Contains(servers, "") {
		return "has an element that is empty"
	}
	return ""
}

// AddOnWebAlias creates what an alias of a website needs: v-add-dns-on-web-alias. That is a zone
// or, for a name below a domain, a record in the zone of that domain. The panel reports success if
// it exists already, and also if it could not be created.
func (s *DNSService) AddOnWebAlias(ctx context.Context, user, alias string, ip netip.Addr, opts *RestartOptions) error {
	return s.c.change(ctx, dnsAddOnWebAlias, user, alias, ip, opts.restart())
}

// ChangeDomainDNSSEC switches DNSSEC for a zone: v-change-dns-domain-dnssec. It is ExitDisabled
// unless the server's DNS_CLUSTER_SYSTEM is "hestia-zone", and with BIND up to 9.16.18.
func (s *DNSService) ChangeDomainDNSSEC(ctx context.Context, user, domain string, on bool) error {
	return s.c.change(ctx, dnsChangeDomainDNSSEC, user, domain, on)
}

// ChangeDomainExpiry sets the expiry date noted on a zone: v-change-dns-domain-exp. Only the day is
// sent, in the location of the time.
func (s *DNSService) ChangeDomainExpiry(ctx context.Context, user, domain string, expires time.Time) error {
	return s.c.change(ctx, dnsChangeDomainExpiry, user, domain, expires)
}

// ChangeDomainIP sets the address of a zone, in its records too: v-change-dns-domain-ip.
func (s *DNSService) ChangeDomainIP(ctx context.Context, user, domain string, ip netip.Addr, opts *RestartOptions) error {
	return s.c.change(ctx, dnsChangeDomainIP, user, domain, ip, opts.restart())
}

// ChangeDomainSOA sets the SOA host of a zone: v-change-dns-domain-soa.
func (s *DNSService) ChangeDomainSOA(ctx context.Context, user, domain, soa string, opts *RestartOptions) error {
	return s.c.change(ctx, dnsChangeDomainSOA, user, domain, soa, opts.restart())
}

// ChangeDomainTemplate recreates a zone's records from another template: v-change-dns-domain-tpl.
// Records that were added by hand are lost.
func (s *DNSService) ChangeDomainTemplate(ctx context.Context, user, domain, template string, opts *RestartOptions) error {
	return s.c.change(ctx, dnsChangeDomainTemplate, user, domain, template, opts.restart())
}

// ChangeDomainTTL sets a zone's default TTL, in seconds: v-change-dns-domain-ttl.
func (s *DNSService) ChangeDomainTTL(ctx context.Context, user, domain string, ttl int64, opts *RestartOptions) error {
	return s.c.change(ctx, dnsChangeDomainTTL, user, domain, ttl, opts.restart())
}

// DeleteDomain removes a zone: v-delete-dns-domain.
func (s *DNSService) DeleteDomain(ctx context.Context, user, domain string, opts *RestartOptions) error {
	return s.c.change(ctx, dnsDeleteDomain, user, domain, opts.restart())
}

// DeleteDomains removes the zones of a user: v-delete-dns-domains. Suspended ones stay.
func (s *DNSService) DeleteDomains(ctx context.Context, user string, opts *RestartOptions) error {
	return s.c.change(ctx, dnsDeleteDomains, user, opts.restart())
}

// DeleteDomainsSource removes the zones of a user that came from one cluster host:
// v-delete-dns-domains-src. "" removes those that were created on this server.
func (s *DNSService) DeleteDomainsSource(ctx context.Context, user, source string, opts *RestartOptions) error {
	return s.c.change(ctx, dnsDeleteDomainsSource, user, source, opts.restart())
}

// DeleteOnWebAlias removes the record that was created for an alias of a website:
// v-delete-dns-on-web-alias. A zone of the alias's own name stays although the panel reports
// success, because the panel calls its own command wrongly: use DeleteDomain.
func (s *DNSService) DeleteOnWebAlias(ctx context.Context, user, domain, alias string, opts *RestartOptions) error {
	return s.c.change(ctx, dnsDeleteOnWebAlias, user, domain, alias, opts.restart())
}

// GetDomain returns one zone: v-list-dns-domain.
func (s *DNSService) GetDomain(ctx context.Context, user, domain string) (*DNSDomain, error) {
	return get[DNSDomain](ctx, s.c, dnsGetDomain, user, domain)
}

// GetDomainValue returns one field of a zone by the panel's name for it, such as "SOA":
// v-get-dns-domain-value. It is "" for names that the panel does not know.
func (s *DNSService) GetDomainValue(ctx context.Context, user, domain, key string) (string, error) {
	return s.c.text(ctx, dnsGetDomainValue, user, domain, key)
}

// DNSSECKey is the public key of a zone. All fields are zero while it has none.
type DNSSECKey struct {
	Domain string `hestia:",key"`
	// Record is the DNSKEY record, DS the record for the parent zone.
	Record    string `hestia:"RECORD"`
	DS        string `hestia:"DS"`
	KeyTag    int64  `hestia:"KEYTAG"`
	Flag      int64  `hestia:"FLAG"`
	Algorithm int64  `hestia:"ALGORITHM"`
	Key       string `hestia:"KEY"`
}

// GetDNSSECPublicKey returns a zone's public key: v-list-dnssec-public-key. Its argument DNSTYPE
// has no effect on this format.
func (s *DNSService) GetDNSSECPublicKey(ctx context.Context, user, domain string) (*DNSSECKey, error) {
	return get[DNSSECKey](ctx, s.c, dnsGetDNSSECPublicKey, user, domain)
}

// ListDomains returns a user's zones: v-list-dns-domains.
func (s *DNSService) ListDomains(ctx context.Context, user string) iter.Seq2[*DNSDomain, error] {
	return list[DNSDomain](ctx, s.c, dnsListDomains, user)
}

// DNSRebuildOptions are the optional arguments of DNSService.RebuildDomain and RebuildDomains.
type DNSRebuildOptions struct {
	Restart Restart
	// UpdateSerial increments the serial, so that other name servers fetch the zone.
	UpdateSerial bool
}

// RebuildDomain rewrites a zone file: v-rebuild-dns-domain. For a suspended user it does nothing.
// Afterwards the panel counts this zone as the user's only one; Users.UpdateCounters corrects that.
func (s *DNSService) RebuildDomain(ctx context.Context, user, domain string, opts *DNSRebuildOptions) error {
	if opts == nil {
		opts = &DNSRebuildOptions{}
	}
	return s.c.change(ctx, dnsRebuildDomain, user, domain, opts.Restart, opts.UpdateSerial)
}

// RebuildDomains rewrites all zone files of a user: v-rebuild-dns-domains. For a suspended user it
// does nothing.
func (s *DNSService) RebuildDomains(ctx context.Context, user string, opts *DNSRebuildOptions) error {
	if opts == nil {
		opts = &DNSRebuildOptions{}
	}
	return s.c.change(ctx, dnsRebuildDomains, user, opts.Restart, opts.UpdateSerial)
}

// SuspendDomain stops serving a zone: v-suspend-dns-domain.
func (s *DNSService) SuspendDomain(ctx context.Context, user, domain string, opts *RestartOptions) error {
	return s.c.change(ctx, dnsSuspendDomain, user, domain, opts.restart())
}

// SuspendDomains stops serving all zones of a user: v-suspend-dns-domains.
func (s *DNSService) SuspendDomains(ctx context.Context, user string, opts *RestartOptions) error {
	return s.c.change(ctx, dnsSuspendDomains, user, opts.restart())
}

// UnsuspendDomain serves a zone again: v-unsuspend-dns-domain. Records that had been suspended
// individually are served again, too.
func (s *DNSService) UnsuspendDomain(ctx context.Context, user, domain string) error {
	return s.c.change(ctx, dnsUnsuspendDomain, user, domain)
}

// UnsuspendDomains serves all zones of a user again: v-unsuspend-dns-domains. The command's other
// arguments have no effect.
func (s *DNSService) UnsuspendDomains(ctx context.Context, user string) error {
	return s.c.change(ctx, dnsUnsuspendDomains, user)
}
