package clienttest

import (
	"context"
	"iter"
	"testing"

	"github.com/stretchr/testify/require"
)

// Equal replays an exchange through a method and compares its result by value.
func Equal[C, T any](want T, call func(context.Context, *C) (T, error)) func(*testing.T, *C) {
	return func(t *testing.T, c *C) {
		t.Helper()
		got, err := call(t.Context(), c)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

// Listed is Equal for a list.
func Listed[C, T any](want []*T, call func(context.Context, *C) iter.Seq2[*T, error]) func(*testing.T, *C) {
	return func(t *testing.T, c *C) {
		t.Helper()
		var got []*T
		for element, err := range call(t.Context(), c) {
			require.NoError(t, err)
			got = append(got, element)
		}
		require.Equal(t, want, got)
	}
}

// Decoded is Equal for an undocumented answer.
func Decoded[C any, P interface{ Decode(any) error }](want map[string]any, call func(context.Context, *C) (P, error)) func(*testing.T, *C) {
	return func(t *testing.T, c *C) {
		t.Helper()
		got, err := call(t.Context(), c)
		require.NoError(t, err)
		var value map[string]any
		require.NoError(t, got.Decode(&value))
		require.Equal(t, want, value)
	}
}

// Succeeds replays an exchange through a method that returns only an error.
func Succeeds[C any](call func(context.Context, *C) error) func(*testing.T, *C) {
	return func(t *testing.T, c *C) {
		t.Helper()
		require.NoError(t, call(t.Context(), c))
	}
}
