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
	// Role is open: "USER", "SUPPORT", "ADMIN".
	Role string `wire:"role"`
	// AccountType is open: AccountPrivate, AccountBusiness.
	AccountType AccountType `wire:"accountType"`
	CompanyName string      `wire:"companyName"`
	VATNumber   string      `wire:"vatNumber"`
	Phone       string      `wire:"phone"`
	Locale      string      `wire:"locale"`
	// Balance is "" where it is not told.
	Balance EUR `wire:"balance"`
	// NetPoints is nil where the balance of points is not told.
	NetPoints        *float64 `wire:"netPointsBalance,loose"`
	EmailVerified    bool     `wire:"emailVerified"`
	TwoFactorEnabled bool     `wire:"twoFactorEnabled"`
	IdentVerified    bool     `wire:"identVerified"`
	// More fields that the answer holds, flags of notifications among them.
	More map[string]provider.Payload `wire:",extra"`
}

// ProfileUpdateRequest changes a profile. nil leaves a field alone.
type ProfileUpdateRequest struct {
	FirstName   *string `wire:"firstName"`
	LastName    *string `wire:"lastName"`
	Nickname    *string `wire:"nickname"`
	Phone       *string `wire:"phone"`
	Locale      *string `wire:"locale"`
	CompanyName *string `wire:"companyName"`
	VATNumber   *string `wire:"vatNumber"`
	// AcknowledgeReverification accepts that after a change of the name the identity
	// has to be verified again.
	AcknowledgeReverification bool `wire:"acknowledgeNameChangeReverification"`
	// Extra fields, sent as they are.
	Extra map[string]any `wire:",extra"`
}

// Me reads the profile with its balances: GET /api/auth/me.
func (s *AuthService) Me(ctx context.Context) (*User, error) {
	return fetch[User](ctx, s.c.ask(authMe), "user")
}

// UpdateMe changes the profile: PUT /api/auth/me. The answer is undocumented.
func (s *AuthService) UpdateMe(ctx context.Context, req *ProfileUpdateRequest) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(authUpdateMe).changing(req))
}

// PatchMe changes the profile in part: PATCH /api/auth/me (method inferred). Fields and
// answer are undocumented, and so is what it does that UpdateMe does not.
func (s *AuthService) PatchMe(ctx context.Context, fields map[string]any) (provider.Payload, error) {
	r := s.c.ask(authPatchMe).freely(fields)
	r.problems.Some("fields", len(fields))
	return unknown(ctx, r)
}

// CurrentSession reads the current user and session: GET /api/auth/session (method
// inferred). Its fields are undocumented.
func (s *AuthService) CurrentSession(ctx context.Context) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(authSession))
}

// Logout ends the session whose token this client has: POST /api/auth/logout. No other
// session is touched; after it the client reaches nothing that wants a session.
func (s *AuthService) Logout(ctx context.Context) error {
	return done(ctx, s.c.ask(authLogout).body(nil))
}

// EndEverySession signs the account out everywhere, on all devices and in this client:
// DELETE /api/auth/logout. To end one session use Sessions.Revoke, to end one's own use
// Logout. The reference lists the endpoint as public; it cannot know whose sessions to
// end without one, so this client sends it.
func (s *AuthService) EndEverySession(ctx context.Context) error {
	return done(ctx, s.c.ask(authLogoutAll))
}
