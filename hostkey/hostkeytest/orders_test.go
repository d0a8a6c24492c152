package hostkeytest_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey/hostkeytest"
	"github.com/provkit/provkit/provider/faults"
)

func TestOrder(t *testing.T) {
	s := signedIn(t)
	answer := s.call("eq/order_instance", buy("web1")...)
	callback := answer["callback"].(string)
	orders := s.Orders()
	require.Len(t, orders, 1)
	o := orders[0]
	require.Equal(t, hostkeytest.Order{
		InvoiceID: o.InvoiceID, ServerID: o.ServerID, Hostname: "web1", Preset: "vm.pico", Location: "NL", Callback: callback,
		Total: "4.00", Paid: true, At: start,
	}, o)
	require.Equal(t, map[string]any{
		"result": "OK", "module": "eq", "action": "order_instance", "invoice": float64(o.InvoiceID),
		"status": "Paid", "deploy_status": "deploying", "callback": callback, "os_name": "Debian 12", "soft_name": "",
	}, answer)
	require.Equal(t, "996.00", s.Credit())
	require.Equal(t, "996.00", field(s.call("whmcs/get_client"), "client", "credit"))

	// It is being deployed: known by its invoice, and not listed.
	s.want(fmt.Sprintf(`{"result":"OK","module":"eq","action":"update_servers","servers":[],"deploy_keys":{"%d":%q},"billing_servers":[]}`,
		o.InvoiceID, callback), "eq/update_servers")
	s.fails("EQ/show: server not exist", "eq/show", "id", text(o.ServerID))
	require.Nil(t, items(s, o.InvoiceID)[0]["inv_id"])
	require.Equal(t, "Pending", s.call("whmcs/get_billing_data", "id", text(o.ServerID))["billing_status"])
	s.want(fmt.Sprintf(`{"result":"Not ready","key":%q}`, callback), "eq_callback/check", "key", callback)
	s.Advance(8 * time.Minute)
	s.want(fmt.Sprintf(`{"result":"Stage","scope":"deploy_running","key":%q}`, callback), "eq_callback/check", "key", callback)
	s.Advance(2 * time.Minute)

	ip := s.get(o.ServerID).IPs[0]
	s.want(fmt.Sprintf(`{"result":"OK","scope":{"id":"%[1]d","location":"NL","preset":"vm.pico","ip":%[2]q,"os":"Debian 12","status":"deploy_done"},
		"context":{"action":"deploy","id":"%[1]d","location":"NL","ip":%[2]q,"ip_ipmi":"","interface_id":1,"sw_id":1,"port":"1","User":"root","password":"censored"},
		"debug":"","key":%[3]q}`, o.ServerID, ip, callback), "eq_callback/check", "key", callback)
	s.want(fmt.Sprintf(`{"code":-1,"message":"AsyncKey %s not found"}`, callback), "eq_callback/check", "key", callback)
	s.want(fmt.Sprintf(`{"result":"OK","module":"eq","action":"update_servers","servers":[%d],"deploy_keys":[],"billing_servers":[]}`,
		o.ServerID), "eq/update_servers")
	require.Equal(t, float64(o.ServerID), items(s, o.InvoiceID)[0]["inv_id"])

	m := s.get(o.ServerID)
	require.Equal(t, []any{"web1", "rent", true, "Debian 12", "Active", 1, "4.00"},
		[]any{m.Hostname, m.Status, m.PoweredOn, m.OS, m.ServiceStatus, m.PaidPeriods, m.Price})
	require.Equal(t, start.Add(10*time.Minute).AddDate(0, 1, 0), m.NextDue)
	require.True(t, s.Orders()[0].Deployed)
	require.Equal(t, map[string]int{"web1": 1}, s.PaidOrders())
}

// items returns the lines of an invoice.
func items(s *server, invoice int64) []map[string]any {
	s.t.Helper()
	var all []map[string]any
	for _, line := range field(s.call("whmcs/get_invoice", "invoice_id", text(invoice)), "items", "item").([]any) {
		all = append(all, line.(map[string]any))
	}
	return all
}

