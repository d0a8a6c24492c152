package hestia

import (
	"context"
)

// ServicesService restarts the server's daemons.
type ServicesService struct{ c *Client }

var (
	servicesRestartCron       = sets("Services.RestartCron", "v-restart-cron [RESTART]").slowly()
	servicesRestartDNS        = sets("Services.RestartDNS", "v-restart-dns [RESTART]").slowly()
	servicesRestartFTP        = sets("Services.RestartFTP", "v-restart-ftp [RESTART]").slowly()
	servicesRestartMail       = sets("Services.RestartMail", "v-restart-mail [RESTART]").slowly()
	servicesRestartProxy      = sets("Services.RestartProxy", "v-restart-proxy [RESTART]").slowly()
	servicesRestart           = sets("Services.Restart", "v-restart-service SERVICE [RESTART]").slowly()
	servicesRestartSystem     = adds("Services.RestartSystem", "v-restart-system RESTART [DELAY]")
	servicesRestartWeb        = sets("Services.RestartWeb", "v-restart-web [RESTART]").slowly()
	servicesRestartWebBackend = sets("Services.RestartWebBackend", "v-restart-web-backend [RESTART] [VERSION]").slowly()
	servicesStart             = sets("Services.Start", "v-start-service SERVICE").slowly()
	servicesStop              = sets("Services.Stop", "v-stop-service SERVICE").slowly()
)

// RestartCron restarts the cron service: v-restart-cron.
func (s *ServicesService) RestartCron(ctx context.Context, opts *RestartOptions) error {
	return s.c.change(ctx, servicesRestartCron, opts.restart())
}

// RestartDNS reloads the DNS server: v-restart-dns.
func (s *ServicesService) RestartDNS(ctx context.Context, opts *RestartOptions) error {
	return s.c.change(ctx, servicesRestartDNS, opts.restart())
}

// RestartFTP restarts the FTP server: v-restart-ftp.
func (s *ServicesService) RestartFTP(ctx context.Context, opts *RestartOptions) error {
	return s.c.change(ctx, servicesRestartFTP, opts.restart())
}

// RestartMail restarts the IMAP server, then the mail server: v-restart-mail. If the former fails, the latter is left
// alone. Where mail is off or on another server, the panel does nothing and reports success.
func (s *ServicesService) RestartMail(ctx context.Context, opts *RestartOptions) error {
	return s.c.change(ctx, servicesRestartMail, opts.restart())
}

// RestartProxy reloads the reverse proxy: v-restart-proxy.
func (s *ServicesService) RestartProxy(ctx context.Context, opts *RestartOptions) error {
	return s.c.change(ctx, servicesRestartProxy, opts.restart())
}

// Restart restarts a service by its name: v-restart-service. The panel reports success for services
// that do not exist.
func (s *ServicesService) Restart(ctx context.Context, service string, opts *RestartOptions) error {
	return s.c.change(ctx, servicesRestart, service, opts.restart())
}

// ServiceRestartSystemOptions are the optional arguments of ServicesService.RestartSystem.
type ServiceRestartSystemOptions struct {
	// Delay is in seconds. The answer comes after it, if at all.
	Delay int64
}

// RestartSystem reboots the server, if restart is true: v-restart-system.
func (s *ServicesService) RestartSystem(ctx context.Context, restart bool, opts *ServiceRestartSystemOptions) error {
	if opts == nil {
		opts = &ServiceRestartSystemOptions{}
	}
	return s.c.change(ctx, servicesRestartSystem, restart, opts.Delay)
}

// RestartWeb reloads the web server: v-restart-web.
func (s *ServicesService) RestartWeb(ctx context.Context, opts *RestartOptions) error {
	return s.c.change(ctx, servicesRestartWeb, opts.restart())
}

// ServiceRestartWebBackendOptions are the optional arguments of ServicesService.RestartWebBackend.
type ServiceRestartWebBackendOptions struct {
	Restart Restart
	Version string
}

// RestartWebBackend restarts PHP-FPM: v-restart-web-backend.
func (s *ServicesService) RestartWebBackend(ctx context.Context, opts *ServiceRestartWebBackendOptions) error {
	if opts == nil {
		opts = &ServiceRestartWebBackendOptions{}
	}
	return s.c.change(ctx, servicesRestartWebBackend, opts.Restart, opts.Version)
}

// Start starts a service by its name: v-start-service. The panel reports success for services that
// do not exist.
func (s *ServicesService) Start(ctx context.Context, service string) error {
	return s.c.change(ctx, servicesStart, service)
}

// Stop stops a service by its name: v-stop-service.
func (s *ServicesService) Stop(ctx context.Context, service string) error {
	return s.c.change(ctx, servicesStop, service)
}
