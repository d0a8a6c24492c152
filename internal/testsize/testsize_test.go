package testsize_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/testsize"
)

func TestSwitch(t *testing.T) {
	t.Setenv(testsize.Variable, "")
	require.Equal(t, 7, testsize.Pick(7, 700))
	t.Setenv(testsize.Variable, "full")
	require.Equal(t, 700, testsize.Pick(7, 700))
	require.False(t, testsize.All())
	t.Setenv(testsize.Variable, "all")
	require.Equal(t, 700, testsize.Pick(7, 700))
	require.True(t, testsize.All())
	t.Setenv(testsize.Variable, "fulll")
	require.Panics(t, func() { testsize.Full() })
}

func TestSeed(t *testing.T) {
	t.Setenv(testsize.SeedVariable, "")
	require.EqualValues(t, 1, testsize.Seed())
	t.Setenv(testsize.SeedVariable, "42")
	require.EqualValues(t, 42, testsize.Seed())
	t.Setenv(testsize.SeedVariable, "x")
	require.Panics(t, func() { testsize.Seed() })
}
