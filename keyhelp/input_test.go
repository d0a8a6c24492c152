package keyhelp_test

import (
	"context"
	"maps"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/provider"
)

// bad is a call that must be refused before any I/O, with the fields that the error must name.
type bad struct {
	fields string
	call   func(ctx context.Context, c *keyhelp.Client) error
}

// with changes a good request into a bad one and sends it.
func with[R, T any](fields string, send func(*keyhelp.Client) func(context.Context, *R) (T, error), change func(*R)) bad {
	return bad{fields, func(ctx context.Context, c *keyhelp.Client) error {
		var request *R
		if change != nil {
			request = sampleOf[R]()
			change(request)
		}
		_, err := send(c)(ctx, request)
		return err
	}}
}

// sampleOf returns the sample of a request type.
func sampleOf[R any]() *R {
	for _, sample := range samples(keyhelp.DialectLive) {
		if request, is := sample.(*R); is {
			return request
		}
	}
	panic("no such sample")
}

// updating does the same for updates with a valid ID or name.
func updating[A, R any](fields string, arg A, send func(*keyhelp.Client) func(context.Context, A, *R) error, request *R) bad {
	return bad{fields, func(ctx context.Context, c *keyhelp.Client) error { return send(c)(ctx, arg, request) }}
}

type (
	client     = keyhelp.ClientCreateRequest
	domain     = keyhelp.DomainCreateRequest
	cert       = keyhelp.CertificateCreateRequest
	database   = keyhelp.DatabaseCreateRequest
	mailbox    = keyhelp.EmailCreateRequest
	ftpUser    = keyhelp.FTPUserCreateRequest
	protection = keyhelp.DirectoryProtectionCreateRequest
	plan       = keyhelp.HostingPlanCreateRequest
	admin      = keyhelp.AdminCreateRequest
)

func badCreates() map[string]bad {
	clients := func(c *keyhelp.Client) func(context.Context, *client) (*keyhelp.ClientAccount, error) {
		return c.Clients.Create
	}
	domains := func(c *keyhelp.Client) func(context.Context, *domain) (*keyhelp.Domain, error) {
		return c.Domains.Create
	}
	certs := func(c *keyhelp.Client) func(context.Context, *cert) (int64, error) { return c.Certificates.Create }
	databases := func(c *keyhelp.Client) func(context.Context, *database) (int64, error) { return c.Databases.Create }
	emails := func(c *keyhelp.Client) func(context.Context, *mailbox) (int64, error) { return c.Emails.Create }
	ftp := func(c *keyhelp.Client) func(context.Context, *ftpUser) (int64, error) { return c.FTPUsers.Create }
	protections := func(c *keyhelp.Client) func(context.Context, *protection) (int64, error) {
		return c.DirectoryProtections.Create
	}
	plans := func(c *keyhelp.Client) func(context.Context, *plan) (int64, error) { return c.HostingPlans.Create }
	admins := func(c *keyhelp.Client) func(context.Context, *admin) (int64, error) { return c.Admins.Create }
	return map[string]bad{
		"client nil":         with("request", clients, nil),
		"client all wrong":   with("LoginName Email HostingPlanID", clients, func(r *client) { *r = client{HostingPlanID: -1} }),
		"client login":       with("LoginName", clients, func(r *client) { r.LoginName = "" }),
		"client hash":        with("PasswordHash PasswordHashOS", clients, func(r *client) { r.PasswordHash = provider.NewSecret("placeholder") }),
		"client OS hash":     with("PasswordHashOS", clients, func(r *client) { r.PasswordHashOS = provider.NewSecret("placeholder") }),
		"client no e-mail":   with("Email", clients, func(r *client) { r.Email = "" }),
		"client e-mail":      with("Email", clients, func(r *client) { r.Email = "no address" }),
		"client e-mail name": with("Email", clients, func(r *client) { r.Email = "Max <max@b.example>" }),
		"client e-mail two":  with("Email", clients, func(r *client) { r.Email = "a@b.example, c@d.example" }),
		"client plan":        with("HostingPlanID", clients, func(r *client) { r.HostingPlanID = -1 }),
		"domain nil":         with("request", domains, nil),
		"domain owner":       with("ClientID", domains, func(r *domain) { r.ClientID = 0 }),
		"domain owner below": with("ClientID", domains, func(r *domain) { r.ClientID = -1 }),
		"domain no name":     with("Name", domains, func(r *domain) { r.Name = "" }),
		"domain URL":         with("Name", domains, func(r *domain) { r.Name = "https://a.example" }),
		"domain blank":       with("Name", domains, func(r *domain) { r.Name = "a b.example" }),
		"domain path":        with("Name", domains, func(r *domain) { r.Name = "a.example/x" }),
		"domain dots":        with("Name", domains, func(r *domain) { r.Name = "a..example" }),
		"domain first dot":   with("Name", domains, func(r *domain) { r.Name = ".example" }),
		"domain long":        with("Name", domains, func(r *domain) { r.Name = strings.Repeat("a.", 127) }),
		"domain unicode":     with("Name", domains, func(r *domain) { r.Name = "müller.example" }),
		"domain parent":      with("ParentID", domains, func(r *domain) { r.ParentID = -1 }),
		"certificate nil":    with("request", certs, nil),
		"certificate empty":  with("Name PrivateKey Certificate ClientID", certs, func(r *cert) { *r = cert{ClientID: -1} }),
		"database nil":       with("request", databases, nil),
		"database empty":     with("ClientID Name Username Password", databases, func(r *database) { *r = database{} }),
		"database both":      with("Password", databases, func(r *database) { r.PasswordHash = provider.NewSecret("placeholder") }),
		"e-mail nil":         with("request", emails, nil),
		"e-mail empty":       with("ClientID Address Password MaxSize", emails, func(r *mailbox) { *r = mailbox{} }),
		"e-mail both":        with("Password", emails, func(r *mailbox) { r.Password = provider.NewSecret("placeholder") }),
		"e-mail address":     with("Address", emails, func(r *mailbox) { r.Address = "info" }),
		"e-mail size":        with("MaxSize", emails, func(r *mailbox) { r.MaxSize = -1 }),
		"FTP user nil":       with("request", ftp, nil),
		"FTP user empty":     with("ClientID Username HomeDirectory Password", ftp, func(r *ftpUser) { *r = ftpUser{} }),
		"FTP user both":      with("Password", ftp, func(r *ftpUser) { r.PasswordHash = provider.NewSecret("placeholder") }),
		"protection nil":     with("request", protections, nil),
		"protection empty":   with("ClientID Path AuthName Username Password", protections, func(r *protection) { *r = protection{} }),
		"protection both":    with("Password", protections, func(r *protection) { r.Password = provider.NewSecret("placeholder") }),
		"plan nil":           with("request", plans, nil),
		"plan name":          with("Name", plans, func(r *plan) { r.Name = "" }),
		"plan PM":            with("PHPFPM.PM", plans, func(r *plan) { r.PHPFPM = &keyhelp.PlanPHPFPM{PM: new("fast")} }),
		"admin nil":          with("request", admins, nil),
		"admin empty":        with("Username Email Password", admins, func(r *admin) { *r = admin{} }),
		"admin both":         with("Password", admins, func(r *admin) { r.PasswordHash = provider.NewSecret("placeholder") }),
		"admin e-mail":       with("Email", admins, func(r *admin) { r.Email = "x" }),
	}
}

