package main

import (
	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/hestia/hestiatest"
	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/keyhelp/keyhelptest"
	"github.com/provkit/provkit/provider"
)

// emulated is a system that lives in this process, on a loopback port.
type emulated struct {
	title  string
	server provider.ServerConfig
	opts   []provider.Option
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
			server: provider.ServerConfig{Kind: keyhelp.Kind, URL: panel.URL, Secret: provider.Secret(panel.Key)},
			// An operator's records know where the panel's IDs begin; so do we.
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
			server: provider.ServerConfig{Kind: hestia.Kind, URL: panel.URL, Username: panel.AccessKey, Secret: provider.Secret(panel.SecretKey)},
			stop:   panel.Close,
		}
	},
}
