package elizon

import (
	"context"
	"iter"
	"time"

	"github.com/provkit/provkit/provider"
)

// CheckoutService places orders.
type CheckoutService struct{ c *Client }

// PaymentMethod is how an order or an invoice is paid.
type PaymentMethod string

// The documented payment methods. The first four need nobody; of the others a person has
// to do something.
const (
	PayBalance      PaymentMethod = "guthaben"
	PayInvoice      PaymentMethod = "invoice"
	PayBusinessFund PaymentMethod = "businessfund"
	PayMollieSaved  PaymentMethod = "mollie_saved"

	PayMollie       PaymentMethod = "mollie"
	PaySEPA         PaymentMethod = "sepa"
	PayFamilyWallet PaymentMethod = "family_wallet"
)

// CheckoutOrderRequest is an order.
type CheckoutOrderRequest struct {
	// Items and PaymentMethod are required.
	Items         []CartLine    `wire:"items,required"`
	PaymentMethod PaymentMethod `wire:"paymentMethod,required"`
	// SavedMandateID is for PayMollieSaved.
	SavedMandateID     string `wire:"savedMandateId"`
	CouponCode         string `wire:"couponCode"`
	AffiliateCode      string `wire:"affiliateCode"`
	NetPointsRedeemEUR EUR    `wire:"netPointsRedeemEur"`
	// BillingAddressID or BillingAddress, not both.
	BillingAddressID string          `wire:"billingAddressId"`
	BillingAddress   *BillingAddress `wire:"billingAddress"`
	NewsletterOptIn  *bool           `wire:"newsletterOptIn"`
	OfferToken       provider.Secret `wire:"offerToken"`
	Lang             string          `wire:"lang"`
	// Extra fields, sent as they are.
	Extra map[string]any `wire:",extra"`
}

// BillingAddress is an address for one order.
type BillingAddress struct {
	// Street, Zip, City, CountryCode (two letters) and Country are required.
	Street      string `wire:"street,required"`
	Zip         string `wire:"zip,required"`
	City        string `wire:"city,required"`
	CountryCode string `wire:"countryCode,required"`
	Country     string `wire:"country,required"`
	// Extra fields, sent as they are.
	Extra map[string]any `wire:",extra"`
}

// CheckoutResult is what became of an order. Any field may be missing, and there is no
// service: Subscriptions.List has it, once the platform has made it.
type CheckoutResult struct {
	SubscriptionIDs []string `wire:"subscriptionIds"`
	InvoiceID       string   `wire:"invoiceId"`
	// RedirectURL is where a person has to pay.
	RedirectURL provider.Secret `wire:"redirectUrl"`
	// Processing: the payment is under way.
	Processing bool   `wire:"processing"`
	OrderID    string `wire:"orderId"`
	// SEPADetails say where to transfer the money to; nil if there is no need.
	SEPADetails *SEPADetails `wire:"sepaDetails"`
	// More fields that the answer holds.
	More map[string]provider.Payload `wire:",extra"`
}

// SEPADetails are for a transfer by hand.
type SEPADetails struct {
	IBAN      string `wire:"iban"`
	BIC       string `wire:"bic"`
	BankName  string `wire:"bankName"`
	Amount    EUR    `wire:"amount"`
	Reference string `wire:"reference"`
}

// CheckoutData is what a checkout page shows.
type CheckoutData struct {
	Addresses []Address `wire:"addresses"`
	Countries []Country `wire:"countries"`
	// The following are nil where the account has none.
	NetPoints      *NetPointsBalance           `wire:"netPointsBalance"`
	Business       *CheckoutBusiness           `wire:"businessBillingConfig"`
	Family         provider.Payload            `wire:"familyBillingConfig"`
	SavedPayment   *SavedPayment               `wire:"savedPaymentMethods"`
	MoreOfCheckout map[string]provider.Payload `wire:",extra"`
}

// NetPointsBalance is how many points there are and what they are worth.
type NetPointsBalance struct {
	Points   int64 `wire:"points"`
	EURValue EUR   `wire:"eurValue"`
}

// CheckoutBusiness tells how a business account can pay.
type CheckoutBusiness struct {
	InvoiceEnabled bool `wire:"invoiceEnabled"`
	HasActiveFund  bool `wire:"hasActiveFund"`
	// AnchorDay of the month; 0 if none.
	AnchorDay int64 `wire:"anchorDay"`
}

