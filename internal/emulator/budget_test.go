package emulator_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/emulator"
)

func TestBudget(t *testing.T) {
	start := time.Date(2026, 3, 4, 10, 30, 0, 0, time.UTC)
	var b emulator.Budget
	for _, test := range []struct {
		after time.Duration
		over  bool
		spent int
		until time.Duration
	}{
		{0, false, 1, 10 * time.Second},
		{time.Second, false, 2, 10 * time.Second},
		{9 * time.Second, true, 3, 10 * time.Second},
		{10 * time.Second, false, 1, 20 * time.Second},
		{35 * time.Second, false, 1, 45 * time.Second},
	} {
		require.Equal(t, test.over, b.Spend(start.Add(test.after), 2, 10*time.Second), test.after)
		require.Equal(t, emulator.Budget{Until: start.Add(test.until), Spent: test.spent}, b)
	}
	for range 5 {
		require.False(t, b.Spend(start, 0, time.Hour), "no limit")
	}
	require.Equal(t, 1, b.Spent)
}
