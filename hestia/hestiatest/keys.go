package hestiatest

import (
	"slices"
	"strings"
)

// shippedProfiles returns the profiles of a fresh installation. The duplicates in two of the lists
// are real.
func shippedProfiles() []profile {
	list := func(text string) []string {
		names := strings.Fields(text)
		for i, name := range names {
			names[i] = "v-" + name
		}
		return names
	}
	return []profile{
		{"billing", "admin", list(`add-user delete-user suspend-user unsuspend-user change-user-shell list-user list-users
			make-tmp-file add-domain change-user-package make-tmp-file change-user-password`)},
		{"mail-accounts", "user", list(`list-mail-domains list-mail-domain list-mail-account list-mail-accounts
			list-mail-account-autoreply delete-mail-account delete-mail-account-alias delete-mail-account-autoreply
			delete-mail-account-forward delete-mail-account-fwd-only add-mail-account add-mail-account-alias
			add-mail-account-autoreply add-mail-account-forward add-mail-account-fwd-only change-mail-account-password
			change-mail-account-quota suspend-mail-account suspend-mail-accounts unsuspend-mail-account
			unsuspend-mail-accounts`)},
		{"phpmyadmin-sso", "admin", list(`add-database-temp-user delete-database-temp-user`)},
		{"purge-nginx-cache", "user", list(`purge-nginx-cache list-web-domains list-web-domain`)},
		{"sync-dns-cluster", "admin", list(`list-users list-sys-config list-user add-cron-restart-job delete-dns-domains-src
			insert-dns-domain insert-dns-record insert-dns-records rebuild-dns-domains rebuild-dns-domain delete-dns-record
			make-tmp-file insert-dns-domain delete-dns-domain`)},
		{"update-dns-records", "user", list(`list-dns-records change-dns-record`)},
	}
}

func keyEffects() map[string]effect {
	return map[string]effect{
		"v-add-access-key": addAccessKey,
		"v-delete-access-key": func(c *call) int {
			c.st.keys.remove("ACCESS_KEY_ID", c.v["access_key_id"])
			return 0
		},
		"v-list-access-key":  func(c *call) int { return c.printKey(c.st.keys.find("ACCESS_KEY_ID", c.v["access_key_id"])) },
		"v-list-access-keys": listAccessKeys,
		"v-list-api":         listAPI,
		"v-list-apis":        listAPIs,
		"v-generate-api-key": func(c *call) int {
			key := c.st.tokens.Next(apiKeyLength, apiKeyAlphabet)
			c.st.apiKeys = append(c.st.apiKeys, key)
			c.say("%s", key)
			return 0
		},
		"v-revoke-api-key": revokeAPIKey,
		"v-check-api-key": func(c *call) int {
			if key := baseName(c.v["key"]); len(key) < minAPIKey || !slices.Contains(c.st.apiKeys, key) {
				return c.fail(ePassword, "key missmatch")
			}
			return 0
		},
		"v-add-sys-api-ip":    addAPIIP,
		"v-delete-sys-api-ip": deleteAPIIP,
		"v-change-sys-api":    changeAPI,
	}
}

// checkPermissions checks the profiles of a new key.
func (c *call) checkPermissions() int {
	permissions, user := c.v["permissions"], c.v["user"]
	if user != c.st.root() && permissions == "" {
		return c.fail(eInvalid, "Non-admin users need a permission list")
	}
	for _, name := range split(permissions) {
		name = strings.TrimSpace(baseName(name))
		if name == "*" && user == c.st.root() {
			continue // the shell expands it to something that exists
		}
		p := c.st.profile(name)
		if p == nil {
			return c.fail(eNotExist, "API %s doesn't exist", name)
		}
		if p.role == "admin" && user != c.st.root() {
			return c.fail(eInvalid, "Only the admin can run this API")
		}
	}
	return 0
}

func addAccessKey(c *call) int {
	var kept []string
	for _, name := range split(c.v["permissions"]) {
		if name = strings.TrimSpace(baseName(name)); name != "*" && !slices.Contains(kept, name) {
			kept = append(kept, name)
		}
	}
	key := c.stamp(row{
		"ACCESS_KEY_ID": c.st.tokens.Next(keyIDLength, keyAlphabet), "SECRET_ACCESS_KEY": c.st.tokens.Next(keySecretLength, secretAlphabet),
		"USER": c.v["user"], "PERMISSIONS": strings.Join(kept, ","), "COMMENT": c.v["comment"],
	})
	c.st.keys.add(key)
	return c.printKey(key)
}

