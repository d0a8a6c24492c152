package keyhelptest

import (
	"maps"
	"slices"
	"time"
)

// Unlimited means no limit.
const Unlimited = -1

// Client is a customer of the panel.
type Client struct {
	ID       int64
	Username string
	Email    string
	// DisplayName belongs to the documented dialect; the live one has Contact.
	DisplayName string
	Language    string
	Notes       string
	// PlanID is 0 for no plan.
	PlanID    int64
	Suspended bool
	// SuspendOn and DeleteOn are days (UTC); the zero time means never.
	SuspendOn, DeleteOn time.Time
	Contact             Contact
	// Limits, Permissions, PHP and PHPFPM are copies of the plan's. AddClient takes them from the
	// plan when Limits is the zero value.
	Limits      Resources
	Permissions map[string]bool
	PHP, PHPFPM map[string]any
	// Password is "" if the client was given PasswordHash and PasswordHashOS instead.
	Password                     string
	PasswordHash, PasswordHashOS string
	Skeleton                     string
	// CredentialsSent reports whether the panel was asked to mail the password.
	CredentialsSent      bool
	CreatedAt, UpdatedAt time.Time
}

// Contact is the live dialect's contact_data.
type Contact struct {
	FirstName, LastName, Company, Telephone, Address, City, Zip, State, Country, ClientID string
}

// Resources are limits of a plan or a client; -1 means unlimited, 0 none.
type Resources struct {
	DiskSpace, Traffic, Domains, Subdomains, EmailAccounts, EmailAddresses, EmailForwardings, Databases, FTPUsers, ScheduledTasks int64
}

// Plan is a hosting plan. PHP and PHPFPM have string, int64, bool or nil values.
type Plan struct {
	ID          int64
	Name        string
	Resources   Resources
	Permissions map[string]bool
	PHP, PHPFPM map[string]any
}

// Domain is a domain of a client.
type Domain struct {
	ID, ClientID int64
	// ParentID is 0 for a top-level domain.
	ParentID int64
	// Name is in ASCII form.
	Name string
	// PHPVersion is "" for the server's default.
	PHPVersion string
	// Status is 1 when the panel's background work is done. AddDomain reads 0 as 1.
	Status                                                       int64
	Disabled, DNSDisabled, EmailDomain, EmailSendingOnly, System bool
	DeleteOn                                                     time.Time
	Target                                                       string
	ForwardingType                                               int64
	Security                                                     Security
	Traffic                                                      int64
	CreatedAt, UpdatedAt                                         time.Time
}

// Security is the https settings of a domain.
type Security struct {
	CertificateID                  int64
	LetsEncrypt, PreferHTTPS, HSTS bool
	HSTSMaxAge                     int64
	HSTSInclude, HSTSPreload       bool
}

// Admin is an administrator. Admins and clients share one namespace.
type Admin struct {
	ID                        int64
	Username, Email, Language string
	Main                      bool
	Password, PasswordHash    string
	CreatedAt                 time.Time
}

// Certificate is an uploaded certificate. ClientID is 0 for one of the server.
type Certificate struct {
	ID, ClientID                           int64
	Name                                   string
	PrivateKey, Certificate, CACertificate string
}

// Database is a database with its user.
type Database struct {
	ID, ClientID                                        int64
	Name, Username, Description, Password, PasswordHash string
	RemoteHosts                                         []string
	Size                                                int64
}

// Email is a mailbox.
type Email struct {
	ID, ClientID                                 int64
	Address, Description, Password, PasswordHash string
	Size, MaxSize                                int64
	CatchAll, StoreForwarded                     bool
	Aliases, Forwardings                         []string
}

// FTPUser is an FTP account.
type FTPUser struct {
	ID, ClientID                                                 int64
	Username, Description, HomeDirectory, Password, PasswordHash string
}

// DirectoryProtection is a directory behind a password.
type DirectoryProtection struct {
	ID, ClientID                                     int64
	Path, AuthName, Username, Password, PasswordHash string
}

// ScheduledTask is a cron job. No endpoint creates one: use AddScheduledTask.
type ScheduledTask struct {
	ID, ClientID                               int64
	Type, Command, Description, PHPInterpreter string
	Minute, Hour, DayOfMonth, Month, DayOfWeek string
}

// Session is a sign-on that was created.
type Session struct {
	ClientID int64
	Token    string
	// URL is empty in the documented dialect, where the caller builds it.
	URL                  string
	CreatedAt, ExpiresAt time.Time
	// OpenedAt is when a browser opened the link; a zero time is never.
	OpenedAt time.Time
}

// Usage is a client's usage as set by SetUsage. Counts of domains, databases and so on come from
// the state.
type Usage struct {
	DiskSpace, Traffic, Files int64
	// Protocols splits the traffic: "http", "ftp", "smtp", "pop3", "imap". Without it all traffic
	// is outgoing http.
	Protocols map[string]Flow
}

// Flow is incoming and outgoing traffic in bytes.
type Flow struct{ In, Out int64 }

func (c *Client) clone() Client {
	d := *c
	d.Permissions, d.PHP, d.PHPFPM = maps.Clone(c.Permissions), maps.Clone(c.PHP), maps.Clone(c.PHPFPM)
	return d
}

func (p *Plan) clone() Plan {
	q := *p
	q.Permissions, q.PHP, q.PHPFPM = maps.Clone(p.Permissions), maps.Clone(p.PHP), maps.Clone(p.PHPFPM)
	return q
}

func (d *Database) clone() Database {
	e := *d
	e.RemoteHosts = slices.Clone(d.RemoteHosts)
	return e
}

func (e *Email) clone() Email {
	f := *e
	f.Aliases, f.Forwardings = slices.Clone(e.Aliases), slices.Clone(e.Forwardings)
	return f
}
