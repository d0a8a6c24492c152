package emulate

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path"
	"testing"

	"github.com/stretchr/testify/require"
)

// form sends a form, as the APIs of Hestia and HOSTKEY want it.
func (p *person) form(status int, path string, pairs ...string) any {
	p.t.Helper()
	values := make(url.Values)
	for i := 0; i < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	return p.ask(status, "POST", p.URL+path, values.Encode(), "Content-Type", "application/x-www-form-urlencoded")
}

// TestServerIsBought: a program with nothing but HTTP signs in, buys a server, lets ten minutes pass
// and finds it; what is not paid is paid by the control path, and with -fast nothing takes time.
func TestServerIsBought(t *testing.T) {
	p := people(t, "-only", "hostkey", "-accounts", "0")["hostkey"]
	var token string
	eq := func(action string, pairs ...string) any {
		t.Helper()
		return p.form(200, "/eq.php", append([]string{"action", action, "token", token}, pairs...)...)
	}
	signIn := func() {
		t.Helper()
		token = at(t, p.form(200, "/auth.php", "action", "login", "key", p.Credentials["api_key"]), "result", "token").(string)
	}
	order := func() {
		t.Helper()
		bought := eq("order_instance", "preset", "vm.pico", "location_name", "NL", "os_id", "240", "root_pass", "Root-Passw0rd", "hostname", "web1")
		require.Equal(t, "OK", at(t, bought, "result"), bought)
	}
	signIn()
	order()
	require.Empty(t, at(t, eq("update_servers"), "servers"))
	p.control(200, "POST", "advance", `{"by":"10m"}`)
	require.Len(t, at(t, eq("update_servers"), "servers"), 1)
	require.Equal(t, "web1", at(t, p.control(200, "GET", "Machines", ""), 0, "Hostname"))
	sent := p.control(200, "GET", "requests", "").([]any)
	require.Len(t, sent, 4)
	require.Contains(t, at(t, sent, 1, "body"), "hostname=web1")

	p.control(200, "POST", "reset", `{"options":{"WithUnpaidOrders":[],"WithDeployTime":"0s"}}`)
	signIn()
	order()
	require.Empty(t, at(t, eq("update_servers"), "servers"))
	invoice := at(t, p.control(200, "GET", "Orders", ""), 0, "InvoiceID")
	require.Equal(t, true, p.ask(200, "POST", p.Control+"PayInvoice", string(jsonOf(invoice)[0])))
	require.Len(t, at(t, eq("update_servers"), "servers"), 1)

	p = people(t, "-only", "hostkey", "-accounts", "0", "-fast", "-with", "hostkeytest.WithCredit=150.50")["hostkey"]
	require.Equal(t, "150.50", p.control(200, "GET", "Credit", ""))
	signIn()
	order()
	require.Len(t, at(t, eq("update_servers"), "servers"), 1)
}

// TestCustomerSignsOn: a program makes a customer and signs them on by a link that works once; a key
// that is revoked ends it.
func TestCustomerSignsOn(t *testing.T) {
	p := people(t, "-only", "keyhelp")["keyhelp"]
	id := at(t, p.api(201, "POST", "/clients", `{"username":"max","email":"max@example.com","password":"Some-Passw0rd"}`), "id")
	link := at(t, p.api(200, "GET", "/login/name/max", ""), "url").(string)
	require.Contains(t, link, p.URL+"/login", "the link leads here")
	require.Contains(t, p.ask(200, "GET", link, ""), "<h1>Signed in as max.</h1>")
	require.Contains(t, p.ask(410, "GET", link, ""), "<h1>This link has been used.</h1>")
	late := at(t, p.api(200, "GET", "/login/name/max", ""), "url").(string)
	p.control(200, "POST", "advance", `{"by":"5m"}`)
	require.Contains(t, p.ask(410, "GET", late, ""), "<h1>This link has expired.</h1>")
	require.Equal(t, id, at(t, p.control(200, "GET", "Sessions", ""), 0, "ClientID"))
	p.control(200, "POST", "RevokeKey", "")
	p.api(401, "GET", "/clients", "")
	p.control(200, "POST", "reset", "")
	p.api(404, "GET", "/clients/name/max", "")
}

// TestOrderIsPaidInABrowser: what a person has to pay is paid by opening the link, or by the control
// path.
func TestOrderIsPaidInABrowser(t *testing.T) {
	p := people(t, "-only", "elizon", "-accounts", "0", "-fast")["elizon"]
	order := func() string {
		t.Helper()
		answer := p.ask(200, "POST", p.URL+"/api/checkout", `{"items":[{"lineId":"1","productId":"prod-vps-s","productName":"VPS S","quantity":1,
			"billingCycle":30,"itemType":"new"}],"paymentMethod":"mollie"}`, "x-api-key", p.Credentials["api_key"], "X-Elizon-Client", "desktop")
		return at(t, answer, "redirectUrl").(string)
	}
	services := func() int { return len(p.control(200, "GET", "Services", "").([]any)) }
	link := order()
	require.Contains(t, link, p.URL+"/", "the link leads here")
	require.Zero(t, services())
	require.Contains(t, p.ask(200, "GET", link, ""), "<h1>Paid.</h1>")
	require.Equal(t, 1, services())
	require.Contains(t, p.ask(410, "GET", link, ""), "<h1>This link has been used.</h1>")
	link = order()
	require.Equal(t, true, p.control(200, "POST", "CompletePayment", `"`+path.Base(link)+`"`))
	require.Equal(t, 2, services())
	require.Contains(t, p.ask(410, "GET", link, ""), "<h1>What this link led to is gone.</h1>")
}

// TestPackagesOfHestia: there are ordinary packages to sell, and a customer signs in to the panel.
func TestPackagesOfHestia(t *testing.T) {
	p := people(t, "-only", "hestia", "-with", "hestiatest.WithPackages={\"Name\":\"mine\"}")["hestia"]
	run := func(status int, cmd string, args ...string) any {
		t.Helper()
		pairs := []string{"access_key", p.Credentials["access_key"], "secret_key", p.Credentials["secret_key"], "cmd", cmd}
		for i, arg := range args {
			pairs = append(pairs, "arg"+string(rune('1'+i)), arg)
		}
		return p.form(status, "/api/", pairs...)
	}
	packages := run(200, "v-list-user-packages", "json")
	for name, sites := range map[string]string{"starter": "1", "business": "10", "default": "unlimited", "mine": "unlimited"} {
		require.Equal(t, sites, at(t, packages, name, "WEB_DOMAINS"), name)
	}
	run(204, "v-add-user", "max", "Some-Passw0rd", "max@example.com", "starter", "Max")
	require.Equal(t, "1", at(t, run(200, "v-list-user", "max", "json"), "max", "WEB_DOMAINS"))
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	browser := &http.Client{Jar: jar}
	for _, want := range []string{"Sign in to the panel.", "Signed in as max."} { // the first look brings the cookie
		resp, err := browser.PostForm(p.URL+"/login/", url.Values{"user": {"max"}, "password": {"Some-Passw0rd"}})
		require.NoError(t, err)
		page, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Contains(t, string(page), "<h1>"+want+"</h1>")
	}
}
