package elizontest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon/elizontest"
)

func TestCatalogueHooks(t *testing.T) {
	s := newServer(t)
	require.Equal(t, "prod-vps-s", s.Products()[0].ID)
	require.Equal(t, "vps", s.Categories()[0].Key)
	require.Equal(t, int64(101), s.Templates()[0].ID)
	require.Equal(t, "loc-fra", s.Locations()[0].ID)
	require.Panics(t, func() { s.AddProduct(elizontest.Product{CategoryKey: "no"}) })
	s.Products()[0].Monthly = 1
	require.Equal(t, elizontest.Cents(499), s.Products()[0].Monthly, "a copy")
	s.AddCoupon(elizontest.Coupon{Code: "FIVE", Text: "5 EUR", Amount: 5_00})
	require.Equal(t, 0.0, s.post("/cart/calculate", "{"+cart("prod-vps-s", "")+`,"couponCode":"FIVE"}`).at("total"))
	config := s.get("/categories/cat-vps/upgrade-config")
	require.Equal(t, map[string]any{"upgradePrice": 1.0, "allowDowngrade": true, "min": 0.0, "max": 65536.0, "step": 1024.0},
		config.at("config", "resourcePricing", "memory"))
	s.fails(404, "categoryNotFound", "GET", "/categories/x/upgrade-config", "")
	s.fails(404, "productNotFound", "GET", "/products/templates?productId=x", "")
}

func TestLineRefusals(t *testing.T) {
	s := newServer(t)
	for more, text := range map[string]string{
		`,"locationId":"no"`:                              "items.0.locationId is unknown",
		`,"templateId":1`:                                 "items.0.templateId is unknown",
		`,"additionalIPv4":10`:                            "items.0 has too many addresses",
		`,"billingMode":"CONTRACT"`:                       "items.0.contractTermMonths is invalid",
		`,"customization":{"memory":1000}`:                "items.0.customization.memory is out of range",
		`,"customization":{"vcores":-1}`:                  "items.0.customization.vcores is out of range",
		`,"customization":{"vcores":9223372036854775807}`: "items.0.customization.vcores is out of range",
	} {
		s.want(400, format(`{"success":false,"error":%q,"errorCode":"invalidRequest","validationErrors":[%q]}`, text, text),
			"POST", "/cart/validate", "{"+cart("prod-vps-s", more)+"}")
	}
	many := strings.Repeat(`{},`, 50) + `{}`
	s.fails(400, "invalidRequest", "POST", "/cart/validate", `{"items":[`+many+`]}`)
	s.fails(400, "invalidRequest", "POST", "/cart/validate", `{"items":[{"itemType":"gift"}]}`)
	s.fails(400, "invalidRequest", "POST", "/cart/validate", `{"items":[{"itemType":"renewal","serviceId":"no"}]}`)
	s.fails(400, "invalidRequest", "POST", "/cart/calculate", "{"+cart("prod-vps-s", "")+`,"countryCode":"XX"}`)
}

func TestUpgradeRefusals(t *testing.T) {
	s := newServer(t)
	service := s.order("prod-vps-m").ServiceID
	order := func(product, customization string) string {
		return format(`{"items":[{"productId":%q,"billingCycle":30,"itemType":"upgrade","serviceId":%q,"customization":%s}],"paymentMethod":"guthaben"}`,
			product, service, customization)
	}
	refused := func(text, product, customization string) {
		t.Helper()
		s.want(400, format(`{"success":false,"error":%q,"errorCode":"checkoutValidationFailed","validationErrors":[%q]}`, text, text),
			"POST", "/checkout", order(product, customization))
	}
	refused("the service is being set up", "prod-vps-l", "{}")
	s.Advance(elizontest.ProvisioningTime)
	refused("the product is of another category", "prod-web-s", "{}")
	refused("the upgrade changes nothing", "prod-vps-m", "{}")
	refused("vcores cannot be reduced by that much", "prod-vps-m", `{"vcores":-1,"memory":10240}`)
	refused("a downgrade is no order", "prod-vps-s", "{}")
	require.Len(t, s.Charges(), 1)
	s.post("/checkout", order("prod-vps-l", "{}"))
	refused("the upgrade changes nothing", "prod-vps-l", "{}")
	s.call("DELETE", "/services/"+service, "")
	refused("the service is being terminated", "prod-vps-l", `{"vcores":1}`)
	require.Len(t, s.Charges(), 2)
}

