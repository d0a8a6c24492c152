package hestia_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/hestia/hestiatest"
	"github.com/provkit/provkit/provider"
)

func TestCronSendings(t *testing.T) {
	now := &hestia.RestartOptions{Restart: hestia.RestartFull}
	job := &hestia.CronJobRequest{Minute: "*/5", Hour: "1-3", Day: "*", Month: "*", Weekday: "0", Command: "echo 'a b'"}
	checkSendings(t, "Cron", []sending{
		{"Cron.AddHestiaAutoupdate", func(ctx context.Context, c *hestia.Client) error {
			return c.Cron.AddHestiaAutoupdate(ctx, hestia.AutoupdateApt)
		}, "v-add-cron-hestia-autoupdate|apt", ""},
		{"Cron.AddJob", func(ctx context.Context, c *hestia.Client) error {
			return c.Cron.AddJob(ctx, "alice", job, nil)
		}, "v-add-cron-job|alice|*/5|1-3|*|*|0|echo 'a b'", ""},
		{"Cron.AddJob", func(ctx context.Context, c *hestia.Client) error {
			return c.Cron.AddJob(ctx, "alice", job, &hestia.CronAddJobOptions{ID: 7, Restart: hestia.RestartNone})
		}, "v-add-cron-job|alice|*/5|1-3|*|*|0|echo 'a b'|7|no", ""},
		{"Cron.AddJob", func(ctx context.Context, c *hestia.Client) error {
			return c.Cron.AddJob(ctx, "alice", job, &hestia.CronAddJobOptions{Restart: hestia.RestartNone})
		}, "v-add-cron-job|alice|*/5|1-3|*|*|0|echo 'a b'||no", ""},
		{"Cron.AddReports", func(ctx context.Context, c *hestia.Client) error {
			return c.Cron.AddReports(ctx, "alice")
		}, "v-add-cron-reports|alice", ""},
		{"Cron.AddRestartJob", func(ctx context.Context, c *hestia.Client) error {
			return c.Cron.AddRestartJob(ctx)
		}, "v-add-cron-restart-job", ""},
		{"Cron.ChangeJob", func(ctx context.Context, c *hestia.Client) error {
			return c.Cron.ChangeJob(ctx, "alice", 7, job)
		}, "v-change-cron-job|alice|7|*/5|1-3|*|*|0|echo 'a b'", ""},
		{"Cron.DeleteHestiaAutoupdate", func(ctx context.Context, c *hestia.Client) error {
			return c.Cron.DeleteHestiaAutoupdate(ctx)
		}, "v-delete-cron-hestia-autoupdate", ""},
		{"Cron.DeleteJob", func(ctx context.Context, c *hestia.Client) error {
			return c.Cron.DeleteJob(ctx, "alice", 7, nil)
		}, "v-delete-cron-job|alice|7", ""},
		{"Cron.DeleteReports", func(ctx context.Context, c *hestia.Client) error {
			return c.Cron.DeleteReports(ctx, "alice")
		}, "v-delete-cron-reports|alice", ""},
		{"Cron.DeleteRestartJob", func(ctx context.Context, c *hestia.Client) error {
			return c.Cron.DeleteRestartJob(ctx)
		}, "v-delete-cron-restart-job", ""},
		{"Cron.GetJob", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Cron.GetJob(ctx, "alice", 7))
		}, "v-list-cron-job|alice|7|json", `{"7": {"JOB": "7"}}`},
		{"Cron.ListJobs", func(ctx context.Context, c *hestia.Client) error {
			return drain(c.Cron.ListJobs(ctx, "alice"))
		}, "v-list-cron-jobs|alice|json", "{\n}"},
		{"Cron.RebuildJobs", func(ctx context.Context, c *hestia.Client) error {
			return c.Cron.RebuildJobs(ctx, "alice", now)
		}, "v-rebuild-cron-jobs|alice|yes", ""},
		{"Cron.SuspendJob", func(ctx context.Context, c *hestia.Client) error {
			return c.Cron.SuspendJob(ctx, "alice", 7, now)
		}, "v-suspend-cron-job|alice|7|yes", ""},
		{"Cron.SuspendJobs", func(ctx context.Context, c *hestia.Client) error {
			return c.Cron.SuspendJobs(ctx, "alice", nil)
		}, "v-suspend-cron-jobs|alice", ""},
		{"Cron.UnsuspendJob", func(ctx context.Context, c *hestia.Client) error {
			return c.Cron.UnsuspendJob(ctx, "alice", 7, nil)
		}, "v-unsuspend-cron-job|alice|7", ""},
		{"Cron.UnsuspendJobs", func(ctx context.Context, c *hestia.Client) error {
			return c.Cron.UnsuspendJobs(ctx, "alice", now)
		}, "v-unsuspend-cron-jobs|alice|yes", ""},
	})
}

