package hostkeytest

import (
	"slices"
	"strconv"
	"strings"
)

var tagActions = []action{
	{"tags", "add", write, withToken, "tag", addTag},
	{"tags", "list", read, withToken, "id:server component=eq|vars? internal=0|1?", listTags},
	{"tags", "remove", destroy, withToken, "tag", removeTag},
	{"tags", "user_search", read, withToken, "value", nil},
	{"tags", "clear", destroy, withToken, "", nil},
	{"tags", "get", read, withToken, "", nil},
	{"tags", "search", read, withToken, "", nil},
	{"tags", "search_user", read, withToken, "", nil},
	{"tags", "show", read, withToken, "", nil},
}

// Tag is a tag of a server. The system itself sets hostname, OS, password and, on a server without
// network, block.
type Tag struct {
	ID                 int64
	Name, Value, Extra string
	Internal           bool
}

// setTag adds a tag, or replaces the one of that name.
func (st *state) setTag(m *machine, name, value, extra string, internal bool) *Tag {
	for i := range m.Tags {
		if t := &m.Tags[i]; t.Name == name {
			t.Value, t.Extra, t.Internal = value, extra, internal
			return t
		}
	}
	m.Tags = append(m.Tags, Tag{ID: st.tags.Next(), Name: name, Value: value, Extra: extra, Internal: internal})
	return &m.Tags[len(m.Tags)-1]
}

// dropTag removes a tag, and reports whether there was one.
func (st *state) dropTag(m *machine, name string) bool {
	before := len(m.Tags)
	m.Tags = slices.DeleteFunc(m.Tags, func(t Tag) bool { return t.Name == name })
	return len(m.Tags) < before
}

func (m *machine) tagRow(t Tag) row {
	return row{
		"id": t.ID, "tag": t.Name, "value": t.Value, "extra": t.Extra, "internal": flag(t.Internal), "component": "eq",
		"component_id": m.ID,
	}
}

// tagged returns the servers that id or id_list names, or the reply that refuses them.
func (c *call) tagged() ([]*machine, *reply) {
	ids := c.values("id_list")
	if len(ids) == 1 {
		ids = strings.Split(ids[0], ",")
	}
	if c.has("id") {
		ids = append(ids, c.text("id"))
	}
	if len(ids) == 0 {
		refused := fail("Missing required keys: id")
		return nil, &refused
	}
	found := make([]*machine, len(ids))
	for i, text := range ids {
		id, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
		if err == nil {
			found[i] = c.machine(id)
		}
		if found[i] == nil {
			refused := c.noServer()
			return nil, &refused
		}
	}
	return found, nil
}

func addTag(c *call) reply {
	name, value, extra := c.text("tag"), c.text("value"), c.text("extra")
	if !tagForm.MatchString(name) || len(value) > maxTagValue || len(extra) > maxTagExtra {
		return fail("tag/add: invalid token data, too long")
	}
	found, refused := c.tagged()
	if refused != nil {
		return *refused
	}
	var fields row
	for _, m := range found {
		t := c.st.setTag(m, name, value, extra, c.flag("internal"))
		if name == "hostname" {
			m.Hostname, m.lag = value, ""
		}
		if fields == nil {
			fields = m.tagRow(*t)
		}
	}
	return c.ok(fields)
}

func listTags(c *call) reply {
	list := []row{}
	for _, t := range c.m.Tags {
		if !c.has("internal") || t.Internal == c.flag("internal") {
			list = append(list, c.m.tagRow(t))
		}
	}
	return c.ok(row{"tags": list})
}

func removeTag(c *call) reply {
	found, refused := c.tagged()
	if refused != nil {
		return *refused
	}
	for _, m := range found {
		c.st.dropTag(m, c.text("tag"))
	}
	return c.ok(nil)
}
