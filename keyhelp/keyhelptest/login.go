package keyhelptest

import "github.com/provkit/provkit/internal/emulator"

// createSession is the documented sign-on: a token that the caller puts into /login?token=.
func createSession(c *call) reply {
	client := c.owner("id_client")
	if bad, refused := c.refused(); refused {
		return bad
	}
	session := c.newSession(client)
	c.st.sessions = append(c.st.sessions, session)
	return created(row{"token": session.Token, "expires_at": documentedTime(session.ExpiresAt)})
}

// loginURL is the live sign-on: a complete URL.
func loginURL(c *call) reply {
	client := pick(c, c.st.clients)
	if client == nil {
		return c.notFound("client")
	}
	session := c.newSession(client)
	session.URL = c.URL + signOnPath + session.Token
	c.st.sessions = append(c.st.sessions, session)
	return ok(row{"url": session.URL})
}

func (c *call) newSession(client *Client) Session {
	return Session{
		ClientID: client.ID, Token: c.tokens.Next(50, emulator.LowerAlphanumeric),
		CreatedAt: c.now, ExpiresAt: c.now.Add(sessionLifetime),
	}
}
