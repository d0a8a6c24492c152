package keyhelp

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Check tests the connection and the rights of the key.
func (p *Provider) Check(ctx context.Context) (*provider.CheckReport, error) {
	report := adapter.Diagnosed(p.client.diagnose(ctx))
	report.Step(provider.CheckCredentials, func() (string, error) {
		dialect, err := p.client.Dialect(ctx)
		if err == nil {
			err = p.client.Server.Ping(ctx)
		}
		return fmt.Sprintf("the API key is accepted (%s dialect)", dialect), err
	})
	report.Step(provider.CheckRights, func() (string, error) {
		count := 0
		for _, err := range p.client.Clients.List(ctx, nil) {
			if errors.Is(err, provider.ErrUnsupported) {
				report.Skip(provider.CheckRights, "the documented dialect has no harmless call that shows the rights")
				return "", nil
			}
			if err != nil {
				return "", err
			}
			count++
		}
		return fmt.Sprintf("the key can list clients: %d", count), nil
	})
	report.Step(provider.CheckVersion, func() (string, error) {
		version, err := p.client.Server.Version(ctx)
		if err != nil {
			return "", err
		}
		report.Version = version.Version
		return strings.TrimSpace(fmt.Sprintf("KeyHelp %s build %s", version.Version, version.Build)), nil
	})
	return report.Result(Kind)
}
