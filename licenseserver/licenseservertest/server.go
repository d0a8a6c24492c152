package licenseservertest

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/provkit/provkit/internal/emulator"
	"github.com/provkit/provkit/provider/faults"
)

const keyHeader = "X-API-Key"

// Server is an emulated license server. Its methods may be called while it serves.
type Server struct {
	// URL is the server's address; /health, /api and /leads are below it.
	URL string
	// Key is the API key that the server accepts at its start. Only read it: assigning another key
	// does not change what the server accepts, and RegenerateKey does not change Key.
	Key string
	// AdminCookie passes the gate of the admin routes. It is nil if the gate requires something
	// else or is open.
	AdminCookie *http.Cookie
	// AdminHeader contains the headers that pass the gate, whichever it is. It is empty if the gate
	// is open.
	AdminHeader http.Header
	// Faults makes the server misbehave, and logs all requests.
	Faults *faults.Injector
	// CertificatePEM is the certificate of a server that was started WithTLS.
	CertificatePEM []byte
	// Pin is the SHA-256 of that certificate's public key, as "sha256/<base64>".
	Pin string

	host   *emulator.Host
	cfg    config
	mu     sync.Mutex
	st     *state
	tokens *emulator.Tokens
	key    string
	admin  string // the credential that the gate requires
	secret string // signs auth tokens
	ignore bool   // IgnoreSuspension
	hidden bool   // HideLicenses
	budget emulator.Budget
}

// NewServer starts a server. It panics when it cannot listen on a loopback address.
func NewServer(opts ...Option) *Server {
	s := &Server{cfg: config{timeout: SessionTimeout, searchPath: SearchPath}, tokens: emulator.NewTokens(6)}
	for _, opt := range opts {
		opt(&s.cfg)
	}
	s.key = s.newKey()
	s.Key = s.key
	s.secret = s.tokens.Next(32, apiKeyAlphabet)
	s.setGate()
	s.st = newState(s.tokens)
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
// It reaches nothing else and does not add any credential.
func (s *Server) Client() *http.Client { return s.host.Client() }

// Handler serves the server, faults included, from a listener of yours. Links in its answers lead to
// where the request came to.
func (s *Server) Handler() http.Handler { return s.host.Handler() }

// Close stops the server. It may be called more than once.
func (s *Server) Close() { s.host.Close() }

// RegenerateKey generates a new API key and returns it. The old one is revoked at once.
func (s *Server) RegenerateKey() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.key = s.newKey()
	return s.key
}

// EndAdminSession makes the gate of the admin routes refuse AdminCookie and AdminHeader from now
// on. It does nothing if the gate is open or requires the API key.
func (s *Server) EndAdminSession() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.admin = ""
}

// IgnoreSuspension makes the bulk routes and toggle answer that a license was activated or
// deactivated but leave it unchanged.
func (s *Server) IgnoreSuspension(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ignore = on
}

// HideLicenses makes every read of licenses answer 404 although the credential is valid, and search
// find none. Writes work.
func (s *Server) HideLicenses(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hidden = on
}

func (s *Server) newKey() string {
	return "AF-" + apiKeyYear + "-" + s.tokens.Next(32, apiKeyAlphabet)
}

// setGate creates the credential of the admin routes.
func (s *Server) setGate() {
	s.AdminHeader = make(http.Header)
	token := s.tokens.Next(adminTokenLength, emulator.LowerAlphanumeric)
	switch s.cfg.gate {
	case gateCookie:
		s.admin = token
		s.AdminCookie = &http.Cookie{Name: adminCookie, Value: token}
		s.AdminHeader.Set("Cookie", adminCookie+"="+token)
	case gateHeader:
		if http.CanonicalHeaderKey(s.cfg.gateHeader) == "Authorization" {
			token = "Bearer " + token
		}
		s.admin = token
		s.AdminHeader.Set(s.cfg.gateHeader, token)
	case gateKey:
		s.AdminHeader.Set(keyHeader, s.key)
	case gateOpen:
	}
}

// fill adds the initial data of a server.
func (s *Server) fill() {
	now := s.cfg.clock.Now()
	released, _ := time.Parse(time.DateOnly, firstReleased)
	s.st.versions = []Version{{Number: firstVersion, Released: released, Notes: "Maintenance release"}}
	s.st.customers.Add(&Customer{Name: "Beispiel GmbH", Email: "it@beispiel.example"})
	for _, kind := range []struct {
		name, format string
		n            int
	}{
		{"domain", "domain%02d.example", 10}, {"ipv4", "192.0.2.%d", 10}, {"phone_number", "+49 30 2312501%02d", 10},
		{"server", "SRV-%03d", 5}, {"workstation", "WS-%03d", 5},
	} {
		for i := range kind.n {
			s.st.resources.Add(&Resource{Type: kind.name, Identifier: fmt.Sprintf(kind.format, i+1)})
		}
	}
	institution := &Institution{Name: "Fachhochschule Beispielstadt", Type: "university", CreatedAt: now}
	s.st.addContact(Contact{
		InstitutionID: s.st.institutions.Add(institution).ID, FirstName: "Erika", LastName: "Mustermann", Position: "IT",
		Details: []Detail{
			{Type: "email", Value: "erika@fh.example", Label: "Work"}, {Type: "phone", Value: "+49 30 23125000", Label: "Desk"},
		},
		Notes: []Note{{Content: "First call"}},
	}, now)
	for i := range s.cfg.seedCount {
		name := fmt.Sprintf("seed%04d", i+1)
		owner := s.st.customers.Add(&Customer{Name: "Seed Customer " + name[4:], Email: name + "@customers.test"}).ID
		s.st.addLicense(License{CustomerID: owner, MaxActivations: 3, MaxUsers: 5}, now)
	}
}
