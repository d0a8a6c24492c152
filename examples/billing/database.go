package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	_ "modernc.org/sqlite"

	"github.com/provkit/provkit/provider/riverprovider"
	"github.com/provkit/provkit/provider/sqlledger"
)

// database holds the tables of River, of package riverprovider and of the ledger.
type database struct {
	*sql.DB

	driver riverdriver.Driver[*sql.Tx]
	ledger *sqlledger.Ledger
	alone  bool // it is SQLite's, and this is its only program
}

func openDatabase(ctx context.Context, where string) (d *database, err error) {
	d = &database{alone: !strings.HasPrefix(where, "postgres://")}
	if !d.alone {
		if d.DB, err = sql.Open("pgx", where); err == nil {
			d.driver = riverdatabasesql.New(d.DB)
			d.ledger, err = sqlledger.New(ctx, d.DB, sqlledger.PostgreSQL)
		}
		return d, err
	}
	// A second program would carry out again what is under way in this one, with which the lock ends.
	lock, err := openSQLite(where + ".lock")
	if err == nil {
		if _, err = lock.ExecContext(ctx, "BEGIN EXCLUSIVE"); err != nil {
			return nil, fmt.Errorf("another program uses %s: %w", where, err)
		}
		d.DB, err = openSQLite(where)
	}
	if err == nil {
		d.driver = riversqlite.New(d.DB)
		d.ledger, err = sqlledger.New(ctx, d.DB, sqlledger.SQLite)
	}
	return d, err
}

func openSQLite(path string) (*sql.DB, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	const query = "_txlock=immediate&_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=fullfsync(1)"
	name := url.URL{Scheme: "file", Path: path, OmitHost: true, RawQuery: query}
	db, err := sql.Open("sqlite", name.String())
	if err == nil {
		db.SetMaxOpenConns(1) // as River wants it for SQLite
	}
	return db, errors.Join(err, file.Close())
}

// migrate makes the tables of the queue. Programs that start at once take turns.
func (d *database) migrate(ctx context.Context, queue *riverprovider.Queue) error {
	if !d.alone {
		turn, err := d.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer func() { _ = turn.Rollback() }()
		if _, err := turn.ExecContext(ctx, "SELECT pg_advisory_xact_lock(hashtext('tables of the queue'))"); err != nil {
			return err
		}
	}
	migrator, err := rivermigrate.New(d.driver, nil)
	if err == nil {
		_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	}
	if err == nil {
		err = queue.Migrate(ctx)
	}
	return err
}
