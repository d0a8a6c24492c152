package vendorprograms

import (
	"net/url"
	"testing"
	"time"

	"github.com/provkit/provkit/elizon/elizontest"
)

// cart is the cart of examples/checkout.ts with a product of the catalogue.
func cart(t *testing.T, w *elizonWorld, line string) []fields {
	t.Helper()
	id := w.product("PROXMOX")
	got, thrown := w.desktop.fetch(t, "GET", "/api/products"+query("lang", "en"), nil)
	if thrown != nil {
		t.Fatalf("src/resources/shop.ts products throws %s: %s", thrown.code, thrown.body)
	}
	for _, category := range rows(got, "categories") {
		if product := row(category, "products", "id", id); product != nil {
			return []fields{{
				"lineId": line, "productId": id, "productName": product["name"], "quantity": 1, "billingCycle": 30, "itemType": "new",
			}}
		}
	}
	t.Fatalf("schemas/shop.ts: products[].id has not %s", id)
	return nil
}

// order buys a server as examples/checkout.ts and the steps of checkout.ts do, and returns the answer.
func order(t *testing.T, w *elizonWorld, s *sdk, line, method string) (map[string]any, *apiError) {
	t.Helper()
	start, thrown := s.fetch(t, "GET", "/api/checkout/bootstrap", nil)
	if thrown != nil {
		t.Fatalf("src/resources/checkout.ts bootstrap throws %s: %s", thrown.code, thrown.body)
	}
	body := fields{"items": cart(t, w, line), "paymentMethod": method, "newsletterOptIn": false, "lang": "en"}
	if addresses := rows(start, "addresses"); len(addresses) > 0 {
		body["billingAddressId"] = addresses[0]["id"]
	} else {
		body["billingAddress"] = fields{
			"firstName": "Erika", "lastName": "Muster", "street": "Weg 1", "zip": "07743", "city": "Jena", "countryCode": "DE",
			"country": "Germany",
		}
	}
	return s.fetch(t, "POST", "/api/checkout", body)
}

func sdkCheckout(t *testing.T, w *elizonWorld) {
	s := w.desktop
	t.Run("bootstrap", func(t *testing.T) {
		s.call(t, bootstrap, "GET", "/api/checkout/bootstrap", nil)
		newSDK(w.srv.URL, "desktop", "").throws(t, "GET", "/api/checkout/bootstrap", nil, "unauthenticated")
	})
	t.Run("countries", func(t *testing.T) { s.call(t, countries, "GET", "/api/public/countries", nil) })
	t.Run("validate", func(t *testing.T) {
		got := s.call(t, cartValidated, "POST", "/api/cart/validate", fields{"items": cart(t, w, "line-1")})
		if len(rows(got, "unavailable")) != 0 {
			t.Errorf("a product of the catalogue is unavailable: %v", got)
		}
		s.throws(t, "POST", "/api/cart/validate", fields{"items": []fields{}}, "cartEmpty")
		items := cart(t, w, "line-2")
		w.srv.SetStock(str(items[0]["productId"]), 0)
		defer w.srv.SetStock(str(items[0]["productId"]), -1)
		got, thrown := s.fetch(t, "POST", "/api/cart/validate", fields{"items": items})
		if thrown != nil && thrown.code != "catalogStockExhausted" || thrown == nil && row(got, "unavailable", "lineId", "line-2") == nil {
			t.Errorf("%s: a product that is sold out is neither thrown as catalogStockExhausted nor unavailable: %v %v",
				source(t), thrown, got)
		}
	})
	t.Run("calculate", func(t *testing.T) {
		got := s.call(t, cartCalculated, "POST", "/api/cart/calculate", fields{"items": cart(t, w, "line-1"), "countryCode": "DE"})
		if total, _ := got["total"].(float64); total <= 0 {
			t.Errorf("examples/checkout.ts prints total, and it is %v", got["total"])
		}
		s.throws(t, "POST", "/api/cart/calculate", fields{"countryCode": "DE"}, "invalidRequest", "calculationFailed", "cartEmpty")
	})
	t.Run("submit", func(t *testing.T) {
		balance := w.srv.Balance()
		got, thrown := order(t, w, s, "line-3", "guthaben")
		if thrown != nil {
			t.Fatalf("%s throws %s: %s", source(t), thrown.code, thrown.body)
		}
		for _, wrong := range checkedOut.wrong("answer", got) {
			t.Errorf("%s: by its declared type, %s", source(t), wrong)
		}
		ids, _ := got["subscriptionIds"].([]any)
		if len(ids) != 1 || str(got["invoiceId"]) == "" || w.srv.Balance() >= balance {
			t.Fatalf("%s pays from the balance for one subscription and has an invoice: %v", source(t), got)
		}
		w.srv.Advance(time.Hour)
		bought := row(s.call(t, subscriptions, "GET", "/api/user/subscriptions", nil), "subscriptions", "id", ids[0])
		service, _ := bought["service"].(map[string]any)
		s.call(t, serviceDetail, "GET", "/api/services/"+str(service["id"]), nil)
		s.call(t, invoiceDetail, "GET", "/api/invoices/"+str(got["invoiceId"]), nil)
	})
	t.Run("submit what cannot be paid", func(t *testing.T) {
		balance := w.srv.Balance()
		w.srv.SetBalance(0)
		defer w.srv.SetBalance(balance)
		if got, thrown := order(t, w, s, "line-4", "guthaben"); thrown == nil || thrown.code != "insufficientBalance" {
			t.Errorf("%s throws insufficientBalance, not %v %v", source(t), thrown, got)
		}
	})
	t.Run("submit from a telephone", func(t *testing.T) {
		mobile := newSDK(w.srv.URL, "mobile", w.srv.Key)
		if got, thrown := order(t, w, mobile, "line-5", "guthaben"); thrown == nil || thrown.code != "clientPlatformNotAllowed" {
			t.Errorf("README.md: the server rejects mobile clients with clientPlatformNotAllowed, not %v %v", thrown, got)
		}
	})
	t.Run("submit to a payment page", func(t *testing.T) {
		got, thrown := order(t, w, s, "line-6", "mollie")
		if thrown != nil {
			t.Fatalf("%s throws %s: %s", source(t), thrown.code, thrown.body)
		}
		if _, err := url.ParseRequestURI(str(got["redirectUrl"])); err != nil {
			t.Errorf("schemas/checkout.ts: a payment with mollie has a redirectUrl for a person: %v", got)
		}
	})
}

