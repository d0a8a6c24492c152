package sqlledger

import (
	"context"
	"database/sql"
	"time"
)

// Dialect is a kind of database.
type Dialect int

// The dialects.
const (
	SQLite Dialect = iota + 1
	PostgreSQL
)

var dialects = map[Dialect]*dialect{SQLite: &sqlite, PostgreSQL: &postgres}

// dialect is what a kind of database does in its own way. All else is the same SQL.
type dialect struct {
	text    string   // the type of texts, which are compared byte by byte
	numbers []string // statements that make what start takes its numbers from
	options *sql.TxOptions
	// check returns why nothing that is stored would be durable and come back as it was.
	check func(context.Context, *sql.DB) error
	now   func(context.Context, *sql.DB) (time.Time, error)
	// prepare holds off other programs that make or change the tables.
	prepare func(ctx context.Context, tx *sql.Tx, prefix string) error
	// start begins to write. It returns when nobody else writes what is locked, with the time by then and
	// with a number that is larger than all that were stored under the same locks.
	start func(ctx context.Context, tx *sql.Tx, prefix string, locks locks) (now time.Time, number int64, err error)
	// busy reports whether an error means that the database has done nothing, as others were in the way.
	busy func(error) bool
}

// locks are names of what a transaction is about.
type locks struct {
	reads string // what others may read too; "" for nothing
	owns  string // what nobody else may
}

func lockOfLease(name string) string { return "lease\x00" + name }
