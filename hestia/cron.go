package hestia

import (
	"context"
	"iter"
	"time"
)

// CronService manages the cron jobs of users and of the panel.
type CronService struct{ c *Client }

var (
	cronAddHestiaAutoupdate    = sets("Cron.AddHestiaAutoupdate", "v-add-cron-hestia-autoupdate MODE")
	cronAddJob                 = adds("Cron.AddJob", "v-add-cron-job USER MIN HOUR DAY MONTH WDAY CRON_COMMAND [JOB] [RESTART]")
	cronAddReports             = sets("Cron.AddReports", "v-add-cron-reports USER")
	cronAddRestartJob          = sets("Cron.AddRestartJob", "v-add-cron-restart-job")
	cronChangeJob              = sets("Cron.ChangeJob", "v-change-cron-job USER JOB MIN HOUR DAY MONTH WDAY CRON_COMMAND")
	cronDeleteHestiaAutoupdate = sets("Cron.DeleteHestiaAutoupdate", "v-delete-cron-hestia-autoupdate")
	cronDeleteJob              = removes("Cron.DeleteJob", "v-delete-cron-job USER JOB [RESTART]")
	cronDeleteReports          = sets("Cron.DeleteReports", "v-delete-cron-reports USER")
	cronDeleteRestartJob       = sets("Cron.DeleteRestartJob", "v-delete-cron-restart-job")
	cronGetJob                 = reads("Cron.GetJob", "v-list-cron-job USER JOB json")
	cronListJobs               = reads("Cron.ListJobs", "v-list-cron-jobs USER json")
	cronRebuildJobs            = sets("Cron.RebuildJobs", "v-rebuild-cron-jobs USER [RESTART]")
	cronSuspendJob             = suspends("Cron.SuspendJob", "v-suspend-cron-job USER JOB [RESTART]")
	cronSuspendJobs            = sets("Cron.SuspendJobs", "v-suspend-cron-jobs USER [RESTART]").slowly()
	cronUnsuspendJob           = resumes("Cron.UnsuspendJob", "v-unsuspend-cron-job USER JOB [RESTART]")
	cronUnsuspendJobs          = sets("Cron.UnsuspendJobs", "v-unsuspend-cron-jobs USER [RESTART]").slowly()
)

// CronJob is a cron job of a user.
type CronJob struct {
	// ID is unique among the user's jobs.
	ID int64 `hestia:"JOB"`
	// When it runs, in cron's own syntax: "*", "*/5", "1,15", "9-17".
	Minute  string `hestia:"MIN"`
	Hour    string `hestia:"HOUR"`
	Day     string `hestia:"DAY"`
	Month   string `hestia:"MONTH"`
	Weekday string `hestia:"WDAY"`
	// Command is what the user's shell runs. GetJob reads it as it stands. The panel's list, and so ListJobs, loses
	// backslashes: read a job with GetJob before you change it.
	Command   string    `hestia:"CMD"`
	Suspended bool      `hestia:"SUSPENDED"`
	Created   time.Time `hestia:"DATE+TIME"`
}

// CronJobRequest describes a job as CronJob does. All fields are required.
type CronJobRequest struct {
	Minute  string
	Hour    string
	Day     string
	Month   string
	Weekday string
	Command string
}

// CronAddJobOptions are the optional arguments of CronService.AddJob.
type CronAddJobOptions struct {
	// ID defaults to the next free one.
	ID      int64
	Restart Restart
}

// AddJob creates a job: v-add-cron-job. The panel does not return its ID: give one, which also
// makes a repeated call fail (ExitExists), or list the jobs. Commands with backticks or line breaks
// are ExitInvalid.
func (s *CronService) AddJob(ctx context.Context, user string, req *CronJobRequest, opts *CronAddJobOptions) error {
	if req == nil {
		return cronAddJob.endpoint.RefuseNil()
	}
	if opts == nil {
		opts = &CronAddJobOptions{}
	}
	return s.c.change(ctx, cronAddJob, user, req.Minute, req.Hour, req.Day, req.Month, req.Weekday, req.Command,
		opts.ID, opts.Restart)
}

