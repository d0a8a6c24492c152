package rest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"io"
	"log"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
)

// panel returns a server with a certificate that no authority has signed.
func panel(t *testing.T) *httptest.Server {
	srv := httptest.NewUnstartedServer(okThing)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	t.Cleanup(srv.Close)
	return srv
}

func ask(t *testing.T, c *Client) error {
	t.Helper()
	return c.Do(t.Context(), callOf(Once, new(thing)))
}

func pins(p ...string) provider.Option { return provider.WithTLS(provider.TLS{PinnedKeys: p}) }

func hexPin(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	return hex.EncodeToString(sum[:])
}

func TestSelfSignedIsRefused(t *testing.T) {
	srv := panel(t)
	err := ask(t, newClient(t, srv.URL))
	require.ErrorIs(t, err, provider.ErrUnavailable)
	require.NotErrorIs(t, err, provider.ErrOutcomeUnknown, "the request was not sent")
	assert.Contains(t, err.Error(), PinOf(srv.Certificate()), "the pin to compare")
	assert.Contains(t, err.Error(), "pin it (provider.TLS) only if the server itself shows the same")
	assert.Contains(t, err.Error(), "openssl x509 -in CERTIFICATE")
	var unverified *tls.CertificateVerificationError
	require.ErrorAs(t, err, &unverified)
}

func TestPins(t *testing.T) {
	srv := panel(t)
	right, other := PinOf(srv.Certificate()), "sha256/"+strings.Repeat("A", 43)+"="
	colons := strings.ToUpper(hexPin(srv.Certificate()))
	for i := 2; i < len(colons); i += 3 {
		colons = colons[:i] + ":" + colons[i:]
	}
	for name, pin := range map[string]string{"base64": right, "hex": hexPin(srv.Certificate()), "hex as openssl prints it": colons} {
		require.NoError(t, ask(t, newClient(t, srv.URL, pins(pin))), name)
		require.NoError(t, ask(t, newClient(t, srv.URL, pins(other, pin))), name)
	}
	err := ask(t, newClient(t, srv.URL, pins(other)))
	require.ErrorIs(t, err, provider.ErrUnavailable)
	require.NotErrorIs(t, err, provider.ErrOutcomeUnknown)
	assert.Contains(t, err.Error(), right, "so that a new key can be compared")

	for _, bad := range []string{"", "sha256/", "abc", "sha256/AAAA", right[:len(right)-2], hexPin(srv.Certificate())[2:]} {
		_, err := New(testConfig(srv.URL), pins(bad))
		require.ErrorIs(t, err, provider.ErrInvalid, bad)
		assert.Contains(t, asError(t, err).Fields, "WithTLS")
	}
}

// TestPinOnResumedSessions: VerifyPeerCertificate would not run on these.
func TestPinOnResumedSessions(t *testing.T) {
	srv := panel(t)
	cache := tls.NewLRUClientSessionCache(4)
	transport := &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{ClientSessionCache: cache, MaxVersion: tls.VersionTLS12}}
	withPin := func(pin string) *Client {
		return newClient(t, srv.URL, provider.WithHTTPClient(&http.Client{Transport: transport}), pins(pin))
	}
	good := withPin(PinOf(srv.Certificate()))
	require.NoError(t, ask(t, good))
	require.NoError(t, ask(t, good))
	require.Error(t, ask(t, withPin("sha256/"+strings.Repeat("A", 43)+"=")))
}

func TestRootCAs(t *testing.T) {
	srv := panel(t)
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
	require.NoError(t, ask(t, newClient(t, srv.URL, provider.WithTLS(provider.TLS{RootCAs: ca}))))
	require.Error(t, ask(t, newClient(t, srv.URL, provider.WithTLS(provider.TLS{RootCAs: selfSigned(t)}))), "another authority")
	_, err := New(testConfig(srv.URL), provider.WithTLS(provider.TLS{RootCAs: []byte("no PEM")}))
	require.ErrorIs(t, err, provider.ErrInvalid)
}

func TestAuto(t *testing.T) {
	srv := panel(t)
	byName := strings.Replace(srv.URL, "127.0.0.1", "localhost", 1)
	require.NoError(t, ask(t, newClient(t, srv.URL, provider.WithTLS(provider.TLS{Auto: true}))), "an address is not verified")
	require.Error(t, ask(t, newClient(t, byName, provider.WithTLS(provider.TLS{Auto: true}))), "a name is")
	require.NoError(t, ask(t, newClient(t, byName, provider.WithTLS(provider.TLS{Auto: true, NoVerify: true}))))
	require.NoError(t, ask(t, newClient(t, byName, provider.WithTLS(provider.TLS{InsecureSkipVerify: true}))))
	for _, policy := range []provider.TLS{
		{NoVerify: true},
		{PinnedKeys: []string{hexPin(srv.Certificate())}, InsecureSkipVerify: true},
		{PinnedKeys: []string{hexPin(srv.Certificate())}, Auto: true},
		{PinnedKeys: []string{hexPin(srv.Certificate())}, RootCAs: selfSigned(t)},
	} {
		_, err := New(testConfig(srv.URL), provider.WithTLS(policy))
		require.ErrorIs(t, err, provider.ErrInvalid)
	}
	for host, skip := range map[string]bool{"192.0.2.1": true, "2001:db8::1": true, "fe80::1%eth0": true, "panel.test": false, "192.0.2.1.nip.io": false, "1": false} {
		config, problem := tlsConfig(nil, provider.TLS{Auto: true}, host)
		require.Empty(t, problem)
		assert.Equal(t, skip, config.InsecureSkipVerify, host)
	}
}

