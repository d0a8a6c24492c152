package hostkey

import (
	"context"

	"github.com/provkit/provkit/provider"
)

var (
	eqReinstall      = act("eq", "reinstall", "Servers.Reinstall", "begin reinstall of server", ClassDestroy)
	eqCreatePXE      = act("eq", "create_pxe", "Servers.CreatePXE", "create PXE configuration", ClassDestroy)
	eqClearPXE       = act("eq", "clear_pxe", "Servers.ClearPXE", "clear PXE configuration", ClassWrite).idempotent()
	eqBootDevice     = act("eq", "boot_dev", "Servers.BootDevice", "set boot device of server", ClassWrite)
	eqAbortReinstall = act("eq", "abort_reinstall", "Servers.AbortReinstall", "abort reinstall of server", ClassWrite)
)

// BootMedia is what a server boots from.
type BootMedia string

// The media.
const (
	BootPXE  BootMedia = "pxe"
	BootDisk BootMedia = "disk"
	BootCD   BootMedia = "cd"
)

// ServerCreatePXERequest prepares an installation over the network.
type ServerCreatePXERequest struct {
	// ID, OSID, RootPassword and Hostname are required. The rules for the password are those of
	// Install.
	ID           int64           `url:"id"`
	OSID         int64           `url:"os_id"`
	RootPassword provider.Secret `url:"root_pass"`
	Hostname     string          `url:"hostname"`
	// SSHKey is the text of a public key.
	SSHKey              string          `url:"ssh_key,omitempty"`
	PostInstallCallback string          `url:"post_install_callback,omitempty"`
	PostInstallScript   provider.Secret `url:"post_install_script,omitempty"`
	// ReinstallKey is the key that Reinstall returned.
	ReinstallKey provider.Secret `url:"reinstall_key,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// Reinstall begins the reinstallation of a dedicated server by hand: POST /eq.php, action
// reinstall. It acts at once: the server loses its operating system even if nothing else follows.
// The next steps are CreatePXE, BootDevice with BootPXE, Reboot, and at the end BootDevice with
// BootDisk and ClearPXE. ReinstallInstance does all of them. The name of the key's field in the
// answer is undocumented: see Ack.
func (s *ServersService) Reinstall(ctx context.Context, id int64, extra map[string]any) (*Ack, error) {
	return s.c.ackByID(ctx, eqReinstall, id, extra)
}

// CreatePXE prepares an installation over the network: POST /eq.php, action create_pxe.
func (s *ServersService) CreatePXE(ctx context.Context, req *ServerCreatePXERequest) (*Ack, error) {
	if req == nil {
		return nil, eqCreatePXE.RefuseNil()
	}
	var problems provider.Problems
	problems.Positive("ID", req.ID)
	problems.Required("Hostname", req.Hostname)
	install := Install{
		OSID: req.OSID, RootPassword: req.RootPassword, Hostname: req.Hostname, PostInstallCallback: req.PostInstallCallback, PostInstallScript: req.PostInstallScript,
	}
	install.check(&problems)
	if !req.ReinstallKey.IsZero() {
		checkTaskKey(&problems, "ReinstallKey", req.ReinstallKey)
	}
	call, _, err := formOf(eqCreatePXE, problems, idText(req.ID), req, req.Extra)
	if err != nil {
		return nil, err
	}
	install.hide(call)
	return s.c.ack(ctx, eqCreatePXE, call)
}

// ClearPXE removes the configuration that CreatePXE made: POST /eq.php, action clear_pxe. hostname
// may be "".
func (s *ServersService) ClearPXE(ctx context.Context, id int64, hostname string) (*Ack, error) {
	var problems provider.Problems
	problems.Positive("id", id)
	checkHostname(&problems, "hostname", hostname)
	if err := eqClearPXE.Refuse("", problems); err != nil {
		return nil, err
	}
	var extra map[string]any
	if hostname != "" {
		extra = map[string]any{"hostname": hostname}
	}
	return s.c.ackByID(ctx, eqClearPXE, id, extra)
}

// BootDevice sets the medium that a server boots from: POST /eq.php, action boot_dev.
func (s *ServersService) BootDevice(ctx context.Context, id int64, media BootMedia) (*Ack, error) {
	var problems provider.Problems
	problems.Positive("id", id)
	problems.Required("media", string(media))
	provider.OneOf(&problems, "media", media, BootPXE, BootDisk, BootCD)
	if err := eqBootDevice.Refuse("", problems); err != nil {
		return nil, err
	}
	return s.c.ackByID(ctx, eqBootDevice, id, map[string]any{"media": string(media)})
}

// AbortReinstall stops a reinstallation: POST /eq.php, action abort_reinstall. It removes the tags
// reinstall_start, autodeploy_start and autodeploy_timeout. The fields are undocumented (that "id"
// is the server is inferred from the other actions), and so is the answer.
func (s *ServersService) AbortReinstall(ctx context.Context, id int64, extra map[string]any) (*Ack, error) {
	return s.c.ackByID(ctx, eqAbortReinstall, id, extra)
}
