package elizon

import (
	"context"
	"time"

	"github.com/provkit/provkit/provider"
)

// PaymentMethodsService manages the saved payment methods of the account, for PayMollieSaved. The
// vendor's SDK and app use these endpoints; its reference does not list them.
type PaymentMethodsService struct{ c *Client }

// SavedPaymentMethods are the saved payment methods of an account.
type SavedPaymentMethods struct {
	Methods []SavedPaymentMethod `wire:"methods,required"`
	// CanManage is whether the caller may change them; CanAddMore whether there may be another one.
	CanManage  bool `wire:"canManage"`
	CanAddMore bool `wire:"canAddMore"`
	// DefaultMandateID is "" if there is none.
	DefaultMandateID string `wire:"defaultMandateId"`
	Max              int64  `wire:"maxMethods"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// SavedPaymentMethod is a card or an account that may be charged.
type SavedPaymentMethod struct {
	MandateID string `wire:"mandateId,required"`
	// Label is the platform's text, UserLabel the owner's.
	Label     string `wire:"label"`
	UserLabel string `wire:"userLabel"`
	Method    string `wire:"method"`
	Brand     string `wire:"brand"`
	// Last4 are the last digits of its number.
	Last4     string    `wire:"last4"`
	Default   bool      `wire:"isDefault"`
	CreatedAt time.Time `wire:"createdAt"`
}

// List reads the saved payment methods: GET /api/account/payment-methods.
func (s *PaymentMethodsService) List(ctx context.Context) (*SavedPaymentMethods, error) {
	return fetch[SavedPaymentMethods](ctx, s.c.ask(methodsList))
}

// Add begins to save a payment method: POST /api/account/payment-methods. It returns the page where a
// person confirms it; "" if the platform names none.
func (s *PaymentMethodsService) Add(ctx context.Context) (provider.Secret, error) {
	answer, err := fetch[struct {
		CheckoutURL provider.Secret `wire:"checkoutUrl"`
	}](ctx, s.c.ask(methodsAdd).body(nil))
	if err != nil {
		return provider.Secret{}, err
	}
	return answer.CheckoutURL, nil
}

// SetDefault makes a payment method the one that is used unless another is named: PATCH
// /api/account/payment-methods.
func (s *PaymentMethodsService) SetDefault(ctx context.Context, mandateID string) error {
	return done(ctx, s.c.ask(methodsDefault).subject("mandateID", mandateID).body(map[string]any{"mandateId": mandateID}))
}

// SetLabel names a payment method, and makes it the default if setDefault is set: PATCH
// /api/account/payment-methods. "" empties the name.
func (s *PaymentMethodsService) SetLabel(ctx context.Context, mandateID, label string, setDefault bool) error {
	return done(ctx, s.c.ask(methodsLabel).subject("mandateID", mandateID).body(map[string]any{
		"mandateId": mandateID, "userLabel": label, "setDefault": setDefault,
	}))
}

// Delete removes a payment method: DELETE /api/account/payment-methods/{mandateId}.
func (s *PaymentMethodsService) Delete(ctx context.Context, mandateID string) error {
	return done(ctx, s.c.ask(methodsDelete, mandateID))
}
