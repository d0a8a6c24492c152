package keyhelp

import (
	"cmp"
	"context"
	"iter"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// DomainsService manages the clients' domains.
type DomainsService struct{ c *Client }

// Domain is a domain or sub-domain of a client.
type Domain struct {
	ID int64
	// ClientID is the owner (live dialect: id_user).
	ClientID int64
	// Name in ASCII form (live dialect: domain).
	Name string
	// PHPVersion such as "8.3"; "" is the server's default.
	PHPVersion string
	// Disabled is the reverse of the documented dialect's is_enabled.
	Disabled  bool
	CreatedAt time.Time

	// Documented dialect only.

	DocumentRoot string
	UpdatedAt    time.Time

	// Live dialect only.

	NameUTF8 string
	// ParentID is 0 for a top-level domain.
	ParentID int64
	// Status 1 means that all work on the domain is done; other values are
	// pending work or a problem, and not documented further.
	Status                                                                         int64
	Traffic                                                                        int64
	DeleteOn                                                                       time.Time
	DKIMSelector                                                                   string
	DKIMRecord                                                                     string
	CustomDNS, DNSDisabled, Subdomain, SystemDomain, EmailDomain, EmailSendingOnly bool
	Target                                                                         DomainTarget
	Security                                                                       DomainSecurity
	HTTPDirectives, HTTPSDirectives                                                string
}

// DomainTarget is where a domain leads: a directory, or a URL to forward to.
type DomainTarget struct {
	Target         string
	Forwarding     bool
	ForwardingType int64 // 301, 302, ...
}

// DomainSecurity is the TLS setting of a domain.
type DomainSecurity struct {
	CertificateID            int64
	LetsEncrypt              bool
	PreferHTTPS              bool
	HSTS                     bool
	HSTSMaxAge               int64 // seconds
	HSTSInclude, HSTSPreload bool
}

// DomainCreateRequest asks for a new domain.
type DomainCreateRequest struct {
	// ClientID is the owner. Required.
	ClientID int64
	// Name in ASCII form. Required.
	Name string

	// The rest exists in the live dialect only and is refused in the other.

	// ParentID makes a sub-domain; 0 a top-level domain.
	ParentID    int64
	PHPVersion  string
	Disabled    *bool
	DeleteOn    *time.Time
	DNSDisabled *bool
	EmailDomain *bool
	CreateWWW   *bool
	Target      *DomainTarget
	Security    *DomainSecurity
	// Extra fields, sent as they are.
	Extra map[string]any
}

// DomainUpdateRequest changes a domain. nil leaves a field as it is.
type DomainUpdateRequest struct {
	// PHPVersion: a pointer to "" sets the server's default.
	PHPVersion *string
	Disabled   *bool
	// DeleteOn: the zero time clears the date.
	DeleteOn    *time.Time
	DNSDisabled *bool
	EmailDomain *bool
	Target      *DomainTarget
	Security    *DomainSecurity
	// Extra fields, sent as they are.
	Extra map[string]any
}

// Create makes a domain: POST /api/v2/domains. Live panels finish the work a
// moment later (Domain.Status), and of their answer only the ID is documented: the
// other fields of the result are those of the request then.
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
	var w createdDomainWire
	if err := s.c.call(ctx, domainsCreate, &rest.Call{Subject: subject, Body: fields, Out: &w}); err != nil {
		return nil, err
	}
	domain := w.model()
	if domain.Name == "" {
		return req.domain(domain.ID), nil
	}
	return domain, nil
}

// domain is the domain as it was asked for.
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
	if r.Target != nil {
		b.set("Target", r.Target.fields())
	}
	if r.Security != nil {
		b.set("Security", r.Security.fields())
	}
}

func (t *DomainTarget) fields() map[string]any {
	fields := map[string]any{"target": t.Target, "is_forwarding": t.Forwarding}
	if t.ForwardingType != 0 {
		fields["forwarding_type"] = t.ForwardingType
	}
	return fields
}

func (s *DomainSecurity) fields() map[string]any {
	return map[string]any{
		"id_certificate": s.CertificateID, "lets_encrypt": s.LetsEncrypt, "is_prefer_https": s.PreferHTTPS,
		"is_hsts": s.HSTS, "hsts_max_age": s.HSTSMaxAge, "hsts_include": s.HSTSInclude, "hsts_preload": s.HSTSPreload,
	}
}

// domainProblem refuses what cannot be a domain; the panel judges the rest.
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
	return fetchID[Domain, domainWire](ctx, s.c, domainsGet, id)
}

// GetByName reads a domain: GET /api/v2/domains/name/{domain}. Live dialect only.
func (s *DomainsService) GetByName(ctx context.Context, name string) (*Domain, error) {
	if err := domainsGetByName.any().RefuseBlank("name", name); err != nil {
		return nil, err
	}
	return fetch[Domain, domainWire](ctx, s.c, domainsGetByName, name)
}

// List reads all domains of all clients: GET /api/v2/domains. Live dialect only.
func (s *DomainsService) List(ctx context.Context, opts *SortOptions) iter.Seq2[*Domain, error] {
	return list[Domain, domainWire](ctx, s.c, domainsList, opts)
}

