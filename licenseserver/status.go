package licenseserver

import (
	"context"
	"time"

	"github.com/provkit/provkit/internal/rest"
)

// StatusService reads the state of the server. Its calls need no credentials and send none.
type StatusService struct{ c *Client }

// ServiceStatus is what the server reports about itself.
type ServiceStatus struct {
	// Status is "ok" or "healthy" if everything works.
	Status string `wire:"status,required"`
	// Service is the name of the service; Root only.
	Service   string    `wire:"service"`
	Timestamp time.Time `wire:"timestamp"`
}

// Root reads the status of the service: GET /.
func (s *StatusService) Root(ctx context.Context) (*ServiceStatus, error) {
	return fetch[ServiceStatus](ctx, s.c, statusRoot, &rest.Call{})
}

// Health reads the health of the server: GET /health.
func (s *StatusService) Health(ctx context.Context) (*ServiceStatus, error) {
	return fetch[ServiceStatus](ctx, s.c, statusHealth, &rest.Call{})
}

// Metrics reads the Prometheus metrics: GET /metrics, in the text exposition format. The names of
// the metrics are undocumented.
func (s *StatusService) Metrics(ctx context.Context) ([]Sample, error) {
	var w metricsWire
	if err := s.c.call(ctx, statusMetrics, &rest.Call{Out: &w}); err != nil {
		return nil, err
	}
	return w.samples, nil
}
