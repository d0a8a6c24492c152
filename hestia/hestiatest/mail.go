package hestiatest

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

func mailEffects() map[string]effect {
	set := func(key, value string) effect {
		return func(c *call) int {
			c.mailDomain()[key] = value
			return 0
		}
	}
	catchall := func(c *call) int {
		c.mailDomain()["CATCHALL"] = c.v["email"]
		return 0
	}
	return map[string]effect{
		"v-add-mail-domain":               addMailDomain,
		"v-delete-mail-domain":            deleteMailDomain,
		"v-suspend-mail-domain":           suspendMailDomain,
		"v-unsuspend-mail-domain":         unsuspendMailDomain,
		"v-suspend-mail-domains":          func(c *call) int { return c.eachMailDomain("v-suspend-mail-domain", "no") },
		"v-unsuspend-mail-domains":        func(c *call) int { return c.eachMailDomain("v-unsuspend-mail-domain", "yes") },
		"v-delete-mail-domains":           func(c *call) int { return c.eachMailDomain("v-delete-mail-domain", "no") },
		"v-add-mail-domain-antispam":      set("ANTISPAM", "yes"),
		"v-delete-mail-domain-antispam":   set("ANTISPAM", "no"),
		"v-add-mail-domain-antivirus":     set("ANTIVIRUS", "yes"),
		"v-delete-mail-domain-antivirus":  set("ANTIVIRUS", "no"),
		"v-add-mail-domain-reject":        set("REJECT", "yes"),
		"v-delete-mail-domain-reject":     set("REJECT", "no"),
		"v-add-mail-domain-catchall":      catchall,
		"v-change-mail-domain-catchall":   catchall,
		"v-delete-mail-domain-catchall":   set("CATCHALL", ""),
		"v-add-mail-domain-dkim":          addDKIM,
		"v-delete-mail-domain-dkim":       deleteDKIM,
		"v-add-mail-domain-smtp-relay":    addRelay,
		"v-delete-mail-domain-smtp-relay": deleteRelay,
		"v-add-mail-domain-webmail":       addWebmail,
		"v-delete-mail-domain-webmail":    deleteWebmail,
		"v-change-mail-domain-rate-limit": func(c *call) int {
			c.mailDomain()["RATE_LIMIT"] = strings.TrimPrefix(c.v["rate"], "system")
			return 0
		},
		"v-rebuild-mail-domain":       rebuilt,
		"v-rebuild-mail-domains":      rebuilt,
		"v-list-mail-domain":          func(c *call) int { return c.list([]row{c.listedMailDomain()}) },
		"v-list-mail-domains":         listMailDomains,
		"v-list-mail-domain-dkim":     listDKIM,
		"v-list-mail-domain-dkim-dns": listDKIMRecord,
		"v-get-mail-domain-value": func(c *call) int {
			c.say("%s", c.mailDomain()[strings.ToUpper(c.v["key"])])
			return 0
		},
	}
}

func mailHooks() map[string]hook {
	return map[string]hook{
		"newbox": func(c *call, words []string) int { return c.freshBox(c.v[words[0]]) },
		"anywebmail": func(c *call, _ []string) int {
			if clients := split(c.st.config["WEBMAIL_SYSTEM"]); c.v["webmail"] == "" && len(clients) > 0 {
				c.v["webmail"] = clients[len(clients)-1]
			}
			return 0
		},
		"webmail": func(c *call, _ []string) int {
			return c.oneOf(c.st.config["WEBMAIL_SYSTEM"]+" disabled", c.v["webmail"])
		},
		"newforward": func(c *call, _ []string) int {
			if slices.Contains(split(c.box()["FWD"]), c.v["email_forward"]) {
				return c.fail(eExists, "forward %s exists", c.v["email_forward"])
			}
			return 0
		},
		"anyforward": func(c *call, _ []string) int {
			if c.box()["FWD"] == "" {
				return c.fail(eNotExist, "forward doesn't exist")
			}
			return 0
		},
		"hasalias": func(c *call, _ []string) int {
			if !slices.Contains(split(c.box()["ALIAS"]), c.v["malias"]) {
				return c.fail(eNotExist, "alias %s doesn't exist", c.v["malias"])
			}
			return 0
		},
		"hasforward": func(c *call, _ []string) int {
			if !slices.Contains(split(c.box()["FWD"]), c.v["forward"]) {
				return c.fail(eNotExist, "forward %s doesn't exist", c.v["forward"])
			}
			return 0
		},
	}
}

func (c *call) mailDomain() row { return c.user.file("mail").find("DOMAIN", c.v["domain"]) }

