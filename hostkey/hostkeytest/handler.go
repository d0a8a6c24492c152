package hostkeytest

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/provkit/provkit/internal/emulator"
)

// serve reads the request before it takes the lock: a slow client must not hold up the others.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if page, is := s.page(r); is {
		page.Write(w)
		return
	}
	module, isModule := strings.CutSuffix(strings.TrimPrefix(r.URL.Path, "/"), ".php")
	actions := byModule[module]
	if !isModule || actions == nil {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodPost && r.Method != http.MethodGet {
		w.Header().Set("Allow", "GET, POST")
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
		return
	}
	form, err := emulator.ReadForm(r)
	if err != nil {
		status := http.StatusBadRequest
		if bad, ok := errors.AsType[*emulator.BodyError](err); ok && bad.Problem == emulator.BodyTooLarge {
			status = http.StatusRequestEntityTooLarge
		}
		http.Error(w, http.StatusText(status), status)
		return
	}
	a := actions[form.Get("action")]
	if a == nil || (r.Method == http.MethodGet && a.class != read && a.name != "login") {
		message(module + ": action required").write(w)
		return
	}
	s.answer(a, form, r).write(w)
}

func (s *Server) answer(a *action, form url.Values, r *http.Request) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.st.elapse()
	c := &call{st: s.st, cfg: &s.cfg, r: r, action: a, form: form}
	if refused, over := c.admit(); over {
		return refused
	}
	if refused, over := c.check(); over {
		return refused
	}
	if a.handler == nil {
		return failNamed(a.module+"/"+a.name+": the emulator keeps no state for this action", NotModelled)
	}
	return a.handler(c)
}

// admit checks token and rights.
func (c *call) admit() (reply, bool) {
	if sent := c.form.Get("token"); sent != "" {
		c.token = c.st.session(sent, c.caller())
	}
	if c.action.access == open {
		return reply{}, false
	}
	if c.token == nil {
		return c.expired(), true
	}
	if c.token.server == 0 {
		return reply{}, false
	}
	switch {
	case c.action.module == "whmcs" && c.cfg.shapes[ShapeAccessMessage]:
		return message(textAccess), true
	case c.action.module == "whmcs":
		return fail(textAccess), true
	case c.action.class == order, accountModules[c.action.module]:
		return denied(), true
	}
	return reply{}, false
}

// accountModules are out of reach for a server key.
var accountModules = map[string]bool{"api_keys": true, "ssh_keys": true, "pdns": true, "s3": true, "rtm": true}

// caller returns the address that a request comes from.
func (c *call) caller() string { return c.st.callerOf(c.r) }

func (st *state) callerOf(r *http.Request) string {
	if st.caller != "" {
		return st.caller
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return defaultCaller
	}
	return host
}

// expired is the reply to a token that is missing, unknown or expired.
func (c *call) expired() reply {
	session := func(text string) reply { return jsonReply(row{"code": -2, "message": text}) }
	switch c.cfg.expired {
	case ExpiredMessage:
	case ExpiredError:
		return jsonReply(row{"result": -2, "error": expiredTokenInvalid})
	case ExpiredSession:
		return session("Session expired")
	case ExpiredLogout:
		return session(c.action.module + "/" + c.action.name + ": " + expiredTokenLoggedIn)
	case ExpiredHash:
		return session("Invalid hash")
	case ExpiredAuthRequired:
		return session("authentication required")
	case ExpiredUnauthorized:
		refused := session("Unauthorized")
		refused.status = http.StatusUnauthorized
		return refused
	}
	return session(expiredTokenInvalid)
}
