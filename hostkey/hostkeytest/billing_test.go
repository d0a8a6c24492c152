package hostkeytest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey/hostkeytest"
)

const day = 24 * time.Hour

func TestBillingData(t *testing.T) {
	s := signedIn(t)
	m := s.machine("web1")
	s.want(fmt.Sprintf(`{"IP":"web1","client_id":1001,"order_id":%d,"billing_setupfee":"0.00","billing_status":"Active",
		"reg_date":"2026-03-04","billing_cycle":"Monthly","next_due_date":"2026-04-04","billing_reccuring":"4.00","billing_name":"vm.pico"}`,
		m.OrderID), "whmcs/get_billing_data", "id", text(m.ID))
	s.fails("WHMCS/get_billing_data: server not exist", "whmcs/get_billing_data", "id", "1")
}

func TestCancellationAtOnce(t *testing.T) {
	s := signedIn(t)
	m, other := s.machine("web1"), s.machine("web2")
	id := text(m.ID)
	s.want(`{"result":"OK"}`, "whmcs/request_cancellation", "id", id, "cancellation_type", "1", "cancellation_reason", "x", "pin", "not_set")
	again := `{"result":"error","message":"There is a cancellation request for this server already"}`
	s.want(again, "whmcs/request_cancellation", "id", id, "cancellation_type", "1")
	s.want(again, "whmcs/request_cancellation", "id", id, "cancellation_type", "0")
	require.Equal(t, []any{map[string]any{"id": float64(m.ID), "account_id": float64(m.ServiceID), "type": "Immediate", "date": "2026-03-04"}},
		s.call("whmcs/get_cancellation_requests")["requests"])
	require.Equal(t, "rent", field(s.call("eq/show", "id", id), "server_data", "Condition_Component"), "accepted is not gone")
	s.Advance(hostkeytest.CancelDelay)
	s.fails("EQ/show: server not exist", "eq/show", "id", id)
	require.Equal(t, []any{float64(other.ID)}, s.call("eq/list")["servers"])
	require.Equal(t, "Terminated", s.call("whmcs/get_billing_data", "id", id)["billing_status"])
	s.fails("WHMCS/request_cancellation: server not exist", "whmcs/request_cancellation", "id", id)
	require.True(t, s.get(m.ID).Gone)
	require.Equal(t, []any{}, s.call("whmcs/get_cancellation_requests")["requests"])
	require.Equal(t, map[string]int{"web1": 1, "web2": 1}, s.PaidOrders(), "paid orders stay paid")

	s.SetPIN("4711")
	s.fails("Invalid PIN", "whmcs/request_cancellation", "id", text(other.ID), "pin", "not_set")
	s.want(`{"result":"OK"}`, "whmcs/request_cancellation", "id", text(other.ID), "pin", "4711")

	quick := signedIn(t, hostkeytest.WithCancelDelay(0))
	id = text(quick.machine("web1").ID)
	quick.want(`{"result":"OK"}`, "whmcs/request_cancellation", "id", id, "cancellation_type", "1")
	require.Empty(t, quick.Machines())
}

func TestCancellationAtTheEnd(t *testing.T) {
	s := signedIn(t)
	m := s.machine("web1")
	id := text(m.ID)
	s.want(`{"result":"error","message":"No active cancellation request"}`, "whmcs/delete_cancellation_request", "id", id)
	s.want(`{"result":"OK"}`, "whmcs/request_cancellation", "id", id)
	require.Equal(t, m.NextDue, s.get(m.ID).Canceled)
	require.Equal(t, "End of Billing Period", s.call("whmcs/get_cancellation_requests", "id", id)["requests"].([]any)[0].(map[string]any)["type"])
	s.want(`{"result":"OK"}`, "whmcs/delete_cancellation_request", "id", id)
	s.Advance(m.NextDue.Sub(s.Now()))
	require.Len(t, s.Machines(), 1, "the undone cancellation does nothing")
	require.Len(t, s.Invoices(), 2, "it is renewed")

	s = signedIn(t)
	m = s.machine("web1")
	s.want(`{"result":"OK"}`, "whmcs/request_cancellation", "id", text(m.ID), "cancellation_type", "0")
	s.Advance(m.NextDue.Sub(s.Now()) - time.Second)
	require.Len(t, s.Machines(), 1)
	s.Advance(time.Second)
	require.Empty(t, s.Machines())
	require.Len(t, s.Invoices(), 1, "a cancelled server is not renewed")

	// An immediate request replaces one for the end of the period.
	s = signedIn(t)
	m = s.machine("web1")
	s.want(`{"result":"OK"}`, "whmcs/request_cancellation", "id", text(m.ID))
	s.want(`{"result":"OK"}`, "whmcs/request_cancellation", "id", text(m.ID), "cancellation_type", "1")
	s.Advance(hostkeytest.CancelDelay)
	require.Empty(t, s.Machines())
}

