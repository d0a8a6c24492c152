package keyhelp_test

import (
	"context"
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/provider"
)

// The known requests and answers of the live dialect, field by field.
func TestReplayLive(t *testing.T) {
	all := liveClients()
	for _, part := range []replays{liveServer(), liveDomains(), liveZones(), liveOwned(), livePlans(), liveAdmins()} {
		for name := range part {
			require.NotContains(t, all, name)
		}
		maps.Copy(all, part)
	}
	all.run(t, keyhelp.DialectLive)
}

func liveDomains() replays {
	create := func(c *keyhelp.Client) func(context.Context, *keyhelp.DomainCreateRequest) (*keyhelp.Domain, error) {
		return c.Domains.Create
	}
	target := keyhelp.DomainTarget{Target: "/shop"}
	security := keyhelp.DomainSecurity{CertificateID: 9, PreferHTTPS: true, HSTS: true, HSTSMaxAge: 300, HSTSInclude: true}
	return replays{
		"Domains.Create": equal(&keyhelp.Domain{
			ID: 56, ClientID: 17, Name: "sub.shop.example", ParentID: 55, Subdomain: true, PHPVersion: "8.3",
			DeleteOn: utc("2025-12-31 00:00:00"), DNSDisabled: true, Target: target, Security: security,
		}, by(&keyhelp.DomainCreateRequest{
			ClientID: 17, Name: "sub.shop.example", ParentID: 55, PHPVersion: "8.3", Disabled: new(false),
			DeleteOn: new(utc("2025-12-31 12:00:00")), DNSDisabled: new(true), EmailDomain: new(false),
			CreateWWW: new(true), Target: &target, Security: &security,
		}, create)),
		"Domains.Create, smallest": equal(&keyhelp.Domain{ID: 55, ClientID: 17, Name: "xn--mstershop-q9a.example"},
			by(&keyhelp.DomainCreateRequest{ClientID: 17, Name: "xn--mstershop-q9a.example"}, create)),
		"Domains.Get": equal(domain55(), by(int64(55), func(c *keyhelp.Client) func(context.Context, int64) (*keyhelp.Domain, error) {
			return c.Domains.Get
		})),
		"Domains.GetByName": equal(domain56(), by("sub.shop.example", func(c *keyhelp.Client) func(context.Context, string) (*keyhelp.Domain, error) {
			return c.Domains.GetByName
		})),
		"Domains.List": equal([]*keyhelp.Domain{domain55(), domain56()}, func(t *testing.T, c *keyhelp.Client) ([]*keyhelp.Domain, error) {
			return gather(c.Domains.List(t.Context(), &keyhelp.SortOptions{Sort: "domain_utf8"}))
		}),
		"Domains.Update": put(int64(55), &keyhelp.DomainUpdateRequest{
			PHPVersion: new(""), Disabled: new(true), DeleteOn: &time.Time{}, DNSDisabled: new(false), EmailDomain: new(true),
			Target:   &keyhelp.DomainTarget{Target: "https://elsewhere.example/", Forwarding: true, ForwardingType: 302},
			Security: &keyhelp.DomainSecurity{LetsEncrypt: true, PreferHTTPS: true},
		}, func(c *keyhelp.Client) func(context.Context, int64, *keyhelp.DomainUpdateRequest) error {
			return c.Domains.Update
		}),
		"Domains.UpdateByName": put("shop.example", &keyhelp.DomainUpdateRequest{Extra: map[string]any{"domain": "new.example"}},
			func(c *keyhelp.Client) func(context.Context, string, *keyhelp.DomainUpdateRequest) error {
				return c.Domains.UpdateByName
			}),
		"Domains.Delete": del(int64(55), func(c *keyhelp.Client) func(context.Context, int64) error { return c.Domains.Delete }),
		"Domains.DeleteByName": del("shop.example", func(c *keyhelp.Client) func(context.Context, string) error {
			return c.Domains.DeleteByName
		}),
	}
}