func badUpdates() map[string]bad {
	byID := func(c *keyhelp.Client) func(context.Context, int64, *keyhelp.ClientUpdateRequest) error {
		return c.Clients.Update
	}
	byName := func(c *keyhelp.Client) func(context.Context, string, *keyhelp.ClientUpdateRequest) error {
		return c.Clients.UpdateByName
	}
	certificates := func(c *keyhelp.Client) func(context.Context, string, *keyhelp.CertificateUpdateRequest) error {
		return c.Certificates.UpdateByName
	}
	zones := func(c *keyhelp.Client) func(context.Context, int64, *keyhelp.ZoneUpdateRequest) error {
		return c.DNS.Update
	}
	plans := func(c *keyhelp.Client) func(context.Context, int64, *keyhelp.HostingPlanUpdateRequest) error {
		return c.HostingPlans.Update
	}
	admins := func(c *keyhelp.Client) func(context.Context, int64, *keyhelp.AdminUpdateRequest) error {
		return c.Admins.Update
	}
	text, secret := new(""), new(provider.NewSecret(""))
	record := func(r keyhelp.DNSRecord) *keyhelp.ZoneUpdateRequest {
		return &keyhelp.ZoneUpdateRequest{Records: &keyhelp.ZoneRecords{Other: []keyhelp.DNSRecord{r}}}
	}
	return map[string]bad{
		"client all": updating("Password Email LoginName HostingPlanID", 1, byID,
			&keyhelp.ClientUpdateRequest{Password: secret, Email: text, LoginName: text, HostingPlanID: n(-1)}),
		"client hash": updating("PasswordHash PasswordHashOS", 1, byID,
			&keyhelp.ClientUpdateRequest{Password: new(provider.NewSecret("placeholder")), PasswordHash: new(provider.NewSecret("placeholder"))}),
		"client e-mail": updating("Email", "name", byName, &keyhelp.ClientUpdateRequest{Email: new("x")}),
		"certificate all": updating("Name PrivateKey Certificate", "name", certificates,
			&keyhelp.CertificateUpdateRequest{Name: text, PrivateKey: secret, Certificate: text}),
		"zone without records": updating("Records", 1, zones, &keyhelp.ZoneUpdateRequest{}),
		"zone, host":           updating("Records", 1, zones, record(keyhelp.DNSRecord{Type: "A", Value: "192.0.2.1"})),
		"zone, type":           updating("Records", 1, zones, record(keyhelp.DNSRecord{Host: "@", Value: "192.0.2.1"})),
		"zone, value":          updating("Records", 1, zones, record(keyhelp.DNSRecord{Host: "@", Type: "A"})),
		"plan name":            updating("Name", 1, plans, &keyhelp.HostingPlanUpdateRequest{Name: text}),
		"plan PM":              updating("PHPFPM.PM", 1, plans, &keyhelp.HostingPlanUpdateRequest{PHPFPM: &keyhelp.PlanPHPFPM{PM: new("")}}),
		"admin all":            updating("Email Password", 1, admins, &keyhelp.AdminUpdateRequest{Email: text, Password: secret}),
	}
}

