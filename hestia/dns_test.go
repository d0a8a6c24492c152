package hestia_test

import (
	"context"
	"io"
	"net/http"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/provider"
)

var ip1 = netip.MustParseAddr("192.0.2.10")

func TestDNSSendings(t *testing.T) {
	now := &hestia.RestartOptions{Restart: hestia.RestartFull}
	checkSendings(t, "DNS", []sending{
		{"DNS.AddDomain", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.AddDomain(ctx, "alice", "example.com", ip1, nil)
		}, "v-add-dns-domain|alice|example.com|192.0.2.10", ""},
		{"DNS.AddDomain", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.AddDomain(ctx, "alice", "example.com", ip1, &hestia.DNSAddDomainOptions{
				NameServers: []string{"ns1.example.net", "ns2.example.net"}, Restart: hestia.RestartNone, DNSSEC: true,
			})
		}, "v-add-dns-domain|alice|example.com|192.0.2.10|ns1.example.net|ns2.example.net|||||||no|yes", ""},
		{"DNS.AddDomain", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.AddDomain(ctx, "alice", "example.com", ip1, &hestia.DNSAddDomainOptions{DNSSEC: true})
		}, "v-add-dns-domain|alice|example.com|192.0.2.10||||||||||yes", ""},
		{"DNS.AddOnWebAlias", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.AddOnWebAlias(ctx, "alice", "www.example.com", ip1, now)
		}, "v-add-dns-on-web-alias|alice|www.example.com|192.0.2.10|yes", ""},
		{"DNS.AddRecord", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.AddRecord(ctx, &hestia.DNSAddRecordRequest{User: "alice", Domain: "example.com", Record: "www", Type: "A", Value: "192.0.2.1"}, nil)
		}, "v-add-dns-record|alice|example.com|www|A|192.0.2.1", ""},
		{"DNS.AddRecord", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.AddRecord(ctx, &hestia.DNSAddRecordRequest{User: "alice", Domain: "example.com", Record: "@", Type: "MX", Value: "mail.example.com"},
				&hestia.DNSAddRecordOptions{Priority: new(int64(0)), ID: 30, Restart: hestia.RestartLater, TTL: 300, Quiet: true})
		}, "v-add-dns-record|alice|example.com|@|MX|mail.example.com|0|30|scheduled|300|yes", ""},
		{"DNS.AddRecord", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.AddRecord(ctx, &hestia.DNSAddRecordRequest{User: "alice", Domain: "example.com", Record: "t", Type: "TXT", Value: `"a; b"`},
				&hestia.DNSAddRecordOptions{TTL: 60})
		}, `v-add-dns-record|alice|example.com|t|TXT|"a; b"||||60`, ""},
		{"DNS.AddRemoteDomain", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.AddRemoteDomain(ctx, "alice", "example.com", nil)
		}, "v-add-remote-dns-domain|alice|example.com", ""},
		{"DNS.AddRemoteDomain", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.AddRemoteDomain(ctx, "alice", "example.com", &hestia.DNSAddRemoteDomainOptions{Flush: "records"})
		}, "v-add-remote-dns-domain|alice|example.com|records", ""},
		{"DNS.AddRemoteHost", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.AddRemoteHost(ctx, &hestia.DNSAddRemoteHostRequest{Host: "ns.example.net", Port: 8083, User: provider.NewSecret("admin")},
				&hestia.DNSAddRemoteHostOptions{Password: provider.NewSecret("pw"), DNSUser: "zones"})
		}, "v-add-remote-dns-host|ns.example.net|8083|admin|pw|api|zones", ""},
		{"DNS.AddRemoteHost", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.AddRemoteHost(ctx, &hestia.DNSAddRemoteHostRequest{Host: "ns.example.net", Port: 8083, User: provider.NewSecret("key:secret")}, nil)
		}, "v-add-remote-dns-host|ns.example.net|8083|key:secret", ""},
		{"DNS.AddRemoteRecord", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.AddRemoteRecord(ctx, "alice", "example.com", 22)
		}, "v-add-remote-dns-record|alice|example.com|22", ""},
		{"DNS.ChangeDomainDNSSEC", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.ChangeDomainDNSSEC(ctx, "alice", "example.com", false)
		}, "v-change-dns-domain-dnssec|alice|example.com|no", ""},
		{"DNS.ChangeDomainExpiry", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.ChangeDomainExpiry(ctx, "alice", "example.com", day("2027-03-01"))
		}, "v-change-dns-domain-exp|alice|example.com|2027-03-01", ""},
		{"DNS.ChangeDomainIP", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.ChangeDomainIP(ctx, "alice", "example.com", ip1, now)
		}, "v-change-dns-domain-ip|alice|example.com|192.0.2.10|yes", ""},
		{"DNS.ChangeDomainSOA", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.ChangeDomainSOA(ctx, "alice", "example.com", "ns1.example.net", nil)
		}, "v-change-dns-domain-soa|alice|example.com|ns1.example.net", ""},
		{"DNS.ChangeDomainTemplate", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.ChangeDomainTemplate(ctx, "alice", "example.com", "gmail", now)
		}, "v-change-dns-domain-tpl|alice|example.com|gmail|yes", ""},
		{"DNS.ChangeDomainTTL", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.ChangeDomainTTL(ctx, "alice", "example.com", 3600, nil)
		}, "v-change-dns-domain-ttl|alice|example.com|3600", ""},
		{"DNS.ChangeRecord", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.ChangeRecord(ctx, &hestia.DNSChangeRecordRequest{User: "alice", Domain: "example.com", ID: 22, Record: "www", Value: "192.0.2.2"}, nil)
		}, "v-change-dns-record|alice|example.com|22|www||192.0.2.2", ""},
		{"DNS.ChangeRecord", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.ChangeRecord(ctx, &hestia.DNSChangeRecordRequest{User: "alice", Domain: "example.com", ID: 22, Record: "www", Type: "A", Value: "192.0.2.2"},
				&hestia.DNSChangeRecordOptions{Priority: new(int64(5)), TTL: 60})
		}, "v-change-dns-record|alice|example.com|22|www|A|192.0.2.2|5||60", ""},
		{"DNS.ChangeRecordID", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.ChangeRecordID(ctx, "alice", "example.com", 22, 44, now)
		}, "v-change-dns-record-id|alice|example.com|22|44|yes", ""},
		{"DNS.ChangeRemoteDomainExpiry", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.ChangeRemoteDomainExpiry(ctx, "alice", "example.com")
		}, "v-change-remote-dns-domain-exp|alice|example.com", ""},
		{"DNS.ChangeRemoteDomainSOA", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.ChangeRemoteDomainSOA(ctx, "alice", "example.com")
		}, "v-change-remote-dns-domain-soa|alice|example.com", ""},
		{"DNS.ChangeRemoteDomainTTL", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.ChangeRemoteDomainTTL(ctx, "alice", "example.com")
		}, "v-change-remote-dns-domain-ttl|alice|example.com", ""},
		{"DNS.DeleteDomain", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.DeleteDomain(ctx, "alice", "example.com", now)
		}, "v-delete-dns-domain|alice|example.com|yes", ""},
		{"DNS.DeleteDomains", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.DeleteDomains(ctx, "alice", nil)
		}, "v-delete-dns-domains|alice", ""},
		{"DNS.DeleteDomainsSource", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.DeleteDomainsSource(ctx, "alice", "", now)
		}, "v-delete-dns-domains-src|alice||yes", ""},
		{"DNS.DeleteOnWebAlias", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.DeleteOnWebAlias(ctx, "alice", "example.com", "www.example.com", now)
		}, "v-delete-dns-on-web-alias|alice|example.com|www.example.com|yes", ""},
		{"DNS.DeleteRecord", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.DeleteRecord(ctx, "alice", "example.com", 22, &hestia.DNSDeleteRecordOptions{Quiet: true})
		}, "v-delete-dns-record|alice|example.com|22||yes", ""},
		{"DNS.DeleteRemoteDomain", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.DeleteRemoteDomain(ctx, "alice", "example.com")
		}, "v-delete-remote-dns-domain|alice|example.com", ""},
		{"DNS.DeleteRemoteDomains", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.DeleteRemoteDomains(ctx, nil)
		}, "v-delete-remote-dns-domains", ""},
		{"DNS.DeleteRemoteDomains", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.DeleteRemoteDomains(ctx, &hestia.DNSDeleteRemoteDomainsOptions{Host: "ns.example.net"})
		}, "v-delete-remote-dns-domains|ns.example.net", ""},
		{"DNS.DeleteRemoteHost", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.DeleteRemoteHost(ctx, "ns.example.net")
		}, "v-delete-remote-dns-host|ns.example.net", ""},
		{"DNS.DeleteRemoteRecord", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.DeleteRemoteRecord(ctx, "alice", "example.com", 22)
		}, "v-delete-remote-dns-record|alice|example.com|22", ""},
		{"DNS.GetDNSSECPublicKey", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.DNS.GetDNSSECPublicKey(ctx, "alice", "example.com"))
		}, "v-list-dnssec-public-key|alice|example.com|json", `{"example.com": {"KEY": ""}}`},
		{"DNS.GetDomain", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.DNS.GetDomain(ctx, "alice", "example.com"))
		}, "v-list-dns-domain|alice|example.com|json", `{"example.com": {"TTL": "1"}}`},
		{"DNS.GetDomainValue", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.DNS.GetDomainValue(ctx, "alice", "example.com", "SOA"))
		}, "v-get-dns-domain-value|alice|example.com|SOA", "ns1.example.com"},
		{"DNS.GetMailDomainDKIM", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.DNS.GetMailDomainDKIM(ctx, "alice", "example.com"))
		}, "v-list-mail-domain-dkim-dns|alice|example.com|json", `{"mail._domainkey": {"TTL": "3600", "TXT": "''"}}`},
		{"DNS.GetTemplate", func(ctx context.Context, c *hestia.Client) error {
			return drain(c.DNS.GetTemplate(ctx, "default"))
		}, "v-list-dns-template|default|json", "{\n}"},
		{"DNS.InsertDomain", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.InsertDomain(ctx, "alice", "DOMAIN='x'", nil)
		}, "v-insert-dns-domain|alice|DOMAIN='x'", ""},
		{"DNS.InsertDomain", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.InsertDomain(ctx, "alice", "DOMAIN='example.com'", &hestia.DNSInsertDomainOptions{Flush: "records"})
		}, "v-insert-dns-domain|alice|DOMAIN='example.com'||records", ""},
		{"DNS.InsertRecord", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.InsertRecord(ctx, "alice", "example.com", "ID='1'")
		}, "v-insert-dns-record|alice|example.com|ID='1'", ""},
		{"DNS.InsertRecords", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.InsertRecords(ctx, "alice", "example.com", "/tmp/records")
		}, "v-insert-dns-records|alice|example.com|/tmp/records", ""},
		{"DNS.ListDomains", func(ctx context.Context, c *hestia.Client) error {
			return drain(c.DNS.ListDomains(ctx, "alice"))
		}, "v-list-dns-domains|alice|json", "{\n}"},
		{"DNS.ListRecords", func(ctx context.Context, c *hestia.Client) error {
			return drain(c.DNS.ListRecords(ctx, "alice", "example.com"))
		}, "v-list-dns-records|alice|example.com|json", "{\n}"},
		{"DNS.ListRemoteHosts", func(ctx context.Context, c *hestia.Client) error {
			return drain(c.DNS.ListRemoteHosts(ctx))
		}, "v-list-remote-dns-hosts|json", ""},
		{"DNS.ListTemplates", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.DNS.ListTemplates(ctx))
		}, "v-list-dns-templates|json", "[\n]"},
		{"DNS.RebuildDomain", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.RebuildDomain(ctx, "alice", "example.com", nil)
		}, "v-rebuild-dns-domain|alice|example.com", ""},
		{"DNS.RebuildDomain", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.RebuildDomain(ctx, "alice", "example.com", &hestia.DNSRebuildOptions{UpdateSerial: true})
		}, "v-rebuild-dns-domain|alice|example.com||yes", ""},
		{"DNS.RebuildDomains", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.RebuildDomains(ctx, "alice", nil)
		}, "v-rebuild-dns-domains|alice", ""},
		{"DNS.RebuildDomains", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.RebuildDomains(ctx, "alice", &hestia.DNSRebuildOptions{Restart: hestia.RestartNone})
		}, "v-rebuild-dns-domains|alice|no", ""},
		{"DNS.SuspendDomain", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.SuspendDomain(ctx, "alice", "example.com", now)
		}, "v-suspend-dns-domain|alice|example.com|yes", ""},
		{"DNS.SuspendDomains", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.SuspendDomains(ctx, "alice", now)
		}, "v-suspend-dns-domains|alice|yes", ""},
		{"DNS.SuspendRecord", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.SuspendRecord(ctx, "alice", "example.com", 22, nil)
		}, "v-suspend-dns-record|alice|example.com|22", ""},
		{"DNS.SuspendRemoteHost", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.SuspendRemoteHost(ctx, "ns.example.net")
		}, "v-suspend-remote-dns-host|ns.example.net", ""},
		{"DNS.SyncCluster", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.SyncCluster(ctx, "")
		}, "v-sync-dns-cluster|", ""},
		{"DNS.UnsuspendDomain", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.UnsuspendDomain(ctx, "alice", "example.com")
		}, "v-unsuspend-dns-domain|alice|example.com", ""},
		{"DNS.UnsuspendDomains", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.UnsuspendDomains(ctx, "alice")
		}, "v-unsuspend-dns-domains|alice", ""},
		{"DNS.UnsuspendRecord", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.UnsuspendRecord(ctx, "alice", "example.com", 22, now)
		}, "v-unsuspend-dns-record|alice|example.com|22|yes", ""},
		{"DNS.UnsuspendRemoteHost", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.UnsuspendRemoteHost(ctx, "ns.example.net")
		}, "v-unsuspend-remote-dns-host|ns.example.net", ""},
		{"DNS.UpdateTemplates", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.UpdateTemplates(ctx, now)
		}, "v-update-dns-templates|yes", ""},
	})
}

