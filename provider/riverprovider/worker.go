package riverprovider

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"

	"github.com/provkit/provkit/provider"
)

// intentWorker carries out what a job is about.
type intentWorker struct {
	river.WorkerDefaults[intentArgs]

	q *Queue
}

// Timeout ends one attempt.
func (w *intentWorker) Timeout(*river.Job[intentArgs]) time.Duration { return w.q.cfg.Timeout }

// Work carries out the newest intent until there is no newer one.
func (w *intentWorker) Work(ctx context.Context, job *river.Job[intentArgs]) error {
	for {
		r, err := load(ctx, w.q.db, job.Args.Reference)
		if errors.Is(err, sql.ErrNoRows) {
			return nil // somebody has removed it
		}
		if err != nil {
			return fmt.Errorf("riverprovider: read the intent of %s: %w", job.Args.Reference, err)
		}
		done := &provider.EnsureResult{}
		if r.state == stateOpen {
			done, err = w.attempt(ctx, r)
			if err != nil && errors.Is(ctx.Err(), context.Canceled) {
				return err // the program ends: nothing is decided
			}
		}
		newer, err := w.conclude(ctx, job, r, done, err)
		switch {
		case !newer:
			return err
		case ctx.Err() != nil:
			return river.JobSnooze(0) // the newer one has the whole time for its attempt
		}
	}
}

// attempt brings the account to the wanted state once.
func (w *intentWorker) attempt(ctx context.Context, r *row) (*provider.EnsureResult, error) {
	p, err := w.q.cfg.Open(r.intent.Server)
	if err != nil {
		return &provider.EnsureResult{}, err
	}
	want := *r.intent
	want.ID = cmp.Or(want.ID, r.account)
	absent := want.Status == provider.StatusAbsent
	if absent && !r.ending {
		if err := begin(ctx, w.q.db, want.Reference); err != nil {
			return &provider.EnsureResult{}, err
		}
	}
	done, err := want.Ensure(ctx, p, w.q.cfg.Secrets)
	if r.ending && !absent && r.intent.ID == "" && provider.Code(err) == provider.Code(provider.ErrNotFound) {
		want.ID = "" // we have ended that account ourselves
		done, err = want.Ensure(ctx, p, w.q.cfg.Secrets)
	}
	if tell := w.q.cfg.OnPassword; tell != nil && !done.Password.IsZero() {
		ctx, cancel := toTheEnd(ctx)
		defer cancel()
		told := w.q.write(ctx, func(tx *sql.Tx) error { return tell(ctx, tx, r.intent, done.Password) })
		err = errors.Join(err, told)
	}
	return done, err
}

// toTheEnd is for what must be written down although the time of the attempt is up, or the program ends.
func toTheEnd(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
}

const (
	// patience is how long about an intent is tried whose errors say how long to wait, before a person is asked.
	patience = 7 * 24 * time.Hour
	// rest is how long a job sleeps that River would take for lost: an intent before this one has used up its attempts.
	rest = time.Minute
)

// tired reports whether it was tried in vain often enough.
func tired(report *provider.IntentReport, failures, attempts int) bool {
	if report.After == 0 {
		return failures >= attempts
	}
	return time.Duration(failures) >= patience/report.After
}

// conclude writes down what came of an attempt and ends the job in the same transaction, unless a newer
// intent has arrived meanwhile.
func (w *intentWorker) conclude(ctx context.Context, job *river.Job[intentArgs], tried *row, done *provider.EnsureResult, failed error) (newer bool, err error) {
	ctx, cancel := toTheEnd(ctx)
	defer cancel()
	var ends error
	err = w.q.write(ctx, func(tx *sql.Tx) error {
		now, err := lock(ctx, tx, job.Args.Reference)
		if err != nil {
			return err
		}
		if newer = now.intent.Sequence != tried.intent.Sequence || now.state != tried.state; newer {
			return nil
		}
		if tried.state != stateOpen { // it was over before
			_, err := river.JobCompleteTx[riverdriver.Driver[*sql.Tx]](ctx, tx, job)
			return err
		}
		report := tried.intent.Report(done, failed)
		report.AccountID = cmp.Or(report.AccountID, kept(tried, report))
		failures := 0
		if report.State == provider.IntentWaiting {
			if failures = tried.failures + 1; tired(report, failures, job.MaxAttempts) {
				report.State = provider.IntentPerson
			}
		}
		state := string(report.State)
		switch report.State {
		case provider.IntentPending:
			state, ends = stateOpen, river.JobSnooze(w.q.cfg.Poll)
		case provider.IntentWaiting:
			state, ends = stateOpen, report.Err
			if report.After > 0 || job.Attempt >= job.MaxAttempts {
				ends = river.JobSnooze(cmp.Or(report.After, rest))
			}
		case provider.IntentRefused, provider.IntentPerson:
			ends = river.JobCancel(report.Err)
		case provider.IntentDone:
		}
		if err := save(ctx, tx, job.Args.Reference, state, report, failures); err != nil {
			return err
		}
		again := report.State == provider.IntentWaiting && report.Code == tried.code
		if tell := w.q.cfg.OnEvent; tell != nil && report.State != provider.IntentPending && !again {
			if err := tell(ctx, tx, &Event{tried.intent, report}); err != nil {
				return err
			}
		}
		if report.State == provider.IntentDone {
			_, err := river.JobCompleteTx[riverdriver.Driver[*sql.Tx]](ctx, tx, job)
			return err
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("riverprovider: write down what came of %s: %w", job.Args.Reference, err)
	}
	return newer, ends
}

// kept is the ID that is known from earlier, unless the account is gone.
func kept(tried *row, report *provider.IntentReport) string {
	if report.State == provider.IntentDone && tried.intent.Status == provider.StatusAbsent {
		return ""
	}
	return tried.account
}
