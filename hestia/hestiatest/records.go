package hestiatest

import (
	"net/netip"
	"slices"
	"strings"
)

func recordEffects() map[string]effect {
	return map[string]effect{
		"v-add-dns-record":       addRecord,
		"v-change-dns-record":    changeRecord,
		"v-change-dns-record-id": changeRecordID,
		"v-delete-dns-record":    deleteRecord,
		"v-suspend-dns-record":   suspendRecord("yes"),
		"v-unsuspend-dns-record": suspendRecord("no"), // also one that is not suspended
		"v-list-dns-records":     listRecords,
	}
}

func dnsHooks() map[string]hook {
	return map[string]hook{
		"shaperecord": func(c *call, _ []string) int {
			c.v["record"] = strings.ToLower(c.v["record"])
			if c.v["priority"] == "" {
				c.v["priority"] = "10"
			}
			c.shapeValue()
			if c.v["record"] == "@" && c.v["rtype"] == "CNAME" {
				return c.fail(eInvalid, "CNAME on root is not allowed")
			}
			return 0
		},
		"nextrecord": func(c *call, _ []string) int {
			if c.v["id"] == "" {
				c.v["id"] = c.records().next("ID")
			}
			return 0
		},
		"nameserver": func(c *call, _ []string) int { return c.hostNames() },
		"spareable":  func(c *call, _ []string) int { return c.spareable() },
		"zoneline":   func(*call, []string) int { return 0 },
		"dnssec": func(c *call, _ []string) int {
			return c.fail(eDisabled, "DNSSEC is not supported when DNS_CLUSTER_SYSTEM is not set to hestia-zone")
		},
	}
}

func namesHost(kind string) bool {
	return strings.HasPrefix(kind, "NS") || slices.Contains([]string{"CNAME", "MX", "PTR", "SRV"}, kind)
}

// shapeValue converts a value to the form in which the panel stores it: a dot after host names, no
// quotes inside, and quotes around values with spaces or semicolons.
func (c *call) shapeValue() {
	kind, value := c.v["rtype"], c.v["dvalue"]
	if kind != "MX" && kind != "SRV" {
		c.v["priority"] = ""
	}
	if namesHost(kind) && !strings.HasSuffix(value, ".") {
		value += "."
	}
	if kind != "CAA" {
		value = strings.ReplaceAll(value, `"`, "")
		bare := slices.Contains([]string{"SRV", "DNSKEY", "DS", "TLSA", "KEY", "IPSECKEY"}, kind)
		if !bare && strings.ContainsAny(value, "; \t\n\r\v\f") {
			value = `"` + value + `"`
		}
	}
	c.v["dvalue"] = value
}

// recordFormat checks a value by its type. The error is always the same.
func (c *call) recordFormat(value string) int {
	addr, err := netip.ParseAddr(value)
	ok := true
	switch kind := c.v["rtype"]; {
	case kind == "A":
		ok = err == nil && addr.Is4()
	case kind == "AAAA":
		ok = err == nil && addr.Is6() && addr.Zone() == ""
	case kind == "SRV":
		ok = len(strings.Fields(value)) == 3 || len(strings.Fields(value)) == 4
	case kind == "NS", kind == "PTR", kind == "MX":
		ok = isHostName(strings.TrimRight(value, "."))
	case kind == "TXT", kind == "SPF":
		ok = strings.IndexFunc(value, func(r rune) bool { return r < ' ' || r > '~' }) < 0
	}
	if strings.Contains(value, "\n") {
		return c.oneLine(value)
	}
	if !ok {
		return c.fail(eInvalid, "dns record validation failed :: %s", value)
	}
	return 0
}

func isHostName(name string) bool {
	if name == "" || len(name) > 253 {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") ||
			strings.IndexFunc(label, func(r rune) bool { return r > 127 || !isWordByte(byte(r), "-") }) >= 0 {
			return false
		}
	}
	return true
}