func TestOrderPrices(t *testing.T) {
	for _, test := range []struct {
		total string
		more  []string
	}{
		{"4.00", nil},
		{"12.00", []string{"deploy_period", "quarterly"}},
		{"48.00", []string{"deploy_period", "annually"}},
		{"0.01", []string{"deploy_period", "hourly"}},
		{"8.00", []string{"ipv4_amount", "2"}},
		{"34.90", []string{"os_id", "251", "soft_id", "13"}},
		{"4.00", []string{"os_id", "", "os_name", "Ubuntu 24.04", "traffic_plan", "32"}},
		{"115.00", []string{"preset", "214", "traffic_plan", "35"}},
	} {
		s := signedIn(t)
		require.Equal(t, "OK", s.call("eq/order_instance", buy("a", test.more...)...)["result"], test.more)
		require.Equal(t, test.total, s.Orders()[0].Total, test.more)
		require.Equal(t, test.total, s.Invoices()[0].Total)
	}
}

func TestOrderRefusals(t *testing.T) {
	for refusal, more := range map[string][]string{
		"Missing required keys: root_pass":             {"root_pass", ""},
		"invalid instance name":                        {"preset", "vm.none"},
		"eq/order_instance: invalid location_name":     {"location_name", "nl"},
		"os/list: no OS found":                         {"os_id", "1"},
		"OS 259 is not compatible with preset vm.pico": {"os_id", "259"},
		"soft/list: no software found":                 {"soft_id", "1"},
		"eq/order_instance: invalid root_pass":         {"root_pass", "-Passw0rd"},
		"eq/order_instance: invalid hostname":          {"hostname", "-web"},
		"eq/order_instance: invalid deploy_period":     {"deploy_period", "weekly"},
		"eq/order_instance: invalid traffic_plan":      {"traffic_plan", "35"},
		"eq/order_instance: invalid root_size":         {"root_size", "0"},
		"eq/order_instance: invalid disk_mirror":       {"disk_mirror", "raid5"},
		"eq/order_instance: invalid ipv4_amount":       {"ipv4_amount", "1000000000000"},
		"EQ/order_instance: server not exist":          {"id", "1"},
	} {
		s := signedIn(t)
		s.fails(refusal, "eq/order_instance", buy("a", more...)...)
		require.Empty(t, s.Orders())
		require.Empty(t, s.Invoices())
		require.Equal(t, "1000.00", s.Credit())
	}
	for _, password := range []string{"Sh0rt-x", strings.Repeat("Aa1-", 8), "alllower1-", "ALLUPPER1-", "NoDigits-", "NoSpecial1", "Wrong1!Special-", "Ümlaut-Passw0rd"} {
		s := signedIn(t)
		s.fails("eq/order_instance: invalid root_pass", "eq/order_instance", buy("a", "root_pass", password)...)
	}
	s := signedIn(t, hostkeytest.WithCredit("3.99"))
	s.want(`{"result":"ERROR","code":-1,"message":"not enough funds: 4.00 EUR"}`, "eq/order_instance", buy("a")...)
	require.Empty(t, s.Invoices())
	s.SetCredit("4")
	require.Equal(t, "Paid", s.call("eq/order_instance", buy("a")...)["status"])
	require.Equal(t, "0.00", s.Credit())
}

