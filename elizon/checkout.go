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

// The documented payment methods. The first four work unattended; the others need a person.
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
	// BillingAddressID and BillingAddress exclude each other.
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

// CheckoutResult is the result of an order. Any field may be missing, and none names the service:
// Subscriptions.List does, once the platform has created it.
type CheckoutResult struct {
	SubscriptionIDs []string `wire:"subscriptionIds"`
	InvoiceID       string   `wire:"invoiceId"`
	// RedirectURL is the page where a person has to pay.
	RedirectURL provider.Secret `wire:"redirectUrl"`
	// Processing is set while the payment is in progress.
	Processing bool   `wire:"processing"`
	OrderID    string `wire:"orderId"`
	// SEPADetails is where to transfer the money; nil if no transfer is needed.
	SEPADetails *SEPADetails `wire:"sepaDetails"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// SEPADetails has the bank details for a manual transfer.
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
	// The following are nil if the account has none.
	NetPoints      *NetPointsBalance           `wire:"netPointsBalance"`
	Business       *CheckoutBusiness           `wire:"businessBillingConfig"`
	Family         *CheckoutFamily             `wire:"familyBillingConfig"`
	SavedPayment   *SavedPayment               `wire:"savedPaymentMethods"`
	MoreOfCheckout map[string]provider.Payload `wire:",extra"`
}

// NetPointsBalance is how many points there are and what they are worth.
type NetPointsBalance struct {
	Points   int64 `wire:"points"`
	EURValue EUR   `wire:"eurValue"`
}

// CheckoutBusiness is how a business account can pay.
type CheckoutBusiness struct {
	InvoiceEnabled bool `wire:"invoiceEnabled"`
	HasActiveFund  bool `wire:"hasActiveFund"`
	// AnchorDay is a day of the month; 0 if there is none.
	AnchorDay int64 `wire:"anchorDay"`
}

// CheckoutFamily is how the member of a family group can pay.
type CheckoutFamily struct {
	GroupID         string `wire:"groupId,required"`
	WalletBalance   EUR    `wire:"walletBalance"`
	BillingMode     string `wire:"billingMode"`
	BillingPriority string `wire:"billingPriority"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// SavedPayment is the saved payment method.
type SavedPayment struct {
	HasValid         bool   `wire:"hasValid"`
	DefaultLabel     string `wire:"defaultLabel"`
	DefaultMandateID string `wire:"defaultMandateId"`
}

// Order orders a cart: POST /api/checkout. It creates an invoice and pays it, so it spends money,
// and it is never retried: after provider.ErrOutcomeUnknown, look for the subscription and the
// invoice before ordering again. The platform has no documented way to distinguish a repeated order
// from a second one.
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

// SubscriptionsService lists all subscriptions of the account. ServicesService.Subscription manages
// the subscription of one service.
type SubscriptionsService struct{ c *Client }

// Subscription is a subscription as the account's list has it. It links the result of
// Checkout.Order to a service.
type Subscription struct {
	ID string `wire:"id,required"`
	// Status is SubscriptionActive, SubscriptionCanceled or another.
	Status                   string    `wire:"status"`
	BillingCycleDays         int64     `wire:"billingCycleDays"`
	CurrentPeriodStart       time.Time `wire:"currentPeriodStart"`
	CurrentPeriodEnd         time.Time `wire:"currentPeriodEnd,end"`
	CancelAtPeriodEnd        bool      `wire:"cancelAtPeriodEnd"`
	PermanentDiscountPercent float64   `wire:"permanentDiscountPercent"`
	// Product and Service are nil if there is none, or none yet.
	Product *SubscriptionProduct `wire:"product"`
	Service *SubscriptionTarget  `wire:"service"`
	// More fields that the answer contains.
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

// SubscriptionCreateRequest creates a subscription without an order.
type SubscriptionCreateRequest struct {
	// ProductID, ProviderID and BillingCycleDays are required, as the platform's error texts
	// suggest.
	ProductID        string `wire:"productId,required"`
	ProviderID       string `wire:"providerId,required"`
	BillingCycleDays int64  `wire:"billingCycleDays,required"`
	// Extra fields, sent as they are.
	Extra map[string]any `wire:",extra"`
}

// List yields the active subscriptions: GET /api/user/subscriptions. The list has no documented
// pages.
func (s *SubscriptionsService) List(ctx context.Context) iter.Seq2[*Subscription, error] {
	return all[Subscription](ctx, s.c.ask(subscriptionsList), "subscriptions")
}

// Create creates a subscription without an order: POST /api/user/subscriptions (method inferred).
// The answer is undocumented.
func (s *SubscriptionsService) Create(ctx context.Context, req *SubscriptionCreateRequest) (provider.Payload, error) {
	r := s.c.ask(subscriptionsCreate).with(req)
	if req != nil {
		r.problems.NotNegative("BillingCycleDays", req.BillingCycleDays)
	}
	return unknown(ctx, r)
}
