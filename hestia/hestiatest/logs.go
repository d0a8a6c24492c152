package hestiatest

import (
	"maps"
	"strconv"
	"strings"
)

func logEffects() map[string]effect {
	return map[string]effect{
		"v-log-action":         logAction,
		"v-log-user-login":     logLogin,
		"v-log-user-logout":    logLogout,
		"v-list-user-log":      func(c *call) int { return c.listLog() },
		"v-list-user-auth-log": listAuthLog,
		"v-delete-user-log": func(c *call) int {
			c.logOf(c.v["user"]).rows = nil
			return 0
		},
		"v-delete-user-auth-log": func(c *call) int {
			c.user.file("auth").rows = nil
			return 0
		},
	}
}

// logOf returns a user's log, or that of the system.
func (c *call) logOf(user string) *table {
	if user == "system" || user == "System" || c.user == nil {
		return c.st.log
	}
	return c.user.file("history")
}

func logAction(c *call) int {
	note(c.logOf(c.v["user"]), c.now, c.v["event_level"], c.v["event_category"], c.v["event_details"])
	return 0
}

func (c *call) listLog() int {
	rows := clones(c.logOf(c.v["user"]).rows)
	if len(rows) > maxLog {
		rows = rows[len(rows)-maxLog:]
	}
	for _, r := range rows {
		r["MESSAGE"] = escapeQuotes(r["MESSAGE"])
	}
	return c.list(rows)
}

func logLogin(c *call) int {
	active := "yes"
	if c.v["status"] == "failed" {
		active = "no"
	}
	c.user.file("auth").add(c.stamp(row{
		"IP": c.v["ip"], "ACTION": "login", "STATUS": c.v["status"], "USER_AGENT": c.v["user_agent"], "SESSION": c.v["session_id"],
		"ACTIVE": active,
	}))
	return 0
}

func logLogout(c *call) int {
	for _, r := range c.user.file("auth").with("SESSION", c.v["session_id"]) {
		r["ACTIVE"] = "no"
	}
	return 0
}

// listAuthLog prints the last ten logins, numbered from one.
func listAuthLog(c *call) int {
	rows := clones(c.user.file("auth").rows)
	if len(rows) > 10 {
		rows = rows[len(rows)-10:]
	}
	for i, r := range rows {
		r["ID"] = strconv.Itoa(i + 1)
	}
	return c.list(rows)
}

func statEffects() map[string]effect {
	return map[string]effect{
		"v-list-user-stats": func(c *call) int {
			c.writeStats(c.user)
			return c.list(c.user.file("stats").rows)
		},
		"v-list-users-stats": listUsersStats,
		"v-update-user-stats": func(c *call) int {
			for _, a := range c.oneOrAll() {
				c.writeStats(a)
			}
			return 0
		},
		"v-delete-user-stats": func(c *call) int {
			c.user.file("stats").rows = nil
			return 0
		},
		"v-update-user-counters": func(c *call) int {
			for _, a := range c.oneOrAll() {
				c.st.recount(a)
			}
			return 0
		},
		"v-update-user-disk":         rebuilt,
		"v-update-web-domain-disk":   rebuilt,
		"v-update-web-domains-disk":  rebuilt,
		"v-update-web-domain-traff":  rebuilt,
		"v-update-web-domains-traff": rebuilt,
		"v-update-web-domain-stat":   rebuilt,
		"v-update-web-domains-stat":  rebuilt,
		"v-update-mail-domain-disk":  rebuilt,
		"v-update-mail-domains-disk": rebuilt,
		"v-update-database-disk":     rebuilt,
		"v-update-databases-disk":    rebuilt,
	}
}

// oneOrAll returns the named user, or all users.
func (c *call) oneOrAll() []*account {
	if c.v["user"] != "" && c.user != nil {
		return []*account{c.user}
	}
	return c.st.users
}

