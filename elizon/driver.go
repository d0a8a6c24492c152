package elizon

import (
	"cmp"
	"fmt"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// Driver opens elizon accounts from plain configuration: kind "elizon".
var Driver provider.Driver = driver{}

type driver struct{}

func (driver) Kind() string { return Kind }

func (driver) Config() []provider.OptionSpec {
	return append([]provider.OptionSpec{
		{Name: "url", Label: "URL", Help: "empty is " + DefaultBaseURL, Type: provider.OptionString, Default: DefaultBaseURL},
		{Name: "secret", Label: "API key", Help: "may be empty if session_token is given", Type: provider.OptionString, Secret: true},
	}, append(driverOptions(), provider.ReadLagOption)...)
}

func driverOptions() []provider.OptionSpec {
	return []provider.OptionSpec{
		{Name: "bearer", Label: "Key as bearer", Help: "send the API key as Authorization: Bearer instead of x-api-key", Type: provider.OptionBool, Default: "false"},
		{Name: "session_token", Label: "Session token", Help: "for endpoints that refuse API keys; the adapter needs none", Type: provider.OptionString, Secret: true},
		{Name: "client_header", Label: "Client", Help: "value of X-Elizon-Client; empty is api, and desktop where money is spent", Type: provider.OptionString},
		{
			Name: "order_window_hours", Label: "Order window", Type: provider.OptionInt, Default: fmt.Sprint(int(DefaultOrderWindow / time.Hour)),
			Help: "without a ledger: how many hours an unmarked service may be a lost order; 0 switches that off",
		},
		{Name: "payment", Label: "Payment", Help: "for renewals and upgrades", Type: provider.OptionEnum, Default: string(PayBalance), Allowed: unattended()},
		{Name: "mandate", Label: "Saved mandate", Help: "ID, with payment=mollie_saved; empty is the account's default", Type: provider.OptionString},
		{Name: "max_renewal", Label: "Maximum of a renewal", Help: "in EUR with tax; empty allows none", Type: provider.OptionString},
		{Name: "max_upgrade", Label: "Maximum of an upgrade", Help: "in EUR with tax; empty allows no change of plan", Type: provider.OptionString},
	}
}

// fieldOf maps a field of New to the part of the configuration that it comes from.
var fieldOf = map[string]string{
	"WithMarkerKeys": "marker_keys",
	"baseURL":        "url", "apiKey": "secret", "WithSessionToken": "secrets.session_token", "WithBearer": "options.bearer",
	"WithClientHeader": "options.client_header", "WithOrderWindow": "options.order_window_hours", "WithSpending.SavedMandateID": "options.mandate",
	"WithSpending.Payment": "options.payment", "WithSpending.MaxRenewal": "options.max_renewal", "WithSpending.MaxUpgrade": "options.max_upgrade",
}

func (driver) Open(cfg provider.ServerConfig, opts ...provider.Option) (provider.Provider, error) {
	problems := make(provider.Problems)
	cfg.CheckOptions(&problems, driverOptions())
	if cfg.Username != "" {
		problems.Add("username", "not used: elizon takes an API key only")
	}
	values := provider.OptionValues(cfg.Options)
	all := []provider.Option{WithSpending(Spending{
		Payment: PaymentMethod(values.String("payment")), SavedMandateID: values.String("mandate"),
		MaxRenewal: EUR(values.String("max_renewal")), MaxUpgrade: EUR(values.String("max_upgrade")),
	})}
	if bearer, _ := values.Bool("bearer"); bearer {
		all = append(all, WithBearer())
	}
	if token := cfg.Secrets["session_token"]; !token.IsZero() {
		all = append(all, WithSessionToken(token))
	}
	if header := cfg.Options["client_header"]; header != "" {
		all = append(all, WithClientHeader(header))
	}
	if hours, given := values.Int("order_window_hours"); given {
		if hours > int64(maxOrderWindow/time.Hour) {
			problems.Add("options.order_window_hours", "more than %d", maxOrderWindow/time.Hour)
			hours = 0
		}
		all = append(all, WithOrderWindow(time.Duration(hours)*time.Hour))
	}
	client, err := New(cmp.Or(cfg.URL, DefaultBaseURL), cfg.Secret, append(append(all, cfg.ClientOptions()...), opts...)...)
	if err := rest.AllProblems(Kind, "Open", "open server", problems, err, fieldOf); err != nil {
		return nil, err
	}
	return NewProvider(client), nil
}

// maxOrderWindow, ten years, keeps the hours from overflowing a time.Duration.
const maxOrderWindow = 87600 * time.Hour
