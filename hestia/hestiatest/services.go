package hestiatest

func serviceEffects() map[string]effect {
	nothing := func(*call) int { return 0 }
	return map[string]effect{
		"v-restart-web":         func(c *call) int { return c.reload("WEB_SYSTEM") },
		"v-restart-proxy":       func(c *call) int { return c.reload("PROXY_SYSTEM") },
		"v-restart-web-backend": nothing,
		"v-restart-dns":         nothing,
		"v-restart-mail":        nothing,
		"v-restart-ftp":         nothing,
		"v-restart-cron":        nothing,
		"v-restart-service":     nothing,
		"v-start-service":       nothing,
	}
}

// reload makes a web server read its configuration. It fails while BreakWebServer is on.
func (c *call) reload(system string) int {
	switch c.v["restart"] {
	case "no":
		return 0
	case "scheduled", "updatessl":
		c.st.restarts = append(c.st.restarts, c.cmd.name)
		return 0
	}
	if name := c.st.config[system]; c.server.broken && name != "" && name != "remote" {
		return c.fail(eRestart, "%s restart failed", name)
	}
	return 0
}

// reloadWeb ends commands on websites: what was changed stays changed, even if the reload fails.
func (c *call) reloadWeb(restart string) int {
	if code := c.run("v-restart-web", restart); code != 0 {
		return code
	}
	return c.run("v-restart-proxy", restart)
}
