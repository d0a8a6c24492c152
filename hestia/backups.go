package hestia

import (
	"context"
	"iter"
	"time"
)

// BackupsService manages backups of users (archives and restic snapshots) and the places where they
// are kept. Backups and restorations run for minutes to hours: ScheduleUserBackup and similar
// methods queue them, and the panel empties its queue every five minutes.
//
// Some methods keep the word "user" or "backup" because their names would be ambiguous without it.
type BackupsService struct{ c *Client }

var (
	backupsBackupUser                 = adds("Backups.BackupUser", "v-backup-user USER [NOTIFY]").printing().besides()
	backupsBackupUserConfig           = adds("Backups.BackupUserConfig", "v-backup-user-config USER [NOTIFY]").printing().besides()
	backupsBackupUsers                = adds("Backups.BackupUsers", "v-backup-users").besides()
	backupsDeleteUserBackup           = removes("Backups.DeleteUserBackup", "v-delete-user-backup USER BACKUP").slowly()
	backupsDeleteUserBackupExclusions = sets("Backups.DeleteUserBackupExclusions", "v-delete-user-backup-exclusions USER [SYSTEM]")
	backupsDownload                   = adds("Backups.Download", "v-download-backup USER BACKUP").besides()
	backupsGetUserBackup              = reads("Backups.GetUserBackup", "v-list-user-backup USER BACKUP json")
	backupsImportCPanel               = adds("Backups.ImportCPanel", "v-import-cpanel BACKUP [MX]").printing().orNothing().slowly()
	backupsImportDirectAdmin          = adds("Backups.ImportDirectAdmin", "v-import-directadmin BACKUP").printing().orNothing().slowly()
	backupsListUserBackupExclusions   = reads("Backups.ListUserBackupExclusions", "v-list-user-backup-exclusions USER json")
	backupsListUserBackups            = reads("Backups.ListUserBackups", "v-list-user-backups USER json")
	backupsScheduleUserBackup         = sets("Backups.ScheduleUserBackup", "v-schedule-user-backup USER").doneIf(ExitExists)
	backupsScheduleUserBackupDownload = adds("Backups.ScheduleUserBackupDownload", "v-schedule-user-backup-download USER BACKUP")
	backupsScheduleUserRestore        = adds("Backups.ScheduleUserRestore", "v-schedule-user-restore USER BACKUP [WEB] [DNS] [MAIL] [DB] [CRON] [UDIR]")
	backupsUpdateUserBackupExclusions = sets("Backups.UpdateUserBackupExclusions", "v-update-user-backup-exclusions USER FILE")
)

// UserBackup is an archive of a user.
type UserBackup struct {
	// Name of the archive: "alice.2026-11-21_04-54-35.tar".
	Name string `hestia:",key"`
	// Kept lists where it is kept: "local", "ftp", "sftp", "b2", "rclone".
	Kept []string `hestia:"TYPE"`
	// Size is in MB.
	Size int64 `hestia:"SIZE"`
	// What it contains.
	Web       []string `hestia:"WEB"`
	DNS       []string `hestia:"DNS"`
	Mail      []string `hestia:"MAIL"`
	Databases []string `hestia:"DB"`
	// CronJobs is their number; 0 on panels that do not count them.
	CronJobs    int64    `hestia:"CRON"`
	Directories []string `hestia:"UDIR"`
	// Minutes is how long it took.
	Minutes int64     `hestia:"RUNTIME"`
	Created time.Time `hestia:"DATE+TIME"`
}

// BackupUserOptions are the optional arguments of BackupsService.BackupUser, BackupUserConfig and
// BackupUserRestic.
type BackupUserOptions struct {
	// Notify the user.
	Notify bool
}

// BackupUser makes an archive of a user now, and returns what the panel logged: v-backup-user. It
// may take longer than WithSlowTimeout; then it keeps running on the server. The panel reports
// success even if the archive could not be copied to where it is kept.
func (s *BackupsService) BackupUser(ctx context.Context, user string, opts *BackupUserOptions) (log string, err error) {
	if opts == nil {
		opts = &BackupUserOptions{}
	}
	return s.c.text(ctx, backupsBackupUser, user, opts.Notify)
}

