package hestia

import (
	"context"
	"iter"
	"net/netip"

	"github.com/provkit/provkit/provider"
)

// WebService manages websites.
type WebService struct{ c *Client }

var (
	webAddFastCGICache             = adds("Web.AddFastCGICache", "v-add-fastcgi-cache USER DOMAIN [DURATION=2m] [RESTART=no]")
	webAddDomain                   = adds("Web.AddDomain", "v-add-web-domain USER DOMAIN [IP] [RESTART] [ALIASES] [PROXY_EXTENSIONS]")
	webAddDomainAlias              = adds("Web.AddDomainAlias", "v-add-web-domain-alias USER DOMAIN ALIASES [RESTART]")
	webAddDomainAllowUsers         = adds("Web.AddDomainAllowUsers", "v-add-web-domain-allow-users USER DOMAIN")
	webAddDomainBackend            = adds("Web.AddDomainBackend", "v-add-web-domain-backend USER DOMAIN [TEMPLATE=default] [RESTART]")
	webAddDomainFTP                = adds("Web.AddDomainFTP", "v-add-web-domain-ftp USER DOMAIN FTP_USER FTP_PASSWORD! [FTP_PATH]")
	webAddDomainHTTPAuth           = adds("Web.AddDomainHTTPAuth", "v-add-web-domain-httpauth USER DOMAIN AUTH_USER AUTH_PASSWORD! [RESTART]")
	webAddDomainProxy              = adds("Web.AddDomainProxy", "v-add-web-domain-proxy USER DOMAIN [TEMPLATE] [EXTENSIONS#] [RESTART]")
	webAddDomainRedirect           = adds("Web.AddDomainRedirect", "v-add-web-domain-redirect USER DOMAIN REDIRECT [HTTPCODE=301] [RESTART=no]")
	webAddDomainStats              = adds("Web.AddDomainStats", "v-add-web-domain-stats USER DOMAIN TYPE")
	webAddDomainStatsUser          = adds("Web.AddDomainStatsUser", "v-add-web-domain-stats-user USER DOMAIN STATS_USER STATS_PASSWORD! [RESTART]")
	webAddPHP                      = sets("Web.AddPHP", "v-add-web-php VERSION").slowly()
	webChangeDomainBackendTemplate = sets("Web.ChangeDomainBackendTemplate", "v-change-web-domain-backend-tpl USER DOMAIN TEMPLATE [RESTART]")
	webChangeDomainDirList         = sets("Web.ChangeDomainDirList", "v-change-web-domain-dirlist USER DOMAIN MODE")
	webChangeDomainDocRoot         = sets("Web.ChangeDomainDocRoot", "v-change-web-domain-docroot USER DOMAIN [TARGET_DOMAIN] [DIRECTORY] [PHP] [RESTART]")
	webChangeDomainFTPPassword     = sets("Web.ChangeDomainFTPPassword", "v-change-web-domain-ftp-password USER DOMAIN FTP_USER FTP_PASSWORD!")
	webChangeDomainFTPPath         = sets("Web.ChangeDomainFTPPath", "v-change-web-domain-ftp-path USER DOMAIN FTP_USER FTP_PATH")
	webChangeDomainHTTPAuth        = sets("Web.ChangeDomainHTTPAuth", "v-change-web-domain-httpauth USER DOMAIN AUTH_USER AUTH_PASSWORD! [RESTART]")
	webChangeDomainIP              = sets("Web.ChangeDomainIP", "v-change-web-domain-ip USER DOMAIN IP [RESTART]")
	webChangeDomainName            = adds("Web.ChangeDomainName", "v-change-web-domain-name USER DOMAIN NEW_DOMAIN [RESTART]")
	webChangeDomainProxyTemplate   = sets("Web.ChangeDomainProxyTemplate", "v-change-web-domain-proxy-tpl USER DOMAIN TEMPLATE [EXTENSIONS#] [RESTART]")
	webChangeDomainStats           = sets("Web.ChangeDomainStats", "v-change-web-domain-stats USER DOMAIN TYPE")
	webChangeDomainTemplate        = sets("Web.ChangeDomainTemplate", "v-change-web-domain-tpl USER DOMAIN TEMPLATE [RESTART]")
	webDeleteFastCGICache          = removes("Web.DeleteFastCGICache", "v-delete-fastcgi-cache USER DOMAIN [RESTART]")
	webDeleteDomain                = removes("Web.DeleteDomain", "v-delete-web-domain USER DOMAIN [RESTART]").slowly()
	webDeleteDomainAlias           = removes("Web.DeleteDomainAlias", "v-delete-web-domain-alias USER DOMAIN ALIAS [RESTART]")
	webDeleteDomainAllowUsers      = removes("Web.DeleteDomainAllowUsers", "v-delete-web-domain-allow-users USER DOMAIN")
	webDeleteDomainBackend         = removes("Web.DeleteDomainBackend", "v-delete-web-domain-backend USER DOMAIN [RESTART]")
	webDeleteDomainFTP             = removes("Web.DeleteDomainFTP", "v-delete-web-domain-ftp USER DOMAIN FTP_USER")
	webDeleteDomainHTTPAuth        = removes("Web.DeleteDomainHTTPAuth", "v-delete-web-domain-httpauth USER DOMAIN AUTH_USER [RESTART]")
	webDeleteDomainProxy           = removes("Web.DeleteDomainProxy", "v-delete-web-domain-proxy USER DOMAIN [RESTART]")
	webDeleteDomainRedirect        = removes("Web.DeleteDomainRedirect", "v-delete-web-domain-redirect USER DOMAIN [RESTART]")
	webDeleteDomainStats           = removes("Web.DeleteDomainStats", "v-delete-web-domain-stats USER DOMAIN")
	webDeleteDomainStatsUser       = removes("Web.DeleteDomainStatsUser", "v-delete-web-domain-stats-user USER DOMAIN [RESTART]")
	webDeleteDomains               = sets("Web.DeleteDomains", "v-delete-web-domains USER [RESTART]").slowly()
	webDeletePHP                   = sets("Web.DeletePHP", "v-delete-web-php VERSION").slowly()
	webDumpSite                    = adds("Web.DumpSite", "v-dump-site USER DOMAIN [TYPE]").printing().besides()
	webListDefaultPHP              = reads("Web.ListDefaultPHP", "v-list-default-php json")
	webGetDomain                   = reads("Web.GetDomain", "v-list-web-domain USER DOMAIN json")
	webListDomainAccessLog         = reads("Web.ListDomainAccessLog", "v-list-web-domain-accesslog USER DOMAIN [LINES=70] json")
	webListDomainErrorLog          = reads("Web.ListDomainErrorLog", "v-list-web-domain-errorlog USER DOMAIN [LINES=70] json")
	webListDomains                 = reads("Web.ListDomains", "v-list-web-domains USER json")
	webListStats                   = reads("Web.ListStats", "v-list-web-stats json")
	webListTemplates               = reads("Web.ListTemplates", "v-list-web-templates json")
	webListBackendTemplates        = reads("Web.ListBackendTemplates", "v-list-web-templates-backend json")
	webListProxyTemplates          = reads("Web.ListProxyTemplates", "v-list-web-templates-proxy json")
	webPurgeNginxCache             = sets("Web.PurgeNginxCache", "v-purge-nginx-cache USER DOMAIN [RESTART]")
	webQuickInstallApp             = adds("Web.QuickInstallApp", "v-quick-install-app ACTION [USER] [DOMAIN] [APP] [OPTION!...]").slowly().printing()
	webRebuildDomain               = sets("Web.RebuildDomain", "v-rebuild-web-domain USER DOMAIN [RESTART]").slowly()
	webRebuildDomains              = sets("Web.RebuildDomains", "v-rebuild-web-domains USER [RESTART]").slowly()
	webSuspendDomain               = suspends("Web.SuspendDomain", "v-suspend-web-domain USER DOMAIN [RESTART]")
	webSuspendDomains              = sets("Web.SuspendDomains", "v-suspend-web-domains USER [RESTART]").slowly()
	webUnsuspendDomain             = resumes("Web.UnsuspendDomain", "v-unsuspend-web-domain USER DOMAIN [RESTART]")
	webUnsuspendDomains            = sets("Web.UnsuspendDomains", "v-unsuspend-web-domains USER [RESTART]").slowly()
	webUpdateDomainDisk            = sets("Web.UpdateDomainDisk", "v-update-web-domain-disk USER DOMAIN").slowly()
	webUpdateDomainStat            = sets("Web.UpdateDomainStat", "v-update-web-domain-stat USER DOMAIN").slowly()
	webUpdateDomainTraffic         = sets("Web.UpdateDomainTraffic", "v-update-web-domain-traff USER DOMAIN").slowly()
	webUpdateDomainsDisk           = sets("Web.UpdateDomainsDisk", "v-update-web-domains-disk USER").slowly()
	webUpdateDomainsStat           = sets("Web.UpdateDomainsStat", "v-update-web-domains-stat USER").slowly()
	webUpdateDomainsTraffic        = sets("Web.UpdateDomainsTraffic", "v-update-web-domains-traff USER").slowly()
	webUpdateTemplates             = sets("Web.UpdateTemplates", "v-update-web-templates [RESTART] [SKIP]").slowly()
)