func TestDNSRecordings(t *testing.T) {
	t.Run("zones", func(t *testing.T) {
		zones, err := play(t, "dns.jsonl", "list, json", func(ctx context.Context, c *hestia.Client) ([]*hestia.DNSDomain, error) {
			return collect(c.DNS.ListDomains(ctx, "alice"))
		})
		require.NoError(t, err)
		require.Equal(t, []*hestia.DNSDomain{
			{Name: "alice.example.com", IP: ip1, Template: "default", TTL: 14400, Expires: day("2027-11-21"), SOA: "ns1.example.com",
				Serial: 3000000000, Records: 15, Created: made("2026-11-21 04:47:56")},
			{Name: "shop.example.com", IP: ip1, Template: "default", TTL: 14400, Expires: day("2027-11-21"), SOA: "ns1.example.net",
				Serial: 3000000000, Records: 15, Created: made("2026-11-21 04:47:59")},
		}, zones)
	})
	t.Run("records", func(t *testing.T) {
		records, err := play(t, "dns.jsonl", "records", func(ctx context.Context, c *hestia.Client) ([]*hestia.DNSRecord, error) {
			return collect(c.DNS.ListRecords(ctx, "alice", "alice.example.com"))
		})
		require.NoError(t, err)
		at := made("2026-11-21 04:47:56")
		var ids []int64
		byType := make(map[string]*hestia.DNSRecord)
		for _, r := range records {
			ids = append(ids, r.ID)
			if byType[r.Type] == nil {
				byType[r.Type] = r
			}
		}
		require.Equal(t, []int64{1, 2, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21}, ids, "in the panel's order, including gaps")
		require.Equal(t, &hestia.DNSRecord{ID: 1, Record: "@", Type: "NS", Value: "ns1.example.com.", TTL: 14400, Created: at}, byType["NS"])
		require.Equal(t, &hestia.DNSRecord{ID: 14, Record: "@", Type: "MX", Value: "mail.alice.example.com.", TTL: 14400, Created: at}, byType["MX"])
		require.Equal(t, &hestia.DNSRecord{ID: 15, Record: "@", Type: "TXT", Value: `"v=spf1 a mx ip4:192.0.2.10 -all"`, TTL: 14400, Created: at}, byType["TXT"])
	})
	t.Run("templates", func(t *testing.T) {
		names, err := play(t, "dns.jsonl", "templates", func(ctx context.Context, c *hestia.Client) ([]string, error) { return c.DNS.ListTemplates(ctx) })
		require.NoError(t, err)
		require.Equal(t, []string{"zoho", "office365", "gmail", "default", "default-nomail", "child-ns"}, names)
	})
	t.Run("DKIM", func(t *testing.T) {
		record, err := play(t, "mail.jsonl", "dkim dns", func(ctx context.Context, c *hestia.Client) (*hestia.DKIMRecord, error) {
			return c.DNS.GetMailDomainDKIM(ctx, "alice", "alice.example.com")
		})
		require.NoError(t, err)
		require.Equal(t, "mail._domainkey", record.Name)
		require.EqualValues(t, 3600, record.TTL)
		require.Regexp(t, `^v=DKIM1; k=rsa; p=[A-Za-z0-9+/=]{392}$`, record.Text)
	})
	t.Run("hosts, none", func(t *testing.T) {
		hosts, err := play(t, "sys.jsonl", "v-list-remote-dns-hosts json, access key", func(ctx context.Context, c *hestia.Client) ([]*hestia.DNSRemoteHost, error) {
			return collect(c.DNS.ListRemoteHosts(ctx))
		})
		require.NoError(t, err)
		require.Empty(t, hosts)
	})
	add := func(user, domain string) func(context.Context, *hestia.Client) error {
		return func(ctx context.Context, c *hestia.Client) error { return c.DNS.AddDomain(ctx, user, domain, ip1, nil) }
	}
	remove := func(ctx context.Context, c *hestia.Client) error {
		return c.DNS.DeleteRecord(ctx, "alice", "alice.example.com", 22, nil)
	}
	unsuspend := func(ctx context.Context, c *hestia.Client) error {
		return c.DNS.UnsuspendRecord(ctx, "alice", "alice.example.com", 22, nil)
	}
	suspendZone := func(ctx context.Context, c *hestia.Client) error {
		return c.DNS.SuspendDomain(ctx, "alice", "shop.example.com", nil)
	}
	unsuspendZone := func(ctx context.Context, c *hestia.Client) error {
		return c.DNS.UnsuspendDomain(ctx, "alice", "shop.example.com")
	}
	checkChanged(t, []changed{
		{"dns.jsonl", "add", add("alice", "alice.example.com"), 0, nil},
		{"dns.jsonl", "add again", add("alice", "alice.example.com"), hestia.ExitExists, provider.ErrAlreadyExists},
		{"dns.jsonl", "add again, legacy returncode=yes", add("alice", "alice.example.com"), hestia.ExitExists, provider.ErrAlreadyExists},
		{"dns.jsonl", "limit reached", add("bob", "bob2.example.com"), hestia.ExitLimit, provider.ErrQuota},
		{"dns.jsonl", "add with name servers, legacy", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.AddDomain(ctx, "alice", "shop.example.com", ip1, &hestia.DNSAddDomainOptions{NameServers: []string{"ns1.example.net", "ns2.example.net"}})
		}, 0, nil},
		{"dns.jsonl", "record add TXT with quotes", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.AddRecord(ctx, &hestia.DNSAddRecordRequest{User: "alice", Domain: "alice.example.com", Record: "_test", Type: "TXT", Value: `"v=test; k=1"`},
				&hestia.DNSAddRecordOptions{TTL: 300})
		}, 0, nil},
		{"dns.jsonl", "record change, unknown id", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.ChangeRecord(ctx, &hestia.DNSChangeRecordRequest{User: "quinn", Domain: "quinn.example.org", ID: 999, Record: "app", Type: "A", Value: "192.0.2.21"}, nil)
		}, hestia.ExitNotExist, provider.ErrNotFound},
		{"dns.jsonl", "record add, value invalid, legacy", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.AddRecord(ctx, &hestia.DNSAddRecordRequest{User: "quinn", Domain: "quinn.example.org", Record: "bad", Type: "AAAA", Value: "192.0.2.1"}, nil)
		}, hestia.ExitInvalid, provider.ErrInvalid},
		{"dns.jsonl", "record delete", remove, 0, nil},
		{"dns.jsonl", "record delete again", remove, hestia.ExitNotExist, provider.ErrNotFound},
		{"dns.jsonl", "record unsuspend", unsuspend, 0, nil},
		{"dns.jsonl", "record unsuspend again", unsuspend, 0, nil},
		{"dns.jsonl", "suspend", suspendZone, 0, nil},
		{"dns.jsonl", "suspend again", suspendZone, hestia.ExitSuspended, provider.ErrConflict},
		{"dns.jsonl", "unsuspend again", unsuspendZone, hestia.ExitUnsuspended, provider.ErrConflict},
		{"errors.jsonl", "15 no connection to a dns host, key in hash", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.AddRemoteHost(ctx, &hestia.DNSAddRemoteHostRequest{Host: "127.0.0.9", Port: 8083, User: provider.NewSecret("admin")}, &hestia.DNSAddRemoteHostOptions{Password: provider.NewSecret("SECRET-z")})
		}, hestia.ExitConnect, provider.ErrUnavailable},
	})
}

