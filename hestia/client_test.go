package hestia_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/hestia/hestiatest"
	"github.com/provkit/provkit/provider"
)

func TestSignIns(t *testing.T) {
	for name, test := range map[string]struct {
		auth   hestia.Auth
		fields map[string]string
		legacy bool
	}{
		"access key":      {hestia.AccessKey(keyID, provider.NewSecret(keySecret)), map[string]string{"access_key": keyID, "secret_key": keySecret}, false},
		"access key hash": {hestia.AccessKeyHash(provider.NewSecret(keyID + ":" + keySecret)), map[string]string{"hash": keyID + ":" + keySecret}, false},
		"API key":         {hestia.APIKey(provider.NewSecret(legacyKey)), map[string]string{"hash": legacyKey}, true},
		"password":        {hestia.Password("root", provider.NewSecret("Pa ss&wört")), map[string]string{"user": "root", "password": "Pa ss&wört"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			answer := done()
			if test.legacy {
				answer = legacy("0")
			}
			p := newPanel(answer)
			c := dial(t, p, test.auth)
			require.NoError(t, c.Users.ChangeContact(t.Context(), "alice", "alice@example.com"))
			want := map[string]string{"cmd": "v-change-user-contact", "arg1": "alice", "arg2": "alice@example.com"}
			maps.Copy(want, test.fields)
			if test.legacy {
				want["returncode"] = "yes"
			}
			got := make(map[string]string)
			for field := range p.sent() {
				got[field] = p.sent().Get(field)
			}
			assert.Equal(t, want, got)
			assert.Equal(t, []string{"POST /below/api/"}, p.paths)

			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
				shown := fmt.Sprintf(verb, test.auth) + fmt.Sprintf(verb, c)
				for _, secret := range []string{keySecret, legacyKey, "Pa ss&wört"} {
					assert.NotContains(t, shown, secret, verb)
				}
			}
		})
	}
}

func TestNewNamesWhatIsWrong(t *testing.T) {
	good := hestia.AccessKey(keyID, provider.NewSecret(keySecret))
	for name, test := range map[string]struct {
		base  string
		auth  hestia.Auth
		opts  []provider.Option
		field string
	}{
		"no URL":             {"", good, nil, "baseURL"},
		"plain http":         {"http://panel.example.com", good, nil, "baseURL"},
		"no sign-in":         {panelURL, hestia.Auth{}, nil, "auth"},
		"no key":             {panelURL, hestia.AccessKey("", provider.NewSecret(keySecret)), nil, "accessKey"},
		"short key":          {panelURL, hestia.AccessKey("ABC", provider.NewSecret(keySecret)), nil, "accessKey"},
		"key with a dash":    {panelURL, hestia.AccessKey("ACCESSKEY-ADMIN00000", provider.NewSecret(keySecret)), nil, "accessKey"},
		"no secret":          {panelURL, hestia.AccessKey(keyID, provider.Secret{}), nil, "secretKey"},
		"secret too long":    {panelURL, hestia.AccessKey(keyID, provider.NewSecret(keySecret+"x")), nil, "secretKey"},
		"no pair":            {panelURL, hestia.AccessKeyHash(provider.NewSecret(keyID)), nil, "accessKey"},
		"pair of wrong form": {panelURL, hestia.AccessKeyHash(provider.NewSecret("x:y")), nil, "accessKey"},
		"no API key":         {panelURL, hestia.APIKey(provider.Secret{}), nil, "apiKey"},
		"short API key":      {panelURL, hestia.APIKey(provider.NewSecret("short")), nil, "apiKey"},
		"pair as API key":    {panelURL, hestia.APIKey(provider.NewSecret(keyID + ":" + keySecret)), nil, "apiKey"},
		"API key with blank": {panelURL, hestia.APIKey(provider.NewSecret("SECRETHASH SECRETHASH")), nil, "apiKey"},
		"no user":            {panelURL, hestia.Password("", provider.NewSecret("x")), nil, "user"},
		"no password":        {panelURL, hestia.Password("admin", provider.Secret{}), nil, "password"},
		"trimmed password":   {panelURL, hestia.Password("admin", provider.NewSecret("x ")), nil, "password"},
		"slow timeout":       {panelURL, good, []provider.Option{hestia.WithSlowTimeout(0)}, "WithSlowTimeout"},
		"location":           {panelURL, good, []provider.Option{hestia.WithLocation(nil)}, "WithLocation"},
		"foreign option":     {panelURL, good, []provider.Option{provider.VendorOption("other", "WithX", 1)}, "other.WithX"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := hestia.New(test.base, test.auth, test.opts...)
			require.ErrorIs(t, err, provider.ErrInvalid)
			var e *provider.Error
			require.ErrorAs(t, err, &e)
			assert.Contains(t, e.Fields, test.field)
			assert.NotContains(t, err.Error(), keySecret)
		})
	}
	_, err := hestia.New("", hestia.APIKey(provider.Secret{}))
	var e *provider.Error
	require.ErrorAs(t, err, &e)
	assert.Len(t, e.Fields, 2, "all problems at once: %v", e.Fields)
}

