package adapter_test

import (
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
