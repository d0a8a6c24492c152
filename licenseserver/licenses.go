package licenseserver

import (
	"context"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// LicensesService is about licenses and their keys. Activate, Verify and Info are what
// programs call, with the API key; the others are the admin panel's.
type LicensesService struct{ c *Client }

// License is a license as Info tells it.
type License struct {
	ID           int64
	Key          provider.Secret
	CustomerName string
	// Type is open: "perpetual" is the one that is documented.
	Type string
	// ValidFrom and ValidUntil are dates; zero if there is none.
	ValidFrom, ValidUntil    time.Time
	MaxActivations, MaxUsers int64
	Active                   bool
	Activations              []Activation
}

// Activation is a license in use on a machine.
type Activation struct {
	ID            int64
	HardwareHash  string
	MachineName   string
	ActivatedAt   time.Time
	LastHeartbeat time.Time
	Active        bool
	// LicenseKey is only told by Activate.
	LicenseKey provider.Secret
}

// ActivateRequest asks to use a license on a machine.
type ActivateRequest struct {
	// LicenseKey and HardwareHash are required.
	LicenseKey   provider.Secret
	HardwareHash string
	MachineName  string
	AppVersion   string
	// Extra fields, sent as they are.
	Extra map[string]any
}

// VerifyRequest asks whether a license is good on a machine.
type VerifyRequest struct {
	// LicenseKey and HardwareHash are required.
	LicenseKey   provider.Secret
	HardwareHash string
	AppVersion   string
	// Extra fields, sent as they are.
	Extra map[string]any
}

// Verification is the verdict on a license.
type Verification struct {
	Valid   bool
	Message string
	// License is nil if the server tells none.
	License         *VerifiedLicense
	UpdateAvailable bool
	LatestVersion   string
}

// VerifiedLicense is the part of a license that Verify tells.
type VerifiedLicense struct {
	Key        provider.Secret
	ValidUntil time.Time
	MaxUsers   int64
}

// QuickEditRequest changes a license. nil leaves a field as it is; whether the server
// takes a part of the fields is undocumented.
type QuickEditRequest struct {
	// ValidUntil is a date; the zero time is sent as null, of which the effect is
	// undocumented.
	ValidUntil     *time.Time
	MaxActivations *int64
	MaxUsers       *int64
	// Extra fields, sent as they are.
	Extra map[string]any
}

// Activate puts a license into use on a machine: POST /api/license/activate. What the
// server answers beyond max_activations, or a second time for the same machine, is
// undocumented.
func (s *LicensesService) Activate(ctx context.Context, req *ActivateRequest) (*Activation, error) {
	if req == nil {
		return nil, licensesActivate.RefuseNil()
	}
	var problems provider.Problems
	problems.Credential("LicenseKey", req.LicenseKey)
	problems.Required("HardwareHash", req.HardwareHash)
	if err := licensesActivate.Refuse("", problems); err != nil {
		return nil, err
	}
	fields := map[string]any{"license_key": req.LicenseKey.Reveal(), "hardware_hash": req.HardwareHash}
	put(fields, "machine_name", req.MachineName)
	put(fields, "app_version", req.AppVersion)
	return fetch[Activation, activatedWire](ctx, s.c, licensesActivate, &rest.Call{
		Body: withExtra(fields, req.Extra), Secrets: []provider.Secret{req.LicenseKey},
	})
}

// Verify asks whether a license is good: POST /api/license/verify. How an expired or
// inactive license is answered (Valid false, or an error) is undocumented.
func (s *LicensesService) Verify(ctx context.Context, req *VerifyRequest) (*Verification, error) {
	if req == nil {
		return nil, licensesVerify.RefuseNil()
	}
	var problems provider.Problems
	problems.Credential("LicenseKey", req.LicenseKey)
	problems.Required("HardwareHash", req.HardwareHash)
	if err := licensesVerify.Refuse("", problems); err != nil {
		return nil, err
	}
	fields := map[string]any{"license_key": req.LicenseKey.Reveal(), "hardware_hash": req.HardwareHash}
	put(fields, "app_version", req.AppVersion)
	return fetch[Verification, verificationWire](ctx, s.c, licensesVerify, &rest.Call{
		Body: withExtra(fields, req.Extra), Secrets: []provider.Secret{req.LicenseKey},
	})
}

// Info reads a license with its activations: GET /api/license/info/{license_key}. It is
// the only way from a key to the license's ID.
func (s *LicensesService) Info(ctx context.Context, licenseKey provider.Secret) (*License, error) {
	var problems provider.Problems
	problems.Credential("licenseKey", licenseKey)
	if err := licensesInfo.Refuse("", problems); err != nil {
		return nil, err
	}
	return fetch[License, licenseWire](ctx, s.c, licensesInfo, &rest.Call{
		Args: []string{licenseKey.Reveal()}, Secrets: []provider.Secret{licenseKey},
	})
}

// Toggle turns an active license off and an inactive one on: POST
// /api/license/{license_id}/toggle. Sent twice it undoes itself, so it is never
// repeated; BulkActivate and BulkDeactivate say what they mean. The answer is
// undocumented.
func (s *LicensesService) Toggle(ctx context.Context, licenseID int64) (Payload, error) {
	if err := licensesToggle.RefuseID("licenseID", licenseID); err != nil {
		return nil, err
	}
	return s.c.unknown(ctx, licensesToggle, &rest.Call{Args: []string{idText(licenseID)}, Subject: idText(licenseID)})
}

// BulkActivate turns licenses on: POST /api/licenses/bulk-activate. The answer is
// undocumented.
func (s *LicensesService) BulkActivate(ctx context.Context, licenseIDs ...int64) (Payload, error) {
	return s.bulk(ctx, licensesBulkActivate, licenseIDs)
}

// BulkDeactivate turns licenses off: POST /api/licenses/bulk-deactivate. Body and answer
// are undocumented; the body is that of BulkActivate.
func (s *LicensesService) BulkDeactivate(ctx context.Context, licenseIDs ...int64) (Payload, error) {
	return s.bulk(ctx, licensesBulkDeactivate, licenseIDs)
}

// BulkDelete removes licenses: POST /api/licenses/bulk-delete. Body, answer, and what
// becomes of their sessions, devices and resources are undocumented; the body is that
// of BulkActivate.
func (s *LicensesService) BulkDelete(ctx context.Context, licenseIDs ...int64) (Payload, error) {
	return s.bulk(ctx, licensesBulkDelete, licenseIDs)
}

func (s *LicensesService) bulk(ctx context.Context, op operation, ids []int64) (Payload, error) {
	var problems provider.Problems
	problems.IDs("licenseIDs", ids)
	if err := op.Refuse("", problems); err != nil {
		return nil, err
	}
	call := &rest.Call{Body: map[string]any{"license_ids": ids}}
	if len(ids) == 1 {
		call.Subject = idText(ids[0])
	}
	return s.c.unknown(ctx, op, call)
}

// QuickEdit changes end date and limits and returns the server's message: POST
// /api/license/{license_id}/quick-edit.
func (s *LicensesService) QuickEdit(ctx context.Context, licenseID int64, req *QuickEditRequest) (message string, err error) {
	if err := licensesQuickEdit.RefuseID("licenseID", licenseID); err != nil {
		return "", err
	}
	if req == nil {
		return "", licensesQuickEdit.RefuseNil()
	}
	var problems provider.Problems
	fields := make(map[string]any)
	switch {
	case req.ValidUntil == nil:
	case req.ValidUntil.IsZero():
		fields["valid_until"] = nil
	default:
		fields["valid_until"] = req.ValidUntil.Format(time.DateOnly)
	}
	for name, limit := range map[string]*int64{"MaxActivations": req.MaxActivations, "MaxUsers": req.MaxUsers} {
		if limit != nil && *limit < 0 {
			problems.Add(name, "negative")
		}
	}
	if req.MaxActivations != nil {
		fields["max_activations"] = *req.MaxActivations
	}
	if req.MaxUsers != nil {
		fields["max_users"] = *req.MaxUsers
	}
	if len(fields)+len(req.Extra) == 0 {
		problems.Add("request", "changes nothing")
	}
	if err := licensesQuickEdit.Refuse("", problems); err != nil {
		return "", err
	}
	return s.c.receipt(ctx, licensesQuickEdit, &rest.Call{
		Args: []string{idText(licenseID)}, Subject: idText(licenseID), Body: withExtra(fields, req.Extra),
	})
}

// GenerateKey makes a license key: POST /api/generate-license-key. Whether a license is
// stored under it, and for whom, is undocumented, and so is the body: extra is sent as
// it is, nil sends none.
func (s *LicensesService) GenerateKey(ctx context.Context, extra map[string]any) (provider.Secret, error) {
	var w generatedWire
	call := &rest.Call{Out: &w}
	if extra != nil {
		call.Body = extra
	}
	if err := s.c.call(ctx, licensesGenerateKey, call); err != nil {
		return "", err
	}
	return provider.Secret(w.Key), nil
}

type generatedWire struct {
	Key string `json:"license_key"`
}

func (w *generatedWire) Missing() string {
	if w.Key == "" {
		return "license_key"
	}
	return ""
}

type activationWire struct {
	ID            number    `json:"id"`
	LicenseKey    string    `json:"license_key"`
	HardwareHash  text      `json:"hardware_hash"`
	MachineName   text      `json:"machine_name"`
	ActivatedAt   timestamp `json:"activated_at"`
	LastHeartbeat timestamp `json:"last_heartbeat"`
	Active        bool      `json:"is_active"`
}

func (w *activationWire) Missing() string { return missingID(w.ID, "id") }

func (w *activationWire) model() *Activation {
	return &Activation{
		ID: int64(w.ID), HardwareHash: string(w.HardwareHash), MachineName: string(w.MachineName), ActivatedAt: w.ActivatedAt.Time,
		LastHeartbeat: w.LastHeartbeat.Time, Active: w.Active, LicenseKey: provider.Secret(w.LicenseKey),
	}
}

type activatedWire struct {
	Activation activationWire `json:"activation"`
}

func (w *activatedWire) Missing() string    { return missingID(w.Activation.ID, "activation.id") }
func (w *activatedWire) model() *Activation { return w.Activation.model() }

type verificationWire struct {
	Valid   *bool `json:"valid"`
	Message text  `json:"message"`
	License *struct {
		Key        string    `json:"key"`
		ValidUntil timestamp `json:"valid_until"`
		MaxUsers   number    `json:"max_users"`
	} `json:"license"`
	UpdateAvailable bool `json:"update_available"`
	LatestVersion   text `json:"latest_version"`
}

func (w *verificationWire) Missing() string {
	if w.Valid == nil {
		return "valid"
	}
	return ""
}

func (w *verificationWire) model() *Verification {
	v := &Verification{Valid: *w.Valid, Message: string(w.Message), UpdateAvailable: w.UpdateAvailable, LatestVersion: string(w.LatestVersion)}
	if l := w.License; l != nil {
		v.License = &VerifiedLicense{Key: provider.Secret(l.Key), ValidUntil: l.ValidUntil.Time, MaxUsers: int64(l.MaxUsers)}
	}
	return v
}

type licenseWire struct {
	License struct {
		ID             number    `json:"id"`
		Key            string    `json:"key"`
		CustomerName   text      `json:"customer_name"`
		Type           text      `json:"type"`
		ValidFrom      timestamp `json:"valid_from"`
		ValidUntil     timestamp `json:"valid_until"`
		MaxActivations number    `json:"max_activations"`
		MaxUsers       number    `json:"max_users"`
		Active         *bool     `json:"is_active"`
	} `json:"license"`
	Activations []activationWire `json:"activations"`
}

func (w *licenseWire) Missing() string {
	switch {
	case w.License.ID <= 0:
		return "license.id"
	case w.License.Active == nil: // nobody would know whether it is suspended
		return "license.is_active"
	}
	for i := range w.Activations {
		if w.Activations[i].ID <= 0 {
			return "activations.id"
		}
	}
	return ""
}

func (w *licenseWire) model() *License {
	l := &License{
		ID: int64(w.License.ID), Key: provider.Secret(w.License.Key), CustomerName: string(w.License.CustomerName), Type: string(w.License.Type),
		ValidFrom: w.License.ValidFrom.Time, ValidUntil: w.License.ValidUntil.Time,
		MaxActivations: int64(w.License.MaxActivations), MaxUsers: int64(w.License.MaxUsers), Active: *w.License.Active,
	}
	for i := range w.Activations {
		l.Activations = append(l.Activations, *w.Activations[i].model())
	}
	return l
}
