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
	DefaultReadLag       = 5 * time.Second
	DefaultSettleTime    = 15 * time.Minute
)

// Option changes how a client works. Options mean the same for every vendor; a vendor adds its own
// only for what no other vendor has.
type Option func(*Options)

// Options is the result of a list of options. Clients read it; callers use the With functions.
type Options struct {
	HTTPClient     *http.Client
	Proxy          Secret
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
	ReadLag        time.Duration
	MarkerKeys     []Secret
	Ledger         Ledger
	LedgerAccount  string
	NoLedger       bool
	SettleTime     time.Duration
	// Vendor contains the options of single vendors, by vendor and name.
	Vendor map[string]map[string]any
}

// NewOptions applies the options to the defaults.
func NewOptions(opts ...Option) *Options {
	o := &Options{
		Timeout:        DefaultTimeout,
		MaxBody:        DefaultMaxBody,
		MaxConnections: DefaultConnections,
		ReadLag:        DefaultReadLag,
		SettleTime:     DefaultSettleTime,
	}
	for _, opt := range opts {
		if opt != nil {
			opt(o)
		}
	}
	o.Retry = o.Retry.withDefaults()
	return o
}

// WithHTTPClient uses the given HTTP client with its transport, cookie jar and so on. It is copied
// and never changed; Timeout and CheckRedirect of the copy are ours.
func WithHTTPClient(c *http.Client) Option { return func(o *Options) { o.HTTPClient = c } }

// WithProxy connects through a proxy: "http://proxy.example.com:3128", or one with https:// or
// socks5://. "user:password@" may precede the host, and is never shown. Without this option no proxy
// is used, whatever the environment says. It conflicts with WithHTTPClient if that client has a
// transport.
func WithProxy(url string) Option { return func(o *Options) { o.Proxy = NewSecret(url) } }

// WithLogger logs each attempt at debug level, and what needs attention at higher levels. Bodies,
// keys and the queries of URLs are never logged.
func WithLogger(l *slog.Logger) Option { return func(o *Options) { o.Logger = l } }

// WithUserAgent puts your program's name before ours.
func WithUserAgent(ua string) Option { return func(o *Options) { o.UserAgent = ua } }

// WithTimeout limits each attempt, from the first byte sent to the last byte read. Waiting for a
// turn, a rate limit or a retry does not count; the context limits the whole call. 0 is no limit.
func WithTimeout(d time.Duration) Option { return func(o *Options) { o.Timeout = d } }

// WithRetry changes how often, and after which waits, safe requests are retried.
func WithRetry(r Retry) Option { return func(o *Options) { o.Retry = r } }

// WithRateLimit limits the requests per second, and the size of a burst. 0 per second is no limit.
func WithRateLimit(perSecond float64, burst int) Option {
	return func(o *Options) { o.RatePerSecond, o.RateBurst = perSecond, burst }
}

// WithTLS says which servers to trust. The default verifies against the system's roots.
func WithTLS(t TLS) Option { return func(o *Options) { o.TLS = t } }

// WithMaxBody limits the length of an answer, in bytes (16 MiB by default, 64 MiB for Hestia's lists).
// A longer answer is ErrProtocol.
func WithMaxBody(bytes int64) Option { return func(o *Options) { o.MaxBody = bytes } }

// WithMaxConnections limits the connections to the server, used and idle, and so the calls under
// way (64 by default). It has no effect on a transport given by WithHTTPClient.
func WithMaxConnections(n int) Option { return func(o *Options) { o.MaxConnections = n } }

// WithDumps writes every request and answer to w, with secrets redacted. It is for debugging by
// hand. Only one goroutine writes at a time.
func WithDumps(w io.Writer) Option { return func(o *Options) { o.Dumps = w } }

// WithPlainHTTP allows http:// URLs of other machines than this one. Keys and passwords then cross
// the network in the clear.
func WithPlainHTTP() Option { return func(o *Options) { o.PlainHTTP = true } }

