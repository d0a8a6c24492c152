package hestia

import (
	"context"
	"time"

	"github.com/provkit/provkit/provider"
)

var (
	backupsAddHost                  = sets("Backups.AddHost", "v-add-backup-host TYPE HOST [USERNAME] [PASSWORD!] [PATH=/backup] [PORT]").slowly()
	backupsAddHostRestic            = sets("Backups.AddHostRestic", "v-add-backup-host-restic REPO! SNAPSHOTS DAILY WEEKLY MONTHLY YEARLY").slowly()
	backupsBackupUserRestic         = adds("Backups.BackupUserRestic", "v-backup-user-restic USER [NOTIFY]").printing().orNothing().besides()
	backupsBackupUsersRestic        = adds("Backups.BackupUsersRestic", "v-backup-users-restic").besides()
	backupsDeleteHost               = adds("Backups.DeleteHost", "v-delete-backup-host TYPE [HOST]")
	backupsDeleteHostRestic         = sets("Backups.DeleteHostRestic", "v-delete-backup-host-restic")
	backupsDeleteUserBackupRestic   = removes("Backups.DeleteUserBackupRestic", "v-delete-user-backup-restic USER SNAPSHOT").slowly()
	backupsGetHost                  = reads("Backups.GetHost", "v-list-backup-host TYPE json").orNothing()
	backupsGetHostRestic            = reads("Backups.GetHostRestic", "v-list-backup-host-restic json").secretly().orNothing()
	backupsGetUserBackupRestic      = reads("Backups.GetUserBackupRestic", "v-list-user-backup-restic USER SNAPSHOT json").slowly()
	backupsListUserBackupsRestic    = reads("Backups.ListUserBackupsRestic", "v-list-user-backups-restic USER json").escaping().slowly()
	backupsListUserFilesRestic      = reads("Backups.ListUserFilesRestic", "v-list-user-files-restic USER SNAPSHOT FOLDER").slowly()
	backupsScheduleUserBackupRestic = sets("Backups.ScheduleUserBackupRestic", "v-schedule-user-backup-restic USER").doneIf(ExitExists)
)

// BackupHost is a place outside the server where archives are kept.
type BackupHost struct {
	// Type is "ftp", "sftp", "rclone" or "b2".
	Type     string `hestia:"TYPE"`
	Host     string `hestia:"HOST"`
	Username string `hestia:"USERNAME"`
	Port     int64  `hestia:"PORT"`
	Path     string `hestia:"BPATH"`
	// Bucket and KeyID are for Backblaze B2, which has neither of the above.
	Bucket  string    `hestia:"BUCKET"`
	KeyID   string    `hestia:"B2_KEY_ID"`
	Created time.Time `hestia:"DATE+TIME"`
}

// BackupAddHostOptions are the optional arguments of BackupsService.AddHost.
type BackupAddHostOptions struct {
	// Username is the ID of the key for "b2".
	Username string
	// Password is the key for "b2". For "sftp" it can also be the path of a private key on the
	// server.
	Password provider.Secret
	// Path defaults to "/backup".
	Path string
	// Port defaults to the usual one of the type.
	Port int64
}

// AddHost adds a place where archives are kept, or replaces that of the same type, after testing
// the connection: v-add-backup-host. The type is "ftp", "sftp", "b2" (the host is the bucket),
// "rclone" (the host is a remote of the server's rclone) or "local". ExitConnect if the host cannot
// be reached.
func (s *BackupsService) AddHost(ctx context.Context, kind, host string, opts *BackupAddHostOptions) error {
	if opts == nil {
		opts = &BackupAddHostOptions{}
	}
	return s.c.change(ctx, backupsAddHost, kind, host, opts.Username, opts.Password, opts.Path, opts.Port)
}

// BackupDeleteHostOptions are the optional arguments of BackupsService.DeleteHost.
type BackupDeleteHostOptions struct {
	// Host is ignored by the panel, which has one host of each type.
	Host string
}

// DeleteHost stops keeping archives at a place: v-delete-backup-host. ExitInvalid if there is none
// of that type.
func (s *BackupsService) DeleteHost(ctx context.Context, kind string, opts *BackupDeleteHostOptions) error {
	if opts == nil {
		opts = &BackupDeleteHostOptions{}
	}
	return s.c.change(ctx, backupsDeleteHost, kind, opts.Host)
}

