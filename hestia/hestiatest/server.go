package hestiatest

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
	// URL is the panel's address, below which the API is at /api/.
	URL string
	// AccessKey and SecretKey are the pair of the root user, which may run every command.
	AccessKey, SecretKey string
	// APIKey is the legacy key, which goes into the field "hash".
	APIKey string
	// AdminUser and AdminPassword are those of the root user.
	AdminUser, AdminPassword string
	// Faults makes the panel misbehave, and logs all requests.
	Faults *faults.Injector
	// CertificatePEM is the certificate of a panel WithTLS.
	CertificatePEM []byte
	// Pin is the SHA-256 of that certificate's public key, as "sha256/<base64>".
	Pin string

	host    *emulator.Host
	cfg     config
	mu      sync.Mutex
	st      *state
	revoked bool
	ignore  bool // IgnoreSuspension
	hidden  bool // HideUsers
	broken  bool // BreakWebServer
	noMySQL bool // StopDatabase
	noACME  bool // StopLetsEncrypt
	noList  bool // LoseSuffixList
	load    string

	injected []Injection
	scripts  scripts
	effects  map[string]effect
	hooks    map[string]hook
}

// NewServer starts a panel with a root user, the two shipped packages and an access key with full
// rights. It panics if it cannot listen on a loopback address.
func NewServer(opts ...Option) *Server {
	s := &Server{cfg: defaultConfig(), effects: effects(), hooks: hooks(), load: loadAverage}
	for _, opt := range opts {
		opt(&s.cfg)
	}
	s.fill()
	s.host = emulator.NewHost(emulator.HostConfig{
		Handler: s.handler(), InMemory: s.cfg.inMemory, TLS: s.cfg.tls, Name: hostName, Prefix: s.cfg.prefix,
	})
	s.URL, s.Faults = s.host.URL, s.host.Faults
	if cert := s.host.Certificate; cert != nil {
		s.CertificatePEM, s.Pin = cert.PEM, cert.Pin
		s.st.certificate.crt = string(cert.PEM)
	}
	return s
}

// Client returns an HTTP client that reaches the panel in memory, without sockets, whatever the
// options, and nothing else. It does not sign in.
func (s *Server) Client() *http.Client { return s.host.Client() }

// Handler serves the panel, faults included, from a listener of yours. Links in its answers lead to
// where the request came to.
func (s *Server) Handler() http.Handler { return s.host.Handler() }

// Close stops the panel. It may be called more than once.
func (s *Server) Close() { s.host.Close() }

func (s *Server) now() time.Time { return s.cfg.clock.Now().In(panelZone) }

// fill adds what a panel starts with.
func (s *Server) fill() {
	st := &state{
		config: initialConfig(), keys: &table{}, ips: &table{}, rules: initialRules(), bans: &table{}, chains: &table{},
		jobs: map[string]bool{"restart": true}, archives: map[string]archive{}, cluster: &table{}, log: &table{},
		dbHosts: map[string]*table{"mysql": {}}, files: map[string]string{}, targets: &table{},
		profiles: shippedProfiles(), tokens: emulator.NewTokens(1),
	}
	s.st = st
	st.config["ROOT_USER"] = s.cfg.root
	st.config["API"] = map[bool]string{true: "yes", false: "no"}[s.cfg.legacy]
	st.config["API_SYSTEM"] = fmt.Sprint(s.cfg.apiSystem)
	st.config["API_ALLOWED_IP"] = s.cfg.allowed
	if s.cfg.removed {
		st.apiFile = apiRemoved
	}
	c := &call{server: s, st: st, now: s.now()}
	st.ips.add(c.stamp(row{
		"IP": firstIP, "OWNER": s.cfg.root, "STATUS": "shared", "NAME": "", "U_SYS_USERS": "", "U_WEB_DOMAINS": "0",
		"INTERFACE": interfaceName, "NETMASK": "255.255.255.0", "NAT": "",
	}))
	st.dbHosts["mysql"].add(c.stamp(databaseHost("mysql", "localhost")))
	for _, p := range s.cfg.packages {
		st.putPackage(p.Name, p.row())
	}

	s.AdminUser = s.cfg.root
	s.AdminPassword = st.tokens.Next(16, keyAlphabet)
	root := c.newAccount(s.AdminUser, s.AdminPassword, s.AdminUser+"@"+hostName, "default", "System Administrator")
	root.conf["ROLE"], root.conf["LANGUAGE"], root.conf["U_USERS"] = "admin", "en", "1"
	root.conf["IP_OWNED"], root.conf["IP_AVAIL"] = "1", "1"

	s.AccessKey = st.tokens.Next(keyIDLength, keyAlphabet)
	s.SecretKey = st.tokens.Next(keySecretLength, secretAlphabet)
	st.keys.add(c.stamp(row{
		"ACCESS_KEY_ID": s.AccessKey, "SECRET_ACCESS_KEY": s.SecretKey, "USER": s.AdminUser, "PERMISSIONS": "",
		"COMMENT": "main key",
	}))
	s.APIKey = st.tokens.Next(apiKeyLength, apiKeyAlphabet)
	st.apiKeys = []string{s.APIKey}

	for i := range s.cfg.seedCount {
		name := fmt.Sprintf("seed%04d", i+1)
		c.newAccount(name, st.tokens.Next(16, keyAlphabet), name+"@clients.test", "default", fmt.Sprintf("Seed User %d", i+1))
	}
}