func TestOrderAnswers(t *testing.T) {
	for _, answer := range hostkeytest.OrderAnswers() {
		s := signedIn(t, hostkeytest.WithOrderAnswer(answer))
		got := s.call("eq/order_instance", buy("web1")...)
		o := s.Orders()[0]
		require.True(t, o.Paid, answer)
		require.Equal(t, "996.00", s.Credit(), answer)
		base := map[string]any{"result": "OK", "module": "eq", "action": "order_instance"}
		full := map[string]any{
			"id": float64(o.ServerID), "status": "Paid", "deploy_status": "deploying", "callback": o.Callback, "os_name": "Debian 12", "soft_name": "",
		}
		add := func(fields map[string]any) map[string]any {
			maps.Copy(base, fields)
			return base
		}
		invoice := float64(o.InvoiceID)
		var want map[string]any
		switch answer {
		case hostkeytest.AnswerNoID:
			delete(full, "id")
			full["invoice"] = invoice
			want = add(full)
		case hostkeytest.AnswerTextID:
			full["id"], full["invoice"] = text(o.ServerID), invoice
			want = add(full)
		case hostkeytest.AnswerFull, hostkeytest.AnswerPending:
			full["invoice"] = invoice
			want = add(full)
		case hostkeytest.AnswerInvoiceID:
			full["invoiceid"] = invoice
			want = add(full)
		case hostkeytest.AnswerInvoiceSnake:
			full["invoice_id"] = invoice
			want = add(full)
		case hostkeytest.AnswerUnderData:
			full["invoice"] = invoice
			want = add(map[string]any{"data": full})
		case hostkeytest.AnswerIDAlone:
			want = add(map[string]any{"id": float64(o.ServerID)})
		case hostkeytest.AnswerInvoiceAlone:
			want = add(map[string]any{"invoice": invoice})
		case hostkeytest.AnswerNoReference:
			want = base
		case hostkeytest.AnswerErrorInvoice:
			want = map[string]any{"result": "ERROR", "code": -1.0, "message": "deploy request failed", "invoice": invoice, "callback": o.Callback}
		}
		require.Equal(t, want, got, answer)
		s.Advance(hostkeytest.DeployTime)
		require.Len(t, s.Machines(), 1, answer)
	}
}

func TestUnpaidOrder(t *testing.T) {
	s := signedIn(t, hostkeytest.WithUnpaidOrders())
	answer := s.call("eq/order_instance", buy("web1")...)
	o := s.Orders()[0]
	require.Contains(t, answer["redirect"], s.URL+"/pay.html?token=")
	require.Equal(t, map[string]any{
		"result": "OK", "module": "eq", "action": "order_instance", "invoice": float64(o.InvoiceID), "status": "Unpaid",
		"deploy_status": "awaiting_payment", "redirect": answer["redirect"],
	}, answer)
	require.Equal(t, []any{false, int64(0), ""}, []any{o.Paid, o.ServerID, o.Callback})
	require.Empty(t, s.PaidOrders())
	s.Advance(time.Hour)
	require.Empty(t, s.Machines())
	require.Equal(t, []any{}, s.call("eq/update_servers")["deploy_keys"])

	apply := func(answer, amount string) {
		t.Helper()
		s.want(answer, "whmcs/apply_credit", "invoice_id", text(o.InvoiceID), "amount", amount)
	}
	apply(`{"result":"success","amount":"1.50"}`, "1.5")
	require.Equal(t, "2.50", s.call("whmcs/get_invoice", "invoice_id", text(o.InvoiceID))["balance"])
	require.False(t, s.Orders()[0].Paid)
	apply(`{"result":"success","amount":"2.50"}`, "4.00") // at most what is left to pay
	apply(`{"result":"error","message":"Invoice Not in Unpaid Status"}`, "4.00")
	require.Equal(t, "996.00", s.Credit())
	o = s.Orders()[0]
	require.True(t, o.Paid)
	require.Equal(t, map[string]any{text(o.InvoiceID): o.Callback}, s.call("eq/update_servers")["deploy_keys"])
	s.Advance(hostkeytest.DeployTime)
	require.Equal(t, "web1", s.get(o.ServerID).Hostname)

	s.SetOrderAnswer(hostkeytest.AnswerPending)
	require.Equal(t, "Pending", s.call("eq/order_instance", buy("web2")...)["status"])
	require.True(t, s.PayInvoice(s.Orders()[1].InvoiceID), "by card")
	require.False(t, s.PayInvoice(s.Orders()[1].InvoiceID))
	require.Equal(t, "996.00", s.Credit())
	require.Equal(t, map[string]int{"web1": 1, "web2": 1}, s.PaidOrders())
	s.SetUnpaidOrders(false)
	require.Equal(t, "Paid", s.call("eq/order_instance", buy("web3")...)["status"])
}

