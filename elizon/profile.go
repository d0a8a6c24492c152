package elizon

import (
	"context"

	"github.com/provkit/provkit/provider"
)

// User is an account as its owner sees it.
type User struct {
	ID        string `wire:"id,required"`
	Email     string `wire:"email"`
	FirstName string `wire:"firstName"`
	LastName  string `wire:"lastName"`
	Nickname  string `wire:"nickname"`
	// Role is an open set: "USER", "SUPPORT", "ADMIN".
	Role string `wire:"role"`
	// AccountType is an open set: AccountPrivate, AccountBusiness.
	AccountType AccountType `wire:"accountType"`
	CompanyName string      `wire:"companyName"`
	VATNumber   string      `wire:"vatNumber"`
	Phone       string      `wire:"phone"`
	Locale      string      `wire:"locale"`
	// Balance is "" if the answer has none.
	Balance EUR `wire:"balance"`
	// NetPoints is the balance of points; nil if the answer has none.
	NetPoints        *float64 `wire:"netPointsBalance,loose"`
	EmailVerified    bool     `wire:"emailVerified"`
	TwoFactorEnabled bool     `wire:"twoFactorEnabled"`
	IdentVerified    bool     `wire:"identVerified"`
	// More fields that the answer contains, notification flags among them.
	More map[string]provider.Payload `wire:",extra"`
}

// ProfileUpdateRequest changes a profile. A nil field is left unchanged.
type ProfileUpdateRequest struct {
	FirstName   *string `wire:"firstName"`
	LastName    *string `wire:"lastName"`
	Nickname    *string `wire:"nickname"`
	Phone       *string `wire:"phone"`
	Locale      *string `wire:"locale"`
	CompanyName *string `wire:"companyName"`
	VATNumber   *string `wire:"vatNumber"`
	// AcknowledgeReverification accepts that the identity has to be verified again after a change
	// of the name.
	AcknowledgeReverification bool `wire:"acknowledgeNameChangeReverification"`
	// Extra fields, sent as they are.
	Extra map[string]any `wire:",extra"`
}

// Me reads the profile with its balances: GET /api/auth/me.
func (s *AuthService) Me(ctx context.Context) (*User, error) {
	return fetch[User](ctx, s.c.ask(authMe), "user")
}

// UpdateMe changes the profile: PUT /api/auth/me. It returns nil, nil if the platform does not answer
// with the profile.
func (s *AuthService) UpdateMe(ctx context.Context, req *ProfileUpdateRequest) (*User, error) {
	return changedUser(ctx, s.c.ask(authUpdateMe).changing(req))
}

// changedUser performs a change that may answer with the profile.
func changedUser(ctx context.Context, r *request) (*User, error) {
	answer, err := fetch[struct {
		User *User `wire:"user,loose"`
	}](ctx, r)
	if err != nil {
		return nil, err
	}
	return answer.User, nil
}

// PatchMe changes the profile in part: PATCH /api/auth/me (method inferred). Fields and the difference
// to UpdateMe are undocumented.
func (s *AuthService) PatchMe(ctx context.Context, fields map[string]any) (*User, error) {
	r := s.c.ask(authPatchMe).body(fields)
	r.problems.Some("fields", len(fields))
	return changedUser(ctx, r)
}

// CurrentSession is who is signed in. Either field may be nil.
type CurrentSession struct {
	User    *User    `wire:"user,loose"`
	Session *Session `wire:"session,loose"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// CurrentSession reads the current user and session: GET /api/auth/session (method inferred). The
// answer is undocumented: that it has the fields of User and Session is assumed.
func (s *AuthService) CurrentSession(ctx context.Context) (*CurrentSession, error) {
	return fetch[CurrentSession](ctx, s.c.ask(authSession))
}

// Logout ends the session whose token this client has: POST /api/auth/logout. Other sessions stay;
// the client no longer reaches endpoints that need a session.
func (s *AuthService) Logout(ctx context.Context) error {
	return done(ctx, s.c.ask(authLogout).body(nil))
}

// EndEverySession signs the account out everywhere, on all devices and in this client: DELETE
// /api/auth/logout. To end one session, use Sessions.Revoke; to end this client's own, use Logout.
// The reference lists the endpoint as public, but without a session it could not know whose
// sessions to end, so this client sends one.
func (s *AuthService) EndEverySession(ctx context.Context) error {
	return done(ctx, s.c.ask(authLogoutAll))
}
