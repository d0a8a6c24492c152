package hestia

import (
	"context"

	"github.com/provkit/provkit/provider"
)

// SystemConfig is the server's configuration.
type SystemConfig struct {
	// Version of the panel.
	Version string `hestia:"VERSION"`
	// RootUser is the administrator that the panel never deletes or suspends.
	RootUser string `hestia:"ROOT_USER"`
	Language string `hestia:"LANGUAGE"`
	// BackendPort is the panel's own port.
	BackendPort int64 `hestia:"BACKEND_PORT"`

	// API is set if API keys and passwords are admitted.
	API bool `hestia:"API"`
	// APISystem says which access keys are admitted: 0 none, 1 those of the root user, 2 those of
	// all users.
	APISystem int64 `hestia:"API_SYSTEM"`
	// APIAllowedIPs are addresses, or "allow-all".
	APIAllowedIPs []string `hestia:"API_ALLOWED_IP"`

	// The software that provides each service; "" if none does.

	WebSystem       string   `hestia:"WEB_SYSTEM"`
	WebSSL          string   `hestia:"WEB_SSL"`
	WebBackend      string   `hestia:"WEB_BACKEND"`
	ProxySystem     string   `hestia:"PROXY_SYSTEM"`
	DNSSystem       string   `hestia:"DNS_SYSTEM"`
	MailSystem      string   `hestia:"MAIL_SYSTEM"`
	IMAPSystem      string   `hestia:"IMAP_SYSTEM"`
	DBSystems       []string `hestia:"DB_SYSTEM"`
	CronSystem      string   `hestia:"CRON_SYSTEM"`
	FTPSystem       string   `hestia:"FTP_SYSTEM"`
	FirewallSystem  string   `hestia:"FIREWALL_SYSTEM"`
	BackupSystems   []string `hestia:"BACKUP_SYSTEM"`
	WebmailSystems  []string `hestia:"WEBMAIL_SYSTEM"`
	WebmailAlias    string   `hestia:"WEBMAIL_ALIAS"`
	PHPMyAdminAlias string   `hestia:"DB_PMA_ALIAS"`
	// PHPMyAdminKey signs links of the single sign-on to phpMyAdmin.
	PHPMyAdminKey provider.Secret `hestia:"PHPMYADMIN_KEY"`
	// DemoMode is set if nothing can be changed.
	DemoMode bool `hestia:"DEMO_MODE"`
	// PasswordReset is "no" if customers cannot reset their passwords.
	PasswordReset string `hestia:"POLICY_SYSTEM_PASSWORD_RESET"`

	// Values are all settings by the panel's names, including those above. Some are passwords and
	// keys.
	Values map[string]provider.Secret
}

// GetConfig returns the server's configuration, secrets included: v-list-sys-config.
func (s *SystemService) GetConfig(ctx context.Context) (*SystemConfig, error) {
	var config *SystemConfig
	err := s.c.load(ctx, systemGetConfig, func(printed []byte) (err error) {
		if config, _, err = decodeOne[SystemConfig](printed, s.c.settings.location); err != nil {
			return err
		}
		texts, err := decodeMap(printed)
		config.Values = make(map[string]provider.Secret, len(texts))
		for name, text := range texts {
			config.Values[name] = provider.NewSecret(text)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return config, nil
}