// TestOrderTwice: nothing makes an order unique, so the same one is paid again.
func TestOrderTwice(t *testing.T) {
	s := signedIn(t)
	s.Faults.When(func(r *http.Request) bool { return r.FormValue("action") == "order_instance" }, 1, faults.Fault{Kind: faults.Drop, After: true})
	form := url.Values{"action": {"order_instance"}, "token": {s.token}}
	for i := 0; i < len(buy("web1")); i += 2 {
		form.Set(buy("web1")[i], buy("web1")[i+1])
	}
	_, err := s.Client().PostForm(s.URL+"/eq.php", form)
	require.Error(t, err)
	require.Equal(t, map[string]int{"web1": 1}, s.PaidOrders(), "the answer is lost, the order is not")
	s.call("eq/order_instance", buy("web1")...)
	require.Equal(t, map[string]int{"web1": 2}, s.PaidOrders())
	require.Equal(t, "992.00", s.Credit())
}

func TestFailedDeploy(t *testing.T) {
	s := signedIn(t)
	s.FailDeploys(1)
	answer := s.call("eq/order_instance", buy("web1")...)
	done := s.wait(answer)
	require.Equal(t, []any{"Fail", "deploy cancelled"}, []any{done["result"], done["scope"]})
	require.Equal(t, done, s.call("eq_callback/check", "key", answer["callback"].(string)), "the failure can be read again")
	require.Empty(t, s.Machines())
	o := s.Orders()[0]
	require.Equal(t, []bool{true, false, true}, []bool{o.Paid, o.Deployed, o.Failed})
	require.Equal(t, []any{}, s.call("eq/update_servers")["deploy_keys"])
	require.Equal(t, "web2", s.machine("web2").Hostname)
}

func TestHostnameLag(t *testing.T) {
	s := signedIn(t, hostkeytest.WithHostnameLag(time.Hour))
	m := s.machine("web1")
	require.Equal(t, "hostkey"+text(m.ID), tag(s, m.ID, "hostname"))
	s.Advance(time.Hour)
	require.Equal(t, "web1", tag(s, m.ID, "hostname"))
	nameless := s.machine("")
	require.Equal(t, "hostkey"+text(nameless.ID), tag(s, nameless.ID, "hostname"))
}

// tag returns the value of a server's tag, "" if there is none.
func tag(s *server, id int64, name string) string {
	s.t.Helper()
	for _, v := range s.call("eq/show", "id", text(id))["tags"].([]any) {
		if row := v.(map[string]any); row["tag"] == name {
			return row["value"].(string)
		}
	}
	return ""
}

func TestEarlyServers(t *testing.T) {
	s := signedIn(t, hostkeytest.WithEarlyServers())
	id := text(id(s.call("eq/order_instance", buy("web1")...)["id"])) // it is there, so the answer names it
	show := s.call("eq/show", "id", id)
	require.Equal(t, "TT", field(show, "server_data", "Condition_Component"))
	require.Len(t, s.call("eq/list")["servers"], 1)
	s.fails("Server is locked", "eq/on", "id", id)
	s.Advance(hostkeytest.DeployTime)
	require.Equal(t, "rent", field(s.call("eq/show", "id", id), "server_data", "Condition_Component"))
	require.Len(t, s.call("eq/list")["servers"], 1)
	require.Equal(t, "web1", tag(s, s.Machines()[0].ID, "hostname"))
	s.FailDeploys(1)
	s.call("eq/order_instance", buy("web2")...)
	require.Len(t, s.Machines(), 2)
	s.Advance(hostkeytest.DeployTime)
	require.Len(t, s.call("eq/list")["servers"], 1, "a failed deployment removes its server")
}

func TestTaskPolls(t *testing.T) {
	s := signedIn(t, hostkeytest.WithTaskPolls(2), hostkeytest.WithDeployTime(0))
	key := s.call("eq/order_instance", buy("web1")...)["callback"].(string)
	require.Len(t, s.Machines(), 1, "done at once, whatever the task says")
	for _, want := range []string{"Not ready", "Not ready", "Stage", "OK"} {
		require.Equal(t, want, s.call("eq_callback/check", "key", key)["result"])
	}
	pending := signedIn(t, hostkeytest.WithShapes(hostkeytest.ShapePendingOK))
	key = pending.call("eq/order_instance", buy("web1")...)["callback"].(string)
	pending.want(`{"result":"OK","scope":"pending","context":{"id":"","ip":""}}`, "eq_callback/check", "key", key)
}

