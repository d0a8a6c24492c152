package hostkeytest

import (
	"slices"
	"strings"
)

var zoneActions = []action{
	{"pdns", "add_dns", write, withToken, "params[zone] params[name] params[type] params[content] params[ttl]:int? params[priority]:int?", addRecord},
	{"pdns", "add_domain", write, withToken, "params[name] params[server_id]:server?", addDomain},
	{"pdns", "delete_dns", destroy, withToken, "params[zone] params[type] params[priority]:int?", deleteRecords},
	{"pdns", "delete_domain", destroy, withToken, "params[id]:int params[zone]", deleteDomain},
	{"pdns", "list_domains", read, withToken, "", listDomains},
	{"pdns", "list_zones", read, withToken, "", listDomains},
	{"pdns", "view_zone", read, withToken, "params[zone]", viewZone},
	{"pdns", "get_cb_url", read, withToken, "", nil},
	{"pdns", "list_subdomains", read, withToken, "server_id:server", nil},
	{"pdns", "add_subdomain", write, withToken, "server_id:server domain_id:int name", nil},
	{"pdns", "edit_subdomain", write, withToken, "", nil},
	{"pdns", "delete_subdomain", destroy, withToken, "server_id:server id:int", nil},
	{"pdns", "add_zone", write, withToken, "", nil},
	{"pdns", "delete_zone", destroy, withToken, "", nil},
}

// Zone is a DNS zone of the account.
type Zone struct {
	ID      int64
	Name    string
	Records []Record
}

// Record is a DNS record as it was sent.
type Record struct {
	ID                  int64
	Name, Type, Content string
	TTL, Priority       int64
}

type zone struct{ Zone }

// zoneName returns the key under which a zone is stored.
func zoneName(text string) string { return strings.ToLower(strings.TrimSuffix(text, ".")) }

func (c *call) zone() *zone { return c.st.zones[zoneName(c.text("params[zone]"))] }

const textNoZone = "Zone not found"

func addDomain(c *call) reply {
	name := zoneName(c.text("params[name]"))
	if !hostnameForm.MatchString(name) || !strings.Contains(name, ".") {
		return c.invalid("name")
	}
	if c.st.zones[name] != nil {
		return fail("Domain already exists")
	}
	added := &zone{Zone{ID: c.st.zoneIDs.Next(), Name: name}}
	c.st.zones[name] = added
	c.st.zoneList = append(c.st.zoneList, added)
	return c.data(row{"id": added.ID})
}

func listDomains(c *call) reply {
	return c.data(rows(c.st.zoneList, func(z *zone) row { return row{"id": z.ID, "name": z.Name} }))
}

func viewZone(c *call) reply {
	z := c.zone()
	if z == nil {
		return fail(textNoZone)
	}
	return c.data(row{"id": z.ID, "name": z.Name, "records": rows(z.Records, func(r Record) row {
		return row{"id": r.ID, "name": r.Name, "type": r.Type, "content": r.Content, "ttl": r.TTL, "priority": r.Priority}
	})})
}

func addRecord(c *call) reply {
	z := c.zone()
	if z == nil {
		return fail(textNoZone)
	}
	ttl, priority := int64(defaultRecordTTL), int64(0)
	if n, there := c.number("params[ttl]"); there {
		ttl = n
	}
	if n, there := c.number("params[priority]"); there {
		priority = n
	}
	for _, content := range c.values("params[content]") {
		z.Records = append(z.Records, Record{
			ID: c.st.records.Next(), Name: c.text("params[name]"), Type: strings.ToUpper(c.text("params[type]")), Content: content,
			TTL: ttl, Priority: priority,
		})
	}
	return c.ok(nil)
}

// deleteRecords deletes every record of the name and type if the request has no content.
func deleteRecords(c *call) reply {
	z := c.zone()
	if z == nil {
		return fail(textNoZone)
	}
	contents := c.values("params[content]")
	priority, ranked := c.number("params[priority]")
	z.Records = slices.DeleteFunc(z.Records, func(r Record) bool {
		return r.Name == c.text("params[name]") && strings.EqualFold(r.Type, c.text("params[type]")) &&
			(len(contents) == 0 || slices.Contains(contents, r.Content)) && (!ranked || r.Priority == priority)
	})
	return c.ok(nil)
}

func deleteDomain(c *call) reply {
	z := c.zone()
	if id, _ := c.number("params[id]"); z == nil || z.ID != id {
		return fail(textNoZone)
	}
	delete(c.st.zones, z.Name)
	c.st.zoneList = slices.DeleteFunc(c.st.zoneList, func(other *zone) bool { return other == z })
	return c.ok(nil)
}