// WebAddFastCGICacheOptions are the optional arguments of WebService.AddFastCGICache.
type WebAddFastCGICacheOptions struct {
	Duration string
	Restart  Restart
}

// AddFastCGICache switches on nginx's FastCGI cache for a site: v-add-fastcgi-cache.
func (s *WebService) AddFastCGICache(ctx context.Context, user, domain string, opts *WebAddFastCGICacheOptions) error {
	if opts == nil {
		opts = &WebAddFastCGICacheOptions{}
	}
	return s.c.change(ctx, webAddFastCGICache, user, domain, opts.Duration, opts.Restart)
}

// WebAddDomainOptions are the optional arguments of WebService.AddDomain.
type WebAddDomainOptions struct {
	// IP is one of the user's or a shared one; the panel chooses it by default.
	IP      netip.Addr
	Restart Restart
	// Aliases default to "www." and the name; use "none" for no alias.
	Aliases []string
	// ProxyExtensions are the extensions of files that the proxy serves itself.
	ProxyExtensions []string
}

// AddDomain creates a website: v-add-web-domain. ExitExists also means that some part of the domain
// belongs to another user. ExitRestart means that the website exists but the web server did not
// restart.
func (s *WebService) AddDomain(ctx context.Context, user, domain string, opts *WebAddDomainOptions) error {
	if opts == nil {
		opts = &WebAddDomainOptions{}
	}
	return s.c.change(ctx, webAddDomain, user, domain, opts.IP, opts.Restart, opts.Aliases, opts.ProxyExtensions)
}

