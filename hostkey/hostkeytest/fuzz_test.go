package hostkeytest_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/provkit/provkit/hostkey/hostkeytest"
	"github.com/provkit/provkit/internal/emulatortest"
)

// FuzzServer sends arbitrary requests. The server must answer JSON or a page with a sensible
// status, and never panic: in memory a panic of the handler reaches this test.
func FuzzServer(f *testing.F) {
	for _, name := range hostkeytest.Actions() {
		module, action, _ := strings.Cut(name, "/")
		form := url.Values{"action": {action}}
		for param, kind := range hostkeytest.Required(module, action) {
			switch {
			case kind == "server", kind == "service":
				form.Set(param, "55054")
			case kind == "int", kind == "money":
				form.Set(param, "603548")
			default:
				form.Set(param, strings.TrimPrefix(kind, "="))
			}
		}
		f.Add("POST", "/"+module+".php", "application/x-www-form-urlencoded", form.Encode())
	}
	order := url.Values{"action": {"order_instance"}}
	for i := 0; i < len(buy("web1")); i += 2 {
		order.Set(buy("web1")[i], buy("web1")[i+1])
	}
	for _, more := range []string{"", "&ipv4_amount=9223372036854775807", "&deploy_period=hourly", "&id=55054", "&ipv4_amount=64&deploy_period=annually"} {
		f.Add("POST", "/eq.php", "application/x-www-form-urlencoded", order.Encode()+more)
	}
	for _, form := range []string{
		"action=get_invoices&limitstart=9223372036854775807&limitnum=9223372036854775807", "action=apply_credit&invoice_id=603548&amount=999999999.99",
		"action=mass_pay&invoices[]=603548&invoices[]=603548", "action=get_invoices&limitstart=-1", "action=create_addfunds&amount=0.001",
	} {
		f.Add("POST", "/whmcs.php", "application/x-www-form-urlencoded", form)
	}
	f.Add("POST", "/net.php", "application/x-www-form-urlencoded", "action=add_ipv4&id=55054&port=1&amount=9223372036854775807")
	f.Add("POST", "/net.php", "application/x-www-form-urlencoded", "action=remove_ipv4&id=55054&remove_all=1")
	f.Add("POST", "/tags.php", "application/x-www-form-urlencoded", "action=add&id_list=55054,,&tag=a")
	f.Add("GET", "/traffic_plans.php?action=list&instance=%ff", "", "")
	f.Add("POST", "/eq.php", "application/json", `{"action":"list"}`)
	f.Add("POST", "/eq.php", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"action\"\r\n\r\nlist\r\n--x--\r\n")
	f.Fuzz(func(t *testing.T, method, path, contentType, body string) {
		srv := hostkeytest.NewServer(hostkeytest.InMemory(), hostkeytest.WithMachines(1), hostkeytest.WithClock(func() time.Time { return start }))
		target, err := url.Parse(srv.URL + "/" + strings.TrimPrefix(path, "/"))
		if err != nil {
			return
		}
		token := (&server{t: t, Server: srv})
		token.signIn(srv.Key)
		if strings.HasPrefix(contentType, "application/x-www-form-urlencoded") && !strings.Contains(body, "token=") && !strings.Contains(path, "traffic_plans") {
			body += "&token=" + token.token
		}
		for range 2 { // the second one finds what the first one left; then a year passes
			header := http.Header{"Content-Type": {contentType}}
			resp, data, sent := emulatortest.Send(t, srv.Client(), method, target.String(), header, body)
			if !sent {
				return
			}
			switch resp.StatusCode {
			case 200:
				if !json.Valid(data) {
					t.Fatalf("%s %s: not JSON: %q", method, path, data)
				}
			case 400, 404, 405, 413:
			default:
				t.Fatalf("%s %s: status %d", method, path, resp.StatusCode)
			}
		}
		srv.Advance(365 * 24 * time.Hour)
		srv.Machines()
		srv.Orders()
		srv.Invoices()
	})
}