// WithReadLag sets how long what a server shows may trail a change (5 s by default), as behind a cache
// or a replica. Verbs look again for that long before they say that a change was not made, and do not
// take what may be older than a change by the same Provider for proof. A server that shows the change
// at once costs no time. With 0 or less nothing is looked at a second time.
func WithReadLag(d time.Duration) Option { return func(o *Options) { o.ReadLag = max(d, 0) } }

// WithMarkerKeys signs the markers that tell whose an account is. On most systems customers can write
// where markers stand (a name, a host name, a device): without a key, whoever writes the marker of
// somebody's order gets that order. Choose one random key of 16 characters or more for all programs, and
// keep it as long as the accounts. Markers by old keys count, and Ensure and Adopt write them anew; a zero
// Secret among old stands for markers without a signature.
func WithMarkerKeys(current Secret, old ...Secret) Option {
	return func(o *Options) { o.MarkerKeys = append([]Secret{current}, old...) }
}

// WithLedger remembers orders in a ledger before they are sent, so that what a crash, a lost answer or a
// second program leaves open is found and not bought again. Without it, and without WithoutLedger, verbs
// that spend money are refused. All programs that order with one account of a vendor need one ledger.
func WithLedger(l Ledger) Option { return func(o *Options) { o.Ledger = l } }

// WithLedgerAccount names the account with the vendor in the ledger. Give each of them a name if you have
// several with one vendor, and never change it. Without a name it is the kind and the base URL.
func WithLedgerAccount(name string) Option { return func(o *Options) { o.LedgerAccount = name } }

// WithoutLedger lets verbs that spend money do with what the Provider itself remembers, and with the
// handles that its caller keeps. An order that a crash interrupts is bought again by a program that has
// lost its handle, as long as the vendor does not show it; so are the same orders of two programs, and
// renewals. It is for scripts that buy one thing while a person watches.
func WithoutLedger() Option { return func(o *Options) { o.NoLedger = true } }

// WithSettleTime sets for how long an order whose answer was lost may still be carried out
// (DefaultSettleTime by default). Until then it is looked for, and not sent again.
func WithSettleTime(d time.Duration) Option { return func(o *Options) { o.SettleTime = d } }

// VendorOption is for authors of clients: it is an option that only one vendor has. Clients of
// other vendors refuse it.
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

// Retry says how requests are retried. Which requests may be retried is no setting: it depends on
// the request, and on whether the server can have seen it. A field that is 0 has its default.
type Retry struct {
	// Attempts in all, including the first; 1 never retries a request.
	Attempts int
	// MinWait and MaxWait bound the wait before a retry, which grows exponentially with full
	// jitter. A server's Retry-After has priority.
	MinWait, MaxWait time.Duration
	// MaxRetryAfter is the longest Retry-After that is waited for. A longer one ends the call at once
	// with ErrRateLimited, and so do other calls of the client until MaxRetryAfter is over: then one
	// asks the server again.
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

// TLS says which servers to trust. The zero value verifies certificate and name against the
// system's roots.
type TLS struct {
	// RootCAs is the PEM text of the only authorities to trust.
	RootCAs []byte
	// PinnedKeys are SHA-256 hashes of public keys (SubjectPublicKeyInfo), as "sha256/<base64>" or
	// hex. Only a server with one of these keys is trusted, whatever its certificate says. Use this
	// for panels with a self-signed certificate or a bare address. Check prints the key that was
	// presented: compare it with the server's own before you pin it.
	PinnedKeys []string
	// InsecureSkipVerify trusts every server. Anybody on the way can read the API key: use
	// PinnedKeys instead.
	InsecureSkipVerify bool
	// Auto does what KeyHelp's reference module does, and what nobody should want: no verification
	// for hosts that are IP addresses, or if NoVerify is set, and full verification otherwise.
	Auto bool
	// NoVerify is the reference module's "no-verify" prefix. It needs Auto.
	NoVerify bool
}
