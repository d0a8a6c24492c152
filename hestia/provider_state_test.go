package hestia_test

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/hestia/hestiatest"
	"github.com/provkit/provkit/provider"
)

func siteSuspended(srv *hestiatest.Server) string {
	return srv.Objects("customer1", "web")[0]["SUSPENDED"]
}

// TestSuspendWithASiteOnline: a user is not suspended while a site is online, whatever the flag says: somebody has put
// the site online again by hand, or it was not suspended with the user. Counters that are wrong keep nothing from being
// suspended, nor from being seen.
func TestSuspendWithASiteOnline(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, srv *hestiatest.Server, p *hestia.Provider){
		"by hand": func(t *testing.T, _ *hestiatest.Server, p *hestia.Provider) {
			_, err := p.Suspend(t.Context(), "customer1")
			require.NoError(t, err)
			require.NoError(t, p.Client().Web.UnsuspendDomain(t.Context(), "customer1", "customer1.example.com", nil))
		},
		"before": func(t *testing.T, srv *hestiatest.Server, p *hestia.Provider) {
			srv.KeepSites(true)
			require.NoError(t, p.Client().Users.Suspend(t.Context(), "customer1", nil))
		},
		"in this call": func(_ *testing.T, srv *hestiatest.Server, _ *hestia.Provider) { srv.KeepSites(true) },
		"wrong counter": func(t *testing.T, _ *hestiatest.Server, p *hestia.Provider) {
			_, err := p.Client().Run(t.Context(), "v-change-user-config-value", "customer1", "U_WEB_DOMAINS", "7")
			require.NoError(t, err)
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			srv := newServer(t)
			p := providerOn(t, srv, rootKey(srv))
			_, err := p.Create(t.Context(), orderOf(1))
			require.NoError(t, err, name)
			spoil(t, srv, p)
			outcome, err := p.Suspend(t.Context(), "customer1")
			require.NoError(t, err, name)
			require.Equal(t, provider.OutcomeChanged, outcome, name)
			require.Equal(t, "yes", siteSuspended(srv), name)
			outcome, err = p.Suspend(t.Context(), "customer1")
			require.NoError(t, err, name)
			want := provider.OutcomeAlready
			if name == "wrong counter" {
				want = provider.OutcomeChanged // it cannot be seen without asking
			}
			require.Equal(t, want, outcome, name)
			outcome, err = p.Unsuspend(t.Context(), "customer1")
			require.NoError(t, err, name)
			require.Equal(t, provider.OutcomeChanged, outcome, name)
			require.Equal(t, "no", siteSuspended(srv), name)
		})
	}
}

// TestSuspendASiteUnpermitted: a key that may not suspend single sites says so, and not that all is well.
func TestSuspendASiteUnpermitted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := newServer(t)
		id, secret := srv.AddAccessKey(srv.AdminUser, "billing")
		p := providerOn(t, srv, hestia.AccessKey(id, provider.NewSecret(secret)))
		_, err := p.Create(t.Context(), orderOf(1))
		require.NoError(t, err)
		srv.KeepSites(true)
		_, err = p.Suspend(t.Context(), "customer1")
		require.ErrorIs(t, err, provider.ErrForbidden)
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown, "the user itself is suspended")
		_, err = p.Suspend(t.Context(), "customer1")
		require.ErrorIs(t, err, provider.ErrForbidden)
		require.ErrorContains(t, err, "v-suspend-web-domains")
		require.Equal(t, map[string]int{"v-suspend-web-domains": 1}, forbiddenCommands(srv))
	})
}

// TestPlanByItsLimits: a user who is on a package by its name only, with other limits, is not on it.
func TestPlanByItsLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := newServer(t, hestiatest.WithPackages(hestiatest.Package{Name: "small", WebDomains: "3", DiskQuota: "500"}))
		p := providerOn(t, srv, rootKey(srv))
		_, err := p.Create(t.Context(), orderOf(1))
		require.NoError(t, err)
		outcome, err := p.ChangePlan(t.Context(), "customer1", "small")
		require.NoError(t, err)
		require.Equal(t, provider.OutcomeAlready, outcome)

		srv.AddPackage(hestiatest.Package{Name: "small", WebDomains: "3", DiskQuota: "unlimited"})
		for _, want := range []provider.Outcome{provider.OutcomeChanged, provider.OutcomeAlready} {
			outcome, err = p.ChangePlan(t.Context(), "customer1", "small")
			require.NoError(t, err)
			require.Equal(t, want, outcome)
		}
		user, _ := srv.User("customer1")
		require.Equal(t, "unlimited", user.Config["DISK_QUOTA"])

		id, secret := srv.AddAccessKey(srv.AdminUser, "billing")
		outcome, err = providerOn(t, srv, hestia.AccessKey(id, provider.NewSecret(secret))).ChangePlan(t.Context(), "customer1", "small")
		require.NoError(t, err)
		require.Equal(t, provider.OutcomeAlready, outcome, "by name, where the key may not list packages")
	})
}
