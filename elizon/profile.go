package elizon

import "context"

// User is an account as its owner sees it.
type User struct {
	ID        string `elizon:"id,required"`
	Email     string `elizon:"email"`
	FirstName string `elizon:"firstName"`
	LastName  string `elizon:"lastName"`
	Nickname  string `elizon:"nickname"`
	// Role is open: "USER", "SUPPORT", "ADMIN".
	Role string `elizon:"role"`
	// AccountType is open: AccountPrivate, AccountBusiness.
	AccountType AccountType `elizon:"accountType"`
	CompanyName string      `elizon:"companyName"`
	VATNumber   string      `elizon:"vatNumber"`
	Phone       string      `elizon:"phone"`
	Locale      string      `elizon:"locale"`
	// Balance is "" where it is not told.
	Balance EUR `elizon:"balance"`
	// NetPoints is nil where the balance of points is not told.
	NetPoints        *float64 `elizon:"netPointsBalance,loose"`
	EmailVerified    bool     `elizon:"emailVerified"`
	TwoFactorEnabled bool     `elizon:"twoFactorEnabled"`
	IdentVerified    bool     `elizon:"identVerified"`
	// More fields that the answer holds, flags of notifications among them.
	More map[string]Payload `elizon:",extra"`
}

// ProfileUpdate changes a profile. nil leaves a field alone.
type ProfileUpdate struct {
	FirstName   *string `elizon:"firstName"`
	LastName    *string `elizon:"lastName"`
	Nickname    *string `elizon:"nickname"`
	Phone       *string `elizon:"phone"`
	Locale      *string `elizon:"locale"`
	CompanyName *string `elizon:"companyName"`
	VATNumber   *string `elizon:"vatNumber"`
	// AcknowledgeReverification accepts that after a change of the name the identity
	// has to be verified again.
	AcknowledgeReverification bool `elizon:"acknowledgeNameChangeReverification"`
	// Extra fields, sent as they are.
	Extra map[string]any `elizon:",extra"`
}

// Me reads the profile with its balances: GET /api/auth/me.
func (s *AuthService) Me(ctx context.Context) (*User, error) {
	return fetch[User](ctx, s.c.ask(authMe), "user")
}

// UpdateMe changes the profile: PUT /api/auth/me. The answer is undocumented.
func (s *AuthService) UpdateMe(ctx context.Context, req *ProfileUpdate) (Payload, error) {
	return unknown(ctx, s.c.ask(authUpdateMe).changing(req))
}

// PatchMe changes the profile in part: PATCH /api/auth/me (method inferred). Fields and
// answer are undocumented, and so is what it does that UpdateMe does not.
func (s *AuthService) PatchMe(ctx context.Context, fields map[string]any) (Payload, error) {
	r := s.c.ask(authPatchMe).freely(fields)
	if len(fields) == 0 {
		r.problem("fields", "required")
	}
	return unknown(ctx, r)
}

// CurrentSession reads the current user and session: GET /api/auth/session (method
// inferred). Its fields are undocumented.
func (s *AuthService) CurrentSession(ctx context.Context) (Payload, error) {
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
