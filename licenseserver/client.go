package licenseserver

import (
	"context"
	"net/http"
	"regexp"
	"strings"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// Kind is the name of this provider in errors, logs and configurations.
const Kind = "licenseserver"

// The default rate limit: a burst and what follows it in the next 60 seconds are the
// 100 requests a minute that the server allows by default.
const (
	defaultPerSecond = 1.5
	defaultBurst     = 10
)

// Client talks to one license server and its admin panel. It is safe for concurrent
// use; make one per server and keep it.
type Client struct {
	license, admin *rest.Client
	search         operation
	plans          []Plan
	scan           Scan

	// Status of the server: health, metrics.
	Status *StatusService
	// Licenses and their keys.
	Licenses *LicensesService
	// Sessions of running programs; see StartSession for all of it at once.
	Sessions *SessionsService
	// Versions of the licensed program.
	Versions *VersionsService
	// Customers who hold licenses.
	Customers *CustomersService
	// Devices that licenses are activated on.
	Devices *DevicesService
	// Resources that licenses hold.
	Resources *ResourcesService
	// Search through all of the panel.
	Search *SearchService
	// Leads: institutions, contacts, and the panel's pages about them.
	Leads *LeadsService
	// Monitoring figures.
	Monitoring *MonitoringService
	// Auth mints tokens.
	Auth *AuthService
}

// keyFormat is all that is documented of API keys: AF, a year, 32 characters whose
// alphabet is not told.
var keyFormat = regexp.MustCompile(`^AF-[0-9]{4}-[!-~]{32}$`)

// New makes a client for the server at baseURL, such as "https://license.example.com",
// with its API key. It validates and does no I/O. Plain http is for this machine only,
// unless provider.WithPlainHTTP allows it.
//
// Without provider.WithRateLimit the client keeps to the documented 100 requests a
// minute.
//
// Errors match provider.ErrInvalid and name the field: baseURL, apiKey or an option.
func New(baseURL string, apiKey provider.Secret, opts ...provider.Option) (*Client, error) {
	var problems provider.Problems
	if apiKey == "" {
		problems.Add("apiKey", "required")
	} else if !keyFormat.MatchString(apiKey.Reveal()) {
		problems.Add("apiKey", "must be AF-, a year, a hyphen and 32 characters without white space")
	}
	opts = append([]provider.Option{provider.WithRateLimit(defaultPerSecond, defaultBurst)}, opts...)
	settings := readSettings(provider.NewOptions(opts...), &problems)
	key := []string{apiKey.Reveal()}
	seen := new(credentials)
	config := rest.Config{
		Provider: Kind,
		BaseURL:  trimAPIPath(baseURL),
		Header:   http.Header{"Accept": {"application/json"}},
		Authorize: func(ctx context.Context, req *http.Request) error {
			switch ctx.Value(accessKey{}) {
			case withKey:
				req.Header["X-Api-Key"] = key
			case asAdmin:
				return seen.signIn(settings.sign, req)
			}
			return nil
		},
		Secrets:  func() []provider.Secret { return append(seen.values(settings.sign), apiKey) },
		Classify: classify,
	}
	core, err := rest.New(config, opts...)
	rest.AddProblems(&problems, err, nil)
	admin := core
	if settings.adminURL != nil && trimAPIPath(*settings.adminURL) != config.BaseURL {
		config.BaseURL = trimAPIPath(*settings.adminURL)
		admin, err = rest.New(config, opts...)
		rest.AddProblems(&problems, err, map[string]string{"baseURL": "WithAdminURL"})
	}
	if err := problems.Err(Kind, "New", "new client"); err != nil {
		return nil, err
	}
	c := &Client{license: core, admin: admin, plans: settings.plans, scan: settings.scan}
	if path := settings.searchPath; path != nil {
		c.search = inPanel(searchAll.Op, searchAll.Verb, searchAll.Method, *path, searchAll.Effect).sensitive()
	}
	c.Status = &StatusService{c}
	c.Licenses = &LicensesService{c}
	c.Sessions = &SessionsService{c}
	c.Versions = &VersionsService{c}
	c.Customers = &CustomersService{c}
	c.Devices = &DevicesService{c}
	c.Resources = &ResourcesService{c}
	c.Search = &SearchService{c}
	c.Leads = &LeadsService{c}
	c.Monitoring = &MonitoringService{c}
	c.Auth = &AuthService{c}
	return c, nil
}

// trimAPIPath accepts the URL with the API's path behind it, as the documents print
// it.
func trimAPIPath(baseURL string) string {
	trimmed := strings.TrimRight(strings.TrimSpace(baseURL), "/")
	return strings.TrimSuffix(trimmed, "/api")
}

// String names the client without its credentials.
func (c *Client) String() string { return c.license.String() }

// GoString is String, so that %#v shows no more.
func (c *Client) GoString() string { return c.String() }

// Do performs a call of the license API that has no method yet, with the API key and
// the same limits, retries and errors as all others. The route is below the base
// URL ("/api/license/..."). out receives the JSON answer; nil ignores it.
func (c *Client) Do(ctx context.Context, req *provider.Request, out any) error {
	return c.do(ctx, "Do", withKey, req, out)
}

// DoAdmin is Do for the admin panel, with the caller's own sign-in.
func (c *Client) DoAdmin(ctx context.Context, req *provider.Request, out any) error {
	return c.do(ctx, "DoAdmin", asAdmin, req, out)
}

func (c *Client) do(ctx context.Context, name string, as access, req *provider.Request, out any) error {
	call, err := rest.CallOf(Kind, name, req, out)
	if err != nil {
		return err
	}
	return c.call(ctx, operation{call.Endpoint, as}, call)
}

// accessKey hands the kind of access that a call needs to Authorize.
type accessKey struct{}

// call performs an operation at the server that has it, with the credentials that
// belong there.
func (c *Client) call(ctx context.Context, op operation, call *rest.Call) error {
	core := c.license
	if op.as == asAdmin {
		core = c.admin
	}
	call.Endpoint = op.Endpoint
	return core.Do(context.WithValue(ctx, accessKey{}, op.as), call)
}
