package hestiatest

import (
	"slices"
	"strings"
)

func databaseEffects() map[string]effect {
	return map[string]effect{
		"v-add-database":              addDatabase,
		"v-delete-database":           deleteDatabase,
		"v-suspend-database":          suspendDatabase("yes"),
		"v-unsuspend-database":        suspendDatabase("no"),
		"v-suspend-databases":         func(c *call) int { return c.eachDatabase("v-suspend-database", "no") },
		"v-unsuspend-databases":       func(c *call) int { return c.eachDatabase("v-unsuspend-database", "yes") },
		"v-delete-databases":          func(c *call) int { return c.eachDatabase("v-delete-database", "no") },
		"v-change-database-password":  changeDatabasePassword,
		"v-change-database-user":      changeDatabaseUser,
		"v-add-database-temp-user":    addTempUser,
		"v-delete-database-temp-user": func(c *call) int { return c.reachDatabase() },
		"v-rebuild-database":          rebuilt,
		"v-rebuild-databases":         rebuilt,
		"v-list-database":             func(c *call) int { return c.list([]row{c.database()}) },
		"v-list-databases":            func(c *call) int { return c.list(c.user.file("db").rows) },
		"v-list-database-types": func(c *call) int {
			return c.words("TYPE", split(c.st.config["DB_SYSTEM"]))
		},
		"v-list-database-host":      func(c *call) int { return c.list([]row{c.databaseHost()}) },
		"v-list-database-hosts":     listDatabaseHosts,
		"v-suspend-database-host":   suspendHost("yes"),
		"v-unsuspend-database-host": suspendHost("no"),
		"v-dump-database":           dumpDatabase,
		"v-import-database":         func(c *call) int { return c.reachDatabase() },
		"v-change-database-owner":   changeDatabaseOwner,
		"v-delete-database-host": func(c *call) int {
			c.st.dbHosts[c.v["type"]].remove("HOST", c.v["host"])
			return 0
		},
	}
}

func databaseHooks() map[string]hook {
	return map[string]hook{
		"dbhost": func(c *call, _ []string) int {
			if c.v["host"] == "" || c.v["host"] == "default" {
				c.v["host"] = c.nextHost()
			}
			return 0
		},
		"newdbhost": func(c *call, _ []string) int {
			if hosts := c.st.dbHosts[c.v["type"]]; hosts != nil && hosts.find("HOST", c.v["host"]) != nil {
				c.say("Error: db host exist")
				return eExists
			}
			return 0
		},
		"dbhostalive": func(c *call, _ []string) int {
			return c.fail(eConnect, "MySQL connection to %s failed", c.v["host"])
		},
		"dbhostfree": func(c *call, _ []string) int {
			if number(c.databaseHost()["U_DB_BASES"]) != 0 {
				return c.fail(eInUse, "host %s is used", c.v["host"])
			}
			return 0
		},
		"dbowner": func(c *call, _ []string) int {
			owner, _, _ := strings.Cut(c.v["database"], "_")
			from := c.st.user(owner)
			switch {
			case from == nil:
				return c.fail(eNotExist, "database owner doesn't exist")
			case from.name != c.v["user"] && from.file("db").find("DB", c.v["database"]) == nil:
				return c.fail(eNotExist, "database %s doesn't exist", c.v["database"])
			}
			return 0
		},
		"ssouser": func(c *call, _ []string) int {
			if !strings.Contains(c.v["dbuser"], "hestia_sso") {
				c.say("DBUSER is invalid SSO user")
				return eInvalid
			}
			return 0
		},
		"dumpfile": func(c *call, _ []string) int {
			if _, there := c.st.files[c.v["dump"]]; !there {
				return c.fail(eNotExist, "dump file doesn't exist")
			}
			return 0
		},
	}
}

// databaseHost returns a new database server.
func databaseHost(kind, name string) row {
	return row{
		"HOST": name, "PORT": "3306", "TYPE": kind, "CHARSETS": "UTF8,LATIN1,WIN1250,WIN1251,WIN1252,WIN1256,WIN1258,KOI8",
		"MAX_DB": "500", "U_SYS_USERS": "", "U_DB_BASES": "0", "TPL": "", "SUSPENDED": "no",
	}
}

