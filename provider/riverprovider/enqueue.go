package riverprovider

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/provkit/provkit/provider"
)

// intentArgs are the arguments of a job: which intent it is about. What is wanted stands in the table.
type intentArgs struct {
	Reference string `json:"reference" river:"unique"`
	Server    string `json:"server"`
}

// Kind is the name of the jobs in River's tables.
func (intentArgs) Kind() string { return "provkit_intent" }

// open are the states of a job that is not over.
var open = []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled,
}

func (a intentArgs) opts() *river.InsertOpts {
	return &river.InsertOpts{Queue: QueueOf(a.Server), UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: open}}
}

// Enqueue stores what is wanted of an account, and makes a job that brings it about, in the caller's
// transaction: nothing of it is there until that is committed. fresh is false if a newer intent of the
// reference is known, or this one: then nothing was changed, and the event may be forgotten. An intent that
// is not valid is ErrInvalid, and so is one on another server than that on which the reference has an
// account. With tx nil Enqueue uses a transaction of its own.
func (q *Queue) Enqueue(ctx context.Context, client *river.Client[*sql.Tx], tx *sql.Tx, i *provider.Intent) (fresh bool, err error) {
	if tx == nil {
		err = q.write(ctx, func(tx *sql.Tx) error {
			fresh, err = q.Enqueue(ctx, client, tx, i)
			return err
		})
		return fresh, err
	}
	if err := valid(i); err != nil {
		return false, err
	}
	text, err := json.Marshal(i)
	if err != nil {
		return false, fmt.Errorf("riverprovider: enqueue %s: %w", i.Reference, err)
	}
	// The row is written first: it holds off the end of a job that runs, which looks at it again.
	stored, err := tx.ExecContext(ctx, "INSERT INTO provkit_intents (reference, server, sequence, intent, state, code, account, tried, failures, ending, touched, changed_at) "+
		"VALUES ($1, $2, $3, $4, 'open', '', $5, -1, 0, 0, 0, $6) ON CONFLICT (reference) DO UPDATE SET server = excluded.server, sequence = excluded.sequence, "+
		"intent = excluded.intent, state = 'open', code = '', failures = 0, account = CASE WHEN excluded.account = '' THEN provkit_intents.account ELSE excluded.account END, "+
		"changed_at = excluded.changed_at "+
		"WHERE excluded.sequence > provkit_intents.sequence AND (excluded.server = provkit_intents.server OR provkit_intents.account = '' AND provkit_intents.state IN ('done', 'refused'))",
		i.Reference, i.Server, i.Sequence, string(text), i.ID, time.Now().Unix())
	if err != nil {
		return false, fmt.Errorf("riverprovider: enqueue %s: %w", i.Reference, err)
	}
	if n, err := stored.RowsAffected(); err != nil || n == 0 {
		if err != nil {
			return false, fmt.Errorf("riverprovider: enqueue %s: %w", i.Reference, err)
		}
		return false, q.whyNot(ctx, tx, i)
	}
	return true, insert(ctx, client, tx, intentArgs{i.Reference, i.Server})
}

// whyNot tells an intent that is not newer from one on another server.
func (q *Queue) whyNot(ctx context.Context, tx *sql.Tx, i *provider.Intent) error {
	var sequence int64
	var server string
	if err := tx.QueryRowContext(ctx, "SELECT sequence, server FROM provkit_intents WHERE reference = $1", i.Reference).Scan(&sequence, &server); err != nil {
		return fmt.Errorf("riverprovider: enqueue %s: %w", i.Reference, err)
	}
	if sequence >= i.Sequence {
		return nil
	}
	return &provider.Error{
		Action: "enqueue " + i.Reference, Kind: provider.ErrInvalid,
		Fields: map[string]string{"server": fmt.Sprintf("the reference has or may have an account on %q: end that first", server)},
	}
}

func valid(i *provider.Intent) error {
	if err := i.Validate(); err != nil {
		return err
	}
	var problems provider.Problems
	problems.Required("server", i.Server)
	return problems.Err("", "", "enqueue "+i.Reference)
}

// insert makes the job, or wakes the one that there is. One that runs looks at the row again before it ends.
func insert(ctx context.Context, client *river.Client[*sql.Tx], tx *sql.Tx, args intentArgs) error {
	made, err := client.InsertTx(ctx, tx, args, args.opts())
	if err == nil && made.UniqueSkippedAsDuplicate {
		_, err = client.JobRetryTx(ctx, tx, made.Job.ID)
		if errors.Is(err, rivertype.ErrNotFound) { // it has ended and was cleaned away meanwhile: the sweep makes another
			err = nil
		}
	}
	if err != nil {
		return fmt.Errorf("riverprovider: enqueue %s: %w", args.Reference, err)
	}
	return nil
}

// State is what is known of the newest intent of a reference.
type State struct {
	Intent *provider.Intent
	// State is provider.IntentWaiting while it is not over.
	State provider.IntentState
	// AccountID and Code are those of the last attempt.
	AccountID, Code string
}

// State returns what is known of the newest intent of a reference; ErrNotFound if there is none.
func (q *Queue) State(ctx context.Context, reference string) (*State, error) {
	r, err := load(ctx, q.db, reference)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, &provider.Error{Action: "read the intent of " + reference, Kind: provider.ErrNotFound}
	}
	if err != nil {
		return nil, fmt.Errorf("riverprovider: read the intent of %s: %w", reference, err)
	}
	state := provider.IntentState(r.state)
	if r.state == stateOpen {
		state = provider.IntentWaiting
	}
	return &State{Intent: r.intent, State: state, AccountID: r.account, Code: r.code}, nil
}
