package keyhelp_test

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/provider"
)

// The values that several answers of live.jsonl share.

func erika() *keyhelp.ClientAccount {
	return &keyhelp.ClientAccount{
		ID: 17, LoginName: "mustershop", Email: "post@shop.example", DisplayName: "Erika Muster", Language: "de",
		CreatedAt: at("2025-03-04T08:15:00+01:00"),
		Contact:   keyhelp.ContactData{FirstName: "Erika", LastName: "Muster", City: "Jena", ZIP: "07743", Country: "DE", ClientID: "1204"},
	}
}

func ana() *keyhelp.ClientAccount {
	return &keyhelp.ClientAccount{
		ID: 18, LoginName: "other", Email: "x@other.example", DisplayName: "Ana Silva", Locked: true, HostingPlanID: 2,
		CreatedAt: at("2025-03-05T11:29:13+02:00"), Language: "pt-BR", Notes: "pays late",
		SuspendOn: at("2025-08-01T00:00:00+00:00"), DeleteOn: utc("2025-09-30 00:00:00"),
		Contact: keyhelp.ContactData{
			FirstName: "Ana", LastName: "Silva", Company: "Other Lda", Telephone: "+351 1", Address: "Rua 1",
			City: "Lisboa", ZIP: "1000", State: "L", Country: "PT", ClientID: "1205",
		},
		Limits:      &keyhelp.PlanResources{DiskSpace: n(10737418240), Traffic: n(-1), Domains: n(2)},
		Permissions: &keyhelp.PlanPermissions{FTP: new(true), SSH: new(false)},
	}
}

func domain55() *keyhelp.Domain {
	return &keyhelp.Domain{
		ID: 55, ClientID: 17, Name: "xn--mstershop-q9a.example", NameUTF8: "müstershop.example", CreatedAt: at("2025-03-04T08:16:00+01:00"),
		Status: 1, DKIMSelector: "default", EmailDomain: true,
		Target:   keyhelp.DomainTarget{Target: "/mustershop", ForwardingType: 301},
		Security: keyhelp.DomainSecurity{LetsEncrypt: true, PreferHTTPS: true},
	}
}

func domain56() *keyhelp.Domain {
	return &keyhelp.Domain{
		ID: 56, ClientID: 17, Name: "sub.shop.example", NameUTF8: "sub.shop.example", PHPVersion: "8.3", Disabled: true,
		CreatedAt: at("2025-03-05T08:16:00+01:00"), ParentID: 55, Status: 2, Traffic: 5000000000, DeleteOn: at("2025-06-05T19:31:14+00:00"),
		DKIMSelector: "s1", DKIMRecord: "v=DKIM1; p=AAAA", CustomDNS: true, DNSDisabled: true, Subdomain: true, SystemDomain: true, EmailSendingOnly: true,
		Target: keyhelp.DomainTarget{Target: "https://elsewhere.example/", Forwarding: true, ForwardingType: 302},
		Security: keyhelp.DomainSecurity{
			CertificateID: 9, HSTS: true, HSTSMaxAge: 31536000, HSTSInclude: true, HSTSPreload: true,
		},
		HTTPDirectives: "A", HTTPSDirectives: "B",
	}
}

func certificate9() *keyhelp.Certificate {
	return &keyhelp.Certificate{
		ID: 9, Name: "shop.example", SecuredDomains: []string{"shop.example", "www.shop.example"},
		ValidTill: at("2025-12-31T23:59:59+00:00"), Issuer: "Test CA",
	}
}

func database3() *keyhelp.Database {
	return &keyhelp.Database{
		ID: 3, Name: "db17_shop", Username: "dbu17_shop", Description: "Shop", Size: 6000000000, RemoteHosts: []string{"192.0.2.9"},
	}
}

func ftpUser4() *keyhelp.FTPUser {
	return &keyhelp.FTPUser{ID: 4, Username: "shop_ftp", Description: "d", HomeDirectory: "/www/shop"}
}

func soa() keyhelp.SOA {
	return keyhelp.SOA{
		TTL: 86400, PrimaryNS: "ns1.host.example.", RName: "root.host.example.", Refresh: 14400, Retry: 1800, Expire: 604800, Minimum: 3600,
	}
}