func TestBadInput(t *testing.T) {
	all := badCreates()
	maps.Copy(all, badUpdates())
	for name, test := range all {
		t.Run(name, func(t *testing.T) {
			for _, d := range []keyhelp.Dialect{keyhelp.DialectAuto, keyhelp.DialectLive} {
				tap := always(ok(`{"id": 1}`))
				err := test.call(t.Context(), clientOver(t, tap, keyhelp.WithDialect(d)))
				refused(t, tap, err, strings.Fields(test.fields)...)
			}
		})
	}
}

// refused checks an error for bad input: the fields and no others, nothing sent.
func refused(t *testing.T, tap *wiretap, err error, fields ...string) {
	t.Helper()
	vendor(t, keyhelp.DialectLive).Refused(t, tap, err, fields...)
}

// Every method refuses invalid IDs, empty names, names that would lead to another path, and nil
// requests.
func TestBadArgumentsOfEveryMethod(t *testing.T) {
	refusals := vendor(t, keyhelp.DialectLive).CheckArguments(t, func(_ clienttest.Method, _ int, want reflect.Type) []any {
		switch {
		case want.Kind() == reflect.Int64:
			return []any{int64(0), int64(-1), int64(-1 << 63)}
		case want.Kind() == reflect.String:
			return []any{"", ".", "..", "../admins/1", `..\x`, "a/../b"}
		case want == reflect.TypeFor[*keyhelp.SortOptions]():
			return []any{&keyhelp.SortOptions{Order: "ASC"}, &keyhelp.SortOptions{Order: "up"}}
		}
		return []any{nil}
	})
	require.Greater(t, refusals, 60)
}

func TestBadConfiguration(t *testing.T) {
	for name, test := range map[string]struct {
		url, key string
		opts     []provider.Option
		fields   []string
	}{
		"nothing":       {"", "", nil, []string{"apiKey", "baseURL"}},
		"white space":   {panelURL, "key and more", nil, []string{"apiKey"}},
		"plain http":    {"http://panel.example.com", panelKey, nil, []string{"baseURL"}},
		"dialect":       {panelURL, panelKey, []provider.Option{keyhelp.WithDialect("v3")}, []string{"WithDialect"}},
		"scan":          {panelURL, panelKey, []provider.Option{keyhelp.WithScan(keyhelp.Scan{Gap: -1})}, []string{"WithScan"}},
		"plans":         {panelURL, panelKey, []provider.Option{keyhelp.WithPlans(keyhelp.HostingPlan{ID: 1})}, []string{"WithPlans"}},
		"all together":  {"x", "", []provider.Option{keyhelp.WithDialect("v3"), provider.WithMaxBody(-1)}, []string{"WithDialect", "WithMaxBody", "apiKey", "baseURL"}},
		"other vendor":  {panelURL, panelKey, []provider.Option{provider.VendorOption("hestia", "WithX", 1)}, []string{"hestia.WithX"}},
		"TLS":           {panelURL, panelKey, []provider.Option{provider.WithTLS(provider.TLS{NoVerify: true})}, []string{"WithTLS"}},
		"base with key": {"https://user:placeholder@panel.example.com", panelKey, nil, []string{"baseURL"}},
	} {
		t.Run(name, func(t *testing.T) {
			client, err := keyhelp.New(test.url, provider.NewSecret(test.key), test.opts...)
			require.Nil(t, client)
			refused(t, always(pong), err, test.fields...)
			require.NotContains(t, err.Error(), "placeholder")
		})
	}
}
