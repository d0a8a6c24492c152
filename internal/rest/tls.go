package rest

import (
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/provkit/provkit/provider"
)

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

// tlsConfig applies the policy to a copy of base, a transport's own configuration, which may
// contain client certificates; nil is none. The text is the policy's problem; "" if there is none.
func tlsConfig(base *tls.Config, policy provider.TLS, host string) (*tls.Config, string) {
	if policy.NoVerify && !policy.Auto {
		return nil, "NoVerify is part of Auto: set Auto, or use InsecureSkipVerify"
	}
	config := base.Clone()
	if config == nil {
		config = new(tls.Config)
	}
	if config.MinVersion == 0 {
		config.MinVersion = tls.VersionTLS12
	}
	config.InsecureSkipVerify = false // the policy decides
	switch {
	case len(policy.PinnedKeys) > 0:
		if policy.InsecureSkipVerify || policy.Auto || len(policy.RootCAs) > 0 {
			return nil, "PinnedKeys cannot be combined with RootCAs, InsecureSkipVerify or Auto"
		}
		pins := make([][]byte, len(policy.PinnedKeys))
		for i, text := range policy.PinnedKeys {
			pin, err := parsePin(text)
			if err != nil {
				return nil, fmt.Sprintf("PinnedKeys[%d]: %v", i, err)
			}
			pins[i] = pin
		}
		// The pin replaces the checks of chain and name, which a self-signed certificate cannot
		// pass. VerifyConnection also runs on resumed connections.
		config.InsecureSkipVerify = true
		also := config.VerifyConnection
		config.VerifyConnection = func(state tls.ConnectionState) error {
			if err := matchPin(state, pins); err != nil || also == nil {
				return err
			}
			return also(state)
		}
	case policy.InsecureSkipVerify:
		config.InsecureSkipVerify = true
	case policy.Auto:
		_, err := netip.ParseAddr(host)
		config.InsecureSkipVerify = err == nil || policy.NoVerify
	}
	if len(policy.RootCAs) > 0 {
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(policy.RootCAs) {
			return nil, "RootCAs contains no certificate in PEM form"
		}
		config.RootCAs = pool
	}
	return config, ""
}

func parsePin(text string) ([]byte, error) {
	var pin []byte
	var err error
	if rest, ok := strings.CutPrefix(text, "sha256/"); ok {
		pin, err = base64.StdEncoding.DecodeString(rest)
	} else {
		pin, err = hex.DecodeString(strings.ReplaceAll(text, ":", ""))
	}
	if err != nil || len(pin) != sha256.Size {
		return nil, errors.New(`not "sha256/<base64>" or hex of a SHA-256`)
	}
	return pin, nil
}

// PinOf returns the pin of a certificate's public key.
func PinOf(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	return "sha256/" + base64.StdEncoding.EncodeToString(sum[:])
}

// compare says what to do about a key that nobody vouches for. Whoever answers may be anybody, so
// its key is not offered as the one to pin.
func compare(pin string) string {
	return "the key that was presented has the fingerprint " + pin + ": pin it (provider.TLS) only if the server itself shows the same, " +
		"with: openssl x509 -in CERTIFICATE -noout -pubkey | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64"
}

type pinError struct{ got string }

func (e *pinError) Error() string {
	return "the server's public key is not one of those that are pinned; " + compare(e.got)
}

func matchPin(state tls.ConnectionState, pins [][]byte) error {
	if len(state.PeerCertificates) == 0 {
		return errors.New("the server presented no certificate")
	}
	sum := sha256.Sum256(state.PeerCertificates[0].RawSubjectPublicKeyInfo)
	for _, pin := range pins {
		if subtle.ConstantTimeCompare(sum[:], pin) == 1 {
			return nil
		}
	}
	return &pinError{got: PinOf(state.PeerCertificates[0])}
}

// newTransport returns a transport that keeps as many idle connections as may be open, so that bulk
// work does not keep opening new ones. It reads no proxy from the environment.
func newTransport(connections int) *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		DialContext:            dialer.DialContext,
		TLSHandshakeTimeout:    10 * time.Second,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           connections,
		MaxIdleConnsPerHost:    connections,
		MaxConnsPerHost:        connections,
		IdleConnTimeout:        90 * time.Second,
		ExpectContinueTimeout:  time.Second,
		MaxResponseHeaderBytes: 1 << 20,
		// Otherwise a connection that died silently would fail every call until the system notices,
		// which takes a quarter of an hour.
		HTTP2: &http.HTTP2Config{SendPingTimeout: 30 * time.Second, PingTimeout: 15 * time.Second},
	}
}
