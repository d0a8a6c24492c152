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

// CheckoutRequest is an order.
type CheckoutRequest struct {
	// Items and PaymentMethod are required.
	Items         []CartLine    `elizon:"items,required"`
	PaymentMethod PaymentMethod `elizon:"paymentMethod,required"`
	// SavedMandateID is for PayMollieSaved.
	SavedMandateID     string `elizon:"savedMandateId"`
	CouponCode         string `elizon:"couponCode"`
	AffiliateCode      string `elizon:"affiliateCode"`
	NetPointsRedeemEUR EUR    `elizon:"netPointsRedeemEur"`
	// BillingAddressID or BillingAddress, not both.
	BillingAddressID string          `elizon:"billingAddressId"`
	BillingAddress   *BillingAddress `elizon:"billingAddress"`
	NewsletterOptIn  *bool           `elizon:"newsletterOptIn"`
	OfferToken       provider.Secret `elizon:"offerToken"`
	Lang             string          `elizon:"lang"`
	// Extra fields, sent as they are.
	Extra map[string]any `elizon:",extra"`
}

// BillingAddress is an address for one order.
type BillingAddress struct {
	// Street, Zip, City, CountryCode (two letters) and Country are required.
	Street      string `elizon:"street,required"`
	Zip         string `elizon:"zip,required"`
	City        string `elizon:"city,required"`
	CountryCode string `elizon:"countryCode,required"`
	Country     string `elizon:"country,required"`
	// Extra fields, sent as they are.
	Extra map[string]any `elizon:",extra"`
}

// CheckoutResult is what became of an order. Any field may be missing, and there is no
// service: Subscriptions.List has it, once the platform has made it.
type CheckoutResult struct {
	SubscriptionIDs []string `elizon:"subscriptionIds"`
	InvoiceID       string   `elizon:"invoiceId"`
	// RedirectURL is where a person has to pay.
	RedirectURL provider.Secret `elizon:"redirectUrl"`
	// Processing: the payment is under way.
	Processing bool   `elizon:"processing"`
	OrderID    string `elizon:"orderId"`
	// SEPADetails say where to transfer the money to; nil if there is no need.
	SEPADetails *SEPADetails `elizon:"sepaDetails"`
	// More fields that the answer holds.
	More map[string]Payload `elizon:",extra"`
}

// SEPADetails are for a transfer by hand.
type SEPADetails struct {
	IBAN      string `elizon:"iban"`
	BIC       string `elizon:"bic"`
	BankName  string `elizon:"bankName"`
	Amount    EUR    `elizon:"amount"`
	Reference string `elizon:"reference"`
}

// CheckoutData is what a checkout page shows.
type CheckoutData struct {
	Addresses []Address `elizon:"addresses"`
	Countries []Country `elizon:"countries"`
	// The following are nil where the account has none.
	NetPoints      *NetPointsBalance  `elizon:"netPointsBalance"`
	Business       *CheckoutBusiness  `elizon:"businessBillingConfig"`
	Family         Payload            `elizon:"familyBillingConfig"`
	SavedPayment   *SavedPayment      `elizon:"savedPaymentMethods"`
	MoreOfCheckout map[string]Payload `elizon:",extra"`
}

// NetPointsBalance is how many points there are and what they are worth.
type NetPointsBalance struct {
	Points   int64 `elizon:"points"`
	EURValue EUR   `elizon:"eurValue"`
}

// CheckoutBusiness tells how a business account can pay.
type CheckoutBusiness struct {
	InvoiceEnabled bool `elizon:"invoiceEnabled"`
	HasActiveFund  bool `elizon:"hasActiveFund"`
	// AnchorDay of the month; 0 if none.
	AnchorDay int64 `elizon:"anchorDay"`
}

// SavedPayment is the saved way to pay.
type SavedPayment struct {
	HasValid         bool   `elizon:"hasValid"`
	DefaultLabel     string `elizon:"defaultLabel"`
	DefaultMandateID string `elizon:"defaultMandateId"`
}

// Order orders a cart: POST /api/checkout. It makes an invoice and pays it, so it spends
// money, and it is never repeated: after provider.ErrOutcomeUnknown look for the
// subscription and the invoice before ordering again. The platform has no documented way
// to tell an order twice from two orders.
func (s *CheckoutService) Order(ctx context.Context, req *CheckoutRequest) (*CheckoutResult, error) {
	r := s.c.ask(checkoutOrder).with(req)
	if req != nil {
		checkLines(r, req.Items)
		if req.BillingAddressID != "" && req.BillingAddress != nil {
			r.problem("BillingAddress", "contradicts BillingAddressID")
		}
		if req.NetPointsRedeemEUR.Sign() < 0 {
			r.problem("NetPointsRedeemEUR", "negative")
		}
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
	ID string `elizon:"id,required"`
	// Status is SubscriptionActive, SubscriptionCanceled or another.
	Status                   string    `elizon:"status"`
	BillingCycleDays         int64     `elizon:"billingCycleDays"`
	CurrentPeriodStart       time.Time `elizon:"currentPeriodStart"`
	CurrentPeriodEnd         time.Time `elizon:"currentPeriodEnd"`
	CancelAtPeriodEnd        bool      `elizon:"cancelAtPeriodEnd"`
	PermanentDiscountPercent float64   `elizon:"permanentDiscountPercent"`
	// Product and Service are nil if there is none (yet).
	Product *SubscriptionProduct `elizon:"product"`
	Service *SubscriptionTarget  `elizon:"service"`
	// More fields that the answer holds.
	More map[string]Payload `elizon:",extra"`
}

// SubscriptionProduct is what a subscription is for.
type SubscriptionProduct struct {
	ID           string `elizon:"id"`
	Name         string `elizon:"name"`
	PriceMonthly EUR    `elizon:"priceMonthly"`
}

// SubscriptionTarget is the service that a subscription pays for.
type SubscriptionTarget struct {
	ID             string `elizon:"id,required"`
	Name           string `elizon:"name"`
	ProviderStatus string `elizon:"providerStatus"`
}

// SubscriptionCreateRequest makes a subscription directly.
type SubscriptionCreateRequest struct {
	// ProductID, ProviderID and BillingCycleDays are required, as error texts of the
	// platform hint.
	ProductID        string `elizon:"productId,required"`
	ProviderID       string `elizon:"providerId,required"`
	BillingCycleDays int64  `elizon:"billingCycleDays,required"`
	// Extra fields, sent as they are.
	Extra map[string]any `elizon:",extra"`
}

// List yields the active subscriptions: GET /api/user/subscriptions. The documents know no
// pages of it.
func (s *SubscriptionsService) List(ctx context.Context) iter.Seq2[*Subscription, error] {
	return all[Subscription](ctx, s.c.ask(subscriptionsList), "subscriptions")
}

// Create makes a subscription without an order: POST /api/user/subscriptions (method
// inferred). The answer is undocumented.
func (s *SubscriptionsService) Create(ctx context.Context, req *SubscriptionCreateRequest) (Payload, error) {
	r := s.c.ask(subscriptionsCreate).with(req)
	if req != nil && req.BillingCycleDays < 0 {
		r.problem("BillingCycleDays", "negative")
	}
	return unknown(ctx, r)
}
