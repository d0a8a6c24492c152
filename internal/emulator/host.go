package emulator

import (
	"context"
	"crypto/tls"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

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
	server    *http.Server
	served    chan struct{}
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
		h.Certificate = newCertificate(h.origin.Host)
	}
	handler := cfg.Handler
	prefix := strings.TrimRight(cfg.Prefix, "/")
	if prefix != "" {
		handler = http.StripPrefix(prefix, handler)
	}
	handler = addressed(prefix, handler)
	if !cfg.InMemory {
		h.listen(h.Faults.Handler(handler))
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

// Close stops the host. It may be called more than once.
func (h *Host) Close() {
	h.close.Do(func() {
		h.closed.Store(true)
		if h.server != nil {
			_ = h.server.Close()
			<-h.served
		}
	})
}

func (h *Host) listen(handler http.Handler) {
	var listen net.ListenConfig
	listener, err := listen.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		if listener, err = listen.Listen(context.Background(), "tcp6", "[::1]:0"); err != nil {
			panic("emulator: no loopback interface: " + err.Error())
		}
	}
	h.origin.Host = listener.Addr().String()
	h.server = &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: time.Minute,
		ErrorLog:          log.New(complaints{}, "", 0),
	}
	if h.Certificate != nil {
		// HTTP/1.1 only, since a cut connection is simpler than a reset stream.
		listener = tls.NewListener(listener, &tls.Config{
			MinVersion:   tls.VersionTLS12,
			Certificates: []tls.Certificate{h.Certificate.pair},
			NextProtos:   []string{"http/1.1"},
		})
	}
	h.served = make(chan struct{})
	go func() {
		defer close(h.served)
		_ = h.server.Serve(listener)
	}()
}

// complaints passes on the errors that net/http's server logs, except for handshakes that a client
// aborted: tests of certificate checks do that on purpose.
type complaints struct{}

func (complaints) Write(line []byte) (int, error) {
	if !strings.HasPrefix(string(line), "http: TLS handshake error") {
		_, _ = os.Stderr.Write(line)
	}
	return len(line), nil
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
