package hestia_test

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/provider"
)

func TestBackupsSendings(t *testing.T) {
	none := hestia.RestoreNone()
	checkSendings(t, "Backups", []sending{
		{"Backups.BackupUser", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Backups.BackupUser(ctx, "alice", nil))
		}, "v-backup-user|alice", "-- WEB --"},
		{"Backups.BackupUser", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Backups.BackupUser(ctx, "alice", &hestia.BackupUserOptions{Notify: true}))
		}, "v-backup-user|alice|yes", "-- WEB --"},
		{"Backups.BackupUserConfig", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Backups.BackupUserConfig(ctx, "alice", nil))
		}, "v-backup-user-config|alice", "-- WEB --"},
		{"Backups.BackupUsers", func(ctx context.Context, c *hestia.Client) error {
			return c.Backups.BackupUsers(ctx)
		}, "v-backup-users", ""},
		{"Backups.DeleteUserBackup", func(ctx context.Context, c *hestia.Client) error {
			return c.Backups.DeleteUserBackup(ctx, "alice", "alice.1.tar")
		}, "v-delete-user-backup|alice|alice.1.tar", ""},
		{"Backups.DeleteUserBackupExclusions", func(ctx context.Context, c *hestia.Client) error {
			return c.Backups.DeleteUserBackupExclusions(ctx, "alice", nil)
		}, "v-delete-user-backup-exclusions|alice", ""},
		{"Backups.DeleteUserBackupExclusions", func(ctx context.Context, c *hestia.Client) error {
			return c.Backups.DeleteUserBackupExclusions(ctx, "alice", &hestia.BackupDeleteExclusionsOptions{System: "web"})
		}, "v-delete-user-backup-exclusions|alice|web", ""},
		{"Backups.Download", func(ctx context.Context, c *hestia.Client) error {
			return c.Backups.Download(ctx, "alice", "alice.1.tar")
		}, "v-download-backup|alice|alice.1.tar", ""},
		{"Backups.GetUserBackup", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Backups.GetUserBackup(ctx, "alice", "alice.1.tar"))
		}, "v-list-user-backup|alice|alice.1.tar|json", `{"alice.1.tar": {"SIZE": "1"}}`},
		{"Backups.ImportCPanel", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Backups.ImportCPanel(ctx, "/backup/x.tar.gz", nil))
		}, "v-import-cpanel|/backup/x.tar.gz", "-- WEB --"},
		{"Backups.ImportCPanel", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Backups.ImportCPanel(ctx, "/backup/x.tar.gz", &hestia.BackupImportCPanelOptions{MX: true}))
		}, "v-import-cpanel|/backup/x.tar.gz|yes", "-- WEB --"},
		{"Backups.ImportDirectAdmin", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Backups.ImportDirectAdmin(ctx, "/backup/x.tar.gz"))
		}, "v-import-directadmin|/backup/x.tar.gz", "-- WEB --"},
		{"Backups.ListUserBackupExclusions", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Backups.ListUserBackupExclusions(ctx, "alice"))
		}, "v-list-user-backup-exclusions|alice|json", `{"WEB": {}}`},
		{"Backups.ListUserBackups", func(ctx context.Context, c *hestia.Client) error {
			return drain(c.Backups.ListUserBackups(ctx, "alice"))
		}, "v-list-user-backups|alice|json", "{\n}"},
		{"Backups.ScheduleUserBackup", func(ctx context.Context, c *hestia.Client) error {
			return c.Backups.ScheduleUserBackup(ctx, "alice")
		}, "v-schedule-user-backup|alice", ""},
		{"Backups.ScheduleUserBackupDownload", func(ctx context.Context, c *hestia.Client) error {
			return c.Backups.ScheduleUserBackupDownload(ctx, "alice", "alice.1.tar")
		}, "v-schedule-user-backup-download|alice|alice.1.tar", ""},
		{"Backups.ScheduleUserRestore", func(ctx context.Context, c *hestia.Client) error {
			return c.Backups.ScheduleUserRestore(ctx, "alice", "alice.1.tar", nil)
		}, "v-schedule-user-restore|alice|alice.1.tar", ""},
		{"Backups.ScheduleUserRestore", func(ctx context.Context, c *hestia.Client) error {
			return c.Backups.ScheduleUserRestore(ctx, "alice", "alice.1.tar",
				&hestia.BackupScheduleRestoreOptions{Web: []string{"a.example", "b.example"}, Mail: none, Directories: none})
		}, "v-schedule-user-restore|alice|alice.1.tar|a.example,b.example||no|||no", ""},
		{"Backups.UpdateUserBackupExclusions", func(ctx context.Context, c *hestia.Client) error {
			return c.Backups.UpdateUserBackupExclusions(ctx, "alice", "/tmp/x")
		}, "v-update-user-backup-exclusions|alice|/tmp/x", ""},
		{"Backups.AddHost", func(ctx context.Context, c *hestia.Client) error {
			return c.Backups.AddHost(ctx, "sftp", "b.example", &hestia.BackupAddHostOptions{Username: "u", Password: provider.NewSecret("pw"), Port: 2222})
		}, "v-add-backup-host|sftp|b.example|u|pw|/backup|2222", ""},
		{"Backups.AddHost", func(ctx context.Context, c *hestia.Client) error {
			return c.Backups.AddHost(ctx, "local", "x", nil)
		}, "v-add-backup-host|local|x", ""},
		{"Backups.AddHostRestic", func(ctx context.Context, c *hestia.Client) error {
			return c.Backups.AddHostRestic(ctx,
				&hestia.BackupAddHostResticRequest{Repo: provider.NewSecret("rest:https://u:pw@b.example/"), Snapshots: 5, Daily: 7, Weekly: -1, Monthly: 0, Yearly: -1})
		}, "v-add-backup-host-restic|rest:https://u:pw@b.example/|5|7|-1|0|-1", ""},
		{"Backups.BackupUserRestic", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Backups.BackupUserRestic(ctx, "alice", nil))
		}, "v-backup-user-restic|alice", "-- WEB --"},
		{"Backups.BackupUsersRestic", func(ctx context.Context, c *hestia.Client) error {
			return c.Backups.BackupUsersRestic(ctx)
		}, "v-backup-users-restic", ""},
		{"Backups.DeleteHost", func(ctx context.Context, c *hestia.Client) error {
			return c.Backups.DeleteHost(ctx, "ftp", nil)
		}, "v-delete-backup-host|ftp", ""},
		{"Backups.DeleteHostRestic", func(ctx context.Context, c *hestia.Client) error {
			return c.Backups.DeleteHostRestic(ctx)
		}, "v-delete-backup-host-restic", ""},
		{"Backups.DeleteUserBackupRestic", func(ctx context.Context, c *hestia.Client) error {
			return c.Backups.DeleteUserBackupRestic(ctx, "alice", "snap")
		}, "v-delete-user-backup-restic|alice|snap", ""},
		{"Backups.GetHost", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Backups.GetHost(ctx, "ftp"))
		}, "v-list-backup-host|ftp|json", `{"ftp": {"TYPE": "ftp"}}`},
		{"Backups.GetHostRestic", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Backups.GetHostRestic(ctx))
		}, "v-list-backup-host-restic|json", `{"restic": {"REPO": "/r"}}`},
		{"Backups.GetUserBackupRestic", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Backups.GetUserBackupRestic(ctx, "alice", "snap"))
		}, "v-list-user-backup-restic|alice|snap|json", `{"snapshot": {"TYPE": "restic"}}`},
		{"Backups.ListUserBackupsRestic", func(ctx context.Context, c *hestia.Client) error {
			return drain(c.Backups.ListUserBackupsRestic(ctx, "alice"))
		}, "v-list-user-backups-restic|alice|json", "[]"},
		{"Backups.ListUserFilesRestic", func(ctx context.Context, c *hestia.Client) error {
			return drain(c.Backups.ListUserFilesRestic(ctx, "alice", "snap", "/home/alice"))
		}, "v-list-user-files-restic|alice|snap|/home/alice", `{"message_type": "snapshot"}`},
		{"Backups.ScheduleUserBackupRestic", func(ctx context.Context, c *hestia.Client) error {
			return c.Backups.ScheduleUserBackupRestic(ctx, "alice")
		}, "v-schedule-user-backup-restic|alice", ""},
		{"Backups.RestoreUser", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Backups.RestoreUser(ctx, "alice", "alice.1.tar", nil))
		}, "v-restore-user|alice|alice.1.tar", "-- WEB --"},
		{"Backups.RestoreUser", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Backups.RestoreUser(ctx, "alice", "alice.1.tar",
				&hestia.BackupRestoreUserOptions{Web: none, Databases: []string{"alice_shop"}, Notify: true}))
		}, "v-restore-user|alice|alice.1.tar|no|||alice_shop|||yes", "-- WEB --"},
		{"Backups.RestoreCronJob", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Backups.RestoreCronJob(ctx, "alice", "alice.1.tar", "yes", nil))
		}, "v-restore-cron-job|alice|alice.1.tar|yes", "-- WEB --"},
		{"Backups.RestoreDatabase", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Backups.RestoreDatabase(ctx, "alice", "alice.1.tar", "alice_shop", &hestia.BackupRestoreOptions{Notify: true}))
		}, "v-restore-database|alice|alice.1.tar|alice_shop|yes", "-- WEB --"},
		{"Backups.RestoreDNSDomain", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Backups.RestoreDNSDomain(ctx, "alice", "alice.1.tar", "a.example", nil))
		}, "v-restore-dns-domain|alice|alice.1.tar|a.example", "-- WEB --"},
		{"Backups.RestoreMailDomain", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Backups.RestoreMailDomain(ctx, "alice", "alice.1.tar", "a.example", nil))
		}, "v-restore-mail-domain|alice|alice.1.tar|a.example", "-- WEB --"},
		{"Backups.RestoreWebDomain", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Backups.RestoreWebDomain(ctx, "alice", "alice.1.tar", "a.example", nil))
		}, "v-restore-web-domain|alice|alice.1.tar|a.example", "-- WEB --"},
		{"Backups.RestoreCronJobRestic", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Backups.RestoreCronJobRestic(ctx, "alice", "snap", nil))
		}, "v-restore-cron-job-restic|alice|snap", "-- WEB --"},
		{"Backups.RestoreDatabaseRestic", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Backups.RestoreDatabaseRestic(ctx, "alice", "snap", "alice_shop", nil))
		}, "v-restore-database-restic|alice|snap|alice_shop", "-- WEB --"},
		{"Backups.RestoreDNSDomainRestic", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Backups.RestoreDNSDomainRestic(ctx, "alice", "snap", "*", nil))
		}, "v-restore-dns-domain-restic|alice|snap|*", "-- WEB --"},
		{"Backups.RestoreFileRestic", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Backups.RestoreFileRestic(ctx, "alice", "snap", "/home/alice/x", nil))
		}, "v-restore-file-restic|alice|snap|/home/alice/x", "-- WEB --"},
		{"Backups.RestoreMailDomainRestic", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Backups.RestoreMailDomainRestic(ctx, "alice", "snap", "a.example", nil))
		}, "v-restore-mail-domain-restic|alice|snap|a.example", "-- WEB --"},
		{"Backups.RestoreUserFullRestic", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Backups.RestoreUserFullRestic(ctx, "alice", "snap", provider.NewSecret("key"), &hestia.BackupRestoreOptions{Notify: true}))
		}, "v-restore-user-full-restic|alice|snap|key|yes", "-- WEB --"},
		{"Backups.RestoreUserRestic", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Backups.RestoreUserRestic(ctx, &hestia.BackupRestoreUserResticRequest{User: "alice", Snapshot: "snap"}, nil))
		}, "v-restore-user-restic|alice|snap|", "-- WEB --"},
		{"Backups.RestoreUserRestic", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Backups.RestoreUserRestic(ctx, &hestia.BackupRestoreUserResticRequest{User: "alice", Snapshot: "snap", Web: hestia.RestoreAll()},
				&hestia.BackupRestoreUserResticOptions{Databases: []string{"a", "b"}, Notify: true}))
		}, "v-restore-user-restic|alice|snap|*|||a,b||yes|yes", "-- WEB --"},
		{"Backups.RestoreWebDomainRestic", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Backups.RestoreWebDomainRestic(ctx, "alice", "snap", "*", nil))
		}, "v-restore-web-domain-restic|alice|snap|*", "-- WEB --"},
		{"Backups.RestoreWebDomainRestic", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Backups.RestoreWebDomainRestic(ctx, "alice", "snap", "a.example", &hestia.BackupRestoreWebDomainResticOptions{NewUser: true}))
		}, "v-restore-web-domain-restic|alice|snap|a.example|no|yes", "-- WEB --"},
		{"Backups.ScheduleUserRestoreRestic", func(ctx context.Context, c *hestia.Client) error {
			return c.Backups.ScheduleUserRestoreRestic(ctx, "alice", "snap", nil)
		}, "v-schedule-user-restore-restic|alice|snap", ""},
		{"Backups.ScheduleUserRestoreRestic", func(ctx context.Context, c *hestia.Client) error {
			return c.Backups.ScheduleUserRestoreRestic(ctx, "alice", "snap", &hestia.BackupScheduleRestoreResticOptions{Object: "web", Value: "*"})
		}, "v-schedule-user-restore-restic|alice|snap|web|*", ""},
	})
}

