package elizontest

import (
	"net/http"
	"time"

	"github.com/provkit/provkit/internal/emulator"
)

// Pages for people, outside the API: payments, consoles, and the panel of a web space.
const (
	payPath     = "/pay/"
	consolePath = "/console/"
	panelPath   = "/panel/"
)

// payLink hands out the page on which a person pays what pending holds under id.
func (c *call) payLink(id string) string {
	st := c.st
	st.links.Add(id, emulator.Link{Open: func(now time.Time) string {
		if !st.complete(id, now) {
			return ""
		}
		return "Paid."
	}})
	return emulator.Address(c.r) + payPath + id
}

// consoleLink hands out the page of a web console.
func (c *call) consoleLink(s *Service, until time.Time) string {
	token := c.secret()
	c.st.links.Add(token, emulator.Link{Until: until, Open: func(time.Time) string { return "Console of " + s.Name + "." }})
	return emulator.Address(c.r) + consolePath + token
}

func openLink(w http.ResponseWriter, r *http.Request) {
	s := serverOf(r)
	now := s.Now()
	page := locked(s, func(st *state, _ time.Time) emulator.Page { return st.links.Open(r.Method, r.PathValue("token"), now) })
	page.Write(w)
}

// panel is the login page of a web space.
func panel(w http.ResponseWriter, r *http.Request) {
	login, password := r.PostFormValue("login"), r.PostFormValue("password")
	page := locked(serverOf(r), func(st *state, _ time.Time) emulator.Page {
		v := st.services.Get(r.PathValue("id"))
		switch {
		case v == nil || v.panelPassword == "":
			return emulator.Page{Status: http.StatusNotFound, Text: "There is no such panel."}
		case r.Method != http.MethodPost:
			return emulator.Page{Status: http.StatusOK, Text: "Sign in.", Fields: []emulator.Field{
				{Name: "login", Type: "text"}, {Name: "password", Type: "password"},
			}}
		case login != v.panelLogin() || password != v.panelPassword:
			return emulator.Page{Status: http.StatusForbidden, Text: "The login or the password is wrong."}
		}
		return emulator.Page{Status: http.StatusOK, Text: "Signed in as " + login + "."}
	})
	page.Write(w)
}

// pages registers the pages.
func pages(rt *emulator.Router) {
	for _, path := range []string{payPath, consolePath} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			rt.HandleFunc(method, path+"{token}", openLink)
		}
	}
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		rt.HandleFunc(method, panelPath+"{id}", panel)
	}
}

// complete pays what waits for a person, and reports whether anything did.
func (st *state) complete(id string, now time.Time) bool {
	do := st.pending[id]
	if do == nil {
		return false
	}
	delete(st.pending, id)
	do(payMollie, now)
	return true
}
