package hestia

import (
	"context"
	"net/http"
	"strings"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// Kind is the name of this provider in errors, logs and configurations.
const Kind = "hestia"

// Client talks to one panel. It is safe for concurrent use; make one per panel and keep it.
// Commands that change something are sent one after the other, because the panel edits its files
// without locking them.
type Client struct {
	rest     *rest.Client
	auth     Auth
	settings settings
	// writing is taken by the command that is changing something.
	writing adapter.Turn

	// Users manages the accounts of customers and administrators.
	Users *UsersService
	// Packages manages the hosting packages.
	Packages *PackagesService
	// Keys manages access to the API.
	Keys *KeysService
	// Web manages the websites.
	Web *WebService
	// SSL manages certificates of websites, mail domains and the panel.
	SSL *SSLService
	// Domains manages the website, zone and mail domain of one name together.
	Domains *DomainsService
	// IPs manages the server's addresses.
	IPs *IPsService
	// Search finds objects by text.
	Search *SearchService
	// Logs manages the histories of actions and logins.
	Logs *LogsService
	// Stats reads the monthly usage and the monitoring data.
	Stats *StatsService
	// System manages the server and its configuration.
	System *SystemService
	// Services restarts the daemons of the server.
	Services *ServicesService
	// DNS manages zones, records and the DNS cluster.
	DNS *DNSService
	// Mail manages mail domains and mailboxes.
	Mail *MailService
	// Databases manages databases and the servers that hold them.
	Databases *DatabasesService
	// Cron manages the users' cron jobs and the panel's own.
	Cron *CronService
	// Backups manages backups of users, and the places where they are kept.
	Backups *BackupsService
	// Firewall manages rules, bans, chains and address sets.
	Firewall *FirewallService
	// Files manages files in the users' directories.
	Files *FilesService
}

// New makes a client for the panel at baseURL, such as "https://panel.example.com:8083". It
// validates its arguments and does no I/O. The panel admits only listed addresses (API_ALLOWED_IP),
// and a fresh installation lists none.
//
// Errors match provider.ErrInvalid and name the field: baseURL, accessKey, secretKey, apiKey, user,
// password or an option.
func New(baseURL string, auth Auth, opts ...provider.Option) (*Client, error) {
	problems := auth.problems
	if auth.fields == nil {
		problems.Add("auth", "required: AccessKey, AccessKeyHash, APIKey or Password")
		auth.secrets = func() []provider.Secret { return nil }
	}
	settings := readSettings(provider.NewOptions(opts...), &problems)
	core, err := rest.New(rest.Config{
		Provider: Kind,
		BaseURL:  trimAPIPath(baseURL),
		APIPath:  "/api",
		Header:   http.Header{"Accept": {"application/json"}},
		Secrets:  auth.secrets,
	}, append([]provider.Option{provider.WithMaxConnections(DefaultConnections)}, opts...)...)
	if err := rest.AllProblems(Kind, "New", "new client", problems, err, nil); err != nil {
		return nil, err
	}
	c := &Client{rest: core, auth: auth, settings: settings}
	c.Users = &UsersService{c}
	c.Packages = &PackagesService{c}
	c.Keys = &KeysService{c}
	c.Web = &WebService{c}
	c.SSL = &SSLService{c}
	c.Domains = &DomainsService{c}
	c.IPs = &IPsService{c}
	c.Search = &SearchService{c}
	c.Logs = &LogsService{c}
	c.Stats = &StatsService{c}
	c.System = &SystemService{c}
	c.Services = &ServicesService{c}
	c.DNS = &DNSService{c}
	c.Mail = &MailService{c}
	c.Databases = &DatabasesService{c}
	c.Cron = &CronService{c}
	c.Backups = &BackupsService{c}
	c.Firewall = &FirewallService{c}
	c.Files = &FilesService{c}
	return c, nil
}

// trimAPIPath cuts off the API's path, which people copy with the URL.
func trimAPIPath(baseURL string) string {
	trimmed := strings.TrimRight(strings.TrimSpace(baseURL), "/")
	trimmed = strings.TrimRight(strings.TrimSuffix(trimmed, "/index.php"), "/")
	return strings.TrimSuffix(trimmed, "/api")
}

// String names the client without its credentials.
func (c *Client) String() string { return c.rest.String() }

// GoString returns what String returns, so that %#v shows no secrets.
func (c *Client) GoString() string { return c.String() }

// Result is what a command printed.
type Result struct {
	// Output is the text, unchanged.
	Output string
}

// Run runs a command by its name, with the same sign-in, limits, retries and errors as the methods.
// It is for commands that have no method here, formats other than json, and arguments that a method
// would refuse. The arguments are sent as they are, empty ones too.
//
// Commands that have a method are retried as the method is, others never. All arguments of unknown
// commands are treated as secrets.
func (c *Client) Run(ctx context.Context, command string, args ...string) (*Result, error) {
	known := commands[command]
	if known == nil {
		known = variant("Run", command, once)
		known.endpoint.Verb = "run " + command
		known.prints = true
		known.unknown = true
	}
	req, err := known.raw(command, args)
	if err != nil {
		return nil, err
	}
	if given := c.settings.returnCodes; given != nil {
		req.codes = *given
	} else {
		req.codes = c.codesFor(known)
	}
	var result Result
	req.read = func(printed []byte) error {
		result.Output = string(printed)
		return nil
	}
	if err := c.perform(ctx, req); err != nil {
		return nil, err
	}
	return &result, nil
}
