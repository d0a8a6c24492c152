package keyhelp_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/internal/fixture"
	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/provider"
)

// vendor describes this client in a dialect to the checks of clienttest.
func vendor(t testing.TB, d keyhelp.Dialect) *clienttest.Vendor {
	t.Helper()
	exchanges := exchangesOf(t, d)
	for i := range exchanges {
		exchanges[i].Request.Path = strings.TrimPrefix(exchanges[i].Request.Path, "/api/v2")
	}
	all := []string{canaryKey, canaryToken, canaryURL}
	for _, secret := range secrets {
		all = append(all, secret.Reveal())
	}
	return &clienttest.Vendor{
		Kind: keyhelp.Kind, Base: panelURL + "/api/v2",
		Dial: func(t testing.TB, transport http.RoundTripper, opts ...provider.Option) any {
			return clientOver(t, transport, append([]provider.Option{keyhelp.WithDialect(d)}, opts...)...)
		},
		Samples: func() []any { return samples(d) },
		Rows:    inventory(t, d), Exchanges: exchanges, Canaries: all,
		Names: []string{"login_name", "username", "domain_name", "domain", "database_name", "email", "path", "name"},
		Shown: func(value any) bool {
			_, raw := value.(*keyhelp.Admin)
			return raw // Raw is the server's answer, on purpose
		},
	}
}

// inventory reads the rows of a dialect from testdata/keyhelp/operations.tsv. A second sign-on does
// no harm, but the documented POST counts as a change nevertheless.
func inventory(t testing.TB, d keyhelp.Dialect) []clienttest.Row {
	t.Helper()
	lines := clienttest.Table(t, "../testdata/keyhelp/operations.tsv", "n\tmethod\tpath\tdialect\tevidence\toperation")
	require.Len(t, lines, 62)
	var rows []clienttest.Row
	for i, line := range lines {
		require.Equal(t, strconv.Itoa(i+1), line["n"], "rows are numbered")
		require.Contains(t, []string{"both", "documented", "live"}, line["dialect"])
		if line["dialect"] != "both" && line["dialect"] != string(d) {
			continue
		}
		rows = append(rows, clienttest.Row{
			Method: line["method"], Path: line["path"], Route: "/api/v2" + line["path"],
			Reads: line["method"] == http.MethodGet, Operations: strings.Split(line["operation"], ","),
		})
	}
	return rows
}

func exchangesOf(t testing.TB, d keyhelp.Dialect) []fixture.Exchange {
	t.Helper()
	exchanges, err := fixture.Load("../testdata/keyhelp/" + string(d) + ".jsonl")
	require.NoError(t, err)
	return exchanges
}

// secrets are the secrets in the requests of samples. They contain characters that are escaped in
// JSON, URLs and Go.
var secrets = []provider.Secret{provider.NewSecret(`canary "Pass\w0rd" <&> 7`), provider.NewSecret(`$6$canary/hash$x"y`), provider.NewSecret("-----BEGIN KEY-----\ncanary/key+==\n-----END KEY-----\n")}

// samples returns requests that a panel would accept, with all fields that the dialect has.
func samples(d keyhelp.Dialect) []any {
	password, hash, key := secrets[0], secrets[1], secrets[2]
	live := d == keyhelp.DialectLive
	when := time.Date(2030, 1, 2, 0, 0, 0, 0, time.UTC)
	client := &keyhelp.ClientCreateRequest{LoginName: "name", Password: password, Email: "a@b.example", DisplayName: "A B", HostingPlanID: 2}
	update := &keyhelp.ClientUpdateRequest{Password: &password, Locked: new(true)}
	domain := &keyhelp.DomainCreateRequest{ClientID: 17, Name: "name.example"}
	if live {
		client.SuspendOn, client.Contact, client.Notes = &when, &keyhelp.ContactData{City: "Jena"}, "n"
		update.Notes, update.DeleteOn = new("n"), &when
		domain.ParentID, domain.DeleteOn = 3, &when
		domain.Target, domain.Security = &keyhelp.DomainTarget{Target: "/"}, &keyhelp.DomainSecurity{LetsEncrypt: true}
	}
	return []any{
		client, update, domain,
		&keyhelp.SortOptions{Sort: "id", Order: "asc"},
		&keyhelp.DomainUpdateRequest{Disabled: new(true)},
		&keyhelp.ZoneUpdateRequest{Records: &keyhelp.ZoneRecords{Other: []keyhelp.DNSRecord{{Host: "@", TTL: 60, Type: "A", Value: "192.0.2.1"}}}},
		&keyhelp.CertificateCreateRequest{Name: "name", PrivateKey: key, Certificate: "public"},
		&keyhelp.CertificateUpdateRequest{PrivateKey: &key, Certificate: new("public")},
		&keyhelp.DatabaseCreateRequest{ClientID: 17, Name: "db", Username: "dbu", Password: password},
		&keyhelp.EmailCreateRequest{ClientID: 17, Address: "a@b.example", PasswordHash: hash, MaxSize: 1},
		&keyhelp.FTPUserCreateRequest{ClientID: 17, Username: "ftp", HomeDirectory: "/www", Password: password},
		&keyhelp.DirectoryProtectionCreateRequest{ClientID: 17, Path: "p/", AuthName: "a", Username: "u", PasswordHash: hash},
		&keyhelp.HostingPlanCreateRequest{Name: "plan", Resources: &keyhelp.PlanResources{Domains: new(int64(1))}},
		&keyhelp.HostingPlanUpdateRequest{Name: new("plan")},
		&keyhelp.AdminCreateRequest{Username: "ops", Email: "a@b.example", Password: password},
		&keyhelp.AdminUpdateRequest{Password: &password},
	}
}
