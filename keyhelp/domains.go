package keyhelp

import (
	"context"
	"iter"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// DomainsService manages the clients' domains.
type DomainsService struct{ c *Client }

// Domain is a domain or sub-domain of a client.
type Domain struct {
	ID int64 `wire:"id,positive,identity"`
	// ClientID is the owner (live dialect: id_user).
	ClientID int64 `wire:"id_client|id_user"`
	// Name is in ASCII form (live dialect: domain).
	Name string `wire:"domain|domain_name,required,strict,name"`
	// PHPVersion is "8.3", for example; "" means the server's default.
	PHPVersion string `wire:"php_version"`
	// Disabled is the reverse of the documented dialect's is_enabled.
	Disabled  bool      `wire:"is_disabled|!is_enabled"`
	CreatedAt time.Time `wire:"created_at"`

	// Documented dialect only.

	DocumentRoot string    `wire:"document_root"`
	UpdatedAt    time.Time `wire:"updated_at"`

	// Live dialect only.

	NameUTF8 string `wire:"domain_utf8,name"`
	// ParentID is 0 for a top-level domain.
	ParentID int64 `wire:"id_parent_domain"`
	// Status is 1 when all work on the domain is done; other values mean pending work or a problem
	// and are undocumented.
	Status           int64          `wire:"status"`
	Traffic          int64          `wire:"traffic"`
	DeleteOn         time.Time      `wire:"delete_on"`
	DKIMSelector     string         `wire:"dkim_selector"`
	DKIMRecord       string         `wire:"dkim_record|dkim_txt_record"`
	CustomDNS        bool           `wire:"is_custom_dns"`
	DNSDisabled      bool           `wire:"is_dns_disabled"`
	Subdomain        bool           `wire:"is_subdomain"`
	SystemDomain     bool           `wire:"is_system_domain"`
	EmailDomain      bool           `wire:"is_email_domain"`
	EmailSendingOnly bool           `wire:"is_email_sending_only"`
	Target           DomainTarget   `wire:"target"`
	Security         DomainSecurity `wire:"security"`
	HTTPDirectives   string         `wire:"apache.http_directives"`
	HTTPSDirectives  string         `wire:"apache.https_directives"`
}

// DomainTarget is what a domain serves: a directory, or a URL to forward to.
type DomainTarget struct {
	Target         string `wire:"target,always"`
	Forwarding     bool   `wire:"is_forwarding,always"`
	ForwardingType int64  `wire:"forwarding_type"` // 301, 302, ...
}

// DomainSecurity is the TLS settings of a domain.
type DomainSecurity struct {
	CertificateID int64 `wire:"id_certificate,always"`
	LetsEncrypt   bool  `wire:"lets_encrypt,always"`
	PreferHTTPS   bool  `wire:"is_prefer_https,always"`
	HSTS          bool  `wire:"is_hsts,always"`
	HSTSMaxAge    int64 `wire:"hsts_max_age,always"` // seconds
	HSTSInclude   bool  `wire:"hsts_include,always"`
	HSTSPreload   bool  `wire:"hsts_preload,always"`
}

// DomainCreateRequest describes a new domain.
type DomainCreateRequest struct {
	// ClientID is the owner. Required.
	ClientID int64
	// Name is in ASCII form. Required.
	Name string

	// The other fields exist in the live dialect only and are refused in the documented one
	// (provider.ErrUnsupported).

	// ParentID is the domain above a sub-domain; 0 for a top-level domain.
	ParentID    int64
	PHPVersion  string
	Disabled    *bool
	DeleteOn    *time.Time
	DNSDisabled *bool
	EmailDomain *bool
	CreateWWW   *bool
	Target      *DomainTarget
	Security    *DomainSecurity
	// Extra contains further fields, sent unchanged.
	Extra map[string]any
}

// DomainUpdateRequest changes a domain. A nil field stays as it is.
type DomainUpdateRequest struct {
	// PHPVersion sets the version; a pointer to "" means the server's default.
	PHPVersion *string
	Disabled   *bool
	// DeleteOn schedules the deletion; the zero time clears the date.
	DeleteOn    *time.Time
	DNSDisabled *bool
	EmailDomain *bool
	Target      *DomainTarget
	Security    *DomainSecurity
	// Extra contains further fields, sent unchanged.
	Extra map[string]any
}

// Create creates a domain: POST /api/v2/domains. Live panels finish the work a moment later
// (Domain.Status). Only the ID in their answer is documented; the other fields of the result are
// then those of the request.
func (s *DomainsService) Create(ctx context.Context, req *DomainCreateRequest) (*Domain, error) {
	if req == nil {
		return nil, domainsCreate.any().RefuseNil()
	}
	subject := quoted(req.Name)
	var problems provider.Problems
	problems.Positive("ClientID", req.ClientID)
	problems.Note("Name", domainProblem(req.Name))
	problems.NotNegative("ParentID", req.ParentID)
	if err := domainsCreate.any().Refuse(subject, problems); err != nil {
		return nil, err
	}
	d, err := s.c.dialects.resolve(ctx, s.c)
	if err != nil {
		return nil, err
	}
	b := newBody(d.domain)
	b.set("ClientID", req.ClientID)
	b.set("Name", req.Name)
	if req.ParentID > 0 {
		b.set("ParentID", req.ParentID)
	}
	b.text("PHPVersion", req.PHPVersion)
	req.optional(b)
	fields, err := b.finish(d, "Domains.Create", "create domain "+subject, req.Extra)
	if err != nil {
		return nil, err
	}
	call := &rest.Call{Subject: subject, Body: fields, About: rest.Identity{Name: req.Name}}
	domain, err := ask[Domain](ctx, s.c, domainsCreate, call, wire.Options{Partial: d == live})
	if err != nil {
		return nil, err
	}
	if domain.Name == "" {
		return req.domain(domain.ID), nil
	}
	return domain, nil
}

// domain returns the domain as it was requested.
func (r *DomainCreateRequest) domain(id int64) *Domain {
	isTrue := func(flag *bool) bool { return flag != nil && *flag }
	d := &Domain{
		ID: id, ClientID: r.ClientID, Name: r.Name, ParentID: r.ParentID, Subdomain: r.ParentID > 0, PHPVersion: r.PHPVersion,
		Disabled: isTrue(r.Disabled), DeleteOn: day(r.DeleteOn), DNSDisabled: isTrue(r.DNSDisabled), EmailDomain: isTrue(r.EmailDomain),
	}
	if r.Target != nil {
		d.Target = *r.Target
	}
	if r.Security != nil {
		d.Security = *r.Security
	}
	return d
}

func (r *DomainCreateRequest) optional(b *body) {
	set(b, "Disabled", r.Disabled)
	b.date("DeleteOn", r.DeleteOn)
	set(b, "DNSDisabled", r.DNSDisabled)
	set(b, "EmailDomain", r.EmailDomain)
	set(b, "CreateWWW", r.CreateWWW)
	group(b, "Target", r.Target)
	group(b, "Security", r.Security)
}

// domainProblem refuses names that cannot be domains and leaves the rest to the panel.
func domainProblem(name string) string {
	switch {
	case name == "":
		return "required"
	case len(name) > 253 || strings.ContainsAny(name, " \t\r\n/\\?#@:") || strings.Contains(name, "..") || strings.HasPrefix(name, "."):
		return quoted(name) + " is not a domain name"
	}
	for _, r := range name {
		if r > 127 {
			return quoted(name) + " must be in ASCII form (xn--...)"
		}
	}
	return ""
}

// Get reads a domain: GET /api/v2/domains/{id}.
func (s *DomainsService) Get(ctx context.Context, id int64) (*Domain, error) {
	return fetchID[Domain](ctx, s.c, domainsGet, id)
}

// GetByName reads a domain: GET /api/v2/domains/name/{domain}. Live dialect only.
func (s *DomainsService) GetByName(ctx context.Context, name string) (*Domain, error) {
	if err := domainsGetByName.any().RefuseBlank("name", name); err != nil {
		return nil, err
	}
	return fetch[Domain](ctx, s.c, domainsGetByName, name)
}

// List reads all domains of all clients: GET /api/v2/domains. Live dialect only.
func (s *DomainsService) List(ctx context.Context, opts *SortOptions) iter.Seq2[*Domain, error] {
	return list[Domain](ctx, s.c, domainsList, opts)
}

// Update changes a domain: PUT /api/v2/domains/{id}. Live dialect only. The name stays: one program sends
// another one, but another program says that domains cannot be renamed.
func (s *DomainsService) Update(ctx context.Context, id int64, req *DomainUpdateRequest) error {
	if err := domainsUpdate.any().RefuseID("id", id); err != nil {
		return err
	}
	return s.update(ctx, domainsUpdate, idText(id), req)
}

// UpdateByName changes a domain: PUT /api/v2/domains/name/{domain}. Live dialect only, and known
// from one client's helper only.
func (s *DomainsService) UpdateByName(ctx context.Context, name string, req *DomainUpdateRequest) error {
	if err := domainsUpdateByName.any().RefuseBlank("name", name); err != nil {
		return err
	}
	return s.update(ctx, domainsUpdateByName, name, req)
}

func (s *DomainsService) update(ctx context.Context, op operation, arg string, req *DomainUpdateRequest) error {
	if req == nil {
		return op.any().RefuseNil()
	}
	// Whether the dialect has updates at all is up to the endpoint; the field names are the live
	// ones.
	b := newBody(live.domain)
	set(b, "PHPVersion", req.PHPVersion)
	(&DomainCreateRequest{
		Disabled: req.Disabled, DeleteOn: req.DeleteOn, DNSDisabled: req.DNSDisabled,
		EmailDomain: req.EmailDomain, Target: req.Target, Security: req.Security,
	}).optional(b)
	fields, err := b.finish(live, op.any().Op, op.any().Verb+" "+quoted(arg), req.Extra)
	if err != nil {
		return err
	}
	return s.c.change(ctx, op, arg, fields)
}

// Delete removes a domain: DELETE /api/v2/domains/{id}. Live dialect only.
func (s *DomainsService) Delete(ctx context.Context, id int64) error {
	if err := domainsDelete.any().RefuseID("id", id); err != nil {
		return err
	}
	return s.c.remove(ctx, domainsDelete, idText(id))
}

// DeleteByName removes a domain: DELETE /api/v2/domains/name/{domain}. Live dialect only, and known
// from one client's helper only.
func (s *DomainsService) DeleteByName(ctx context.Context, name string) error {
	if err := domainsDeleteByName.any().RefuseBlank("name", name); err != nil {
		return err
	}
	return s.c.remove(ctx, domainsDeleteByName, name)
}
