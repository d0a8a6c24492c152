package hestiatest

import (
	"maps"
	"slices"
	"strings"
)

// packageFields are the keys of a package file, in order.
var packageFields = strings.Fields(`WEB_TEMPLATE PROXY_TEMPLATE BACKEND_TEMPLATE DNS_TEMPLATE WEB_DOMAINS WEB_ALIASES
	DNS_DOMAINS DNS_RECORDS MAIL_DOMAINS MAIL_ACCOUNTS RATE_LIMIT DATABASES CRON_JOBS DISK_QUOTA CPU_QUOTA CPU_QUOTA_PERIOD
	MEMORY_LIMIT SWAP_LIMIT BANDWIDTH NS SHELL BACKUPS BACKUPS_INCREMENTAL`)

func packageEffects() map[string]effect {
	return map[string]effect{
		"v-add-user-package":    addPackage,
		"v-delete-user-package": deletePackage,
		"v-copy-user-package":   copyPackage,
		"v-rename-user-package": renamePackage,
		"v-update-user-package": updatePackage,
		"v-change-user-package": changePackage,
		"v-list-user-package":   func(c *call) int { return c.list([]row{c.st.pack(c.v["package"]).listed()}) },
		"v-list-user-packages":  listPackages,
	}
}

func packageHooks() map[string]hook {
	return map[string]hook{
		"covers": func(c *call, _ []string) int { return c.covers() },
		"evict":  func(c *call, _ []string) int { return c.evict() },
		"rewritable": func(c *call, _ []string) int {
			there := c.st.pack(c.v["package"]) != nil
			if c.v["rewrite"] == "yes" && !there {
				return c.fail(eNotExist, "package %s doesn't exist", c.v["package"])
			}
			if c.v["rewrite"] != "yes" && there {
				return c.fail(eExists, "package %s already exists.", c.v["package"])
			}
			return 0
		},
		"tmpfile": func(c *call, _ []string) int {
			if _, there := c.st.files[c.v["tmpfile"]]; !there {
				c.say("%s does not exist", c.v["tmpfile"])
				return eNotExist
			}
			return 0
		},
		"consistent": func(c *call, _ []string) int { return c.consistent(parseConf(c.st.files[c.v["tmpfile"]])) },
		"copy": func(c *call, _ []string) int {
			old, fresh := c.v["package"], c.v["new_package"]
			if old == "" || c.st.pack(old) == nil {
				return c.fail(eNotExist, "package %s doesn't exist", old)
			}
			if c.st.pack(fresh) != nil {
				return c.fail(eExists, "package %s already exists.", fresh)
			}
			return c.checkLabelled("objectname", "new_package", "New package")
		},
		"renameargs": func(c *call, _ []string) int {
			for _, missing := range [][2]string{{"old_name", "Current"}, {"new_name", "New"}} {
				if c.v[missing[0]] == "" {
					c.say("ERROR: %s package name not specified.", missing[1])
					return eArgs
				}
			}
			return 0
		},
		"rename": func(c *call, _ []string) int {
			if c.st.pack(c.v["old_name"]) == nil {
				return c.fail(eNotExist, "package %s doesn't exist", c.v["old_name"])
			}
			if code := c.checkLabelled("objectname", "new_name", "New package"); code != 0 {
				return code
			}
			if c.st.pack(c.v["new_name"]) != nil {
				return c.fail(eNotExist, "package %s exist", c.v["new_name"]) // 3, not 4
			}
			return 0
		},
	}
}

// parseConf reads KEY='value' lines as the panel does: it skips all other lines.
func parseConf(text string) row {
	conf := row{}
	for line := range strings.Lines(text) {
		key, value, there := strings.Cut(strings.TrimSpace(line), "=")
		if there && key != "" && !strings.ContainsAny(key, " '\"") {
			conf[key] = strings.TrimSpace(strings.Trim(value, "'"))
		}
	}
	return conf
}

// consistent checks a package file.
func (c *call) consistent(conf row) int {
	c.v = maps.Clone(c.v)
	for _, key := range packageFields {
		value := conf[key]
		var code int
		switch key {
		case "WEB_TEMPLATE", "PROXY_TEMPLATE", "BACKEND_TEMPLATE", "DNS_TEMPLATE", "NS", "SHELL",
			"CPU_QUOTA", "CPU_QUOTA_PERIOD", "MEMORY_LIMIT", "SWAP_LIMIT", "BACKUPS_INCREMENTAL":
		case "RATE_LIMIT", "BACKUPS":
			code = c.wholeNumber(key, value)
		default:
			if value != "unlimited" {
				code = c.wholeNumber(key, value)
			}
		}
		if code != 0 {
			return code
		}
	}
	if value := conf["BACKUPS_INCREMENTAL"]; value != "yes" && value != "no" {
		return c.fail(eInvalid, "invalid BACKUPS_INCREMENTAL format :: %s", value)
	}
	for _, kind := range []string{"web", "backend", "proxy", "dns"} {
		if name := conf[strings.ToUpper(kind)+"_TEMPLATE"]; name != "" {
			if code := c.checkTemplate(kind, name); code != 0 {
				return code
			}
		}
	}
	for i, ns := range split(conf["NS"]) {
		if code := c.domainFormat(ns, "ns"+string(rune('1'+i%9))); code != 0 {
			return code
		}
	}
	return c.format("shell", conf["SHELL"])
}