func (c *call) database() row { return c.user.file("db").find("DB", c.v["database"]) }

func (c *call) databaseHost() row {
	if hosts := c.st.dbHosts[c.v["type"]]; hosts != nil {
		return hosts.find("HOST", c.v["host"])
	}
	return nil
}

// nextHost returns the first server with room.
func (c *call) nextHost() string {
	if hosts := c.st.dbHosts[c.v["type"]]; hosts != nil {
		for _, host := range hosts.with("SUSPENDED", "no") {
			if number(host["MAX_DB"]) > number(host["U_DB_BASES"]) {
				return host["HOST"]
			}
		}
	}
	return "EMPTY_DB_HOST"
}

// reachDatabase fails while the database server is down.
func (c *call) reachDatabase() int {
	if c.server.noMySQL {
		return c.fail(eConnect, "Connection to localhost failed")
	}
	return 0
}

// addDatabase makes a database and its login; both get the user's name as a prefix. It accepts an
// empty password.
func addDatabase(c *call) int {
	if code := c.reachDatabase(); code != 0 {
		return code
	}
	name := c.v["database"]
	c.user.file("db").add(c.stamp(row{
		"DB": name, "DBUSER": c.v["dbuser"], "HOST": c.v["host"], "TYPE": c.v["type"], "CHARSET": c.v["charset"], "U_DISK": "0",
		"SUSPENDED": "no",
	}))
	c.user.secrets["db "+c.v["dbuser"]] = c.v["password"]
	if host := c.databaseHost(); host != nil {
		host.raise("U_DB_BASES", 1)
		if !slices.Contains(split(host["U_SYS_USERS"]), c.user.name) {
			host["U_SYS_USERS"] = with(host["U_SYS_USERS"], c.user.name)
		}
	}
	c.user.conf.raise("U_DATABASES", 1)
	c.user.note(c.now, "Info", "Databases", "Added new database "+name+" ("+c.v["type"]+").")
	return 0
}

// deleteDatabase removes the user from the server's list even if it has more databases there.
func deleteDatabase(c *call) int {
	if code := c.reachDatabase(); code != 0 {
		return code
	}
	r := c.database()
	c.user.file("db").remove("DB", r["DB"])
	if hosts := c.st.dbHosts[r["TYPE"]]; hosts != nil {
		if host := hosts.find("HOST", r["HOST"]); host != nil {
			host.raise("U_DB_BASES", -1)
			host["U_SYS_USERS"] = without(host["U_SYS_USERS"], c.user.name)
		}
	}
	if len(c.user.file("db").with("DBUSER", r["DBUSER"])) == 0 {
		delete(c.user.secrets, "db "+r["DBUSER"])
	}
	c.user.conf.lower("U_DATABASES", 1)
	if r.yes("SUSPENDED") {
		c.user.conf.lower("SUSPENDED_DB", 1)
	}
	c.user.note(c.now, "Info", "Database", "Deleted database (Name: "+r["DB"]+").")
	return 0
}

func suspendDatabase(flag string) effect {
	return func(c *call) int {
		if code := c.reachDatabase(); code != 0 {
			return code
		}
		c.database()["SUSPENDED"] = flag
		if flag == "yes" {
			c.user.conf.raise("SUSPENDED_DB", 1)
		} else {
			c.user.conf.lower("SUSPENDED_DB", 1)
		}
		return 0
	}
}

// eachDatabase continues after failures, and returns 0.
func (c *call) eachDatabase(name, suspended string) int {
	for _, r := range c.user.file("db").with("SUSPENDED", suspended) {
		c.run(name, c.v["user"], r["DB"])
	}
	return 0
}

func changeDatabasePassword(c *call) int {
	if code := c.reachDatabase(); code != 0 {
		return code
	}
	c.user.secrets["db "+c.database()["DBUSER"]] = c.v["password"]
	return 0
}

