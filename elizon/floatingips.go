package elizon

import (
	"context"
	"iter"
	"time"

	"github.com/provkit/provkit/provider"
)

// FloatingIPsService orders addresses that can be moved between services, and moves them. The vendor's
// SDK and app use these endpoints; its reference does not list them.
type FloatingIPsService struct{ c *Client }

// FloatingIP is an address that can be moved between services.
type FloatingIP struct {
	ID      string `wire:"id,required"`
	Address string `wire:"address"`
	// Version is 4 or 6.
	Version      int64  `wire:"ipVersion"`
	Status       string `wire:"status"`
	LocationID   string `wire:"locationId"`
	LocationName string `wire:"locationName"`
	// ServiceID is the service that has the address; "" if none has.
	ServiceID    string `wire:"assignedServiceId"`
	ServiceName  string `wire:"assignedServiceName"`
	MonthlyPrice EUR    `wire:"monthlyPrice"`
	// NextBillingAt is zero if nothing is due.
	NextBillingAt      time.Time `wire:"nextBillingAt,end"`
	SubscriptionStatus string    `wire:"subscriptionStatus"`
	// CancelAtPeriodEnd is set if it ends with its period.
	CancelAtPeriodEnd bool      `wire:"cancelAtPeriodEnd"`
	CreatedAt         time.Time `wire:"createdAt"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// FloatingIPOffer is what can be ordered at a location.
type FloatingIPOffer struct {
	LocationID  string `wire:"id,required"`
	Name        string `wire:"name"`
	City        string `wire:"city"`
	CountryCode string `wire:"countryCode"`
	// IPv4 and IPv6 are nil if there is no offer.
	IPv4 *FloatingIPPrice `wire:"ipv4"`
	IPv6 *FloatingIPPrice `wire:"ipv6"`
}

// FloatingIPPrice is the price of an address.
type FloatingIPPrice struct {
	MonthlyPrice EUR  `wire:"monthlyPrice"`
	Available    bool `wire:"available"`
}

// FloatingIPOrderRequest orders an address. All fields are required.
type FloatingIPOrderRequest struct {
	LocationID string `wire:"locationId,required"`
	// Version is 4 or 6.
	Version int64 `wire:"ipVersion,required"`
	// BillingCycle is in days.
	BillingCycle  int64         `wire:"billingCycle,required"`
	PaymentMethod PaymentMethod `wire:"paymentMethod,required"`
	// Extra fields, sent as they are.
	Extra map[string]any `wire:",extra"`
}

// OrderedFloatingIP is the result of a FloatingIPOrderRequest. Either field may be missing.
type OrderedFloatingIP struct {
	FloatingIP *FloatingIP `wire:"floatingIp"`
	// CheckoutURL is the page where a person has to pay.
	CheckoutURL provider.Secret `wire:"checkoutUrl"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// List yields the account's floating IPs: GET /api/floating-ips.
func (s *FloatingIPsService) List(ctx context.Context) iter.Seq2[*FloatingIP, error] {
	return all[FloatingIP](ctx, s.c.ask(floatingList), "floatingIps")
}

// Options yields where floating IPs can be ordered, with their prices: GET /api/floating-ips/options.
func (s *FloatingIPsService) Options(ctx context.Context) iter.Seq2[*FloatingIPOffer, error] {
	return all[FloatingIPOffer](ctx, s.c.ask(floatingOptions), "locations")
}

// Order orders a floating IP: POST /api/floating-ips/order. It spends money, and it is never retried:
// after provider.ErrOutcomeUnknown, look for the address before ordering again.
func (s *FloatingIPsService) Order(ctx context.Context, req *FloatingIPOrderRequest) (*OrderedFloatingIP, error) {
	r := s.c.ask(floatingOrder).with(req)
	if req != nil {
		if req.Version != 0 && req.Version != 4 && req.Version != 6 {
			r.problem("Version", "must be 4 or 6")
		}
		r.problems.NotNegative("BillingCycle", req.BillingCycle)
	}
	return fetch[OrderedFloatingIP](ctx, r)
}

// Assign gives a floating IP to a service: POST /api/floating-ips/{id}/assign.
func (s *FloatingIPsService) Assign(ctx context.Context, id, serviceID string) error {
	r := s.c.ask(floatingAssign, id).require("serviceID", serviceID)
	return done(ctx, r.body(map[string]any{"serviceId": serviceID}))
}

// Unassign takes a floating IP from its service: POST /api/floating-ips/{id}/unassign.
func (s *FloatingIPsService) Unassign(ctx context.Context, id string) error {
	return done(ctx, s.c.ask(floatingUnassign, id).body(nil))
}

// Cancel schedules the end of a floating IP: POST /api/floating-ips/{id}/cancel.
func (s *FloatingIPsService) Cancel(ctx context.Context, id string) error {
	return done(ctx, s.c.ask(floatingCancel, id).body(nil))
}
