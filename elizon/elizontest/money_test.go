package elizontest_test

import (
	"archive/zip"
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon/elizontest"
)

func TestCents(t *testing.T) {
	for amount, want := range map[elizontest.Cents]string{0: "0.00", 5: "0.05", 499: "4.99", 10000: "100.00", -250: "-2.50"} {
		require.Equal(t, want, amount.String())
	}
}

func TestInvoices(t *testing.T) {
	s := newServer(t)
	for range 12 {
		s.order("prod-vps-s")
	}
	list := s.get("/invoices?offset=10&limit=10")
	require.Equal(t, map[string]any{"total": 12.0, "limit": 10.0, "offset": 10.0, "hasMore": false}, list.at("pagination"))
	require.Equal(t, "RE-2026-00002", list.text("invoices", 0, "invoiceNumber"), "the newest first")
	require.Equal(t, true, s.get("/invoices?offset=1").at("pagination", "hasMore"))
	require.Empty(t, s.get("/invoices?offset=9223372036854775807").at("invoices"))
	require.Empty(t, s.get("/invoices?status=PENDING").at("invoices"))

	first := s.Invoices()[0]
	s.want(200, format(`{"success":true,"invoice":{"id":%q,"invoiceNumber":"RE-2026-00001","status":"PAID","amount":5.94,"total":5.94,"currency":"EUR",
		"issuedAt":"2026-03-04T10:30:00.000Z","dueAt":"2026-03-18T10:30:00.000Z","paidAt":"2026-03-04T10:30:00.000Z","isCreditNote":false,
		"serviceIds":[%q],"canDispute":false,"netPointsRedeemed":0,"subtotal":4.99,"taxAmount":0.95,"taxName":"MwSt.","taxRatePercent":19,
		"items":[{"description":"VPS S","quantity":1,"unitPrice":4.99,"total":4.99,"itemType":"new","serviceType":"vm"}],
		"pdfUrl":"/api/invoices/%s/document","hasLexwareDocument":true,"hasPendingMolliePayment":false}}`,
		first.ID, s.Truths()[0].ServiceID, first.ID), "GET", "/invoices/"+first.ID, "")
	resp, pdf := s.do("GET", "/invoices/"+first.ID+"/document", "")
	require.Equal(t, "application/pdf", resp.Header.Get("Content-Type"))
	require.Contains(t, pdf, "%PDF-1.4")
	_, data := s.do("GET", "/invoices/download-all", "")
	archive, err := zip.NewReader(bytes.NewReader([]byte(data)), int64(len(data)))
	require.NoError(t, err)
	require.Len(t, archive.File, 12)
	require.Equal(t, "RE-2026-00001.pdf", archive.File[0].Name)
	s.fails(404, "invoiceNotFound", "GET", "/invoices/x", "")

	owed := s.AddInvoice(elizontest.Invoice{Total: 10_00})
	before := s.Balance()
	s.fails(400, "invalidPaymentMethod", "POST", "/invoices/"+owed.ID+"/pay", `{"paymentMethod":"sepa"}`)
	pay := s.post("/invoices/"+owed.ID+"/pay", `{"paymentMethod":"mollie"}`)
	require.Equal(t, s.URL+"/pay/"+owed.ID, pay.text("checkoutUrl"))
	require.True(t, s.CompletePayment(pay.text("paymentId")))
	require.Equal(t, before, s.Balance())
	require.Equal(t, "PAID", s.get("/invoices/"+owed.ID).text("invoice", "status"))
	owed = s.AddInvoice(elizontest.Invoice{Total: 10_00})
	s.post("/invoices/"+owed.ID+"/pay", `{"paymentMethod":"guthaben","netPointsRedeemEur":"4.00"}`)
	require.Equal(t, before-6_00, s.Balance())
	void := s.AddInvoice(elizontest.Invoice{Total: 1, Status: "VOIDED"})
	s.fails(400, "invoiceWasVoidedAndCannotBePaid", "POST", "/invoices/"+void.ID+"/pay", `{"paymentMethod":"guthaben"}`)
}