func TestDNSRefusals(t *testing.T) {
	servers := func(names ...string) func(context.Context, *hestia.Client) error {
		return func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.AddDomain(ctx, "alice", "example.com", ip1, &hestia.DNSAddDomainOptions{NameServers: names})
		}
	}
	checkRefusals(t, []refusal{
		{"one name server", servers("a"), "nameServers"},
		{"nine name servers", servers("a", "b", "c", "d", "e", "f", "g", "h", "i"), "nameServers"},
		{"empty name server", servers("a", ""), "nameServers"},
		{"no address", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.AddDomain(ctx, "alice", "example.com", netip.Addr{}, nil)
		}, "ip"},
		{"no domain", func(ctx context.Context, c *hestia.Client) error { return c.DNS.DeleteDomain(ctx, "alice", "", nil) }, "domain"},
		{"no day", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.ChangeDomainExpiry(ctx, "alice", "example.com", made("0001-01-01 00:00:00"))
		}, "exp"},
		{"nil record", func(ctx context.Context, c *hestia.Client) error { return c.DNS.AddRecord(ctx, nil, nil) }, "request"},
		{"nil change", func(ctx context.Context, c *hestia.Client) error { return c.DNS.ChangeRecord(ctx, nil, nil) }, "request"},
		{"nil host", func(ctx context.Context, c *hestia.Client) error { return c.DNS.AddRemoteHost(ctx, nil, nil) }, "request"},
		{"value with a line break", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.AddRecord(ctx, &hestia.DNSAddRecordRequest{User: "alice", Domain: "example.com", Record: "t", Type: "TXT", Value: "a\nb"}, nil)
		}, "value"},
		{"value with a blank before it", func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.ChangeRecord(ctx, &hestia.DNSChangeRecordRequest{User: "alice", Domain: "example.com", ID: 1, Record: "t", Value: " a"}, nil)
		}, "value"},
	})
}

