package elizon_test

import (
	"bytes"
	"context"
	"io"
	"iter"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
)

// tells is a replay whose answer is undocumented: it is returned as the server sent it.
func tells(want string, call func(ctx context.Context, c *client) (payload, error)) replay {
	return func(t *testing.T, c *client) {
		got, err := call(t.Context(), c)
		require.NoError(t, err)
		require.JSONEq(t, want, got.Reveal())
	}
}

// saves is a replay that downloads a file.
func saves(want elizon.Download, content string, call func(ctx context.Context, c *client, w io.Writer) (*elizon.Download, error)) replay {
	return func(t *testing.T, c *client) {
		var file bytes.Buffer
		want.Bytes = int64(len(content))
		got, err := call(t.Context(), c, &file)
		require.NoError(t, err)
		require.Equal(t, &want, got)
		require.Equal(t, content, file.String())
	}
}

func accountReplays() map[string]replay {
	return merged(
		authReplays(), factorReplays(), affiliateReplays(), businessReplays(), permissionReplays(), storageReplays(),
		supportReplays(), userReplays(), additionalReplays(),
	)
}

// noted are the times in the fixtures.
var (
	noted = time.Date(2026, 8, 3, 10, 30, 0, 0, time.UTC)
	later = time.Date(2026, 8, 3, 11, 0, 0, 0, time.UTC)
)

const success = `{"success": true}`

