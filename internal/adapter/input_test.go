package adapter_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

func fieldsOf(t *testing.T, err error) map[string]string {
	t.Helper()
	var e *provider.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, "panel", e.Provider)
	return e.Fields
}

func TestAccountNumber(t *testing.T) {
	n, err := adapter.AccountNumber("panel", "42", "client ID", "get account")
	require.NoError(t, err)
	require.EqualValues(t, 42, n)
	for _, id := range []string{"0", "-1", "+1", "007", "1.0", " 1", "9223372036854775808", "../1", "a"} {
		n, err := adapter.AccountNumber("panel", id, "client ID", "get account")
		require.Zero(t, n)
		require.ErrorIs(t, err, provider.ErrInvalid)
		require.Contains(t, fieldsOf(t, err)["id"], `"`+id+`" is not a client ID`)
	}
	_, err = adapter.AccountNumber("panel", "", "client ID", "get account")
	require.Equal(t, "required", fieldsOf(t, err)["id"])
}

func TestCheckReference(t *testing.T) {
	require.NoError(t, adapter.CheckReference("panel", "order-1042", "adopt account 1"))
	require.Contains(t, fieldsOf(t, adapter.CheckReference("panel", "a]b", "adopt account 1")), "reference")
}

func TestTakenAndBothMatch(t *testing.T) {
	err := adapter.Taken("panel", "adopt account 1", "client 1", "order-7")
	require.ErrorIs(t, err, provider.ErrAlreadyExists)
	require.EqualError(t, err, `panel: adopt account 1: client 1 belongs to the reference "order-7"`)
	err = adapter.BothMatch("panel", "find account", "clients", 1, "b")
	require.ErrorIs(t, err, provider.ErrConflict)
	require.EqualError(t, err, "panel: find account: clients 1 and b both match")
}

func TestCheckQuery(t *testing.T) {
	const without = "clients have no domain"
	for _, test := range []struct {
		query   provider.Query
		without string
		action  string
		want    error
	}{
		{provider.Query{}, "", "find account", provider.ErrInvalid},
		{provider.Query{}, without, "find account", provider.ErrInvalid},
		{provider.Query{Domain: "a.example"}, "", `find account domain "a.example"`, nil},
		{provider.Query{Domain: "a.example"}, without, `find account domain "a.example"`, provider.ErrUnsupported},
		{provider.Query{Username: "u", Email: "a@b.example"}, without, `find account user "u", e-mail "a@b.example"`, provider.ErrUnsupported},
		{provider.Query{Username: "u"}, without, `find account user "u"`, nil},
	} {
		action, err := adapter.CheckQuery("panel", test.query, test.without)
		require.Equal(t, test.action, action)
		require.ErrorIs(t, err, test.want)
		require.Equal(t, test.want == nil, err == nil)
	}
}

func TestPageSize(t *testing.T) {
	size, err := adapter.PageSize("panel", nil)
	require.NoError(t, err)
	require.Zero(t, size)
	size, err = adapter.PageSize("panel", &provider.ListOptions{PageSize: 5})
	require.NoError(t, err)
	require.Equal(t, 5, size)
	_, err = adapter.PageSize("panel", &provider.ListOptions{PageSize: -1})
	require.Contains(t, fieldsOf(t, err), "PageSize")
}

func TestCheckSignOn(t *testing.T) {
	offered := []provider.SignOnKind{provider.SignOnPlain, provider.SignOnReset}
	require.NoError(t, adapter.CheckSignOn("panel", "sign on", "", offered...))
	require.NoError(t, adapter.CheckSignOn("panel", "sign on", provider.SignOnReset, offered...))
	err := adapter.CheckSignOn("panel", "sign on", provider.SignOnSession, offered...)
	require.Equal(t, `"session" is not offered here, only "`+string(provider.SignOnPlain)+`" and "`+string(provider.SignOnReset)+`"`, fieldsOf(t, err)["Kind"])
}

func TestUnproven(t *testing.T) {
	const why = "nothing else is either"
	limited := &provider.Error{Kind: provider.ErrRateLimited, StatusCode: 429, RetryAfter: 5, Message: "slow down"}
	missing := &provider.Error{Kind: provider.ErrNotFound, StatusCode: 404, Message: "no such list"}
	for name, test := range map[string]struct {
		cause   error
		kind    error
		status  int
		message string
	}{
		"nothing failed":  {nil, provider.ErrForbidden, 0, "the client is not found, but " + why},
		"looking failed":  {limited, provider.ErrRateLimited, 429, "the client is not found, and proving that it is gone failed: slow down"},
		"not found":       {missing, provider.ErrForbidden, 404, "the client is not found, and proving that it is gone failed: no such list"},
		"something other": {errStuck, provider.ErrForbidden, 0, "the client is not found, but " + why},
	} {
		t.Run(name, func(t *testing.T) {
			err := adapter.Unproven("panel", "client", why, test.cause)
			var e *provider.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, test.kind, e.Kind)
			require.Equal(t, test.status, e.StatusCode)
			require.Equal(t, test.message, e.Message)
			require.NotErrorIs(t, err, provider.ErrNotFound)
			require.Equal(t, test.cause != nil && name != "not found", errors.Is(err, test.cause) && test.cause != nil)
		})
	}
}