func TestDNSHostileAnswers(t *testing.T) {
	checkHostile(t, map[string]func(context.Context, *hestia.Client) error{
		"zones": func(ctx context.Context, c *hestia.Client) error { return drain(c.DNS.ListDomains(ctx, "alice")) },
		"records": func(ctx context.Context, c *hestia.Client) error {
			return drain(c.DNS.ListRecords(ctx, "alice", "a.example"))
		},
		"hosts": func(ctx context.Context, c *hestia.Client) error { return drain(c.DNS.ListRemoteHosts(ctx)) },
	}, notLists)
	checkHostile(t, map[string]func(context.Context, *hestia.Client) error{
		"zone": func(ctx context.Context, c *hestia.Client) error {
			return drop(c.DNS.GetDomain(ctx, "alice", "a.example"))
		},
	}, notThings)
	checkHostile(t, map[string]func(context.Context, *hestia.Client) error{
		"zones": func(ctx context.Context, c *hestia.Client) error { return drain(c.DNS.ListDomains(ctx, "alice")) },
	}, map[string]string{
		"no address": `{"a": {"IP": "300.1.1.1"}}`, "no number": `{"a": {"SERIAL": "many"}}`, "too large": `{"a": {"SERIAL": "99999999999999999999"}}`,
		"no day": `{"a": {"EXP": "2027-13-01"}}`,
	})
}

