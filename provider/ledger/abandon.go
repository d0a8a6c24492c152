package ledger

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/provkit/provkit/provider"
)

// abandoned is in Learnt of an entry that a person has abandoned, with the reason.
const abandoned = "abandoned"

// Abandon forgets what the ledger knows of an order, once a person has found out what became of it. It is
// the way out of a provider.ErrConflict whose Error.Undecided names the entry:
//
//   - Nothing came of it, or what came of it has ended and is paid back: abandon it. The next Create, Renew
//     or ChangePlan orders anew.
//   - An account is what came of it: Adopt that for the reference, and then abandon the order. The next
//     Create finds the account, and buys nothing.
//
// What is abandoned and carried out all the same is bought twice, which is why no program does this by itself.
// Handles of the abandoned order lead nowhere any more. The reason stays in the entry, for whoever asks
// later; it is not empty. Abandon waits while a program looks or sends. It does nothing if the
// order is abandoned already; if there is none, the error matches provider.ErrNotFound.
func Abandon(ctx context.Context, book provider.Ledger, key provider.LedgerKey, reason string) error {
	err := abandon(ctx, book, key, reason)
	if err != nil {
		return fmt.Errorf("ledger: abandon %s: %w", key, err)
	}
	return nil
}

func abandon(ctx context.Context, book provider.Ledger, key provider.LedgerKey, reason string) error {
	if err := key.Check(); err != nil {
		return err
	}
	if reason == "" {
		return provider.Problems{"reason": "required"}.Err("", "", "")
	}
	const while, pause = 10 * time.Second, 100 * time.Millisecond
	token, err := book.Acquire(ctx, key.Account, while)
	for errors.Is(err, provider.ErrLeaseHeld) {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
			token, err = book.Acquire(ctx, key.Account, while)
		}
	}
	if err != nil {
		return err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), while)
		defer cancel()
		_ = book.Release(ctx, key.Account, token) // it expires otherwise
	}()
	entry, err := book.Entry(ctx, key)
	if err != nil {
		return err
	}
	if _, already := Abandoned(entry); already {
		return nil
	}
	entry.State, entry.Handle, entry.SentAt = provider.LedgerDone, "", time.Time{}
	if entry.Learnt = maps.Clone(entry.Learnt); entry.Learnt == nil {
		entry.Learnt = make(map[string]string)
	}
	entry.Learnt[abandoned] = reason
	return book.Put(ctx, entry, token)
}

// Abandoned reports whether a person has abandoned an order, and why. What else the entry says of it does not
// count any more.
func Abandoned(entry *provider.LedgerEntry) (reason string, is bool) {
	if entry == nil {
		return "", false
	}
	reason, is = entry.Learnt[abandoned]
	return reason, is
}