func TestRenewal(t *testing.T) {
	s := signedIn(t)
	m := s.machine("web1")
	id := text(m.ID)
	pay := func() {
		t.Helper()
		v := s.Invoices()[len(s.Invoices())-1]
		s.signIn(s.Key) // the token is older than that
		s.want(`{"result":"success","amount":"4.00"}`, "whmcs/apply_credit", "invoice_id", text(v.ID), "amount", v.Total)
	}
	s.Advance(m.NextDue.Sub(s.Now()) - time.Second)
	require.Len(t, s.Invoices(), 1)
	s.Advance(time.Second)
	renewal := s.Invoices()[1]
	require.Equal(t, hostkeytest.Invoice{
		ID: renewal.ID, Status: "Unpaid", Total: "4.00", Balance: "4.00", ServerID: m.ID, Date: m.NextDue, Due: m.NextDue,
	}, renewal)
	pay()
	got := s.get(m.ID)
	require.Equal(t, []any{2, m.NextDue.AddDate(0, 1, 0)}, []any{got.PaidPeriods, got.NextDue})
	s.want(fmt.Sprintf(`{"result":"OK","module":"whmcs","action":"get_related_invoices","invoices":[
		{"invoiceid":%d,"status":"Paid","total":"4.00"},{"invoiceid":%d,"status":"Paid","total":"4.00"}]}`, s.Invoices()[0].ID, renewal.ID),
		"whmcs/get_related_invoices", "id", id)

	// Unpaid, it is suspended after the grace period and not before; a late payment ends that.
	s.Advance(got.NextDue.Sub(s.Now()) + hostkeytest.Grace - time.Second)
	require.Equal(t, "rent", s.get(m.ID).Status)
	s.Advance(time.Second)
	late := s.get(m.ID)
	require.Equal(t, []any{"power_off", "Suspended", false}, []any{late.Status, late.ServiceStatus, late.PoweredOn})
	s.Advance(14 * day)
	require.Len(t, s.Invoices(), 3, "one unpaid renewal at a time")
	pay()
	late = s.get(m.ID)
	require.Equal(t, []any{"rent", "Active", 3}, []any{late.Status, late.ServiceStatus, late.PaidPeriods})
}

func TestGenerateInvoice(t *testing.T) {
	s := signedIn(t)
	m := s.machine("web1")
	id := text(m.ID)
	number := s.call("whmcs/generate_due_invoice", "id", id)["invoice"]
	require.Equal(t, float64(s.Invoices()[1].ID), number)
	s.want(`{"result":"error","message":"There is an unpaid invoice, or nothing is due"}`, "whmcs/generate_due_invoice", "id", id)
	product := s.call("whmcs/get_product_invoice", "product", text(m.ServiceID), "location", "whmcs_com")["invoices"].([]any)
	require.Equal(t, map[string]any{"invoiceid": number, "status": "Unpaid", "total": "4.00"}, product[1])
	require.True(t, s.PayInvoice(s.Invoices()[1].ID))
	require.Equal(t, m.NextDue.AddDate(0, 1, 0), s.get(m.ID).NextDue)
	s.Advance(m.NextDue.Sub(s.Now()) + hostkeytest.Grace)
	require.Equal(t, "rent", s.get(m.ID).Status, "it was paid ahead")
	require.Len(t, s.Invoices(), 2)

	hourly := s.AddMachine(hostkeytest.Machine{Period: "hourly"})
	s.signIn(s.Key)
	require.Equal(t, "error", s.call("whmcs/generate_due_invoice", "id", text(hourly.ID))["result"])
	require.Equal(t, []any{map[string]any{"id": float64(hourly.ID), "name": "vm.pico", "status": "Active"}}, s.call("eq/update_servers")["billing_servers"])
}

