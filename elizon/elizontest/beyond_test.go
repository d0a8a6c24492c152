package elizontest_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon/elizontest"
)

func TestView(t *testing.T) {
	s := newServer(t)
	truth := s.running("prod-vps-s")
	path := "/services/" + truth.ServiceID
	view := s.get(path + "/view")
	require.Equal(t, "PROXMOX", view.text("providerType"))
	require.Equal(t, map[string]any{
		"name": "VPS S 1", "displayName": nil, "status": "RUNNING", "primaryIpv4": "198.18.0.2", "primaryIpv6": "2001:db8:1::1",
		"productName": "VPS S", "node": nil, "region": nil,
	}, view.at("identity"))
	require.Equal(t, "suspend", view.text("actions", 4, "handler", "method"))
	require.Equal(t, true, view.at("actions", 4, "visible"))
	s.want(200, `{"success":true,"message":"Action stop was executed","status":"STOPPED"}`, "POST", path+"/actions/stop", "{}")
	s.post(path+"/actions/terminate", "")
	require.True(t, s.Truths()[0].TerminationPending)

	limited := s.AddKey("limited", "view")
	s.header.Set("X-Api-Key", limited.Secret)
	require.Equal(t, false, s.get(path+"/view").at("actions", 4, "visible"))
	s.fails(403, "apiKeyMissingPermission", "POST", path+"/actions/suspend", "")
}

func TestPaymentMethods(t *testing.T) {
	s := newServer(t)
	s.want(200, `{"success":true,"canManage":true,"methods":[],"defaultMandateId":null,"maxMethods":5,"canAddMore":true}`, "GET", "/account/payment-methods", "")
	first := s.SaveMandate()
	page := s.post("/account/payment-methods", "").text("checkoutUrl")
	require.Equal(t, "Paid.", s.open(page))
	second := s.get("/account/payment-methods").text("methods", 1, "mandateId")
	s.want(200, `{"success":true}`, "PATCH", "/account/payment-methods", `{"mandateId":"`+second+`","userLabel":"office","setDefault":false}`)
	require.Equal(t, first, s.get("/account/payment-methods").at("defaultMandateId"))
	s.call("PATCH", "/account/payment-methods", `{"mandateId":"`+second+`"}`)
	list := s.get("/account/payment-methods")
	require.Equal(t, []any{second, "office", true}, []any{list.at("defaultMandateId"), list.at("methods", 1, "userLabel"), list.at("methods", 1, "isDefault")})
	pay := "{" + cart("prod-vps-s", "") + `,"paymentMethod":"mollie_saved","savedMandateId":%q}`
	s.post("/checkout", format(pay, first))
	s.want(200, `{"success":true}`, "DELETE", "/account/payment-methods/"+second, "")
	require.Equal(t, first, s.get("/checkout/bootstrap").at("savedPaymentMethods", "defaultMandateId"))
	s.fails(400, "invalidPaymentMethod", "POST", "/checkout", format(pay, second))
	s.fails(404, "mandateNotFoundOrNotValid", "DELETE", "/account/payment-methods/"+second, "")
	s.fails(404, "mandateNotFoundOrNotValid", "PATCH", "/account/payment-methods", `{"mandateId":"x"}`)
}