func TestBackupsRecordings(t *testing.T) {
	archive := &hestia.UserBackup{
		Name: "alice.2026-11-21_04-54-35.tar", Kept: []string{"local", "ftp"}, Size: 1, Minutes: 1, Created: made("2026-11-21 04:54:35"),
		Web: []string{"alice.example.com", "shop.example.com"}, DNS: []string{"alice.example.com"}, Mail: []string{"alice.example.com"},
		Databases:   []string{"alice_shop", "alice_nopw", "alice_extra", "alice_late"},
		Directories: []string{".bash_aliases", ".bash_logout", ".bashrc", ".cache", ".composer", ".config", ".local", ".npm", ".profile", ".ssh", ".vscode-server", ".wp-cli"},
	}
	t.Run("archives", func(t *testing.T) {
		archives, err := play(t, "backups.jsonl", "list", func(ctx context.Context, c *hestia.Client) ([]*hestia.UserBackup, error) {
			return collect(c.Backups.ListUserBackups(ctx, "alice"))
		})
		require.NoError(t, err)
		require.Equal(t, []*hestia.UserBackup{archive}, archives)
	})
	t.Run("archive", func(t *testing.T) {
		one, err := play(t, "backups.jsonl", "get", func(ctx context.Context, c *hestia.Client) (*hestia.UserBackup, error) {
			return c.Backups.GetUserBackup(ctx, "alice", archive.Name)
		})
		require.NoError(t, err)
		require.Equal(t, archive, one)
	})
	t.Run("exclusions, none", func(t *testing.T) {
		exclusions, err := play(t, "backups.jsonl", "exclusions, none", func(ctx context.Context, c *hestia.Client) (*hestia.BackupExclusions, error) {
			return c.Backups.ListUserBackupExclusions(ctx, "alice")
		})
		require.NoError(t, err)
		require.Equal(t, &hestia.BackupExclusions{}, exclusions)
	})
	t.Run("host", func(t *testing.T) {
		host, err := play(t, "backups.jsonl", "backup host, none", func(ctx context.Context, c *hestia.Client) (*hestia.BackupHost, error) {
			return c.Backups.GetHost(ctx, "ftp")
		})
		require.NoError(t, err)
		require.Equal(t, &hestia.BackupHost{Type: "ftp", Host: "127.0.0.9", Username: "backup", Port: 21, Path: "/backup", Created: made("2026-11-21 04:52:12")}, host)
	})
	t.Run("log", func(t *testing.T) {
		log, err := play(t, "backups.jsonl", "run", func(ctx context.Context, c *hestia.Client) (string, error) {
			return c.Backups.BackupUser(ctx, "alice", nil)
		})
		require.NoError(t, err)
		require.Contains(t, log, "-- SYSTEM --\n2026-11-21 04:54:34 alice.conf\n")
	})
	schedule := func(ctx context.Context, c *hestia.Client) error { return c.Backups.ScheduleUserBackup(ctx, "alice") }
	remove := func(ctx context.Context, c *hestia.Client) error {
		return c.Backups.DeleteUserBackup(ctx, "alice", archive.Name)
	}
	checkChanged(t, []changed{
		{"backups.jsonl", "schedule", schedule, 0, nil},
		{"backups.jsonl", "schedule again", schedule, hestia.ExitExists, provider.ErrAlreadyExists},
		{"backups.jsonl", "delete", remove, 0, nil},
		{"backups.jsonl", "delete again", remove, hestia.ExitNotExist, provider.ErrNotFound},
		{"backups.jsonl", "get, unknown", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Backups.GetUserBackup(ctx, "alice", "alice.2000-01-01_00-00-00.tar"))
		}, hestia.ExitNotExist, provider.ErrNotFound},
	})
}

