package elizontest_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/provkit/provkit/elizon/elizontest"
	"github.com/provkit/provkit/internal/emulatortest"
)

// lived returns a server with one of everything.
func lived() (*elizontest.Server, *strings.Replacer) {
	srv := elizontest.NewServer(elizontest.InMemory(), elizontest.WithSeedServices(2), elizontest.WithDirectCreation(),
		elizontest.WithClock(func() time.Time { return start }))
	srv.AddInvoice(elizontest.Invoice{Total: 10_00})
	srv.AddVolume(elizontest.Volume{Name: "v", SizeGB: 10})
	srv.AddCommission(100)
	srv.Invite("Max", "theirs", "view")
	srv.SaveMandate()
	srv.EnableInvoicing(true)
	game := srv.AddService(elizontest.Service{ProductID: "prod-game-s"})
	service := srv.Services()[0]
	return srv, strings.NewReplacer("{id}", service.ID, "{game}", game.ID, "{invoice}", srv.Invoices()[0].ID, "{category}", "vps",
		"{product}", "vps-s", "{slug}", "vps-s", "{ruleId}", "1", "{backupId}", "1", "{provider}", "github")
}

// FuzzServer sends arbitrary requests to the server. It must answer with a sensible status and,
// unless the type is another, with JSON, and never panic: in memory, a panic of the handler reaches
// this test.
func FuzzServer(f *testing.F) {
	_, fill := lived()
	full := `{"items":[{"lineId":"a","productId":"prod-vps-s","quantity":1,"billingCycle":30,"itemType":"new","customization":{"memory":1024}}],
		"paymentMethod":"guthaben","name":"x","email":"a@b","action":"suspend","ids":["{id}"],"amount":10,"templateId":101,"billingCycleDays":30,
		"serviceId":"{id}","productId":"prod-vps-m","providerId":"prov-pve1","resourceChanges":{"vcores":1},"immediate":true,"code":"x","message":"m",
		"subject":"s","domainId":"dom-1","subdomain":"a","type":"A","category":"bug","rating":1,"resourceType":"service","resourceId":"{id}",
		"permissions":["view"],"orderTotal":1,"dayOfMonth":1,"command":"x","netPointsRedeemEur":"1.5","permissionId":"x"}`
	for _, endpoint := range elizontest.Routes() {
		method, path, _ := strings.Cut(endpoint, " ")
		bodies := []string{""}
		if method != http.MethodGet {
			bodies = append(bodies, "{}", full, strings.Replace(full, `"new"`, `"renewal"`, 1), strings.ReplaceAll(full, `"a"`, "[1]"))
		}
		for _, body := range bodies {
			f.Add(method, fill.Replace(path), "application/json", fill.Replace(body))
		}
	}
	for _, more := range []string{
		"/api/services?page=9223372036854775807&limit=9223372036854775807", "/api/invoices?offset=9223372036854775807",
		"/api/api-keys?page=-1&pageSize=0", "/api/invoices/{invoice}/document", "/api/services/{game}/console/stream", "/api/services/%2e%2e/x",
	} {
		f.Add("GET", fill.Replace(more), "", "")
	}
	f.Add("POST", fill.Replace("/api/invoices/{invoice}/pay"), "application/json", `{"paymentMethod":"guthaben","netPointsRedeemEur":9e9}`)
	f.Add("POST", "/api/storage", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"n\"\r\n\r\nhi\r\n--x--\r\n")
	f.Add("POST", "/api/checkout", "application/json", `{"items":[{"productId":"prod-domain","itemType":"domain","domainName":"a.b","domainYears":99999999999999}],"paymentMethod":"guthaben"}`)
	f.Fuzz(func(t *testing.T, method, path, contentType, body string) {
		srv, _ := lived()
		target, err := url.Parse(srv.URL + "/" + strings.TrimPrefix(path, "/"))
		if err != nil {
			return
		}
		for i := range 3 { // later requests find what the first one left, even after a long time
			header := http.Header{"Content-Type": {contentType}, "X-Api-Key": {srv.Key}}
			if i == 1 {
				header.Del("X-Api-Key")
				header.Set("Authorization", "Bearer "+srv.SessionToken)
			}
			resp, data, sent := emulatortest.Send(t, srv.Client(), method, target.String(), header, body)
			if !sent {
				return
			}
			switch resp.StatusCode {
			case 200, 201, 400, 401, 403, 404, 405, 410, 429, 501:
			default:
				t.Fatalf("%s %s: status %d", method, path, resp.StatusCode)
			}
			isJSON := resp.Header.Get("Content-Type") == "application/json"
			if isJSON && method != http.MethodHead && !json.Valid(data) {
				t.Fatalf("%s %s: not JSON: %q", method, path, data)
			}
			if resp.StatusCode >= 400 && !isJSON {
				t.Fatalf("%s %s: an error that is not JSON", method, path)
			}
			srv.Advance(400 * 24 * time.Hour)
		}
		for _, v := range srv.Truths() {
			if v.Charged < 0 || v.Charges < 0 {
				t.Fatalf("charged %d", v.Charged)
			}
		}
		if srv.Balance() < 0 {
			t.Fatalf("balance %s", srv.Balance())
		}
	})
}
