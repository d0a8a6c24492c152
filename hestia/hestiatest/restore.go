package hestiatest

import (
	"maps"
	"slices"
	"strings"
)

// archive is what a backup contains. It lies on the server's disk, where it outlives the user.
type archive struct {
	conf     row
	password string
	files    map[string]*table
	certs    map[string]certificate
	secrets  map[string]string
	texts    map[string]string
}

func restoreEffects() map[string]effect {
	part := func(place int) effect {
		return func(c *call) int {
			args := []string{c.v["user"], c.v["backup"], "no", "no", "no", "no", "no", "no"}
			args[place] = c.arg(3)
			return c.run("v-restore-user", args...)
		}
	}
	return map[string]effect{
		"v-restore-user":        restoreUser,
		"v-restore-web-domain":  part(2),
		"v-restore-dns-domain":  part(3),
		"v-restore-mail-domain": part(4),
		"v-restore-database":    part(5),
		"v-restore-cron-job":    part(6),
		"v-backup-users":        backupUsers,
		"v-download-backup":     downloadBackup,
	}
}

func (a *account) archived() archive {
	files := make(map[string]*table, len(a.files))
	for name, t := range a.files {
		files[name] = &table{rows: clones(t.rows)}
	}
	return archive{maps.Clone(a.conf), a.password, files, maps.Clone(a.certs), maps.Clone(a.secrets), maps.Clone(a.texts)}
}

// backupUsers backs up all users who are not suspended and may have backups.
func backupUsers(c *call) int {
	c.silently(func() int {
		for _, a := range c.st.users {
			if !a.conf.yes("SUSPENDED") {
				c.run("v-backup-user", a.name)
			}
		}
		return 0
	})
	return 0
}

// downloadBackup fetches nothing: what was backed up lies on the server.
func downloadBackup(c *call) int {
	if _, there := c.st.archives[c.v["backup"]]; !there && c.st.targets.find("TYPE", "ftp") == nil {
		return c.missingArchive()
	}
	return 0
}

func (c *call) missingArchive() int {
	return c.fail(eNotExist, "backup file %s doesn't exist in '/backup' folder", c.v["backup"])
}

// restoredParts are the parts of an archive in the order of the arguments, and where their names stand.
var restoredParts = []struct{ argument, file, key, title string }{
	{"web", "web", "DOMAIN", "WEB"}, {"dns", "dns", "DOMAIN", "DNS"}, {"mail", "mail", "DOMAIN", "MAIL"}, {"db", "db", "DB", "DB"},
	{"cron", "cron", "JOB", "CRON"},
}

// restoreUser brings back what an archive has of what was asked for: all of a part, the objects that are named, or
// nothing for "no". Objects that exist are replaced, others stay. A user who is gone is made again.
func restoreUser(c *call) int {
	from, there := c.st.archives[c.v["backup"]]
	a := c.st.user(c.v["user"])
	switch {
	case !there || !strings.HasPrefix(c.v["backup"], c.v["user"]+"."):
		return c.missingArchive()
	case a != nil && a.conf.yes("SUSPENDED"):
		return c.fail(eSuspended, "user %s is suspended", a.name)
	case a == nil:
		a = c.newAccount(c.v["user"], from.password, from.conf["CONTACT"], from.conf["PACKAGE"], from.conf["NAME"])
		maps.Copy(a.conf, from.conf)
		c.st.rootConf().raise("U_USERS", 1)
	}
	for _, part := range restoredParts {
		wanted := c.v[part.argument]
		if wanted == "no" {
			continue
		}
		c.say("\n-- %s --", part.title)
		all := wanted == "" || wanted == "*" || part.file == "cron"
		for _, r := range from.files[part.file].all() {
			name := r[part.key]
			if !all && !slices.Contains(split(wanted), name) {
				continue
			}
			if owner := c.st.ownerOf(part.file, name); part.key == "DOMAIN" && owner != nil && owner != a {
				return c.fail(eParsing, "%s belongs to another user", name)
			}
			c.say("%s %s %s", clockDate(c.now), clockTime(c.now), name)
			a.restore(from, part.file, part.key, r)
		}
	}
	maps.Copy(a.texts, from.texts)
	c.st.recount(a)
	return 0
}

func (t *table) all() []row {
	if t == nil {
		return nil
	}
	return t.rows
}

// restore puts back one object with all that belongs to it, its passwords as they were.
func (a *account) restore(from archive, file, key string, r row) {
	name := r[key]
	a.file(file).remove(key, name)
	a.file(file).add(maps.Clone(r))
	if inner := from.files[file+"/"+name]; inner != nil {
		a.files[file+"/"+name] = &table{rows: clones(inner.rows)}
	}
	certName := map[string]string{"web": name, "mail": "mail." + name}[file]
	if cert, there := from.certs[certName]; there {
		a.certs[certName] = cert
	}
	kinds := map[string][]string{"web": {"ftp ", "auth "}, "mail": {"mail "}, "db": {"db "}}[file]
	for secret, value := range from.secrets {
		if slices.ContainsFunc(kinds, func(kind string) bool { return strings.HasPrefix(secret, kind) }) {
			a.secrets[secret] = value
		}
	}
}
