package sqlledger

import (
	"context"
	"fmt"
	"slices"

	"github.com/provkit/provkit/provider"
)

// steps make the tables: each from those of the step before. A step that was released never changes,
// and leaves tables that programs which know only the steps before can go on with.
var steps = func(d *dialect) [][]string {
	return [][]string{
		slices.Concat([]string{
			// Times are microseconds since 1970, maps are JSON.
			"CREATE TABLE {p}entries (account {text} NOT NULL, verb {text} NOT NULL, subject {text} NOT NULL, " +
				"state {text} NOT NULL, asked {text} NOT NULL, handle {text} NOT NULL, learnt {text} NOT NULL, " +
				"sent_at bigint NOT NULL, stored bigint NOT NULL, revision bigint NOT NULL, PRIMARY KEY (account, verb, subject))",
			"CREATE INDEX {p}open ON {p}entries (account, verb, subject) WHERE state <> 'done'",
			"CREATE TABLE {p}leases (name {text} NOT NULL PRIMARY KEY, token bigint NOT NULL, until bigint NOT NULL, lasts bigint NOT NULL)",
		}, d.numbers),
	}
}

// migrate makes the tables and brings them up to date, while no other program does.
func (l *Ledger) migrate(ctx context.Context) error {
	names, known := l.names(), steps(l.dialect)
	// A program that may not make tables can use those that are there.
	var version int
	found := l.db().QueryRowContext(ctx, names.Replace("SELECT version FROM {p}version")).Scan(&version) == nil
	if found && version == len(known) {
		return nil
	}
	return l.again(ctx, "make the tables", func() error {
		tx, err := l.db().BeginTx(ctx, l.dialect.options)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }()
		if err := l.dialect.prepare(ctx, tx, l.prefix); err != nil {
			return err
		}
		run := func(statement string, args ...any) {
			if err == nil {
				_, err = tx.ExecContext(ctx, names.Replace(statement), args...)
			}
		}
		run("CREATE TABLE IF NOT EXISTS {p}version (version bigint NOT NULL)")
		if err == nil {
			err = tx.QueryRowContext(ctx, names.Replace("SELECT coalesce(max(version), 0) FROM {p}version")).Scan(&version)
		}
		if err != nil {
			return err
		}
		if version > len(known) {
			return fmt.Errorf("the tables %s* have version %d, and this program knows versions up to %d: update the program: %w",
				l.prefix, version, len(known), provider.ErrUnsupported)
		}
		for _, step := range known[version:] {
			for _, statement := range step {
				run(statement)
			}
		}
		run("DELETE FROM {p}version")
		run("INSERT INTO {p}version VALUES ($1)", len(known))
		if err != nil {
			return err
		}
		return tx.Commit()
	})
}
