package licenseserver

import (
	"context"
	"iter"
	"net/url"
	"strconv"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// LeadsService is about people who may become customers: an API for institutions and
// contacts, and the panel's web pages, see leadpages.go for those.
type LeadsService struct{ c *Client }

// Institution is where contacts work.
type Institution struct {
	ID   int64
	Name string
	// ContactCount is not told of a new one.
	ContactCount int64
	CreatedAt    time.Time
}

// InstitutionsOptions shape a list of institutions.
type InstitutionsOptions struct {
	// Search keeps those that a text matches.
	Search string
	// PerPage is how many one request reads; 0 is the server's default, 20.
	PerPage int64
}

// Contact is a person.
type Contact struct {
	ID            int64
	FirstName     string
	LastName      string
	Position      string
	InstitutionID int64
	Details       []ContactDetail
	Notes         []ContactNote
}

// ContactDetail is a way to reach a contact.
type ContactDetail struct {
	ID int64
	// Type is "email" or "phone".
	Type  string
	Value string
	// Label is free: "Work", "Mobile".
	Label string
}

// ContactNote is a note about a contact. Each change of one makes a version.
type ContactNote struct {
	ID        int64
	Content   string
	Version   int64
	CreatedAt time.Time
	CreatedBy string
}

// ContactDetailRequest adds a way to reach a contact.
type ContactDetailRequest struct {
	// Type and Value are required. "email" and "phone" are documented types.
	Type  string
	Value string
	Label string
	// Extra fields, sent as they are.
	Extra map[string]any
}

// LeadStats are figures about leads.
type LeadStats struct {
	TotalInstitutions, TotalContacts, RecentActivities int64
	// ConversionRate is in percent, to judge by the documented example.
	ConversionRate float64
	// ByType counts institutions: "university", "company", "government" are
	// documented.
	ByType map[string]int64
}

// Institutions yields all institutions, page by page: GET /leads/api/institutions.
func (s *LeadsService) Institutions(ctx context.Context, opts *InstitutionsOptions) iter.Seq2[*Institution, error] {
	var o InstitutionsOptions
	if opts != nil {
		o = *opts
	}
	if o.PerPage < 0 {
		return failed[Institution](leadsInstitutions.Refuse("", provider.Problems{"PerPage": "negative"}))
	}
	first := number(0)
	return pages[Institution](ctx, s.c, leadsInstitutions, "institutions", func(page int, last *envelope[institutionWire, *institutionWire], seen int) *rest.Call {
		if page == 1 {
			first = 0
		}
		if last != nil {
			t := last.tail.Total
			// A server that knows no pages sends the first one again and again.
			if t == nil || seen >= int(*t) || len(last.rows) == 0 || last.rows[0].ID == first {
				return nil
			}
			first = last.rows[0].ID
		}
		args := url.Values{"page": {strconv.Itoa(page)}}
		if o.PerPage > 0 {
			args.Set("per_page", strconv.FormatInt(o.PerPage, 10))
		}
		if o.Search != "" {
			args.Set("search", o.Search)
		}
		return &rest.Call{Query: args}
	})
}

// CreateInstitution adds an institution: POST /leads/api/institutions. extra fields are
// sent as they are; none are documented.
func (s *LeadsService) CreateInstitution(ctx context.Context, name string, extra map[string]any) (*Institution, error) {
	var problems provider.Problems
	problems.Required("name", name)
	if err := leadsCreateInstitution.Refuse("", problems); err != nil {
		return nil, err
	}
	return fetch[Institution, institutionWire](ctx, s.c, leadsCreateInstitution, &rest.Call{
		Subject: strconv.Quote(name), Body: withExtra(map[string]any{"name": name}, extra),
	})
}

// Contact reads a contact: GET /leads/api/contacts/{contact_id}.
func (s *LeadsService) Contact(ctx context.Context, contactID int64) (*Contact, error) {
	if err := leadsContact.RefuseID("contactID", contactID); err != nil {
		return nil, err
	}
	return fetch[Contact, contactWire](ctx, s.c, leadsContact, &rest.Call{Args: []string{idText(contactID)}, Subject: idText(contactID)})
}

// AddDetail adds a way to reach a contact: POST
// /leads/api/contacts/{contact_id}/details.
func (s *LeadsService) AddDetail(ctx context.Context, contactID int64, req *ContactDetailRequest) (*ContactDetail, error) {
	if err := leadsAddDetail.RefuseID("contactID", contactID); err != nil {
		return nil, err
	}
	if req == nil {
		return nil, leadsAddDetail.RefuseNil()
	}
	var problems provider.Problems
	problems.Required("Type", req.Type)
	problems.Required("Value", req.Value)
	if err := leadsAddDetail.Refuse("", problems); err != nil {
		return nil, err
	}
	fields := map[string]any{"type": req.Type, "value": req.Value}
	put(fields, "label", req.Label)
	return fetch[ContactDetail, detailWire](ctx, s.c, leadsAddDetail, &rest.Call{
		Args: []string{idText(contactID)}, Subject: idText(contactID), Body: withExtra(fields, req.Extra),
	})
}

// Stats reads the figures about leads: GET /leads/api/stats.
func (s *LeadsService) Stats(ctx context.Context) (*LeadStats, error) {
	return fetch[LeadStats, leadStatsWire](ctx, s.c, leadsStats, &rest.Call{})
}

type institutionWire struct {
	ID           number    `json:"id"`
	Name         text      `json:"name"`
	ContactCount number    `json:"contact_count"`
	CreatedAt    timestamp `json:"created_at"`
}

func (w *institutionWire) Missing() string { return missingID(w.ID, "id") }

func (w *institutionWire) model() *Institution {
	return &Institution{ID: int64(w.ID), Name: string(w.Name), ContactCount: int64(w.ContactCount), CreatedAt: w.CreatedAt.Time}
}

type detailWire struct {
	ID    number `json:"id"`
	Type  text   `json:"type"`
	Value text   `json:"value"`
	Label text   `json:"label"`
}

func (w *detailWire) Missing() string { return missingID(w.ID, "id") }

func (w *detailWire) model() *ContactDetail {
	return &ContactDetail{ID: int64(w.ID), Type: string(w.Type), Value: string(w.Value), Label: string(w.Label)}
}

type contactWire struct {
	ID            number       `json:"id"`
	FirstName     text         `json:"first_name"`
	LastName      text         `json:"last_name"`
	Position      text         `json:"position"`
	InstitutionID number       `json:"institution_id"`
	Details       []detailWire `json:"details"`
	Notes         []struct {
		ID        number    `json:"id"`
		Content   text      `json:"content"`
		Version   number    `json:"version"`
		CreatedAt timestamp `json:"created_at"`
		CreatedBy text      `json:"created_by"`
	} `json:"notes"`
}

func (w *contactWire) Missing() string { return missingID(w.ID, "id") }

func (w *contactWire) model() *Contact {
	c := &Contact{
		ID: int64(w.ID), FirstName: string(w.FirstName), LastName: string(w.LastName), Position: string(w.Position), InstitutionID: int64(w.InstitutionID),
	}
	for i := range w.Details {
		c.Details = append(c.Details, *w.Details[i].model())
	}
	for _, n := range w.Notes {
		c.Notes = append(c.Notes, ContactNote{
			ID: int64(n.ID), Content: string(n.Content), Version: int64(n.Version), CreatedAt: n.CreatedAt.Time, CreatedBy: string(n.CreatedBy),
		})
	}
	return c
}

type leadStatsWire struct {
	TotalInstitutions *number           `json:"total_institutions"`
	TotalContacts     number            `json:"total_contacts"`
	RecentActivities  number            `json:"recent_activities"`
	ConversionRate    float64           `json:"conversion_rate"`
	ByType            map[string]number `json:"by_type"`
}

func (w *leadStatsWire) Missing() string {
	if w.TotalInstitutions == nil {
		return "total_institutions"
	}
	return ""
}

func (w *leadStatsWire) model() *LeadStats {
	return &LeadStats{
		TotalInstitutions: int64(*w.TotalInstitutions), TotalContacts: int64(w.TotalContacts), RecentActivities: int64(w.RecentActivities),
		ConversionRate: w.ConversionRate, ByType: counts(w.ByType),
	}
}
