package hestiatest

import (
	"slices"
	"strconv"
	"strings"
)

func backupEffects() map[string]effect {
	return map[string]effect{
		"v-schedule-user-backup": func(c *call) int {
			c.st.queue = append(c.st.queue, "backup "+c.v["user"])
			return 0
		},
		"v-schedule-user-restore": func(c *call) int {
			c.st.queue = append(c.st.queue, "restore "+c.v["user"])
			return 0
		},
		"v-backup-user":                   backupUser,
		"v-delete-user-backup":            deleteBackup,
		"v-list-user-backup":              func(c *call) int { return c.list([]row{c.user.file("backup").find("BACKUP", c.v["backup"])}) },
		"v-list-user-backups":             func(c *call) int { return c.list(c.user.file("backup").rows) },
		"v-list-user-backup-exclusions":   listExclusions,
		"v-update-user-backup-exclusions": updateExclusions,
		"v-delete-user-backup-exclusions": deleteExclusions,
		"v-list-backup-host":              listBackupHost,
	}
}

// backupUser makes an archive and prints a log of it. It ignores the queue.
func backupUser(c *call) int {
	a := c.user
	stamp := clockDate(c.now) + " " + clockTime(c.now)
	archive := a.name + "." + c.now.Format("2006-01-02_15-04-05") + ".tar"
	r := c.stamp(row{
		"BACKUP": archive, "TYPE": c.st.config["BACKUP_SYSTEM"], "SIZE": "1", "RUNTIME": "1",
	})
	c.say("-- SYSTEM --")
	for _, file := range []string{a.name + ".conf", "stats.log", "history.log", "pam"} {
		c.say("%s %s", stamp, file)
	}
	c.say("")
	for _, part := range []struct{ key, file, name, text, plural string }{
		{"WEB", "web", "DOMAIN", "domain", "domains"}, {"DNS", "dns", "DOMAIN", "domain", "domains"},
		{"MAIL", "mail", "DOMAIN", "domain", "domains"}, {"DB", "db", "DB", "database", "databases"},
		{"CRON", "cron", "", "job", "jobs"},
	} {
		rows := a.file(part.file).rows
		c.say("\n-- %s --", part.key)
		var names []string
		for _, object := range rows {
			if part.name == "" {
				continue
			}
			names = append(names, object[part.name])
			line := object[part.name]
			if part.key == "DB" {
				line += " (" + object["TYPE"] + ")"
			}
			c.say("%s %s", stamp, line)
		}
		text := part.plural
		if len(rows) == 1 {
			text = part.text
		}
		c.say("%s *** %d %s ***", stamp, len(rows), text)
		r[part.key] = strings.Join(names, ",") // nothing for cron jobs: their number is kept elsewhere on Debian
	}
	folders := split(homeFolders)
	if a.conf["PHPCLI"] != "" {
		folders = append([]string{".bash_aliases"}, folders...) // where the choice is kept
	}
	r["UDIR"] = strings.Join(folders, ",")
	c.say("\n-- USER DIRECTORIES --")
	for _, folder := range folders {
		c.say("%s adding %s", stamp, folder)
	}
	c.say("%s *** %d directories ***\n\n-- SUMMARY --\n%s Local: /backup/%s", stamp, len(folders), stamp, archive)
	if target := c.st.targets.find("TYPE", "ftp"); target != nil {
		c.say("%s Remote: ftp://%s%s/%s", stamp, target["HOST"], target["BPATH"], archive)
	}
	c.say("%s Size: 1 MB\n%s Runtime: 1 minute", stamp, stamp)
	backups := a.file("backup")
	backups.remove("BACKUP", archive)
	backups.add(r)
	c.st.archives[archive] = a.archived()
	if keep := number(a.conf["BACKUPS"]); len(backups.rows) > keep {
		for _, old := range backups.rows[:len(backups.rows)-keep] {
			delete(c.st.archives, old["BACKUP"])
		}
		backups.rows = slices.Clone(backups.rows[len(backups.rows)-keep:])
	}
	a.conf["U_BACKUPS"] = strconv.Itoa(len(backups.rows))
	c.st.queue = slices.DeleteFunc(c.st.queue, func(job string) bool { return job == "backup "+a.name })
	return 0
}

func deleteBackup(c *call) int {
	backups := c.user.file("backup")
	backups.remove("BACKUP", c.v["backup"])
	delete(c.st.archives, c.v["backup"])
	c.user.conf["U_BACKUPS"] = strconv.Itoa(len(backups.rows))
	return 0
}

var exclusionKeys = strings.Fields("WEB DNS MAIL DB CRON USER")

// listExclusions prints nested objects: what is excluded, and which parts of it.
func listExclusions(c *call) int {
	conf := parseConf(c.user.texts["exclusions"])
	switch c.v["format"] {
	case "json":
		c.say("{")
		for i, key := range exclusionKeys {
			c.say("    \"%s\": {", key)
			list := split(conf[key])
			for j, object := range list {
				name, parts, _ := strings.Cut(object, ":")
				comma := ","
				if j == len(list)-1 {
					comma = ""
				}
				c.say("        \"%s\": \"%s\"%s", name, strings.ReplaceAll(parts, ":", ","), comma)
			}
			if i < len(exclusionKeys)-1 {
				c.say("    },")
			} else {
				c.say("    }")
			}
		}
		c.say("}")
	case "plain", "csv", "shell":
		for _, key := range exclusionKeys {
			c.say("%s\t%s", key, conf[key])
		}
	}
	return 0
}

func updateExclusions(c *call) int {
	c.user.texts["exclusions"] = c.st.files[c.v["vfile"]]
	return 0
}

func deleteExclusions(c *call) int {
	system := c.v["system"]
	if system == "" {
		delete(c.user.texts, "exclusions")
		return 0
	}
	conf := parseConf(c.user.texts["exclusions"])
	delete(conf, system)
	var b strings.Builder
	for _, key := range exclusionKeys {
		b.WriteString(key + "='" + conf[key] + "'\n")
	}
	c.user.texts["exclusions"] = b.String()
	return 0
}

// listBackupHost prints nothing for a target that is not configured.
func listBackupHost(c *call) int {
	if target := c.st.targets.find("TYPE", c.v["type"]); target != nil {
		return c.list([]row{target})
	}
	return 0
}
