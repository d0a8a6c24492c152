package hestiatest

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/provkit/provkit/internal/emulator"
)

// The pages that links of a client lead to: the login page, the one that resets a password, and
// phpMyAdmin. The rest of the panel's pages are not modelled.

// browsers is what the panel knows of those who look at its pages.
type browsers struct {
	sessions map[string]bool // by cookie
	spent    map[string]bool // reset links: user and code
}

const (
	sessionCookie    = "HESTIASID"
	resetLife        = 900 * time.Second
	phpMyAdminScript = "/hestia-sso.php"
	phpMyAdminLife   = 60 * time.Second
	bcryptMax        = 72 // what PHP looks at
)

// loginPage signs in with a password, in one step where the panel has two.
func (s *Server) loginPage(w http.ResponseWriter, r *http.Request) emulator.Page {
	_ = r.ParseForm() // without the lock: a slow client must not hold up the others
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.hasSession(r) {
		token := s.st.tokens.Next(26, keyAlphabet)
		if s.st.browsers.sessions == nil {
			s.st.browsers = browsers{sessions: make(map[string]bool), spent: make(map[string]bool)}
		}
		s.st.browsers.sessions[token] = true
		http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
		return loginForm(http.StatusOK, "Sign in to the panel.")
	}
	if r.Method != http.MethodPost {
		return loginForm(http.StatusOK, "Sign in to the panel.")
	}
	switch a := s.st.user(r.PostFormValue("user")); {
	case a == nil || a.password == "" || a.password != r.PostFormValue("password"):
		return loginForm(http.StatusUnauthorized, "User or password are wrong.")
	case a.conf["SUSPENDED"] == "yes":
		return loginForm(http.StatusForbidden, "The account is suspended.")
	default:
		return emulator.Page{Status: http.StatusOK, Text: "Signed in as " + a.name + "."}
	}
}

func loginForm(status int, text string) emulator.Page {
	return emulator.Page{Status: status, Text: text, Fields: []emulator.Field{{Name: "user", Type: "text"}, {Name: "password", Type: "password"}}}
}

// resetPage lets somebody with the code of v-change-user-rkey choose a password, once.
func (s *Server) resetPage(r *http.Request) emulator.Page {
	_ = r.ParseForm() // without the lock: a slow client must not hold up the others
	s.mu.Lock()
	defer s.mu.Unlock()
	query := r.URL.Query()
	code, a := query.Get("code"), s.st.user(query.Get("user"))
	says := func(status int, text string) emulator.Page { return emulator.Page{Status: status, Text: text} }
	switch {
	case s.st.config["POLICY_SYSTEM_PASSWORD_RESET"] == "no":
		return says(http.StatusForbidden, "The panel's policy forbids to reset passwords.")
	case !s.hasSession(r):
		return says(http.StatusForbidden, "Open the login page first, in this browser: the link works in its session only.")
	case s.st.browsers.spent[query.Get("user")+" "+code]:
		return says(http.StatusGone, "This link has been used.")
	case a == nil, query.Get("action") != "confirm", bcrypt.CompareHashAndPassword([]byte(a.conf["RKEY"]), []byte(code)) != nil:
		return says(http.StatusNotFound, "There is no such link.")
	}
	since, _ := strconv.ParseInt(a.conf["RKEYEXP"], 10, 64)
	now := s.now()
	if !now.Before(time.Unix(since, 0).Add(resetLife)) {
		return says(http.StatusGone, "This link has expired.")
	}
	form := says(http.StatusOK, "Choose a new password for "+a.name+".")
	form.Fields = []emulator.Field{{Name: "password", Type: "password"}}
	if r.Method != http.MethodPost {
		return form
	}
	c := &call{server: s, st: s.st, now: now, user: a, v: map[string]string{"password": r.PostFormValue("password")}}
	if changeUserPassword(c) != 0 {
		form.Status, form.Text = http.StatusBadRequest, c.text()
		return form
	}
	s.st.browsers.spent[a.name+" "+code] = true
	return says(http.StatusOK, "The password of "+a.name+" is changed.")
}

// phpMyAdminPage is the single sign-on to phpMyAdmin: a link signed with the configured key, for one
// browser's address. It works for a minute, as often as it is opened.
func (s *Server) phpMyAdminPage(r *http.Request) emulator.Page {
	s.mu.Lock()
	defer s.mu.Unlock()
	query, key := r.URL.Query(), s.st.config["PHPMYADMIN_KEY"]
	database, user, issued := query.Get("database"), query.Get("user"), query.Get("exp")
	signed := []byte(database + user + clientAddress(r) + issued + key)
	says := func(status int, text string) emulator.Page { return emulator.Page{Status: status, Text: text} }
	if key == "" || r.URL.Path != "/"+strings.Trim(s.st.config["DB_PMA_ALIAS"], "/")+phpMyAdminScript ||
		bcrypt.CompareHashAndPassword([]byte(query.Get("hestia_token")), signed[:min(len(signed), bcryptMax)]) != nil {
		return says(http.StatusNotFound, "There is no such link.")
	}
	since, _ := strconv.ParseInt(issued, 10, 64)
	a := s.st.user(user)
	switch {
	case !s.now().Before(time.Unix(since, 0).Add(phpMyAdminLife)):
		return says(http.StatusGone, "This link has expired.")
	case a == nil || a.file("db").find("DB", database) == nil:
		return says(http.StatusGone, "What this link led to is gone.")
	}
	return says(http.StatusOK, "Signed in to the database "+database+" of "+user+".")
}

// hasSession reports whether a request comes from a browser that has opened the login page.
func (s *Server) hasSession(r *http.Request) bool {
	cookie, err := r.Cookie(sessionCookie)
	return err == nil && s.st.browsers.sessions[cookie.Value]
}
