package hestia_test

import (
	"context"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/provider"
)

func TestFirewallSendings(t *testing.T) {
	rule := &hestia.FirewallRuleRequest{Action: "DROP", IP: "192.0.2.0/24", Port: "80,443"}
	checkSendings(t, "Firewall", []sending{
		{"Firewall.AddBan", func(ctx context.Context, c *hestia.Client) error {
			return c.Firewall.AddBan(ctx, "192.0.2.9", "SSH")
		}, "v-add-firewall-ban|192.0.2.9|SSH", ""},
		{"Firewall.AddChain", func(ctx context.Context, c *hestia.Client) error {
			return c.Firewall.AddChain(ctx, "WEB", nil)
		}, "v-add-firewall-chain|WEB", ""},
		{"Firewall.AddChain", func(ctx context.Context, c *hestia.Client) error {
			return c.Firewall.AddChain(ctx, "CRM", &hestia.FirewallAddChainOptions{Port: "5678", Protocol: "UDP"})
		}, "v-add-firewall-chain|CRM|5678|UDP", ""},
		{"Firewall.AddIPSet", func(ctx context.Context, c *hestia.Client) error {
			return c.Firewall.AddIPSet(ctx, "nl", nil)
		}, "v-add-firewall-ipset|nl", ""},
		{"Firewall.AddIPSet", func(ctx context.Context, c *hestia.Client) error {
			return c.Firewall.AddIPSet(ctx, "nl", &hestia.FirewallAddIPSetOptions{Source: "https://x.example/nl", AutoUpdate: new(false)})
		}, "v-add-firewall-ipset|nl|https://x.example/nl||no", ""},
		{"Firewall.AddIPSet", func(ctx context.Context, c *hestia.Client) error {
			return c.Firewall.AddIPSet(ctx, "nl", &hestia.FirewallAddIPSetOptions{Refresh: true})
		}, "v-add-firewall-ipset|nl||||yes", ""},
		{"Firewall.AddRule", func(ctx context.Context, c *hestia.Client) error {
			return c.Firewall.AddRule(ctx, rule, nil)
		}, "v-add-firewall-rule|DROP|192.0.2.0/24|80,443", ""},
		{"Firewall.AddRule", func(ctx context.Context, c *hestia.Client) error {
			return c.Firewall.AddRule(ctx, rule, &hestia.FirewallAddRuleOptions{Number: 3})
		}, "v-add-firewall-rule|DROP|192.0.2.0/24|80,443|TCP||3", ""},
		{"Firewall.AddSysFirewall", func(ctx context.Context, c *hestia.Client) error {
			return c.Firewall.AddSysFirewall(ctx)
		}, "v-add-sys-firewall", ""},
		{"Firewall.ChangeRule", func(ctx context.Context, c *hestia.Client) error {
			return c.Firewall.ChangeRule(ctx, 3, rule, nil)
		}, "v-change-firewall-rule|3|DROP|192.0.2.0/24|80,443", ""},
		{"Firewall.ChangeRule", func(ctx context.Context, c *hestia.Client) error {
			return c.Firewall.ChangeRule(ctx, 3, rule, &hestia.FirewallChangeRuleOptions{Comment: "WEB"})
		}, "v-change-firewall-rule|3|DROP|192.0.2.0/24|80,443|TCP|WEB", ""},
		{"Firewall.DeleteBan", func(ctx context.Context, c *hestia.Client) error {
			return c.Firewall.DeleteBan(ctx, "192.0.2.9", hestia.AllChains)
		}, "v-delete-firewall-ban|192.0.2.9|ALL", ""},
		{"Firewall.DeleteChain", func(ctx context.Context, c *hestia.Client) error {
			return c.Firewall.DeleteChain(ctx, "CRM")
		}, "v-delete-firewall-chain|CRM", ""},
		{"Firewall.DeleteIPSet", func(ctx context.Context, c *hestia.Client) error {
			return c.Firewall.DeleteIPSet(ctx, "nl")
		}, "v-delete-firewall-ipset|nl", ""},
		{"Firewall.DeleteRule", func(ctx context.Context, c *hestia.Client) error {
			return c.Firewall.DeleteRule(ctx, 3)
		}, "v-delete-firewall-rule|3", ""},
		{"Firewall.DeleteSysFirewall", func(ctx context.Context, c *hestia.Client) error {
			return c.Firewall.DeleteSysFirewall(ctx)
		}, "v-delete-sys-firewall", ""},
		{"Firewall.GetRule", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Firewall.GetRule(ctx, 3))
		}, "v-list-firewall-rule|3|json", `{"3": {"ACTION": "DROP"}}`},
		{"Firewall.ListRules", func(ctx context.Context, c *hestia.Client) error {
			return drain(c.Firewall.ListRules(ctx))
		}, "v-list-firewall|json", "{\n}"},
		{"Firewall.ListBans", func(ctx context.Context, c *hestia.Client) error {
			return drain(c.Firewall.ListBans(ctx))
		}, "v-list-firewall-ban|json", "{\n}"},
		{"Firewall.ListIPSets", func(ctx context.Context, c *hestia.Client) error {
			return drain(c.Firewall.ListIPSets(ctx))
		}, "v-list-firewall-ipset|json", "{\n}"},
		{"Firewall.MoveRule", func(ctx context.Context, c *hestia.Client) error {
			return c.Firewall.MoveRule(ctx, 3, hestia.MoveUp)
		}, "v-move-firewall-rule|3|up", ""},
		{"Firewall.Stop", func(ctx context.Context, c *hestia.Client) error {
			return c.Firewall.Stop(ctx)
		}, "v-stop-firewall", ""},
		{"Firewall.SuspendRule", func(ctx context.Context, c *hestia.Client) error {
			return c.Firewall.SuspendRule(ctx, 3)
		}, "v-suspend-firewall-rule|3", ""},
		{"Firewall.UnsuspendRule", func(ctx context.Context, c *hestia.Client) error {
			return c.Firewall.UnsuspendRule(ctx, 3)
		}, "v-unsuspend-firewall-rule|3", ""},
		{"Firewall.Update", func(ctx context.Context, c *hestia.Client) error {
			return c.Firewall.Update(ctx)
		}, "v-update-firewall", ""},
		{"Firewall.UpdateIPSets", func(ctx context.Context, c *hestia.Client) error {
			return c.Firewall.UpdateIPSets(ctx, hestia.RefreshDue)
		}, "v-update-firewall-ipset", ""},
		{"Firewall.UpdateIPSets", func(ctx context.Context, c *hestia.Client) error {
			return c.Firewall.UpdateIPSets(ctx, hestia.RefreshNone)
		}, "v-update-firewall-ipset|load", ""},
	})
}