// AddDomainAlias attaches alias host names to a website: v-add-web-domain-alias.
func (s *WebService) AddDomainAlias(ctx context.Context, user, domain string, aliases []string, opts *RestartOptions) error {
	return s.c.change(ctx, webAddDomainAlias, user, domain, aliases, opts.restart())
}

// AddDomainAllowUsers lets other users create subdomains of this site:
// v-add-web-domain-allow-users.
func (s *WebService) AddDomainAllowUsers(ctx context.Context, user, domain string) error {
	return s.c.change(ctx, webAddDomainAllowUsers, user, domain)
}

// WebAddDomainBackendOptions are the optional arguments of WebService.AddDomainBackend.
type WebAddDomainBackendOptions struct {
	Template string
	Restart  Restart
}

// AddDomainBackend attaches a PHP backend to a website: v-add-web-domain-backend.
func (s *WebService) AddDomainBackend(ctx context.Context, user, domain string, opts *WebAddDomainBackendOptions) error {
	if opts == nil {
		opts = &WebAddDomainBackendOptions{}
	}
	return s.c.change(ctx, webAddDomainBackend, user, domain, opts.Template, opts.Restart)
}

// WebAddDomainFTPOptions are the optional arguments of WebService.AddDomainFTP.
type WebAddDomainFTPOptions struct {
	FTPPath string
}

