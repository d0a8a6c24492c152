package licenseserver_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/licenseserver/licenseservertest"
	"github.com/provkit/provkit/provider"
)

// onEmulator returns a client with all rights on an emulated server.
func onEmulator(t *testing.T, srv *licenseservertest.Server) *licenseserver.Client {
	t.Helper()
	c, err := licenseserver.New(srv.URL, provider.NewSecret(srv.Key),
		provider.WithHTTPClient(srv.Client()), provider.WithRateLimit(1e6, 1e6),
		licenseserver.WithAdminCookie(srv.AdminCookie.Name, provider.NewSecret(srv.AdminCookie.Value)),
		licenseserver.WithSearchPath(licenseservertest.SearchPath))
	require.NoError(t, err)
	return c
}

// TestTwoMachinesFight: two machines start, keep, crash, time out and end at random, 10,000 times.
// There is at most one session at any time, the server and the winner agree whose it is, and the
// loser gets the server's own text.
func TestTwoMachinesFight(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	srv := licenseservertest.NewServer(licenseservertest.InMemory(), licenseservertest.WithSeedLicenses(1),
		licenseservertest.WithClock(func() time.Time { return now }), licenseservertest.WithSessionTimeout(time.Minute))
	c := onEmulator(t, srv)
	key := provider.NewSecret(srv.Licenses()[0].Key)
	ctx := t.Context()
	random := rand.New(rand.NewPCG(1, 2))
	var tokens [2]provider.Secret // the token that each machine believes to have
	machines := [2]string{"machine-a", "machine-b"}
	count := make(map[string]int)
	for range 10_000 {
		me := random.IntN(2)
		switch step := random.IntN(10); {
		case step < 4:
			started, err := c.Sessions.Start(ctx, &licenseserver.SessionStartRequest{LicenseKey: key, MachineID: machines[me], HardwareHash: "hash-" + machines[me], Version: "1.0"})
			if err != nil {
				require.ErrorIs(t, err, licenseserver.ErrSessionActive)
				require.ErrorIs(t, err, provider.ErrConflict)
				var e *provider.Error
				require.True(t, errors.As(err, &e))
				require.Equal(t, licenseservertest.SingleSession, e.Message)
				require.NotEmpty(t, tokens[1-me], "refused although no other machine has a session")
				count["lost"]++
				break
			}
			tokens[me] = started.Token
			count["started"]++
		case step < 7:
			if tokens[me].IsZero() {
				break
			}
			if _, err := c.Sessions.Heartbeat(ctx, key, tokens[me]); err != nil {
				require.ErrorIs(t, err, provider.ErrNotFound)
				tokens[me] = provider.Secret{}
				count["gone"]++
				break
			}
			count["kept"]++
		case step == 7: // a crash without cleaning up: the token is kept
			now = now.Add(time.Duration(random.IntN(40)) * time.Second)
			count["time"]++
		case step == 8:
			if !tokens[me].IsZero() {
				_, err := c.Sessions.End(ctx, tokens[me])
				if err != nil {
					require.ErrorIs(t, err, provider.ErrNotFound)
				}
				tokens[me] = provider.Secret{}
				count["ended"]++
			}
		default:
			now = now.Add(2 * time.Minute)
			count["timed out"]++
		}
		require.LessOrEqual(t, len(srv.OpenSessions()), 1)
	}
	t.Log(count)
	for _, what := range []string{"started", "lost", "kept", "gone", "ended"} {
		require.Greater(t, count[what], 100, what)
	}
}

// TestLicenseLife takes a license through its life on the emulator with the client's own methods,
// which the adapter uses.
func TestLicenseLife(t *testing.T) {
	srv := licenseservertest.NewServer(licenseservertest.InMemory())
	c := onEmulator(t, srv)
	ctx := t.Context()
	key, err := c.Licenses.GenerateKey(ctx, nil)
	require.NoError(t, err)
	license, err := c.Licenses.Info(ctx, key)
	require.NoError(t, err)
	_, err = c.Licenses.QuickEdit(ctx, license.ID, &licenseserver.LicenseQuickEditRequest{MaxActivations: new(int64(2)), MaxUsers: new(int64(5))})
	require.NoError(t, err)
	for _, machine := range []string{"one", "two"} {
		_, err = c.Licenses.Activate(ctx, &licenseserver.LicenseActivateRequest{LicenseKey: key, HardwareHash: "hash-" + machine, MachineName: machine, AppVersion: "1.0"})
		require.NoError(t, err)
	}
	_, err = c.Licenses.Activate(ctx, &licenseserver.LicenseActivateRequest{LicenseKey: key, HardwareHash: "hash-three", MachineName: "three", AppVersion: "1.0"})
	require.ErrorIs(t, err, provider.ErrConflict)
	_, err = c.Licenses.BulkDeactivate(ctx, license.ID)
	require.NoError(t, err)
	license, err = c.Licenses.Info(ctx, key)
	require.NoError(t, err)
	require.False(t, license.Active)
	require.Equal(t, []int64{2, 5}, []int64{license.MaxActivations, license.MaxUsers})
	_, err = c.Licenses.BulkDelete(ctx, license.ID)
	require.NoError(t, err)
	_, err = c.Licenses.Info(ctx, key)
	require.ErrorIs(t, err, provider.ErrNotFound)
}

// TestRegeneratedKey: a new key revokes the old one at once.
func TestRegeneratedKey(t *testing.T) {
	srv := licenseservertest.NewServer(licenseservertest.InMemory())
	c := onEmulator(t, srv)
	_, err := c.Versions.Latest(t.Context())
	require.NoError(t, err)
	srv.RegenerateKey()
	_, err = c.Versions.Latest(t.Context())
	require.ErrorIs(t, err, provider.ErrUnauthorized)
	require.NotContains(t, err.Error(), srv.Key)
}

// TestSessionsKeepTheirDefaults: a program that names no interval keeps its session on a server that
// ends one after a minute, as the vendor's does. Where licenses have a limit of sessions, it decides.
func TestSessionsKeepTheirDefaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := licenseservertest.NewServer(licenseservertest.InMemory(), licenseservertest.WithDeviceLimits())
		c := onEmulator(t, srv)
		l := srv.AddLicense(licenseservertest.License{DeviceLimit: 3, SessionLimit: 2})
		license, err := c.Licenses.Info(t.Context(), provider.NewSecret(l.Key))
		require.NoError(t, err)
		require.Equal(t, []int64{3, 2}, []int64{license.DeviceLimit, license.SessionLimit})
		start := func(machine string) (*licenseserver.Session, error) {
			return c.StartSession(t.Context(), licenseserver.SessionOptions{LicenseKey: provider.NewSecret(l.Key), MachineID: machine, HardwareHash: machine})
		}
		first, err := start("a")
		require.NoError(t, err)
		second, err := start("b")
		require.NoError(t, err)
		_, err = start("c")
		require.ErrorIs(t, err, licenseserver.ErrSessionActive)
		time.Sleep(time.Hour)
		require.NoError(t, first.Err())
		require.Len(t, srv.Sessions(), 2, "none was started anew")
		beats := 0
		for _, r := range srv.Faults.Requests() {
			if strings.HasSuffix(r.Path, "/heartbeat") {
				beats++
			}
		}
		require.GreaterOrEqual(t, beats, 2*120, "one every 30 seconds each")
		require.NoError(t, first.Close())
		third, err := start("c")
		require.NoError(t, err)
		require.NoError(t, second.Close())
		require.NoError(t, third.Close())
		require.Empty(t, srv.OpenSessions())
	})
}
