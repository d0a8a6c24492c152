package vendorprograms

// elizon's own app, elizonapp/ignite-mobile, commit 3cb9c7a of 2026-08-05, which is newer than the SDK:
// what its screens call beyond the SDK's methods, or read of the same answers under other names. Its
// sources:
//
//	every request   src/lib/api.ts, which decides as the SDK's client.ts does; src/lib/platform.ts
//	subscription    src/api/services.ts (SubscriptionSummary and the methods subscription*, renewPreview, billingCycles)
//	console         src/screens/ConsoleScreen.tsx
//	shop, coupons   src/api/shop.ts, src/lib/shop-product-detail.ts; src/features/checkout/useCheckout.ts
//	invoices        src/features/billing/types.ts, src/features/billing/lib.ts
//	account         src/api/settings.ts, auth.ts, user.ts, public.ts, business.ts
//	storage, shares src/screens/StorageScreen.tsx, PermissionAcceptScreen.tsx
//	partners        src/screens/AffiliateScreen.tsx; src/api/affiliates.ts
//	feedback        src/screens/FeedbackScreen.tsx

import (
	"net/url"
	"testing"
	"time"

	"github.com/provkit/provkit/elizon/elizontest"
)

var (
	subscriptionSummary = shape{
		"id": text, "billingCycleDays": number, "currentPeriodStart": text, "currentPeriodEnd": text,
		"cancelAtPeriodEnd": boolean, "status": text, "canceledAt": orNull(text), "nextBillingCycleDays": orNull(number),
		"permanentDiscountPercent?": orNull(number), "billingMode?": text, "bindingEndsAt?": orNull(text),
		"earlyTerminationFeePercent?": orNull(number), "contractNoticeDays?": orNull(number),
		"options?":           shape{"autoBillingEnabled?": boolean, "useNetPointsFirst?": boolean},
		"extendEligibility?": shape{"bonusAvailable": boolean, "loyaltyOfferAvailable?": boolean, "cooldownUntil?": text},
		"cancellation?":      orNull(shape{"source": text, "reason": text, "locked": boolean, "scheduledAt": text}),
		"billingPreview?": orNull(shape{
			"billedCycleDays": number, "regularRenewalGross": number, "nextRenewalGross": number, "couponKind": text,
			"couponAppliesToNextRenewal": boolean, "couponCode": orNull(text), "couponRecurringMonths": orNull(number),
			"approxLastDiscountedBoundary": orNull(text), "effectiveMonthsElapsedAtNextRenewal": number,
			"adminScheduledAppliesToNextRenewal": boolean, "adminScheduledPercent": orNull(number),
		}),
	}
	appInvoice = shape{
		"id": text, "invoiceNumber": text, "status": text, "total": number, "currency": text, "dueAt?": orNull(text),
		"issuedAt?": orNull(text), "paidAt?": orNull(text),
	}
	appAddress = shape{
		"id": text, "label?": orNull(text), "isDefault?": boolean, "companyName?": orNull(text), "vatId?": orNull(text),
		"firstName?": orNull(text), "lastName?": orNull(text), "street": text, "zip": text, "city": text,
		"countryCode?": orNull(text), "country": text, "phone?": orNull(text),
	}
)

