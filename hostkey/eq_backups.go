package hostkey

import (
	"context"
	"time"

	"github.com/provkit/provkit/provider"
)

var (
	eqBackups            = act("eq", "backup_list", "Servers.Backups", "list backups of server", ClassRead)
	eqBackupSchedule     = act("eq", "backup_get_schedule", "Servers.BackupSchedule", "get backup schedule of server", ClassRead)
	eqSaveBackupSchedule = act("eq", "backup_save_schedule", "Servers.SaveBackupSchedule", "save backup schedule of server", ClassWrite)
	eqCheckBackupLock    = act("eq", "check_backup_lock", "Servers.CheckBackupLock", "check backup lock of server", ClassRead)
	eqCreateBackup       = act("eq", "create_backup", "Servers.CreateBackup", "create backup of server", ClassWrite)
	eqRestoreBackup      = act("eq", "restore_backup", "Servers.RestoreBackup", "restore backup of server", ClassDestroy)
	eqDeleteBackup       = act("eq", "delete_backup", "Servers.DeleteBackup", "delete backup of server", ClassDestroy)
	eqRequestBackupLink  = act("eq", "request_backup_link", "Servers.RequestBackupLink", "request link to backup of server", ClassWrite).sensitive()
)

// The fields of the backup actions are undocumented. That "id" is the server is inferred from the
// other actions of the module. The vendor's page says of delete_backup that it takes the backup's name.

// BackupList lists the backups of a server. Its shape is undocumented: what is read is named as in lists
// of snapshots, and everything else is in More.
type BackupList struct {
	Backups []Backup `wire:"backups|data,loose"`
	// Callback is the key of a task for Tasks.Wait; zero if there is nothing to wait for.
	Callback provider.Secret `wire:"callback"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// Backup is a backup of a server, as far as BackupList can be read.
type Backup struct {
	// Name is what DeleteBackup takes.
	Name string `wire:"name,loose"`
	// CreatedAt is in the server's time zone, which is undocumented and assumed to be UTC.
	CreatedAt time.Time `wire:"date|created_at,loose"`
	// Size is in bytes.
	Size int64 `wire:"total_size|size,loose"`
	// More fields of the backup.
	More map[string]provider.Payload `wire:",extra"`
}

// Backups lists the backups of a server: POST /eq.php, action backup_list. Fields other than the
// ID, and the answer, are undocumented; see BackupList.
func (s *ServersService) Backups(ctx context.Context, id int64, extra map[string]any) (*BackupList, error) {
	call, err := byID(eqBackups, id, extra)
	if err != nil {
		return nil, err
	}
	return guess[BackupList](ctx, s.c, eqBackups, call)
}

// BackupSchedule returns when a server is backed up: POST /eq.php, action backup_get_schedule.
// Fields other than the ID, and the answer, are undocumented.
func (s *ServersService) BackupSchedule(ctx context.Context, id int64, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownByID(ctx, eqBackupSchedule, id, extra)
}

// SaveBackupSchedule sets when a server is backed up: POST /eq.php, action backup_save_schedule.
// Fields other than the ID, and the answer, are undocumented.
func (s *ServersService) SaveBackupSchedule(ctx context.Context, id int64, extra map[string]any) (*Ack, error) {
	return s.c.ackByID(ctx, eqSaveBackupSchedule, id, extra)
}

// CheckBackupLock returns whether backups of a server are locked: POST /eq.php, action
// check_backup_lock. Fields other than the ID, and the answer, are undocumented.
func (s *ServersService) CheckBackupLock(ctx context.Context, id int64, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownByID(ctx, eqCheckBackupLock, id, extra)
}

// CreateBackup backs a server up: POST /eq.php, action create_backup. Tasks.Wait waits for its end.
// Fields other than the ID are undocumented.
func (s *ServersService) CreateBackup(ctx context.Context, id int64, extra map[string]any) (*Ack, error) {
	return s.c.ackByID(ctx, eqCreateBackup, id, extra)
}

// RestoreBackup restores a server from a backup, and loses what came after it: POST /eq.php, action
// restore_backup. Tasks.Wait waits for its end. Fields other than the ID are undocumented.
func (s *ServersService) RestoreBackup(ctx context.Context, id int64, extra map[string]any) (*Ack, error) {
	return s.c.ackByID(ctx, eqRestoreBackup, id, extra)
}

// DeleteBackup removes a backup by its name: POST /eq.php, action delete_backup. Tasks.Wait waits for its
// end. That the name is sent as "name" is inferred from the snapshots.
func (s *ServersService) DeleteBackup(ctx context.Context, id int64, name string, extra map[string]any) (*Ack, error) {
	var problems provider.Problems
	problems.Positive("id", id)
	problems.Required("name", name)
	call, form, err := formOf(eqDeleteBackup, problems, idText(id), nil, extra)
	if err != nil {
		return nil, err
	}
	form.Set("id", idText(id))
	form.Set("name", name)
	return s.c.ack(ctx, eqDeleteBackup, call)
}

// RequestBackupLink asks for a temporary link to download a backup: POST /eq.php, action
// request_backup_link. Fields other than the ID are undocumented, and so is whether the link is in
// the answer or in the scope of its task.
func (s *ServersService) RequestBackupLink(ctx context.Context, id int64, extra map[string]any) (*Ack, error) {
	return s.c.ackByID(ctx, eqRequestBackupLink, id, extra)
}
