package fleet_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/fleet"
	"github.com/provkit/provkit/provider/providertest"
)

// driver opens in-memory systems and notes what it was given.
type driver struct {
	kind   string
	opened map[string]provider.ServerConfig
}

func (d *driver) Kind() string { return d.kind }

func (d *driver) Config() []provider.OptionSpec {
	return []provider.OptionSpec{{Name: "url"}, {Name: "secret", Secret: true}, {Name: "token", Secret: true}, {Name: "zone"}}
}

func (d *driver) Open(cfg provider.ServerConfig, _ ...provider.Option) (provider.Provider, error) {
	problems := make(provider.Problems)
	if !strings.HasPrefix(cfg.URL, "https://") {
		problems.Add("url", "must begin with https://")
	}
	if cfg.Secret.IsZero() {
		problems.Add("secret", "required")
	}
	cfg.CheckOptions(&problems, []provider.OptionSpec{{Name: "token", Secret: true}, {Name: "zone"}})
	if err := problems.Err(d.kind, "Open", "open server"); err != nil {
		return nil, err
	}
	if d.opened == nil {
		d.opened = make(map[string]provider.ServerConfig)
	}
	d.opened[cfg.URL] = cfg
	return providertest.NewMemory(nil), nil
}

const good = `{"servers": [
  {"name": "web1", "kind": "panel", "url": "https://one.example", "username": "admin", "secret": "env:ONE_KEY", "capacity": 3, "plans": ["small"]},
  {"name": "web2", "kind": "panel", "url": "https://two.example", "username": "env:TWO_ID", "secret": "file:/run/two",
   "options": {"token": "env:TWO_TOKEN", "zone": "eu"}, "closed": true}
]}`

var sources = &fleet.Sources{
	Getenv: func(name string) string {
		return map[string]string{"ONE_KEY": "canary-one", "TWO_ID": "id-two", "TWO_TOKEN": "canary-token"}[name]
	},
	ReadFile: func(path string) ([]byte, error) {
		if path == "/run/two" {
			return []byte("  canary-two\n"), nil
		}
		return nil, os.ErrNotExist
	},
}

func TestOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "servers.json")
	require.NoError(t, os.WriteFile(path, []byte(good), 0o600))
	config, err := fleet.Load(path)
	require.NoError(t, err)
	d := &driver{kind: "panel"}
	f, err := config.Open(provider.Drivers{d}, sources)
	require.NoError(t, err)
	require.Equal(t, provider.ServerConfig{Kind: "panel", URL: "https://one.example", Username: "admin", Secret: provider.NewSecret("canary-one"), Options: map[string]string{}}, d.opened["https://one.example"])
	require.Equal(t, provider.ServerConfig{
		Kind: "panel", URL: "https://two.example", Username: "id-two", Secret: provider.NewSecret("canary-two"),
		Options: map[string]string{"zone": "eu"}, Secrets: map[string]provider.Secret{"token": provider.NewSecret("canary-token")},
	}, d.opened["https://two.example"])
	require.Len(t, f.Servers(), 2)
	server, ok := f.Server("web2")
	require.True(t, ok)
	require.True(t, server.Config.Closed)
	p, err := f.Provider("web1")
	require.NoError(t, err)
	require.NotNil(t, p)
	_, err = f.Provider("web3")
	require.ErrorIs(t, err, provider.ErrNotFound)
	require.NotContains(t, fmt.Sprintf("%+v %#v", config, server.Config), "canary")
}

// Marker keys are references like other secrets: of the fleet, or of a server.
func TestOpenMarkerKeys(t *testing.T) {
	config, err := fleet.Parse(strings.NewReader(`{"marker_keys": ["env:ONE_KEY", "env:TWO_TOKEN", "unsigned"], "servers": [
	  {"name": "web1", "kind": "panel", "url": "https://one.example", "secret": "env:ONE_KEY"},
	  {"name": "web2", "kind": "panel", "url": "https://two.example", "secret": "env:ONE_KEY", "marker_keys": ["env:TWO_ID"]}]}`))
	require.NoError(t, err)
	d := &driver{kind: "panel"}
	_, err = config.Open(provider.Drivers{d}, sources)
	require.NoError(t, err)
	one, two := d.opened["https://one.example"], d.opened["https://two.example"]
	require.Equal(t, []provider.Secret{provider.NewSecret("canary-one"), provider.NewSecret("canary-token"), {}}, one.MarkerKeys)
	require.Equal(t, []provider.Secret{provider.NewSecret("id-two")}, two.MarkerKeys)
	require.Equal(t, one.MarkerKeys, provider.NewOptions(one.ClientOptions()...).MarkerKeys)

	for _, wrong := range []string{`"unsigned"`, `"canary-key-in-the-file"`} {
		config, err = fleet.Parse(strings.NewReader(`{"marker_keys": [` + wrong + `], "servers": [
		  {"name": "web1", "kind": "panel", "url": "https://one.example", "secret": "env:ONE_KEY"}]}`))
		require.NoError(t, err)
		_, err = config.Open(provider.Drivers{d}, sources)
		require.ErrorIs(t, err, provider.ErrInvalid)
		require.ErrorContains(t, err, "marker_keys[0]: must be \"env:NAME\" or \"file:PATH\"")
		require.NotContains(t, err.Error(), "canary")
	}
}

