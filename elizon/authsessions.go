package elizon

import (
	"context"
	"iter"
	"time"
)

// AuthSessionsService manages the sessions of the account.
type AuthSessionsService struct{ c *Client }

// Session is one sign-in of the account.
type Session struct {
	ID           string    `wire:"id,required"`
	UserAgent    string    `wire:"userAgent"`
	IP           string    `wire:"ip"`
	CreatedAt    time.Time `wire:"createdAt"`
	LastActiveAt time.Time `wire:"lastActiveAt"`
	// Current is set for the session that makes the request.
	Current bool `wire:"isCurrent"`
}

// List yields the active sessions: GET /api/auth/sessions.
func (s *AuthSessionsService) List(ctx context.Context) iter.Seq2[*Session, error] {
	return all[Session](ctx, s.c.ask(authSessions), "sessions")
}

// Revoke ends a session: DELETE /api/auth/sessions. The endpoint can also end all other sessions at
// once; how to ask for that is undocumented.
func (s *AuthSessionsService) Revoke(ctx context.Context, id string) error {
	return done(ctx, s.c.ask(authRevoke).id("id", "id", id))
}
