package ledger_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/ledger"
)

// TestClock: the ledger's clock says when a lease has ended, and when an entry was stored.
func TestClock(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 1999, time.UTC)
	l := ledger.NewMemory(ledger.WithClock(func() time.Time { return now }))
	token, err := l.Acquire(t.Context(), "panel", time.Minute)
	require.NoError(t, err)
	now = now.Add(time.Minute - 1)
	_, err = l.Acquire(t.Context(), "panel", time.Minute)
	require.ErrorIs(t, err, provider.ErrLeaseHeld)
	entry := &provider.LedgerEntry{LedgerKey: provider.LedgerKey{Account: "panel", Verb: "create", Subject: "1"}, State: provider.LedgerSent}
	require.NoError(t, l.Put(t.Context(), entry, token))
	require.Equal(t, now.Truncate(time.Microsecond), entry.Stored)
	now = now.Add(1)
	require.ErrorIs(t, l.Put(t.Context(), entry, token), provider.ErrStale)
	_, err = l.Acquire(t.Context(), "panel", time.Minute)
	require.NoError(t, err)
}
