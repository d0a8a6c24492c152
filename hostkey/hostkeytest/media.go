package hostkeytest

import (
	"net/url"
	"time"
)

var mediaActions = []action{
	{"iso", "add", write, withToken, "params[name] params[short_name] params[iso_name] params[private]=0|1", addISO},
	{"iso", "delete", destroy, withToken, "id:int", deleteISO},
	{"iso", "list_iso", read, withToken, "server_id:server?", listISOs},
	{"iso", "mount_iso", write, withToken, "id:server iso_id:int?", mountISO},
	{"iso", "unmount_iso", write, withToken, "id:server", unmountISO},
	{"iso", "upload", write, withToken, "url", uploadISO},
	{"iso", "uploaded", read, withToken, "", uploadedISOs},
	{"iso", "del", destroy, withToken, "", nil},
	{"iso", "history", read, withToken, "", nil},
	{"iso", "update", write, withToken, "", nil},
}

// image is an ISO image to boot from.
type image struct {
	id                             int64
	name, short, file, description string
	private                        bool
}

type upload struct {
	name, url string
	at        time.Time
}

func isoRow(i *image) row {
	return row{
		"id": i.id, "name": i.name, "short_name": i.short, "iso_name": i.file, "private": flag(i.private), "description": i.description,
		"admin_only": 0, "status": "active",
	}
}

func (st *state) isoNamed(name string) *image {
	for _, i := range st.isos.Rows {
		if i.name == name || i.short == name {
			return i
		}
	}
	return nil
}

// addISO adds an image, or updates the one of that name.
func addISO(c *call) reply {
	found := c.st.isoNamed(c.text("params[name]"))
	if found == nil {
		found = c.st.isos.Add(new(image))
	}
	found.name, found.short, found.file = c.text("params[name]"), c.text("params[short_name]"), c.text("params[iso_name]")
	found.description, found.private = c.text("params[description]"), c.flag("params[private]")
	return c.data(isoRow(found))
}

func deleteISO(c *call) reply {
	id, _ := c.number("id")
	found := c.st.isos.Get(id)
	if found == nil {
		return fail("ISO not found")
	}
	c.st.isos.Remove(found)
	return c.ok(nil)
}

// listISOs requires the server from customers' keys, and all keys of the emulator are customers'.
func listISOs(c *call) reply {
	if c.m == nil {
		return fail("Missing required keys: server_id")
	}
	return c.data(rows(c.st.isos.Rows, isoRow))
}

func mountISO(c *call) reply {
	id, _ := c.number("iso_id")
	found := c.st.isos.Get(id)
	if id == 0 {
		found = c.st.isoNamed(c.text("name"))
	}
	if found == nil {
		return fail("invalid argument iso_name")
	}
	m := c.m
	return c.accepted(c.start(m, taskTime, c.action.name, func(time.Time) { m.ISO = found.id }))
}

func unmountISO(c *call) reply {
	m := c.m
	return c.accepted(c.start(m, taskTime, c.action.name, func(time.Time) { m.ISO = 0 }))
}

func uploadISO(c *call) reply {
	from, err := url.Parse(c.text("url"))
	if err != nil || from.Host == "" {
		return c.invalid("url")
	}
	c.st.uploads = append(c.st.uploads, upload{name: c.text("name"), url: c.text("url"), at: c.st.now})
	return c.ok(nil)
}

func uploadedISOs(c *call) reply {
	return c.data(rows(c.st.uploads, func(u upload) row { return row{"name": u.name, "url": u.url, "created_at": stamp(u.at)} }))
}
