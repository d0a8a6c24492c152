package licenseserver

import (
	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// Driver opens license servers from plain configuration: kind "licenseserver".
var Driver provider.Driver = driver{}

type driver struct{}

func (driver) Kind() string { return Kind }

func (driver) Config() []provider.OptionSpec {
	return append(append([]provider.OptionSpec{
		{Name: "url", Label: "Server URL", Help: "https://license.example.com", Type: provider.OptionString, Required: true},
		{Name: "secret", Label: "API key", Help: "AF-2025-..., panel: Administration, API Keys", Type: provider.OptionString, Required: true, Secret: true},
	}, driverOptions...), provider.ReadLagOption)
}

// Names of the options of a server.
const (
	cfgAdminURL    = "admin_url"
	cfgSignIn      = "admin_sign_in"
	cfgAdminName   = "admin_name"
	cfgAdminSecret = "admin_secret"
	cfgSearchPath  = "search_path"
	cfgPlans       = "plans"
	cfgFirst       = "first_license"
	cfgGap         = "license_gap"
	cfgPin         = "pin"
)

var driverOptions = []provider.OptionSpec{
	{Name: cfgAdminURL, Label: "Panel URL", Help: "if the admin panel has a URL of its own", Type: provider.OptionString},
	{
		Name: cfgSignIn, Label: "Sign in to the panel with", Type: provider.OptionEnum, Default: "none", Allowed: []string{"none", "cookie", "header"},
		Help: "undocumented: a session cookie, or a header field",
	},
	{Name: cfgAdminName, Label: "Name of the cookie or header", Type: provider.OptionString},
	{Name: cfgAdminSecret, Label: "Value of the cookie or header", Type: provider.OptionString, Secret: true},
	{Name: cfgSearchPath, Label: "Path of the panel's search", Help: "such as /api/search; undocumented", Type: provider.OptionString},
	{Name: cfgPlans, Label: "Plans", Help: "ID=activations/users, or ID=activations/users/months: basic=1/5,pro=10/50/12", Type: provider.OptionString},
	{Name: cfgFirst, Label: "First license ID", Help: "where the search for licenses begins", Type: provider.OptionInt},
	{Name: cfgGap, Label: "Longest gap", Help: "how many license IDs may be missing in a row", Type: provider.OptionInt},
	{Name: cfgPin, Label: "Pinned public key", Help: "sha256/...: compare what the connection test prints with the server's own", Type: provider.OptionString},
}

// fieldOf maps the fields in errors of New to the names that the configuration has for them.
var fieldOf = map[string]string{
	"WithMarkerKeys": "marker_keys",
	"baseURL":        "url", "apiKey": "secret", "WithAdminURL": "options." + cfgAdminURL, "WithAdminAuth": "secrets." + cfgAdminSecret,
	"WithSearchPath": "options." + cfgSearchPath, "WithPlans": "options." + cfgPlans, "WithScan": "options." + cfgGap, "WithTLS": "options." + cfgPin,
}

func (driver) Open(cfg provider.ServerConfig, opts ...provider.Option) (provider.Provider, error) {
	var problems provider.Problems
	cfg.CheckOptions(&problems, driverOptions)
	if cfg.Username != "" {
		problems.Add("username", "not used: the license API takes a key only")
	}
	values := provider.OptionValues(cfg.Options)
	var all []provider.Option
	if adminURL := values.String(cfgAdminURL); adminURL != "" {
		all = append(all, WithAdminURL(adminURL))
	}
	name, secret := values.String(cfgAdminName), cfg.Secrets[cfgAdminSecret]
	switch values.String(cfgSignIn) {
	case "cookie":
		all = append(all, WithAdminCookie(name, secret))
	case "header":
		all = append(all, WithAdminHeader(name, secret))
	default:
		if name != "" || !secret.IsZero() {
			problems.Add("options."+cfgSignIn, "is none, but the name or value of a cookie or header is given")
		}
	}
	if path := values.String(cfgSearchPath); path != "" {
		all = append(all, WithSearchPath(path))
	}
	if text := values.String(cfgPlans); text != "" {
		plans, err := parsePlans(text)
		if err != nil {
			problems.Add("options."+cfgPlans, "%s", err)
		}
		all = append(all, WithPlans(plans...))
	}
	var scan Scan
	scan.From, _ = values.Int(cfgFirst)
	scan.Gap, _ = values.Int(cfgGap)
	if scan != (Scan{}) {
		all = append(all, WithScan(scan))
	}
	if pin := values.String(cfgPin); pin != "" {
		all = append(all, provider.WithTLS(provider.TLS{PinnedKeys: []string{pin}}))
	}
	client, err := New(cfg.URL, cfg.Secret, append(append(all, cfg.ClientOptions()...), opts...)...)
	if err := rest.AllProblems(Kind, "Open", "open server", problems, err, fieldOf); err != nil {
		return nil, err
	}
	return NewProvider(client), nil
}
