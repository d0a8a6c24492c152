package licenseservertest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/licenseserver/licenseservertest"
)

func TestInstitutions(t *testing.T) {
	s := newServer(t)
	const path = "/leads/api/institutions"
	fh := at(`{"id":%d,"name":"Fachhochschule Beispielstadt","contact_count":1,"created_at":"2026-03-04T10:30:00Z"}`, s.Institutions()[0].ID)
	s.get(`{"institutions":[`+fh+`],"total":1,"page":1,"per_page":20}`, path)
	s.now = s.now.Add(time.Hour)
	resp, text := s.do("POST", path, `{"name":"Neue Schule"}`)
	require.Equal(t, 201, resp.StatusCode)
	id := s.Institutions()[1].ID
	require.JSONEq(t, at(`{"id":%d,"name":"Neue Schule","created_at":"2026-03-04T11:30:00Z"}`, id), text)
	school := at(`{"id":%d,"name":"Neue Schule","contact_count":0,"created_at":"2026-03-04T11:30:00Z"}`, id)
	s.get(`{"institutions":[`+school+`],"total":2,"page":2,"per_page":1}`, path+"?page=2&per_page=1")
	s.get(`{"institutions":[`+school+`],"total":1,"page":1,"per_page":20}`, path+"?search=NEUE")
	s.get(`{"institutions":[],"total":2,"page":9,"per_page":100}`, path+"?page=9&per_page=1000")
	s.fails(409, "DUPLICATE", "Institution already exists", "POST", path, `{"name":"neue schule"}`)
	s.fails(400, "VALIDATION_ERROR", "name is required", "POST", path, `{}`)
	s.fails(400, "VALIDATION_ERROR", "name must be of type string", "POST", path, `{"name":7}`)
}

func TestContacts(t *testing.T) {
	s := newServer(t)
	erika := s.Contacts()[0]
	path := at("/leads/api/contacts/%d", erika.ID)
	contact := func(more string) string {
		return at(`{"id":%d,"first_name":"Erika","last_name":"Mustermann","position":"IT","institution_id":%d,
			"details":[{"id":%d,"type":"email","value":"erika@fh.example","label":"Work"},
			{"id":%d,"type":"phone","value":"+49 30 23125000","label":"Desk"}%s],
			"notes":[{"id":%d,"content":"First call","version":1,"created_at":"2026-03-04T10:30:00Z","created_by":"admin"}]}`,
			erika.ID, erika.InstitutionID, erika.Details[0].ID, erika.Details[1].ID, more, erika.Notes[0].ID)
	}
	s.get(contact(""), path)
	resp, text := s.do("POST", path+"/details", `{"type":"phone","value":"+49 1","label":"Mobile"}`)
	require.Equal(t, 201, resp.StatusCode)
	added := at(`{"id":%d,"type":"phone","value":"+49 1","label":"Mobile"}`, s.Contacts()[0].Details[2].ID)
	require.JSONEq(t, added, text)
	s.get(contact(","+added), path)
	s.fails(400, "VALIDATION_ERROR", "type must be email or phone", "POST", path+"/details", `{"type":"fax","value":"1"}`)
	s.fails(400, "VALIDATION_ERROR", "value is required", "POST", path+"/details", `{"type":"email"}`)
	s.fails(404, "NOT_FOUND", "Contact not found", "GET", "/leads/api/contacts/1", "")
	s.fails(404, "NOT_FOUND", "Contact not found", "POST", "/leads/api/contacts/1/details", "{}")
}

func TestLeadStats(t *testing.T) {
	s := newServer(t)
	s.get(`{"total_institutions":1,"total_contacts":1,"recent_activities":4,"conversion_rate":0,"by_type":{"university":1}}`, "/leads/api/stats")
	s.now = s.now.AddDate(0, 0, 7)
	s.AddInstitution(licenseservertest.Institution{Name: "beispiel gmbh", Type: "company"})
	s.AddInstitution(licenseservertest.Institution{Name: "Amt", Type: "government"})
	s.get(`{"total_institutions":3,"total_contacts":1,"recent_activities":2,"conversion_rate":33.3,
		"by_type":{"university":1,"company":1,"government":1}}`, "/leads/api/stats")
}

// page calls the server and expects a page that contains a text.
func (s *server) page(text, method, path, body string) {
	s.t.Helper()
	resp, got := s.do(method, path, body)
	require.Equal(s.t, 200, resp.StatusCode, got)
	require.Equal(s.t, "text/html; charset=utf-8", resp.Header.Get("Content-Type"))
	require.Contains(s.t, got, text)
}

