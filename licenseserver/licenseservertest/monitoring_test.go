package licenseservertest_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/licenseserver/licenseservertest"
)

func TestMonitoring(t *testing.T) {
	s := newServer(t, licenseservertest.WithSeedLicenses(2))
	ls := s.Licenses()
	s.AddAlert(licenseservertest.Alert{Level: "warning", Message: "Disk"})
	s.AddLicense(licenseservertest.License{Inactive: true})
	s.field("activation", "POST", activatePath, machineBody(ls[0].Key, "A"))
	_, token := s.start(ls[0].Key, "A")
	for range 3 {
		s.now = s.now.Add(40 * time.Second)
		s.field("last_heartbeat", "POST", beatPath, beatBody(ls[0].Key, token))
	}
	s.get(`{"metrics":{"total_licenses":3,"active_licenses":2,"total_customers":3,"active_sessions":1},
		"alerts":[{"level":"warning","message":"Disk","timestamp":"2026-03-04T10:30:00Z"}]}`, "/api/monitoring/dashboard")
	live := func(now string, sessions, beats int) string {
		return at(`{"timestamp":%q,"metrics":{"active_licenses":2,"total_activations":1,"active_sessions":%d,"heartbeats_per_minute":%d},
			"alerts":[{"type":"warning","message":"Disk","timestamp":"2026-03-04T10:30:00Z"}]}`, now, sessions, beats)
	}
	s.get(live("2026-03-04T10:32:00Z", 1, 2), "/api/monitoring/live-stats")
	s.get(`{"count":1}`, "/api/sessions/active-count")
	s.now = s.now.Add(time.Hour)
	s.get(live("2026-03-04T11:32:00Z", 0, 0), "/api/monitoring/live-stats")
	s.get(`{"count":0}`, "/api/sessions/active-count")

	s.get(`{"total_anomalies":0,"unresolved":0,"by_type":{"unusual_activation_pattern":0,"excessive_heartbeats":0,"license_hopping":0}}`, "/api/monitoring/anomaly-stats")
	s.AddAnomaly(licenseservertest.Anomaly{Type: "license_hopping"})
	s.AddAnomaly(licenseservertest.Anomaly{Type: "license_hopping", Resolved: true})
	s.AddAnomaly(licenseservertest.Anomaly{Type: "new"})
	s.get(`{"total_anomalies":3,"unresolved":2,"by_type":{"unusual_activation_pattern":0,"excessive_heartbeats":0,"license_hopping":2,"new":1}}`, "/api/monitoring/anomaly-stats")
}

func TestAuthToken(t *testing.T) {
	s := newServer(t)
	_, text := s.do("GET", "/api/admin/license/auth-token", "")
	token := s.AuthTokens()[0]
	require.Equal(t, licenseservertest.AuthToken{Token: token.Token, IssuedAt: start, ExpiresAt: start.Add(time.Hour)}, token)
	require.JSONEq(t, at(`{"token":%q,"expires_at":"2026-03-04T11:30:00Z"}`, token.Token), text)
	parts := strings.Split(token.Token, ".")
	require.Len(t, parts, 3)
	decoded := make([]string, 3)
	for i, part := range parts {
		data, err := base64.RawURLEncoding.DecodeString(part)
		require.NoError(t, err)
		decoded[i] = string(data)
	}
	require.JSONEq(t, `{"alg":"HS256","typ":"JWT"}`, decoded[0])
	require.Contains(t, decoded[1], at(`"iat":%d,"exp":%d`, start.Unix(), start.Add(time.Hour).Unix()))
	require.Len(t, decoded[2], 32)

	s.do("GET", "/api/admin/license/auth-token", "")
	require.NotEqual(t, token.Token, s.AuthTokens()[1].Token)
	twin := newServer(t)
	twin.do("GET", "/api/admin/license/auth-token", "")
	require.Equal(t, token, twin.AuthTokens()[0], "the same in every run")
}

func TestMetrics(t *testing.T) {
	s := newServer(t, licenseservertest.WithSeedLicenses(2), licenseservertest.WithSessionTimeout(5*time.Minute))
	l := s.Licenses()[0]
	s.AddLicense(licenseservertest.License{Inactive: true})
	s.field("activation", "POST", activatePath, machineBody(l.Key, "A"))
	for _, after := range []time.Duration{30 * time.Second, 90*time.Second + 500*time.Millisecond} {
		_, token := s.start(l.Key, "A")
		s.now = s.now.Add(after)
		s.field("end_reason", "POST", endPath, endBody(token))
	}
	s.start(l.Key, "A")
	s.do("GET", "/nothing", "")
	s.Key = ""
	require.Equal(t, 401, s.status("GET", "/api/version/latest"))
	resp, text := s.do("GET", "/metrics", "")
	require.Equal(t, 200, resp.StatusCode)
	require.Equal(t, "text/plain; version=0.0.4; charset=utf-8", resp.Header.Get("Content-Type"))
	require.Equal(t, `# HELP license_server_info About this server.
# TYPE license_server_info gauge
license_server_info{service="V2 License Server",latest_version="2.4.0"} 1
# HELP license_server_licenses Licenses by state.
# TYPE license_server_licenses gauge
license_server_licenses{state="active"} 2
license_server_licenses{state="inactive"} 1
# HELP license_server_activations Active activations.
# TYPE license_server_activations gauge
license_server_activations 1
# HELP license_server_active_sessions Open sessions.
# TYPE license_server_active_sessions gauge
license_server_active_sessions 1
# HELP license_server_http_requests_total Answers by HTTP status.
# TYPE license_server_http_requests_total counter
license_server_http_requests_total{code="200"} 6
license_server_http_requests_total{code="401"} 1
license_server_http_requests_total{code="404"} 1
# HELP license_server_session_duration_seconds How long sessions lasted.
# TYPE license_server_session_duration_seconds histogram
license_server_session_duration_seconds_bucket{le="60"} 1
license_server_session_duration_seconds_bucket{le="600"} 2
license_server_session_duration_seconds_bucket{le="3600"} 2
license_server_session_duration_seconds_bucket{le="28800"} 2
license_server_session_duration_seconds_bucket{le="+Inf"} 2
license_server_session_duration_seconds_sum 120.5
license_server_session_duration_seconds_count 2
`, text)
}