// ChangeJob replaces a job and keeps its ID: v-change-cron-job. ExitSuspended if it is suspended.
func (s *CronService) ChangeJob(ctx context.Context, user string, id int64, req *CronJobRequest) error {
	if req == nil {
		return cronChangeJob.endpoint.RefuseNil()
	}
	return s.c.change(ctx, cronChangeJob, user, id, req.Minute, req.Hour, req.Day, req.Month, req.Weekday, req.Command)
}

// DeleteJob removes a job: v-delete-cron-job.
func (s *CronService) DeleteJob(ctx context.Context, user string, id int64, opts *RestartOptions) error {
	return s.c.change(ctx, cronDeleteJob, user, id, opts.restart())
}

// GetJob returns one job: v-list-cron-job.
func (s *CronService) GetJob(ctx context.Context, user string, id int64) (*CronJob, error) {
	return get[CronJob](ctx, s.c, cronGetJob, user, id)
}

// ListJobs returns a user's jobs: v-list-cron-jobs.
func (s *CronService) ListJobs(ctx context.Context, user string) iter.Seq2[*CronJob, error] {
	return list[CronJob](ctx, s.c, cronListJobs, user)
}

// RebuildJobs rewrites a user's crontab: v-rebuild-cron-jobs.
func (s *CronService) RebuildJobs(ctx context.Context, user string, opts *RestartOptions) error {
	return s.c.change(ctx, cronRebuildJobs, user, opts.restart())
}

// SuspendJob pauses a job: v-suspend-cron-job.
func (s *CronService) SuspendJob(ctx context.Context, user string, id int64, opts *RestartOptions) error {
	return s.c.change(ctx, cronSuspendJob, user, id, opts.restart())
}

// SuspendJobs pauses all jobs of a user: v-suspend-cron-jobs.
func (s *CronService) SuspendJobs(ctx context.Context, user string, opts *RestartOptions) error {
	return s.c.change(ctx, cronSuspendJobs, user, opts.restart())
}

// UnsuspendJob resumes a job: v-unsuspend-cron-job. The default is a full restart of cron.
func (s *CronService) UnsuspendJob(ctx context.Context, user string, id int64, opts *RestartOptions) error {
	return s.c.change(ctx, cronUnsuspendJob, user, id, opts.restart())
}

// UnsuspendJobs resumes all jobs of a user: v-unsuspend-cron-jobs.
func (s *CronService) UnsuspendJobs(ctx context.Context, user string, opts *RestartOptions) error {
	return s.c.change(ctx, cronUnsuspendJobs, user, opts.restart())
}

// AddReports makes the server mail the output of a user's jobs to the user: v-add-cron-reports.
func (s *CronService) AddReports(ctx context.Context, user string) error {
	return s.c.change(ctx, cronAddReports, user)
}

// DeleteReports stops mailing the output of a user's jobs: v-delete-cron-reports.
func (s *CronService) DeleteReports(ctx context.Context, user string) error {
	return s.c.change(ctx, cronDeleteReports, user)
}

// Sources of updates, for CronService.AddHestiaAutoupdate.
const (
	AutoupdateApt = "apt"
	AutoupdateGit = "git"
)

// AddHestiaAutoupdate lets the panel update itself at night: v-add-cron-hestia-autoupdate. If it
// does already, that is no error, and the source stays as it is.
func (s *CronService) AddHestiaAutoupdate(ctx context.Context, source string) error {
	return s.c.change(ctx, cronAddHestiaAutoupdate, source)
}

// DeleteHestiaAutoupdate stops the panel from updating itself: v-delete-cron-hestia-autoupdate.
func (s *CronService) DeleteHestiaAutoupdate(ctx context.Context) error {
	return s.c.change(ctx, cronDeleteHestiaAutoupdate)
}

// AddRestartJob installs the job that performs the restarts queued by RestartLater:
// v-add-cron-restart-job. An ordinary installation has that job.
func (s *CronService) AddRestartJob(ctx context.Context) error {
	return s.c.change(ctx, cronAddRestartJob)
}

// DeleteRestartJob removes the job that performs the restarts queued by RestartLater:
// v-delete-cron-restart-job.
func (s *CronService) DeleteRestartJob(ctx context.Context) error {
	return s.c.change(ctx, cronDeleteRestartJob)
}
