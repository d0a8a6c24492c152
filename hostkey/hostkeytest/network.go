package hostkeytest

import (
	"net/netip"
	"slices"
	"strings"
)

var networkActions = []action{
	{"ip", "get_client_ip", read, open, "", clientIP},
	{"ip", "get_ip", read, withToken, "ip", getIP},
	{"ip", "get_ptr", read, withToken, "id:server ip", getPTR},
	{"ip", "update_ptr", write, withToken, "id:server ip ptr", updatePTR},
	{"ip", "set_main", write, withToken, "id:server ip main", setMain},
	{"ip", "get_traffic", read, withToken, "", nil},
	{"ip", "list_free_ip", read, withToken, "", nil},
	{"net", "port_off", write, withToken, "id:server port", portOff},
	{"net", "port_on", write, withToken, "id:server port", portOn},
	{"net", "get_status", read, withToken, "id:server", portStatus},
	{"net", "add_ipv4", order, withToken, "id:server amount:int? vlan:int?", addIPv4},
	{"net", "remove_ipv4", destroy, withToken, "id:server", removeIPv4},
	{"net", "block_ip", write, withToken, "id:server ip description four_hours=0|1?", blockIP},
	{"net", "unblock_ip", write, withToken, "id:server ip", unblockIP},
	{"net", "show_cacti", read, withToken, "id:server port graph=1|2|3", nil},
	{"net", "show_ipv4_free", read, withToken, "id:server vlan:int?", nil},
	{"nat", "add_static_nat", write, withToken, "id:server ttl:int? secured=0|1?", addNAT},
	{"nat", "remove_static_nat", destroy, withToken, "id:server?", removeNAT},
	{"nat", "clear_static_nat", destroy, withToken, "ip", nil},
	{"nat", "drop_nat", destroy, withToken, "id:int?", nil},
}

func clientIP(c *call) reply { return ok(row{"data": row{"ip": c.caller()}}) }

func getIP(c *call) reply {
	m := c.st.byIP[c.text("ip")]
	if m == nil || c.machine(m.ID) == nil {
		return fail("IP not found")
	}
	status := m.Status
	if c.st.blockedIPs[c.text("ip")] {
		status = "blocked"
	}
	return c.data(row{
		"ip": c.text("ip"), "network": "198.18.0.0", "netmask": "255.254.0.0", "location": m.Location, "status": status,
	})
}

// ownIP returns the parameter ip, and whether the server has that address.
func (c *call) ownIP() (string, bool) {
	ip := c.text("ip")
	return ip, slices.Contains(c.m.IPs, ip)
}

func (c *call) malformedIP() reply {
	return fail("malformed IP=" + c.text("ip") + " for token")
}

func getPTR(c *call) reply {
	ip, own := c.ownIP()
	if !own {
		return c.malformedIP()
	}
	return c.data(row{"ip": ip, "ptr": c.m.PTR[ip]})
}

func updatePTR(c *call) reply {
	ip, own := c.ownIP()
	if !own {
		return c.malformedIP()
	}
	for name := range strings.SplitSeq(c.text("ptr"), "\n") {
		if !hostnameForm.MatchString(strings.TrimSuffix(strings.TrimSpace(name), ".")) {
			return c.invalid("ptr")
		}
	}
	c.m.PTR[ip] = c.text("ptr")
	return c.ok(nil)
}

// setMain takes the address in main, as the vendor's own program sends it, or 1 there.
func setMain(c *call) reply {
	ip, own := c.ownIP()
	if !own {
		return c.malformedIP()
	}
	if main := c.text("main"); main != ip && main != "1" {
		return c.invalid("main")
	}
	i := slices.Index(c.m.IPs, ip)
	c.m.IPs = slices.Insert(slices.Delete(c.m.IPs, i, i+1), 0, ip)
	return c.ok(nil)
}

func portOff(c *call) reply {
	if c.st.ignore {
		return c.ok(nil)
	}
	reason := c.text("reason")
	if reason == "" {
		reason = blockDefault
	}
	c.m.PortOff = true
	if !c.m.adminBlock {
		c.st.setTag(c.m, "block", reason, "", false)
	}
	return c.ok(nil)
}

func portOn(c *call) reply {
	if c.m.adminBlock {
		return denied()
	}
	if !c.st.ignore {
		c.m.PortOff = false
		c.st.dropTag(c.m, "block")
	}
	return c.ok(nil)
}

func portStatus(c *call) reply {
	status := "up"
	if c.m.PortOff {
		status = "down"
	}
	return c.ok(row{"id": c.id(c.m.ID), "port": "1", "status": status})
}

func addIPv4(c *call) reply {
	wanted := slices.Clone(c.values("ips"))
	if c.has("ip") {
		wanted = append(wanted, c.text("ip"))
	}
	amount, _ := c.number("amount")
	if len(wanted) == 0 && amount == 0 {
		return fail("IPv4 amount must be specified")
	}
	if len(wanted) == 0 && len(c.m.IPs)+int(min(amount, maxExtraAddresses+1)) > 1+maxExtraAddresses || len(wanted) > maxExtraAddresses {
		return c.invalid("amount")
	}
	for _, ip := range wanted {
		if address, err := netip.ParseAddr(ip); err != nil || !address.Is4() || c.st.byIP[ip] != nil {
			return fail("malformed IP=" + ip + " for token")
		}
	}
	if len(wanted) == 0 {
		for range amount {
			wanted = append(wanted, c.st.nextIP())
		}
	}
	for _, ip := range wanted {
		if !slices.Contains(c.m.IPs, ip) {
			c.m.IPs = append(c.m.IPs, ip)
			c.st.byIP[ip] = c.m
		}
	}
	return c.ok(row{
		"id": c.id(c.m.ID), "ips": rows(wanted, func(ip string) row { return row{"ip": ip, "vlan": 100} }), "keys": []string{},
	})
}

// removeIPv4 keeps the main address, since a server without any cannot be reached.
func removeIPv4(c *call) reply {
	if c.flag("remove_all") {
		for _, ip := range c.m.IPs[1:] {
			c.forgetIP(ip)
		}
		c.m.IPs = c.m.IPs[:1:1]
		return c.ok(nil)
	}
	ip, own := c.ownIP()
	if !own || ip == c.m.IPs[0] {
		return c.malformedIP()
	}
	c.forgetIP(ip)
	c.m.IPs = slices.DeleteFunc(c.m.IPs, func(other string) bool { return other == ip })
	return c.ok(nil)
}

func (c *call) forgetIP(ip string) {
	delete(c.st.byIP, ip)
	delete(c.m.PTR, ip)
	delete(c.st.blockedIPs, ip)
}

func blockIP(c *call) reply {
	ip, own := c.ownIP()
	if !own {
		return c.malformedIP()
	}
	c.st.blockedIPs[ip] = true
	return c.ok(nil)
}

func unblockIP(c *call) reply {
	ip, own := c.ownIP()
	if !own {
		return c.malformedIP()
	}
	delete(c.st.blockedIPs, ip)
	return c.ok(nil)
}

// addNAT only checks the request: the emulator has no management interfaces.
func addNAT(c *call) reply {
	if hours, there := c.number("ttl"); there && (hours < 1 || hours > maxNATHours) {
		return c.invalid("ttl")
	}
	return c.accepted(c.start(c.m, taskTime, "add_static_nat", nil))
}

func removeNAT(c *call) reply {
	if c.m == nil && !c.has("white_ip") {
		return c.noServer()
	}
	m := c.m
	if m == nil {
		m = new(machine)
	}
	return c.accepted(c.start(m, taskTime, "remove_static_nat", nil))
}
