package elizon

import (
	"context"
	"net/url"

	"github.com/provkit/provkit/provider"
)

// GameService manages game servers (Pterodactyl).
type GameService struct{ c *Client }

// Allocations reads the ports of a game server: GET /api/services/{id}/allocations (method
// inferred). The answer is undocumented.
func (s *GameService) Allocations(ctx context.Context, serviceID string) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(gameAllocations, serviceID))
}

// Eggs reads what can be installed, and its variables: GET /api/services/{id}/eggs (method
// inferred). The answer is undocumented.
func (s *GameService) Eggs(ctx context.Context, serviceID string) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(gameEggs, serviceID))
}

// StartupVariables reads the startup variables: GET /api/services/{id}/startup-variables (method
// inferred). The answer is undocumented; variables may contain passwords.
func (s *GameService) StartupVariables(ctx context.Context, serviceID string) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(gameVariables, serviceID))
}

// SetStartupVariables sets startup variables: PUT /api/services/{id}/startup-variables (method
// inferred). Fields and answer are undocumented.
func (s *GameService) SetStartupVariables(ctx context.Context, serviceID string, fields map[string]any) (provider.Payload, error) {
	r := s.c.ask(gameSetVariables, serviceID).body(fields)
	r.problems.Some("fields", len(fields))
	return unknown(ctx, r)
}

// FilesService manages the files of a game server (Pterodactyl). The query says what to do with
// them; the names of its arguments are undocumented.
type FilesService struct{ c *Client }

// Read lists or reads files: GET /api/services/{id}/files (method inferred). The query is sent as
// it is; the answer is undocumented, but it is JSON.
func (s *FilesService) Read(ctx context.Context, serviceID string, query url.Values) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(filesRead, serviceID).args(query))
}

// Act writes, creates, deletes or renames files: POST /api/services/{id}/files (method inferred).
// Query and fields are sent as they are; the answer is undocumented.
func (s *FilesService) Act(ctx context.Context, serviceID string, query url.Values, fields map[string]any) (provider.Payload, error) {
	r := s.c.ask(filesAct, serviceID).args(query).body(fields)
	if len(query)+len(fields) == 0 {
		r.problem("query", "required unless fields are given")
	}
	return unknown(ctx, r)
}

// SFTPService manages SFTP access to a game server. Its answers are undocumented and may contain
// passwords.
type SFTPService struct{ c *Client }

// Get reads how to reach the server: GET /api/services/{id}/sftp (method inferred).
func (s *SFTPService) Get(ctx context.Context, serviceID string) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(sftpGet, serviceID))
}

// EnsurePassword creates a password if there is none: POST /api/services/{id}/sftp/ensure-password
// (method inferred). Fields are undocumented; nil sends none.
func (s *SFTPService) EnsurePassword(ctx context.Context, serviceID string, fields map[string]any) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(sftpEnsure, serviceID).body(fields))
}

// RotatePassword creates a new password: POST /api/services/{id}/sftp/rotate-password (method
// inferred). Fields are undocumented; nil sends none.
func (s *SFTPService) RotatePassword(ctx context.Context, serviceID string, fields map[string]any) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(sftpRotate, serviceID).body(fields))
}
