package hestia_test

import (
	"context"
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/hestia/hestiatest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

// world returns a panel with what the codes need: a user with a website, a cron job and a database.
func world(t *testing.T) (*hestiatest.Server, *hestia.Client) {
	t.Helper()
	srv := newServer(t)
	client := providerOn(t, srv, rootKey(srv)).Client()
	ctx := t.Context()
	for _, args := range [][]string{
		{"v-add-user", "alice", "Secret+Passw0rd", "alice@example.com"},
		{"v-add-web-domain", "alice", "shop.example.com"},
		{"v-add-cron-job", "alice", "1", "2", "*", "*", "*", "true", "1"},
		{"v-add-database", "alice", "shop", "shop", "Secret+Passw0rd"},
	} {
		_, err := client.Run(ctx, args[0], args[1:]...)
		require.NoError(t, err, args)
	}
	return srv, client
}

// TestEveryCode provokes every return code in the emulator, by injection if there is no recording
// of it, and checks that each matches its portable error.
func TestEveryCode(t *testing.T) {
	run := func(command string, args ...string) func(*hestiatest.Server, *hestia.Client) error {
		return func(_ *hestiatest.Server, client *hestia.Client) error {
			_, err := client.Run(t.Context(), command, args...)
			return err
		}
	}
	twice := func(command string, args ...string) func(*hestiatest.Server, *hestia.Client) error {
		return func(srv *hestiatest.Server, client *hestia.Client) error {
			if err := run(command, args...)(srv, client); err != nil {
				return err
			}
			return run(command, args...)(srv, client)
		}
	}
	inject := func(code string, status int) func(*hestiatest.Server, *hestia.Client) error {
		return func(srv *hestiatest.Server, _ *hestia.Client) error {
			client, err := hestia.New(srv.URL, rootKey(srv), provider.WithHTTPClient(&http.Client{Transport: answerWith(status, code, "Error: injected")}))
			require.NoError(t, err)
			return client.Users.Add(t.Context(), "bob", provider.NewSecret("Secret+Passw0rd"), "bob@example.com", nil)
		}
	}
	for _, test := range []struct {
		code hestia.ExitCode
		want error
		do   func(*hestiatest.Server, *hestia.Client) error
	}{
		{hestia.ExitArgs, provider.ErrInvalid, run("v-add-user", "bob")},
		{hestia.ExitInvalid, provider.ErrInvalid, run("v-add-user", "bob", "Secret+Passw0rd", "not-an-address")},
		{hestia.ExitNotExist, provider.ErrNotFound, run("v-list-user", "nobody", "json")},
		{hestia.ExitExists, provider.ErrAlreadyExists, run("v-add-user", "alice", "Secret+Passw0rd", "alice@example.com")},
		{hestia.ExitSuspended, provider.ErrConflict, twice("v-suspend-user", "alice")},
		{hestia.ExitUnsuspended, provider.ErrConflict, run("v-unsuspend-cron-job", "alice", "1")},
		{hestia.ExitInUse, provider.ErrInUse, run("v-delete-database-host", "mysql", "localhost")},
		{hestia.ExitLimit, provider.ErrQuota, func(srv *hestiatest.Server, client *hestia.Client) error {
			if err := run("v-change-user-package", "alice", "system", "yes")(srv, client); err != nil {
				return err
			}
			return run("v-add-web-domain", "alice", "second.example.com")(srv, client)
		}},
		{hestia.ExitPassword, provider.ErrUnauthorized, run("v-check-user-password", "alice", "wrong+Passw0rd")},
		{hestia.ExitForbidden, provider.ErrForbidden, func(srv *hestiatest.Server, _ *hestia.Client) error {
			id, secret := srv.AddAccessKey(srv.AdminUser, "billing")
			_, err := providerOn(t, srv, hestia.AccessKey(id, provider.NewSecret(secret))).Plans(t.Context())
			return err
		}},
		{hestia.ExitForbidden, provider.ErrIPNotAllowed, func(srv *hestiatest.Server, client *hestia.Client) error {
			srv.SetConfig("API_ALLOWED_IP", "")
			return run("v-list-users", "json")(srv, client)
		}},
		{hestia.ExitDisabled, provider.ErrUnsupported, run("v-add-firewall-rule", "ACCEPT", "0.0.0.0/0", "22")},
		{hestia.ExitParsing, nil, run("v-add-user-ssh-key", "alice", "nonsense")},
		{hestia.ExitConnect, provider.ErrUnavailable, run("v-add-database-host", "mysql", "127.0.0.9", "root", "Secret+Passw0rd")},
		{hestia.ExitRestart, provider.ErrOutcomeUnknown, func(srv *hestiatest.Server, client *hestia.Client) error {
			srv.BreakWebServer(true)
			return run("v-add-web-domain", "alice", "second.example.com")(srv, client)
		}},
		{hestia.ExitAPIDisabled, provider.ErrForbidden, func(srv *hestiatest.Server, _ *hestia.Client) error {
			id, secret := srv.AddAccessKey("alice", "mail-accounts")
			srv.SetConfig("API_SYSTEM", "1")
			client := providerOn(t, srv, hestia.AccessKey(id, provider.NewSecret(secret))).Client()
			_, err := client.Run(t.Context(), "v-list-mail-domains", "alice", "json")
			return err
		}},
		{hestia.ExitDisk, provider.ErrOutcomeUnknown, inject("13", 400)},
		{hestia.ExitLoad, provider.ErrUnavailable, inject("14", 400)},
		{hestia.ExitFTP, provider.ErrOutcomeUnknown, inject("16", 400)},
		{hestia.ExitDB, provider.ErrOutcomeUnknown, inject("17", 400)},
		{hestia.ExitRRD, provider.ErrOutcomeUnknown, inject("18", 400)},
		{hestia.ExitUpdate, provider.ErrOutcomeUnknown, inject("19", 400)},
		{hestia.ExitNotStarted, provider.ErrInvalid, inject("-1", 204)},
	} {
		t.Run(strconv.Itoa(int(test.code)), func(t *testing.T) {
			srv, client := world(t)
			err := test.do(srv, client)
			require.ErrorIs(t, err, test.code)
			if test.want != nil {
				require.ErrorIs(t, err, test.want)
			}
			var e *provider.Error
			require.ErrorAs(t, err, &e)
			require.Contains(t, err.Error(), strconv.Itoa(int(test.code)))
		})
	}
	srv, client := world(t)
	require.NoError(t, client.Users.ChangePassword(t.Context(), "alice", provider.NewSecret("An0ther+Secret")), "0")
	require.NotNil(t, srv)
}

// answerWith returns a panel that always gives the same answer.
func answerWith(status int, code, body string) http.RoundTripper {
	in := new(faults.Injector)
	return in.Transport(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=UTF-8")
		if code != "" {
			w.Header().Set("Hestia-Exit-Code", code)
		}
		w.WriteHeader(status)
		if status != http.StatusNoContent {
			_, _ = w.Write([]byte(body))
		}
	}))
}

