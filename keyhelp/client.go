package keyhelp

import (
	"context"
	"net/http"
	"strings"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// Kind is the name of this provider in errors, logs and configurations.
const Kind = "keyhelp"

// Client talks to one KeyHelp panel. It is safe for concurrent use; make one per
// panel and keep it.
type Client struct {
	rest     *rest.Client
	dialects dialects
	settings settings

	// Clients are the customers' accounts.
	Clients *ClientsService
	// Domains of the customers.
	Domains *DomainsService
	// DNS zones of domains.
	DNS *DNSService
	// Certificates for domains.
	Certificates *CertificatesService
	// Databases of the customers.
	Databases *DatabasesService
	// Emails are the customers' mailboxes.
	Emails *EmailsService
	// FTPUsers of the customers.
	FTPUsers *FTPUsersService
	// DirectoryProtections are password-protected directories.
	DirectoryProtections *DirectoryProtectionsService
	// HostingPlans that clients can be put on.
	HostingPlans *HostingPlansService
	// Admins of the panel.
	Admins *AdminsService
	// Sessions sign a customer on without a password.
	Sessions *SessionsService
	// Server is the machine itself.
	Server *ServerService
}

// New makes a client for the panel at baseURL, such as "https://panel.example.com",
// with an API key of the panel (Configuration, API). It validates and does no I/O.
//
// Errors match provider.ErrInvalid and name the field: baseURL, apiKey or an option.
func New(baseURL string, apiKey provider.Secret, opts ...provider.Option) (*Client, error) {
	var problems provider.Problems
	problems.Credential("apiKey", apiKey)
	settings := readSettings(provider.NewOptions(opts...), &problems)
	key := []string{apiKey.Reveal()}
	core, err := rest.New(rest.Config{
		Provider: Kind,
		BaseURL:  trimAPIPath(baseURL),
		APIPath:  "/api/v2",
		Header:   http.Header{"Accept": {"application/json"}},
		Authorize: func(_ context.Context, req *http.Request) error {
			req.Header["X-Api-Key"] = key
			return nil
		},
		Secrets:  func() []provider.Secret { return []provider.Secret{apiKey} },
		Classify: classify,
	}, opts...)
	if err := rest.AllProblems(Kind, "New", "new client", problems, err, nil); err != nil {
		return nil, err
	}
	c := &Client{rest: core, settings: settings}
	c.dialects.configure(settings.dialect)
	c.Clients = &ClientsService{c}
	c.Domains = &DomainsService{c}
	c.DNS = &DNSService{c}
	c.Certificates = &CertificatesService{c}
	c.Databases = &DatabasesService{c}
	c.Emails = &EmailsService{c}
	c.FTPUsers = &FTPUsersService{c}
	c.DirectoryProtections = &DirectoryProtectionsService{c}
	c.HostingPlans = &HostingPlansService{c}
	c.Admins = &AdminsService{c}
	c.Sessions = &SessionsService{c}
	c.Server = &ServerService{c}
	return c, nil
}

// trimAPIPath accepts the URL with the API's path behind it, as people copy it.
func trimAPIPath(baseURL string) string {
	trimmed := strings.TrimRight(strings.TrimSpace(baseURL), "/")
	return strings.TrimSuffix(trimmed, "/api/v2")
}

// String names the client without its key.
func (c *Client) String() string { return c.rest.String() }

// GoString is String, so that %#v shows no more.
func (c *Client) GoString() string { return c.String() }

// Do performs a call that has no method yet, with the same authorisation, limits,
// retries and errors as all others. The route is below /api/v2. out receives
// the JSON answer; nil ignores it.
func (c *Client) Do(ctx context.Context, req *provider.Request, out any) error {
	call, err := rest.CallOf(Kind, "Do", req, out)
	if err != nil {
		return err
	}
	return c.rest.Do(ctx, call)
}

// call performs an operation in the panel's dialect.
func (c *Client) call(ctx context.Context, op operation, call *rest.Call) error {
	endpoint, err := c.endpoint(ctx, op, call.Subject)
	if err != nil {
		return err
	}
	call.Endpoint = endpoint
	return c.rest.Do(ctx, call)
}

func (c *Client) endpoint(ctx context.Context, op operation, subject string) (*rest.Endpoint, error) {
	d, err := c.dialects.resolve(ctx, c)
	if err != nil {
		return nil, err
	}
	endpoint := op.in(d)
	if endpoint == nil {
		action := op.any().Verb
		if subject != "" {
			action += " " + subject
		}
		return nil, &provider.Error{
			Provider: Kind, Op: op.any().Op, Action: action, Kind: provider.ErrUnsupported,
			Message: "the " + string(d.name) + " dialect of the API has no such endpoint",
		}
	}
	return endpoint, nil
}
