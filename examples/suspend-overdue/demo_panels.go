package main

import (
	"crypto/rand"
	"fmt"
	"strings"

	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/hestia/hestiatest"
	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/keyhelp/keyhelptest"
	"github.com/provkit/provkit/provider/fleet"
)

// panels are emulated servers in this process, on loopback ports.
type panels struct {
	keyhelp *keyhelptest.Server
	hestia  *hestiatest.Server
}

const seeds = 20

// dueSeeds are the accounts with overdue invoices, on each of the two servers.
var dueSeeds = []string{"seed0001", "seed0002", "seed0003", "seed0004", "seed0005"}

func startPanels() *panels {
	p := &panels{
		keyhelp: keyhelptest.NewServer(keyhelptest.WithDialect(keyhelptest.Live), keyhelptest.WithSeedClients(seeds)),
		hestia:  hestiatest.NewServer(hestiatest.WithSeedUsers(seeds)),
	}
	p.keyhelp.AddClient(keyhelptest.Client{Username: "earlier", Email: "earlier@example.com", Suspended: true})
	return p
}

func (p *panels) stop() {
	p.keyhelp.Close()
	p.hestia.Close()
}

func (p *panels) fleet() (*fleet.Fleet, error) {
	config, err := fleet.Parse(strings.NewReader(fmt.Sprintf(`{"marker_keys": ["env:PROVKIT_MARKER_KEY"], "servers": [
		{"name": "web1", "kind": %q, "url": %q, "secret": "env:WEB1_KEY"},
		{"name": "web2", "kind": %q, "url": %q, "username": "env:WEB2_ID", "secret": "env:WEB2_KEY"}
	]}`, keyhelp.Kind, p.keyhelp.URL, hestia.Kind, p.hestia.URL)))
	if err != nil {
		return nil, err
	}
	environment := map[string]string{
		"WEB1_KEY": p.keyhelp.Key, "WEB2_ID": p.hestia.AccessKey, "WEB2_KEY": p.hestia.SecretKey,
		"PROVKIT_MARKER_KEY": rand.Text(), // a real one is kept as long as the accounts
	}
	return config.Open(drivers, &fleet.Sources{Getenv: func(name string) string { return environment[name] }})
}

// overdue returns the list of the billing system, with the oddities of such lists.
func (p *panels) overdue() string {
	var b strings.Builder
	b.WriteString("server,account,invoice,due\n")
	for i, name := range dueSeeds {
		fmt.Fprintf(&b, "web1,%s,INV-1%02d,2020-01-%02d\n", name, i+1, i+1)
		fmt.Fprintf(&b, "web2,%s,INV-2%02d,2020-01-%02d\n", name, i+1, i+1)
	}
	b.WriteString("web1,seed0001,INV-131,2020-01-31\n") // a second invoice
	b.WriteString("web1,earlier,INV-132,2020-01-31\n")  // suspended before
	b.WriteString("web1,seed0006,INV-133,2999-12-31\n") // not due yet
	b.WriteString("web2,nobody,INV-231,2020-01-31\n")   // no such account
	return b.String()
}

// everybody returns the list of a billing system that is broken.
func (p *panels) everybody() string {
	var b strings.Builder
	b.WriteString("server,account,invoice,due\n")
	for i := range seeds {
		fmt.Fprintf(&b, "web2,seed%04d,INV-3%02d,2020-01-01\n", i+1, i+1)
	}
	return b.String()
}

func (p *panels) suspended() int {
	n := 0
	for _, c := range p.keyhelp.Clients() {
		if c.Suspended {
			n++
		}
	}
	for _, u := range p.hestia.Users() {
		if u.Suspended {
			n++
		}
	}
	return n
}
