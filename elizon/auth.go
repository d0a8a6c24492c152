package elizon

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// AuthService signs in, and manages the profile of the account. Calls that sign in send no
// credentials; all others need a session: see WithSessionToken.
type AuthService struct {
	c *Client

	// Sessions of the account.
	Sessions *AuthSessionsService
	// TwoFactor is the second factor by one-time codes, and its backup codes.
	TwoFactor *TwoFactorService
	// Passkeys of the account.
	Passkeys *PasskeysService
	// OAuth signs in through other providers.
	OAuth *OAuthService
}

func newAuth(c *Client) *AuthService {
	return &AuthService{
		c: c, Sessions: &AuthSessionsService{c}, TwoFactor: &TwoFactorService{c}, Passkeys: &PasskeysService{c}, OAuth: &OAuthService{c},
	}
}

// AccountType is who an account belongs to.
type AccountType = string

// Account types.
const (
	AccountPrivate  AccountType = "PRIVATE"
	AccountBusiness AccountType = "BUSINESS"
)

// AuthRegisterRequest describes a new account. All fields but VATNumber, CompanyName and
// NewsletterOptIn are required.
type AuthRegisterRequest struct {
	Email string `wire:"email,required"`
	// Password needs 8 characters, upper and lower case letters and a digit.
	Password  provider.Secret `wire:"password,required"`
	FirstName string          `wire:"firstName,required"`
	LastName  string          `wire:"lastName,required"`
	// Locale is the language, such as "en".
	Locale      string      `wire:"locale,required"`
	AccountType AccountType `wire:"accountType,required"`
	// Country has two letters.
	Country         string `wire:"country,required"`
	Street          string `wire:"street,required"`
	City            string `wire:"city,required"`
	ZIP             string `wire:"zip,required"`
	VATNumber       string `wire:"vatNumber"`
	CompanyName     string `wire:"companyName"`
	NewsletterOptIn bool   `wire:"newsletterOptIn"`
	// Extra fields, sent as they are; secrets in them are revealed.
	Extra map[string]any `wire:",extra"`
}

// Registration is the result of an AuthRegisterRequest.
type Registration struct {
	// Token of a session; "" if the address has to be verified first.
	Token provider.Secret `wire:"token"`
	// User may be nil.
	User                 *User `wire:"user"`
	RequiresVerification bool  `wire:"requiresVerification"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// AuthLoginRequest signs in with e-mail and password.
type AuthLoginRequest struct {
	Email      string          `wire:"email,required"`
	Password   provider.Secret `wire:"password,required"`
	RememberMe bool            `wire:"rememberMe,always"`
	// TwoFactorCode is empty in the first attempt.
	TwoFactorCode provider.Secret `wire:"twoFactorCode"`
	// Extra fields, sent as they are; secrets in them are revealed.
	Extra map[string]any `wire:",extra"`
}

// Login is the result of an AuthLoginRequest.
type Login struct {
	// Token of the session, for WithSessionToken; "" if RequiresTwoFactor is set.
	Token provider.Secret `wire:"token"`
	// User may be nil.
	User *User `wire:"user"`
	// RequiresTwoFactor asks for the same request with a TwoFactorCode. The user is not signed in
	// yet.
	RequiresTwoFactor bool `wire:"requiresTwoFactor"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// PasswordChangeRequest replaces the password of the account.
type PasswordChangeRequest struct {
	CurrentPassword provider.Secret `wire:"currentPassword,required"`
	NewPassword     provider.Secret `wire:"newPassword,required"`
	// Extra fields, sent as they are; secrets in them are revealed. The name of the field for the
	// second factor, if there is one, is undocumented.
	Extra map[string]any `wire:",extra"`
}

// Register creates an account: POST /api/auth/register. The platform sends a mail with a code for
// Activate.
func (s *AuthService) Register(ctx context.Context, req *AuthRegisterRequest) (*Registration, error) {
	r := s.c.ask(authRegister).with(req)
	if req != nil && !req.Password.IsZero() && !strong(req.Password.Reveal()) {
		r.problem("Password", "needs 8 characters, upper and lower case letters and a digit")
	}
	return fetch[Registration](ctx, r)
}

// strong implements the documented rule for new accounts. The rule is stated in words, so letters
// of other alphabets get the benefit of the doubt.
func strong(password string) bool {
	return utf8.RuneCountInString(password) >= 8 && strings.ContainsFunc(password, unicode.IsUpper) &&
		strings.ContainsFunc(password, unicode.IsLower) && strings.ContainsFunc(password, unicode.IsDigit)
}

// Login signs in: POST /api/auth/login. If the account has a second factor, the result has
// RequiresTwoFactor set, whether the platform asks for the code in a success or in an error.
func (s *AuthService) Login(ctx context.Context, req *AuthLoginRequest) (*Login, error) {
	d := &loginAnswer{}
	r := s.c.ask(authLogin).with(req)
	r.call.Classify = d.classify
	err := r.send(ctx, func(call *rest.Call) { call.Out = d })
	switch {
	case d.asks != nil:
		return d.asks, nil
	case err != nil:
		return nil, err
	}
	return d.one.out, nil
}

// loginAnswer reads an answer to Login, even from an error.
type loginAnswer struct {
	one[Login]
	asks *Login
}

// classify keeps an error that asks for the second factor.
func (d *loginAnswer) classify(a *rest.Answer) *rest.Failure {
	d.asks = nil
	refused := classify(a)
	if refused == nil && a.Status/100 == 2 || a.Status >= 500 || a.Status/100 == 3 {
		return refused
	}
	var login Login
	if body := rest.Content(a.Body); len(body) > 0 && decode(body, &login) == nil && login.RequiresTwoFactor && login.Token.IsZero() {
		d.asks = &login
	}
	return refused
}

func (d *loginAnswer) DecodeAnswer(a *rest.Answer) error {
	if err := d.one.DecodeAnswer(a); err != nil {
		return err
	}
	if l := d.out; l.Token.IsZero() && l.User == nil && !l.RequiresTwoFactor {
		return wire.Lacks("token")
	}
	return nil
}

// RequestCode asks for a login code by e-mail: POST /api/auth/code (method inferred). What it does
// is assumed from its name; fields are undocumented. Secrets among the fields are
// revealed.
func (s *AuthService) RequestCode(ctx context.Context, fields map[string]any) (*Confirmation, error) {
	return confirmed(ctx, s.c.ask(authCode).body(fields))
}

// VerifyCode finishes a login with the 6-digit code of a mail: POST /api/auth/verify-code (method
// inferred). The names of the fields are taken from error texts of the vendor's app. It opens a
// session; that the answer has its token as that of Login does is assumed. extra fields are sent as they are.
func (s *AuthService) VerifyCode(ctx context.Context, email string, code provider.Secret, extra map[string]any) (*Login, error) {
	return fetch[Login](ctx, s.c.ask(authVerifyCode).with(&codeRequest{Email: &email, Code: code, Extra: extra}).require("email", email))
}

// codeRequest sends a code that came by mail.
type codeRequest struct {
	Email *string         `wire:"email"`
	Code  provider.Secret `wire:"code,required"`
	Extra map[string]any  `wire:",extra"`
}

// ForgotPassword asks for a mail with a token for ResetPassword: POST /api/auth/forgot-password
// (method inferred). The name of the field, "email", is assumed to be that of Login. extra fields
// are sent as they are.
func (s *AuthService) ForgotPassword(ctx context.Context, email string, extra map[string]any) (*Confirmation, error) {
	return confirmed(ctx, s.c.ask(authForgot).require("email", email).with(&struct {
		Email string         `wire:"email"`
		Extra map[string]any `wire:",extra"`
	}{email, extra}))
}

// CheckResetToken asks whether a token for ResetPassword is still valid: GET
// /api/auth/reset-password (method inferred). That it is in the query as "token" is assumed; the
// answer is undocumented.
func (s *AuthService) CheckResetToken(ctx context.Context, token provider.Secret) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(authCheckReset).require("token", token.Reveal()).arg("token", token.Reveal()).hide(token))
}