func TestCronRecordings(t *testing.T) {
	jobs := func(user string) func(context.Context, *hestia.Client) ([]*hestia.CronJob, error) {
		return func(ctx context.Context, c *hestia.Client) ([]*hestia.CronJob, error) {
			return collect(c.Cron.ListJobs(ctx, user))
		}
	}
	job := func(user string, id int64) func(context.Context, *hestia.Client) (*hestia.CronJob, error) {
		return func(ctx context.Context, c *hestia.Client) (*hestia.CronJob, error) {
			return c.Cron.GetJob(ctx, user, id)
		}
	}
	first := &hestia.CronJob{
		ID: 1, Minute: "*/5", Hour: "*", Day: "*", Month: "*", Weekday: "*",
		Command: "/usr/bin/true --flag 'a b' > /dev/null 2>&1", Created: made("2026-11-21 04:41:58"),
	}
	t.Run("jobs", func(t *testing.T) {
		all, err := play(t, "cron.jsonl", "list, json", jobs("alice"))
		require.NoError(t, err)
		require.Equal(t, []*hestia.CronJob{first, {
			ID: 2, Minute: "0", Hour: "4", Day: "1", Month: "*", Weekday: "*", Command: `echo "hello"`, Created: made("2026-11-21 04:41:59"),
		}}, all)
	})
	t.Run("job", func(t *testing.T) {
		one, err := play(t, "cron.jsonl", "get", job("alice", 1))
		require.NoError(t, err)
		require.Equal(t, first, one)
	})
	t.Run("backslashes", func(t *testing.T) {
		want := hestia.CronJob{ID: 1, Minute: "1", Hour: "1", Day: "*", Month: "*", Weekday: "*", Created: made("2026-11-21 04:56:45")}
		for _, name := range []string{"list, command with a backslash", "the same, legacy"} {
			all, err := play(t, "cron.jsonl", name, jobs("carl"))
			require.NoError(t, err)
			want.Command = "grep 'd' C:tempx" // lost in the panel
			require.Equal(t, []*hestia.CronJob{&want}, all, name)
		}
		one, err := play(t, "cron.jsonl", "get one, command with a backslash", job("carl", 1))
		require.NoError(t, err)
		want.Command = `grep '\d' C:\temp\x` // the panel escapes nothing: this is no tab
		require.Equal(t, &want, one)
	})
	at := func(minute, hour, command string) *hestia.CronJobRequest {
		return &hestia.CronJobRequest{Minute: minute, Hour: hour, Day: "*", Month: "*", Weekday: "*", Command: command}
	}
	add := func(user string, req *hestia.CronJobRequest) func(context.Context, *hestia.Client) error {
		return func(ctx context.Context, c *hestia.Client) error { return c.Cron.AddJob(ctx, user, req, nil) }
	}
	suspend := func(ctx context.Context, c *hestia.Client) error { return c.Cron.SuspendJob(ctx, "alice", 1, nil) }
	suspendQuinn := func(ctx context.Context, c *hestia.Client) error { return c.Cron.SuspendJob(ctx, "quinn", 42, nil) }
	remove := func(ctx context.Context, c *hestia.Client) error { return c.Cron.DeleteJob(ctx, "alice", 2, nil) }
	checkChanged(t, []changed{
		{"cron.jsonl", "add", add("alice", at("*/5", "*", "/usr/bin/true --flag 'a b' > /dev/null 2>&1")), 0, nil},
		{"cron.jsonl", "add, command with a backslash", add("carl", at("1", "1", `grep '\d' C:\temp\x`)), 0, nil},
		{"cron.jsonl", "add, minute invalid", add("alice", at("61x", "*", "true")), hestia.ExitInvalid, provider.ErrInvalid},
		{"cron.jsonl", "add, minute invalid, legacy", add("alice", at("abc", "*", "true")), hestia.ExitInvalid, provider.ErrInvalid},
		{"cron.jsonl", "limit reached", add("bob", at("2", "2", "true")), hestia.ExitLimit, provider.ErrQuota},
		{"users.jsonl", "add a cron job while suspended", add("quinn", at("1", "*", "true")), hestia.ExitSuspended, provider.ErrConflict},
		{"cron.jsonl", "change", func(ctx context.Context, c *hestia.Client) error {
			return c.Cron.ChangeJob(ctx, "alice", 1, at("10", "*", "/usr/bin/false"))
		}, 0, nil},
		{"cron.jsonl", "change, unknown", func(ctx context.Context, c *hestia.Client) error {
			return c.Cron.ChangeJob(ctx, "quinn", 99, at("10", "*", "true"))
		}, hestia.ExitNotExist, provider.ErrNotFound},
		{"cron.jsonl", "suspend", suspend, 0, nil},
		{"cron.jsonl", "suspend again", suspend, hestia.ExitSuspended, provider.ErrConflict},
		{"cron.jsonl", "suspend, legacy", suspendQuinn, 0, nil},
		{"cron.jsonl", "suspend again, legacy", suspendQuinn, hestia.ExitSuspended, provider.ErrConflict},
		{"cron.jsonl", "delete", remove, 0, nil},
		{"cron.jsonl", "delete again", remove, hestia.ExitNotExist, provider.ErrNotFound},
	})
}

