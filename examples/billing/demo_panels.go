package main

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/hestia/hestiatest"
	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/keyhelp/keyhelptest"
	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/licenseserver/licenseservertest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/fleet"
)

// panels are emulated servers in this process, on loopback ports.
type panels struct {
	keyhelp  *keyhelptest.Server
	hestia   *hestiatest.Server
	licenses *licenseservertest.Server
	markers  string // the key of their markers, which a restart needs again
}

func startPanels() *panels {
	return &panels{
		keyhelp:  keyhelptest.NewServer(keyhelptest.WithDialect(keyhelptest.Live)),
		hestia:   hestiatest.NewServer(hestiatest.WithPackages(hestiatest.Package{Name: "starter"})),
		licenses: licenseservertest.NewServer(),
		markers:  rand.Text(),
	}
}

func (p *panels) stop() {
	p.keyhelp.Close()
	p.hestia.Close()
	p.licenses.Close()
}

// fleet opens the servers from a configuration as it would be in servers.json.
func (p *panels) fleet(log *slog.Logger) (*fleet.Fleet, error) {
	config, err := fleet.Parse(strings.NewReader(fmt.Sprintf(`{"marker_keys": ["env:PROVKIT_MARKER_KEY"], "servers": [
		{"name": "web1", "kind": %q, "url": %q, "secret": "env:WEB1_KEY", "capacity": 500},
		{"name": "web2", "kind": %q, "url": %q, "username": "env:WEB2_ID", "secret": "env:WEB2_KEY", "capacity": 500},
		{"name": "lic1", "kind": %q, "url": %q, "secret": "env:LIC1_KEY",
		 "options": {"admin_sign_in": "cookie", "admin_name": %q, "admin_secret": "env:LIC1_COOKIE", "plans": "basic=1/5"}}
	]}`, keyhelp.Kind, p.keyhelp.URL, hestia.Kind, p.hestia.URL, licenseserver.Kind, p.licenses.URL, p.licenses.AdminCookie.Name)))
	if err != nil {
		return nil, err
	}
	environment := map[string]string{
		"WEB1_KEY": p.keyhelp.Key, "WEB2_ID": p.hestia.AccessKey, "WEB2_KEY": p.hestia.SecretKey,
		"LIC1_KEY": p.licenses.Key, "LIC1_COOKIE": p.licenses.AdminCookie.Value,
		"PROVKIT_MARKER_KEY": p.markers,
	}
	return config.Open(drivers, &fleet.Sources{Getenv: func(name string) string { return environment[name] }},
		provider.WithLogger(log),
		provider.WithRetry(provider.Retry{Attempts: 1}), // so that the demo shows the queue's own retries
		provider.WithRateLimit(0, 0))                    // the default spares a real license server
}

// hestiaFails makes the panel fail the next creation of a user, and the retry, which the adapter
// sends after it has looked.
func (p *panels) hestiaFails() {
	p.hestia.Faults.When(func(r *http.Request) bool {
		body, _ := io.ReadAll(r.Body)
		return bytes.Contains(body, []byte("v-add-user"))
	}, 2, faults.Fault{Kind: faults.Status, StatusCode: http.StatusServiceUnavailable})
}

// keyhelpHangs makes the panel carry out the next creation of a client and never answer. The
// channel is closed when the request has arrived.
func (p *panels) keyhelpHangs() <-chan struct{} {
	arrived := make(chan struct{})
	p.keyhelp.Faults.When(func(r *http.Request) bool {
		if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/clients") {
			return false
		}
		close(arrived)
		return true
	}, 1, faults.Fault{Kind: faults.Delay, After: true, Delay: forever})
	return arrived
}

// holds returns what is on all servers: "1001 active on web1".
func (p *panels) holds() []string {
	state := func(suspended bool) string {
		if suspended {
			return "suspended"
		}
		return "active"
	}
	var all []string
	for _, c := range p.keyhelp.Clients() {
		_, reference, _ := provider.Markers{}.Read(c.Notes, c.Username)
		all = append(all, fmt.Sprintf("%s %s on web1", reference, state(c.Suspended)))
	}
	for _, u := range p.hestia.Users() {
		if _, reference, _ := (provider.Markers{}).Read(u.DisplayName, u.Name); reference != "" {
			all = append(all, fmt.Sprintf("%s %s on web2", reference, state(u.Suspended)))
		}
	}
	for _, l := range p.licenses.Licenses() {
		all = append(all, fmt.Sprintf("license %d on lic1", l.ID))
	}
	return all
}
