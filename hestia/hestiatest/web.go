package hestiatest

import (
	"maps"
	"slices"
	"strings"
)

func webEffects() map[string]effect {
	return map[string]effect{
		"v-add-web-domain":        addWebDomain,
		"v-delete-web-domain":     deleteWebDomain,
		"v-suspend-web-domain":    suspendWebDomain,
		"v-unsuspend-web-domain":  unsuspendWebDomain,
		"v-suspend-web-domains":   func(c *call) int { return c.eachSite("v-suspend-web-domain", "no") },
		"v-unsuspend-web-domains": func(c *call) int { return c.eachSite("v-unsuspend-web-domain", "yes") },
		"v-delete-web-domains":    func(c *call) int { return c.eachSite("v-delete-web-domain", "no") },
		"v-list-web-domain":       func(c *call) int { return c.list([]row{c.site().listedSite(c.user)}) },
		"v-list-web-domains":      listWebDomains,
		"v-rebuild-web-domain":    func(c *call) int { return c.rebuildSite(c.site(), c.v["restart"]) },
		"v-rebuild-web-domains": func(c *call) int {
			for _, site := range c.user.file("web").rows {
				c.rebuildSite(site, "no")
			}
			return c.reloadWeb(c.v["restart"])
		},
	}
}

// site returns the website that the command is about.
func (c *call) site() row { return c.user.file("web").find("DOMAIN", c.v["domain"]) }

// eachSite runs a command on all websites of a user in one state, and reloads once. It ignores
// failures.
func (c *call) eachSite(name, suspended string) int {
	for _, site := range c.user.file("web").with("SUSPENDED", suspended) {
		c.run(name, c.v["user"], site["DOMAIN"], "no")
	}
	return c.reloadWeb(c.v["restart"])
}

func addWebDomain(c *call) int {
	domain, aliases := c.v["domain"], normalAliases(c.v["aliases"])
	ip := c.v["ip"]
	local := c.st.localIP(ip)
	if local == nil {
		if local = c.st.userIP(c.user.name); local == nil {
			return c.fail(eNotExist, "no IP is available")
		}
		if ip = local["NAT"]; ip == "" {
			ip = local["IP"]
		}
	}
	if c.user.file("folders").find("DOMAIN", domain) != nil {
		return c.fail(eExists, "Web domain folder for %s should not exist", domain)
	}
	switch {
	case aliases == "none":
		aliases = ""
	case aliases == "" && !isSubdomain(domain):
		aliases = "www." + domain
	}
	if local["NAME"] != "" && c.v["aliases"] != "none" {
		aliases = with(aliases, strings.ReplaceAll(domain, ".", "-")+"."+local["NAME"])
	}
	extensions := c.v["proxy_ext"]
	if extensions == "" {
		extensions = proxyExtensions
	}
	conf := c.user.conf
	c.st.useIP(local, c.user)
	conf.raise("U_WEB_DOMAINS", 1)
	conf.raise("U_WEB_ALIASES", len(split(aliases)))
	c.user.file("web").add(c.stamp(row{
		"DOMAIN": domain, "IP": ip, "IP6": "", "CUSTOM_DOCROOT": "", "ALIAS": aliases, "TPL": orDefault(conf["WEB_TEMPLATE"]),
		"SSL": "no", "SSL_FORCE": "no", "SSL_HOME": "same", "LETSENCRYPT": "no", "FTP_USER": "", "FTP_MD5": "",
		"BACKEND": orDefault(conf["BACKEND_TEMPLATE"]), "PROXY": orDefault(conf["PROXY_TEMPLATE"]), "PROXY_EXT": extensions,
		"STATS": "", "STATS_USER": "", "STATS_CRYPT": "", "U_DISK": "0", "U_BANDWIDTH": "0", "SUSPENDED": "no",
	}))
	c.user.note(c.now, "Info", "Web", "Added new web domain (Name: "+domain+").")
	return c.reloadWeb(c.v["restart"])
}

func orDefault(template string) string {
	if template == "" {
		return "default"
	}
	return template
}

func deleteWebDomain(c *call) int {
	site, conf := c.site(), c.user.conf
	domain := site["DOMAIN"]
	for login := range strings.SplitSeq(site["FTP_USER"], ":") {
		delete(c.user.secrets, "ftp "+login)
	}
	delete(c.user.certs, domain)
	c.user.file("web").remove("DOMAIN", domain)
	c.st.leaveIP(site["IP"], c.user)
	conf.lower("U_WEB_DOMAINS", 1)
	if site.yes("SSL") {
		conf.lower("U_WEB_SSL", 1)
	}
	if n := len(split(site["ALIAS"])); n > 0 {
		conf.lower("U_WEB_ALIASES", n)
	}
	if site.yes("SUSPENDED") {
		conf.lower("SUSPENDED_WEB", 1)
	}
	c.user.note(c.now, "Info", "Web", "Deleted web domain (Name: "+domain+").")
	return c.reloadWeb(c.v["restart"])
}

func suspendWebDomain(c *call) int {
	site := c.site()
	site["SUSPENDED"] = "yes"
	c.user.conf.raise("SUSPENDED_WEB", 1)
	c.rebuildSite(site, "no")
	return c.reloadWeb(c.v["restart"])
}

func unsuspendWebDomain(c *call) int {
	site := c.site()
	site["SUSPENDED"] = "no"
	c.user.conf.lower("SUSPENDED_WEB", 1)
	c.rebuildSite(site, "no")
	return c.reloadWeb(c.v["restart"])
}

