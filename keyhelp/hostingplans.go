package keyhelp

import (
	"cmp"
	"context"
	"iter"

	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// HostingPlansService manages the plans that clients can be on. Panels without KeyHelp Pro may lack
// the endpoint: the error then matches provider.ErrNotFound.
type HostingPlansService struct{ c *Client }

// HostingPlan is a set of limits and rights. On live panels it is a template: clients keep their
// limits when the plan is deleted.
type HostingPlan struct {
	ID        int64         `wire:"id,positive,identity"`
	Name      string        `wire:"name,name"`
	Resources PlanResources `wire:"resources"`
	// The other fields are reported in the live dialect only.
	Permissions PlanPermissions `wire:"permissions"`
	PHP         PlanPHP         `wire:"php"`
	PHPFPM      PlanPHPFPM      `wire:"php_fpm"`
}

// PlanResources are limits. nil means not reported, or not to be set; Unlimited (-1) means no
// limit; 0 means none allowed.
type PlanResources struct {
	DiskSpace        *int64 `wire:"disk_space,limit"` // bytes
	Traffic          *int64 `wire:"traffic,limit"`    // bytes
	Domains          *int64 `wire:"domains,limit"`
	Subdomains       *int64 `wire:"subdomains,limit"`
	EmailAccounts    *int64 `wire:"email_accounts,limit"`
	EmailAddresses   *int64 `wire:"email_addresses,limit"`
	EmailForwardings *int64 `wire:"email_forwardings,limit"`
	Databases        *int64 `wire:"databases,limit"`
	FTPUsers         *int64 `wire:"ftp_users,limit"`
	ScheduledTasks   *int64 `wire:"scheduled_tasks,limit"`
}

// PlanPermissions are rights. nil means not reported, or not to be set.
type PlanPermissions struct {
	FTP                   *bool `wire:"ftp"`
	PHP                   *bool `wire:"php"`
	Perl                  *bool `wire:"perl"`
	SSH                   *bool `wire:"ssh"`
	SSHJail               *bool `wire:"ssh_jail"` // panels expect SSH too
	Backup                *bool `wire:"backup"`
	PanelAccess           *bool `wire:"panel_access"`
	DomainSecurity        *bool `wire:"domain_security"`
	CertificateManagement *bool `wire:"certificate_management"`
	FileManager           *bool `wire:"file_manager"`
	DNSEditor             *bool `wire:"dns_editor"`
	DatabaseRemoteAccess  *bool `wire:"database_remote_access"`
	EmailCatchAll         *bool `wire:"email_catchall"`
	Applications          *bool `wire:"applications"`
	// ChangePersonalData is what older panels (2.4) call UpdateContactData.
	ChangePersonalData *bool `wire:"change_personal_data"`
	UpdateContactData  *bool `wire:"update_contact_data"`
	DeleteMainDomain   *bool `wire:"delete_main_domain"`
}

// PlanPHP are PHP settings. Sizes are texts such as "64M".
type PlanPHP struct {
	MemoryLimit       *string `wire:"memory_limit"`
	PostMaxSize       *string `wire:"post_max_size"`
	UploadMaxFilesize *string `wire:"upload_max_filesize"`
	MaxExecutionTime  *int64  `wire:"max_execution_time"` // seconds
	// OpenBasedir may contain the placeholder ##DOCROOT##.
	OpenBasedir      *string `wire:"open_basedir"`
	DisableFunctions *string `wire:"disable_functions"`
	// AdditionalSettings is what older panels (2.4) call the directives.
	AdditionalSettings       *string `wire:"additional_settings"`
	ExtraDirectivesImmutable *string `wire:"extra_directives_immutable"`
	ExtraDirectivesMutable   *string `wire:"extra_directives_mutable"`
	EnvVariables             *string `wire:"env_variables"`
	SendmailFrom             *string `wire:"sendmail_from"`
}

// PlanPHPFPM are settings of the PHP process manager.
type PlanPHPFPM struct {
	// PM is "static", "ondemand" or "dynamic".
	PM                  *string `wire:"pm"`
	MaxChildren         *int64  `wire:"max_children"`
	MaxRequests         *int64  `wire:"max_requests"`
	MinSpareServers     *int64  `wire:"min_spare_servers"`
	MaxSpareServers     *int64  `wire:"max_spare_servers"`
	Status              *bool   `wire:"status"`
	StatusIPRestriction *string `wire:"status_ip_restriction"`
}

// HostingPlanCreateRequest describes a new plan.
type HostingPlanCreateRequest struct {
	// Name is required.
	Name        string           `wire:"name"`
	Resources   *PlanResources   `wire:"resources"`
	Permissions *PlanPermissions `wire:"permissions"`
	PHP         *PlanPHP         `wire:"php"`
	PHPFPM      *PlanPHPFPM      `wire:"php_fpm"`
	// Extra contains further fields, sent unchanged.
	Extra map[string]any `wire:",extra"`
}

// HostingPlanUpdateRequest changes a plan. A nil field stays as it is. Whether a partial group of
// settings is merged or replaces the group is undocumented.
type HostingPlanUpdateRequest struct {
	Name        *string          `wire:"name"`
	Resources   *PlanResources   `wire:"resources"`
	Permissions *PlanPermissions `wire:"permissions"`
	PHP         *PlanPHP         `wire:"php"`
	PHPFPM      *PlanPHPFPM      `wire:"php_fpm"`
	// Extra contains further fields, sent unchanged.
	Extra map[string]any `wire:",extra"`
}

// List reads all plans: GET /api/v2/hosting-plans.
func (s *HostingPlansService) List(ctx context.Context, opts *SortOptions) iter.Seq2[*HostingPlan, error] {
	return list[HostingPlan](ctx, s.c, plansList, opts)
}

// Get reads a plan: GET /api/v2/hosting-plans/{id}. Live dialect only.
func (s *HostingPlansService) Get(ctx context.Context, id int64) (*HostingPlan, error) {
	return fetchID[HostingPlan](ctx, s.c, plansGet, id)
}

// GetByName reads a plan: GET /api/v2/hosting-plans/name/{name}. Live dialect only.
func (s *HostingPlansService) GetByName(ctx context.Context, name string) (*HostingPlan, error) {
	if err := plansGetByName.any().RefuseBlank("name", name); err != nil {
		return nil, err
	}
	return fetch[HostingPlan](ctx, s.c, plansGetByName, name)
}

// Create creates a plan and returns its ID: POST /api/v2/hosting-plans. Live dialect only.
func (s *HostingPlansService) Create(ctx context.Context, req *HostingPlanCreateRequest) (int64, error) {
	if req == nil {
		return 0, plansCreate.any().RefuseNil()
	}
	var problems provider.Problems
	problems.Required("Name", req.Name)
	checkPM(&problems, req.PHPFPM)
	if err := plansCreate.any().Refuse(quoted(req.Name), problems); err != nil {
		return 0, err
	}
	return s.c.create(ctx, plansCreate, req.Name, req)
}

// Update changes a plan: PUT /api/v2/hosting-plans/{id}. Live dialect only. Whether clients on the
// plan get the new limits is undocumented; they keep them when the plan is deleted.
func (s *HostingPlansService) Update(ctx context.Context, id int64, req *HostingPlanUpdateRequest) error {
	if err := plansUpdate.any().RefuseID("id", id); err != nil {
		return err
	}
	if req == nil {
		return plansUpdate.any().RefuseNil()
	}
	var problems provider.Problems
	problems.NotEmpty("Name", req.Name)
	checkPM(&problems, req.PHPFPM)
	if err := plansUpdate.any().Refuse(idText(id), problems); err != nil {
		return err
	}
	return s.c.change(ctx, plansUpdate, idText(id), req)
}

func checkPM(problems *provider.Problems, fpm *PlanPHPFPM) {
	if fpm != nil && fpm.PM != nil {
		problems.NotEmpty("PHPFPM.PM", fpm.PM)
		provider.OneOf(problems, "PHPFPM.PM", *fpm.PM, "static", "ondemand", "dynamic")
	}
}

// Delete removes a plan: DELETE /api/v2/hosting-plans/{id}. Live dialect only. A plan in use can be
// deleted; its clients keep their limits.
func (s *HostingPlansService) Delete(ctx context.Context, id int64) error {
	if err := plansDelete.any().RefuseID("id", id); err != nil {
		return err
	}
	return s.c.remove(ctx, plansDelete, idText(id))
}

// The documented dialect has limits outside the group; they count where the group has none.
var _ = wire.Read(func(raw []byte, p *HostingPlan) error {
	var flat struct {
		DiskSpace     *int64 `wire:"disk_quota,limit"`
		Traffic       *int64 `wire:"traffic_quota,limit"`
		Domains       *int64 `wire:"max_domains,limit"`
		Databases     *int64 `wire:"max_databases,limit"`
		EmailAccounts *int64 `wire:"max_email_accounts,limit"`
	}
	if err := cmp.Or(wire.Fill(raw, p), wire.Unmarshal(raw, &flat)); err != nil {
		return err
	}
	r := &p.Resources
	r.DiskSpace = cmp.Or(r.DiskSpace, flat.DiskSpace)
	r.Traffic = cmp.Or(r.Traffic, flat.Traffic)
	r.Domains = cmp.Or(r.Domains, flat.Domains)
	r.Databases = cmp.Or(r.Databases, flat.Databases)
	r.EmailAccounts = cmp.Or(r.EmailAccounts, flat.EmailAccounts)
	return nil
})
