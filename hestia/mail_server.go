package hestia

import (
	"context"
	"iter"

	"github.com/provkit/provkit/provider"
)

var (
	mailAddSysDNSBL         = adds("Mail.AddSysDNSBL", "v-add-sys-mail-dnsbl HOST [RESTART]")
	mailAddSysRoundcube     = adds("Mail.AddSysRoundcube", "v-add-sys-roundcube [IGNORED] [MODE]").slowly()
	mailAddSysSMTP          = sets("Mail.AddSysSMTP", "v-add-sys-smtp DOMAIN PORT SMTP_SECURITY USERNAME PASSWORD! EMAIL")
	mailAddSysSMTPRelay     = sets("Mail.AddSysSMTPRelay", "v-add-sys-smtp-relay HOST [USERNAME] [PASSWORD!] [PORT]")
	mailAddSysSnappyMail    = adds("Mail.AddSysSnappyMail", "v-add-sys-snappymail [MODE]").slowly()
	mailChangeSysWebmail    = sets("Mail.ChangeSysWebmail", "v-change-sys-webmail WEBMAIL [RESTART]").slowly()
	mailDeleteSysDNSBL      = removes("Mail.DeleteSysDNSBL", "v-delete-sys-mail-dnsbl HOST [RESTART]")
	mailDeleteSysSMTP       = sets("Mail.DeleteSysSMTP", "v-delete-sys-smtp")
	mailDeleteSysSMTPRelay  = sets("Mail.DeleteSysSMTPRelay", "v-delete-sys-smtp-relay")
	mailDeleteSysSnappyMail = adds("Mail.DeleteSysSnappyMail", "v-delete-sys-snappymail").slowly()
	mailListSysDNSBL        = reads("Mail.ListSysDNSBL", "v-list-sys-mail-dnsbl json").orNothing()
	mailListSysWebmail      = reads("Mail.ListSysWebmail", "v-list-sys-webmail json")
	mailUpdateTemplates     = sets("Mail.UpdateTemplates", "v-update-mail-templates RESTART? [SKIP]").slowly()
)

// AddSysDNSBL makes the mail server ask a DNS block list about senders: v-add-sys-mail-dnsbl.
// ExitExists if it does already. By default, the mail server is fully restarted.
func (s *MailService) AddSysDNSBL(ctx context.Context, host string, opts *RestartOptions) error {
	return s.c.change(ctx, mailAddSysDNSBL, host, opts.restart())
}

// AddSysRoundcube installs or upgrades the webmail client Roundcube, which the server downloads:
// v-add-sys-roundcube. ExitInvalid if it is up to date. The panel ignores the command's arguments.
func (s *MailService) AddSysRoundcube(ctx context.Context) error {
	return s.c.change(ctx, mailAddSysRoundcube)
}

// MailAddSysSMTPRequest describes the account from which the panel itself sends mail. All fields
// are required.
type MailAddSysSMTPRequest struct {
	// Domain is the mail server's host name.
	Domain string
	Port   int64
	// Security is a word such as "STARTTLS" or "SSL".
	Security string
	Username string
	// Password must not contain quotation marks.
	Password provider.Secret
	// Email is the sender's address.
	Email string
}

// AddSysSMTP sets the account from which the panel itself sends mail: v-add-sys-smtp. The panel
// does not test it.
func (s *MailService) AddSysSMTP(ctx context.Context, req *MailAddSysSMTPRequest) error {
	if req == nil {
		return mailAddSysSMTP.endpoint.RefuseNil()
	}
	return s.c.change(ctx, mailAddSysSMTP, req.Domain, req.Port, req.Security, req.Username, req.Password, req.Email)
}

// AddSysSMTPRelay sends all outgoing mail of the server through a relay: v-add-sys-smtp-relay. It
// replaces an existing relay.
func (s *MailService) AddSysSMTPRelay(ctx context.Context, host string, opts *MailRelayOptions) error {
	if opts == nil {
		opts = &MailRelayOptions{}
	}
	return s.c.change(ctx, mailAddSysSMTPRelay, host, opts.Username, opts.Password, opts.Port)
}

// AddSysSnappyMail installs or upgrades the webmail client SnappyMail, which the server downloads:
// v-add-sys-snappymail. ExitInvalid if it is up to date. The panel ignores the command's argument.
func (s *MailService) AddSysSnappyMail(ctx context.Context) error {
	return s.c.change(ctx, mailAddSysSnappyMail)
}

// ChangeSysWebmail sets the first part of the names of all webmail hosts, and republishes the
// webmail of all mail domains: v-change-sys-webmail. The default is a full restart.
func (s *MailService) ChangeSysWebmail(ctx context.Context, webmail string, opts *RestartOptions) error {
	return s.c.change(ctx, mailChangeSysWebmail, webmail, opts.restart())
}

// DeleteSysDNSBL makes the mail server stop asking a DNS block list: v-delete-sys-mail-dnsbl. By
// default, the mail server is fully restarted.
func (s *MailService) DeleteSysDNSBL(ctx context.Context, host string, opts *RestartOptions) error {
	return s.c.change(ctx, mailDeleteSysDNSBL, host, opts.restart())
}

// DeleteSysSMTP clears the account from which the panel itself sends mail: v-delete-sys-smtp.
func (s *MailService) DeleteSysSMTP(ctx context.Context) error {
	return s.c.change(ctx, mailDeleteSysSMTP)
}

// DeleteSysSMTPRelay makes the server send its mail itself again: v-delete-sys-smtp-relay.
func (s *MailService) DeleteSysSMTPRelay(ctx context.Context) error {
	return s.c.change(ctx, mailDeleteSysSMTPRelay)
}

// DeleteSysSnappyMail uninstalls SnappyMail, its database included: v-delete-sys-snappymail.
// ExitInvalid if it is not installed.
func (s *MailService) DeleteSysSnappyMail(ctx context.Context) error {
	return s.c.change(ctx, mailDeleteSysSnappyMail)
}

// MailDNSBL is a DNS block list that the mail server asks.
type MailDNSBL struct {
	// Host is its name, followed by "!=" and the answers that count if not all do.
	Host string `hestia:"HOST"`
}

// ListSysDNSBL returns the DNS block lists that the mail server asks: v-list-sys-mail-dnsbl.
func (s *MailService) ListSysDNSBL(ctx context.Context) iter.Seq2[*MailDNSBL, error] {
	return list[MailDNSBL](ctx, s.c, mailListSysDNSBL)
}

// ListSysWebmail returns the webmail clients that are installed: v-list-sys-webmail.
func (s *MailService) ListSysWebmail(ctx context.Context) ([]string, error) {
	return s.c.names(ctx, mailListSysWebmail)
}

// MailUpdateTemplatesOptions are the optional arguments of MailService.UpdateTemplates.
type MailUpdateTemplatesOptions struct {
	// Restart of the web server and its proxy. RestartReload, the default, restarts nothing here.
	Restart Restart
	// SkipRebuild does not rebuild the mail domains.
	SkipRebuild bool
}

// UpdateTemplates restores the templates for webmail that came with the panel, and rebuilds all
// mail domains: v-update-mail-templates.
func (s *MailService) UpdateTemplates(ctx context.Context, opts *MailUpdateTemplatesOptions) error {
	if opts == nil {
		opts = &MailUpdateTemplatesOptions{}
	}
	return s.c.change(ctx, mailUpdateTemplates, opts.Restart, opts.SkipRebuild)
}
