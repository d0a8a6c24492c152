package elizon

import (
	"context"

	"github.com/provkit/provkit/provider"
)

// PasskeysService manages WebAuthn keys. The fields of its bodies and answers are undocumented.
// Error texts of the vendor's app mention an "action" that is "options" or "verify", of a
// "response", and of a device name of at most 50 characters, without saying where they belong.
type PasskeysService struct{ c *Client }

// List reads the registered passkeys: GET /api/auth/passkeys (method inferred). The answer is
// undocumented.
func (s *PasskeysService) List(ctx context.Context) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(passkeysList))
}

// Delete removes a passkey: DELETE /api/auth/passkeys (method inferred). That the ID is in the
// query is assumed from the other endpoints of this kind.
func (s *PasskeysService) Delete(ctx context.Context, id string) error {
	return done(ctx, s.c.ask(passkeysDelete).id("id", "id", id))
}

// Authenticate asks for the challenge of the second step of a login, or answers it: POST
// /api/auth/passkeys/authenticate (method inferred, it may be GET). Fields and answer are
// undocumented. Secrets among the fields are revealed.
func (s *PasskeysService) Authenticate(ctx context.Context, fields map[string]any) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(passkeysAuthenticate).body(fields))
}

// RegistrationOptions reads what a browser needs to create a passkey: GET
// /api/auth/passkeys/register (method inferred, it may be POST). The answer is undocumented.
func (s *PasskeysService) RegistrationOptions(ctx context.Context) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(passkeysOptions))
}

// Register sends what the browser made of RegistrationOptions: POST /api/auth/passkeys/register
// (method inferred). Fields are undocumented. Secrets among the fields are revealed.
func (s *PasskeysService) Register(ctx context.Context, fields map[string]any) (*Confirmation, error) {
	r := s.c.ask(passkeysRegister).body(fields)
	r.problems.Some("fields", len(fields))
	return confirmed(ctx, r)
}
