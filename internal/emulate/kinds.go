package emulate

import (
	"net/url"

	"github.com/provkit/provkit/elizon/elizontest"
	"github.com/provkit/provkit/hestia/hestiatest"
	"github.com/provkit/provkit/hostkey/hostkeytest"
	"github.com/provkit/provkit/keyhelp/keyhelptest"
	"github.com/provkit/provkit/licenseserver/licenseservertest"
)

// kind is one of the emulated systems.
type kind struct {
	// title is what a person reads first.
	title string
	// start is NewServer of the test package. The emulator is in memory, behind a listener of ours, with a
	// clock that the control path moves: memory and clock are the options for that.
	start, memory, clock any
	// options are the functions that return its other options. WithTLS is the listener's matter.
	options []any
	// accounts is the option that sets how many accounts there are at the start.
	accounts string
	// always and fast are options with their arguments: at every start, and with -fast.
	always, fast []setting
	// access returns how to sign in to the server that start returned, and a request to try.
	access func(server any) ([]credential, request)
	// secretPath is a beginning of paths after which a secret follows.
	secretPath string
}

// kindOf makes access of a function for the server's own type.
func kindOf[S any](k kind, access func(S) ([]credential, request)) *kind {
	k.access = func(server any) ([]credential, request) { return access(server.(S)) }
	return &k
}