// by wraps a method of one argument.
func by[A, T any](arg A, method func(c *keyhelp.Client) func(context.Context, A) (T, error)) func(*testing.T, *keyhelp.Client) (T, error) {
	return func(t *testing.T, c *keyhelp.Client) (T, error) { return method(c)(t.Context(), arg) }
}

// del wraps a method that takes an argument and returns only an error.
func del[A any](arg A, method func(c *keyhelp.Client) func(context.Context, A) error) func(*testing.T, *keyhelp.Client) {
	return done(func(t *testing.T, c *keyhelp.Client) error { return method(c)(t.Context(), arg) })
}

// put wraps an update.
func put[A, R any](arg A, req R, method func(c *keyhelp.Client) func(context.Context, A, R) error) func(*testing.T, *keyhelp.Client) {
	return done(func(t *testing.T, c *keyhelp.Client) error { return method(c)(t.Context(), arg, req) })
}

// Clients, their domains and zones in the live dialect, field by field. The rest is in
// replay_live_rest_test.go.
func liveClients() replays {
	getClient := func(c *keyhelp.Client) func(context.Context, int64) (*keyhelp.ClientAccount, error) {
		return c.Clients.Get
	}
	stats := func(c *keyhelp.Client) func(context.Context, int64) (*keyhelp.ClientStats, error) {
		return c.Clients.Stats
	}
	resources := func(c *keyhelp.Client) func(context.Context, int64) (*keyhelp.ClientResources, error) {
		return c.Clients.Resources
	}
	update := func(c *keyhelp.Client) func(context.Context, int64, *keyhelp.ClientUpdateRequest) error {
		return c.Clients.Update
	}
	createClient := func(c *keyhelp.Client) func(context.Context, *keyhelp.ClientCreateRequest) (*keyhelp.ClientAccount, error) {
		return c.Clients.Create
	}
	// A date has no time of day, and is the one in the caller's time zone.
	august := time.Date(2025, 8, 1, 23, 30, 0, 0, time.FixedZone("", 10*3600))
	contact := keyhelp.ContactData{
		FirstName: "Erika", LastName: "Muster", Company: "Shop GmbH", Telephone: "+49 1", Address: "Weg 1",
		City: "Jena", ZIP: "07743", State: "TH", Country: "DE", ClientID: "1204",
	}
	return replays{
		"Clients.Create": equal(&keyhelp.ClientAccount{
			ID: 17, LoginName: "mustershop", Email: "post@shop.example", DisplayName: "Erika Muster", HostingPlanID: 2,
			Language: "de", Notes: "order 7", SuspendOn: utc("2025-08-01 00:00:00"), Contact: contact,
		}, by(&keyhelp.ClientCreateRequest{
			LoginName: "mustershop", Password: provider.NewSecret(placeholderPassword), Email: "post@shop.example", HostingPlanID: 2, Language: "de", Notes: "order 7",
			Locked: new(false), SuspendOn: &august, DeleteOn: &time.Time{}, Contact: &contact,
			SendLoginCredentials: new(false), CreateSystemDomain: new(true), Skeleton: "default",
		}, createClient)),
		"Clients.Create, smallest": equal(&keyhelp.ClientAccount{
			ID: 17, LoginName: "mustershop", Email: "post@shop.example", HostingPlanID: 2,
		}, by(&keyhelp.ClientCreateRequest{
			LoginName: "mustershop", Password: provider.NewSecret(placeholderPassword), Email: "post@shop.example", HostingPlanID: 2,
		}, createClient)),
		"Clients.Get":             equal(erika(), by(int64(17), getClient)),
		"Clients.Get, all fields": equal(ana(), by(int64(18), getClient)),
		"Clients.GetByName": equal(named("muster shop/ü", erika()), by("muster shop/ü", func(c *keyhelp.Client) func(context.Context, string) (*keyhelp.ClientAccount, error) {
			return c.Clients.GetByName
		})),
		"Clients.List": equal([]*keyhelp.ClientAccount{erika(), ana()}, func(t *testing.T, c *keyhelp.Client) ([]*keyhelp.ClientAccount, error) {
			return gather(c.Clients.List(t.Context(), &keyhelp.SortOptions{Sort: "username", Order: "desc"}))
		}),
		"Clients.Update": put(int64(17), &keyhelp.ClientUpdateRequest{Locked: new(true)}, update),
		"Clients.Update, all fields": put(int64(17), &keyhelp.ClientUpdateRequest{
			Password: new(provider.NewSecret(placeholderPassword)), Email: new("new@shop.example"),
			DisplayName: new("Erika Maria Muster"), Locked: new(false), HostingPlanID: n(0), LoginName: new("renamed"),
			Language: new("en"), Notes: new(""), SuspendOn: &time.Time{}, DeleteOn: new(utc("2025-12-31 00:00:00")),
			Contact: &keyhelp.ContactData{City: "Jena"},
		}, update),
		"Clients.UpdateByName": put("mustershop", &keyhelp.ClientUpdateRequest{Notes: new("n")},
			func(c *keyhelp.Client) func(context.Context, string, *keyhelp.ClientUpdateRequest) error {
				return c.Clients.UpdateByName
			}),
		"Clients.Delete": del(int64(17), func(c *keyhelp.Client) func(context.Context, int64) error { return c.Clients.Delete }),
		"Clients.DeleteByName": del("mustershop", func(c *keyhelp.Client) func(context.Context, string) error {
			return c.Clients.DeleteByName
		}),
		"Clients.Stats": equal(&keyhelp.ClientStats{
			Disk: figure(1048576, n(10737418240)), Traffic: figure(524288, n(keyhelp.Unlimited)), Domains: figure(2, n(5)),
			Subdomains: figure(0, n(-1)), EmailAccounts: figure(4, n(10)), EmailAddresses: figure(4, n(-1)),
			Databases: figure(1, n(5)), FTPUsers: figure(1, n(5)), ScheduledTasks: figure(0, n(0)),
		}, by(int64(17), stats)),
		"Clients.Stats, newer": equal(&keyhelp.ClientStats{
			Disk: figure(5000000000, n(-1)), EmailForwardings: figure(1, n(2)), Files: figure(12345, nil),
		}, by(int64(17), stats)),
		"Clients.Traffic": equal(map[string]keyhelp.TrafficCount{
			"http": {In: 1000, Out: 50000000000}, "ftp": {In: 3, Out: 4}, "smtp": {In: 5, Out: 6}, "pop3": {In: 7, Out: 8}, "imap": {In: 9, Out: 10},
		}, by(int64(17), func(c *keyhelp.Client) func(context.Context, int64) (map[string]keyhelp.TrafficCount, error) {
			return c.Clients.Traffic
		})),
		"Clients.Resources": equal(&keyhelp.ClientResources{
			Domains: []*keyhelp.Domain{domain55()}, Certificates: []*keyhelp.Certificate{certificate9()},
			Emails: []*keyhelp.Email{{
				ID: 1, Address: "info@xn--shp-sna.example", AddressUTF8: "info@shöp.example", Description: "Info", Size: 10, MaxSize: 5000000000,
				Aliases: []string{"a@xn--shp-sna.example"}, AliasesUTF8: []string{"a@shöp.example"},
				Forwardings: []string{"f@xn--x-xga.example"}, ForwardingsUTF8: []string{"f@xö.example"},
			}},
			Databases: []*keyhelp.Database{database3()}, FTPUsers: []*keyhelp.FTPUser{ftpUser4()},
			ScheduledTasks: []*keyhelp.ScheduledTask{{
				ID: 5, Type: "php", Command: "cron.php", Description: "Cron", PHPInterpreter: "8.3",
				Minute: "*/5", Hour: "0", DayOfMonth: "*", Month: "*", DayOfWeek: "1-5",
			}},
			DirectoryProtections: []*keyhelp.DirectoryProtection{{ID: 6, Path: "shop.example/", AuthName: "Intern", Username: "team", Exceptions: []string{"pub"}}},
		}, by(int64(17), resources)),
		"Clients.Resources, none": equal(&keyhelp.ClientResources{Domains: []*keyhelp.Domain{}}, by(int64(18), resources)),
	}
}