func TestBaseURLAsPeopleCopyIt(t *testing.T) {
	for _, base := range []string{panelURL, panelURL + "/", panelURL + "/api", panelURL + "/api/", panelURL + "/api/index.php", " " + panelURL + "/api/ "} {
		p := newPanel(done())
		c, err := hestia.New(base, hestia.AccessKey(keyID, provider.NewSecret(keySecret)), httpClient(p))
		require.NoError(t, err)
		require.NoError(t, c.Users.Suspend(t.Context(), "alice", nil))
		assert.Equal(t, []string{"POST /below/api/"}, p.paths, base)
	}
}

// The panel does not lock its files, so changes are sent one after the other, and reads in
// parallel.
func TestOneChangeAtATime(t *testing.T) {
	var under, most, adds atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.PostFormValue("cmd") == "v-add-user" {
			n := under.Add(1)
			for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
			}
			adds.Add(1)
			defer under.Add(-1)
		}
		w.Header().Set("Hestia-Exit-Code", "0")
		w.WriteHeader(http.StatusNoContent)
	}))
	defer server.Close()
	c, err := hestia.New(server.URL, hestia.AccessKey(keyID, provider.NewSecret(keySecret)), provider.WithMaxConnections(20))
	require.NoError(t, err)
	var wait sync.WaitGroup
	for i := range 50 {
		wait.Go(func() {
			assert.NoError(t, c.Users.Add(t.Context(), fmt.Sprintf("user%d", i), provider.NewSecret("password"), "a@example.com", nil))
		})
	}
	wait.Wait()
	assert.EqualValues(t, 50, adds.Load(), "none is lost")
	assert.EqualValues(t, 1, most.Load(), "one at a time")
}

func TestWaitingForAnotherChangeEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		p := transport(func(req *http.Request) (*http.Response, error) {
			select {
			case <-release:
			case <-req.Context().Done():
				return nil, req.Context().Err()
			}
			return newPanel(done()).RoundTrip(req)
		})
		c := withKey(t, p)
		first := make(chan error, 1)
		go func() { first <- c.Users.ChangeShell(t.Context(), "alice", "bash") }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := c.Users.Add(ctx, "bob", provider.NewSecret("password"), "bob@example.com", nil)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.NotErrorIs(t, err, provider.ErrOutcomeUnknown, "it was not sent")
		close(release)
		require.NoError(t, <-first)
		require.NoError(t, c.Users.Add(t.Context(), "bob", provider.NewSecret("password"), "bob@example.com", nil), "the gate is free again")
	})
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// never answers.
var silent = transport(func(req *http.Request) (*http.Response, error) {
	<-req.Context().Done()
	return nil, req.Context().Err()
})

func TestSlowCommandsGetMoreTime(t *testing.T) {
	for name, test := range map[string]struct {
		opts []provider.Option
		want time.Duration
		run  func(context.Context, *hestia.Client) error
	}{
		"change": {nil, 600 * time.Second, func(ctx context.Context, c *hestia.Client) error { return c.Users.ChangeShell(ctx, "a", "sh") }},
		"FTP": {nil, 600 * time.Second, func(ctx context.Context, c *hestia.Client) error {
			return c.Web.AddDomainFTP(ctx, "a", "a.example", "files", provider.NewSecret("SECRET-1"), nil)
		}},
		"rename": {nil, 600 * time.Second, func(ctx context.Context, c *hestia.Client) error { return c.Packages.Rename(ctx, "a", "b", nil) }},
		"cron job": {nil, 600 * time.Second, func(ctx context.Context, c *hestia.Client) error {
			return c.Cron.AddJob(ctx, "a", &hestia.CronJobRequest{Minute: "1", Hour: "1", Day: "1", Month: "1", Weekday: "1", Command: "true"}, nil)
		}},
		"slow": {nil, 600 * time.Second, func(ctx context.Context, c *hestia.Client) error { return c.Users.Delete(ctx, "a", nil) }},
		"by name": {nil, 600 * time.Second, func(ctx context.Context, c *hestia.Client) error {
			_, err := c.Run(ctx, "v-delete-user", "a")
			return err
		}},
		"own":    {[]provider.Option{hestia.WithSlowTimeout(time.Hour)}, time.Hour, func(ctx context.Context, c *hestia.Client) error { return c.Users.Delete(ctx, "a", nil) }},
		"longer": {[]provider.Option{provider.WithTimeout(time.Hour)}, time.Hour, func(ctx context.Context, c *hestia.Client) error { return c.Users.Delete(ctx, "a", nil) }},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := withKey(t, silent, test.opts...)
				began := time.Now()
				err := test.run(t.Context(), c)
				require.ErrorIs(t, err, provider.ErrOutcomeUnknown, "a timed-out command keeps running")
				assert.Equal(t, test.want, time.Since(began))
			})
		})
	}
}