func TestFirewallRecordings(t *testing.T) {
	ping := &hestia.FirewallRule{
		Number: 1, Action: "ACCEPT", Protocol: "ICMP", Port: "0", IP: "0.0.0.0/0", Comment: "PING", Changed: made("2014-09-16 17:13:48"),
	}
	rules := func(ctx context.Context, c *hestia.Client) ([]*hestia.FirewallRule, error) {
		return collect(c.Firewall.ListRules(ctx))
	}
	for _, from := range [][2]string{{"firewall.jsonl", "rules"}, {"errors.jsonl", "firewall off, the rules still list, key in hash"}} {
		t.Run(from[1], func(t *testing.T) {
			all, err := play(t, from[0], from[1], rules)
			require.NoError(t, err)
			require.Equal(t, ping, all[0])
			require.Equal(t, &hestia.FirewallRule{
				Number: 3, Action: "ACCEPT", Protocol: "TCP", Port: "143,993", IP: "0.0.0.0/0", Comment: "IMAP", Changed: made("2014-05-25 07:40:16"),
			}, all[2])
			for i, rule := range all {
				require.EqualValues(t, i+1, rule.Number, "in order")
			}
		})
	}
	t.Run("rule", func(t *testing.T) {
		rule, err := play(t, "firewall.jsonl", "rule", func(ctx context.Context, c *hestia.Client) (*hestia.FirewallRule, error) {
			return c.Firewall.GetRule(ctx, 1)
		})
		require.NoError(t, err)
		require.Equal(t, ping, rule)
	})
	ssh := func(ctx context.Context, c *hestia.Client) error {
		return c.Firewall.AddRule(ctx, &hestia.FirewallRuleRequest{Action: "ACCEPT", IP: "0.0.0.0/0", Port: "22"}, nil)
	}
	checkChanged(t, []changed{
		{"firewall.jsonl", "add while off", func(ctx context.Context, c *hestia.Client) error {
			return c.Firewall.AddRule(ctx, &hestia.FirewallRuleRequest{Action: "ACCEPT", IP: "192.0.2.0/24", Port: "8080"},
				&hestia.FirewallAddRuleOptions{Protocol: "TCP", Comment: "TEST"})
		}, hestia.ExitDisabled, provider.ErrUnsupported},
		{"firewall.jsonl", "rule, unknown", func(ctx context.Context, c *hestia.Client) error { return drop(c.Firewall.GetRule(ctx, 99)) },
			hestia.ExitNotExist, provider.ErrNotFound},
		{"errors.jsonl", "11 subsystem disabled, access key", ssh, hestia.ExitDisabled, provider.ErrUnsupported},
		{"errors.jsonl", "11 subsystem disabled, access key, returncode=yes", ssh, hestia.ExitDisabled, provider.ErrUnsupported},
		{"errors.jsonl", "11 subsystem disabled, legacy", ssh, hestia.ExitDisabled, provider.ErrUnsupported},
		{"errors.jsonl", "11 subsystem disabled, legacy, returncode=yes", ssh, hestia.ExitDisabled, provider.ErrUnsupported},
		{"errors.jsonl", "11 firewall ban, legacy", func(ctx context.Context, c *hestia.Client) error {
			return c.Firewall.AddBan(ctx, "192.0.2.99", "SSH")
		}, hestia.ExitDisabled, provider.ErrUnsupported},
		{"sys.jsonl", "v-list-firewall-ipset json, access key", func(ctx context.Context, c *hestia.Client) error {
			return drain(c.Firewall.ListIPSets(ctx))
		}, hestia.ExitDisabled, provider.ErrUnsupported},
	})
}

