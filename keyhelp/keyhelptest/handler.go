package keyhelptest

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/emulator"
)

// version is one of the API's, as in its path.
type version string

const (
	v1 version = "/api/v1" // live dialect only
	v2 version = "/api/v2"
)

// handler assembles the panel: its web server, then the rate limit, the key and the routes.
func (s *Server) handler() http.Handler {
	apis := map[version]http.Handler{v2: s.api(v2)}
	if s.isLive() {
		apis[v1] = s.api(v1)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.EscapedPath()
		for v, api := range apis {
			if path == string(v) || strings.HasPrefix(path, string(v)+"/") {
				api.ServeHTTP(w, r)
				return
			}
		}
		if isLogin(path) {
			s.openLink(r).Write(w)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "<!DOCTYPE html>\n<html><body><h1>404 Not Found</h1></body></html>\n")
	})
}

// api is one version of the API.
func (s *Server) api(v version) http.Handler {
	router := &emulator.Router{TrailingSlash: true}
	router.NotFound = func(w http.ResponseWriter, _ *http.Request) { s.unknownEndpoint().write(w) }
	router.MethodNotAllowed = func(w http.ResponseWriter, _ *http.Request, _ []string) { s.wrongMethod().write(w) }
	for _, rt := range routes {
		if h := rt.handler(s.cfg.dialect); h != nil {
			router.HandleFunc(rt.method, rt.path, func(w http.ResponseWriter, r *http.Request) {
				s.serve(v, rt, h, r).write(w)
			})
		}
	}
	return http.StripPrefix(string(v), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if refusal, refused := s.admit(r); refused {
			refusal.write(w)
			return
		}
		router.ServeHTTP(w, r)
	}))
}

// admit checks the rate limit and the key before any endpoint.
func (s *Server) admit(r *http.Request) (reply, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := s.cfg.clock.Now(); s.budget.Spend(now, s.cfg.rate, s.cfg.window) {
		return s.tooMany(s.budget.Until.Sub(now)), true
	}
	if s.revoked || !emulator.SameKey(r.Header.Get("X-API-Key"), s.cfg.key) {
		return s.unauthorized(), true
	}
	return reply{}, false
}

// serve reads the body before it takes the lock: a slow client must not delay the others.
func (s *Server) serve(v version, rt route, h handler, r *http.Request) reply {
	if s.cfg.noPlans && strings.HasPrefix(rt.path, "/hosting-plans") {
		return s.unknownEndpoint()
	}
	body := emulator.EmptyObject()
	if r.Method == http.MethodPost || r.Method == http.MethodPut {
		var err error
		if body, err = emulator.ReadObject(r); err != nil {
			var bad *emulator.BodyError
			errors.As(err, &bad)
			return s.badBody(bad)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &call{Server: s, st: s.st, v: v, r: r, body: body, now: s.cfg.clock.Now()}
	s.st.applySchedules(c.now, !s.ignore)
	if s.hidden && r.Method == http.MethodGet && strings.HasPrefix(rt.path, "/clients") {
		return c.notFound("client")
	}
	return h(c)
}

// reply is the answer of an endpoint.
type reply struct {
	status     int
	body       any // nil means an empty body
	retryAfter time.Duration
}

func (a reply) write(w http.ResponseWriter) {
	if a.retryAfter > 0 {
		seconds := (a.retryAfter + time.Second - 1) / time.Second
		w.Header().Set("Retry-After", strconv.FormatInt(int64(seconds), 10))
	}
	if a.body == nil {
		w.WriteHeader(a.status)
		return
	}
	emulator.WriteJSON(w, a.status, a.body)
}
