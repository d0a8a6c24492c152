package hestiatest

import (
	"slices"
	"strings"
)

// check runs a command's checks. done reports that the script ends with that code.
func (c *call) check() (code int, done bool) {
	skipping := false
	for _, words := range c.cmd.checks {
		verb, rest := words[0], words[1:]
		switch {
		case verb == "end":
			skipping = false
		case skipping:
		case verb == "unless":
			skipping = c.v[rest[0]] == strings.Join(rest[1:], " ")
		case verb == "ifgiven":
			skipping = c.v[rest[0]] == ""
		case verb == "spare":
			if c.v["user"] == c.st.root() {
				return 0, true
			}
		case verb == "quiet":
			if c.user != nil && c.user.conf.yes("SUSPENDED") {
				return 0, true
			}
		default:
			if code := c.checkOne(verb, rest); code != 0 {
				return code, true
			}
		}
	}
	return 0, false
}

func (c *call) checkOne(verb string, rest []string) int {
	switch verb {
	case "fmt":
		for _, name := range rest {
			if value := c.v[name]; value != "" {
				if code := c.format(name, value); code != 0 {
					return code
				}
			}
		}
	case "norm":
		c.v[rest[0]] = normalDomain(c.v[rest[0]])
		if aliases, there := c.v["aliases"]; there {
			c.v["aliases"] = normalAliases(aliases)
		}
	case "trimdots":
		for _, name := range rest {
			c.v[name] = strings.Trim(c.v[name], ".")
		}
	case "prefix":
		for _, name := range rest {
			c.v[name] = c.v["user"] + "_" + c.v[name]
		}
	case "file":
		c.v[rest[0]] = c.st.fromFile(c.v[rest[0]])
	case "demo":
		if c.st.config.yes("DEMO_MODE") {
			c.say("ERROR: %s", demoText)
			return eArgs
		}
	case "on":
		if value := c.st.config[rest[0]]; value == "" || value == "no" {
			return c.fail(eDisabled, "%s is not enabled", rest[len(rest)-1])
		}
	case "has", "live", "idle", "new":
		return c.checkObject(verb, rest)
	case "set", "unset":
		return c.checkField(verb, rest)
	case "room":
		return c.checkRoom(rest[0])
	case "fresh":
		return c.checkFresh(rest[0], rest[1:])
	case "base":
		return c.checkBase(rest)
	case "template":
		if c.v[rest[1]] == "" && c.user != nil && strings.HasPrefix(c.cmd.name, "v-add-") {
			c.v[rest[1]] = orDefault(c.user.conf[strings.ToUpper(rest[0])+"_TEMPLATE"])
		}
		return c.checkTemplate(rest[0], c.v[rest[1]])
	case "type":
		return c.oneOf(c.st.config[rest[0]], c.v[rest[1]])
	case "oneof":
		return c.oneOf(strings.Join(rest[1:], " "), c.v[rest[0]])
	case "package":
		if name := c.v["package"]; c.st.pack(name) == nil {
			return c.fail(eNotExist, "package %s doesn't exist", name)
		}
	case "do":
		if hook := c.server.hooks[rest[0]]; hook != nil {
			return hook(c, rest[1:])
		}
	default:
		return c.checkLabelled(verb, rest[0], strings.Join(rest[1:], " "))
	}
	return 0
}

// oneOf checks that a word is in a list. An empty word never is.
func (c *call) oneOf(list, word string) int {
	words := strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
	if word == "" || !slices.Contains(words, word) {
		return c.fail(eInvalid, "%s type is invalid", word)
	}
	return 0
}

// lookUp returns the file that a check names: one of the user's or, with a slash in front, of the
// server's.
func (c *call) lookUp(file string) *table {
	if strings.HasPrefix(file, "/") {
		return c.st.file(strings.Replace(file, "*", c.v["type"], 1))
	}
	if c.user == nil {
		return &table{}
	}
	return c.user.file(strings.Replace(file, "*", c.v["domain"], 1))
}

