package adapter_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

func TestScaled(t *testing.T) {
	for n, want := range map[int64]int64{0: 0, 1: 1 << 20, 1 << 41: 1 << 61, -1: -1, 1 << 43: -1, 99999999999999: -1, math.MaxInt64: -1, math.MinInt64: -1} {
		got, ok := adapter.Scaled(n, 1<<20)
		require.Equal(t, want >= 0, ok, n)
		require.Equal(t, max(0, want), got, n)
	}
	for n, want := range map[float64]int64{0: 0, 0.5: 5e11, 3: 3e12, -0.1: -1, 1e300: -1, math.Inf(1): -1, math.Inf(-1): -1} {
		got, ok := adapter.Scaled(n, 1e12)
		require.Equal(t, want >= 0, ok, n)
		require.Equal(t, max(0, want), got, n)
	}
	_, ok := adapter.Scaled(math.NaN(), 1)
	require.False(t, ok)
	require.ErrorIs(t, adapter.Impossible("17", "disk"), provider.ErrProtocol)
}
