package hostkey

import (
	"context"
	"net/url"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// diagnose calls a small public action.
func (c *Client) diagnose(ctx context.Context) ([]provider.CheckStep, time.Duration, error) {
	return c.rest.Diagnose(ctx, &rest.Call{Endpoint: ipClientIP.Endpoint, Body: url.Values{"action": {ipClientIP.name}}})
}
