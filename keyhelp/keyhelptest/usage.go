package keyhelptest

// counts returns how many of each resource a client has.
func (st *state) counts(c *Client) Resources {
	var n Resources
	for _, d := range st.domains.Rows {
		switch {
		case d.ClientID != c.ID || d.System:
		case d.ParentID == 0:
			n.Domains++
		default:
			n.Subdomains++
		}
	}
	for _, e := range st.emails.Rows {
		if e.ClientID == c.ID {
			n.EmailAccounts++
			n.EmailAddresses += 1 + int64(len(e.Aliases))
			n.EmailForwardings += int64(len(e.Forwardings))
		}
	}
	n.Databases = int64(len(st.databases.Where(func(d *Database) bool { return d.ClientID == c.ID })))
	n.FTPUsers = int64(len(st.ftpUsers.Where(func(u *FTPUser) bool { return u.ClientID == c.ID })))
	n.ScheduledTasks = int64(len(st.tasks.Where(func(t *ScheduledTask) bool { return t.ClientID == c.ID })))
	n.DiskSpace, n.Traffic = st.usage[c.ID].DiskSpace, st.usage[c.ID].Traffic
	return n
}

// statistics answers with the usage in the documented dialect: flat, with limits for disk and
// traffic only.
func statistics(c *call) reply {
	return getRow(c, c.st.clients, "client", func(client *Client) row {
		n := c.st.counts(client)
		return row{
			"disk_usage":     n.DiskSpace,
			"disk_quota":     client.Limits.DiskSpace,
			"traffic_usage":  n.Traffic,
			"traffic_quota":  client.Limits.Traffic,
			"domain_count":   n.Domains,
			"database_count": n.Databases,
			"email_count":    n.EmailAccounts,
		}
	})
}

// clientStats answers with the usage in the live dialect: {value, max} for each resource.
func clientStats(c *call) reply {
	return getRow(c, c.st.clients, "client", func(client *Client) row {
		used := c.st.counts(client)
		limits := client.Limits.fields()
		stats := row{"files": row{"value": c.st.usage[client.ID].Files, "max": int64(Unlimited)}}
		for key, value := range used.fields() {
			stats[key] = row{"value": *value, "max": *limits[key]}
		}
		return stats
	})
}

func clientTraffic(c *call) reply {
	return getRow(c, c.st.clients, "client", func(client *Client) row {
		used := c.st.usage[client.ID]
		flows := used.Protocols
		if flows == nil {
			flows = map[string]Flow{"http": {Out: used.Traffic}}
		}
		body := row{}
		for _, protocol := range []string{"http", "ftp", "smtp", "pop3", "imap"} {
			body[protocol] = row{"in": flows[protocol].In, "out": flows[protocol].Out}
		}
		return body
	})
}

// clientResources lists everything that a client has, in the form of the endpoints for each type.
func clientResources(c *call) reply {
	return getRow(c, c.st.clients, "client", func(client *Client) row {
		id := client.ID
		return row{
			"domains":               rowsOf(c.st.domains, func(d *Domain) bool { return d.ClientID == id }, c.domainOfClient),
			"certificates":          rowsOf(c.st.certificates, func(x *Certificate) bool { return x.ClientID == id }, certificateRow),
			"emails":                rowsOf(c.st.emails, func(e *Email) bool { return e.ClientID == id }, emailRow),
			"databases":             rowsOf(c.st.databases, func(d *Database) bool { return d.ClientID == id }, databaseRow),
			"ftp_users":             rowsOf(c.st.ftpUsers, func(u *FTPUser) bool { return u.ClientID == id }, ftpUserRow),
			"scheduled_tasks":       rowsOf(c.st.tasks, func(t *ScheduledTask) bool { return t.ClientID == id }, taskRow),
			"directory_protections": rowsOf(c.st.protections, func(p *DirectoryProtection) bool { return p.ClientID == id }, protectionRow),
		}
	})
}

// domainOfClient returns the shorter row for a domain in /resources.
func (c *call) domainOfClient(d *Domain) row {
	full, short := c.liveDomain(d), row{}
	for _, key := range []string{
		"id", "domain", "domain_utf8", "is_subdomain", "is_system_domain", "php_version", "traffic", "created_at", "is_disabled",
	} {
		short[key] = full[key]
	}
	return short
}

func taskRow(t *ScheduledTask) row {
	body := row{
		"id": t.ID, "type": t.Type, "command": t.Command, "description": t.Description, "php_interpreter": nil,
		"schedule": row{
			"minute": t.Minute, "hour": t.Hour, "day_of_month": t.DayOfMonth, "month": t.Month, "day_of_week": t.DayOfWeek,
		},
	}
	if t.PHPInterpreter != "" {
		body["php_interpreter"] = t.PHPInterpreter
	}
	return body
}