// TestOddAnswers checks answers that only Hestia gives.
func TestOddAnswers(t *testing.T) {
	for _, test := range []struct {
		name, code, body string
		status           int
		want             error
	}{
		{"done, with an error text of something else", "0", "Error: WEB_SYSTEM is not enabled", 200, nil},
		{"stored, not taken up, without a word", "20", "", 400, provider.ErrOutcomeUnknown},
		{"not started", "-1", "", 204, provider.ErrInvalid},
		{"a part of a list, then an error", "2", "{\n  \"alice\": {\n\"NAME\": \"A\"Error: invalid conf", 422, provider.ErrInvalid},
		{"switched off", "", "Error: Disabled", 200, provider.ErrUnsupported},
		{"a page of the web server", "", "<html>502</html>", 502, provider.ErrOutcomeUnknown},
	} {
		client, err := hestia.New("https://panel.example.com:8083", hestia.AccessKey("ACCESSKEYADMIN000000", provider.NewSecret("placeholderplaceholderplaceholder0000000")),
			provider.WithHTTPClient(&http.Client{Transport: answerWith(test.status, test.code, test.body)}))
		require.NoError(t, err)
		err = client.Users.ChangePassword(t.Context(), "alice", provider.NewSecret("Secret+Passw0rd"))
		if test.want == nil {
			require.NoError(t, err, test.name)
			continue
		}
		require.ErrorIs(t, err, test.want, test.name)
	}
}

// TestSlowPastTheDeadline: a command that has timed out keeps running. Its outcome is unknown, and
// the adapter does not look once the caller's deadline has passed.
func TestSlowPastTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := newServer(t)
		p := providerOn(t, srv, rootKey(srv))
		_, err := p.Create(t.Context(), orderOf(1))
		require.NoError(t, err)
		srv.Faults.When(func(r *http.Request) bool { return r.FormValue("cmd") == "v-delete-user" }, 1,
			faults.Fault{Kind: faults.Delay, Delay: time.Hour, After: true})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		srv.Faults.Forget()
		_, err = p.Terminate(ctx, "customer1")
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, 2, srv.Faults.Count(), "it was read and deleted, and not read again")

		_, err = p.Terminate(t.Context(), "customer1")
		require.ErrorIs(t, err, provider.ErrNotFound, "it was deleted after all")
	})
}

// TestAlreadySuspendedIsNoAuthorisationError: the panel answers 401 to both.
func TestAlreadySuspendedIsNoAuthorisationError(t *testing.T) {
	srv := newServer(t)
	p := providerOn(t, srv, rootKey(srv))
	_, err := p.Create(t.Context(), orderOf(1))
	require.NoError(t, err)
	// Another client suspends it between our read and our command.
	srv.Faults.When(func(r *http.Request) bool { return r.FormValue("cmd") == "v-suspend-user" }, 1, faults.Fault{Kind: faults.Drop, After: true})
	outcome, err := p.Suspend(t.Context(), "customer1")
	require.NoError(t, err)
	require.Equal(t, provider.OutcomeChanged, outcome)
	outcome, err = p.Suspend(t.Context(), "customer1")
	require.NoError(t, err)
	require.Equal(t, provider.OutcomeAlready, outcome)
	err = p.Client().Users.Suspend(t.Context(), "customer1", nil)
	require.ErrorIs(t, err, hestia.ExitSuspended)
	require.NotErrorIs(t, err, provider.ErrUnauthorized)
	require.NotErrorIs(t, err, provider.ErrForbidden)
}
