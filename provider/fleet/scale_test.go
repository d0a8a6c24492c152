package fleet_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/hestia/hestiatest"
	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/hostkey/hostkeytest"
	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/keyhelp/keyhelptest"
	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/licenseserver/licenseservertest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/fleet"
)

// held is an account as a server holds it. Plan is "small" or "large" everywhere.
type held struct {
	reference, username, plan string
	suspended                 bool
}

// emulated is one emulated server of an estate.
type emulated struct {
	name, kind string
	// plans are the server's own IDs of "small" and "large".
	plans    map[string]string
	provider provider.Provider
	faults   *faults.Injector
	// suspends tells whether a request asks the server to suspend something.
	suspends func(faults.Request) bool
	// reads tells whether a request can change nothing.
	reads func(faults.Request) bool
	// suspended are the user names that the server itself has out of service.
	suspended func() []string

	// Harvested from the log of requests: those that suspended something, and those that may have
	// changed anything at all.
	requests, suspensions, changes int
}

// harvest counts and empties the log of requests, which would otherwise be most of what is in
// memory.
func (e *emulated) harvest() {
	for _, r := range e.faults.Requests() {
		e.requests++
		if e.suspends(r) && r.Status/100 == 2 {
			e.suspensions++
		}
		if !e.reads(r) {
			e.changes++
		}
	}
	e.faults.Forget()
}

// estate is twenty servers of four vendors.
type estate struct {
	fleet   *fleet.Fleet
	servers []*emulated
}

// kinds of the servers: more of those that tell everything in one call.
var kinds = slices.Concat(
	slices.Repeat([]string{hestia.Kind}, 7), slices.Repeat([]string{keyhelp.Kind}, 10),
	slices.Repeat([]string{hostkey.Kind}, 2), slices.Repeat([]string{licenseserver.Kind}, 1),
)

// open makes one server that holds the accounts.
func open(t testing.TB, name, kind string, accounts []held) *emulated {
	t.Helper()
	switch kind {
	case hestia.Kind:
		return openHestia(t, name, accounts)
	case keyhelp.Kind:
		return openKeyHelp(t, name, accounts)
	case hostkey.Kind:
		return openHostkey(t, name, accounts)
	}
	return openLicenses(t, name, accounts)
}

func openKeyHelp(t testing.TB, name string, accounts []held) *emulated {
	srv := keyhelptest.NewServer(keyhelptest.InMemory(), keyhelptest.WithDialect(keyhelptest.Live))
	client, err := keyhelp.New(srv.URL, provider.NewSecret(srv.Key), quick(srv.Client())...)
	require.NoError(t, err)
	ids := map[string]int64{"small": srv.Plans()[0].ID, "large": srv.Plans()[1].ID}
	for _, a := range accounts {
		srv.AddClient(keyhelptest.Client{
			Username: a.username, Email: a.username + "@example.com", Notes: provider.Markers{}.Mark("", a.reference, a.username), PlanID: ids[a.plan], Suspended: a.suspended,
		})
	}
	e := &emulated{name: name, kind: keyhelp.Kind, provider: keyhelp.NewProvider(client), faults: srv.Faults, plans: make(map[string]string)}
	for plan, id := range ids {
		e.plans[plan] = strconv.FormatInt(id, 10)
	}
	e.reads = isGet
	e.suspends = func(r faults.Request) bool {
		return r.Method == http.MethodPut && strings.Contains(string(r.Body), `"is_suspended":true`)
	}
	e.suspended = func() (names []string) {
		for _, c := range srv.Clients() {
			if c.Suspended {
				names = append(names, c.Username)
			}
		}
		return names
	}
	return e
}

