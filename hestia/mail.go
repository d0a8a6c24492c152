package hestia

import (
	"context"
	"iter"
	"time"

	"github.com/provkit/provkit/provider"
)

// MailService manages mail domains, mailboxes and the mail server.
type MailService struct{ c *Client }

var (
	mailAddDomain             = adds("Mail.AddDomain", "v-add-mail-domain USER DOMAIN [ANTISPAM=yes] [ANTIVIRUS=yes] [DKIM=yes] [DKIM_SIZE=2048] [RESTART] [REJECT_SPAM]").slowly()
	mailAddDomainAntispam     = sets("Mail.AddDomainAntispam", "v-add-mail-domain-antispam USER DOMAIN").doneIf(ExitExists)
	mailAddDomainAntivirus    = sets("Mail.AddDomainAntivirus", "v-add-mail-domain-antivirus USER DOMAIN").doneIf(ExitExists)
	mailAddDomainCatchall     = adds("Mail.AddDomainCatchall", "v-add-mail-domain-catchall USER DOMAIN EMAIL")
	mailAddDomainDKIM         = adds("Mail.AddDomainDKIM", "v-add-mail-domain-dkim USER DOMAIN [DKIM_SIZE]")
	mailAddDomainReject       = sets("Mail.AddDomainReject", "v-add-mail-domain-reject USER DOMAIN").doneIf(ExitExists)
	mailAddDomainSMTPRelay    = sets("Mail.AddDomainSMTPRelay", "v-add-mail-domain-smtp-relay USER DOMAIN HOST [USERNAME] [PASSWORD!] [PORT]")
	mailAddDomainWebmail      = sets("Mail.AddDomainWebmail", "v-add-mail-domain-webmail USER DOMAIN [WEBMAIL] [RESTART] [QUIET]").slowly()
	mailChangeDomainCatchall  = sets("Mail.ChangeDomainCatchall", "v-change-mail-domain-catchall USER DOMAIN EMAIL")
	mailChangeDomainRateLimit = sets("Mail.ChangeDomainRateLimit", "v-change-mail-domain-rate-limit USER DOMAIN RATE").slowly()
	mailDeleteDomain          = removes("Mail.DeleteDomain", "v-delete-mail-domain USER DOMAIN").slowly()
	mailDeleteDomainAntispam  = removes("Mail.DeleteDomainAntispam", "v-delete-mail-domain-antispam USER DOMAIN")
	mailDeleteDomainAntivirus = removes("Mail.DeleteDomainAntivirus", "v-delete-mail-domain-antivirus USER DOMAIN")
	mailDeleteDomainCatchall  = removes("Mail.DeleteDomainCatchall", "v-delete-mail-domain-catchall USER DOMAIN")
	mailDeleteDomainDKIM      = removes("Mail.DeleteDomainDKIM", "v-delete-mail-domain-dkim USER DOMAIN")
	mailDeleteDomainReject    = removes("Mail.DeleteDomainReject", "v-delete-mail-domain-reject USER DOMAIN")
	mailDeleteDomainSMTPRelay = sets("Mail.DeleteDomainSMTPRelay", "v-delete-mail-domain-smtp-relay USER DOMAIN")
	mailDeleteDomainWebmail   = sets("Mail.DeleteDomainWebmail", "v-delete-mail-domain-webmail USER DOMAIN [RESTART] [QUIET]").slowly()
	mailDeleteDomains         = sets("Mail.DeleteDomains", "v-delete-mail-domains USER").slowly()
	mailGetDomain             = reads("Mail.GetDomain", "v-list-mail-domain USER DOMAIN json")
	mailGetDomainDKIM         = reads("Mail.GetDomainDKIM", "v-list-mail-domain-dkim USER DOMAIN json").escaping().secretly()
	mailGetDomainValue        = reads("Mail.GetDomainValue", "v-get-mail-domain-value USER DOMAIN KEY").secretly().orNothing()
	mailListDomains           = reads("Mail.ListDomains", "v-list-mail-domains USER json")
	mailRebuildDomain         = sets("Mail.RebuildDomain", "v-rebuild-mail-domain USER DOMAIN [RESTART]").slowly()
	mailRebuildDomains        = sets("Mail.RebuildDomains", "v-rebuild-mail-domains USER").slowly()
	mailSuspendDomain         = suspends("Mail.SuspendDomain", "v-suspend-mail-domain USER DOMAIN").slowly()
	mailSuspendDomains        = sets("Mail.SuspendDomains", "v-suspend-mail-domains USER").slowly()
	mailUnsuspendDomain       = resumes("Mail.UnsuspendDomain", "v-unsuspend-mail-domain USER DOMAIN [RESTART]").slowly()
	mailUnsuspendDomains      = sets("Mail.UnsuspendDomains", "v-unsuspend-mail-domains USER").slowly()
	mailUpdateDomainDisk      = sets("Mail.UpdateDomainDisk", "v-update-mail-domain-disk USER DOMAIN").slowly()
	mailUpdateDomainsDisk     = sets("Mail.UpdateDomainsDisk", "v-update-mail-domains-disk USER").slowly()
)

