package elizon

import (
	"context"
	"io"
	"time"

	"github.com/provkit/provkit/provider"
)

// BusinessService is for business accounts: verification, billing on invoice, and the business
// fund.
type BusinessService struct{ c *Client }

// BusinessBilling is how the invoices of a business are collected.
type BusinessBilling struct {
	// AnchorDay is the day of the month; 0 if there is none.
	AnchorDay      int64 `wire:"billingAnchorDay"`
	InvoiceEnabled bool  `wire:"invoiceEnabled"`
	HasActiveFund  bool  `wire:"hasActiveFund"`
	// Cycle is what the next invoice is for; nil if the platform does not tell.
	Cycle *BillingCycle `wire:"currentCycle"`
	// OpenAmount is what is not paid yet; "" if the platform does not tell.
	OpenAmount EUR `wire:"openAmount"`
	// NextInvoiceDate is zero if none is due.
	NextInvoiceDate time.Time `wire:"nextInvoiceDate"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// BillingCycle is the time that an invoice is for.
type BillingCycle struct {
	Start time.Time `wire:"periodStart"`
	End   time.Time `wire:"periodEnd,end"`
}

// BusinessBillingSetRequest switches billing on invoice on.
type BusinessBillingSetRequest struct {
	// AnchorDay is the day of the month, 1 to 31. The request calls it otherwise than the answer.
	AnchorDay int64 `wire:"anchorDay,required"`
	// Extra fields, sent as they are.
	Extra map[string]any `wire:",extra"`
}

// BusinessEligibility is whether an account may use business features.
type BusinessEligibility struct {
	Eligible       bool   `wire:"eligible,required"`
	Verified       bool   `wire:"verified"`
	Reason         string `wire:"reason"`
	InvoiceEnabled bool   `wire:"invoiceEnabled"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// VerificationStatus is the state of a business verification. The set is open.
type VerificationStatus = string

// States of a business verification.
const (
	VerificationNone     VerificationStatus = "NONE"
	VerificationPending  VerificationStatus = "PENDING"
	VerificationVerified VerificationStatus = "VERIFIED"
	VerificationRejected VerificationStatus = "REJECTED"
)

// BusinessVerification is a check of documents by the platform's staff.
type BusinessVerification struct {
	ID           string             `wire:"id,required"`
	Status       VerificationStatus `wire:"status"`
	AdminComment string             `wire:"adminComment"`
	// The times are zero if it was not so.
	VerifiedAt time.Time `wire:"verifiedAt"`
	RejectedAt time.Time `wire:"rejectedAt"`
	CreatedAt  time.Time `wire:"createdAt"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// Billing reads how invoices are collected: GET /api/business/billing. It returns nil, nil if
// nothing is set.
func (s *BusinessService) Billing(ctx context.Context) (*BusinessBilling, error) {
	return maybeFetch[BusinessBilling](ctx, s.c.ask(businessBilling), "config")
}

// SetBilling collects invoices on a day of the month: POST /api/business/billing.
func (s *BusinessService) SetBilling(ctx context.Context, req *BusinessBillingSetRequest) error {
	r := s.c.ask(businessSetBilling).with(req)
	if req != nil && req.AnchorDay != 0 {
		r.problems.Between("AnchorDay", req.AnchorDay, 1, 31)
	}
	return done(ctx, r)
}

// RemoveBilling switches billing on invoice off: DELETE /api/business/billing.
func (s *BusinessService) RemoveBilling(ctx context.Context) error {
	return done(ctx, s.c.ask(businessNoBilling))
}

// Eligibility reports whether the account may use business features: GET /api/business/eligibility.
func (s *BusinessService) Eligibility(ctx context.Context) (*BusinessEligibility, error) {
	return fetch[BusinessEligibility](ctx, s.c.ask(businessEligibility))
}

// Verification reads the state of the verification: GET /api/business/verification. It returns nil,
// nil if there is none.
func (s *BusinessService) Verification(ctx context.Context) (*BusinessVerification, error) {
	return maybeFetch[BusinessVerification](ctx, s.c.ask(verificationGet), "verification")
}

// SubmitVerification submits documents, which are sent as they are read and only once: POST
// /api/business/verification. The names of the form's fields are undocumented. Error
// texts of the vendor's app name limits of 5 and 10 MB per file.
func (s *BusinessService) SubmitVerification(ctx context.Context, texts map[string]string, files ...Upload) error {
	return done(ctx, s.c.ask(verificationSubmit).upload(texts, files...))
}

// VerificationDocument writes a submitted document to w as it arrives: GET
// /api/business/verification/documents/{id} (method inferred). limit is the maximum size in bytes;
// 0 is DefaultDownloadLimit. After an error, w may contain a part of it.
func (s *BusinessService) VerificationDocument(ctx context.Context, id string, w io.Writer, limit int64) (*Download, error) {
	return download(ctx, s.c.ask(verificationDocument, id), w, limit)
}