// TestOpenTellsEverything: all mistakes at once, each with its place, and no secret.
func TestOpenTellsEverything(t *testing.T) {
	config, err := fleet.Parse(strings.NewReader(`{"servers": [
	  {"name": "web1", "kind": "panel", "url": "http://one.example", "secret": "canary-inline", "capacity": -1},
	  {"kind": "panel", "url": "https://x.example", "secret": "env:NOBODY"},
	  {"name": "web1", "kind": "panle", "url": "https://x.example"},
	  {"name": "web4", "kind": "panel", "url": "https://x.example", "secret": "file:/nowhere"},
	  {"name": "web5", "kind": "panel", "url": "ftp://x.example", "secret": "env:ONE_KEY", "options": {"zonne": "eu"}},
	  {"name": "web6", "kind": "panel", "url": "https://x.example", "secret": "env:", "options": {"token": "canary-token"}}
	]}`))
	require.NoError(t, err)
	_, err = config.Open(provider.Drivers{&driver{kind: "panel"}}, sources)
	require.ErrorIs(t, err, provider.ErrInvalid)
	var e *provider.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, map[string]string{
		"servers.web1.secret":        `must be "env:NAME" or "file:PATH": the configuration itself must not contain secrets`,
		"servers.web1.capacity":      "negative",
		"servers.web1.url":           "must begin with https://",
		"servers[1].name":            "required",
		"servers[1].secret":          "the environment variable NOBODY is not set or empty",
		"servers[2].name":            `"web1" is the name of another server`,
		"servers[2].kind":            `no driver "panle" (known: panel)`,
		"servers.web4.secret":        "file does not exist",
		"servers.web5.url":           "must begin with https://",
		"servers.web5.options.zonne": "unknown option (known: zone, read_lag)",
		"servers.web6.secret":        `has nothing after "env:"`,
		"servers.web6.options.token": `must be "env:NAME" or "file:PATH": the configuration itself must not contain secrets`,
	}, e.Fields)
	require.NotContains(t, err.Error(), "canary")

	_, err = (&fleet.Config{}).Open(nil, nil)
	require.ErrorContains(t, err, "servers")
}

// quoting is a driver of somebody else's, which quotes what it is given.
type quoting struct{ driver }

func (d *quoting) Open(cfg provider.ServerConfig, _ ...provider.Option) (provider.Provider, error) {
	zone, token := cfg.Options["zone"], cfg.Secrets["token"].Reveal()
	if cfg.URL == "plain" {
		return nil, fmt.Errorf("cannot open %s as %s", zone, cfg.Username)
	}
	problems := provider.Problems{"url": "must begin with https://"}
	problems.Add("options.zone", "%q is not a zone", zone)
	problems.Add("secrets.token", "%x is too short", token)
	if strings.Contains(cfg.Secret.Reveal(), " ") {
		problems.Add("secret", "contains white space")
	}
	problems.Add("username", "must be longer")
	problems.Add(zone, "is not known")
	return nil, problems.Err("quoting", "Open", "open server")
}