// MailDomain is a mail domain.
type MailDomain struct {
	Name      string `hestia:",key"`
	Antivirus bool   `hestia:"ANTIVIRUS"`
	Antispam  bool   `hestia:"ANTISPAM"`
	// Reject is set if spam is refused instead of marked.
	Reject bool `hestia:"REJECT"`
	// RateLimit is how many mails an hour an account may send. It is Unknown where the server's limit applies.
	RateLimit Limit `hestia:"RATE_LIMIT"`
	DKIM      bool  `hestia:"DKIM"`
	// Catchall receives mail to addresses that do not exist; "" if such mail is refused.
	Catchall string `hestia:"CATCHALL"`
	Accounts int64  `hestia:"ACCOUNTS"`
	// UsedDisk is in MB, as of the last count, which can be a day ago.
	UsedDisk  int64     `hestia:"U_DISK"`
	SSL       bool      `hestia:"SSL"`
	Suspended bool      `hestia:"SUSPENDED"`
	Created   time.Time `hestia:"DATE+TIME"`
	// Webmail is the client, such as "roundcube", "disabled" or "".
	Webmail string `hestia:"WEBMAIL"`
	// WebmailAlias is the name of the webmail's host. GetDomain returns all of it
	// ("webmail.example.com"), ListDomains only the first part ("webmail").
	WebmailAlias string `hestia:"WEBMAIL_ALIAS"`

	// Only GetDomain sets the fields below.

	LetsEncrypt   bool   `hestia:"LETSENCRYPT"`
	SMTPRelay     bool   `hestia:"U_SMTP_RELAY"`
	SMTPRelayHost string `hestia:"U_SMTP_RELAY_HOST"`
	SMTPRelayPort int64  `hestia:"U_SMTP_RELAY_PORT"`
	SMTPRelayUser string `hestia:"U_SMTP_RELAY_USERNAME"`
}

// MailAddDomainOptions are the optional arguments of MailService.AddDomain. Filters and DKIM are on
// by default, but see AddDomain.
type MailAddDomainOptions struct {
	Antispam  *bool
	Antivirus *bool
	DKIM      *bool
	// DKIMSize is in bits; it defaults to 2048.
	DKIMSize int64
	Restart  Restart
	// RejectSpam refuses spam at SMTP time.
	RejectSpam bool
}

// AddDomain creates a mail domain: v-add-mail-domain. With DKIM it adds a record to the zone of
// that name, if the user has it. Filters that the server does not have stay off. ExitExists also
// means that some part of the domain belongs to another user.
func (s *MailService) AddDomain(ctx context.Context, user, domain string, opts *MailAddDomainOptions) error {
	if opts == nil {
		opts = &MailAddDomainOptions{}
	}
	return s.c.change(ctx, mailAddDomain, user, domain, opts.Antispam, opts.Antivirus, opts.DKIM, opts.DKIMSize,
		opts.Restart, opts.RejectSpam)
}

