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
}

type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

const columns = "intent, state, code, account"

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
	if err := from.Scan(&text, &r.state, &r.code, &r.account); err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(text), &r.intent); err != nil {
		return nil, fmt.Errorf("the stored intent cannot be read: %w", err)
	}
	return &r, nil
}

// save writes what an event changes.
func save(ctx context.Context, tx *sql.Tx, reference, state, code, account string) error {
	_, err := tx.ExecContext(ctx, "UPDATE provkit_intents SET state = $1, code = $2, account = $3, tried = sequence, changed_at = $4 WHERE reference = $5",
		state, code, account, time.Now().Unix(), reference)
	return err
}
