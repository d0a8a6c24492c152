package hestia

import (
	"context"
	"time"

	"github.com/provkit/provkit/provider"
)

// SSLService manages certificates of websites, mail domains and the panel.
type SSLService struct{ c *Client }

var (
	sslAddCronLetsEncryptJob     = sets("SSL.AddCronLetsEncryptJob", "v-add-cron-letsencrypt-job")
	sslAddLetsEncryptDomain      = adds("SSL.AddLetsEncryptDomain", "v-add-letsencrypt-domain USER DOMAIN [ALIASES] [MAIL]").slowly()
	sslAddLetsEncryptHost        = adds("SSL.AddLetsEncryptHost", "v-add-letsencrypt-host").slowly()
	sslAddLetsEncryptUser        = adds("SSL.AddLetsEncryptUser", "v-add-letsencrypt-user USER").slowly()
	sslAddMailDomain             = adds("SSL.AddMailDomain", "v-add-mail-domain-ssl USER DOMAIN SSL_DIR [RESTART]")
	sslAddWebDomain              = adds("SSL.AddWebDomain", "v-add-web-domain-ssl USER DOMAIN SSL_DIR [SSL_HOME=same] [RESTART]")
	sslAddWebDomainForce         = adds("SSL.AddWebDomainForce", "v-add-web-domain-ssl-force USER DOMAIN [RESTART] [QUIET]")
	sslAddWebDomainHSTS          = adds("SSL.AddWebDomainHSTS", "v-add-web-domain-ssl-hsts USER DOMAIN [RESTART] [QUIET]")
	sslAddWebDomainPreset        = adds("SSL.AddWebDomainPreset", "v-add-web-domain-ssl-preset USER DOMAIN [SSL]")
	sslChangeMailDomainCert      = sets("SSL.ChangeMailDomainCert", "v-change-mail-domain-sslcert USER DOMAIN SSL_DIR [RESTART]")
	sslChangeHestia              = sets("SSL.ChangeHestia", "v-change-sys-hestia-ssl SSL_DIR [RESTART]")
	sslChangeWebDomainCert       = sets("SSL.ChangeWebDomainCert", "v-change-web-domain-sslcert USER DOMAIN SSL_DIR [RESTART]")
	sslChangeWebDomainHome       = sets("SSL.ChangeWebDomainHome", "v-change-web-domain-sslhome USER DOMAIN SSL_HOME [RESTART]")
	sslDeleteLetsEncryptDomain   = removes("SSL.DeleteLetsEncryptDomain", "v-delete-letsencrypt-domain USER DOMAIN [RESTART] [MAIL]")
	sslDeleteMailDomain          = removes("SSL.DeleteMailDomain", "v-delete-mail-domain-ssl USER DOMAIN [RESTART]")
	sslDeleteWebDomain           = removes("SSL.DeleteWebDomain", "v-delete-web-domain-ssl USER DOMAIN [RESTART]")
	sslDeleteWebDomainForce      = removes("SSL.DeleteWebDomainForce", "v-delete-web-domain-ssl-force USER DOMAIN [RESTART] [QUIET]")
	sslDeleteWebDomainHSTS       = removes("SSL.DeleteWebDomainHSTS", "v-delete-web-domain-ssl-hsts USER DOMAIN [RESTART] [QUIET]")
	sslGenerateCert              = adds("SSL.GenerateCert", "v-generate-ssl-cert DOMAIN EMAIL? COUNTRY? STATE? CITY? ORG? UNIT? [ALIASES] json").escaping().printing().secretly().slowly()
	sslGetLetsEncryptUser        = reads("SSL.GetLetsEncryptUser", "v-list-letsencrypt-user USER json").orNothing()
	sslGetMailDomain             = reads("SSL.GetMailDomain", "v-list-mail-domain-ssl USER DOMAIN json").escaping().secretly()
	sslGetHestia                 = reads("SSL.GetHestia", "v-list-sys-hestia-ssl json").escaping().secretly()
	sslGetWebDomain              = reads("SSL.GetWebDomain", "v-list-web-domain-ssl USER DOMAIN json").escaping().secretly()
	sslScheduleLetsEncryptDomain = adds("SSL.ScheduleLetsEncryptDomain", "v-schedule-letsencrypt-domain USER DOMAIN [ALIASES]")
	sslUpdateHostCertificate     = sets("SSL.UpdateHostCertificate", "v-update-host-certificate USER HOSTNAME").slowly()
	sslUpdateLetsEncrypt         = sets("SSL.UpdateLetsEncrypt", "v-update-letsencrypt-ssl").besides()
	sslUpdateMailDomain          = sets("SSL.UpdateMailDomain", "v-update-mail-domain-ssl USER DOMAIN SSL_DIR [RESTART]")
	sslUpdateWebDomain           = sets("SSL.UpdateWebDomain", "v-update-web-domain-ssl USER DOMAIN SSL_DIR [RESTART]")
)