func TestInvoices(t *testing.T) {
	s := signedIn(t)
	s.want(`{"result":"success","totalresults":0,"invoices":[]}`, "whmcs/get_invoices")
	s.want(`{"result":"error","message":"Invoice ID Not Found"}`, "whmcs/get_invoice", "invoice_id", "1")
	for range 30 {
		s.call("whmcs/create_addfunds", "amount", "1")
	}
	all := s.Invoices()
	page := func(s *server, pairs ...string) []int64 {
		t.Helper()
		answer := s.call("whmcs/get_invoices", pairs...)
		require.Equal(t, 30.0, answer["totalresults"])
		list, _ := field(answer, "invoices", "invoice").([]any)
		ids := []int64{}
		for _, v := range list {
			ids = append(ids, id(v.(map[string]any)["id"]))
		}
		return ids
	}
	require.Len(t, page(s), 25)
	require.Equal(t, []int64{all[29].ID, all[28].ID}, page(s, "limitnum", "2"))
	require.Equal(t, []int64{all[1].ID, all[0].ID}, page(s, "limitstart", "28", "limitnum", "9223372036854775807"))
	require.Empty(t, page(s, "limitstart", "30"))
	old := signedIn(t, hostkeytest.WithOldestInvoicesFirst())
	for range 30 {
		old.call("whmcs/create_addfunds", "amount", "1")
	}
	require.Equal(t, []int64{all[28].ID, all[29].ID}, page(old, "limitstart", "28"))
}

func TestInvoiceShapes(t *testing.T) {
	s := signedIn(t, hostkeytest.WithShapes(hostkeytest.Shapes()...))
	invoice := s.call("whmcs/create_addfunds", "amount", "12.5")["invoice"].(map[string]any)
	require.Contains(t, invoice["payment_html"], `action="`+s.URL+`/pay.html"`)
	delete(invoice, "payment_html")
	require.Equal(t, map[string]any{"id": "603548", "status": "Unpaid", "amount": "12.50", "currency_code": "EUR"}, invoice)
	s.want(`{"result":"success","totalresults":1,"invoices":{"invoice":{"id":"603548","status":"Unpaid","total":"12.50","date":"2026-03-04","duedate":"2026-03-11"}}}`,
		"whmcs/get_invoices")
	s.want(`{"result":"OK","module":"whmcs","action":"get_invoice","data":{"invoiceid":"603548","userid":1001,"status":"Unpaid","total":"12.50",
		"balance":"12.50","date":"2026-03-04","duedate":"2026-03-11","currencycode":"EUR",
		"items":{"item":{"type":"AddFunds","relid":"0","description":"Add funds","amount":"12.50"}}}}`, "whmcs/get_invoice", "invoice_id", "603548")
	s.want(`{"result":"OK","message":1000.00}`, "whmcs/getcredits")
}

func TestCredit(t *testing.T) {
	s := signedIn(t, hostkeytest.WithCredit("5"))
	s.want(`{"result":"OK","invoice":603548}`, "whmcs/create_addfunds", "amount", "12.50")
	s.fails("whmcs/create_addfunds: invalid amount", "whmcs/create_addfunds", "amount", "0")
	s.fails("whmcs/create_addfunds: invalid amount", "whmcs/create_addfunds", "amount", "1e3")
	s.want(`{"result":"error","message":"Amount exceeds customer credit balance"}`, "whmcs/apply_credit", "invoice_id", "603548", "amount", "12.50")
	require.Contains(t, s.call("whmcs/getpaymentgw", "invoice_id", "603548")["call"], "<form")
	require.True(t, s.PayInvoice(603548))
	require.Equal(t, "17.50", s.Credit())
	s.machine("web1")
	s.want(`{"result":"OK","message":{"result":"success","totalresults":2,"clientid":1001,"credits":{"credit":[
		{"id":1,"date":"2026-03-04","amount":"12.50","description":"Add funds"},
		{"id":2,"date":"2026-03-04","amount":"-4.00","description":"Credit applied to invoice #`+text(s.Invoices()[1].ID)+`"}]}}}`, "whmcs/getcredits")
	s.want(`{"result":"OK","transactions":[{"id":300007,"date":"2026-03-04","description":"Payment","amountin":"12.50","invoiceid":603548}]}`, "whmcs/transactions")
	s.want(`{"result":"OK","transactions":[]}`, "whmcs/transactions", "invoice_id", "1")
	require.Panics(t, func() { s.SetCredit("much") })
}

