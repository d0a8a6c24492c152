package hestia

import (
	"time"

	"github.com/provkit/provkit/provider"
)

// User is an account. Sizes are in MB and up to a day old, since the panel counts at night;
// UpdateDisk, UpdateCounters and Web.UpdateDomainTraffic make it count at once.
type User struct {
	// Login is the user's name on the panel and the server.
	Login string `hestia:",key"`
	// Name of the person, e-mail address and package show bytes that are not UTF-8 as U+FFFD.
	Name    string `hestia:"NAME"`
	Contact string `hestia:"CONTACT"`
	Package string `hestia:"PACKAGE"`
	// Role is "admin", "user" or "dns-cluster".
	Role      string `hestia:"ROLE,exact"`
	Suspended bool   `hestia:"SUSPENDED"`
	// Created is when the account was made, in the server's zone (WithLocation).
	Created  time.Time `hestia:"DATE+TIME,last"`
	Language string    `hestia:"LANGUAGE"`
	Shell    string    `hestia:"SHELL"`
	// NameServers are the defaults for new zones.
	NameServers []string `hestia:"NS"`
	// CronReports is set if the output of cron jobs is mailed to Contact.
	CronReports bool `hestia:"CRON_REPORTS"`
	// ResetCode is the code of a password-reset link, or its hash.
	ResetCode provider.Secret `hestia:"RKEY"`

	Templates UserTemplates
	Limits    UserLimits
	Usage     UserUsage
	// SuspendedObjects counts the user's suspended objects.
	SuspendedObjects UserSuspended

	// Only Get sets the fields below.

	Home string `hestia:"HOME"`
	// TwoFactor is the secret of two-factor sign-in, "" if that is off, and QRCode an image of it.
	TwoFactor provider.Secret `hestia:"TWOFA"`
	QRCode    provider.Secret `hestia:"QRCODE"`
	Theme     string          `hestia:"THEME"`
	// Notifications is set if there are unread ones.
	Notifications bool   `hestia:"NOTIFICATIONS"`
	SortOrder     string `hestia:"PREF_UI_SORT"`
	// LoginDisabled is set if the panel's login form refuses the user. The account itself works.
	LoginDisabled bool `hestia:"LOGIN_DISABLED"`
	// LoginAllowIPs are the addresses that may log in, if LoginUseIPList is set.
	LoginUseIPList bool     `hestia:"LOGIN_USE_IPLIST"`
	LoginAllowIPs  []string `hestia:"LOGIN_ALLOW_IPS"`
	PHPCLI         string   `hestia:"PHPCLI"`
}

// UserTemplates are a user's defaults for new domains.
type UserTemplates struct {
	Web     string `hestia:"WEB_TEMPLATE"`
	Backend string `hestia:"BACKEND_TEMPLATE"`
	Proxy   string `hestia:"PROXY_TEMPLATE"`
	DNS     string `hestia:"DNS_TEMPLATE"`
}

// UserLimits are a user's limits, copied from the package when it was assigned.
type UserLimits struct {
	WebDomains Limit `hestia:"WEB_DOMAINS"`
	// WebAliases, DNSRecords and MailAccounts are per domain.
	WebAliases   Limit `hestia:"WEB_ALIASES"`
	DNSDomains   Limit `hestia:"DNS_DOMAINS"`
	DNSRecords   Limit `hestia:"DNS_RECORDS"`
	MailDomains  Limit `hestia:"MAIL_DOMAINS"`
	MailAccounts Limit `hestia:"MAIL_ACCOUNTS"`
	Databases    Limit `hestia:"DATABASES"`
	CronJobs     Limit `hestia:"CRON_JOBS"`
	// DiskQuota and Bandwidth (a month) are in MB.
	DiskQuota Limit `hestia:"DISK_QUOTA"`
	Bandwidth Limit `hestia:"BANDWIDTH"`
	Backups   Limit `hestia:"BACKUPS"`
	// Only Get sets BackupsIncremental.
	BackupsIncremental bool `hestia:"BACKUPS_INCREMENTAL"`
	// Only List sets these four, in the panel's spelling ("200%", "1G").
	CPUQuota       string `hestia:"CPU_QUOTA"`
	CPUQuotaPeriod string `hestia:"CPU_QUOTA_PERIOD"`
	MemoryLimit    string `hestia:"MEMORY_LIMIT"`
	SwapLimit      string `hestia:"SWAP_LIMIT"`
}

// UserUsage is what a user uses. Sizes are in MB.
type UserUsage struct {
	Disk         int64 `hestia:"U_DISK"`
	DiskDirs     int64 `hestia:"U_DISK_DIRS"`
	DiskWeb      int64 `hestia:"U_DISK_WEB"`
	DiskMail     int64 `hestia:"U_DISK_MAIL"`
	DiskDB       int64 `hestia:"U_DISK_DB"`
	Bandwidth    int64 `hestia:"U_BANDWIDTH"`
	WebDomains   int64 `hestia:"U_WEB_DOMAINS"`
	WebSSL       int64 `hestia:"U_WEB_SSL"`
	WebAliases   int64 `hestia:"U_WEB_ALIASES"`
	DNSDomains   int64 `hestia:"U_DNS_DOMAINS"`
	DNSRecords   int64 `hestia:"U_DNS_RECORDS"`
	MailDomains  int64 `hestia:"U_MAIL_DOMAINS"`
	MailDKIM     int64 `hestia:"U_MAIL_DKIM"`
	MailAccounts int64 `hestia:"U_MAIL_ACCOUNTS"`
	Databases    int64 `hestia:"U_DATABASES"`
	CronJobs     int64 `hestia:"U_CRON_JOBS"`
	Backups      int64 `hestia:"U_BACKUPS"`
	// Users is the number of an administrator's users. The panel miscounts when several are added
	// at once.
	Users int64 `hestia:"U_USERS"`
	// IPsAvailable and IPsOwned count addresses.
	IPsAvailable int64 `hestia:"IP_AVAIL"`
	IPsOwned     int64 `hestia:"IP_OWNED"`
}

// UserSuspended counts the suspended objects of a user.
type UserSuspended struct {
	Users int64 `hestia:"SUSPENDED_USERS"`
	Web   int64 `hestia:"SUSPENDED_WEB"`
	DNS   int64 `hestia:"SUSPENDED_DNS"`
	Mail  int64 `hestia:"SUSPENDED_MAIL"`
	DB    int64 `hestia:"SUSPENDED_DB"`
	Cron  int64 `hestia:"SUSPENDED_CRON"`
}

// UserSalt is how a user's password is hashed.
type UserSalt struct {
	User string `hestia:",key"`
	// Method is "md5", "sha-512", "yescrypt", ...
	Method string          `hestia:"METHOD"`
	Salt   provider.Secret `hestia:"SALT"`
	Time   time.Time       `hestia:"DATE+TIME"`
}

// UserNotification is a message in a user's panel.
type UserNotification struct {
	ID    string `hestia:",key"`
	Topic string `hestia:"TOPIC"`
	// Notice is HTML, with single quotes in place of double ones.
	Notice string `hestia:"NOTICE"`
	Type   string `hestia:"TYPE"`
	// Acknowledged is set once the user has read it.
	Acknowledged bool      `hestia:"ACK"`
	Priority     int64     `hestia:"PRIORITY"`
	Created      time.Time `hestia:"DATE+TIME"`
}

// SSHKey is a public key that may log in as a user.
type SSHKey struct {
	// ID is the key's comment.
	ID string `hestia:"ID,key"`
	// Fingerprint is the hash of the key.
	Fingerprint string `hestia:"KEY"`
}
