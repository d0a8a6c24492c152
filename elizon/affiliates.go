package elizon

import (
	"context"
	"io"
	"iter"
	"time"

	"github.com/provkit/provkit/provider"
)

// AffiliatesService reaches the partner programme. Its amounts are Cents.
type AffiliatesService struct{ c *Client }

// Affiliate is the account as a partner.
type Affiliate struct {
	Profile AffiliateProfile `wire:"affiliate|profile,required"`
	Summary AffiliateSummary `wire:"summary"`
	// WithdrawableBalance is what RequestPayout and ConvertToCredit can withdraw.
	WithdrawableBalance Cents `wire:"withdrawableBalance"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// AffiliateProfile is the part of a partner account that does not change with each sale.
type AffiliateProfile struct {
	// Code is the code that refers customers.
	Code          string `wire:"code,required"`
	Active        bool   `wire:"isActive"`
	PayoutEnabled bool   `wire:"payoutEnabled"`
	// CommissionRules are how much of what is earned.
	CommissionRules []CommissionRule `wire:"commissionRules"`
	// PayoutMethod is nil if there is none.
	PayoutMethod *PayoutMethod `wire:"payoutMethod"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// CommissionRule is the share that a partner gets of some orders.
type CommissionRule struct {
	// Scope is what it is for, in the platform's words.
	Scope   string  `wire:"scope"`
	Percent float64 `wire:"percent"`
}

// PayoutMethod is how the partner is paid.
type PayoutMethod struct {
	Type        PayoutType `wire:"type"`
	PayPalEmail string     `wire:"paypalEmail"`
	IBAN        string     `wire:"iban"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// AffiliateSummary has the totals by status.
type AffiliateSummary struct {
	Pending  Cents  `wire:"totalPending"`
	Approved Cents  `wire:"totalApproved"`
	Paid     Cents  `wire:"totalPaid"`
	Currency string `wire:"currency"`
}

// AffiliateEntry is a commission or a payout request.
type AffiliateEntry struct {
	ID       string `wire:"id"`
	Amount   Cents  `wire:"amount"`
	Currency string `wire:"currency"`
	// Status is an open set: "pending", "approved", "paid".
	Status    string    `wire:"status"`
	CreatedAt time.Time `wire:"createdAt"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// Referral is the partner behind a code.
type Referral struct {
	Code string `wire:"code,required"`
	Name string `wire:"name"`
}

// PayoutType says how a partner is paid.
type PayoutType = string

// Payout types.
const (
	PayoutPayPal PayoutType = "PAYPAL"
	PayoutSEPA   PayoutType = "SEPA"
)

// PayoutMethodSetRequest sets how the partner is paid.
type PayoutMethodSetRequest struct {
	// Type is PayoutPayPal, which needs PayPalEmail, or PayoutSEPA, which needs IBAN, BIC and
	// AccountHolder.
	Type          PayoutType `wire:"type,required"`
	PayPalEmail   string     `wire:"paypalEmail"`
	IBAN          string     `wire:"iban"`
	BIC           string     `wire:"bic"`
	AccountHolder string     `wire:"accountHolder"`
	// Extra fields, sent as they are.
	Extra map[string]any `wire:",extra"`
}

// AffiliateTaxInfo is a partner's tax data. Its fields are undocumented; those of
// TaxInfoUpdateRequest are likely.
type AffiliateTaxInfo struct {
	// TaxInfo is nil if there is none yet.
	TaxInfo provider.Payload `wire:"taxInfo"`
	// Profile contains the name and address, which come from the account; nil if absent.
	Profile provider.Payload `wire:"profile"`
}

// TaxInfoUpdateRequest changes tax data. A nil field is not sent, which presumably leaves it
// unchanged.
type TaxInfoUpdateRequest struct {
	VATID     *string `wire:"ustId"`
	TaxNumber *string `wire:"taxNumber"`
	// SmallBusiness is Kleinunternehmer: no VAT is charged.
	SmallBusiness *bool `wire:"kleinunternehmer"`
}

// Me reads the account as a partner: GET /api/affiliates/me.
func (s *AffiliatesService) Me(ctx context.Context) (*Affiliate, error) {
	return fetch[Affiliate](ctx, s.c.ask(affiliatesMe))
}

// Commissions yields all commissions, page by page: GET /api/affiliates/me/commissions. perPage is
// the page size; 0 is the server's default. The vendor's programs send a limit and read one page;
// that the list is paged like others is assumed.
func (s *AffiliatesService) Commissions(ctx context.Context, perPage int64) iter.Seq2[*AffiliateEntry, error] {
	return pages[AffiliateEntry](ctx, s.c.ask(affiliatesCommissions), byPage(perPage), "commissions")
}

// ConvertToCredit moves earnings to the balance of the account: POST
// /api/affiliates/me/convert-to-credit (method inferred). Fields and answer are undocumented.
func (s *AffiliatesService) ConvertToCredit(ctx context.Context, fields map[string]any) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(affiliatesConvert).body(fields))
}