func TestFloatingIPs(t *testing.T) {
	s := newServer(t)
	service := s.AddService(elizontest.Service{Name: "web"}).ID
	require.Equal(t, map[string]any{"monthlyPrice": 3.0, "available": true}, s.get("/floating-ips/options").at("locations", 0, "ipv4"))
	order := `{"locationId":"loc-fra","ipVersion":%d,"billingCycle":30,"paymentMethod":%q}`
	made := s.post("/floating-ips/order", format(order, 4, "guthaben"))
	require.Equal(t, elizontest.StartBalance-3_57, s.Balance(), "with tax")
	id := made.text("floatingIp", "id")
	s.want(200, `{"success":true}`, "POST", "/floating-ips/"+id+"/assign", `{"serviceId":"`+service+`"}`)
	s.want(200, `{"success":true,"floatingIps":[{"id":"`+id+`","address":"198.18.200.1","ipVersion":4,"status":"ACTIVE","locationId":"loc-fra",
		"locationName":"Frankfurt 1","assignedServiceId":"`+service+`","assignedServiceName":"web","monthlyPrice":3,
		"nextBillingAt":"2026-04-03T10:30:00.000Z","subscriptionStatus":"ACTIVE","cancelAtPeriodEnd":false,
		"createdAt":"2026-03-04T10:30:00.000Z"}]}`, "GET", "/floating-ips", "")
	s.post("/floating-ips/"+id+"/unassign", "{}")
	s.post("/floating-ips/"+id+"/cancel", "{}")
	left := s.get("/floating-ips")
	require.Equal(t, []any{nil, true}, []any{left.at("floatingIps", 0, "assignedServiceId"), left.at("floatingIps", 0, "cancelAtPeriodEnd")})
	page := s.post("/floating-ips/order", format(order, 6, "mollie")).text("checkoutUrl")
	require.Len(t, s.get("/floating-ips").at("floatingIps"), 1)
	require.Equal(t, "Paid.", s.open(page))
	require.Equal(t, "2001:db8:c351::1", s.get("/floating-ips").text("floatingIps", 1, "address"))
	s.fails(404, "floatingIpNichtGefunden", "POST", "/floating-ips/x/cancel", "")
	s.fails(404, "serviceNotFound", "POST", "/floating-ips/"+id+"/assign", `{"serviceId":"x"}`)
	s.fails(400, "invalidRequest", "POST", "/floating-ips/order", format(order, 5, "guthaben"))
	s.SetBalance(0)
	s.fails(400, "insufficientBalance", "POST", "/floating-ips/order", format(order, 4, "guthaben"))
}

func TestIPv6Addresses(t *testing.T) {
	s := newServer(t)
	service := s.AddService(elizontest.Service{Name: "web"}).ID
	add := `{"serviceId":"` + service + `","ipv6Address":%q}`
	s.want(200, `{"success":true}`, "POST", "/ip-manager", format(add, "2001:db8:1:0:0::5"))
	record := s.get("/ip-manager")
	require.Equal(t, []any{"2001:db8:1::5", "AAAA", false}, []any{record.at("data", 1, "ipAddress"), record.at("data", 1, "type"), record.at("data", 1, "isPrimary")})
	id := record.text("data", 1, "id")
	s.call("PATCH", "/ip-manager/"+id, `{"reverseContent":"v6.example.com"}`)
	require.Equal(t, "v6.example.com", s.get("/ip-manager").text("data", 1, "reverseContent"))
	s.fails(400, "invalidRequest", "POST", "/ip-manager", format(add, "2001:db8:1::5"))
	s.fails(400, "addressIsOutsideOfYourAssignedIpv6Subnet", "POST", "/ip-manager", format(add, "2001:db8:2::5"))
	s.fails(400, "invalidIpv6Address", "POST", "/ip-manager", format(add, "192.0.2.1"))
	s.fails(400, "ipv4RecordsCannotBeRemoved", "DELETE", "/ip-manager/"+record.text("data", 0, "id"), "")
	s.want(200, `{"success":true}`, "DELETE", "/ip-manager/"+id, "")
	s.fails(404, "recordNotFound", "DELETE", "/ip-manager/"+id, "")
}