// printKey prints a key with its secret, as a flat object.
func (c *call) printKey(key row) int {
	switch c.v["format"] {
	case "json":
		c.say("{")
		for _, name := range []string{"ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "USER"} {
			c.say("    \"%s\": \"%s\",", name, key[name])
		}
		c.say("    \"PERMISSIONS\": %s,", quotedList(split(key["PERMISSIONS"])))
		c.say("    \"COMMENT\": \"%s\",\n    \"TIME\": \"%s\",\n    \"DATE\": \"%s\"\n}", key["COMMENT"], key["TIME"], key["DATE"])
	case "plain":
		c.say("%s:%s", key["ACCESS_KEY_ID"], key["SECRET_ACCESS_KEY"])
	case "shell":
		for _, name := range []string{"ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "USER", "PERMISSIONS", "COMMENT", "TIME", "DATE"} {
			c.say("%-19s%s", name+":", key[name])
		}
	}
	return 0
}

func quotedList(list []string) string {
	if len(list) == 0 {
		return "[]"
	}
	return `["` + strings.Join(list, `", "`) + `"]`
}

// listAccessKeys prints keys without their secrets, sorted by ID; without keys, {} on one line.
func listAccessKeys(c *call) int {
	var rows []row
	for _, key := range c.st.keys.rows {
		if c.v["user"] == "" || key["USER"] == c.v["user"] {
			rows = append(rows, key)
		}
	}
	slices.SortFunc(rows, func(a, b row) int { return strings.Compare(a["ACCESS_KEY_ID"], b["ACCESS_KEY_ID"]) })
	switch {
	case c.v["format"] == "json" && len(rows) == 0:
		c.say("{}")
	case c.v["format"] == "json":
		c.say("{")
		for i, key := range rows {
			comma := ","
			if i == len(rows)-1 {
				comma = ""
			}
			c.say(`    "%s": {"ACCESS_KEY_ID": "%s", "USER": "%s", "PERMISSIONS": %s, "COMMENT": "%s", "TIME": "%s", "DATE": "%s"}%s`,
				key["ACCESS_KEY_ID"], key["ACCESS_KEY_ID"], key["USER"], quotedList(split(key["PERMISSIONS"])), key["COMMENT"],
				key["TIME"], key["DATE"], comma)
		}
		c.say("}")
	case c.v["format"] == "shell":
		lines := [][]string{strings.Fields("ID USER PERMISSIONS COMMENT TIME DATE"), strings.Fields("-- ---- ----------- ------- ---- ----")}
		for _, key := range rows {
			lines = append(lines, []string{
				key["ACCESS_KEY_ID"], key["USER"], orDash(key["PERMISSIONS"]), orDash(key["COMMENT"]), key["TIME"], key["DATE"],
			})
		}
		c.table(lines)
	}
	return 0
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

func listAPI(c *call) int {
	p := c.st.profile(c.v["api"])
	switch c.v["format"] {
	case "json":
		c.say("{\n    \"API\": \"%s\",\n    \"ROLE\": \"%s\",\n    \"COMMANDS\": %s\n}", p.name, p.role, quotedList(p.commands))
	case "shell":
		c.say("API:       %s\nROLE:      %s\nCOMMANDS:  %s", p.name, p.role, strings.Join(p.commands, ","))
	}
	return 0
}

func listAPIs(c *call) int {
	switch c.v["format"] {
	case "json":
		c.say("{")
		for i, p := range c.st.profiles {
			comma := ","
			if i == len(c.st.profiles)-1 {
				comma = ""
			}
			c.say(`    "%s": {"COMMANDS": %s, "ROLE": "%s"}%s`, p.name, quotedList(p.commands), p.role, comma)
		}
		c.say("}")
	case "shell":
		for _, p := range c.st.profiles {
			c.say("%s  %s  %s", p.name, p.role, strings.Join(p.commands, ","))
		}
	}
	return 0
}

// revokeAPIKey prints nothing, even if it fails.
func revokeAPIKey(c *call) int {
	if !slices.Contains(c.st.apiKeys, c.v["hash"]) {
		return eNotExist
	}
	c.st.apiKeys = slices.DeleteFunc(c.st.apiKeys, func(key string) bool { return key == c.v["hash"] })
	return 0
}

func addAPIIP(c *call) int {
	if list := c.st.config["API_ALLOWED_IP"]; !slices.Contains(split(list), c.v["ip46"]) {
		c.st.config["API_ALLOWED_IP"] = with(list, c.v["ip46"])
	}
	return 0
}

func deleteAPIIP(c *call) int {
	c.st.config["API_ALLOWED_IP"] = without(c.st.config["API_ALLOWED_IP"], c.v["ip46"])
	return 0
}

// changeAPI switches the whole API. Once it is off, it cannot be switched on again through the API.
func changeAPI(c *call) int {
	switch c.v["status"] {
	case "enable":
		c.st.apiFile = apiEnabled
		if version := c.v["version"]; version == "legacy" || version == "all" {
			c.st.config["API"] = "yes"
		}
		if version := c.v["version"]; version == "api" || version == "all" {
			c.st.config["API_SYSTEM"] = "1"
		}
		return 0
	case "remove":
		c.st.apiFile = apiRemoved
	default:
		c.st.apiFile = apiDisabled
	}
	c.st.config["API"], c.st.config["API_ALLOWED_IP"], c.st.config["API_SYSTEM"] = "no", "", "0"
	return 0
}
