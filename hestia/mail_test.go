package hestia_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/provider"
)

func TestMailSendings(t *testing.T) {
	checkSendings(t, "Mail", []sending{
		{"Mail.AddDomain", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddDomain(ctx, "alice", "a.example", nil)
		}, "v-add-mail-domain|alice|a.example", ""},
		{"Mail.AddDomain", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddDomain(ctx, "alice", "a.example",
				&hestia.MailAddDomainOptions{Antispam: new(false), DKIM: new(true), Restart: hestia.RestartNone})
		}, "v-add-mail-domain|alice|a.example|no|yes|yes|2048|no", ""},
		{"Mail.AddDomain", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddDomain(ctx, "alice", "a.example", &hestia.MailAddDomainOptions{RejectSpam: true})
		}, "v-add-mail-domain|alice|a.example|yes|yes|yes|2048||yes", ""},
		{"Mail.AddDomain", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddDomain(ctx, "alice", "a.example", &hestia.MailAddDomainOptions{DKIMSize: 4096})
		}, "v-add-mail-domain|alice|a.example|yes|yes|yes|4096", ""},
		{"Mail.AddDomainAntispam", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddDomainAntispam(ctx, "alice", "a.example")
		}, "v-add-mail-domain-antispam|alice|a.example", ""},
		{"Mail.AddDomainAntivirus", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddDomainAntivirus(ctx, "alice", "a.example")
		}, "v-add-mail-domain-antivirus|alice|a.example", ""},
		{"Mail.AddDomainCatchall", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddDomainCatchall(ctx, "alice", "a.example", "info@a.example")
		}, "v-add-mail-domain-catchall|alice|a.example|info@a.example", ""},
		{"Mail.AddDomainDKIM", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddDomainDKIM(ctx, "alice", "a.example", nil)
		}, "v-add-mail-domain-dkim|alice|a.example", ""},
		{"Mail.AddDomainDKIM", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddDomainDKIM(ctx, "alice", "a.example", &hestia.MailAddDomainDKIMOptions{Size: 4096})
		}, "v-add-mail-domain-dkim|alice|a.example|4096", ""},
		{"Mail.AddDomainReject", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddDomainReject(ctx, "alice", "a.example")
		}, "v-add-mail-domain-reject|alice|a.example", ""},
		{"Mail.AddDomainSMTPRelay", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddDomainSMTPRelay(ctx, "alice", "a.example", "relay.example", nil)
		}, "v-add-mail-domain-smtp-relay|alice|a.example|relay.example", ""},
		{"Mail.AddDomainSMTPRelay", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddDomainSMTPRelay(ctx, "alice", "a.example", "relay.example", &hestia.MailRelayOptions{Port: 25})
		}, "v-add-mail-domain-smtp-relay|alice|a.example|relay.example|||25", ""},
		{"Mail.AddDomainWebmail", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddDomainWebmail(ctx, "alice", "a.example", nil)
		}, "v-add-mail-domain-webmail|alice|a.example", ""},
		{"Mail.AddDomainWebmail", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddDomainWebmail(ctx, "alice", "a.example", &hestia.MailAddDomainWebmailOptions{Webmail: "roundcube", Quiet: true})
		}, "v-add-mail-domain-webmail|alice|a.example|roundcube||yes", ""},
		{"Mail.ChangeDomainCatchall", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.ChangeDomainCatchall(ctx, "alice", "a.example", "info@a.example")
		}, "v-change-mail-domain-catchall|alice|a.example|info@a.example", ""},
		{"Mail.ChangeDomainRateLimit", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.ChangeDomainRateLimit(ctx, "alice", "a.example", new(int64(50)))
		}, "v-change-mail-domain-rate-limit|alice|a.example|50", ""},
		{"Mail.ChangeDomainRateLimit", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.ChangeDomainRateLimit(ctx, "alice", "a.example", nil)
		}, "v-change-mail-domain-rate-limit|alice|a.example|system", ""},
		{"Mail.DeleteDomain", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.DeleteDomain(ctx, "alice", "a.example")
		}, "v-delete-mail-domain|alice|a.example", ""},
		{"Mail.DeleteDomainAntispam", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.DeleteDomainAntispam(ctx, "alice", "a.example")
		}, "v-delete-mail-domain-antispam|alice|a.example", ""},
		{"Mail.DeleteDomainAntivirus", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.DeleteDomainAntivirus(ctx, "alice", "a.example")
		}, "v-delete-mail-domain-antivirus|alice|a.example", ""},
		{"Mail.DeleteDomainCatchall", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.DeleteDomainCatchall(ctx, "alice", "a.example")
		}, "v-delete-mail-domain-catchall|alice|a.example", ""},
		{"Mail.DeleteDomainDKIM", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.DeleteDomainDKIM(ctx, "alice", "a.example")
		}, "v-delete-mail-domain-dkim|alice|a.example", ""},
		{"Mail.DeleteDomainReject", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.DeleteDomainReject(ctx, "alice", "a.example")
		}, "v-delete-mail-domain-reject|alice|a.example", ""},
		{"Mail.DeleteDomainSMTPRelay", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.DeleteDomainSMTPRelay(ctx, "alice", "a.example")
		}, "v-delete-mail-domain-smtp-relay|alice|a.example", ""},
		{"Mail.DeleteDomainWebmail", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.DeleteDomainWebmail(ctx, "alice", "a.example", nil)
		}, "v-delete-mail-domain-webmail|alice|a.example", ""},
		{"Mail.DeleteDomainWebmail", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.DeleteDomainWebmail(ctx, "alice", "a.example", &hestia.MailDeleteDomainWebmailOptions{Quiet: true})
		}, "v-delete-mail-domain-webmail|alice|a.example||yes", ""},
		{"Mail.DeleteDomains", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.DeleteDomains(ctx, "alice")
		}, "v-delete-mail-domains|alice", ""},
		{"Mail.GetDomain", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Mail.GetDomain(ctx, "alice", "a.example"))
		}, "v-list-mail-domain|alice|a.example|json", `{"a.example": {"DKIM": "yes"}}`},
		{"Mail.GetDomainDKIM", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Mail.GetDomainDKIM(ctx, "alice", "a.example"))
		}, "v-list-mail-domain-dkim|alice|a.example|json", `{"a.example": {"PEM": "", "PUB": ""}}`},
		{"Mail.GetDomainValue", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Mail.GetDomainValue(ctx, "alice", "a.example", "DKIM"))
		}, "v-get-mail-domain-value|alice|a.example|DKIM", "yes"},
		{"Mail.ListDomains", func(ctx context.Context, c *hestia.Client) error {
			return drain(c.Mail.ListDomains(ctx, "alice"))
		}, "v-list-mail-domains|alice|json", "{\n}"},
		{"Mail.RebuildDomain", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.RebuildDomain(ctx, "alice", "a.example", &hestia.RestartOptions{Restart: hestia.RestartNone})
		}, "v-rebuild-mail-domain|alice|a.example|no", ""},
		{"Mail.RebuildDomains", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.RebuildDomains(ctx, "alice")
		}, "v-rebuild-mail-domains|alice", ""},
		{"Mail.SuspendDomain", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.SuspendDomain(ctx, "alice", "a.example")
		}, "v-suspend-mail-domain|alice|a.example", ""},
		{"Mail.SuspendDomains", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.SuspendDomains(ctx, "alice")
		}, "v-suspend-mail-domains|alice", ""},
		{"Mail.UnsuspendDomain", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.UnsuspendDomain(ctx, "alice", "a.example", nil)
		}, "v-unsuspend-mail-domain|alice|a.example", ""},
		{"Mail.UnsuspendDomains", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.UnsuspendDomains(ctx, "alice")
		}, "v-unsuspend-mail-domains|alice", ""},
		{"Mail.UpdateDomainDisk", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.UpdateDomainDisk(ctx, "alice", "a.example")
		}, "v-update-mail-domain-disk|alice|a.example", ""},
		{"Mail.UpdateDomainsDisk", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.UpdateDomainsDisk(ctx, "alice")
		}, "v-update-mail-domains-disk|alice", ""},
		{"Mail.AddAccount", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddAccount(ctx, "alice", "a.example", "info", provider.NewSecret("pw"), nil)
		}, "v-add-mail-account|alice|a.example|info|pw", ""},
		{"Mail.AddAccount", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddAccount(ctx, "alice", "a.example", "info", provider.NewSecret("pw"), &hestia.MailAddAccountOptions{Quota: hestia.LimitOf(500)})
		}, "v-add-mail-account|alice|a.example|info|pw|500", ""},
		{"Mail.AddAccount", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddAccount(ctx, "alice", "a.example", "info", provider.NewSecret("pw"), &hestia.MailAddAccountOptions{Quota: hestia.NoLimit()})
		}, "v-add-mail-account|alice|a.example|info|pw|unlimited", ""},
		{"Mail.AddAccountAlias", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddAccountAlias(ctx, "alice", "a.example", "info", "contact")
		}, "v-add-mail-account-alias|alice|a.example|info|contact", ""},
		{"Mail.AddAccountAutoreply", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddAccountAutoreply(ctx, "alice", "a.example", "info", `I read C:\new "soon"`)
		}, `v-add-mail-account-autoreply|alice|a.example|info|I read C:\\new "soon"`, ""},
		{"Mail.AddAccountForward", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddAccountForward(ctx, "alice", "a.example", "info", hestia.ForwardBlackhole)
		}, "v-add-mail-account-forward|alice|a.example|info|:blackhole:", ""},
		{"Mail.AddAccountForwardOnly", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddAccountForwardOnly(ctx, "alice", "a.example", "info")
		}, "v-add-mail-account-fwd-only|alice|a.example|info", ""},
		{"Mail.ChangeAccountPassword", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.ChangeAccountPassword(ctx, "alice", "a.example", "info", provider.NewSecret("pw"))
		}, "v-change-mail-account-password|alice|a.example|info|pw", ""},
		{"Mail.ChangeAccountQuota", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.ChangeAccountQuota(ctx, "alice", "a.example", "info", hestia.LimitOf(0))
		}, "v-change-mail-account-quota|alice|a.example|info|0", ""},
		{"Mail.ChangeAccountQuota", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.ChangeAccountQuota(ctx, "alice", "a.example", "info", hestia.NoLimit())
		}, "v-change-mail-account-quota|alice|a.example|info|unlimited", ""},
		{"Mail.ChangeAccountRateLimit", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.ChangeAccountRateLimit(ctx, "alice", "a.example", "info", nil)
		}, "v-change-mail-account-rate-limit|alice|a.example|info|system", ""},
		{"Mail.ChangeAccountRateLimit", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.ChangeAccountRateLimit(ctx, "alice", "a.example", "info", new(int64(0)))
		}, "v-change-mail-account-rate-limit|alice|a.example|info|0", ""},
		{"Mail.CheckAccountHash", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.CheckAccountHash(ctx, hestia.MailHashArgon2id, provider.NewSecret("pw"), provider.NewSecret("$argon2id$x"))
		}, "v-check-mail-account-hash|ARGONID2|pw|$argon2id$x", ""},
		{"Mail.DeleteAccount", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.DeleteAccount(ctx, "alice", "a.example", "info")
		}, "v-delete-mail-account|alice|a.example|info", ""},
		{"Mail.DeleteAccountAlias", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.DeleteAccountAlias(ctx, "alice", "a.example", "info", "contact")
		}, "v-delete-mail-account-alias|alice|a.example|info|contact", ""},
		{"Mail.DeleteAccountAutoreply", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.DeleteAccountAutoreply(ctx, "alice", "a.example", "info")
		}, "v-delete-mail-account-autoreply|alice|a.example|info", ""},
		{"Mail.DeleteAccountForward", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.DeleteAccountForward(ctx, "alice", "a.example", "info", "b@b.example")
		}, "v-delete-mail-account-forward|alice|a.example|info|b@b.example", ""},
		{"Mail.DeleteAccountForwardOnly", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.DeleteAccountForwardOnly(ctx, "alice", "a.example", "info")
		}, "v-delete-mail-account-fwd-only|alice|a.example|info", ""},
		{"Mail.GetAccount", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Mail.GetAccount(ctx, "alice", "a.example", "info"))
		}, "v-list-mail-account|alice|a.example|info|json", `{"info": {"QUOTA": "unlimited"}}`},
		{"Mail.GetAccountAutoreply", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Mail.GetAccountAutoreply(ctx, "alice", "a.example", "info"))
		}, "v-list-mail-account-autoreply|alice|a.example|info|json", `{"info": {"MSG": ""}}`},
		{"Mail.GetAccountValue", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Mail.GetAccountValue(ctx, "alice", "a.example", "info", "QUOTA"))
		}, "v-get-mail-account-value|alice|a.example|info|QUOTA", "250"},
		{"Mail.ListAccounts", func(ctx context.Context, c *hestia.Client) error {
			return drain(c.Mail.ListAccounts(ctx, "alice", "a.example"))
		}, "v-list-mail-accounts|alice|a.example|json", "{\n}"},
		{"Mail.SuspendAccount", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.SuspendAccount(ctx, "alice", "a.example", "info")
		}, "v-suspend-mail-account|alice|a.example|info", ""},
		{"Mail.SuspendAccounts", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.SuspendAccounts(ctx, "alice", "a.example")
		}, "v-suspend-mail-accounts|alice|a.example", ""},
		{"Mail.UnsuspendAccount", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.UnsuspendAccount(ctx, "alice", "a.example", "info")
		}, "v-unsuspend-mail-account|alice|a.example|info", ""},
		{"Mail.UnsuspendAccounts", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.UnsuspendAccounts(ctx, "alice", "a.example")
		}, "v-unsuspend-mail-accounts|alice|a.example", ""},
		{"Mail.AddSysDNSBL", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddSysDNSBL(ctx, "zen.example", &hestia.RestartOptions{Restart: hestia.RestartNone})
		}, "v-add-sys-mail-dnsbl|zen.example|no", ""},
		{"Mail.AddSysRoundcube", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddSysRoundcube(ctx)
		}, "v-add-sys-roundcube", ""},
		{"Mail.AddSysSMTP", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddSysSMTP(ctx,
				&hestia.MailAddSysSMTPRequest{Domain: "smtp.example", Port: 587, Security: "STARTTLS", Username: "u", Password: provider.NewSecret("pw"), Email: "p@a.example"})
		}, "v-add-sys-smtp|smtp.example|587|STARTTLS|u|pw|p@a.example", ""},
		{"Mail.AddSysSMTPRelay", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddSysSMTPRelay(ctx, "relay.example", nil)
		}, "v-add-sys-smtp-relay|relay.example", ""},
		{"Mail.AddSysSMTPRelay", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddSysSMTPRelay(ctx, "relay.example", &hestia.MailRelayOptions{Username: "u", Password: provider.NewSecret("pw")})
		}, "v-add-sys-smtp-relay|relay.example|u|pw", ""},
		{"Mail.AddSysSnappyMail", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddSysSnappyMail(ctx)
		}, "v-add-sys-snappymail", ""},
		{"Mail.ChangeSysWebmail", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.ChangeSysWebmail(ctx, "webmail", nil)
		}, "v-change-sys-webmail|webmail", ""},
		{"Mail.DeleteSysDNSBL", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.DeleteSysDNSBL(ctx, "zen.example", nil)
		}, "v-delete-sys-mail-dnsbl|zen.example", ""},
		{"Mail.DeleteSysSMTP", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.DeleteSysSMTP(ctx)
		}, "v-delete-sys-smtp", ""},
		{"Mail.DeleteSysSMTPRelay", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.DeleteSysSMTPRelay(ctx)
		}, "v-delete-sys-smtp-relay", ""},
		{"Mail.DeleteSysSnappyMail", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.DeleteSysSnappyMail(ctx)
		}, "v-delete-sys-snappymail", ""},
		{"Mail.ListSysDNSBL", func(ctx context.Context, c *hestia.Client) error {
			return drain(c.Mail.ListSysDNSBL(ctx))
		}, "v-list-sys-mail-dnsbl|json", "{\n}"},
		{"Mail.ListSysWebmail", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Mail.ListSysWebmail(ctx))
		}, "v-list-sys-webmail|json", "[\n]"},
		{"Mail.UpdateTemplates", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.UpdateTemplates(ctx, nil)
		}, "v-update-mail-templates|", ""},
		{"Mail.UpdateTemplates", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.UpdateTemplates(ctx, &hestia.MailUpdateTemplatesOptions{SkipRebuild: true})
		}, "v-update-mail-templates||yes", ""},
	})
}

