package hestia

import (
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// Driver opens Hestia panels from plain configuration: kind "hestia".
var Driver provider.Driver = driver{}

type driver struct{}

func (driver) Kind() string { return Kind }

var (
	signInOption = provider.OptionSpec{
		Name: "sign_in", Label: "Sign in with", Type: provider.OptionEnum, Default: "access_key",
		Help:    "access_key: the user name is the key's ID; api_key and password are deprecated by the vendor",
		Allowed: []string{"access_key", "api_key", "password"},
	}
	zoneOption = provider.OptionSpec{Name: "time_zone", Label: "Time zone of the server", Help: "such as Europe/Berlin; UTC if empty", Type: provider.OptionString}
	pinOption  = provider.OptionSpec{Name: "pin", Label: "Pinned public key", Help: "sha256/...: compare what the connection test prints with the server's own; panels often sign their own certificate", Type: provider.OptionString}
)

func (driver) Config() []provider.OptionSpec {
	return []provider.OptionSpec{
		{Name: "url", Label: "Panel URL", Help: "https://panel.example.com:8083", Type: provider.OptionString, Required: true},
		{Name: "username", Label: "Access key ID", Help: "or the root user's name, for sign-in with a password", Type: provider.OptionString},
		{Name: "secret", Label: "Secret key", Help: "or the API key, or the password", Type: provider.OptionString, Required: true, Secret: true},
		signInOption, zoneOption, pinOption, provider.ReadLagOption,
	}
}

// fieldOf maps the names of fields in New's errors to those in the configuration.
var fieldOf = map[string]string{
	"WithMarkerKeys": "marker_keys",
	"baseURL":        "url", "accessKey": "username", "secretKey": "secret", "apiKey": "secret", "password": "secret", "WithTLS": "options.pin",
}

func (driver) Open(cfg provider.ServerConfig, opts ...provider.Option) (provider.Provider, error) {
	var problems provider.Problems
	cfg.CheckOptions(&problems, []provider.OptionSpec{signInOption, zoneOption, pinOption})
	values := provider.OptionValues(cfg.Options)
	var all []provider.Option
	if pin := values.String("pin"); pin != "" {
		all = append(all, provider.WithTLS(provider.TLS{PinnedKeys: []string{pin}}))
	}
	if zone := values.String("time_zone"); zone != "" {
		location, err := time.LoadLocation(zone)
		if err != nil {
			problems.Add("options.time_zone", "%q is not a time zone", zone)
		} else {
			all = append(all, WithLocation(location))
		}
	}
	auth := AccessKey(cfg.Username, cfg.Secret)
	switch values.String("sign_in") {
	case "api_key":
		auth = APIKey(cfg.Secret)
		if cfg.Username != "" {
			problems.Add("username", "not used with an API key")
		}
	case "password":
		auth = Password(cfg.Username, cfg.Secret)
	}
	client, err := New(cfg.URL, auth, append(append(all, cfg.ClientOptions()...), opts...)...)
	if err := rest.AllProblems(Kind, "Open", "open server", problems, err, fieldOf); err != nil {
		return nil, err
	}
	return NewProvider(client), nil
}
