package elizontest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon/elizontest"
)

func TestCalculate(t *testing.T) {
	s := newServer(t)
	s.want(200, `{"success":true,"items":[{"productId":"prod-vps-s","productName":"VPS S","quantity":1,"total":4.99}],
		"subtotal":4.99,"tax":0.95,"total":5.94,"firstMonthAmount":5.94,"taxName":"MwSt.","taxRatePercent":19,"isVatFree":false}`,
		"POST", "/cart/calculate", "{"+cart("prod-vps-s", "")+"}")
	total := func(body string) string { t.Helper(); return s.post("/cart/calculate", "{"+body+"}").text("total") }
	require.Equal(t, "5.99", total(cart("prod-vps-s", "")+`,"countryCode":"AT"`), "20 %")
	require.Equal(t, "4.99", total(cart("prod-vps-s", "")+`,"countryCode":"AT","hasVatId":true,"vatNumber":"ATU1"`))
	require.Equal(t, "5.94", total(cart("prod-vps-s", "")+`,"hasVatId":true,"vatNumber":"DE1"`), "at home")
	require.Equal(t, "5.34", total(cart("prod-vps-s", "")+`,"couponCode":"spar10"`))
	require.Equal(t, "14.26", total(cart("prod-web-m", "")), "with setup")
	require.Equal(t, "11.29", total(cart("prod-vps-s", `,"customization":{"vcores":1,"memory":1024,"domain":"a.example"},"additionalIPv4":1,"customizationPrices":{"vcores":0}`)))
	yearly := `"items":[{"lineId":"1","productId":"prod-web-m","quantity":2,"billingCycle":365,"itemType":"new"}]`
	require.Equal(t, "190.38", total(yearly))

	s.fails(400, "cartEmpty", "POST", "/cart/calculate", `{"items":[]}`)
	s.fails(400, "cartEmpty", "POST", "/cart/calculate", `{}`)
	s.fails(400, "couponNotFound", "POST", "/cart/calculate", "{"+cart("prod-vps-s", "")+`,"couponCode":"no"}`)
	s.want(400, `{"success":false,"error":"Validation failed","errorCode":"invalidRequest","validationErrors":[
		"items.0.productId is unknown","items.1.quantity is invalid","items.1.billingCycle is not allowed"]}`,
		"POST", "/cart/validate", `{"items":[{"productId":"no"},{"productId":"prod-vps-s","quantity":0,"billingCycle":31}]}`)
	s.want(400, `{"success":false,"error":"items.0.quantity must be of type integer","errorCode":"invalidRequest",
		"validationErrors":["items.0.quantity must be of type integer"]}`,
		"POST", "/cart/validate", `{"items":[{"productId":"prod-vps-s","quantity":"2","billingCycle":30}]}`)
	s.want(200, `{"success":true,"unavailable":[{"lineId":"line-1","productName":"VPS XL"}]}`, "POST", "/cart/validate", "{"+cart("prod-vps-xl", "")+"}")
	s.want(200, `{"success":true,"coupon":{"code":"SPAR10","displayText":"10 %"},"discount":{"amount":0.5}}`,
		"POST", "/coupons/preview", "{"+cart("prod-vps-s", "")+`,"code":"SPAR10"}`)
	require.Empty(t, s.Truths(), "nothing was ordered")
}

