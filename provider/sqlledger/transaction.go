package sqlledger

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"time"
)

// patience is how long others may be in the way.
var patience = 10 * time.Second

// lostConnections is how often in a row a connection may be lost before the database counts as gone.
const lostConnections = 3

// transaction is one that writes, and has what it needs to itself.
type transaction struct {
	*sql.Tx
	text   texts
	now    time.Time // by the ledger's clock
	number int64     // for what it stores
}

// write does something in a transaction, which is rolled back if that returns an error.
func (l *Ledger) write(ctx context.Context, action string, locks locks, do func(*transaction) error) error {
	return l.again(ctx, action, func() error {
		tx, err := l.db().BeginTx(ctx, l.dialect.options)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }()
		now, number, err := l.dialect.start(ctx, tx, l.prefix, locks)
		if err != nil {
			return err
		}
		if err := do(&transaction{tx, l.text, now, number}); err != nil {
			return err
		}
		if err := tx.Commit(); err != nil {
			return &unknown{err}
		}
		return nil
	})
}

// again tries something until it fails for good: while others are in the way, and while connections
// break before anything can have been stored.
func (l *Ledger) again(ctx context.Context, action string, try func() error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("sqlledger: %s: %w", action, err)
	}
	start, lost := time.Now(), 0
	for most := time.Millisecond; ; most = min(2*most, 100*time.Millisecond) {
		err := try()
		switch {
		case err == nil:
			return nil
		case isAnswer(err):
			return fmt.Errorf("sqlledger: %s: %w", action, err)
		case l.dialect.busy(err) && time.Since(start) < patience:
		case isLost(err) && lost < lostConnections:
			lost++
			most = max(most, 50*time.Millisecond)
		default:
			return l.failed(ctx, action, err)
		}
		pause := time.NewTimer(rand.N(most))
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return l.failed(ctx, action, err)
		}
	}
}
