package elizontest

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/provkit/provkit/internal/emulator"
	"github.com/provkit/provkit/provider/faults"
)

// Server is an emulated elizon platform with one account. Its methods are safe to call while it
// serves.
type Server struct {
	// URL is the server's address; the API is below it at /api.
	URL string
	// Key is an API key with all permissions. It is for reading: [Server.RevokeKey] does not clear
	// it.
	Key string
	// SessionToken is the bearer token of a session of the account.
	SessionToken string
	// Email and Password sign in to the account. They are for reading: a change through the API
	// does not update them.
	Email, Password string
	// Code is the six digits that are accepted wherever a code is needed: two-factor sign-in,
	// mails, activation.
	Code string
	// Faults makes the server misbehave, and logs all requests.
	Faults *faults.Injector
	// CertificatePEM is the certificate of a server WithTLS.
	CertificatePEM []byte
	// Pin is the SHA-256 of that certificate's public key, as "sha256/<base64>".
	Pin string

	host   *emulator.Host
	cfg    config
	mu     sync.Mutex
	st     *state
	ahead  time.Duration // Advance
	ignore bool          // IgnoreSuspension
	hidden hiding
	held   bool // HoldCheckout
	reads  bool // HoldStreams
}

// hiding is how reads of services are hidden.
type hiding int

const (
	shown hiding = iota
	forbidden
	empty
)

// NewServer starts a server. It panics if it cannot listen on a loopback address.
func NewServer(opts ...Option) *Server {
	s := &Server{cfg: config{
		balance: StartBalance, provisioning: ProvisioningTime, reinstalling: ReinstallTime, termination: TerminationTime,
		listKeys: []string{"services", "servers"}, clients: []string{clientDesktop},
	}}
	for _, opt := range opts {
		opt(&s.cfg)
	}
	s.st = newState(&s.cfg)
	s.Key = s.st.newKey("Main key", nil, s.now()).Secret
	s.Email, s.Password = s.st.account.Email, s.st.account.password
	s.Code = s.st.tokens.Next(6, digits)
	s.st.code = s.Code
	s.SessionToken = s.st.newSession("elizontest", s.now()).Token
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

// Client returns a client that reaches the server in memory, without sockets, whatever the options.
// It reaches nothing else, and sends no credential by itself.
func (s *Server) Client() *http.Client { return s.host.Client() }

// Handler serves the server, faults included, from a listener of yours. Links in its answers lead to
// where the request came to.
func (s *Server) Handler() http.Handler { return s.host.Handler() }

// Close stops the server. It may be called more than once.
func (s *Server) Close() { s.host.Close() }

// Advance moves the server's clock ahead of the one it was given: services become ready, periods
// end.
func (s *Server) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ahead += d
	s.st.events.elapse(s.now())
}

// Now returns the server's time.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now()
}

// IgnoreSuspension makes the server answer that a service was suspended or resumed without doing
// it.
func (s *Server) IgnoreSuspension(on bool) { s.toggle(func() { s.ignore = on }) }

// HideServices removes the right to read services from every credential: a single service or
// subscription answers 404 although it exists; lists of services and subscriptions and status-batch
// answer 403. Writes work.
func (s *Server) HideServices(on bool) { s.toggle(func() { s.hidden = when(on, forbidden) }) }

// EmptyServices is HideServices, except that lists answer 200 and are empty, exactly like those of
// an empty account.
func (s *Server) EmptyServices(on bool) { s.toggle(func() { s.hidden = when(on, empty) }) }

// HoldCheckout makes every checkout answer checkoutAlreadyInProgress, as if another one were in
// progress.
func (s *Server) HoldCheckout(on bool) { s.toggle(func() { s.held = on }) }

// HoldStreams keeps console streams open until the client leaves, sending new lines as they come.
// By default a stream ends after the existing lines. It needs a server over TCP: in memory, an
// answer arrives when it is complete.
func (s *Server) HoldStreams(on bool) { s.toggle(func() { s.reads = on }) }

func (s *Server) toggle(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

func when(on bool, h hiding) hiding {
	if on {
		return h
	}
	return shown
}

// now returns the server's time. It must be called under the lock.
func (s *Server) now() time.Time { return s.cfg.clock.Now().Add(s.ahead) }

// fill sets the initial state.
func (s *Server) fill() {
	now := s.now()
	for i := range s.cfg.seedCount {
		s.st.addService(Service{Name: fmt.Sprintf("seed%05d", i+1)}, now)
	}
}
