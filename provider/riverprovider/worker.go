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
			if ctx.Err() != nil {
				return err // the program ends, or the time is up: nothing is decided
			}
		}
		newer, err := w.conclude(ctx, job, r, done, err)
		if !newer {
			return err
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
	done, err := want.Ensure(ctx, p, w.q.cfg.Secrets)
	if !done.Password.IsZero() {
		told := w.q.write(context.WithoutCancel(ctx), func(tx *sql.Tx) error {
			return w.tell(ctx, tx, event(Password, r, done, nil))
		})
		err = errors.Join(err, told)
	}
	return done, err
}

// conclude writes down what came of an attempt and ends the job in the same transaction, unless a newer
// intent has arrived meanwhile.
func (w *intentWorker) conclude(ctx context.Context, job *river.Job[intentArgs], tried *row, done *provider.EnsureResult, failed error) (newer bool, err error) {
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
		e := event(Done, tried, done, failed)
		state := stateOpen
		again, retryable := provider.Retryable(failed)
		switch {
		case failed == nil && done.Outcome() == provider.OutcomePending:
			e.Kind, ends = "", river.JobSnooze(w.q.cfg.Poll)
		case failed == nil:
			state = string(Done)
		case retryable && again > 0:
			e.Kind, ends = Waiting, river.JobSnooze(again)
		case (retryable || e.Code == "other") && job.Attempt < job.MaxAttempts:
			e.Kind, ends = Waiting, failed
		default:
			e.Kind = Refused
			if retryable || e.Code == "other" || undecided(failed) {
				e.Kind = Person
			}
			state, ends = string(e.Kind), river.JobCancel(failed)
		}
		if err := save(ctx, tx, job.Args.Reference, state, e.Code, e.AccountID); err != nil {
			return err
		}
		if e.Kind != "" && (e.Kind != Waiting || e.Code != tried.code) {
			if err := w.tell(ctx, tx, e); err != nil {
				return err
			}
		}
		if state == string(Done) {
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

func undecided(err error) bool {
	var e *provider.Error
	return errors.As(err, &e) && e.Undecided != nil
}

// event tells what came of an attempt.
func event(kind EventKind, r *row, done *provider.EnsureResult, err error) *Event {
	e := &Event{
		Kind: kind, Intent: r.intent, AccountID: cmp.Or(r.intent.ID, r.account), Unmarked: done.Unmarked, Err: err, Code: provider.Code(err),
	}
	// Beside an error the account may be a stranger's, who has the name.
	if a := done.Account; a != nil && (err == nil || a.Reference == r.intent.Reference) {
		e.AccountID = a.ID
	}
	if err == nil && r.intent.Status == provider.StatusAbsent && done.Outcome() != provider.OutcomePending {
		e.AccountID = "" // there is none any more
	}
	for _, change := range done.Changes {
		e.Changes = append(e.Changes, change.String())
	}
	if kind == Password {
		e.Password = done.Password
	}
	return e
}

func (w *intentWorker) tell(ctx context.Context, tx *sql.Tx, e *Event) error {
	if w.q.cfg.OnEvent == nil {
		return nil
	}
	return w.q.cfg.OnEvent(ctx, tx, e)
}
