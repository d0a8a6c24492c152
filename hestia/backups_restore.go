package hestia

import (
	"context"

	"github.com/provkit/provkit/provider"
)

// restores defines a command that restores something and prints what it does.
func restores(op, signature string) *command {
	return adds(op, signature).printing().orNothing().slowly()
}

var (
	backupsRestoreCronJob         = restores("Backups.RestoreCronJob", "v-restore-cron-job USER BACKUP DOMAIN [NOTIFY]")
	backupsRestoreDatabase        = restores("Backups.RestoreDatabase", "v-restore-database USER BACKUP DATABASE [NOTIFY]")
	backupsRestoreDNSDomain       = restores("Backups.RestoreDNSDomain", "v-restore-dns-domain USER BACKUP DOMAIN [NOTIFY]")
	backupsRestoreMailDomain      = restores("Backups.RestoreMailDomain", "v-restore-mail-domain USER BACKUP DOMAIN [NOTIFY]")
	backupsRestoreUser            = restores("Backups.RestoreUser", "v-restore-user USER BACKUP [WEB] [DNS] [MAIL] [DB] [CRON] [UDIR] [NOTIFY]")
	backupsRestoreWebDomain       = restores("Backups.RestoreWebDomain", "v-restore-web-domain USER BACKUP DOMAIN [NOTIFY]")
	backupsRestoreCronJobRestic   = restores("Backups.RestoreCronJobRestic", "v-restore-cron-job-restic USER SNAPSHOT [NOTIFY]")
	backupsRestoreDatabaseRestic  = restores("Backups.RestoreDatabaseRestic", "v-restore-database-restic USER SNAPSHOT DATABASE [NOTIFY]")
	backupsRestoreDNSDomainRestic = restores("Backups.RestoreDNSDomainRestic", "v-restore-dns-domain-restic USER SNAPSHOT DOMAIN [NOTIFY]")
	backupsRestoreFileRestic      = restores("Backups.RestoreFileRestic", "v-restore-file-restic USER SNAPSHOT PATH [NOTIFY]")
	backupsRestoreMailRestic      = restores("Backups.RestoreMailDomainRestic", "v-restore-mail-domain-restic USER SNAPSHOT DOMAIN [NOTIFY]")
	backupsRestoreUserFullRestic  = restores("Backups.RestoreUserFullRestic", "v-restore-user-full-restic USER SNAPSHOT KEY! [NOTIFY]")
	backupsRestoreUserRestic      = restores("Backups.RestoreUserRestic", "v-restore-user-restic USER SNAPSHOT WEB? [DNS] [MAIL] [DB] [CRON] [UDIR=yes] [NOTIFY]")
	backupsRestoreWebDomainRestic = restores("Backups.RestoreWebDomainRestic", "v-restore-web-domain-restic USER SNAPSHOT DOMAIN [NOTIFY=no] [NEW_USER]")
	backupsScheduleRestoreRestic  = adds("Backups.ScheduleUserRestoreRestic", "v-schedule-user-restore-restic USER SNAPSHOT [OBJECT#] [VALUE]").slowly()
)

// RestoreNone restores nothing of a kind.
func RestoreNone() []string { return []string{"no"} }

// RestoreAll restores all of a kind from a snapshot. For an archive, use nil.
func RestoreAll() []string { return []string{"*"} }

// BackupRestoreOptions are the optional arguments of the methods that restore one thing.
type BackupRestoreOptions struct {
	// Notify the user.
	Notify bool
}

func (o *BackupRestoreOptions) notify() bool { return o != nil && o.Notify }

// BackupRestoreUserOptions are the optional arguments of BackupsService.RestoreUser: the names of
// what to restore. nil restores all of a kind, RestoreNone nothing.
type BackupRestoreUserOptions struct {
	Web         []string
	DNS         []string
	Mail        []string
	Databases   []string
	Cron        []string
	Directories []string
	// Notify the user.
	Notify bool
}

// RestoreUser restores a user from an archive, and returns what the panel logged: v-restore-user. A
// user that does not exist is created. ExitLoad if the server is too busy. ExitParsing also means
// that a domain belongs to another user; everything before it has been restored by then.
func (s *BackupsService) RestoreUser(ctx context.Context, user, backup string, opts *BackupRestoreUserOptions) (log string, err error) {
	if opts == nil {
		opts = &BackupRestoreUserOptions{}
	}
	return s.c.text(ctx, backupsRestoreUser, user, backup, opts.Web, opts.DNS, opts.Mail, opts.Databases, opts.Cron,
		opts.Directories, opts.Notify)
}