func liveServer() replays {
	signOn := &keyhelp.Session{URL: provider.NewSecret("https://panel.host.example/placeholder-sign-on")}
	failed := func(call func(c *keyhelp.Client) error) func(*testing.T, *keyhelp.Client) error {
		return func(_ *testing.T, c *keyhelp.Client) error { return call(c) }
	}
	return replays{
		"Sessions.Create": equal(signOn, by(int64(17), func(c *keyhelp.Client) func(context.Context, int64) (*keyhelp.Session, error) {
			return c.Sessions.Create
		})),
		"Sessions.CreateByName": equal(signOn, by("mustershop", func(c *keyhelp.Client) func(context.Context, string) (*keyhelp.Session, error) {
			return c.Sessions.CreateByName
		})),
		"Server.Ping": done(func(t *testing.T, c *keyhelp.Client) error { return c.Server.Ping(t.Context()) }),
		"Server.Get": equal(&keyhelp.Server{
			Hostname: "panel.host.example", Addresses: []netip.Addr{netip.MustParseAddr("192.0.2.7"), netip.MustParseAddr("2001:db8::7")},
			PanelVersion: "25.1", PanelBuild: "4001", Uptime: 76*time.Hour + 5*time.Minute + 6*time.Second, OperatingSystem: "Debian 12",
			RebootRequired: true, Load1: 0.1, Load5: 0.2, Load15: 0.3, LoadPercent: 2.5, Traffic: 5000000000, DiskSpace: 6000000000,
		}, func(t *testing.T, c *keyhelp.Client) (*keyhelp.Server, error) { return c.Server.Get(t.Context()) }),
		"Server.Version": equal(&keyhelp.Version{Version: "25.1", Build: "4001"},
			func(t *testing.T, c *keyhelp.Client) (*keyhelp.Version, error) { return c.Server.Version(t.Context()) }),
		"Server.Reboot": done(func(t *testing.T, c *keyhelp.Client) error { return c.Server.Reboot(t.Context()) }),
		"error 401": fails(provider.Error{
			Op: "Server.Ping", Action: "ping panel", Kind: provider.ErrUnauthorized, StatusCode: 401,
			Code: "401 Unauthorized", Message: "API key is missing or invalid.",
		}, failed(func(c *keyhelp.Client) error { return c.Server.Ping(context.Background()) })),
		"error 404": fails(provider.Error{
			Op: "Clients.GetByName", Action: `get client "nobody"`, Kind: provider.ErrNotFound, StatusCode: 404,
			Code: "404 Not Found", Message: "No such client.",
		}, failed(func(c *keyhelp.Client) error {
			_, err := c.Clients.GetByName(context.Background(), "nobody")
			return err
		})),
		"error 404 on update": fails(provider.Error{
			Op: "Certificates.UpdateByName", Action: `update certificate "none"`, Kind: provider.ErrNotFound, StatusCode: 404,
			Code: "404 Not Found", Message: "No such certificate.",
		}, failed(func(c *keyhelp.Client) error {
			return c.Certificates.UpdateByName(context.Background(), "none", &keyhelp.CertificateUpdateRequest{Certificate: new("placeholder-certificate")})
		})),
		"error 400": fails(provider.Error{
			Op: "Clients.Create", Action: `create client "mustershop"`, Kind: provider.ErrInvalid, StatusCode: 400,
			Code: "400 Bad Request", Message: "Bad input.",
		}, failed(func(c *keyhelp.Client) error {
			_, err := c.Clients.Create(context.Background(), &keyhelp.ClientCreateRequest{
				LoginName: "mustershop", Password: provider.NewSecret(placeholderPassword), Email: "post@shop.example",
			})
			return err
		})),
	}
}

func admin1(call func(t *testing.T, c *keyhelp.Client) (*keyhelp.Admin, error)) func(*testing.T, *keyhelp.Client) {
	return func(t *testing.T, c *keyhelp.Client) {
		got, err := call(t, c)
		require.NoError(t, err)
		require.Equal(t, &keyhelp.Admin{
			ID: 1, Username: "ops", Email: "ops@host.example", Language: "de", MainAdmin: true,
			More: map[string]provider.Payload{"last_login": provider.NewPayload(`"2025-01-01"`)},
		}, got)
	}
}

func named(loginName string, c *keyhelp.ClientAccount) *keyhelp.ClientAccount {
	c.LoginName = loginName
	return c
}
