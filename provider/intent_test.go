package provider_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/providertest"
)

func intent(status provider.Status) *provider.Intent {
	return &provider.Intent{
		Server: "web1", Reference: "order-1", Status: status, Sequence: 7,
		Order: &provider.Order{
			Username: "example_com", Email: "max@example.com", Domain: "example.com", Plan: "small", PasswordName: "vault/order-1",
		},
	}
}

// vault knows one password, and counts who asks.
type vault struct{ asked []string }

func (v *vault) Secret(_ context.Context, name string) (provider.Secret, error) {
	v.asked = append(v.asked, name)
	if name != "vault/order-1" {
		return provider.Secret{}, errors.New("no such secret")
	}
	return provider.NewSecret("pass-word-1"), nil
}

// An intent that was stored as JSON makes, suspends and ends the account, with its secret fetched on the way.
func TestIntent(t *testing.T) {
	m := providertest.NewMemory(nil)
	secrets := &vault{}
	ensure := func(i *provider.Intent) (*provider.EnsureResult, error) {
		text, err := json.Marshal(i)
		require.NoError(t, err)
		require.NotContains(t, string(text), "pass-word-1")
		var stored provider.Intent
		require.NoError(t, json.Unmarshal(text, &stored))
		require.Equal(t, i, &stored)
		return stored.Ensure(t.Context(), m, secrets)
	}
	done, err := ensure(intent(provider.StatusActive))
	require.NoError(t, err)
	require.Equal(t, provider.OutcomeChanged, done.Outcome())
	require.Equal(t, "pass-word-1", m.Accounts()[0].Password)
	require.Equal(t, "order-1", m.Accounts()[0].Reference)
	require.Equal(t, []string{"vault/order-1"}, secrets.asked)

	done, err = ensure(&provider.Intent{Reference: "order-1", Status: provider.StatusSuspended}) // found by its reference
	require.NoError(t, err)
	require.Equal(t, provider.OutcomeChanged, done.Outcome())
	require.True(t, m.Accounts()[0].Suspended)

	_, err = ensure(&provider.Intent{Reference: "order-2", ID: done.Account.ID, Status: provider.StatusAbsent})
	require.ErrorIs(t, err, provider.ErrAlreadyExists, "the account of another order")
	require.Len(t, m.Accounts(), 1)

	secrets.asked = nil
	_, err = ensure(intent(provider.StatusAbsent))
	require.NoError(t, err)
	require.Empty(t, m.Accounts())
	require.Empty(t, secrets.asked, "nobody needs the password to end an account")

	done, err = ensure(&provider.Intent{Reference: "order-1", Status: provider.StatusAbsent})
	require.NoError(t, err, "it is gone already")
	require.Equal(t, provider.OutcomeAlready, done.Outcome())
	_, err = ensure(&provider.Intent{Reference: "order-1", Status: provider.StatusSuspended})
	require.ErrorIs(t, err, provider.ErrNotFound)
}

func TestIntentIsChecked(t *testing.T) {
	m := providertest.NewMemory(nil)
	bad := intent("paid")
	bad.Reference, bad.Order.Email, bad.Order.Username = "", "nobody", ""
	for _, err := range []error{bad.Validate(), func() error { _, err := bad.Ensure(t.Context(), m, nil); return err }()} {
		require.ErrorIs(t, err, provider.ErrInvalid)
		for _, field := range []string{"reference: ", "status: ", "order.email: ", "order.username: "} {
			require.ErrorContains(t, err, field)
		}
	}
	_, err := intent(provider.StatusActive).Ensure(t.Context(), m, nil)
	require.ErrorIs(t, err, provider.ErrInvalid)
	require.ErrorContains(t, err, "ensure order-1: there is no SecretSource: order.password_name: names a secret")

	lost := intent(provider.StatusActive)
	lost.Order.SecretNames = map[string]string{"ssh_key": "vault/other"}
	_, err = lost.Ensure(t.Context(), m, &vault{})
	require.ErrorIs(t, err, provider.ErrUnavailable)
	require.ErrorContains(t, err, "its secret could not be read: order.secret_names.ssh_key")
	_, err = lost.Ensure(t.Context(), m, provider.SecretSourceFunc(func(context.Context, string) (provider.Secret, error) {
		return provider.Secret{}, provider.ErrNotFound
	}))
	require.ErrorIs(t, err, provider.ErrNotFound)
	require.Zero(t, m.Faults().Count(), "nothing was sent")
}