// SavedPayment is the saved way to pay.
type SavedPayment struct {
	HasValid         bool   `wire:"hasValid"`
	DefaultLabel     string `wire:"defaultLabel"`
	DefaultMandateID string `wire:"defaultMandateId"`
}

// Order orders a cart: POST /api/checkout. It makes an invoice and pays it, so it spends
// money, and it is never retried: after provider.ErrOutcomeUnknown look for the
// subscription and the invoice before ordering again. The platform has no documented way
// to tell an order twice from two orders.
func (s *CheckoutService) Order(ctx context.Context, req *CheckoutOrderRequest) (*CheckoutResult, error) {
	r := s.c.ask(checkoutOrder).with(req)
	if req != nil {
		checkLines(r, req.Items)
		if req.BillingAddressID != "" && req.BillingAddress != nil {
			r.problem("BillingAddress", "contradicts BillingAddressID")
		}
		r.problems.NotNegative("NetPointsRedeemEUR", int64(req.NetPointsRedeemEUR.Sign()))
	}
	return fetch[CheckoutResult](ctx, r)
}

// Bootstrap reads what a checkout page shows: GET /api/checkout/bootstrap.
func (s *CheckoutService) Bootstrap(ctx context.Context) (*CheckoutData, error) {
	return fetch[CheckoutData](ctx, s.c.ask(checkoutBootstrap))
}

// SubscriptionsService is about all subscriptions of the account. What is done with one of
// them stands at its service: ServicesService.Subscription.
type SubscriptionsService struct{ c *Client }

// Subscription is a subscription as the account's list tells it. It links what
// Checkout.Order answers to a service.
type Subscription struct {
	ID string `wire:"id,required"`
	// Status is SubscriptionActive, SubscriptionCanceled or another.
	Status                   string    `wire:"status"`
	BillingCycleDays         int64     `wire:"billingCycleDays"`
	CurrentPeriodStart       time.Time `wire:"currentPeriodStart"`
	CurrentPeriodEnd         time.Time `wire:"currentPeriodEnd"`
	CancelAtPeriodEnd        bool      `wire:"cancelAtPeriodEnd"`
	PermanentDiscountPercent float64   `wire:"permanentDiscountPercent"`
	// Product and Service are nil if there is none (yet).
	Product *SubscriptionProduct `wire:"product"`
	Service *SubscriptionTarget  `wire:"service"`
	// More fields that the answer holds.
	More map[string]provider.Payload `wire:",extra"`
}

// SubscriptionProduct is what a subscription is for.
type SubscriptionProduct struct {
	ID           string `wire:"id"`
	Name         string `wire:"name"`
	PriceMonthly EUR    `wire:"priceMonthly"`
}

// SubscriptionTarget is the service that a subscription pays for.
type SubscriptionTarget struct {
	ID             string `wire:"id,required"`
	Name           string `wire:"name"`
	ProviderStatus string `wire:"providerStatus"`
}

// SubscriptionCreateRequest makes a subscription directly.
type SubscriptionCreateRequest struct {
	// ProductID, ProviderID and BillingCycleDays are required, as error texts of the
	// platform hint.
	ProductID        string `wire:"productId,required"`
	ProviderID       string `wire:"providerId,required"`
	BillingCycleDays int64  `wire:"billingCycleDays,required"`
	// Extra fields, sent as they are.
	Extra map[string]any `wire:",extra"`
}

// List yields the active subscriptions: GET /api/user/subscriptions. The documents know no
// pages of it.
func (s *SubscriptionsService) List(ctx context.Context) iter.Seq2[*Subscription, error] {
	return all[Subscription](ctx, s.c.ask(subscriptionsList), "subscriptions")
}

// Create makes a subscription without an order: POST /api/user/subscriptions (method
// inferred). The answer is undocumented.
func (s *SubscriptionsService) Create(ctx context.Context, req *SubscriptionCreateRequest) (provider.Payload, error) {
	r := s.c.ask(subscriptionsCreate).with(req)
	if req != nil {
		r.problems.NotNegative("BillingCycleDays", req.BillingCycleDays)
	}
	return unknown(ctx, r)
}