func TestTopUps(t *testing.T) {
	s := newServer(t)
	s.fails(400, "amountOutOfRange", "POST", "/balance/top-up", `{"amount":4.99}`)
	s.fails(400, "invalidAmount", "POST", "/balance/top-up", `{"amount":"1e3"}`)
	paid := s.post("/balance/top-up", `{"amount":25.5}`)
	require.Equal(t, elizontest.StartBalance, s.Balance())
	require.Empty(t, s.Invoices(), "the invoice comes with the payment")
	require.True(t, s.CompletePayment(paid.text("paymentId")))
	require.Equal(t, elizontest.StartBalance+25_50, s.Balance())
	require.Equal(t, "PAID", s.Invoices()[0].Status)
	require.NotEmpty(t, s.get("/balance/sepa-details").at("sepaDetails", "reference"))

	rule := s.post("/balance/auto-topup", `{"amount":20,"dayOfMonth":28,"acceptTerms":true}`)
	require.Equal(t, true, rule.at("verificationRequired"))
	id := rule.text("config", "id")
	s.call("PATCH", "/balance/auto-topup/"+id, `{"amount":30}`)
	require.True(t, s.CompletePayment(id))
	s.fails(400, "activeAutoTopUpsMustBeRecreatedToChangeTheAmount", "PATCH", "/balance/auto-topup/"+id, `{"amount":40}`)
	s.call("PATCH", "/balance/auto-topup/"+id, `{"isActive":false,"amount":40}`)
	require.Equal(t, 40.0, s.get("/balance/auto-topup").at("configs", 0, "amount"))
	s.fails(400, "dayOfMonthMustBeBetween1And28", "POST", "/balance/auto-topup", `{"amount":20,"dayOfMonth":29}`)
	s.fails(400, "amountOutOfRange", "POST", "/balance/auto-topup", `{"amount":2000,"dayOfMonth":1}`)
	s.fails(400, "anAutoTopUpForThisDayAlreadyExists", "POST", "/balance/auto-topup", `{"amount":20,"dayOfMonth":28}`)
	for day := range 3 {
		s.post("/balance/auto-topup", format(`{"amount":20,"dayOfMonth":%d}`, day+1))
	}
	s.fails(400, "maximumOf4AutoTopUpConfigsAllowed", "POST", "/balance/auto-topup", `{"amount":20,"dayOfMonth":4}`)
	s.call("DELETE", "/balance/auto-topup/"+id, "")
	s.fails(404, "notFound", "DELETE", "/balance/auto-topup/"+id, "")
}