func sdkBilling(t *testing.T, w *elizonWorld) {
	s, srv := w.desktop, w.srv
	open := srv.AddInvoice(elizontest.Invoice{Total: 12_50, ServiceIDs: []string{w.vps}})
	t.Run("invoices", func(t *testing.T) {
		for _, q := range []string{
			query("limit", "50"), query("limit", "50", "offset", "0", "status", "PENDING"), query("limit", "50", "serviceId", w.vps),
		} {
			if got := s.call(t, invoiceList, "GET", "/api/invoices"+q, nil); row(got, "invoices", "id", open.ID) == nil {
				t.Errorf("%s: %s is not among %v", source(t), open.ID, got["invoices"])
			}
		}
		newSDK(srv.URL, "api", "").throws(t, "GET", "/api/invoices"+query("limit", "50"), nil, "unauthenticated")
	})
	t.Run("invoice", func(t *testing.T) {
		got := s.call(t, invoiceDetail, "GET", "/api/invoices/"+open.ID, nil)
		if invoice, _ := got["invoice"].(map[string]any); invoice["total"] != 12.5 {
			t.Errorf("total is %v, want 12.5", invoice["total"])
		}
		s.throws(t, "GET", "/api/invoices/none", nil, "invoiceNotFound")
	})
	pay := "/api/invoices/" + open.ID + "/pay"
	t.Run("payInvoice", func(t *testing.T) {
		s.throws(t, "POST", pay, fields{"paymentMethod": "shells"}, "invalidPaymentMethod")
		s.throws(t, "POST", "/api/invoices/none/pay", fields{"paymentMethod": "guthaben"}, "invoiceNotFound")
		newSDK(srv.URL, "mobile", srv.Key).throws(t, "POST", pay, fields{"paymentMethod": "guthaben"}, "clientPlatformNotAllowed")
		balance := srv.Balance()
		srv.SetBalance(0)
		s.throws(t, "POST", pay, fields{"paymentMethod": "guthaben"}, "insufficientBalance")
		srv.SetBalance(balance)
		s.call(t, invoicePaid, "POST", pay, fields{"paymentMethod": "guthaben"})
		if srv.Balance() != balance-12_50 {
			t.Errorf("the balance is %s after 12.50 of %s", srv.Balance(), balance)
		}
		if got := s.call(t, invoicePaid, "POST", pay, fields{"paymentMethod": "guthaben"}); got["alreadyPaid"] != true {
			t.Errorf("examples/pay-invoice.ts reads alreadyPaid of the second payment: %v", got)
		}
	})
	t.Run("payInvoice on a payment page", func(t *testing.T) {
		other := srv.AddInvoice(elizontest.Invoice{Total: 3_00})
		got := s.call(t, invoicePaid, "POST", "/api/invoices/"+other.ID+"/pay", fields{"paymentMethod": "mollie"})
		if _, err := url.ParseRequestURI(str(got["checkoutUrl"])); err != nil {
			t.Errorf("examples/pay-invoice.ts: a payment with mollie has a checkoutUrl: %v", got)
		}
	})
	t.Run("netPointsPreview", func(t *testing.T) {
		s.call(t, netPoints, "POST", "/api/netpoints/preview", fields{"orderTotal": 20})
		s.throws(t, "POST", "/api/netpoints/preview", fields{"orderTotal": -1}, "invalidAmount")
	})
	t.Run("subscriptions", func(t *testing.T) {
		if got := s.call(t, subscriptions, "GET", "/api/user/subscriptions", nil); len(rows(got, "subscriptions")) != 2 {
			t.Errorf("two services, and the subscriptions are %v", got)
		}
	})
	const saved = "/api/account/payment-methods"
	t.Run("paymentMethods", func(t *testing.T) {
		if got := s.call(t, methods, "GET", saved, nil); got["defaultMandateId"] != nil {
			t.Errorf("nothing is saved, and the default is %v", got["defaultMandateId"])
		}
	})
	t.Run("addPaymentMethod", func(t *testing.T) {
		got := s.call(t, checkoutURL, "POST", saved, nil)
		if _, err := url.ParseRequestURI(str(got["checkoutUrl"])); err != nil {
			t.Errorf("billing.ts: addPaymentMethod returns a checkout URL: %v", got)
		}
		newSDK(srv.URL, "mobile", srv.Key).throws(t, "POST", saved, nil, "clientPlatformNotAllowed")
	})
	mandate := srv.SaveMandate()
	t.Run("setDefaultPaymentMethod", func(t *testing.T) {
		s.call(t, done, "PATCH", saved, fields{"mandateId": mandate})
		if got := s.call(t, methods, "GET", saved, nil); got["defaultMandateId"] != mandate {
			t.Errorf("the default is %v, want %s", got["defaultMandateId"], mandate)
		}
		s.throws(t, "PATCH", saved, fields{}, "invalidRequest")
	})
	t.Run("updatePaymentMethodLabel", func(t *testing.T) {
		s.call(t, done, "PATCH", saved, fields{"mandateId": mandate, "userLabel": "company card", "setDefault": false})
		got := row(s.call(t, methods, "GET", saved, nil), "methods", "mandateId", mandate)
		if got["userLabel"] != "company card" {
			t.Errorf("userLabel is %v", got["userLabel"])
		}
	})
	t.Run("payInvoice with a saved method", func(t *testing.T) {
		other := srv.AddInvoice(elizontest.Invoice{Total: 4_00})
		s.call(t, invoicePaid, "POST", "/api/invoices/"+other.ID+"/pay",
			fields{"paymentMethod": "mollie_saved", "savedMandateId": mandate})
	})
	t.Run("deletePaymentMethod", func(t *testing.T) {
		s.call(t, done, "DELETE", saved+"/"+url.PathEscape(mandate), nil)
		if got := s.call(t, methods, "GET", saved, nil); row(got, "methods", "mandateId", mandate) != nil {
			t.Errorf("%s is still among %v", mandate, got["methods"])
		}
	})
}