// AddDomainAntispam switches on spam filtering: v-add-mail-domain-antispam. ExitExists if it is on
// already.
func (s *MailService) AddDomainAntispam(ctx context.Context, user, domain string) error {
	return s.c.change(ctx, mailAddDomainAntispam, user, domain)
}

// AddDomainAntivirus switches on virus scanning: v-add-mail-domain-antivirus. ExitExists if it is
// on already.
func (s *MailService) AddDomainAntivirus(ctx context.Context, user, domain string) error {
	return s.c.change(ctx, mailAddDomainAntivirus, user, domain)
}

// AddDomainCatchall delivers mail to addresses that do not exist to one address:
// v-add-mail-domain-catchall. ExitExists if there is such an address already: use
// ChangeDomainCatchall.
func (s *MailService) AddDomainCatchall(ctx context.Context, user, domain, email string) error {
	return s.c.change(ctx, mailAddDomainCatchall, user, domain, email)
}

// MailAddDomainDKIMOptions are the optional arguments of MailService.AddDomainDKIM.
type MailAddDomainDKIMOptions struct {
	// Size is in bits; it defaults to 2048.
	Size int64
}

// AddDomainDKIM creates keys for DKIM, and the record in the zone of that name:
// v-add-mail-domain-dkim. ExitExists if there are keys already.
func (s *MailService) AddDomainDKIM(ctx context.Context, user, domain string, opts *MailAddDomainDKIMOptions) error {
	if opts == nil {
		opts = &MailAddDomainDKIMOptions{}
	}
	return s.c.change(ctx, mailAddDomainDKIM, user, domain, opts.Size)
}

// AddDomainReject refuses spam at SMTP time: v-add-mail-domain-reject. ExitExists if it is refused
// already.
func (s *MailService) AddDomainReject(ctx context.Context, user, domain string) error {
	return s.c.change(ctx, mailAddDomainReject, user, domain)
}

// MailRelayOptions are the optional arguments of MailService.AddDomainSMTPRelay and
// AddSysSMTPRelay.
type MailRelayOptions struct {
	Username string
	// Password must not contain quotation marks.
	Password provider.Secret
	// Port defaults to 587.
	Port int64
}

// AddDomainSMTPRelay sends a mail domain's outgoing mail through a relay:
// v-add-mail-domain-smtp-relay. It replaces an existing relay.
func (s *MailService) AddDomainSMTPRelay(ctx context.Context, user, domain, host string, opts *MailRelayOptions) error {
	if opts == nil {
		opts = &MailRelayOptions{}
	}
	return s.c.change(ctx, mailAddDomainSMTPRelay, user, domain, host, opts.Username, opts.Password, opts.Port)
}

// MailAddDomainWebmailOptions are the optional arguments of MailService.AddDomainWebmail.
type MailAddDomainWebmailOptions struct {
	// Webmail is one of ListSysWebmail, or "disabled". It defaults to the client that was installed
	// last.
	Webmail string
	// Restart is RestartFull by default.
	Restart Restart
	// Quiet leaves no entry in the user's history.
	Quiet bool
}

// AddDomainWebmail publishes a webmail client for a mail domain: v-add-mail-domain-webmail.
func (s *MailService) AddDomainWebmail(ctx context.Context, user, domain string, opts *MailAddDomainWebmailOptions) error {
	if opts == nil {
		opts = &MailAddDomainWebmailOptions{}
	}
	return s.c.change(ctx, mailAddDomainWebmail, user, domain, opts.Webmail, opts.Restart, opts.Quiet)
}

// ChangeDomainCatchall sets the address that receives mail to addresses that do not exist:
// v-change-mail-domain-catchall.
func (s *MailService) ChangeDomainCatchall(ctx context.Context, user, domain, email string) error {
	return s.c.change(ctx, mailChangeDomainCatchall, user, domain, email)
}

