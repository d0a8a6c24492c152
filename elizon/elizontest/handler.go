package elizontest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/provkit/provkit/internal/emulator"
)

// serverKey is the context key of the server in the router, which all servers share because
// building it takes longer than most tests.
type serverKey struct{}

func serverOf(r *http.Request) *Server { return r.Context().Value(serverKey{}).(*Server) }

var router = sync.OnceValue(func() *emulator.Router {
	rt := new(emulator.Router)
	rt.NotFound = func(w http.ResponseWriter, r *http.Request) {
		serverOf(r).write(w, r, notFound(codeNoEndpoint, "Endpoint"))
	}
	rt.MethodNotAllowed = func(w http.ResponseWriter, r *http.Request, allowed []string) {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		serverOf(r).write(w, r, fail(http.StatusMethodNotAllowed, errorCode{}, "Method not allowed"))
	}
	pages(rt)
	for _, row := range routes() {
		for _, method := range append([]string{row.method}, row.also...) {
			rt.HandleFunc(method, row.path, func(w http.ResponseWriter, r *http.Request) {
				serverOf(r).serve(row, w, r)
			})
		}
	}
	return rt
})

func (s *Server) handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", s.Now().UTC().Format(http.TimeFormat))
		router().ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), serverKey{}, s)))
	})
}

func (s *Server) serve(rt route, w http.ResponseWriter, r *http.Request) {
	a := s.run(rt, w, r)
	if s.cfg.always200 && a.body["success"] == false {
		a.status = http.StatusOK
	}
	s.write(w, r, a)
}

// run reads the body before it takes the lock, so that a slow client does not block the others.
func (s *Server) run(rt route, w http.ResponseWriter, r *http.Request) reply {
	if rt.beyond && s.cfg.listedOnly {
		return notFound(codeNoEndpoint, "Endpoint")
	}
	who, refused, fine := s.admit(rt, r, w)
	if !fine {
		return refused
	}
	c := &call{Server: s, st: s.st, r: r, body: emulator.EmptyObject(), who: who}
	if err := c.read(rt.intake); err != nil {
		var wrong *emulator.BodyError
		errors.As(err, &wrong)
		return badBody(wrong)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c.now = s.now()
	s.st.events.elapse(c.now)
	if rt.platform && !s.accepts(r.Header) {
		return fail(http.StatusForbidden, codePlatform, "This action is not available on this client platform")
	}
	if rt.handler == nil {
		return unmodelled(rt)
	}
	return rt.handler(c)
}

// accepts checks the header that names the kind of client.
func (s *Server) accepts(header http.Header) bool {
	return slices.Contains(s.cfg.clients, header.Get("X-Elizon-Client"))
}

// read reads the body. Its error is a *emulator.BodyError.
func (c *call) read(kind intake) error {
	if kind == noBody {
		return nil
	}
	if kind == files {
		var err error
		if c.files, err = receive(c.r); err != nil {
			return &emulator.BodyError{Problem: emulator.BodyUnreadable}
		}
		return nil
	}
	raw, err := emulator.ReadBody(c.r)
	if err != nil || (kind == optional && len(bytes.TrimSpace(raw)) == 0) {
		return err
	}
	c.r.Body = io.NopCloser(bytes.NewReader(raw))
	c.body, err = emulator.ReadObject(c.r)
	return err
}

func unmodelled(rt route) reply {
	return fail(http.StatusNotImplemented, errorCode{Unmodelled},
		"elizontest: "+rt.method+" "+rt.path+" has no modelled state, because its answer is undocumented")
}
