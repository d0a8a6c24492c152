package elizontest

import (
	"net/http"
	"strings"
	"unicode"
)

// login starts a session. If two-factor is on, it first asks for the code, in a success.
func login(c *call) reply {
	email, password := c.required("email"), c.required("password")
	if bad, refused := c.refused(); refused {
		return bad
	}
	a := &c.st.account
	if !strings.EqualFold(email, a.Email) || password != a.password {
		return fail(http.StatusUnauthorized, codeBadLogin, "Invalid credentials")
	}
	if a.twoFactor {
		code := c.text("twoFactorCode")
		if code == "" {
			return ok(row{"requiresTwoFactor": true})
		}
		if code != c.st.code {
			return fail(http.StatusUnauthorized, codeBadTwoFactor, "Invalid two-factor code")
		}
	}
	return c.signIn()
}

func (c *call) signIn() reply {
	session := c.st.newSession(c.r.UserAgent(), c.now)
	c.note("auth.login")
	return ok(row{"token": session.Token, "user": c.userRow()})
}

// verifyCode finishes a sign-in with a code from a mail.
func verifyCode(c *call) reply {
	email, code := c.required("email"), c.required("code")
	if bad, refused := c.refused(); refused {
		return bad
	}
	if !strings.EqualFold(email, c.st.account.Email) || code != c.st.code {
		return fail(http.StatusUnauthorized, codeBadCode, "Invalid code")
	}
	return c.signIn()
}

// sendMail answers the same whether or not there is such an account.
func sendMail(c *call) reply {
	c.required("email")
	if bad, refused := c.refused(); refused {
		return bad
	}
	return succeeded()
}

func logout(c *call) reply {
	c.st.endSession(c.who.session)
	return succeeded()
}

// logoutEverywhere is public in the reference, but without a session it cannot know whose sessions
// to end.
func logoutEverywhere(c *call) reply {
	if c.who.session == nil {
		return fail(http.StatusUnauthorized, codeUnauthenticated, "Authentication required")
	}
	for len(c.st.sessions.Rows) > 0 {
		c.st.endSession(c.st.sessions.Rows[0])
	}
	return succeeded()
}

// register checks the request and then refuses it: the emulator has one account.
func register(c *call) reply {
	for _, field := range []string{"email", "firstName", "lastName", "locale", "accountType", "country", "street", "city", "zip"} {
		c.required(field)
	}
	password := c.required("password")
	if bad, refused := c.refused(); refused {
		return bad
	}
	if !strongPassword(password) {
		return weakPassword()
	}
	return fail(http.StatusForbidden, codeNoRegistration, "Registration is closed")
}

func strongPassword(text string) bool {
	return len(text) >= 8 && strings.IndexFunc(text, unicode.IsUpper) >= 0 && strings.IndexFunc(text, unicode.IsLower) >= 0 &&
		strings.IndexFunc(text, unicode.IsDigit) >= 0
}

func weakPassword() reply {
	return bad(codeWeakPassword, "The password needs 8 characters, upper and lower case and a digit")
}

func changePassword(c *call) reply {
	current, next := c.required("currentPassword"), c.required("newPassword")
	if bad, refused := c.refused(); refused {
		return bad
	}
	if !strongPassword(next) {
		return weakPassword()
	}
	if current != c.st.account.password {
		return bad(codeWrongPassword, "The current password is wrong")
	}
	c.st.account.password = next
	return succeeded()
}

func checkResetToken(c *call) reply {
	if c.r.URL.Query().Get("token") != c.st.code {
		return bad(codeBadResetLink, "Invalid token")
	}
	return ok(row{"valid": true})
}

func resetPassword(c *call) reply {
	token, next := c.required("token"), c.required("password")
	if bad, refused := c.refused(); refused {
		return bad
	}
	if !strongPassword(next) {
		return weakPassword()
	}
	if token != c.st.code {
		return bad(codeBadResetLink, "Invalid token")
	}
	c.st.account.password = next
	return succeeded()
}