func TestBackupExclusions(t *testing.T) {
	c := withKey(t, newPanel(exit(0, http.StatusOK, `{
    "WEB": {
        "zeta.example": "cache,logs",
        "alpha.example": ""
    },
    "DNS": {
        "*": ""
    },
    "MAIL": {
        "alpha.example": "info"
    },
    "DB": {
    },
    "CRON": {
    },
    "USER": {
        ".cache": ""
    }
}`)))
	exclusions, err := c.Backups.ListUserBackupExclusions(t.Context(), "alice")
	require.NoError(t, err)
	require.Equal(t, &hestia.BackupExclusions{
		Web:         []hestia.BackupExclusion{{Name: "zeta.example", Parts: []string{"cache", "logs"}}, {Name: "alpha.example"}},
		DNS:         []hestia.BackupExclusion{{Name: "*"}},
		Mail:        []hestia.BackupExclusion{{Name: "alpha.example", Parts: []string{"info"}}},
		Directories: []hestia.BackupExclusion{{Name: ".cache"}},
	}, exclusions)
}

func TestBackupHosts(t *testing.T) {
	t.Run("Backblaze", func(t *testing.T) {
		c := withKey(t, newPanel(exit(0, http.StatusOK, `{
    "b2": {
         "BUCKET": "archives",
         "TYPE": "b2",
         "B2_KEY_ID": "0012",
         "TIME": "04:52:12",
         "DATE": "2026-11-21"
     }
}`)))
		host, err := c.Backups.GetHost(t.Context(), "b2")
		require.NoError(t, err)
		require.Equal(t, &hestia.BackupHost{Type: "b2", Bucket: "archives", KeyID: "0012", Created: made("2026-11-21 04:52:12")}, host)
	})
	t.Run("none", func(t *testing.T) {
		c := withKey(t, newPanel(done()))
		_, err := c.Backups.GetHost(t.Context(), "sftp")
		require.ErrorIs(t, err, provider.ErrNotFound)
		_, err = c.Backups.GetHostRestic(t.Context())
		require.ErrorIs(t, err, provider.ErrNotFound)
	})
	t.Run("restic", func(t *testing.T) {
		c := withKey(t, newPanel(exit(0, http.StatusOK, `{
    "restic": {
	"REPO": "rest:https://u:canary@b.example",
	"SNAPSHOTS": "30",
	"KEEP_DAILY": "8",
	"KEEP_WEEKLY": "5",
	"KEEP_MONTHLY": "3",
	"KEEP_YEARLY": "-1"
	}
}`)))
		host, err := c.Backups.GetHostRestic(t.Context())
		require.NoError(t, err)
		require.Equal(t, &hestia.ResticHost{Repo: provider.NewSecret("rest:https://u:canary@b.example"), Snapshots: 30, Daily: 8, Weekly: 5, Monthly: 3, Yearly: -1}, host)
	})
	t.Run("restic, refused", func(t *testing.T) {
		c := withKey(t, newPanel(exit(2, http.StatusUnprocessableEntity, "Error: invalid Repository host :: rest:https://u:canary@b.example")))
		err := c.Backups.AddHostRestic(t.Context(), &hestia.BackupAddHostResticRequest{Repo: provider.NewSecret("rest:https://u:canary@b.example")})
		require.ErrorIs(t, err, provider.ErrInvalid)
		require.NotContains(t, err.Error(), "canary")
	})
}