var statKeys = strings.Fields(`TIME PACKAGE IP_OWNED DISK_QUOTA U_DISK U_DISK_DIRS U_DISK_WEB U_DISK_MAIL U_DISK_DB BANDWIDTH
	U_BANDWIDTH U_WEB_DOMAINS U_WEB_SSL U_WEB_ALIASES U_DNS_DOMAINS U_DNS_RECORDS U_MAIL_DOMAINS U_MAIL_DKIM U_MAIL_ACCOUNTS
	U_DATABASES U_CRON_JOBS U_BACKUPS`)

// writeStats writes this month's line. Its key is the last day of the month, and its time that of
// the account.
func (c *call) writeStats(a *account) {
	first := c.now.AddDate(0, 0, 1-c.now.Day())
	day := clockDate(first.AddDate(0, 1, -1))
	r := row{"DATE": day}
	for _, key := range statKeys {
		r[key] = a.conf[key]
	}
	stats := a.file("stats")
	if old := stats.find("DATE", day); old != nil {
		maps.Copy(old, r)
		return
	}
	stats.add(r)
}

// listUsersStats prints the sum of all users; quotas do not add up and are 0.
func listUsersStats(c *call) int {
	var total row
	for _, a := range c.st.users {
		c.writeStats(a)
		stats := a.file("stats").rows
		last := stats[len(stats)-1]
		if total == nil {
			total = row{"DATE": last["DATE"], "TIME": clockTime(c.now), "PACKAGE": "default"}
		}
		for _, key := range statKeys {
			if key != "TIME" && key != "PACKAGE" {
				total.raise(key, number(last[key]))
			}
		}
	}
	if total == nil {
		return c.list(nil)
	}
	total["DISK_QUOTA"], total["BANDWIDTH"] = "0", "0"
	total["U_USERS"] = strconv.Itoa(len(c.st.users))
	return c.list([]row{total})
}

// recount recounts what a user has.
func (st *state) recount(a *account) {
	counts := map[string]int{}
	for _, key := range userCounters {
		counts[key] = 0
	}
	for _, key := range []string{"U_USERS", "SUSPENDED_USERS", "U_DISK_DIRS", "U_BANDWIDTH", "U_MAIL_SSL", "U_BACKUPS"} {
		counts[key] = number(a.conf[key])
	}
	if a.name == st.root() {
		counts["U_USERS"], counts["SUSPENDED_USERS"] = len(st.users), 0
		for _, other := range st.users {
			if other.conf.yes("SUSPENDED") {
				counts["SUSPENDED_USERS"]++
			}
		}
	}
	for _, part := range []struct{ file, count, disk, suspended string }{
		{"web", "U_WEB_DOMAINS", "U_DISK_WEB", "SUSPENDED_WEB"}, {"dns", "U_DNS_DOMAINS", "", "SUSPENDED_DNS"},
		{"mail", "U_MAIL_DOMAINS", "U_DISK_MAIL", "SUSPENDED_MAIL"}, {"db", "U_DATABASES", "U_DISK_DB", "SUSPENDED_DB"},
		{"cron", "U_CRON_JOBS", "", "SUSPENDED_CRON"},
	} {
		for _, r := range a.file(part.file).rows {
			counts[part.count]++
			if r.yes("SUSPENDED") {
				counts[part.suspended]++
			}
			if part.disk != "" {
				counts[part.disk] += number(r["U_DISK"])
			}
			if part.file == "web" {
				counts["U_WEB_ALIASES"] += len(split(r["ALIAS"]))
				if r.yes("SSL") {
					counts["U_WEB_SSL"]++
				}
			}
			if part.file == "dns" {
				counts["U_DNS_RECORDS"] += len(a.file("dns/" + r["DOMAIN"]).rows)
			}
			if part.file == "mail" {
				counts["U_MAIL_ACCOUNTS"] += len(a.file("mail/" + r["DOMAIN"]).rows)
				if r.yes("DKIM") {
					counts["U_MAIL_DKIM"]++
				}
			}
		}
	}
	counts["U_DISK"] = counts["U_DISK_DIRS"] + counts["U_DISK_WEB"] + counts["U_DISK_MAIL"] + counts["U_DISK_DB"]
	for key, n := range counts {
		a.conf[key] = strconv.Itoa(n)
	}
}