// ChangeDomainRateLimit sets how many mails an hour an account of a domain may send:
// v-change-mail-domain-rate-limit. nil is the server's limit. The panel rebuilds the domain.
func (s *MailService) ChangeDomainRateLimit(ctx context.Context, user, domain string, perHour *int64) error {
	return s.c.change(ctx, mailChangeDomainRateLimit, user, domain, rateOf(perHour))
}

// rateOf spells a rate; nil is the limit of the level above.
func rateOf(perHour *int64) any {
	if perHour == nil {
		return "system"
	}
	return *perHour
}

// DeleteDomain removes a mail domain with its mailboxes and their mail: v-delete-mail-domain.
func (s *MailService) DeleteDomain(ctx context.Context, user, domain string) error {
	return s.c.change(ctx, mailDeleteDomain, user, domain)
}

// DeleteDomainAntispam switches off spam filtering: v-delete-mail-domain-antispam. ExitNotExist if
// it is off.
func (s *MailService) DeleteDomainAntispam(ctx context.Context, user, domain string) error {
	return s.c.change(ctx, mailDeleteDomainAntispam, user, domain)
}

// DeleteDomainAntivirus switches off virus scanning: v-delete-mail-domain-antivirus. ExitNotExist
// if it is off.
func (s *MailService) DeleteDomainAntivirus(ctx context.Context, user, domain string) error {
	return s.c.change(ctx, mailDeleteDomainAntivirus, user, domain)
}

// DeleteDomainCatchall refuses mail to addresses that do not exist again:
// v-delete-mail-domain-catchall.
func (s *MailService) DeleteDomainCatchall(ctx context.Context, user, domain string) error {
	return s.c.change(ctx, mailDeleteDomainCatchall, user, domain)
}

// DeleteDomainDKIM removes the keys for DKIM and their record: v-delete-mail-domain-dkim.
func (s *MailService) DeleteDomainDKIM(ctx context.Context, user, domain string) error {
	return s.c.change(ctx, mailDeleteDomainDKIM, user, domain)
}

// DeleteDomainReject stops refusing spam at SMTP time: v-delete-mail-domain-reject.
func (s *MailService) DeleteDomainReject(ctx context.Context, user, domain string) error {
	return s.c.change(ctx, mailDeleteDomainReject, user, domain)
}

// DeleteDomainSMTPRelay makes the server send a mail domain's outgoing mail itself again:
// v-delete-mail-domain-smtp-relay. It is no error if there is no relay.
func (s *MailService) DeleteDomainSMTPRelay(ctx context.Context, user, domain string) error {
	return s.c.change(ctx, mailDeleteDomainSMTPRelay, user, domain)
}

// MailDeleteDomainWebmailOptions are the optional arguments of MailService.DeleteDomainWebmail.
type MailDeleteDomainWebmailOptions struct {
	Restart Restart
	// Quiet leaves no entry in the user's history.
	Quiet bool
}

// DeleteDomainWebmail removes the webmail client of a mail domain and its DNS record: v-delete-mail-domain-webmail. It
// stays reachable until the web server is restarted, which happens only if Restart says how. Without a webmail alias in
// the panel's configuration only the domain's entry changes.
func (s *MailService) DeleteDomainWebmail(ctx context.Context, user, domain string, opts *MailDeleteDomainWebmailOptions) error {
	if opts == nil {
		opts = &MailDeleteDomainWebmailOptions{}
	}
	return s.c.change(ctx, mailDeleteDomainWebmail, user, domain, opts.Restart, opts.Quiet)
}

// DeleteDomains removes the mail domains of a user: v-delete-mail-domains. Suspended ones stay.
func (s *MailService) DeleteDomains(ctx context.Context, user string) error {
	return s.c.change(ctx, mailDeleteDomains, user)
}

