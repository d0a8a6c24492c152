package provider_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/providertest"
)

func TestOptionDefaults(t *testing.T) {
	require.Equal(t, &provider.Options{
		Timeout: 30 * time.Second, MaxBody: 16 << 20, MaxConnections: 64, ReadLag: 5 * time.Second, SettleTime: 15 * time.Minute,
		Retry: provider.Retry{Attempts: 4, MinWait: 250 * time.Millisecond, MaxWait: 10 * time.Second, MaxRetryAfter: time.Minute},
	}, provider.NewOptions())
	require.Equal(t, provider.NewOptions(), provider.NewOptions(nil, nil))
}

func TestOptions(t *testing.T) {
	client, log, dumps := &http.Client{}, slog.Default(), &bytes.Buffer{}
	trust := provider.TLS{PinnedKeys: []string{"sha256/x"}}
	o := provider.NewOptions(
		provider.WithHTTPClient(client), provider.WithLogger(log), provider.WithUserAgent("app/1"), provider.WithTimeout(0),
		provider.WithRetry(provider.Retry{Attempts: 1, MinWait: time.Minute}), provider.WithRateLimit(10, 20), provider.WithTLS(trust),
		provider.WithMaxBody(5), provider.WithMaxConnections(2), provider.WithDumps(dumps), provider.WithPlainHTTP(),
		provider.WithReadLag(time.Second), provider.WithoutLedger(), provider.WithLedgerAccount("main"), provider.WithSettleTime(time.Hour), provider.VendorOption("keyhelp", "dialect", 1), provider.VendorOption("keyhelp", "other", 2), provider.VendorOption("hestia", "dialect", 3),
	)
	require.Equal(t, &provider.Options{
		HTTPClient: client, Logger: log, UserAgent: "app/1", RatePerSecond: 10, RateBurst: 20, TLS: trust, MaxBody: 5, MaxConnections: 2,
		Dumps: dumps, PlainHTTP: true, ReadLag: time.Second, NoLedger: true, LedgerAccount: "main", SettleTime: time.Hour,
		// The longest wait is never below the shortest.
		Retry:  provider.Retry{Attempts: 1, MinWait: time.Minute, MaxWait: time.Minute, MaxRetryAfter: time.Minute},
		Vendor: map[string]map[string]any{"keyhelp": {"dialect": 1, "other": 2}, "hestia": {"dialect": 3}},
	}, o)
	require.Zero(t, provider.NewOptions(provider.WithReadLag(-time.Second)).ReadLag)
}

func TestCheckOptions(t *testing.T) {
	specs := []provider.OptionSpec{
		{Name: "flag", Type: provider.OptionBool}, {Name: "size", Type: provider.OptionInt}, {Name: "from", Type: provider.OptionDate},
		{Name: "kind", Type: provider.OptionEnum, Allowed: []string{"a", "b"}}, {Name: "text", Type: provider.OptionString},
		{Name: "must", Required: true}, {Name: "pin", Type: provider.OptionInt, Secret: true},
	}
	hidden := provider.NewSecret(hush)
	for name, tc := range map[string]struct {
		options map[string]string
		secrets map[string]provider.Secret
		want    provider.Problems
	}{
		"good": {
			map[string]string{"flag": "true", "size": "-12", "from": "2026-02-28", "kind": "b", "text": "", "must": "x"},
			map[string]provider.Secret{"pin": provider.NewSecret("1")}, nil,
		},
		"missing": {nil, nil, provider.Problems{"Options.must": "required"}},
		"unknown": {map[string]string{"must": "", "nope": "1"}, map[string]provider.Secret{"nope": hidden}, provider.Problems{
			"Options.nope": "unknown option (known: flag, size, from, kind, text, must)", "Secrets.nope": "unknown option (known: pin)",
		}},
		"in the wrong map": {map[string]string{"must": "", "pin": hush}, map[string]provider.Secret{"must": hidden, "size": hidden}, provider.Problems{
			"Options.pin":  "is secret: it belongs in Secrets, as a provider.Secret",
			"Secrets.must": "is not secret: it belongs in Options", "Secrets.size": "is not secret: it belongs in Options",
		}},
		"all wrong": {map[string]string{"must": "", "flag": "yes", "size": "1.5", "from": "28.02.2026", "kind": "c"}, map[string]provider.Secret{"pin": hidden}, provider.Problems{
			"Options.flag": `"yes" is neither "true" nor "false"`, "Options.size": `"1.5" is not a whole number`,
			"Options.from": `"28.02.2026" is not a date like 2006-01-02`, "Options.kind": `"c" is not one of a, b`, "Secrets.pin": "the value is not a whole number",
		}},
		"no such day": {map[string]string{"must": "", "from": "2026-02-30"}, nil, provider.Problems{"Options.from": `"2026-02-30" is not a date like 2006-01-02`}},
	} {
		var create, reinstall, config provider.Problems
		(&provider.CreateRequest{Options: tc.options, Secrets: tc.secrets}).CheckOptions(&create, specs)
		require.Equal(t, tc.want, create, name)
		(&provider.ReinstallRequest{Options: tc.options, Secrets: tc.secrets}).CheckOptions(&reinstall, specs)
		require.Equal(t, tc.want, reinstall, name)
		(&provider.ServerConfig{Options: tc.options, Secrets: tc.secrets}).CheckOptions(&config, specs)
		require.Len(t, config, len(tc.want), name)
		for field, problem := range config {
			require.Equal(t, tc.want[strings.ToUpper(field[:1])+field[1:]], strings.Replace(problem, ", read_lag)", ")", 1), name)
		}
	}
	var problems provider.Problems
	(&provider.CreateRequest{Options: map[string]string{"x": ""}}).CheckOptions(&problems, nil)
	require.Equal(t, provider.Problems{"Options.x": "unknown option (known: none)"}, problems)
	problems = nil
	(&provider.CreateRequest{}).CheckOptions(&problems, []provider.OptionSpec{{Name: "key", Secret: true, Required: true}})
	require.Equal(t, provider.Problems{"Secrets.key": "required"}, problems)
}