func openHestia(t testing.TB, name string, accounts []held) *emulated {
	srv := hestiatest.NewServer(hestiatest.InMemory(), hestiatest.WithPackages(hestiatest.Package{Name: "small"}, hestiatest.Package{Name: "large"}))
	client, err := hestia.New(srv.URL, hestia.AccessKey(srv.AccessKey, provider.NewSecret(srv.SecretKey)), quick(srv.Client())...)
	require.NoError(t, err)
	for _, a := range accounts {
		srv.AddUser(hestiatest.User{
			Name: a.username, Password: "Canary+Passw0rd/1", DisplayName: provider.Markers{}.Mark("Some Customer", a.reference, a.username), Package: a.plan, Suspended: a.suspended,
		})
	}
	e := &emulated{name: name, kind: hestia.Kind, provider: hestia.NewProvider(client), faults: srv.Faults, plans: map[string]string{"small": "small", "large": "large"}}
	e.reads = func(r faults.Request) bool { return strings.Contains(string(r.Body), "cmd=v-list-") }
	e.suspends = func(r faults.Request) bool { return strings.Contains(string(r.Body), "v-suspend-user") }
	e.suspended = func() (names []string) {
		for _, u := range srv.Users() {
			if u.Suspended {
				names = append(names, u.Name)
			}
		}
		return names
	}
	return e
}

func openHostkey(t testing.TB, name string, accounts []held) *emulated {
	srv := hostkeytest.NewServer(hostkeytest.InMemory(), hostkeytest.WithTaskTime(0))
	client, err := hostkey.New(srv.URL, provider.NewSecret(srv.Key), quick(srv.Client())...)
	require.NoError(t, err)
	plans := map[string]string{"small": "vm.pico", "large": "vm.nano"}
	for _, a := range accounts {
		m := hostkeytest.Machine{Hostname: a.username, Preset: plans[a.plan]}
		if a.reference != "" {
			m.Tags = []hostkeytest.Tag{{Name: hostkey.ReferenceTag, Value: a.reference}}
		}
		if a.suspended {
			m.Status = string(hostkey.StatusPowerOff)
		}
		srv.AddMachine(m)
	}
	e := &emulated{name: name, kind: hostkey.Kind, provider: hostkey.NewProvider(client), faults: srv.Faults, plans: plans}
	e.reads = func(r faults.Request) bool {
		asks := func(action string) bool { return strings.Contains(string(r.Body), "action="+action) }
		return asks("list") || asks("show") || asks("get_") || r.Path == "/auth.php"
	}
	e.suspends = func(r faults.Request) bool { return strings.Contains(string(r.Body), "action=suspend") }
	e.suspended = func() (names []string) {
		for _, m := range srv.Machines() {
			if m.Status == string(hostkey.StatusPowerOff) {
				names = append(names, m.Hostname)
			}
		}
		return names
	}
	return e
}

// firstLicense is where the emulator's IDs begin.
const firstLicense = 1307