func TestLeadPages(t *testing.T) {
	s := newServer(t)
	s.ctype = "application/x-www-form-urlencoded; charset=utf-8"
	s.page("Erika, Mustermann", "GET", "/leads/", "")
	s.page("last_name", "GET", "/leads/create", "")
	s.page("created", "POST", "/leads/create", "institution=Schule+%3Cb%3E&first_name=Max&last_name=M%C3%BCller&note=Eins")
	lead := s.Contacts()[1]
	require.Equal(t, "Müller", lead.LastName)
	require.Equal(t, "Schule <b>", s.Institutions()[1].Name)
	s.page("Schule &lt;b&gt;", "GET", at("/leads/edit/%d", lead.ID), "")
	s.page("updated", "POST", at("/leads/update/%d", lead.ID), "institution=fachhochschule+beispielstadt&position=Rektor&first_name=&note=Zwei")
	lead = s.Contacts()[1]
	require.Equal(t, []string{"", "Müller", "Rektor"}, []string{lead.FirstName, lead.LastName, lead.Position})
	require.Equal(t, s.Institutions()[0].ID, lead.InstitutionID)
	require.Len(t, s.Institutions(), 2)
	var versions []int64
	for _, note := range lead.Notes {
		versions = append(versions, note.Version)
	}
	require.Equal(t, []int64{1, 2}, versions)
	require.Equal(t, "Zwei", lead.Notes[1].Content)

	s.fails(400, "VALIDATION_ERROR", "institution and last_name are required", "POST", "/leads/create", "last_name=x")
	s.fails(400, "BAD_REQUEST", "The body cannot be read", "POST", "/leads/create", "last_name=%zz")
	s.ctype = "application/json"
	s.fails(400, "BAD_REQUEST", "The body cannot be read", "POST", at("/leads/update/%d", lead.ID), "{}")
	s.ctype = "multipart/form-data; boundary=b"
	s.fails(400, "BAD_REQUEST", "The body cannot be read", "POST", "/leads/create", "x")
	s.page("updated", "POST", at("/leads/update/%d", lead.ID), "--b\r\nContent-Disposition: form-data; name=\"last_name\"\r\n\r\nMaier\r\n--b--\r\n")
	require.Equal(t, "Maier", s.Contacts()[1].LastName)
	s.page("deleted", "POST", at("/leads/delete/%d", lead.ID), "")
	require.Len(t, s.Contacts(), 1)
	for _, call := range []string{"GET /leads/edit/", "POST /leads/update/", "POST /leads/delete/"} {
		method, path, _ := strings.Cut(call, " ")
		s.fails(404, "NOT_FOUND", "Lead not found", method, path+at("%d", lead.ID), "")
	}
}

func TestLeadFiles(t *testing.T) {
	s := newServer(t)
	const header = "institution,first_name,last_name,position,note\n"
	const first = "Fachhochschule Beispielstadt,Erika,Mustermann,IT,First call\n"
	export := func(want string) {
		t.Helper()
		resp, text := s.do("GET", "/leads/export", "")
		require.Equal(t, 200, resp.StatusCode)
		require.Equal(t, "text/csv; charset=utf-8", resp.Header.Get("Content-Type"))
		require.Equal(t, `attachment; filename="leads.csv"`, resp.Header.Get("Content-Disposition"))
		require.Equal(t, want, text)
	}
	export(header + first)
	s.ctype = "text/csv"
	s.page("<p>2</p>", "POST", "/leads/import", "last_name,institution,note\nA,\"X, Y\",hello\nB,\"x, y\",\n")
	all := header + first + "\"X, Y\",,A,,hello\n\"X, Y\",,B,,\n"
	export(all)
	for body, text := range map[string]string{
		"":                                      "the file must be CSV with a header",
		"a\"":                                   "the file must be CSV with a header",
		"institution,last_name\nA\n":            "the file must be CSV with a header",
		"id,last_name\n1,A\n":                   "unknown column id",
		"institution,last_name\nX,A\nX,\n":      "row 2: institution and last_name are required",
		"institution,last_name\nX,A\n,lonely\n": "row 2: institution and last_name are required",
	} {
		s.fails(400, "VALIDATION_ERROR", text, "POST", "/leads/import", body)
	}
	export(all)
	s.ctype = "multipart/form-data; boundary=b"
	form := "--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\ny\r\n"
	s.fails(400, "VALIDATION_ERROR", "the file must be CSV with a header", "POST", "/leads/import", form+"--b--\r\n")
	form += "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"l.csv\"\r\n\r\n"
	s.page("<p>1</p>", "POST", "/leads/import", form+"institution,last_name\nZ,C\r\n--b--\r\n")
	export(all + "Z,,C,,\n")
}
