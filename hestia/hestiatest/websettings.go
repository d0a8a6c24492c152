package hestiatest

import (
	"net/url"
	"slices"
	"strings"
)

func webSettingEffects() map[string]effect {
	set := func(pairs ...string) effect {
		return func(c *call) int {
			for i := 0; i < len(pairs); i += 2 {
				c.site()[pairs[i]] = strings.TrimPrefix(pairs[i+1], "=")
			}
			return 0
		}
	}
	return map[string]effect{
		"v-add-web-domain-alias":           addWebAlias,
		"v-delete-web-domain-alias":        deleteWebAlias,
		"v-add-web-domain-ftp":             addFTP,
		"v-delete-web-domain-ftp":          deleteFTP,
		"v-change-web-domain-ftp-password": changeFTPPassword,
		"v-change-web-domain-ftp-path":     changeFTPPath,
		"v-add-web-domain-httpauth":        addAuth,
		"v-change-web-domain-httpauth": func(c *call) int {
			c.user.secrets["auth "+c.v["domain"]+" "+c.v["auth_user"]] = c.v["password"]
			return 0
		},
		"v-delete-web-domain-httpauth": deleteAuth,
		"v-add-web-domain-redirect":    addRedirect,
		"v-delete-web-domain-redirect": func(c *call) int {
			c.site()["REDIRECT"], c.site()["REDIRECT_CODE"] = "", ""
			return 0
		},
		"v-add-web-domain-stats":          changeStats,
		"v-change-web-domain-stats":       changeStats,
		"v-delete-web-domain-stats":       set("STATS", "="),
		"v-change-web-domain-tpl":         changeSite("TPL", "template", true),
		"v-change-web-domain-backend-tpl": changeSite("BACKEND", "template", true),
		"v-add-web-domain-proxy":          changeProxy,
		"v-change-web-domain-proxy-tpl":   changeProxy,
		"v-delete-web-domain-proxy":       deleteProxy,
		"v-change-web-domain-docroot":     changeDocroot,
		"v-change-web-domain-ip":          changeSiteIP,
		"v-change-web-domain-name":        renameSite,
		"v-add-web-domain-allow-users":    set("ALLOW_USERS", "=yes"),
		"v-delete-web-domain-allow-users": set("ALLOW_USERS", "=no"),
		"v-list-web-domain-accesslog":     func(c *call) int { return c.words("LOG", nil) },
		"v-list-web-domain-errorlog":      func(c *call) int { return c.words("LOG", nil) },
		"v-list-web-templates":            func(c *call) int { return c.words("TEMPLATE", templates["web"]) },
		"v-list-web-templates-backend":    func(c *call) int { return c.words("TEMPLATE", templates["backend"]) },
		"v-list-web-templates-proxy":      func(c *call) int { return c.words("TEMPLATE", templates["proxy"]) },
		"v-list-web-stats":                func(c *call) int { return c.words("PARSER", webStats) },
		"v-add-fastcgi-cache":             func(c *call) int { return c.fail(eNotExist, "nginx is in proxy mode") },
	}
}

func changeSite(key, argument string, reload bool) effect {
	return func(c *call) int {
		c.site()[key] = c.v[argument]
		if !reload {
			return 0
		}
		return c.reloadWeb(c.v["restart"])
	}
}

func addWebAlias(c *call) int {
	site := c.site()
	if code := c.checkRoom("WEB_ALIASES"); code != 0 {
		return code
	}
	site["ALIAS"] = with(site["ALIAS"], c.v["aliases"])
	c.user.conf.raise("U_WEB_ALIASES", 1) // one, however many were added
	return c.reloadWeb(c.v["restart"])
}

func deleteWebAlias(c *call) int {
	site := c.site()
	site["ALIAS"] = without(site["ALIAS"], c.v["dom_alias"])
	c.user.conf.lower("U_WEB_ALIASES", 1)
	return c.reloadWeb(c.v["restart"])
}

// addFTP adds a login with the user's name as a prefix. Paths are stored only from the second login
// on.
func addFTP(c *call) int {
	site := c.site()
	login, path := c.v["ftp_user"], c.v["ftp_path"]
	if strings.Contains(path, "..") {
		return c.fail(eInvalid, "absolute path %s is invalid", path)
	}
	if c.v["password"] == "" {
		return c.fail(eInvalid, "Password not accepted due to PAM restrictions")
	}
	c.user.secrets["ftp "+login] = c.v["password"]
	if site["FTP_USER"] != "" {
		login = site["FTP_USER"] + ":" + login
		path = site["FTP_PATH"] + ":" + path
	}
	site["FTP_USER"], site["FTP_PATH"] = login, path
	return 0
}

func deleteFTP(c *call) int {
	site := c.site()
	logins, paths := strings.Split(site["FTP_USER"], ":"), strings.Split(site["FTP_PATH"], ":")
	i := slices.Index(logins, c.v["ftp_user"])
	site["FTP_USER"] = strings.Join(slices.Delete(logins, i, i+1), ":")
	if i < len(paths) {
		site["FTP_PATH"] = strings.Join(slices.Delete(paths, i, i+1), ":")
	}
	delete(c.user.secrets, "ftp "+c.v["ftp_user"])
	return 0
}

func changeFTPPassword(c *call) int {
	if c.v["password"] == "" {
		return c.fail(eInvalid, "Password not accepted due to PAM restrictions")
	}
	c.user.secrets["ftp "+c.v["ftp_user"]] = c.v["password"]
	return 0
}

