package elizon

import (
	"context"
	"time"

	"github.com/provkit/provkit/provider"
)

// UsageService reads what services use.
type UsageService struct{ c *Client }

// TotalBandwidth is the traffic of all services in a month.
type TotalBandwidth struct {
	TotalGB float64                     `wire:"totalGb,required"`
	More    map[string]provider.Payload `wire:",extra"`
}

// ServiceBandwidth is the traffic of a service.
type ServiceBandwidth struct {
	// TotalGB is nil if the answer does not tell it.
	TotalGB *float64 `wire:"usage.totalGb"`
	// Usage is all that the answer tells of the traffic.
	Usage provider.Payload `wire:"usage"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// Periods of Traffic.
const (
	TrafficHour  = "hour"
	TrafficDay   = "day"
	TrafficWeek  = "week"
	TrafficMonth = "month"
)

// Bandwidth reads the traffic of a service in its billing period, or between two times: GET
// /api/services/{id}/bandwidth-usage (method inferred). "" leaves a time to the platform; their format
// is undocumented, and that the answer has the figure of TotalBandwidth is assumed.
func (s *UsageService) Bandwidth(ctx context.Context, serviceID, from, to string) (*ServiceBandwidth, error) {
	return fetch[ServiceBandwidth](ctx, s.c.ask(usageBandwidth, serviceID).arg("from", from).arg("to", to))
}

// Disk reads how full the file systems of a virtual machine are, as its guest agent reports
// (Proxmox only): GET /api/services/{id}/disk-usage (method inferred). The answer is undocumented.
func (s *UsageService) Disk(ctx context.Context, serviceID string) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(usageDisk, serviceID))
}

// Metrics reads the metrics of a service: GET /api/services/{id}/metrics (method inferred). The
// answer is undocumented.
func (s *UsageService) Metrics(ctx context.Context, serviceID string) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(usageMetrics, serviceID))
}

// TopIPs reads the addresses that a service has the most traffic with: GET
// /api/services/{id}/top-ips (method inferred). The answer is undocumented.
func (s *UsageService) TopIPs(ctx context.Context, serviceID string) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(usageTopIPs, serviceID))
}

// Traffic reads a service's traffic over a timeframe as a series, TrafficHour to TrafficMonth; ""
// is the platform's default: GET /api/services/{id}/traffic (method inferred). The answer is
// undocumented.
func (s *UsageService) Traffic(ctx context.Context, serviceID, timeframe string) (provider.Payload, error) {
	r := s.c.ask(usageTraffic, serviceID).arg("timeframe", timeframe)
	switch timeframe {
	case "", TrafficHour, TrafficDay, TrafficWeek, TrafficMonth:
	default:
		r.problem("timeframe", "must be hour, day, week or month")
	}
	return unknown(ctx, r)
}

// TotalBandwidth reads the traffic of all services in the month that contains a time; the zero time
// leaves the month to the platform: GET /api/services/total-bandwidth.
func (s *UsageService) TotalBandwidth(ctx context.Context, month time.Time) (*TotalBandwidth, error) {
	r := s.c.ask(usageTotal)
	if !month.IsZero() {
		r.arg("month", month.Format("2006-01"))
	}
	return fetch[TotalBandwidth](ctx, r, "usage")
}
