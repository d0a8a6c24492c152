package ledgertest

import (
	"context"
	"errors"
	"time"

	"github.com/provkit/provkit/provider"
)

// Dying returns a program's view of a ledger: as soon as the context has ended, nothing that the program does
// is stored any more. Leases that it holds stay held.
func Dying(end context.Context, l provider.Ledger) provider.Ledger { return &dying{l, end} }

type dying struct {
	provider.Ledger
	end context.Context
}

var errDead = errors.New("the program is dead")

func (d *dying) Acquire(ctx context.Context, name string, ttl time.Duration) (int64, error) {
	if d.end.Err() != nil {
		return 0, errDead
	}
	return d.Ledger.Acquire(ctx, name, ttl)
}

func (d *dying) Extend(ctx context.Context, name string, token int64, ttl time.Duration) error {
	if d.end.Err() != nil {
		return errDead
	}
	return d.Ledger.Extend(ctx, name, token, ttl)
}

func (d *dying) Release(ctx context.Context, name string, token int64) error {
	if d.end.Err() != nil {
		return errDead
	}
	return d.Ledger.Release(ctx, name, token)
}

func (d *dying) Put(ctx context.Context, entry *provider.LedgerEntry, token int64) error {
	if d.end.Err() != nil {
		return errDead
	}
	return d.Ledger.Put(ctx, entry, token)
}

func (d *dying) Remove(ctx context.Context, key provider.LedgerKey, revision int64) error {
	if d.end.Err() != nil {
		return errDead
	}
	return d.Ledger.Remove(ctx, key, revision)
}

// Watched returns a ledger that shows each entry to put before it stores it. An error of put is that of Put.
func Watched(l provider.Ledger, put func(*provider.LedgerEntry) error) provider.Ledger {
	return &watched{l, put}
}

type watched struct {
	provider.Ledger
	put func(*provider.LedgerEntry) error
}

func (w *watched) Put(ctx context.Context, entry *provider.LedgerEntry, token int64) error {
	if err := w.put(entry); err != nil {
		return err
	}
	return w.Ledger.Put(ctx, entry, token)
}
