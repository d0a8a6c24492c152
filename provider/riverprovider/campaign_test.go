//go:build unix

package riverprovider_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/elizon/elizontest"
	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/hestia/hestiatest"
	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/hostkey/hostkeytest"
	"github.com/provkit/provkit/internal/ordertest"
	"github.com/provkit/provkit/internal/postgrestest"
	"github.com/provkit/provkit/internal/testsize"
	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/keyhelp/keyhelptest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/fleet"
	"github.com/provkit/provkit/provider/riverprovider"
	"github.com/provkit/provkit/provider/sqlledger"
)

// child is the environment variable that makes the test binary a program that carries out what arrives: a
// childConfig as JSON.
const child = "PROVKIT_RIVER_CHILD"

func TestMain(m *testing.M) {
	if how := os.Getenv(child); how != "" {
		if err := serve(how); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	code := m.Run()
	if err := postgrestest.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stop PostgreSQL:", err)
		code = 1
	}
	os.Exit(code)
}

type childConfig struct {
	// Postgres is the URL of the database; SQLite the file of one process.
	Postgres, SQLite string
	Fleet            string
	// Listen is where events arrive, as JSON of intents.
	Listen string
}

// open returns the database of the queue and the ledger.
func (c childConfig) open(ctx context.Context) (db *sql.DB, driver riverdriver.Driver[*sql.Tx], book *sqlledger.Ledger, err error) {
	if c.Postgres != "" {
		db, err = sql.Open("pgx", c.Postgres)
		if err != nil {
			return nil, nil, nil, err
		}
		book, err = sqlledger.OpenPostgres(ctx, provider.NewSecret(c.Postgres))
		return db, riverdatabasesql.New(db), book, err
	}
	db, err = sql.Open("sqlite", "file:"+c.SQLite+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)")
	if err != nil {
		return nil, nil, nil, err
	}
	db.SetMaxOpenConns(1)
	book, err = sqlledger.OpenSQLite(ctx, c.SQLite+".ledger")
	return db, riversqlite.New(db), book, err
}

// serve is the program: it takes events and carries them out.
func serve(how string) error {
	ctx := context.Background()
	var c childConfig
	if err := json.Unmarshal([]byte(how), &c); err != nil {
		return err
	}
	db, driver, book, err := c.open(ctx)
	if err != nil {
		return err
	}
	config, err := fleet.Load(c.Fleet)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	servers, err := config.Open(provider.Drivers{keyhelp.Driver, hestia.Driver, hostkey.Driver, elizon.Driver}, nil,
		provider.WithLedger(ordertest.Hasty(book)), provider.WithSettleTime(settles), provider.WithReadLag(0), provider.WithLogger(log))
	if err != nil {
		return err
	}
	queue, err := riverprovider.New(db, riverprovider.Config{
		Servers: []riverprovider.Server{{Name: "keyhelp", Workers: 4}, {Name: "hestia", Workers: 4}, {Name: "hostkey", Workers: 8}, {Name: "elizon", Workers: 8}},
		Open:    servers.Provider, Secrets: secrets{}, Timeout: 20 * time.Second, Poll: 200 * time.Millisecond,
		OnEvent: func(ctx context.Context, tx *sql.Tx, e *riverprovider.Event) error {
			_, err := tx.ExecContext(ctx, "INSERT INTO told (reference, sequence, kind, code) VALUES ($1, $2, $3, $4)", e.Intent.Reference, e.Intent.Sequence, string(e.State), e.Code)
			return err
		},
	})
	if err != nil {
		return err
	}
	rc := &river.Config{
		Logger: log, FetchCooldown: 20 * time.Millisecond, FetchPollInterval: 100 * time.Millisecond, RetryPolicy: soon{}, MaxAttempts: 100,
		RescueStuckJobsAfter: 21 * time.Second, JobTimeout: 20 * time.Second,
	}
	if err := queue.Configure(rc); err != nil {
		return err
	}
	client, err := river.NewClient(driver, rc)
	if err != nil {
		return err
	}
	if c.SQLite != "" {
		if err := queue.Recover(ctx); err != nil {
			return err
		}
	}
	if err := client.Start(ctx); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return err
	}
	return http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var i provider.Intent
		err := json.NewDecoder(r.Body).Decode(&i)
		if err == nil {
			_, err = queue.Enqueue(r.Context(), client, nil, &i)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		}
	}))
}

const settles = 2500 * time.Millisecond

// service is what a customer has ordered, with the intents in the order of their numbers.
type service struct {
	intents []*provider.Intent
	final   provider.Status
}

// world is what the campaign plays against.
type world struct {
	keyhelp *keyhelptest.Server
	hestia  *hestiatest.Server
	hostkey *hostkeytest.Server
	elizon  *elizontest.Server
	fleet   string
}