func TestMailRecordings(t *testing.T) {
	t.Run("domains", func(t *testing.T) {
		domains, err := play(t, "mail.jsonl", "list, json", func(ctx context.Context, c *hestia.Client) ([]*hestia.MailDomain, error) {
			return collect(c.Mail.ListDomains(ctx, "alice"))
		})
		require.NoError(t, err)
		require.Equal(t, []*hestia.MailDomain{
			{Name: "alice.example.com", RateLimit: hestia.LimitOf(200), DKIM: true, WebmailAlias: "webmail", Created: made("2026-11-21 04:49:03")},
			{Name: "shop.example.com", RateLimit: hestia.LimitOf(200), WebmailAlias: "webmail", Created: made("2026-11-21 04:49:09")},
		}, domains)
	})
	t.Run("domain with a relay", func(t *testing.T) {
		domain, err := play(t, "mail.jsonl", "get after", func(ctx context.Context, c *hestia.Client) (*hestia.MailDomain, error) {
			return c.Mail.GetDomain(ctx, "alice", "alice.example.com")
		})
		require.NoError(t, err)
		require.Equal(t, &hestia.MailDomain{
			Name: "alice.example.com", RateLimit: hestia.LimitOf(200), DKIM: true, Catchall: "info@alice.example.com", Accounts: 3,
			WebmailAlias: "webmail.alice.example.com", Created: made("2026-11-21 04:49:03"),
			SMTPRelay: true, SMTPRelayHost: "relay.example.net", SMTPRelayPort: 587, SMTPRelayUser: "relayuser",
		}, domain)
	})
	t.Run("accounts", func(t *testing.T) {
		accounts, err := play(t, "mail.jsonl", "account list", func(ctx context.Context, c *hestia.Client) ([]*hestia.MailAccount, error) {
			return collect(c.Mail.ListAccounts(ctx, "alice", "alice.example.com"))
		})
		require.NoError(t, err)
		require.Equal(t, []*hestia.MailAccount{
			{Name: "info", Quota: hestia.NoLimit(), RateLimit: hestia.Limit{Unknown: true}, Created: made("2026-11-21 04:49:28")},
			{Name: "sales", Quota: hestia.LimitOf(500), RateLimit: hestia.Limit{Unknown: true}, Created: made("2026-11-21 04:49:29")},
			{Name: "nopw", Quota: hestia.NoLimit(), RateLimit: hestia.Limit{Unknown: true}, Created: made("2026-11-21 04:49:30")},
		}, accounts)
	})
	get := func(user, domain, account string) func(context.Context, *hestia.Client) (*hestia.MailAccount, error) {
		return func(ctx context.Context, c *hestia.Client) (*hestia.MailAccount, error) {
			return c.Mail.GetAccount(ctx, user, domain, account)
		}
	}
	t.Run("account", func(t *testing.T) {
		account, err := play(t, "mail.jsonl", "account get after", get("alice", "alice.example.com", "info"))
		require.NoError(t, err)
		require.Equal(t, &hestia.MailAccount{
			Name: "info", Aliases: []string{"contact"}, Autoreply: true, Quota: hestia.LimitOf(250), RateLimit: hestia.Limit{Unknown: true},
			WebmailAlias: "webmail.alice.example.com", Created: made("2026-11-21 04:49:28"),
		}, account)
	})
	t.Run("account that forwards", func(t *testing.T) {
		account, err := play(t, "mail.jsonl", "account get after #2", get("quinn", "quinn.example.org", "office"))
		require.NoError(t, err)
		require.Equal(t, &hestia.MailAccount{
			Name: "office", Forwards: []string{"elsewhere@example.net"}, ForwardOnly: true, Quota: hestia.NoLimit(), RateLimit: hestia.Limit{Unknown: true},
			WebmailAlias: "webmail.quinn.example.org", Created: made("2026-11-21 04:49:29"),
		}, account)
	})
	t.Run("autoreply", func(t *testing.T) {
		const message = "I am away\nuntil Monday"
		require.NoError(t, playChange(t, "mail.jsonl", "account autoreply", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddAccountAutoreply(ctx, "alice", "alice.example.com", "info", message)
		}))
		shown, err := play(t, "mail.jsonl", "autoreply get", func(ctx context.Context, c *hestia.Client) (string, error) {
			return c.Mail.GetAccountAutoreply(ctx, "alice", "alice.example.com", "info")
		})
		require.NoError(t, err)
		require.Equal(t, message, shown)
	})
	suspend := func(ctx context.Context, c *hestia.Client) error {
		return c.Mail.SuspendAccount(ctx, "alice", "alice.example.com", "info")
	}
	quinn := func(ctx context.Context, c *hestia.Client) error {
		return c.Mail.UnsuspendAccount(ctx, "quinn", "quinn.example.org", "jobs")
	}
	remove := func(ctx context.Context, c *hestia.Client) error {
		return c.Mail.DeleteAccount(ctx, "alice", "alice.example.com", "sales")
	}
	add := func(user, domain string) func(context.Context, *hestia.Client) error {
		return func(ctx context.Context, c *hestia.Client) error { return c.Mail.AddDomain(ctx, user, domain, nil) }
	}
	checkChanged(t, []changed{
		{"mail.jsonl", "add", add("alice", "alice.example.com"), 0, nil}, // with a remark
		{"mail.jsonl", "add again", add("alice", "alice.example.com"), hestia.ExitExists, provider.ErrAlreadyExists},
		{"mail.jsonl", "limit reached", add("bob", "bob2.example.com"), hestia.ExitLimit, provider.ErrQuota},
		{"mail.jsonl", "account add with quota, legacy", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddAccount(ctx, "alice", "alice.example.com", "sales", provider.NewSecret("SECRET-mail2"), &hestia.MailAddAccountOptions{Quota: hestia.LimitOf(500)})
		}, 0, nil},
		{"mail.jsonl", "account alias again", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddAccountAlias(ctx, "alice", "alice.example.com", "info", "contact")
		}, hestia.ExitExists, provider.ErrAlreadyExists},
		{"mail.jsonl", "account forward only without a forward", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddAccountForwardOnly(ctx, "alice", "alice.example.com", "sales")
		}, hestia.ExitNotExist, provider.ErrNotFound},
		{"mail.jsonl", "account quota", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.ChangeAccountQuota(ctx, "alice", "alice.example.com", "info", hestia.LimitOf(250))
		}, 0, nil},
		{"mail.jsonl", "account rate limit", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.ChangeAccountRateLimit(ctx, "quinn", "quinn.example.org", "office", new(int64(50)))
		}, 0, nil},
		{"mail.jsonl", "account suspend", suspend, 0, nil},
		{"mail.jsonl", "account suspend again", suspend, hestia.ExitSuspended, provider.ErrConflict},
		{"mail.jsonl", "account password while suspended", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.ChangeAccountPassword(ctx, "alice", "alice.example.com", "info", provider.NewSecret("SECRET-mail8"))
		}, hestia.ExitSuspended, provider.ErrConflict},
		{"mail.jsonl", "account unsuspend, returncode=yes", quinn, 0, nil},
		{"mail.jsonl", "account unsuspend again, legacy", quinn, hestia.ExitUnsuspended, provider.ErrConflict},
		{"mail.jsonl", "antispam off", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.DeleteDomainAntispam(ctx, "alice", "alice.example.com")
		}, hestia.ExitNotExist, provider.ErrNotFound},
		{"mail.jsonl", "smtp relay", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddDomainSMTPRelay(ctx, "alice", "alice.example.com", "relay.example.net",
				&hestia.MailRelayOptions{Username: "relayuser", Password: provider.NewSecret("SECRET-relay"), Port: 587})
		}, 0, nil},
		{"mail.jsonl", "account delete", remove, 0, nil},
		{"mail.jsonl", "account delete again", remove, hestia.ExitNotExist, provider.ErrNotFound},
		{"auth.jsonl", "user key, user argument of somebody else", func(ctx context.Context, c *hestia.Client) error {
			return drain(c.Mail.ListAccounts(ctx, "keyother", "example.net"))
		}, hestia.ExitForbidden, provider.ErrForbidden},
	})
}

