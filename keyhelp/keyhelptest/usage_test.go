package keyhelptest_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/keyhelp/keyhelptest"
)

// furnish gives a client one of everything through the API.
func furnish(p *panel, client int64) map[string]int64 {
	domain := p.create("/domains", path(`{"id_user":%d,"domain":"a.example"}`, client))
	return map[string]int64{
		"domains":      domain,
		"subdomains":   p.create("/domains", path(`{"id_user":%d,"domain":"sub.a.example","id_parent_domain":%d}`, client, domain)),
		"certificates": p.create("/certificates", path(`{"id_user":%d,"name":"a.example","private_key":"k","certificate":"c","ca_certificate":"ca"}`, client)),
		"emails": p.create("/emails", path(`{"id_user":%d,"email":"info@xn--mstershop-q9a.example","password":"pw","description":"d","max_size":1073741824,
			"catch_all":true,"store_forwarded_emails":true,"aliases":["b@xn--mstershop-q9a.example","c@a.example"],"forwardings":["d@xn--mstershop-q9a.example"]}`, client)),
		"databases": p.create("/databases", path(`{"id_user":%d,"database_name":"db1_shop","database_username":"dbu1_shop","password":"pw",
			"description":"d","remote_hosts":["192.0.2.1"]}`, client)),
		"ftp_users":             p.create("/ftp-users", path(`{"id_user":%d,"username":"shop_ftp","home_directory":"/www/shop","password_hash":"h"}`, client)),
		"directory_protections": p.create("/directory-protections", path(`{"id_user":%d,"path":"a/","auth_name":"Intern","username":"team","password_hash":"h"}`, client)),
		"scheduled_tasks": p.AddScheduledTask(keyhelptest.ScheduledTask{
			ClientID: client, Type: "php", Command: "cron.php", PHPInterpreter: "8.3", Minute: "*/5", Hour: "*", DayOfMonth: "*", Month: "*", DayOfWeek: "*",
		}),
	}
}

func TestResources(t *testing.T) {
	p := newPanel(t, keyhelptest.Live, keyhelptest.WithSeedClients(2))
	client, other := p.Clients()[0].ID, p.Clients()[1].ID
	ids := furnish(p, client)
	p.want(200, path(`{
		"domains":[{"id":%d,"domain":"a.example","domain_utf8":"a.example","is_subdomain":false,"is_system_domain":false,"php_version":"",
			"traffic":0,"created_at":"2025-03-04T10:15:00+02:00","is_disabled":false},
			{"id":%d,"domain":"sub.a.example","domain_utf8":"sub.a.example","is_subdomain":true,"is_system_domain":false,"php_version":"",
			"traffic":0,"created_at":"2025-03-04T10:15:00+02:00","is_disabled":false}],
		"certificates":[{"id":%d,"name":"a.example","secured_domains":[],"valid_till":null,"issuer":""}],
		"emails":[{"id":%d,"email":"info@xn--mstershop-q9a.example","email_utf8":"info@müstershop.example","description":"d","size":0,"max_size":1073741824,
			"aliases":["b@xn--mstershop-q9a.example","c@a.example"],"aliases_utf8":["b@müstershop.example","c@a.example"],
			"forwardings":["d@xn--mstershop-q9a.example"],"forwardings_utf8":["d@müstershop.example"]}],
		"databases":[{"id":%d,"database_name":"db1_shop","database_username":"dbu1_shop","description":"d","size":0,"remote_hosts":["192.0.2.1"]}],
		"ftp_users":[{"id":%d,"username":"shop_ftp","description":"","home_directory":"/www/shop"}],
		"scheduled_tasks":[{"id":%d,"type":"php","command":"cron.php","description":"","php_interpreter":"8.3",
			"schedule":{"minute":"*/5","hour":"*","day_of_month":"*","month":"*","day_of_week":"*"}}],
		"directory_protections":[{"id":%d,"path":"a/","auth_name":"Intern","username":"team","exceptions":[]}]}`,
		ids["domains"], ids["subdomains"], ids["certificates"], ids["emails"], ids["databases"], ids["ftp_users"], ids["scheduled_tasks"],
		ids["directory_protections"]), "GET", path("/clients/%d/resources", client), "")
	none := `{"domains":[],"certificates":[],"emails":[],"databases":[],"ftp_users":[],"scheduled_tasks":[],"directory_protections":[]}`
	p.want(200, none, "GET", path("/clients/%d/resources", other), "")

	for _, kind := range []string{"databases", "ftp_users"} {
		endpoint := map[string]string{"databases": "/databases", "ftp_users": "/ftp-users"}[kind]
		name := map[string]string{"databases": "db1_shop", "ftp_users": "shop_ftp"}[kind]
		want, err := json.Marshal(p.get(path("/clients/%d/resources", client))[kind].([]any)[0])
		require.NoError(t, err)
		p.want(200, "["+string(want)+"]", "GET", endpoint, "")
		p.want(200, string(want), "GET", path("%s/%d", endpoint, ids[kind]), "")
		p.want(200, string(want), "GET", endpoint+"/name/"+name, "")
	}

	p.want(204, "", "DELETE", path("/clients/%d", client), "")
	require.Empty(t, p.Domains())
	require.Empty(t, p.Emails())
	require.Empty(t, p.Databases())
	require.Empty(t, p.FTPUsers())
	require.Empty(t, p.DirectoryProtections())
	require.Len(t, p.Certificates(), 1, "certificates are left over")
	for _, missing := range []string{"/databases/1", "/databases/name/db1_shop"} {
		p.want(404, liveError(404, "Database not found."), "GET", missing, "")
	}
	p.want(404, liveError(404, "FTP user not found."), "GET", "/ftp-users/name/shop_ftp", "")
}

