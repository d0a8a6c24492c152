package elizon

import (
	"context"

	"github.com/provkit/provkit/provider"
)

// AdditionalService has the endpoints that the reference groups nowhere else: campaigns and a
// probe. The fields of their bodies and answers are undocumented.
type AdditionalService struct{ c *Client }

// Easter2026 reads the Easter campaign: GET /api/easter-2026 (method inferred).
func (s *AdditionalService) Easter2026(ctx context.Context) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(easterGet))
}

// ActEaster2026 takes part in the Easter campaign: POST /api/easter-2026 (method inferred).
func (s *AdditionalService) ActEaster2026(ctx context.Context, fields map[string]any) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(easterAct).body(fields))
}

// EasterHunt reads the state of the Easter egg hunt: GET /api/easter-hunt (method inferred).
func (s *AdditionalService) EasterHunt(ctx context.Context) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(huntGet))
}

// SubmitEasterHunt submits to the Easter egg hunt: POST /api/easter-hunt (method inferred).
func (s *AdditionalService) SubmitEasterHunt(ctx context.Context, fields map[string]any) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(huntSubmit).body(fields))
}

// SelfStatus probes the platform's own status: GET /api/status/self (method inferred).
func (s *AdditionalService) SelfStatus(ctx context.Context) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(statusOfOne))
}
