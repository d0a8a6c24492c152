package hestia

import (
	"net/netip"
	"time"
)

// WebDomain is a website. Sizes are in MB, as of the last count, which can be a day ago.
type WebDomain struct {
	Name         string     `hestia:",key"`
	IP           netip.Addr `hestia:"IP"`
	IP6          netip.Addr `hestia:"IP6"`
	DocumentRoot string     `hestia:"DOCUMENT_ROOT"`
	Aliases      []string   `hestia:"ALIAS"`
	Suspended    bool       `hestia:"SUSPENDED"`
	Created      time.Time  `hestia:"DATE+TIME"`
	// Template, Backend and Proxy are names of templates.
	Template string `hestia:"TPL"`
	Backend  string `hestia:"BACKEND"`
	Proxy    string `hestia:"PROXY"`
	// ProxyExtensions are the extensions of files that the proxy serves itself.
	ProxyExtensions []string `hestia:"PROXY_EXT"`
	SSL             bool     `hestia:"SSL"`
	// SSLHome is "same" or "single": whether HTTPS has a document root of its own.
	SSLHome     string `hestia:"SSL_HOME"`
	LetsEncrypt bool   `hestia:"LETSENCRYPT"`
	// Stats is the log analyser; "" if there is none.
	Stats     string `hestia:"STATS"`
	StatsUser string `hestia:"STATS_USER"`
	// FTPUsers are full names of logins, and FTPPaths their directories.
	FTPUsers  []string `hestia:"FTP_USER,colon"`
	FTPPaths  []string `hestia:"FTP_PATH,colon"`
	AuthUsers []string `hestia:"AUTH_USER,colon"`

	UsedDisk      int64 `hestia:"U_DISK"`
	UsedBandwidth int64 `hestia:"U_BANDWIDTH"`

	// Only GetDomain sets the fields below.

	SSLForce        bool   `hestia:"SSL_FORCE"`
	SSLHSTS         bool   `hestia:"SSL_HSTS"`
	FastCGICache    bool   `hestia:"FASTCGI_CACHE"`
	FastCGIDuration string `hestia:"FASTCGI_DURATION"`
	// Redirect is where the whole website is redirected to.
	Redirect      string `hestia:"REDIRECT"`
	RedirectCode  int64  `hestia:"REDIRECT_CODE"`
	CustomDocRoot string `hestia:"CUSTOM_DOCROOT"`
}