var kinds = map[string]*kind{
	"keyhelp": kindOf(kind{
		title: "KeyHelp", start: keyhelptest.NewServer, memory: keyhelptest.InMemory, clock: keyhelptest.WithClock,
		accounts: "WithSeedClients",
		options: []any{
			keyhelptest.WithDialect, keyhelptest.WithKey, keyhelptest.WithPathPrefix, keyhelptest.WithPlans,
			keyhelptest.WithRateLimit, keyhelptest.WithSeedClients, keyhelptest.WithoutPlans,
		},
	}, func(panel *keyhelptest.Server) ([]credential, request) {
		return []credential{{"api_key", "API key (X-API-Key)", panel.Key}}, get("/api/v2/hosting-plans", "X-API-Key", panel.Key)
	}),
	"hestia": kindOf(kind{
		title: "Hestia", start: hestiatest.NewServer, memory: hestiatest.InMemory, clock: hestiatest.WithClock,
		accounts: "WithSeedUsers",
		options: []any{
			hestiatest.WithAPI, hestiatest.WithAPISystem, hestiatest.WithAllowedIPs, hestiatest.WithPackages,
			hestiatest.WithPathPrefix, hestiatest.WithRootUser, hestiatest.WithSeedUsers, hestiatest.WithoutAPI,
		},
		always: []setting{{"WithPackages", jsonOf(
			hestiatest.Package{
				Name: "starter", WebDomains: "1", WebAliases: "5", DNSDomains: "1", DNSRecords: "50", MailDomains: "1", MailAccounts: "10",
				Databases: "1", CronJobs: "2", DiskQuota: "5000", Bandwidth: "50000",
			},
			hestiatest.Package{
				Name: "business", WebDomains: "10", WebAliases: "20", DNSDomains: "10", DNSRecords: "100", MailDomains: "10", MailAccounts: "100",
				Databases: "10", CronJobs: "10", DiskQuota: "50000", Bandwidth: "500000", Shell: "bash", Backups: "5",
			},
		)}},
	}, func(panel *hestiatest.Server) ([]credential, request) {
		return []credential{
				{"access_key", "access key (access_key)", panel.AccessKey}, {"secret_key", "secret key (secret_key)", panel.SecretKey},
				{"api_key", "legacy API key (hash)", panel.APIKey},
				{"user", "root user (user)", panel.AdminUser}, {"password", "password (password)", panel.AdminPassword},
			}, post("/api/", url.Values{
				"access_key": {panel.AccessKey}, "secret_key": {panel.SecretKey}, "cmd": {"v-list-users"}, "arg1": {"json"},
			})
	}),
	"hostkey": kindOf(kind{
		title: "HOSTKEY InvAPI", start: hostkeytest.NewServer, memory: hostkeytest.InMemory, clock: hostkeytest.WithClock,
		accounts: "WithMachines",
		options: []any{
			hostkeytest.WithCancelDelay, hostkeytest.WithCatalogue, hostkeytest.WithCredit, hostkeytest.WithDeployTime,
			hostkeytest.WithEarlyServers, hostkeytest.WithEmptyAccountRefused, hostkeytest.WithExpiredToken, hostkeytest.WithGrace,
			hostkeytest.WithHostnameLag, hostkeytest.WithMachines, hostkeytest.WithNamedInvoices, hostkeytest.WithOldestInvoicesFirst,
			hostkeytest.WithOrderAnswer, hostkeytest.WithPathPrefix, hostkeytest.WithShapes, hostkeytest.WithSuspensionRefused,
			hostkeytest.WithTaskPolls, hostkeytest.WithTaskTime, hostkeytest.WithTokenLife, hostkeytest.WithUnpaidOrders,
		},
		fast: []setting{{"WithDeployTime", jsonOf(0)}, {"WithTaskTime", jsonOf(0)}, {"WithCancelDelay", jsonOf(0)}},
	}, func(portal *hostkeytest.Server) ([]credential, request) {
		return []credential{{"api_key", "API key (auth/login)", portal.Key}},
			post("/auth.php", url.Values{"action": {"login"}, "key": {portal.Key}})
	}),
	"elizon": kindOf(kind{
		title: "elizon", start: elizontest.NewServer, memory: elizontest.InMemory, clock: elizontest.WithClock,
		accounts: "WithSeedServices", secretPath: "/console/",
		options: []any{
			elizontest.WithAbsoluteConsoleURLs, elizontest.WithBalance, elizontest.WithClientHeader, elizontest.WithDirectCreation,
			elizontest.WithDisplayNames, elizontest.WithListKeys, elizontest.WithPathPrefix, elizontest.WithProvisioning,
			elizontest.WithRateLimit, elizontest.WithReferenceOnly, elizontest.WithReinstallation, elizontest.WithSeedServices, elizontest.WithServiceDelay,
			elizontest.WithStatus200, elizontest.WithTermination, elizontest.WithoutErrorCodes,
		},
		fast: []setting{{"WithProvisioning", jsonOf(0)}, {"WithReinstallation", jsonOf(0)}, {"WithTermination", jsonOf(0)}},
	}, func(platform *elizontest.Server) ([]credential, request) {
		return []credential{
			{"api_key", "API key (x-api-key)", platform.Key}, {"session", "session (Authorization: Bearer)", platform.SessionToken},
			{"email", "e-mail address", platform.Email}, {"password", "password", platform.Password},
			{"code", "every six-digit code", platform.Code},
		}, get("/api/services", "x-api-key", platform.Key)
	}),
	"licenseserver": kindOf(kind{
		title: "V2 license server", start: licenseservertest.NewServer, memory: licenseservertest.InMemory, clock: licenseservertest.WithClock,
		accounts: "WithSeedLicenses", secretPath: "/api/license/info/",
		options: []any{
			licenseservertest.WithAdminAPIKey, licenseservertest.WithAdminHeader, licenseservertest.WithDeviceLimits, licenseservertest.WithOpenAdmin,
			licenseservertest.WithPathPrefix, licenseservertest.WithRateLimit, licenseservertest.WithSearchPath,
			licenseservertest.WithSeedLicenses, licenseservertest.WithSessionTimeout, licenseservertest.WithStrictSessions,
		},
	}, func(server *licenseservertest.Server) ([]credential, request) {
		credentials := []credential{{"api_key", "API key (X-API-Key)", server.Key}}
		try := get("/api/customers", "X-API-Key", server.Key)
		for name := range server.AdminHeader {
			value := server.AdminHeader.Get(name)
			credentials = append(credentials, credential{"panel", "panel (" + name + ")", value})
			try = get("/api/customers", name, value)
		}
		if licenses := server.Licenses(); len(licenses) > 0 {
			credentials = append(credentials, credential{"license_key", "license key of the first license", licenses[0].Key})
		}
		return credentials, try
	}),
}