// rebuildSite removes the redirect to https and HSTS, and adds them again. Adding them is refused
// for suspended sites, so a suspended site loses them; the command prints that and ends with 0.
func (c *call) rebuildSite(site row, restart string) int {
	user, domain := c.v["user"], site["DOMAIN"]
	for key, name := range map[string]string{"SSL_FORCE": "force"} {
		if site.yes(key) {
			c.run("v-delete-web-domain-ssl-"+name, user, domain, "no", "yes")
			c.run("v-add-web-domain-ssl-"+name, user, domain, "no", "yes")
		}
	}
	if site.yes("SSL_HSTS") {
		c.run("v-delete-web-domain-ssl-hsts", user, domain, "no", "yes")
		c.run("v-add-web-domain-ssl-hsts", user, domain, "no", "yes")
	}
	return c.reloadWeb(restart)
}

// listedSite returns a website as lists print it.
func (r row) listedSite(a *account) row {
	site := maps.Clone(r)
	site["DOCROOT"] = site["CUSTOM_DOCROOT"]
	if site["DOCROOT"] == "" {
		site["DOCROOT"] = "/home/" + a.name + "/web/" + site["DOMAIN"] + "/public_html/"
	}
	return site
}

func listWebDomains(c *call) int {
	var rows []row
	for _, site := range c.user.file("web").rows {
		rows = append(rows, site.listedSite(c.user))
	}
	if c.v["format"] != "shell" {
		return c.list(rows)
	}
	// The panel tries to align these in columns, and fails.
	c.say("DOMAIN   IP   TPL   SSL   DISK   BW   SPND   DATE")
	c.say("------   --   ---   ---   ----   --   ----   -----")
	for _, r := range rows {
		c.say("%s %s %s %s %s %s %s %s", r["DOMAIN"], r["IP"], r["TPL"], r["SSL"], r["U_DISK"], r["U_BANDWIDTH"], r["SUSPENDED"], r["DATE"])
	}
	return 0
}

func webHooks() map[string]hook {
	return map[string]hook{
		"notip": func(c *call, _ []string) int {
			if isIPv4(c.v["domain"]) {
				c.say("Error: Invalid domain format. IP address detected as input.")
				return eArgs
			}
			return 0
		},
		"aliasesgiven": func(c *call, _ []string) int {
			if c.v["aliases"] = normalAliases(c.v["aliases"]); c.v["aliases"] == "" {
				return c.fail(eInvalid, "Invalid alias format: empty")
			}
			return 0
		},
		"haswebalias": func(c *call, _ []string) int {
			if !slices.Contains(split(c.site()["ALIAS"]), c.v["dom_alias"]) {
				return c.fail(eNotExist, "alias %s doesn't exist", c.v["dom_alias"])
			}
			return 0
		},
		"newftp": func(c *call, _ []string) int {
			if login := c.v["ftp_user"]; c.st.ftpTaken(login) {
				return c.fail(eExists, "ftp user %s already exists", login)
			}
			return 0
		},
		"hasftp": func(c *call, _ []string) int {
			if !slices.Contains(strings.Split(c.site()["FTP_USER"], ":"), c.v["ftp_user"]) || c.v["ftp_user"] == "" {
				return c.fail(eNotExist, "account %s doesn't exist", c.v["ftp_user"])
			}
			return 0
		},
		"newauth": func(c *call, _ []string) int {
			if slices.Contains(strings.Split(c.site()["AUTH_USER"], ":"), c.v["auth_user"]) && c.v["auth_user"] != "" {
				return c.fail(eExists, "auth user %s already exists", c.v["auth_user"])
			}
			return 0
		},
		"hasauth": func(c *call, _ []string) int {
			if !slices.Contains(strings.Split(c.site()["AUTH_USER"], ":"), c.v["auth_user"]) {
				return c.fail(eNotExist, "auth user %s doesn't exist", c.v["auth_user"])
			}
			return 0
		},
		"newname": func(c *call, _ []string) int {
			if c.st.ownerOf("web", c.v["new_domain"]) != nil {
				return c.fail(eExists, "%s already exists", c.v["new_domain"])
			}
			return 0
		},
		"docroottarget": func(c *call, _ []string) int {
			return c.docrootTarget()
		},
		"redirect": func(c *call, _ []string) int {
			if _, ok := redirectTarget(c.v["redirect"]); !ok {
				return c.fail(eInvalid, "Invalid redirect")
			}
			return 0
		},
		"duration": func(c *call, _ []string) int {
			if d := c.v["duration"]; len(d) < 2 || d[0] < '1' || d[0] > '9' || !strings.ContainsAny(d[len(d)-1:], "s|md") {
				c.say("Invalid duration")
				return eInvalid
			}
			return 0
		},
		"letarget":      func(c *call, _ []string) int { return c.letsEncryptTarget() },
		"letsencrypted": func(c *call, _ []string) int { return c.letsEncrypted() },
		"certificate":   func(c *call, _ []string) int { return c.certificateUsable() },
	}
}

func (st *state) ftpTaken(login string) bool {
	for _, a := range st.users {
		for _, site := range a.file("web").rows {
			if slices.Contains(strings.Split(site["FTP_USER"], ":"), login) {
				return true
			}
		}
	}
	return false
}
