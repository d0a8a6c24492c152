package licenseservertest_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/provkit/provkit/internal/emulatortest"
	"github.com/provkit/provkit/licenseserver/licenseservertest"
)

// FuzzServer sends arbitrary requests to the server. It must answer with a sensible status, with
// JSON unless the content type is another, and never panic: in memory a panic of the handler
// reaches this test.
func FuzzServer(f *testing.F) {
	ids := strings.NewReplacer("{id}", "211", "{license_id}", "1307", "{device_id}", "20411", "{contact_id}", "54223", "{lead_id}", "54223")
	key := func() string {
		srv := licenseservertest.NewServer(licenseservertest.InMemory(), licenseservertest.WithSeedLicenses(1))
		return srv.Licenses()[0].Key
	}()
	for _, endpoint := range licenseservertest.Routes() {
		method, path, _ := strings.Cut(endpoint, " ")
		path = strings.ReplaceAll(ids.Replace(path), "{license_key}", key)
		if path == "-" {
			path = licenseservertest.SearchPath + "?q=a&limit=1"
		}
		for _, body := range []string{"", "{}", machineBody(key, "PC"), startBody(key, "PC"), beatBody(key, "x"),
			`{"license_ids":[1307],"license_id":1307,"resource_ids":[32009],"valid_until":"2026-13-01","max_users":1e9,"type":"email","value":"x","name":"y"}`} {
			f.Add(method, path, "application/json", body)
		}
	}
	f.Add("GET", "/api/customers?q=%ff&page=9223372036854775807", "", "")
	f.Add("GET", "/leads/api/institutions?page=9223372036854775807&per_page=1", "", "")
	f.Add("GET", "/api/resources/check-availability?type=domain&count=99999", "", "")
	f.Add("POST", "/leads/create", "application/x-www-form-urlencoded", "institution=a&last_name=b&note=%00")
	f.Add("POST", "/leads/update/54223", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhi\r\n--x--\r\n")
	f.Add("POST", "/leads/import", "text/csv", "institution,last_name\n\"a\nb\",c\n")
	f.Fuzz(func(t *testing.T, method, path, contentType, body string) {
		srv := licenseservertest.NewServer(licenseservertest.InMemory(), licenseservertest.WithSeedLicenses(1))
		target, err := url.Parse(srv.URL + "/" + strings.TrimPrefix(path, "/"))
		if err != nil {
			return
		}
		for range 2 { // the second one sees what the first one left
			header := srv.AdminHeader.Clone()
			header.Set("X-API-Key", srv.Key)
			header.Set("Content-Type", contentType)
			resp, data, sent := emulatortest.Send(t, srv.Client(), method, target.String(), header, body)
			if !sent {
				return
			}
			switch resp.StatusCode {
			case 200, 201, 400, 403, 404, 405, 409:
			default:
				t.Fatalf("%s %s: status %d", method, path, resp.StatusCode)
			}
			if resp.Header.Get("Content-Type") == "application/json" && method != http.MethodHead && !json.Valid(data) {
				t.Fatalf("%s %s: not JSON: %q", method, path, data)
			}
			if resp.StatusCode >= 400 && resp.Header.Get("Content-Type") != "application/json" {
				t.Fatalf("%s %s: an error that is not JSON", method, path)
			}
		}
		srv.Sessions()
	})
}
