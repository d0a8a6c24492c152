package licenseservertest

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/provkit/provkit/internal/emulator"
)

func (s *Server) handler() http.Handler {
	router := new(emulator.Router)
	router.NotFound = func(w http.ResponseWriter, _ *http.Request) { s.answer(w, notFound("Endpoint")) }
	router.MethodNotAllowed = func(w http.ResponseWriter, _ *http.Request, allowed []string) {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		s.answer(w, refusal(wrongMethodStatus, codeWrongMethod, "Method not allowed"))
	}
	for _, rt := range routes {
		path := rt.path
		if path == unknownPath {
			if path = s.cfg.searchPath; path == "" {
				continue
			}
		}
		router.HandleFunc(rt.method, path, func(w http.ResponseWriter, r *http.Request) {
			s.answer(w, s.serve(rt, r))
		})
	}
	router.HandleFunc(http.MethodGet, downloads+"{version}", func(w http.ResponseWriter, r *http.Request) { s.downloadPage(r).Write(w) })
	return router
}

// answer writes a reply and counts its status.
func (s *Server) answer(w http.ResponseWriter, a reply) {
	s.mu.Lock()
	s.st.answers[a.status]++
	s.mu.Unlock()
	a.write(w)
}

// admit checks the rate limit and the credential before any endpoint.
func (s *Server) admit(rt route, r *http.Request) (reply, bool) {
	if rt.access == public {
		return reply{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.budget.Spend(s.cfg.clock.Now(), s.cfg.rate, s.cfg.window) {
		return refusal(http.StatusTooManyRequests, codeRateLimit, "Rate limit exceeded"), true
	}
	if rt.access == withKey || s.cfg.gate == gateKey {
		if !emulator.SameKey(r.Header.Get(keyHeader), s.key) {
			return refusal(http.StatusUnauthorized, codeBadKey, "Invalid or missing API key"), true
		}
		return reply{}, false
	}
	if !s.signedIn(r) {
		return refusal(http.StatusUnauthorized, codeLoginRequired, "Authentication required"), true
	}
	return reply{}, false
}

// signedIn reports whether a request passes the gate of the admin routes.
func (s *Server) signedIn(r *http.Request) bool {
	switch s.cfg.gate {
	case gateOpen:
		return true
	case gateHeader:
		return emulator.SameKey(r.Header.Get(s.cfg.gateHeader), s.admin)
	case gateCookie, gateKey: // the key is checked with those of the other routes
	}
	for _, cookie := range r.CookiesNamed(adminCookie) {
		if emulator.SameKey(cookie.Value, s.admin) {
			return true
		}
	}
	return false
}

// serve reads the body before it takes the lock: a slow client must not delay the others.
func (s *Server) serve(rt route, r *http.Request) reply {
	if refused, over := s.admit(rt, r); over {
		return refused
	}
	c := &call{Server: s, st: s.st, r: r, body: emulator.EmptyObject()}
	if rt.intake != noBody {
		if err := c.read(rt.intake); err != nil {
			var bad *emulator.BodyError
			errors.As(err, &bad)
			return badBody(bad)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c.now = s.cfg.clock.Now()
	s.st.elapse(c.now, s.cfg.timeout)
	if s.hidden && rt.license {
		return noLicense()
	}
	return rt.handler(c)
}

// read reads the body. Its error is an *emulator.BodyError.
func (c *call) read(kind intake) error {
	var err error
	if c.raw, err = emulator.ReadBody(c.r); err != nil || kind == raw {
		return err
	}
	if kind == optional && len(bytes.TrimSpace(c.raw)) == 0 {
		return nil
	}
	c.r.Body = io.NopCloser(bytes.NewReader(c.raw))
	c.body, err = emulator.ReadObject(c.r)
	return err
}