// AddDomainFTP creates an extra FTP login for a website: v-add-web-domain-ftp. The login becomes
// USER_FTPUSER, which is the name that all other methods take.
func (s *WebService) AddDomainFTP(ctx context.Context, user, domain, login string, password provider.Secret, opts *WebAddDomainFTPOptions) error {
	if opts == nil {
		opts = &WebAddDomainFTPOptions{}
	}
	return s.c.change(ctx, webAddDomainFTP, user, domain, login, password, opts.FTPPath)
}

// AddDomainHTTPAuth adds a basic-auth login to a website: v-add-web-domain-httpauth.
func (s *WebService) AddDomainHTTPAuth(ctx context.Context, user, domain, login string, password provider.Secret, opts *RestartOptions) error {
	return s.c.change(ctx, webAddDomainHTTPAuth, user, domain, login, password, opts.restart())
}

// WebAddDomainProxyOptions are the optional arguments of WebService.AddDomainProxy.
type WebAddDomainProxyOptions struct {
	Template   string
	Extensions []string
	Restart    Restart
}

// AddDomainProxy puts the reverse proxy in front of a website: v-add-web-domain-proxy.
func (s *WebService) AddDomainProxy(ctx context.Context, user, domain string, opts *WebAddDomainProxyOptions) error {
	if opts == nil {
		opts = &WebAddDomainProxyOptions{}
	}
	return s.c.change(ctx, webAddDomainProxy, user, domain, opts.Template, opts.Extensions, opts.Restart)
}

// WebAddDomainRedirectOptions are the optional arguments of WebService.AddDomainRedirect.
type WebAddDomainRedirectOptions struct {
	// HTTPCode defaults to 301.
	HTTPCode int64
	Restart  Restart
}

// AddDomainRedirect redirects a whole website elsewhere: v-add-web-domain-redirect.
func (s *WebService) AddDomainRedirect(ctx context.Context, user, domain, target string, opts *WebAddDomainRedirectOptions) error {
	if opts == nil {
		opts = &WebAddDomainRedirectOptions{}
	}
	return s.c.change(ctx, webAddDomainRedirect, user, domain, target, opts.HTTPCode, opts.Restart)
}

// AddDomainStats attaches a log analyser to a website: v-add-web-domain-stats.
func (s *WebService) AddDomainStats(ctx context.Context, user, domain, kind string) error {
	return s.c.change(ctx, webAddDomainStats, user, domain, kind)
}

// AddDomainStatsUser protects a website's statistics with a password: v-add-web-domain-stats-user.
func (s *WebService) AddDomainStatsUser(ctx context.Context, user, domain, login string, password provider.Secret, opts *RestartOptions) error {
	return s.c.change(ctx, webAddDomainStatsUser, user, domain, login, password, opts.restart())
}

// ChangeDomainBackendTemplate chooses a website's PHP backend template:
// v-change-web-domain-backend-tpl.
func (s *WebService) ChangeDomainBackendTemplate(ctx context.Context, user, domain, template string, opts *RestartOptions) error {
	return s.c.change(ctx, webChangeDomainBackendTemplate, user, domain, template, opts.restart())
}

// ChangeDomainDirList switches the directory listing of a website: "on" or "off":
// v-change-web-domain-dirlist.
func (s *WebService) ChangeDomainDirList(ctx context.Context, user, domain, mode string) error {
	return s.c.change(ctx, webChangeDomainDirList, user, domain, mode)
}

// WebChangeDomainDocRootOptions are the optional arguments of WebService.ChangeDomainDocRoot.
type WebChangeDomainDocRootOptions struct {
	// TargetDomain is another website of the user, or "default".
	TargetDomain string
	// Directory below the target's public files.
	Directory *string
	// PHP, if it is not empty, lets PHP access all of the target's public files.
	PHP     string
	Restart Restart
}

// ChangeDomainDocRoot points a website at another document root: a directory of another website of
// the user, or "default" for its own: v-change-web-domain-docroot.
func (s *WebService) ChangeDomainDocRoot(ctx context.Context, user, domain string, opts *WebChangeDomainDocRootOptions) error {
	if opts == nil {
		opts = &WebChangeDomainDocRootOptions{}
	}
	return s.c.change(ctx, webChangeDomainDocRoot, user, domain, opts.TargetDomain, opts.Directory, opts.PHP, opts.Restart)
}

