package elizon

import (
	"context"
	"time"

	"github.com/provkit/provkit/provider"
)

// BusinessFund is a budget for services that a business commits itself to. The unit of its amounts
// is undocumented. It is taken to be euro, since the whole API counts in euro except for partners
// and volumes.
type BusinessFund struct {
	// Contract is nil if there is none.
	Contract *FundContract `wire:"contract"`
	// PendingOffer is waiting for AcceptFund or RejectFund; nil if there is none.
	PendingOffer *FundOffer `wire:"pendingOffer"`
}

// FundTerms are the terms that a contract and an offer have in common.
type FundTerms struct {
	ID               string `wire:"id,required"`
	CommitmentAmount EUR    `wire:"commitmentAmount"`
	Price            EUR    `wire:"price"`
	// OverchargeFeePercent is charged on spending beyond the commitment.
	OverchargeFeePercent float64 `wire:"overchargeFeePercent"`
	BindingMonths        int64   `wire:"bindingMonths"`
}

// FundContract is a business fund in force.
type FundContract struct {
	FundTerms
	BindingEndDate time.Time `wire:"bindingEndDate,end"`
	// Status is an open set: "ACTIVE".
	Status            string    `wire:"status"`
	CurrentUsage      EUR       `wire:"currentUsage"`
	CurrentOvercharge EUR       `wire:"currentOvercharge"`
	LastResetAt       time.Time `wire:"lastResetAt"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// FundOffer is an offer by the platform, for AcceptFund or RejectFund.
type FundOffer struct {
	FundTerms
	AdminNote string    `wire:"adminNote"`
	OfferedAt time.Time `wire:"offeredAt"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// FundRequest asks for a business fund.
type FundRequest struct {
	// Amount is the commitment. It is required.
	Amount        EUR   `wire:"amount,required"`
	BindingMonths int64 `wire:"bindingMonths,required"`
	// Extra fields, sent as they are.
	Extra map[string]any `wire:",extra"`
}

// RequestedFund is the result of a FundRequest.
type RequestedFund struct {
	// ContractID may be "".
	ContractID string `wire:"contractId"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// AcceptedFund is the result of accepting an offer.
type AcceptedFund struct {
	// CheckoutURL is the page where a person pays; "" if the platform names none.
	CheckoutURL provider.Secret `wire:"checkoutUrl"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// Fund reads the contract and the offer of the business fund: GET /api/business/fund.
func (s *BusinessService) Fund(ctx context.Context) (*BusinessFund, error) {
	return fetchHaving[BusinessFund](ctx, s.c.ask(fundGet), "contract", "pendingOffer")
}

// RequestFund asks for a business fund: POST /api/business/fund.
func (s *BusinessService) RequestFund(ctx context.Context, req *FundRequest) (*RequestedFund, error) {
	r := s.c.ask(fundRequest).with(req)
	if req != nil {
		checkPositive(r, "Amount", req.Amount)
		r.problems.NotNegative("BindingMonths", req.BindingMonths)
	}
	return fetch[RequestedFund](ctx, r)
}

// AcceptFund accepts the offer with this ID and pays for it: POST /api/business/fund/{id}/accept.
// It binds the account for the months of the offer. paymentMethod is "mollie" or "guthaben" (the
// balance).
func (s *BusinessService) AcceptFund(ctx context.Context, offerID, paymentMethod string) (*AcceptedFund, error) {
	r := s.c.ask(fundAccept, offerID).require("paymentMethod", paymentMethod).body(map[string]any{"paymentMethod": paymentMethod})
	return fetch[AcceptedFund](ctx, r)
}

// CancelFund cancels a contract: POST /api/business/fund/{id}/cancel. The platform enforces the
// binding period.
func (s *BusinessService) CancelFund(ctx context.Context, contractID string) error {
	return done(ctx, s.c.ask(fundCancel, contractID).body(nil))
}

// RejectFund rejects an offer: POST /api/business/fund/{id}/reject.
func (s *BusinessService) RejectFund(ctx context.Context, offerID string) error {
	return done(ctx, s.c.ask(fundReject, offerID).body(nil))
}

// SpecialTerminations reads the pending requests for a special termination: GET
// /api/business/fund/special-termination (method inferred). The answer is undocumented.
func (s *BusinessService) SpecialTerminations(ctx context.Context) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(fundTerminating))
}

// RequestSpecialTermination asks to end a contract early: POST
// /api/business/fund/special-termination (method inferred). Fields and answer are undocumented.
func (s *BusinessService) RequestSpecialTermination(ctx context.Context, fields map[string]any) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(fundTerminate).body(fields))
}
