package hestiatest

import (
	"maps"
	"strconv"
	"strings"
)

const (
	firstSerial = "3000000000"
	defaultTTL  = "14400"
)

func dnsEffects() map[string]effect {
	set := func(key, argument string) effect {
		return func(c *call) int {
			c.zone()[key] = c.v[argument]
			c.raiseSerial()
			return c.run("v-restart-dns", c.v["restart"])
		}
	}
	return map[string]effect{
		"v-add-dns-domain":        addDNSDomain,
		"v-delete-dns-domain":     deleteDNSDomain,
		"v-suspend-dns-domain":    suspendZone("yes"),
		"v-unsuspend-dns-domain":  suspendZone("no"),
		"v-suspend-dns-domains":   func(c *call) int { return c.eachZone("v-suspend-dns-domain", "no") },
		"v-unsuspend-dns-domains": func(c *call) int { return c.eachZone("v-unsuspend-dns-domain", "yes") },
		"v-delete-dns-domains":    func(c *call) int { return c.eachZone("v-delete-dns-domain", "no") },
		"v-change-dns-domain-ip":  changeZoneIP,
		"v-change-dns-domain-soa": set("SOA", "soa"),
		"v-change-dns-domain-ttl": set("TTL", "ttl"),
		"v-change-dns-domain-exp": func(c *call) int {
			c.zone()["EXP"] = c.v["exp"]
			return 0
		},
		"v-change-dns-domain-tpl":  changeZoneTemplate,
		"v-add-dns-on-web-alias":   addZoneForAlias,
		"v-list-dns-domain":        func(c *call) int { return c.list([]row{c.zone()}) },
		"v-list-dns-domains":       func(c *call) int { return c.list(c.user.file("dns").rows) },
		"v-list-dns-templates":     func(c *call) int { return c.words("TEMPLATE", templates["dns"]) },
		"v-list-dns-template":      listDNSTemplate,
		"v-list-dnssec-public-key": listDNSSEC,
		"v-rebuild-dns-domain":     rebuilt,
		"v-rebuild-dns-domains":    rebuilt,
		"v-get-dns-domain-value": func(c *call) int {
			c.say("%s", c.zone()[strings.ToUpper(c.v["key"])])
			return 0
		},
	}
}

func (c *call) zone() row { return c.user.file("dns").find("DOMAIN", c.v["domain"]) }

// records returns those of the zone that the command is about.
func (c *call) records() *table { return c.user.file("dns/" + c.v["domain"]) }

// raiseSerial increments the serial after a change of the zone.
func (c *call) raiseSerial() {
	zone := c.zone()
	n, err := strconv.ParseInt(zone["SERIAL"], 10, 64)
	if err != nil {
		n, _ = strconv.ParseInt(firstSerial, 10, 64)
	}
	zone["SERIAL"] = strconv.FormatInt(n+1, 10)
}

// countRecords updates the number of records of the zone and of the user.
func (c *call) countRecords() {
	c.zone()["RECORDS"] = strconv.Itoa(len(c.records().rows))
}