func openLicenses(t testing.TB, name string, accounts []held) *emulated {
	srv := licenseservertest.NewServer(licenseservertest.InMemory())
	client, err := licenseserver.New(srv.URL, provider.NewSecret(srv.Key), append(quick(srv.Client()),
		licenseserver.WithAdminCookie(srv.AdminCookie.Name, provider.NewSecret(srv.AdminCookie.Value)),
		licenseserver.WithPlans(licenseserver.Plan{ID: "small", MaxActivations: 2, MaxUsers: 5}, licenseserver.Plan{ID: "large", MaxActivations: 10, MaxUsers: 50}),
		licenseserver.WithScan(licenseserver.Scan{From: firstLicense}),
	)...)
	require.NoError(t, err)
	e := &emulated{name: name, kind: licenseserver.Kind, provider: licenseserver.NewProvider(client), faults: srv.Faults, plans: map[string]string{"small": "small", "large": "large"}}
	names := make(map[int64]string)
	var adopting sync.WaitGroup
	turns := make(chan struct{}, 8)
	for _, a := range accounts {
		license := licenseservertest.License{MaxActivations: 2, MaxUsers: 5}
		if a.plan == "large" {
			license.MaxActivations, license.MaxUsers = 10, 50
		}
		license = srv.AddLicense(license)
		names[license.ID] = a.username
		srv.AddDevice(licenseservertest.Device{LicenseID: license.ID, HardwareHash: "provkit:" + license.Key, MachineName: a.username})
		turns <- struct{}{}
		adopting.Go(func() {
			defer func() { <-turns }()
			id := strconv.FormatInt(license.ID, 10)
			if a.reference != "" {
				if _, err := e.provider.(provider.Adopter).Adopt(t.Context(), id, a.reference); err != nil {
					t.Errorf("adopt %s: %v", id, err)
				}
			}
			if a.suspended {
				srv.UpdateLicense(license.ID, func(l *licenseservertest.License) { l.Inactive = true })
			}
		})
	}
	adopting.Wait()
	srv.Faults.Forget()
	e.reads = isGet
	e.suspends = func(r faults.Request) bool { return r.Path == "/api/licenses/bulk-deactivate" }
	e.suspended = func() (all []string) {
		for _, l := range srv.Licenses() {
			if l.Inactive {
				all = append(all, names[l.ID])
			}
		}
		return all
	}
	return e
}

func isGet(r faults.Request) bool { return r.Method == http.MethodGet }

// quick are the options of all clients: the servers are emulated, so nobody is to wait.
func quick(client *http.Client) []provider.Option {
	return []provider.Option{provider.WithHTTPClient(client), provider.WithRateLimit(0, 0)}
}

// newEstate opens the servers and fills each with what hold returns for it.
func newEstate(t testing.TB, hold func(server int) []held) *estate {
	t.Helper()
	e := &estate{}
	var servers []*fleet.Server
	for i, kind := range kinds {
		s := open(t, fmt.Sprintf("%s%d", kind, i), kind, hold(i))
		e.servers = append(e.servers, s)
		servers = append(servers, &fleet.Server{Name: s.name, Provider: s.provider, Config: fleet.ServerEntry{Name: s.name, Kind: kind}})
	}
	f, err := fleet.New(servers...)
	require.NoError(t, err)
	e.fleet = f
	return e
}

// harvest reads all logs while everybody else in the bubble waits: a request that is under way
// stands there without its body.
func (e *estate) harvest() {
	synctest.Wait()
	for _, s := range e.servers {
		s.harvest()
	}
}

// forget begins to count anew.
func (e *estate) forget() {
	e.harvest()
	for _, s := range e.servers {
		s.requests, s.suspensions, s.changes = 0, 0, 0
	}
}

// untouched fails if a server was asked to change anything since the last forget.
func (e *estate) untouched(t testing.TB) {
	t.Helper()
	e.harvest()
	for _, s := range e.servers {
		require.Zero(t, s.changes, s.name)
	}
}

// report prints how many requests each vendor's servers got since the last forget.
func (e *estate) report(t testing.TB, what string) {
	t.Helper()
	e.harvest()
	servers, requests := map[string]int{}, map[string]int{}
	for _, s := range e.servers {
		servers[s.kind]++
		requests[s.kind] += s.requests
	}
	for _, kind := range slices.Compact(slices.Clone(kinds)) {
		t.Logf("%s: %s: %d requests for %d accounts on %d servers", what, kind, requests[kind], servers[kind]*perServer, servers[kind])
	}
}

// username of an account tells its server, so that a test needs no table.
func username(server, n int) string { return fmt.Sprintf("c%02d%05d", server, n) }

func reference(server, n int) string { return fmt.Sprintf("order-%02d-%05d", server, n) }

// number of the server that a user name tells.
func number(t testing.TB, username string) int {
	t.Helper()
	all, err := strconv.Atoi(strings.TrimPrefix(username, "c"))
	require.NoError(t, err)
	server := all / 100_000
	require.Less(t, server, len(kinds), username)
	return server
}