// ChangeDomainFTPPassword sets the password of an extra FTP login, by its full name:
// v-change-web-domain-ftp-password.
func (s *WebService) ChangeDomainFTPPassword(ctx context.Context, user, domain, login string, password provider.Secret) error {
	return s.c.change(ctx, webChangeDomainFTPPassword, user, domain, login, password)
}

// ChangeDomainFTPPath sets the directory of an extra FTP login, by its full name:
// v-change-web-domain-ftp-path.
func (s *WebService) ChangeDomainFTPPath(ctx context.Context, user, domain, login, path string) error {
	return s.c.change(ctx, webChangeDomainFTPPath, user, domain, login, path)
}

// ChangeDomainHTTPAuth sets the password of a basic-auth login: v-change-web-domain-httpauth.
func (s *WebService) ChangeDomainHTTPAuth(ctx context.Context, user, domain, login string, password provider.Secret, opts *RestartOptions) error {
	return s.c.change(ctx, webChangeDomainHTTPAuth, user, domain, login, password, opts.restart())
}

// ChangeDomainIP moves a website to another address: v-change-web-domain-ip.
func (s *WebService) ChangeDomainIP(ctx context.Context, user, domain string, ip netip.Addr, opts *RestartOptions) error {
	return s.c.change(ctx, webChangeDomainIP, user, domain, ip, opts.restart())
}

// ChangeDomainName renames a website: v-change-web-domain-name.
func (s *WebService) ChangeDomainName(ctx context.Context, user, domain, newDomain string, opts *RestartOptions) error {
	return s.c.change(ctx, webChangeDomainName, user, domain, newDomain, opts.restart())
}

// WebChangeDomainProxyTemplateOptions are the optional arguments of
// WebService.ChangeDomainProxyTemplate.
type WebChangeDomainProxyTemplateOptions struct {
	Extensions []string
	Restart    Restart
}

// ChangeDomainProxyTemplate chooses a website's proxy template: v-change-web-domain-proxy-tpl.
func (s *WebService) ChangeDomainProxyTemplate(ctx context.Context, user, domain, template string, opts *WebChangeDomainProxyTemplateOptions) error {
	if opts == nil {
		opts = &WebChangeDomainProxyTemplateOptions{}
	}
	return s.c.change(ctx, webChangeDomainProxyTemplate, user, domain, template, opts.Extensions, opts.Restart)
}

// ChangeDomainStats chooses another log analyser: v-change-web-domain-stats.
func (s *WebService) ChangeDomainStats(ctx context.Context, user, domain, kind string) error {
	return s.c.change(ctx, webChangeDomainStats, user, domain, kind)
}

// ChangeDomainTemplate chooses a website's web template: v-change-web-domain-tpl.
func (s *WebService) ChangeDomainTemplate(ctx context.Context, user, domain, template string, opts *RestartOptions) error {
	return s.c.change(ctx, webChangeDomainTemplate, user, domain, template, opts.restart())
}

// DeleteFastCGICache switches off nginx's FastCGI cache for a site: v-delete-fastcgi-cache.
func (s *WebService) DeleteFastCGICache(ctx context.Context, user, domain string, opts *RestartOptions) error {
	return s.c.change(ctx, webDeleteFastCGICache, user, domain, opts.restart())
}

// DeleteDomain removes a website: v-delete-web-domain.
func (s *WebService) DeleteDomain(ctx context.Context, user, domain string, opts *RestartOptions) error {
	return s.c.change(ctx, webDeleteDomain, user, domain, opts.restart())
}

// DeleteDomainAlias detaches an alias host name: v-delete-web-domain-alias.
func (s *WebService) DeleteDomainAlias(ctx context.Context, user, domain, alias string, opts *RestartOptions) error {
	return s.c.change(ctx, webDeleteDomainAlias, user, domain, alias, opts.restart())
}

// DeleteDomainAllowUsers stops other users from creating subdomains of this site:
// v-delete-web-domain-allow-users.
func (s *WebService) DeleteDomainAllowUsers(ctx context.Context, user, domain string) error {
	return s.c.change(ctx, webDeleteDomainAllowUsers, user, domain)
}

