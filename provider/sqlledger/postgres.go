package sqlledger

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// OpenPostgres opens a ledger in a PostgreSQL database: "postgres://user:password@host/database", with
// the parameters of libpq and pgx. It must be the server that is written to. No error has the password
// in it. The ledger uses at most 10 connections.
func OpenPostgres(ctx context.Context, url provider.Secret, opts ...Option) (*Ledger, error) {
	config, err := pgx.ParseConfig(url.Reveal())
	if err != nil || url.IsZero() {
		// Nobody can tell which part of what is not understood is the password.
		return nil, fmt.Errorf("sqlledger: open: the URL of the database is not understood, and not shown, since a password may be in it; "+
			"it must be postgres://user:password@host:port/database, with odd characters percent-encoded: %w", provider.ErrInvalid)
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "provkit"
	}
	db := stdlib.OpenDB(*config)
	db.SetMaxOpenConns(10)
	db.SetMaxIdleConns(10)
	l, err := open(ctx, db, &Ledger{clean: words.NewCleaner(config.Password).Line, ours: true, dialect: &postgres}, opts)
	if err != nil {
		_ = db.Close()
		return nil, err
	}
	return l, nil
}

// clock is the server's, in microseconds since 1970. It goes on in a transaction.
const clock = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"

var postgres = dialect{
	text:    `text COLLATE "C"`,
	numbers: []string{"CREATE SEQUENCE {p}numbers"},
	// Each statement must see what was committed before it, also while the transaction waited.
	options: &sql.TxOptions{Isolation: sql.LevelReadCommitted},
	check: func(ctx context.Context, db *sql.DB) error {
		var encoding string
		err := db.QueryRowContext(ctx, "SELECT current_setting('server_encoding')").Scan(&encoding)
		if err == nil && encoding != "UTF8" {
			return fmt.Errorf("the encoding of the database is %s: make one with ENCODING 'UTF8', or not all texts can be stored: %w", encoding, provider.ErrInvalid)
		}
		return err
	},
	now: func(ctx context.Context, db *sql.DB) (time.Time, error) {
		var now int64
		err := db.QueryRowContext(ctx, "SELECT "+clock).Scan(&now)
		return time.UnixMicro(now).UTC(), err
	},
	prepare: func(ctx context.Context, tx *sql.Tx, prefix string) error {
		_, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock($1)", lockNumber(prefix, "tables"))
		return err
	},
	// The time and the number are had after the locks, which a materialised row proves. Settings end with
	// the transaction: that its end waits for the disk, whatever the database's default is, and that
	// the server ends a program that has stopped in the middle, so that no other one waits for it.
	start: func(ctx context.Context, tx *sql.Tx, prefix string, locks locks) (time.Time, int64, error) {
		var now, number int64
		err := tx.QueryRowContext(ctx, "WITH locked AS MATERIALIZED (SELECT "+
			"set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, true), "+
			"set_config('idle_in_transaction_session_timeout', $1, true), "+
			"pg_advisory_xact_lock_shared($2), pg_advisory_xact_lock($3)) "+
			"SELECT "+clock+", nextval('"+prefix+"numbers') FROM locked",
			strconv.FormatInt(patience.Milliseconds(), 10), lockNumber(prefix, locks.reads), lockNumber(prefix, locks.owns)).Scan(&now, &number)
		return time.UnixMicro(now).UTC(), number, err
	},
	busy: func(err error) bool {
		failed, ok := errors.AsType[*pgconn.PgError](err)
		return ok && slices.Contains(postgresBusy, failed.Code)
	},
}

// postgresBusy are states in which a transaction was rolled back or not begun: a failed serialization, a
// deadlock, too many connections, a server that starts up.
var postgresBusy = []string{"40001", "40P01", "53300", "57P03"}

// postgresLost are states in which the server has ended the connection: by command, by a crash of
// another one, by the time that a transaction may be idle.
var postgresLost = []string{"57P01", "57P02", "25P03"}

// lockNumber returns the number of a lock. If two had the same, they would hold each other off.
func lockNumber(prefix, name string) int64 {
	hash := sha256.Sum256([]byte("provkit ledger\x00" + prefix + "\x00" + name))
	return int64(binary.BigEndian.Uint64(hash[:]))
}
