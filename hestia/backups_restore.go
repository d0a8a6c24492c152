package hestia

import (
	"context"

	"github.com/provkit/provkit/provider"
)

// restores is a command that brings something back and prints what it does.
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

// RestoreAll restores all of a kind from a snapshot; from an archive nil does that.
func RestoreAll() []string { return []string{"*"} }

// BackupRestoreOptions are the optional arguments of the methods that restore one thing.
type BackupRestoreOptions struct {
	// Notify the user.
	Notify bool
}

func (o *BackupRestoreOptions) notify() bool { return o != nil && o.Notify }

// BackupRestoreUserOptions are the optional arguments of BackupsService.RestoreUser: names of
// what to restore. nil is all of a kind, RestoreNone nothing.
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

// RestoreUser restores a user from an archive, and returns what the panel logged:
// v-restore-user. A user that does not exist is created. ExitLoad if the server is too
// busy, ExitParsing also if a domain belongs to somebody else: what came before is
// restored then.
func (s *BackupsService) RestoreUser(ctx context.Context, user, backup string, opts *BackupRestoreUserOptions) (log string, err error) {
	if opts == nil {
		opts = &BackupRestoreUserOptions{}
	}
	return s.c.text(ctx, backupsRestoreUser, user, backup, opts.Web, opts.DNS, opts.Mail, opts.Databases, opts.Cron,
		opts.Directories, opts.Notify)
}

// BackupScheduleRestoreOptions are the optional arguments of
// BackupsService.ScheduleUserRestore: names of what to restore. nil is all of a kind,
// RestoreNone nothing.
type BackupScheduleRestoreOptions struct {
	Web         []string
	DNS         []string
	Mail        []string
	Databases   []string
	Cron        []string
	Directories []string
}

// ScheduleUserRestore queues the restoration of a user from an archive:
// v-schedule-user-restore. ExitExists if one is queued for the user.
func (s *BackupsService) ScheduleUserRestore(ctx context.Context, user, backup string, opts *BackupScheduleRestoreOptions) error {
	if opts == nil {
		opts = &BackupScheduleRestoreOptions{}
	}
	return s.c.change(ctx, backupsScheduleUserRestore, user, backup, opts.Web, opts.DNS, opts.Mail, opts.Databases, opts.Cron,
		opts.Directories)
}

// RestoreCronJob restores cron jobs from an archive, and returns what the panel logged:
// v-restore-cron-job. The command calls the jobs a domain; the panel restores all jobs
// unless they are "no". Like the other methods that restore one thing from an archive, it
// reports success whatever became of it: read the log.
func (s *BackupsService) RestoreCronJob(ctx context.Context, user, backup, jobs string, opts *BackupRestoreOptions) (log string, err error) {
	return s.c.text(ctx, backupsRestoreCronJob, user, backup, jobs, opts.notify())
}

// RestoreDatabase restores a database from an archive, and returns what the panel logged:
// v-restore-database. It reports success whatever became of it.
func (s *BackupsService) RestoreDatabase(ctx context.Context, user, backup, database string, opts *BackupRestoreOptions) (log string, err error) {
	return s.c.text(ctx, backupsRestoreDatabase, user, backup, database, opts.notify())
}

// RestoreDNSDomain restores a zone from an archive, and returns what the panel logged:
// v-restore-dns-domain. It reports success whatever became of it.
func (s *BackupsService) RestoreDNSDomain(ctx context.Context, user, backup, domain string, opts *BackupRestoreOptions) (log string, err error) {
	return s.c.text(ctx, backupsRestoreDNSDomain, user, backup, domain, opts.notify())
}

// RestoreMailDomain restores a mail domain from an archive, and returns what the panel
// logged: v-restore-mail-domain. It reports success whatever became of it.
func (s *BackupsService) RestoreMailDomain(ctx context.Context, user, backup, domain string, opts *BackupRestoreOptions) (log string, err error) {
	return s.c.text(ctx, backupsRestoreMailDomain, user, backup, domain, opts.notify())
}

// RestoreWebDomain restores a website from an archive, and returns what the panel logged:
// v-restore-web-domain. It reports success whatever became of it.
func (s *BackupsService) RestoreWebDomain(ctx context.Context, user, backup, domain string, opts *BackupRestoreOptions) (log string, err error) {
	return s.c.text(ctx, backupsRestoreWebDomain, user, backup, domain, opts.notify())
}

// RestoreCronJobRestic restores all cron jobs from a snapshot, and returns what the panel
// printed: v-restore-cron-job-restic.
func (s *BackupsService) RestoreCronJobRestic(ctx context.Context, user, snapshot string, opts *BackupRestoreOptions) (log string, err error) {
	return s.c.text(ctx, backupsRestoreCronJobRestic, user, snapshot, opts.notify())
}

