package elizon

import (
	"context"

	"github.com/provkit/provkit/provider"
)

// SettingsService manages the settings of a virtual machine: display (standard, serial) and boot
// mode (UEFI, legacy). The names of the fields are undocumented.
type SettingsService struct{ c *Client }

// Get reads the settings: GET /api/services/{id}/settings (method inferred). The answer is
// undocumented.
func (s *SettingsService) Get(ctx context.Context, serviceID string) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(settingsGet, serviceID))
}

// Act performs an action on the settings: POST /api/services/{id}/settings (method inferred). What
// it does, its fields and its answer are undocumented; its permissions suggest backup schedules.
func (s *SettingsService) Act(ctx context.Context, serviceID string, fields map[string]any) (provider.Payload, error) {
	return s.send(ctx, settingsAct, serviceID, fields)
}

// Replace replaces the settings: PUT /api/services/{id}/settings (method inferred). Fields and
// answer are undocumented; its permissions suggest backup schedules.
func (s *SettingsService) Replace(ctx context.Context, serviceID string, fields map[string]any) (provider.Payload, error) {
	return s.send(ctx, settingsReplace, serviceID, fields)
}

// Update changes display and boot mode: PATCH /api/services/{id}/settings (method inferred). Fields
// and answer are undocumented.
func (s *SettingsService) Update(ctx context.Context, serviceID string, fields map[string]any) (provider.Payload, error) {
	return s.send(ctx, settingsUpdate, serviceID, fields)
}

func (s *SettingsService) send(ctx context.Context, op operation, serviceID string, fields map[string]any) (provider.Payload, error) {
	r := s.c.ask(op, serviceID).body(fields)
	r.problems.Some("fields", len(fields))
	return unknown(ctx, r)
}
