package riverprovider

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"github.com/provkit/provkit/provider/fleet"
)

// sweepArgs is the job that looks for intents whose job is missing: the process died, or the newest intent
// arrived, between the end of a job in our table and in River's.
type sweepArgs struct{}

// Kind is the name of the jobs in River's tables.
func (sweepArgs) Kind() string { return "provkit_sweep" }

type sweepWorker struct {
	river.WorkerDefaults[sweepArgs]

	q *Queue
}

const (
	// swept is how many intents are read at a time.
	swept = 200
	// sleeps is after how long without an attempt the job of an intent that was tried is looked for: most of them sleep.
	sleeps = time.Hour
)

// Work makes the jobs that are missing, and wakes those that sleep over an intent that was not tried.
func (w *sweepWorker) Work(ctx context.Context, _ *river.Job[sweepArgs]) error {
	client := river.ClientFromContext[*sql.Tx](ctx)
	var failed []error
	for last := ""; ; {
		all, err := w.left(ctx, last)
		if err != nil {
			return err
		}
		for _, l := range all {
			last = l.args.Reference
			failed = append(failed, w.q.write(ctx, func(tx *sql.Tx) error {
				if l.untried {
					return insert(ctx, client, tx, l.args)
				}
				_, err := client.InsertTx(ctx, tx, l.args, l.args.opts())
				return err
			}))
		}
		if len(all) < swept {
			return errors.Join(failed...) // what fails keeps nothing else from its job
		}
	}
}

// lost is an intent whose job may be missing.
type lost struct {
	args    intentArgs
	untried bool
}

// left returns the next of those after a reference.
func (w *sweepWorker) left(ctx context.Context, last string) (all []lost, err error) {
	now := time.Now()
	rows, err := w.q.db.QueryContext(ctx, "SELECT reference, server, tried <> sequence FROM provkit_intents WHERE state = 'open' AND reference > $1 "+
		"AND changed_at < CASE WHEN tried <> sequence THEN $2 ELSE $3 END ORDER BY reference LIMIT $4",
		last, now.Add(-sweeps).Unix(), now.Add(-sleeps).Unix(), swept)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var l lost
		if err := rows.Scan(&l.args.Reference, &l.args.Server, &l.untried); err != nil {
			return nil, err
		}
		all = append(all, l)
	}
	return all, rows.Err()
}

// periodicArgs are the jobs of Config.Periodic.
type periodicArgs struct {
	Name string `json:"name" river:"unique"`
}

// Kind is the name of the jobs in River's tables.
func (periodicArgs) Kind() string { return "provkit_periodic" }

type periodicWorker struct {
	river.WorkerDefaults[periodicArgs]

	work map[string]fleet.Periodic
}

// Timeout is long, since a fleet takes its time, and not none: River would never give the job of a program that
// died to another, and while it is open there is no other of its name.
func (w *periodicWorker) Timeout(job *river.Job[periodicArgs]) time.Duration {
	return max(2*w.work[job.Args.Name].Every, time.Hour)
}

// Work does what has the job's name.
func (w *periodicWorker) Work(ctx context.Context, job *river.Job[periodicArgs]) error {
	p, known := w.work[job.Args.Name]
	if !known {
		return river.JobCancel(fmt.Errorf("riverprovider: this program does no %q", job.Args.Name))
	}
	return p.Run(ctx)
}

func (q *Queue) addPeriodic(c *river.Config) error {
	w := &periodicWorker{work: make(map[string]fleet.Periodic)}
	for _, p := range q.cfg.Periodic {
		w.work[p.Name] = p
		c.PeriodicJobs = append(c.PeriodicJobs, periodic(p.Every, periodicArgs{p.Name}, named("provkit_", p.Name), false))
	}
	return river.AddWorkerSafely(c.Workers, w)
}

// periodic makes a job that is unique while it is open.
func periodic(every time.Duration, args river.JobArgs, id string, atStart bool) *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(every), func() (river.JobArgs, *river.InsertOpts) {
		return args, &river.InsertOpts{Queue: upkeep, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: open}}
	}, &river.PeriodicJobOpts{ID: id, RunOnStart: atStart})
}
