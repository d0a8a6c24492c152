package ledger_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/ledger"
)

func TestAbandon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		book := ledger.NewMemory()
		key := provider.LedgerKey{Account: "shop", Verb: "create", Subject: "order-1"}
		entry := &provider.LedgerEntry{
			LedgerKey: key, State: provider.LedgerPlaced, Handle: "h", SentAt: time.Now(), Asked: map[string]string{"plan": "small"}, Learnt: map[string]string{"invoice": "7"},
		}
		require.NoError(t, book.Put(t.Context(), entry, 0))

		require.ErrorIs(t, ledger.Abandon(t.Context(), book, key, ""), provider.ErrInvalid)
		require.ErrorIs(t, ledger.Abandon(t.Context(), book, provider.LedgerKey{Account: "shop"}, "why"), provider.ErrInvalid)
		other := key
		other.Subject = "order-2"
		err := ledger.Abandon(t.Context(), book, other, "why")
		require.ErrorIs(t, err, provider.ErrNotFound)
		require.ErrorContains(t, err, `abandon create "order-2" of "shop"`)

		// It waits for whoever sends, and not longer than its caller.
		token, err := book.Acquire(t.Context(), "shop", time.Minute)
		require.NoError(t, err)
		brief, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, ledger.Abandon(brief, book, key, "why"), context.DeadlineExceeded)
		time.AfterFunc(30*time.Second, func() { _ = book.Release(context.Background(), "shop", token) })
		began := time.Now()
		for range 2 { // the first reason stays
			require.NoError(t, ledger.Abandon(t.Context(), book, key, "ticket 4711"))
			now, err := book.Entry(t.Context(), key)
			require.NoError(t, err)
			reason, is := ledger.Abandoned(now)
			require.True(t, is)
			require.Equal(t, "ticket 4711", reason)
			require.Equal(t, provider.LedgerDone, now.State)
			require.Empty(t, now.Handle)
			require.True(t, now.SentAt.IsZero())
			require.Equal(t, "small", now.Asked["plan"])
			require.Equal(t, "7", now.Learnt["invoice"], "for whoever asks later")
			require.NoError(t, ledger.Abandon(t.Context(), book, key, "another"))
		}
		require.WithinDuration(t, began.Add(30*time.Second), time.Now(), time.Second)
		_, err = book.Acquire(t.Context(), "shop", time.Minute)
		require.NoError(t, err, "its own lease has ended")
		_, is := ledger.Abandoned(entry)
		require.False(t, is)
		_, is = ledger.Abandoned(nil)
		require.False(t, is)
	})
}
