package keyhelptest

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/provkit/provkit/internal/emulator"
	"github.com/provkit/provkit/provider/faults"
)

// Server is an emulated panel. Its methods may be called while it serves.
type Server struct {
	// URL is the panel's address; the API is below it, at /api/v2 and, in the live dialect, at
	// /api/v1.
	URL string
	// Key is the API key that the panel accepts. Only read it: assigning another key does not
	// change what the panel accepts, and RevokeKey does not change Key.
	Key string
	// Faults makes the panel misbehave, and logs all requests.
	Faults *faults.Injector
	// CertificatePEM is the certificate of a panel that was started WithTLS.
	CertificatePEM []byte
	// Pin is the SHA-256 of that certificate's public key, as "sha256/<base64>".
	Pin string

	host    *emulator.Host
	cfg     config
	mu      sync.Mutex
	st      *state
	tokens  *emulator.Tokens
	revoked bool
	ignore  bool // IgnoreSuspension
	hidden  bool // HideClients
	started time.Time
	reboots int
	budget  emulator.Budget
}

// NewServer starts a panel. It panics when it cannot listen on a loopback address.
func NewServer(opts ...Option) *Server {
	s := &Server{cfg: config{dialect: Live, plans: defaultPlans()}, tokens: emulator.NewTokens(1)}
	for _, opt := range opts {
		opt(&s.cfg)
	}
	if s.cfg.dialect != Documented && s.cfg.dialect != Live {
		panic(fmt.Sprintf("keyhelptest: unknown dialect %q", s.cfg.dialect))
	}
	if s.cfg.key == "" {
		s.cfg.key = s.tokens.Next(8, emulator.LowerAlphanumeric) + "." + s.tokens.Next(64, emulator.LowerAlphanumeric)
	}
	s.Key = s.cfg.key
	s.started = s.cfg.clock.Now()
	s.st = newState()
	s.fill()

	s.host = emulator.NewHost(emulator.HostConfig{
		Handler: s.handler(), InMemory: s.cfg.inMemory, TLS: s.cfg.tls, Name: hostName, Prefix: s.cfg.prefix,
	})
	s.URL, s.Faults = s.host.URL, s.host.Faults
	if cert := s.host.Certificate; cert != nil {
		s.CertificatePEM, s.Pin = cert.PEM, cert.Pin
	}
	return s
}

// Client returns a client that reaches the panel in memory, without sockets, whatever the options.
// It reaches nothing else and does not add the API key.
func (s *Server) Client() *http.Client { return s.host.Client() }

// Handler serves the panel, faults included, from a listener of yours. Links in its answers lead to
// where the request came to.
func (s *Server) Handler() http.Handler { return s.host.Handler() }

// Close stops the panel. It may be called more than once.
func (s *Server) Close() { s.host.Close() }

// IgnoreSuspension makes the panel answer 200 to suspensions and reactivations but leave the flag
// unchanged.
func (s *Server) IgnoreSuspension(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ignore = on
}

// HideClients makes every read below /clients answer 404 although the key is valid, as for a key
// without rights. Writes work.
func (s *Server) HideClients(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hidden = on
}

// RevokeKey makes every call answer 401 from now on.
func (s *Server) RevokeKey() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked = true
}

// Reboots returns how often a reboot of the server was requested.
func (s *Server) Reboots() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reboots
}

// fill adds the initial data of a panel.
func (s *Server) fill() {
	now := s.cfg.clock.Now()
	for _, p := range s.cfg.plans {
		s.st.addPlan(p)
	}
	s.st.admins.Add(&Admin{
		Username: firstAdmin, Email: firstAdmin + "@" + hostName, Language: defaultLanguage, Main: true, CreatedAt: now,
	})
	var plan int64
	if len(s.st.plans.Rows) > 0 {
		plan = s.st.plans.Rows[0].ID
	}
	for i := range s.cfg.seedCount {
		name := fmt.Sprintf("seed%04d", i+1)
		s.st.addClient(Client{
			Username: name, Email: name + "@clients.test", DisplayName: fmt.Sprintf("Seed Client %d", i+1), PlanID: plan,
		}, now)
	}
}