func TestStateOfResources(t *testing.T) {
	p := newPanel(t, keyhelptest.Live, keyhelptest.WithSeedClients(1))
	client := p.Clients()[0].ID
	ids := furnish(p, client)
	require.Equal(t, []keyhelptest.Database{{
		ID: ids["databases"], ClientID: client, Name: "db1_shop", Username: "dbu1_shop", Description: "d", Password: "pw", RemoteHosts: []string{"192.0.2.1"},
	}}, p.Databases())
	require.Equal(t, []keyhelptest.FTPUser{{
		ID: ids["ftp_users"], ClientID: client, Username: "shop_ftp", HomeDirectory: "/www/shop", PasswordHash: "h",
	}}, p.FTPUsers())
	require.Equal(t, []keyhelptest.DirectoryProtection{{
		ID: ids["directory_protections"], ClientID: client, Path: "a/", AuthName: "Intern", Username: "team", PasswordHash: "h",
	}}, p.DirectoryProtections())
	require.Equal(t, []keyhelptest.Certificate{{
		ID: ids["certificates"], ClientID: client, Name: "a.example", PrivateKey: "k", Certificate: "c", CACertificate: "ca",
	}}, p.Certificates())
	emails := p.Emails()
	require.True(t, emails[0].CatchAll)
	require.True(t, emails[0].StoreForwarded)
	emails[0].Aliases[0] = "changed"
	p.Databases()[0].RemoteHosts[0] = "changed"
	require.Equal(t, "b@xn--mstershop-q9a.example", p.Emails()[0].Aliases[0], "copies")
	require.Equal(t, "192.0.2.1", p.Databases()[0].RemoteHosts[0])
}

func TestResourcesRefused(t *testing.T) {
	p := newPanel(t, keyhelptest.Live, keyhelptest.WithSeedClients(1))
	client := p.Clients()[0].ID
	furnish(p, client)
	for body, want := range map[[2]string]string{
		{"/databases", `{}`}: "id_user: This field is required.",
		{"/databases", `{"id_user":1,"database_name":"a","database_username":"b","password":"c"}`}:                                 "id_user: Unknown ID.",
		{"/databases", path(`{"id_user":%d,"database_name":"DB1_shop","database_username":"b","password":"c"}`, client)}:           "database_name: This value is already in use.",
		{"/databases", path(`{"id_user":%d,"database_name":"a","password":"c"}`, client)}:                                          "database_username: This field is required.",
		{"/databases", path(`{"id_user":%d,"database_name":"a","database_username":"b"}`, client)}:                                 "password: This field is required.",
		{"/databases", path(`{"id_user":%d,"database_name":"a","database_username":"b","password":"c","remote_hosts":1}`, client)}: "remote_hosts: Invalid type (array).",
		{"/emails", path(`{"id_user":%d,"email":"x","password":"p"}`, client)}:                                                     "email: Invalid email format.",
		{"/emails", path(`{"id_user":%d,"email":"INFO@xn--mstershop-q9a.example","password":"p"}`, client)}:                        "email: This value is already in use.",
		{"/emails", path(`{"id_user":%d,"email":"x@a.example","password":"p","aliases":[1]}`, client)}:                             "aliases.0: Invalid type (string).",
		{"/ftp-users", path(`{"id_user":%d,"username":"shop_ftp","password":"p"}`, client)}:                                        "username: This value is already in use.",
		{"/ftp-users", path(`{"id_user":%d,"username":"x"}`, client)}:                                                              "password: This field is required.",
		{"/directory-protections", path(`{"id_user":%d,"username":"x","password":"p"}`, client)}:                                   "path: This field is required.",
		{"/directory-protections", path(`{"id_user":%d,"path":"x","username":"x"}`, client)}:                                       "password: This field is required.",
		{"/certificates", `{"name":"x"}`}:                                                      "private_key: This field is required.",
		{"/certificates", `{"name":"x","components":{"private_key":"k"}}`}:                     "components.certificate: This field is required.",
		{"/certificates", `{"name":"x","components":"k","private_key":"k","certificate":"c"}`}: "components: Invalid type (object).",
		{"/certificates", `{"name":"A.example","private_key":"k","certificate":"c"}`}:          "name: This value is already in use.",
		{"/certificates", `{"id_user":1,"name":"x","private_key":"k","certificate":"c"}`}:      "id_user: Unknown ID.",
	} {
		p.want(400, liveError(400, want), "POST", body[0], body[1])
	}
}

