package keyhelptest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/keyhelp/keyhelptest"
)

func TestDocumentedDomain(t *testing.T) {
	p := newPanel(t, keyhelptest.Documented)
	client := p.create("/clients", erika)
	p.now = p.now.Add(time.Minute)
	p.want(201, path(`{"id":65311,"domain_name":"shop.example","id_client":%d,"document_root":"/home/muster_shop/www",
		"created_at":"2025-03-04 08:16:00"}`, client), "POST", "/domains", path(`{"domain_name":"Shop.example","id_client":%d,"template_id":3}`, client))
	p.want(200, path(`{"id":65311,"domain_name":"shop.example","id_client":%d,"document_root":"/home/muster_shop/www",
		"php_version":"8.3","is_enabled":true,"created_at":"2025-03-04 08:16:00","updated_at":"2025-03-04 08:16:00"}`, client), "GET", "/domains/65311", "")
	off := p.AddDomain(keyhelptest.Domain{ClientID: client, Name: "off.example", PHPVersion: "8.2", Disabled: true})
	got := p.get(path("/domains/%d", off))
	require.Equal(t, false, got["is_enabled"])
	require.Equal(t, "8.2", got["php_version"])

	for body, want := range map[string][]string{
		`{}`: {"domain_name", "This field is required", "id_client", "This field is required"},
		path(`{"domain_name":"SHOP.example","id_client":%d}`, client):   {"domain_name", "This value is already in use"},
		path(`{"domain_name":"shop","id_client":%d}`, client):           {"domain_name", "Invalid name"},
		path(`{"domain_name":"müller.example","id_client":%d}`, client): {"domain_name", "Invalid name"},
		`{"domain_name":"b.example","id_client":1}`:                     {"id_client", "Unknown ID"},
		path(`{"domain_name":"b.example","id_client":"%d"}`, client):    {"id_client", "Invalid type (integer)"},
		path(`{"domain_name":"b.example","user_id":%d}`, client):        {"id_client", "This field is required"},
	} {
		p.want(400, documentedError("Validation failed", want...), "POST", "/domains", body)
	}
	require.Len(t, p.Domains(), 2)
	p.want(204, "", "DELETE", path("/clients/%d", client), "")
	p.want(404, `{"error":"Domain not found"}`, "GET", "/domains/65311", "")
	require.Empty(t, p.Domains(), "a client's domains go with it")
}

func TestLiveDomain(t *testing.T) {
	p := newPanel(t, keyhelptest.Live, keyhelptest.WithSeedClients(1))
	client := p.Clients()[0].ID
	p.want(201, `{"id":65311}`, "POST", "/domains", path(`{"id_user":%d,"domain":"xn--mstershop-q9a.example"}`, client))
	p.want(200, path(`{"id":65311,"id_user":%d,"id_parent_domain":0,"status":1,"domain":"xn--mstershop-q9a.example",
		"domain_utf8":"müstershop.example","created_at":"2025-03-04T10:15:00+02:00","php_version":"","traffic":0,"is_disabled":false,
		"delete_on":null,"dkim_selector":"default","dkim_record":"","is_custom_dns":false,"is_dns_disabled":false,
		"is_subdomain":false,"is_system_domain":false,"is_email_domain":true,"is_email_sending_only":false,
		"target":{"target":"/xn--mstershop-q9a.example","is_forwarding":false,"forwarding_type":301},
		"security":{"id_certificate":0,"lets_encrypt":true,"is_prefer_https":true,"is_hsts":false,"hsts_max_age":0,
		"hsts_include":false,"hsts_preload":false},"apache":{"http_directives":"","https_directives":""}}`, client),
		"GET", "/domains/name/xn--mstershop-q9a.example", "")

	certificate := p.create("/certificates", `{"name":"c","components":{"private_key":"k","certificate":"c","ca_certificate":""}}`)
	p.want(200, `{"id":65311}`, "PUT", "/domains/65311", path(`{"php_version":"8.4","is_disabled":true,"is_dns_disabled":true,
		"is_email_domain":false,"delete_on":"2026-01-02","domain":"xn--mstershop-q9a.example",
		"target":{"target":"https://elsewhere.example/","forwarding_type":"302"},
		"security":{"id_certificate":%d,"lets_encrypt":false,"is_prefer_https":false,"is_hsts":true,"hsts_max_age":31536000,
		"hsts_include":true,"hsts_preload":true}}`, certificate))
	got := p.get("/domains/65311")
	require.Equal(t, "8.4", got["php_version"])
	require.Equal(t, true, got["is_disabled"])
	require.Equal(t, true, got["is_dns_disabled"])
	require.Equal(t, false, got["is_email_domain"])
	require.Equal(t, "2026-01-02T00:00:00+0000", got["delete_on"])
	require.Equal(t, "xn--mstershop-q9a.example", got["domain"])
	require.Equal(t, map[string]any{"target": "https://elsewhere.example/", "is_forwarding": true, "forwarding_type": 302.0}, got["target"])
	require.Equal(t, map[string]any{
		"id_certificate": float64(certificate), "lets_encrypt": false, "is_prefer_https": false, "is_hsts": true,
		"hsts_max_age": 31536000.0, "hsts_include": true, "hsts_preload": true,
	}, got["security"])
	p.want(200, `{"id":65311}`, "PUT", "/domains/name/xn--mstershop-q9a.example", `{"is_disabled":false}`)
	require.Equal(t, "8.4", p.get("/domains/65311")["php_version"], "a PUT is partial")
	p.want(400, liveError(400, "domain: Cannot be changed."), "PUT", "/domains/65311", `{"domain":"renamed.example"}`)
}

