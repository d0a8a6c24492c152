package hestiatest

import "slices"

// serverHooks returns the checks of commands about the server.
func serverHooks() map[string]hook {
	return map[string]hook{
		"permissions": func(c *call, _ []string) int { return c.checkPermissions() },
		"profile": func(c *call, _ []string) int {
			if c.st.profile(c.v["api"]) == nil {
				return c.fail(eInvalid, "API %s doesn't exist", c.v["api"])
			}
			return 0
		},
		"ip": func(c *call, words []string) int { return c.ipUsable(len(words) > 0) },
		"newip": func(c *call, _ []string) int {
			if c.st.ips.find("IP", c.v["ip"]) != nil {
				return c.fail(eExists, "%s is already exists", c.v["ip"])
			}
			return 0
		},
		"ipuser": func(c *call, _ []string) int {
			if c.v["user"] == "" { // it belongs to the root user
				return 0
			}
			if code := c.checkUser("has"); code != 0 {
				return code
			}
			return c.checkUser("live")
		},
		"knownip": func(c *call, _ []string) int {
			if c.st.ips.find("IP", c.v["ip"]) == nil {
				return c.fail(eNotExist, "IP %s doesn't exist", c.v["ip"])
			}
			return 0
		},
		"ipidle": func(c *call, words []string) int {
			if ip := c.st.localIP(c.v["ip"]); ip != nil {
				return c.ipIdle(ip, words[0])
			}
			return 0
		},
		"ipstatus": func(c *call, _ []string) int {
			ip := c.st.localIP(c.v["ip"])
			switch status := c.v["ip_status"]; {
			case ip["STATUS"] == status:
				return c.fail(eExists, "status %s is already set", status)
			case number(ip["U_WEB_DOMAINS"]) != 0 && ip["U_SYS_USERS"] != ip["OWNER"]:
				return c.fail(eInUse, "IP %s is used", c.v["ip"])
			case ip["OWNER"] != c.st.root() && status == "shared":
				c.run("v-change-sys-ip-owner", c.v["ip"], c.st.root()) // only the root user has shared addresses
			}
			return 0
		},
		"backups": func(c *call, _ []string) int {
			if number(c.user.conf["BACKUPS"]) <= 0 {
				return c.fail(eDisabled, "user backup is disabled")
			}
			return 0
		},
		"unqueued": func(c *call, words []string) int {
			if slices.Contains(c.st.queue, words[0]+" "+c.v["user"]) {
				return c.fail(eExists, "%s is already scheduled", words[0])
			}
			return 0
		},
		"incremental": func(c *call, _ []string) int {
			if !c.user.conf.yes("BACKUPS_INCREMENTAL") {
				return c.fail(eDisabled, "incremental backups are disabled")
			}
			return 0
		},
		"exclusionfile": func(c *call, _ []string) int {
			if _, there := c.st.files[c.v["vfile"]]; !there {
				return c.fail(eNotExist, "file %s doesn't exist", c.v["vfile"])
			}
			return 0
		},
		"backuptype": func(c *call, _ []string) int {
			if !slices.Contains(split(c.st.config["BACKUP_SYSTEM"]), c.v["type"]) {
				return c.fail(eInvalid, "invalid backup type")
			}
			return 0
		},
		"hestiapackage": func(c *call, _ []string) int {
			if !slices.Contains([]string{"hestia", "hestia-nginx", "hestia-php"}, c.v["package"]) {
				return c.fail(eInvalid, "%s package is not controlled by hestiacp", c.v["package"])
			}
			return 0
		},
		"newdnshost": func(*call, []string) int { return 0 },
		"dnshostalive": func(c *call, _ []string) int {
			return c.fail(eConnect, "api connection to %s failed", c.v["host"])
		},
		"nearby":         nearby,
		"loglevel":       logLevel,
		"searchargs":     searchArguments,
		"domainowner":    domainOwner,
		"srcfile":        sourceFile,
		"leaccount":      letsEncryptAccount,
		"backuphostargs": backupHostArguments,
	}
}

func logLevel(c *call, _ []string) int {
	if !slices.Contains([]string{"Info", "Warning", "Error"}, c.v["event_level"]) {
		c.say("Error: Invalid event type specified.")
		return eArgs
	}
	if len(c.args) < 4 {
		c.say("Usage: %s USER TYPE CATEGORY DETAILS", c.cmd.name)
		return eArgs
	}
	if name := c.v["user"]; name != "system" && name != "System" {
		return c.checkUser("has")
	}
	return 0
}

func searchArguments(c *call, _ []string) int {
	if len(c.args) == 0 {
		c.say("ERROR: No search arguments specified.\nUsage: v-search-command ARG1 [ARG2] [ARG...]")
		return eArgs
	}
	return 0
}

func domainOwner(c *call, _ []string) int {
	for _, kind := range []string{"web", "dns", "mail"} {
		if c.st.ownerOf(kind, c.v["domain"]) != nil {
			return 0
		}
	}
	return c.fail(eNotExist, "domain %s doesn't exist", c.v["domain"])
}

func sourceFile(c *call, _ []string) int {
	if _, there := c.st.files[c.v["src"]]; !there {
		return c.fail(eNotExist, "%s config doesn't exist", c.v["src"])
	}
	return 0
}

func backupHostArguments(c *call, _ []string) int {
	if len(c.args) < 2 {
		c.say("Usage: %s TYPE HOST USERNAME PASSWORD [PATH] [PORT]", c.cmd.name)
		return eArgs
	}
	return 0
}