func changeFTPPath(c *call) int {
	site := c.site()
	if strings.Contains(c.v["ftp_path"], "..") {
		return c.fail(eInvalid, "absolute path %s is invalid", c.v["ftp_path"])
	}
	paths := strings.Split(site["FTP_PATH"], ":")
	if i := slices.Index(strings.Split(site["FTP_USER"], ":"), c.v["ftp_user"]); i < len(paths) {
		paths[i] = c.v["ftp_path"]
	}
	site["FTP_PATH"] = strings.Join(paths, ":")
	return 0
}

// addAuth reloads the web servers for the first login of a site, and ignores whether that fails.
func addAuth(c *call) int {
	site := c.site()
	if c.v["restart"] != "no" && site["AUTH_USER"] == "" {
		c.run("v-restart-web")
		c.run("v-restart-proxy")
	}
	login := c.v["auth_user"]
	c.user.secrets["auth "+c.v["domain"]+" "+login] = c.v["password"]
	if site["AUTH_USER"] != "" {
		login = site["AUTH_USER"] + ":" + login
	}
	site["AUTH_USER"] = login
	return 0
}

func deleteAuth(c *call) int {
	site := c.site()
	site["AUTH_USER"] = strings.Join(slices.DeleteFunc(strings.Split(site["AUTH_USER"], ":"),
		func(login string) bool { return login == c.v["auth_user"] }), ":")
	delete(c.user.secrets, "auth "+c.v["domain"]+" "+c.v["auth_user"])
	if site["AUTH_USER"] == "" && c.v["restart"] != "no" {
		c.run("v-restart-web")
		c.run("v-restart-proxy")
	}
	return 0
}

// redirectTarget parses a target, which may have no scheme, and drops what the panel drops.
func redirectTarget(text string) (string, bool) {
	bare := !strings.Contains(text, "http://") && !strings.Contains(text, "https://")
	full := text
	if bare {
		full = "http://" + text
	}
	u, err := url.Parse(full)
	if err != nil || u.Hostname() == "" || strings.ContainsAny(u.Host, " '\"") {
		return "", false
	}
	target := u.Host + u.EscapedPath()
	if !bare {
		target = u.Scheme + "://" + target
	}
	return strings.TrimSuffix(target, "/"), true
}

func addRedirect(c *call) int {
	site := c.site()
	site["REDIRECT"], _ = redirectTarget(c.v["redirect"])
	site["REDIRECT_CODE"] = c.v["code"] // any number
	if c.v["restart"] == "yes" {
		return c.reloadWeb("yes")
	}
	return 0
}

func changeStats(c *call) int {
	kind := c.v["type"]
	if kind == "" || !slices.Contains(split(c.st.config["STATS_SYSTEM"]), kind) {
		return c.fail(eInvalid, "%s type is invalid", kind)
	}
	c.site()["STATS"] = kind
	return 0
}

func changeProxy(c *call) int {
	site := c.site()
	if site["PROXY"] = c.v["template"]; site["PROXY"] == "" {
		site["PROXY"] = orDefault(c.user.conf["PROXY_TEMPLATE"])
	}
	if site["PROXY_EXT"] = c.v["extensions"]; !c.given(4) {
		site["PROXY_EXT"] = changedExtensions
	}
	return c.run("v-restart-proxy", c.v["restart"])
}

func deleteProxy(c *call) int {
	site := c.site()
	site["PROXY"], site["PROXY_EXT"] = "", ""
	return c.run("v-restart-proxy", c.v["restart"])
}

// docrootTarget checks the other website, which must belong to the same user.
func (c *call) docrootTarget() int {
	for _, name := range []string{"user", "domain", "target_domain", "restart"} {
		if name == "target_domain" && c.v[name] == "default" {
			continue
		}
		if value := c.v[name]; value != "" {
			if code := c.format(strings.TrimPrefix(name, "target_"), value); code != 0 {
				return code
			}
		}
	}
	target := c.v["target_domain"]
	if target == "default" {
		return 0
	}
	if c.user == nil || c.user.file("web").find("DOMAIN", target) == nil {
		return c.fail(eNotExist, "web domain %s doesn't exist", target)
	}
	return 0
}

// changeDocroot reloads the web server at the end, and ignores whether that fails.
func changeDocroot(c *call) int {
	site := c.site()
	target, folder := c.v["target_domain"], c.v["target_directory"]
	site["CUSTOM_DOCROOT"] = ""
	if target != "default" {
		root := "/home/" + c.user.name + "/web/" + target + "/public_html/"
		if folder != "" {
			if !c.st.isFolder(root + folder) {
				return c.fail(eNotExist, "Directory %s does not exist under %s.", folder, root)
			}
			root += strings.Trim(folder, "/")
		}
		site["CUSTOM_DOCROOT"] = root
	}
	c.run("v-rebuild-web-domain", c.v["user"], c.v["domain"], c.v["restart"])
	return 0
}

func changeSiteIP(c *call) int {
	site := c.site()
	old := site["IP"]
	site["IP"] = c.v["ip"]
	if local := c.st.localIP(c.v["ip"]); local != nil {
		c.st.useIP(local, c.user)
	}
	c.st.leaveIP(old, c.user)
	return c.reloadWeb(c.v["restart"])
}

// renameSite renames a website, and its name inside its aliases.
func renameSite(c *call) int {
	site := c.site()
	old, fresh := site["DOMAIN"], c.v["new_domain"]
	site["DOMAIN"] = fresh
	if site["ALIAS"] != "" {
		var list []string
		for _, alias := range split(site["ALIAS"] + "," + old) {
			if alias = strings.Replace(alias, old, fresh, 1); alias != fresh && alias != "" {
				list = append(list, alias)
			}
		}
		site["ALIAS"] = strings.Join(list, ",")
	}
	if cert, there := c.user.certs[old]; there {
		c.user.certs[fresh] = cert
		delete(c.user.certs, old)
	}
	return c.run("v-rebuild-web-domains", c.v["user"], c.v["restart"])
}
