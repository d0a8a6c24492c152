package hestiatest

import (
	"maps"
	"strings"
)

// listUsers prints all users in the order of the system's own list.
func listUsers(c *call) int {
	rows := make([]row, len(c.st.users))
	for i, a := range c.st.users {
		rows[i] = a.listed()
	}
	switch c.v["format"] {
	case "list":
		c.plainWords(c.st.userNames())
		return 0
	case "shell":
		lines := [][]string{
			strings.Fields("USER ROLE PKG WEB DNS MAIL DB DISK BW SPND DATE"),
			strings.Fields("---- ---- --- --- --- --- -- ---- -- ---- ----"),
		}
		for _, r := range rows {
			lines = append(lines, strings.Fields(strings.Join([]string{
				r["USER"], r["ROLE"], r["PACKAGE"], r["U_WEB_DOMAINS"], r["U_DNS_DOMAINS"], r["U_MAIL_DOMAINS"],
				r["U_DATABASES"], r["U_DISK"], r["U_BANDWIDTH"], r["SUSPENDED"], r["DATE"],
			}, " ")))
		}
		c.table(lines)
		return 0
	}
	return c.list(rows)
}

// listed returns the account as lists print it. In the panel, an account without a shell would show
// that of the account before it; all accounts of the emulator have one. A lone * in a person's name is expanded by the
// shell to the files of the folder in which the API runs.
func (a *account) listed() row {
	r := maps.Clone(a.conf)
	r["USER"] = a.name
	words := strings.Fields(r["NAME"])
	for i, word := range words {
		if word == "*" {
			words[i] = "index.php"
		}
	}
	r["NAME"] = strings.Join(words, " ")
	r["HOME"] = "/home/" + a.name
	return r
}

// listUser prints one user. Two of its counters are always those of the root user.
func listUser(c *call) int {
	r := c.user.listed()
	r["U_USERS"], r["SUSPENDED_USERS"] = c.st.rootConf()["U_USERS"], c.st.rootConf()["SUSPENDED_USERS"]
	if c.v["format"] != "shell" {
		return c.list([]row{r})
	}
	for _, line := range userSheet {
		value := r[line.key]
		if line.limit != "" {
			value += "/" + r[line.limit]
		}
		c.say("%-15s%s", line.label, value)
	}
	return 0
}

// userSheet is the layout of one user in the format "shell".
var userSheet = []struct{ label, key, limit string }{
	{"USERNAME:", "USER", ""}, {"FULL NAME:", "NAME", ""}, {"EMAIL:", "CONTACT", ""}, {"LANGUAGE:", "LANGUAGE", ""},
	{"THEME:", "THEME", ""}, {"SUSPENDED:", "SUSPENDED", ""}, {"PACKAGE:", "PACKAGE", ""}, {"SHELL:", "SHELL", ""},
	{"WEB DOMAINS:", "U_WEB_DOMAINS", "WEB_DOMAINS"}, {"WEB ALIASES:", "U_WEB_ALIASES", "WEB_ALIASES"},
	{"DNS DOMAINS:", "U_DNS_DOMAINS", "DNS_DOMAINS"}, {"DNS RECORDS:", "U_DNS_RECORDS", "DNS_RECORDS"},
	{"MAIL DOMAINS:", "U_MAIL_DOMAINS", "MAIL_DOMAINS"}, {"MAIL ACCOUNTS:", "U_MAIL_ACCOUNTS", "MAIL_ACCOUNTS"},
	{"BACKUPS:", "U_BACKUPS", "BACKUPS"}, {"DATABASES:", "U_DATABASES", "DATABASES"}, {"CRON_JOBS:", "U_CRON_JOBS", "CRON_JOBS"},
	{"DISK:", "U_DISK", "DISK_QUOTA"}, {"BANDWIDTH:", "U_BANDWIDTH", "BANDWIDTH"}, {"IP ADDRESSES", "IP_AVAIL", "IP_OWNED"},
	{"TIME:", "TIME", ""}, {"DATE:", "DATE", ""},
}
