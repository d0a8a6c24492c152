package licenseservertest

import (
	"math"
	"net/http"
	"strings"
	"time"
)

// addContact stores a contact and numbers its details and notes.
func (st *state) addContact(x Contact, now time.Time) *Contact {
	x = x.clone()
	if x.CreatedAt.IsZero() {
		x.CreatedAt = now
	}
	for i := range x.Details {
		st.number(&x.Details[i], now)
	}
	notes := x.Notes
	x.Notes = nil
	for _, n := range notes {
		st.addNote(&x, n, now)
	}
	st.contacts.Add(&x)
	return &x
}

func (st *state) number(d *Detail, now time.Time) {
	if d.ID == 0 {
		d.ID = st.details.Next()
	}
	if d.CreatedAt.IsZero() {
		d.CreatedAt = now
	}
}

// addNote stores a note as the next version of a contact's note.
func (st *state) addNote(x *Contact, n Note, now time.Time) {
	if n.ID == 0 {
		n.ID = st.notes.Next()
	}
	if n.Version == 0 {
		n.Version = 1
		if last := len(x.Notes); last > 0 {
			n.Version = x.Notes[last-1].Version + 1
		}
	}
	if n.CreatedAt.IsZero() {
		n.CreatedAt = now
	}
	if n.CreatedBy == "" {
		n.CreatedBy = leadAuthor
	}
	x.Notes = append(x.Notes, n)
}

func (st *state) institutionNamed(name string) *Institution {
	return st.institutions.Find(func(i *Institution) bool { return strings.EqualFold(i.Name, name) })
}

func listInstitutions(c *call) reply {
	q := c.r.URL.Query().Get("search")
	found := c.st.institutions.Where(func(i *Institution) bool { return contains(i.Name, q) })
	number, size := c.query("page", 1), min(c.query("per_page", leadsByPage), maxLeadsByPage)
	page, _ := window(found, number, size)
	return ok(row{
		"institutions": rows(page, func(i *Institution) row {
			n := c.st.contacts.Count(func(x *Contact) bool { return x.InstitutionID == i.ID })
			return row{"id": i.ID, "name": i.Name, "contact_count": n, "created_at": stamp(i.CreatedAt)}
		}),
		"total": len(found), "page": number, "per_page": size,
	})
}

func createInstitution(c *call) reply {
	name := c.required("name")
	if bad, refused := c.refused(); refused {
		return bad
	}
	if c.st.institutionNamed(name) != nil {
		return refusal(http.StatusConflict, codeDuplicate, "Institution already exists")
	}
	i := &Institution{Name: name, Type: newLeadType, CreatedAt: c.now}
	c.st.institutions.Add(i)
	return created(row{"id": i.ID, "name": i.Name, "created_at": stamp(i.CreatedAt)})
}

func detailRow(d Detail) row {
	return row{"id": d.ID, "type": d.Type, "value": d.Value, "label": d.Label}
}

func getContact(c *call) reply {
	x := c.st.contacts.Get(c.pathID("contact_id"))
	if x == nil {
		return notFound("Contact")
	}
	return ok(row{
		"id": x.ID, "first_name": x.FirstName, "last_name": x.LastName, "position": x.Position, "institution_id": x.InstitutionID,
		"details": rows(x.Details, detailRow),
		"notes": rows(x.Notes, func(n Note) row {
			return row{
				"id": n.ID, "content": n.Content, "version": n.Version, "created_at": stamp(n.CreatedAt), "created_by": n.CreatedBy,
			}
		}),
	})
}

func addDetail(c *call) reply {
	x := c.st.contacts.Get(c.pathID("contact_id"))
	if x == nil {
		return notFound("Contact")
	}
	d := Detail{Type: c.required("type"), Value: c.required("value"), Label: c.text("label")}
	if d.Type != "email" && d.Type != "phone" {
		c.blame("type must be email or phone")
	}
	if bad, refused := c.refused(); refused {
		return bad
	}
	c.st.number(&d, c.now)
	x.Details = append(x.Details, d)
	return created(detailRow(d))
}

func leadStats(c *call) reply {
	recent, converted, byType := 0, 0, make(map[string]int)
	lately := func(t time.Time) {
		if c.now.Sub(t) < 7*24*time.Hour {
			recent++
		}
	}
	for _, i := range c.st.institutions.Rows {
		lately(i.CreatedAt)
		byType[i.Type]++
		if c.st.customers.Find(func(x *Customer) bool { return strings.EqualFold(x.Name, i.Name) }) != nil {
			converted++
		}
	}
	for _, x := range c.st.contacts.Rows {
		for _, d := range x.Details {
			lately(d.CreatedAt)
		}
		for _, n := range x.Notes {
			lately(n.CreatedAt)
		}
	}
	rate := 0.0
	if n := len(c.st.institutions.Rows); n > 0 {
		rate = math.Round(1000*float64(converted)/float64(n)) / 10
	}
	return ok(row{
		"total_institutions": len(c.st.institutions.Rows), "total_contacts": len(c.st.contacts.Rows),
		"recent_activities": recent, "conversion_rate": rate, "by_type": byType,
	})
}