func TestMailRefusals(t *testing.T) {
	checkRefusals(t, []refusal{
		{"empty password", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddAccount(ctx, "alice", "a.example", "info", provider.Secret{}, nil)
		}, "password"},
		{"password that names a file", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.ChangeAccountPassword(ctx, "alice", "a.example", "info", provider.NewSecret("/tmp/x"))
		}, "password"},
		{"password of two lines", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddDomainSMTPRelay(ctx, "alice", "a.example", "relay.example", &hestia.MailRelayOptions{Password: provider.NewSecret("a\nb")})
		}, "password"},
		{"negative quota", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.ChangeAccountQuota(ctx, "alice", "a.example", "info", hestia.LimitOf(-1))
		}, "quota"},
		{"message that ends in a line break", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddAccountAutoreply(ctx, "alice", "a.example", "info", "away\n")
		}, "message"},
		{"no message", func(ctx context.Context, c *hestia.Client) error {
			return c.Mail.AddAccountAutoreply(ctx, "alice", "a.example", "info", "")
		}, "message"},
		{"nil account", func(ctx context.Context, c *hestia.Client) error { return c.Mail.AddSysSMTP(ctx, nil) }, "request"},
	})
}

func TestMailHostileAnswers(t *testing.T) {
	checkHostile(t, map[string]func(context.Context, *hestia.Client) error{
		"domains": func(ctx context.Context, c *hestia.Client) error { return drain(c.Mail.ListDomains(ctx, "alice")) },
		"accounts": func(ctx context.Context, c *hestia.Client) error {
			return drain(c.Mail.ListAccounts(ctx, "alice", "a.example"))
		},
	}, notLists)
	checkHostile(t, map[string]func(context.Context, *hestia.Client) error{
		"domain": func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Mail.GetDomain(ctx, "alice", "a.example"))
		},
		"account": func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Mail.GetAccount(ctx, "alice", "a.example", "info"))
		},
	}, notThings)
	checkHostile(t, map[string]func(context.Context, *hestia.Client) error{
		"accounts": func(ctx context.Context, c *hestia.Client) error {
			return drain(c.Mail.ListAccounts(ctx, "alice", "a.example"))
		},
	}, map[string]string{"no quota": `{"info": {"QUOTA": "much"}}`, "no size": `{"info": {"U_DISK": "1.5"}}`})
}