func TestSubdomains(t *testing.T) {
	p := newPanel(t, keyhelptest.Live, keyhelptest.WithSeedClients(2))
	client, stranger := p.Clients()[0].ID, p.Clients()[1].ID
	parent := p.create("/domains", path(`{"id_user":%d,"domain":"a.example","create_www_subdomain":true}`, client))
	other := p.create("/domains", path(`{"id_user":%d,"domain":"b.example"}`, client))
	sub := p.create("/domains", path(`{"id_user":%d,"domain":"sub.a.example","id_parent_domain":%d}`, client, parent))
	www := p.get("/domains/name/www.a.example")
	require.EqualValues(t, parent, www["id_parent_domain"])
	require.Equal(t, true, www["is_subdomain"])
	require.Len(t, p.ids("/domains?sort=domain_utf8"), 4)
	require.Equal(t, other, p.ids("/domains?sort=domain_utf8")[1])

	for body, want := range map[string]string{
		path(`{"id_user":%d,"domain":"c.example","id_parent_domain":1}`, client):              "id_parent_domain: Unknown ID.",
		path(`{"id_user":%d,"domain":"x.a.example","id_parent_domain":%d}`, stranger, parent): "id_parent_domain: Unknown ID.",
		path(`{"id_user":%d,"domain":"A.example"}`, stranger):                                 "domain: This value is already in use.",
		`{"id_user":1,"domain":"c.example"}`:                                                  "id_user: Unknown ID.",
		path(`{"id_user":%d,"domain":"c.example","security":{"id_certificate":9}}`, client):   "security.id_certificate: Unknown ID.",
		path(`{"id_user":%d}`, client):                                                        "domain: This field is required.",
	} {
		p.want(400, liveError(400, want), "POST", "/domains", body)
	}

	p.want(204, "", "DELETE", path("/domains/%d", parent), "")
	p.want(404, liveError(404, "Domain not found."), "DELETE", path("/domains/%d", parent), "")
	p.want(404, liveError(404, "Domain not found."), "PUT", path("/domains/%d", sub), "{}")
	require.Equal(t, []int64{other}, p.ids("/domains"), "siblings stay")
	p.want(204, "", "DELETE", "/domains/name/b.example", "")
	require.Empty(t, p.Domains())
}

