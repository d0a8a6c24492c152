package keyhelptest

import (
	"maps"

	"github.com/provkit/provkit/internal/emulator"
)

func listPlansDocumented(c *call) reply {
	return listRows(c, c.st.plans, func(p *Plan) row {
		return row{
			"id":                 p.ID,
			"name":               p.Name,
			"disk_quota":         p.Resources.DiskSpace,
			"traffic_quota":      p.Resources.Traffic,
			"max_domains":        p.Resources.Domains,
			"max_databases":      p.Resources.Databases,
			"max_email_accounts": p.Resources.EmailAccounts,
		}
	})
}

func listPlansLive(c *call) reply { return listRows(c, c.st.plans, planRow) }

func getPlan(c *call) reply { return getRow(c, c.st.plans, "hosting plan", planRow) }

func createPlan(c *call) reply {
	added := Plan{
		Name: c.fresh("name", c.st.plans.has), Resources: unlimited(),
		Permissions: map[string]bool{}, PHP: map[string]any{}, PHPFPM: map[string]any{},
	}
	c.planFields(&added)
	if bad, refused := c.refused(); refused {
		return bad
	}
	return createdID(c.st.addPlan(added))
}

func updatePlan(c *call) reply {
	plan := pick(c, c.st.plans)
	if plan == nil {
		return c.notFound("hosting plan")
	}
	changed := plan.clone()
	newName(c, c.st.plans, plan, &changed.Name)
	c.planFields(&changed)
	if bad, refused := c.refused(); refused {
		return bad
	}
	c.st.plans.rename(plan, func() { *plan = changed })
	return changedID(plan.ID)
}

// deletePlan keeps the limits of clients: a plan is a template.
func deletePlan(c *call) reply {
	plan := pick(c, c.st.plans)
	if plan == nil {
		return c.notFound("hosting plan")
	}
	for _, client := range c.st.clients.Rows {
		if client.PlanID == plan.ID {
			client.PlanID = 0
		}
	}
	c.st.plans.Remove(plan)
	return gone()
}

// The known keys of a plan's objects. Permissions were renamed over time; both names are accepted.
var (
	permissionKeys = []string{
		"ftp", "php", "perl", "ssh", "ssh_jail", "backup", "panel_access", "domain_security", "certificate_management",
		"file_manager", "dns_editor", "database_remote_access", "email_catchall", "applications", "change_personal_data",
		"update_contact_data", "delete_main_domain",
	}
	phpKeys = map[string]string{
		"memory_limit": "string", "post_max_size": "string", "upload_max_filesize": "string", "open_basedir": "string",
		"disable_functions": "string", "additional_settings": "string", "extra_directives_immutable": "string",
		"extra_directives_mutable": "string", "env_variables": "string", "sendmail_from": "string", "max_execution_time": "integer",
	}
	phpFPMKeys = map[string]string{
		"pm": "string", "max_children": "integer", "max_requests": "integer", "min_spare_servers": "integer",
		"max_spare_servers": "integer", "status": "boolean", "status_ip_restriction": "string",
	}
)

func (c *call) planFields(dst *Plan) {
	if limits, there := c.body.Object("resources"); there {
		for key, field := range inOrder(dst.Resources.fields()) {
			c.number(limits, key, field)
			if *field < Unlimited {
				c.blame("resources."+key, invalidValue)
			}
		}
	}
	if permissions, there := c.body.Object("permissions"); there {
		for _, key := range permissionKeys {
			if v, there := permissions.Bool(key); there {
				dst.Permissions = set(dst.Permissions, key, v)
			}
		}
	}
	if php, there := c.body.Object("php"); there {
		for key, kind := range inOrder(phpKeys) {
			dst.PHP = mixed(dst.PHP, php, key, kind)
		}
	}
	if fpm, there := c.body.Object("php_fpm"); there {
		for key, kind := range inOrder(phpFPMKeys) {
			dst.PHPFPM = mixed(dst.PHPFPM, fpm, key, kind)
		}
		switch dst.PHPFPM["pm"] {
		case nil, "static", "ondemand", "dynamic":
		default:
			c.blame("php_fpm.pm", invalidValue)
		}
	}
}

// mixed copies the value of a key into dst if it has a given type or is null.
func mixed(dst map[string]any, from *emulator.Object, key, kind string) map[string]any {
	var v any
	var there bool
	switch kind {
	case "string":
		v, there = from.String(key)
	case "integer":
		v, there = from.Int(key)
	default:
		v, there = from.Bool(key)
	}
	if !there {
		if !from.IsNull(key) {
			return dst
		}
		v = nil
	}
	return set(dst, key, v)
}

// set sets a key and returns the map, which it creates if it is nil.
func set[V any](m map[string]V, key string, v V) map[string]V {
	if m == nil {
		m = make(map[string]V)
	}
	m[key] = v
	return m
}

func planRow(p *Plan) row {
	return row{
		"id": p.ID, "name": p.Name, "resources": resourcesRow(p.Resources),
		"permissions": orEmpty(p.Permissions), "php": orEmpty(p.PHP), "php_fpm": orEmpty(p.PHPFPM),
	}
}

// orEmpty returns a copy, and {} for a nil map, which would be null.
func orEmpty[V any](m map[string]V) map[string]V {
	if m == nil {
		return map[string]V{}
	}
	return maps.Clone(m) // the answer is written after the lock is released
}

func unlimited() Resources {
	var r Resources
	for _, field := range r.fields() {
		*field = Unlimited
	}
	return r
}

// fields maps the keys of resources and resource_limits.
func (r *Resources) fields() map[string]*int64 {
	return map[string]*int64{
		"disk_space": &r.DiskSpace, "traffic": &r.Traffic, "domains": &r.Domains, "subdomains": &r.Subdomains,
		"email_accounts": &r.EmailAccounts, "email_addresses": &r.EmailAddresses, "email_forwardings": &r.EmailForwardings,
		"databases": &r.Databases, "ftp_users": &r.FTPUsers, "scheduled_tasks": &r.ScheduledTasks,
	}
}

func resourcesRow(r Resources) row {
	limits := row{}
	for key, field := range r.fields() {
		limits[key] = *field
	}
	return limits
}
