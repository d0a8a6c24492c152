package rest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"time"

	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// Diagnose performs a read once and reports how far it got: name, TCP, TLS, API. The error is that
// of the call. It watches the real request, so its report is right for proxies and custom dialers,
// too. A transport that reports nothing (a test double) leaves the network steps skipped.
func (c *Client) Diagnose(ctx context.Context, call *Call) ([]provider.CheckStep, time.Duration, error) {
	w := &watch{tls: c.root.Scheme == "https", words: c.cleaner(call.Secrets...)}
	single := *call
	single.Single = true
	raw := provider.CaptureFromContext(ctx)
	if raw == nil {
		raw = new(provider.RawResponse)
		ctx = provider.CaptureResponse(ctx, raw)
	}
	started := time.Now()
	err := c.Do(httptrace.WithClientTrace(ctx, w.trace()), &single)
	took := time.Since(started)
	steps := w.steps(err, fromAPI(err))
	// What does not decide whether the connection works follows.
	if step, ok := clockStep(raw.Header(), started, started.Add(took)); ok {
		steps = append(steps, step)
	}
	if !c.Markers().Signed() {
		steps = append(steps, provider.CheckStep{
			Name: provider.CheckMarkers, State: provider.CheckWarning,
			Detail: "markers are not signed: whoever can write into their field can forge them; see provider.WithMarkerKeys",
		})
	}
	if step, ok := c.proxyStep(); ok {
		steps = append(steps, step)
	}
	return steps, took, err
}

// watch records what the transport reports. The hooks may run in other goroutines, even after the
// call has returned.
type watch struct {
	mu    sync.Mutex
	tls   bool
	words *words.Cleaner // for what the network says

	host                             string // that was looked up, perhaps that of a proxy
	traced                           bool   // the transport reports what it does
	dnsStart, connectStart, tlsStart time.Time
	dns, connect, handshake          provider.CheckStep
}

func (w *watch) trace() *httptrace.ClientTrace {
	locked := func(f func()) { w.mu.Lock(); defer w.mu.Unlock(); f() }
	return &httptrace.ClientTrace{
		GetConn: func(string) { locked(func() { w.traced = true }) },
		DNSStart: func(info httptrace.DNSStartInfo) {
			locked(func() { w.host, w.dnsStart = info.Host, time.Now() })
		},
		DNSDone: func(info httptrace.DNSDoneInfo) {
			locked(func() {
				var found []string
				for _, a := range info.Addrs {
					found = append(found, a.String())
				}
				w.dns = w.step(w.dnsStart, info.Err, w.host+" is "+strings.Join(found, ", "))
			})
		},
		ConnectStart: func(_, _ string) {
			locked(func() {
				if w.connectStart.IsZero() {
					w.connectStart = time.Now()
				}
			})
		},
		ConnectDone: func(_, addr string, err error) {
			locked(func() {
				if w.connect.State != provider.CheckOK { // several addresses race; one is enough
					w.connect = w.step(w.connectStart, err, "connected to "+addr)
				}
			})
		},
		TLSHandshakeStart: func() { locked(func() { w.tlsStart = time.Now() }) },
		TLSHandshakeDone: func(state tls.ConnectionState, err error) {
			locked(func() { w.handshake = w.step(w.tlsStart, err, describeTLS(state)) })
		},
		GotConn: func(info httptrace.GotConnInfo) {
			locked(func() {
				if info.Reused && info.Conn != nil {
					w.connect = provider.CheckStep{State: provider.CheckOK, Detail: "connected to " + info.Conn.RemoteAddr().String() + " before"}
					if t, ok := info.Conn.(*tls.Conn); ok {
						w.handshake = provider.CheckStep{State: provider.CheckOK, Detail: w.words.Text(describeTLS(t.ConnectionState()))}
					}
				}
			})
		},
	}
}

func (w *watch) step(since time.Time, err error, detail string) provider.CheckStep {
	s := provider.CheckStep{State: provider.CheckOK, Detail: w.words.Text(detail), Took: time.Since(since)}
	if err != nil {
		hidden := &hiddenError{err: err, text: w.words.Text(bare(err).Error())}
		s.State, s.Err, s.Detail = provider.CheckFailed, hidden, hidden.text
	}
	return s
}

