package licenseserver

import (
	"context"
	"net/http"
	"regexp"
	"strings"

	"github.com/provkit/provkit/internal/order"
	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/seal"
	"github.com/provkit/provkit/provider"
)

// Kind is the name of this provider in errors, logs and configurations.
const Kind = "licenseserver"

// The default rate limit: a burst and the requests in the 60 seconds after it add up to the 100
// requests a minute that the server allows by default.
const (
	defaultPerSecond = 1.5
	defaultBurst     = 10
)

// Client talks to one license server and its admin panel. It is safe for concurrent use; create one
// per server and keep it.
type Client struct {
	license, admin *rest.Client
	search         operation
	plans          []Plan
	scan           Scan

	// desk is where Create runs, one at a time. lasting: the ledger is the caller's; what the desk notes
	// without one lives as long as the Client. sealer is for the keys of licenses in it.
	desk    *order.Desk
	lasting bool
	sealer  seal.Sealer

	// Status reads the server's status, health and metrics.
	Status *StatusService
	// Licenses manages licenses and their keys.
	Licenses *LicensesService
	// Sessions manages the sessions of running programs; see StartSession for a session that is
	// kept alive.
	Sessions *SessionsService
	// Versions reads the versions of the licensed program.
	Versions *VersionsService
	// Customers reads the customers who have licenses.
	Customers *CustomersService
	// Devices manages the machines that licenses are activated on.
	Devices *DevicesService
	// Resources manages the resources of licenses.
	Resources *ResourcesService
	// Search searches the whole panel.
	Search *SearchService
	// Leads manages institutions, contacts, and the panel's pages about them.
	Leads *LeadsService
	// Monitoring reads figures about the whole server.
	Monitoring *MonitoringService
	// Auth creates tokens.
	Auth *AuthService
}

// keyFormat is the documented form of API keys: AF, a year, 32 characters whose alphabet is
// undocumented.
var keyFormat = regexp.MustCompile(`^AF-[0-9]{4}-[!-~]{32}$`)

// New returns a client for the server at baseURL, such as "https://license.example.com", with its
// API key. It validates its arguments and does no I/O. Plain http is accepted for this machine
// only, unless provider.WithPlainHTTP allows it.
//
// Without provider.WithRateLimit the client limits itself to the documented 100 requests a minute.
//
// Errors match provider.ErrInvalid and name the field: baseURL, apiKey or an option.
func New(baseURL string, apiKey provider.Secret, opts ...provider.Option) (*Client, error) {
	var problems provider.Problems
	if apiKey.IsZero() {
		problems.Add("apiKey", "required")
	} else if !keyFormat.MatchString(apiKey.Reveal()) {
		problems.Add("apiKey", "must be AF-, a year, a hyphen and 32 characters without white space")
	}
	opts = append([]provider.Option{provider.WithRateLimit(defaultPerSecond, defaultBurst)}, opts...)
	options := provider.NewOptions(opts...)
	settings := readSettings(options, &problems)
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
		Genuine:  genuine,
		Classify: classify,
		// The documents give a rate limit and the form of every error.
		Refuses429: true,
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
	c := &Client{
		license: core, admin: admin, plans: settings.plans, scan: settings.scan,
		desk: order.NewDesk(options, order.AccountOf(Kind, core.Root()), admin.ServerTime), lasting: options.Ledger != nil, sealer: seal.New(apiKey),
	}
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

// trimAPIPath removes the API's path from the end of a URL, since the documents print it that way.
func trimAPIPath(baseURL string) string {
	trimmed := strings.TrimRight(strings.TrimSpace(baseURL), "/")
	return strings.TrimSuffix(trimmed, "/api")
}

// String describes the client without its credentials.
func (c *Client) String() string { return c.license.String() }

// GoString returns what String does, so that %#v does not print the credentials.
func (c *Client) GoString() string { return c.String() }

// Do performs a call of the license API that has no method yet, with the API key and the same
// limits, retries and errors as the methods. The route is below the base URL ("/api/license/...").
// The JSON answer is decoded into out; nil ignores it.
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

// accessKey is the context key under which Authorize finds the access that a call needs.
type accessKey struct{}

// call performs an operation at the service that it belongs to, with the credentials of that
// service.
func (c *Client) call(ctx context.Context, op operation, call *rest.Call) error {
	core := c.license
	if op.as == asAdmin {
		core = c.admin
	}
	call.Endpoint = op.Endpoint
	return core.Do(context.WithValue(ctx, accessKey{}, op.as), call)
}