// A long list gets as much time, and is not asked for a second time while the panel still makes it. Other reads are.
func TestSlowListsAreAskedForOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		attempts := 0
		c := withKey(t, transport(func(req *http.Request) (*http.Response, error) {
			attempts++
			return silent(req)
		}))
		began := time.Now()
		_, err := collect(c.Users.List(t.Context()))
		require.ErrorIs(t, err, provider.ErrUnavailable)
		require.Equal(t, 600*time.Second, time.Since(began))
		require.Equal(t, 1, attempts)
		began = time.Now()
		_, err = c.Users.Get(t.Context(), "alice")
		require.ErrorIs(t, err, provider.ErrUnavailable)
		require.Equal(t, 120*time.Second, time.Since(began).Truncate(time.Second))
		require.Equal(t, 1+4, attempts)
	})
}

// A key that is not there although an attempt to delete it was lost may be another one than was meant.
func TestLostDeleteOfAKeyIsNotDone(t *testing.T) {
	lost := answer{err: errors.New("connection reset")}
	for name, run := range map[string]func(context.Context, *hestia.Client) error{
		"access key": func(ctx context.Context, c *hestia.Client) error {
			return c.Keys.DeleteAccessKey(ctx, "ACCESSKEYNEW00000000")
		},
		"API key": func(ctx context.Context, c *hestia.Client) error {
			return c.Keys.RevokeAPIKey(ctx, provider.NewSecret(legacyKey))
		},
	} {
		err := run(t.Context(), withKey(t, newPanel(lost, exit(3, http.StatusBadRequest, "Error: key doesn't exist"))))
		require.ErrorIs(t, err, provider.ErrNotFound, name)
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown, name)
		require.NoError(t, run(t.Context(), withKey(t, newPanel(lost, done()))), name)
	}
	require.NoError(t, withKey(t, newPanel(lost, exit(3, http.StatusBadRequest, "Error: cron job 7 doesn't exist"))).Cron.DeleteJob(t.Context(), "alice", 7, nil))
}

// What the emulator does not model was not done, and no client takes it for anything else.
func TestNotModelledIsRefused(t *testing.T) {
	srv := hestiatest.NewServer(hestiatest.InMemory())
	for name, client := range map[string]*hestia.Client{
		"access key":  dialServer(t, srv, hestia.AccessKey(srv.AccessKey, provider.NewSecret(srv.SecretKey))),
		"API key":     dialServer(t, srv, hestia.APIKey(provider.NewSecret(srv.APIKey))),
		"legacy text": dialServer(t, srv, hestia.APIKey(provider.NewSecret(srv.APIKey)), hestia.WithReturnCodes(false)),
	} {
		err := client.Users.AddComposer(t.Context(), srv.AdminUser, nil)
		require.ErrorIs(t, err, provider.ErrUnsupported, name)
		require.NotErrorIs(t, err, provider.ErrOutcomeUnknown, name)
		if name != "API key" { // which has the code only
			require.ErrorContains(t, err, "its effect is not modelled", name)
		}
	}
}

func dialServer(t *testing.T, srv *hestiatest.Server, auth hestia.Auth, opts ...provider.Option) *hestia.Client {
	t.Helper()
	c, err := hestia.New(srv.URL, auth, append(opts, provider.WithHTTPClient(srv.Client()))...)
	require.NoError(t, err)
	return c
}

