package hostkeytest

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/provkit/provkit/internal/emulator"
)

// Where links for browsers lead. The panel's name is the vendor's.
const (
	panelPath   = "/controlpanel.html"
	consolePath = "/console.html"
	payPath     = "/pay.html"
)

// page answers a browser, if a path is one for browsers.
func (s *Server) page(r *http.Request) (emulator.Page, bool) {
	switch r.URL.Path {
	case panelPath:
		return locked(s, func(st *state) emulator.Page { return st.panel(r) }), true
	case consolePath, payPath:
		return locked(s, func(st *state) emulator.Page { return st.links.Open(r.Method, r.URL.Query().Get("token"), st.now) }), true
	}
	return emulator.Page{}, false
}

// panel is the vendor's panel, which a key in the address opens as often as one likes.
func (st *state) panel(r *http.Request) emulator.Page {
	k := st.bySecret[r.URL.Query().Get("key")]
	if k == nil || k.Disabled || (k.IP != "" && k.IP != st.callerOf(r)) {
		return emulator.Page{Status: http.StatusForbidden, Text: "The key of this link does not sign in."}
	}
	st.noteKey(k.ID, "login")
	where := "the account " + accountEmail
	if m := st.all[k.ServerID]; m != nil {
		where = "server " + strconv.FormatInt(m.ID, 10) + " (" + m.shownName() + ")"
	}
	return emulator.Page{Status: http.StatusOK, Text: "Signed in to " + where + "."}
}

// link hands out an address at which a browser does something once.
func (c *call) link(path string, open func(now time.Time) string) string {
	token := c.st.tokens.Next(tokenLength, hexadecimal)
	c.st.links.Add(token, emulator.Link{Open: open})
	return emulator.Address(c.r) + path + "?" + url.Values{"token": {token}}.Encode()
}

// consoleLink opens the console of a server.
func (c *call) consoleLink(m *machine) string {
	return c.link(consolePath, func(time.Time) string {
		if m.Gone {
			return ""
		}
		return "Console of server " + strconv.FormatInt(m.ID, 10) + " (" + m.shownName() + ")."
	})
}

// payLink pays an invoice by card.
func (c *call) payLink(v *invoice) string {
	return c.link(payPath, func(now time.Time) string {
		if v.status == invoiceUnpaid {
			c.st.pay(v, v.total-v.paid, now)
		}
		return "Invoice " + strconv.FormatInt(v.ID, 10) + " over " + money(v.total) + " " + currency + " is " + v.status + "."
	})
}
