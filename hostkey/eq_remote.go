package hostkey

import (
	"context"
	"net/netip"
	"net/url"

	"github.com/provkit/provkit/provider"
)

var (
	eqConsole        = act("eq", "console", "Servers.Console", "get console of server", ClassRead).sensitive()
	eqNoVNC          = act("eq", "novnc", "Servers.NoVNC", "open console of server", ClassWrite).sensitive()
	eqOVirtNoVNC     = act("eq", "ovirt_novnc", "Servers.OVirtNoVNC", "open oVirt console of server", ClassWrite).sensitive()
	eqRecreateNoVNC  = act("eq", "recreate_novnc", "Servers.RecreateNoVNC", "open console of server anew", ClassWrite).sensitive()
	eqStopNoVNC      = act("eq", "stop_novnc", "Servers.StopNoVNC", "close console of server", ClassWrite).idempotent()
	eqIPMI           = act("eq", "get_ipmi", "Servers.IPMI", "get IPMI interface of server", ClassRead).sensitive()
	eqAddIPMIUser    = act("eq", "add_ipmi_user", "Servers.AddIPMIUser", "add IPMI user to server", ClassWrite).sensitive()
	eqAddIPMIAdmin   = act("eq", "add_ipmi_admin", "Servers.AddIPMIAdmin", "add IPMI administrator", ClassWrite).sensitive()
	eqRemoveIPMIUser = act("eq", "remove_ipmi_user", "Servers.RemoveIPMIUser", "remove IPMI user from server", ClassDestroy)
	eqUnitReset      = act("eq", "unit_reset", "Servers.UnitReset", "reset IPMI of server", ClassWrite)
)

// ServerNoVNCOptions are options of NoVNC. nil is the zero value.
type ServerNoVNCOptions struct {
	// PIN of 4 to 6 characters, if the account has one.
	PIN provider.Secret
	// WhiteIP is the address that may open the console; the zero Addr leaves it to the server.
	WhiteIP netip.Addr
	// Extra fields, sent as they are.
	Extra map[string]any
}

// ServerAddIPMIUserRequest adds a user of the management interface.
type ServerAddIPMIUserRequest struct {
	// ID of the server, required.
	ID int64 `url:"id"`
	// AdminUser and AdminPassword are for administrators only; "" is not sent.
	AdminUser     string          `url:"admin_user,omitempty"`
	AdminPassword provider.Secret `url:"admin_pass,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// Console returns a file for virt-viewer in base64: POST /eq.php, action console. The name of its
// field is undocumented.
func (s *ServersService) Console(ctx context.Context, id int64) (provider.Payload, error) {
	return s.c.unknownByID(ctx, eqConsole, id, nil)
}

// NoVNC opens a console for the browser: POST /eq.php, action novnc. Its URL is the scope of the
// task.
func (s *ServersService) NoVNC(ctx context.Context, id int64, opts *ServerNoVNCOptions) (*Ack, error) {
	var o ServerNoVNCOptions
	if opts != nil {
		o = *opts
	}
	call, err := poweredCall(eqNoVNC, id, &ServerPowerOptions{PIN: o.PIN, Extra: o.Extra})
	if err != nil {
		return nil, err
	}
	if o.WhiteIP.IsValid() {
		call.Body.(url.Values).Set("white_ip", o.WhiteIP.String())
	}
	return s.c.ack(ctx, eqNoVNC, call)
}

// OVirtNoVNC opens a console of an oVirt machine: POST /eq.php, action ovirt_novnc. The fields are
// undocumented (that "id" is the server is inferred from the other actions), and so is whether the
// URL is in the answer or in the scope of its task.
func (s *ServersService) OVirtNoVNC(ctx context.Context, id int64, extra map[string]any) (*Ack, error) {
	return s.c.ackByID(ctx, eqOVirtNoVNC, id, extra)
}

// RecreateNoVNC opens a console anew: POST /eq.php, action recreate_novnc. Only its name is known;
// that "id" is the server is inferred from the other actions.
func (s *ServersService) RecreateNoVNC(ctx context.Context, id int64, extra map[string]any) (*Ack, error) {
	return s.c.ackByID(ctx, eqRecreateNoVNC, id, extra)
}

// StopNoVNC closes a console: POST /eq.php, action stop_novnc. Only its name is known; that "id" is
// the server is inferred from the other actions.
func (s *ServersService) StopNoVNC(ctx context.Context, id int64, extra map[string]any) (*Ack, error) {
	return s.c.ackByID(ctx, eqStopNoVNC, id, extra)
}

// IPMI returns the address and model of the management interface: POST /eq.php, action get_ipmi.
// The fields are undocumented (that "id" is the server is inferred from the other actions), and so
// is the answer, which may contain several interfaces.
func (s *ServersService) IPMI(ctx context.Context, id int64, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownByID(ctx, eqIPMI, id, extra)
}

// AddIPMIUser adds a user of the management interface: POST /eq.php, action add_ipmi_user.
// NAT.AddStatic opens access to the interface; remove both afterwards. The answer is undocumented.
func (s *ServersService) AddIPMIUser(ctx context.Context, req *ServerAddIPMIUserRequest) (*Ack, error) {
	if req == nil {
		return nil, eqAddIPMIUser.RefuseNil()
	}
	var problems provider.Problems
	problems.Positive("ID", req.ID)
	call, _, err := formOf(eqAddIPMIUser, problems, idText(req.ID), req, req.Extra)
	if err != nil {
		return nil, err
	}
	call.Secrets = append(call.Secrets, req.AdminPassword)
	return s.c.ack(ctx, eqAddIPMIUser, call)
}

// AddIPMIAdmin adds an administrator of management interfaces, or returns the existing one: POST
// /eq.php, action add_ipmi_admin. adminUser may be "". Other fields and the answer are
// undocumented.
func (s *ServersService) AddIPMIAdmin(ctx context.Context, adminUser string, extra map[string]any) (*Ack, error) {
	call, form, err := formOf(eqAddIPMIAdmin, nil, "", nil, extra)
	if err != nil {
		return nil, err
	}
	if adminUser != "" {
		form.Set("admin_user", adminUser)
	}
	return s.c.ack(ctx, eqAddIPMIAdmin, call)
}

// RemoveIPMIUser removes the user that AddIPMIUser added: POST /eq.php, action remove_ipmi_user.
func (s *ServersService) RemoveIPMIUser(ctx context.Context, id int64) (*Ack, error) {
	return s.c.ackByID(ctx, eqRemoveIPMIUser, id, nil)
}

// UnitReset resets the management interface of a server: POST /eq.php, action unit_reset. The
// server itself keeps running.
func (s *ServersService) UnitReset(ctx context.Context, id int64) (*Ack, error) {
	return s.c.ackByID(ctx, eqUnitReset, id, nil)
}
