package hestiatest

import (
	"strings"
	"time"

	"github.com/provkit/provkit/internal/emulator"
)

// Option configures NewServer.
type Option func(*config)

type config struct {
	inMemory  bool
	tls       bool
	clock     emulator.Clock
	prefix    string
	seedCount int
	packages  []Package
	root      string
	legacy    bool
	apiSystem int
	allowed   string
	removed   bool
}

func defaultConfig() config {
	return config{root: "admin", legacy: true, apiSystem: 1, allowed: "allow-all", packages: shippedPackages()}
}

// InMemory opens no socket and starts no goroutine: only the client of [Server.Client] reaches the
// panel. It works inside a testing/synctest bubble.
func InMemory() Option { return func(c *config) { c.inMemory = true } }

// WithTLS serves https with a self-signed certificate: see [Server.CertificatePEM] and
// [Server.Pin].
func WithTLS() Option { return func(c *config) { c.tls = true } }

// WithClock replaces the panel's clock.
func WithClock(now func() time.Time) Option { return func(c *config) { c.clock = now } }

// WithPathPrefix serves the panel below a prefix such as "/panel", so that a client that loses it
// fails.
func WithPathPrefix(prefix string) Option { return func(c *config) { c.prefix = prefix } }

// WithSeedUsers starts with n users besides the root user, seed0001 and so on, with the package
// "default".
func WithSeedUsers(n int) Option { return func(c *config) { c.seedCount = n } }

// WithPackages adds packages to the two shipped ones, "default" and "system". A package with one of
// those names replaces it. Empty fields are as in "default": unlimited, one backup, the shell
// nologin.
func WithPackages(packages ...Package) Option {
	return func(c *config) {
		for _, p := range packages {
			c.packages = append(c.packages, p.complete())
		}
	}
}

// WithRootUser sets the name of the root user; the default is "admin".
func WithRootUser(name string) Option { return func(c *config) { c.root = name } }

// WithAPI switches the legacy engine (passwords and API keys) on or off; it is on by default.
func WithAPI(on bool) Option { return func(c *config) { c.legacy = on } }

// WithAPISystem sets who may use access keys: 0 no user, 1 the root user (the default), 2 all
// users.
func WithAPISystem(level int) Option { return func(c *config) { c.apiSystem = level } }

// WithAllowedIPs sets the list of addresses that may use the API; the default is "allow-all".
// Without addresses the list is empty, as on a fresh installation, and all clients are refused.
// Requests in memory come from 192.0.2.1.
func WithAllowedIPs(ips ...string) Option {
	return func(c *config) { c.allowed = strings.Join(ips, ",") }
}

// WithoutAPI removes the API, as an operator can: its path answers with the web server's page for
// 404.
func WithoutAPI() Option { return func(c *config) { c.removed = true } }
