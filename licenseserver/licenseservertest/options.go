package licenseservertest

import (
	"time"

	"github.com/provkit/provkit/internal/emulator"
)

// Option configures NewServer.
type Option func(*config)

type config struct {
	inMemory   bool
	tls        bool
	clock      emulator.Clock
	prefix     string
	rate       int
	window     time.Duration
	seedCount  int
	timeout    time.Duration
	strict     bool
	limits     bool
	searchPath string
	gate       gate
	gateHeader string
}

// gate is the way in which the admin routes are guarded.
type gate int

const (
	gateCookie gate = iota
	gateHeader
	gateKey
	gateOpen
)

// InMemory opens no socket and starts no goroutine: only the client of [Server.Client] reaches the
// server. The server then works inside a testing/synctest bubble.
func InMemory() Option { return func(c *config) { c.inMemory = true } }

// WithTLS serves https with a self-signed certificate; see [Server.CertificatePEM] and
// [Server.Pin].
func WithTLS() Option { return func(c *config) { c.tls = true } }

// WithClock replaces the server's clock, which stamps times and ends sessions, licenses and rate
// limits.
func WithClock(now func() time.Time) Option { return func(c *config) { c.clock = now } }

// WithPathPrefix serves everything below a prefix such as "/v2", so that a client that loses it
// fails.
func WithPathPrefix(prefix string) Option { return func(c *config) { c.prefix = prefix } }

// WithRateLimit answers 429 to more than n requests in a window. The documented limit is 100 in a
// minute: WithRateLimit(100, time.Minute). Without this option there is none.
func WithRateLimit(n int, window time.Duration) Option {
	return func(c *config) { c.rate, c.window = n, window }
}

// WithSeedLicenses starts with n licenses, each with its own customer.
func WithSeedLicenses(n int) Option { return func(c *config) { c.seedCount = n } }

// WithSessionTimeout sets how long a session lasts without a heartbeat; the default is
// [SessionTimeout].
func WithSessionTimeout(d time.Duration) Option { return func(c *config) { c.timeout = d } }

// WithStrictSessions refuses a second start even from the machine that has the session. No source
// says which is right.
func WithStrictSessions() Option { return func(c *config) { c.strict = true } }

// WithDeviceLimits applies the rule of July 2025: a license has a device_limit of 1 to 10 and a
// concurrent_sessions_limit that is not higher, shows both, and refuses what exceeds them. Without it a
// license has one session at a time.
func WithDeviceLimits() Option { return func(c *config) { c.limits = true } }

// WithSearchPath sets the path of search, which is undocumented; the default is [SearchPath]. An
// empty path switches search off.
func WithSearchPath(path string) Option { return func(c *config) { c.searchPath = path } }

// WithOpenAdmin opens the admin routes to everyone.
func WithOpenAdmin() Option { return func(c *config) { c.gate = gateOpen } }

// WithAdminHeader guards the admin routes with a token in this header instead of a session cookie.
// In the header Authorization it is a bearer token.
func WithAdminHeader(name string) Option {
	return func(c *config) { c.gate, c.gateHeader = gateHeader, name }
}

// WithAdminAPIKey guards the admin routes with the API key instead of a session cookie.
func WithAdminAPIKey() Option { return func(c *config) { c.gate = gateKey } }
