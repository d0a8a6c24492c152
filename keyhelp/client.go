package keyhelp

import (
	"context"
	"net/http"
	"strings"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// Kind is the name of this provider in errors, logs and configurations.
const Kind = "keyhelp"

// Client talks to one KeyHelp panel. It is safe for concurrent use; create one per panel and keep
// it.
type Client struct {
	rest     *rest.Client
	dialects dialects
	settings settings

	// Clients manages the customers' accounts.
	Clients *ClientsService
	// Domains manages the customers' domains.
	Domains *DomainsService
	// DNS manages the zones of domains.
	DNS *DNSService
	// Certificates manages certificates for domains.
	Certificates *CertificatesService
	// Databases manages the customers' databases.
	Databases *DatabasesService
	// Emails manages the customers' mailboxes.
	Emails *EmailsService
	// FTPUsers manages the customers' FTP users.
	FTPUsers *FTPUsersService
	// DirectoryProtections manages password-protected directories.
	DirectoryProtections *DirectoryProtectionsService
	// HostingPlans manages the plans that clients can be on.
	HostingPlans *HostingPlansService
	// Admins manages the panel's administrators.
	Admins *AdminsService
	// Sessions signs customers on without a password.
	Sessions *SessionsService
	// Server covers the machine that the panel runs on.
	Server *ServerService
}

// New returns a client for the panel at baseURL, such as "https://panel.example.com", with an API
// key of the panel (Configuration, API). It validates its arguments and does no I/O.
//
// Errors match provider.ErrInvalid and name the field: baseURL, apiKey or an option.
func New(baseURL string, apiKey provider.Secret, opts ...provider.Option) (*Client, error) {
	var problems provider.Problems
	problems.Required("apiKey", apiKey.Reveal())
	problems.Note("apiKey", rest.KeyProblem(apiKey))
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
		Genuine:  genuine,
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

// trimAPIPath removes the API's path from the end of a URL, since people copy it that way.
func trimAPIPath(baseURL string) string {
	trimmed := strings.TrimRight(strings.TrimSpace(baseURL), "/")
	return strings.TrimSuffix(strings.TrimSuffix(trimmed, "/api/v2"), "/api/v1")
}

// String describes the client without its key.
func (c *Client) String() string { return c.rest.String() }

// GoString returns what String does, so that %#v does not print the key.
func (c *Client) GoString() string { return c.String() }

// Do performs a call that has no method yet, with the same authorization, limits, retries and
// errors as the methods. The route is below /api/v2. The JSON answer is decoded into out; nil
// ignores it.
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
			Message: words.Say("the %s dialect of the API has no such endpoint", d.name),
		}
	}
	return endpoint, nil
}
