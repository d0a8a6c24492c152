package keyhelptest

import "strconv"

func ping(*call) reply { return ok(row{"response": "pong"}) }

func serverVersion(*call) reply {
	return ok(row{"version": panelVersion, "build": strconv.Itoa(panelBuild)})
}

func serverInfo(c *call) reply {
	var traffic, disk int64
	for _, u := range c.st.usage {
		traffic += u.Traffic
		disk += u.DiskSpace
	}
	up := max(0, int64(c.now.Sub(c.started).Seconds()))
	return ok(row{
		"meta": row{
			"hostname": hostName, "ip_addresses": []string{ipv4, ipv6}, "panel_version": panelVersion, "panel_build": panelBuild,
			"uptime": row{"days": up / 86400, "hours": up / 3600 % 24, "minutes": up / 60 % 60, "seconds": up % 60},
		},
		"operating_system": row{"label": operatingSystem, "updates": row{"reboot_required": false}},
		"utilization":      row{"load": row{"minute_1": 0.12, "minute_5": 0.1, "minute_15": 0.05, "percent": 3.5}},
		"resources":        row{"traffic": traffic, "consumed_disk_space": disk},
	})
}

func reboot(c *call) reply {
	if confirmed, _ := c.body.Bool("confirm"); !confirmed {
		c.blame("confirm", confirmReboot)
		bad, _ := c.refused()
		return bad
	}
	c.reboots++
	c.started = c.now
	return ok(row{})
}
