package hostkeytest

import (
	"time"

	"github.com/provkit/provkit/internal/emulator"
)

// Option configures NewServer.
type Option func(*config)

type config struct {
	inMemory         bool
	tls              bool
	clock            emulator.Clock
	prefix           string
	catalogue        *Catalogue
	credit           int64
	deployTime       time.Duration
	taskTime         time.Duration
	notReady         int
	hostnameLag      time.Duration
	early            bool
	unpaid           bool
	answer           OrderAnswer
	expired          ExpiredToken
	refuseEmpty      bool
	refuseSuspension bool
	cancelDelay      time.Duration
	grace            time.Duration
	oldestFirst      bool
	namedInvoices    bool
	shapes           map[Shape]bool
	machines         int
	tokenLife        time.Duration
}

// InMemory makes the server open no socket and start no goroutine: only the client of
// [Server.Client] reaches it. That works inside a testing/synctest bubble.
func InMemory() Option { return func(c *config) { c.inMemory = true } }

// WithTLS serves https with a self-signed certificate: see [Server.CertificatePEM] and
// [Server.Pin].
func WithTLS() Option { return func(c *config) { c.tls = true } }

// WithClock replaces the server's clock, which expires tokens and drives tasks, cancellations and
// renewals.
func WithClock(now func() time.Time) Option { return func(c *config) { c.clock = now } }

// WithPathPrefix serves everything below a prefix such as "/api", so that a client that drops it
// fails.
func WithPathPrefix(prefix string) Option { return func(c *config) { c.prefix = prefix } }

// WithCatalogue replaces [DefaultCatalogue].
func WithCatalogue(sold Catalogue) Option {
	return func(c *config) { kept := sold.clone(); c.catalogue = &kept }
}

// WithCredit sets the credit at the start in EUR, such as "150.50"; the default is [StartCredit].
// It panics on an invalid amount.
func WithCredit(amount string) Option {
	return func(c *config) { c.credit = mustAmount(amount) }
}

// WithMachines starts with n servers that are deployed and paid for; the default is none.
func WithMachines(n int) Option { return func(c *config) { c.machines = n } }

// WithDeployTime sets how long a deployment or a reinstall takes by the server's clock; the default
// is [DeployTime]. With 0 it is done at once.
func WithDeployTime(d time.Duration) Option { return func(c *config) { c.deployTime = d } }

// WithTaskTime sets how long every other task takes; the default is [TaskTime]. With 0 it is done
// at once.
func WithTaskTime(d time.Duration) Option { return func(c *config) { c.taskTime = d } }

// WithTaskPolls answers the first n checks of every task with "Not ready" and the next one with
// "Stage", however much time has passed. The task itself takes its usual time, whether or not it is
// checked.
func WithTaskPolls(n int) Option { return func(c *config) { c.notReady = n } }

// WithHostnameLag makes a new server keep the hostname "hostkey<id>" for this long after its
// deployment.
func WithHostnameLag(d time.Duration) Option { return func(c *config) { c.hostnameLag = d } }

// WithEarlyServers lists a new server as soon as its order is paid, with the status TT, instead of
// after its deployment.
func WithEarlyServers() Option { return func(c *config) { c.early = true } }

// WithUnpaidOrders leaves the invoices of orders unpaid, whatever the credit: apply_credit starts
// the deployment.
func WithUnpaidOrders() Option { return func(c *config) { c.unpaid = true } }

// WithOrderAnswer sets what order_instance answers to an accepted order; the default is
// [AnswerNoID].
func WithOrderAnswer(answer OrderAnswer) Option { return func(c *config) { c.answer = answer } }

// WithExpiredToken sets the wording for a token that is expired or unknown; the default is
// [ExpiredMessage].
func WithExpiredToken(wording ExpiredToken) Option { return func(c *config) { c.expired = wording } }

// WithTokenLife sets the lifetime of tokens that are requested without ttl; the default is
// [TokenLife].
func WithTokenLife(d time.Duration) Option { return func(c *config) { c.tokenLife = d } }

// WithEmptyAccountRefused refuses to sign in while the account has no server, as the vendor does.
func WithEmptyAccountRefused() Option { return func(c *config) { c.refuseEmpty = true } }

// WithSuspensionRefused answers "Permission denied" to eq/suspend and eq/unsuspend, as the vendor
// may answer customers' keys.
func WithSuspensionRefused() Option { return func(c *config) { c.refuseSuspension = true } }

// WithCancelDelay sets how long a server lives after an immediate cancellation; the default is
// [CancelDelay].
func WithCancelDelay(d time.Duration) Option { return func(c *config) { c.cancelDelay = d } }

// WithGrace sets how long a renewal invoice may stay unpaid before its server is suspended; the
// default is [Grace].
func WithGrace(d time.Duration) Option { return func(c *config) { c.grace = d } }

// WithOldestInvoicesFirst reverses the order of get_invoices.
func WithOldestInvoicesFirst() Option { return func(c *config) { c.oldestFirst = true } }

// WithNamedInvoices adds the host name to the description of what an invoice for an order is for. Whether
// the vendor does so is undocumented.
func WithNamedInvoices() Option { return func(c *config) { c.namedInvoices = true } }

// WithShapes makes answers take other shapes that have been seen.
func WithShapes(shapes ...Shape) Option {
	return func(c *config) {
		for _, s := range shapes {
			c.shapes[s] = true
		}
	}
}
