package provider_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
)

// codes are promised: they stand in tables of callers.
var codes = []struct {
	err   error
	code  string
	after time.Duration
	again bool
}{
	{provider.ErrInvalid, "invalid", 0, false},
	{provider.ErrUnauthorized, "unauthorized", 15 * time.Minute, true},
	{provider.ErrForbidden, "forbidden", 15 * time.Minute, true},
	{provider.ErrIPNotAllowed, "ip_not_allowed", 15 * time.Minute, true},
	{provider.ErrNotFound, "not_found", 0, false},
	{provider.ErrAlreadyExists, "already_exists", 0, false},
	{provider.ErrConflict, "conflict", 5 * time.Minute, true},
	{provider.ErrInUse, "in_use", 5 * time.Minute, true},
	{provider.ErrQuota, "quota", 15 * time.Minute, true},
	{provider.ErrRateLimited, "rate_limited", 0, true},
	{provider.ErrUnavailable, "unavailable", 0, true},
	{provider.ErrOutcomeUnknown, "outcome_unknown", 0, true},
	{provider.ErrUnsupported, "unsupported", 0, false},
	{provider.ErrProtocol, "protocol", 0, true},
	{context.Canceled, "canceled", 0, true},
	{context.DeadlineExceeded, "deadline_exceeded", 0, true},
}

func TestCodeAndRetryable(t *testing.T) {
	for _, test := range codes {
		for _, err := range []error{test.err, fmt.Errorf("wrapped: %w", test.err), &provider.Error{Kind: test.err}, &provider.Error{Err: test.err}} {
			require.Equal(t, test.code, provider.Code(err))
			after, again := provider.Retryable(err)
			require.Equal(t, test.again, again, test.code)
			require.Equal(t, test.after, after, test.code)
		}
		require.Equal(t, test.err, provider.FromCode(test.code))
		kind := provider.ServerKind(&provider.Error{Kind: test.err, MaybeExecuted: true})
		switch test.code {
		case "unauthorized", "ip_not_allowed", "rate_limited", "unavailable":
			require.Equal(t, test.err, kind)
		default:
			require.NoError(t, kind)
		}

		after, again := provider.Retryable(&provider.Error{Kind: test.err, RetryAfter: time.Hour})
		require.Equal(t, test.again, again)
		require.Equal(t, test.again, after == time.Hour, "the server asked for an hour")
		_, again = provider.Retryable(&provider.Error{Kind: test.err, Undecided: &provider.LedgerKey{Account: "a"}})
		require.False(t, again, "a person decides")
		after, again = provider.Retryable(&provider.Error{Kind: test.err, MaybeExecuted: true})
		require.True(t, again)
		require.Zero(t, after, "%s: the next call finds out, at once", test.code)
		require.Equal(t, "outcome_unknown", provider.Code(&provider.Error{Kind: test.err, MaybeExecuted: true}))
	}
	for _, err := range []error{nil, errors.New("x"), &provider.Error{}} {
		require.NoError(t, provider.ServerKind(err))
		after, again := provider.Retryable(err)
		require.False(t, again)
		require.Zero(t, after)
	}
	require.Empty(t, provider.Code(nil))
	require.Equal(t, "other", provider.Code(errors.New("x")))
	require.NoError(t, provider.FromCode(""))
	require.NoError(t, provider.FromCode("other"))
}

// An error that was stored as JSON is the same to its reader.
func TestErrorSurvivesJSON(t *testing.T) {
	for _, test := range codes {
		for _, before := range []*provider.Error{
			{Provider: "keyhelp", Op: "Clients.Get", Action: `get client "x"`, Kind: test.err, StatusCode: 400, Code: "c1", Message: "no",
				Fields: map[string]string{"email": "is bad"}, RetryAfter: time.Second, RequestID: "r1"},
			{Kind: provider.ErrUnavailable, Err: fmt.Errorf("dial: %w", test.err)},
			{Kind: test.err, MaybeExecuted: true, Err: &net.DNSError{Err: "no such host", Name: "web1"}},
			{Kind: test.err, Undecided: &provider.LedgerKey{Account: "shop", Verb: "create", Subject: "order-1"}},
		} {
			text, err := json.Marshal(before)
			require.NoError(t, err)
			var after provider.Error
			require.NoError(t, json.Unmarshal(text, &after), "%s", text)
			require.Equal(t, before.Error(), after.Error())
			for _, of := range codes {
				require.Equal(t, errors.Is(before, of.err), errors.Is(&after, of.err), "%s: %s", text, of.code)
			}
			require.Equal(t, provider.Code(before), provider.Code(&after))
			wait, again := provider.Retryable(before)
			waitAfter, againAfter := provider.Retryable(&after)
			require.Equal(t, wait, waitAfter)
			require.Equal(t, again, againAfter)
			twice, err := json.Marshal(after)
			require.NoError(t, err)
			require.JSONEq(t, string(text), string(twice))
		}
	}
	require.Error(t, new(provider.Error).UnmarshalJSON([]byte(`[]`)))
}
