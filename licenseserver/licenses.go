package licenseserver

import (
	"context"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// LicensesService manages licenses and their keys. Programs call Activate, Verify and Info, with
// the API key; the other methods belong to the admin panel.
type LicensesService struct{ c *Client }

// License is a license as Info reports it.
type License struct {
	ID           int64           `wire:"license.id,positive"`
	Key          provider.Secret `wire:"license.key,strict,name"`
	CustomerName string          `wire:"license.customer_name"`
	// Type may have any value; only "perpetual" is documented.
	Type string `wire:"license.type"`
	// ValidFrom is a date, and ValidUntil the last second of a date, in UTC: whether the server counts
	// that day is undocumented, and nobody must lose it. The zero time means none.
	ValidFrom  time.Time `wire:"license.valid_from"`
	ValidUntil time.Time `wire:"license.valid_until,end"`
	// ValidUntilUnknown is set if the license has an end that cannot be read.
	ValidUntilUnknown bool `wire:"license.valid_until,unread"`
	// MaxActivations and MaxUsers are -1 without a limit, and 0 if the server does not tell it.
	MaxActivations int64 `wire:"license.max_activations,limit"`
	MaxUsers       int64 `wire:"license.max_users,limit"`
	// DeviceLimit and SessionLimit are how many devices the license may have and how many of them a
	// session at the same time, on servers that have such limits (a rule of July 2025: 1 to 10, and no
	// more sessions than devices). They are 0 on others, where one session at a time is the rule.
	DeviceLimit  int64        `wire:"license.device_limit,limit"`
	SessionLimit int64        `wire:"license.concurrent_sessions_limit,limit"`
	Active       bool         `wire:"license.is_active,required"`
	Activations  []Activation `wire:"activations"`
}

// Activation is the use of a license on a machine.
type Activation struct {
	ID            int64     `wire:"id,positive"`
	HardwareHash  string    `wire:"hardware_hash"`
	MachineName   string    `wire:"machine_name"`
	ActivatedAt   time.Time `wire:"activated_at"`
	LastHeartbeat time.Time `wire:"last_heartbeat"`
	Active        bool      `wire:"is_active"`
	// The other fields are reported by Activate only.

	LicenseKey provider.Secret `wire:"license_key,strict"`
	// Message is the server's text for the person at the machine.
	Message string
	// More contains the other fields of the answer; an older manual has expires_at and features.
	More map[string]provider.Payload
}

// LicenseActivateRequest describes a new use of a license on a machine.
type LicenseActivateRequest struct {
	// LicenseKey and HardwareHash are required.
	LicenseKey   provider.Secret `wire:"license_key"`
	HardwareHash string          `wire:"hardware_hash"`
	MachineName  string          `wire:"machine_name"`
	AppVersion   string          `wire:"app_version"`
	// Extra contains further fields, sent unchanged.
	Extra map[string]any `wire:",extra"`
}

// LicenseVerifyRequest asks whether a license is valid on a machine.
type LicenseVerifyRequest struct {
	// LicenseKey and HardwareHash are required.
	LicenseKey   provider.Secret `wire:"license_key"`
	HardwareHash string          `wire:"hardware_hash"`
	AppVersion   string          `wire:"app_version"`
	// Extra contains further fields, sent unchanged.
	Extra map[string]any `wire:",extra"`
}

// Verification is the result of Verify.
type Verification struct {
	Valid   bool   `wire:"valid,required"`
	Message string `wire:"message"`
	// License is nil if the server does not report it.
	License         *VerifiedLicense `wire:"license"`
	UpdateAvailable bool             `wire:"update_available|requires_update"`
	LatestVersion   string           `wire:"latest_version"`
	// UpdateURL is in an older manual only.
	UpdateURL string `wire:"update_url"`
	// More contains the other fields of the answer; an older manual has expires_at and features.
	More map[string]provider.Payload `wire:",extra"`
}

// VerifiedLicense is the part of a license that Verify reports.
type VerifiedLicense struct {
	Key provider.Secret `wire:"key,strict"`
	// ValidUntil and ValidUntilUnknown are those of License.
	ValidUntil        time.Time `wire:"valid_until,end"`
	ValidUntilUnknown bool      `wire:"valid_until,unread"`
	MaxUsers          int64     `wire:"max_users,limit"`
	// DeviceLimit and SessionLimit are those of License.
	DeviceLimit  int64 `wire:"device_limit,limit"`
	SessionLimit int64 `wire:"concurrent_sessions_limit,limit"`
}

// Receipt is the answer to a change whose answer is undocumented.
type Receipt struct {
	// Message is the server's text for people, "" if there is none.
	Message string `wire:"message,loose"`
	// More contains the other fields of the answer.
	More map[string]provider.Payload `wire:",extra"`
}

// LicenseQuickEditRequest changes a license. A nil field is not sent; whether the server accepts
// only some of the fields is undocumented.
type LicenseQuickEditRequest struct {
	// ValidUntil is a date; the zero time is sent as null, with undocumented effect.
	ValidUntil     *time.Time `wire:"valid_until,date"`
	MaxActivations *int64     `wire:"max_activations"`
	MaxUsers       *int64     `wire:"max_users"`
	// Extra contains further fields, sent unchanged.
	Extra map[string]any `wire:",extra"`
}

// Activate starts the use of a license on a machine: POST /api/license/activate. The answer beyond
// max_activations, or a second time for the same machine, is undocumented.
func (s *LicensesService) Activate(ctx context.Context, req *LicenseActivateRequest) (*Activation, error) {
	if req == nil {
		return nil, licensesActivate.RefuseNil()
	}
	var problems provider.Problems
	problems.Credential("LicenseKey", req.LicenseKey)
	problems.Required("HardwareHash", req.HardwareHash)
	if err := licensesActivate.Refuse("", problems); err != nil {
		return nil, err
	}
	answer, err := fetch[activated](ctx, s.c, licensesActivate, with(&rest.Call{About: rest.Identity{Name: req.HardwareHash}}, req))
	if err != nil {
		return nil, err
	}
	made := answer.Activation
	if made == nil {
		made = &Activation{ID: answer.ID, HardwareHash: req.HardwareHash, MachineName: req.MachineName, LicenseKey: req.LicenseKey, Active: true}
	}
	made.Message, made.More = answer.Message, answer.More
	return made, nil
}

// activated is the answer to an activation: with the activation or, in an older manual, with its ID.
type activated struct {
	Machine    string                      `wire:"activation.hardware_hash,name"`
	Activation *Activation                 `wire:"activation"`
	ID         int64                       `wire:"activation_id"`
	Success    bool                        `wire:"success"`
	Message    string                      `wire:"message,loose"`
	More       map[string]provider.Payload `wire:",extra"`
}

var _ = wire.After(func(a *activated) error {
	if a.Activation == nil && a.ID <= 0 {
		return wire.Lacks("activation")
	}
	return nil
})

// Verify asks whether a license is valid: POST /api/license/verify. The answer for an expired or
// inactive license (Valid false, or an error) is undocumented.
func (s *LicensesService) Verify(ctx context.Context, req *LicenseVerifyRequest) (*Verification, error) {
	if req == nil {
		return nil, licensesVerify.RefuseNil()
	}
	var problems provider.Problems
	problems.Credential("LicenseKey", req.LicenseKey)
	problems.Required("HardwareHash", req.HardwareHash)
	if err := licensesVerify.Refuse("", problems); err != nil {
		return nil, err
	}
	answer, err := fetch[struct {
		Key provider.Secret `wire:"license.key,name"`
		Verification
	}](ctx, s.c, licensesVerify, with(&rest.Call{About: rest.Identity{Name: req.LicenseKey.Reveal()}}, req))
	if err != nil {
		return nil, err
	}
	return &answer.Verification, nil
}

// Info reads a license with its activations: GET /api/license/info/{license_key}. It is the only
// way to find the license's ID by its key.
func (s *LicensesService) Info(ctx context.Context, licenseKey provider.Secret) (*License, error) {
	var problems provider.Problems
	problems.Credential("licenseKey", licenseKey)
	if err := licensesInfo.Refuse("", problems); err != nil {
		return nil, err
	}
	return fetch[License](ctx, s.c, licensesInfo, &rest.Call{
		Args: []string{licenseKey.Reveal()}, Secrets: []provider.Secret{licenseKey}, About: rest.Identity{Name: licenseKey.Reveal()},
	})
}

// Toggle turns an active license off and an inactive one on: POST /api/license/{license_id}/toggle.
// Sent twice it undoes itself, so it is never retried; prefer BulkActivate and BulkDeactivate. The
// answer is undocumented: Info tells the state.
func (s *LicensesService) Toggle(ctx context.Context, licenseID int64) (*Receipt, error) {
	if err := licensesToggle.RefuseID("licenseID", licenseID); err != nil {
		return nil, err
	}
	return s.c.undocumented(ctx, licensesToggle, &rest.Call{Args: []string{idText(licenseID)}, Subject: idText(licenseID)})
}

// BulkActivate turns licenses on: POST /api/licenses/bulk-activate. The answer is undocumented.
func (s *LicensesService) BulkActivate(ctx context.Context, licenseIDs ...int64) (*Receipt, error) {
	return s.bulk(ctx, licensesBulkActivate, licenseIDs)
}

// BulkDeactivate turns licenses off: POST /api/licenses/bulk-deactivate. Body and answer are
// undocumented; the body is that of BulkActivate.
func (s *LicensesService) BulkDeactivate(ctx context.Context, licenseIDs ...int64) (*Receipt, error) {
	return s.bulk(ctx, licensesBulkDeactivate, licenseIDs)
}

// BulkDelete removes licenses: POST /api/licenses/bulk-delete. The body, the answer, and what
// happens to their sessions, devices and resources are undocumented; the body is that of
// BulkActivate.
func (s *LicensesService) BulkDelete(ctx context.Context, licenseIDs ...int64) (*Receipt, error) {
	return s.bulk(ctx, licensesBulkDelete, licenseIDs)
}

func (s *LicensesService) bulk(ctx context.Context, op operation, ids []int64) (*Receipt, error) {
	var problems provider.Problems
	problems.IDs("licenseIDs", ids)
	if err := op.Refuse("", problems); err != nil {
		return nil, err
	}
	call := &rest.Call{Body: map[string]any{"license_ids": ids}}
	if len(ids) == 1 {
		call.Subject = idText(ids[0])
	}
	return s.c.undocumented(ctx, op, call)
}

// QuickEdit changes the end date and the limits and returns the server's message: POST
// /api/license/{license_id}/quick-edit.
func (s *LicensesService) QuickEdit(ctx context.Context, licenseID int64, req *LicenseQuickEditRequest) (message string, err error) {
	if err := licensesQuickEdit.RefuseID("licenseID", licenseID); err != nil {
		return "", err
	}
	if req == nil {
		return "", licensesQuickEdit.RefuseNil()
	}
	var problems provider.Problems
	for name, limit := range map[string]*int64{"MaxActivations": req.MaxActivations, "MaxUsers": req.MaxUsers} {
		if limit != nil {
			problems.NotNegative(name, *limit)
		}
	}
	call := with(&rest.Call{Args: []string{idText(licenseID)}, Subject: idText(licenseID)}, req)
	if len(call.Body.(map[string]any)) == 0 {
		problems.Add("request", "changes nothing")
	}
	if err := licensesQuickEdit.Refuse("", problems); err != nil {
		return "", err
	}
	return s.c.receipt(ctx, licensesQuickEdit, call)
}

// GenerateKey generates a license key: POST /api/generate-license-key. Whether a license is stored
// under it, and for whom, is undocumented. So is the body: extra is sent unchanged; nil sends none.
func (s *LicensesService) GenerateKey(ctx context.Context, extra map[string]any) (provider.Secret, error) {
	call := &rest.Call{}
	if extra != nil {
		call.Body = extra
	}
	answer, err := value[struct {
		Key provider.Secret `wire:"license_key,required,strict"`
	}](ctx, s.c, licensesGenerateKey, call)
	return answer.Key, err
}
