package vendorprograms

// The WHMCS module with which resellers sell HOSTKEY's servers, hkadm/HostkeyResellerMod, commit
// 8b79174 of 2026-06-10. Its sources, by step ("Lib" is
// modules/addons/hostkeyresellermod/lib/HostkeyResellerModLib.php):
//
//	sign in        Lib getAuthUrl, getTokenByApiKey (GET, the key in the query)
//	client         Lib getClientInfo, getCurrencyToImport
//	price import   modules/addons/hostkeyresellermod/hostkeyresellermod.php (load); Lib getPresetJson,
//	               loadPresetsIntoDb, pSort, fillProductFields, add*ProductConfigOptionsSub, addPricing
//	order          Lib InvoicePaid, fillOrderCall, orderInstance, payInvoice
//	call back      modules/gateways/callback/hostkeyresellermod.php; Lib completeLinkToPreset,
//	               getServerIdByInvoiceId, addApiKey
//	client area    modules/servers/hostkeyresellermod/hostkeyresellermod.php (ClientArea); Lib getApiKeyList,
//	               getServerData
//	renewal        Lib InvoicePaid, payInvoice
//	cancellation   includes/hooks/hostkeyresellermod.php; Lib sendCancelRequest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/provkit/provkit/hostkey/hostkeytest"
)

// reseller is the module during one request of PHP: it signs in at most once.
type reseller struct {
	*program
	key, token string
}

// request is what starts a new run of PHP: the module remembers nothing but its database.
func (r *reseller) request() *reseller { return &reseller{program: r.program, key: r.key} }

func (r *reseller) signedIn(t *testing.T) string {
	t.Helper()
	if r.token == "" {
		got := r.read(t, "getTokenByApiKey", r.send(t, http.MethodGet, "/auth.php?action=login&key="+url.QueryEscape(r.key), "", ""))
		nested, _ := got["result"].(map[string]any)
		if r.token, _ = nested["token"].(string); r.token == "" {
			t.Fatalf("Lib getTokenByApiKey reads result.token and finds none in %v", got)
		}
	}
	return r.token
}

// read is json_decode: the module looks at no status, and at nothing that is not JSON.
func (*reseller) read(t *testing.T, function string, a answer) map[string]any {
	t.Helper()
	var got map[string]any
	if err := json.Unmarshal(a.body, &got); err != nil {
		t.Fatalf("Lib %s reads a JSON object, not HTTP %d with %q", function, a.status, a.body)
	}
	return got
}

// call is makeInvapiCall: action and token are among the fields.
func (r *reseller) call(t *testing.T, function, module, action string, fields ...string) map[string]any {
	t.Helper()
	form := url.Values{"action": {action}, "token": {r.signedIn(t)}}
	for i := 0; i < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return r.read(t, function, r.form(t, "/"+module+".php", form))
}

// amount is floatval and PHP's arithmetic: a number, or a text that is one.
func amount(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case string:
		n, err := strconv.ParseFloat(v, 64)
		return n, err == nil
	}
	return 0, false
}

// whole is intval.
func whole(v any) int {
	n, _ := amount(v)
	return int(n)
}