func (c *call) wholeNumber(key, value string) int {
	if !reInt.MatchString(value) {
		return c.fail(eInvalid, "invalid %s format :: %s", key, value)
	}
	return 0
}

func addPackage(c *call) int {
	given := parseConf(c.st.files[c.v["tmpfile"]])
	conf := row{}
	for _, key := range packageFields {
		conf[key] = given[key]
	}
	c.st.putPackage(c.v["package"], c.stamp(conf))
	return 0
}

// evict moves the members of a package to the default one. It finds them by the beginning of the
// name, so the members of gold2 move with those of gold.
func (c *call) evict() int {
	for _, a := range slices.Clone(c.st.users) {
		if strings.HasPrefix(a.conf["PACKAGE"], c.v["package"]) {
			c.run("v-change-user-package", a.name, "default")
		}
	}
	return 0
}

func deletePackage(c *call) int {
	c.st.packages = slices.DeleteFunc(c.st.packages, func(p *pack) bool { return p.name == c.v["package"] })
	note(c.st.log, c.now, "Info", "System", "Deleted package (Name: "+c.v["package"]+").")
	return 0
}

func copyPackage(c *call) int {
	c.st.putPackage(c.v["new_package"], maps.Clone(c.st.pack(c.v["package"]).conf))
	return 0
}

// renamePackage leaves the members on the old name: the script calls its helpers by a path where
// sudo does not find them.
func renamePackage(c *call) int {
	c.st.pack(c.v["old_name"]).name = c.v["new_name"]
	if c.v["mode"] == "yes" {
		c.say("Successfully renamed package %s to %s.", c.v["old_name"], c.v["new_name"])
	}
	return 0
}

func updatePackage(c *call) int {
	for _, a := range slices.Clone(c.st.users) {
		if a.conf["PACKAGE"] == c.v["package"] {
			c.run("v-change-user-package", a.name, c.v["package"], "yes")
		}
	}
	return 0
}

// covers compares usage with the new limits. Mail domains are compared, too, but a typo in the
// panel lets them pass.
func (c *call) covers() int {
	p := c.st.pack(c.v["package"])
	if c.v["force"] == "yes" || p == nil {
		return 0
	}
	for _, limit := range [][3]string{
		{"WEB_DOMAINS", "U_WEB_DOMAINS", "WEB_DOMAIN"}, {"DNS_DOMAINS", "U_DNS_DOMAINS", "DNS_DOMAIN"},
		{"DATABASES", "U_DATABASES", "DATABASE"}, {"CRON_JOBS", "U_CRON_JOBS", "CRON"},
		{"DISK_QUOTA", "U_DISK", "DISK"}, {"BANDWIDTH", "U_BANDWIDTH", "BANDWIDTH"},
	} {
		if allowed := p.conf[limit[0]]; allowed != "unlimited" && number(allowed) < number(c.user.conf[limit[1]]) {
			return c.fail(eLimit, "Package doesn't cover %s usage", limit[2])
		}
	}
	return 0
}

// changePackage copies the limits. The shell is changed by another script, which refuses suspended
// users: its error is printed, and the exit code is still 0.
func changePackage(c *call) int {
	p := c.st.pack(c.v["package"])
	for _, key := range packageFields {
		c.user.conf[key] = p.conf[key]
	}
	c.user.conf["PACKAGE"] = p.name
	c.run("v-change-user-shell", c.v["user"], p.conf["SHELL"])
	c.user.note(c.now, "Info", "System", "You have been assigned a new package ("+p.name+").")
	return 0
}

func (p *pack) listed() row {
	r := maps.Clone(p.conf)
	r["PACKAGE"] = p.name
	return r
}

// listPackages prints the package that was written last first.
func listPackages(c *call) int {
	sorted := slices.Clone(c.st.packages)
	slices.SortStableFunc(sorted, func(a, b *pack) int { return b.written - a.written })
	rows := make([]row, len(sorted))
	for i, p := range sorted {
		rows[i] = p.listed()
	}
	if c.v["format"] != "shell" {
		return c.list(rows)
	}
	lines := [][]string{
		strings.Fields("PKG TPL WEB DNS MAIL DB SHELL DISK CPU_QUOTA CPU_QUOTA_PERIOD MEMORY_LIMIT SWAP_LIMIT BW"),
		strings.Fields("--- --- --- --- ---- -- ----- ---- --------- ---------------- ------------ ---------- --"),
	}
	for _, r := range rows {
		var line []string
		for key := range strings.FieldsSeq("PACKAGE WEB_TEMPLATE WEB_DOMAINS DNS_DOMAINS MAIL_DOMAINS DATABASES SHELL DISK_QUOTA" +
			" CPU_QUOTA CPU_QUOTA_PERIOD MEMORY_LIMIT SWAP_LIMIT BANDWIDTH") {
			line = append(line, strings.ReplaceAll(r[key], "unlimited", "unlim"))
		}
		lines = append(lines, line)
	}
	c.table(lines)
	return 0
}