// DeleteDomainBackend detaches the PHP backend: v-delete-web-domain-backend.
func (s *WebService) DeleteDomainBackend(ctx context.Context, user, domain string, opts *RestartOptions) error {
	return s.c.change(ctx, webDeleteDomainBackend, user, domain, opts.restart())
}

// DeleteDomainFTP removes an extra FTP login, by its full name: v-delete-web-domain-ftp.
func (s *WebService) DeleteDomainFTP(ctx context.Context, user, domain, login string) error {
	return s.c.change(ctx, webDeleteDomainFTP, user, domain, login)
}

// DeleteDomainHTTPAuth removes a basic-auth login: v-delete-web-domain-httpauth.
func (s *WebService) DeleteDomainHTTPAuth(ctx context.Context, user, domain, login string, opts *RestartOptions) error {
	return s.c.change(ctx, webDeleteDomainHTTPAuth, user, domain, login, opts.restart())
}

// DeleteDomainProxy removes the reverse proxy of a website: v-delete-web-domain-proxy.
func (s *WebService) DeleteDomainProxy(ctx context.Context, user, domain string, opts *RestartOptions) error {
	return s.c.change(ctx, webDeleteDomainProxy, user, domain, opts.restart())
}

// DeleteDomainRedirect removes a website's redirect: v-delete-web-domain-redirect.
func (s *WebService) DeleteDomainRedirect(ctx context.Context, user, domain string, opts *RestartOptions) error {
	return s.c.change(ctx, webDeleteDomainRedirect, user, domain, opts.restart())
}

// DeleteDomainStats detaches the log analyser: v-delete-web-domain-stats.
func (s *WebService) DeleteDomainStats(ctx context.Context, user, domain string) error {
	return s.c.change(ctx, webDeleteDomainStats, user, domain)
}

// DeleteDomainStatsUser removes the password of a website's statistics:
// v-delete-web-domain-stats-user.
func (s *WebService) DeleteDomainStatsUser(ctx context.Context, user, domain string, opts *RestartOptions) error {
	return s.c.change(ctx, webDeleteDomainStatsUser, user, domain, opts.restart())
}

// DeleteDomains removes all websites of a user: v-delete-web-domains.
func (s *WebService) DeleteDomains(ctx context.Context, user string, opts *RestartOptions) error {
	return s.c.change(ctx, webDeleteDomains, user, opts.restart())
}

// GetDomain returns one website: v-list-web-domain.
func (s *WebService) GetDomain(ctx context.Context, user, domain string) (*WebDomain, error) {
	return get[WebDomain](ctx, s.c, webGetDomain, user, domain)
}

// ListDomains returns a user's websites: v-list-web-domains. Fields that only GetDomain sets are
// zero. A row that lacks a field may contain that of the row before (observed for DocumentRoot and
// FTPPaths).
func (s *WebService) ListDomains(ctx context.Context, user string) iter.Seq2[*WebDomain, error] {
	return list[WebDomain](ctx, s.c, webListDomains, user)
}

// SuspendDomain shows the suspended page instead of a website: v-suspend-web-domain. ExitSuspended
// if it is suspended already.
func (s *WebService) SuspendDomain(ctx context.Context, user, domain string, opts *RestartOptions) error {
	return s.c.change(ctx, webSuspendDomain, user, domain, opts.restart())
}

// SuspendDomains shows the suspended page for all websites of a user: v-suspend-web-domains.
func (s *WebService) SuspendDomains(ctx context.Context, user string, opts *RestartOptions) error {
	return s.c.change(ctx, webSuspendDomains, user, opts.restart())
}

// UnsuspendDomain puts a website back online: v-unsuspend-web-domain. ExitUnsuspended if it is not
// suspended.
func (s *WebService) UnsuspendDomain(ctx context.Context, user, domain string, opts *RestartOptions) error {
	return s.c.change(ctx, webUnsuspendDomain, user, domain, opts.restart())
}

// UnsuspendDomains puts all websites of a user back online: v-unsuspend-web-domains.
func (s *WebService) UnsuspendDomains(ctx context.Context, user string, opts *RestartOptions) error {
	return s.c.change(ctx, webUnsuspendDomains, user, opts.restart())
}
