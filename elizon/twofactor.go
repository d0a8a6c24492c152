package elizon

import (
	"context"

	"github.com/provkit/provkit/provider"
)

// TwoFactorService manages one-time codes (TOTP) as the second factor.
type TwoFactorService struct{ c *Client }

// TwoFactorSetup is what an authenticator needs.
type TwoFactorSetup struct {
	Secret provider.Secret `wire:"secret,required"`
	// OTPAuthURL contains the secret too, and so does the QR code.
	OTPAuthURL provider.Secret `wire:"otpauthUrl"`
	// QRCode may be "". Its format is undocumented.
	QRCode provider.Secret `wire:"qrCode"`
}

// TwoFactorDisableRequest proves that the request comes from the owner. Both secrets are required.
type TwoFactorDisableRequest struct {
	Code     provider.Secret `wire:"code,required"`
	Password provider.Secret `wire:"password,required"`
	// Extra fields, sent as they are; secrets in them are revealed.
	Extra map[string]any `wire:",extra"`
}

// TwoFactorDisabled is the result of a TwoFactorDisableRequest.
type TwoFactorDisabled struct {
	// StillEnabled is set if the account still requires a second factor; which one is undocumented.
	StillEnabled bool `wire:"twoFactorStillEnabled"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// Setup creates a secret for an authenticator: GET /api/auth/2fa/setup. It takes effect only after
// Enable.
func (s *TwoFactorService) Setup(ctx context.Context) (*TwoFactorSetup, error) {
	return fetch[TwoFactorSetup](ctx, s.c.ask(twoFactorSetup))
}

// Enable switches the second factor on with a code of the authenticator: POST /api/auth/2fa/setup.
// It returns the backup codes, which the platform returns only once.
func (s *TwoFactorService) Enable(ctx context.Context, code provider.Secret) ([]provider.Secret, error) {
	answer, err := fetch[struct {
		Codes []provider.Secret `wire:"backupCodes,required"`
	}](ctx, s.c.ask(twoFactorEnable).with(&codeRequest{Code: code}))
	if err != nil {
		return nil, err
	}
	return answer.Codes, nil
}

// Disable switches the second factor off: DELETE /api/auth/2fa/setup.
func (s *TwoFactorService) Disable(ctx context.Context, req *TwoFactorDisableRequest) (*TwoFactorDisabled, error) {
	return fetch[TwoFactorDisabled](ctx, s.c.ask(twoFactorDisable).with(req))
}

// BackupCodes reads the state of the backup codes: GET /api/auth/backup-codes (method inferred).
// Its fields are undocumented.
func (s *TwoFactorService) BackupCodes(ctx context.Context) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(backupCodesGet))
}

// BackupCodes are new backup codes; the old ones are void.
type BackupCodes struct {
	Codes []provider.Secret `wire:"backupCodes"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// RenewBackupCodes replaces the backup codes: POST /api/auth/backup-codes (method inferred). That it
// does so is assumed from the path; fields are undocumented, and that the answer has the codes as that
// of Enable does is assumed. Secrets among the fields are revealed.
func (s *TwoFactorService) RenewBackupCodes(ctx context.Context, fields map[string]any) (*BackupCodes, error) {
	return fetch[BackupCodes](ctx, s.c.ask(backupCodesRenew).body(fields))
}