// One address can be banned in several chains; then the panel prints its name twice.
func TestFirewallBansOfOneAddress(t *testing.T) {
	c := withKey(t, newPanel(exit(0, http.StatusOK, `{
    "192.0.2.9": {"IP": "192.0.2.9", "CHAIN": "SSH", "TIME": "04:52:12", "DATE": "2026-11-21"},
    "192.0.2.8": {"IP": "192.0.2.8", "CHAIN": "WEB", "TIME": "04:52:13", "DATE": "2026-11-21"},
    "192.0.2.9": {"IP": "192.0.2.9", "CHAIN": "MAIL", "TIME": "04:52:14", "DATE": "2026-11-21"}
}`)))
	bans, err := collect(c.Firewall.ListBans(t.Context()))
	require.NoError(t, err)
	require.Equal(t, []*hestia.FirewallBan{
		{IP: "192.0.2.9", Chain: "SSH", Created: made("2026-11-21 04:52:12")},
		{IP: "192.0.2.8", Chain: "WEB", Created: made("2026-11-21 04:52:13")},
		{IP: "192.0.2.9", Chain: "MAIL", Created: made("2026-11-21 04:52:14")},
	}, bans)
}

func TestFirewallIPSets(t *testing.T) {
	c := withKey(t, newPanel(exit(0, http.StatusOK, `{
    "country-nl": {"IP_VERSION": "v4", "AUTOUPDATE": "yes", "SUSPENDED": "no", "SOURCE": "https://x.example/nl", "TIME": "04:52:12", "DATE": "2026-11-21"}
}`)))
	sets, err := collect(c.Firewall.ListIPSets(t.Context()))
	require.NoError(t, err)
	require.Equal(t, []*hestia.FirewallIPSet{
		{Name: "country-nl", IPVersion: "v4", AutoUpdate: true, Source: "https://x.example/nl", Updated: made("2026-11-21 04:52:12")},
	}, sets)
}

