package licenseserver

import (
	"context"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// VersionsService reads the versions of the licensed program.
type VersionsService struct{ c *Client }

// Check asks whether there is a newer version: POST /api/version/check. The fields of the answer
// are undocumented.
func (s *VersionsService) Check(ctx context.Context, licenseKey provider.Secret, currentVersion string) (provider.Payload, error) {
	var problems provider.Problems
	problems.Credential("licenseKey", licenseKey)
	problems.Required("currentVersion", currentVersion)
	if err := versionsCheck.Refuse("", problems); err != nil {
		return provider.Payload{}, err
	}
	return s.c.unknown(ctx, versionsCheck, &rest.Call{
		Body:    map[string]any{"current_version": currentVersion, "license_key": licenseKey.Reveal()},
		Secrets: []provider.Secret{licenseKey},
	})
}

// Latest reads the newest version: GET /api/version/latest. The fields of the answer are
// undocumented. It is the simplest call that needs the API key.
func (s *VersionsService) Latest(ctx context.Context) (provider.Payload, error) {
	return s.c.unknown(ctx, versionsLatest, &rest.Call{})
}
