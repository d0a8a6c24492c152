package hestia

import (
	"context"
	"iter"
	"time"

	"github.com/provkit/provkit/provider"
)

// Only one command of the cluster runs at a time on a server; others end with ExitInUse. All push
// to every host that is not suspended, and end with ExitConnect if one cannot be reached.
var (
	dnsAddRemoteDomain          = sets("DNS.AddRemoteDomain", "v-add-remote-dns-domain USER DOMAIN [FLUSH]").slowly()
	dnsAddRemoteHost            = adds("DNS.AddRemoteHost", "v-add-remote-dns-host HOST PORT USER [PASSWORD!] [TYPE=api] [DNS_USER]").slowly()
	dnsAddRemoteRecord          = adds("DNS.AddRemoteRecord", "v-add-remote-dns-record USER DOMAIN ID").slowly()
	dnsChangeRemoteDomainExpiry = sets("DNS.ChangeRemoteDomainExpiry", "v-change-remote-dns-domain-exp USER DOMAIN").slowly()
	dnsChangeRemoteDomainSOA    = sets("DNS.ChangeRemoteDomainSOA", "v-change-remote-dns-domain-soa USER DOMAIN").slowly()
	dnsChangeRemoteDomainTTL    = sets("DNS.ChangeRemoteDomainTTL", "v-change-remote-dns-domain-ttl USER DOMAIN").slowly()
	dnsDeleteRemoteDomain       = sets("DNS.DeleteRemoteDomain", "v-delete-remote-dns-domain USER DOMAIN").slowly()
	dnsDeleteRemoteDomains      = sets("DNS.DeleteRemoteDomains", "v-delete-remote-dns-domains [HOST]").slowly()
	dnsDeleteRemoteHost         = removes("DNS.DeleteRemoteHost", "v-delete-remote-dns-host HOST").slowly()
	dnsDeleteRemoteRecord       = sets("DNS.DeleteRemoteRecord", "v-delete-remote-dns-record USER DOMAIN ID").slowly()
	dnsListRemoteHosts          = reads("DNS.ListRemoteHosts", "v-list-remote-dns-hosts json").orNothing()
	dnsSuspendRemoteHost        = suspends("DNS.SuspendRemoteHost", "v-suspend-remote-dns-host HOST")
	dnsSyncCluster              = sets("DNS.SyncCluster", "v-sync-dns-cluster HOST?").slowly()
	dnsUnsuspendRemoteHost      = resumes("DNS.UnsuspendRemoteHost", "v-unsuspend-remote-dns-host HOST")
)

// DNSRemoteHost is another Hestia to which the zones are pushed.
type DNSRemoteHost struct {
	Host string `hestia:",key"`
	Port int64  `hestia:"PORT"`
	// Type is "api" or "ssh".
	Type string `hestia:"TYPE"`
	// User is the name for sign-in there. For a host with a key, the panel may print the user of
	// the previous host in the list.
	User string `hestia:"USER"`
	// DNSUser is the owner of the zones there.
	DNSUser   string    `hestia:"DNS_USER"`
	Suspended bool      `hestia:"SUSPENDED"`
	Created   time.Time `hestia:"DATE+TIME"`
}

// DNSAddRemoteHostRequest asks for a new host of the DNS cluster. All fields are required.
type DNSAddRemoteHostRequest struct {
	Host string
	Port int64
	// User is the name for sign-in there, with the Password of the options. Without a Password it
	// is a key: an API key, or an access key and its secret with a colon between them.
	User provider.Secret
}

// DNSAddRemoteHostOptions are the optional arguments of DNSService.AddRemoteHost.
type DNSAddRemoteHostOptions struct {
	Password provider.Secret
	// Type is "api" (the default) or "ssh".
	Type string
	// DNSUser is the owner of the zones there; it defaults to "dns-cluster".
	DNSUser string
}

// AddRemoteHost makes another Hestia join the DNS cluster and pushes all zones to it:
// v-add-remote-dns-host. It first rewrites every zone file of this server.
func (s *DNSService) AddRemoteHost(ctx context.Context, req *DNSAddRemoteHostRequest, opts *DNSAddRemoteHostOptions) error {
	if req == nil {
		return dnsAddRemoteHost.endpoint.RefuseNil()
	}
	if opts == nil {
		opts = &DNSAddRemoteHostOptions{}
	}
	var user any = req.User
	if !opts.Password.IsZero() { // then User is not a key
		user = req.User.Reveal()
	}
	return s.c.change(ctx, dnsAddRemoteHost, req.Host, req.Port, user, opts.Password, opts.Type, opts.DNSUser)
}

// DNSAddRemoteDomainOptions are the optional arguments of DNSService.AddRemoteDomain.
type DNSAddRemoteDomainOptions struct {
	// Flush is "records" to replace the records there, "yes" to replace the zone's line, or "no" to
	// refuse a zone that exists there.
	Flush string
}

