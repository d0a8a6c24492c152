package elizon

import (
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/provkit/provkit/provider"
)

// ServiceSubscriptionService manages the subscription that pays for a service.
type ServiceSubscriptionService struct{ c *Client }

// Known values of a subscription's status.
const (
	SubscriptionActive   = "ACTIVE"
	SubscriptionCanceled = "CANCELED"
)

// BillingCycles returns the documented billing cycles in days.
func BillingCycles() []int64 { return []int64{7, 14, 30, 60, 90, 120, 365} }

// ServiceSubscription is the subscription of a service.
type ServiceSubscription struct {
	ID string `wire:"id,required"`
	// Status is an open set: SubscriptionActive, SubscriptionCanceled.
	Status             string    `wire:"status"`
	BillingCycleDays   int64     `wire:"billingCycleDays"`
	CurrentPeriodStart time.Time `wire:"currentPeriodStart"`
	CurrentPeriodEnd   time.Time `wire:"currentPeriodEnd,end"`
	// CancelAtPeriodEnd is set if the subscription ends with its period.
	CancelAtPeriodEnd bool      `wire:"cancelAtPeriodEnd"`
	CanceledAt        time.Time `wire:"canceledAt"`
	// NextBillingCycleDays applies from the next renewal on; 0 if the cycle does not change.
	NextBillingCycleDays     int64   `wire:"nextBillingCycleDays"`
	PermanentDiscountPercent float64 `wire:"permanentDiscountPercent"`
	// BillingMode is PREPAID or CONTRACT.
	BillingMode string `wire:"billingMode"`
	// BindingEndsAt, EarlyTerminationFeePercent and ContractNoticeDays are for contracts: the end,
	// the cost of leaving early, and the notice to give.
	BindingEndsAt              time.Time          `wire:"bindingEndsAt,end"`
	EarlyTerminationFeePercent float64            `wire:"earlyTerminationFeePercent"`
	ContractNoticeDays         int64              `wire:"contractNoticeDays"`
	Options                    *Autopay           `wire:"options"`
	Extension                  *ExtendEligibility `wire:"extendEligibility"`
	// Cancellation is nil if none is scheduled.
	Cancellation *Cancellation `wire:"cancellation"`
	// Preview is the price of the next renewal; nil if there is none.
	Preview *BillingPreview `wire:"billingPreview"`
}

// Autopay is how renewals are paid. A nil option is left unchanged.
type Autopay struct {
	AutoBilling       *bool `wire:"autoBillingEnabled"`
	UseNetPointsFirst *bool `wire:"useNetPointsFirst"`
}

// ExtendEligibility is which extensions are available.
type ExtendEligibility struct {
	BonusAvailable        bool      `wire:"bonusAvailable"`
	LoyaltyOfferAvailable bool      `wire:"loyaltyOfferAvailable"`
	CooldownUntil         time.Time `wire:"cooldownUntil"`
}

// Cancellation is a scheduled end.
type Cancellation struct {
	// Source is admin, customer or system.
	Source string `wire:"source"`
	Reason string `wire:"reason"`
	// Locked is set if the customer cannot undo the cancellation.
	Locked      bool      `wire:"locked"`
	ScheduledAt time.Time `wire:"scheduledAt"`
}

// BillingPreview is the price of the next renewal.
type BillingPreview struct {
	BilledCycleDays     int64 `wire:"billedCycleDays"`
	RegularRenewalGross EUR   `wire:"regularRenewalGross"`
	NextRenewalGross    EUR   `wire:"nextRenewalGross"`
	// CouponKind is none, firstInvoiceOnly, infinite or finite.
	CouponKind                 string `wire:"couponKind"`
	CouponAppliesToNextRenewal bool   `wire:"couponAppliesToNextRenewal"`
	CouponCode                 string `wire:"couponCode"`
	// CouponRecurringMonths is 0 if the coupon has no end.
	CouponRecurringMonths int64                       `wire:"couponRecurringMonths"`
	More                  map[string]provider.Payload `wire:",extra"`
}

// Get reads the subscription of a service: GET /api/services/{id}/subscription.
func (s *ServiceSubscriptionService) Get(ctx context.Context, serviceID string) (*ServiceSubscription, error) {
	return fetch[ServiceSubscription](ctx, s.c.ask(subscriptionGet, serviceID), "subscription")
}

