package hestia

import (
	"context"
)

// AddPHP installs a PHP-FPM version: v-add-web-php.
func (s *WebService) AddPHP(ctx context.Context, version string) error {
	return s.c.change(ctx, webAddPHP, version)
}

// DeletePHP uninstalls a PHP-FPM version: v-delete-web-php.
func (s *WebService) DeletePHP(ctx context.Context, version string) error {
	return s.c.change(ctx, webDeletePHP, version)
}

// WebDumpSiteOptions are the optional arguments of WebService.DumpSite.
type WebDumpSiteOptions struct {
	// Type "full" packs the whole site.
	Type string
}

// DumpSite packs the files of a site into a zip archive on the server, which removes it after an
// hour, and returns its name and path, each on a line of its own: v-dump-site. Type "full" packs
// the whole site instead of its public files.
func (s *WebService) DumpSite(ctx context.Context, user, domain string, opts *WebDumpSiteOptions) (string, error) {
	if opts == nil {
		opts = &WebDumpSiteOptions{}
	}
	return s.c.text(ctx, webDumpSite, user, domain, opts.Type)
}

// ListDefaultPHP returns the PHP version behind the default template: v-list-default-php.
func (s *WebService) ListDefaultPHP(ctx context.Context) ([]string, error) {
	return s.c.names(ctx, webListDefaultPHP)
}

// WebListDomainAccessLogOptions are the optional arguments of WebService.ListDomainAccessLog.
type WebListDomainAccessLogOptions struct {
	// Lines defaults to 70.
	Lines int64
}

// ListDomainAccessLog returns the last lines of a website's access log:
// v-list-web-domain-accesslog.
func (s *WebService) ListDomainAccessLog(ctx context.Context, user, domain string, opts *WebListDomainAccessLogOptions) ([]string, error) {
	if opts == nil {
		opts = &WebListDomainAccessLogOptions{}
	}
	return s.c.names(ctx, webListDomainAccessLog, user, domain, opts.Lines)
}

// WebListDomainErrorLogOptions are the optional arguments of WebService.ListDomainErrorLog.
type WebListDomainErrorLogOptions struct {
	// Lines defaults to 70.
	Lines int64
}

// ListDomainErrorLog returns the last lines of a website's error log: v-list-web-domain-errorlog.
func (s *WebService) ListDomainErrorLog(ctx context.Context, user, domain string, opts *WebListDomainErrorLogOptions) ([]string, error) {
	if opts == nil {
		opts = &WebListDomainErrorLogOptions{}
	}
	return s.c.names(ctx, webListDomainErrorLog, user, domain, opts.Lines)
}

// ListStats returns the available log analysers: v-list-web-stats.
func (s *WebService) ListStats(ctx context.Context) ([]string, error) {
	return s.c.names(ctx, webListStats)
}

// ListTemplates returns the web templates: v-list-web-templates.
func (s *WebService) ListTemplates(ctx context.Context) ([]string, error) {
	return s.c.names(ctx, webListTemplates)
}

// ListBackendTemplates returns the PHP backend templates: v-list-web-templates-backend.
func (s *WebService) ListBackendTemplates(ctx context.Context) ([]string, error) {
	return s.c.names(ctx, webListBackendTemplates)
}

// ListProxyTemplates returns the proxy templates: v-list-web-templates-proxy.
func (s *WebService) ListProxyTemplates(ctx context.Context) ([]string, error) {
	return s.c.names(ctx, webListProxyTemplates)
}

// PurgeNginxCache empties a site's nginx cache: v-purge-nginx-cache.
func (s *WebService) PurgeNginxCache(ctx context.Context, user, domain string, opts *RestartOptions) error {
	return s.c.change(ctx, webPurgeNginxCache, user, domain, opts.restart())
}

// WebQuickInstallAppOptions are the optional arguments of WebService.QuickInstallApp.
type WebQuickInstallAppOptions struct {
	User   string
	Domain string
	App    string
}

// QuickInstallApp installs ready-made web applications ("install"), lists them ("app"), or lists
// the options of one ("options"), and returns what the panel's installer prints:
// v-quick-install-app. Options are of the form key=value.
func (s *WebService) QuickInstallApp(ctx context.Context, action string, opts *WebQuickInstallAppOptions, options ...string) (string, error) {
	if opts == nil {
		opts = &WebQuickInstallAppOptions{}
	}
	return s.c.text(ctx, webQuickInstallApp, action, opts.User, opts.Domain, opts.App, options)
}

// RebuildDomain regenerates one website's configuration: v-rebuild-web-domain.
func (s *WebService) RebuildDomain(ctx context.Context, user, domain string, opts *RestartOptions) error {
	return s.c.change(ctx, webRebuildDomain, user, domain, opts.restart())
}

// RebuildDomains regenerates all website configurations of a user: v-rebuild-web-domains.
func (s *WebService) RebuildDomains(ctx context.Context, user string, opts *RestartOptions) error {
	return s.c.change(ctx, webRebuildDomains, user, opts.restart())
}

// UpdateDomainDisk recomputes one website's size: v-update-web-domain-disk.
func (s *WebService) UpdateDomainDisk(ctx context.Context, user, domain string) error {
	return s.c.change(ctx, webUpdateDomainDisk, user, domain)
}

// UpdateDomainStat runs the log analyser for one website: v-update-web-domain-stat.
func (s *WebService) UpdateDomainStat(ctx context.Context, user, domain string) error {
	return s.c.change(ctx, webUpdateDomainStat, user, domain)
}

// UpdateDomainTraffic recounts one website's traffic: v-update-web-domain-traff.
func (s *WebService) UpdateDomainTraffic(ctx context.Context, user, domain string) error {
	return s.c.change(ctx, webUpdateDomainTraffic, user, domain)
}

// UpdateDomainsDisk recomputes all website sizes of a user: v-update-web-domains-disk.
func (s *WebService) UpdateDomainsDisk(ctx context.Context, user string) error {
	return s.c.change(ctx, webUpdateDomainsDisk, user)
}

// UpdateDomainsStat runs the log analyser for all websites of a user: v-update-web-domains-stat.
func (s *WebService) UpdateDomainsStat(ctx context.Context, user string) error {
	return s.c.change(ctx, webUpdateDomainsStat, user)
}

// UpdateDomainsTraffic recounts the traffic of all websites of a user: v-update-web-domains-traff.
func (s *WebService) UpdateDomainsTraffic(ctx context.Context, user string) error {
	return s.c.change(ctx, webUpdateDomainsTraffic, user)
}

// WebUpdateTemplatesOptions are the optional arguments of WebService.UpdateTemplates.
type WebUpdateTemplatesOptions struct {
	Restart Restart
	Skip    string
}

// UpdateTemplates restores the web templates that came with the panel: v-update-web-templates.
func (s *WebService) UpdateTemplates(ctx context.Context, opts *WebUpdateTemplatesOptions) error {
	if opts == nil {
		opts = &WebUpdateTemplatesOptions{}
	}
	return s.c.change(ctx, webUpdateTemplates, opts.Restart, opts.Skip)
}