func TestCheckoutAndProvisioning(t *testing.T) {
	s := newServer(t)
	body := "{" + cart("prod-vps-s", `,"templateId":101,"locationId":"loc-fra","customization":{"appType":"mark-1"}`) + `,"paymentMethod":"guthaben"}`
	answer := s.post("/checkout", body)
	require.Equal(t, "order-000001", answer.text("orderId"))
	require.Nil(t, answer.at("redirectUrl"))
	sub := answer.text("subscriptionIds", 0)
	truth := s.truth(sub)
	require.Equal(t, elizontest.Truth{
		ServiceID: truth.ServiceID, SubscriptionID: sub, Name: "VPS S 1", ProductID: "prod-vps-s", Status: "PROVISIONING", LineID: "line-1",
		TemplateID: 101, PeriodEnd: start.AddDate(0, 0, 30), Charged: 594, Charges: 1, Periods: 1,
	}, truth)
	require.Equal(t, []elizontest.Charge{{
		InvoiceID: answer.text("invoiceId"), OrderID: "order-000001", Method: "guthaben", Amount: 594, At: start, Kind: "new",
		LineIDs: []string{"line-1"}, SubscriptionIDs: []string{sub}, ServiceIDs: []string{truth.ServiceID},
	}}, s.Charges())
	require.Equal(t, elizontest.StartBalance-594, s.Balance())
	require.Equal(t, 1, s.ChargesFor("line-1"))
	require.Equal(t, "PAID", s.get("/invoices/"+answer.text("invoiceId")).text("invoice", "status"))

	s.want(200, format(`{"success":true,"subscriptions":[{"id":%q,"status":"ACTIVE","billingCycleDays":30,"currentPeriodStart":"2026-03-04T10:30:00.000Z",
		"currentPeriodEnd":"2026-04-03T10:30:00.000Z","cancelAtPeriodEnd":false,"permanentDiscountPercent":0,
		"product":{"id":"prod-vps-s","name":"VPS S","priceMonthly":4.99},"service":{"id":%q,"name":"VPS S 1","providerStatus":"PROVISIONING"}}]}`,
		sub, truth.ServiceID), "GET", "/user/subscriptions", "")
	_, text := s.do("GET", "/services/"+truth.ServiceID, "")
	require.NotContains(t, text, "line-1")
	require.NotContains(t, text, "mark-1")
	s.fails(400, "subscriptionActionBlocked", "POST", "/services/"+truth.ServiceID+"/action", `{"action":"stop"}`)
	s.Advance(elizontest.ProvisioningTime - 1)
	require.Equal(t, "PROVISIONING", s.truth(sub).Status)
	s.Advance(1)
	require.Equal(t, "RUNNING", s.get("/services/"+truth.ServiceID).text("server", "status"))

	s.post("/checkout", body)
	require.Equal(t, 2, s.ChargesFor("line-1"), "the platform has no memory of line IDs")
	require.Equal(t, "VPS S 2", s.Truths()[1].Name)
}

func TestServiceDelay(t *testing.T) {
	s := newServer(t, elizontest.WithServiceDelay(time.Minute), elizontest.WithProvisioning(0))
	truth := s.order("prod-vps-s")
	require.Equal(t, "RUNNING", truth.Status)
	require.Nil(t, s.get("/user/subscriptions").at("subscriptions", 0, "service"))
	s.fails(404, "serviceNotFound", "GET", "/services/"+truth.ServiceID, "")
	require.Empty(t, s.get("/services").at("services"))
	s.Advance(time.Minute)
	require.Equal(t, truth.ServiceID, s.get("/user/subscriptions").at("subscriptions", 0, "service", "id"))
	require.Len(t, s.get("/services").at("services"), 1)
}

