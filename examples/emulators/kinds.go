package main

import (
	"net/url"
	"slices"

	"github.com/provkit/provkit/elizon/elizontest"
	"github.com/provkit/provkit/hestia/hestiatest"
	"github.com/provkit/provkit/hostkey/hostkeytest"
	"github.com/provkit/provkit/keyhelp/keyhelptest"
	"github.com/provkit/provkit/licenseserver/licenseservertest"
)

// kinds starts a system of each kind. The fields Kind and Try.Curl are set later.
var kinds = map[string]func(*settings) *system{
	"keyhelp": func(s *settings) *system {
		dialect := keyhelptest.Dialect(s.dialect)
		opts := []keyhelptest.Option{keyhelptest.WithDialect(dialect), keyhelptest.WithSeedClients(s.accounts)}
		if s.tls {
			opts = append(opts, keyhelptest.WithTLS())
		}
		panel := keyhelptest.NewServer(opts...)
		return &system{
			Name: "KeyHelp, " + s.dialect + " dialect (running panels speak the live one)", URL: panel.URL, Credentials: []credential{{"API key (X-API-Key)", panel.Key}},
			Certificate: string(panel.CertificatePEM), Pin: panel.Pin,
			Try:    get("/api/v2/hosting-plans", "X-API-Key", panel.Key),
			faults: panel.Faults, close: panel.Close,
		}
	},
	"hestia": func(s *settings) *system {
		opts := []hestiatest.Option{hestiatest.WithSeedUsers(s.accounts)}
		if s.tls {
			opts = append(opts, hestiatest.WithTLS())
		}
		panel := hestiatest.NewServer(opts...)
		return &system{
			Name: "Hestia", URL: panel.URL, Certificate: string(panel.CertificatePEM), Pin: panel.Pin,
			Credentials: []credential{
				{"access key (access_key)", panel.AccessKey}, {"secret key (secret_key)", panel.SecretKey},
				{"legacy API key (hash)", panel.APIKey}, {"root user (user)", panel.AdminUser}, {"password (password)", panel.AdminPassword},
			},
			Try: post("/api/", url.Values{
				"access_key": {panel.AccessKey}, "secret_key": {panel.SecretKey}, "cmd": {"v-list-users"}, "arg1": {"json"},
			}),
			faults: panel.Faults, close: panel.Close,
		}
	},
	"hostkey": func(s *settings) *system {
		opts := []hostkeytest.Option{hostkeytest.WithMachines(s.accounts)}
		if s.tls {
			opts = append(opts, hostkeytest.WithTLS())
		}
		portal := hostkeytest.NewServer(opts...)
		return &system{
			Name: "HOSTKEY InvAPI", URL: portal.URL, Credentials: []credential{{"API key (auth/login)", portal.Key}},
			Certificate: string(portal.CertificatePEM), Pin: portal.Pin,
			Try:    post("/auth.php", url.Values{"action": {"login"}, "key": {portal.Key}}),
			faults: portal.Faults, close: portal.Close,
		}
	},
	"elizon": func(s *settings) *system {
		opts := []elizontest.Option{elizontest.WithSeedServices(s.accounts)}
		if s.tls {
			opts = append(opts, elizontest.WithTLS())
		}
		platform := elizontest.NewServer(opts...)
		return &system{
			Name: "elizon", URL: platform.URL, Certificate: string(platform.CertificatePEM), Pin: platform.Pin,
			Credentials: []credential{
				{"API key (x-api-key)", platform.Key}, {"session (Authorization: Bearer)", platform.SessionToken},
				{"e-mail address", platform.Email}, {"password", platform.Password}, {"every six-digit code", platform.Code},
			},
			Try:    get("/api/services", "x-api-key", platform.Key),
			faults: platform.Faults, close: platform.Close,
		}
	},
	"licenseserver": func(s *settings) *system {
		opts := []licenseservertest.Option{licenseservertest.WithSeedLicenses(s.accounts)}
		if s.tls {
			opts = append(opts, licenseservertest.WithTLS())
		}
		server := licenseservertest.NewServer(opts...)
		return &system{
			Name: "V2 license server", URL: server.URL, Certificate: string(server.CertificatePEM), Pin: server.Pin,
			Credentials: slices.Concat(
				[]credential{{"API key (X-API-Key)", server.Key}, {"panel (Cookie)", server.AdminHeader.Get("Cookie")}},
				licenseKeys(server),
			),
			Try:    get("/api/customers", "Cookie", server.AdminHeader.Get("Cookie")),
			faults: server.Faults, close: server.Close,
		}
	},
}

// licenseKeys returns what licensed programs sign in with: the key of the first license.
func licenseKeys(server *licenseservertest.Server) []credential {
	for _, license := range server.Licenses() {
		return []credential{{"license key of the first license", license.Key}}
	}
	return nil
}