func newWorld(t *testing.T) *world {
	w := &world{
		keyhelp: keyhelptest.NewServer(keyhelptest.WithDialect(keyhelptest.Live)), hestia: hestiatest.NewServer(),
		hostkey: hostkeytest.NewServer(hostkeytest.WithCredit("100000.00"), hostkeytest.WithDeployTime(2*time.Second), hostkeytest.WithTaskTime(time.Second)),
		elizon:  elizontest.NewServer(elizontest.WithBalance(10_000_00), elizontest.WithProvisioning(2*time.Second)),
		fleet:   filepath.Join(t.TempDir(), "servers.json"),
	}
	t.Cleanup(w.keyhelp.Close)
	t.Cleanup(w.hestia.Close)
	t.Cleanup(w.hostkey.Close)
	t.Cleanup(w.elizon.Close)
	w.hestia.AddPackage(hestiatest.Package{Name: "small", WebDomains: "10", DNSDomains: "10", MailDomains: "10", WebTemplate: "default", DNSTemplate: "default"})
	t.Setenv("RIVER_KEYHELP", w.keyhelp.Key)
	t.Setenv("RIVER_HESTIA", w.hestia.SecretKey)
	t.Setenv("RIVER_HOSTKEY", w.hostkey.Key)
	t.Setenv("RIVER_ELIZON", w.elizon.Key)
	t.Setenv("RIVER_MARKERS", "markers of the campaign, 32 bytes or more")
	config := fleet.Config{MarkerKeys: []string{"env:RIVER_MARKERS"}, Servers: []fleet.ServerEntry{
		{Name: "keyhelp", Kind: "keyhelp", URL: w.keyhelp.URL, Secret: "env:RIVER_KEYHELP", Options: map[string]string{"dialect": "live"}},
		{Name: "hestia", Kind: "hestia", URL: w.hestia.URL, Username: w.hestia.AccessKey, Secret: "env:RIVER_HESTIA"},
		{Name: "hostkey", Kind: "hostkey", URL: w.hostkey.URL, Secret: "env:RIVER_HOSTKEY"},
		{Name: "elizon", Kind: "elizon", URL: w.elizon.URL, Secret: "env:RIVER_ELIZON"},
	}}
	text, err := json.Marshal(config)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(w.fleet, text, 0o600))
	// The vendors where orders cost money take six seconds to answer now and then, and have carried them out.
	slow := faults.Fault{Kind: faults.Delay, Delay: 6 * time.Second, After: true}
	w.hostkey.Faults.Random(testsize.Seed(), 0.02, slow)
	w.elizon.Faults.Random(testsize.Seed(), 0.02, slow)
	return w
}

// order returns the n-th order of a server.
func (w *world) order(server string, n int) *provider.Order {
	o := order(n)
	switch server {
	case "keyhelp":
		o.Plan = fmt.Sprint(w.keyhelp.Plans()[0].ID)
	case "hestia":
		o.Plan = "small"
	case "hostkey":
		o.Domain, o.Plan, o.Options = "", "vm.nano", map[string]string{"location": "NL", "os": "240"}
	case "elizon":
		o.Domain, o.PasswordName, o.Plan, o.Options = "", "", "prod-vps-s", map[string]string{"max_price": "6.00", "template": "101", "location": "loc-fra"}
	}
	return o
}

// services makes up n services and what happens to them: ordered, overdue, paid, cancelled.
func (w *world) services(n int, r *rand.Rand) map[string]*service {
	all := make(map[string]*service)
	for i := range n {
		server := []string{"keyhelp", "hestia", "keyhelp", "hestia", "hostkey", "elizon"}[i%6]
		s := &service{}
		reference := fmt.Sprintf("order-%d", i)
		for k := range 2 + r.IntN(4) {
			status := []provider.Status{provider.StatusActive, provider.StatusSuspended}[k%2]
			if k > 1 && r.IntN(4) == 0 && i%6 < 4 {
				status = provider.StatusAbsent
			}
			s.intents = append(s.intents, &provider.Intent{
				Server: server, Reference: reference, Status: status, Sequence: int64(k + 1), Order: w.order(server, i),
			})
			s.final = status
			if status == provider.StatusAbsent {
				break
			}
		}
		all[reference] = s
	}
	return all
}

// TestKilled: events of many services arrive doubled and out of order while the programs are killed. Every
// service ends in the state of its newest event, once, nothing is paid for twice, and no secret is in a
// database or a log.
func TestKilled(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "queue.db")
		log := campaign(t, 1, testsize.Pick(4, 30), childConfig{SQLite: path})
		for _, file := range []string{path, path + "-wal", path + ".ledger", path + ".ledger-wal"} {
			text, err := os.ReadFile(file)
			if os.IsNotExist(err) {
				continue
			}
			require.NoError(t, err)
			require.NotContains(t, string(text), "Canary", file)
		}
		require.NotContains(t, log, "Canary")
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		if s := postgrestest.Installed(t); s != nil {
			// Where other programs go on, River looks only every 30 seconds for the jobs of one that was killed: the
			// full run waits for that.
			kills := testsize.Pick(0, 30)
			require.NotContains(t, campaign(t, 3, kills, childConfig{Postgres: s.URL("postgres", "")}), "Canary")
		}
	})
}