func TestContracts(t *testing.T) {
	contract := func(s *server) string {
		sub := s.post("/checkout", "{"+cart("prod-vps-s", `,"billingMode":"CONTRACT","contractTermMonths":6`)+`,"paymentMethod":"guthaben"}`)
		return "/services/" + s.truth(sub.text("subscriptionIds", 0)).ServiceID + "/subscription"
	}
	s := newServer(t)
	path := contract(s)
	require.Equal(t, []string{"CONTRACT", "2026-09-04T10:30:00.000Z"},
		[]string{s.get(path).text("subscription", "billingMode"), s.get(path).text("subscription", "bindingEndsAt")})
	s.fails(400, "invalidRequest", "POST", path+"/cancel", `{"immediate":true}`)
	s.fails(400, "invalidRequest", "POST", path+"/cancel", `{"mode":"special","reason":"too short"}`)
	require.Equal(t, "2026-09-04T10:30:00.000Z", s.post(path+"/cancel", `{"mode":"agb_notice","immediate":true}`).text("currentPeriodEnd"))
	s.Advance(183 * 24 * time.Hour)
	require.False(t, s.Truths()[0].Terminated)
	s.Advance(24 * time.Hour)
	require.True(t, s.Truths()[0].Terminated)

	path = contract(s)
	s.post(path+"/cancel", `{"mode":"special","immediate":true,"reason":"the house burned down"}`)
	require.True(t, s.Truths()[1].TerminationPending)
}

func TestStockOfUnpaidOrders(t *testing.T) {
	s := newServer(t)
	s.SetStock("prod-vps-xl", 1)
	body := "{" + cart("prod-vps-xl", "") + `,"paymentMethod":"mollie"}`
	first := s.post("/checkout", body)
	s.fails(400, "catalogStockExhausted", "POST", "/checkout", body)
	require.True(t, s.CompletePayment(first.text("invoiceId")))
	require.Len(t, s.Truths(), 1)
	require.Equal(t, int64(0), s.Products()[3].Stock)
}

func TestImmediately(t *testing.T) {
	s := newServer(t, elizontest.WithProvisioning(0), elizontest.WithReinstallation(0))
	truth := s.order("prod-vps-s")
	require.Equal(t, "RUNNING", truth.Status)
	s.post("/services/"+truth.ServiceID+"/reinstall", `{"templateId":"103"}`)
	now := s.Truths()[0]
	require.Equal(t, []any{false, int64(103)}, []any{now.ReinstallPending, now.TemplateID})
	require.Equal(t, truth.SubscriptionID, s.Subscriptions()[0].ID)
	require.False(t, s.UpdateService("no", nil))
	require.False(t, s.UpdateSubscription("no", nil))
}

// TestSharedServicesCostNothing: what another person shares is not in the account's list of
// subscriptions.
func TestSharedServicesCostNothing(t *testing.T) {
	s := newServer(t)
	s.post("/permissions/accept", `{"permissionId":"`+s.Invite("Max", "theirs", "view")+`"}`)
	require.Empty(t, s.get("/user/subscriptions").at("subscriptions"))
	require.Empty(t, s.Truths())
	s.Advance(365 * 24 * time.Hour)
	require.Empty(t, s.Charges())
	require.Empty(t, s.Invoices())
}

// TestDeterminism: the same calls give the same bytes.
func TestDeterminism(t *testing.T) {
	play := func() string {
		s := newServer(t)
		s.running("prod-vps-s")
		s.order("prod-game-m")
		var all strings.Builder
		for _, path := range []string{"/services", "/user/subscriptions", "/invoices", "/api-keys", "/addresses", "/checkout/bootstrap"} {
			_, text := s.do("GET", path, "")
			all.WriteString(text)
		}
		_, text := s.do("PUT", "/addresses", `{"id":"x","street":1,"city":2,"zip":3}`)
		return all.String() + text
	}
	require.Equal(t, play(), play())
}
