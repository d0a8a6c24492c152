package licenseservertest_test

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/licenseserver/licenseservertest"
	"github.com/provkit/provkit/provider/faults"
)

func (s *server) status(method, path string) int {
	s.t.Helper()
	resp, _ := s.do(method, path, "{}")
	return resp.StatusCode
}

func TestAPIKey(t *testing.T) {
	s := newServer(t)
	require.Regexp(t, `^AF-\d{4}-[A-Z0-9]{32}$`, s.Key)
	require.Equal(t, s.Key, newServer(t).Key, "the same in every run")
	require.NotContains(t, s.Key, "XXXX", "no sample")
	right := s.Key
	for _, key := range []string{"", "AF-2025-" + strings.Repeat("X", 32), right + "0", strings.ToLower(right)} {
		s.Key = key // the server accepts its original key, not the present value of the field
		s.fails(401, "INVALID_API_KEY", "Invalid or missing API key", "GET", "/api/version/latest", "")
		s.fails(401, "INVALID_API_KEY", "Invalid or missing API key", "POST", startPath, "not even JSON")
	}
	s.Key = right
	require.Equal(t, 200, s.status("GET", "/api/version/latest"))
	next := s.RegenerateKey()
	require.Regexp(t, `^AF-\d{4}-[A-Z0-9]{32}$`, next)
	require.Equal(t, right, s.Key)
	s.fails(401, "INVALID_API_KEY", "Invalid or missing API key", "GET", "/api/version/latest", "")
	require.Equal(t, 200, s.status("GET", "/api/sessions/active-count"), "the gate is another")
	s.Key = next
	require.Equal(t, 200, s.status("GET", "/api/version/latest"))
	require.NotEqual(t, next, s.RegenerateKey())
	require.Equal(t, 401, s.status("GET", "/api/version/latest"))
}

func TestAdminGate(t *testing.T) {
	const path = "/api/sessions/active-count"
	closed := func(s *server) {
		t.Helper()
		s.fails(401, "LOGIN_REQUIRED", "Authentication required", "GET", path, "")
		s.fails(401, "LOGIN_REQUIRED", "Authentication required", "GET", "/leads/", "")
	}
	s := newServer(t)
	require.Equal(t, "session="+s.AdminCookie.Value, s.AdminHeader.Get("Cookie"))
	require.Equal(t, 200, s.status("GET", path))
	right := s.AdminHeader
	for _, cookie := range []string{"", "session=", "session=x", "other=" + s.AdminCookie.Value} {
		s.AdminHeader = http.Header{"Cookie": {cookie}}
		closed(s)
	}
	s.AdminHeader = http.Header{"Cookie": {"a=b; " + right.Get("Cookie")}}
	require.Equal(t, 200, s.status("GET", path))
	s.EndAdminSession()
	closed(s)

	s = newServer(t, licenseservertest.WithAdminHeader("authorization"))
	require.Nil(t, s.AdminCookie)
	require.Regexp(t, `^Bearer [a-z0-9]{40}$`, s.AdminHeader.Get("Authorization"))
	require.Equal(t, 200, s.status("GET", path))
	s.AdminHeader = http.Header{"Authorization": {"Bearer x"}}
	closed(s)
	s = newServer(t, licenseservertest.WithAdminHeader("X-Admin"))
	require.Regexp(t, `^[a-z0-9]{40}$`, s.AdminHeader.Get("X-Admin"))
	require.Equal(t, 200, s.status("GET", path))

	s = newServer(t, licenseservertest.WithOpenAdmin())
	require.Nil(t, s.AdminCookie)
	require.Empty(t, s.AdminHeader)
	s.EndAdminSession()
	require.Equal(t, 200, s.status("GET", path))
	s.Key = ""
	require.Equal(t, 200, s.status("GET", path))
	require.Equal(t, 401, s.status("GET", "/api/version/latest"))

	s = newServer(t, licenseservertest.WithAdminAPIKey())
	require.Equal(t, s.Key, s.AdminHeader.Get("X-API-Key"))
	require.Equal(t, 200, s.status("GET", path))
	s.RegenerateKey()
	s.fails(401, "INVALID_API_KEY", "Invalid or missing API key", "GET", path, "")
}

func TestRateLimit(t *testing.T) {
	s := newServer(t, licenseservertest.WithRateLimit(2, time.Minute))
	require.Equal(t, 200, s.status("GET", "/api/version/latest"))
	require.Equal(t, 200, s.status("GET", "/api/customers"))
	s.now = s.now.Add(time.Minute - 1)
	s.Key = "wrong"
	for _, path := range []string{"/api/version/latest", "/api/customers", "/leads/export"} {
		resp, text := s.do("GET", path, "")
		require.JSONEq(t, failure(429, "RATE_LIMIT_EXCEEDED", "Rate limit exceeded"), text)
		require.Empty(t, resp.Header.Get("Retry-After"), "none is documented")
	}
	require.Equal(t, 200, s.status("GET", "/health"))
	require.Equal(t, 404, s.status("GET", "/nothing"))
	s.now = s.now.Add(1)
	require.Equal(t, 401, s.status("GET", "/api/version/latest"))
}

func TestBrokenBodies(t *testing.T) {
	huge := `{"license_key":"` + strings.Repeat("x", 1<<20) + `"}`
	s := newServer(t)
	for body, text := range map[string]string{
		"":       "The body is empty",
		"{":      "The body is not JSON",
		"a=b":    "The body is not JSON",
		"{} {}":  "The body is not JSON",
		"[]":     "The body has a value of the wrong type (want object)",
		"null":   "The body has a value of the wrong type (want object)",
		`"text"`: "The body has a value of the wrong type (want object)",
		huge:     "The body is too large",
	} {
		s.fails(400, "BAD_REQUEST", text, "POST", activatePath, body)
		if body != "" {
			s.fails(400, "BAD_REQUEST", text, "POST", "/api/generate-license-key", body)
		}
	}
	require.Empty(t, s.Licenses())
}

