package elizon

import (
	"context"
	"iter"
	"net/http"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// UserService manages the account itself: settings, support PIN, e-mail, data export. The profile
// is in Auth.
type UserService struct{ c *Client }

// AuditEntry is an event in the account.
type AuditEntry struct {
	ID        string    `wire:"id,required"`
	Action    string    `wire:"action"`
	CreatedAt time.Time `wire:"createdAt"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// SettingsUpdateRequest changes which notifications the account gets. A nil field is left
// unchanged.
type SettingsUpdateRequest struct {
	// LoginMails switches a mail after each login.
	LoginMails *bool `wire:"loginNotificationEmailOptIn"`
	Mails      *bool `wire:"emailNotifications"`
	Sound      *bool `wire:"notificationSoundEnabled"`
	// PowerActionMails switches a mail after each power action on a service.
	PowerActionMails *bool `wire:"servicePowerActionEmailOptIn"`
	// Extra fields, sent as they are.
	Extra map[string]any `wire:",extra"`
}

// SupportPIN proves to the support staff on the phone that the caller owns the account.
type SupportPIN struct {
	// PIN is "" if none is valid.
	PIN       provider.Secret `wire:"pin|supportPin"`
	ExpiresAt time.Time       `wire:"expiresAt|pinExpiresAt,end"`
	// More fields that the answer contains; servers of an older version send "pinTimeLeft",
	// which the app has in seconds, and "pinCooldown".
	More map[string]provider.Payload `wire:",extra"`
}

// AuditLog yields the events in the account, page by page: GET /api/user/audit-log. perPage is the
// page size; 0 is the server's default. The vendor's programs send a limit and read one page; that
// the list is paged like others is assumed.
func (s *UserService) AuditLog(ctx context.Context, perPage int64) iter.Seq2[*AuditEntry, error] {
	return pages[AuditEntry](ctx, s.c.ask(userAuditLog), byPage(perPage), "logs")
}

// UpdateSettings changes which notifications the account gets: PATCH /api/user/settings. It returns
// nil, nil if the platform does not answer with the profile.
func (s *UserService) UpdateSettings(ctx context.Context, req *SettingsUpdateRequest) (*User, error) {
	return changedUser(ctx, s.c.ask(userSettings).changing(req))
}

// Newsletter reads whether the account gets the newsletter: GET /api/user/newsletter-settings
// (method inferred). The answer is undocumented.
func (s *UserService) Newsletter(ctx context.Context) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(userNewsletter))
}

// SetNewsletter subscribes to the newsletter, which has to be confirmed by mail, or unsubscribes at
// once: POST /api/user/newsletter-settings.
func (s *UserService) SetNewsletter(ctx context.Context, subscribe bool) error {
	return done(ctx, s.c.ask(userSetNewsletter).body(map[string]any{"subscribe": subscribe}))
}

// SupportPhone reads the data for support by phone: GET /api/user/support-phone (method inferred).
// The answer is undocumented.
func (s *UserService) SupportPhone(ctx context.Context) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(userSupportPhone))
}

// SupportPIN reads the current PIN: GET /api/user/support-pin.
func (s *UserService) SupportPIN(ctx context.Context) (*SupportPIN, error) {
	return fetchHaving[SupportPIN](ctx, s.c.ask(userSupportPIN), "pin", "supportPin")
}

// NewSupportPIN creates a PIN, at most three in 15 minutes: POST /api/user/support-pin.
func (s *UserService) NewSupportPIN(ctx context.Context) (*SupportPIN, error) {
	return fetchHaving[SupportPIN](ctx, s.c.ask(userNewSupportPIN).body(nil), "pin", "supportPin")
}

// ChangeEmail begins a change of the e-mail address, the first of three steps: POST
// /api/user/change-email (method inferred). It checks password and second factor and sends a code
// to the new address, for VerifyNewEmail. Fields are undocumented. Secrets among the
// fields are revealed.
func (s *UserService) ChangeEmail(ctx context.Context, fields map[string]any) (*Confirmation, error) {
	r := s.c.ask(userChangeEmail).body(fields)
	r.problems.Some("fields", len(fields))
	return confirmed(ctx, r)
}

// VerifyNewEmail is the second step, with the code sent to the new address: POST
// /api/user/change-email/verify-new (method inferred). It sends another code to the old address,
// for VerifyOldEmail. The name of the field, "code", is assumed to be that of Auth.VerifyCode.
// extra fields are sent as they are.
func (s *UserService) VerifyNewEmail(ctx context.Context, code provider.Secret, extra map[string]any) (*Confirmation, error) {
	return confirmed(ctx, s.c.ask(userVerifyNewEmail).with(&codeRequest{Code: code, Extra: extra}))
}

// VerifyOldEmail is the last step, with the code sent to the old address: POST
// /api/user/change-email/verify-old (method inferred). After it the address is changed. For field and
// extra, see VerifyNewEmail.
func (s *UserService) VerifyOldEmail(ctx context.Context, code provider.Secret, extra map[string]any) (*Confirmation, error) {
	return confirmed(ctx, s.c.ask(userVerifyOldEmail).with(&codeRequest{Code: code, Extra: extra}))
}

// Autopay is retired: GET /api/user/autopay (method inferred). The platform answers 410, which is
// provider.ErrUnsupported; Services.Subscription.SetAutopay replaces it.
func (s *UserService) Autopay(ctx context.Context) error {
	_, err := confirmed(ctx, s.retired(userAutopay))
	return err
}

// SetAutopay is retired as Autopay is: PATCH /api/user/autopay (method inferred, it may be PUT or
// POST). Its fields are undocumented.
func (s *UserService) SetAutopay(ctx context.Context, fields map[string]any) error {
	return done(ctx, s.retired(userSetAutopay).body(fields))
}

// retired turns 410 into provider.ErrUnsupported, whatever the body is: the documents give nothing
// but this status.
func (s *UserService) retired(op operation) *request {
	r := s.c.ask(op)
	r.call.Genuine = func(a *rest.Answer) bool { return a.Status == http.StatusGone || genuine(a) }
	r.call.Classify = func(a *rest.Answer) *rest.Failure {
		refused := classify(a)
		if a.Status != http.StatusGone {
			return refused
		}
		if refused == nil {
			refused = &rest.Failure{Message: "retired: each subscription has its own autopay"}
		}
		refused.Kind = provider.ErrUnsupported
		return refused
	}
	return r
}
