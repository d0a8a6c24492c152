package hostkey

import (
	"context"
	"errors"
	"fmt"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Check tests the connection and the key, and warns if the key is only one server's.
func (p *Provider) Check(ctx context.Context) (*provider.CheckReport, error) {
	// A public action tests only the connection.
	report := adapter.Diagnosed(p.client.diagnose(ctx))
	empty := false
	report.Step(provider.CheckCredentials, func() (string, error) {
		session, err := p.client.SignIn(ctx)
		if empty = noServers(err); empty {
			return "the API key is accepted (the account has no servers)", nil
		}
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("the API key is accepted (%s)", session.RoleType), nil
	})
	report.Step(provider.CheckRights, func() (string, error) {
		if empty {
			report.Warn(provider.CheckRights, "the vendor lets nobody sign in to an account without servers: order the first one in the panel")
			return "", nil
		}
		underway, err := p.client.Servers.UpdateServers(ctx)
		if err != nil {
			return "", err
		}
		billing, err := p.client.WHMCS.Client(ctx, nil)
		switch {
		case errors.Is(err, provider.ErrForbidden):
			report.Warn(provider.CheckRights, fmt.Sprintf("servers: %d; no billing: this is one server's key, which can neither order nor cancel", len(underway.Servers)))
			return "", nil
		case err != nil:
			return "", err
		}
		return fmt.Sprintf("servers: %d, credit: %s %s", len(underway.Servers), billing.Credit, billing.Currency), nil
	})
	report.Step(provider.CheckVersion, func() (string, error) {
		report.Skip(provider.CheckVersion, "the API has no version")
		return "", nil
	})
	if step, ok := p.client.Orders.desk.CheckStep(ctx); ok {
		report.Remark(step)
	}
	return report.Result(Kind)
}
