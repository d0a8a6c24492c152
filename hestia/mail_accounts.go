package hestia

import (
	"context"
	"iter"
	"strings"
	"time"

	"github.com/provkit/provkit/provider"
)

var (
	mailAddAccount               = adds("Mail.AddAccount", "v-add-mail-account USER DOMAIN ACCOUNT PASSWORD! [QUOTA]")
	mailAddAccountAlias          = adds("Mail.AddAccountAlias", "v-add-mail-account-alias USER DOMAIN ACCOUNT ALIAS")
	mailAddAccountAutoreply      = sets("Mail.AddAccountAutoreply", "v-add-mail-account-autoreply USER DOMAIN ACCOUNT MESSAGE&")
	mailAddAccountForward        = adds("Mail.AddAccountForward", "v-add-mail-account-forward USER DOMAIN ACCOUNT FORWARD")
	mailAddAccountForwardOnly    = sets("Mail.AddAccountForwardOnly", "v-add-mail-account-fwd-only USER DOMAIN ACCOUNT")
	mailChangeAccountPassword    = sets("Mail.ChangeAccountPassword", "v-change-mail-account-password USER DOMAIN ACCOUNT PASSWORD!")
	mailChangeAccountQuota       = sets("Mail.ChangeAccountQuota", "v-change-mail-account-quota USER DOMAIN ACCOUNT QUOTA")
	mailChangeAccountRateLimit   = sets("Mail.ChangeAccountRateLimit", "v-change-mail-account-rate-limit USER DOMAIN ACCOUNT RATE")
	mailCheckAccountHash         = checks("Mail.CheckAccountHash", "v-check-mail-account-hash TYPE PASSWORD! HASH!").meaning(ExitInvalid, provider.ErrUnauthorized)
	mailDeleteAccount            = removes("Mail.DeleteAccount", "v-delete-mail-account USER DOMAIN ACCOUNT").slowly()
	mailDeleteAccountAlias       = removes("Mail.DeleteAccountAlias", "v-delete-mail-account-alias USER DOMAIN ACCOUNT ALIAS")
	mailDeleteAccountAutoreply   = removes("Mail.DeleteAccountAutoreply", "v-delete-mail-account-autoreply USER DOMAIN ACCOUNT")
	mailDeleteAccountForward     = removes("Mail.DeleteAccountForward", "v-delete-mail-account-forward USER DOMAIN ACCOUNT EMAIL")
	mailDeleteAccountForwardOnly = sets("Mail.DeleteAccountForwardOnly", "v-delete-mail-account-fwd-only USER DOMAIN ACCOUNT")
	mailGetAccount               = reads("Mail.GetAccount", "v-list-mail-account USER DOMAIN ACCOUNT json")
	mailGetAccountAutoreply      = reads("Mail.GetAccountAutoreply", "v-list-mail-account-autoreply USER DOMAIN ACCOUNT json").escaping()
	mailGetAccountValue          = reads("Mail.GetAccountValue", "v-get-mail-account-value USER DOMAIN ACCOUNT KEY").secretly().orNothing()
	mailListAccounts             = reads("Mail.ListAccounts", "v-list-mail-accounts USER DOMAIN json")
	mailSuspendAccount           = suspends("Mail.SuspendAccount", "v-suspend-mail-account USER DOMAIN ACCOUNT")
	mailSuspendAccounts          = sets("Mail.SuspendAccounts", "v-suspend-mail-accounts USER DOMAIN").slowly()
	mailUnsuspendAccount         = resumes("Mail.UnsuspendAccount", "v-unsuspend-mail-account USER DOMAIN ACCOUNT")
	mailUnsuspendAccounts        = sets("Mail.UnsuspendAccounts", "v-unsuspend-mail-accounts USER DOMAIN").slowly()
)

// MailAccount is a mailbox.
type MailAccount struct {
	// Name is the part before the @.
	Name string `hestia:",key"`
	// Aliases are further names of the mailbox, Forwards addresses that get copies.
	Aliases  []string `hestia:"ALIAS"`
	Forwards []string `hestia:"FWD"`
	// ForwardOnly is set if the mailbox keeps nothing.
	ForwardOnly bool `hestia:"FWD_ONLY"`
	Autoreply   bool `hestia:"AUTOREPLY"`
	// Quota is in MB.
	Quota Limit `hestia:"QUOTA"`
	// UsedDisk is in MB, as of the last count, which can be a day ago.
	UsedDisk  int64     `hestia:"U_DISK"`
	Suspended bool      `hestia:"SUSPENDED"`
	Created   time.Time `hestia:"DATE+TIME"`

	// Only GetAccount sets the fields below.

	// RateLimit is how many mails an hour it may send. It is Unknown where the domain's limit applies.
	RateLimit Limit `hestia:"RATE_LIMIT"`
	// WebmailAlias is the name of the webmail's host, whether that exists or not.
	WebmailAlias string `hestia:"WEBMAIL_ALIAS"`
}