// GetHost returns the host of a type where archives are kept: v-list-backup-host. The error matches
// provider.ErrNotFound if there is none, since the panel prints nothing then.
func (s *BackupsService) GetHost(ctx context.Context, kind string) (*BackupHost, error) {
	return get[BackupHost](ctx, s.c, backupsGetHost, kind)
}

// ResticHost is the repository that contains the snapshots.
type ResticHost struct {
	// Repo is the repository in restic's spelling, which can contain a password.
	Repo provider.Secret `hestia:"REPO"`
	// How many snapshots to keep; -1 for no such rule.
	Snapshots int64 `hestia:"SNAPSHOTS"`
	Daily     int64 `hestia:"KEEP_DAILY"`
	Weekly    int64 `hestia:"KEEP_WEEKLY"`
	Monthly   int64 `hestia:"KEEP_MONTHLY"`
	Yearly    int64 `hestia:"KEEP_YEARLY"`
}

// BackupAddHostResticRequest sets the repository of snapshots. All fields are required; they mean
// what they mean in ResticHost.
type BackupAddHostResticRequest struct {
	Repo      provider.Secret
	Snapshots int64
	Daily     int64
	Weekly    int64
	Monthly   int64
	Yearly    int64
}

// AddHostRestic sets the repository of snapshots: v-add-backup-host-restic. The server updates
// restic, and installs it if that needs no confirmation.
func (s *BackupsService) AddHostRestic(ctx context.Context, req *BackupAddHostResticRequest) error {
	if req == nil {
		return backupsAddHostRestic.endpoint.RefuseNil()
	}
	return s.c.change(ctx, backupsAddHostRestic, req.Repo, req.Snapshots, req.Daily, req.Weekly, req.Monthly, req.Yearly)
}

// DeleteHostRestic makes the panel forget the repository of snapshots, which remains as it is:
// v-delete-backup-host-restic.
func (s *BackupsService) DeleteHostRestic(ctx context.Context) error {
	return s.c.change(ctx, backupsDeleteHostRestic)
}

// GetHostRestic returns the repository of snapshots: v-list-backup-host-restic. The error matches
// provider.ErrNotFound if there is none, since the panel prints nothing then.
func (s *BackupsService) GetHostRestic(ctx context.Context) (*ResticHost, error) {
	return get[ResticHost](ctx, s.c, backupsGetHostRestic)
}

// BackupUserRestic makes a snapshot of a user now, and returns what the panel printed:
// v-backup-user-restic. ExitConnect if the repository cannot be opened. The panel does not report
// that making the snapshot failed: list the snapshots.
func (s *BackupsService) BackupUserRestic(ctx context.Context, user string, opts *BackupUserOptions) (log string, err error) {
	if opts == nil {
		opts = &BackupUserOptions{}
	}
	return s.c.text(ctx, backupsBackupUserRestic, user, opts.Notify)
}

// BackupUsersRestic makes snapshots of all users that are not suspended: v-backup-users-restic. The
// panel reports success even if some failed.
func (s *BackupsService) BackupUsersRestic(ctx context.Context) error {
	return s.c.change(ctx, backupsBackupUsersRestic)
}

// DeleteUserBackupRestic removes one snapshot of a user: v-delete-user-backup-restic.
func (s *BackupsService) DeleteUserBackupRestic(ctx context.Context, user, snapshot string) error {
	return s.c.change(ctx, backupsDeleteUserBackupRestic, user, snapshot)
}

// GetUserBackupRestic returns what one snapshot contains: v-list-user-backup-restic. The panel
// names each "snapshot" and reports no size. For a snapshot that does not exist it prints an empty
// object: the error matches provider.ErrNotFound.
func (s *BackupsService) GetUserBackupRestic(ctx context.Context, user, snapshot string) (*UserBackup, error) {
	var backup *UserBackup
	err := s.c.load(ctx, backupsGetUserBackupRestic, func(printed []byte) (err error) {
		if backup, _, err = decodeOne[UserBackup](printed, s.c.settings.location); err == nil && backup.Name == "" {
			return nothing()
		}
		return err
	}, user, snapshot)
	if err != nil {
		return nil, err
	}
	return backup, nil
}

// ScheduleUserBackupRestic queues a snapshot of a user: v-schedule-user-backup-restic. ExitExists
// if a backup is queued, ExitDisabled if the user's package has no snapshots.
func (s *BackupsService) ScheduleUserBackupRestic(ctx context.Context, user string) error {
	return s.c.change(ctx, backupsScheduleUserBackupRestic, user)
}
