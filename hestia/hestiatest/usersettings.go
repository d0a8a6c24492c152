package hestiatest

import (
	"strconv"
	"strings"
)

func userSettingEffects() map[string]effect {
	set := func(key, argument string) effect {
		return func(c *call) int {
			c.user.conf[key] = c.v[argument]
			return 0
		}
	}
	return map[string]effect{
		"v-change-user-password": changeUserPassword,
		"v-change-user-contact":  set("CONTACT", "email"),
		"v-change-user-language": set("LANGUAGE", "language"),
		"v-change-user-role":     set("ROLE", "role"),
		"v-change-user-theme":    set("THEME", "theme"),
		"v-change-user-php-cli": func(c *call) int {
			if c.user.conf["PHPCLI"] == c.v["version"] {
				c.say("PHP CLI Already defined")
				return 0
			}
			c.user.conf["PHPCLI"] = c.v["version"]
			return 0
		},
		"v-change-user-name": func(c *call) int {
			c.user.conf["NAME"] = c.v["name"]
			if last := c.v["lname"]; last != "" {
				c.user.conf["NAME"] += " " + last
			}
			return 0
		},
		"v-change-user-shell": func(c *call) int {
			c.user.conf["SHELL"] = c.v["shell"]
			return 0
		},
		"v-change-user-ns":           changeUserNS,
		"v-change-user-template":     changeUserTemplate,
		"v-change-user-config-value": changeUserValue,
		"v-change-user-sort-order": func(c *call) int {
			return c.run("v-change-user-config-value", c.v["user"], "PREF_UI_SORT", c.v["sort_order"])
		},
		"v-change-user-rkey":              changeUserRKey,
		"v-add-user-ssh-key":              addSSHKey,
		"v-delete-user-ssh-key":           deleteSSHKey,
		"v-list-user-ssh-key":             listSSHKeys,
		"v-add-user-notification":         addNotification,
		"v-acknowledge-user-notification": acknowledgeNotification,
		"v-delete-user-notification":      deleteNotification,
		"v-list-user-notifications":       func(c *call) int { return c.list(c.user.file("notifications").rows) },
		"v-rebuild-user":                  rebuilt,
		"v-rebuild-users":                 rebuilt,
		"v-rebuild-all":                   rebuilt,
	}
}

// rebuilt does nothing: rebuilding only rewrites files that the API does not show.
func rebuilt(*call) int { return 0 }

func changeUserPassword(c *call) int {
	password := c.v["password"]
	if password == "" || strings.Contains(password, "\n") {
		return c.fail(eInvalid, "Password not accepted due to PAM restrictions")
	}
	c.user.password = password
	c.user.conf["RKEY"] = c.st.tokens.Next(16, keyAlphabet)
	note(c.st.log, c.now, "Warning", "Security", "Password changed (User: "+c.user.name+").")
	c.user.note(c.now, "Warning", "Security", "Password changed.")
	return 0
}

func changeUserNS(c *call) int {
	var list []string
	for i := range 8 {
		if ns := c.v["ns"+strconv.Itoa(i+1)]; ns != "" {
			list = append(list, ns)
		}
	}
	c.user.conf["NS"] = strings.Join(list, ",")
	return 0
}

func changeUserTemplate(c *call) int {
	kind := strings.ToLower(c.v["type"])
	if _, known := templates[kind]; !known {
		c.say("Usage: %s %s", c.cmd.name, c.cmd.usage)
		return eArgs
	}
	if code := c.checkTemplate(kind, c.v["template"]); code != 0 {
		return code
	}
	c.user.conf[strings.ToUpper(kind)+"_TEMPLATE"] = c.v["template"]
	return 0
}

// changeUserValue changes existing keys, and ignores others.
func changeUserValue(c *call) int {
	key := strings.ToUpper(c.v["key"])
	if _, there := c.user.conf[key]; there {
		c.user.conf[key] = c.v["value"]
	}
	return 0
}

func changeUserRKey(c *call) int {
	hash := c.st.fromFile(c.v["hash"])
	if hash == "" {
		hash = c.st.tokens.Next(16, keyAlphabet)
	}
	c.user.conf["RKEY"] = hash
	c.user.conf["RKEYEXP"] = strconv.FormatInt(c.now.Unix(), 10)
	note(c.st.log, c.now, "Warning", "Users", "Password reset requested (User: "+c.user.name+").")
	return 0
}

// sshKey parses an OpenSSH public key (type, key, comment), and returns the comment as its ID.
func sshKey(line string) (id string, ok bool) {
	parts := strings.Fields(line)
	if len(parts) < 2 || len(parts[1]) < 32 || !(strings.HasPrefix(parts[0], "ssh-") || strings.HasPrefix(parts[0], "ecdsa-")) {
		return "", false
	}
	return strings.Join(parts[2:], " "), true
}

func addSSHKey(c *call) int {
	if _, ok := sshKey(c.v["key"]); !ok {
		return c.fail(eParsing, "Validating user private key")
	}
	c.user.sshKeys = append(c.user.sshKeys, c.v["key"])
	return 0
}

func deleteSSHKey(c *call) int {
	var kept []string
	for _, line := range c.user.sshKeys {
		if id, _ := sshKey(line); id != c.v["keyid"] {
			kept = append(kept, line)
		}
	}
	c.user.sshKeys = kept
	return 0
}

// listSSHKeys prints nothing until there is a file of keys.
func listSSHKeys(c *call) int {
	if c.user.sshKeys == nil {
		return 0
	}
	var rows []row
	for _, line := range c.user.sshKeys {
		id, _ := sshKey(line)
		rows = append(rows, row{"ID": id, "KEY": fingerprint(strings.Fields(line)[1])})
	}
	return c.list(rows)
}

func addNotification(c *call) int {
	notes := c.user.file("notifications")
	notes.add(c.stamp(row{
		"NID": notes.next("NID"), "TOPIC": c.v["topic"], "NOTICE": strings.ReplaceAll(c.v["notice"], `"`, "'"), "TYPE": c.v["type"],
		"ACK": "no", "PRIORITY": c.v["priority"],
	}))
	c.user.conf["NOTIFICATIONS"] = "yes"
	return 0
}

func acknowledgeNotification(c *call) int {
	for _, n := range c.user.file("notifications").rows {
		if c.v["id"] == "all" || n["NID"] == c.v["id"] {
			n["ACK"] = "yes"
		}
	}
	return 0
}

func deleteNotification(c *call) int {
	notes := c.user.file("notifications")
	if c.v["id"] == "all" {
		notes.rows = nil
	} else {
		notes.remove("NID", c.v["id"])
	}
	if len(notes.rows) == 0 {
		c.user.conf["NOTIFICATIONS"] = "no"
	}
	return 0
}
