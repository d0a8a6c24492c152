package licenseservertest

import "strconv"

func listCustomers(c *call) reply {
	q := c.r.URL.Query().Get("q")
	found := c.st.customers.Where(func(x *Customer) bool { return contains(x.text(), q) })
	page, more := window(found, c.query("page", 1), customersByPage)
	return ok(row{
		"results":    rows(page, func(x *Customer) row { return row{"id": x.ID, "text": x.text()} }),
		"pagination": row{"more": more},
	})
}

func (x *Customer) text() string { return x.Name + " - " + x.Email }

func customerLicenses(c *call) reply {
	owner := c.st.customers.Get(c.pathID("id"))
	if owner == nil {
		return notFound("Customer")
	}
	return ok(row{"licenses": rows(c.st.licensesOf(owner), c.licenseRow)})
}

func (st *state) licensesOf(x *Customer) []*License {
	return st.licenses.Where(func(l *License) bool { return l.CustomerID == x.ID })
}

func customerStats(c *call) reply {
	owner := c.st.customers.Get(c.pathID("id"))
	if owner == nil {
		return notFound("Customer")
	}
	all, active, activations := c.st.licensesOf(owner), 0, 0
	for _, l := range all {
		if !l.Inactive {
			active++
		}
		activations += c.st.activeDevices(l)
	}
	return ok(row{"total_licenses": len(all), "active_licenses": active, "total_activations": activations})
}

// search searches customers, licenses and devices, in this order.
func search(c *call) reply {
	values := c.r.URL.Query()
	q, kind := values.Get("q"), values.Get("type")
	if kind != "" && kind != "customer" && kind != "license" && kind != "device" {
		return invalid("type must be customer, license or device")
	}
	found := []row{}
	add := func(of string, id int64, title, subtitle, url string, texts ...string) {
		if kind != "" && kind != of {
			return
		}
		for _, text := range append(texts, title) {
			if contains(text, q) {
				found = append(found, row{"type": of, "id": id, "title": title, "subtitle": subtitle, "url": url})
				return
			}
		}
	}
	for _, x := range c.st.customers.Rows {
		add("customer", x.ID, x.Name, x.Email, "/customer/edit/"+strconv.FormatInt(x.ID, 10), x.Email)
	}
	edit := func(licenseID int64) string { return "/license/edit/" + strconv.FormatInt(licenseID, 10) }
	if !c.hidden {
		for _, l := range c.st.licenses.Rows {
			state := " - Active"
			if l.Inactive {
				state = " - Inactive"
			}
			owner := c.st.customerName(l)
			add("license", l.ID, l.Key, owner+state, edit(l.ID), owner)
		}
		for _, d := range c.st.devices.Rows {
			add("device", d.ID, d.MachineName, c.st.licenses.Get(d.LicenseID).Key, edit(d.LicenseID), d.HardwareHash)
		}
	}
	return ok(row{"results": found[:min(len(found), c.query("limit", searchLimit))], "total": len(found)})
}
