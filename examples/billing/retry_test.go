package main

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
)

func TestBackoff(t *testing.T) {
	b := backoff{First: time.Second, Longest: 10 * time.Second, Attempts: 5}
	for attempts, want := range map[int]time.Duration{1: time.Second, 2: 2 * time.Second, 4: 8 * time.Second, 5: 10 * time.Second, 1000: 10 * time.Second} {
		for range 20 {
			wait := b.after(attempts, errors.New("x"))
			require.LessOrEqual(t, wait, want)
			require.GreaterOrEqual(t, wait, want*3/4)
		}
	}
	require.Equal(t, time.Minute, b.after(1, &provider.Error{Kind: provider.ErrRateLimited, RetryAfter: time.Minute}))
}

func TestHopeless(t *testing.T) {
	for _, kind := range []error{provider.ErrInvalid, provider.ErrAlreadyExists, provider.ErrNotFound, provider.ErrUnsupported} {
		require.True(t, hopeless(&provider.Error{Kind: kind}), kind)
		require.False(t, hopeless(&provider.Error{Kind: kind, MaybeExecuted: true}), kind)
	}
	for _, kind := range []error{provider.ErrUnauthorized, provider.ErrQuota, provider.ErrRateLimited, provider.ErrUnavailable, provider.ErrConflict, context.DeadlineExceeded} {
		require.False(t, hopeless(&provider.Error{Kind: kind}), kind)
	}
}