// GetDomain returns one mail domain: v-list-mail-domain.
func (s *MailService) GetDomain(ctx context.Context, user, domain string) (*MailDomain, error) {
	return get[MailDomain](ctx, s.c, mailGetDomain, user, domain)
}

// DKIMKeys is the key pair of a mail domain, in PEM. Without DKIM, the fields are empty.
type DKIMKeys struct {
	Domain  string          `hestia:",key"`
	Private provider.Secret `hestia:"PEM"`
	Public  string          `hestia:"PUB"`
}

// GetDomainDKIM returns a mail domain's keys for DKIM, the private one included:
// v-list-mail-domain-dkim. DNS.GetMailDomainDKIM returns the record for the zone.
func (s *MailService) GetDomainDKIM(ctx context.Context, user, domain string) (*DKIMKeys, error) {
	return get[DKIMKeys](ctx, s.c, mailGetDomainDKIM, user, domain)
}

// GetDomainValue returns one field of a mail domain by the panel's name for it, such as "DKIM":
// v-get-mail-domain-value. It is "" for names that the panel does not know. The password of the
// relay (U_SMTP_RELAY_PASSWORD) is among them.
func (s *MailService) GetDomainValue(ctx context.Context, user, domain, key string) (provider.Secret, error) {
	value, err := s.c.text(ctx, mailGetDomainValue, user, domain, key)
	return provider.NewSecret(value), err
}

// ListDomains returns a user's mail domains: v-list-mail-domains. Fields that only GetDomain sets
// are zero.
func (s *MailService) ListDomains(ctx context.Context, user string) iter.Seq2[*MailDomain, error] {
	return list[MailDomain](ctx, s.c, mailListDomains, user)
}

// RebuildDomain rewrites a mail domain's configuration: v-rebuild-mail-domain. For a suspended user
// it does nothing. The default is a full restart.
func (s *MailService) RebuildDomain(ctx context.Context, user, domain string, opts *RestartOptions) error {
	return s.c.change(ctx, mailRebuildDomain, user, domain, opts.restart())
}

// RebuildDomains rewrites the configuration of all mail domains of a user: v-rebuild-mail-domains.
// For a suspended user it does nothing.
func (s *MailService) RebuildDomains(ctx context.Context, user string) error {
	return s.c.change(ctx, mailRebuildDomains, user)
}

// SuspendDomain locks a mail domain with its mailboxes: v-suspend-mail-domain.
func (s *MailService) SuspendDomain(ctx context.Context, user, domain string) error {
	return s.c.change(ctx, mailSuspendDomain, user, domain)
}

// SuspendDomains locks all mail domains of a user: v-suspend-mail-domains.
func (s *MailService) SuspendDomains(ctx context.Context, user string) error {
	return s.c.change(ctx, mailSuspendDomains, user)
}

// UnsuspendDomain unlocks a mail domain: v-unsuspend-mail-domain. Mailboxes that had been suspended
// individually are unlocked, too. The webmail client becomes the one that was installed last. The
// default is a full restart.
func (s *MailService) UnsuspendDomain(ctx context.Context, user, domain string, opts *RestartOptions) error {
	return s.c.change(ctx, mailUnsuspendDomain, user, domain, opts.restart())
}

// UnsuspendDomains unlocks all mail domains of a user: v-unsuspend-mail-domains.
func (s *MailService) UnsuspendDomains(ctx context.Context, user string) error {
	return s.c.change(ctx, mailUnsuspendDomains, user)
}

// UpdateDomainDisk recounts the size of a mail domain's mailboxes: v-update-mail-domain-disk.
func (s *MailService) UpdateDomainDisk(ctx context.Context, user, domain string) error {
	return s.c.change(ctx, mailUpdateDomainDisk, user, domain)
}

// UpdateDomainsDisk recounts the size of all mailboxes of a user: v-update-mail-domains-disk.
func (s *MailService) UpdateDomainsDisk(ctx context.Context, user string) error {
	return s.c.change(ctx, mailUpdateDomainsDisk, user)
}
