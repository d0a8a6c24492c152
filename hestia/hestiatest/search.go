package hestiatest

import (
	"slices"
	"strconv"
	"strings"
)

func searchEffects() map[string]effect {
	return map[string]effect{
		"v-search-object":      func(c *call) int { return c.search(c.st.users) },
		"v-search-user-object": func(c *call) int { return c.search([]*account{c.user}) },
		"v-search-command":     searchCommand,
	}
}

var foundKeys = strings.Fields("USER TYPE KEY RESULT ALIAS LINK PARENT SUSPENDED TIME DATE")

// search searches the objects of users, not the users themselves.
func (c *call) search(users []*account) int {
	text := c.v["object"]
	var found []row
	hit := func(a *account, r row, kind, key, result, alias, link, parent string) {
		found = append(found, row{
			"USER": a.name, "TYPE": kind, "KEY": key, "RESULT": result, "ALIAS": alias, "LINK": link, "PARENT": parent,
			"SUSPENDED": r["SUSPENDED"], "TIME": r["TIME"], "DATE": r["DATE"],
		})
	}
	for _, a := range users {
		for _, site := range a.file("web").rows {
			aliases := strings.Join(slices.DeleteFunc(split(site["ALIAS"]), func(alias string) bool { return !finds(text, alias) }), ",")
			if finds(text, site["DOMAIN"]) {
				hit(a, site, "web", "DOMAIN", site["DOMAIN"], aliases, "", "")
			} else if aliases != "" {
				hit(a, site, "web", "DOMAIN", site["DOMAIN"], aliases, "", site["DOMAIN"])
			}
		}
		for _, zone := range a.file("dns").rows {
			if finds(text, zone["DOMAIN"]) {
				hit(a, zone, "dns", "DOMAIN", zone["DOMAIN"], "", "", "")
			}
		}
		for _, domain := range a.file("mail").rows {
			if finds(text, domain["DOMAIN"]) {
				hit(a, domain, "mail", "DOMAIN", domain["DOMAIN"], "", "", "")
			}
			for _, box := range a.file("mail/" + domain["DOMAIN"]).rows {
				if finds(text, box["ACCOUNT"]) {
					hit(a, box, "mail", "ACCOUNT", box["ACCOUNT"]+"@"+domain["DOMAIN"], "", box["ACCOUNT"], domain["DOMAIN"])
				}
			}
		}
		for _, db := range a.file("db").rows {
			if finds(text, db["DB"]) {
				hit(a, db, "db", "DATABASE", db["DB"], "", "", "")
			}
		}
		for _, job := range a.file("cron").rows {
			if finds(text, job["CMD"]) {
				hit(a, job, "cron", "JOB", job["CMD"], "", job["JOB"], job["JOB"])
			}
		}
	}
	return c.printFound(found)
}

// finds reports whether grep finds a word in a text: a dot in it matches any character.
func finds(word, text string) bool {
	for i := range len(text) - len(word) + 1 {
		if greps(word, text[i:i+len(word)]) {
			return true
		}
	}
	return false
}

// printFound prints what was found, numbered. If nothing was found, there is an empty line between
// the brackets.
func (c *call) printFound(found []row) int {
	switch c.v["format"] {
	case "json":
		c.say("{")
		for i, r := range found {
			c.say("\t\"%s\": {", strconv.Itoa(i+1))
			for j, key := range foundKeys {
				comma := ","
				if j == len(foundKeys)-1 {
					comma = ""
				}
				c.say("\t\t\"%s\": \"%s\"%s", key, strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(r[key]), comma)
			}
			if i < len(found)-1 {
				c.say("\t},")
			} else {
				c.say("\t}")
			}
		}
		if len(found) == 0 {
			c.say("")
		}
		c.say("}")
		return 0
	case "plain", "shell":
		for i, r := range found {
			line := []string{strconv.Itoa(i + 1)}
			for _, key := range foundKeys {
				line = append(line, r[key])
			}
			c.say("%s", strings.Join(line, " "))
		}
		return 0
	}
	c.say("Usage: %s %s", c.cmd.name, c.cmd.usage)
	return eArgs
}

// searchCommand prints the names of commands that contain all the words.
func searchCommand(c *call) int {
	var names []string
	for name := range commands {
		if !slices.ContainsFunc(c.args, func(word string) bool { return !strings.Contains(name, word) }) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		c.say("%s", name)
	}
	return 0
}