func TestUsage(t *testing.T) {
	p := newPanel(t, keyhelptest.Live)
	plan := p.Plans()[0]
	client := p.AddClient(keyhelptest.Client{Username: "a", PlanID: plan.ID})
	furnish(p, client)
	p.SetUsage(client, keyhelptest.Usage{DiskSpace: 5 << 30, Traffic: 7 << 30, Files: 321})
	p.want(200, path(`{"disk_space":{"value":%d,"max":%d},"traffic":{"value":%d,"max":%d},"domains":{"value":1,"max":2},
		"subdomains":{"value":1,"max":-1},"email_accounts":{"value":1,"max":10},"email_addresses":{"value":3,"max":-1},
		"email_forwardings":{"value":1,"max":-1},"databases":{"value":1,"max":2},"ftp_users":{"value":1,"max":2},
		"scheduled_tasks":{"value":1,"max":2},"files":{"value":321,"max":-1}}`, int64(5)<<30, int64(6)<<30, int64(7)<<30, int64(60)<<30),
		"GET", path("/clients/%d/stats", client), "")
	traffic := func(httpIn, httpOut, imapIn, imapOut int) string {
		return path(`{"http":{"in":%d,"out":%d},"ftp":{"in":0,"out":0},"smtp":{"in":0,"out":0},"pop3":{"in":0,"out":0},
			"imap":{"in":%d,"out":%d}}`, httpIn, httpOut, imapIn, imapOut)
	}
	p.want(200, traffic(0, 7<<30, 0, 0), "GET", path("/clients/%d/traffic", client), "")
	flows := map[string]keyhelptest.Flow{"http": {In: 1, Out: 2}, "imap": {In: 3, Out: 4}}
	p.SetUsage(client, keyhelptest.Usage{Traffic: 10, Protocols: flows})
	flows["http"] = keyhelptest.Flow{}
	p.want(200, traffic(1, 2, 3, 4), "GET", path("/clients/%d/traffic", client), "")
	require.Panics(t, func() { p.SetUsage(1, keyhelptest.Usage{}) })
	require.Panics(t, func() { p.AddScheduledTask(keyhelptest.ScheduledTask{}) })
}

func TestDocumentedStatistics(t *testing.T) {
	p := newPanel(t, keyhelptest.Documented)
	client := p.AddClient(keyhelptest.Client{Username: "a", PlanID: p.Plans()[0].ID})
	p.AddDomain(keyhelptest.Domain{ClientID: client, Name: "a.example"})
	p.AddDomain(keyhelptest.Domain{ClientID: client, Name: "b.example"})
	p.SetUsage(client, keyhelptest.Usage{DiskSpace: 5 << 30, Traffic: 1})
	p.want(200, path(`{"disk_usage":%d,"disk_quota":%d,"traffic_usage":1,"traffic_quota":%d,"domain_count":2,"database_count":0,"email_count":0}`,
		int64(5)<<30, int64(6)<<30, int64(60)<<30), "GET", path("/clients/%d/statistics", client), "")
	free := p.AddClient(keyhelptest.Client{Username: "b"})
	p.want(200, `{"disk_usage":0,"disk_quota":-1,"traffic_usage":0,"traffic_quota":-1,"domain_count":0,"database_count":0,"email_count":0}`,
		"GET", path("/clients/%d/statistics", free), "")
}

func TestCertificates(t *testing.T) {
	p := newPanel(t, keyhelptest.Live)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test CA"}, DNSNames: []string{"a.example", "www.a.example"},
		NotAfter: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	text, err := json.Marshal(string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	require.NoError(t, err)

	p.want(404, liveError(404, "Certificate not found."), "PUT", "/certificates/name/a.example", `{"name":"a.example"}`)
	id := p.create("/certificates", `{"name":"a.example","components":{"private_key":"k","certificate":"old","ca_certificate":"ca"}}`)
	p.want(200, path(`{"id":%d}`, id), "PUT", "/certificates/name/a.example", path(`{"name":"a.example","components":{"certificate":%s}}`, text))
	want := path(`{"id":%d,"name":"a.example","secured_domains":["a.example","www.a.example"],"valid_till":"2026-01-02T05:04:05+02:00","issuer":"Test CA"}`, id)
	p.want(200, want, "GET", path("/certificates/%d", id), "")
	p.want(200, want, "GET", "/certificates/name/A.example", "")
	p.want(200, "["+want+"]", "GET", "/certificates", "")
	require.Equal(t, "k", p.Certificates()[0].PrivateKey, "left out: kept")
	require.Equal(t, "ca", p.Certificates()[0].CACertificate)

	p.create("/certificates", `{"name":"b.example","private_key":"k","certificate":"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}`)
	p.want(400, liveError(400, "name: This value is already in use."), "PUT", "/certificates/name/b.example", `{"name":"A.example"}`)
	require.Empty(t, p.get("/certificates/name/b.example")["secured_domains"])
}