// BackupScheduleRestoreOptions are the optional arguments of BackupsService.ScheduleUserRestore:
// the names of what to restore. nil restores all of a kind, RestoreNone nothing.
type BackupScheduleRestoreOptions struct {
	Web         []string
	DNS         []string
	Mail        []string
	Databases   []string
	Cron        []string
	Directories []string
}

// ScheduleUserRestore queues the restoration of a user from an archive: v-schedule-user-restore.
// ExitExists if one is queued for the user already.
func (s *BackupsService) ScheduleUserRestore(ctx context.Context, user, backup string, opts *BackupScheduleRestoreOptions) error {
	if opts == nil {
		opts = &BackupScheduleRestoreOptions{}
	}
	return s.c.change(ctx, backupsScheduleUserRestore, user, backup, opts.Web, opts.DNS, opts.Mail, opts.Databases, opts.Cron,
		opts.Directories)
}

// RestoreCronJob restores cron jobs from an archive, and returns what the panel logged:
// v-restore-cron-job. The command's name for jobs is "domain"; the panel restores all jobs unless
// it is "no". Like the other methods that restore one thing from an archive, it reports success
// even if it failed: read the log.
func (s *BackupsService) RestoreCronJob(ctx context.Context, user, backup, jobs string, opts *BackupRestoreOptions) (log string, err error) {
	return s.c.text(ctx, backupsRestoreCronJob, user, backup, jobs, opts.notify())
}

// RestoreDatabase restores a database from an archive, and returns what the panel logged:
// v-restore-database. It reports success even if it failed.
func (s *BackupsService) RestoreDatabase(ctx context.Context, user, backup, database string, opts *BackupRestoreOptions) (log string, err error) {
	return s.c.text(ctx, backupsRestoreDatabase, user, backup, database, opts.notify())
}

// RestoreDNSDomain restores a zone from an archive, and returns what the panel logged:
// v-restore-dns-domain. It reports success even if it failed.
func (s *BackupsService) RestoreDNSDomain(ctx context.Context, user, backup, domain string, opts *BackupRestoreOptions) (log string, err error) {
	return s.c.text(ctx, backupsRestoreDNSDomain, user, backup, domain, opts.notify())
}

// RestoreMailDomain restores a mail domain from an archive, and returns what the panel logged:
// v-restore-mail-domain. It reports success even if it failed.
func (s *BackupsService) RestoreMailDomain(ctx context.Context, user, backup, domain string, opts *BackupRestoreOptions) (log string, err error) {
	return s.c.text(ctx, backupsRestoreMailDomain, user, backup, domain, opts.notify())
}

// RestoreWebDomain restores a website from an archive, and returns what the panel logged:
// v-restore-web-domain. It reports success even if it failed.
func (s *BackupsService) RestoreWebDomain(ctx context.Context, user, backup, domain string, opts *BackupRestoreOptions) (log string, err error) {
	return s.c.text(ctx, backupsRestoreWebDomain, user, backup, domain, opts.notify())
}

// RestoreCronJobRestic restores all cron jobs from a snapshot, and returns what the panel printed:
// v-restore-cron-job-restic.
func (s *BackupsService) RestoreCronJobRestic(ctx context.Context, user, snapshot string, opts *BackupRestoreOptions) (log string, err error) {
	return s.c.text(ctx, backupsRestoreCronJobRestic, user, snapshot, opts.notify())
}

// RestoreDatabaseRestic restores databases from a snapshot, and returns what the panel printed:
// v-restore-database-restic. Several are separated by commas; "*" is all. Names that the snapshot
// does not contain are no error.
func (s *BackupsService) RestoreDatabaseRestic(ctx context.Context, user, snapshot, database string, opts *BackupRestoreOptions) (log string, err error) {
	return s.c.text(ctx, backupsRestoreDatabaseRestic, user, snapshot, database, opts.notify())
}

// RestoreDNSDomainRestic restores zones from a snapshot, and returns what the panel printed:
// v-restore-dns-domain-restic. Several are separated by commas; "*" is all. Names that the snapshot
// does not contain are no error.
func (s *BackupsService) RestoreDNSDomainRestic(ctx context.Context, user, snapshot, domain string, opts *BackupRestoreOptions) (log string, err error) {
	return s.c.text(ctx, backupsRestoreDNSDomainRestic, user, snapshot, domain, opts.notify())
}

// RestoreFileRestic restores a file or directory, by its full path, from a snapshot, and returns
// what the panel printed: v-restore-file-restic.
func (s *BackupsService) RestoreFileRestic(ctx context.Context, user, snapshot, path string, opts *BackupRestoreOptions) (log string, err error) {
	return s.c.text(ctx, backupsRestoreFileRestic, user, snapshot, path, opts.notify())
}