func describeTLS(state tls.ConnectionState) string {
	if len(state.PeerCertificates) == 0 {
		return ""
	}
	cert := state.PeerCertificates[0]
	return fmt.Sprintf("%s, certificate of %s until %s, key %s", tls.VersionName(state.Version), words.Line(certName(cert), words.MaxCode), cert.NotAfter.UTC().Format(time.DateOnly), PinOf(cert))
}

func certName(cert *x509.Certificate) string {
	switch {
	case len(cert.DNSNames) > 0:
		return cert.DNSNames[0]
	case len(cert.IPAddresses) > 0:
		return cert.IPAddresses[0].String()
	}
	return cert.Subject.CommonName
}

func (w *watch) steps(err error, answered bool) []provider.CheckStep {
	w.mu.Lock()
	defer w.mu.Unlock()
	silent := "the transport does not report this"
	noLookup := silent
	if w.traced {
		noLookup = "no look-up was needed"
	}
	dns := finish(w.dns, w.dnsStart, err, noLookup)
	connect := finish(w.connect, w.connectStart, err, silent)
	handshake := finish(w.handshake, w.tlsStart, err, silent)
	if !w.tls {
		handshake = skipped("plain http")
	} else if failure := w.tlsFailure(err); failure != "" {
		// Our text helps more than that of the handshake.
		handshake.State, handshake.Err, handshake.Detail = provider.CheckFailed, err, failure
	}
	api := provider.CheckStep{State: provider.CheckOK, Detail: "the API answers"}
	if !answered {
		api = provider.CheckStep{State: provider.CheckFailed, Err: err, Detail: err.Error()}
	}
	steps := []provider.CheckStep{dns, connect, handshake, api}
	for i, name := range []string{provider.CheckDNS, provider.CheckTCP, provider.CheckTLS, provider.CheckAPI} {
		steps[i].Name = name
	}
	failed := false
	for i := range steps {
		if failed {
			steps[i] = provider.CheckStep{Name: steps[i].Name, State: provider.CheckSkipped, Detail: "not reached"}
		}
		failed = failed || steps[i].State == provider.CheckFailed
	}
	return steps
}

// finish closes a step that has no result. If it was begun, it hangs (the call did not wait for its
// end); otherwise it was not reported.
func finish(s provider.CheckStep, since time.Time, err error, otherwise string) provider.CheckStep {
	switch {
	case s.State != "":
		return s
	case err != nil && !since.IsZero():
		return provider.CheckStep{State: provider.CheckFailed, Err: err, Detail: "no answer", Took: time.Since(since)}
	}
	return skipped(otherwise)
}

// fromAPI reports whether an outcome shows that there is a working API, even if it refuses us.
func fromAPI(err error) bool {
	var e *provider.Error
	switch {
	case err == nil:
		return true
	case errors.Is(err, provider.ErrProtocol), errors.Is(err, provider.ErrUnavailable):
		return false
	}
	return errors.As(err, &e) && e.StatusCode != 0
}

func skipped(why string) provider.CheckStep {
	return provider.CheckStep{State: provider.CheckSkipped, Detail: why}
}

// tlsFailure returns what support staff need to know about a certificate problem; "" if it is not
// one.
func (w *watch) tlsFailure(err error) string {
	var unverified *tls.CertificateVerificationError
	var pin *pinError
	var record tls.RecordHeaderError
	var op *net.OpError
	switch {
	case errors.As(err, &unverified) && len(unverified.UnverifiedCertificates) > 0:
		return w.words.Line(unverified.Err.Error(), 200) + "; " + compare(PinOf(unverified.UnverifiedCertificates[0]))
	case errors.As(err, &pin):
		return pin.Error()
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return "the server does not speak TLS on this port"
	case errors.As(err, &op) && op.Op == "remote error":
		return w.words.Text(op.Err.Error())
	}
	return ""
}