func sdkWallet(t *testing.T, w *elizonWorld) {
	s := w.desktop
	t.Run("bonusEvent", func(t *testing.T) { s.call(t, done, "GET", "/api/wallet/bonus-event", nil) })
	const rules = "/api/balance/auto-topup"
	wanted := func(amount, day int) fields {
		return fields{"amount": amount, "dayOfMonth": day, "acceptTerms": true, "acceptPrivacy": true, "acceptExpiry": true}
	}
	t.Run("autoTopupCreate", func(t *testing.T) {
		s.call(t, topUpMade, "POST", rules, wanted(25, 5))
		s.throws(t, "POST", rules, wanted(30, 5), "anAutoTopUpForThisDayAlreadyExists")
		s.throws(t, "POST", rules, wanted(100_000_000, 6), "amountOutOfRange")
	})
	var id string
	t.Run("autoTopupList", func(t *testing.T) {
		if id = str(row(s.call(t, topUps, "GET", rules, nil), "configs", "dayOfMonth", 5.0)["id"]); id == "" {
			t.Error("the rule is not listed")
		}
	})
	t.Run("autoTopupUpdate", func(t *testing.T) {
		need(t, id != "", "autoTopupList")
		s.call(t, topUpChanged, "PATCH", rules+"/"+id, fields{"isActive": false})
		s.call(t, topUpChanged, "PATCH", rules+"/"+id, fields{"isActive": true})
		s.throws(t, "PATCH", rules+"/"+id, fields{"amount": 40}, "activeAutoTopUpsMustBeRecreatedToChangeTheAmount")
	})
	t.Run("autoTopupDelete", func(t *testing.T) {
		need(t, id != "", "autoTopupList")
		s.call(t, done, "DELETE", rules+"/"+id, nil)
		if got := s.call(t, topUps, "GET", rules, nil); row(got, "configs", "id", id) != nil {
			t.Errorf("%s is still listed", id)
		}
	})
	t.Run("vouchers", func(t *testing.T) {
		s.call(t, vouchers, "GET", "/api/wallet/vouchers"+query("limit", "10", "offset", "0"), nil)
	})
	t.Run("redeemVoucher", func(t *testing.T) {
		s.throws(t, "POST", "/api/wallet/vouchers/redeem", fields{"code": "NO-SUCH-CODE"}, "invalidVoucherCode", "voucherCodeNotFound")
	})
}