func TestMassPay(t *testing.T) {
	s := signedIn(t, hostkeytest.WithUnpaidOrders())
	s.call("eq/order_instance", buy("web1")...)
	s.call("eq/order_instance", buy("web2", "preset", "vm.nano")...)
	a, b := text(s.Invoices()[0].ID), text(s.Invoices()[1].ID)
	s.want(`{"result":"error","message":"Invoice ID Not Found"}`, "whmcs/mass_pay", "invoices[]", a, "invoices[]", "1")
	over := s.call("whmcs/mass_pay", "invoices[]", a, "invoices[]", b, "invoices[]", a)["invoice"]
	s.want(`{"result":"success","amount":"12.50"}`, "whmcs/apply_credit", "invoice_id", text(id(over)), "amount", "12.50")
	require.Equal(t, "987.50", s.Credit())
	require.Equal(t, map[string]int{"web1": 1, "web2": 1}, s.PaidOrders())
	s.Advance(hostkeytest.DeployTime)
	require.Len(t, s.Machines(), 2)
}

func TestClient(t *testing.T) {
	s := signedIn(t, hostkeytest.WithCredit("150.50"))
	s.want(`{"result":"OK","clientid":1001}`, "whmcs/update_client", "billing_city", "Delft")
	s.want(`{"result":"success","billing_location":"whmcs_com","client":{"id":1001,"credit":"150.50","currency_code":"EUR","firstname":"","lastname":"",
		"companyname":"","email":"account@customers.test","address1":"","address2":"","city":"Delft","state":"","postcode":"","country":"","phonenumber":""}}`,
		"whmcs/get_client")
}

// TestTimes sets how long things take.
func TestTimes(t *testing.T) {
	s := signedIn(t, hostkeytest.WithGrace(day), hostkeytest.WithTaskTime(time.Hour), hostkeytest.WithTokenLife(3*365*day))
	m := s.machine("web1")
	key := s.call("eq/off", "id", text(m.ID))["callback"].(string)
	s.Advance(time.Hour - time.Second)
	require.Equal(t, "Stage", s.call("eq_callback/check", "key", key)["result"])
	s.Advance(time.Second)
	require.Equal(t, "OK", s.call("eq_callback/check", "key", key)["result"])
	s.Advance(m.NextDue.Sub(s.Now()) + day - time.Second)
	require.Equal(t, "rent", s.get(m.ID).Status)
	s.Advance(time.Second)
	require.Equal(t, "power_off", s.get(m.ID).Status)
}

// TestTheEndOfAServer: a server's keys, tickets and open renewal end with it.
func TestTheEndOfAServer(t *testing.T) {
	s := signedIn(t)
	m := s.machine("web1")
	id := text(m.ID)
	secret := field(s.call("api_keys/add", "params[name]", "panel", "params[server_id]", id), "data", "api_key").(string)
	s.call("jira/request_assistance", "id", id, "terminate_reason_custom", "please")
	s.call("whmcs/generate_due_invoice", "id", id)
	require.True(t, s.RemoveMachine(m.ID))
	require.Equal(t, "Cancelled", s.Invoices()[1].Status)
	require.Empty(t, s.AssistanceTickets())
	require.False(t, s.PayInvoice(s.Invoices()[1].ID))
	s.fails("IP not found", "ip/get_ip", "ip", m.IPs[0])
	s.token = ""
	s.want(`{"code":-1,"message":"Invalid key"}`, "auth/login", "key", secret)
	_, there := s.Machine(1)
	require.False(t, there)
}