// AddRemoteDomain pushes one zone to the DNS cluster: v-add-remote-dns-domain. A zone that does not
// exist is no error.
func (s *DNSService) AddRemoteDomain(ctx context.Context, user, domain string, opts *DNSAddRemoteDomainOptions) error {
	if opts == nil {
		opts = &DNSAddRemoteDomainOptions{}
	}
	return s.c.change(ctx, dnsAddRemoteDomain, user, domain, opts.Flush)
}

// AddRemoteRecord pushes one record to the DNS cluster: v-add-remote-dns-record. A host that has it
// already then has it twice.
func (s *DNSService) AddRemoteRecord(ctx context.Context, user, domain string, id int64) error {
	return s.c.change(ctx, dnsAddRemoteRecord, user, domain, id)
}

// ChangeRemoteDomainExpiry pushes a zone's expiry date to the DNS cluster:
// v-change-remote-dns-domain-exp. Unless the server's DNS_CLUSTER_SYSTEM is "hestia-zone", the
// panel asks the hosts to create the zone, which they refuse if they have it (ExitConnect).
func (s *DNSService) ChangeRemoteDomainExpiry(ctx context.Context, user, domain string) error {
	return s.c.change(ctx, dnsChangeRemoteDomainExpiry, user, domain)
}

// ChangeRemoteDomainSOA pushes a zone's SOA host to the DNS cluster:
// v-change-remote-dns-domain-soa.
func (s *DNSService) ChangeRemoteDomainSOA(ctx context.Context, user, domain string) error {
	return s.c.change(ctx, dnsChangeRemoteDomainSOA, user, domain)
}

// ChangeRemoteDomainTTL pushes a zone's TTL to the DNS cluster: v-change-remote-dns-domain-ttl.
func (s *DNSService) ChangeRemoteDomainTTL(ctx context.Context, user, domain string) error {
	return s.c.change(ctx, dnsChangeRemoteDomainTTL, user, domain)
}

// DeleteRemoteDomain removes a zone from the DNS cluster: v-delete-remote-dns-domain.
func (s *DNSService) DeleteRemoteDomain(ctx context.Context, user, domain string) error {
	return s.c.change(ctx, dnsDeleteRemoteDomain, user, domain)
}

// DNSDeleteRemoteDomainsOptions are the optional arguments of DNSService.DeleteRemoteDomains.
type DNSDeleteRemoteDomainsOptions struct {
	// Host is the one to clean; "" is all of them.
	Host string
}

// DeleteRemoteDomains removes the zones that came from this server from hosts of the DNS cluster:
// v-delete-remote-dns-domains.
func (s *DNSService) DeleteRemoteDomains(ctx context.Context, opts *DNSDeleteRemoteDomainsOptions) error {
	if opts == nil {
		opts = &DNSDeleteRemoteDomainsOptions{}
	}
	return s.c.change(ctx, dnsDeleteRemoteDomains, opts.Host)
}

// DeleteRemoteHost removes a host from the DNS cluster: v-delete-remote-dns-host. The zones there
// are removed if the host can be reached; the panel does not report if they were not.
func (s *DNSService) DeleteRemoteHost(ctx context.Context, host string) error {
	return s.c.change(ctx, dnsDeleteRemoteHost, host)
}

// DeleteRemoteRecord removes a record from the DNS cluster: v-delete-remote-dns-record.
func (s *DNSService) DeleteRemoteRecord(ctx context.Context, user, domain string, id int64) error {
	return s.c.change(ctx, dnsDeleteRemoteRecord, user, domain, id)
}

// ListRemoteHosts returns the hosts of the DNS cluster: v-list-remote-dns-hosts.
func (s *DNSService) ListRemoteHosts(ctx context.Context) iter.Seq2[*DNSRemoteHost, error] {
	return list[DNSRemoteHost](ctx, s.c, dnsListRemoteHosts)
}

// SuspendRemoteHost stops pushing to a host: v-suspend-remote-dns-host.
func (s *DNSService) SuspendRemoteHost(ctx context.Context, host string) error {
	return s.c.change(ctx, dnsSuspendRemoteHost, host)
}

// UnsuspendRemoteHost resumes pushing to a host: v-unsuspend-remote-dns-host.
func (s *DNSService) UnsuspendRemoteHost(ctx context.Context, host string) error {
	return s.c.change(ctx, dnsUnsuspendRemoteHost, host)
}

// SyncCluster pushes all zones to a host of the DNS cluster, or, for "", to all hosts that are not
// suspended: v-sync-dns-cluster.
func (s *DNSService) SyncCluster(ctx context.Context, host string) error {
	return s.c.change(ctx, dnsSyncCluster, host)
}