// TestNothingToGoBy: an order can only be found by the new server with its hostname.
func TestNothingToGoBy(t *testing.T) {
	s := signedIn(t, hostkeytest.WithOrderAnswer(hostkeytest.AnswerNoReference),
		hostkeytest.WithShapes(hostkeytest.ShapeNoDeployKeys, hostkeytest.ShapeNoServerInItem))
	s.ok("eq/order_instance", buy("web1")...)
	require.Equal(t, []any{}, s.call("eq/update_servers")["deploy_keys"])
	s.Advance(hostkeytest.DeployTime)
	o := s.Orders()[0]
	require.NotContains(t, items(s, o.InvoiceID)[0], "inv_id")
	require.Equal(t, []any{float64(o.ServerID)}, s.call("eq/list")["servers"])
	require.Equal(t, "web1", tag(s, o.ServerID, "hostname"))
}

func TestReinstall(t *testing.T) {
	s := signedIn(t)
	m := s.machine("web1")
	install := []string{"id", text(m.ID), "os_id", "243", "root_pass", "New-Passw0rd", "hostname", "web9"}
	s.fails("eq/order_instance: invalid preset", "eq/order_instance", append(install, "preset", "vm.pico")...)
	s.fails("OS 259 is not compatible with server eq:"+text(m.ID), "eq/order_instance", override(install, []string{"os_id", "259"})...)
	answer := s.call("eq/order_instance", install...)
	require.Equal(t, float64(m.ID), answer["id"])
	require.Nil(t, answer["invoice"])
	s.want(`{"result":"OK","scope":"pending","context":{"id":"","ip":""}}`, "eq_callback/check", "key", answer["callback"].(string))
	s.fails("Reinstall is in progress already", "eq/order_instance", install...)
	require.Equal(t, "OK", s.wait(answer)["result"])
	got := s.get(m.ID)
	require.Equal(t, []any{"Ubuntu 24.04", "New-Passw0rd", "web9", 1}, []any{got.OS, got.RootPass, got.Hostname, got.Reinstalls})
	require.Equal(t, "996.00", s.Credit(), "nothing is charged")
	require.Len(t, s.Orders(), 1)
	s.FailDeploys(1)
	require.Equal(t, "Fail", s.wait(s.call("eq/order_instance", install...))["result"])
	require.Equal(t, 1, s.get(m.ID).Reinstalls)
	require.Equal(t, "OK", s.wait(s.call("eq/order_instance", install...))["result"])
}

func TestReinstallByHand(t *testing.T) {
	s := signedIn(t)
	m := s.machine("bm1", "preset", "bm.v1-8")
	started := s.call("eq/reinstall", "id", text(m.ID))
	require.Equal(t, "create_pxe", started["stage"])
	require.Nil(t, field(s.call("eq/show", "id", text(m.ID)), "server_data", "OS"))
	require.NotEmpty(t, tag(s, m.ID, "reinstall_start"))
	pxe := []string{"id", text(m.ID), "os_id", "243", "root_pass", "New-Passw0rd", "hostname", "bm2"}
	s.fails("eq/create_pxe: invalid reinstall_key", "eq/create_pxe", append(pxe, "reinstall_key", "x")...)
	s.ok("eq/abort_reinstall", "id", text(m.ID))
	require.Empty(t, tag(s, m.ID, "reinstall_start"))
	started = s.call("eq/reinstall", "id", text(m.ID))
	s.wait(s.call("eq/create_pxe", append(pxe, "reinstall_key", started["reinstall_key"].(string))...))
	require.True(t, s.get(m.ID).PXE)
	s.ok("eq/clear_pxe", "id", text(m.ID))
	require.False(t, s.get(m.ID).PXE)
	got := s.get(m.ID)
	require.Equal(t, []any{"Ubuntu 24.04", "bm2", 1}, []any{got.OS, got.Hostname, got.Reinstalls})
	require.Empty(t, tag(s, m.ID, "autodeploy_start"))
}