// The answer to a change was lost.
func TestDNSLostAnswers(t *testing.T) {
	lost := answer{err: io.ErrUnexpectedEOF}
	for name, test := range map[string]struct {
		call   func(context.Context, *hestia.Client) error
		second answer
		calls  int
		want   error
	}{
		"record changed": {func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.ChangeRecord(ctx, &hestia.DNSChangeRecordRequest{User: "a", Domain: "a.example", ID: 1, Record: "t", Value: "v"}, nil)
		}, exit(4, http.StatusBadRequest, "No pending changes in DNS entry."), 2, nil},
		"record gone": {func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.DeleteRecord(ctx, "a", "a.example", 1, nil)
		},
			exit(3, http.StatusBadRequest, "Error: a.example id 1 doesn't exist"), 2, nil},
		"record added": {func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.AddRecord(ctx, &hestia.DNSAddRecordRequest{User: "a", Domain: "a.example", Record: "t", Type: "TXT", Value: "v"}, nil)
		}, done(), 1, provider.ErrOutcomeUnknown},
		"record renumbered": {func(ctx context.Context, c *hestia.Client) error {
			return c.DNS.ChangeRecordID(ctx, "a", "a.example", 1, 2, nil)
		}, done(), 1, provider.ErrOutcomeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPanel(lost, test.second)
			require.ErrorIs(t, test.call(t.Context(), withKey(t, p)), test.want)
			require.Equal(t, test.calls, p.calls())
		})
	}
}

