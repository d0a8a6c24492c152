package hestiatest

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

func mailAccountEffects() map[string]effect {
	set := func(key, value string) effect {
		return func(c *call) int {
			c.box()[key] = value
			return 0
		}
	}
	return map[string]effect{
		"v-add-mail-account": addMailAccount,
		"v-delete-mail-account": func(c *call) int {
			c.boxes().remove("ACCOUNT", c.v["account"])
			delete(c.user.secrets, "mail "+c.address())
			delete(c.user.texts, "autoreply "+c.address())
			c.user.conf.lower("U_MAIL_ACCOUNTS", 1)
			c.mailDomain()["ACCOUNTS"] = strconv.Itoa(len(c.boxes().rows))
			return 0
		},
		"v-change-mail-account-password": func(c *call) int {
			c.user.secrets["mail "+c.address()] = c.v["password"]
			return 0
		},
		"v-change-mail-account-quota": func(c *call) int {
			c.box()["QUOTA"] = quota(c.v["quota"])
			return 0
		},
		"v-change-mail-account-rate-limit": func(c *call) int {
			c.box()["RATE_LIMIT"] = strings.TrimPrefix(c.v["rate"], "system")
			return 0
		},
		"v-suspend-mail-account":    set("SUSPENDED", "yes"),
		"v-unsuspend-mail-account":  set("SUSPENDED", "no"),
		"v-suspend-mail-accounts":   func(c *call) int { return c.eachBox("v-suspend-mail-account", "no") },
		"v-unsuspend-mail-accounts": func(c *call) int { return c.eachBox("v-unsuspend-mail-account", "yes") },
		"v-add-mail-account-alias": func(c *call) int {
			c.box()["ALIAS"] = with(c.box()["ALIAS"], c.v["malias"])
			return 0
		},
		"v-delete-mail-account-alias": func(c *call) int {
			c.box()["ALIAS"] = without(c.box()["ALIAS"], c.v["malias"])
			return 0
		},
		"v-add-mail-account-forward": func(c *call) int {
			c.box()["FWD"] = with(c.box()["FWD"], c.v["email_forward"])
			return 0
		},
		"v-delete-mail-account-forward": func(c *call) int {
			c.box()["FWD"] = without(c.box()["FWD"], c.v["forward"])
			return 0
		},
		"v-add-mail-account-fwd-only":    set("FWD_ONLY", "yes"),
		"v-delete-mail-account-fwd-only": set("FWD_ONLY", ""),
		"v-add-mail-account-autoreply": func(c *call) int {
			c.box()["AUTOREPLY"] = "yes"
			c.user.texts["autoreply "+c.address()] = c.v["autoreply"]
			return 0
		},
		"v-delete-mail-account-autoreply": func(c *call) int {
			c.box()["AUTOREPLY"] = "no" // the text stays: the script looks for it in the wrong folder
			return 0
		},
		"v-list-mail-account":           func(c *call) int { return c.list([]row{c.listedBox()}) },
		"v-list-mail-accounts":          func(c *call) int { return c.list(c.boxes().rows) },
		"v-list-mail-account-autoreply": listAutoreply,
		"v-get-mail-account-value": func(c *call) int {
			c.say("%s", c.box()[strings.ToUpper(c.v["key"])])
			return 0
		},
	}
}

// boxes returns the mailboxes of the domain that the command is about.
func (c *call) boxes() *table { return c.user.file("mail/" + c.v["domain"]) }

func (c *call) box() row { return c.boxes().find("ACCOUNT", c.v["account"]) }

func (c *call) address() string { return c.v["account"] + "@" + c.v["domain"] }

// freshBox checks that a name is not a mailbox or an alias already.
func (c *call) freshBox(name string) int {
	if c.boxes().find("ACCOUNT", name) != nil {
		return c.fail(eExists, "mail account %s already exists", name)
	}
	for _, box := range c.boxes().rows {
		if slices.Contains(split(box["ALIAS"]), name) {
			return c.fail(eExists, "mail alias %s already exists", name)
		}
	}
	return 0
}

// quota returns a quota as the panel stores it: "" becomes unlimited.
func quota(text string) string {
	if text == "unlimited" || number(text) == 0 {
		return "unlimited"
	}
	return text
}

// addMailAccount makes a mailbox. It stores the name in lower case, and accepts an empty password.
func addMailAccount(c *call) int {
	c.boxes().add(c.stamp(row{
		"ACCOUNT": c.v["account"], "ALIAS": "", "AUTOREPLY": "no", "FWD": "", "FWD_ONLY": "", "QUOTA": quota(c.v["quota"]),
		"RATE_LIMIT": "", "U_DISK": "0", "SUSPENDED": "no",
	}))
	c.user.secrets["mail "+c.address()] = c.v["password"]
	c.user.conf.raise("U_MAIL_ACCOUNTS", 1)
	c.mailDomain()["ACCOUNTS"] = strconv.Itoa(len(c.boxes().rows))
	return 0
}

func (c *call) eachBox(name, suspended string) int {
	for _, box := range c.boxes().with("SUSPENDED", suspended) {
		c.run(name, c.v["user"], c.v["domain"], box["ACCOUNT"])
	}
	return 0
}

func (c *call) listedBox() row {
	r := maps.Clone(c.box())
	r["WEBMAIL_ALIAS"] = c.st.config["WEBMAIL_ALIAS"] + "." + c.v["domain"]
	return r
}

// listAutoreply escapes backslashes only after line breaks have become backslashes.
func listAutoreply(c *call) int {
	text := strings.ReplaceAll(c.user.texts["autoreply "+c.address()], "\n", `\n`)
	switch c.v["format"] {
	case "json":
		text = strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text)
		c.say("{\n\t\"%s\": {\n            \"MSG\": \"%s\"\n\t}\n}", c.v["account"], text)
	case "csv":
		c.say("MSG\n%s", text)
	case "plain", "shell":
		c.say("%s", text)
	}
	return 0
}
