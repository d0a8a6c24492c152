package hestia

import (
	"context"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/provkit/provkit/provider"
)

// PHPMyAdminRequest asks for a way into phpMyAdmin without a password.
type PHPMyAdminRequest struct {
	// User owns the database. Required.
	User string
	// Database is the full name, including the user's prefix. Required.
	Database string
	// ClientIP is the address of the browser, to which the link is bound. Required.
	ClientIP netip.Addr
	// Site is the URL of the server's web server, such as "https://host.example.com". "" is the
	// panel's own host, without its port.
	Site string
}

// PHPMyAdminSession is a way into phpMyAdmin. Use it at once and do not keep it.
type PHPMyAdminSession struct {
	URL provider.Secret
	// ExpiresAt is a minute after the link was made, by the local clock, with which the server's
	// must agree.
	ExpiresAt time.Time
}

const (
	phpMyAdminLife = 60 * time.Second
	// bcryptMax is how many bytes PHP hashes: it silently ignores the rest, whereas Go refuses
	// longer input.
	bcryptMax = 72
)

// PHPMyAdminSignOn makes a link into phpMyAdmin for one database, from the server's configuration
// (v-list-sys-config). It works for MySQL only, requires that Databases.AddSysPMASSO has switched
// single sign-on on, and needs a key that may read the configuration. Otherwise the error matches
// provider.ErrUnsupported.
func (c *Client) PHPMyAdminSignOn(ctx context.Context, req *PHPMyAdminRequest) (*PHPMyAdminSession, error) {
	const verb = "sign on to phpMyAdmin"
	if req == nil {
		return nil, provider.Problems{"request": "nil"}.Err(Kind, "PHPMyAdminSignOn", verb)
	}
	var problems provider.Problems
	problems.Required("User", req.User)
	problems.Required("Database", req.Database)
	if !req.ClientIP.IsValid() {
		problems.Add("ClientIP", "required: the link is bound to it")
	}
	site := c.rest.Root()
	site.Host = site.Hostname()
	if strings.Contains(site.Host, ":") {
		site.Host = "[" + site.Host + "]"
	}
	site.Path, site.RawPath = "", ""
	if req.Site != "" {
		given, err := url.Parse(strings.TrimRight(req.Site, "/"))
		if err != nil || (given.Scheme != "https" && given.Scheme != "http") || given.Host == "" || given.User != nil || given.RawQuery != "" {
			problems.Add("Site", "not a web address")
		} else {
			site = *given
		}
	}
	action := verb + " " + quoted(req.Database)
	if err := problems.Err(Kind, "PHPMyAdminSignOn", action); err != nil {
		return nil, err
	}
	config, err := c.System.GetConfig(ctx)
	if err != nil {
		return nil, err
	}
	if config.PHPMyAdminKey.IsZero() || config.PHPMyAdminAlias == "" {
		return nil, &provider.Error{
			Provider: Kind, Op: "PHPMyAdminSignOn", Action: action, Kind: provider.ErrUnsupported,
			Message: "the server has no single sign-on to phpMyAdmin (v-add-sys-pma-sso switches it on)",
		}
	}
	made := time.Now()
	issued := strconv.FormatInt(made.Unix(), 10)
	signed := req.Database + req.User + req.ClientIP.Unmap().String() + issued + config.PHPMyAdminKey.Reveal()
	token, err := bcrypt.GenerateFromPassword([]byte(signed)[:min(len(signed), bcryptMax)], bcrypt.DefaultCost)
	if err != nil {
		return nil, &provider.Error{Provider: Kind, Op: "PHPMyAdminSignOn", Action: action, Kind: provider.ErrUnavailable, Message: "signing the link failed"}
	}
	site.Path += "/" + strings.Trim(config.PHPMyAdminAlias, "/") + "/hestia-sso.php"
	site.RawQuery = url.Values{"database": {req.Database}, "user": {req.User}, "exp": {issued}, "hestia_token": {string(token)}}.Encode()
	return &PHPMyAdminSession{URL: provider.NewSecret(site.String()), ExpiresAt: made.Add(phpMyAdminLife)}, nil
}