// AutopayResult has a subscription's options after SetAutopay.
type AutopayResult struct {
	ID      string  `wire:"id,required"`
	Options Autopay `wire:"options"`
}

// SetAutopay changes how renewals are paid: PATCH /api/services/{id}/subscription/autopay.
func (s *ServiceSubscriptionService) SetAutopay(ctx context.Context, serviceID string, req *Autopay) (*AutopayResult, error) {
	return fetch[AutopayResult](ctx, s.c.ask(subscriptionAutopay, serviceID).changing(req), "subscription")
}

// SetBillingAddress changes the address on the subscription's invoices: PATCH
// /api/services/{id}/subscription/billing-address (method inferred, it may be PUT or POST). Fields
// and answer are undocumented: fields are sent as they are.
func (s *ServiceSubscriptionService) SetBillingAddress(ctx context.Context, serviceID string, fields map[string]any) (provider.Payload, error) {
	r := s.c.ask(subscriptionAddress, serviceID).body(fields)
	r.problems.Some("fields", len(fields))
	return unknown(ctx, r)
}

// IntervalResult is what SetInterval changed.
type IntervalResult struct {
	NextBillingCycleDays int64     `wire:"nextBillingCycleDays"`
	CurrentPeriodEnd     time.Time `wire:"currentPeriodEnd,end"`
}

// SetInterval changes the billing cycle from the next renewal on: PATCH
// /api/services/{id}/subscription/interval. It is refused while an end is scheduled.
func (s *ServiceSubscriptionService) SetInterval(ctx context.Context, serviceID string, billingCycleDays int64) (*IntervalResult, error) {
	r := s.c.ask(subscriptionInterval, serviceID).body(map[string]any{"billingCycleDays": billingCycleDays})
	if !slices.Contains(BillingCycles(), billingCycleDays) {
		r.problem("billingCycleDays", "must be one of %v", BillingCycles())
	}
	return fetch[IntervalResult](ctx, r)
}

// Ways to leave a contract.
const (
	CancelByNotice  = "agb_notice"
	CancelSpecially = "special"
	CancelByBuyout  = "buyout"
)

// SubscriptionCancelRequest ends a subscription. The zero value ends it at the end of its period.
type SubscriptionCancelRequest struct {
	// Immediate ends it now and terminates the service.
	Immediate bool `wire:"immediate,always"`
	// Mode is for contracts: CancelByNotice, CancelSpecially or CancelByBuyout.
	Mode string `wire:"mode"`
	// Reason has 10 to 500 characters where Mode is CancelSpecially.
	Reason string `wire:"reason"`
	// Extra fields, sent as they are.
	Extra map[string]any `wire:",extra"`
}

// CancelResult is the result of a SubscriptionCancelRequest. Any field may be missing.
type CancelResult struct {
	Message          string    `wire:"message"`
	CurrentPeriodEnd time.Time `wire:"currentPeriodEnd,end"`
	// InvoiceID is the invoice for a buyout; "" if there is nothing to pay.
	InvoiceID string `wire:"invoiceId"`
}

// Cancel ends the subscription of a service, at the end of its period or at once: POST
// /api/services/{id}/subscription/cancel.
func (s *ServiceSubscriptionService) Cancel(ctx context.Context, serviceID string, req *SubscriptionCancelRequest) (*CancelResult, error) {
	r := s.c.ask(subscriptionCancel, serviceID).with(req)
	if n := 0; req != nil && req.Mode == CancelSpecially {
		if n = utf8.RuneCountInString(req.Reason); n < 10 || n > 500 {
			r.problem("Reason", "must have 10 to 500 characters for a special termination, has %d", n)
		}
	}
	return fetch[CancelResult](ctx, r)
}

// Reactivate undoes a scheduled end: POST /api/services/{id}/subscription/reactivate. An end that
// the platform's staff locked cannot be undone. The result has no InvoiceID.
func (s *ServiceSubscriptionService) Reactivate(ctx context.Context, serviceID string) (*CancelResult, error) {
	return fetch[CancelResult](ctx, s.c.ask(subscriptionRevive, serviceID).body(nil))
}