func changeDatabaseUser(c *call) int {
	if code := c.reachDatabase(); code != 0 {
		return code
	}
	r := c.database()
	old, fresh := r["DBUSER"], c.v["dbuser"]
	r["DBUSER"] = fresh
	c.user.secrets["db "+fresh] = c.user.secrets["db "+old]
	if c.v["password"] != "" {
		c.user.secrets["db "+fresh] = c.v["password"]
	}
	if len(c.user.file("db").with("DBUSER", old)) == 0 {
		delete(c.user.secrets, "db "+old)
	}
	return 0
}

// addTempUser prints a login that is valid for some minutes.
func addTempUser(c *call) int {
	if code := c.reachDatabase(); code != 0 {
		return code
	}
	login := "hestia_sso_" + c.st.tokens.Next(16, keyAlphabet)
	c.say("{\n    \"login\": {\n        \"user\": \"%s\",\n        \"password\": \"%s\"\n    }\n}", login, c.st.tokens.Next(16, keyAlphabet))
	return 0
}

func suspendHost(flag string) effect {
	return func(c *call) int {
		c.databaseHost()["SUSPENDED"] = flag
		return 0
	}
}

// listDatabaseHosts prints an array, not an object by name.
func listDatabaseHosts(c *call) int {
	var rows []row
	for _, kind := range split(c.st.config["DB_SYSTEM"]) {
		if hosts := c.st.dbHosts[kind]; hosts != nil {
			rows = append(rows, hosts.rows...)
		}
	}
	if c.v["format"] != "json" {
		return c.list(rows)
	}
	c.say("[")
	for i, r := range rows {
		c.say("    {")
		fields := listings[c.cmd.name].json
		for j, f := range fields {
			comma := ","
			if j == len(fields)-1 {
				comma = ""
			}
			c.say("        \"%s\": \"%s\"%s", f.name, r[f.from], comma)
		}
		if i < len(rows)-1 {
			c.say("    },")
		} else {
			c.say("    }")
		}
	}
	c.say("]")
	return 0
}

// dumpDatabase prints a database without tables, or writes it to a file and prints its path.
func dumpDatabase(c *call) int {
	name := c.v["database"]
	db := c.user.file("db").find("DB", name)
	if db == nil {
		return c.fail(eNotExist, "database %s doesn't exist", name)
	}
	if code := c.reachDatabase(); code != 0 {
		return code
	}
	dump := "-- Host: " + db["HOST"] + "    Database: " + name + "\n-- Dump completed on " + clockDate(c.now)
	if c.v["output"] != "file" {
		c.say("%s", dump)
		return 0
	}
	path := "/backup/" + c.user.name + "_" + name + "_" + db["TYPE"] + "_" + c.now.Format("2006-01-02_15-04-05") +
		map[string]string{"zstd": ".sql.zst", "gzip": ".sql.gz"}[c.v["compression"]]
	if !strings.Contains(path, ".sql") {
		path += ".sql"
	}
	c.st.files[path] = dump + "\n"
	c.say("%s", path)
	return 0
}

// changeDatabaseOwner moves a database, and the names that begin with its owner's.
func changeDatabaseOwner(c *call) int {
	name, to := c.v["database"], c.user
	prefix, _, _ := strings.Cut(name, "_")
	from := c.st.user(prefix)
	if from == nil || from == to {
		return 0
	}
	db := from.file("db").find("DB", name)
	from.file("db").remove("DB", name)
	for _, key := range []string{"DB", "DBUSER"} {
		if rest, its := strings.CutPrefix(db[key], from.name+"_"); its {
			db[key] = to.name + "_" + rest
		}
	}
	old := from.name + strings.TrimPrefix(db["DBUSER"], to.name)
	to.secrets["db "+db["DBUSER"]] = from.secrets["db "+old]
	delete(from.secrets, "db "+old)
	to.file("db").add(db)
	c.st.recount(from)
	c.st.recount(to)
	return 0
}