// text is what PHP puts into a query string.
func phpText(v any) string {
	if n, ok := v.(float64); ok {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

// prices checks what addPricing does with an array of prices by currency. It reports whether the shop gets
// a price above nothing.
func prices(t *testing.T, what string, v any, currency string) bool {
	t.Helper()
	if v == nil {
		return false // "?? []"
	}
	if list, ok := v.([]any); ok && len(list) == 0 {
		return false // PHP's empty array
	}
	byCurrency, ok := v.(map[string]any)
	if !ok {
		t.Errorf("Lib addPricing(array $prices) dies of a TypeError: the price of %s is %v, not {CURRENCY: amount}", what, v)
		return false
	}
	if _, ok := byCurrency[currency]; !ok && len(byCurrency) > 0 {
		t.Errorf("Lib addPricing divides by the rate of a currency that the shop has not: the price of %s is %v, "+
			"while getPresetJson asked for %s", what, v, currency)
	}
	paid := false
	for code, v := range byCurrency {
		n, ok := amount(v)
		if !ok {
			t.Errorf("Lib addPricing calculates with the price of %s, and %s is %v", what, code, v)
		}
		paid = paid || n > 0
	}
	return paid
}

// options checks a list of OS, soft or traffic plans, whose rows become options of the product.
func options(t *testing.T, what string, v any, currency string) (name, id string) {
	t.Helper()
	if v == nil {
		return "", ""
	}
	rows, ok := v.([]any)
	if !ok {
		t.Errorf("Lib add%sProductConfigOptionsSub goes through a list, not %v", what, v)
	}
	for _, row := range rows {
		item, _ := row.(map[string]any)
		itemName, _ := item["name"].(string)
		if itemName == "" || whole(item["id"]) == 0 {
			t.Errorf("Lib add%sProductConfigOptionsSub names an option \"<name> (#<id>)\", not %v", what, row)
			continue
		}
		prices(t, what+" "+itemName, item["price"], currency)
		if name == "" {
			name, id = itemName, strconv.Itoa(whole(item["id"]))
		}
	}
	return name, id
}

// pay is payInvoice. What apply_credit answers interests nobody.
func (r *reseller) pay(t *testing.T, invoice string) {
	t.Helper()
	got := r.call(t, "payInvoice", "whmcs", "get_invoice", "invoice_id", invoice)
	if got["result"] != "OK" {
		t.Fatalf("Lib payInvoice pays an invoice only if get_invoice answers the result OK, not %v", got)
	}
	total, ok := amount(got["total"])
	if !ok {
		t.Fatalf("Lib payInvoice pays total, and it is %v", got["total"])
	}
	r.call(t, "payInvoice", "whmcs", "apply_credit", "invoice_id", invoice, "amount", phpText(got["total"]))
	if got = r.call(t, "payInvoice", "whmcs", "get_invoice", "invoice_id", invoice); got["status"] != "Paid" {
		t.Errorf("Lib payInvoice: invoice %s over %v is %v after apply_credit", invoice, total, got["status"])
	}
}

// serverOf is getServerIdByInvoiceId: it sends the product's location, and the ID of the shop's own service.
func (r *reseller) serverOf(t *testing.T, invoice, location string) int {
	t.Helper()
	got := r.call(t, "getServerIdByInvoiceId", "whmcs", "get_invoice", "invoice_id", invoice, "location", location)
	if got["result"] != "OK" {
		t.Fatalf("Lib getServerIdByInvoiceId: %v", got)
	}
	items, _ := got["items"].(map[string]any)
	rows, ok := items["item"].([]any)
	if !ok {
		t.Fatalf("Lib getServerIdByInvoiceId counts items.item, and dies of a TypeError if it is no list: %v", got["items"])
	}
	if len(rows) == 0 {
		return 0
	}
	first, _ := rows[0].(map[string]any)
	return whole(first["inv_id"])
}

func TestHOSTKEYResellerModule(t *testing.T) {
	t.Parallel()
	srv := hostkeytest.NewServer()
	t.Cleanup(srv.Close)
	shop := &reseller{program: newProgram(srv.URL), key: srv.Key}

	var currency, email, preset, location, osName, osID, softName, softID, planID string
	var invoice string
	var server int

	t.Run("sign in", func(t *testing.T) { shop.request().signedIn(t) })

	t.Run("client", func(t *testing.T) {
		got := shop.request().call(t, "getClientInfo", "whmcs", "get_client")
		if got["result"] != "success" {
			t.Fatalf("Lib getClientInfo takes the client only from the result success, not %v", got["result"])
		}
		client, _ := got["client"].(map[string]any)
		currency, _ = client["currency_code"].(string)
		if email, _ = client["email"].(string); currency == "" || email == "" {
			t.Errorf("Lib getCurrencyToImport and addApiKey read client.currency_code and client.email of %v", got)
		}
	})

	t.Run("price import", func(t *testing.T) {
		need(t, currency != "", "client")
		r := shop.request()
		// The action stands in the query, the rest in the body, and no token anywhere.
		got := r.read(t, "getPresetJson", r.form(t, "/presets.php?action=info", url.Values{"currencies": {currency}}))
		if got["result"] != "OK" {
			t.Fatalf("Lib getPresetJson: the result is %v", got["result"])
		}
		presets, ok := got["presets"].([]any)
		if !ok || len(presets) == 0 {
			t.Fatalf("Lib loadPresetsIntoDb sorts the list presets, not %v", got["presets"])
		}
		sold := 0
		for _, row := range presets {
			p, _ := row.(map[string]any)
			name, _ := p["name"].(string)
			prefix, _, _ := strings.Cut(name, ".")
			if !slices.Contains([]string{"vm", "vds", "bm", "gpu", "vgpu"}, prefix) {
				continue // HostkeyResellerModConstants.php getGroupPrefixes: "passed"
			}
			for _, field := range []string{"id", "cpu", "hdd", "active", "description", "server_type"} {
				if _, there := p[field]; !there {
					t.Errorf("Lib fillProductFields and saveProductInfo read %s, which %s has not", field, name)
				}
			}
			byLocation, ok := p["price"].(map[string]any)
			if !ok {
				if list, empty := p["price"].([]any); p["price"] != nil && (!empty || len(list) > 0) {
					t.Errorf("Lib loadPresetsIntoDb takes the locations from the keys of price, and that of %s is %v, "+
						"not {LOCATION: {CURRENCY: amount}}", name, p["price"])
				}
				continue // sold nowhere
			}
			osRow, osRowID := options(t, "Os", p["OS"], currency)
			softRow, softRowID := options(t, "Soft", p["soft"], currency)
			plans, ok := p["traffic_plans"].(map[string]any)
			if list, empty := p["traffic_plans"].([]any); !ok && p["traffic_plans"] != nil && (!empty || len(list) > 0) {
				t.Errorf("Lib addTrafficProductConfigOptionsSub reads traffic_plans[LOCATION], and those of %s are %v",
					name, p["traffic_plans"])
			}
			for place, v := range byLocation {
				if len(place) != 2 || place == "RU" {
					continue // fillOrderCall finds the preset by " (XX)"; ENABLE_RU_LOCATIONS is off
				}
				if !prices(t, name+" in "+place, v, currency) {
					t.Errorf("Lib addPricing sells %s in %s for nothing: %v", name, place, v)
				}
				_, plan := options(t, "Traffic", plans[place], currency)
				sold++
				if preset == "" && prefix == "vm" && whole(p["active"]) == 1 && osRow != "" && plan != "" {
					preset, location, osName, osID, softName, softID, planID = name, place, osRow, osRowID, softRow, softRowID, plan
				}
			}
		}
		if sold == 0 || preset == "" {
			t.Errorf("Lib loadPresetsIntoDb: %d products, and no virtual one with an OS and a traffic plan", sold)
		}
	})

	t.Run("order", func(t *testing.T) {
		need(t, preset != "", "price import")
		r := shop.request()
		fields := []string{
			"deploy_period", "monthly", "deploy_notify", "1", "email", email, "currency_code", currency,
			"os_id", osID, "root_pass", "Abcdef_12345", "hostname", "shop.example", "os_name", osName,
			"traffic_plan", planID, "preset", preset, "location_name", location,
			"post_install_callback", "http://shop.example/modules/gateways/callback/hostkeyresellermod.php?hosting=10",
		}
		if softName != "" {
			fields = append(fields, "soft_id", softID, "soft_name", softName)
		}
		got := r.call(t, "orderInstance", "eq", "order_instance", fields...)
		if result := got["result"]; result != nil && result != "OK" && result != "success" {
			t.Fatalf("Lib orderInstance: order refused: %v", got)
		}
		if whole(got["invoice"]) == 0 {
			t.Fatalf("Lib InvoicePaid keeps and pays invoice, and there is none in %v", got)
		}
		invoice = phpText(got["invoice"])
		r.pay(t, invoice)
	})

	t.Run("client area while it is set up", func(t *testing.T) {
		need(t, invoice != "", "order")
		r := shop.request()
		if got := r.serverOf(t, invoice, location); got != 0 {
			r.keys(t, got) // a server that is shown is one to make keys for
		}
	})

	t.Run("callback after the installation", func(t *testing.T) {
		need(t, invoice != "", "order")
		srv.Advance(time.Hour)
		r := shop.request()
		if server = r.serverOf(t, invoice, location); server == 0 {
			t.Fatal("Lib completeLinkToPreset finds no inv_id in the invoice's first item, once the server is deployed")
		}
		// addApiKey sends an empty ip and an address beside the method "none".
		got := r.call(t, "addApiKey", "api_keys", "add", "params[name]", fmt.Sprintf("Api key [%d.10]", server),
			"params[server_id]", strconv.Itoa(server), "params[active]", "1", "params[ip]", "",
			"params[login_notify_method]", "none", "params[login_notify_address]", email)
		data, _ := got["data"].(map[string]any)
		if key, _ := data["api_key"].(string); key == "" {
			t.Errorf("Lib addApiKey reads data.api_key of %v", got)
		}
	})

	t.Run("client area", func(t *testing.T) {
		need(t, server != 0, "callback after the installation")
		r := shop.request()
		if got := r.keys(t, server); len(got) != 1 {
			t.Errorf("hostkeyresellermod.php (ClientArea) counts the keys of the server, to make one only if there is none: %v", got)
		}
		if got := r.condition(t, server); got != "rent" {
			t.Errorf("hostkeyresellermod.php (ClientArea) takes Condition_Component rent for active; it is %q", got)
		}
	})

	t.Run("renewal", func(t *testing.T) {
		need(t, server != 0, "callback after the installation")
		unpaid := func(r *reseller) (found []string) {
			shown := r.call(t, "InvoicePaid", "eq", "show", "id", strconv.Itoa(server))
			if whole(shown["account_id"]) == 0 || shown["type_billing"] == nil {
				t.Fatalf("Lib InvoicePaid reads account_id and type_billing at the top of eq/show, which has %v and %v there",
					shown["account_id"], shown["type_billing"])
			}
			got := r.call(t, "InvoicePaid", "whmcs", "get_product_invoice",
				"product", phpText(shown["account_id"]), "location", phpText(shown["type_billing"]))
			rows, ok := got["invoices"].([]any)
			if !ok {
				t.Fatalf("Lib InvoicePaid goes through the list invoices, not %v", got)
			}
			for _, row := range rows {
				invoice, _ := row.(map[string]any)
				if _, ok := amount(invoice["total"]); !ok || whole(invoice["invoiceid"]) == 0 {
					t.Errorf("Lib InvoicePaid reads invoiceid, status and total of %v", row)
				}
				if invoice["status"] == "Unpaid" {
					found = append(found, phpText(invoice["invoiceid"]))
				}
			}
			return found
		}
		srv.Advance(31 * 24 * time.Hour)
		r := shop.request()
		due := unpaid(r)
		if len(due) == 0 {
			t.Fatal("Lib InvoicePaid finds nothing to pay after a month, and the server ends")
		}
		for _, invoice := range due {
			r.pay(t, invoice)
		}
		if left := unpaid(shop.request()); len(left) != 0 {
			t.Errorf("Lib InvoicePaid would pay again: %v is still Unpaid", left)
		}
		srv.Advance(10 * 24 * time.Hour) // beyond the grace period of what was paid
		if got := shop.request().condition(t, server); got != "rent" {
			t.Errorf("the server's renewal was paid, and Condition_Component is %q", got)
		}
	})

	t.Run("renewal that nobody pays", func(t *testing.T) {
		need(t, server != 0, "callback after the installation")
		srv.Advance(40 * 24 * time.Hour)
		if got := shop.request().condition(t, server); got != "power_off" && got != "presale" && got != "" {
			t.Errorf("hostkeyresellermod.php (ClientArea) takes power_off and presale for suspended; it is %q", got)
		}
	})

	t.Run("cancellation", func(t *testing.T) {
		need(t, server != 0, "callback after the installation")
		r := shop.request()
		server := r.serverOf(t, invoice, location)
		if server == 0 {
			t.Fatal("Lib sendCancelRequest asks the first invoice for the server, and it names none any more")
		}
		r.call(t, "sendCancelRequest", "whmcs", "request_cancellation", "id", strconv.Itoa(server), "pin", "not_set",
			"cancellation_type", "1", "cancellation_reason", "Due to server deletion")
		srv.Advance(time.Hour)
		if got := shop.request().condition(t, server); got != "" {
			t.Errorf("Lib sendCancelRequest (Immediate): after an hour the server is still %q", got)
		}
	})

	t.Run("cancellation at the end of the period", func(t *testing.T) {
		need(t, preset != "", "price import")
		r := shop.request()
		ordered := r.call(t, "orderInstance", "eq", "order_instance", "deploy_period", "monthly", "deploy_notify", "1",
			"email", email, "currency_code", currency, "os_id", osID, "root_pass", "Abcdef_12345", "hostname", "end.example",
			"os_name", osName, "traffic_plan", planID, "preset", preset, "location_name", location)
		srv.Advance(time.Hour)
		server := r.serverOf(t, phpText(ordered["invoice"]), location)
		r.call(t, "sendCancelRequest", "whmcs", "request_cancellation", "id", strconv.Itoa(server), "pin", "not_set",
			"cancellation_type", "0", "cancellation_reason", "End of Billing Period")
		srv.Advance(24 * time.Hour)
		if got := shop.request().condition(t, server); got != "rent" {
			t.Errorf("Lib sendCancelRequest (End of Billing Period): after a day the server is %q", got)
		}
		srv.Advance(40 * 24 * time.Hour)
		if got := shop.request().condition(t, server); got != "" {
			t.Errorf("Lib sendCancelRequest (End of Billing Period): after 40 days the server is still %q", got)
		}
	})

	t.Run("order without credit", func(t *testing.T) {
		need(t, preset != "", "price import")
		credit := srv.Credit()
		srv.SetCredit("0.00")
		r := shop.request()
		ordered := r.call(t, "orderInstance", "eq", "order_instance", "deploy_period", "monthly", "deploy_notify", "1",
			"email", email, "currency_code", currency, "os_id", osID, "root_pass", "Abcdef_12345", "hostname", "late.example",
			"os_name", osName, "traffic_plan", planID, "preset", preset, "location_name", location)
		srv.SetCredit(credit)
		if result := ordered["result"]; result != nil && result != "OK" && result != "success" {
			if str(ordered["message"]) == "" && str(ordered["error"]) == "" {
				t.Errorf("Lib orderInstance shows message or error of a refused order: %v", ordered)
			}
			return
		}
		r.pay(t, phpText(ordered["invoice"])) // once the reseller has money again, and runs the hook by hand
		srv.Advance(time.Hour)
		if r := shop.request(); r.serverOf(t, phpText(ordered["invoice"]), location) == 0 {
			t.Error("Lib completeLinkToPreset: the invoice was paid, and no server came of it")
		}
	})

	t.Run("fields as multipart", func(t *testing.T) {
		r := shop.request()
		form := url.Values{"action": {"get_client"}, "token": {r.signedIn(t)}}
		got := r.read(t, "makeInvapiCall", r.multipart(t, "/whmcs.php", form))
		if got["result"] != "success" {
			t.Errorf("PHP's curl sends multipart where CURLOPT_POSTFIELDS is an array, and PHP reads it like any other form: %v", got)
		}
	})
}

// keys is getApiKeyList.
func (r *reseller) keys(t *testing.T, server int) []any {
	t.Helper()
	got := r.call(t, "getApiKeyList", "api_keys", "list_for_server", "params[server_id]", strconv.Itoa(server))
	if got["data"] == nil {
		return nil
	}
	rows, ok := got["data"].([]any)
	if !ok {
		t.Fatalf("Lib getApiKeyList: ClientArea counts data, and dies of a TypeError if it is no array: %v", got)
	}
	return rows
}

// condition is getServerData, and what ClientArea reads of it; "" for a server that is not shown.
func (r *reseller) condition(t *testing.T, server int) string {
	t.Helper()
	got := r.call(t, "getServerData", "eq", "show", "id", strconv.Itoa(server))
	if got["result"] != "OK" {
		return ""
	}
	data, ok := got["server_data"].(map[string]any)
	if !ok {
		t.Fatalf("hostkeyresellermod.php (ClientArea) reads server_data.Condition_Component of %v", got["server_data"])
	}
	condition, _ := data["Condition_Component"].(string)
	return condition
}