// RestoreDatabaseRestic restores databases from a snapshot, and returns what the panel
// printed: v-restore-database-restic. Several are separated by commas; "*" is all. Names
// that the snapshot does not hold are no error.
func (s *BackupsService) RestoreDatabaseRestic(ctx context.Context, user, snapshot, database string, opts *BackupRestoreOptions) (log string, err error) {
	return s.c.text(ctx, backupsRestoreDatabaseRestic, user, snapshot, database, opts.notify())
}

// RestoreDNSDomainRestic restores zones from a snapshot, and returns what the panel printed:
// v-restore-dns-domain-restic. Several are separated by commas; "*" is all. Names that the
// snapshot does not hold are no error.
func (s *BackupsService) RestoreDNSDomainRestic(ctx context.Context, user, snapshot, domain string, opts *BackupRestoreOptions) (log string, err error) {
	return s.c.text(ctx, backupsRestoreDNSDomainRestic, user, snapshot, domain, opts.notify())
}

// RestoreFileRestic restores a file or directory, by its full path, from a snapshot, and
// returns what the panel printed: v-restore-file-restic.
func (s *BackupsService) RestoreFileRestic(ctx context.Context, user, snapshot, path string, opts *BackupRestoreOptions) (log string, err error) {
	return s.c.text(ctx, backupsRestoreFileRestic, user, snapshot, path, opts.notify())
}

// RestoreMailDomainRestic restores mail domains from a snapshot, and returns what the panel
// printed: v-restore-mail-domain-restic. Several are separated by commas; "*" is all. Names
// that the snapshot does not hold are no error.
func (s *BackupsService) RestoreMailDomainRestic(ctx context.Context, user, snapshot, domain string, opts *BackupRestoreOptions) (log string, err error) {
	return s.c.text(ctx, backupsRestoreMailRestic, user, snapshot, domain, opts.notify())
}

// RestoreUserFullRestic makes a lost user again from a snapshot, and returns what the panel
// printed: v-restore-user-full-restic. The key is the password of the user's repository,
// and becomes the user's.
func (s *BackupsService) RestoreUserFullRestic(ctx context.Context, user, snapshot string, key provider.Secret, opts *BackupRestoreOptions) (log string, err error) {
	return s.c.text(ctx, backupsRestoreUserFullRestic, user, snapshot, key, opts.notify())
}

// BackupRestoreUserResticRequest says what to restore of a user. User and Snapshot are
// required.
type BackupRestoreUserResticRequest struct {
	User     string
	Snapshot string
	// Web are websites; none if it is nil.
	Web []string
}

// BackupRestoreUserResticOptions are the optional arguments of
// BackupsService.RestoreUserRestic: names of what to restore. nil is nothing, RestoreAll
// all.
type BackupRestoreUserResticOptions struct {
	DNS       []string
	Mail      []string
	Databases []string
	// Cron restores all jobs, whatever it holds.
	Cron []string
	// Directories is "yes" (the default) for what is neither website nor mail, "no"
	// not to restore it.
	Directories string
	// Notify is ignored by the panel.
	Notify bool
}

// RestoreUserRestic restores parts of a user from a snapshot, and returns what the panel
// printed: v-restore-user-restic. What fails on the way is not told. Unlike RestoreUser it
// restores the directories alone if nothing else is asked for.
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
	// NewUser: the account was made anew, and files get its number as their owner.
	NewUser bool
}

// RestoreWebDomainRestic restores websites from a snapshot, and returns what the panel
// printed: v-restore-web-domain-restic. Several are separated by commas; "*" is all. Names
// that the snapshot does not hold are no error.
func (s *BackupsService) RestoreWebDomainRestic(ctx context.Context, user, snapshot, domain string, opts *BackupRestoreWebDomainResticOptions) (log string, err error) {
	if opts == nil {
		opts = &BackupRestoreWebDomainResticOptions{}
	}
	return s.c.text(ctx, backupsRestoreWebDomainRestic, user, snapshot, domain, opts.Notify, opts.NewUser)
}

// BackupScheduleRestoreResticOptions are the optional arguments of
// BackupsService.ScheduleUserRestoreRestic.
type BackupScheduleRestoreResticOptions struct {
	// Object is "web", "dns", "mail" or "db". Without it the panel queues a restoration
	// of nothing, and for "cron" a command that does not exist.
	Object string
	// Value are names, separated by commas, or "*". It needs an Object.
	Value string
}

// ScheduleUserRestoreRestic queues the restoration of a user from a snapshot:
// v-schedule-user-restore-restic. ExitExists if one is queued for the user.
func (s *BackupsService) ScheduleUserRestoreRestic(ctx context.Context, user, snapshot string, opts *BackupScheduleRestoreResticOptions) error {
	if opts == nil {
		opts = &BackupScheduleRestoreResticOptions{}
	}
	return s.c.change(ctx, backupsScheduleRestoreRestic, user, snapshot, opts.Object, opts.Value)
}