// Update changes a domain: PUT /api/v2/domains/{id}. Live dialect only.
func (s *DomainsService) Update(ctx context.Context, id int64, req *DomainUpdateRequest) error {
	if err := domainsUpdate.any().RefuseID("id", id); err != nil {
		return err
	}
	return s.update(ctx, domainsUpdate, idText(id), req)
}

// UpdateByName changes a domain: PUT /api/v2/domains/name/{domain}. Live dialect
// only, and known from one client's helper only.
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
	// The endpoint decides whether the dialect has updates at all; their fields
	// are the live ones.
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

// DeleteByName removes a domain: DELETE /api/v2/domains/name/{domain}. Live
// dialect only, and known from one client's helper only.
func (s *DomainsService) DeleteByName(ctx context.Context, name string) error {
	if err := domainsDeleteByName.any().RefuseBlank("name", name); err != nil {
		return err
	}
	return s.c.remove(ctx, domainsDeleteByName, name)
}

// domainWire reads a domain in either dialect.
type domainWire struct {
	ID           int64     `json:"id"`
	ClientID     int64     `json:"id_client"`
	UserID       int64     `json:"id_user"`
	DomainName   string    `json:"domain_name"`
	Domain       string    `json:"domain"`
	DomainUTF8   string    `json:"domain_utf8"`
	DocumentRoot string    `json:"document_root"`
	PHPVersion   string    `json:"php_version"`
	IsEnabled    *bool     `json:"is_enabled"`
	IsDisabled   bool      `json:"is_disabled"`
	CreatedAt    timestamp `json:"created_at"`
	UpdatedAt    timestamp `json:"updated_at"`
	ParentID     int64     `json:"id_parent_domain"`
	Status       number    `json:"status"`
	Traffic      number    `json:"traffic"`
	DeleteOn     timestamp `json:"delete_on"`
	DKIMSelector string    `json:"dkim_selector"`
	DKIMRecord   string    `json:"dkim_record"`
	// Servers of 2024 and before.
	DKIMTXTRecord string `json:"dkim_txt_record"`
	CustomDNS     bool   `json:"is_custom_dns"`
	DNSDisabled   bool   `json:"is_dns_disabled"`
	Subdomain     bool   `json:"is_subdomain"`
	SystemDomain  bool   `json:"is_system_domain"`
	EmailDomain   bool   `json:"is_email_domain"`
	SendingOnly   bool   `json:"is_email_sending_only"`
	Target        struct {
		Target         string `json:"target"`
		Forwarding     bool   `json:"is_forwarding"`
		ForwardingType number `json:"forwarding_type"`
	} `json:"target"`
	Security struct {
		CertificateID int64  `json:"id_certificate"`
		LetsEncrypt   bool   `json:"lets_encrypt"`
		PreferHTTPS   bool   `json:"is_prefer_https"`
		HSTS          bool   `json:"is_hsts"`
		HSTSMaxAge    number `json:"hsts_max_age"`
		HSTSInclude   bool   `json:"hsts_include"`
		HSTSPreload   bool   `json:"hsts_preload"`
	} `json:"security"`
	Apache struct {
		HTTP  string `json:"http_directives"`
		HTTPS string `json:"https_directives"`
	} `json:"apache"`
}

func (w *domainWire) Missing() string {
	if w.Domain == "" && w.DomainName == "" {
		return "domain"
	}
	return missingID(w.ID)
}

func (w *domainWire) model() *Domain {
	return &Domain{
		ID: w.ID, ClientID: max(w.ClientID, w.UserID), Name: cmp.Or(w.DomainName, w.Domain), NameUTF8: w.DomainUTF8,
		PHPVersion: w.PHPVersion, Disabled: w.IsDisabled || (w.IsEnabled != nil && !*w.IsEnabled),
		CreatedAt: w.CreatedAt.Time, UpdatedAt: w.UpdatedAt.Time, DocumentRoot: w.DocumentRoot,
		ParentID: w.ParentID, Status: int64(w.Status), Traffic: int64(w.Traffic), DeleteOn: w.DeleteOn.Time,
		DKIMSelector: w.DKIMSelector, DKIMRecord: cmp.Or(w.DKIMRecord, w.DKIMTXTRecord),
		CustomDNS: w.CustomDNS, DNSDisabled: w.DNSDisabled, Subdomain: w.Subdomain, SystemDomain: w.SystemDomain,
		EmailDomain: w.EmailDomain, EmailSendingOnly: w.SendingOnly,
		Target: DomainTarget{Target: w.Target.Target, Forwarding: w.Target.Forwarding, ForwardingType: int64(w.Target.ForwardingType)},
		Security: DomainSecurity{
			CertificateID: w.Security.CertificateID, LetsEncrypt: w.Security.LetsEncrypt, PreferHTTPS: w.Security.PreferHTTPS,
			HSTS: w.Security.HSTS, HSTSMaxAge: int64(w.Security.HSTSMaxAge), HSTSInclude: w.Security.HSTSInclude, HSTSPreload: w.Security.HSTSPreload,
		},
		HTTPDirectives: w.Apache.HTTP, HTTPSDirectives: w.Apache.HTTPS,
	}
}

// createdDomainWire is the answer to a creation, of which only the ID is certain.
type createdDomainWire struct{ domainWire }

func (w *createdDomainWire) Missing() string { return missingID(w.ID) }