// addMailDomain makes a mail domain. Another script publishes webmail; its error is printed and
// ignored.
func addMailDomain(c *call) int {
	domain, conf := c.v["domain"], c.user.conf
	flags := map[string]string{"ANTISPAM": c.v["antispam"], "ANTIVIRUS": c.v["antivirus"], "REJECT": c.v["reject"]}
	if c.st.config["ANTISPAM_SYSTEM"] == "" {
		flags["ANTISPAM"], flags["REJECT"] = "no", "no"
	}
	if c.st.config["ANTIVIRUS_SYSTEM"] == "" {
		flags["ANTIVIRUS"] = "no"
	}
	r := c.stamp(row{
		"DOMAIN": domain, "DKIM": c.v["dkim"], "WEBMAIL": "", "SSL": "no", "LETSENCRYPT": "no", "CATCHALL": "", "ACCOUNTS": "0",
		"RATE_LIMIT": conf["RATE_LIMIT"], "U_DISK": "0", "SUSPENDED": "no",
	})
	maps.Copy(r, flags)
	c.user.file("mail").add(r)
	if r.yes("DKIM") {
		c.makeDKIM()
	}
	if c.st.config["IMAP_SYSTEM"] != "" {
		c.run("v-add-mail-domain-webmail", c.v["user"], domain, "", "no")
	}
	conf.raise("U_MAIL_DOMAINS", 1)
	if r.yes("DKIM") {
		conf.raise("U_MAIL_DKIM", 1)
	}
	c.user.note(c.now, "Info", "Mail", "Added new mail domain ("+domain+").")
	return c.reloadWeb(c.v["restart"])
}

// makeDKIM makes a key, and the record for it if there is a zone.
func (c *call) makeDKIM() {
	c.user.texts["dkim "+c.v["domain"]] = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA" + c.st.tokens.Next(340, keyAlphabet) + "IDAQAB"
	c.addDKIMRecord()
}

func (c *call) addDKIMRecord() {
	if c.zone() == nil {
		return
	}
	c.run("v-add-dns-record", c.v["user"], c.v["domain"], "mail._domainkey", "TXT",
		`"v=DKIM1\; k=rsa\; p=`+c.user.texts["dkim "+c.v["domain"]]+`"`, "", "", "yes", "", "yes")
}

// deleteRecordsOf removes the records of some names from the domain's zone.
func (c *call) deleteRecordsOf(names ...string) {
	if c.zone() == nil {
		return
	}
	for _, r := range slices.Clone(c.records().rows) {
		if slices.Contains(names, r["RECORD"]) {
			c.run("v-delete-dns-record", c.v["user"], c.v["domain"], r["ID"], "", "yes")
		}
	}
}

func deleteMailDomain(c *call) int {
	r, conf, domain := c.mailDomain(), c.user.conf, c.v["domain"]
	boxes := len(c.boxes().rows)
	if r.yes("DKIM") {
		c.deleteRecordsOf("mail._domainkey", "_domainkey")
	}
	if r.yes("SSL") {
		c.run("v-delete-mail-domain-ssl", c.v["user"], domain)
	}
	c.run("v-delete-mail-domain-webmail", c.v["user"], domain, "yes")
	for _, box := range c.boxes().rows {
		delete(c.user.secrets, "mail "+box["ACCOUNT"]+"@"+domain)
		delete(c.user.texts, "autoreply "+box["ACCOUNT"]+"@"+domain)
	}
	c.user.file("mail").remove("DOMAIN", domain)
	delete(c.user.files, "mail/"+domain)
	delete(c.user.texts, "dkim "+domain)
	conf.lower("U_MAIL_DOMAINS", 1)
	if r.yes("DKIM") {
		conf.lower("U_MAIL_DKIM", 1)
	}
	conf.lower("U_MAIL_ACCOUNTS", boxes)
	if r.yes("SUSPENDED") {
		conf.lower("SUSPENDED_MAIL", 1)
	}
	c.user.note(c.now, "Info", "Mail", "Mail domain deleted (Name: "+domain+").")
	return 0
}

// suspendMailDomain also suspends all mailboxes.
func suspendMailDomain(c *call) int {
	c.run("v-delete-mail-domain-webmail", c.v["user"], c.v["domain"], "yes")
	c.mailDomain()["SUSPENDED"] = "yes"
	for _, box := range c.boxes().rows {
		box["SUSPENDED"] = "yes"
	}
	c.user.conf.raise("SUSPENDED_MAIL", 1)
	return 0
}

// unsuspendMailDomain also unsuspends all mailboxes, including those that had been suspended
// individually.
func unsuspendMailDomain(c *call) int {
	c.mailDomain()["SUSPENDED"] = "no"
	for _, box := range c.boxes().rows {
		box["SUSPENDED"] = "no"
	}
	c.user.conf.lower("SUSPENDED_MAIL", 1)
	if clients := split(c.st.config["WEBMAIL_SYSTEM"]); len(clients) > 0 && c.st.config["IMAP_SYSTEM"] != "" {
		c.run("v-add-mail-domain-webmail", c.v["user"], c.v["domain"], clients[len(clients)-1], c.v["restart"])
	}
	return 0
}

func (c *call) eachMailDomain(name, suspended string) int {
	for _, r := range c.user.file("mail").with("SUSPENDED", suspended) {
		c.run(name, c.v["user"], r["DOMAIN"])
	}
	return 0
}

