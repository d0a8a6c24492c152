package riverprovider

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"regexp"
	"time"

	"github.com/riverqueue/river"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/fleet"
)

// Config is how a Queue works. A program that only enqueues needs none of it.
type Config struct {
	// Servers whose intents this program carries out; none for a program that only enqueues.
	Servers []Server
	// Open returns the provider of a server; fleet.Fleet has it as a method. Required with Servers.
	Open func(server string) (provider.Provider, error)
	// Secrets knows what intents name; nil if none does.
	Secrets provider.SecretSource
	// OnEvent hears what becomes of intents, in the transaction that writes it down: what it does with tx
	// happens exactly once. An error rolls both back, and the job is tried again. It must not keep tx, and
	// must not call the Queue with another.
	OnEvent func(ctx context.Context, tx *sql.Tx, e *Event) error
	// OnPassword hears a password that a system made up, this once: store it, encrypted, with tx. The event
	// of the intent follows. Without it such a password is lost, and ChangePassword sets another.
	OnPassword func(ctx context.Context, tx *sql.Tx, i *provider.Intent, password provider.Secret) error
	// Timeout ends one attempt; 0 is ten minutes. The next begins where it ended.
	Timeout time.Duration
	// Poll is how long a job sleeps while its work is pending; 0 is 30 seconds.
	Poll time.Duration
	// Periodic is other work at fixed times, such as fleet.Fleet's PeriodicUsage and PeriodicReconcile.
	Periodic []fleet.Periodic
}

// Server is a server whose intents are carried out.
type Server struct {
	// Name as in Intent.Server.
	Name string
	// Workers is how many of its intents are carried out at once in this process; 0 is 4. What a second
	// may carry is the client's matter: provider.WithRateLimit.
	Workers int
}

const (
	defaultTimeout = 10 * time.Minute
	defaultPoll    = 30 * time.Second
	defaultWorkers = 4
	// sweeps is how often intents are looked for whose job is missing.
	sweeps = time.Minute
	// rescue is how long after its time is up the job of a program that died is given to another.
	rescue = time.Minute
)

// Queue turns intents into jobs. Make one with New. It is safe for concurrent use.
type Queue struct {
	db  *sql.DB
	cfg Config
}

// New returns a Queue on the database in which River's tables are.
func New(db *sql.DB, cfg Config) (*Queue, error) {
	var problems provider.Problems
	if db == nil {
		problems.Add("db", "required")
	}
	if len(cfg.Servers) > 0 && cfg.Open == nil {
		problems.Add("Open", "required with Servers")
	}
	seen := make(map[string]bool)
	for _, s := range cfg.Servers {
		if s.Name == "" || seen[s.Name] {
			problems.Add("Servers", "%q is empty or named twice", s.Name)
		}
		problems.NotNegative("Workers", int64(s.Workers))
		seen[s.Name] = true
	}
	problems.Note("Periodic", fleet.PeriodicProblem(cfg.Periodic))
	problems.NotNegative("Timeout", int64(cfg.Timeout))
	problems.NotNegative("Poll", int64(cfg.Poll))
	if cfg.Timeout == 0 {
		cfg.Timeout = defaultTimeout
	}
	if cfg.Poll == 0 {
		cfg.Poll = defaultPoll
	}
	return &Queue{db, cfg}, problems.Err("", "", "riverprovider: configure the queue")
}

// Configure adds to a configuration of River, before river.NewClient: the workers, a queue for each of the
// servers, and the periodic jobs. Without a RescueStuckJobsAfter of its own, the jobs of a program that died
// go on a minute after Config.Timeout.
func (q *Queue) Configure(c *river.Config) error {
	if c.Workers == nil {
		c.Workers = river.NewWorkers()
	}
	if err := river.AddWorkerSafely(c.Workers, &intentWorker{q: q}); err != nil {
		return err
	}
	if err := river.AddWorkerSafely(c.Workers, &sweepWorker{q: q}); err != nil {
		return err
	}
	if len(q.cfg.Servers) == 0 {
		return nil
	}
	if c.Queues == nil {
		c.Queues = make(map[string]river.QueueConfig)
	}
	for _, s := range q.cfg.Servers {
		workers := s.Workers
		if workers == 0 {
			workers = defaultWorkers
		}
		c.Queues[QueueOf(s.Name)] = river.QueueConfig{MaxWorkers: workers}
	}
	if c.RescueStuckJobsAfter == 0 { // an hour, otherwise: so long an order would wait after a crash
		c.RescueStuckJobsAfter = max(q.cfg.Timeout, c.JobTimeout) + rescue
	}
	c.Queues[upkeep] = river.QueueConfig{MaxWorkers: 2}
	c.PeriodicJobs = append(c.PeriodicJobs, periodic(sweeps, sweepArgs{}, "provkit_sweep", true))
	return q.addPeriodic(c)
}

// upkeep is the queue of periodic jobs.
const upkeep = "provkit_upkeep"

var plainName = regexp.MustCompile(`^[a-z0-9]+([_-][a-z0-9]+)*$`)

// QueueOf returns the name of River's queue for a server: "server_web1". Names that River would not take
// are hashed.
func QueueOf(server string) string { return named("server_", server) }

func named(prefix, name string) string {
	if len(name) <= 48 && plainName.MatchString(name) {
		return prefix + name
	}
	sum := sha256.Sum256([]byte(name))
	return prefix + "x_" + hex.EncodeToString(sum[:12])
}
