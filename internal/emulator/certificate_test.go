package emulator_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/emulator"
)

// TestKeepCertificate: a certificate is made once, and serves under every name that it was made for.
func TestKeepCertificate(t *testing.T) {
	cert, key := filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	first, err := emulator.KeepCertificate(cert, key, "panel", "192.0.2.9")
	require.NoError(t, err)
	second, err := emulator.KeepCertificate(cert, key)
	require.NoError(t, err)
	require.Equal(t, first.PEM, second.PEM)
	require.Equal(t, first.Pin, second.Pin)
	info, err := os.Stat(key)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	served, err := emulator.Listen(t.Context(), "127.0.0.1:0", second, echo)
	require.NoError(t, err)
	defer served.Close()
	roots := first.Pool()
	shown := certificateAt(t, served.Address)
	for _, name := range []string{"panel", "192.0.2.9", "localhost", "127.0.0.1"} {
		_, err := shown.Verify(x509.VerifyOptions{DNSName: name, Roots: roots})
		require.NoError(t, err, name)
	}

	require.NoError(t, os.Remove(key))
	_, err = emulator.KeepCertificate(cert, key)
	require.ErrorContains(t, err, key, "one of two files is a mistake")
	require.NoError(t, os.WriteFile(key, []byte("no key"), 0o600))
	_, err = emulator.KeepCertificate(cert, key)
	require.ErrorContains(t, err, cert+" and "+key)
}

// certificateAt returns the certificate with which an address answers.
func certificateAt(t *testing.T, address string) *x509.Certificate {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}}
	resp, err := client.Get("https://" + address)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return resp.TLS.PeerCertificates[0]
}