func authReplays() map[string]replay {
	login := func(code provider.Secret) func(ctx context.Context, c *client) (*elizon.Login, error) {
		return func(ctx context.Context, c *client) (*elizon.Login, error) {
			return c.Auth.Login(ctx, &elizon.AuthLoginRequest{Email: "ada@example.com", Password: provider.NewSecret("Placeholder-1"), RememberMe: !code.IsZero(), TwoFactorCode: code})
		}
	}
	ada := &elizon.User{ID: "usr_1", Email: "ada@example.com"}
	return map[string]replay{
		"Auth.Register": clienttest.Equal(&elizon.Registration{Token: provider.NewSecret("placeholder-token"), User: ada, RequiresVerification: true},
			func(ctx context.Context, c *client) (*elizon.Registration, error) {
				return c.Auth.Register(ctx, &elizon.AuthRegisterRequest{
					Email: "ada@example.com", Password: provider.NewSecret("Placeholder-1"), FirstName: "Ada", LastName: "Example", Locale: "de", AccountType: elizon.AccountBusiness,
					Country: "DE", Street: "Examplestr. 1", City: "Berlin", ZIP: "10115", VATNumber: "DE000000000", CompanyName: "Example GmbH", NewsletterOptIn: true,
				})
			}),
		"Auth.Login":                clienttest.Equal(&elizon.Login{Token: provider.NewSecret("placeholder-token"), User: ada, More: map[string]payload{"expiresIn": raw("3600")}}, login(provider.NewSecret("placeholder-code"))),
		"Auth.Login, second factor": clienttest.Equal(&elizon.Login{RequiresTwoFactor: true, More: map[string]payload{"methods": raw(`["totp"]`)}}, login(provider.Secret{})),
		"Auth.Login, second factor in an error": clienttest.Equal(&elizon.Login{RequiresTwoFactor: true, More: map[string]payload{
			"error": raw(`"Two-factor code required"`), "errorCode": raw(`"twoFactorRequired"`),
		}}, login(provider.Secret{})),
		"Auth.Login, refused": fails(provider.Error{
			Op: "Auth.Login", Action: "log in", Kind: provider.ErrUnauthorized, StatusCode: 401, Code: elizon.CodeInvalidEmailOrPassword, Message: "Invalid credentials",
		}, func(ctx context.Context, c *client) error {
			_, err := login(provider.Secret{})(ctx, c)
			return err
		}),
		"Auth.RequestCode": clienttest.Equal(&elizon.Confirmation{More: map[string]payload{"sent": raw("true")}}, func(ctx context.Context, c *client) (*elizon.Confirmation, error) {
			return c.Auth.RequestCode(ctx, map[string]any{"email": "ada@example.com", "captcha": provider.NewSecret("placeholder-captcha")})
		}),
		"Auth.VerifyCode": clienttest.Equal(&elizon.Login{Token: provider.NewSecret("placeholder-token")}, func(ctx context.Context, c *client) (*elizon.Login, error) {
			return c.Auth.VerifyCode(ctx, "ada@example.com", provider.NewSecret("placeholder-code"), map[string]any{"rememberMe": true})
		}),
		"Auth.ForgotPassword": clienttest.Equal(&elizon.Confirmation{}, func(ctx context.Context, c *client) (*elizon.Confirmation, error) {
			return c.Auth.ForgotPassword(ctx, "ada@example.com", nil)
		}),
		"Auth.CheckResetToken": tells(`{"success": true, "valid": true}`, func(ctx context.Context, c *client) (payload, error) {
			return c.Auth.CheckResetToken(ctx, provider.NewSecret("placeholder-token"))
		}),
		"Auth.ResetPassword": clienttest.Equal(&elizon.Confirmation{}, func(ctx context.Context, c *client) (*elizon.Confirmation, error) {
			return c.Auth.ResetPassword(ctx, provider.NewSecret("placeholder-token"), provider.NewSecret("Placeholder-2"))
		}),
		"Auth.VerifyEmail": clienttest.Equal(&elizon.Confirmation{}, func(ctx context.Context, c *client) (*elizon.Confirmation, error) {
			return c.Auth.VerifyEmail(ctx, provider.NewSecret("placeholder-token"))
		}),
		"Auth.Me": clienttest.Equal(&elizon.User{
			ID: "usr_1", Email: "ada@example.com", FirstName: "Ada", LastName: "Example", Nickname: "ada", Role: "USER", AccountType: elizon.AccountBusiness,
			CompanyName: "Example GmbH", VATNumber: "DE000000000", Phone: "+49 30 000000", Locale: "de", Balance: "12.5", NetPoints: new(300.0),
			EmailVerified: true, IdentVerified: true, More: map[string]payload{"emailNotifications": raw("true")},
		}, func(ctx context.Context, c *client) (*elizon.User, error) { return c.Auth.Me(ctx) }),
		"Auth.UpdateMe": clienttest.Equal(&elizon.User{ID: "usr_1"}, func(ctx context.Context, c *client) (*elizon.User, error) {
			return c.Auth.UpdateMe(ctx, &elizon.ProfileUpdateRequest{FirstName: new("Ada"), Nickname: new(""), AcknowledgeReverification: true})
		}),
		"Auth.PatchMe": clienttest.Equal((*elizon.User)(nil), func(ctx context.Context, c *client) (*elizon.User, error) {
			return c.Auth.PatchMe(ctx, map[string]any{"locale": "en"})
		}),
		"Auth.CurrentSession": clienttest.Equal(&elizon.CurrentSession{User: &elizon.User{ID: "usr_1"}}, func(ctx context.Context, c *client) (*elizon.CurrentSession, error) {
			return c.Auth.CurrentSession(ctx)
		}),
		"Auth.ChangePassword": clienttest.Succeeds(func(ctx context.Context, c *client) error {
			return c.Auth.ChangePassword(ctx, &elizon.PasswordChangeRequest{
				CurrentPassword: provider.NewSecret("Placeholder-1"), NewPassword: provider.NewSecret("Placeholder-2"), Extra: map[string]any{"code": provider.NewSecret("placeholder-code")},
			})
		}),
		"Auth.Activate": clienttest.Equal(&elizon.Confirmation{}, func(ctx context.Context, c *client) (*elizon.Confirmation, error) {
			return c.Auth.Activate(ctx, provider.NewSecret("placeholder-code"), nil)
		}),
		"Auth.ResendActivation": clienttest.Equal(&elizon.Confirmation{}, func(ctx context.Context, c *client) (*elizon.Confirmation, error) {
			return c.Auth.ResendActivation(ctx)
		}),
		"Auth.ResendVerification": clienttest.Equal(&elizon.Confirmation{}, func(ctx context.Context, c *client) (*elizon.Confirmation, error) {
			return c.Auth.ResendVerification(ctx)
		}),
		"Auth.Logout":          clienttest.Succeeds(func(ctx context.Context, c *client) error { return c.Auth.Logout(ctx) }),
		"Auth.EndEverySession": clienttest.Succeeds(func(ctx context.Context, c *client) error { return c.Auth.EndEverySession(ctx) }),
	}
}

