package hestiatest

import "slices"

func domainEffects() map[string]effect {
	return map[string]effect{
		"v-add-domain":          addDomain,
		"v-delete-domain":       func(c *call) int { return c.eachKind("delete") },
		"v-suspend-domain":      func(c *call) int { return c.eachKind("suspend") },
		"v-unsuspend-domain":    func(c *call) int { return c.eachKind("unsuspend") },
		"v-search-domain-owner": searchDomainOwner,
		"v-change-domain-owner": changeDomainOwner,
	}
}

// addDomain makes a website, a zone and a mail domain. What the package has no room for is left out
// silently, unless that is everything. A failure ends the script, and what was made before stays.
func addDomain(c *call) int {
	user, domain, ip := c.v["user"], c.v["domain"], c.v["ip"]
	if ip == "" {
		own := c.st.userIP(user)
		if own == nil {
			return c.fail(eNotExist, "no IP is available")
		}
		if ip = own["NAT"]; ip == "" {
			ip = own["IP"]
		}
	}
	full := 0
	for made, kind := range []struct {
		system, limit, text string
		args                []string
	}{
		{"WEB_SYSTEM", "WEB_DOMAINS", "web", []string{"v-add-web-domain", user, domain, ip, "no"}},
		{"DNS_SYSTEM", "DNS_DOMAINS", "dns", []string{"v-add-dns-domain", user, domain, ip, "", "", "", "", "", "", "", "", "no"}},
		{"MAIL_SYSTEM", "MAIL_DOMAINS", "mail", []string{"v-add-mail-domain", user, domain, "no"}},
	} {
		if c.stopped(made) {
			return killed
		}
		if c.st.config[kind.system] == "" {
			continue
		}
		if c.silently(func() int { return c.checkRoom(kind.limit) }) != 0 {
			full++
			continue
		}
		if code := c.run(kind.args[0], kind.args[1:]...); code != 0 {
			return c.fail(code, "can't add %s domain", kind.text)
		}
	}
	if c.stopped(3) {
		return killed
	}
	if full == 3 {
		return c.fail(eLimit, "Package limit reached")
	}
	return c.restartDomain()
}

func (c *call) restartDomain() int {
	for _, service := range []string{"v-restart-web", "v-restart-proxy", "v-restart-dns"} {
		if code := c.run(service, c.v["restart"]); code != 0 {
			return code
		}
	}
	return 0
}

// eachKind runs a verb on the existing parts of a domain.
func (c *call) eachKind(verb string) int {
	domain, found := c.v["domain"], false
	for _, kind := range []string{"web", "dns", "mail"} {
		r := c.user.file(kind).find("DOMAIN", domain)
		if r == nil || (verb == "suspend" && r.yes("SUSPENDED")) || (verb == "unsuspend" && !r.yes("SUSPENDED")) {
			continue
		}
		found = true
		args := []string{c.v["user"], domain, "no"}
		if kind == "mail" && verb != "unsuspend" {
			args = args[:2]
		}
		if code := c.run("v-"+verb+"-"+kind+"-domain", args...); code != 0 {
			return code
		}
	}
	if !found {
		return c.fail(eNotExist, "domain %s doesn't exist", domain)
	}
	return c.restartDomain()
}

// searchDomainOwner prints the owner, or nothing if there is none. The real command greps: a dot matches
// any character, and the first hit wins.
func searchDomainOwner(c *call) int {
	kinds := []string{"dns", "mail", "web"}
	switch kind := c.v["type"]; kind {
	case "web", "dns", "mail":
		kinds = []string{kind}
	}
	for _, kind := range kinds {
		for _, a := range c.st.users {
			if slices.ContainsFunc(a.file(kind).rows, func(r row) bool { return greps(c.v["domain"], r["DOMAIN"]) }) {
				c.say("%s", a.name)
				return 0
			}
		}
	}
	return eNotExist
}

// nearby takes the first domain that grep finds for the one that was asked for, as the panel does where it reads one.
func nearby(c *call, words []string) int {
	for _, r := range c.user.file(words[0]).rows {
		if greps(c.v["domain"], r["DOMAIN"]) {
			c.v["domain"] = r["DOMAIN"]
			break
		}
	}
	return 0
}

// greps reports whether grep finds a domain when it looks for another one.
func greps(wanted, domain string) bool {
	if len(wanted) != len(domain) {
		return false
	}
	for i := range len(wanted) {
		if wanted[i] != '.' && wanted[i] != domain[i] {
			return false
		}
	}
	return true
}

// changeDomainOwner moves the parts of a domain to another user. For the present owner it prints a
// line and ends with 0.
func changeDomainOwner(c *call) int {
	domain, to := c.v["domain"], c.v["user"]
	moved := false
	for _, kind := range []string{"web", "dns", "mail"} {
		from := c.st.ownerOf(kind, domain)
		if from == nil || from.name == to {
			continue
		}
		moved = true
		c.moveDomain(kind, domain, from, c.user)
	}
	if !moved {
		c.say("ERROR: %s is already owned by %s.", domain, to)
	}
	return 0
}

func (c *call) moveDomain(kind, domain string, from, to *account) {
	r := from.file(kind).find("DOMAIN", domain)
	from.file(kind).remove("DOMAIN", domain)
	to.file(kind).add(r)
	counted := map[string]int{}
	switch kind {
	case "web":
		counted["U_WEB_DOMAINS"], counted["U_WEB_ALIASES"] = 1, len(split(r["ALIAS"]))
		if r.yes("SSL") {
			counted["U_WEB_SSL"] = 1
		}
		if cert, there := from.certs[domain]; there {
			to.certs[domain] = cert
			delete(from.certs, domain)
		}
		if ip := c.st.localIP(r["IP"]); ip != nil {
			c.st.leaveIP(r["IP"], from)
			c.st.useIP(ip, to)
		}
	case "dns":
		counted["U_DNS_DOMAINS"], counted["U_DNS_RECORDS"] = 1, len(from.file("dns/"+domain).rows)
	case "mail":
		counted["U_MAIL_DOMAINS"], counted["U_MAIL_ACCOUNTS"] = 1, len(from.file("mail/"+domain).rows)
		if r.yes("DKIM") {
			counted["U_MAIL_DKIM"] = 1
		}
	}
	for key, n := range counted {
		if n > 0 {
			from.conf.lower(key, n)
			to.conf.raise(key, n)
		}
	}
	if kind != "web" {
		to.files[kind+"/"+domain] = from.file(kind + "/" + domain)
		delete(from.files, kind+"/"+domain)
	}
}
