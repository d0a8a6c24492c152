package emulator

import (
	"context"
	"crypto/tls"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

// Listener serves a handler over TCP.
type Listener struct {
	// Address is where it listens, as host:port.
	Address string

	server *http.Server
	served chan struct{}
}

// Listen serves handler at an address, whose port may be 0 for a free one, and with https if there
// is a certificate.
func Listen(ctx context.Context, address string, certificate *Certificate, handler http.Handler) (*Listener, error) {
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	l := &Listener{
		Address: listener.Addr().String(), served: make(chan struct{}),
		server: &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute, ErrorLog: log.New(complaints{}, "", 0)},
	}
	if certificate != nil {
		// HTTP/1.1 only, since a cut connection is simpler than a reset stream.
		listener = tls.NewListener(listener, &tls.Config{
			MinVersion:   tls.VersionTLS12,
			Certificates: []tls.Certificate{certificate.pair},
			NextProtos:   []string{"http/1.1"},
		})
	}
	go func() {
		defer close(l.served)
		_ = l.server.Serve(listener)
	}()
	return l, nil
}

// Close stops serving, and cuts what is still being served.
func (l *Listener) Close() {
	_ = l.server.Close()
	<-l.served
}

// mustListen listens on a free port of a loopback interface.
func mustListen(certificate *Certificate, handler http.Handler) *Listener {
	l, err := Listen(context.Background(), "127.0.0.1:0", certificate, handler)
	if err != nil {
		if l, err = Listen(context.Background(), "[::1]:0", certificate, handler); err != nil {
			panic("emulator: no loopback interface: " + err.Error())
		}
	}
	return l
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