func factorReplays() map[string]replay {
	challenge := `{"success": true, "options": {"challenge": "placeholder"}}`
	return map[string]replay{
		"Auth.Sessions.List": clienttest.Listed([]*elizon.Session{
			{ID: "ses_1", UserAgent: "Mozilla/5.0", IP: "192.0.2.7", CreatedAt: noted, LastActiveAt: later, Current: true},
			{ID: "ses_2", CreatedAt: noted, LastActiveAt: noted},
		}, func(ctx context.Context, c *client) iter.Seq2[*elizon.Session, error] {
			return c.Auth.Sessions.List(ctx)
		}),
		"Auth.Sessions.Revoke": clienttest.Succeeds(func(ctx context.Context, c *client) error { return c.Auth.Sessions.Revoke(ctx, "ses_2") }),
		"Auth.TwoFactor.Setup": clienttest.Equal(&elizon.TwoFactorSetup{
			Secret: provider.NewSecret("placeholder-secret"), OTPAuthURL: provider.NewSecret("otpauth://totp/placeholder"), QRCode: provider.NewSecret("data:image/png;base64,placeholder"),
		}, func(ctx context.Context, c *client) (*elizon.TwoFactorSetup, error) {
			return c.Auth.TwoFactor.Setup(ctx)
		}),
		"Auth.TwoFactor.Enable": clienttest.Equal([]provider.Secret{provider.NewSecret("placeholder-1"), provider.NewSecret("placeholder-2")}, func(ctx context.Context, c *client) ([]provider.Secret, error) {
			return c.Auth.TwoFactor.Enable(ctx, provider.NewSecret("placeholder-code"))
		}),
		"Auth.TwoFactor.Disable": clienttest.Equal(&elizon.TwoFactorDisabled{StillEnabled: true}, func(ctx context.Context, c *client) (*elizon.TwoFactorDisabled, error) {
			return c.Auth.TwoFactor.Disable(ctx, &elizon.TwoFactorDisableRequest{Code: provider.NewSecret("placeholder-code"), Password: provider.NewSecret("Placeholder-1")})
		}),
		"Auth.TwoFactor.BackupCodes": tells(`{"success": true, "remaining": 8}`, func(ctx context.Context, c *client) (payload, error) {
			return c.Auth.TwoFactor.BackupCodes(ctx)
		}),
		"Auth.TwoFactor.RenewBackupCodes": clienttest.Equal(&elizon.BackupCodes{Codes: []provider.Secret{provider.NewSecret("placeholder-1")}}, func(ctx context.Context, c *client) (*elizon.BackupCodes, error) {
			return c.Auth.TwoFactor.RenewBackupCodes(ctx, map[string]any{"code": provider.NewSecret("placeholder-code")})
		}),
		"Auth.Passkeys.List": tells(`{"success": true, "passkeys": [{"id": "pk_1"}]}`, func(ctx context.Context, c *client) (payload, error) {
			return c.Auth.Passkeys.List(ctx)
		}),
		"Auth.Passkeys.Delete": clienttest.Succeeds(func(ctx context.Context, c *client) error { return c.Auth.Passkeys.Delete(ctx, "pk_1") }),
		"Auth.Passkeys.Authenticate": tells(challenge, func(ctx context.Context, c *client) (payload, error) {
			return c.Auth.Passkeys.Authenticate(ctx, map[string]any{"action": "options"})
		}),
		"Auth.Passkeys.RegistrationOptions": tells(challenge, func(ctx context.Context, c *client) (payload, error) {
			return c.Auth.Passkeys.RegistrationOptions(ctx)
		}),
		"Auth.Passkeys.Register": clienttest.Equal(&elizon.Confirmation{}, func(ctx context.Context, c *client) (*elizon.Confirmation, error) {
			return c.Auth.Passkeys.Register(ctx, map[string]any{"response": map[string]any{"id": "placeholder"}})
		}),
		"Auth.OAuth.Providers": clienttest.Equal(&elizon.OAuthProviders{Providers: []elizon.OAuthProvider{{Name: "example"}}}, func(ctx context.Context, c *client) (*elizon.OAuthProviders, error) {
			return c.Auth.OAuth.Providers(ctx)
		}),
		"Auth.OAuth.Start": clienttest.Equal(&elizon.OAuthAnswer{StatusCode: 302, Location: provider.NewSecret("https://login.example.org/authorize?state=placeholder")},
			func(ctx context.Context, c *client) (*elizon.OAuthAnswer, error) {
				return c.Auth.OAuth.Start(ctx, "example")
			}),
		"Auth.OAuth.Callback": clienttest.Equal(&elizon.OAuthAnswer{StatusCode: 307, Location: provider.NewSecret("https://elizon.example.com/dashboard")},
			func(ctx context.Context, c *client) (*elizon.OAuthAnswer, error) {
				return c.Auth.OAuth.Callback(ctx, "example", url.Values{"code": {"placeholder-code"}, "state": {"placeholder-state"}})
			}),
		"Auth.OAuth.StartLink": clienttest.Equal(&elizon.OAuthAnswer{
			StatusCode: 200, Body: provider.NewSecret(`{"success": true, "url": "https://login.example.org/authorize?state=placeholder"}`),
		}, func(ctx context.Context, c *client) (*elizon.OAuthAnswer, error) {
			return c.Auth.OAuth.StartLink(ctx, "example")
		}),
		"Auth.OAuth.Unlink": clienttest.Succeeds(func(ctx context.Context, c *client) error { return c.Auth.OAuth.Unlink(ctx, "example") }),
	}
}

