package riverprovider

import (
	"context"
	"database/sql"
	"fmt"
)

// steps make the table, each from that of the step before. A step that was released never changes.
var steps = []string{
	// state is open, done, refused or person; tried is the sequence that was tried last, failures how often it was in vain,
	// ending 1 if the account may be gone since nobody wrote down its end. Times are seconds since 1970.
	"CREATE TABLE provkit_intents (reference text NOT NULL PRIMARY KEY, server text NOT NULL, sequence bigint NOT NULL, intent text NOT NULL, " +
		"state text NOT NULL, code text NOT NULL, account text NOT NULL, tried bigint NOT NULL, failures bigint NOT NULL, ending bigint NOT NULL, " +
		"touched bigint NOT NULL, changed_at bigint NOT NULL)",
	"CREATE INDEX provkit_intents_open ON provkit_intents (changed_at) WHERE state = 'open'",
}

// Migrate makes the table of this package and brings it up to date. River's own tables are made by its
// package rivermigrate. Programs that start at once may all call it.
func (q *Queue) Migrate(ctx context.Context) error {
	const versions = "CREATE TABLE IF NOT EXISTS provkit_intents_version (version bigint NOT NULL PRIMARY KEY)"
	_, err := q.db.ExecContext(ctx, versions)
	if err != nil { // to PostgreSQL it is an error if another program makes it in the same moment
		_, err = q.db.ExecContext(ctx, versions)
	}
	if err != nil {
		return fmt.Errorf("riverprovider: make the tables: %w", err)
	}
	for i, step := range steps {
		if err := q.step(ctx, i+1, step); err != nil {
			return fmt.Errorf("riverprovider: make the tables: %w", err)
		}
	}
	return nil
}

// step does one step if nobody has. Who writes its number first holds off the others until it is done.
func (q *Queue) step(ctx context.Context, number int, statement string) error {
	return q.write(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, "INSERT INTO provkit_intents_version (version) VALUES ($1) ON CONFLICT DO NOTHING", number)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); n == 0 || err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, statement)
		return err
	})
}

// write does something in a transaction of its own.
func (q *Queue) write(ctx context.Context, do func(tx *sql.Tx) error) error {
	tx, err := q.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}
