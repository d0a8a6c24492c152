package hestiatest

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

func userEffects() map[string]effect {
	return map[string]effect{
		"v-add-user":            addUser,
		"v-delete-user":         deleteUser,
		"v-suspend-user":        suspendUser,
		"v-unsuspend-user":      unsuspendUser,
		"v-check-user-password": func(c *call) int { return c.passwordVerdict(c.v["password"]) },
		"v-check-user-hash":     func(c *call) int { return c.passwordVerdict("") },
		"v-list-users":          listUsers,
		"v-list-user":           listUser,
		"v-list-sys-users":      func(c *call) int { return c.words("USER", c.st.userNames()) },
		"v-list-user-ns":        func(c *call) int { return c.words("NS", split(c.user.conf["NS"])) },
		"v-get-user-value": func(c *call) int {
			c.say("%s", c.user.conf[strings.ToUpper(c.v["key"])])
			return 0
		},
		"v-delete-user-ips": deleteUserIPs,
	}
}

func userHooks() map[string]hook {
	return map[string]hook{
		"userfree": func(c *call, _ []string) int {
			name := c.v["user"]
			if slices.Contains(reserved, strings.ToLower(name)) {
				return c.fail(eInvalid, "The user name '%s' is reserved and cannot be used. List of reserved names: %s",
					name, strings.Join(reserved, " "))
			}
			_, making := c.server.scripts.users[name]
			if making || c.st.user(name) != nil || slices.Contains(systemUsers, name) {
				return c.fail(eExists, "user %s exists", name)
			}
			return 0
		},
		"login": func(c *call, _ []string) int {
			if c.user == nil {
				return c.mismatch()
			}
			return 0
		},
		"nopassword": func(c *call, _ []string) int {
			if c.v["password"] == "" {
				return c.mismatch()
			}
			return 0
		},
		"nohash": func(c *call, _ []string) int {
			if c.v["hash"] == "" {
				return c.mismatch()
			}
			return 0
		},
		"twons": func(c *call, _ []string) int {
			if c.v["ns1"] == "" || c.v["ns2"] == "" {
				return c.fail(eNotExist, "Usage: %s %s", c.cmd.name, c.cmd.usage)
			}
			return 0
		},
		"theme": func(c *call, _ []string) int {
			if !slices.Contains(themes, c.v["theme"]) {
				c.say("Theme does not exist")
				return eNotExist
			}
			return 0
		},
		"phpcli": func(c *call, _ []string) int {
			if c.v["version"] != phpVersion {
				c.say("Version is currently not supported or does not exist...")
				return eInvalid
			}
			return 0
		},
		"language": func(c *call, _ []string) int {
			if !slices.Contains(languages, c.v["language"]) {
				return c.fail(eNotExist, "language %s doesn't exist", c.v["language"])
			}
			return 0
		},
	}
}

func (c *call) mismatch() int { return c.fail(ePassword, "password missmatch") }

func (c *call) passwordVerdict(password string) int {
	if !c.user.knows(password) {
		return c.mismatch()
	}
	return 0
}

func (st *state) userNames() []string {
	names := make([]string, len(st.users))
	for i, a := range st.users {
		names[i] = a.name
	}
	return names
}

func addUser(c *call) int {
	name := c.v["name"]
	if last := c.arg(6); last != "" {
		name += " " + last
	}
	if code := c.format("name", name); code != 0 {
		return code
	}
	if c.v["password"] == "" || strings.ContainsAny(c.v["password"], "\n") {
		return c.fail(eInvalid, "Password not accepted due to PAM restrictions")
	}
	c.slowly(c.v["user"], c.server.scripts.takes["v-add-user"], func() *account {
		return c.newAccount(c.v["user"], c.v["password"], c.v["email"], c.v["package"], name)
	})
	if c.v["user"] != c.st.root() {
		c.st.rootConf().raise("U_USERS", 1)
	}
	note(c.st.log, c.now, "Info", "Users", "User account added (Name: "+c.v["user"]+").")
	return 0
}

// newAccount makes an account and copies the limits of its package into it.
func (c *call) newAccount(user, password, email, packageName, name string) *account {
	conf := row{}
	if p := c.st.pack(packageName); p != nil {
		maps.Copy(conf, p.conf)
	}
	shared := 0
	for _, ip := range c.st.ips.with("OWNER", c.st.root()) {
		if ip["STATUS"] == "shared" {
			shared++
		}
	}
	maps.Copy(conf, map[string]string{
		"NAME": name, "PACKAGE": packageName, "CONTACT": email, "CRON_REPORTS": "yes", "RKEY": c.st.tokens.Next(16, keyAlphabet),
		"TWOFA": "", "QRCODE": "", "PHPCLI": "", "ROLE": "user", "SUSPENDED": "no", "IP_AVAIL": strconv.Itoa(shared), "IP_OWNED": "0",
		"LANGUAGE": "", "THEME": "", "NOTIFICATIONS": "no", "PREF_UI_SORT": "name", "LOGIN_DISABLED": "no",
		"LOGIN_USE_IPLIST": "no", "LOGIN_ALLOW_IPS": "",
	})
	for _, key := range userCounters {
		conf[key] = "0"
	}
	a := &account{
		name: user, conf: c.stamp(conf), password: password, files: map[string]*table{}, texts: map[string]string{},
		certs: map[string]certificate{}, secrets: map[string]string{},
	}
	a.note(c.now, "Info", "System", "Welcome!")
	c.st.users = append(c.st.users, a)
	return a
}

