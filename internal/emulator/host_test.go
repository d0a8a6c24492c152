package emulator_test

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/emulator"
	"github.com/provkit/provkit/provider/faults"
)

var echo = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	_, _ = fmt.Fprintf(w, "%s %s", r.Method, r.URL.EscapedPath())
})

func body(t *testing.T, client *http.Client, url string) (int, string) {
	t.Helper()
	resp, err := client.Get(url)
	require.NoError(t, err)
	defer func() { require.NoError(t, resp.Body.Close()) }()
	data, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(data)
}

func TestHostOverTCPAndInMemory(t *testing.T) {
	host := emulator.NewHost(emulator.HostConfig{Handler: echo, Prefix: "/panel/"})
	defer host.Close()
	require.Regexp(t, `^http://(127\.0\.0\.1|\[::1\]):\d+/panel$`, host.URL)
	tcp := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for _, client := range []*http.Client{tcp, host.Client()} {
		status, text := body(t, client, host.URL+"/a%2Fb")
		require.Equal(t, 200, status)
		require.Equal(t, "GET /a%2Fb", text)
		status, _ = body(t, client, strings.TrimSuffix(host.URL, "/panel")+"/a")
		require.Equal(t, 404, status, "nothing is served outside the prefix")
	}
	require.Equal(t, 4, host.Faults.Count(), "both ways pass the same injector")
	require.Equal(t, "/panel/a%2Fb", host.Faults.Requests()[0].Path)
	host.Faults.At(0, faults.Fault{Kind: faults.Status})
	status, _ := body(t, tcp, host.URL+"/")
	require.Equal(t, 500, status)

	host.Close()
	host.Close()
	for _, client := range []*http.Client{tcp, host.Client()} {
		_, err := client.Get(host.URL + "/")
		require.ErrorIs(t, err, syscall.ECONNREFUSED)
	}
}

func TestHostInMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the test fails if a goroutine is left
		var in faults.Injector
		host := emulator.NewHost(emulator.HostConfig{Handler: echo, InMemory: true, Faults: &in, TLS: true})
		require.Equal(t, "https://emulator.test", host.URL)
		require.Same(t, &in, host.Faults)
		in.At(0, faults.Fault{Kind: faults.Delay, Delay: time.Hour})
		start := time.Now()
		status, text := body(t, host.Client(), host.URL+"/x")
		require.Equal(t, 200, status)
		require.Equal(t, "GET /x", text)
		require.Equal(t, time.Hour, time.Since(start))
	})
}

func TestMemoryKnowsNoOtherHost(t *testing.T) {
	host := emulator.NewHost(emulator.HostConfig{Handler: echo, InMemory: true, Name: "panel.test"})
	for _, url := range []string{"https://other.test/", "http://panel.test/", "https://panel.test:81/"} {
		_, err := host.Client().Post(url, "", strings.NewReader("x"))
		var dns *net.DNSError
		require.ErrorAs(t, err, &dns, url)
		require.True(t, dns.IsNotFound)
	}
	require.Zero(t, host.Faults.Count())
	status, _ := body(t, host.Client(), "https://PANEL.test/")
	require.Equal(t, 200, status)
}

func TestHostTLS(t *testing.T) {
	host := emulator.NewHost(emulator.HostConfig{Handler: echo, TLS: true})
	defer host.Close()
	trusting := func(cfg *tls.Config) *http.Client {
		return &http.Client{Transport: &http.Transport{TLSClientConfig: cfg, DisableKeepAlives: true}}
	}
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(host.Certificate.PEM))
	for _, pool := range []*x509.CertPool{roots, host.Certificate.Pool()} {
		status, _ := body(t, trusting(&tls.Config{RootCAs: pool}), host.URL+"/")
		require.Equal(t, 200, status)
	}
	_, err := trusting(&tls.Config{}).Get(host.URL + "/")
	var unknown *tls.CertificateVerificationError
	require.ErrorAs(t, err, &unknown)

	resp, err := host.Client().Get(host.URL + "/")
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, host.Certificate.Pin, emulator.PinOf(resp.TLS.PeerCertificates[0]))
	require.Regexp(t, `^sha256/[A-Za-z0-9+/]{43}=$`, host.Certificate.Pin)

	other := emulator.NewHost(emulator.HostConfig{Handler: echo, TLS: true, InMemory: true})
	require.NotEqual(t, host.Certificate.Pin, other.Certificate.Pin, "no key is reused")
}