func TestBackupSnapshots(t *testing.T) {
	ask := func(body string) *hestia.Client { return withKey(t, newPanel(exit(0, http.StatusOK, body))) }
	t.Run("one", func(t *testing.T) {
		backup, err := ask(`{"snapshot": {"TYPE": "restic", "WEB": "a.example", "DNS": "", "MAIL": "", "DB": "", "CRON": "3", "UDIR": "x,y", "RUNTIME": "2",
			"TIME": "04:52:12", "DATE": "2026-11-21"}}`).Backups.GetUserBackupRestic(t.Context(), "alice", "1a2b")
		require.NoError(t, err)
		require.Equal(t, &hestia.UserBackup{
			Name: "snapshot", Kept: []string{"restic"}, Web: []string{"a.example"}, CronJobs: 3, Directories: []string{"x", "y"}, Minutes: 2,
			Created: made("2026-11-21 04:52:12"),
		}, backup)
	})
	t.Run("unknown", func(t *testing.T) {
		_, err := ask(`{"": {"TYPE": "", "WEB": "", "TIME": "", "DATE": ""}}`).Backups.GetUserBackupRestic(t.Context(), "alice", "none")
		require.ErrorIs(t, err, provider.ErrNotFound)
	})
	t.Run("all", func(t *testing.T) {
		snapshots, err := collect(ask(`[{"time":"2026-11-21T04:52:12.5+01:00","parent":"0f","tree":"2da8","paths":["/home/alice"],"hostname":"panel","username":"root",
			"excludes":["/home/alice/tmp"],"tags":["nightly"],"uid":0,"program_version":"restic 0.17.3","summary":{"backup_start":"2026-11-21T04:52:12Z",
			"backup_end":"2026-11-21T04:53:12Z","total_files_processed":3,"total_bytes_processed":4096,"data_added":17,"files_new":1},
			"id":"1a2b3c","short_id":"1a2b"},{"short_id":"3c4d"}]`).Backups.ListUserBackupsRestic(t.Context(), "alice"))
		require.NoError(t, err)
		require.Len(t, snapshots, 2)
		require.True(t, snapshots[0].Created.Equal(time.Date(2026, 11, 21, 3, 52, 12, 5e8, time.UTC)))
		snapshots[0].Created = time.Time{}
		require.Equal(t, provider.NewPayload("0"), snapshots[0].More["uid"])
		snapshots[0].More = nil
		require.Equal(t, &hestia.ResticSnapshot{
			ID: "1a2b3c", Parent: "0f", Tree: "2da8", Paths: []string{"/home/alice"}, Excludes: []string{"/home/alice/tmp"}, Tags: []string{"nightly"},
			Hostname: "panel", Username: "root", Version: "restic 0.17.3",
			Summary: hestia.ResticSummary{Started: made("2026-11-21 04:52:12"), Finished: made("2026-11-21 04:53:12"), Files: 3, Bytes: 4096, AddedBytes: 17},
		}, snapshots[0])
		require.Equal(t, "3c4d", snapshots[1].ID)
	})
	t.Run("none", func(t *testing.T) {
		for _, none := range []string{"null", "[]"} {
			snapshots, err := collect(ask(none).Backups.ListUserBackupsRestic(t.Context(), "alice"))
			require.NoError(t, err)
			require.Empty(t, snapshots)
		}
	})
	t.Run("one that is odd", func(t *testing.T) {
		var ids []string
		for snapshot, err := range ask(`[{"id":"1"},{"time":"x"},{"id":"3"}]`).Backups.ListUserBackupsRestic(t.Context(), "alice") {
			if err != nil {
				require.ErrorIs(t, err, provider.ErrProtocol)
				require.ErrorContains(t, err, "2 cannot be read")
			}
			ids = append(ids, snapshot.ID)
		}
		require.Equal(t, []string{"1", "", "3"}, ids)
	})
	t.Run("cut off", func(t *testing.T) {
		for name, body := range map[string]string{"snapshots": `[{"id":"1"},{"id":"2"`, "files": `{"message_type":"node","path":"/a"}` + "\n" + `{"message_type":"no`} {
			c := ask(body)
			rows := all(c.Backups.ListUserBackupsRestic(t.Context(), "alice"), func(s *hestia.ResticSnapshot) string { return s.ID })
			if name == "files" {
				rows = all(c.Backups.ListUserFilesRestic(t.Context(), "alice", "1a2b", "/"), func(f *hestia.ResticFile) string { return f.Path })
			}
			require.Len(t, rows, 1, "no row of an answer that breaks off")
			require.ErrorIs(t, rows[0].err, provider.ErrProtocol, name)
		}
	})
	t.Run("files", func(t *testing.T) {
		printed := `{"message_type":"snapshot","struct_type":"snapshot","id":"1a2b","paths":["/home/alice"]}
{"message_type":"node","struct_type":"node","name":"web","type":"dir","path":"/home/alice/web","uid":1001,"gid":1002,"mode":2147484141,"permissions":"drwxr-xr-x","mtime":"2026-11-21T04:52:12Z"}
{"struct_type":"node","name":"a.txt","type":"file","path":"/home/alice/a.txt","size":12}
{"message_type":"of tomorrow"}
`
		files, err := collect(ask(printed).Backups.ListUserFilesRestic(t.Context(), "alice", "1a2b", "/home/alice"))
		require.NoError(t, err)
		require.Equal(t, []*hestia.ResticFile{
			{
				Name: "web", Path: "/home/alice/web", Type: "dir", Permissions: "drwxr-xr-x", UID: 1001, GID: 1002, Modified: made("2026-11-21 04:52:12"),
				More: map[string]provider.Payload{"mode": provider.NewPayload("2147484141")},
			},
			{Name: "a.txt", Path: "/home/alice/a.txt", Type: "file", Size: 12, More: map[string]provider.Payload{}},
		}, files)
	})
	t.Run("restic's own code", func(t *testing.T) {
		c := withKey(t, newPanel(exit(10, http.StatusUnauthorized, ""), exit(12, http.StatusBadRequest, "")))
		_, err := collect(c.Backups.ListUserBackupsRestic(t.Context(), "alice"))
		require.ErrorIs(t, err, hestia.ExitForbidden)
	})
}