func TestOptionValues(t *testing.T) {
	v := provider.OptionValues{"yes": "true", "no": "false", "n": "42", "d": "2026-01-02", "bad": "x"}
	require.Equal(t, "42", v.String("n"))
	require.Empty(t, v.String("missing"))
	for name, want := range map[string][2]bool{"yes": {true, true}, "no": {false, true}, "missing": {false, false}} {
		value, given := v.Bool(name)
		require.Equal(t, want, [2]bool{value, given}, name)
	}
	n, given := v.Int("n")
	require.True(t, given)
	require.EqualValues(t, 42, n)
	d, given := v.Date("d")
	require.True(t, given)
	require.Equal(t, time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC), d)
	for _, name := range []string{"bad", "missing"} {
		n, given = v.Int(name)
		require.False(t, given)
		require.Zero(t, n)
		d, given = v.Date(name)
		require.False(t, given)
		require.Zero(t, d)
	}
	n, given = provider.OptionValues(nil).Int("n")
	require.False(t, given)
	require.Zero(t, n)
}

type driver struct {
	kind string
	opts int
}

func (d *driver) Kind() string                  { return d.kind }
func (d *driver) Config() []provider.OptionSpec { return nil }

func (d *driver) Open(_ provider.ServerConfig, opts ...provider.Option) (provider.Provider, error) {
	d.opts = len(opts)
	return providertest.NewMemory(nil), nil
}

func TestDrivers(t *testing.T) {
	one, two := &driver{kind: "one"}, &driver{kind: "two"}
	drivers := provider.Drivers{two, one}
	p, err := drivers.Open(provider.ServerConfig{Kind: "one"}, provider.WithPlainHTTP(), provider.WithTimeout(1))
	require.NoError(t, err)
	require.NotNil(t, p)
	require.Equal(t, 2, one.opts)
	require.Zero(t, two.opts)

	_, err = drivers.Open(provider.ServerConfig{Kind: "three", Secret: provider.NewSecret(hush)})
	require.ErrorIs(t, err, provider.ErrInvalid)
	require.EqualError(t, err, `open server: refused before sending: kind: no driver "three" (known: one, two)`)
}

func TestDescription(t *testing.T) {
	d := provider.Description{
		Options: []provider.OptionSpec{{Name: "a", Label: "A"}},
		Capabilities: provider.Capabilities{
			provider.CapGet: {Level: provider.Native}, provider.CapList: {Level: provider.Unverified}, provider.CapPower: {Level: provider.Unsupported}, provider.CapRenew: {},
		},
	}
	o, ok := d.Option("a")
	require.True(t, ok)
	require.Equal(t, "A", o.Label)
	_, ok = d.Option("b")
	require.False(t, ok)
	for _, name := range provider.AllCapabilities() {
		require.Equal(t, name == provider.CapGet || name == provider.CapList, d.Capabilities.Has(name), name)
	}
	seen := map[provider.Capability]bool{}
	for _, name := range provider.AllCapabilities() {
		require.False(t, seen[name], name)
		seen[name] = true
	}
	require.Len(t, seen, 19)
	require.False(t, provider.Capabilities(nil).Has(provider.CapGet))
}

func TestReports(t *testing.T) {
	r := provider.CheckReport{Steps: []provider.CheckStep{
		{Name: provider.CheckTCP, State: provider.CheckOK}, {Name: provider.CheckTLS, State: provider.CheckWarning}, {Name: provider.CheckAPI, State: provider.CheckSkipped},
	}}
	require.True(t, r.OK())
	require.Nil(t, r.Failed())
	require.Equal(t, provider.CheckWarning, r.Step(provider.CheckTLS).State)
	require.Nil(t, r.Step("nothing"))
	r.Steps = append(r.Steps, provider.CheckStep{Name: "one", State: provider.CheckFailed}, provider.CheckStep{Name: "two", State: provider.CheckFailed})
	require.False(t, r.OK())
	require.Equal(t, "one", r.Failed().Name)

	require.True(t, provider.Usage{Used: 2, Limit: 1}.Over())
	require.False(t, provider.Usage{Used: 1, Limit: 1}.Over())
	require.False(t, provider.Usage{Used: 2, Unlimited: true}.Over())
	require.False(t, provider.Usage{Used: 2, LimitUnknown: true}.Over())
	u := provider.UsageReport{Values: []provider.Usage{{Metric: provider.MetricDisk, Used: 5}}}
	disk, ok := u.Value(provider.MetricDisk)
	require.True(t, ok)
	require.EqualValues(t, 5, disk.Used)
	_, ok = u.Value(provider.MetricTraffic)
	require.False(t, ok)

	require.True(t, provider.Query{}.IsZero())
	require.False(t, provider.Query{Domain: "x"}.IsZero())
}