// Certificate is a certificate with its private key, in PEM. All fields are empty if none is
// installed.
type Certificate struct {
	Domain    string          `hestia:",key"`
	CRT       string          `hestia:"CRT"`
	Key       provider.Secret `hestia:"KEY"`
	CA        string          `hestia:"CA"`
	Subject   string          `hestia:"SUBJECT"`
	Aliases   []string        `hestia:"ALIASES"`
	NotBefore time.Time       `hestia:"NOT_BEFORE,openssl"`
	NotAfter  time.Time       `hestia:"NOT_AFTER,openssl"`
	Signature string          `hestia:"SIGNATURE"`
	// PublicKey is the size of the public key: "2048 bit".
	PublicKey string `hestia:"PUB_KEY"`
	Issuer    string `hestia:"ISSUER"`
}

// GeneratedCert is a self-signed certificate with its key and a signing request.
type GeneratedCert struct {
	Domain string          `hestia:",key"`
	CRT    string          `hestia:"CRT"`
	Key    provider.Secret `hestia:"KEY"`
	CSR    string          `hestia:"CSR"`
	// Dir is the directory on the server that contains the files, for the methods that install a
	// certificate.
	Dir string `hestia:"DIR"`
}

// LetsEncryptUser is a user's account with Let's Encrypt.
type LetsEncryptUser struct {
	User     string `hestia:",key"`
	Email    string `hestia:"EMAIL"`
	Exponent string `hestia:"EXPONENT"`
	Modulus  string `hestia:"MODULUS"`
	Thumb    string `hestia:"THUMB"`
	KeyID    string `hestia:"KID"`
}

// AddCronLetsEncryptJob installs the cron job that works off the certificate queue:
// v-add-cron-letsencrypt-job.
func (s *SSLService) AddCronLetsEncryptJob(ctx context.Context) error {
	return s.c.change(ctx, sslAddCronLetsEncryptJob)
}

// SSLAddLetsEncryptDomainOptions are the optional arguments of SSLService.AddLetsEncryptDomain.
type SSLAddLetsEncryptDomainOptions struct {
	// Aliases of the website that the certificate also covers.
	Aliases []string
	// Mail selects the mail domain instead of the website.
	Mail bool
}

// AddLetsEncryptDomain obtains and installs a Let's Encrypt certificate now, for a website or a
// mail domain: v-add-letsencrypt-domain. It can take minutes. ExitConnect means trouble with the
// authority; ExitNotExist also means that a name does not resolve.
func (s *SSLService) AddLetsEncryptDomain(ctx context.Context, user, domain string, opts *SSLAddLetsEncryptDomainOptions) error {
	if opts == nil {
		opts = &SSLAddLetsEncryptDomainOptions{}
	}
	return s.c.change(ctx, sslAddLetsEncryptDomain, user, domain, opts.Aliases, opts.Mail)
}

