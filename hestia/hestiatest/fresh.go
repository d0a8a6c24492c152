package hestiatest

import (
	"slices"
	"strings"
)

// checkFresh checks that nothing is in the way of a domain: one of the same kind of any user, or
// one of any kind of another user.
func (c *call) checkFresh(kind string, names []string) int {
	var list []string
	for _, name := range names {
		for domain := range strings.SplitSeq(c.v[name], ",") {
			if domain != "" && domain != "none" {
				list = append(list, domain)
			}
		}
	}
	for _, domain := range list {
		if code := c.freshDomain(kind, domain); code != 0 {
			return code
		}
	}
	return 0
}

func (c *call) freshDomain(kind, domain string) int {
	for _, part := range []struct{ file, text string }{{"web", "Web domain"}, {"", ""}, {"dns", "DNS domain"}, {"mail", "Mail domain"}} {
		if part.file == "" {
			// Aliases block only websites, and those of all users, since the panel's comparison of
			// owners compares a name with itself.
			if kind == "web" && c.st.aliasTaken(domain) {
				return c.fail(eExists, "Web alias %s exists", domain)
			}
			continue
		}
		for _, a := range c.st.users {
			if a.file(part.file).find("DOMAIN", domain) != nil && (kind == part.file || a.name != c.v["user"]) {
				return c.fail(eExists, "%s %s exists", part.text, domain)
			}
		}
	}
	if kind == "mail" {
		return c.freshMailNames(domain)
	}
	return 0
}

// freshMailNames checks that the names which a mail domain needs below itself do not collide with
// other mail domains.
func (c *call) freshMailNames(domain string) int {
	sub, above, _ := strings.Cut(domain, ".")
	for _, reserved := range []string{"mail", c.st.config["WEBMAIL_ALIAS"]} {
		if reserved == "" {
			continue
		}
		if c.st.ownerOf("mail", reserved+"."+domain) != nil {
			return c.fail(eExists, `Required subdomain "%s.%s" already exists`, reserved, domain)
		}
		if sub == reserved && c.st.ownerOf("mail", above) != nil {
			return c.fail(eInvalid, `The subdomain "%s." is reserved by "%s"`, sub, above)
		}
	}
	return 0
}

// checkBase refuses subdomains of other users' domains, if the server is configured to.
func (c *call) checkBase(names []string) int {
	if c.server.noList {
		return c.fail(eNotExist, "public_suffix_list.dat not found")
	}
	if !c.st.config.yes("ENFORCE_SUBDOMAIN_OWNERSHIP") {
		return 0
	}
	for _, name := range names {
		for domain := range strings.SplitSeq(c.v[name], ",") {
			base := baseDomain(domain)
			if domain == "" || domain == "none" || base == domain {
				continue
			}
			for _, a := range c.st.users {
				site := a.file("web").find("DOMAIN", base)
				if site != nil && a.name != c.v["user"] && !site.yes("ALLOW_USERS") {
					c.say("Error: Unable to add %s. %s belongs to a different user", domain, base)
					return eExists
				}
			}
		}
	}
	return 0
}

// isSubdomain reports whether a name is below a registered domain.
func isSubdomain(domain string) bool { return baseDomain(domain) != domain }

// baseDomain returns the registered domain of a name: one label before the public suffix.
func baseDomain(domain string) string {
	labels := strings.Split(domain, ".")
	keep := 2
	if n := len(labels); n > 2 && slices.Contains(longSuffixes, labels[n-2]+"."+labels[n-1]) {
		keep = 3
	}
	if len(labels) <= keep {
		return domain
	}
	return strings.Join(labels[len(labels)-keep:], ".")
}

// aliasTaken reports whether any user's website has that alias.
func (st *state) aliasTaken(alias string) bool {
	for _, a := range st.users {
		for _, site := range a.file("web").rows {
			if slices.Contains(split(site["ALIAS"]), alias) {
				return true
			}
		}
	}
	return false
}

// ownerOf returns the owner of a domain; nil if it has none.
func (st *state) ownerOf(file, domain string) *account {
	for _, a := range st.users {
		if a.file(file).find("DOMAIN", domain) != nil {
			return a
		}
	}
	return nil
}

// split splits a list at commas; an empty text has no parts.
func split(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}

// without removes one entry from a comma list.
func without(list, entry string) string {
	return strings.Join(slices.DeleteFunc(split(list), func(have string) bool { return have == entry }), ",")
}

// with appends one entry to a comma list.
func with(list, entry string) string {
	return strings.Join(append(split(list), entry), ",")
}

func sortedOnce(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}