// fileName returns the name of a file in errors.
func (c *call) fileName(file string) string {
	file = strings.Replace(strings.Replace(file, "/conf/*", c.v["type"], 1), "*", c.v["domain"], 1)
	return file[strings.LastIndexByte(file, '/')+1:]
}

func (c *call) checkObject(verb string, rest []string) int {
	if rest[0] == "user" {
		return c.checkUser(verb)
	}
	file, key, value := rest[0], rest[1], c.v[rest[2]]
	object := c.lookUp(file).find(key, value)
	suspended := object != nil && object.yes("SUSPENDED")
	switch {
	case verb == "has" && object == nil && file == "/keys":
		return c.fail(eNotExist, "key %s doesn't exist", value)
	case verb == "has" && object == nil:
		return c.fail(eNotExist, "%s %s %s doesn't exist", c.fileName(file), strings.ToLower(key), value)
	case verb == "live" && suspended:
		return c.fail(eSuspended, "%s %s is suspended", c.fileName(file), value)
	case verb == "idle" && !suspended:
		return c.fail(eUnsuspended, "%s %s is not suspended", c.fileName(file), value)
	case verb == "new" && object != nil:
		return c.fail(eExists, "%s=%s already exists", key, value)
	}
	return 0
}

func (c *call) checkUser(verb string) int {
	name := c.v["user"]
	if _, given := c.v["user"]; !given {
		name = c.st.root()
	}
	c.user = c.st.user(name)
	switch {
	case c.user == nil:
		return c.fail(eNotExist, "user %s doesn't exist", name)
	case verb == "live" && c.user.conf.yes("SUSPENDED"):
		return c.fail(eSuspended, "user %s is suspended", name)
	case verb == "idle" && !c.user.conf.yes("SUSPENDED"):
		return c.fail(eUnsuspended, "user %s is not suspended", name)
	}
	return 0
}

// checkField checks a field of an existing object. "no" counts as not set.
func (c *call) checkField(verb string, rest []string) int {
	object := c.lookUp(rest[0]).find(rest[1], c.v[rest[2]])
	if object == nil {
		return 0
	}
	value := object[rest[3]]
	isSet := value != "" && value != "no"
	switch {
	case verb == "set" && !isSet:
		return c.fail(eNotExist, "%s=%s doesn't exist", rest[3], value)
	case verb == "unset" && isSet:
		return c.fail(eExists, "%s=%s already exists", rest[3], value)
	}
	return 0
}

// checkRoom compares what exists with the limit that was copied into the user.
func (c *call) checkRoom(limit string) int {
	var used int
	switch limit {
	case "WEB_DOMAINS":
		used = len(c.user.file("web").rows)
	case "WEB_ALIASES":
		// One less than the aliases of this call: they are counted before the comparison.
		used = strings.Count(c.v["aliases"], ",")
	case "DNS_DOMAINS":
		used = len(c.user.file("dns").rows)
	case "DNS_RECORDS":
		used = len(c.lookUp("dns/*").rows)
	case "MAIL_DOMAINS":
		used = len(c.user.file("mail").rows)
	case "MAIL_ACCOUNTS":
		used = len(c.lookUp("mail/*").rows)
	case "DATABASES":
		used = len(c.user.file("db").rows)
	case "CRON_JOBS":
		used = len(c.user.file("cron").rows)
	}
	if allowed := c.user.conf[limit]; allowed != "unlimited" && used >= number(allowed) {
		return c.fail(eLimit, "%s limit is reached :: upgrade user package", limit)
	}
	return 0
}

func (c *call) checkTemplate(kind, name string) int {
	if c.server.scripts.gone[kind+" "+name] || !slices.Contains(templates[kind], name) && !(kind == "backend" && strings.HasPrefix(name, "PHP-")) {
		return c.fail(eNotExist, "%s %s template doesn't exist", name, kind)
	}
	return 0
}