func TestBackupsHostileAnswers(t *testing.T) {
	checkHostile(t, map[string]func(context.Context, *hestia.Client) error{
		"archives": func(ctx context.Context, c *hestia.Client) error {
			return drain(c.Backups.ListUserBackups(ctx, "alice"))
		},
	}, map[string]string{
		"page": notLists["page"], "cut off": notLists["cut off"], "flat": notLists["flat"], "other fields": notLists["other fields"],
		"bad date": notLists["bad date"], "no size": `{"a": {"SIZE": "much"}}`, "list in a list": notLists["list in a list"],
	})
	checkHostile(t, map[string]func(context.Context, *hestia.Client) error{
		"exclusions": func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Backups.ListUserBackupExclusions(ctx, "alice"))
		},
	}, map[string]string{
		"page": "<html>", "list": "[]", "null": "null", "none": "{}", "flat": `{"WEB": "a"}`, "number": `{"WEB": {"a": 1}}`,
		"deep": `{"WEB": {"a": {"b": "c"}}}`, "cut off": `{"WEB": {"a": ""`, "kind is null": `{"WEB": null}`,
	})
	checkHostile(t, map[string]func(context.Context, *hestia.Client) error{
		"snapshots": func(ctx context.Context, c *hestia.Client) error {
			return drain(c.Backups.ListUserBackupsRestic(ctx, "alice"))
		},
	}, map[string]string{"page": "<html>", "object": "{}", "cut off": `[{"id": "1"`, "text": "repository does not exist", "other objects": `[{"error": "x"}]`})
	checkHostile(t, map[string]func(context.Context, *hestia.Client) error{
		"files": func(ctx context.Context, c *hestia.Client) error {
			return drain(c.Backups.ListUserFilesRestic(ctx, "alice", "1a2b", "/"))
		},
	}, map[string]string{"page": "<html>", "cut off": `{"a": 1}` + "\n" + `{"b": `, "text": "not found", "other objects": `{"error": "x"}`})
	t.Run("nothing", func(t *testing.T) {
		c := withKey(t, newPanel(done()))
		for name, err := range map[string]error{
			"exclusions": drop(c.Backups.ListUserBackupExclusions(t.Context(), "alice")),
			"snapshots":  drain(c.Backups.ListUserBackupsRestic(t.Context(), "alice")),
			"files":      drain(c.Backups.ListUserFilesRestic(t.Context(), "alice", "1a2b", "/")),
		} {
			require.ErrorIs(t, err, provider.ErrProtocol, name)
		}
	})
}