func TestWebSpaces(t *testing.T) {
	s := newServer(t)
	web := s.AddService(elizontest.Service{ProductID: "prod-web-s", DomainName: "web.example", Usage: elizontest.Usage{DiskBytes: 1 << 31}})
	path := "/services/" + web.ID
	shown := s.get(path + "/plesk/credentials")
	require.Equal(t, []any{true, nil}, []any{shown.at("hasPassword"), shown.at("password")})
	password := s.get(path + "/plesk/credentials?reveal=1").text("password")
	rotated := s.post(path+"/plesk/credentials", "{}")
	require.Equal(t, true, rotated.at("ok"))
	require.NotEqual(t, password, rotated.text("password"))
	require.Equal(t, rotated.at("password"), s.get(path+"/plesk/credentials?reveal=1").at("password"))
	require.Equal(t, "web.example", s.get(path+"/plesk/domains").text("domains", 0, "name"))
	require.Equal(t, "web.example", s.post(path+"/plesk/domains", "").text("domains", 0, "name"))
	s.want(200, `{"success":true,"serviceId":"`+web.ID+`","points":[{"at":"2026-03-04T10:00:00.000Z","bytes":"2147483648","gb":2}]}`,
		"GET", path+"/ploi/storage-history?hours=24", "")
	require.Equal(t, map[string]any{
		"usedDomains": 1.0, "maxDomains": 1.0, "avgStorageUsedGb": 2.0, "storagePerDomainGb": 10.0, "usedMailboxes": 0.0, "maxMailboxesPerDomain": 10.0,
		"locationLabel": "",
	}, s.get("/services").at("services", 0, "pleskStats"))

	panel := shown.text("panelUrl")
	require.Equal(t, "Sign in.", s.open(panel))
	login := url.Values{"login": {shown.text("login")}, "password": {rotated.text("password")}}
	require.Equal(t, "Signed in as "+shown.text("login")+".", s.submit(200, panel, login))
	login.Set("password", password)
	s.submit(403, panel, login)
	s.submit(404, s.URL+"/panel/x", login)

	limited := s.AddKey("limited", "view")
	s.header.Set("X-Api-Key", limited.Secret)
	s.get(path + "/plesk/credentials")
	s.fails(403, "apiKeyMissingPermission", "GET", path+"/plesk/credentials?reveal=1", "")
	s.fails(400, "invalidRequest", "GET", "/services/"+s.AddService(elizontest.Service{}).ID+"/plesk/credentials", "")
}

// open returns the sentence of a page, and submit that of what a form was answered with.
func (s *server) open(address string) string {
	s.t.Helper()
	return s.page(200, http.MethodGet, address, nil)
}

func (s *server) submit(status int, address string, form url.Values) string {
	s.t.Helper()
	return s.page(status, http.MethodPost, address, form)
}

func (s *server) page(status int, method, address string, form url.Values) string {
	s.t.Helper()
	req, err := http.NewRequest(method, address, strings.NewReader(form.Encode()))
	require.NoError(s.t, err)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := s.Client().Do(req)
	require.NoError(s.t, err)
	defer func() { require.NoError(s.t, resp.Body.Close()) }()
	text, err := io.ReadAll(resp.Body)
	require.NoError(s.t, err)
	require.Equal(s.t, status, resp.StatusCode, string(text))
	_, after, found := strings.Cut(string(text), "<h1>")
	require.True(s.t, found, string(text))
	sentence, _, _ := strings.Cut(after, "</h1>")
	return sentence
}

// What the API hands out for a browser leads to a page, once, under the name by which the client has
// reached the server.
func TestLinks(t *testing.T) {
	s := newServer(t)
	paid := s.post("/checkout", "{"+cart("prod-vps-s", "")+`,"paymentMethod":"mollie"}`).text("redirectUrl")
	require.Regexp(t, `^https://elizon\.test/pay/`, paid)
	require.Empty(t, s.Truths())
	require.Equal(t, "Paid.", s.open(paid))
	require.Len(t, s.Truths(), 1)
	s.page(410, http.MethodGet, paid, nil)
	require.Len(t, s.Truths(), 1)
	bill := s.AddInvoice(elizontest.Invoice{Total: 5_00})
	link := s.post("/invoices/"+bill.ID+"/pay", `{"paymentMethod":"mollie"}`).text("checkoutUrl")
	require.True(t, s.CompletePayment(bill.ID))
	s.page(410, http.MethodGet, link, nil)
	s.page(404, http.MethodGet, s.URL+"/pay/x", nil)

	web := s.AddService(elizontest.Service{ProductID: "prod-web-s", Name: "site"})
	console := func() string { return s.get("/services/"+web.ID+"/console").text("console", "url") }
	require.Equal(t, "Console of site.", s.open(console()))
	late := console()
	s.Advance(5 * time.Minute)
	s.page(410, http.MethodGet, late, nil)
}
