package licenseserver

import (
	"context"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// MonitoringService reads figures about the whole server.
type MonitoringService struct{ c *Client }

// Alert is something that deserves attention.
type Alert struct {
	// Level is "warning", for example; the dashboard calls it "level", the live figures "type".
	Level     string    `wire:"level|type"`
	Message   string    `wire:"message"`
	Timestamp time.Time `wire:"timestamp"`
}

// Dashboard contains the figures of the panel's first page.
type Dashboard struct {
	TotalLicenses  int64   `wire:"metrics.total_licenses,holder,required"`
	ActiveLicenses int64   `wire:"metrics.active_licenses"`
	TotalCustomers int64   `wire:"metrics.total_customers"`
	ActiveSessions int64   `wire:"metrics.active_sessions"`
	Alerts         []Alert `wire:"alerts"`
}

// LiveStats are the current figures.
type LiveStats struct {
	Timestamp           time.Time `wire:"timestamp"`
	ActiveLicenses      int64     `wire:"metrics.active_licenses,holder"`
	TotalActivations    int64     `wire:"metrics.total_activations"`
	ActiveSessions      int64     `wire:"metrics.active_sessions"`
	HeartbeatsPerMinute int64     `wire:"metrics.heartbeats_per_minute"`
	Alerts              []Alert   `wire:"alerts"`
}

// AnomalyStats counts signs of abuse.
type AnomalyStats struct {
	Total      int64 `wire:"total_anomalies,required"`
	Unresolved int64 `wire:"unresolved"`
	// ByType may have any keys; unusual_activation_pattern, excessive_heartbeats and
	// license_hopping are documented.
	ByType map[string]int64 `wire:"by_type"`
}

// Dashboard reads the figures of the dashboard: GET /api/monitoring/dashboard.
func (s *MonitoringService) Dashboard(ctx context.Context) (*Dashboard, error) {
	return fetch[Dashboard](ctx, s.c, monitoringDashboard, &rest.Call{})
}

// ActiveSessions counts the open sessions of all licenses: GET /api/sessions/active-count.
func (s *MonitoringService) ActiveSessions(ctx context.Context) (int64, error) {
	answer, err := value[struct {
		Count int64 `wire:"count,required"`
	}](ctx, s.c, monitoringSessions, &rest.Call{})
	return answer.Count, err
}

// LiveStats reads the current figures: GET /api/monitoring/live-stats.
func (s *MonitoringService) LiveStats(ctx context.Context) (*LiveStats, error) {
	return fetch[LiveStats](ctx, s.c, monitoringLive, &rest.Call{})
}

// AnomalyStats reads the counts of anomalies: GET /api/monitoring/anomaly-stats.
func (s *MonitoringService) AnomalyStats(ctx context.Context) (*AnomalyStats, error) {
	return fetch[AnomalyStats](ctx, s.c, monitoringAnomalies, &rest.Call{})
}

// AuthService creates tokens.
type AuthService struct{ c *Client }

// Token gives access to the analytics. Where and how to present it is undocumented.
type Token struct {
	// Token is a JWT.
	Token     provider.Secret `wire:"token,required,strict"`
	ExpiresAt time.Time       `wire:"expires_at"`
}

// Token creates a token for the analytics: GET /api/admin/license/auth-token. Its lifetime is
// undocumented except for ExpiresAt.
func (s *AuthService) Token(ctx context.Context) (*Token, error) {
	return fetch[Token](ctx, s.c, authToken, &rest.Call{})
}
