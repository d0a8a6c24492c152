package keyhelp

import (
	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// Driver opens KeyHelp panels from plain configuration: kind "keyhelp".
var Driver provider.Driver = driver{}

type driver struct{}

func (driver) Kind() string { return Kind }

func (driver) Config() []provider.OptionSpec {
	return []provider.OptionSpec{
		{Name: "url", Label: "Panel URL", Help: "https://panel.example.com", Type: provider.OptionString, Required: true},
		{Name: "secret", Label: "API key", Help: "Panel: Configuration, API", Type: provider.OptionString, Required: true, Secret: true},
		dialectOption, tlsOption, pinOption, provider.ReadLagOption,
	}
}

var (
	dialectOption = provider.OptionSpec{
		Name: "dialect", Label: "API dialect", Type: provider.OptionEnum, Default: "auto",
		Allowed: []string{"auto", string(DialectDocumented), string(DialectLive)},
	}
	tlsOption = provider.OptionSpec{
		Name: "tls", Label: "Certificate check", Type: provider.OptionEnum, Default: "verify",
		Help:    "auto: none for IP addresses, as the reference module does; no-verify: none; better: pin",
		Allowed: []string{"verify", "auto", "no-verify"},
	}
	pinOption = provider.OptionSpec{Name: "pin", Label: "Pinned public key", Help: "sha256/...: compare what the connection test prints with the server's own", Type: provider.OptionString}
)

// fieldOf maps the fields in errors of New to the names that the configuration has for them.
var fieldOf = map[string]string{
	"WithMarkerKeys": "marker_keys",
	"baseURL":        "url", "apiKey": "secret", "WithDialect": "options.dialect", "WithTLS": "options.pin",
}

func (driver) Open(cfg provider.ServerConfig, opts ...provider.Option) (provider.Provider, error) {
	var problems provider.Problems
	cfg.CheckOptions(&problems, []provider.OptionSpec{dialectOption, tlsOption, pinOption})
	if cfg.Username != "" {
		problems.Add("username", "not used: KeyHelp takes an API key only")
	}
	values := provider.OptionValues(cfg.Options)
	var all []provider.Option
	if d := values.String("dialect"); d != "" && d != "auto" {
		all = append(all, WithDialect(Dialect(d)))
	}
	switch mode, pin := values.String("tls"), values.String("pin"); {
	case pin != "" && mode != "" && mode != "verify":
		problems.Add("options.pin", "cannot be combined with tls=%s", mode)
	case pin != "":
		all = append(all, provider.WithTLS(provider.TLS{PinnedKeys: []string{pin}}))
	case mode == "auto":
		all = append(all, provider.WithTLS(provider.TLS{Auto: true}))
	case mode == "no-verify":
		all = append(all, provider.WithTLS(provider.TLS{Auto: true, NoVerify: true}))
	}
	client, err := New(cfg.URL, cfg.Secret, append(append(all, cfg.ClientOptions()...), opts...)...)
	if err := rest.AllProblems(Kind, "Open", "open server", problems, err, fieldOf); err != nil {
		return nil, err
	}
	return NewProvider(client), nil
}
