package elizon

import (
	"context"
	"iter"
	"time"

	"github.com/provkit/provkit/provider"
)

// BalanceService tops up the balance of the account.
type BalanceService struct{ c *Client }

// AutoTopUp is a rule that tops up the balance every month. An account can have 4, as error texts
// suggest.
type AutoTopUp struct {
	ID     string `wire:"id,required"`
	Active bool   `wire:"isActive"`
	Amount EUR    `wire:"amount"`
	// DayOfMonth is 1 to 28.
	DayOfMonth int64 `wire:"dayOfMonth"`
	// The times are zero if there is none.
	LastChargedAt     time.Time `wire:"lastChargedAt"`
	NextChargeAt      time.Time `wire:"nextChargeAt"`
	MandateVerifiedAt time.Time `wire:"mandateVerifiedAt"`
	AutoRedeemVoucher bool      `wire:"autoRedeemVoucher,loose"`
	CreatedAt         time.Time `wire:"createdAt"`
}

// AutoTopUpCreateRequest creates a rule.
type AutoTopUpCreateRequest struct {
	// Amount and DayOfMonth (1 to 28) are required.
	Amount            EUR   `wire:"amount,required"`
	DayOfMonth        int64 `wire:"dayOfMonth,required"`
	AutoRedeemVoucher *bool `wire:"autoRedeemVoucher"`
	AcceptTerms       *bool `wire:"acceptTerms"`
	AcceptPrivacy     *bool `wire:"acceptPrivacy"`
	AcceptExpiry      *bool `wire:"acceptExpiry"`
	// Extra fields, sent as they are.
	Extra map[string]any `wire:",extra"`
}

// AutoTopUpResult is the result of an AutoTopUpCreateRequest. Any field may be missing.
type AutoTopUpResult struct {
	Rule *AutoTopUp `wire:"config"`
	// VerificationURL is the page where a person has to confirm the payment.
	VerificationURL      provider.Secret `wire:"verificationCheckoutUrl"`
	VerificationRequired bool            `wire:"verificationRequired"`
	DeferredFirstCharge  bool            `wire:"deferredFirstCharge"`
	FirstChargeOn        time.Time       `wire:"firstChargeOn"`
}

// AutoTopUpUpdateRequest changes a rule. A nil or empty field is left unchanged.
type AutoTopUpUpdateRequest struct {
	Active *bool `wire:"isActive"`
	// Amount is refused while the rule is active, as error texts suggest.
	Amount EUR `wire:"amount"`
	// Extra fields, sent as they are.
	Extra map[string]any `wire:",extra"`
}

// BalanceTopUpRequest tops up the balance once.
type BalanceTopUpRequest struct {
	// Amount is required. The platform sets its limits. That the field is called "amount" is
	// assumed.
	Amount EUR `wire:"amount,required"`
	// Extra fields, sent as they are.
	Extra map[string]any `wire:",extra"`
}

// TransferDetails are where to transfer money to. Any field may be missing.
type TransferDetails struct {
	IBAN     string `wire:"sepaDetails.iban|iban"`
	BIC      string `wire:"sepaDetails.bic|bic"`
	BankName string `wire:"sepaDetails.bankName|bankName"`
	// Reference tells the platform whose money it is.
	Reference string `wire:"sepaDetails.reference|reference"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// TopUp is the answer to a BalanceTopUpRequest. Any field may be missing.
type TopUp struct {
	// CheckoutURL is the page where a person pays.
	CheckoutURL provider.Secret `wire:"checkoutUrl|redirectUrl"`
	PaymentID   string          `wire:"paymentId"`
	// SEPADetails is where to transfer the money; nil if no transfer is needed.
	SEPADetails *SEPADetails `wire:"sepaDetails"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// AutoTopUps yields the rules: GET /api/balance/auto-topup.
func (s *BalanceService) AutoTopUps(ctx context.Context) iter.Seq2[*AutoTopUp, error] {
	return all[AutoTopUp](ctx, s.c.ask(balanceTopUps), "configs")
}

// CreateAutoTopUp creates a rule: POST /api/balance/auto-topup.
func (s *BalanceService) CreateAutoTopUp(ctx context.Context, req *AutoTopUpCreateRequest) (*AutoTopUpResult, error) {
	r := s.c.ask(balanceCreate).with(req)
	if req != nil && req.DayOfMonth != 0 {
		r.problems.Between("DayOfMonth", req.DayOfMonth, 1, 28)
	}
	if req != nil {
		checkPositive(r, "Amount", req.Amount)
	}
	return fetch[AutoTopUpResult](ctx, r)
}

// UpdateAutoTopUp changes a rule: PATCH /api/balance/auto-topup/{id}. It returns nil, nil if the
// platform does not answer with the rule.
func (s *BalanceService) UpdateAutoTopUp(ctx context.Context, id string, req *AutoTopUpUpdateRequest) (*AutoTopUp, error) {
	r := s.c.ask(balanceUpdate, id).changing(req)
	if req != nil {
		checkPositive(r, "Amount", req.Amount)
	}
	answer, err := fetch[struct {
		Rule *AutoTopUp `wire:"config"`
	}](ctx, r)
	if err != nil {
		return nil, err
	}
	return answer.Rule, nil
}

// DeleteAutoTopUp removes a rule: DELETE /api/balance/auto-topup/{id}.
func (s *BalanceService) DeleteAutoTopUp(ctx context.Context, id string) error {
	return done(ctx, s.c.ask(balanceDelete, id))
}

// SEPADetails reads where to transfer money to: GET /api/balance/sepa-details (method inferred). The
// answer contains IBAN, BIC and the account's own reference; that they have the names of Checkout's is
// assumed.
func (s *BalanceService) SEPADetails(ctx context.Context) (*TransferDetails, error) {
	return fetch[TransferDetails](ctx, s.c.ask(balanceDetails))
}

// TopUp asks for a link where a person pays: POST /api/balance/top-up (method inferred). The answer is
// undocumented: that it is like that of Invoices.Pay is assumed.
func (s *BalanceService) TopUp(ctx context.Context, req *BalanceTopUpRequest) (*TopUp, error) {
	r := s.c.ask(balanceTopUp).with(req)
	if req != nil {
		checkPositive(r, "Amount", req.Amount)
	}
	return fetch[TopUp](ctx, r)
}

func checkPositive(r *request, field string, amount EUR) {
	if amount.Valid() && amount.Sign() <= 0 {
		r.problem(field, "must be positive, got %s", amount)
	}
}
