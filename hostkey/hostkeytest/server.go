package hostkeytest

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/provkit/provkit/internal/emulator"
	"github.com/provkit/provkit/provider/faults"
)

// Server is an emulated InvAPI with one customer's account. Its methods are safe for concurrent
// use.
type Server struct {
	// URL is the server's address. The modules are below it: /auth.php, /eq.php and so on.
	URL string
	// Key is an account key: it reaches everything.
	Key string
	// Faults makes the server misbehave, and records all requests.
	Faults *faults.Injector
	// CertificatePEM is the certificate of a server WithTLS.
	CertificatePEM []byte
	// Pin is the SHA-256 of that certificate's public key, as "sha256/<base64>".
	Pin string

	host *emulator.Host
	cfg  config
	mu   sync.Mutex
	st   *state
}

// NewServer starts a server. It panics if it cannot listen on a loopback address, or if a price of
// the catalogue is invalid.
func NewServer(opts ...Option) *Server {
	s := &Server{cfg: config{
		deployTime: DeployTime, taskTime: TaskTime, cancelDelay: CancelDelay, grace: Grace, tokenLife: TokenLife,
		credit: mustAmount(StartCredit), answer: AnswerNoID, expired: ExpiredMessage, shapes: make(map[Shape]bool),
	}}
	for _, opt := range opts {
		opt(&s.cfg)
	}
	if s.cfg.catalogue == nil {
		sold := DefaultCatalogue()
		s.cfg.catalogue = &sold
	}
	s.cfg.catalogue.check()
	s.st = newState(&s.cfg)
	now := s.cfg.clock.Now()
	s.Key = s.st.addKey(Key{Name: "account"}, now).secret
	for i := range s.cfg.machines {
		s.st.addMachine(Machine{Hostname: "seed" + strconv.Itoa(i+1)}, now)
	}
	s.host = emulator.NewHost(emulator.HostConfig{
		Handler: http.HandlerFunc(s.serve), InMemory: s.cfg.inMemory, TLS: s.cfg.tls, Name: hostName, Prefix: s.cfg.prefix,
	})
	s.URL, s.Faults = s.host.URL, s.host.Faults
	if cert := s.host.Certificate; cert != nil {
		s.CertificatePEM, s.Pin = cert.PEM, cert.Pin
	}
	return s
}

// Client returns a client that reaches the server in memory, without sockets, whatever the options.
// It reaches nothing else, and sends no credentials by itself.
func (s *Server) Client() *http.Client { return s.host.Client() }

// Handler serves the server, faults included, from a listener of yours. Links in its answers lead to
// where the request came to.
func (s *Server) Handler() http.Handler { return s.host.Handler() }

// Close stops the server. It may be called more than once.
func (s *Server) Close() { s.host.Close() }

// Advance moves the server's clock forward, and what is due happens: deployments and other tasks
// end, cancelled servers disappear, renewals fall due, tokens expire. It adds to the clock of
// WithClock, which keeps running.
func (s *Server) Advance(d time.Duration) {
	locked(s, func(st *state) bool {
		st.offset += d
		return true
	})
	locked(s, func(*state) bool { return true })
}

// Now returns the server's time.
func (s *Server) Now() time.Time { return locked(s, func(st *state) time.Time { return st.now }) }

// HideServers makes the key lose its rights to servers: lists of servers answer "Permission
// denied", an action on a server finds none, and sign-ins list none. Billing keeps working.
func (s *Server) HideServers(on bool) {
	locked(s, func(st *state) bool { st.hidden = on; return true })
}

// IgnoreSuspension makes eq/suspend, eq/unsuspend, net/port_off and net/port_on report success, as
// do their tasks, without changing anything.
func (s *Server) IgnoreSuspension(on bool) {
	locked(s, func(st *state) bool { st.ignore = on; return true })
}

// RefuseEmptyAccount is WithEmptyAccountRefused from now on.
func (s *Server) RefuseEmptyAccount() {
	locked(s, func(st *state) bool { st.refuseEmpty = true; return true })
}

// FailDeploys makes the next n orders and reinstalls fail: an order leaves a paid invoice and no
// server.
func (s *Server) FailDeploys(n int) {
	locked(s, func(st *state) bool { st.failing = n; return true })
}

// ExpireTokens invalidates all tokens at once. Keys stay valid.
func (s *Server) ExpireTokens() {
	locked(s, func(st *state) bool { clear(st.sessions); return true })
}

// SetExpiredToken replaces the wording of WithExpiredToken.
func (s *Server) SetExpiredToken(wording ExpiredToken) {
	locked(s, func(st *state) bool { st.cfg.expired = wording; return true })
}

// SetOrderAnswer replaces the answer of WithOrderAnswer.
func (s *Server) SetOrderAnswer(answer OrderAnswer) {
	locked(s, func(st *state) bool { st.cfg.answer = answer; return true })
}

// SetUnpaidOrders switches WithUnpaidOrders.
func (s *Server) SetUnpaidOrders(on bool) {
	locked(s, func(st *state) bool { st.cfg.unpaid = on; return true })
}

// SetCallerIP makes requests appear to come from this address, for keys and tokens that are bound
// to one. "" is the real address.
func (s *Server) SetCallerIP(ip string) {
	locked(s, func(st *state) bool { st.caller = ip; return true })
}

// SetPIN sets the account's PIN, which power actions and consoles then require. "" removes it.
func (s *Server) SetPIN(pin string) {
	locked(s, func(st *state) bool { st.pin = pin; return true })
}

// SetCredit replaces the account's credit in EUR, such as "150.50". It panics on an invalid amount.
func (s *Server) SetCredit(amount string) {
	n := mustAmount(amount)
	locked(s, func(st *state) bool { st.credit = n; return true })
}

// Credit returns the account's credit in EUR, such as "150.50".
func (s *Server) Credit() string {
	return locked(s, func(st *state) string { return money(st.credit) })
}

// locked runs do on the state under the lock, after the events that are due.
func locked[T any](s *Server, do func(*state) T) T {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.st.elapse()
	return do(s.st)
}