// RestoreMailDomainRestic restores mail domains from a snapshot, and returns what the panel
// printed: v-restore-mail-domain-restic. Several are separated by commas; "*" is all. Names that
// the snapshot does not contain are no error.
func (s *BackupsService) RestoreMailDomainRestic(ctx context.Context, user, snapshot, domain string, opts *BackupRestoreOptions) (log string, err error) {
	return s.c.text(ctx, backupsRestoreMailRestic, user, snapshot, domain, opts.notify())
}

// RestoreUserFullRestic recreates a lost user from a snapshot, and returns what the panel printed:
// v-restore-user-full-restic. The key is the password of the user's repository; the new user keeps
// it.
func (s *BackupsService) RestoreUserFullRestic(ctx context.Context, user, snapshot string, key provider.Secret, opts *BackupRestoreOptions) (log string, err error) {
	return s.c.text(ctx, backupsRestoreUserFullRestic, user, snapshot, key, opts.notify())
}

// BackupRestoreUserResticRequest says which user to restore. User and Snapshot are required.
type BackupRestoreUserResticRequest struct {
	User     string
	Snapshot string
	// Web are the websites to restore; nil is none.
	Web []string
}

// BackupRestoreUserResticOptions are the optional arguments of BackupsService.RestoreUserRestic:
// the names of what to restore. nil restores nothing, RestoreAll all.
type BackupRestoreUserResticOptions struct {
	DNS       []string
	Mail      []string
	Databases []string
	// Cron restores all jobs, whatever it contains.
	Cron []string
	// Directories is "yes" (the default) to restore what is neither website nor mail, "no" not to.
	Directories string
	// Notify is ignored by the panel.
	Notify bool
}

// RestoreUserRestic restores parts of a user from a snapshot, and returns what the panel printed:
// v-restore-user-restic. The panel does not report what fails on the way. Unlike RestoreUser, it
// restores only the directories if nothing else is asked for.
func (s *BackupsService) RestoreUserRestic(ctx context.Context, req *BackupRestoreUserResticRequest, opts *BackupRestoreUserResticOptions) (log string, err error) {
	if req == nil {
		return "", backupsRestoreUserRestic.endpoint.RefuseNil()
	}
	if opts == nil {
		opts = &BackupRestoreUserResticOptions{}
	}
	return s.c.text(ctx, backupsRestoreUserRestic, req.User, req.Snapshot, req.Web, opts.DNS, opts.Mail, opts.Databases,
		opts.Cron, opts.Directories, opts.Notify)
}

// BackupRestoreWebDomainResticOptions are the optional arguments of
// BackupsService.RestoreWebDomainRestic.
type BackupRestoreWebDomainResticOptions struct {
	// Notify the user.
	Notify bool
	// NewUser is set if the account was recreated: its files get the new user's number as their
	// owner.
	NewUser bool
}

// RestoreWebDomainRestic restores websites from a snapshot, and returns what the panel printed:
// v-restore-web-domain-restic. Several are separated by commas; "*" is all. Names that the snapshot
// does not contain are no error.
func (s *BackupsService) RestoreWebDomainRestic(ctx context.Context, user, snapshot, domain string, opts *BackupRestoreWebDomainResticOptions) (log string, err error) {
	if opts == nil {
		opts = &BackupRestoreWebDomainResticOptions{}
	}
	return s.c.text(ctx, backupsRestoreWebDomainRestic, user, snapshot, domain, opts.Notify, opts.NewUser)
}

// BackupScheduleRestoreResticOptions are the optional arguments of
// BackupsService.ScheduleUserRestoreRestic.
type BackupScheduleRestoreResticOptions struct {
	// Object is "web", "dns", "mail" or "db". Without it the panel queues a restoration of nothing;
	// for "cron" it queues a command that does not exist.
	Object string
	// Value is a list of names, separated by commas, or "*". It needs an Object.
	Value string
}

// ScheduleUserRestoreRestic queues the restoration of a user from a snapshot:
// v-schedule-user-restore-restic. ExitExists if one is queued for the user already.
func (s *BackupsService) ScheduleUserRestoreRestic(ctx context.Context, user, snapshot string, opts *BackupScheduleRestoreResticOptions) error {
	if opts == nil {
		opts = &BackupScheduleRestoreResticOptions{}
	}
	return s.c.change(ctx, backupsScheduleRestoreRestic, user, snapshot, opts.Object, opts.Value)
}
