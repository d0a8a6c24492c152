package elizon

import (
	"context"

	"github.com/provkit/provkit/provider"
)

// BackupsService manages the backups of a service, whose number is limited. The fields of a backup
// are undocumented.
type BackupsService struct{ c *Client }

// List reads the backups of a service: GET /api/services/{id}/backups (method inferred). The answer
// is undocumented.
func (s *BackupsService) List(ctx context.Context, serviceID string) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(backupsList, serviceID))
}

// Create takes a backup: POST /api/services/{id}/backups (method inferred). Fields and answer are
// undocumented; nil sends none.
func (s *BackupsService) Create(ctx context.Context, serviceID string, fields map[string]any) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(backupsCreate, serviceID).body(fields))
}

// Restore restores a service from a backup: POST /api/services/{id}/backups/{backupId} (method
// inferred, it may be PUT). Fields are undocumented; nil sends none.
func (s *BackupsService) Restore(ctx context.Context, serviceID, backupID string, fields map[string]any) (*Confirmation, error) {
	return confirmed(ctx, s.c.ask(backupsRestore, serviceID, backupID).body(fields))
}

// Delete removes a backup: DELETE /api/services/{id}/backups/{backupId} (method inferred). The answer
// has a text for people.
func (s *BackupsService) Delete(ctx context.Context, serviceID, backupID string) (*Confirmation, error) {
	return confirmed(ctx, s.c.ask(backupsDelete, serviceID, backupID))
}

// DownloadURL asks for the URL of a backup (Pterodactyl only): GET
// /api/services/{id}/backups/{backupId}/download (method inferred). The answer is undocumented. Its
// URL may give access to anyone who has it.
func (s *BackupsService) DownloadURL(ctx context.Context, serviceID, backupID string) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(backupsDownload, serviceID, backupID))
}