func TestWaysToPay(t *testing.T) {
	s := newServer(t, elizontest.WithBalance(593))
	pay := func(method string) string { return "{" + cart("prod-vps-s", "") + `,"paymentMethod":"` + method + `"}` }
	s.want(400, `{"success":false,"error":"Insufficient balance","errorCode":"insufficientBalance",
		"errorParams":{"required":"5.94","available":"5.93"}}`, "POST", "/checkout", pay("guthaben"))
	for _, method := range []string{"", "cash", "invoice", "businessfund", "mollie_saved", "family_wallet"} {
		s.fails(400, "invalidPaymentMethod", "POST", "/checkout", pay(method))
	}
	require.Empty(t, s.Charges())
	require.Empty(t, s.Invoices())

	s.EnableInvoicing(true)
	require.Len(t, s.post("/checkout", pay("invoice")).at("subscriptionIds"), 1)
	require.Equal(t, "PENDING", s.Invoices()[0].Status)
	require.Equal(t, elizontest.Cents(594), s.Charges()[0].Amount)
	mandate := s.SaveMandate()
	require.Equal(t, mandate, s.get("/checkout/bootstrap").at("savedPaymentMethods", "defaultMandateId"))
	s.fails(400, "invalidPaymentMethod", "POST", "/checkout", "{"+cart("prod-vps-s", "")+`,"paymentMethod":"mollie_saved","savedMandateId":"no"}`)
	s.post("/checkout", pay("mollie_saved"))
	require.Len(t, s.Charges(), 2)
	require.Equal(t, elizontest.Cents(593), s.Balance())

	answer := s.post("/checkout", pay("mollie"))
	require.Nil(t, answer.at("subscriptionIds"))
	require.Equal(t, s.URL+"/pay/"+answer.text("invoiceId"), answer.text("redirectUrl"))
	require.Len(t, s.Truths(), 2, "nothing happens before it is paid")
	require.True(t, s.CompletePayment(answer.text("invoiceId")))
	require.False(t, s.CompletePayment(answer.text("invoiceId")))
	require.Len(t, s.Truths(), 3)
	require.Equal(t, elizontest.Cents(593), s.Balance())

	answer = s.post("/checkout", pay("sepa"))
	require.Equal(t, 5.94, answer.at("sepaDetails", "amount"))
	s.SetBalance(600)
	s.post("/invoices/"+answer.text("invoiceId")+"/pay", `{"paymentMethod":"guthaben"}`)
	require.Len(t, s.Truths(), 4)
	require.Equal(t, elizontest.Cents(6), s.Balance())
	require.Equal(t, true, s.post("/invoices/"+answer.text("invoiceId")+"/pay", `{"paymentMethod":"guthaben"}`).at("alreadyPaid"))
	require.Len(t, s.Charges(), 4)
}

func TestCheckoutRefusals(t *testing.T) {
	s := newServer(t)
	body := func(more string) string {
		return "{" + cart("prod-vps-s", "") + `,"paymentMethod":"guthaben"` + more + "}"
	}
	s.HoldCheckout(true)
	s.fails(400, "checkoutAlreadyInProgress", "POST", "/checkout", body(""))
	s.HoldCheckout(false)
	s.fails(400, "catalogStockExhausted", "POST", "/checkout", "{"+cart("prod-vps-xl", "")+`,"paymentMethod":"guthaben"}`)
	s.fails(400, "checkoutValidationFailed", "POST", "/checkout", body(`,"billingAddressId":"no"`))
	s.fails(400, "checkoutValidationFailed", "POST", "/checkout", body(`,"billingAddress":{"street":"x"}`))
	s.fails(400, "checkoutValidationFailed", "POST", "/checkout", body(`,"netPointsRedeemEur":5.01`))
	s.fails(400, "cartEmpty", "POST", "/checkout", `{"items":[],"paymentMethod":"guthaben"}`)
	s.fails(400, "invalidJsonBody", "POST", "/checkout", `{`)
	s.fails(400, "invalidRequest", "POST", "/checkout", `[]`)
	require.Empty(t, s.Charges())

	s.SetStock("prod-vps-xl", 1)
	s.order("prod-vps-xl")
	s.fails(400, "catalogStockExhausted", "POST", "/checkout", "{"+cart("prod-vps-xl", "")+`,"paymentMethod":"guthaben"}`)
	s.post("/checkout", body(`,"netPointsRedeemEur":"5"`))
	require.Equal(t, "0", s.get("/netpoints").text("balance"))
	require.Equal(t, elizontest.StartBalance-3569-94, s.Balance())
}

func TestPriceBetweenCalculateAndCheckout(t *testing.T) {
	s := newServer(t)
	s.ChangePriceAfterCalculate("prod-vps-s", 100_00)
	require.Equal(t, "5.94", s.post("/cart/calculate", "{"+cart("prod-vps-s", "")+"}").text("total"))
	require.Equal(t, "119", s.post("/cart/calculate", "{"+cart("prod-vps-s", "")+"}").text("total"))
	s.SetPrice("prod-vps-s", 1_00)
	require.Equal(t, elizontest.Cents(119), s.order("prod-vps-s").Charged)
	require.Panics(t, func() { s.SetPrice("no", 1) })
}