// What an attempt came to, by value, and the same again after a trip through JSON.
func TestIntentReport(t *testing.T) {
	ours, theirs := &provider.Account{ID: "7", Reference: "order-1"}, &provider.Account{ID: "8", Reference: "order-2"}
	suspended := provider.Change{Verb: provider.CapSuspend, From: "active", To: "suspended", Outcome: provider.OutcomeChanged}
	pending := provider.Change{Verb: provider.CapCreate, From: "absent", To: "active", Outcome: provider.OutcomePending}
	ledgerKey := &provider.LedgerKey{Account: "shop", Verb: "create", Subject: "order-1"}
	for name, test := range map[string]struct {
		status provider.Status
		done   *provider.EnsureResult
		err    error
		want   provider.IntentReport
	}{
		"done":    {provider.StatusSuspended, &provider.EnsureResult{Account: ours, Changes: []provider.Change{suspended}}, nil, provider.IntentReport{State: provider.IntentDone, AccountID: "7", Changes: []string{"suspend: active -> suspended"}}},
		"gone":    {provider.StatusAbsent, &provider.EnsureResult{}, nil, provider.IntentReport{State: provider.IntentDone}},
		"pending": {provider.StatusActive, &provider.EnsureResult{Changes: []provider.Change{pending}}, nil, provider.IntentReport{State: provider.IntentPending, AccountID: "1", Changes: []string{"create: absent -> active"}}},
		"waits":   {provider.StatusActive, &provider.EnsureResult{Account: ours}, &provider.Error{Kind: provider.ErrQuota}, provider.IntentReport{State: provider.IntentWaiting, After: 15 * time.Minute, AccountID: "7", Code: "quota"}},
		"hour":    {provider.StatusActive, nil, &provider.Error{Kind: provider.ErrRateLimited, RetryAfter: 365 * 24 * time.Hour}, provider.IntentReport{State: provider.IntentWaiting, After: time.Hour, AccountID: "1", Code: "rate_limited"}},
		"strange": {provider.StatusActive, nil, errors.New("x"), provider.IntentReport{State: provider.IntentWaiting, AccountID: "1", Code: "other"}},
		"refused": {provider.StatusActive, &provider.EnsureResult{Account: theirs}, fmt.Errorf("web1: %w", provider.ErrAlreadyExists), provider.IntentReport{State: provider.IntentRefused, AccountID: "1", Code: "already_exists"}},
		"person":  {provider.StatusActive, nil, fmt.Errorf("web1: %w", &provider.Error{Kind: provider.ErrConflict, Undecided: ledgerKey}), provider.IntentReport{State: provider.IntentPerson, AccountID: "1", Code: "conflict"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := (&provider.Intent{Reference: "order-1", ID: "1", Status: test.status}).Report(test.done, test.err)
			text, err := json.Marshal(got)
			require.NoError(t, err)
			var stored provider.IntentReport
			require.NoError(t, json.Unmarshal(text, &stored))
			if test.err != nil {
				require.ErrorIs(t, got.Err, test.err)
				require.ErrorContains(t, stored.Err, test.err.Error())
				require.Equal(t, provider.Code(test.err), provider.Code(stored.Err))
				if name == "person" {
					require.Equal(t, ledgerKey, stored.Err.Undecided)
				}
			}
			got.Err, stored.Err = nil, nil
			require.Equal(t, &test.want, got)
			require.Equal(t, test.want, stored)
		})
	}
}
