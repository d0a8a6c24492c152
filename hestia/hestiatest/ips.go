package hestiatest

import "strings"

func ipEffects() map[string]effect {
	return map[string]effect{
		"v-add-sys-ip":           addIP,
		"v-delete-sys-ip":        deleteIP,
		"v-change-sys-ip-name":   changeIP("NAME", "ip_name"),
		"v-change-sys-ip-nat":    changeNAT,
		"v-change-sys-ip-status": changeIP("STATUS", "ip_status"),
		"v-change-sys-ip-owner":  changeIPOwner,
		"v-list-sys-ip": func(c *call) int {
			return c.list([]row{c.st.ips.find("IP", c.v["ip"])})
		},
		"v-list-sys-ips":           func(c *call) int { return c.list(c.st.ips.rows) },
		"v-list-user-ips":          func(c *call) int { return c.list(c.st.userIPs(c.user.name)) },
		"v-list-sys-interfaces":    func(c *call) int { return c.words("INTERFACE", []string{interfaceName}) },
		"v-update-sys-ip-counters": recountIPs,
	}
}

// userIPs returns the addresses that a user may use: its own, and the root user's shared ones.
func (st *state) userIPs(user string) []row {
	own := st.ips.with("OWNER", user)
	for _, ip := range st.ips.with("OWNER", st.root()) {
		if ip["STATUS"] == "shared" && user != st.root() {
			own = append(own, ip)
		}
	}
	return own
}

func (st *state) userIP(user string) row {
	if list := st.userIPs(user); len(list) > 0 {
		return list[0]
	}
	return nil
}

// localIP finds an address by itself, or by its public address.
func (st *state) localIP(ip string) row {
	if ip == "" {
		return nil
	}
	if r := st.ips.find("IP", ip); r != nil {
		return r
	}
	return st.ips.find("NAT", ip)
}

// useIP counts a website that uses an address.
func (st *state) useIP(ip row, a *account) {
	ip.raise("U_WEB_DOMAINS", 1)
	ip["U_SYS_USERS"] = strings.Join(sortedOnce(append(split(ip["U_SYS_USERS"]), a.name)), ",")
}

// leaveIP is the reverse of useIP. It also removes the user from the address if this was the user's
// last website there.
func (st *state) leaveIP(address string, a *account) {
	ip := st.localIP(address)
	if ip == nil {
		return
	}
	if n := number(ip["U_WEB_DOMAINS"]); n > 0 {
		ip.raise("U_WEB_DOMAINS", -1)
	}
	if len(a.file("web").with("IP", address)) == 0 {
		ip["U_SYS_USERS"] = without(ip["U_SYS_USERS"], a.name)
	}
}

// ipUsable checks that an address exists and, with forUser, that the user may use it.
func (c *call) ipUsable(forUser bool) int {
	address := c.v["ip"]
	if address == "" && c.cmd.name == "v-add-web-domain" {
		return 0 // the user's first one is used
	}
	ip := c.st.localIP(address)
	if ip == nil {
		return c.fail(eNotExist, "IP %s doesn't exist", address)
	}
	user, owner := c.v["user"], ip["OWNER"]
	if forUser && owner != user && (ip["STATUS"] == "dedicated" || owner != c.st.root()) {
		return c.fail(eForbidden, "%s user can't use IP %s", user, address)
	}
	return 0
}

func (c *call) ipIdle(ip row, key string) int {
	if value := ip[key]; value != "" && value != "0" {
		return c.fail(eExists, "IP is in use / %s = %s", strings.TrimPrefix(key, "U_"), value)
	}
	return 0
}

func addIP(c *call) int {
	owner := c.v["user"]
	if owner == "" {
		owner = c.st.root()
	}
	status := c.v["ip_status"]
	if owner != c.st.root() {
		status = "dedicated"
	}
	if status == "" {
		status = "shared"
	}
	iface := c.v["iface"]
	if iface == "" {
		iface = interfaceName
	}
	c.st.ips.add(c.stamp(row{
		"IP": c.v["ip"], "OWNER": owner, "STATUS": status, "NAME": c.v["ip_name"], "U_SYS_USERS": "", "U_WEB_DOMAINS": "0",
		"INTERFACE": iface, "NETMASK": c.v["netmask"], "NAT": c.v["nat_ip"],
	}))
	c.countIP(owner, status, 1)
	return 0
}

// countIP updates how many addresses users own and may use. The root user may use all.
func (c *call) countIP(owner, status string, by int) {
	change := func(name, key string) {
		if a := c.st.user(name); a != nil {
			a.conf.raise(key, by)
		}
	}
	change(owner, "IP_OWNED")
	switch {
	case owner == c.st.root() && status == "shared":
		for _, a := range c.st.users {
			change(a.name, "IP_AVAIL")
		}
	case owner == c.st.root():
		change(owner, "IP_AVAIL")
	default:
		change(owner, "IP_AVAIL")
		change(c.st.root(), "IP_AVAIL")
	}
}

func deleteIP(c *call) int {
	ip := c.st.ips.find("IP", c.v["ip"])
	if ip == nil {
		return c.fail(eNotExist, "IP %s doesn't exist", c.v["ip"])
	}
	c.countIP(ip["OWNER"], ip["STATUS"], -1)
	c.st.ips.remove("IP", c.v["ip"])
	return 0
}

func changeIP(key, argument string) effect {
	return func(c *call) int {
		c.st.localIP(c.v["ip"])[key] = c.v[argument]
		return 0
	}
}

// changeNAT sets the public address of an address, and replaces the old one in websites and zones.
func changeNAT(c *call) int {
	ip := c.st.localIP(c.v["ip"])
	old, fresh := ip["NAT"], c.v["nat_ip"]
	ip["NAT"] = fresh
	if old == "" {
		return 0
	}
	for _, a := range c.st.users {
		for name, file := range a.files {
			if name != "web" && name != "dns" && !strings.HasPrefix(name, "dns/") {
				continue
			}
			for _, r := range file.rows {
				for _, key := range []string{"IP", "VALUE"} {
					if value, there := r[key]; there {
						r[key] = strings.Replace(value, old, fresh, 1)
					}
				}
			}
		}
	}
	return c.run("v-restart-dns", c.v["restart"])
}

func changeIPOwner(c *call) int {
	ip := c.st.localIP(c.v["ip"])
	c.countIP(ip["OWNER"], ip["STATUS"], -1)
	ip["OWNER"] = c.v["user"]
	if c.v["user"] != c.st.root() {
		ip["STATUS"] = "dedicated"
	}
	c.countIP(ip["OWNER"], ip["STATUS"], 1)
	return 0
}

func recountIPs(c *call) int {
	for _, ip := range c.st.ips.rows {
		n := 0
		var users []string
		for _, a := range c.st.users {
			sites := len(a.file("web").with("IP", ip["IP"]))
			if n += sites; sites > 0 {
				users = append(users, a.name)
			}
		}
		ip["U_WEB_DOMAINS"], ip["U_SYS_USERS"] = "0", strings.Join(users, ",")
		ip.raise("U_WEB_DOMAINS", n)
	}
	return 0
}