const defaultZone = `{"is_custom_dns":false,"is_dns_disabled":false,"dkim_record":"","records":{"soa":{"ttl":86400,
	"primary_ns":"ns1.srv1.keyhelp.test.","rname":"hostmaster.srv1.keyhelp.test.","refresh":14400,"retry":1800,"expire":604800,"minimum":3600},
	"other":[{"host":"@","ttl":3600,"type":"NS","value":"ns1.srv1.keyhelp.test."},{"host":"@","ttl":3600,"type":"A","value":"192.0.2.80"},
	{"host":"@","ttl":3600,"type":"AAAA","value":"2001:db8::80"},{"host":"*","ttl":3600,"type":"A","value":"192.0.2.80"},
	{"host":"@","ttl":3600,"type":"MX","value":"10 srv1.keyhelp.test."},{"host":"@","ttl":3600,"type":"TXT","value":"v=spf1 a mx ~all"}]}}`

func TestDNS(t *testing.T) {
	p := newPanel(t, keyhelptest.Live, keyhelptest.WithSeedClients(1))
	client := p.Clients()[0].ID
	id := p.create("/domains", path(`{"id_user":%d,"domain":"a.example","create_www_subdomain":true}`, client))
	for _, target := range []string{path("/dns/%d", id), "/dns/name/a.example"} {
		p.want(200, defaultZone, "GET", target, "")
		p.want(200, path(`{"id":%d}`, id), "PUT", target, `{"is_custom_dns":false,"dkim_record":"x","records":{"soa":{"ttl":"60","primary_ns":"ns.x.",
			"rname":"root.x.","refresh":1,"retry":2,"expire":3,"minimum":4},"other":[{"host":"@","ttl":"300","type":"A","value":"192.0.2.7"}]}}`)
		custom := `{"is_custom_dns":true,"is_dns_disabled":false,"dkim_record":"","records":{"soa":{"ttl":60,"primary_ns":"ns.x.",
			"rname":"root.x.","refresh":1,"retry":2,"expire":3,"minimum":4},"other":[{"host":"@","ttl":300,"type":"A","value":"192.0.2.7"}]}}`
		p.want(200, custom, "GET", target, "")
		require.Equal(t, true, p.get(path("/domains/%d", id))["is_custom_dns"])

		p.want(400, liveError(400, "records: This field is required."), "PUT", target, `{}`)
		p.want(400, liveError(400, "records: Invalid type (object)."), "PUT", target, `{"records":[]}`)
		p.want(400, liveError(400, "records.other: This field is required."), "PUT", target, `{"records":{}}`)
		p.want(400, liveError(400, "records.other: Invalid value."), "PUT", target, `{"records":{"other":[{"host":"@","type":"A"}]}}`)
		p.want(400, liveError(400, "records.other.0.ttl: Invalid type (integer)."), "PUT", target, `{"records":{"other":[{"ttl":"x"}]}}`)
		p.want(400, liveError(400, "records: Invalid value."), "PUT", target, `{"records":{"soa":{"ttl":-1},"other":[]}}`)
		p.want(200, custom, "GET", target, "")

		p.want(200, path(`{"id":%d}`, id), "PUT", target, `{"records":{"other":[]}}`)
		require.Equal(t, []any{}, p.get(target)["records"].(map[string]any)["other"])
		p.want(204, "", "DELETE", target, "")
		p.want(200, defaultZone, "GET", target, "")
	}
	for _, target := range []string{"/dns/name/www.a.example", "/dns/1", "/dns/name/none.example"} {
		p.want(404, liveError(404, "Zone not found."), "GET", target, "")
		p.want(404, liveError(404, "Zone not found."), "PUT", target, "{}")
		p.want(404, liveError(404, "Zone not found."), "DELETE", target, "")
	}
	p.want(200, path(`{"id":%d}`, id), "PUT", path("/dns/%d", id), `{"records":{"other":[]}}`)
	p.want(204, "", "DELETE", path("/domains/%d", id), "")
	again := p.AddDomain(keyhelptest.Domain{ID: id, ClientID: client, Name: "a.example"})
	p.want(200, defaultZone, "GET", path("/dns/%d", again), "")
}