// BackupUserConfig saves a user's configuration and databases to the user's own directory "backup",
// which snapshots need, and returns what the panel logged: v-backup-user-config. The panel ignores
// Notify.
func (s *BackupsService) BackupUserConfig(ctx context.Context, user string, opts *BackupUserOptions) (log string, err error) {
	if opts == nil {
		opts = &BackupUserOptions{}
	}
	return s.c.text(ctx, backupsBackupUserConfig, user, opts.Notify)
}

// BackupUsers makes archives of all users that are not suspended: v-backup-users. The panel reports
// success even if some failed.
func (s *BackupsService) BackupUsers(ctx context.Context) error {
	return s.c.change(ctx, backupsBackupUsers)
}

// DeleteUserBackup removes an archive, remote copies included: v-delete-user-backup.
func (s *BackupsService) DeleteUserBackup(ctx context.Context, user, backup string) error {
	return s.c.change(ctx, backupsDeleteUserBackup, user, backup)
}

// BackupDeleteExclusionsOptions are the optional arguments of
// BackupsService.DeleteUserBackupExclusions.
type BackupDeleteExclusionsOptions struct {
	// System is "web", "dns", "mail", "db", "cron" or "user"; "" is all of them.
	System string
}

// DeleteUserBackupExclusions makes backups of a user include everything again:
// v-delete-user-backup-exclusions. If a System is given, the panel stores the exclusions of
// databases as those of cron jobs too.
func (s *BackupsService) DeleteUserBackupExclusions(ctx context.Context, user string, opts *BackupDeleteExclusionsOptions) error {
	if opts == nil {
		opts = &BackupDeleteExclusionsOptions{}
	}
	return s.c.change(ctx, backupsDeleteUserBackupExclusions, user, opts.System)
}

// Download copies an archive from where it is kept to the server, which removes it after a day: v-download-backup. One
// that lies on the server already stays as it is. Where archives are kept elsewhere, one that is not there, or that
// could not be copied, is no error; ExitNotExist comes only where they are kept on the server alone.
func (s *BackupsService) Download(ctx context.Context, user, backup string) error {
	return s.c.change(ctx, backupsDownload, user, backup)
}

// GetUserBackup returns one archive of a user: v-list-user-backup.
func (s *BackupsService) GetUserBackup(ctx context.Context, user, backup string) (*UserBackup, error) {
	return get[UserBackup](ctx, s.c, backupsGetUserBackup, user, backup)
}

// ListUserBackups returns a user's archives: v-list-user-backups.
func (s *BackupsService) ListUserBackups(ctx context.Context, user string) iter.Seq2[*UserBackup, error] {
	return list[UserBackup](ctx, s.c, backupsListUserBackups, user)
}

// ScheduleUserBackup queues an archive of a user: v-schedule-user-backup. ExitExists if one is
// queued already, ExitDisabled if the user's package has no backups.
func (s *BackupsService) ScheduleUserBackup(ctx context.Context, user string) error {
	return s.c.change(ctx, backupsScheduleUserBackup, user)
}

// ScheduleUserBackupDownload queues the download of an archive from where it is kept:
// v-schedule-user-backup-download. The panel notifies the user when it has arrived. It does not
// check that user and archive exist.
func (s *BackupsService) ScheduleUserBackupDownload(ctx context.Context, user, backup string) error {
	return s.c.change(ctx, backupsScheduleUserBackupDownload, user, backup)
}

// BackupImportCPanelOptions are the optional arguments of BackupsService.ImportCPanel.
type BackupImportCPanelOptions struct {
	// MX imports the zones' MX records too.
	MX bool
}

// ImportCPanel creates a user from a cPanel backup that is on the server, and returns what the
// panel printed: v-import-cpanel. It has exit codes of its own.
func (s *BackupsService) ImportCPanel(ctx context.Context, path string, opts *BackupImportCPanelOptions) (log string, err error) {
	if opts == nil {
		opts = &BackupImportCPanelOptions{}
	}
	return s.c.text(ctx, backupsImportCPanel, path, opts.MX)
}

// ImportDirectAdmin creates a user from a DirectAdmin backup that is on the server, and returns
// what the panel printed: v-import-directadmin. It has exit codes of its own.
func (s *BackupsService) ImportDirectAdmin(ctx context.Context, path string) (log string, err error) {
	return s.c.text(ctx, backupsImportDirectAdmin, path)
}
