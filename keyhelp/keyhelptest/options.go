package keyhelptest

import (
	"time"

	"github.com/provkit/provkit/internal/emulator"
)

// Dialect is the set of paths, field names and formats of a panel.
type Dialect string

// The dialects.
const (
	// Live is what running panels speak, as the vendor's wiki and public programs show it: /api/v2, and
	// /api/v1 beside it.
	Live Dialect = "live"
	// Documented is the dialect of the reference that came with a WHMCS module: ten endpoints. No
	// running panel is known to speak it.
	Documented Dialect = "documented"
)

// Option configures NewServer.
type Option func(*config)

type config struct {
	dialect   Dialect
	inMemory  bool
	tls       bool
	clock     emulator.Clock
	key       string
	plans     []Plan
	noPlans   bool
	rate      int
	window    time.Duration
	prefix    string
	seedCount int
}

// WithDialect chooses the dialect; the default is Live.
func WithDialect(d Dialect) Option { return func(c *config) { c.dialect = d } }

// InMemory opens no socket and starts no goroutine: only the client of [Server.Client] reaches the
// panel. The panel then works inside a testing/synctest bubble.
func InMemory() Option { return func(c *config) { c.inMemory = true } }

// WithTLS serves https with a self-signed certificate; see [Server.CertificatePEM] and
// [Server.Pin].
func WithTLS() Option { return func(c *config) { c.tls = true } }

// WithClock replaces the panel's clock, which stamps times and expires sessions and rate limits.
func WithClock(now func() time.Time) Option { return func(c *config) { c.clock = now } }

// WithKey sets the API key that the panel accepts.
func WithKey(key string) Option { return func(c *config) { c.key = key } }

// WithPlans replaces the three default plans. Plans without an ID get one.
func WithPlans(plans ...Plan) Option { return func(c *config) { c.plans = plans } }

// WithoutPlans answers 404 on /hosting-plans, as panels without KeyHelp Pro may do. The plans
// themselves stay: their IDs, which an operator would enter by hand, are valid for clients.
func WithoutPlans() Option { return func(c *config) { c.noPlans = true } }

// WithRateLimit answers 429 with Retry-After to more than n requests in a window. That KeyHelp
// limits rates at all is a choice of the emulator: no source says so.
func WithRateLimit(n int, window time.Duration) Option {
	return func(c *config) { c.rate, c.window = n, window }
}

// WithPathPrefix serves the panel below a prefix such as "/panel", so that a client that loses it
// fails.
func WithPathPrefix(prefix string) Option { return func(c *config) { c.prefix = prefix } }

// WithSeedClients starts with n clients, seed0001 and so on, on the first plan.
func WithSeedClients(n int) Option { return func(c *config) { c.seedCount = n } }
