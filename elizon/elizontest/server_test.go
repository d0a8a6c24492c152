package elizontest_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon/elizontest"
	"github.com/provkit/provkit/provider/faults"
)

func (s *server) with(name, value string) *server {
	s.header = http.Header{name: {value}}
	return s
}

func TestCredentials(t *testing.T) {
	s := newServer(t)
	require.Regexp(t, `^elz_[a-z0-9]{40}$`, s.Key)
	require.Equal(t, s.Key, newServer(t).Key, "the same in every run")
	s.with("X-Api-Key", s.Key).get("/services")
	s.with("Authorization", "Bearer "+s.Key).get("/services")
	s.with("Authorization", "bearer "+s.SessionToken).get("/services")
	s.with("Authorization", "Bearer "+s.SessionToken).get("/auth/me")
	s.with("X-Api-Key", s.Key).fails(403, "thisRouteCannotBeAccessedWithAnApiKey", "GET", "/auth/me", "")
	s.fails(403, "thisRouteCannotBeAccessedWithAnApiKey", "POST", "/auth/login", "{}")
	s.with("X-Api-Key", "elz_wrong").fails(401, "invalidApiKey", "GET", "/services", "")
	s.with("X-Api-Key", s.SessionToken).fails(401, "invalidApiKeyFormat", "GET", "/services", "")
	s.with("Authorization", "Bearer x").fails(401, "unauthenticated", "GET", "/services", "")
	s.with("Authorization", "Basic x").fails(401, "unauthenticated", "GET", "/services", "not even JSON")
	s.with("X-Api-Key", "elz_wrong").get("/ping")

	limited := s.AddKey("limited", "view", "stop")
	path := "/services/" + s.AddService(elizontest.Service{}).ID
	s.with("X-Api-Key", limited.Secret).get(path)
	s.want(403, `{"success":false,"error":"API key is missing the permission delete","errorCode":"apiKeyMissingPermission",
		"errorParams":{"permission":"delete"}}`, "DELETE", path, "")
	s.post(path+"/action", `{"action":"stop"}`)
	s.want(403, `{"success":false,"error":"API key is missing the permission settings","errorCode":"apiKeyMissingPermission",
		"errorParams":{"permission":"settings"}}`, "POST", path+"/action", `{"action":"suspend"}`)
	require.True(t, s.RevokeKey(limited.Secret))
	require.False(t, s.RevokeKey("no"))
	s.fails(401, "apiKeyRevoked", "GET", path, "")
	s.with("Authorization", "Bearer "+s.SessionToken)
	s.EndSessions()
	s.fails(401, "unauthenticated", "GET", "/services", "")
}

func TestRateLimit(t *testing.T) {
	s := newServer(t, elizontest.WithRateLimit(2, time.Minute))
	for _, left := range []string{"1", "0"} {
		resp, _ := s.do("GET", "/services", "")
		require.Equal(t, 200, resp.StatusCode)
		require.Equal(t, []string{"2", left, "1772620260000", ""}, []string{
			resp.Header.Get("X-RateLimit-Limit"), resp.Header.Get("X-RateLimit-Remaining"), resp.Header.Get("X-RateLimit-Reset"),
			resp.Header.Get("Retry-After"),
		})
	}
	s.Advance(500 * time.Millisecond)
	s.want(429, `{"success":false,"error":"Rate limit exceeded","errorCode":"rateLimitExceededApiKey","retryAfter":60}`, "GET", "/services", "")
	resp, _ := s.do("GET", "/services", "")
	require.Equal(t, []string{"0", "60"}, []string{resp.Header.Get("X-RateLimit-Remaining"), resp.Header.Get("Retry-After")})
	key := s.Key
	s.with("X-Api-Key", s.AddKey("other").Secret).get("/services")
	s.with("Authorization", "Bearer "+s.SessionToken)
	for range 3 {
		s.get("/services")
	}
	s.with("X-Api-Key", key)
	s.Advance(59*time.Second + 500*time.Millisecond - 1)
	s.fails(429, "rateLimitExceededApiKey", "GET", "/services", "")
	s.Advance(1)
	s.get("/services")
}

func TestWaysToFail(t *testing.T) {
	s := newServer(t, elizontest.WithStatus200(), elizontest.WithRateLimit(100, time.Minute))
	s.want(200, `{"success":false,"error":"Service not found","errorCode":"serviceNotFound"}`, "GET", "/services/x", "")
	s.fails(404, "notFound", "GET", "/nope", "")
	s.with("X-Api-Key", "elz_x").fails(200, "invalidApiKey", "GET", "/services", "")
	s = newServer(t, elizontest.WithoutErrorCodes())
	s.want(404, `{"success":false,"error":"Service not found"}`, "GET", "/services/x", "")
	s.want(400, `{"success":false,"error":"Validation failed","validationErrors":["subject is required","message is required"]}`, "POST", "/tickets", "{}")
	s.with("X-Api-Key", "elz_x").want(401, `{"success":false,"error":"Invalid API key"}`, "GET", "/services", "")
}

func TestClientHeader(t *testing.T) {
	body := "{" + cart("prod-vps-s", "") + `,"paymentMethod":"guthaben"}`
	s := newServer(t)
	s.header.Set("X-Elizon-Client", "mobile")
	s.fails(403, "clientPlatformNotAllowed", "POST", "/checkout", body)
	s.fails(403, "clientPlatformNotAllowed", "POST", "/invoices/x/pay", `{"paymentMethod":"guthaben"}`)
	s.get("/services")
	s.header.Set("X-Elizon-Client", "api")
	s.fails(403, "clientPlatformNotAllowed", "POST", "/account/payment-methods", "")
	s.fails(403, "clientPlatformNotAllowed", "POST", "/business/fund/x/cancel", "")
	s.header.Del("X-Elizon-Client")
	s.fails(403, "clientPlatformNotAllowed", "POST", "/checkout", body)
	s.header.Set("X-Elizon-Client", "desktop")
	s.post("/checkout", body)
	s = newServer(t, elizontest.WithClientHeader("desktop", "api", ""))
	for _, client := range []string{"api", "desktop", ""} {
		s.header.Set("X-Elizon-Client", client)
		s.post("/checkout", body)
	}
}

func TestFaultsAndJournal(t *testing.T) {
	s := newServer(t, elizontest.WithPathPrefix("/v1"))
	s.Faults.At(1, faults.Fault{Kind: faults.Status, StatusCode: 503})
	s.order("prod-vps-s")
	resp, _ := s.do("GET", "/services", "")
	require.Equal(t, 503, resp.StatusCode)
	log := s.Faults.Requests()
	require.Len(t, log, 2)
	require.Equal(t, "/v1/api/checkout", log[0].Path)
	require.Contains(t, string(log[0].Body), "guthaben")
}

func TestOverTCP(t *testing.T) {
	srv := elizontest.NewServer(elizontest.WithTLS())
	defer srv.Close()
	require.Regexp(t, `^sha256/`, srv.Pin)
	require.NotEmpty(t, srv.CertificatePEM)
	srv.Close()
	plain := elizontest.NewServer()
	defer plain.Close()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, plain.URL+"/api/ping", nil)
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, 200, resp.StatusCode)
}

func TestInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, elizontest.WithClock(time.Now))
		truth := s.order("prod-vps-s")
		time.Sleep(elizontest.ProvisioningTime)
		require.Equal(t, "RUNNING", s.truth(truth.SubscriptionID).Status)
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() { s.order("prod-vps-s") })
		}
		wg.Wait()
		require.Len(t, s.Truths(), 21)
	})
}