func TestDNSSECKey(t *testing.T) {
	c := withKey(t, newPanel(exit(0, http.StatusOK, `{
    "example.com": {
		"RECORD": "example.com. 3600 IN DNSKEY 257 3 13 abc= def=",
		"KEYTAG": "12345",
		"FLAG": "257",
		"ALGORITHM": "13",
		"KEY": "abc= def=",
		"DS":"example.com. IN DS 12345 13 2 AB"
    }
}`)))
	key, err := c.DNS.GetDNSSECPublicKey(t.Context(), "alice", "example.com")
	require.NoError(t, err)
	require.Equal(t, &hestia.DNSSECKey{
		Domain: "example.com", Record: "example.com. 3600 IN DNSKEY 257 3 13 abc= def=", DS: "example.com. IN DS 12345 13 2 AB",
		KeyTag: 12345, Flag: 257, Algorithm: 13, Key: "abc= def=",
	}, key)
}

// Without a password, the user of a cluster host is a key.
func TestDNSRemoteHostKeyIsSecret(t *testing.T) {
	c := withKey(t, newPanel(exit(3, http.StatusBadRequest, "Error: host key:canary4711canary doesn't exist")))
	err := c.DNS.AddRemoteHost(t.Context(), &hestia.DNSAddRemoteHostRequest{Host: "ns.example.net", Port: 8083, User: provider.NewSecret("key:canary4711canary")}, nil)
	require.ErrorIs(t, err, provider.ErrNotFound)
	require.NotContains(t, err.Error(), "canary4711")
}