// The private key is only available as a secret, and not shown even if the answer cannot be read.
func TestMailDKIMKeyIsSecret(t *testing.T) {
	const pem = `-----BEGIN PRIVATE KEY-----\nMIICcanary\n-----END PRIVATE KEY-----`
	ask := func(body string) (*hestia.DKIMKeys, error) {
		return withKey(t, newPanel(exit(0, http.StatusOK, body))).Mail.GetDomainDKIM(t.Context(), "alice", "a.example")
	}
	keys, err := ask(`{"a.example": {"PEM": "` + pem + `", "PUB": "public"}}`)
	require.NoError(t, err)
	require.Equal(t, &hestia.DKIMKeys{Domain: "a.example", Private: provider.NewSecret("-----BEGIN PRIVATE KEY-----\nMIICcanary\n-----END PRIVATE KEY-----"), Public: "public"}, keys)
	_, err = ask(`{"a.example": {"PEM": "` + pem)
	require.ErrorIs(t, err, provider.ErrProtocol)
	require.NotContains(t, err.Error(), "canary")
}

func TestMailCheckAccountHash(t *testing.T) {
	c := withKey(t, newPanel(exit(2, http.StatusUnprocessableEntity, "")))
	err := c.Mail.CheckAccountHash(t.Context(), hestia.MailHashBcrypt, provider.NewSecret("password"), provider.NewSecret("$2y$05$x"))
	requireExit(t, err, hestia.ExitInvalid, provider.ErrUnauthorized)
}

// The lists are plain files: an empty line leaves an extra comma.
func TestMailDNSBL(t *testing.T) {
	c := withKey(t, newPanel(exit(0, http.StatusOK, "{\n    \"zen.example\": {\n        \"HOST\": \"zen.example\"\n    },\n}")))
	lists, err := collect(c.Mail.ListSysDNSBL(t.Context()))
	require.NoError(t, err)
	require.Equal(t, []*hestia.MailDNSBL{{Host: "zen.example"}}, lists)
}
