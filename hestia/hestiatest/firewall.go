package hestiatest

import (
	"slices"
	"strconv"
)

// firewallEffects keeps rules, bans and chains. The firewall is off until v-add-sys-firewall, and lets every request
// through when it is on.
func firewallEffects() map[string]effect {
	switched := func(system string) effect {
		return func(c *call) int {
			c.st.config["FIREWALL_SYSTEM"] = system
			return 0
		}
	}
	return map[string]effect{
		"v-add-sys-firewall":        switched("iptables"),
		"v-delete-sys-firewall":     switched(""),
		"v-update-firewall":         func(*call) int { return 0 },
		"v-stop-firewall":           func(*call) int { return 0 },
		"v-list-firewall":           func(c *call) int { return c.list(c.st.rules.rows) },
		"v-list-firewall-rule":      func(c *call) int { return c.list([]row{c.st.rules.find("RULE", c.v["rule"])}) },
		"v-add-firewall-rule":       addFirewallRule,
		"v-change-firewall-rule":    func(c *call) int { return c.putFirewallRule() },
		"v-delete-firewall-rule":    deleteFirewallRule,
		"v-move-firewall-rule":      moveFirewallRule,
		"v-suspend-firewall-rule":   suspendFirewallRule("yes"),
		"v-unsuspend-firewall-rule": suspendFirewallRule("no"),
		"v-list-firewall-ban":       func(c *call) int { return c.list(c.st.bans.rows) },
		"v-add-firewall-ban":        addFirewallBan,
		"v-delete-firewall-ban":     deleteFirewallBan,
		"v-add-firewall-chain":      addFirewallChain,
		"v-delete-firewall-chain": func(c *call) int {
			c.st.chains.remove("CHAIN", c.v["chain"])
			c.st.bans.remove("CHAIN", c.v["chain"])
			return 0
		},
	}
}

func addFirewallRule(c *call) int {
	if c.v["rule"] == "" {
		c.v["rule"] = c.st.rules.next("RULE")
	}
	if c.st.rules.find("RULE", c.v["rule"]) != nil {
		return c.fail(eExists, "RULE=%s already exists", c.v["rule"])
	}
	return c.putFirewallRule()
}

// putFirewallRule writes a rule anew, so a suspended one works again.
func (c *call) putFirewallRule() int {
	c.st.rules.remove("RULE", c.v["rule"])
	c.st.rules.add(c.stamp(row{
		"RULE": c.v["rule"], "ACTION": c.v["action"], "PROTOCOL": c.v["protocol"], "PORT": c.v["port_ext"], "IP": c.v["ipv4_cidr"],
		"COMMENT": c.v["comment"], "SUSPENDED": "no",
	}))
	c.st.rules.sortByNumber("RULE")
	return 0
}

// deleteFirewallRule moves the rules after it up.
func deleteFirewallRule(c *call) int {
	c.st.rules.remove("RULE", c.v["rule"])
	for i, r := range c.st.rules.rows {
		r["RULE"] = strconv.Itoa(i + 1)
	}
	return 0
}

func moveFirewallRule(c *call) int {
	rules := c.st.rules.rows
	at := slices.IndexFunc(rules, func(r row) bool { return r["RULE"] == c.v["source_rule"] })
	to := at + 1
	switch c.v["direction"] {
	case "UP":
		if to = at - 1; to < 0 {
			c.say("Cannot move rule up. It's already the first rule.")
			return eArgs
		}
	case "DOWN":
		if to == len(rules) {
			c.say("Cannot move rule down. It's already the last rule.")
			return eArgs
		}
	default:
		c.say("Invalid direction. Use 'up' or 'down'.")
		return eArgs
	}
	rules[at]["RULE"], rules[to]["RULE"] = rules[to]["RULE"], rules[at]["RULE"]
	c.stamp(rules[at])
	c.stamp(rules[to])
	c.st.rules.sortByNumber("RULE")
	return 0
}

func suspendFirewallRule(flag string) effect {
	return func(c *call) int {
		c.st.rules.find("RULE", c.v["rule"])["SUSPENDED"] = flag
		return 0
	}
}

// addFirewallBan does nothing for the server's own addresses, and for what is banned already.
func addFirewallBan(c *call) int {
	ip, chain := c.v["ipv4_cidr"], c.v["chain"]
	banned := func(r row) bool { return r["IP"] == ip && r["CHAIN"] == chain }
	if ip == "127.0.0.1" || c.st.ips.find("IP", ip) != nil || slices.ContainsFunc(c.st.bans.rows, banned) {
		return 0
	}
	c.run("v-add-firewall-chain", chain)
	c.st.bans.add(c.stamp(row{"IP": ip, "CHAIN": chain}))
	return 0
}

// deleteFirewallBan takes the chain ALL by its word, as few do: the panel then looks for a chain named *.
func deleteFirewallBan(c *call) int {
	c.st.bans.rows = slices.DeleteFunc(c.st.bans.rows, func(r row) bool { return r["IP"] == c.v["ipv4_cidr"] && r["CHAIN"] == c.v["chain"] })
	return 0
}

var knownChains = []string{"SSH", "FTP", "MAIL", "DNS", "WEB", "DB", "HESTIA", "RECIDIVE"}

func addFirewallChain(c *call) int {
	chain := c.v["chain"]
	if len(c.args) < 2 && !slices.Contains(knownChains, chain) {
		c.say("Usage: %s CHAIN PORT", c.cmd.name)
		return eArgs
	}
	if c.st.chains.find("CHAIN", chain) == nil {
		c.st.chains.add(row{"CHAIN": chain, "PORT": c.v["port"], "PROTOCOL": c.v["protocol"]})
	}
	return 0
}