// ResetPassword sets a new password with the token of a mail: POST /api/auth/reset-password (method
// inferred). The names of the fields are taken from error texts of the vendor's app.
func (s *AuthService) ResetPassword(ctx context.Context, token, password provider.Secret) (*Confirmation, error) {
	return confirmed(ctx, s.c.ask(authReset).with(&struct {
		Token    provider.Secret `wire:"token,required"`
		Password provider.Secret `wire:"password,required"`
	}{token, password}))
}

// VerifyEmail confirms an e-mail address with the token of a mail: PUT /api/auth/verify-email. This
// method is the least certain of the API: GET and PATCH would fit the wording too. The name of the
// field is taken from an error text of the vendor's app.
func (s *AuthService) VerifyEmail(ctx context.Context, token provider.Secret) (*Confirmation, error) {
	return confirmed(ctx, s.c.ask(authVerifyEmail).with(&struct {
		Token provider.Secret `wire:"token,required"`
	}{token}))
}

// ChangePassword replaces the password: POST /api/auth/change-password.
func (s *AuthService) ChangePassword(ctx context.Context, req *PasswordChangeRequest) error {
	return done(ctx, s.c.ask(authChangePassword).with(req))
}

// Activate activates a new account with the 6-digit code of a mail: POST /api/auth/verify-account
// (method inferred). The name of the field, "code", is assumed to be that of VerifyCode. extra
// fields are sent as they are.
func (s *AuthService) Activate(ctx context.Context, code provider.Secret, extra map[string]any) (*Confirmation, error) {
	return confirmed(ctx, s.c.ask(authActivate).with(&codeRequest{Code: code, Extra: extra}))
}

// ResendActivation sends the code for Activate again, at most once in 60 seconds: POST
// /api/auth/verify-account/resend (method inferred).
func (s *AuthService) ResendActivation(ctx context.Context) (*Confirmation, error) {
	return confirmed(ctx, s.c.ask(authResendCode).body(nil))
}

// ResendVerification sends the link for VerifyEmail again: POST /api/auth/verify-email (method
// inferred).
func (s *AuthService) ResendVerification(ctx context.Context) (*Confirmation, error) {
	return confirmed(ctx, s.c.ask(authResendLink).body(nil))
}
