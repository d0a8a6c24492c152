package provider

import (
	"io"
	"log/slog"
	"net/http"
	"time"
)

// Defaults of the options.
const (
	DefaultTimeout       = 30 * time.Second
	DefaultMaxBody       = 16 << 20
	DefaultConnections   = 64
	DefaultAttempts      = 4
	DefaultMinWait       = 250 * time.Millisecond
	DefaultMaxWait       = 10 * time.Second
	DefaultMaxRetryAfter = 60 * time.Second
)

// Option changes how a client talks. Options mean the same for every vendor; a
// vendor adds its own only for what no other has.
type Option func(*Options)

// Options is what a list of Option adds up to. Clients read it; callers use the
// With functions.
type Options struct {
	HTTPClient     *http.Client
	Logger         *slog.Logger
	UserAgent      string
	Timeout        time.Duration
	Retry          Retry
	RatePerSecond  float64
	RateBurst      int
	TLS            TLS
	MaxBody        int64
	MaxConnections int
	Dumps          io.Writer
	PlainHTTP      bool
	Handles        func(reference, handle string) error
	// Vendor holds the options that belong to one vendor, by vendor and name.
	Vendor map[string]map[string]any
}

// NewOptions applies the options to the defaults.
func NewOptions(opts ...Option) *Options {
	o := &Options{
		Timeout:        DefaultTimeout,
		MaxBody:        DefaultMaxBody,
		MaxConnections: DefaultConnections,
	}
	for _, opt := range opts {
		if opt != nil {
			opt(o)
		}
	}
	o.Retry = o.Retry.withDefaults()
	return o
}

// WithHTTPClient sends through the given client: its transport, jar and so on.
// It is copied, never changed; its Timeout and CheckRedirect are replaced by ours.
func WithHTTPClient(c *http.Client) Option { return func(o *Options) { o.HTTPClient = c } }

// WithLogger logs each attempt at debug level, and what deserves attention above
// it. Bodies, keys and URLs' queries are never logged.
func WithLogger(l *slog.Logger) Option { return func(o *Options) { o.Logger = l } }

// WithUserAgent names your program in front of ours.
func WithUserAgent(ua string) Option { return func(o *Options) { o.UserAgent = ua } }

// WithTimeout limits each attempt, from the first byte sent to the last byte read.
// Waiting for a turn, a rate limit or a repetition does not count: the context limits
// the whole call. 0 means no limit.
func WithTimeout(d time.Duration) Option { return func(o *Options) { o.Timeout = d } }

// WithRetry changes how often and how patiently safe requests are repeated.
func WithRetry(r Retry) Option { return func(o *Options) { o.Retry = r } }

// WithRateLimit lets through so many requests a second, with bursts of so many.
// 0 a second means no limit.
func WithRateLimit(perSecond float64, burst int) Option {
	return func(o *Options) { o.RatePerSecond, o.RateBurst = perSecond, burst }
}

// WithTLS says whom to trust. The default verifies against the system's roots.
func WithTLS(t TLS) Option { return func(o *Options) { o.TLS = t } }

// WithMaxBody limits how much of an answer is read, in bytes (16 MiB by default).
// A longer answer is ErrProtocol.
func WithMaxBody(bytes int64) Option { return func(o *Options) { o.MaxBody = bytes } }

// WithMaxConnections limits the connections to the server, used and idle, and with
// them the calls under way (64 by default). It has no effect on a transport given by
// WithHTTPClient.
func WithMaxConnections(n int) Option { return func(o *Options) { o.MaxConnections = n } }

// WithDumps writes every request and answer, with secrets redacted, to w. It is
// for debugging by hand. Writes are serialised.
func WithDumps(w io.Writer) Option { return func(o *Options) { o.Dumps = w } }

// WithPlainHTTP allows http:// URLs to hosts other than this machine. Keys and
// passwords then cross the network in the clear.
func WithPlainHTTP() Option { return func(o *Options) { o.PlainHTTP = true } }

// WithHandles gives the handles of orders to keep, where an adapter's Create spends money:
// before anything is bought, and whenever more is known of the order of a reference. They
// belong into the caller's database, and from there into CreateRequest.Handle: a Create
// that is repeated without its handle, right after a crash, cannot tell an order that the
// vendor has not begun to carry out. "" tells that nothing was bought: forget the one
// before. An error stops an order that is not sent yet. keep must not call the provider.
func WithHandles(keep func(reference, handle string) error) Option {
	return func(o *Options) { o.Handles = keep }
}

// VendorOption is for authors of clients: an option that only one vendor has.
// Another vendor's client refuses it.
func VendorOption(vendor, name string, value any) Option {
	return func(o *Options) {
		if o.Vendor == nil {
			o.Vendor = make(map[string]map[string]any)
		}
		if o.Vendor[vendor] == nil {
			o.Vendor[vendor] = make(map[string]any)
		}
		o.Vendor[vendor][name] = value
	}
}

// Retry says how requests are repeated. What may be repeated at all is not a
// setting: it depends on the request and on whether the server can have seen it.
// A zero field takes its default.
type Retry struct {
	// Attempts in all, the first one included; 1 means never repeat.
	Attempts int
	// MinWait and MaxWait bound the wait before a repetition, which grows
	// exponentially with full jitter. A server's Retry-After goes first.
	MinWait, MaxWait time.Duration
	// MaxRetryAfter is the longest Retry-After that is waited out. A longer one
	// ends the call at once with ErrRateLimited.
	MaxRetryAfter time.Duration
}

func (r Retry) withDefaults() Retry {
	if r.Attempts == 0 {
		r.Attempts = DefaultAttempts
	}
	if r.MinWait == 0 {
		r.MinWait = DefaultMinWait
	}
	if r.MaxWait == 0 {
		r.MaxWait = max(DefaultMaxWait, r.MinWait)
	}
	if r.MaxRetryAfter == 0 {
		r.MaxRetryAfter = DefaultMaxRetryAfter
	}
	return r
}

// TLS says whom to trust. The zero value verifies certificate and name against
// the system's roots.
type TLS struct {
	// RootCAs is PEM text of the only authorities to trust.
	RootCAs []byte
	// PinnedKeys are SHA-256 hashes of public keys (SubjectPublicKeyInfo), as
	// "sha256/<base64>" or hex. A server that presents one of these keys is
	// trusted, whatever its certificate says, and no other: the right answer
	// for self-signed panels and bare addresses. Check prints a server's pin.
	PinnedKeys []string
	// InsecureSkipVerify trusts anybody. Whoever sits on the path can read the
	// API key: pin the key instead.
	InsecureSkipVerify bool
	// Auto is what KeyHelp's reference module does, and no client should want:
	// no verification for hosts that are IP addresses, or when NoVerify is
	// set; full verification otherwise.
	Auto bool
	// NoVerify is the reference module's "no-verify" prefix. Only with Auto.
	NoVerify bool
}