func addDKIM(c *call) int {
	c.makeDKIM()
	c.mailDomain()["DKIM"] = "yes"
	c.user.conf.raise("U_MAIL_DKIM", 1)
	return 0
}

func deleteDKIM(c *call) int {
	c.deleteRecordsOf("mail._domainkey", "_domainkey")
	delete(c.user.texts, "dkim "+c.v["domain"])
	c.mailDomain()["DKIM"] = "no"
	c.user.conf.lower("U_MAIL_DKIM", 1)
	return 0
}

func addRelay(c *call) int {
	r := c.mailDomain()
	r["U_SMTP_RELAY"], r["U_SMTP_RELAY_HOST"], r["U_SMTP_RELAY_PORT"] = "true", c.v["host"], c.v["port"]
	r["U_SMTP_RELAY_USERNAME"], r["U_SMTP_RELAY_PASSWORD"] = c.v["username"], c.v["password"]
	return 0
}

func deleteRelay(c *call) int {
	r := c.mailDomain()
	r["U_SMTP_RELAY"], r["U_SMTP_RELAY_HOST"], r["U_SMTP_RELAY_PORT"] = "false", "", ""
	r["U_SMTP_RELAY_USERNAME"], r["U_SMTP_RELAY_PASSWORD"] = "", ""
	return 0
}

func addWebmail(c *call) int {
	alias := c.st.config["WEBMAIL_ALIAS"]
	if c.zone() != nil && alias != "" && c.records().find("RECORD", alias) == nil {
		if ip := c.st.userIP(c.v["user"]); ip != nil {
			c.run("v-add-dns-record", c.v["user"], c.v["domain"], alias, "A", ip["IP"], "", "", c.v["restart"], "", "yes")
		}
	}
	c.mailDomain()["WEBMAIL"] = c.v["webmail"]
	if !c.given(4) {
		return 0
	}
	return c.reloadWeb(c.v["restart"])
}

func deleteWebmail(c *call) int {
	alias := c.st.config["WEBMAIL_ALIAS"]
	if alias == "" {
		c.say("Error: WEBMAIL_ALIAS is not defined in hestia.conf.")
	} else {
		c.deleteRecordsOf(alias)
	}
	c.mailDomain()["WEBMAIL"] = ""
	if c.v["restart"] == "" {
		return 0
	}
	return c.reloadWeb(c.v["restart"])
}

// listedMailDomain returns a mail domain as v-list-mail-domain prints it: the alias of webmail is a
// whole host name, whereas v-list-mail-domains prints only its first part.
func (c *call) listedMailDomain() row {
	r := maps.Clone(c.mailDomain())
	r["WEBMAIL_ALIAS"] = c.st.config["WEBMAIL_ALIAS"] + "." + r["DOMAIN"]
	return r
}

func listMailDomains(c *call) int {
	rows := clones(c.user.file("mail").rows)
	for _, r := range rows {
		r["WEBMAIL_ALIAS"] = c.st.config["WEBMAIL_ALIAS"]
	}
	return c.list(rows)
}

// listDKIM prints the keys. The private key is a placeholder of the emulator.
func listDKIM(c *call) int {
	pub, pem := c.user.texts["dkim "+c.v["domain"]], ""
	if pub != "" {
		pub = `-----BEGIN PUBLIC KEY-----\n` + pub + `\n-----END PUBLIC KEY-----`
		pem = `-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----`
	}
	switch c.v["format"] {
	case "json":
		c.say("{\n\t\"%s\": {\n        \"PEM\": \"%s\",\n        \"PUB\": \"%s\"\n\t}\n}", c.v["domain"], pem, pub)
	case "plain":
		c.say(`%s\t%s`, pem, pub)
	case "csv":
		c.say("PEM,PUB\n\"%s\",\"%s\"", pem, pub)
	case "shell":
		c.say("%s", strings.ReplaceAll(pem+`\n\n`+pub, `\n`, "\n"))
	}
	return 0
}

func listDKIMRecord(c *call) int {
	pub := c.user.texts["dkim "+c.v["domain"]]
	if pub == "" {
		pub = "DKIM-SUPPORT-IS-NOT-ACTIVATED"
	}
	text := "v=DKIM1; k=rsa; p=" + pub
	switch c.v["format"] {
	case "json":
		c.say("{\n\n\t\"mail._domainkey\": {\n            \"TTL\": \"3600\",\n            \"TXT\": \"'%s'\"\n\t}\n}", text)
	case "plain":
		c.say("mail._domainkey\t3600\tIN\tTXT\t%s", strconv.Quote(text))
	case "csv":
		c.say("RECORD,TTL,IN,TYPE,VALUE\nmail._domainkey,3600,IN,TXT,\"\"%s\"\"", text)
	case "shell":
		c.say("RECORD            TTL         TYPE      VALUE\n------            ---         ----      -----")
		c.say("mail._domainkey   3600   IN   TXT      \"%s\"", text)
	}
	return 0
}
