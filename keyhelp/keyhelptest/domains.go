package keyhelptest

import "strings"

func createDomainDocumented(c *call) reply {
	name := c.newDomain("domain_name")
	owner := c.owner("id_client")
	if bad, refused := c.refused(); refused {
		return bad
	}
	added := newDomainDefaults(name)
	added.ClientID = owner.ID
	body := c.documentedDomain(c.st.domains.Get(c.st.addDomain(added, c.now)))
	for _, key := range []string{"php_version", "is_enabled", "updated_at"} {
		delete(body, key)
	}
	return created(body)
}

func getDomainDocumented(c *call) reply { return getRow(c, c.st.domains, "domain", c.documentedDomain) }

func (c *call) documentedDomain(d *Domain) row {
	php := d.PHPVersion
	if php == "" {
		php = defaultPHP
	}
	var login string
	if owner := c.st.clients.Get(d.ClientID); owner != nil {
		login = owner.Username
	}
	return row{
		"id":            d.ID,
		"domain_name":   d.Name,
		"id_client":     d.ClientID,
		"document_root": "/home/" + login + "/www",
		"php_version":   php,
		"is_enabled":    !d.Disabled,
		"created_at":    documentedTime(d.CreatedAt),
		"updated_at":    documentedTime(d.UpdatedAt),
	}
}

// newDomain reads the name of a new domain and returns it in lower case.
func (c *call) newDomain(field string) string {
	name := strings.ToLower(c.fresh(field, c.st.domains.has))
	if name != "" && (len(name) > 253 || !domainName.MatchString(name)) {
		c.blame(field, invalidName)
	}
	return name
}

func createDomainLive(c *call) reply {
	name := c.newDomain("domain")
	owner := c.owner("id_user")
	added := newDomainDefaults(name)
	c.number(c.body, "id_parent_domain", &added.ParentID)
	if added.ParentID != 0 {
		parent := c.st.domains.Get(added.ParentID)
		if parent == nil || (owner != nil && parent.ClientID != owner.ID) {
			c.blame("id_parent_domain", unknownReference)
		}
	}
	var www bool
	c.flag(c.body, "create_www_subdomain", &www)
	if www && c.st.domains.has("www."+name) {
		c.blame("create_www_subdomain", alreadyInUse)
	}
	c.domainFields(&added)
	if bad, refused := c.refused(); refused {
		return bad
	}
	added.ClientID = owner.ID
	id := c.st.addDomain(added, c.now)
	if www {
		child := newDomainDefaults("www." + name)
		child.ClientID, child.ParentID = owner.ID, id
		c.st.addDomain(child, c.now)
	}
	return createdID(id)
}

// addSystemDomain adds a client's domain below the server's own name, unless it exists.
func (c *call) addSystemDomain(clientID int64, login string) {
	added := newDomainDefaults(strings.ReplaceAll(login, "_", "-") + "." + hostName)
	if c.st.domains.has(added.Name) {
		return
	}
	added.ClientID, added.System = clientID, true
	c.st.addDomain(added, c.now)
}

func getDomainLive(c *call) reply { return getRow(c, c.st.domains, "domain", c.liveDomain) }

func listDomains(c *call) reply { return listRows(c, c.st.domains, c.liveDomain) }

func updateDomain(c *call) reply {
	domain := pick(c, c.st.domains)
	if domain == nil {
		return c.notFound("domain")
	}
	changed := *domain
	c.fixed("domain", domain.Name)
	c.domainFields(&changed)
	if bad, refused := c.refused(); refused {
		return bad
	}
	changed.UpdatedAt = c.now
	*domain = changed
	return changedID(domain.ID)
}

func deleteDomain(c *call) reply {
	domain := pick(c, c.st.domains)
	if domain == nil {
		return c.notFound("domain")
	}
	c.st.removeDomain(domain)
	return gone()
}

// domainFields reads what POST and PUT have in common.
func (c *call) domainFields(dst *Domain) {
	c.text(c.body, "php_version", &dst.PHPVersion)
	c.flag(c.body, "is_disabled", &dst.Disabled)
	c.flag(c.body, "is_dns_disabled", &dst.DNSDisabled)
	c.flag(c.body, "is_email_domain", &dst.EmailDomain)
	c.day("delete_on", &dst.DeleteOn)
	if target, there := c.body.Object("target"); there {
		c.text(target, "target", &dst.Target)
		if code, there := target.IntOrText("forwarding_type"); there {
			dst.ForwardingType = code
		}
	}
	if security, there := c.body.Object("security"); there {
		s := &dst.Security
		c.number(security, "id_certificate", &s.CertificateID)
		if s.CertificateID != 0 && c.st.certificates.Get(s.CertificateID) == nil {
			c.blame("security.id_certificate", unknownReference)
		}
		c.flag(security, "lets_encrypt", &s.LetsEncrypt)
		c.flag(security, "is_prefer_https", &s.PreferHTTPS)
		if c.v == v1 {
			c.flag(security, "force_https", &s.PreferHTTPS)
		}
		c.flag(security, "is_hsts", &s.HSTS)
		c.number(security, "hsts_max_age", &s.HSTSMaxAge)
		c.flag(security, "hsts_include", &s.HSTSInclude)
		c.flag(security, "hsts_preload", &s.HSTSPreload)
	}
}

func (c *call) liveDomain(d *Domain) row {
	_, custom := c.st.zones[d.ID]
	return row{
		"id":                    d.ID,
		"id_user":               d.ClientID,
		"id_parent_domain":      d.ParentID,
		"status":                d.Status,
		"domain":                d.Name,
		"domain_utf8":           toUnicode(d.Name),
		"created_at":            liveTime(d.CreatedAt),
		"php_version":           d.PHPVersion,
		"traffic":               d.Traffic,
		"is_disabled":           d.Disabled,
		"delete_on":             liveDay(d.DeleteOn),
		"dkim_selector":         "default",
		c.dkimField():           "",
		"is_custom_dns":         custom,
		"is_dns_disabled":       d.DNSDisabled,
		"is_subdomain":          d.ParentID != 0,
		"is_system_domain":      d.System,
		"is_email_domain":       d.EmailDomain,
		"is_email_sending_only": d.EmailSendingOnly,
		"target": row{
			"target": d.Target, "is_forwarding": strings.Contains(d.Target, "://"), "forwarding_type": d.ForwardingType,
		},
		"security": row{
			"id_certificate": d.Security.CertificateID, "lets_encrypt": d.Security.LetsEncrypt,
			"is_prefer_https": d.Security.PreferHTTPS, "is_hsts": d.Security.HSTS, "hsts_max_age": d.Security.HSTSMaxAge,
			"hsts_include": d.Security.HSTSInclude, "hsts_preload": d.Security.HSTSPreload,
		},
		"apache": row{"http_directives": "", "https_directives": ""},
	}
}