// CouponUsage reads how often the partner's coupon was used: GET /api/affiliates/me/coupon-usage
// (method inferred). The answer is undocumented.
func (s *AffiliatesService) CouponUsage(ctx context.Context) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(affiliatesCoupon))
}

// Validate finds the partner of a referral code: POST /api/affiliates/validate. Failed attempts are
// counted, and too many are refused.
func (s *AffiliatesService) Validate(ctx context.Context, code string) (*Referral, error) {
	return fetch[Referral](ctx, s.c.ask(affiliatesValidate).require("code", code).body(map[string]any{"code": code}), "affiliate")
}

// ConfirmCreditNote finalises a credit note: POST
// /api/affiliates/me/credit-note/{id}/confirm (method inferred). The answer is
// undocumented.
func (s *AffiliatesService) ConfirmCreditNote(ctx context.Context, id string) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(creditNotesConfirm, id).body(nil))
}

// PreviewCreditNote shows the next credit note: GET /api/affiliates/me/credit-note/preview (method
// inferred, it may be POST). The answer is undocumented.
func (s *AffiliatesService) PreviewCreditNote(ctx context.Context) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(creditNotesPreview))
}

// CreditNotes reads the partner's credit notes: GET /api/affiliates/me/credit-notes (method
// inferred). The answer is undocumented.
func (s *AffiliatesService) CreditNotes(ctx context.Context) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(creditNotesList))
}

// DownloadCreditNote writes a credit note, a PDF, to w as it arrives: GET
// /api/affiliates/me/credit-notes/{id}/download (method inferred). limit is the maximum size in
// bytes; 0 is DefaultDownloadLimit. After an error, w may contain a part of it.
func (s *AffiliatesService) DownloadCreditNote(ctx context.Context, id string, w io.Writer, limit int64) (*Download, error) {
	return download(ctx, s.c.ask(creditNotesDownload, id), w, limit)
}

// SetPayoutMethod sets how the partner is paid: PATCH /api/affiliates/me/payout-method.
func (s *AffiliatesService) SetPayoutMethod(ctx context.Context, req *PayoutMethodSetRequest) error {
	r := s.c.ask(payoutsMethod).with(req)
	if req != nil {
		switch req.Type {
		case PayoutPayPal:
			r.require("PayPalEmail", req.PayPalEmail)
		case PayoutSEPA:
			r.require("IBAN", req.IBAN).require("BIC", req.BIC).require("AccountHolder", req.AccountHolder)
		}
		r.hide(provider.NewSecret(req.IBAN))
	}
	return done(ctx, r)
}

// PayoutRequests yields all payout requests, page by page: GET /api/affiliates/me/payout-requests.
// perPage is the page size; 0 is the server's default.
func (s *AffiliatesService) PayoutRequests(ctx context.Context, perPage int64) iter.Seq2[*AffiliateEntry, error] {
	return pages[AffiliateEntry](ctx, s.c.ask(payoutsList), byOffset(perPage), "requests")
}

// RequestPayout asks for a payout: POST /api/affiliates/me/payout-requests (method inferred).
// Fields and answer are undocumented.
func (s *AffiliatesService) RequestPayout(ctx context.Context, fields map[string]any) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(payoutsCreate).body(fields))
}

// TaxInfo reads the partner's tax data: GET /api/affiliates/me/tax-info.
func (s *AffiliatesService) TaxInfo(ctx context.Context) (*AffiliateTaxInfo, error) {
	return fetchHaving[AffiliateTaxInfo](ctx, s.c.ask(taxInfoGet), "taxInfo")
}

// UpdateTaxInfo changes the partner's tax data: PATCH /api/affiliates/me/tax-info (method inferred,
// it may be PUT or POST). The platform reads no other fields. The answer is undocumented.
func (s *AffiliatesService) UpdateTaxInfo(ctx context.Context, req *TaxInfoUpdateRequest) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(taxInfoUpdate).changing(req))
}