// AddLetsEncryptHost obtains a certificate for the panel's host name: v-add-letsencrypt-host.
func (s *SSLService) AddLetsEncryptHost(ctx context.Context) error {
	return s.c.change(ctx, sslAddLetsEncryptHost)
}

// AddLetsEncryptUser registers the user's account with Let's Encrypt: v-add-letsencrypt-user.
func (s *SSLService) AddLetsEncryptUser(ctx context.Context, user string) error {
	return s.c.change(ctx, sslAddLetsEncryptUser, user)
}

// AddMailDomain installs a certificate for a mail domain from a directory on the server, which
// contains DOMAIN.crt, DOMAIN.key and perhaps DOMAIN.ca: v-add-mail-domain-ssl.
func (s *SSLService) AddMailDomain(ctx context.Context, user, domain, dir string, opts *RestartOptions) error {
	return s.c.change(ctx, sslAddMailDomain, user, domain, dir, opts.restart())
}

// SSLAddWebDomainOptions are the optional arguments of SSLService.AddWebDomain.
type SSLAddWebDomainOptions struct {
	// SSLHome is "same" or "single": whether HTTPS has a document root of its own.
	SSLHome string
	Restart Restart
}

// AddWebDomain installs a certificate on a website from a directory on the server, which contains
// DOMAIN.crt, DOMAIN.key and perhaps DOMAIN.ca (Files.MakeTemp writes to /tmp):
// v-add-web-domain-ssl. ExitExists if the website has one already: use ChangeWebDomainCert.
func (s *SSLService) AddWebDomain(ctx context.Context, user, domain, dir string, opts *SSLAddWebDomainOptions) error {
	if opts == nil {
		opts = &SSLAddWebDomainOptions{}
	}
	return s.c.change(ctx, sslAddWebDomain, user, domain, dir, opts.SSLHome, opts.Restart)
}

// SSLAddWebDomainForceOptions are the optional arguments of SSLService.AddWebDomainForce.
type SSLAddWebDomainForceOptions struct {
	Restart Restart
	Quiet   bool
}

// AddWebDomainForce forces HTTPS on a website: v-add-web-domain-ssl-force.
func (s *SSLService) AddWebDomainForce(ctx context.Context, user, domain string, opts *SSLAddWebDomainForceOptions) error {
	if opts == nil {
		opts = &SSLAddWebDomainForceOptions{}
	}
	return s.c.change(ctx, sslAddWebDomainForce, user, domain, opts.Restart, opts.Quiet)
}

// SSLAddWebDomainHSTSOptions are the optional arguments of SSLService.AddWebDomainHSTS.
type SSLAddWebDomainHSTSOptions struct {
	Restart Restart
	Quiet   bool
}

// AddWebDomainHSTS sends HSTS headers for a website: v-add-web-domain-ssl-hsts.
func (s *SSLService) AddWebDomainHSTS(ctx context.Context, user, domain string, opts *SSLAddWebDomainHSTSOptions) error {
	if opts == nil {
		opts = &SSLAddWebDomainHSTSOptions{}
	}
	return s.c.change(ctx, sslAddWebDomainHSTS, user, domain, opts.Restart, opts.Quiet)
}

// SSLAddWebDomainPresetOptions are the optional arguments of SSLService.AddWebDomainPreset.
type SSLAddWebDomainPresetOptions struct {
	SSL string
}

// AddWebDomainPreset makes the panel force HTTPS once a certificate is installed:
// v-add-web-domain-ssl-preset.
func (s *SSLService) AddWebDomainPreset(ctx context.Context, user, domain string, opts *SSLAddWebDomainPresetOptions) error {
	if opts == nil {
		opts = &SSLAddWebDomainPresetOptions{}
	}
	return s.c.change(ctx, sslAddWebDomainPreset, user, domain, opts.SSL)
}

// ChangeMailDomainCert replaces a mail domain's certificate from a directory on the server:
// v-change-mail-domain-sslcert.
func (s *SSLService) ChangeMailDomainCert(ctx context.Context, user, domain, dir string, opts *RestartOptions) error {
	return s.c.change(ctx, sslChangeMailDomainCert, user, domain, dir, opts.restart())
}

