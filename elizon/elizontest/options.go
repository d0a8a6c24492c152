package elizontest

import (
	"time"

	"github.com/provkit/provkit/internal/emulator"
)

// Option configures NewServer.
type Option func(*config)

type config struct {
	inMemory      bool
	tls           bool
	clock         emulator.Clock
	prefix        string
	rate          int
	window        time.Duration
	seedCount     int
	balance       Cents
	provisioning  time.Duration
	reinstalling  time.Duration
	termination   time.Duration
	serviceDelay  time.Duration
	always200     bool
	noCodes       bool
	clients       []string
	listKeys      []string
	displayName   bool
	directCreate  bool
	absoluteLinks bool
	listedOnly    bool
}

// InMemory opens no socket and starts no goroutine: only the client of [Server.Client] reaches the
// server. It works inside a testing/synctest bubble.
func InMemory() Option { return func(c *config) { c.inMemory = true } }

// WithTLS serves https with a self-signed certificate: see [Server.CertificatePEM] and
// [Server.Pin].
func WithTLS() Option { return func(c *config) { c.tls = true } }

// WithClock replaces the server's clock. [Server.Advance] adds to it.
func WithClock(now func() time.Time) Option { return func(c *config) { c.clock = now } }

// WithPathPrefix serves everything below a prefix such as "/v1", so that a client that loses it
// fails. The API's paths, which begin with /api, follow the prefix.
func WithPathPrefix(prefix string) Option { return func(c *config) { c.prefix = prefix } }

// WithRateLimit answers 429 to more than n requests of one API key in a window, and sends the rate
// limit's headers with every answer to a key. The documented example has 100; its window is
// undocumented. Without this option there is no limit.
func WithRateLimit(n int, window time.Duration) Option {
	return func(c *config) { c.rate, c.window = n, window }
}

// WithSeedServices starts with n running services, which were not charged.
func WithSeedServices(n int) Option { return func(c *config) { c.seedCount = n } }

// WithBalance sets the account's balance at the start; the default is [StartBalance].
func WithBalance(balance Cents) Option { return func(c *config) { c.balance = balance } }

// WithProvisioning sets how long a new service stays PROVISIONING; the default is
// [ProvisioningTime]. With 0, it runs at once.
func WithProvisioning(d time.Duration) Option { return func(c *config) { c.provisioning = d } }

// WithReinstallation sets how long a reinstallation takes; the default is [ReinstallTime].
func WithReinstallation(d time.Duration) Option { return func(c *config) { c.reinstalling = d } }

// WithTermination sets how long a service stays, with terminationPending, after its deletion or
// immediate cancellation; the default is [TerminationTime]. With 0, it is gone at once.
func WithTermination(d time.Duration) Option { return func(c *config) { c.termination = d } }

// WithServiceDelay makes new subscriptions appear without their services for a while after
// checkout, and hides those services everywhere. The default is 0: both appear at once.
func WithServiceDelay(d time.Duration) Option { return func(c *config) { c.serviceDelay = d } }

// WithStatus200 sends all failures of the API with HTTP 200, as the vendor's own clients expect of
// some routes. Unknown paths and methods keep their status.
func WithStatus200() Option { return func(c *config) { c.always200 = true } }

// WithoutErrorCodes makes the server answer like an older one: failures have their text and
// validationErrors, and neither code nor parameters.
func WithoutErrorCodes() Option { return func(c *config) { c.noCodes = true } }

// WithClientHeader sets which values of X-Elizon-Client are accepted where money is spent (checkout,
// payment of invoices, saving a payment method, the business fund): all others are refused with
// clientPlatformNotAllowed; "" means a request without the header. The default is "desktop": the SDK's
// README demands it there and says that "mobile" is refused. Whether the platform also accepts "api",
// which the SDK sends unless it is told otherwise, is not known.
func WithClientHeader(accepted ...string) Option {
	return func(c *config) { c.clients = accepted }
}

// WithListKeys sets under which names an answer has the list of services. Documented are "services"
// (reference) and "servers" (vendor's own clients); the default is both.
func WithListKeys(keys ...string) Option { return func(c *config) { c.listKeys = keys } }

// WithDisplayNames makes a rename change userDisplayName only, not the name. By default it changes
// both.
func WithDisplayNames() Option { return func(c *config) { c.displayName = true } }

// WithDirectCreation lets keys use POST /api/services and POST /api/user/subscriptions, which are
// meant for the vendor's own provisioning; by default they are refused.
func WithDirectCreation() Option { return func(c *config) { c.directCreate = true } }

// WithAbsoluteConsoleURLs makes streamUrl and commandUrl of a console absolute; by default they are
// paths.
func WithAbsoluteConsoleURLs() Option { return func(c *config) { c.absoluteLinks = true } }

// WithReferenceOnly answers only what the vendor's reference lists, as an older platform does: the
// routes that only the vendor's programs know are not found, among them those for actions and the view
// of a service.
func WithReferenceOnly() Option { return func(c *config) { c.listedOnly = true } }