func liveZones() replays {
	records := &keyhelp.ZoneRecords{SOA: soa(), Other: []keyhelp.DNSRecord{{Host: "@", TTL: 3600, Type: "A", Value: "192.0.2.7"}}}
	return replays{
		"DNS.Get": equal(&keyhelp.Zone{Custom: true, Records: *records}, by(int64(55), func(c *keyhelp.Client) func(context.Context, int64) (*keyhelp.Zone, error) {
			return c.DNS.Get
		})),
		"DNS.GetByName": equal(&keyhelp.Zone{
			Disabled: true, DKIMRecord: "v=DKIM1; p=AAAA",
			Records: keyhelp.ZoneRecords{SOA: soa(), Other: []keyhelp.DNSRecord{
				{Host: "@", TTL: 300, Type: "MX", Value: "10 mail.shop.example."}, {Host: "www", TTL: 86400, Type: "CNAME", Value: "@"},
			}},
		}, by("shop.example", func(c *keyhelp.Client) func(context.Context, string) (*keyhelp.Zone, error) { return c.DNS.GetByName })),
		"DNS.Update": put(int64(55), &keyhelp.ZoneUpdateRequest{Records: records, DKIMRecord: new("")},
			func(c *keyhelp.Client) func(context.Context, int64, *keyhelp.ZoneUpdateRequest) error {
				return c.DNS.Update
			}),
		"DNS.UpdateByName": put("shop.example", &keyhelp.ZoneUpdateRequest{Records: &keyhelp.ZoneRecords{SOA: soa()}},
			func(c *keyhelp.Client) func(context.Context, string, *keyhelp.ZoneUpdateRequest) error {
				return c.DNS.UpdateByName
			}),
		"DNS.Reset":       del(int64(55), func(c *keyhelp.Client) func(context.Context, int64) error { return c.DNS.Reset }),
		"DNS.ResetByName": del("shop.example", func(c *keyhelp.Client) func(context.Context, string) error { return c.DNS.ResetByName }),
	}
}

func liveOwned() replays {
	const pem = "placeholder-certificate"
	key := provider.NewSecret("placeholder-private-key")
	type databaseCreate = func(context.Context, *keyhelp.DatabaseCreateRequest) (int64, error)
	type emailCreate = func(context.Context, *keyhelp.EmailCreateRequest) (int64, error)
	createDatabase := func(c *keyhelp.Client) databaseCreate { return c.Databases.Create }
	createEmail := func(c *keyhelp.Client) emailCreate { return c.Emails.Create }
	updateCertificate := func(c *keyhelp.Client) func(context.Context, string, *keyhelp.CertificateUpdateRequest) error {
		return c.Certificates.UpdateByName
	}
	return replays{
		"Certificates.List": equal([]*keyhelp.Certificate{certificate9(), {ID: 10, Name: "bare", SecuredDomains: []string{}}},
			func(t *testing.T, c *keyhelp.Client) ([]*keyhelp.Certificate, error) {
				return gather(c.Certificates.List(t.Context(), nil))
			}),
		"Certificates.Create": equal(int64(9), by(&keyhelp.CertificateCreateRequest{
			Name: "shop.example", ClientID: 17, PrivateKey: key, Certificate: pem, CACertificate: "placeholder-ca",
		}, func(c *keyhelp.Client) func(context.Context, *keyhelp.CertificateCreateRequest) (int64, error) {
			return c.Certificates.Create
		})),
		"Certificates.Get": equal(certificate9(), by(int64(9), func(c *keyhelp.Client) func(context.Context, int64) (*keyhelp.Certificate, error) {
			return c.Certificates.Get
		})),
		"Certificates.GetByName": equal(certificate9(), by("shop.example", func(c *keyhelp.Client) func(context.Context, string) (*keyhelp.Certificate, error) {
			return c.Certificates.GetByName
		})),
		"Certificates.UpdateByName": put("shop.example", &keyhelp.CertificateUpdateRequest{
			Name: new("renamed"), PrivateKey: &key, Certificate: new(pem), CACertificate: new(""),
		}, updateCertificate),
		"Certificates.UpdateByName, key kept": put("shop.example", &keyhelp.CertificateUpdateRequest{Certificate: new(pem)}, updateCertificate),
		"Databases.List": equal([]*keyhelp.Database{database3()}, func(t *testing.T, c *keyhelp.Client) ([]*keyhelp.Database, error) {
			return gather(c.Databases.List(t.Context(), nil))
		}),
		"Databases.Create": equal(int64(3), by(&keyhelp.DatabaseCreateRequest{
			ClientID: 17, Name: "db17_shop", Username: "dbu17_shop", Password: provider.NewSecret(placeholderPassword),
		}, createDatabase)),
		"Databases.Create, hash": equal(int64(3), by(&keyhelp.DatabaseCreateRequest{
			ClientID: 17, Name: "db17_shop", Username: "dbu17_shop", PasswordHash: provider.NewSecret("placeholder-hash"), Description: "Shop", RemoteHosts: []string{"192.0.2.9"},
		}, createDatabase)),
		"Databases.Get": equal(database3(), by(int64(3), func(c *keyhelp.Client) func(context.Context, int64) (*keyhelp.Database, error) {
			return c.Databases.Get
		})),
		"Databases.GetByName": equal(database3(), by("db17_shop", func(c *keyhelp.Client) func(context.Context, string) (*keyhelp.Database, error) {
			return c.Databases.GetByName
		})),
		"Emails.Create": equal(int64(1), by(&keyhelp.EmailCreateRequest{
			ClientID: 17, Address: "info@shop.example", Password: provider.NewSecret(placeholderPassword), MaxSize: 1073741824,
		}, createEmail)),
		"Emails.Create, all fields": equal(int64(1), by(&keyhelp.EmailCreateRequest{
			ClientID: 17, Address: "info@shop.example", PasswordHash: provider.NewSecret("placeholder-hash"), Description: "Info", MaxSize: 5000000000,
			CatchAll: true, StoreForwarded: true, Aliases: []string{"a@shop.example"}, Forwardings: []string{"f@x.example"},
		}, createEmail)),
		"FTPUsers.List": equal([]*keyhelp.FTPUser{ftpUser4()}, func(t *testing.T, c *keyhelp.Client) ([]*keyhelp.FTPUser, error) {
			return gather(c.FTPUsers.List(t.Context(), nil))
		}),
		"FTPUsers.Create": equal(int64(4), by(&keyhelp.FTPUserCreateRequest{
			ClientID: 17, Username: "shop_ftp", HomeDirectory: "/www/shop", Password: provider.NewSecret(placeholderPassword),
		}, func(c *keyhelp.Client) func(context.Context, *keyhelp.FTPUserCreateRequest) (int64, error) {
			return c.FTPUsers.Create
		})),
		"FTPUsers.Get": equal(ftpUser4(), by(int64(4), func(c *keyhelp.Client) func(context.Context, int64) (*keyhelp.FTPUser, error) {
			return c.FTPUsers.Get
		})),
		"FTPUsers.GetByName": equal(ftpUser4(), by("shop_ftp", func(c *keyhelp.Client) func(context.Context, string) (*keyhelp.FTPUser, error) {
			return c.FTPUsers.GetByName
		})),
		"DirectoryProtections.Create": equal(int64(6), by(&keyhelp.DirectoryProtectionCreateRequest{
			ClientID: 17, Path: "shop.example/", AuthName: "Intern", Username: "team", PasswordHash: provider.NewSecret("placeholder-hash"),
		}, func(c *keyhelp.Client) func(context.Context, *keyhelp.DirectoryProtectionCreateRequest) (int64, error) {
			return c.DirectoryProtections.Create
		})),
	}
}

