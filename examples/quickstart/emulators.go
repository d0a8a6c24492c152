package main

import (
	"strconv"
	"time"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/elizon/elizontest"
	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/hestia/hestiatest"
	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/hostkey/hostkeytest"
	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/keyhelp/keyhelptest"
	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/licenseserver/licenseservertest"
	"github.com/provkit/provkit/provider"
)

// emulated is a system in this process, on a loopback port.
type emulated struct {
	title  string
	server provider.ServerConfig
	opts   []provider.Option
	// create are the options that Create needs.
	create map[string]string
	stop   func()
}

var emulators = map[string]func(config) emulated{
	keyhelp.Kind: func(c config) emulated {
		dialect := keyhelptest.Documented
		if c.dialect == string(keyhelptest.Live) {
			dialect = keyhelptest.Live
		}
		panel := keyhelptest.NewServer(keyhelptest.WithDialect(dialect), keyhelptest.WithSeedClients(3))
		return emulated{
			title:  "KeyHelp (" + string(dialect) + " dialect)",
			server: provider.ServerConfig{Kind: keyhelp.Kind, URL: panel.URL, Secret: provider.NewSecret(panel.Key)},
			// An operator knows from records where the panel's IDs begin; so do we.
			opts: []provider.Option{keyhelp.WithScan(keyhelp.Scan{ClientsFrom: panel.Clients()[0].ID})},
			stop: panel.Close,
		}
	},
	hestia.Kind: func(config) emulated {
		panel := hestiatest.NewServer(
			hestiatest.WithPackages(hestiatest.Package{Name: "default"}, hestiatest.Package{Name: "starter"}, hestiatest.Package{Name: "business"}),
			hestiatest.WithSeedUsers(3))
		return emulated{
			title:  "Hestia",
			server: provider.ServerConfig{Kind: hestia.Kind, URL: panel.URL, Username: panel.AccessKey, Secret: provider.NewSecret(panel.SecretKey)},
			stop:   panel.Close,
		}
	},
	elizon.Kind: func(config) emulated {
		platform := elizontest.NewServer(elizontest.WithProvisioning(300*time.Millisecond), elizontest.WithTermination(100*time.Millisecond))
		for range 3 { // some that existed before; a newer one might be a lost order
			platform.AddService(elizontest.Service{CreatedAt: platform.Now().Add(-7 * 24 * time.Hour)})
		}
		return emulated{
			title: "elizon",
			server: provider.ServerConfig{
				Kind: elizon.Kind, URL: platform.URL, Secret: provider.NewSecret(platform.Key), Options: map[string]string{"max_upgrade": "10.00"},
			},
			create: map[string]string{"max_price": "6.00", "template": "101"},
			stop:   platform.Close,
		}
	},
	hostkey.Kind: func(config) emulated {
		portal := hostkeytest.NewServer(
			hostkeytest.WithMachines(3), hostkeytest.WithDeployTime(300*time.Millisecond), hostkeytest.WithTaskTime(0),
			hostkeytest.WithCancelDelay(100*time.Millisecond))
		return emulated{
			title:  "HOSTKEY",
			server: provider.ServerConfig{Kind: hostkey.Kind, URL: portal.URL, Secret: provider.NewSecret(portal.Key)},
			create: map[string]string{"location": "NL", "os": "Debian 12"},
			stop:   portal.Close,
		}
	},
	licenseserver.Kind: func(config) emulated {
		server := licenseservertest.NewServer(licenseservertest.WithSeedLicenses(3))
		return emulated{
			title: "V2 license server",
			server: provider.ServerConfig{
				Kind: licenseserver.Kind, URL: server.URL, Secret: provider.NewSecret(server.Key),
				Options: map[string]string{
					"admin_sign_in": "cookie", "admin_name": server.AdminCookie.Name,
					"plans": "basic=1/5,pro=10/50/12", "first_license": strconv.FormatInt(server.Licenses()[0].ID, 10),
				},
				Secrets: map[string]provider.Secret{"admin_secret": provider.NewSecret(server.AdminCookie.Value)},
			},
			// The default, 100 requests a minute, spares a real server.
			opts: []provider.Option{provider.WithRateLimit(0, 0)},
			stop: server.Close,
		}
	},
}
