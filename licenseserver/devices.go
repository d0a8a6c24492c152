package licenseserver

import (
	"context"
	"iter"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// DevicesService manages the machines that a license is used on. Whether they count against its
// max_activations is undocumented, but likely.
type DevicesService struct{ c *Client }

// Device is a machine that a license is used on.
type Device struct {
	ID int64 `wire:"id,positive"`
	// HardwareHash is the one that the machine reported. That of a Provider's marker contains the
	// license's key: do not show it.
	HardwareHash  string    `wire:"hardware_hash"`
	MachineName   string    `wire:"machine_name"`
	AppVersion    string    `wire:"app_version"`
	ActivatedAt   time.Time `wire:"activated_at"`
	LastHeartbeat time.Time `wire:"last_heartbeat"`
	Active        bool      `wire:"is_active"`
}

// DeviceRegisterRequest adds a machine to a license.
type DeviceRegisterRequest struct {
	// HardwareHash is required.
	HardwareHash string `wire:"hardware_hash"`
	MachineName  string `wire:"machine_name"`
	AppVersion   string `wire:"app_version"`
	// Extra contains further fields, sent unchanged.
	Extra map[string]any `wire:",extra"`
}

// List yields the devices of a license: GET /api/license/{license_id}/devices.
func (s *DevicesService) List(ctx context.Context, licenseID int64) iter.Seq2[*Device, error] {
	return all[Device](ctx, s.c, devicesList, "devices", licenseID)
}

// Registration is the answer to Register.
type Registration struct {
	DeviceID int64 `wire:"device_id,positive"`
	// Message is the server's text for people.
	Message string `wire:"message,loose"`
}

// Register adds a device to a license: POST /api/license/{license_id}/register-device.
func (s *DevicesService) Register(ctx context.Context, licenseID int64, req *DeviceRegisterRequest) (*Registration, error) {
	if err := devicesRegister.RefuseID("licenseID", licenseID); err != nil {
		return nil, err
	}
	if req == nil {
		return nil, devicesRegister.RefuseNil()
	}
	var problems provider.Problems
	problems.Required("HardwareHash", req.HardwareHash)
	if err := devicesRegister.Refuse("", problems); err != nil {
		return nil, err
	}
	return fetch[Registration](ctx, s.c, devicesRegister, with(&rest.Call{
		Args: []string{idText(licenseID)}, Subject: idText(licenseID), Secrets: plateSecrets(req.HardwareHash),
	}, req))
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