// TestOpenShowsNoValue: a driver that quotes values does not get them into the error, and what else
// it says is still read.
func TestOpenShowsNoValue(t *testing.T) {
	config, err := fleet.Parse(strings.NewReader(`{"servers": [
	  {"name": "web1", "kind": "panel", "url": "http://one.example", "username": "env:ID", "secret": "file:/key",
	   "options": {"zone": "env:ZONE", "token": "env:TOKEN"}},
	  {"name": "web2", "kind": "panel", "url": "plain", "username": "env:ID", "options": {"zone": "file:/key"}},
	  {"name": "web3", "kind": "panel", "url": "plain", "username": "bob", "options": {"zone": "eu"}}
	]}`))
	require.NoError(t, err)
	_, err = config.Open(provider.Drivers{&quoting{driver{kind: "panel"}}}, &fleet.Sources{
		Getenv:   func(name string) string { return "canary-" + name },
		ReadFile: func(string) ([]byte, error) { return []byte("canary of two words"), nil },
	})
	var e *provider.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, map[string]string{
		"servers.web1":               "the driver refuses it for a reason that may show the value of a reference",
		"servers.web1.url":           "must begin with https://",
		"servers.web1.username":      "must be longer",
		"servers.web1.secret":        "contains white space",
		"servers.web1.options.zone":  "the driver refuses the value of env:ZONE",
		"servers.web1.options.token": "the driver refuses the value of env:TOKEN",
		"servers.web2":               "the driver refuses it for a reason that may show the value of a reference",
		"servers.web3":               "cannot open eu as bob",
	}, e.Fields)
	require.NotContains(t, err.Error(), "canary")
	require.NotContains(t, err.Error(), fmt.Sprintf("%x", "canary"))
}