// The panel renumbers the rules, so a retry would remove another one.
func TestFirewallDeleteRuleIsNeverRepeated(t *testing.T) {
	for name, call := range map[string]func(*hestia.Client) error{
		"delete": func(c *hestia.Client) error { return c.Firewall.DeleteRule(t.Context(), 3) },
		"move":   func(c *hestia.Client) error { return c.Firewall.MoveRule(t.Context(), 3, hestia.MoveDown) },
		"add": func(c *hestia.Client) error {
			return c.Firewall.AddRule(t.Context(), &hestia.FirewallRuleRequest{Action: "DROP", IP: "192.0.2.9", Port: "0"}, nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, lost := range []answer{{err: io.ErrUnexpectedEOF}, {status: http.StatusGatewayTimeout, body: "<html>"}} {
				p := newPanel(lost, done())
				require.ErrorIs(t, call(withKey(t, p)), provider.ErrOutcomeUnknown)
				require.Equal(t, 1, p.calls())
			}
		})
	}
}

func TestFirewallRefusals(t *testing.T) {
	checkRefusals(t, []refusal{
		{"no port", func(ctx context.Context, c *hestia.Client) error {
			return c.Firewall.AddRule(ctx, &hestia.FirewallRuleRequest{Action: "DROP", IP: "192.0.2.9"}, nil)
		}, "port"},
		{"protocol without a port", func(ctx context.Context, c *hestia.Client) error {
			return c.Firewall.AddChain(ctx, "CRM", &hestia.FirewallAddChainOptions{Protocol: "UDP"})
		}, "port"},
		{"no chain", func(ctx context.Context, c *hestia.Client) error { return c.Firewall.DeleteBan(ctx, "192.0.2.9", "") }, "chain"},
		{"nil rule", func(ctx context.Context, c *hestia.Client) error { return c.Firewall.AddRule(ctx, nil, nil) }, "request"},
		{"nil change", func(ctx context.Context, c *hestia.Client) error { return c.Firewall.ChangeRule(ctx, 1, nil, nil) }, "request"},
	})
}

func TestFirewallHostileAnswers(t *testing.T) {
	checkHostile(t, map[string]func(context.Context, *hestia.Client) error{
		"rules":        func(ctx context.Context, c *hestia.Client) error { return drain(c.Firewall.ListRules(ctx)) },
		"address sets": func(ctx context.Context, c *hestia.Client) error { return drain(c.Firewall.ListIPSets(ctx)) },
	}, notLists)
	checkHostile(t, map[string]func(context.Context, *hestia.Client) error{
		"bans": func(ctx context.Context, c *hestia.Client) error { return drain(c.Firewall.ListBans(ctx)) },
	}, map[string]string{"page": "<html>", "cut off": notLists["cut off"], "bad date": notLists["bad date"], "flat": notLists["flat"]})
	checkHostile(t, map[string]func(context.Context, *hestia.Client) error{
		"rule": func(ctx context.Context, c *hestia.Client) error { return drop(c.Firewall.GetRule(ctx, 1)) },
	}, notThings)
	checkHostile(t, map[string]func(context.Context, *hestia.Client) error{
		"rules": func(ctx context.Context, c *hestia.Client) error { return drain(c.Firewall.ListRules(ctx)) },
	}, map[string]string{"number is none": `{"first": {"ACTION": "DROP"}}`})
}