// TestCallersTransport: WithTLS works on a copy, and adds to what the caller has set.
func TestCallersTransport(t *testing.T) {
	srv := panel(t)
	var asked atomic.Int32
	own := &tls.Config{MinVersion: tls.VersionTLS13, ServerName: "panel.test", InsecureSkipVerify: true, VerifyConnection: func(tls.ConnectionState) error {
		asked.Add(1)
		return nil
	}}
	transport := &http.Transport{TLSClientConfig: own, MaxIdleConns: 7, ResponseHeaderTimeout: time.Minute}
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	caller := &http.Client{Transport: transport, Timeout: time.Hour, Jar: jar}
	c := newClient(t, srv.URL, provider.WithHTTPClient(caller), pins(PinOf(srv.Certificate())))
	require.NoError(t, ask(t, c))

	inner := c.transport()
	assert.NotSame(t, transport, inner)
	assert.Equal(t, 7, inner.MaxIdleConns)
	assert.EqualValues(t, tls.VersionTLS13, inner.TLSClientConfig.MinVersion)
	assert.Equal(t, "panel.test", inner.TLSClientConfig.ServerName)
	assert.EqualValues(t, 1, asked.Load(), "the caller's own check runs, too")
	assert.Same(t, jar, c.http.Jar)

	assert.Same(t, transport, caller.Transport)
	assert.Equal(t, time.Hour, caller.Timeout)
	assert.Nil(t, caller.CheckRedirect)
	assert.Same(t, own, transport.TLSClientConfig)
	assert.Nil(t, own.RootCAs)
	require.NoError(t, own.VerifyConnection(tls.ConnectionState{}), "still that of the caller, without our pin")
	assert.Equal(t, 7, transport.MaxIdleConns)

	careless := newClient(t, srv.URL, provider.WithHTTPClient(caller), provider.WithTLS(provider.TLS{RootCAs: selfSigned(t)}))
	require.Error(t, ask(t, careless), "the policy overrules the transport's InsecureSkipVerify")

	shared := newClient(t, srv.URL, provider.WithHTTPClient(caller))
	assert.Same(t, transport, shared.transport(), "without WithTLS the caller's pool is used")
	require.NoError(t, ask(t, shared))
	assert.Same(t, transport, caller.Transport)
}

func TestPolicyThatCannotBeKept(t *testing.T) {
	for name, transport := range map[string]http.RoundTripper{
		"foreign":        roundTripper(func(*http.Request) (*http.Response, error) { return nil, io.EOF }),
		"DialTLSContext": &http.Transport{DialTLSContext: (&tls.Dialer{}).DialContext},
		//lint:ignore SA1019 for staticcheck by itself, which .ci/run falls back to
		"DialTLS": &http.Transport{DialTLS: func(_, _ string) (net.Conn, error) { return nil, io.EOF }}, //nolint:staticcheck // deprecated, but in use
	} {
		_, err := New(testConfig("https://a.test"), provider.WithHTTPClient(&http.Client{Transport: transport}), pins(strings.Repeat("00", 32)))
		require.ErrorIs(t, err, provider.ErrInvalid, name)
		assert.Contains(t, asError(t, err).Fields, "WithTLS")
		_, err = New(testConfig("https://a.test"), provider.WithHTTPClient(&http.Client{Transport: transport}))
		require.NoError(t, err, name)
	}
}

// TestEnvironmentIsNotRead: no proxy is used but the one that the caller sets.
func TestEnvironmentIsNotRead(t *testing.T) {
	assert.Nil(t, newClient(t, "https://a.test").transport().Proxy)
}

func selfSigned(t *testing.T) []byte {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "other"}, NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// TestHostileNamesInCertificates: whoever answers chooses them, before anything is verified.
func TestHostileNamesInCertificates(t *testing.T) {
	const evil = "\x1b]52;c;aGVsbG8=\x07\r\nlevel=INFO"
	srv := httptest.NewUnstartedServer(okThing)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	names := []string{"\x1b]52;c;aGVsbG8=\x07\r\nlevel=INFO"}
	for range 2000 {
		names = append(names, names[0]+".test")
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: evil + "\u202e\u200b" + strings.Repeat("long", 1000), Organization: []string{evil}},
		DNSNames: names, NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	srv.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	srv.StartTLS()
	t.Cleanup(srv.Close)
	pin := PinOf(srv.Certificate())
	roots := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	for name, opt := range map[string]provider.Option{
		"unknown": provider.WithTLS(provider.TLS{}), "other pin": pins(strings.Repeat("00", 32)), "pin": pins(pin), "other name": provider.WithTLS(provider.TLS{RootCAs: roots}),
	} {
		t.Run(name, func(t *testing.T) {
			var dumps syncBuffer
			var logged []string
			logger := slog.New(&keeper{keep: func(text string) { logged = append(logged, text) }})
			c := newClient(t, srv.URL, opt, provider.WithLogger(logger), provider.WithDumps(&dumps))
			t.Cleanup(c.closeIdle)
			steps, err := diagnose(t, c)
			require.Equal(t, name == "pin", err == nil)
			if err != nil {
				requireShown(t, err.Error(), 2200)
				require.Contains(t, err.Error(), pin)
			}
			for _, step := range steps {
				requireShown(t, step.Detail, 800)
				if step.Err != nil {
					requireShown(t, step.Err.Error(), 2200)
				}
			}
			for _, text := range append(logged, strings.ReplaceAll(dumps.String(), "\n", "")) {
				requireShown(t, text, 5000)
			}
		})
	}
}