// confirmEmail accepts its token in the body, or in the query of a GET.
func confirmEmail(c *call) reply {
	token := c.text("token")
	if token == "" {
		token = c.r.URL.Query().Get("token")
	}
	if token != c.st.code {
		return bad(codeBadLink, "Invalid token")
	}
	return succeeded()
}

func verifyAccount(c *call) reply {
	if c.required("code") != c.st.code {
		return bad(codeBadCode, "Invalid code")
	}
	return succeeded()
}

func mailSent(*call) reply { return succeeded() }

func twoFactorSetup(c *call) reply {
	a := &c.st.account
	a.secret = c.st.tokens.Next(32, base32)
	return ok(row{"secret": a.secret, "otpauthUrl": "otpauth://totp/elizontest:" + a.Email + "?secret=" + a.secret})
}

func twoFactorOn(c *call) reply {
	if c.st.account.secret == "" || c.text("code") != c.st.code {
		return bad(codeBadTwoFactor, "Invalid two-factor code")
	}
	c.st.account.twoFactor = true
	return renewBackupCodes(c)
}

func twoFactorOff(c *call) reply {
	if c.text("password") != c.st.account.password {
		return bad(codeIncorrectPassword, "The password is wrong")
	}
	if c.text("code") != c.st.code {
		return bad(codeBadTwoFactor, "Invalid two-factor code")
	}
	c.st.account.twoFactor, c.st.account.secret = false, ""
	return ok(row{"twoFactorStillEnabled": false})
}

func renewBackupCodes(c *call) reply {
	codes := make([]string, 8)
	for i := range codes {
		codes[i] = c.st.tokens.Next(8, digits)
	}
	return ok(row{"backupCodes": codes})
}

// changeEmail is the first of three steps: the new address, its code, the code sent to the old one.
func changeEmail(c *call) reply {
	email := c.required("newEmail")
	password := c.required("password")
	if bad, refused := c.refused(); refused {
		return bad
	}
	if password != c.st.account.password {
		return bad(codeEmailPassword, "The password is wrong")
	}
	if !strings.Contains(email, "@") || strings.EqualFold(email, c.st.account.Email) {
		return bad(codeSameEmail, "This is no other address")
	}
	c.st.account.newEmail, c.st.account.emailStep = email, 1
	return succeeded()
}

func verifyNewEmail(c *call) reply { return c.emailStep(1) }

func verifyOldEmail(c *call) reply { return c.emailStep(2) }

func (c *call) emailStep(step int) reply {
	a := &c.st.account
	switch {
	case a.emailStep != step:
		return bad(codeNoPendingEmail, "No change is pending")
	case c.text("code") != c.st.code:
		return bad(codeWrongEmailCode, "Invalid code")
	}
	if a.emailStep++; step == 2 {
		a.Email, a.newEmail, a.emailStep = a.newEmail, "", 0
	}
	return succeeded()
}

// deleteAccount only warns without confirm=true. With it and the password, the account is gone: all
// services end, and no credential works any more.
func deleteAccount(c *call) reply {
	if c.r.URL.Query().Get("confirm") != "true" {
		return ok(row{"warnings": []string{"All services end at once"}})
	}
	if c.required("password") != c.st.account.password {
		return bad(codeIncorrectPassword, "The password is wrong")
	}
	for len(c.st.services.Rows) > 0 {
		c.st.end(c.st.services.Rows[0], c.now)
	}
	for _, key := range c.st.keys.Rows {
		key.Revoked = true
	}
	for len(c.st.sessions.Rows) > 0 {
		c.st.endSession(c.st.sessions.Rows[0])
	}
	return succeeded()
}

func exportAccount(c *call) reply {
	return document("application/pdf", "gdpr-export.pdf", pdf("Data of "+c.st.account.ID))
}
