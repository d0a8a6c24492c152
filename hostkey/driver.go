package hostkey

import (
	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// Driver opens HOSTKEY accounts from plain configuration: kind "hostkey".
var Driver provider.Driver = driver{}

type driver struct{}

func (driver) Kind() string { return Kind }

func (driver) Config() []provider.OptionSpec {
	return []provider.OptionSpec{
		{Name: "url", Label: "Portal URL", Help: "empty is " + RegionCOM + "; the other region is " + RegionRU, Type: provider.OptionString, Default: RegionCOM},
		{Name: "secret", Label: "API key", Help: "of the account, not of one server", Type: provider.OptionString, Required: true, Secret: true},
		suspensionOption, portOption, provider.ReadLagOption,
	}
}

var (
	suspensionOption = provider.OptionSpec{
		Name: "suspension", Label: "Suspend by", Type: provider.OptionEnum, Default: "vendor", Allowed: []string{"vendor", "power"},
		Help: "vendor: eq/suspend, which may be forbidden for the key; power: power off and mark",
	}
	portOption = provider.OptionSpec{
		Name: "suspension_port", Label: "Port to switch off", Type: provider.OptionString, Help: "with suspension=power: the name of the servers' network port; empty leaves the port on",
	}
)

func (driver) Open(cfg provider.ServerConfig, opts ...provider.Option) (provider.Provider, error) {
	problems := make(provider.Problems)
	cfg.CheckOptions(&problems, []provider.OptionSpec{suspensionOption, portOption})
	if cfg.Username != "" {
		problems.Add("username", "not used: HOSTKEY takes an API key only")
	}
	values := provider.OptionValues(cfg.Options)
	var all []provider.Option
	switch port := values.String("suspension_port"); {
	case values.String("suspension") == "power":
		all = append(all, WithSuspendByPower(port))
	case port != "":
		problems.Add("options.suspension_port", "only with suspension=power")
	}
	url := cfg.URL
	if url == "" {
		url = RegionCOM
	}
	client, err := New(url, cfg.Secret, append(append(all, cfg.ClientOptions()...), opts...)...)
	names := map[string]string{"baseURL": "url", "apiKey": "secret", "WithMarkerKeys": "marker_keys"}
	if err := rest.AllProblems(Kind, "Open", "open server", problems, err, names); err != nil {
		return nil, err
	}
	return NewProvider(client), nil
}