func livePlans() replays {
	resources := keyhelp.PlanResources{
		DiskSpace: n(10737418240), Traffic: n(-1), Domains: n(2), Subdomains: n(-1), EmailAccounts: n(5),
		EmailAddresses: n(-1), EmailForwardings: n(-1), Databases: n(2), FTPUsers: n(2), ScheduledTasks: n(0),
	}
	yes, no := new(true), new(false)
	text := func(s string) *string { return &s }
	starter := &keyhelp.HostingPlan{
		ID: 2, Name: "Starter", Resources: resources,
		Permissions: keyhelp.PlanPermissions{FTP: yes, PHP: yes, SSH: no, PanelAccess: yes},
		PHP:         keyhelp.PlanPHP{MemoryLimit: text("256M"), MaxExecutionTime: n(60)},
		PHPFPM:      keyhelp.PlanPHPFPM{PM: text("ondemand"), MaxChildren: n(3)},
	}
	full := &keyhelp.HostingPlan{
		ID: 3, Name: "Full", Resources: resources,
		Permissions: keyhelp.PlanPermissions{
			FTP: yes, PHP: no, Perl: yes, SSH: no, SSHJail: yes, Backup: no, PanelAccess: yes, DomainSecurity: no, CertificateManagement: yes,
			FileManager: no, DNSEditor: yes, DatabaseRemoteAccess: no, EmailCatchAll: yes, Applications: no, ChangePersonalData: yes,
			UpdateContactData: no, DeleteMainDomain: yes,
		},
		PHP: keyhelp.PlanPHP{
			MemoryLimit: text("256M"), PostMaxSize: text("64M"), UploadMaxFilesize: text("32M"), MaxExecutionTime: n(60),
			OpenBasedir: text("##DOCROOT##/"), DisableFunctions: text("exec"), AdditionalSettings: text("a=1"),
			ExtraDirectivesImmutable: text("b=2"), ExtraDirectivesMutable: text("c=3"), EnvVariables: text("D=4"), SendmailFrom: text("e@shop.example"),
		},
		PHPFPM: keyhelp.PlanPHPFPM{
			PM: text("dynamic"), MaxChildren: n(5), MaxRequests: n(100), MinSpareServers: n(1), MaxSpareServers: n(2),
			Status: yes, StatusIPRestriction: text("192.0.2.0/24"),
		},
	}
	return replays{
		"HostingPlans.List": equal([]*keyhelp.HostingPlan{starter, full}, func(t *testing.T, c *keyhelp.Client) ([]*keyhelp.HostingPlan, error) {
			return gather(c.HostingPlans.List(t.Context(), &keyhelp.SortOptions{Sort: "name", Order: "asc"}))
		}),
		"HostingPlans.Get": equal(full, by(int64(3), func(c *keyhelp.Client) func(context.Context, int64) (*keyhelp.HostingPlan, error) {
			return c.HostingPlans.Get
		})),
		"HostingPlans.GetByName": equal(starter, by("Starter", func(c *keyhelp.Client) func(context.Context, string) (*keyhelp.HostingPlan, error) {
			return c.HostingPlans.GetByName
		})),
		"HostingPlans.Create": equal(int64(3), by(&keyhelp.HostingPlanCreateRequest{
			Name: "Full", Resources: &full.Resources, Permissions: &full.Permissions, PHP: &full.PHP, PHPFPM: &full.PHPFPM,
		}, func(c *keyhelp.Client) func(context.Context, *keyhelp.HostingPlanCreateRequest) (int64, error) {
			return c.HostingPlans.Create
		})),
		"HostingPlans.Update": put(int64(2), &keyhelp.HostingPlanUpdateRequest{
			Name: text("Starter 2"), Resources: &keyhelp.PlanResources{Domains: n(0)}, Permissions: &keyhelp.PlanPermissions{SSH: no},
			PHP: &keyhelp.PlanPHP{MemoryLimit: text("")}, PHPFPM: &keyhelp.PlanPHPFPM{PM: text("static")},
		}, func(c *keyhelp.Client) func(context.Context, int64, *keyhelp.HostingPlanUpdateRequest) error {
			return c.HostingPlans.Update
		}),
		"HostingPlans.Delete": del(int64(2), func(c *keyhelp.Client) func(context.Context, int64) error { return c.HostingPlans.Delete }),
	}
}

