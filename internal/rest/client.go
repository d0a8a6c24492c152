package rest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/go-querystring/query"
	"github.com/hashicorp/go-retryablehttp"
	"golang.org/x/time/rate"

	"github.com/provkit/provkit/internal/touched"
	"github.com/provkit/provkit/provider"
)

// Version is the version in the User-Agent header.
const Version = "0.1.0"

// Client performs calls. It is safe for concurrent use.
type Client struct {
	config  Config
	options *provider.Options
	root    *url.URL // the base as configured
	api     *url.URL // root + APIPath
	header  http.Header
	http    *http.Client
	direct  bool // http uses net/http's own transport
	proxy   *url.URL
	retry   *retryablehttp.Client
	limiter *rate.Limiter
	gate    gate
	clock   serverClock
	quota   quota
	dumps   sync.Mutex
	clean   atomic.Pointer[ownCleaner]
}

// New validates the configuration and does no I/O. The error names each wrong field.
func New(config Config, opts ...provider.Option) (*Client, error) {
	options := provider.NewOptions(opts...)
	var problems provider.Problems
	root, problem := parseBase(config.BaseURL, options.PlainHTTP)
	if problem != "" {
		problems.Add("baseURL", "%s", problem)
	}
	checkOptions(&problems, config.Provider, options)
	c := &Client{config: config, options: options, root: root}
	c.readProxy(&problems)
	if root != nil {
		c.http = c.newHTTPClient(&problems)
	}
	if err := problems.Err(config.Provider, "New", "new client"); err != nil {
		return nil, err
	}
	c.api = below(root, config.APIPath, config.APIPath)
	c.header = config.Header.Clone()
	if c.header == nil {
		c.header = make(http.Header)
	}
	agent := "provkit/" + Version
	if options.UserAgent != "" {
		agent = options.UserAgent + " " + agent
	}
	c.header.Set("User-Agent", agent)
	if options.RatePerSecond > 0 {
		c.limiter = rate.NewLimiter(rate.Limit(options.RatePerSecond), max(options.RateBurst, 1))
	}
	c.quota.tokens.Store(quotaFull)
	// go-retryablehttp runs the loop; every decision and every wait is ours. Its logger prints URLs
	// with their query, so it has none.
	c.retry = &retryablehttp.Client{
		HTTPClient:   c.http,
		RetryMax:     options.Retry.Attempts - 1,
		CheckRetry:   checkRetry,
		Backoff:      backoff,
		PrepareRetry: prepareRetry,
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	return c, nil
}

func checkOptions(problems *provider.Problems, kind string, o *provider.Options) {
	if o.Timeout < 0 {
		problems.Add("WithTimeout", "negative")
	}
	if o.MaxBody <= 0 {
		problems.Add("WithMaxBody", "must be positive")
	}
	if o.MaxConnections <= 0 {
		problems.Add("WithMaxConnections", "must be positive")
	}
	if o.RatePerSecond < 0 || o.RateBurst < 0 {
		problems.Add("WithRateLimit", "negative")
	}
	if r := o.Retry; r.Attempts < 1 || r.MinWait < 0 || r.MaxWait < r.MinWait || r.MaxRetryAfter < 0 {
		problems.Add("WithRetry", "needs Attempts >= 1 and 0 <= MinWait <= MaxWait")
	}
	if strings.ContainsAny(o.UserAgent, "\r\n") {
		problems.Add("WithUserAgent", "has a line break")
	}
	problems.Note("WithMarkerKeys", markerKeysProblem(o.MarkerKeys))
	if o.SettleTime <= 0 {
		problems.Add("WithSettleTime", "must be positive")
	}
	if o.Ledger != nil && o.NoLedger {
		problems.Add("WithoutLedger", "conflicts with WithLedger")
	}
	for vendor, named := range o.Vendor {
		if vendor != kind {
			for name := range named {
				problems.Add(vendor+"."+name, "is an option of %s, not of %s", vendor, kind)
			}
		}
	}
}

// minMarkerKey is the shortest key that markers are signed with, in bytes.
const minMarkerKey = 16

func markerKeysProblem(keys []provider.Secret) string {
	for i, key := range keys {
		switch {
		case i == 0 && key.IsZero():
			return "the current key is empty"
		case !key.IsZero() && len(key.Reveal()) < minMarkerKey:
			return fmt.Sprintf("a key is shorter than %d characters", minMarkerKey)
		}
	}
	return ""
}

// newHTTPClient copies the caller's client, or makes one, and wraps its transport in our attempt
// layer. That layer hides CloseIdleConnections from go-retryablehttp, which would empty the pool
// for all other calls whenever one call fails.
func (c *Client) newHTTPClient(problems *provider.Problems) *http.Client {
	policy := c.options.TLS
	custom := len(policy.RootCAs) > 0 || len(policy.PinnedKeys) > 0 || policy.InsecureSkipVerify || policy.Auto || policy.NoVerify
	client := &http.Client{}
	if c.options.HTTPClient != nil {
		*client = *c.options.HTTPClient
	}
	layer := &attempt{client: c}
	var problem string
	switch t := client.Transport.(type) {
	case nil:
		own := newTransport(max(c.options.MaxConnections, 1))
		if c.proxy != nil {
			through(own, c.proxy, own.DialContext)
		}
		own.TLSClientConfig, problem = tlsConfig(nil, policy, c.root.Hostname())
		layer.inner, layer.direct = own, true
		layer.slots = make(chan struct{}, max(c.options.MaxConnections, 1))
	case *http.Transport:
		layer.inner, layer.direct = t, true
		if !custom {
			break
		}
		//lint:ignore SA1019 for staticcheck by itself, which .ci/run falls back to
		if t.DialTLSContext != nil || t.DialTLS != nil { //nolint:staticcheck // DialTLS is deprecated, but in use
			problem = "cannot be applied to the DialTLS functions of the transport given by WithHTTPClient"
			break
		}
		t = t.Clone()
		t.TLSClientConfig, problem = tlsConfig(t.TLSClientConfig, policy, c.root.Hostname())
		layer.inner = t
	default:
		layer.inner = t
		if custom {
			problem = fmt.Sprintf("cannot be applied to the transport %T given by WithHTTPClient", t)
		}
	}
	if problem != "" {
		problems.Add("WithTLS", "%s", problem)
	}
	c.direct = layer.direct
	client.Transport = layer
	client.CheckRedirect = c.checkRedirect
	client.Timeout = 0 // the attempt layer limits the time, without counting waits
	return client
}

// maxRedirects is how many redirects one read follows.
const maxRedirects = 5

// checkRedirect follows redirects of reads within the origin. Everything else ends with the 3xx
// answer itself, which judge turns into an error that names the target: net/http would turn a POST
// into a GET that looks like success, or send the key to another host.
func (c *Client) checkRedirect(req *http.Request, via []*http.Request) error {
	x, method := exchangeFrom(req.Context()), via[0].Method
	if (method == http.MethodGet || method == http.MethodHead) && x.call.Endpoint.Effect == Read && !x.call.Redirects &&
		sameOrigin(req.URL, c.root) && len(via) <= maxRedirects {
		return nil
	}
	return http.ErrUseLastResponse
}

// Root returns the configured base URL without the API path.
func (c *Client) Root() url.URL { return *c.root }

// Provider returns the kind that the client was made for.
func (c *Client) Provider() string { return c.config.Provider }

// MaxConnections returns how many calls can be under way at once.
func (c *Client) MaxConnections() int { return c.options.MaxConnections }

// Markers returns how accounts are marked as ours.
func (c *Client) Markers() provider.Markers { return c.options.Markers(c.config.Provider) }

// SettleTime returns for how long an order may be carried out that was sent; see provider.WithSettleTime.
func (c *Client) SettleTime() time.Duration { return c.options.SettleTime }

// ReadLag returns how long what the server shows may trail a change.
func (c *Client) ReadLag() time.Duration { return c.options.ReadLag }

// VendorOption returns a vendor's own option, or nil.
func VendorOption(o *provider.Options, vendor, name string) any { return o.Vendor[vendor][name] }

// String names the client without its credentials.
func (c *Client) String() string { return c.config.Provider + " client of " + c.root.String() }

// GoString returns what String returns, so that %#v shows no secrets.
func (c *Client) GoString() string { return c.String() }

// Do performs a call and decodes its answer.
func (c *Client) Do(ctx context.Context, call *Call) error {
	err := c.do(ctx, call)
	if call.Endpoint.doneBefore(err) {
		err = nil
	}
	if err == nil && call.Endpoint.Effect != Read {
		touched.Note(ctx)
	}
	return err
}

func (c *Client) do(ctx context.Context, call *Call) error {
	x, err := c.exchange(ctx, call)
	if err != nil {
		return err
	}
	defer x.release()
	return x.decode()
}

// exchange performs a call and returns the undecoded answer of the successful attempt. The caller
// must release it.
func (c *Client) exchange(ctx context.Context, call *Call) (*exchange, error) {
	x := &exchange{client: c, call: call, ctx: ctx, attempts: 1}
	if ctx.Err() != nil {
		return nil, x.fail(notSent(ctx))
	}
	req, err := c.newRequest(ctx, x)
	if err != nil {
		return nil, err
	}
	if refused := x.prepare(req.Request); refused != nil {
		return nil, x.fail(refused)
	}
	x.remember()
	defer x.leave() // in case a transport or a vendor's Classify panics
	resp, err := c.retry.Do(req)
	if resp != nil {
		_ = resp.Body.Close()
	}
	if err := x.result(err); err != nil {
		x.release()
		return nil, err
	}
	return x, nil
}

func (c *Client) newRequest(ctx context.Context, x *exchange) (*retryablehttp.Request, error) {
	e := x.call.Endpoint
	base, route := c.api, e.Route
	if rest, ok := strings.CutPrefix(route, "^"); ok {
		base, route = c.root, rest
	}
	path, raw, err := fill(route, x.call.Args)
	if err != nil {
		return nil, x.invalid(err)
	}
	u := below(base, path, raw)
	if x.call.Query != nil {
		values, ok := x.call.Query.(url.Values)
		if !ok {
			if values, err = query.Values(x.call.Query); err != nil {
				return nil, x.invalid(errors.New("the query cannot be encoded"))
			}
		}
		u.RawQuery = values.Encode()
	}
	carrying := &exchangeContext{provider.ContextWithOperation(ctx, c.operation(e)), x}
	req, err := http.NewRequestWithContext(carrying, e.Method, "", nil) //nolint:contextcheck // wraps ctx by hand
	if err != nil {
		return nil, x.invalid(fmt.Errorf("method %q: not a method", e.Method))
	}
	req.URL, req.Host = u, u.Host
	for name, values := range c.header {
		req.Header[name] = slices.Clip(values)
	}
	if e.Accept != "" {
		req.Header["Accept"] = []string{e.Accept}
	}
	if e.Effect == Once && x.call.Body == nil && (e.Method == http.MethodGet || e.Method == http.MethodHead) {
		req.Body = noReplay{}
	}
	retryable := &retryablehttp.Request{Request: req}
	if err := x.setBody(retryable); err != nil {
		return nil, err
	}
	return retryable, nil
}

// noReplay is an empty body that can be read only once. net/http retries a GET by itself when a
// kept-alive connection dies, even one that changes things, but not a request whose body it cannot
// rewind.
type noReplay struct{}

func (noReplay) Read([]byte) (int, error) { return 0, io.EOF }
func (noReplay) Close() error             { return nil }

var (
	typeJSON = []string{"application/json"}
	typeForm = []string{"application/x-www-form-urlencoded"}
)

func (x *exchange) setBody(req *retryablehttp.Request) error {
	var body []byte
	switch b := x.call.Body.(type) {
	case nil:
		return nil
	case *Stream:
		return x.setStream(req, b)
	case url.Values:
		req.Header["Content-Type"] = typeForm
		for name, values := range b {
			if slices.Contains(values, redacted) {
				return x.invalid(fmt.Errorf("field %q contains a provider.Secret that was not revealed", name))
			}
		}
		body = []byte(b.Encode())
	default:
		encoded, err := json.Marshal(x.reveal(b))
		if err != nil {
			if errors.Is(err, provider.ErrInvalid) { // what a Secret says
				return x.invalid(errors.New("the request body contains a provider.Secret that was not revealed"))
			}
			// The text may quote what it could not encode.
			return x.invalid(errors.New("the request body cannot be encoded as JSON"))
		}
		// The server would store that text as the password.
		if bytes.Contains(encoded, []byte(`"`+redacted+`"`)) {
			return x.invalid(errors.New("the request body contains a provider.Secret that was not revealed"))
		}
		req.Header["Content-Type"] = typeJSON
		body = encoded
	}
	x.sent = body
	return req.SetBody(body)
}

// operation builds the value for OperationFromContext once per endpoint. Clients of different kinds
// or API paths may share endpoints; only the value of the first is kept. Two concurrent calls build
// equal values.
func (c *Client) operation(e *Endpoint) *provider.Operation {
	kept := e.operation.Load()
	if kept != nil && kept.provider == c.config.Provider && kept.apiPath == c.config.APIPath {
		return &kept.Operation
	}
	route := strings.TrimPrefix(e.Route, "^")
	if route == e.Route {
		route = c.config.APIPath + route
	}
	op := &operation{
		Operation: provider.Operation{Provider: c.config.Provider, Name: e.Op, Method: e.Method, Route: route},
		provider:  c.config.Provider, apiPath: c.config.APIPath,
	}
	if kept == nil {
		e.operation.Store(op)
	}
	return &op.Operation
}

// operation is a provider.Operation and what it was built for.
type operation struct {
	provider.Operation
	provider, apiPath string
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// maxPooled is the size in bytes above which a buffer is not pooled, so that one huge answer does
// not stay in memory forever.
const maxPooled = 1 << 20

func (x *exchange) release() {
	if x.body == nil {
		return
	}
	if x.body.Cap() <= maxPooled {
		x.body.Reset()
		buffers.Put(x.body)
	}
	x.body = nil
}

func (x *exchange) timeout() time.Duration {
	t := x.client.options.Timeout
	own := cmp.Or(x.call.Timeout, x.call.Endpoint.Timeout)
	if t > 0 && own > t {
		t = own
	}
	return t
}