func TestBackupsRefusals(t *testing.T) {
	checkRefusals(t, []refusal{
		{"no archive", func(ctx context.Context, c *hestia.Client) error { return c.Backups.DeleteUserBackup(ctx, "alice", "") }, "backup"},
		{"comma in a name", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Backups.RestoreUser(ctx, "alice", "a.tar", &hestia.BackupRestoreUserOptions{Web: []string{"a,b"}}))
		}, "web"},
		{"value without an object", func(ctx context.Context, c *hestia.Client) error {
			return c.Backups.ScheduleUserRestoreRestic(ctx, "alice", "1a2b", &hestia.BackupScheduleRestoreResticOptions{Value: "*"})
		}, "object"},
		{"no key", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Backups.RestoreUserFullRestic(ctx, "alice", "1a2b", provider.Secret{}, nil))
		}, "key"},
		{"no repository", func(ctx context.Context, c *hestia.Client) error {
			return c.Backups.AddHostRestic(ctx, &hestia.BackupAddHostResticRequest{Snapshots: 1})
		}, "repo"},
		{"nil repository", func(ctx context.Context, c *hestia.Client) error { return c.Backups.AddHostRestic(ctx, nil) }, "request"},
		{"nil restoration", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Backups.RestoreUserRestic(ctx, nil, nil))
		}, "request"},
	})
}

// The answer to a change was lost.
func TestBackupsLostAnswers(t *testing.T) {
	lost := answer{err: io.ErrUnexpectedEOF}
	t.Run("queued", func(t *testing.T) {
		p := newPanel(lost, exit(4, http.StatusBadRequest, "Error: backup is already scheduled"))
		require.NoError(t, withKey(t, p).Backups.ScheduleUserBackup(t.Context(), "alice"))
		require.Equal(t, 2, p.calls())
	})
	t.Run("restored, perhaps", func(t *testing.T) {
		p := newPanel(lost)
		_, err := withKey(t, p).Backups.RestoreUser(t.Context(), "alice", "a.tar", nil)
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
		require.Equal(t, 1, p.calls())
	})
	t.Run("archived, perhaps", func(t *testing.T) {
		p := newPanel(lost)
		_, err := withKey(t, p).Backups.BackupUser(t.Context(), "alice", nil)
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
		require.Equal(t, 1, p.calls())
	})
}