// What the legacy engine answers where it tells no code: refusals that look like output, and errors of a command that is
// done all the same. The texts are recorded, or stand in the panel's scripts.
func TestLegacyVerdicts(t *testing.T) {
	for _, test := range []struct {
		command, printed string
		code             hestia.ExitCode
	}{
		{"v-run-cli-cmd", "Error: Error: Cli command not enabled", hestia.ExitForbidden},
		{"v-run-cli-cmd", "ls: cannot access 'x'" + strings.Repeat("\nmore", 2000) + "\nError: cmd exited with errors", hestia.ExitNotExist},
		{"v-run-cli-cmd", "Error: Cli command does not exist ll", hestia.ExitNotExist},
		{"v-run-cli-cmd", "index.html", hestia.ExitOK},
		{"v-change-sys-port", "Port is already used by Hestia, please set anotherone!", hestia.ExitInUse},
		{"v-change-sys-port", "Port should contains a numeric value only!", hestia.ExitInvalid},
		{"v-suspend-user", "Error: web alice.example.com is suspended", hestia.ExitOK},
		{"v-suspend-user", "Error: Connection to localhost failed\nError: Connection to localhost failed", hestia.ExitOK},
		{"v-suspend-user", "Error: user alice is suspended", hestia.ExitSuspended},
		{"v-suspend-user", "Error: web alice.example.com is suspended\nError: user alice doesn't exist", hestia.ExitNotExist},
		{"v-change-user-package", "Error: user wilma is suspended", hestia.ExitOK},
		{"v-change-user-package", "Error: user wilma doesn't exist", hestia.ExitNotExist},
		{"v-add-mail-domain", "Error:  type is invalid", hestia.ExitOK},
		{"v-delete-user", "Error: Connection to localhost failed", hestia.ExitOK},
		{"v-delete-database", "Error: Connection to localhost failed", hestia.ExitConnect},
	} {
		c := dial(t, newPanel(legacy(test.printed+"\n")), hestia.APIKey(provider.NewSecret(legacyKey)), hestia.WithReturnCodes(false))
		_, err := c.Run(t.Context(), test.command, "alice", "ls")
		if test.code == hestia.ExitOK {
			require.NoError(t, err, test.printed)
			continue
		}
		require.ErrorIs(t, err, test.code, "%.50s", test.printed)
		require.NotErrorIs(t, err, provider.ErrOutcomeUnknown, "%.50s", test.printed)
	}
}

// What a command prints although it succeeded goes to the log, without secrets.
func TestRemarksAreLogged(t *testing.T) {
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))
	const canary = "CANARY&pass<word>"
	p := newPanel(exit(0, 200, "Error: web alice.example.com is suspended\nError: "+canary))
	c := withKey(t, p, provider.WithLogger(logger))
	require.NoError(t, c.Users.ChangePassword(t.Context(), "alice", provider.NewSecret(canary)))
	var line struct {
		Level, Op, Remark string
	}
	require.NoError(t, json.Unmarshal(log.Bytes(), &line))
	assert.Equal(t, "WARN", line.Level)
	assert.Equal(t, "hestia.Users.ChangePassword", line.Op)
	assert.Contains(t, line.Remark, "web alice.example.com is suspended")
	assert.NotContains(t, log.String(), "CANARY")

	log.Reset()
	p = newPanel(exit(0, 200, "default"))
	c = withKey(t, p, provider.WithLogger(logger))
	_, err := c.Users.GetValue(t.Context(), "alice", "PACKAGE")
	require.NoError(t, err)
	assert.Empty(t, log.String(), "output is not a remark")
}

func TestRun(t *testing.T) {
	t.Run("sends arguments as they are", func(t *testing.T) {
		p := newPanel(exit(0, 200, "a\tb\n"))
		result, err := withKey(t, p).Run(t.Context(), "v-list-users", "plain", "", "x")
		require.NoError(t, err)
		assert.Equal(t, "a\tb\n", result.Output)
		assert.Equal(t, []string{"plain", "", "x"}, args(p.sent()))
	})
	t.Run("repeats only what it knows", func(t *testing.T) {
		for command, calls := range map[string]int{"v-list-users": 4, "v-delete-user": 4, "v-add-user": 1, "v-of-tomorrow": 1} {
			p := newPanel(answer{err: errors.New("broken pipe")})
			_, err := withKey(t, p).Run(t.Context(), command, "x")
			require.Error(t, err)
			assert.Equal(t, calls, p.calls(), command)
		}
	})
	t.Run("asks the legacy engine for codes where it can", func(t *testing.T) {
		p := newPanel(legacy("3"))
		_, err := dial(t, p, hestia.APIKey(provider.NewSecret(legacyKey))).Run(t.Context(), "v-delete-user", "x")
		require.ErrorIs(t, err, hestia.ExitNotExist)
		assert.Equal(t, "yes", p.sent().Get("returncode"))
		p = newPanel(legacy("text\n"))
		result, err := dial(t, p, hestia.APIKey(provider.NewSecret(legacyKey))).Run(t.Context(), "v-of-tomorrow", "x")
		require.NoError(t, err)
		assert.Equal(t, "text\n", result.Output)
		assert.False(t, p.sent().Has("returncode"))
	})
	t.Run("refuses what is no command", func(t *testing.T) {
		p := newPanel(done())
		for _, command := range []string{"", "v-list users", "../v", "v;id", "v\n"} {
			_, err := withKey(t, p).Run(t.Context(), command)
			require.ErrorIs(t, err, provider.ErrInvalid, command)
		}
		_, err := withKey(t, p).Run(t.Context(), "v-x", strings.Split("1 2 3 4 5 6 7 8 9 10 11 12 13 14", " ")...)
		require.ErrorIs(t, err, provider.ErrInvalid)
		assert.Zero(t, p.calls())
	})
}
