package keyhelptest

import (
	"net/http"
	"time"

	"github.com/provkit/provkit/internal/emulator"
)

// createSession is the documented sign-on: a token that the caller puts into /login?token=.
func createSession(c *call) reply {
	client := c.owner("id_client")
	if bad, refused := c.refused(); refused {
		return bad
	}
	session := c.newSession(client, "")
	return created(row{"token": session.Token, "expires_at": documentedTime(session.ExpiresAt)})
}

// loginURL is the live sign-on: a complete URL.
func loginURL(c *call) reply {
	client := pick(c, c.st.clients)
	if client == nil {
		return c.notFound("client")
	}
	session := c.newSession(client, emulator.Address(c.r)+signOnPath)
	return ok(row{"url": session.URL})
}

// newSession adds a session, whose URL is the token below an address that has been given.
func (c *call) newSession(client *Client, address string) Session {
	session := Session{
		ClientID: client.ID, Token: c.tokens.Next(50, emulator.LowerAlphanumeric),
		CreatedAt: c.now, ExpiresAt: c.now.Add(sessionLifetime),
	}
	if address != "" {
		session.URL = address + session.Token
	}
	c.st.sessions = append(c.st.sessions, session)
	c.st.links.Add(session.Token, emulator.Link{Until: session.ExpiresAt, Open: func(now time.Time) string {
		return c.st.signIn(session.Token, now)
	}})
	return session
}

// signIn opens a session for a browser, and returns what the page says.
func (st *state) signIn(token string, now time.Time) string {
	for i := range st.sessions { // those of removed clients are gone
		if st.sessions[i].Token == token {
			st.sessions[i].OpenedAt = now
			return "Signed in as " + st.clients.Get(st.sessions[i].ClientID).Username + "."
		}
	}
	return ""
}

// isLogin reports whether a path is where sign-ons lead, with the token in the query: the documented
// one, and that of a live URL.
func isLogin(path string) bool { return path == "/login" || signOnPath == path+"?token=" }

// openLink is the page behind a sign-on.
func (s *Server) openLink(r *http.Request) emulator.Page {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.st.links.Open(r.Method, r.URL.Query().Get("token"), s.cfg.clock.Now())
}
