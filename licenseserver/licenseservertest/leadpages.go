package licenseservertest

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"html"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/provkit/provkit/internal/emulator"
)

// leadColumns are the fields of the forms, and the columns of the files.
var leadColumns = []string{"institution", "first_name", "last_name", "position", "note"}

// page returns a minimal page: the content of the panel's pages is undocumented.
func page(title string, lines ...string) reply {
	var text strings.Builder
	text.WriteString("<!DOCTYPE html>\n<html><head><title>" + html.EscapeString(title) + "</title></head><body><h1>" + html.EscapeString(title) + "</h1>\n")
	for _, line := range lines {
		text.WriteString("<p>" + html.EscapeString(line) + "</p>\n")
	}
	return reply{status: http.StatusOK, text: text.String() + "</body></html>\n", contentType: "text/html; charset=utf-8"}
}

func (c *call) lead() *Contact { return c.st.contacts.Get(c.pathID("lead_id")) }

// fields returns the values of a lead in the order of leadColumns.
func (st *state) fields(x *Contact) []string {
	institution, note := "", ""
	if i := st.institutions.Get(x.InstitutionID); i != nil {
		institution = i.Name
	}
	if n := len(x.Notes); n > 0 {
		note = x.Notes[n-1].Content
	}
	return []string{institution, x.FirstName, x.LastName, x.Position, note}
}

func leadOverview(c *call) reply {
	var lines []string
	for _, x := range c.st.contacts.Rows {
		lines = append(lines, strings.Join(c.st.fields(x), ", "))
	}
	return page("Leads", lines...)
}

func leadForm(*call) reply { return page("New lead", leadColumns...) }

func createLead(c *call) reply {
	form, err := c.form()
	if err != nil {
		return badBody(err)
	}
	if form.Get("institution") == "" || form.Get("last_name") == "" {
		return invalid("institution and last_name are required")
	}
	return page("Lead created", fmt.Sprint(c.store(form).ID))
}

func editLead(c *call) reply {
	x := c.lead()
	if x == nil {
		return notFound("Lead")
	}
	return page("Edit lead", c.st.fields(x)...)
}

func updateLead(c *call) reply {
	x := c.lead()
	if x == nil {
		return notFound("Lead")
	}
	form, err := c.form()
	if err != nil {
		return badBody(err)
	}
	c.change(x, form)
	return page("Lead updated")
}

func deleteLead(c *call) reply {
	x := c.lead()
	if x == nil {
		return notFound("Lead")
	}
	c.st.contacts.RemoveWhere(func(other *Contact) bool { return other == x })
	return page("Lead deleted")
}

// store creates a lead from a form.
func (c *call) store(form url.Values) *Contact {
	x := c.st.addContact(Contact{}, c.now)
	c.change(x, form)
	return x
}

// change sets the values in a form. A new institution is added.
func (c *call) change(x *Contact, form url.Values) {
	if name := form.Get("institution"); name != "" {
		i := c.st.institutionNamed(name)
		if i == nil {
			i = &Institution{Name: name, Type: newLeadType, CreatedAt: c.now}
			c.st.institutions.Add(i)
		}
		x.InstitutionID = i.ID
	}
	for field, dst := range map[string]*string{"first_name": &x.FirstName, "last_name": &x.LastName, "position": &x.Position} {
		if form.Has(field) {
			*dst = form.Get(field)
		}
	}
	if note := form.Get("note"); note != "" {
		c.st.addNote(x, Note{Content: note}, c.now)
	}
}

func exportLeads(c *call) reply {
	var file bytes.Buffer
	w := csv.NewWriter(&file)
	_ = w.Write(leadColumns)
	for _, x := range c.st.contacts.Rows {
		_ = w.Write(c.st.fields(x))
	}
	w.Flush()
	return reply{status: http.StatusOK, text: file.String(), contentType: "text/csv; charset=utf-8", fileName: "leads.csv"}
}

func importLeads(c *call) reply {
	file := c.raw
	if _, boundary := c.multipart(); boundary != "" {
		file = nil
		parts := multipart.NewReader(bytes.NewReader(c.raw), boundary)
		for part, err := parts.NextPart(); err == nil; part, err = parts.NextPart() {
			if part.FileName() != "" {
				file, _ = io.ReadAll(part)
				break
			}
		}
	}
	records, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
	if err != nil || len(records) == 0 {
		return invalid("the file must be CSV with a header")
	}
	for _, column := range records[0] {
		if !slices.Contains(leadColumns, column) {
			return invalid("unknown column " + column)
		}
	}
	forms := make([]url.Values, 0, len(records)-1)
	for i, record := range records[1:] {
		form := url.Values{}
		for j, value := range record {
			form.Set(records[0][j], value)
		}
		if form.Get("institution") == "" || form.Get("last_name") == "" {
			return invalid(fmt.Sprintf("row %d: institution and last_name are required", i+1))
		}
		forms = append(forms, form)
	}
	for _, form := range forms {
		c.store(form)
	}
	return page("Leads imported", fmt.Sprint(len(forms)))
}

// multipart returns the content type and, if it is a multipart form, its boundary.
func (c *call) multipart() (kind, boundary string) {
	kind, params, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return kind, ""
	}
	return kind, params["boundary"]
}

// form reads a form of either encoding.
func (c *call) form() (url.Values, *emulator.BodyError) {
	bad := &emulator.BodyError{Problem: emulator.BodyUnreadable}
	if kind, boundary := c.multipart(); boundary != "" {
		form, err := multipart.NewReader(bytes.NewReader(c.raw), boundary).ReadForm(emulator.MaxBody)
		if err != nil {
			return nil, bad
		}
		defer func() { _ = form.RemoveAll() }()
		return form.Value, nil
	} else if kind != "application/x-www-form-urlencoded" && len(c.raw) > 0 {
		return nil, bad
	}
	form, err := url.ParseQuery(string(c.raw))
	if err != nil {
		return nil, bad
	}
	return form, nil
}
