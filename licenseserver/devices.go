package licenseserver

import (
	"context"
	"iter"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// DevicesService is about the machines that a license is used on. Whether they count
// against its max_activations is undocumented, if likely.
type DevicesService struct{ c *Client }

// Device is a machine that a license is used on.
type Device struct {
	ID int64
	// HardwareHash as the machine told it. That of a Provider's marker holds the
	// license's key: do not show it.
	HardwareHash  string
	MachineName   string
	AppVersion    string
	ActivatedAt   time.Time
	LastHeartbeat time.Time
	Active        bool
}

// RegisterDeviceRequest adds a machine to a license.
type RegisterDeviceRequest struct {
	// HardwareHash is required.
	HardwareHash string
	MachineName  string
	AppVersion   string
	// Extra fields, sent as they are.
	Extra map[string]any
}

// List yields the devices of a license: GET /api/license/{license_id}/devices.
func (s *DevicesService) List(ctx context.Context, licenseID int64) iter.Seq2[*Device, error] {
	return all[Device, deviceWire](ctx, s.c, devicesList, "devices", licenseID)
}

// Register adds a device to a license and returns its ID: POST
// /api/license/{license_id}/register-device.
func (s *DevicesService) Register(ctx context.Context, licenseID int64, req *RegisterDeviceRequest) (int64, error) {
	if err := devicesRegister.RefuseID("licenseID", licenseID); err != nil {
		return 0, err
	}
	if req == nil {
		return 0, devicesRegister.RefuseNil()
	}
	var problems provider.Problems
	problems.Required("HardwareHash", req.HardwareHash)
	if err := devicesRegister.Refuse("", problems); err != nil {
		return 0, err
	}
	fields := map[string]any{"hardware_hash": req.HardwareHash}
	put(fields, "machine_name", req.MachineName)
	put(fields, "app_version", req.AppVersion)
	var w registeredWire
	err := s.c.call(ctx, devicesRegister, &rest.Call{
		Args: []string{idText(licenseID)}, Subject: idText(licenseID), Body: withExtra(fields, req.Extra), Out: &w,
		Secrets: plateSecrets(req.HardwareHash),
	})
	if err != nil {
		return 0, err
	}
	return int64(w.DeviceID), nil
}

// Deactivate switches a device off and returns the server's message: POST
// /api/license/{license_id}/deactivate-device/{device_id}.
func (s *DevicesService) Deactivate(ctx context.Context, licenseID, deviceID int64) (message string, err error) {
	var problems provider.Problems
	problems.Positive("licenseID", licenseID)
	problems.Positive("deviceID", deviceID)
	if err := devicesDeactivate.Refuse("", problems); err != nil {
		return "", err
	}
	return s.c.receipt(ctx, devicesDeactivate, &rest.Call{
		Args: []string{idText(licenseID), idText(deviceID)}, Subject: idText(deviceID) + " of license " + idText(licenseID),
	})
}

type deviceWire struct {
	activationWire
	AppVersion text `json:"app_version"`
}

func (w *deviceWire) model() *Device {
	return &Device{
		ID: int64(w.ID), HardwareHash: string(w.HardwareHash), MachineName: string(w.MachineName), AppVersion: string(w.AppVersion),
		ActivatedAt: w.ActivatedAt.Time, LastHeartbeat: w.LastHeartbeat.Time, Active: w.Active,
	}
}

type registeredWire struct {
	DeviceID number `json:"device_id"`
}

func (w *registeredWire) Missing() string { return missingID(w.DeviceID, "device_id") }
