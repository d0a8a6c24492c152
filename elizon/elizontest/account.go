package elizontest

import (
	"maps"
	"net/http"
	"slices"
	"time"
)

// account is the customer.
type account struct {
	ID, Email, FirstName, LastName, Nickname string
	Phone, Locale, CompanyName, VATNumber    string
	Balance                                  Cents
	// NetPoints are points, each worth one cent.
	NetPoints int64

	password   string
	mandate    string // ID of the default one of the saved payment methods
	newsletter bool
	twoFactor  bool
	secret     string // of two-factor, while it is set up
	pin        string
	pinEnds    time.Time
	pinned     []time.Time // when PINs were made, lately
	settings   map[string]bool
	newEmail   string
	emailStep  int
}

func newAccount(id, password string, balance Cents) account {
	return account{
		ID: id, Email: accountEmail, FirstName: "Erika", LastName: "Mustermann", Locale: "de", Balance: balance, NetPoints: startPoints,
		password: password, settings: map[string]bool{
			"loginNotificationEmailOptIn": true, "emailNotifications": true, "notificationSoundEnabled": false,
			"servicePowerActionEmailOptIn": false,
		},
	}
}

// points returns what the NetPoints are worth.
func (a *account) points() Cents { return Cents(a.NetPoints) * pointValue }

// netPoints returns how many points pay for an amount.
func (c Cents) netPoints() int64 { return ceil(int64(c), int64(pointValue)) }

func (c *call) userRow() row {
	a := &c.st.account
	kind := "PRIVATE"
	if a.CompanyName != "" {
		kind = "BUSINESS"
	}
	user := row{
		"id": a.ID, "email": a.Email, "firstName": a.FirstName, "lastName": a.LastName, "nickname": orNil(a.Nickname), "role": "USER",
		"accountType": kind, "companyName": orNil(a.CompanyName), "vatNumber": orNil(a.VATNumber), "phone": orNil(a.Phone),
		"locale": a.Locale, "balance": a.Balance.euro(), "netPointsBalance": a.NetPoints, "emailVerified": true,
		"twoFactorEnabled": a.twoFactor, "identVerified": false,
	}
	for name, on := range a.settings {
		user[name] = on
	}
	return user
}

func getMe(c *call) reply { return ok(row{"user": c.userRow()}) }

// updateMe handles both PUT and PATCH.
func updateMe(c *call) reply {
	a := c.st.account
	c.texts(map[string]*string{
		"firstName": &a.FirstName, "lastName": &a.LastName, "nickname": &a.Nickname, "phone": &a.Phone, "locale": &a.Locale,
		"companyName": &a.CompanyName, "vatNumber": &a.VATNumber,
	})
	if a.FirstName == "" || a.LastName == "" {
		c.blame("firstName and lastName must not be empty")
	}
	if bad, refused := c.refused(); refused {
		return bad
	}
	c.st.account = a
	return getMe(c)
}

func getSession(c *call) reply {
	return ok(row{"user": c.userRow(), "session": c.sessionRow(c.who.session)})
}

func (c *call) sessionRow(s *session) row {
	return row{
		"id": s.ID, "userAgent": s.UserAgent, "ip": "192.0.2.1", "createdAt": stamp(s.CreatedAt), "lastActiveAt": stamp(s.LastActiveAt),
		"isCurrent": s == c.who.session,
	}
}

func listSessions(c *call) reply {
	return ok(row{"sessions": rows(c.st.sessions.Rows, c.sessionRow)})
}

// deleteSessions ends one session, or all others.
func deleteSessions(c *call) reply {
	id := c.r.URL.Query().Get("id")
	if id != "" {
		s := c.st.sessions.Get(id)
		if s == nil {
			return notFound(codeNoSession, "Session")
		}
		if s == c.who.session {
			return bad(codeOwnSession, "Use logout for the current session")
		}
		c.st.endSession(s)
		return succeeded()
	}
	for _, s := range c.st.sessions.Where(func(s *session) bool { return s != c.who.session }) {
		c.st.endSession(s)
	}
	return succeeded()
}

func updateSettings(c *call) reply {
	for _, name := range slices.Sorted(maps.Keys(c.st.account.settings)) {
		if on, there := c.body.Bool(name); there {
			c.st.account.settings[name] = on
		}
	}
	if bad, refused := c.refused(); refused {
		return bad
	}
	return getMe(c)
}

func getNewsletter(c *call) reply { return ok(row{"subscribed": c.st.account.newsletter}) }

func setNewsletter(c *call) reply {
	on, there := c.body.Bool("subscribe")
	if !there {
		c.blame("subscribe is required")
	}
	if bad, refused := c.refused(); refused {
		return bad
	}
	c.st.account.newsletter = on
	return succeeded()
}

func auditLog(c *call) reply {
	list, pagination := page(c, c.st.log, func(l *logLine) row {
		return row{"id": l.id, "action": l.action, "createdAt": stamp(l.at)}
	})
	return ok(row{"logs": list, "pagination": pagination})
}

func autopayGone(*call) reply {
	return fail(http.StatusGone, codeGone, "User-level autopay has been replaced by per-subscription autopay")
}

func getPIN(c *call) reply {
	a := &c.st.account
	// as the app reads it, and as the SDK does
	body := row{"pin": nil, "expiresAt": nil, "supportPin": nil, "pinExpiresAt": nil, "pinTimeLeft": nil, "pinCooldown": nil}
	if left := a.pinEnds.Sub(c.now); a.pin != "" && left > 0 {
		body["pin"], body["supportPin"] = a.pin, a.pin
		body["expiresAt"], body["pinExpiresAt"] = stamp(a.pinEnds), stamp(a.pinEnds)
		body["pinTimeLeft"] = int64(left / time.Second)
	}
	return ok(body)
}

func newPIN(c *call) reply {
	a := &c.st.account
	recent := slices.DeleteFunc(a.pinned, func(at time.Time) bool { return !c.now.Before(at.Add(pinLifetime)) })
	if len(recent) >= maxPINs {
		return fail(http.StatusTooManyRequests, codePINs, "Three PINs in 15 minutes are the most")
	}
	a.pinned = append(recent, c.now)
	c.st.account.pin, c.st.account.pinEnds = c.st.tokens.Next(6, digits), c.now.Add(pinLifetime)
	return getPIN(c)
}