func TestParse(t *testing.T) {
	for name, text := range map[string]string{
		"json: unknown field \"capcity\"": `{"servers": [{"name": "a", "capcity": 5}]}`,
		"line 3: ":                        "{\"servers\": [\n{\"name\": \"a\",\n\"capacity\": \"5\"}]}",
		"line 2: ":                        "{\"servers\": [\n{,}]}",
		"does not end after its object":   `{"servers": []} {}`,
		"EOF":                             "",
	} {
		_, err := fleet.Parse(strings.NewReader(text))
		require.ErrorContains(t, err, name)
	}
	_, err := fleet.Load(filepath.Join(t.TempDir(), "missing.json"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func FuzzParse(f *testing.F) {
	f.Add(good)
	f.Add("{\"servers\": [\n{,}]}")
	f.Fuzz(func(t *testing.T, text string) {
		config, err := fleet.Parse(strings.NewReader(text))
		if err != nil {
			require.Nil(t, config)
			return
		}
		_, _ = config.Open(provider.Drivers{&driver{kind: "panel"}}, sources)
	})
}

// memories makes a fleet of in-memory servers web1, web2, ... with so many accounts.
func memories(t testing.TB, accounts ...int) (*fleet.Fleet, []*providertest.Memory) {
	t.Helper()
	var all []*fleet.Server
	var panels []*providertest.Memory
	for i, n := range accounts {
		m := providertest.NewMemory(nil)
		for k := range n {
			_, err := m.Create(t.Context(), m.World().Request(1000*(i+1)+k))
			require.NoError(t, err)
		}
		panels = append(panels, m)
		name := fmt.Sprintf("web%d", i+1)
		all = append(all, &fleet.Server{Name: name, Provider: m, Config: fleet.ServerEntry{Name: name}})
	}
	f, err := fleet.New(all...)
	require.NoError(t, err)
	return f, panels
}

func TestNew(t *testing.T) {
	m := providertest.NewMemory(nil)
	_, err := fleet.New(&fleet.Server{Name: "a", Provider: m}, &fleet.Server{Provider: m}, &fleet.Server{Name: "a", Provider: m}, nil, &fleet.Server{Name: "b"})
	require.ErrorIs(t, err, provider.ErrInvalid)
	var e *provider.Error
	require.ErrorAs(t, err, &e)
	require.Len(t, e.Fields, 4)
}

func TestFind(t *testing.T) {
	f, panels := memories(t, 3, 3, 3)
	want := panels[1].Accounts()[1]
	found, err := f.Find(t.Context(), provider.Query{Username: want.Username})
	require.NoError(t, err)
	require.Equal(t, "web2", found.Server.Name)
	require.Equal(t, want.ID, found.Account.ID)
	_, err = f.Find(t.Context(), provider.Query{Username: "nobody"})
	require.ErrorIs(t, err, provider.ErrNotFound)

	panels[0].AddForeign(want.Username)
	_, err = f.Find(t.Context(), provider.Query{Username: want.Username})
	require.ErrorIs(t, err, provider.ErrConflict)
	require.ErrorContains(t, err, "web1")

	// "Nobody has it" needs everybody's answer.
	panels[2].Faults().When(nil, 0, faults.Fault{Kind: faults.Status, StatusCode: 403})
	_, err = f.Find(t.Context(), provider.Query{Username: "nobody"})
	require.Error(t, err)
	require.NotErrorIs(t, err, provider.ErrNotFound)
	var server *fleet.ServerError
	require.ErrorAs(t, err, &server)
	require.Equal(t, "web3", server.Server)
}

// limited is a provider of which only the core is to be seen.
type limited struct{ provider.Provider }

func TestPlace(t *testing.T) { synctest.Test(t, testPlace) }

func testPlace(t *testing.T) {
	f, panels := memories(t, 2, 5, 1)
	web := f.Servers()
	web[0].Config.Capacity, web[1].Config.Capacity, web[2].Config.Capacity = 4, 100, 10
	web[2].Config.Plans = []string{"large"}
	place := func(req *fleet.PlaceRequest) (string, error) {
		p, err := f.Place(t.Context(), req)
		if err != nil {
			return "", err
		}
		return p.Server.Name, nil
	}
	name, err := place(nil)
	require.NoError(t, err)
	require.Equal(t, "web1", name)
	name, err = place(&fleet.PlaceRequest{Plan: "small"})
	require.NoError(t, err)
	require.Equal(t, "web1", name, "one place was left")
	p, err := f.Place(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, "web2", p.Server.Name)
	require.Equal(t, []fleet.Skip{{Server: "web1", Reason: "full: 4 of 4 accounts"}}, p.Skipped)
	require.Equal(t, 5, p.Accounts)

	name, err = place(&fleet.PlaceRequest{Plan: "large", Strategy: fleet.LeastUsed})
	require.NoError(t, err)
	require.Equal(t, "web2", name, "6 of 100 is less than 1 of 10")
	web[1].Config.Closed = true
	name, err = place(&fleet.PlaceRequest{Plan: "large"})
	require.NoError(t, err)
	require.Equal(t, "web3", name)

	_, err = f.Place(t.Context(), &fleet.PlaceRequest{Plan: "small"})
	require.ErrorIs(t, err, provider.ErrQuota)
	require.EqualError(t, err, `fleet: place account: no server fits: web1: full: 4 of 4 accounts; web2: closed; web3: does not take plan "small"`)
	_, err = f.Place(t.Context(), &fleet.PlaceRequest{Kind: "other"})
	require.ErrorContains(t, err, "of another kind")
	_, err = f.Place(t.Context(), &fleet.PlaceRequest{Strategy: "best", MaxAge: -1})
	require.ErrorIs(t, err, provider.ErrInvalid)

	// The counts are those of a minute ago at most.
	panels[0].Faults().When(nil, 0, faults.Fault{Kind: faults.Refuse})
	large := &fleet.PlaceRequest{Plan: "large"}
	for _, want := range []string{"full: 4 of 4 accounts", "its check failed: "} {
		p, err = f.Place(t.Context(), large)
		require.NoError(t, err)
		require.Equal(t, "web3", p.Server.Name)
		require.Len(t, p.Skipped, 2)
		require.Equal(t, "web1", p.Skipped[0].Server)
		require.Contains(t, p.Skipped[0].Reason, want)
		time.Sleep(time.Minute)
	}
	require.ErrorIs(t, p.Skipped[0].Err, provider.ErrUnavailable)

	// A failed check is believed for ten seconds from its beginning on.
	name, err = place(large)
	require.NoError(t, err)
	require.Equal(t, "web3", name)
	panels[0].Faults().Clear()
	name, err = place(large)
	require.NoError(t, err)
	require.Equal(t, "web3", name)
	time.Sleep(10 * time.Second)
	name, err = place(large)
	require.NoError(t, err)
	require.Equal(t, "web1", name)
}

// TestPlaceAsksOnce: many placements in a row cost one look at a server.
func TestPlaceAsksOnce(t *testing.T) { synctest.Test(t, testPlaceAsksOnce) }

func testPlaceAsksOnce(t *testing.T) {
	f, panels := memories(t, 1, 1)
	for _, s := range f.Servers() {
		s.Config.Capacity = 50
	}
	var placed [2]int
	for range 90 {
		p, err := f.Place(t.Context(), &fleet.PlaceRequest{Strategy: fleet.LeastUsed})
		require.NoError(t, err)
		placed[p.Server.Name[3]-'1']++
	}
	require.Equal(t, [2]int{45, 45}, placed)
	before := panels[0].Faults().Count()
	_, err := f.Place(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, before, panels[0].Faults().Count())
	time.Sleep(time.Minute)
	_, err = f.Place(t.Context(), nil)
	require.NoError(t, err)
	require.Greater(t, panels[0].Faults().Count(), before, "what is a minute old is asked for anew")

	// Where nobody can count, what was placed counts.
	blind, err := fleet.New(&fleet.Server{Name: "b", Provider: limited{panels[0]}, Config: fleet.ServerEntry{Capacity: 2}})
	require.NoError(t, err)
	for range 2 {
		_, err = blind.Place(t.Context(), nil)
		require.NoError(t, err)
		time.Sleep(time.Minute)
	}
	_, err = blind.Place(t.Context(), nil)
	require.ErrorIs(t, err, provider.ErrQuota)
}

func TestPlaceContext(t *testing.T) {
	f, _ := memories(t, 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := f.Place(ctx, nil)
	require.ErrorIs(t, err, context.Canceled)
	_, err = f.Place(t.Context(), nil)
	require.NoError(t, err, "a cancelled look says nothing about the server")
}

// stuck never answers a check.
type stuck struct{ *providertest.Memory }

func (s stuck) Check(ctx context.Context) (*provider.CheckReport, error) {
	<-ctx.Done()
	return &provider.CheckReport{}, ctx.Err()
}

// TestPlaceWaits: whoever waits for somebody else's look at a server stops waiting when the own
// context ends, and when the look is broken off, the next one in line looks.
func TestPlaceWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, panels := memories(t, 1)
		server := f.Servers()[0]
		server.Provider = stuck{panels[0]}
		ends := func(after time.Duration) (placed chan error) {
			placed = make(chan error, 1)
			ctx, cancel := context.WithTimeout(t.Context(), after)
			go func() {
				defer cancel()
				began := time.Now()
				_, err := f.Place(ctx, &fleet.PlaceRequest{Timeout: 2 * time.Hour})
				if took := time.Since(began); err != nil && took != after {
					err = fmt.Errorf("after %v", took)
				}
				placed <- err
			}()
			synctest.Wait()
			return placed
		}
		long, short, last := ends(time.Minute), ends(time.Second), ends(time.Hour)
		require.ErrorIs(t, <-short, context.DeadlineExceeded)
		require.ErrorIs(t, <-long, context.DeadlineExceeded)
		require.ErrorIs(t, <-last, context.DeadlineExceeded)
	})
}

// endless lists accounts for ever.
type endless struct{ *providertest.Memory }

func (e endless) List(ctx context.Context, _ *provider.ListOptions) iter.Seq2[*provider.Account, error] {
	return func(yield func(*provider.Account, error) bool) {
		for yield(&provider.Account{}, nil) {
			select {
			case <-time.After(time.Millisecond):
			case <-ctx.Done():
				yield(nil, ctx.Err())
				return
			}
		}
	}
}

// TestPlacePassesOver: a server that does not answer, or whose list never ends, costs its own time
// and does not keep the others from being used.
func TestPlacePassesOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, strategy := range []fleet.Strategy{fleet.FirstFit, fleet.LeastUsed} {
			f, panels := memories(t, 1, 1, 3)
			f.Servers()[0].Provider = stuck{panels[0]}
			f.Servers()[1].Provider = endless{panels[1]}
			began := time.Now()
			p, err := f.Place(t.Context(), &fleet.PlaceRequest{Strategy: strategy})
			require.NoError(t, err)
			require.Equal(t, "web3", p.Server.Name)
			require.LessOrEqual(t, time.Since(began), time.Minute)
			require.Len(t, p.Skipped, 2)
			for _, skipped := range p.Skipped {
				require.Contains(t, skipped.Reason, "longer than 30s")
			}
		}
		f, _ := memories(t, 1)
		_, err := f.Place(t.Context(), &fleet.PlaceRequest{Timeout: -1})
		require.ErrorIs(t, err, provider.ErrInvalid)
	})
}

// TestPlaceAtOnce: of many calls at once exactly as many get a place as there are.
func TestPlaceAtOnce(t *testing.T) { synctest.Test(t, testPlaceAtOnce) }

func testPlaceAtOnce(t *testing.T) {
	for _, strategy := range []fleet.Strategy{fleet.FirstFit, fleet.LeastUsed} {
		f, _ := memories(t, 3, 3, 3)
		for _, s := range f.Servers() {
			s.Config.Capacity = 10
		}
		var placed, full atomic.Int64
		var calls sync.WaitGroup
		for range 60 {
			calls.Go(func() {
				_, err := f.Place(t.Context(), &fleet.PlaceRequest{Strategy: strategy})
				switch {
				case err == nil:
					placed.Add(1)
				case errors.Is(err, provider.ErrQuota):
					full.Add(1)
				}
			})
		}
		calls.Wait()
		require.EqualValues(t, 21, placed.Load(), strategy)
		require.EqualValues(t, 39, full.Load(), strategy)
	}
}

func TestServerError(t *testing.T) {
	err := &fleet.ServerError{Server: "web1", Err: provider.ErrUnavailable}
	require.True(t, errors.Is(err, provider.ErrUnavailable))
	require.Contains(t, err.Error(), "web1: ")
}