func TestBusiness(t *testing.T) {
	s := newServer(t)
	require.Equal(t, "notVerified", s.get("/business/eligibility").text("reason"))
	s.fails(400, "customerFeatureUnavailable", "POST", "/business/fund", `{"amount":100,"bindingMonths":12}`)
	s.header.Set("Content-Type", "multipart/form-data; boundary=x")
	sent := s.post("/business/verification", "--x\r\nContent-Disposition: form-data; name=\"document\"; filename=\"a.pdf\"\r\n\r\nhello\r\n--x--\r\n")
	s.header.Set("Content-Type", "application/json")
	require.Equal(t, "PENDING", sent.text("verification", "status"))
	require.Equal(t, 5.0, sent.at("verification", "documents", 0, "size"))
	_, pdf := s.do("GET", "/business/verification/documents/"+sent.text("verification", "documents", 0, "id"), "")
	require.Contains(t, pdf, "%PDF")
	s.VerifyBusiness(true)
	require.Equal(t, true, s.get("/business/eligibility").at("eligible"))
	require.NotNil(t, s.get("/business/verification").at("verification", "verifiedAt"))
	s.fails(400, "billingAnchorDayMustBeBetween1And31", "POST", "/business/billing", `{"anchorDay":32}`)
	s.want(200, `{"success":true}`, "POST", "/business/billing", `{"anchorDay":31}`)
	s.want(200, `{"success":true,"config":{"billingAnchorDay":31,"invoiceEnabled":true,"hasActiveFund":false,"openAmount":0,
		"currentCycle":{"periodStart":"2026-02-28T00:00:00.000Z","periodEnd":"2026-03-31T00:00:00.000Z"},"nextInvoiceDate":"2026-03-31T00:00:00.000Z"}}`,
		"GET", "/business/billing", "")
	require.Equal(t, true, s.get("/checkout/bootstrap").at("businessBillingConfig", "invoiceEnabled"))
	s.want(200, `{"success":true}`, "DELETE", "/business/billing", "")
	require.Nil(t, s.get("/business/billing").at("config"))
	s.fails(400, "amountAndBindingPeriodAreRequired", "POST", "/business/fund", `{"amount":100}`)

	require.Empty(t, s.OfferFund())
	s.post("/business/fund", `{"amount":100,"bindingMonths":12}`)
	require.Nil(t, s.get("/business/fund").at("pendingOffer"))
	offer := s.OfferFund()
	require.Equal(t, offer, s.get("/business/fund").text("pendingOffer", "id"))
	require.Nil(t, s.post("/business/fund/"+offer+"/accept", `{"paymentMethod":"guthaben"}`).at("checkoutUrl"))
	require.Equal(t, elizontest.StartBalance-100_00, s.Balance())
	s.post("/checkout", "{"+cart("prod-vps-s", "")+`,"paymentMethod":"businessfund"}`)
	require.Equal(t, 5.94, s.get("/business/fund").at("contract", "currentUsage"))
	require.Equal(t, elizontest.StartBalance-100_00, s.Balance())
	s.post("/business/fund/special-termination", `{"reason":"closing down"}`)
	require.Len(t, s.get("/business/fund/special-termination").at("requests"), 1)
	s.want(200, `{"success":true}`, "POST", "/business/fund/"+offer+"/cancel", "{}")
	require.Equal(t, "CANCELLED", s.get("/business/fund").text("contract", "status"), "until the binding ends")
	s.Advance(366 * 24 * time.Hour)
	require.Nil(t, s.get("/business/fund").at("contract"))
}

func TestAffiliate(t *testing.T) {
	s := newServer(t)
	for range 3 {
		s.AddCommission(5_00)
	}
	require.Equal(t, 1500.0, s.get("/affiliates/me").at("withdrawableBalance"), "in cents")
	list := s.get("/affiliates/me/commissions?limit=2")
	require.Len(t, list.at("commissions"), 2)
	require.Equal(t, 3.0, list.at("total"))
	s.fails(400, "noPayoutMethodConfiguredPleaseSetUpAPayoutMethodFirst", "POST", "/affiliates/me/payout-requests", `{"amount":500}`)
	s.fails(400, "invalidRequest", "PATCH", "/affiliates/me/payout-method", `{"type":"SEPA","iban":"x"}`)
	s.call("PATCH", "/affiliates/me/payout-method", `{"type":"PAYPAL","paypalEmail":"a@example.com"}`)
	s.post("/affiliates/me/payout-requests", `{"amount":500}`)
	s.fails(400, "aPendingPayoutRequestAlreadyExists", "POST", "/affiliates/me/payout-requests", `{"amount":400}`)
	requests := s.get("/affiliates/me/payout-requests?limit=1&offset=0")
	require.Equal(t, []any{500.0, "EUR"}, []any{requests.at("requests", 0, "amount"), requests.at("requests", 0, "currency")})
	require.Equal(t, 1.0, requests.at("total"))
	s.fails(400, "amountExceedsWithdrawableBalance", "POST", "/affiliates/me/convert-to-credit", `{"amount":1001}`)
	s.post("/affiliates/me/convert-to-credit", "")
	require.Equal(t, elizontest.StartBalance+10_00, s.Balance())
	require.Nil(t, s.get("/affiliates/me/tax-info").at("taxInfo"))
	require.Equal(t, true, s.call("PUT", "/affiliates/me/tax-info", `{"kleinunternehmer":true}`).at("taxInfo", "kleinunternehmer"))
	require.Equal(t, "ERIKA", s.post("/affiliates/validate", `{"code":"erika"}`).text("affiliate", "code"))
	s.fails(404, "affiliateNotFound", "POST", "/affiliates/validate", `{"code":"x"}`)
}
