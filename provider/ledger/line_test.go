package ledger

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
)

// FuzzLine: what is read from a file is written again as the same.
func FuzzLine(f *testing.F) {
	put := putOf(&provider.LedgerEntry{
		LedgerKey: provider.LedgerKey{Account: "panel", Verb: "create", Subject: "1"}, State: provider.LedgerSent,
		Asked: map[string]string{"plan": "<\u2028>"}, Handle: "h", Learnt: map[string]string{"": "x"},
		SentAt: time.Date(2026, 11, 30, 0, 0, 0, 1000, time.UTC), Stored: time.Date(2026, 11, 30, 0, 0, 1, 0, time.UTC), Revision: 7,
	})
	remove := line{N: 8, Remove: &keyOfLine{"panel", "create", "1"}}
	for _, l := range []line{put, remove, {N: 9, Lease: "panel"}, {N: 0, File: "x"}} {
		f.Add(l.text())
	}
	f.Add([]byte(`{"n":1,"put":{"account":"a","verb":"b","subject":"c","state":"sent","stored":"2026-11-30T00:00:00.1+01:00"}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		l, err := readLine(bytes.TrimSpace(text))
		if err != nil {
			return
		}
		again, err := readLine(bytes.TrimSpace(l.text()))
		require.NoError(t, err)
		require.Equal(t, l.text(), again.text())
		if l.Put != nil {
			require.Equal(t, l.entry().Clone(), again.entry().Clone())
		}
	})
}
