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
	// Level is "warning" and the like: "level" in the dashboard, "type" in the live
	// figures.
	Level     string
	Message   string
	Timestamp time.Time
}

// Dashboard is the panel's first page.
type Dashboard struct {
	TotalLicenses, ActiveLicenses, TotalCustomers, ActiveSessions int64
	Alerts                                                        []Alert
}

// LiveStats are figures of this moment.
type LiveStats struct {
	Timestamp                                                             time.Time
	ActiveLicenses, TotalActivations, ActiveSessions, HeartbeatsPerMinute int64
	Alerts                                                                []Alert
}

// AnomalyStats counts what looks like abuse.
type AnomalyStats struct {
	Total, Unresolved int64
	// ByType is open: unusual_activation_pattern, excessive_heartbeats and
	// license_hopping are documented.
	ByType map[string]int64
}

// Dashboard reads the figures of the dashboard: GET /api/monitoring/dashboard.
func (s *MonitoringService) Dashboard(ctx context.Context) (*Dashboard, error) {
	return fetch[Dashboard, dashboardWire](ctx, s.c, monitoringDashboard, &rest.Call{})
}

// ActiveSessions counts the open sessions of all licenses: GET
// /api/sessions/active-count.
func (s *MonitoringService) ActiveSessions(ctx context.Context) (int64, error) {
	var w sessionCountWire
	if err := s.c.call(ctx, monitoringSessions, &rest.Call{Out: &w}); err != nil {
		return 0, err
	}
	return int64(*w.Count), nil
}

// LiveStats reads the figures of this moment: GET /api/monitoring/live-stats.
func (s *MonitoringService) LiveStats(ctx context.Context) (*LiveStats, error) {
	return fetch[LiveStats, liveWire](ctx, s.c, monitoringLive, &rest.Call{})
}

// AnomalyStats reads the counts of anomalies: GET /api/monitoring/anomaly-stats.
func (s *MonitoringService) AnomalyStats(ctx context.Context) (*AnomalyStats, error) {
	return fetch[AnomalyStats, anomaliesWire](ctx, s.c, monitoringAnomalies, &rest.Call{})
}

// AuthService mints tokens.
type AuthService struct{ c *Client }

// Token opens the analytics. Where and how it is handed over is undocumented.
type Token struct {
	// Token is a JWT.
	Token     provider.Secret
	ExpiresAt time.Time
}

// Token mints a token for the analytics: GET /api/admin/license/auth-token. Its life
// time is undocumented beyond ExpiresAt.
func (s *AuthService) Token(ctx context.Context) (*Token, error) {
	return fetch[Token, tokenWire](ctx, s.c, authToken, &rest.Call{})
}

type alertWire struct {
	Level     text      `json:"level"`
	Type      text      `json:"type"`
	Message   text      `json:"message"`
	Timestamp timestamp `json:"timestamp"`
}

func alerts(wires []alertWire) []Alert {
	var list []Alert
	for _, w := range wires {
		level := w.Level
		if level == "" {
			level = w.Type
		}
		list = append(list, Alert{Level: string(level), Message: string(w.Message), Timestamp: w.Timestamp.Time})
	}
	return list
}

type dashboardWire struct {
	Metrics *struct {
		TotalLicenses  number `json:"total_licenses"`
		ActiveLicenses number `json:"active_licenses"`
		TotalCustomers number `json:"total_customers"`
		ActiveSessions number `json:"active_sessions"`
	} `json:"metrics"`
	Alerts []alertWire `json:"alerts"`
}

func (w *dashboardWire) Missing() string {
	if w.Metrics == nil {
		return "metrics"
	}
	return ""
}

func (w *dashboardWire) model() *Dashboard {
	m := w.Metrics
	return &Dashboard{
		TotalLicenses: int64(m.TotalLicenses), ActiveLicenses: int64(m.ActiveLicenses), TotalCustomers: int64(m.TotalCustomers),
		ActiveSessions: int64(m.ActiveSessions), Alerts: alerts(w.Alerts),
	}
}

type sessionCountWire struct {
	Count *number `json:"count"`
}

func (w *sessionCountWire) Missing() string {
	if w.Count == nil {
		return "count"
	}
	return ""
}

type liveWire struct {
	Timestamp timestamp `json:"timestamp"`
	Metrics   *struct {
		ActiveLicenses      number `json:"active_licenses"`
		TotalActivations    number `json:"total_activations"`
		ActiveSessions      number `json:"active_sessions"`
		HeartbeatsPerMinute number `json:"heartbeats_per_minute"`
	} `json:"metrics"`
	Alerts []alertWire `json:"alerts"`
}

func (w *liveWire) Missing() string {
	if w.Metrics == nil {
		return "metrics"
	}
	return ""
}

func (w *liveWire) model() *LiveStats {
	m := w.Metrics
	return &LiveStats{
		Timestamp: w.Timestamp.Time, ActiveLicenses: int64(m.ActiveLicenses), TotalActivations: int64(m.TotalActivations),
		ActiveSessions: int64(m.ActiveSessions), HeartbeatsPerMinute: int64(m.HeartbeatsPerMinute), Alerts: alerts(w.Alerts),
	}
}

type anomaliesWire struct {
	Total      *number           `json:"total_anomalies"`
	Unresolved number            `json:"unresolved"`
	ByType     map[string]number `json:"by_type"`
}

func (w *anomaliesWire) Missing() string {
	if w.Total == nil {
		return "total_anomalies"
	}
	return ""
}

func (w *anomaliesWire) model() *AnomalyStats {
	return &AnomalyStats{Total: int64(*w.Total), Unresolved: int64(w.Unresolved), ByType: counts(w.ByType)}
}

func counts(wires map[string]number) map[string]int64 {
	byType := make(map[string]int64, len(wires))
	for name, n := range wires {
		byType[name] = int64(n)
	}
	return byType
}

type tokenWire struct {
	Token     string    `json:"token"`
	ExpiresAt timestamp `json:"expires_at"`
}

func (w *tokenWire) Missing() string {
	if w.Token == "" {
		return "token"
	}
	return ""
}

func (w *tokenWire) model() *Token {
	return &Token{Token: provider.Secret(w.Token), ExpiresAt: w.ExpiresAt.Time}
}
