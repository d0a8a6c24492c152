package licenseserver

import (
	"context"
	"fmt"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// Check tests the connection, the API key, and the sign-in to the admin panel.
func (p *Provider) Check(ctx context.Context) (*provider.CheckReport, error) {
	report := adapter.Diagnosed(p.client.license.Diagnose(
		context.WithValue(ctx, accessKey{}, versionsLatest.as), &rest.Call{Endpoint: versionsLatest.Endpoint, Out: new(payload)}))
	report.Step(provider.CheckCredentials, func() (string, error) { return "the API key is accepted", report.Answer })
	report.Step(provider.CheckRights, func() (string, error) {
		dashboard, err := p.client.Monitoring.Dashboard(ctx)
		if err != nil {
			return "", err
		}
		found := fmt.Sprintf("the sign-in to the admin panel is accepted: %d licenses", dashboard.TotalLicenses)
		if p.client.search.Endpoint == nil {
			return found, nil
		}
		_, trusted, err := p.enumerate(ctx)
		if err == nil && !trusted {
			report.Warn(provider.CheckRights, found+", and its search does not find all of them: IDs are probed instead")
			return "", nil
		}
		return found + ", and its search finds them", err
	})
	report.Skip(provider.CheckVersion, "the server does not report its own version")
	return report.Result(Kind)
}
