package main

import (
	"context"
	"crypto/rand"
	"fmt"
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
	"github.com/provkit/provkit/provider/fleet"
)

const (
	mib = 1 << 20
	gib = 1 << 30
)

// demo is a fleet of emulated servers in this process, with some accounts over their limits. It is
// opened like a real one: from a configuration with references to secrets.
type demo struct {
	config  fleet.Config
	secrets map[string]string
	stops   []func()
}

func openDemo(ctx context.Context, dead bool) (*fleet.Fleet, func(), error) {
	// A real key is kept as long as the accounts.
	d := &demo{config: fleet.Config{MarkerKeys: []string{"env:PROVKIT_MARKER_KEY"}}, secrets: map[string]string{"PROVKIT_MARKER_KEY": rand.Text()}}
	d.keyhelp()
	d.hestia("web2")
	d.hostkey()
	d.elizon()
	d.licenses()
	if dead {
		d.hestia("web3")
		d.stops[len(d.stops)-1]()
	}
	servers, err := d.config.Open(drivers, &fleet.Sources{Getenv: func(name string) string { return d.secrets[name] }},
		// A dead server fails quickly, and emulated ones need no rate limit.
		provider.WithRetry(provider.Retry{Attempts: 2, MinWait: 10 * time.Millisecond}), provider.WithRateLimit(0, 0))
	if err == nil {
		err = order(ctx, servers)
	}
	if err != nil {
		d.end()
		return nil, nil, err
	}
	return servers, d.end, nil
}

func (d *demo) end() {
	for _, stop := range d.stops {
		stop()
	}
}

// add adds a server. Its secret goes where an operator would put it.
func (d *demo) add(c fleet.ServerEntry, secret string, stop func()) {
	c.Secret = "env:" + c.Name
	d.secrets[c.Name] = secret
	d.config.Servers = append(d.config.Servers, c)
	d.stops = append(d.stops, stop)
}

func (d *demo) keyhelp() {
	panel := keyhelptest.NewServer(keyhelptest.WithDialect(keyhelptest.Live))
	limits := keyhelptest.Resources{
		DiskSpace: 10 * gib, Traffic: 100 * gib, Domains: 5, Subdomains: 20, EmailAccounts: 20, EmailAddresses: 40,
		EmailForwardings: 40, Databases: 10, FTPUsers: 10, ScheduledTasks: 5,
	}
	for i, used := range []struct{ disk, traffic int64 }{
		{14*gib + 300*mib, 61 * gib}, {9*gib + 700*mib, 12 * gib}, {2 * gib, 230 * gib}, {800 * mib, 3 * gib},
		{4 * gib, 20 * gib}, {11 * gib, 104 * gib}, {120 * mib, 1 * gib}, {6 * gib, 77 * gib},
	} {
		name := "customer" + strconv.Itoa(1001+i)
		id := panel.AddClient(keyhelptest.Client{Username: name, Email: name + "@example.com", Limits: limits})
		panel.SetUsage(id, keyhelptest.Usage{DiskSpace: used.disk, Traffic: used.traffic})
	}
	d.add(fleet.ServerEntry{Name: "web1", Kind: keyhelp.Kind, URL: panel.URL, Options: map[string]string{"dialect": "live"}}, panel.Key, panel.Close)
}

func (d *demo) hestia(name string) {
	panel := hestiatest.NewServer(
		hestiatest.WithPackages(hestiatest.Package{Name: "starter", DiskQuota: "5120", Bandwidth: "51200", WebDomains: "1"}))
	for i, used := range []struct{ disk, traffic int }{{5600, 20000}, {5100, 9000}, {1200, 3000}, {300, 90000}, {2500, 1000}, {80, 100}} {
		user := "shop" + strconv.Itoa(1+i)
		panel.AddUser(hestiatest.User{Name: user, Package: "starter", Email: user + "@example.com"})
		panel.SetUsage(user, used.disk, used.traffic)
	}
	d.add(fleet.ServerEntry{Name: name, Kind: hestia.Kind, URL: panel.URL, Username: panel.AccessKey}, panel.SecretKey, panel.Close)
}

func (d *demo) hostkey() {
	portal := hostkeytest.NewServer(hostkeytest.WithMachines(3))
	for i, machine := range portal.Machines() {
		portal.UpdateMachine(machine.ID, func(m *hostkeytest.Machine) { m.TrafficOut = int64(1+i) * 700 * gib })
	}
	d.add(fleet.ServerEntry{Name: "machines", Kind: hostkey.Kind, URL: portal.URL}, portal.Key, portal.Close)
}

func (d *demo) elizon() {
	platform := elizontest.NewServer(elizontest.WithSeedServices(4))
	for i, service := range platform.Services() {
		platform.UpdateService(service.ID, func(s *elizontest.Service) { s.Usage.MonthlyBytes = int64(1+i) * 150 * gib })
	}
	d.add(fleet.ServerEntry{Name: "services", Kind: elizon.Kind, URL: platform.URL}, platform.Key, platform.Close)
}

func (d *demo) licenses() {
	server := licenseservertest.NewServer()
	d.add(fleet.ServerEntry{Name: "licenses", Kind: licenseserver.Kind, URL: server.URL, Options: map[string]string{
		"admin_sign_in": "cookie", "admin_name": server.AdminCookie.Name, "admin_secret": "env:licenses_panel", "plans": "basic=2/5",
	}}, server.Key, server.Close)
	d.secrets["licenses_panel"] = server.AdminCookie.Value
}

// order creates two licenses through the contract, since only licenses with a marker of ours count
// as accounts.
func order(ctx context.Context, servers *fleet.Fleet) error {
	licenses, err := servers.Provider("licenses")
	if err != nil {
		return err
	}
	for i := range 2 {
		_, err := licenses.Create(ctx, &provider.CreateRequest{
			Reference: fmt.Sprintf("order-%d", i+1), Username: "office-" + strconv.Itoa(1+i), Email: "it@example.com", Name: "IT", Plan: "basic",
		})
		if err != nil {
			return err
		}
	}
	return nil
}
