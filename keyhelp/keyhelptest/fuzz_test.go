package keyhelptest_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/provkit/provkit/internal/emulatortest"
	"github.com/provkit/provkit/keyhelp/keyhelptest"
)

// FuzzServer sends arbitrary requests to the panel. It must answer JSON with a sensible status and
// never panic: in memory a panic of the handler reaches this test.
func FuzzServer(f *testing.F) {
	for _, d := range []keyhelptest.Dialect{keyhelptest.Documented, keyhelptest.Live} {
		for _, endpoint := range keyhelptest.Routes(d) {
			method, path, _ := strings.Cut(endpoint, " ")
			for _, body := range []string{"", erika, `{"id_user":1207,"name":"x","records":{"soa":{},"other":[{}]},"contact_data":{"zip":1}}`} {
				f.Add(d == keyhelptest.Live, method, strings.NewReplacer("{id}", "1207", "{id_domain}", "65311").Replace(path), body)
			}
		}
	}
	f.Add(true, "GET", "/clients?sort=contact_data&order=desc", "")
	f.Add(true, "POST", "/domains", `{"id_user":1207,"domain":"xn--0.example","target":{"target":"://"},"security":{"hsts_max_age":-1}}`)
	f.Add(true, "POST", "/certificates", `{"name":"x","private_key":"k","certificate":"-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----"}`)
	f.Fuzz(func(t *testing.T, live bool, method, path, body string) {
		dialect := keyhelptest.Documented
		if live {
			dialect = keyhelptest.Live
		}
		srv := keyhelptest.NewServer(keyhelptest.InMemory(), keyhelptest.WithDialect(dialect), keyhelptest.WithSeedClients(1))
		srv.AddDomain(keyhelptest.Domain{ClientID: srv.Clients()[0].ID, Name: "seed.example"})
		target, err := url.Parse(srv.URL + "/api/v2/" + strings.TrimPrefix(path, "/"))
		if err != nil {
			return
		}
		for range 2 { // the second one sees what the first one left
			header := http.Header{"X-Api-Key": {srv.Key}}
			resp, data, sent := emulatortest.Send(t, srv.Client(), method, target.String(), header, body)
			if !sent {
				return
			}
			switch resp.StatusCode {
			case 200, 201, 400, 404:
				if method != http.MethodHead && !json.Valid(data) {
					t.Fatalf("%s %s: not JSON: %q", method, path, data)
				}
			case 204:
				if len(data) > 0 {
					t.Fatalf("%s %s: 204 with a body", method, path)
				}
			default:
				t.Fatalf("%s %s: status %d", method, path, resp.StatusCode)
			}
		}
		srv.Domains()
	})
}