func TestManyInOneOrder(t *testing.T) {
	s := newServer(t)
	s.post("/checkout", `{"items":[{"lineId":"a","productId":"prod-vps-s","quantity":3,"billingCycle":30},
		{"lineId":"b","productId":"prod-web-s","billingCycle":30}],"paymentMethod":"guthaben","couponCode":"SPAR10"}`)
	truths := s.Truths()
	require.Len(t, truths, 4)
	var sum elizontest.Cents
	for _, v := range truths {
		sum += v.Charged
	}
	require.Equal(t, s.Charges()[0].Amount, sum)
	require.Equal(t, elizontest.Cents(1923), sum)
	require.Equal(t, []string{"a", "b"}, s.Charges()[0].LineIDs)
	require.Equal(t, "b", truths[3].LineID)
}

func TestDomainOrder(t *testing.T) {
	s := newServer(t)
	line := `{"lineId":"d","productId":"prod-domain","itemType":"domain","domainName":"shop.example","domainYears":2}`
	s.post("/checkout", `{"items":[`+line+`],"paymentMethod":"guthaben"}`)
	require.Equal(t, elizontest.Cents(2856), s.Charges()[0].Amount)
	s.Advance(elizontest.ProvisioningTime)
	require.Equal(t, "shop.example", s.get("/services").at("services", 0, "domainName"))
	s.fails(400, "checkoutValidationFailed", "POST", "/checkout", `{"items":[`+line+`,`+line+`],"paymentMethod":"guthaben"}`)
}

func TestDirectCreation(t *testing.T) {
	s := newServer(t)
	body := `{"name":"direct","productId":"prod-vps-s","providerId":"prov-pve1","billingCycleDays":30}`
	s.fails(403, "accessDenied", "POST", "/services", body)
	s.fails(403, "accessDenied", "POST", "/user/subscriptions", body)
	s = newServer(t, elizontest.WithDirectCreation())
	require.Equal(t, "direct", s.post("/services", body).text("server", "name"))
	require.Equal(t, "30", s.post("/user/subscriptions", body).text("subscription", "billingCycleDays"))
	s.fails(400, "invalidRequest", "POST", "/services", `{"name":"x","productId":"prod-vps-s","providerId":"other"}`)
	s.fails(404, "productNotFound", "POST", "/services", `{"name":"x","productId":"no","providerId":"other"}`)
	require.Empty(t, s.Charges())
	require.Equal(t, 0, s.Truths()[0].Charges)
}

func TestCatalogue(t *testing.T) {
	s := newServer(t)
	s.header = make(map[string][]string) // public
	all := s.get("/products")
	require.Equal(t, 4.99, all.at("categories", 0, "products", 0, "priceMonthly"))
	require.Equal(t, "5.49", all.at("categories", 1, "products", 0, "priceMonthly"), "as text")
	require.Equal(t, true, all.at("categories", 0, "products", 3, "soldOut"))
	require.Equal(t, "VPS M", s.get("/products/vps/vps-m").text("product", "name"))
	require.Equal(t, "VPS M", s.get("/products/by-slug/vps-m?category=vps").text("product", "name"))
	s.fails(404, "productNotFound", "GET", "/products/by-slug/vps-m?category=webspace", "")
	s.fails(404, "categoryNotFound", "GET", "/products/nope", "")
	require.Equal(t, "loc-fra", s.get("/products/locations?productIds=prod-vps-s").text("locations", 0, "id"))
	require.Equal(t, 101.0, s.get("/products/templates?productId=prod-vps-s").at("templates", 0, "templateId"))
	require.Equal(t, 19.0, s.get("/public/countries").at("countries", 0, "taxRate"))
	added := s.AddProduct(elizontest.Product{CategoryKey: "vps", Name: "New", Monthly: 100, Stock: -1})
	require.Equal(t, "New", s.get("/products/vps/"+added.Slug).text("product", "name"))
	s.fails(401, "unauthenticated", "GET", "/categories/cat-vps/upgrade-config", "")
}
