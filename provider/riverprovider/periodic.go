package riverprovider

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/riverqueue/river"
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

// swept is how many intents one sweep looks at, oldest first.
const swept = 1000

// Work makes the jobs that are missing, and wakes those that sleep over an intent that was not tried.
func (w *sweepWorker) Work(ctx context.Context, _ *river.Job[sweepArgs]) error {
	type left struct {
		args    intentArgs
		untried bool
	}
	rows, err := w.q.db.QueryContext(ctx, "SELECT reference, server, tried <> sequence FROM provkit_intents WHERE state = 'open' AND changed_at < $1 "+
		"ORDER BY changed_at LIMIT $2", time.Now().Add(-sweeps).Unix(), swept)
	if err != nil {
		return err
	}
	var all []left
	for rows.Next() {
		var l left
		if err := rows.Scan(&l.args.Reference, &l.args.Server, &l.untried); err != nil {
			return err
		}
		all = append(all, l)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	client := river.ClientFromContext[*sql.Tx](ctx)
	for _, l := range all {
		err := w.q.write(ctx, func(tx *sql.Tx) error {
			if l.untried {
				return insert(ctx, client, tx, l.args)
			}
			_, err := client.InsertTx(ctx, tx, l.args, l.args.opts())
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// periodicArgs are the jobs of Config.Periodic.
type periodicArgs struct {
	Name string `json:"name" river:"unique"`
}

// Kind is the name of the jobs in River's tables.
func (periodicArgs) Kind() string { return "provkit_periodic" }

type periodicWorker struct {
	river.WorkerDefaults[periodicArgs]

	run map[string]func(context.Context) error
}

// Timeout is none: a fleet takes its time.
func (w *periodicWorker) Timeout(*river.Job[periodicArgs]) time.Duration { return -1 }

// Work does what has the job's name.
func (w *periodicWorker) Work(ctx context.Context, job *river.Job[periodicArgs]) error {
	run, known := w.run[job.Args.Name]
	if !known {
		return river.JobCancel(fmt.Errorf("riverprovider: this program does no %q", job.Args.Name))
	}
	return run(ctx)
}

func (q *Queue) addPeriodic(c *river.Config) error {
	w := &periodicWorker{run: make(map[string]func(context.Context) error)}
	for _, p := range q.cfg.Periodic {
		w.run[p.Name] = p.Run
		c.PeriodicJobs = append(c.PeriodicJobs, periodic(p.Every, periodicArgs{p.Name}, "provkit_"+p.Name, false))
	}
	return river.AddWorkerSafely(c.Workers, w)
}

// periodic makes a job that is unique while it is open.
func periodic(every time.Duration, args river.JobArgs, id string, atStart bool) *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(every), func() (river.JobArgs, *river.InsertOpts) {
		return args, &river.InsertOpts{Queue: upkeep, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: open}}
	}, &river.PeriodicJobOpts{ID: id, RunOnStart: atStart})
}
