package licenseserver

import (
	"context"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// VersionsService reads the versions of the licensed program.
type VersionsService struct{ c *Client }

// Update is what Check tells about a newer version. Its fields are those in the vendor's repository.
type Update struct {
	Available     bool   `wire:"update_available,required"`
	LatestVersion string `wire:"latest_version"`
	DownloadURL   string `wire:"download_url"`
	ReleaseNotes  string `wire:"release_notes"`
	// Mandatory: the program must not go on without the update.
	Mandatory bool `wire:"is_mandatory"`
	// More contains the other fields of the answer, which are undocumented.
	More map[string]provider.Payload `wire:",extra"`
}

// Version is the newest version of the licensed program.
type Version struct {
	Version string `wire:"version|latest_version,required"`
	// More contains the other fields of the answer: the vendor's repository shows that there are some,
	// but not their names.
	More map[string]provider.Payload `wire:",extra"`
}

// Check asks whether there is a newer version: POST /api/version/check.
func (s *VersionsService) Check(ctx context.Context, licenseKey provider.Secret, currentVersion string) (*Update, error) {
	var problems provider.Problems
	problems.Credential("licenseKey", licenseKey)
	problems.Required("currentVersion", currentVersion)
	if err := versionsCheck.Refuse("", problems); err != nil {
		return nil, err
	}
	return fetch[Update](ctx, s.c, versionsCheck, &rest.Call{
		Body:    map[string]any{"current_version": currentVersion, "license_key": licenseKey.Reveal()},
		Secrets: []provider.Secret{licenseKey},
	})
}

// Latest reads the newest version: GET /api/version/latest. It is the simplest call that needs the API
// key.
func (s *VersionsService) Latest(ctx context.Context) (*Version, error) {
	return fetch[Version](ctx, s.c, versionsLatest, &rest.Call{})
}