func addDNSDomain(c *call) int {
	var servers []string
	for i := range 8 {
		if ns := c.v["ns"+strconv.Itoa(i+1)]; ns != "" {
			servers = append(servers, ns)
		}
	}
	if len(servers) < 2 {
		servers = split(c.user.conf["NS"])
	}
	domain, template := c.v["domain"], orDefault(c.user.conf["DNS_TEMPLATE"])
	dnssec := c.v["dnssec"]
	if dnssec == "" {
		dnssec = "no"
	}
	zone := c.stamp(row{
		"DOMAIN": domain, "IP": c.v["ip"], "TPL": template, "TTL": defaultTTL, "EXP": clockDate(c.now.AddDate(1, 0, 0)),
		"SOA": first(servers), "SERIAL": firstSerial, "SRC": "", "DNSSEC": dnssec, "SUSPENDED": "no",
	})
	c.user.file("dns").add(zone)
	c.records().rows = c.fromTemplate(template, domain, c.v["ip"], servers)
	c.countRecords()
	c.user.conf.raise("U_DNS_DOMAINS", 1)
	c.user.conf.raise("U_DNS_RECORDS", len(c.records().rows))
	c.user.note(c.now, "Info", "DNS", "Added new DNS domain (Name: "+domain+").")
	return c.run("v-restart-dns", c.v["restart"])
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

func deleteDNSDomain(c *call) int {
	zone := c.zone()
	n := len(c.records().rows)
	c.user.file("dns").remove("DOMAIN", zone["DOMAIN"])
	delete(c.user.files, "dns/"+zone["DOMAIN"])
	c.user.conf.lower("U_DNS_DOMAINS", 1)
	c.user.conf.lower("U_DNS_RECORDS", n)
	if zone.yes("SUSPENDED") {
		c.user.conf.lower("SUSPENDED_DNS", 1)
	}
	c.user.note(c.now, "Info", "DNS", "Deleted DNS zone (Name: "+zone["DOMAIN"]+").")
	return c.run("v-restart-dns", c.v["restart"])
}

// suspendZone suspends a zone with its records, or unsuspends it, including records that were
// suspended individually.
func suspendZone(flag string) effect {
	return func(c *call) int {
		c.zone()["SUSPENDED"] = flag
		for _, r := range c.records().rows {
			r["SUSPENDED"] = flag
		}
		if flag == "yes" {
			c.user.conf.raise("SUSPENDED_DNS", 1)
		} else {
			c.user.conf.lower("SUSPENDED_DNS", 1)
		}
		return 0
	}
}

func (c *call) eachZone(name, suspended string) int {
	for _, zone := range c.user.file("dns").with("SUSPENDED", suspended) {
		args := []string{c.v["user"], zone["DOMAIN"], "no"}
		c.run(name, args...)
	}
	return 0
}

// changeZoneIP replaces the address everywhere in the records.
func changeZoneIP(c *call) int {
	zone := c.zone()
	for _, r := range c.records().rows {
		if zone["IP"] != "" {
			r["VALUE"] = strings.ReplaceAll(r["VALUE"], zone["IP"], c.v["ip"])
		}
	}
	zone["IP"] = c.v["ip"]
	c.raiseSerial()
	return c.run("v-restart-dns", c.v["restart"])
}

// changeZoneTemplate recreates all records.
func changeZoneTemplate(c *call) int {
	zone := c.zone()
	was := len(c.records().rows)
	c.records().rows = c.fromTemplate(c.v["template"], zone["DOMAIN"], zone["IP"], split(c.user.conf["NS"]))
	for _, r := range c.records().rows {
		r["TIME"], r["DATE"] = zone["TIME"], zone["DATE"]
	}
	zone["TPL"] = c.v["template"]
	c.user.conf.raise("U_DNS_RECORDS", len(c.records().rows)-was)
	if mail := c.user.file("mail").find("DOMAIN", zone["DOMAIN"]); mail.yes("DKIM") &&
		(c.v["template"] == "default" || c.v["template"] == "child-ns") {
		c.addDKIMRecord()
	}
	if c.v["template"] == "office365" {
		c.run("v-add-dns-record", c.v["user"], zone["DOMAIN"], "@", "MX",
			strings.ReplaceAll(zone["DOMAIN"], ".", "-")+".mail.protection.outlook.com.", "0", "", c.v["restart"])
	}
	c.countRecords()
	c.raiseSerial()
	return c.run("v-restart-dns", c.v["restart"])
}

// addZoneForAlias makes a zone or a record for the alias of a website; the panel prints nothing
// about either.
func addZoneForAlias(c *call) int {
	sub, above, _ := strings.Cut(c.v["alias"], ".")
	user, ip, restart := c.v["user"], c.v["ip"], c.v["restart"]
	return c.silently(func() int {
		none := make([]string, 8)
		if !strings.Contains(above, ".") || len(above) <= 6 {
			c.run("v-add-dns-domain", append(append([]string{user, c.v["alias"], ip}, none...), restart)...)
			return 0
		}
		c.run("v-add-dns-domain", append(append([]string{user, above, ip}, none...), restart)...)
		zone := c.user.file("dns").find("DOMAIN", above)
		if zone != nil && c.user.file("dns/"+above).find("RECORD", sub) == nil {
			c.run("v-add-dns-record", user, above, sub, "A", ip, "", "", restart)
		}
		return 0
	})
}

// fromTemplate returns the records of a template. Lines for name servers that are not given are
// left out, so IDs have gaps.
func (c *call) fromTemplate(name, domain, ip string, servers []string) []row {
	var rows []row
	for place, line := range zoneTemplates[name] {
		value := line.value
		if n, found := strings.CutPrefix(value, "%ns"); found {
			i := number(n[:1]) - 1
			if i >= len(servers) {
				if i > 1 {
					continue
				}
				servers = append(servers, "")
			}
			value = servers[i] + "."
		}
		value = strings.NewReplacer("%domain%", domain, "%ip%", ip).Replace(value)
		rows = append(rows, c.stamp(row{
			"ID": strconv.Itoa(place + 1), "RECORD": line.record, "TYPE": line.kind, "PRIORITY": line.priority, "VALUE": value, "SUSPENDED": "no",
		}))
	}
	return rows
}

func listDNSTemplate(c *call) int {
	var rows []row
	for place, line := range zoneTemplates[c.v["template"]] {
		rows = append(rows, row{
			"ID": strconv.Itoa(place + 1), "RECORD": line.record, "TYPE": line.kind, "PRIORITY": line.priority,
			"VALUE": escapeQuotes(line.value),
		})
	}
	return c.list(rows)
}

func escapeQuotes(text string) string { return strings.ReplaceAll(text, `"`, `\"`) }

// listDNSSEC prints a zone without keys, since the emulator has no others.
func listDNSSEC(c *call) int {
	switch c.v["format"] {
	case "json":
		c.say("{\n    \"%s\": {", c.v["domain"])
		for _, key := range []string{"RECORD", "KEYTAG", "FLAG", "ALGORITHM", "KEY"} {
			c.say("\t\t\"%s\": \"\",", key)
		}
		c.say("\t\t\"DS\":\"\"\n    }\n}")
	case "shell":
		for _, key := range []string{"RECORD:", "DS:", "KEYTAG:", "FLAG:", "ALGORITHM:", "KEY:"} {
			c.say("%s", key)
		}
	}
	return 0
}

// clones returns copies of rows, which a list can change for printing.
func clones(rows []row) []row {
	all := make([]row, len(rows))
	for i, r := range rows {
		all[i] = maps.Clone(r)
	}
	return all
}