// MailAddAccountOptions are the optional arguments of MailService.AddAccount.
type MailAddAccountOptions struct {
	// Quota is in MB; zero is none.
	Quota Limit
}

// AddAccount creates a mailbox: v-add-mail-account. The panel converts the name to lower case, and
// accepts any password, so an empty one is refused here.
func (s *MailService) AddAccount(ctx context.Context, user, domain, account string, password provider.Secret, opts *MailAddAccountOptions) error {
	if opts == nil {
		opts = &MailAddAccountOptions{}
	}
	return s.c.change(ctx, mailAddAccount, user, domain, account, password, opts.Quota)
}

// AddAccountAlias gives a mailbox a further name, without the domain: v-add-mail-account-alias.
// ExitExists if any mailbox of the domain has it.
func (s *MailService) AddAccountAlias(ctx context.Context, user, domain, account, alias string) error {
	return s.c.change(ctx, mailAddAccountAlias, user, domain, account, alias)
}

// AddAccountAutoreply sets the automatic reply of a mailbox, and replaces an existing one:
// v-add-mail-account-autoreply. The panel accepts fewer than 10,240 characters. The client doubles
// backslashes, since the panel interprets escapes.
func (s *MailService) AddAccountAutoreply(ctx context.Context, user, domain, account, message string) error {
	return s.c.change(ctx, mailAddAccountAutoreply, user, domain, account, strings.ReplaceAll(message, `\`, `\\`))
}

// AddAccountForward copies a mailbox's mail to an address, or drops it (ForwardBlackhole):
// v-add-mail-account-forward. ExitExists also means that the address is part of one that is there
// already.
func (s *MailService) AddAccountForward(ctx context.Context, user, domain, account, forward string) error {
	return s.c.change(ctx, mailAddAccountForward, user, domain, account, forward)
}

// ForwardBlackhole is an address for AddAccountForward that drops all mail.
const ForwardBlackhole = ":blackhole:"

// AddAccountForwardOnly makes a mailbox forward without keeping anything:
// v-add-mail-account-fwd-only. ExitNotExist also means that the mailbox forwards to no address.
func (s *MailService) AddAccountForwardOnly(ctx context.Context, user, domain, account string) error {
	return s.c.change(ctx, mailAddAccountForwardOnly, user, domain, account)
}

// ChangeAccountPassword sets a mailbox's password: v-change-mail-account-password.
func (s *MailService) ChangeAccountPassword(ctx context.Context, user, domain, account string, password provider.Secret) error {
	return s.c.change(ctx, mailChangeAccountPassword, user, domain, account, password)
}

// ChangeAccountQuota sets the size that a mailbox may have, in MB: v-change-mail-account-quota. The
// panel treats 0 as NoLimit.
func (s *MailService) ChangeAccountQuota(ctx context.Context, user, domain, account string, quota Limit) error {
	return s.c.change(ctx, mailChangeAccountQuota, user, domain, account, quota)
}

// ChangeAccountRateLimit sets how many mails an hour a mailbox may send:
// v-change-mail-account-rate-limit. nil is the domain's limit, or the server's.
func (s *MailService) ChangeAccountRateLimit(ctx context.Context, user, domain, account string, perHour *int64) error {
	return s.c.change(ctx, mailChangeAccountRateLimit, user, domain, account, rateOf(perHour))
}

// Kinds of hashes for MailService.CheckAccountHash, in the panel's spelling.
const (
	MailHashBcrypt   = "BCRYPT"
	MailHashArgon2id = "ARGONID2"
)

// CheckAccountHash compares a password with a mailbox's hash: v-check-mail-account-hash. If they do
// not match, the error matches provider.ErrUnauthorized; its code is ExitInvalid. So does the error
// for kinds that the panel does not know.
func (s *MailService) CheckAccountHash(ctx context.Context, kind string, password, hash provider.Secret) error {
	return s.c.change(ctx, mailCheckAccountHash, kind, password, hash)
}

// DeleteAccount removes a mailbox with its mail: v-delete-mail-account.
func (s *MailService) DeleteAccount(ctx context.Context, user, domain, account string) error {
	return s.c.change(ctx, mailDeleteAccount, user, domain, account)
}

// DeleteAccountAlias removes a further name of a mailbox: v-delete-mail-account-alias.
func (s *MailService) DeleteAccountAlias(ctx context.Context, user, domain, account, alias string) error {
	return s.c.change(ctx, mailDeleteAccountAlias, user, domain, account, alias)
}

// DeleteAccountAutoreply removes the automatic reply of a mailbox: v-delete-mail-account-autoreply.
// ExitNotExist if there is none.
func (s *MailService) DeleteAccountAutoreply(ctx context.Context, user, domain, account string) error {
	return s.c.change(ctx, mailDeleteAccountAutoreply, user, domain, account)
}

// DeleteAccountForward stops copying a mailbox's mail to an address: v-delete-mail-account-forward.
func (s *MailService) DeleteAccountForward(ctx context.Context, user, domain, account, forward string) error {
	return s.c.change(ctx, mailDeleteAccountForward, user, domain, account, forward)
}

// DeleteAccountForwardOnly makes a mailbox keep its mail again: v-delete-mail-account-fwd-only. A
// mailbox that keeps it already is no error.
func (s *MailService) DeleteAccountForwardOnly(ctx context.Context, user, domain, account string) error {
	return s.c.change(ctx, mailDeleteAccountForwardOnly, user, domain, account)
}

// GetAccount returns one mailbox: v-list-mail-account.
func (s *MailService) GetAccount(ctx context.Context, user, domain, account string) (*MailAccount, error) {
	return get[MailAccount](ctx, s.c, mailGetAccount, user, domain, account)
}

// autoreply is the automatic reply of a mailbox.
type autoreply struct {
	Message string `hestia:"MSG"`
}

// GetAccountAutoreply returns the automatic reply of a mailbox; "" if there never was one:
// v-list-mail-account-autoreply. The panel prints line breaks as \n, so a \n in the text itself is
// read as a line break, too. After DeleteAccountAutoreply the panel still prints the old text:
// MailAccount.Autoreply says whether it is in use.
func (s *MailService) GetAccountAutoreply(ctx context.Context, user, domain, account string) (string, error) {
	reply, err := get[autoreply](ctx, s.c, mailGetAccountAutoreply, user, domain, account)
	if err != nil {
		return "", err
	}
	return strings.ReplaceAll(reply.Message, `\n`, "\n"), nil
}

// GetAccountValue returns one field of a mailbox by the panel's name for it, such as "QUOTA":
// v-get-mail-account-value. It is "" for names that the panel does not know. The hash of the
// password (MD5) is among them.
func (s *MailService) GetAccountValue(ctx context.Context, user, domain, account, key string) (provider.Secret, error) {
	value, err := s.c.text(ctx, mailGetAccountValue, user, domain, account, key)
	return provider.NewSecret(value), err
}

// ListAccounts returns the mailboxes of a mail domain: v-list-mail-accounts. Fields that only
// GetAccount sets are zero.
func (s *MailService) ListAccounts(ctx context.Context, user, domain string) iter.Seq2[*MailAccount, error] {
	return list[MailAccount](ctx, s.c, mailListAccounts, user, domain)
}

// SuspendAccount locks a mailbox: v-suspend-mail-account.
func (s *MailService) SuspendAccount(ctx context.Context, user, domain, account string) error {
	return s.c.change(ctx, mailSuspendAccount, user, domain, account)
}

// SuspendAccounts locks all mailboxes of a mail domain: v-suspend-mail-accounts.
func (s *MailService) SuspendAccounts(ctx context.Context, user, domain string) error {
	return s.c.change(ctx, mailSuspendAccounts, user, domain)
}

// UnsuspendAccount unlocks a mailbox: v-unsuspend-mail-account.
func (s *MailService) UnsuspendAccount(ctx context.Context, user, domain, account string) error {
	return s.c.change(ctx, mailUnsuspendAccount, user, domain, account)
}

// UnsuspendAccounts unlocks all mailboxes of a mail domain: v-unsuspend-mail-accounts.
func (s *MailService) UnsuspendAccounts(ctx context.Context, user, domain string) error {
	return s.c.change(ctx, mailUnsuspendAccounts, user, domain)
}
