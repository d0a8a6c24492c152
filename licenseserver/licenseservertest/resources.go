package licenseservertest

import (
	"fmt"
	"net/http"
	"strconv"
)

func licenseResources(c *call) reply {
	l := c.license()
	if l == nil {
		return noLicense()
	}
	held := c.st.resources.Where(func(r *Resource) bool { return r.LicenseID == l.ID })
	return ok(row{"resources": rows(held, func(r *Resource) row {
		body := resourceRow(r)
		body["status"], body["allocated_at"] = "allocated", stamp(r.AllocatedAt)
		return body
	})})
}

func resourceRow(r *Resource) row {
	return row{"id": r.ID, "type": r.Type, "identifier": r.Identifier}
}

// allocate accepts both documented bodies: with resource_type and without.
func allocate(c *call) reply {
	id, there := c.body.Int("license_id")
	if !there {
		c.blame("license_id is required")
	}
	kind, ids := c.text("resource_type"), c.numbers("resource_ids")
	if bad, refused := c.refused(); refused {
		return bad
	}
	l := c.st.licenses.Get(id)
	if l == nil {
		return noLicense()
	}
	for _, id := range ids {
		switch r := c.st.resources.Get(id); {
		case r == nil:
			return notFound(fmt.Sprintf("Resource %d", id))
		case kind != "" && r.Type != kind:
			return invalid(fmt.Sprintf("resource %d is not of type %s", id, kind))
		case r.LicenseID != 0 && r.LicenseID != l.ID:
			return refusal(http.StatusConflict, codeAllocated, fmt.Sprintf("Resource %d is allocated to another license", id))
		}
	}
	n := 0
	for _, id := range ids {
		if r := c.st.resources.Get(id); r.LicenseID == 0 {
			r.LicenseID, r.AllocatedAt = l.ID, c.now
			n++
		}
	}
	return ok(row{"success": true, "allocated": n, "message": fmt.Sprintf("%d resources allocated successfully", n)})
}

func (st *state) stock(kind string) (free []*Resource, total int) {
	for _, r := range st.resources.Rows {
		if r.Type == kind {
			total++
			if r.LicenseID == 0 {
				free = append(free, r)
			}
		}
	}
	return free, total
}

func checkAvailability(c *call) reply {
	values := c.r.URL.Query()
	kind, wanted := values.Get("type"), 1
	if kind == "" {
		return invalid("type is required")
	}
	if text := values.Get("count"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return invalid("count must be a number of at least 1")
		}
		wanted = n
	}
	free, _ := c.st.stock(kind)
	return ok(row{
		"available": len(free) >= wanted, "count": len(free), "resources": rows(free[:min(wanted, len(free))], resourceRow),
	})
}

func availability(c *call) reply {
	body := row{}
	for name, kind := range overviewTypes {
		free, total := c.st.stock(kind)
		body[name] = row{"available": len(free), "total": total, "status": stockStatus(len(free), total)}
	}
	return ok(body)
}

func resourceStats(c *call) reply {
	type figures struct {
		Total     int `json:"total"`
		Allocated int `json:"allocated"`
		Available int `json:"available"`
	}
	var all figures
	byType := make(map[string]*figures)
	for _, r := range c.st.resources.Rows {
		if byType[r.Type] == nil {
			byType[r.Type] = new(figures)
		}
		for _, f := range []*figures{&all, byType[r.Type]} {
			f.Total++
			if r.LicenseID == 0 {
				f.Available++
			} else {
				f.Allocated++
			}
		}
	}
	return ok(row{"total": all.Total, "allocated": all.Allocated, "available": all.Available, "by_type": byType})
}
