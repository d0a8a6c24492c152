package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/provkit/provkit/hestia/hestiatest"
	"github.com/provkit/provkit/keyhelp/keyhelptest"
	"github.com/provkit/provkit/licenseserver/licenseservertest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

// step is one thing that happens, and what must come of it.
type step struct {
	at, event, service string
	answer             int
	send               func(ctx context.Context, s step) (int, error)
	order              *Order
	told, note         string // the outcome, if there must be one, begins with told; note is printed instead
}

// sequence of a step's event: the time when it happened.
func (s step) sequence() int64 {
	n, _ := strconv.ParseInt(strings.ReplaceAll(s.at, ":", ""), 10, 64)
	return n
}

func (d *day) steps() []step {
	order := func(kind, plan, domain, email string) *Order {
		return &Order{provider.Order{Plan: plan, Domain: domain, Email: email}, kind}
	}
	plan := fmt.Sprint(d.keyhelp.Plans()[0].ID)
	first := order("keyhelp", plan, "example.com", "max@example.com")
	webhook, forged, old := d.signed(d.secret, 0), d.signed(key(), 0), d.signed(d.secret, -time.Hour)
	const paid, overdue, made = "order.paid", "invoice.overdue", "done: create: absent -> active"
	return []step{
		{"08:00", paid, "1001", 202, webhook, first, made, ""},
		{"08:00", paid, "1001", 200, webhook, first, "", "sent again: nothing is done twice"},
		{"08:01", "cancelled", "1001", 401, forged, nil, "", "forged: refused"},
		{"08:02", "cancelled", "1001", 401, old, nil, "", "signed an hour ago: refused"},
		{"08:05", "sign-on", "1001", 303, d.signOn, nil, "", "the browser is sent to the panel"},
		{"09:00", paid, "1002", 202, d.failing, order("hestia", "starter", "example.net", "eva@example.net"), made + " (after an error)", ""},
		{"09:30", paid, "1003", 202, webhook, order("licenseserver", "basic", "", "it@example.org"), made, ""},
		{"10:00", paid, "1004", 202, d.killed, order("keyhelp", plan, "example.org", "it@example.org"), "done", "done: killed at work; the next instance finishes it"},
		{"11:00", paid, "1005", 422, webhook, order("keyhelp", "", "", "nobody at example"), "", "refused: this is no e-mail address"},
		{"12:00", overdue, "1001", 202, webhook, nil, "done: suspend: active -> suspended", ""},
		{"12:00", overdue, "1002", 202, webhook, nil, "done: suspend: active -> suspended", ""},
		{"15:00", "invoice.paid", "1001", 202, webhook, nil, "done: unsuspend: suspended -> active", ""},
		{"14:00", overdue, "1001", 202, webhook, nil, "", "superseded: a newer event came first"},
		{"16:00", "cancelled", "1003", 202, webhook, nil, "done: terminate: active -> absent", ""},
		{"17:00", "invoice.paid", "1003", 409, webhook, nil, "", "refused: the service is cancelled"},
	}
}

// panels are emulated servers in this process, on loopback ports.
type panels struct {
	keyhelp  *keyhelptest.Server
	hestia   *hestiatest.Server
	licenses *licenseservertest.Server
	markers  string // the key of their markers
}

func startPanels() *panels {
	return &panels{
		keyhelptest.NewServer(keyhelptest.WithDialect(keyhelptest.Live)),
		hestiatest.NewServer(hestiatest.WithPackages(hestiatest.Package{Name: "starter"})), licenseservertest.NewServer(), key(),
	}
}

func (p *panels) stop() {
	p.keyhelp.Close()
	p.hestia.Close()
	p.licenses.Close()
}

// config is their servers.json.
func (p *panels) config() []byte {
	return fmt.Appendf(nil, `{"marker_keys": ["env:MARKER_KEY"], "servers": [
		{"name": "web1", "kind": "keyhelp", "url": %q, "secret": "env:WEB1_KEY", "capacity": 500},
		{"name": "web2", "kind": "hestia", "url": %q, "username": "env:WEB2_ID", "secret": "env:WEB2_KEY", "capacity": 500},
		{"name": "lic1", "kind": "licenseserver", "url": %q, "secret": "env:LIC1_KEY",
		 "options": {"admin_sign_in": "cookie", "admin_name": %q, "admin_secret": "env:LIC1_COOKIE", "plans": "basic=1/5"}}
	]}`, p.keyhelp.URL, p.hestia.URL, p.licenses.URL, p.licenses.AdminCookie.Name)
}

// secrets are those that servers.json names, for the environment.
func (p *panels) secrets() []string {
	return []string{
		"WEB1_KEY=" + p.keyhelp.Key, "WEB2_ID=" + p.hestia.AccessKey, "WEB2_KEY=" + p.hestia.SecretKey,
		"LIC1_KEY=" + p.licenses.Key, "LIC1_COOKIE=" + p.licenses.AdminCookie.Value, "MARKER_KEY=" + p.markers,
	}
}

// failing sends an order to a panel that fails the creation of a user, and the retry, which the adapter sends after it has looked.
func (d *day) failing(ctx context.Context, s step) (int, error) {
	d.hestia.Faults.When(func(r *http.Request) bool {
		body, _ := io.ReadAll(r.Body)
		return bytes.Contains(body, []byte("v-add-user"))
	}, 2, faults.Fault{Kind: faults.Status, StatusCode: http.StatusServiceUnavailable})
	return d.signed(d.secret, 0)(ctx, s)
}

// keyhelpHangs makes the panel carry out the next creation of a client and never answer. The channel is closed when it is asked.
func (p *panels) keyhelpHangs() <-chan struct{} {
	arrived := make(chan struct{})
	p.keyhelp.Faults.When(func(r *http.Request) bool {
		return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/clients") && func() bool { close(arrived); return true }()
	}, 1, faults.Fault{Kind: faults.Delay, After: true, Delay: time.Hour})
	return arrived
}

// holds returns what is on all servers: "1001 active on web1".
func (p *panels) holds() (all []string) {
	add := func(text, name, server string, suspended bool) {
		state := map[bool]provider.Status{false: provider.StatusActive, true: provider.StatusSuspended}[suspended]
		if _, reference, _ := (provider.Markers{}).Read(text, name); reference != "" {
			all = append(all, fmt.Sprintf("%s %s on %s", reference, state, server))
		}
	}
	for _, c := range p.keyhelp.Clients() {
		add(c.Notes, c.Username, "web1", c.Suspended)
	}
	for _, u := range p.hestia.Users() {
		add(u.DisplayName, u.Name, "web2", u.Suspended)
	}
	for _, l := range p.licenses.Licenses() {
		all = append(all, fmt.Sprintf("license %d on lic1", l.ID))
	}
	return all
}
