package sqlledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/provkit/provkit/provider"
)

// Entry implements provider.Ledger.
func (l *Ledger) Entry(ctx context.Context, key provider.LedgerKey) (entry *provider.LedgerEntry, err error) {
	if err := key.Check(); err != nil {
		return nil, err
	}
	err = l.again(ctx, "read "+key.String(), func() error {
		entry, err = scan(l.db().QueryRowContext(ctx, l.text.entry, key.Account, key.Verb, key.Subject))
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("nothing is known of it: %w", provider.ErrNotFound)
		}
		return err
	})
	return entry, err
}

// Open implements provider.Ledger.
func (l *Ledger) Open(ctx context.Context, account string) (entries []*provider.LedgerEntry, err error) {
	err = l.again(ctx, "read the open entries", func() error {
		entries, err = l.unfinished(ctx, account)
		return err
	})
	if err != nil {
		return nil, err
	}
	return entries, nil
}

func (l *Ledger) unfinished(ctx context.Context, account string) ([]*provider.LedgerEntry, error) {
	if (provider.LedgerKey{Account: account, Verb: "any", Subject: "any"}).Check() != nil {
		return nil, nil // there are none under such a name, and a server may refuse to look
	}
	rows, err := l.db().QueryContext(ctx, l.text.open, account)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var entries []*provider.LedgerEntry
	for rows.Next() {
		entry, err := scan(rows)
		if err != nil {
			return nil, err
		}
		entries = append(entries, entry)
	}
	return entries, rows.Err()
}

// scan reads the columns of an entry. It returns nil with an error.
func scan(row interface{ Scan(...any) error }) (*provider.LedgerEntry, error) {
	var e provider.LedgerEntry
	var asked, learnt []byte
	var sentAt, stored int64
	err := row.Scan(&e.Account, &e.Verb, &e.Subject, &e.State, &asked, &e.Handle, &learnt, &sentAt, &stored, &e.Revision)
	if err == nil {
		err = errors.Join(json.Unmarshal(asked, &e.Asked), json.Unmarshal(learnt, &e.Learnt))
	}
	if err != nil {
		return nil, err
	}
	e.SentAt, e.Stored = time.UnixMicro(sentAt).UTC(), time.UnixMicro(stored).UTC()
	return &e, nil
}

// Put implements provider.Ledger.
func (l *Ledger) Put(ctx context.Context, entry *provider.LedgerEntry, token int64) error {
	if err := entry.Check(); err != nil {
		return err
	}
	kept := entry.Clone() // with nil for empty maps
	asked, errAsked := json.Marshal(kept.Asked)
	learnt, errLearnt := json.Marshal(kept.Learnt)
	if err := errors.Join(errAsked, errLearnt); err != nil {
		return fmt.Errorf("sqlledger: put %s: %w", entry.LedgerKey, err)
	}
	locks := locks{owns: lockOfEntry(entry.LedgerKey)}
	if token != 0 {
		locks.reads = lockOfLease(entry.Account)
	}
	err := l.write(ctx, "put "+entry.LedgerKey.String(), locks, func(tx *transaction) error {
		if token != 0 {
			if err := tx.holds(ctx, entry.Account, token); err != nil {
				return err
			}
		}
		if _, err := tx.compare(ctx, entry.LedgerKey, entry.Revision); err != nil {
			return err
		}
		kept.Stored, kept.Revision = tx.now, tx.number
		_, err := tx.ExecContext(ctx, tx.text.put, kept.Account, kept.Verb, kept.Subject, string(kept.State), string(asked), kept.Handle, string(learnt),
			kept.SentAt.UnixMicro(), kept.Stored.UnixMicro(), kept.Revision)
		return err
	})
	if err == nil {
		entry.Stored, entry.Revision = kept.Stored, kept.Revision
	}
	return err
}

// Remove implements provider.Ledger.
func (l *Ledger) Remove(ctx context.Context, key provider.LedgerKey, revision int64) error {
	if err := key.Check(); err != nil {
		return err
	}
	return l.write(ctx, "remove "+key.String(), locks{owns: lockOfEntry(key)}, func(tx *transaction) error {
		there, err := tx.compare(ctx, key, revision)
		if !there {
			return nil
		}
		if err == nil {
			_, err = tx.ExecContext(ctx, tx.text.remove, key.Account, key.Verb, key.Subject)
		}
		return err
	})
}

func lockOfEntry(key provider.LedgerKey) string {
	return "entry\x00" + key.Account + "\x00" + key.Verb + "\x00" + key.Subject
}

// compare returns an error unless an entry has a revision; 0 is none. It reports whether there may be one.
func (tx *transaction) compare(ctx context.Context, key provider.LedgerKey, revision int64) (there bool, err error) {
	var stored int64
	err = tx.QueryRowContext(ctx, tx.text.revision, key.Account, key.Verb, key.Subject).Scan(&stored)
	switch {
	case errors.Is(err, sql.ErrNoRows) && revision == 0:
		return false, nil
	case errors.Is(err, sql.ErrNoRows):
		return false, fmt.Errorf("it is not there, and had revision %d when it was read: %w", revision, provider.ErrStale)
	case err == nil && stored != revision:
		return true, fmt.Errorf("it has revision %d, not %d: %w", stored, revision, provider.ErrStale)
	}
	return true, err
}
