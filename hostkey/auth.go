package hostkey

import (
	"context"
	"errors"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// A repeated sign-in does no harm, since the first token expires by itself. It is therefore retried
// like a read.
var authLogin = asRead(act("auth", "login", "Auth.Login", "sign in", ClassWrite).public().sensitive())

var (
	authWHMCSLogin   = asRead(act("auth", "whmcslogin", "Auth.WHMCSLogin", "sign in with password", ClassWrite).public().sensitive())
	authInfo         = act("auth", "info", "Auth.Info", "get session", ClassRead).sensitive()
	authLogout       = act("auth", "logout", "Auth.Logout", "sign out", ClassWrite).idempotent()
	auth2FACheck     = act("auth", "2fa_check", "Auth.TwoFactorCheck", "check second factor", ClassRead).sensitive()
	auth2FAResend    = act("auth", "2fa_resend", "Auth.TwoFactorResend", "send code of second factor", ClassWrite).sensitive()
	authBillingList  = act("auth", "billing_list", "Auth.BillingList", "list billing systems", ClassRead)
	authEmailCheck   = act("auth", "email_check", "Auth.EmailCheck", "check email address", ClassWrite).sensitive()
	authFlipTag      = act("auth", "flip_tag", "Auth.FlipTag", "flip tag of user", ClassWrite)
	authGetLog       = act("auth", "get_log", "Auth.Log", "get log of sign-ins", ClassRead).sensitive()
	authGetLogDetail = act("auth", "get_log_details", "Auth.LogDetails", "get details of sign-ins", ClassRead).sensitive()
	authGitHubInit   = act("auth", "github_init", "Auth.GitHubInit", "prepare sign-in with GitHub", ClassRead).sensitive()
	authGitHubSignIn = act("auth", "github_signin", "Auth.GitHubSignIn", "sign in with GitHub", ClassWrite).sensitive()
	authGoogleSignIn = act("auth", "google_signin", "Auth.GoogleSignIn", "sign in with Google", ClassWrite).sensitive()
	authIPALogin     = act("auth", "ipalogin", "Auth.IPALogin", "sign in with IPA", ClassWrite).sensitive()
	authSessionReset = act("auth", "session_reset", "Auth.SessionReset", "end all sessions of user", ClassDestroy).sensitive()
	authSetTag       = act("auth", "set_tag", "Auth.SetTag", "set tag of customer", ClassWrite)
	authTGVerify     = act("auth", "tg_verify", "Auth.TelegramVerify", "link Telegram to user", ClassWrite).sensitive()
	authVKInit       = act("auth", "vk_init", "Auth.VKInit", "prepare sign-in with VK", ClassWrite).sensitive()
	authVKSignIn     = act("auth", "vk_signin", "Auth.VKSignIn", "sign in with VK", ClassWrite).sensitive()
)

func asRead(a action) action {
	a.Effect = rest.Read
	return a
}

// AuthService signs in, and manages sessions. The client signs in by itself with its key; the other
// kinds of sign-in are those of the panel's web page.
type AuthService struct{ c *Client }

// AuthLoginRequest signs in with an API key.
type AuthLoginRequest struct {
	// Key is required.
	Key provider.Secret `url:"key"`
	// TTL is the lifetime of the token in whole seconds; 0 leaves it to the server.
	TTL time.Duration `url:"-"`
	// FixIP binds the token to the address that signs in; nil leaves it to the server.
	FixIP *bool `url:"fix_ip,int,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// AuthWHMCSLoginRequest signs in with the name and password of the billing panel.
type AuthWHMCSLoginRequest struct {
	// User (an e-mail address) and Password are required.
	User     string          `url:"user"`
	Password provider.Secret `url:"password"`
	// TTL and FixIP are as in AuthLoginRequest.
	TTL   time.Duration `url:"-"`
	FixIP *bool         `url:"fix_ip,int,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// Login signs in with any key and returns the session: POST /auth.php, action login. It does not
// affect the client's own calls, which use the client's key: see Client.SignIn.
//
// Errors match ErrKeyInvalid, ErrKeyDisabled, ErrNoServers and provider.ErrIPNotAllowed.
func (s *AuthService) Login(ctx context.Context, req *AuthLoginRequest) (*Session, error) {
	if req == nil {
		return nil, authLogin.RefuseNil()
	}
	var problems provider.Problems
	problems.Required("Key", req.Key.Reveal())
	checkTTL(&problems, req.TTL)
	if err := authLogin.Refuse("", problems); err != nil {
		return nil, err
	}
	return s.c.login(ctx, req)
}

// login signs in with a request that has been checked.
func (c *Client) login(ctx context.Context, req *AuthLoginRequest) (*Session, error) {
	call, form, err := formOf(authLogin, nil, "", req, req.Extra)
	if err != nil {
		return nil, err
	}
	if req.TTL > 0 {
		form.Set("ttl", seconds(req.TTL))
	}
	call.Secrets, call.Classify = append(call.Secrets, req.Key), classifySignIn
	return fetch[Session](ctx, c, authLogin, call)
}

// PasswordSession is the answer to a sign-in with name and password.
type PasswordSession struct {
	// Token replaces name and password until Expires, once TwoFactor is passed.
	Token   provider.Secret `wire:"token,required,strict"`
	Expires time.Time       `wire:"token_expire"`
	// TwoFactor is set if a second factor is required.
	TwoFactor bool `wire:"2fa|twofa,loose"`
	// Currency is a code such as "EUR", WHMCSLocation the billing system: "whmcs_com".
	Currency      string `wire:"currency_code"`
	WHMCSLocation string `wire:"whmcs_location"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

var _ = wire.Read(func(raw []byte, s *PasswordSession) error {
	return wire.Options{Envelope: beside}.Fill(sessionIn(raw), s)
})

// WHMCSLogin signs in with name and password: POST /auth.php, action whmcslogin.
func (s *AuthService) WHMCSLogin(ctx context.Context, req *AuthWHMCSLoginRequest) (*PasswordSession, error) {
	if req == nil {
		return nil, authWHMCSLogin.RefuseNil()
	}
	var problems provider.Problems
	problems.Required("User", req.User)
	problems.Required("Password", req.Password.Reveal())
	checkTTL(&problems, req.TTL)
	call, form, err := formOf(authWHMCSLogin, problems, "", req, req.Extra)
	if err != nil {
		return nil, err
	}
	if req.TTL > 0 {
		form.Set("ttl", seconds(req.TTL))
	}
	call.Secrets, call.Classify = append(call.Secrets, req.Password), classifySignIn
	return fetch[PasswordSession](ctx, s.c, authWHMCSLogin, call)
}

// Info returns who is signed in, with which rights, and the servers: POST /auth.php, action info.
func (s *AuthService) Info(ctx context.Context) (*Session, error) {
	info, err := fetch[sessionInfo](ctx, s.c, authInfo, &rest.Call{})
	if err != nil {
		return nil, err
	}
	return &info.Session, nil
}

// Logout ends the client's token: POST /auth.php, action logout. Without a token it does nothing.
// The next call signs in again.
func (s *AuthService) Logout(ctx context.Context) error {
	token := s.c.sessions.held()
	if token.IsZero() {
		return nil
	}
	err := s.c.send(ctx, authLogout, &rest.Call{Out: new(confirmed[Ack])}, token)
	if err == nil || errors.Is(err, ErrTokenRejected) {
		s.c.sessions.forget(token)
		return nil
	}
	return err
}

// TwoFactorCheck checks the code of a second factor, for the client's own session: POST /auth.php, action
// 2fa_check. The code is sent as "user_token". Other fields and the answer are undocumented.
func (s *AuthService) TwoFactorCheck(ctx context.Context, code provider.Secret, extra map[string]any) (provider.Payload, error) {
	return s.byUserToken(ctx, auth2FACheck, code, extra)
}

// TwoFactorResend sends the code of a second factor again, for the client's own session: POST /auth.php,
// action 2fa_resend. What userToken is here is undocumented, and so are other fields and the answer, which
// contains the code if the user is being debugged.
func (s *AuthService) TwoFactorResend(ctx context.Context, userToken provider.Secret, extra map[string]any) (provider.Payload, error) {
	return s.byUserToken(ctx, auth2FAResend, userToken, extra)
}

// byUserToken performs an action on the session of a user, whose answer is undocumented.
func (s *AuthService) byUserToken(ctx context.Context, a action, userToken provider.Secret, extra map[string]any) (provider.Payload, error) {
	var problems provider.Problems
	problems.Required("userToken", userToken.Reveal())
	call, form, err := formOf(a, problems, "", nil, extra)
	if err != nil {
		return provider.Payload{}, err
	}
	form.Set("user_token", userToken.Reveal())
	call.Secrets = append(call.Secrets, userToken)
	return s.c.unknown(ctx, a, call)
}

// BillingList lists the billing systems that the user can use: POST /auth.php, action billing_list.
// Fields and answer are undocumented.
func (s *AuthService) BillingList(ctx context.Context, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownFields(ctx, authBillingList, extra)
}

// EmailCheck checks an e-mail address, sends a code to it or checks that code: POST /auth.php,
// action email_check. Fields and answer are undocumented.
func (s *AuthService) EmailCheck(ctx context.Context, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownFields(ctx, authEmailCheck, extra)
}

// FlipTag sets a tag of the user, or removes it if it is set: POST /auth.php, action flip_tag. A
// second call undoes the first, so it is never retried. Fields and answer are undocumented.
func (s *AuthService) FlipTag(ctx context.Context, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownFields(ctx, authFlipTag, extra)
}

// SetTag sets or removes a tag of the customer, such as auto_credit: POST /auth.php, action
// set_tag. Fields and answer are undocumented.
func (s *AuthService) SetTag(ctx context.Context, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownFields(ctx, authSetTag, extra)
}

// Log lists sign-ins of a period or by a token: POST /auth.php, action get_log. Fields and answer
// are undocumented.
func (s *AuthService) Log(ctx context.Context, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownFields(ctx, authGetLog, extra)
}

// LogDetails returns details of a user's sign-ins by the user's token: POST /auth.php, action
// get_log_details. Other fields and the answer are undocumented.
func (s *AuthService) LogDetails(ctx context.Context, userToken provider.Secret, extra map[string]any) (provider.Payload, error) {
	return s.byUserToken(ctx, authGetLogDetail, userToken, extra)
}

// GitHubPage is what a web page needs to sign in with GitHub.
type GitHubPage struct {
	ClientID    string `wire:"client_id,required"`
	RedirectURI string `wire:"redirect_uri"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// VKPage is what a web page needs to sign in with VK.
type VKPage struct {
	CodeChallenge string `wire:"code_challenge,required"`
	// State is compared by the page that VK leads back to.
	State provider.Secret `wire:"state"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

var (
	_ = wire.Read(func(raw []byte, p *GitHubPage) error { return wire.Options{Envelope: beside}.Fill(sessionIn(raw), p) })
	_ = wire.Read(func(raw []byte, p *VKPage) error { return wire.Options{Envelope: beside}.Fill(sessionIn(raw), p) })
)

// GitHubInit returns what a web page needs to sign in with GitHub: POST /auth.php, action
// github_init. Its fields are undocumented.
func (s *AuthService) GitHubInit(ctx context.Context, extra map[string]any) (*GitHubPage, error) {
	call, _, err := formOf(authGitHubInit, nil, "", nil, extra)
	if err != nil {
		return nil, err
	}
	return fetch[GitHubPage](ctx, s.c, authGitHubInit, call)
}

// GitHubSignIn links a GitHub account to the user: POST /auth.php, action github_signin. Fields and
// answer are undocumented.
func (s *AuthService) GitHubSignIn(ctx context.Context, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownFields(ctx, authGitHubSignIn, extra)
}

// GoogleSignIn signs in with a Google token, or links the account: POST /auth.php, action
// google_signin. Fields and answer are undocumented.
func (s *AuthService) GoogleSignIn(ctx context.Context, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownFields(ctx, authGoogleSignIn, extra)
}

// IPALogin signs in the vendor's staff: POST /auth.php, action ipalogin. Fields and answer are
// undocumented.
func (s *AuthService) IPALogin(ctx context.Context, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownFields(ctx, authIPALogin, extra)
}

// SessionReset ends all sessions that belong to a reset token: POST /auth.php, action
// session_reset. Fields and answer are undocumented.
func (s *AuthService) SessionReset(ctx context.Context, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownFields(ctx, authSessionReset, extra)
}

// TelegramVerify links a Telegram name to the user: POST /auth.php, action tg_verify. Fields and
// answer are undocumented.
func (s *AuthService) TelegramVerify(ctx context.Context, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownFields(ctx, authTGVerify, extra)
}

// VKInit returns what a web page needs to sign in with VK: POST /auth.php, action vk_init. Its fields are
// undocumented.
func (s *AuthService) VKInit(ctx context.Context, extra map[string]any) (*VKPage, error) {
	call, _, err := formOf(authVKInit, nil, "", nil, extra)
	if err != nil {
		return nil, err
	}
	return fetch[VKPage](ctx, s.c, authVKInit, call)
}

// VKSignIn signs in with VK: POST /auth.php, action vk_signin. Fields and answer are undocumented.
func (s *AuthService) VKSignIn(ctx context.Context, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownFields(ctx, authVKSignIn, extra)
}

func checkTTL(problems *provider.Problems, ttl time.Duration) {
	if ttl < 0 || ttl > 0 && ttl < time.Second {
		problems.Add("TTL", "must be at least a second")
	}
}

func seconds(d time.Duration) string { return idText(int64(d / time.Second)) }

// sessionInfo is a Session without its token, which some servers leave out here.
type sessionInfo struct{ Session }

var _ = wire.Read(func(raw []byte, s *sessionInfo) error {
	err := s.fill(raw, true)
	if err == nil && s.Token.IsZero() && s.Role == "" && s.CustomerID == 0 && s.WHMCSID == 0 {
		err = wire.Lacks("role")
	}
	return err
})