// ChangeHestia replaces the panel's own certificate from a directory on the server:
// v-change-sys-hestia-ssl.
func (s *SSLService) ChangeHestia(ctx context.Context, dir string, opts *RestartOptions) error {
	return s.c.change(ctx, sslChangeHestia, dir, opts.restart())
}

// ChangeWebDomainCert replaces a website's certificate from a directory on the server:
// v-change-web-domain-sslcert.
func (s *SSLService) ChangeWebDomainCert(ctx context.Context, user, domain, dir string, opts *RestartOptions) error {
	return s.c.change(ctx, sslChangeWebDomainCert, user, domain, dir, opts.restart())
}

// ChangeWebDomainHome chooses the document root used for HTTPS: "same" or "single":
// v-change-web-domain-sslhome.
func (s *SSLService) ChangeWebDomainHome(ctx context.Context, user, domain, home string, opts *RestartOptions) error {
	return s.c.change(ctx, sslChangeWebDomainHome, user, domain, home, opts.restart())
}

// SSLDeleteLetsEncryptDomainOptions are the optional arguments of
// SSLService.DeleteLetsEncryptDomain.
type SSLDeleteLetsEncryptDomainOptions struct {
	Restart Restart
	// Mail selects the mail domain instead of the website.
	Mail bool
}

// DeleteLetsEncryptDomain removes a Let's Encrypt certificate from a domain:
// v-delete-letsencrypt-domain.
func (s *SSLService) DeleteLetsEncryptDomain(ctx context.Context, user, domain string, opts *SSLDeleteLetsEncryptDomainOptions) error {
	if opts == nil {
		opts = &SSLDeleteLetsEncryptDomainOptions{}
	}
	return s.c.change(ctx, sslDeleteLetsEncryptDomain, user, domain, opts.Restart, opts.Mail)
}

// DeleteMailDomain removes a mail domain's certificate: v-delete-mail-domain-ssl.
func (s *SSLService) DeleteMailDomain(ctx context.Context, user, domain string, opts *RestartOptions) error {
	return s.c.change(ctx, sslDeleteMailDomain, user, domain, opts.restart())
}

// DeleteWebDomain removes a website's certificate: v-delete-web-domain-ssl.
func (s *SSLService) DeleteWebDomain(ctx context.Context, user, domain string, opts *RestartOptions) error {
	return s.c.change(ctx, sslDeleteWebDomain, user, domain, opts.restart())
}

// SSLDeleteWebDomainForceOptions are the optional arguments of SSLService.DeleteWebDomainForce.
type SSLDeleteWebDomainForceOptions struct {
	Restart Restart
	Quiet   bool
}

// DeleteWebDomainForce stops forcing HTTPS: v-delete-web-domain-ssl-force.
func (s *SSLService) DeleteWebDomainForce(ctx context.Context, user, domain string, opts *SSLDeleteWebDomainForceOptions) error {
	if opts == nil {
		opts = &SSLDeleteWebDomainForceOptions{}
	}
	return s.c.change(ctx, sslDeleteWebDomainForce, user, domain, opts.Restart, opts.Quiet)
}

// SSLDeleteWebDomainHSTSOptions are the optional arguments of SSLService.DeleteWebDomainHSTS.
type SSLDeleteWebDomainHSTSOptions struct {
	Restart Restart
	Quiet   bool
}

// DeleteWebDomainHSTS stops sending HSTS headers: v-delete-web-domain-ssl-hsts.
func (s *SSLService) DeleteWebDomainHSTS(ctx context.Context, user, domain string, opts *SSLDeleteWebDomainHSTSOptions) error {
	if opts == nil {
		opts = &SSLDeleteWebDomainHSTSOptions{}
	}
	return s.c.change(ctx, sslDeleteWebDomainHSTS, user, domain, opts.Restart, opts.Quiet)
}

