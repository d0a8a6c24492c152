package hostkey

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

var (
	vmCreateSnapshot  = act("vm", "create_snapshot", "VM.CreateSnapshot", "create snapshot of server", ClassWrite)
	vmSnapshots       = act("vm", "get_snapshot", "VM.Snapshots", "list snapshots of server", ClassRead)
	vmRemoveSnapshot  = act("vm", "remove_snapshot", "VM.RemoveSnapshot", "remove snapshot of server", ClassDestroy)
	vmRestoreSnapshot = act("vm", "restore_snapshot", "VM.RestoreSnapshot", "restore server from snapshot", ClassDestroy)
	vmUpdateSettings  = act("vm", "update_restore_settings", "VM.UpdateRestoreSettings", "change snapshot settings of server", ClassWrite)
	vmLoadStats       = act("vm", "load_stats", "VM.LoadStats", "load usage of server", ClassRead)
	vmEngine          = act("vm", "get_engine", "VM.Engine", "get virtualization engine", ClassRead)
)

// VMService manages snapshots of virtual machines under oVirt and OpenStack. VDS and dedicated
// servers have none.
type VMService struct{ c *Client }

// SnapshotCreateRequest creates a snapshot.
type SnapshotCreateRequest struct {
	// ServerID and Name are required. A name has letters, digits, "_", "." and "-".
	ServerID int64  `url:"id"`
	Name     string `url:"name"`
	// Type: "" is the server's default, "snapshot".
	Type string `url:"type,omitempty"`
	// NumRotation is undocumented except for its name; 0 is not sent.
	NumRotation int64 `url:"num_rotation,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// SnapshotListRequest selects the server whose snapshots are listed.
type SnapshotListRequest struct {
	// ServerID is required.
	ServerID int64  `url:"id"`
	Type     string `url:"type,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// SnapshotRequest selects a snapshot.
type SnapshotRequest struct {
	// ServerID and Name are required.
	ServerID int64  `url:"id"`
	Name     string `url:"name"`
	Type     string `url:"type,omitempty"`
	// OpenStackID is the snapshot's, if it has one.
	OpenStackID string `url:"openstack_id,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// SnapshotListing is a list of snapshots that a task is preparing.
type SnapshotListing struct {
	// Callback is the key of the task that returns the list: call Tasks.Wait, then
	// TaskState.Snapshots.
	Callback provider.Secret `wire:"callback,required"`
	// MaxSnapshots is how many the server may have; 0 if unknown.
	MaxSnapshots int64 `wire:"settings.num_max"`
	// Settings are the snapshot settings as the server sends them.
	Settings provider.Payload `wire:"settings"`
}

// Snapshot is a snapshot of a server.
type Snapshot struct {
	Name string `wire:"name,required"`
	// CreatedAt is in the server's time zone, which is undocumented and assumed to be UTC.
	CreatedAt time.Time `wire:"date|created_at"`
	// Size is in bytes.
	Size int64 `wire:"total_size|size"`
	// OpenStackID is "" if there is none.
	OpenStackID string `wire:"openstack_image_id"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// CreateSnapshot creates a snapshot, in the background: POST /vm.php, action create_snapshot.
func (s *VMService) CreateSnapshot(ctx context.Context, req *SnapshotCreateRequest) (*Ack, error) {
	if req == nil {
		return nil, vmCreateSnapshot.RefuseNil()
	}
	var problems provider.Problems
	problems.Positive("ServerID", req.ServerID)
	checkSnapshotName(&problems, req.Name)
	problems.NotNegative("NumRotation", req.NumRotation)
	call, _, err := formOf(vmCreateSnapshot, problems, about(req.ServerID), req, req.Extra)
	if err != nil {
		return nil, err
	}
	return s.c.ack(ctx, vmCreateSnapshot, call)
}

// Snapshots starts a task that lists the snapshots: POST /vm.php, action get_snapshot. Wait for it
// to get the list:
//
//	listing, err := client.VM.Snapshots(ctx, &hostkey.SnapshotListRequest{ServerID: 55054})
//	if err != nil {
//		return err
//	}
//	task, err := client.Tasks.Wait(ctx, listing.Callback, nil)
//	if err != nil {
//		return err
//	}
//	snapshots, err := task.Snapshots()
func (s *VMService) Snapshots(ctx context.Context, req *SnapshotListRequest) (*SnapshotListing, error) {
	if req == nil {
		return nil, vmSnapshots.RefuseNil()
	}
	var problems provider.Problems
	problems.Positive("ServerID", req.ServerID)
	call, _, err := formOf(vmSnapshots, problems, about(req.ServerID), req, req.Extra)
	if err != nil {
		return nil, err
	}
	return fetch[SnapshotListing](ctx, s.c, vmSnapshots, call)
}

// RemoveSnapshot removes a snapshot, in the background: POST /vm.php, action remove_snapshot.
// According to one source the server has to be off.
func (s *VMService) RemoveSnapshot(ctx context.Context, req *SnapshotRequest) (*Ack, error) {
	return s.snapshot(ctx, vmRemoveSnapshot, req)
}

// RestoreSnapshot restores a server from a snapshot, in the background: POST /vm.php, action
// restore_snapshot. What was written since then is lost.
func (s *VMService) RestoreSnapshot(ctx context.Context, req *SnapshotRequest) (*Ack, error) {
	return s.snapshot(ctx, vmRestoreSnapshot, req)
}

func (s *VMService) snapshot(ctx context.Context, a action, req *SnapshotRequest) (*Ack, error) {
	if req == nil {
		return nil, a.RefuseNil()
	}
	var problems provider.Problems
	problems.Positive("ServerID", req.ServerID)
	checkSnapshotName(&problems, req.Name)
	call, _, err := formOf(a, problems, about(req.ServerID), req, req.Extra)
	if err != nil {
		return nil, err
	}
	return s.c.ack(ctx, a, call)
}

// UpdateRestoreSettings changes when snapshots are made and restored: POST /vm.php, action
// update_restore_settings. That it takes the server's ID as "id" is inferred from its description
// only; further fields and the answer are undocumented.
func (s *VMService) UpdateRestoreSettings(ctx context.Context, serverID int64, extra map[string]any) (*Ack, error) {
	return s.c.ackByID(ctx, vmUpdateSettings, serverID, extra)
}

// LoadStats starts loading the resource usage of a server: POST /vm.php, action load_stats. The
// answer is undocumented; it probably names a task under "callback".
func (s *VMService) LoadStats(ctx context.Context, serverID int64) (*Ack, error) {
	return s.c.ackByID(ctx, vmLoadStats, serverID, nil)
}

// Engine is POST /vm.php, action get_engine. The answer is undocumented.
func (s *VMService) Engine(ctx context.Context) (provider.Payload, error) {
	return s.c.unknown(ctx, vmEngine, new(rest.Call))
}

// Snapshots returns the list in the scope of the task of VM.Snapshots.
func (s *TaskState) Snapshots() ([]Snapshot, error) {
	scope := []byte(cmp.Or(s.Scope.Text(), s.Scope.Reveal()))
	list := wire.Rows[Snapshot]{Names: []string{"snapshots"}, Bare: true}
	err := list.DecodeAnswer(&rest.Answer{Endpoint: vmSnapshots.Endpoint, Body: scope})
	var all []Snapshot
	for row, odd := range list.All() {
		all, err = append(all, *row), cmp.Or(err, odd)
	}
	if err != nil {
		return nil, &provider.Error{
			Provider: Kind, Op: vmSnapshots.Op, Action: vmSnapshots.Verb, Kind: provider.ErrProtocol,
			Message: "the task returned no list of snapshots", Err: err,
		}
	}
	return all, nil
}

func checkSnapshotName(problems *provider.Problems, name string) {
	switch {
	case name == "":
		problems.Add("Name", "required")
	case strings.ContainsFunc(name, func(r rune) bool { return notInTagName(r) && r != '_' && r != '.' }):
		problems.Add("Name", `must contain only letters, digits, "_", "." and "-"`)
	}
}
