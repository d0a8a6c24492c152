package emulator

import (
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/provkit/provkit/provider/faults"
)

// HostConfig describes a Host.
type HostConfig struct {
	// Handler is the emulated API. It sees paths without Prefix.
	Handler http.Handler
	// Faults is the Injector in front of Handler; nil is a new one.
	Faults *faults.Injector
	// InMemory opens no socket and starts no goroutine: only Client reaches the host. The URL
	// begins with https.
	InMemory bool
	// TLS serves https with a certificate made for this host.
	TLS bool
	// Name is the host name in memory; it defaults to "emulator.test". Over TCP the host is a
	// loopback address.
	Name string
	// Prefix is the path below which the API is served, such as "/panel". Other paths answer a
	// plain 404.
	Prefix string
}

// Host serves an emulated API.
type Host struct {
	// URL is the API's address, with the prefix and without a trailing slash.
	URL string
	// Faults is the Injector in front of the API, for requests over TCP and in memory alike.
	Faults *faults.Injector
	// Certificate is that of an https host; nil without TLS.
	Certificate *Certificate

	transport http.RoundTripper
	origin    url.URL
	handler   http.Handler
	listener  *Listener
	closed    atomic.Bool
	close     sync.Once
}

// NewHost starts a host. Like httptest, it panics if there is no loopback interface to listen on,
// since no test can continue without its server.
func NewHost(cfg HostConfig) *Host {
	h := &Host{Faults: cfg.Faults, origin: url.URL{Scheme: "http", Host: cfg.Name}}
	if h.Faults == nil {
		h.Faults = new(faults.Injector)
	}
	if h.origin.Host == "" {
		h.origin.Host = "emulator.test"
	}
	if cfg.InMemory {
		// Nothing is sent over a network, and clients rightly refuse plain http to other hosts.
		h.origin.Scheme = "https"
	}
	if cfg.TLS {
		h.origin.Scheme = "https"
		h.Certificate = NewCertificate(h.origin.Host)
	}
	handler := cfg.Handler
	prefix := strings.TrimRight(cfg.Prefix, "/")
	if prefix != "" {
		handler = http.StripPrefix(prefix, handler)
	}
	handler = addressed(prefix, handler)
	h.handler = h.Faults.Handler(handler)
	if !cfg.InMemory {
		h.listener = mustListen(h.Certificate, h.handler)
		h.origin.Host = h.listener.Address
	}
	h.transport = h.Faults.Transport(handler)
	h.URL = h.origin.String() + prefix
	return h
}

// Client returns a client that reaches the host in memory, whether or not the host also listens on
// a socket. It reaches no other host.
func (h *Host) Client() *http.Client {
	return &http.Client{Transport: memory{h}}
}

// Handler returns the API behind its faults, for a listener of somebody else's.
func (h *Host) Handler() http.Handler { return h.handler }

// Close stops the host. It may be called more than once.
func (h *Host) Close() {
	h.close.Do(func() {
		h.closed.Store(true)
		if h.listener != nil {
			h.listener.Close()
		}
	})
}

// memory is the transport of Client.
type memory struct{ host *Host }

func (m memory) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL == nil || req.URL.Scheme != m.host.origin.Scheme || !strings.EqualFold(req.URL.Host, m.host.origin.Host) {
		return nil, unreachable(req, &net.DNSError{Err: "no such host", Name: hostOf(req), IsNotFound: true})
	}
	if m.host.closed.Load() {
		return nil, unreachable(req, syscall.ECONNREFUSED)
	}
	resp, err := m.host.transport.RoundTrip(req)
	if err == nil && resp.TLS != nil && m.host.Certificate != nil {
		state := *resp.TLS
		state.PeerCertificates = m.host.Certificate.chain()
		resp.TLS = &state
	}
	return resp, err
}

func unreachable(req *http.Request, cause error) error {
	if req.Body != nil {
		_ = req.Body.Close()
	}
	return &net.OpError{Op: "dial", Net: "tcp", Err: cause}
}

func hostOf(req *http.Request) string {
	if req.URL == nil {
		return ""
	}
	return req.URL.Host
}
