package provider_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
)

var sentinels = []error{
	provider.ErrInvalid, provider.ErrUnauthorized, provider.ErrForbidden, provider.ErrIPNotAllowed, provider.ErrNotFound,
	provider.ErrAlreadyExists, provider.ErrConflict, provider.ErrInUse, provider.ErrQuota, provider.ErrRateLimited,
	provider.ErrUnavailable, provider.ErrOutcomeUnknown, provider.ErrUnsupported, provider.ErrProtocol,
}

type vendorError struct{ number int }

func (e *vendorError) Error() string { return fmt.Sprintf("vendor says %d", e.number) }

func TestErrorText(t *testing.T) {
	for want, e := range map[string]provider.Error{
		`failed`:       {},
		`not found`:    {Kind: provider.ErrNotFound},
		`keyhelp: EOF`: {Provider: "keyhelp", Err: io.EOF},
		`keyhelp: Clients.Get: not found (HTTP 404)`: {
			Provider: "keyhelp", Op: "Clients.Get", Kind: provider.ErrNotFound, StatusCode: 404,
		},
		`keyhelp: create client "x": the name is taken (HTTP 409, code E12, request r-1)`: {
			Provider: "keyhelp", Op: "Clients.Create", Action: `create client "x"`, Kind: provider.ErrAlreadyExists,
			Message: "the name is taken", StatusCode: 409, Code: "E12", RequestID: "r-1", Err: io.EOF,
		},
		`slow down (HTTP 429, retry after 1m30s)`: {
			Message: "slow down", StatusCode: 429, Code: "429 too many", RetryAfter: 90 * time.Second,
		},
		`email: bad; name: required`: {Kind: provider.ErrInvalid, Fields: map[string]string{"name": "required", "email": "bad"}},
		`no: name: required`:         {Message: "no", Fields: map[string]string{"name": "required"}},
		`gone (HTTP 502); the change may have been applied`: {
			Message: "gone", StatusCode: 502, MaybeExecuted: true,
		},
	} {
		require.Equal(t, want, e.Error())
	}
}

func TestErrorMatchesKindAndCause(t *testing.T) {
	for _, kind := range sentinels {
		cause := &vendorError{42}
		err := fmt.Errorf("outer: %w", &provider.Error{Kind: kind, Message: "m", Err: cause})
		for _, other := range sentinels {
			require.Equal(t, errors.Is(kind, other), errors.Is(err, other), "%v is %v", kind, other)
		}
		require.ErrorIs(t, err, cause)
		var vendor *vendorError
		require.ErrorAs(t, err, &vendor)
		require.Equal(t, 42, vendor.number)
		var e *provider.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, "m", e.Message)
	}
}

func TestErrorOfTwoKinds(t *testing.T) {
	err := error(&provider.Error{Kind: provider.ErrRateLimited, MaybeExecuted: true, Err: context.DeadlineExceeded})
	require.ErrorIs(t, err, provider.ErrRateLimited)
	require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
	require.ErrorIs(t, err, context.DeadlineExceeded)

	err = &provider.Error{Kind: provider.ErrOutcomeUnknown, MaybeExecuted: true}
	require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
	require.Len(t, err.(interface{ Unwrap() []error }).Unwrap(), 1)

	err = &provider.Error{Err: context.Canceled}
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, provider.ErrOutcomeUnknown)
}

func TestErrorInLogs(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	log.Info("x", "err", &provider.Error{
		Provider: "keyhelp", Op: "Clients.Get", Kind: provider.ErrConflict, StatusCode: 409, Code: "c1", RequestID: "r1",
		Message: "m", MaybeExecuted: true, Err: &vendorError{7}, Undecided: &provider.LedgerKey{Account: "shop", Verb: "renew", Subject: "7"},
	})
	for _, want := range []string{
		"err.provider=keyhelp", "err.op=Clients.Get", "err.kind=conflict", "err.status=409", "err.code=c1", "err.request_id=r1", "err.maybe_executed=true",
		`err.undecided="renew \"7\" of \"shop\""`,
	} {
		require.Contains(t, out.String(), want)
	}
	out.Reset()
	log.Info("x", "err", &provider.Error{})
	for _, not := range []string{"status", "code", "kind", "request_id", "maybe", "undecided"} {
		require.NotContains(t, out.String(), not)
	}
}

func TestErrorHoldsNoSecret(t *testing.T) {
	err := &provider.Error{Message: fmt.Sprintf("password %v refused", provider.NewSecret(hush)), Fields: map[string]string{
		"password": provider.PasswordPolicy{MinLength: 99}.Problem(provider.NewSecret(hush)),
	}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%q"} {
		require.NotContains(t, fmt.Sprintf(verb, err), hush)
	}
}

// An error's JSON is as clean as its text, whoever filled its fields.
func TestErrorAsJSON(t *testing.T) {
	evil := "a\r\nb \x1b[31m\u202e" + strings.Repeat("long", 1000)
	fields := map[string]string{evil: evil}
	for i := range 100 {
		fields[fmt.Sprint(i)] = evil
	}
	text, err := json.Marshal(provider.Error{
		Provider: evil, Op: evil, Action: evil, Kind: errors.New(evil), Code: evil, Message: evil, Fields: fields, RequestID: evil,
		Err: &provider.Error{Message: evil, Fields: fields}, Undecided: &provider.LedgerKey{Account: "shop", Verb: "renew", Subject: "\u202e"},
	})
	require.NoError(t, err)
	require.Less(t, len(text), 16_000)
	require.NotRegexp(t, `\\r|\\n|\\u001b|\\u202e|\x{202e}`, string(text))

	text, err = json.Marshal(map[string]any{"err": &provider.Error{
		Provider: "keyhelp", Kind: provider.ErrConflict, StatusCode: 409, Message: "m", RetryAfter: time.Second, Err: &vendorError{7},
		Undecided: &provider.LedgerKey{Account: "shop", Verb: "renew", Subject: "7"},
	}, "none": (*provider.Error)(nil)})
	require.NoError(t, err)
	require.JSONEq(t, `{"err":{"Provider":"keyhelp","Kind":"conflict","StatusCode":409,"Message":"m","RetryAfter":1000000000,
		"Undecided":{"Account":"shop","Verb":"renew","Subject":"7"},"Err":"vendor says 7"},"none":null}`, string(text))
}