func campaign(t *testing.T, programs, kills int, c childConfig) (log string) {
	r := rand.New(rand.NewPCG(testsize.Seed(), 18))
	w := newWorld(t)
	c.Fleet = w.fleet
	db, driver, book, err := c.open(t.Context())
	require.NoError(t, err)
	defer func() { _ = db.Close(); _ = book.Close() }()
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	_, err = migrator.Migrate(t.Context(), rivermigrate.DirectionUp, nil)
	require.NoError(t, err)
	queue, err := riverprovider.New(db, riverprovider.Config{})
	require.NoError(t, err)
	require.NoError(t, queue.Migrate(t.Context()))
	_, err = db.ExecContext(t.Context(), "CREATE TABLE told (reference text NOT NULL, sequence bigint NOT NULL, kind text NOT NULL, code text NOT NULL)")
	require.NoError(t, err)

	services := w.services(testsize.Pick(24, 150), r)
	var events []*provider.Intent
	for _, s := range services {
		for _, i := range s.intents {
			for range 1 + r.IntN(2) {
				events = append(events, i)
			}
		}
	}
	r.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })

	all := make([]*program, programs)
	for i := range all {
		all[i] = newProgram(t, c)
	}
	var delivered sync.WaitGroup
	for k := range 4 {
		delivered.Go(func() {
			for i := k; i < len(events); i += 4 {
				deliver(t, all, events[i])
			}
		})
	}
	for range kills {
		time.Sleep(time.Duration(300+r.IntN(1500)) * time.Millisecond)
		all[r.IntN(len(all))].kill()
	}
	delivered.Wait()
	require.Eventually(t, func() bool { return len(unfinished(t, queue, services)) == 0 }, testsize.Pick(2*time.Minute, 5*time.Minute), 200*time.Millisecond,
		"%v", unfinished(t, queue, services))
	for _, p := range all {
		p.end()
		log += p.log.String()
	}
	w.judge(t, services)
	var persons int
	require.NoError(t, db.QueryRowContext(t.Context(), "SELECT count(*) FROM told WHERE kind IN ('person', 'refused')").Scan(&persons))
	t.Logf("%d events of %d services, %d kills of %d programs, %d for a person", len(events), len(services), kills, programs, persons)
	require.Zero(t, persons)
	return log
}

// unfinished returns the services whose newest intent is not done.
func unfinished(t *testing.T, queue *riverprovider.Queue, services map[string]*service) (left []string) {
	for reference, s := range services {
		state, err := queue.State(t.Context(), reference)
		if err != nil || state.State != provider.IntentDone || state.Intent.Sequence != s.intents[len(s.intents)-1].Sequence {
			left = append(left, fmt.Sprintf("%s %+v %v", reference, state, err))
		}
	}
	return left
}

// judge compares what the vendors have with what is wanted.
func (w *world) judge(t *testing.T, services map[string]*service) {
	found := make(map[string][]provider.Status)
	add := func(username string, suspended bool) {
		status := provider.StatusActive
		if suspended {
			status = provider.StatusSuspended
		}
		found[username] = append(found[username], status)
	}
	for _, c := range w.keyhelp.Clients() {
		add(c.Username, c.Suspended)
	}
	for _, u := range w.hestia.Users() {
		add(u.Name, u.Suspended)
	}
	for _, m := range w.hostkey.Machines() {
		name, _, _ := strings.Cut(m.Hostname, "-") // its digest follows
		add(name, m.Status == "power_off")
	}
	for reference, paid := range w.hostkey.PaidOrders() {
		assert.Equal(t, 1, paid, reference)
	}
	for _, s := range w.elizon.Truths() {
		name, _, _ := provider.Markers{}.Read(s.Name, "")
		add(name, !s.SuspendedAt.IsZero())
		assert.Equal(t, 1, s.Charges, s.Name)
	}
	for reference, s := range services {
		var want []provider.Status
		if s.final != provider.StatusAbsent {
			want = append(want, s.final)
		}
		assert.Equal(t, want, found[s.intents[0].Order.Username], "%s on %s", reference, s.intents[0].Server)
	}
}

// deliver sends an event until a program has taken it, as billing systems do.
func deliver(t *testing.T, all []*program, i *provider.Intent) {
	text, err := json.Marshal(i)
	assert.NoError(t, err)
	for n := 0; ; n++ {
		answer, err := http.Post("http://"+all[n%len(all)].config.Listen, "application/json", bytes.NewReader(text)) //nolint:noctx // a test
		if err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// program is a child that is started again whenever it is killed.
type program struct {
	t      *testing.T
	config childConfig
	log    bytes.Buffer
	cmd    *exec.Cmd
}

func newProgram(t *testing.T, c childConfig) *program {
	free, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a test
	require.NoError(t, err)
	c.Listen = free.Addr().String()
	require.NoError(t, free.Close())
	p := &program{t: t, config: c}
	p.start()
	t.Cleanup(p.end)
	return p
}

func (p *program) start() {
	text, err := json.Marshal(p.config)
	require.NoError(p.t, err)
	p.cmd = exec.Command(os.Args[0]) //nolint:noctx // it is killed
	p.cmd.Env = append(os.Environ(), child+"="+string(text))
	p.cmd.Stderr = &p.log
	require.NoError(p.t, p.cmd.Start())
}

func (p *program) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
	p.start()
}

func (p *program) end() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}
