package elizon_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/provider"
)

// exampleServer answers the calls of the examples.
func exampleServer() *httptest.Server {
	answers := map[string]string{
		"/api/services":           `{"success": true, "services": [{"id": "srv_1", "name": "web", "status": "RUNNING"}, {"id": "srv_2", "name": "game", "status": "RUNNING", "suspendedAt": "2026-07-01T00:00:00.000Z"}], "pagination": {"page": 1, "limit": 10, "total": 2, "pages": 1}}`,
		"/api/cart/calculate":     `{"success": true, "items": [], "subtotal": 4.99, "tax": 0.95, "total": 5.94}`,
		"/api/checkout":           `{"success": true, "subscriptionIds": ["sub_1"], "invoiceId": "inv_1"}`,
		"/api/user/subscriptions": `{"success": true, "subscriptions": [{"id": "sub_1", "status": "ACTIVE", "service": {"id": "srv_3", "name": "KVM S"}}]}`,
	}
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, answers[r.URL.Path])
	}))
}

// Services are listed page by page. A suspension has a field of its own.
func ExampleNew() {
	server := exampleServer()
	defer server.Close()

	client, err := elizon.New(server.URL, provider.NewSecret("placeholder-key"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for service, err := range client.Services.List(context.Background(), nil) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(service.ID, service.Name, service.Status, service.Suspended)
	}
	// Output:
	// srv_1 web RUNNING false
	// srv_2 game RUNNING true
}

// An order is priced first, and placed only if it does not cost too much. Its service is found by
// the subscription.
func ExampleCheckoutService_Order() {
	server := exampleServer()
	defer server.Close()
	ctx := context.Background()

	client, err := elizon.New(server.URL, provider.NewSecret("placeholder-key"))
	if err != nil {
		fmt.Println(err)
		return
	}
	cart := []elizon.CartLine{{LineID: "1", ProductID: "prd_1", ProductName: "KVM S", Quantity: 1, BillingCycle: 30, ItemType: elizon.ItemNew}}
	price, err := client.Cart.Calculate(ctx, &elizon.CartCalculateRequest{Items: cart, CountryCode: "DE"})
	if err != nil {
		fmt.Println(err)
		return
	}
	if limit := elizon.EUR("6.00"); price.Total.Cmp(limit) > 0 {
		fmt.Println("too expensive:", price.Total)
		return
	}
	ordered, err := client.Checkout.Order(ctx, &elizon.CheckoutOrderRequest{Items: cart, PaymentMethod: elizon.PayBalance})
	if err != nil {
		fmt.Println(err)
		return
	}
	for subscription, err := range client.Subscriptions.List(ctx) {
		if err != nil {
			fmt.Println(err)
			return
		}
		if subscription.ID == ordered.SubscriptionIDs[0] && subscription.Service != nil {
			fmt.Println(price.Total, "EUR for", subscription.Service.ID)
		}
	}
	// Output: 5.94 EUR for srv_3
}
