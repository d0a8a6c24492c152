package hostkey

import (
	"context"
	"net/url"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// A repeated "on" or "off" changes nothing; a repeated reboot does.
var (
	eqOn          = act("eq", "on", "Servers.On", "power on server", ClassWrite).idempotent()
	eqOff         = act("eq", "off", "Servers.Off", "power off server", ClassWrite).idempotent()
	eqHardOff     = act("eq", "hard_off", "Servers.HardOff", "power off server by force", ClassWrite).idempotent()
	eqReboot      = act("eq", "reboot", "Servers.Reboot", "reboot server", ClassWrite)
	eqStatus      = act("eq", "status", "Servers.Status", "get status of server", ClassRead)
	eqStatusCheck = act("eq", "status_check", "Servers.StatusCheck", "check status of server", ClassRead)
	eqSensors     = act("eq", "sensors", "Servers.Sensors", "read sensors of server", ClassRead)
	eqSuspend     = act("eq", "suspend", "Servers.Suspend", "suspend server", ClassWrite).idempotent()
	eqUnsuspend   = act("eq", "unsuspend", "Servers.Unsuspend", "unsuspend server", ClassWrite).idempotent()
	eqCheckPIN    = act("eq", "check_pin", "Servers.CheckPIN", "check PIN", ClassRead)
	eqSetPIN      = act("eq", "set_pin", "Servers.SetPIN", "set PIN", ClassWrite)
)

// ServerPowerOptions are options of power calls. nil is the zero value.
type ServerPowerOptions struct {
	// PIN of 4 to 6 characters, if the account has one; see SetPIN.
	PIN provider.Secret
	// Extra fields, sent as they are.
	Extra map[string]any
}

// On powers a server on: POST /eq.php, action on. Tasks.Wait waits for its end.
func (s *ServersService) On(ctx context.Context, id int64, opts *ServerPowerOptions) (*Ack, error) {
	return s.power(ctx, eqOn, id, opts)
}

// Off powers a server off: POST /eq.php, action off. Tasks.Wait waits for its end.
func (s *ServersService) Off(ctx context.Context, id int64, opts *ServerPowerOptions) (*Ack, error) {
	return s.power(ctx, eqOff, id, opts)
}

// HardOff cuts a server's power: POST /eq.php, action hard_off.
func (s *ServersService) HardOff(ctx context.Context, id int64, opts *ServerPowerOptions) (*Ack, error) {
	return s.power(ctx, eqHardOff, id, opts)
}

// Reboot reboots a server: POST /eq.php, action reboot. Tasks.Wait waits for its end.
func (s *ServersService) Reboot(ctx context.Context, id int64, opts *ServerPowerOptions) (*Ack, error) {
	return s.power(ctx, eqReboot, id, opts)
}

func (s *ServersService) power(ctx context.Context, a action, id int64, opts *ServerPowerOptions) (*Ack, error) {
	call, err := poweredCall(a, id, opts)
	if err != nil {
		return nil, err
	}
	return s.c.ack(ctx, a, call)
}

func poweredCall(a action, id int64, opts *ServerPowerOptions) (*rest.Call, error) {
	var o ServerPowerOptions
	if opts != nil {
		o = *opts
	}
	var problems provider.Problems
	problems.Positive("id", id)
	checkPIN(&problems, "PIN", o.PIN)
	if err := a.Refuse("", problems); err != nil {
		return nil, err
	}
	call, err := byID(a, id, o.Extra)
	if err != nil || o.PIN.IsZero() {
		return call, err
	}
	call.Body.(url.Values).Set("pin", o.PIN.Reveal())
	call.Secrets = append(call.Secrets, o.PIN)
	return call, nil
}

// Status asks whether a server is powered on: POST /eq.php, action status. The answer is the scope
// of a task, a text such as "VM is up now" or "Chassis Power is on". It says nothing about other
// tasks.
func (s *ServersService) Status(ctx context.Context, id int64) (*Ack, error) {
	return s.c.ackByID(ctx, eqStatus, id, nil)
}

// StatusCheck checks the state of a server: POST /eq.php, action status_check. Fields and answer
// are undocumented, except for the callback that it may have; that "id" is the server is inferred
// from the other actions.
func (s *ServersService) StatusCheck(ctx context.Context, id int64, extra map[string]any) (*Ack, error) {
	return s.c.ackByID(ctx, eqStatusCheck, id, extra)
}

// Sensors reads temperatures and the like: POST /eq.php, action sensors. The answer is the scope of
// a task, lines such as "CPU Temp | 36 degrees C | ok".
func (s *ServersService) Sensors(ctx context.Context, id int64) (*Ack, error) {
	return s.c.ackByID(ctx, eqSensors, id, nil)
}

// Suspend suspends and locks a server: POST /eq.php, action suspend. The fields are undocumented
// (that "id" is the server is inferred from the other actions), and customers' keys may be refused
// with provider.ErrForbidden.
func (s *ServersService) Suspend(ctx context.Context, id int64, extra map[string]any) (*Ack, error) {
	return s.c.ackByID(ctx, eqSuspend, id, extra)
}

// Unsuspend unlocks a server that was suspended: POST /eq.php, action unsuspend. See Suspend for
// its fields and refusals.
func (s *ServersService) Unsuspend(ctx context.Context, id int64, extra map[string]any) (*Ack, error) {
	return s.c.ackByID(ctx, eqUnsuspend, id, extra)
}

// CheckPIN checks the account's PIN: POST /eq.php, action check_pin. Fields and answer are
// undocumented; put the PIN into extra as a provider.Secret.
func (s *ServersService) CheckPIN(ctx context.Context, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownFields(ctx, eqCheckPIN, extra)
}

// SetPIN sets the account's PIN, which power and console calls then require: POST /eq.php, action
// set_pin. Fields and answer are undocumented; put the PIN into extra as a provider.Secret.
func (s *ServersService) SetPIN(ctx context.Context, extra map[string]any) (*Ack, error) {
	return s.c.ackFields(ctx, eqSetPIN, extra)
}
