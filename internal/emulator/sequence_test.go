package emulator_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/emulator"
)

func TestSequence(t *testing.T) {
	run := func(seed uint64) []int64 {
		s := emulator.NewSequence(100, seed)
		var ids []int64
		for range 50 {
			ids = append(ids, s.Next())
		}
		return ids
	}
	first := run(1)
	require.Equal(t, first, run(1))
	require.NotEqual(t, first, run(2))
	require.EqualValues(t, 100, first[0])
	gaps := map[int64]bool{}
	for i := 1; i < len(first); i++ {
		gaps[first[i]-first[i-1]-1] = true
	}
	require.Equal(t, map[int64]bool{1: true, 2: true, 3: true}, gaps)

	s := emulator.NewSequence(100, 1)
	s.Skip(5000)
	require.Greater(t, s.Next(), int64(5001))
	next := s.Next()
	s.Skip(3)
	require.Less(t, next, s.Next())
}

func TestTokens(t *testing.T) {
	a, b := emulator.NewTokens(1), emulator.NewTokens(1)
	first := a.Next(50, emulator.LowerAlphanumeric)
	require.Regexp(t, `^[a-z0-9]{50}$`, first)
	require.Equal(t, first, b.Next(50, emulator.LowerAlphanumeric))
	require.NotEqual(t, first, a.Next(50, emulator.LowerAlphanumeric))
	require.NotEqual(t, first, emulator.NewTokens(2).Next(50, emulator.LowerAlphanumeric))
}

func TestSameKey(t *testing.T) {
	require.True(t, emulator.SameKey("k", "k"))
	require.False(t, emulator.SameKey("k", "K"))
	require.False(t, emulator.SameKey("", ""))
	require.False(t, emulator.SameKey("", "k"))
	require.False(t, emulator.SameKey("k", ""))
}

func TestClock(t *testing.T) {
	at := time.Date(2025, 3, 4, 8, 15, 0, 0, time.UTC)
	require.Equal(t, at, emulator.Clock(func() time.Time { return at }).Now())
	require.WithinDuration(t, time.Now(), emulator.Clock(nil).Now(), time.Minute)
}
