package riverprovider

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/provkit/provkit/provider"
)

// stateOpen is the state of an intent that is not over; otherwise it is the provider.IntentState that ended it.
const stateOpen = "open"

// row is the newest intent of a reference.
type row struct {
	intent               *provider.Intent
	state, code, account string
	// failures is how often it was tried in vain; ending is set if an attempt to end the account has begun.
	failures int
	ending   bool
}

type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

const columns = "intent, state, code, account, failures, ending <> 0"

func load(ctx context.Context, db querier, reference string) (*row, error) {
	return scan(db.QueryRowContext(ctx, "SELECT "+columns+" FROM provkit_intents WHERE reference = $1", reference))
}

// lock reads the row and keeps everybody else from changing it until the transaction ends.
func lock(ctx context.Context, tx *sql.Tx, reference string) (*row, error) {
	return scan(tx.QueryRowContext(ctx, "UPDATE provkit_intents SET touched = touched + 1 WHERE reference = $1 RETURNING "+columns, reference))
}

func scan(from *sql.Row) (*row, error) {
	var r row
	var text string
	if err := from.Scan(&text, &r.state, &r.code, &r.account, &r.failures, &r.ending); err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(text), &r.intent); err != nil {
		return nil, fmt.Errorf("the stored intent cannot be read: %w", err)
	}
	return &r, nil
}

// save writes what an attempt changes. An end that was carried out, or is no longer wanted, is over.
func save(ctx context.Context, tx *sql.Tx, reference, state string, report *provider.IntentReport, failures int) error {
	_, err := tx.ExecContext(ctx, "UPDATE provkit_intents SET state = $1, code = $2, account = $3, tried = sequence, failures = $4, "+
		"ending = CASE WHEN $5 = 'done' THEN 0 ELSE ending END, changed_at = $6 WHERE reference = $7",
		state, report.Code, report.AccountID, failures, state, time.Now().Unix(), reference)
	return err
}

// begin notes that an attempt may end the account.
func begin(ctx context.Context, db *sql.DB, reference string) error {
	_, err := db.ExecContext(ctx, "UPDATE provkit_intents SET ending = 1 WHERE reference = $1", reference)
	return err
}