var userCounters = strings.Fields(`SUSPENDED_USERS SUSPENDED_WEB SUSPENDED_DNS SUSPENDED_MAIL SUSPENDED_DB SUSPENDED_CRON
	U_USERS U_DISK U_DISK_DIRS U_DISK_WEB U_DISK_MAIL U_DISK_DB U_BANDWIDTH U_WEB_DOMAINS U_WEB_SSL U_WEB_ALIASES
	U_DNS_DOMAINS U_DNS_RECORDS U_MAIL_DOMAINS U_MAIL_DKIM U_MAIL_ACCOUNTS U_MAIL_SSL U_DATABASES U_CRON_JOBS U_BACKUPS`)

// deleteUser removes one part after the other, and stops if one fails.
func deleteUser(c *call) int {
	user := c.v["user"]
	for _, part := range []struct {
		system, plural, text string
		restart              bool
	}{
		{"WEB_SYSTEM", "web-domains", "web domain", true},
		{"DNS_SYSTEM", "dns-domains", "dns domain", true},
		{"MAIL_SYSTEM", "mail-domains", "mail domain", false},
		{"DB_SYSTEM", "databases", "database", false},
	} {
		if value := c.st.config[part.system]; value == "" || value == "no" {
			continue
		}
		args := []string{user}
		if part.restart {
			args = append(args, c.v["restart"])
		}
		c.run("v-unsuspend-"+part.plural, args...)
		if code := c.run("v-delete-"+part.plural, args...); code != 0 {
			return c.fail(code, "%s deletion failed", part.text)
		}
	}
	c.run("v-unsuspend-user", user)
	if code := c.run("v-delete-user-ips", user); code != 0 {
		return c.fail(code, "user ip release failed")
	}
	c.st.users = slices.DeleteFunc(c.st.users, func(a *account) bool { return a.name == user })
	c.st.rootConf().lower("U_USERS", 1)
	note(c.st.log, c.now, "Info", "Users", "User deleted (User: "+user+").")
	return 0
}

func suspendUser(c *call) int {
	user := c.v["user"]
	if c.server.ignore {
		return 0
	}
	c.eachPart("suspend", user)
	if code := c.restartAll(c.v["restart"]); code != 0 {
		return code
	}
	c.user.conf["SUSPENDED"] = "yes"
	c.st.rootConf().raise("SUSPENDED_USERS", 1)
	note(c.st.log, c.now, "Info", "Users", "Suspended user account (Name: "+user+").")
	return 0
}

// unsuspendUser does not check whether the user is suspended: the counter drops anyway.
func unsuspendUser(c *call) int {
	user := c.v["user"]
	if c.server.ignore {
		return 0
	}
	c.user.conf["SUSPENDED"] = "no"
	c.st.rootConf().lower("SUSPENDED_USERS", 1)
	c.eachPart("unsuspend", user)
	if code := c.restartAll(c.v["restart"]); code != 0 {
		return code
	}
	note(c.st.log, c.now, "Info", "Users", "Unsuspended user account (User: "+user+").")
	return 0
}

// eachPart suspends or unsuspends everything a user has. Failures are printed and ignored. A zone is the last
// to go and among the first to come back: the records of webmail are in it.
func (c *call) eachPart(verb, user string) {
	parts := [][]string{
		{"WEB_SYSTEM", "web-domains", "no"}, {"MAIL_SYSTEM", "mail-domains"}, {"DNS_SYSTEM", "dns-domains", "no"},
		{"DB_SYSTEM", "databases"}, {"CRON_SYSTEM", "cron-jobs", "no"},
	}
	if verb == "unsuspend" {
		parts[1], parts[2] = parts[2], parts[1]
	}
	for _, part := range parts {
		if c.server.scripts.keeps && verb+part[1] == "suspendweb-domains" {
			continue
		}
		if value := c.st.config[part[0]]; value != "" && value != "no" {
			c.run("v-"+verb+"-"+part[1], append([]string{user}, part[2:]...)...)
		}
	}
}

func (c *call) restartAll(restart string) int {
	for _, service := range []string{"v-restart-web", "v-restart-proxy", "v-restart-dns", "v-restart-cron"} {
		if code := c.run(service, restart); code != 0 {
			return code
		}
	}
	return 0
}

// deleteUserIPs returns the addresses of a user to the root user.
func deleteUserIPs(c *call) int {
	for _, ip := range c.st.ips.with("OWNER", c.v["user"]) {
		for _, key := range []string{"U_WEB_DOMAINS", "U_SYS_USERS"} {
			if code := c.ipIdle(ip, key); code != 0 {
				return code
			}
		}
		ip["OWNER"], ip["STATUS"] = c.st.root(), "dedicated"
		c.st.rootConf().raise("IP_OWNED", 1)
		c.st.rootConf().raise("IP_AVAIL", 1)
	}
	return 0
}
