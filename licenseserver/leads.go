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

// LeadsService manages people who may become customers, with an API for institutions and contacts,
// and with the panel's web pages.
type LeadsService struct{ c *Client }

// Institution is an organization that contacts work for.
type Institution struct {
	ID   int64  `wire:"id,positive"`
	Name string `wire:"name,name"`
	// ContactCount is not reported for a new institution.
	ContactCount int64     `wire:"contact_count"`
	CreatedAt    time.Time `wire:"created_at"`
}

// InstitutionListOptions filter a list of institutions.
type InstitutionListOptions struct {
	// Search selects institutions that match a text; "" selects all.
	Search string
	// PerPage is how many one request reads; 0 means the server's default, 20.
	PerPage int64
}

// Contact is a person.
type Contact struct {
	ID            int64           `wire:"id,positive,identity"`
	FirstName     string          `wire:"first_name"`
	LastName      string          `wire:"last_name"`
	Position      string          `wire:"position"`
	InstitutionID int64           `wire:"institution_id"`
	Details       []ContactDetail `wire:"details"`
	Notes         []ContactNote   `wire:"notes"`
}

// ContactDetail is a way to reach a contact.
type ContactDetail struct {
	ID int64 `wire:"id,positive"`
	// Type is "email" or "phone".
	Type  string `wire:"type"`
	Value string `wire:"value,name"`
	// Label is any text: "Work", "Mobile".
	Label string `wire:"label"`
}

// ContactNote is a note about a contact. Each change creates a version.
type ContactNote struct {
	ID        int64     `wire:"id"`
	Content   string    `wire:"content"`
	Version   int64     `wire:"version"`
	CreatedAt time.Time `wire:"created_at"`
	CreatedBy string    `wire:"created_by"`
}

// ContactDetailAddRequest adds a way to reach a contact.
type ContactDetailAddRequest struct {
	// Type and Value are required. "email" and "phone" are documented types.
	Type  string `wire:"type"`
	Value string `wire:"value"`
	Label string `wire:"label"`
	// Extra contains further fields, sent unchanged.
	Extra map[string]any `wire:",extra"`
}

// LeadStats are figures about leads.
type LeadStats struct {
	TotalInstitutions int64 `wire:"total_institutions,required"`
	TotalContacts     int64 `wire:"total_contacts"`
	RecentActivities  int64 `wire:"recent_activities"`
	// ConversionRate is in percent, judging by the documented example.
	ConversionRate float64 `wire:"conversion_rate"`
	// ByType counts institutions: "university", "company", "government" are documented.
	ByType map[string]int64 `wire:"by_type"`
}

// Institutions yields all institutions, page by page: GET /leads/api/institutions.
func (s *LeadsService) Institutions(ctx context.Context, opts *InstitutionListOptions) iter.Seq2[*Institution, error] {
	var o InstitutionListOptions
	if opts != nil {
		o = *opts
	}
	var problems provider.Problems
	problems.NotNegative("PerPage", int64(o.PerPage))
	if err := leadsInstitutions.Refuse("", problems); err != nil {
		return rest.Failed[Institution](err)
	}
	first := int64(0)
	return pages[Institution](ctx, s.c, leadsInstitutions, "institutions", func(number int, last *page[Institution], seen int) *rest.Call {
		if number == 1 {
			first = 0
		}
		if last != nil {
			// A server without paging sends the first page again and again.
			if last.total == nil || seen >= int(*last.total) || last.Len == 0 || last.first.ID == first {
				return nil
			}
			first = last.first.ID
		}
		args := url.Values{"page": {strconv.Itoa(number)}}
		if o.PerPage > 0 {
			args.Set("per_page", strconv.FormatInt(o.PerPage, 10))
		}
		if o.Search != "" {
			args.Set("search", o.Search)
		}
		return &rest.Call{Query: args}
	})
}

// CreateInstitution adds an institution: POST /leads/api/institutions. The fields of extra are sent
// unchanged; none are documented.
func (s *LeadsService) CreateInstitution(ctx context.Context, name string, extra map[string]any) (*Institution, error) {
	if err := leadsCreateInstitution.RefuseBlank("name", name); err != nil {
		return nil, err
	}
	return fetch[Institution](ctx, s.c, leadsCreateInstitution, &rest.Call{
		Subject: strconv.Quote(name), Body: withExtra(map[string]any{"name": name}, extra), About: rest.Identity{Name: name},
	})
}

// Contact reads a contact: GET /leads/api/contacts/{contact_id}.
func (s *LeadsService) Contact(ctx context.Context, contactID int64) (*Contact, error) {
	if err := leadsContact.RefuseID("contactID", contactID); err != nil {
		return nil, err
	}
	return fetch[Contact](ctx, s.c, leadsContact, &rest.Call{
		Args: []string{idText(contactID)}, Subject: idText(contactID), About: rest.Identity{ID: idText(contactID)},
	})
}

// AddDetail adds a way to reach a contact: POST /leads/api/contacts/{contact_id}/details.
func (s *LeadsService) AddDetail(ctx context.Context, contactID int64, req *ContactDetailAddRequest) (*ContactDetail, error) {
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
	return fetch[ContactDetail](ctx, s.c, leadsAddDetail, with(&rest.Call{
		Args: []string{idText(contactID)}, Subject: idText(contactID), About: rest.Identity{Name: req.Value},
	}, req))
}

// Stats reads the figures about leads: GET /leads/api/stats.
func (s *LeadsService) Stats(ctx context.Context) (*LeadStats, error) {
	return fetch[LeadStats](ctx, s.c, leadsStats, &rest.Call{})
}
