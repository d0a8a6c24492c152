package elizontest

import "strings"

// zone is a domain of the account whose records the platform serves.
type zone struct {
	ID, Name string
	records  []row
}

// zoneRow has the name under both names that occur: the SDK reads name, the app domain.
func zoneRow(z *zone) row {
	return row{"id": z.ID, "name": z.Name, "domain": z.Name, "status": "ACTIVE"}
}

func listZonesOfAccount(c *call) reply { return ok(row{"data": rows(c.st.zones.Rows, zoneRow)}) }

func addZone(c *call) reply {
	name := strings.ToLower(c.required("domain"))
	if name != "" && !strings.Contains(name, ".") {
		c.blame("domain is no name of a domain")
	}
	if a, refused := c.refused(); refused {
		return a
	}
	if c.st.zones.Find(func(z *zone) bool { return z.Name == name }) != nil {
		return bad(codeSameDomain, "The domain is there already")
	}
	c.st.zones.Add(&zone{ID: c.st.newID(), Name: name})
	return created(row{})
}

func onZone(do func(*call, *zone) reply) handler {
	return func(c *call) reply {
		if z := c.st.zones.Get(c.r.PathValue("id")); z != nil {
			return do(c, z)
		}
		return notFound(codeNoDomain, "Domain")
	}
}

func zoneRecords(_ *call, z *zone) reply { return ok(row{"data": append([]row{}, z.records...)}) }

func addZoneRecord(c *call, z *zone) reply {
	record := row{"type": c.required("type"), "name": c.required("name"), "content": c.required("content"), "ttl": defaultTTL}
	if ttl, there := c.body.Int("ttl"); there {
		record["ttl"] = ttl
	}
	if a, refused := c.refused(); refused {
		return a
	}
	record["id"] = c.st.newID()
	z.records = append(z.records, record)
	return created(row{})
}

func deleteZoneRecord(c *call, z *zone) reply {
	for i, record := range z.records {
		if record["id"] == c.r.PathValue("recordId") {
			z.records = append(z.records[:i:i], z.records[i+1:]...)
			return succeeded()
		}
	}
	return notFound(codeNoRecord, "Record")
}