// hostNames checks that host names are fully qualified, and that name servers inside the zone have
// an address there.
func (c *call) hostNames() int {
	kind, value := c.v["rtype"], c.v["dvalue"]
	fields := strings.Fields(value)
	if kind == "SRV" && len(fields) > 0 && (fields[0] == "." || fields[len(fields)-1] == ".") {
		return 0
	}
	dots := 3
	if kind == "CNAME" || kind == "MX" || kind == "PTR" {
		dots = 2
	}
	if namesHost(kind) && strings.Count(value, ".") < dots {
		return c.fail(eInvalid, "%s record %s should be a fully qualified domain name (FQDN)", kind, strings.TrimSuffix(value, "."))
	}
	if host, inside := strings.CutSuffix(value, "."+c.v["domain"]+"."); kind == "NS" && inside {
		for _, r := range c.records().with("RECORD", host) {
			if r["TYPE"] == "A" {
				return 0
			}
		}
		return c.fail(eNotExist, "IN A %s.%s does not exist", host, c.v["domain"])
	}
	return 0
}

// spareable refuses to remove the last A or the last NS record.
func (c *call) spareable() int {
	r := c.records().find("ID", c.v["id"])
	if kind := r["TYPE"]; (kind == "A" || kind == "NS") && len(c.records().with("TYPE", kind)) <= 1 {
		return c.fail(eInvalid, "at least one %s record should remain active", kind)
	}
	return 0
}

func (c *call) recordRow() row {
	r := c.stamp(row{
		"ID": c.v["id"], "RECORD": c.v["record"], "TYPE": c.v["rtype"], "PRIORITY": c.v["priority"], "VALUE": c.v["dvalue"],
		"SUSPENDED": "no",
	})
	if c.v["ttl"] != "" {
		r["TTL"] = c.v["ttl"]
	}
	return r
}

func addRecord(c *call) int {
	c.records().add(c.recordRow())
	c.records().sortByNumber("ID")
	c.raiseSerial()
	c.countRecords()
	c.user.conf.raise("U_DNS_RECORDS", 1)
	return c.run("v-restart-dns", c.v["restart"])
}

// changeRecord replaces a record. A TTL that is not sent is dropped.
func changeRecord(c *call) int {
	old := c.records().find("ID", c.v["id"])
	if c.v["record"] == "@" && c.v["rtype"] == "CNAME" {
		return c.fail(eInvalid, "CNAME on root is not allowed")
	}
	if c.v["rtype"] == "" {
		c.v["rtype"] = old["TYPE"]
	}
	if c.v["priority"] == "" {
		c.v["priority"] = old["PRIORITY"]
	}
	c.shapeValue()
	for _, name := range []string{"record", "rtype", "dvalue"} {
		if value := c.v[name]; value != "" {
			if code := c.format(name, value); code != 0 {
				return code
			}
		}
	}
	if code := c.hostNames(); code != 0 {
		return code
	}
	fresh := c.recordRow()
	same := !old.yes("SUSPENDED") && number(old["PRIORITY"]) == number(fresh["PRIORITY"]) && number(old["TTL"]) == number(fresh["TTL"])
	for _, key := range []string{"RECORD", "TYPE", "VALUE"} {
		same = same && old[key] == fresh[key]
	}
	if same {
		c.say("No pending changes in DNS entry.")
		return eExists
	}
	c.records().remove("ID", c.v["id"])
	c.records().add(fresh)
	c.records().sortByNumber("ID")
	c.raiseSerial()
	return c.run("v-restart-dns", c.v["restart"])
}

func changeRecordID(c *call) int {
	c.records().find("ID", c.v["id"])["ID"] = c.v["newid"]
	c.records().sortByNumber("ID")
	c.raiseSerial()
	return c.run("v-restart-dns", c.v["restart"])
}

func deleteRecord(c *call) int {
	c.records().remove("ID", c.v["id"])
	c.raiseSerial()
	c.countRecords()
	c.user.conf.lower("U_DNS_RECORDS", 1)
	return c.run("v-restart-dns", c.v["restart"])
}

func suspendRecord(flag string) effect {
	return func(c *call) int {
		c.records().find("ID", c.v["id"])["SUSPENDED"] = flag
		c.raiseSerial()
		return 0
	}
}

// listRecords prints the zone's TTL for records without one, and escapes double quotes. Backslashes
// are lost.
func listRecords(c *call) int {
	rows := clones(c.records().rows)
	for _, r := range rows {
		if r["TTL"] == "" {
			r["TTL"] = c.zone()["TTL"]
		}
		r["VALUE"] = strings.ReplaceAll(r["VALUE"], `\`, "")
		if c.v["format"] == "json" {
			r["VALUE"] = escapeQuotes(r["VALUE"])
		}
	}
	return c.list(rows)
}