func liveAdmins() replays {
	secret := provider.NewSecret(placeholderPassword)
	return replays{
		"Admins.List": admin1(func(t *testing.T, c *keyhelp.Client) (*keyhelp.Admin, error) {
			all, err := gather(c.Admins.List(t.Context(), nil))
			require.Len(t, all, 1)
			return all[0], err
		}),
		"Admins.Create": equal(int64(1), by(&keyhelp.AdminCreateRequest{Username: "ops", Email: "ops@host.example", Password: secret, Language: "de"},
			func(c *keyhelp.Client) func(context.Context, *keyhelp.AdminCreateRequest) (int64, error) {
				return c.Admins.Create
			})),
		"Admins.Get": admin1(func(t *testing.T, c *keyhelp.Client) (*keyhelp.Admin, error) { return c.Admins.Get(t.Context(), 1) }),
		"Admins.GetByName": admin1(func(t *testing.T, c *keyhelp.Client) (*keyhelp.Admin, error) {
			return c.Admins.GetByName(t.Context(), "ops")
		}),
		"Admins.Update": put(int64(1), &keyhelp.AdminUpdateRequest{Language: new("en"), Email: new("new@host.example"), Password: &secret},
			func(c *keyhelp.Client) func(context.Context, int64, *keyhelp.AdminUpdateRequest) error {
				return c.Admins.Update
			}),
		"Admins.UpdateByName": put("ops", &keyhelp.AdminUpdateRequest{Language: new("")},
			func(c *keyhelp.Client) func(context.Context, string, *keyhelp.AdminUpdateRequest) error {
				return c.Admins.UpdateByName
			}),
		"Admins.Delete":       del(int64(1), func(c *keyhelp.Client) func(context.Context, int64) error { return c.Admins.Delete }),
		"Admins.DeleteByName": del("ops", func(c *keyhelp.Client) func(context.Context, string) error { return c.Admins.DeleteByName }),
	}
}
