package licenseserver_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/licenseserver/licenseservertest"
	"github.com/provkit/provkit/provider"
)

// TestDriver opens servers from plain configuration.
func TestDriver(t *testing.T) {
	srv := newServer()
	drivers := provider.Drivers{licenseserver.Driver}
	cfg := provider.ServerConfig{Kind: "licenseserver", URL: srv.URL, Secret: provider.NewSecret(srv.Key), Options: map[string]string{
		"admin_sign_in": "cookie", "admin_name": srv.AdminCookie.Name,
		"search_path": licenseservertest.SearchPath, "plans": "basic=1/5, pro=10/50/12", "first_license": "1307", "license_gap": "4",
	}, Secrets: map[string]provider.Secret{"admin_secret": provider.NewSecret(srv.AdminCookie.Value)}}
	p, err := drivers.Open(cfg, provider.WithHTTPClient(srv.Client()))
	require.NoError(t, err)
	_, err = p.Check(t.Context())
	require.NoError(t, err)
	lister, _ := provider.As[provider.PlanLister](p)
	plans, err := lister.Plans(t.Context())
	require.NoError(t, err)
	require.Len(t, plans, 2)
	require.Equal(t, &licenseserver.Plan{ID: "pro", MaxActivations: 10, MaxUsers: 50, Months: 12}, plans[1].Native)

	byHeader := newServer(licenseservertest.WithAdminHeader("X-Panel-Token"))
	cfg = provider.ServerConfig{Kind: "licenseserver", URL: byHeader.URL, Secret: provider.NewSecret(byHeader.Key), Options: map[string]string{
		"admin_sign_in": "header", "admin_name": "X-Panel-Token", "admin_url": byHeader.URL,
	}, Secrets: map[string]provider.Secret{"admin_secret": provider.NewSecret(byHeader.AdminHeader.Get("X-Panel-Token"))}}
	p, err = drivers.Open(cfg, provider.WithHTTPClient(byHeader.Client()))
	require.NoError(t, err)
	_, err = p.Check(t.Context())
	require.NoError(t, err)

	const secret = "canary-in-a-config"
	for name, test := range map[string]struct {
		cfg    provider.ServerConfig
		fields []string
	}{
		"all wrong": {
			provider.ServerConfig{URL: "ftp://x", Username: "bob", Secret: provider.NewSecret(secret), Options: map[string]string{
				"admin_url": "ftp://y", "admin_sign_in": "cookie", "admin_name": "bad name",
				"search_path": "no-slash", "plans": "pro", "first_license": "x", "license_gap": "-1", "colour": "red",
			}, Secrets: map[string]provider.Secret{"admin_secret": provider.NewSecret(secret)}},
			[]string{"secret", "url", "username", "options.admin_url", "secrets.admin_secret", "options.search_path", "options.plans", "options.first_license", "options.license_gap", "options.colour"},
		},
		"sign-in without a way": {
			provider.ServerConfig{URL: srv.URL, Secret: provider.NewSecret(srv.Key), Secrets: map[string]provider.Secret{"admin_secret": provider.NewSecret(secret)}},
			[]string{"options.admin_sign_in"},
		},
		"two plans alike": {
			provider.ServerConfig{URL: srv.URL, Secret: provider.NewSecret(srv.Key), Options: map[string]string{"plans": "a=1/2,b=1/2"}},
			[]string{"options.plans"},
		},
	} {
		test.cfg.Kind = "licenseserver"
		_, err := drivers.Open(test.cfg)
		var e *provider.Error
		require.ErrorAs(t, err, &e, name)
		require.ErrorIs(t, err, provider.ErrInvalid, name)
		for _, field := range test.fields {
			require.Contains(t, e.Fields, field, name)
		}
		require.Len(t, e.Fields, len(test.fields), "%s: %v", name, e.Fields)
		require.NotContains(t, err.Error(), secret, name)
	}
}

// TestBadPlans: plans with the same limits, or with limits that no license can have, are refused.
func TestBadPlans(t *testing.T) {
	for problem, plans := range map[string][]licenseserver.Plan{
		"needs an ID":         {{MaxActivations: 1, MaxUsers: 1}},
		"at least 1":          {{ID: "a", MaxActivations: 0, MaxUsers: 1}},
		"listed twice":        {{ID: "a", MaxActivations: 1, MaxUsers: 1}, {ID: "a", MaxActivations: 2, MaxUsers: 1}},
		"same limits":         {{ID: "a", MaxActivations: 1, MaxUsers: 1}, {ID: "b", MaxActivations: 1, MaxUsers: 1}},
		"months not negative": {{ID: "a", MaxActivations: 1, MaxUsers: 1, Months: -1}},
	} {
		_, err := licenseserver.New("https://license.example.com", provider.NewSecret("AF-2000-placeholder-placeholder-00000000"), licenseserver.WithPlans(plans...))
		require.ErrorIs(t, err, provider.ErrInvalid, problem)
		require.ErrorContains(t, err, problem)
	}
}