// SSLGenerateCertRequest is the request of SSLService.GenerateCert.
type SSLGenerateCertRequest struct {
	Domain  string
	Email   string
	Country string
	State   string
	City    string
	Org     string
	Unit    string
	Aliases []string
}

// GenerateCert creates a self-signed certificate and a signing request, and returns them with the
// key: v-generate-ssl-cert.
func (s *SSLService) GenerateCert(ctx context.Context, req *SSLGenerateCertRequest) (*GeneratedCert, error) {
	if req == nil {
		return nil, sslGenerateCert.endpoint.RefuseNil()
	}
	return get[GeneratedCert](ctx, s.c, sslGenerateCert, req.Domain, req.Email, req.Country, req.State, req.City, req.Org, req.Unit, req.Aliases)
}

// GetLetsEncryptUser returns a user's account with Let's Encrypt: v-list-letsencrypt-user.
func (s *SSLService) GetLetsEncryptUser(ctx context.Context, user string) (*LetsEncryptUser, error) {
	return get[LetsEncryptUser](ctx, s.c, sslGetLetsEncryptUser, user)
}

// GetMailDomain returns a mail domain's certificate with its private key: v-list-mail-domain-ssl.
// Without a certificate, all fields are empty.
func (s *SSLService) GetMailDomain(ctx context.Context, user, domain string) (*Certificate, error) {
	return get[Certificate](ctx, s.c, sslGetMailDomain, user, domain)
}

// GetHestia returns the panel's certificate with its private key: v-list-sys-hestia-ssl.
func (s *SSLService) GetHestia(ctx context.Context) (*Certificate, error) {
	return get[Certificate](ctx, s.c, sslGetHestia)
}

// GetWebDomain returns a website's certificate with its private key: v-list-web-domain-ssl. Without
// a certificate, all fields are empty.
func (s *SSLService) GetWebDomain(ctx context.Context, user, domain string) (*Certificate, error) {
	return get[Certificate](ctx, s.c, sslGetWebDomain, user, domain)
}

// SSLScheduleLetsEncryptDomainOptions are the optional arguments of
// SSLService.ScheduleLetsEncryptDomain.
type SSLScheduleLetsEncryptDomainOptions struct {
	Aliases []string
}

// ScheduleLetsEncryptDomain queues a certificate request and returns at once:
// v-schedule-letsencrypt-domain. The panel empties its queue every five minutes.
func (s *SSLService) ScheduleLetsEncryptDomain(ctx context.Context, user, domain string, opts *SSLScheduleLetsEncryptDomainOptions) error {
	if opts == nil {
		opts = &SSLScheduleLetsEncryptDomainOptions{}
	}
	return s.c.change(ctx, sslScheduleLetsEncryptDomain, user, domain, opts.Aliases)
}

// UpdateHostCertificate copies a website's certificate to the panel, mail and FTP servers:
// v-update-host-certificate.
func (s *SSLService) UpdateHostCertificate(ctx context.Context, user, hostname string) error {
	return s.c.change(ctx, sslUpdateHostCertificate, user, hostname)
}

// UpdateLetsEncrypt renews due Let's Encrypt certificates: v-update-letsencrypt-ssl.
func (s *SSLService) UpdateLetsEncrypt(ctx context.Context) error {
	return s.c.change(ctx, sslUpdateLetsEncrypt)
}

// UpdateMailDomain replaces a mail domain's certificate files: v-update-mail-domain-ssl.
func (s *SSLService) UpdateMailDomain(ctx context.Context, user, domain, dir string, opts *RestartOptions) error {
	return s.c.change(ctx, sslUpdateMailDomain, user, domain, dir, opts.restart())
}

// UpdateWebDomain replaces a website's certificate files: v-update-web-domain-ssl.
func (s *SSLService) UpdateWebDomain(ctx context.Context, user, domain, dir string, opts *RestartOptions) error {
	return s.c.change(ctx, sslUpdateWebDomain, user, domain, dir, opts.restart())
}