func affiliateReplays() map[string]replay {
	return map[string]replay{
		"Affiliates.Me": clienttest.Equal(&elizon.Affiliate{
			Profile: elizon.AffiliateProfile{
				Code: "ADA10", Active: true, PayoutEnabled: true, CommissionRules: []elizon.CommissionRule{{Scope: "ALL", Percent: 10}},
				PayoutMethod: &elizon.PayoutMethod{Type: elizon.PayoutSEPA, IBAN: "DE00"},
				More:         map[string]payload{"tier": raw("2")},
			},
			Summary:             elizon.AffiliateSummary{Pending: 1250, Approved: 300, Paid: 99999, Currency: "EUR"},
			WithdrawableBalance: 300, More: map[string]payload{"minimumPayout": raw("2500")},
		}, func(ctx context.Context, c *client) (*elizon.Affiliate, error) { return c.Affiliates.Me(ctx) }),
		"Affiliates.Me, older name": clienttest.Equal(&elizon.Affiliate{Profile: elizon.AffiliateProfile{Code: "ADA10"}, Summary: elizon.AffiliateSummary{Currency: "EUR"}},
			func(ctx context.Context, c *client) (*elizon.Affiliate, error) { return c.Affiliates.Me(ctx) }),
		"Affiliates.Commissions": clienttest.Listed([]*elizon.AffiliateEntry{
			{ID: "com_1", Amount: 1250, Currency: "EUR", Status: "pending", CreatedAt: noted},
			{ID: "com_2", Amount: 99, Status: "paid"},
		}, func(ctx context.Context, c *client) iter.Seq2[*elizon.AffiliateEntry, error] {
			return c.Affiliates.Commissions(ctx, 50)
		}),
		"Affiliates.ConvertToCredit": tells(`{"success": true, "converted": 300}`, func(ctx context.Context, c *client) (payload, error) {
			return c.Affiliates.ConvertToCredit(ctx, map[string]any{"amount": 300})
		}),
		"Affiliates.CouponUsage": tells(`{"success": true, "used": 4}`, func(ctx context.Context, c *client) (payload, error) {
			return c.Affiliates.CouponUsage(ctx)
		}),
		"Affiliates.Validate": clienttest.Equal(&elizon.Referral{Code: "ADA10", Name: "Ada"}, func(ctx context.Context, c *client) (*elizon.Referral, error) {
			return c.Affiliates.Validate(ctx, "ADA10")
		}),
		"Affiliates.ConfirmCreditNote": tells(success, func(ctx context.Context, c *client) (payload, error) {
			return c.Affiliates.ConfirmCreditNote(ctx, "cn_1")
		}),
		"Affiliates.PreviewCreditNote": tells(`{"success": true, "total": 300}`, func(ctx context.Context, c *client) (payload, error) {
			return c.Affiliates.PreviewCreditNote(ctx)
		}),
		"Affiliates.CreditNotes": tells(`{"success": true, "creditNotes": [{"id": "cn_1"}]}`, func(ctx context.Context, c *client) (payload, error) {
			return c.Affiliates.CreditNotes(ctx)
		}),
		"Affiliates.DownloadCreditNote": saves(elizon.Download{ContentType: "application/pdf", Name: "GS-1.pdf"}, "%PDF-1.7 placeholder",
			func(ctx context.Context, c *client, w io.Writer) (*elizon.Download, error) {
				return c.Affiliates.DownloadCreditNote(ctx, "cn_1", w, 0)
			}),
		"Affiliates.SetPayoutMethod": clienttest.Succeeds(func(ctx context.Context, c *client) error {
			return c.Affiliates.SetPayoutMethod(ctx, &elizon.PayoutMethodSetRequest{
				Type: elizon.PayoutSEPA, IBAN: "DE00 0000 0000 0000 0000 00", BIC: "EXAMPLEXXX", AccountHolder: "Ada Example",
			})
		}),
		"Affiliates.SetPayoutMethod, PayPal": clienttest.Succeeds(func(ctx context.Context, c *client) error {
			return c.Affiliates.SetPayoutMethod(ctx, &elizon.PayoutMethodSetRequest{Type: elizon.PayoutPayPal, PayPalEmail: "ada@example.com"})
		}),
		"Affiliates.PayoutRequests": clienttest.Listed([]*elizon.AffiliateEntry{
			{ID: "pay_1", Amount: 2500, Status: "approved"},
		}, func(ctx context.Context, c *client) iter.Seq2[*elizon.AffiliateEntry, error] {
			return c.Affiliates.PayoutRequests(ctx, 20)
		}),
		"Affiliates.RequestPayout": tells(`{"success": true, "request": {"id": "pay_2"}}`, func(ctx context.Context, c *client) (payload, error) {
			return c.Affiliates.RequestPayout(ctx, map[string]any{"amount": 2500})
		}),
		"Affiliates.TaxInfo": clienttest.Equal(&elizon.AffiliateTaxInfo{TaxInfo: raw(`{"ustId": "DE000000000"}`), Profile: raw(`{"firstName": "Ada"}`)},
			func(ctx context.Context, c *client) (*elizon.AffiliateTaxInfo, error) {
				return c.Affiliates.TaxInfo(ctx)
			}),
		"Affiliates.TaxInfo, none": clienttest.Equal(&elizon.AffiliateTaxInfo{}, func(ctx context.Context, c *client) (*elizon.AffiliateTaxInfo, error) {
			return c.Affiliates.TaxInfo(ctx)
		}),
		"Affiliates.UpdateTaxInfo": tells(success, func(ctx context.Context, c *client) (payload, error) {
			return c.Affiliates.UpdateTaxInfo(ctx, &elizon.TaxInfoUpdateRequest{VATID: new("DE000000000"), TaxNumber: new(""), SmallBusiness: new(false)})
		}),
	}
}