func TestElizonApp(t *testing.T) {
	t.Parallel()
	w := newElizonWorld(t)
	srv := w.srv
	app := newSDK(srv.URL, "desktop", w.session.token)
	app.header.Set("X-Elizon-Platform", "linux")
	vps := "/api/services/" + url.PathEscape(w.vps)

	t.Run("subscription", func(t *testing.T) {
		read := func() map[string]any {
			got := app.call(t, done.with(shape{"subscription": subscriptionSummary}), "GET", vps+"/subscription", nil)
			found, _ := got["subscription"].(map[string]any)
			return found
		}
		read()
		cycles := app.call(t, done.with(shape{"allowedBillingCycles": list(number)}), "GET", vps+"/billing-cycles", nil)
		if allowed, _ := cycles["allowedBillingCycles"].([]any); len(allowed) == 0 {
			t.Errorf("src/api/services.ts billingCycles: %v", cycles)
		}
		price := app.call(t, done.with(shape{
			"price": number, "currentPeriodEnd": text, "newPeriodEnd": text, "maxDate?": text, "subscriptionId": text,
		}), "POST", vps+"/renew", fields{"billingCycleDays": 30})
		if before := read(); before["currentPeriodEnd"] != price["currentPeriodEnd"] || before["id"] != price["subscriptionId"] {
			t.Errorf("src/api/services.ts renewPreview changes nothing: %v and %v", price, before)
		}
		app.call(t, done.with(shape{"nextBillingCycleDays?": number, "currentPeriodEnd?": text}), "PATCH", vps+"/subscription/interval",
			fields{"billingCycleDays": 90})
		if got := read()["nextBillingCycleDays"]; got != 90.0 {
			t.Errorf("src/api/services.ts subscriptionInterval: nextBillingCycleDays is %v", got)
		}
		app.call(t, done.with(shape{"subscription?": shape{"id": text}}), "PATCH", vps+"/subscription/autopay",
			fields{"autoBillingEnabled": true, "useNetPointsFirst": true})
		if options, _ := read()["options"].(map[string]any); options["autoBillingEnabled"] != true || options["useNetPointsFirst"] != true {
			t.Errorf("src/api/services.ts subscriptionAutopay: the options are %v", options)
		}
		canceled := done.with(shape{"message?": text, "currentPeriodEnd?": text, "invoiceId?": orNull(text)})
		app.call(t, canceled, "POST", vps+"/subscription/cancel", fields{"immediate": false})
		if read()["cancelAtPeriodEnd"] != true {
			t.Error("src/api/services.ts subscriptionCancel: cancelAtPeriodEnd is not set")
		}
		app.call(t, done.with(shape{"message?": text, "currentPeriodEnd?": text}), "POST", vps+"/subscription/reactivate", fields{})
		before := read()
		if before["cancelAtPeriodEnd"] != false {
			t.Error("src/api/services.ts subscriptionReactivate: cancelAtPeriodEnd is still set")
		}
		extended := app.call(t, done.with(shape{"invoiceId?": orNull(text), "extensionDays?": number, "newPeriodEnd?": text}),
			"POST", vps+"/subscription/extend", fields{})
		if invoice := str(extended["invoiceId"]); invoice != "" {
			app.call(t, invoicePaid, "POST", "/api/invoices/"+invoice+"/pay", fields{"paymentMethod": "guthaben"})
		}
		if after := read(); str(after["currentPeriodEnd"]) <= str(before["currentPeriodEnd"]) {
			t.Errorf("src/api/services.ts subscriptionExtend: the period ended at %v, and now at %v", before["currentPeriodEnd"], after["currentPeriodEnd"])
		}
		other := srv.AddService(elizontest.Service{ProductID: w.product("PROXMOX")}).ID
		app.call(t, canceled, "POST", "/api/services/"+other+"/subscription/cancel", fields{"immediate": true})
		srv.Advance(24 * time.Hour)
		app.throws(t, "GET", "/api/services/"+other, nil, "serviceNotFound")
	})
	t.Run("console", func(t *testing.T) {
		got := app.call(t, done.with(shape{"console": shape{
			"type": text, "url?": text, "wsPath?": text, "commandUrl?": text, "streamUrl?": text, "ticket?": text, "vncPassword?": text,
			"expiresAt?": text,
		}}), "GET", vps+"/console", nil)
		console, _ := got["console"].(map[string]any)
		reads := map[string][]string{"vnc": {"wsPath"}, "terminal": {"streamUrl", "commandUrl"}, "web": {"url"}}[str(console["type"])]
		if len(reads) == 0 {
			t.Errorf("ConsoleScreen.tsx knows vnc, terminal and web, not %v", console["type"])
		}
		for _, name := range reads {
			if str(console[name]) == "" {
				t.Errorf("ConsoleScreen.tsx needs %s of a console of type %v: %v", name, console["type"], console)
			}
		}
	})
	t.Run("shop", func(t *testing.T) {
		shop := newSDK(srv.URL, "desktop", "")
		category := rows(shop.call(t, products, "GET", "/api/products"+query("lang", "en"), nil), "categories")[0]
		product := rows(category, "products")[0]
		path := "/api/products/" + url.PathEscape(str(category["key"]))
		shop.call(t, done.with(shape{"category": object}), "GET", path+query("lang", "en"), nil)
		shop.call(t, done.with(shape{"product": shape{
			"id": is(product["id"]), "slug": text, "name": text, "priceMonthly": anything, "vcores": anything, "memory": anything,
			"storage": anything, "priceYearly?": orNull(number), "setupFee?": number, "allowedBillingCycles?": list(number),
		}}), "GET", path+"/"+url.PathEscape(str(product["slug"]))+query("lang", "en"), nil)
		shop.call(t, done.with(shape{"locations": list(shape{"id": text, "name": text, "city?": text, "country?": text})}),
			"GET", "/api/products/locations"+query("productIds", str(product["id"])), nil)
		shop.call(t, done.with(shape{"templates": list(shape{
			"templateId": number, "name": text, "displayName": text, "cloudInitSupport": boolean, "cloudInitUsername?": text,
		})}), "GET", "/api/products/templates"+query("productId", str(product["id"])), nil)
		app.call(t, done.with(shape{"config?": orNull(shape{
			"upgradeMode?": text, "allowPrePurchaseUpgrade?": boolean, "configuratorEnabled?": boolean,
			"resourcePricing?": record(shape{
				"upgradePrice?": number, "allowDowngrade?": boolean, "max?": number, "step?": number, "min?": number,
			}),
			"additionalIpsPricePerMonth?": number, "additionalIPv6PricePerMonth?": number, "ipv4OptOutDiscount?": number,
		})}), "GET", "/api/categories/"+url.PathEscape(str(category["id"]))+"/upgrade-config", nil)
	})
	t.Run("coupons", func(t *testing.T) {
		srv.AddCoupon(elizontest.Coupon{Code: "APP10", Text: "10 percent", Percent: 10})
		ask := func(code string) fields {
			return fields{"code": code, "items": cart(t, w, "line-1"), "countryCode": "DE", "lang": "en"}
		}
		got := app.call(t, done.with(shape{"coupon": shape{"code": is("APP10"), "displayText?": text}, "discount": shape{"amount": number}}),
			"POST", "/api/coupons/preview", ask("APP10"))
		if amount, _ := at(got, "discount", "amount").(float64); amount <= 0 {
			t.Errorf("useCheckout.ts: the discount is %v", got["discount"])
		}
		app.throws(t, "POST", "/api/coupons/preview", ask("NONE"), "couponNotFound")
	})
	t.Run("invoices", func(t *testing.T) {
		open := srv.AddInvoice(elizontest.Invoice{
			Total: 11_90, Subtotal: 10_00, Tax: 1_90, TaxName: "MwSt.", TaxPercent: 19, ServiceIDs: []string{w.vps},
			Items: []elizontest.InvoiceItem{{Description: "VPS S", Kind: "renewal", Quantity: 1, UnitPrice: 10_00, Total: 10_00}},
		})
		got := app.call(t, done.with(shape{"invoices": list(appInvoice.with(shape{
			"amount": number, "isCreditNote?": boolean, "serviceIds?": list(text), "canDispute?": boolean,
		})), "pagination?": shape{"total": number, "hasMore?": boolean}}), "GET", "/api/invoices"+query("limit", "50"), nil)
		if row(got, "invoices", "id", open.ID) == nil {
			t.Errorf("src/features/billing: %s is not listed", open.ID)
		}
		detail := app.call(t, done.with(shape{"invoice": appInvoice.with(shape{
			"subtotal": is(10.0), "taxAmount": is(1.9), "total": is(11.9), "taxRatePercent?": is(19.0),
			"items": list(shape{"description": text, "quantity": number, "unitPrice": number, "total": number}),
		})}), "GET", "/api/invoices/"+open.ID, nil)
		invoice, _ := detail["invoice"].(map[string]any)
		if len(rows(invoice, "items")) != 1 {
			t.Errorf("src/features/billing/types.ts: the items are %v", invoice["items"])
		}
	})
	t.Run("addresses", func(t *testing.T) {
		made := app.call(t, done.with(shape{"address?": appAddress}), "POST", "/api/addresses", fields{
			"label": "Office", "isDefault": false, "companyName": "", "vatId": "", "firstName": "Erika", "lastName": "Muster",
			"street": "Weg 2", "zip": "07743", "city": "Jena", "countryCode": "DE", "country": "Germany", "phone": "",
		})
		listed := func() map[string]any {
			return app.call(t, done.with(shape{"addresses": list(appAddress)}), "GET", "/api/addresses", nil)
		}
		address := row(listed(), "addresses", "label", "Office")
		if address == nil {
			t.Fatalf("src/api/settings.ts createAddress: %v is not listed", made)
		}
		first := row(listed(), "addresses", "isDefault", true)
		// The app makes an address the default one by sending nothing else of it.
		app.call(t, done.with(shape{"address?": appAddress}), "PUT", "/api/addresses", fields{"id": address["id"], "isDefault": true})
		if got := row(listed(), "addresses", "isDefault", true); got["id"] != address["id"] || got["street"] != "Weg 2" {
			t.Errorf("src/api/settings.ts updateAddress: the default address is %v", got)
		}
		app.call(t, done.with(shape{"address?": appAddress}), "PUT", "/api/addresses", fields{"id": first["id"], "isDefault": true})
		app.call(t, done, "DELETE", "/api/addresses"+query("id", str(address["id"])), nil)
		if got := row(listed(), "addresses", "id", address["id"]); got != nil {
			t.Errorf("src/api/settings.ts deleteAddress: %v is still listed", got)
		}
	})
	t.Run("settings", func(t *testing.T) {
		app.call(t, done.with(shape{"user?": object}), "PATCH", "/api/user/settings", fields{
			"loginNotificationEmailOptIn": true, "emailNotifications": false, "notificationSoundEnabled": true,
			"servicePowerActionEmailOptIn": true,
		})
		got := app.call(t, meResponse, "GET", "/api/auth/me", nil)
		if at(got, "user", "emailNotifications") != false || at(got, "user", "servicePowerActionEmailOptIn") != true {
			t.Errorf("src/api/settings.ts patchUserSettings: the user is %v", got["user"])
		}
		app.call(t, done, "POST", "/api/user/newsletter-settings", fields{"subscribe": true})
		app.call(t, done.with(shape{"user?": object}), "PUT", "/api/auth/me",
			fields{"firstName": "Erika", "lastName": "Muster", "phone": "+49 3641 1", "locale": "de"})
	})
	t.Run("support PIN", func(t *testing.T) {
		// src/api/user.ts reads pin and expiresAt where the SDK declares supportPin and pinExpiresAt.
		for _, method := range []string{"POST", "GET"} {
			app.call(t, shape{"pin": text, "expiresAt": text}, method, "/api/user/support-pin", nil)
		}
	})
	t.Run("registration", func(t *testing.T) {
		nobody := newSDK(srv.URL, "desktop", "")
		open := nobody.call(t, done.with(shape{
			"allowRegistration?": boolean, "allowRegistrationPrivate?": boolean, "allowRegistrationBusiness?": boolean,
		}), "GET", "/api/public/registration-status", nil)
		nobody.call(t, done.with(shape{"countries": list(shape{
			"countryCode": text, "countryName": text, "taxRate": number, "taxName": text, "isDefault": boolean,
		})}), "GET", "/api/public/countries", nil)
		someone := fields{
			"email": "new@example.com", "password": "Secret-Passw0rd", "firstName": "Neu", "lastName": "Muster", "locale": "de",
			"accountType": "PRIVATE", "country": "DE", "street": "Weg 3", "city": "Jena", "zip": "07743", "newsletterOptIn": false,
		}
		if open["allowRegistration"] == true {
			nobody.call(t, done.with(shape{"token?": text, "user?": object, "requiresVerification?": boolean}), "POST", "/api/auth/register", someone)
		} else {
			nobody.throws(t, "POST", "/api/auth/register", someone, "registrationDisabledGeneral") // src/api/error-codes.generated.ts
		}
	})
	t.Run("business", func(t *testing.T) {
		srv.VerifyBusiness(true)
		app.call(t, done.with(shape{"eligible": boolean, "verified": boolean, "reason?": text, "invoiceEnabled?": boolean}),
			"GET", "/api/business/eligibility", nil)
		app.call(t, done.with(shape{"verification": orNull(shape{
			"id": text, "status": text, "adminComment": orNull(text), "verifiedAt?": orNull(text), "rejectedAt?": orNull(text),
			"createdAt?": text,
		})}), "GET", "/api/business/verification", nil)
		app.call(t, done.with(shape{"contractId?": text}), "POST", "/api/business/fund", fields{"amount": 500, "bindingMonths": 12})
		app.call(t, done, "POST", "/api/business/fund/"+url.PathEscape(srv.OfferFund())+"/reject", fields{})
		if got := app.call(t, fund, "GET", "/api/business/fund", nil); got["pendingOffer"] != nil {
			t.Errorf("src/api/business.ts rejectFund: the offer is still there: %v", got)
		}
	})
	t.Run("storage", func(t *testing.T) {
		volume := srv.AddVolume(elizontest.Volume{Name: "data", Type: "NVME", SizeGB: 50, ServiceID: w.vps, Monthly: 2_50})
		listed := func() map[string]any {
			return row(app.call(t, done.with(shape{"volumes": list(shape{
				"id": text, "name": text, "size": number, "type": text, "status": text, "serviceStatus?": orNull(text),
				"mountPoint?": orNull(text), "pricePerMonth?": orNull(number), "createdAt": text,
				"server?": orNull(shape{"id": text, "name": text}), "subscription?": orNull(shape{"id": text}),
			})}), "GET", "/api/storage", nil), "volumes", "id", volume.ID)
		}
		if got := listed(); got["status"] != "attached" || got["pricePerMonth"] != 250.0 {
			t.Errorf("StorageScreen.tsx: a volume of 2.50 a month is attached, and its price is in cents: %v", got)
		}
		app.call(t, done, "PATCH", "/api/storage/"+volume.ID, fields{"action": "detach"})
		if got := listed(); got["status"] != "detached" {
			t.Errorf("StorageScreen.tsx: after detach the volume is %v", got)
		}
	})
	t.Run("shares", func(t *testing.T) {
		invitation := srv.Invite("Max", "his server", "view", "start")
		app.call(t, done.with(shape{"permission": shape{
			"id": is(invitation), "resourceType": text, "resourceId": text, "resourceName": is("his server"), "permissions": list(text),
			"status": is("PENDING"), "inviterName": is("Max"), "createdAt": text, "expiresAt": orNull(text),
		}}), "GET", "/api/permissions/"+invitation+"/details", nil)
		app.call(t, done, "POST", "/api/permissions/accept", fields{"permissionId": invitation})
		got := app.call(t, serviceListing, "GET", "/api/services"+query("limit", "50"), nil)
		shared := row(got, "servers", "isShared", true)
		if str(shared["sharedByName"]) != "Max" {
			t.Errorf("src/lib/normalize.ts: the service that Max shares has isShared and sharedByName: %v", shared)
		}
		app.call(t, done, "POST", "/api/permissions/decline", fields{"permissionId": srv.Invite("Eva", "her server", "view")})
	})
	t.Run("partners", func(t *testing.T) {
		got := app.call(t, done.with(shape{
			"affiliate": shape{
				"id": text, "code": text, "isActive": boolean, "payoutEnabled": boolean,
				"commissionRules?": list(shape{"scope": text, "percent": number}),
				"payoutMethod?":    orNull(shape{"type": text, "paypalEmail?": text, "iban?": text}),
			},
			"summary":             shape{"totalPending": number, "totalApproved": number, "totalPaid": number, "currency": text},
			"withdrawableBalance": number,
		}), "GET", "/api/affiliates/me", nil)
		srv.AddCommission(5_00)
		listed := app.call(t, done.with(shape{
			"commissions": list(shape{"id": text, "amount": is(500.0), "currency": text, "status": text, "createdAt": text}), "total": is(1.0),
		}), "GET", "/api/affiliates/me/commissions"+query("limit", "20"), nil)
		if len(rows(listed, "commissions")) != 1 {
			t.Errorf("AffiliateScreen.tsx: %v", listed)
		}
		app.call(t, done.with(shape{"affiliate": shape{"code": text, "name": text}}), "POST", "/api/affiliates/validate",
			fields{"code": at(got, "affiliate", "code")})
		for _, method := range []fields{
			{"type": "PAYPAL", "paypalEmail": "erika@example.com"},
			{"type": "SEPA", "iban": "DE89370400440532013000", "bic": "COBADEFFXXX", "accountHolder": "Erika Muster"},
		} {
			app.call(t, done, "PATCH", "/api/affiliates/me/payout-method", method)
			got = app.call(t, object, "GET", "/api/affiliates/me", nil)
			if at(got, "affiliate", "payoutMethod", "type") != method["type"] {
				t.Errorf("AffiliateScreen.tsx: the payout method is %v", at(got, "affiliate", "payoutMethod"))
			}
		}
	})
	t.Run("feedback", func(t *testing.T) {
		app.call(t, done, "POST", "/api/feedback", fields{"category": "general", "rating": 5, "message": "good", "serviceId": w.vps})
		got := app.call(t, done.with(shape{"feedback": list(shape{
			"id": text, "category": text, "rating": number, "message?": orNull(text), "status": text, "ticketId?": orNull(text),
			"serviceId?": orNull(text), "adminReply?": orNull(text), "adminRepliedAt?": orNull(text), "createdAt": text,
			"ticket?":  orNull(shape{"id": text, "ticketNumber": text, "subject": text}),
			"service?": orNull(shape{"id": text, "name": text}),
		})}), "GET", "/api/feedback", nil)
		if row(got, "feedback", "serviceId", w.vps) == nil {
			t.Errorf("FeedbackScreen.tsx: %v", got)
		}
	})
}