func TestOverTCP(t *testing.T) {
	srv := licenseservertest.NewServer(licenseservertest.WithTLS(), licenseservertest.WithPathPrefix("/v2"))
	defer srv.Close()
	require.True(t, strings.HasPrefix(srv.URL, "https://127.0.0.1:"), srv.URL)
	require.True(t, strings.HasSuffix(srv.URL, "/v2"), srv.URL)
	require.Regexp(t, `^sha256/.{44}$`, srv.Pin)
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(srv.CertificatePEM))
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true}}
	for path, want := range map[string]int{"/v2/health": 200, "/v2/": 200, "/v2": 404, "/health": 404, "/": 404} {
		resp, err := client.Get(strings.TrimSuffix(srv.URL, "/v2") + path)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, want, resp.StatusCode, path)
	}
	srv.Close()
	srv.Close()
}

func TestInMemoryInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := licenseservertest.NewServer(licenseservertest.InMemory(), licenseservertest.WithSeedLicenses(1))
		srv.Faults.At(0, faults.Fault{Kind: faults.Delay, Delay: time.Hour})
		before := time.Now()
		resp, err := srv.Client().Get(srv.URL + "/health")
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, 200, resp.StatusCode)
		require.Equal(t, time.Hour, time.Since(before))
	})
}

func TestAddAndRemove(t *testing.T) {
	s := newServer(t)
	l := s.AddLicense(licenseservertest.License{})
	require.Equal(t, licenseservertest.License{
		ID: l.ID, Key: l.Key, Type: "perpetual", ValidFrom: start.Truncate(24 * time.Hour),
		ValidUntil: start.Truncate(24*time.Hour).AddDate(1, 0, 0), MaxActivations: 1, MaxUsers: 1,
		DeviceLimit: 1, SessionLimit: 1,
	}, l)
	whole := licenseservertest.License{
		ID: 90000, Key: "MINE", CustomerID: s.AddCustomer(licenseservertest.Customer{Name: "N", Email: "n@n.example"}), Type: "trial",
		ValidFrom: start, MaxActivations: 4, MaxUsers: 5, DeviceLimit: 3, SessionLimit: 2, Inactive: true,
	}
	require.Equal(t, whole, s.AddLicense(whole))
	require.Greater(t, s.AddLicense(licenseservertest.License{}).ID, int64(90000))
	require.Panics(t, func() { s.AddLicense(licenseservertest.License{ID: 90000}) })
	require.Panics(t, func() { s.AddLicense(licenseservertest.License{Key: "MINE"}) })
	require.Panics(t, func() { s.AddCustomer(licenseservertest.Customer{ID: whole.CustomerID}) })
	require.Panics(t, func() { s.AddContact(licenseservertest.Contact{ID: s.Contacts()[0].ID}) })
	require.Equal(t, "N", s.Customers()[1].Name)

	require.True(t, s.UpdateLicense(l.ID, func(l *licenseservertest.License) { l.ID, l.Key, l.MaxUsers = 1, "x", 77 }))
	require.False(t, s.UpdateLicense(1, nil))
	got := s.Licenses()[0]
	require.Equal(t, []any{l.ID, l.Key, int64(77)}, []any{got.ID, got.Key, got.MaxUsers})
	require.True(t, s.RemoveLicense(l.ID))
	require.False(t, s.RemoveLicense(l.ID))
	s.Contacts()[0].Details[0].Value = "changed"
	require.NotEqual(t, "changed", s.Contacts()[0].Details[0].Value, "copies")
}

func TestIDsHaveGaps(t *testing.T) {
	s := newServer(t, licenseservertest.WithSeedLicenses(30))
	all := s.Licenses()
	require.Len(t, all, 30)
	for i := 1; i < len(all); i++ {
		require.Contains(t, []int64{2, 3, 4}, all[i].ID-all[i-1].ID)
	}
	require.Equal(t, all, newServer(t, licenseservertest.WithSeedLicenses(30)).Licenses(), "the same in every run")
}

// TestConcurrentCalls lets many machines activate and start at once: the limits hold.
func TestConcurrentCalls(t *testing.T) {
	s := newServer(t)
	l := s.AddLicense(licenseservertest.License{MaxActivations: 5})
	var wg sync.WaitGroup
	statuses := make(chan string, 400)
	for i := range 20 {
		wg.Go(func() {
			machine := fmt.Sprintf("PC-%d", i)
			for path, body := range map[string]string{activatePath: machineBody(l.Key, machine), startPath: startBody(l.Key, machine)} {
				req, err := http.NewRequest(http.MethodPost, s.URL+path, strings.NewReader(body))
				if err != nil {
					panic(err)
				}
				req.Header.Set("X-API-Key", s.Key)
				resp, err := s.Client().Do(req)
				if err != nil {
					panic(err)
				}
				_ = resp.Body.Close()
				statuses <- fmt.Sprint(path, resp.StatusCode)
				s.Devices(l.ID)
			}
		})
	}
	wg.Wait()
	close(statuses)
	count := map[string]int{}
	for status := range statuses {
		count[status]++
	}
	require.Equal(t, map[string]int{activatePath + "200": 5, activatePath + "409": 15, startPath + "200": 1, startPath + "409": 19}, count)
}