func TestCronRefusals(t *testing.T) {
	checkRefusals(t, []refusal{
		{"no hour", func(ctx context.Context, c *hestia.Client) error {
			return c.Cron.AddJob(ctx, "alice", &hestia.CronJobRequest{Minute: "1", Day: "*", Month: "*", Weekday: "*", Command: "true"}, nil)
		}, "hour"},
		{"command of two lines", func(ctx context.Context, c *hestia.Client) error {
			return c.Cron.ChangeJob(ctx, "alice", 1, &hestia.CronJobRequest{Minute: "1", Hour: "*", Day: "*", Month: "*", Weekday: "*", Command: "true\nfalse"})
		}, "cron_command"},
		{"no source", func(ctx context.Context, c *hestia.Client) error { return c.Cron.AddHestiaAutoupdate(ctx, "") }, "mode"},
		{"nil job", func(ctx context.Context, c *hestia.Client) error { return c.Cron.AddJob(ctx, "alice", nil, nil) }, "request"},
		{"nil change", func(ctx context.Context, c *hestia.Client) error { return c.Cron.ChangeJob(ctx, "alice", 1, nil) }, "request"},
	})
}

func TestCronHostileAnswers(t *testing.T) {
	checkHostile(t, map[string]func(context.Context, *hestia.Client) error{
		"jobs": func(ctx context.Context, c *hestia.Client) error { return drain(c.Cron.ListJobs(ctx, "alice")) },
	}, notLists)
	checkHostile(t, map[string]func(context.Context, *hestia.Client) error{
		"job": func(ctx context.Context, c *hestia.Client) error { return drop(c.Cron.GetJob(ctx, "alice", 1)) },
	}, notThings)
	checkHostile(t, map[string]func(context.Context, *hestia.Client) error{
		"job": func(ctx context.Context, c *hestia.Client) error { return drop(c.Cron.GetJob(ctx, "alice", 1)) },
	}, map[string]string{
		"no number":              `{"1": {"JOB": "first"}}`,
		"quotation mark inside":  `{"1": {"JOB": "1", "CMD": "echo "hello""}}`,
		"error behind its begin": "{\n    \"1\": {\n        \"MIN\": \"1\",\nError: Validating cron.conf",
	})
}

// A job that is read and written back is the same job, whatever the panel does not escape.
func TestCronJobIsWrittenBackUnaltered(t *testing.T) {
	srv := newServer(t)
	srv.AddUser(hestiatest.User{Name: "alice"})
	cron := providerOn(t, srv, rootKey(srv)).Client().Cron
	for i, command := range []string{`printf 'a\n\tb\\' >> "$HOME/log"`, `echo "\u0041" \"`, `true \`} {
		id := int64(i + 1)
		job := &hestia.CronJobRequest{Minute: "*/5", Hour: "*", Day: "*", Month: "*", Weekday: "*", Command: command}
		require.NoError(t, cron.AddJob(t.Context(), "alice", job, &hestia.CronAddJobOptions{ID: id}))
		for range 2 {
			read, err := cron.GetJob(t.Context(), "alice", id)
			require.NoError(t, err, command)
			require.Equal(t, command, read.Command)
			job.Command = read.Command
			require.NoError(t, cron.ChangeJob(t.Context(), "alice", id, job))
		}
	}
}