// SubscriptionExtendRequest lengthens the current period.
type SubscriptionExtendRequest struct {
	// WithBonus uses the 7 days that are free once per service.
	WithBonus bool `wire:"withBonus"`
	// WithLoyaltyOffer accepts a permanent discount of 10 percent and 7 days.
	WithLoyaltyOffer bool  `wire:"withLoyaltyOffer"`
	ExtensionDays    int64 `wire:"extensionDays"`
}

// ExtendResult is the result of a SubscriptionExtendRequest.
type ExtendResult struct {
	// InvoiceID is "" if there is nothing to pay.
	InvoiceID     string    `wire:"invoiceId"`
	ExtensionDays int64     `wire:"extensionDays"`
	NewPeriodEnd  time.Time `wire:"newPeriodEnd,end"`
}

// Extend lengthens the current period: POST /api/services/{id}/subscription/extend. It may create
// an invoice.
func (s *ServiceSubscriptionService) Extend(ctx context.Context, serviceID string, req *SubscriptionExtendRequest) (*ExtendResult, error) {
	r := s.c.ask(subscriptionExtend, serviceID).with(req)
	if req != nil {
		r.problems.NotNegative("ExtensionDays", req.ExtensionDays)
	}
	return fetch[ExtendResult](ctx, r)
}

// BillingCycles returns the billing cycles in days that a service can have: GET
// /api/services/{id}/billing-cycles.
func (s *ServicesService) BillingCycles(ctx context.Context, id string) ([]int64, error) {
	cycles, err := fetch[[]int64](ctx, s.c.ask(servicesBilling, id), "allowedBillingCycles")
	if err != nil {
		return nil, err
	}
	return *cycles, nil
}

// RenewalPrice is the price of a renewal.
type RenewalPrice struct {
	Price            EUR       `wire:"price,required"`
	CurrentPeriodEnd time.Time `wire:"currentPeriodEnd,end"`
	NewPeriodEnd     time.Time `wire:"newPeriodEnd,end"`
	// MaxDate is until when a service can be paid in advance.
	MaxDate        time.Time `wire:"maxDate,end"`
	SubscriptionID string    `wire:"subscriptionId"`
	// PromotionSavingsMonthly is approximate.
	PromotionSavingsMonthly EUR `wire:"promotionSavingsMonthlyApprox"`
}

// Renew prices a renewal for this many days: POST /api/services/{id}/renew. It buys nothing:
// renewals go through Checkout. More than 3 years in advance is refused.
func (s *ServicesService) Renew(ctx context.Context, id string, billingCycleDays int64) (*RenewalPrice, error) {
	r := s.c.ask(servicesRenew, id).body(map[string]any{"billingCycleDays": billingCycleDays})
	r.problems.Positive("billingCycleDays", billingCycleDays)
	return fetch[RenewalPrice](ctx, r)
}

// UpgradeOptions reads what a service can be upgraded to: GET /api/services/{id}/upgrade (method
// inferred). The answer is undocumented.
func (s *ServicesService) UpgradeOptions(ctx context.Context, id string) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(servicesUpgradeOpts, id))
}

// Upgrade resizes a service: POST /api/services/{id}/upgrade (method inferred). Fields and answer
// are undocumented, and an error text suggests that the platform refuses it to customers: upgrades
// go through Cart.Upgrade and Checkout.
func (s *ServicesService) Upgrade(ctx context.Context, id string, fields map[string]any) (provider.Payload, error) {
	r := s.c.ask(servicesUpgrade, id).body(fields)
	r.problems.Some("fields", len(fields))
	return unknown(ctx, r)
}

// ServiceDowngradeRequest reduces the resources of a service.
type ServiceDowngradeRequest struct {
	// ResourceChanges is required, as the platform's error texts suggest; its fields are
	// undocumented.
	ResourceChanges map[string]any `wire:"resourceChanges,required"`
	// Extra fields, sent as they are.
	Extra map[string]any `wire:",extra"`
}

// ApplyDowngrade reduces the resources of a service now, lengthens its period in return and
// restarts it: POST /api/services/{id}/apply-downgrade (method inferred). The answer has a text for people.
func (s *ServicesService) ApplyDowngrade(ctx context.Context, id string, req *ServiceDowngradeRequest) (*Confirmation, error) {
	return confirmed(ctx, s.c.ask(servicesDowngrade, id).with(req))
}
