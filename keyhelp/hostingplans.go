package keyhelp

import (
	"cmp"
	"context"
	"iter"

	"github.com/provkit/provkit/provider"
)

// HostingPlansService manages the plans that clients are put on. Panels without
// KeyHelp Pro may lack the endpoint: provider.ErrNotFound.
type HostingPlansService struct{ c *Client }

// HostingPlan is a set of limits and rights. On live panels it acts as a template:
// a client keeps its limits when the plan goes.
type HostingPlan struct {
	ID        int64
	Name      string
	Resources PlanResources
	// The rest is told in the live dialect only.
	Permissions PlanPermissions
	PHP         PlanPHP
	PHPFPM      PlanPHPFPM
}

// PlanResources are limits: nil was not told or is not to be set, Unlimited (-1)
// is no limit, 0 is nothing at all.
type PlanResources struct {
	DiskSpace        *int64 `json:"disk_space,omitzero"` // bytes
	Traffic          *int64 `json:"traffic,omitzero"`    // bytes
	Domains          *int64 `json:"domains,omitzero"`
	Subdomains       *int64 `json:"subdomains,omitzero"`
	EmailAccounts    *int64 `json:"email_accounts,omitzero"`
	EmailAddresses   *int64 `json:"email_addresses,omitzero"`
	EmailForwardings *int64 `json:"email_forwardings,omitzero"`
	Databases        *int64 `json:"databases,omitzero"`
	FTPUsers         *int64 `json:"ftp_users,omitzero"`
	ScheduledTasks   *int64 `json:"scheduled_tasks,omitzero"`
}

// PlanPermissions are rights; nil was not told or is not to be set.
type PlanPermissions struct {
	FTP                   *bool `json:"ftp,omitzero"`
	PHP                   *bool `json:"php,omitzero"`
	Perl                  *bool `json:"perl,omitzero"`
	SSH                   *bool `json:"ssh,omitzero"`
	SSHJail               *bool `json:"ssh_jail,omitzero"` // panels expect SSH beside it
	Backup                *bool `json:"backup,omitzero"`
	PanelAccess           *bool `json:"panel_access,omitzero"`
	DomainSecurity        *bool `json:"domain_security,omitzero"`
	CertificateManagement *bool `json:"certificate_management,omitzero"`
	FileManager           *bool `json:"file_manager,omitzero"`
	DNSEditor             *bool `json:"dns_editor,omitzero"`
	DatabaseRemoteAccess  *bool `json:"database_remote_access,omitzero"`
	EmailCatchAll         *bool `json:"email_catchall,omitzero"`
	Applications          *bool `json:"applications,omitzero"`
	// ChangePersonalData is the name of older panels (2.4) for UpdateContactData.
	ChangePersonalData *bool `json:"change_personal_data,omitzero"`
	UpdateContactData  *bool `json:"update_contact_data,omitzero"`
	DeleteMainDomain   *bool `json:"delete_main_domain,omitzero"`
}

// PlanPHP are PHP settings; sizes are texts such as "64M".
type PlanPHP struct {
	MemoryLimit       *string `json:"memory_limit,omitzero"`
	PostMaxSize       *string `json:"post_max_size,omitzero"`
	UploadMaxFilesize *string `json:"upload_max_filesize,omitzero"`
	MaxExecutionTime  *int64  `json:"max_execution_time,omitzero"` // seconds
	// OpenBasedir may hold the placeholder ##DOCROOT##.
	OpenBasedir      *string `json:"open_basedir,omitzero"`
	DisableFunctions *string `json:"disable_functions,omitzero"`
	// AdditionalSettings is the name of older panels (2.4) for the directives.
	AdditionalSettings       *string `json:"additional_settings,omitzero"`
	ExtraDirectivesImmutable *string `json:"extra_directives_immutable,omitzero"`
	ExtraDirectivesMutable   *string `json:"extra_directives_mutable,omitzero"`
	EnvVariables             *string `json:"env_variables,omitzero"`
	SendmailFrom             *string `json:"sendmail_from,omitzero"`
}

// PlanPHPFPM are settings of the PHP process manager.
type PlanPHPFPM struct {
	// PM is "static", "ondemand" or "dynamic".
	PM                  *string `json:"pm,omitzero"`
	MaxChildren         *int64  `json:"max_children,omitzero"`
	MaxRequests         *int64  `json:"max_requests,omitzero"`
	MinSpareServers     *int64  `json:"min_spare_servers,omitzero"`
	MaxSpareServers     *int64  `json:"max_spare_servers,omitzero"`
	Status              *bool   `json:"status,omitzero"`
	StatusIPRestriction *string `json:"status_ip_restriction,omitzero"`
}

// HostingPlanCreateRequest asks for a new plan.
type HostingPlanCreateRequest struct {
	// Name is required.
	Name        string
	Resources   *PlanResources
	Permissions *PlanPermissions
	PHP         *PlanPHP
	PHPFPM      *PlanPHPFPM
	// Extra fields, sent as they are.
	Extra map[string]any
}

// HostingPlanUpdateRequest changes a plan. nil leaves a field as it is. Whether a
// partial group of settings is merged or replaces the group is undocumented.
type HostingPlanUpdateRequest struct {
	Name        *string
	Resources   *PlanResources
	Permissions *PlanPermissions
	PHP         *PlanPHP
	PHPFPM      *PlanPHPFPM
	// Extra fields, sent as they are.
	Extra map[string]any
}

// List reads all plans: GET /api/v2/hosting-plans.
func (s *HostingPlansService) List(ctx context.Context, opts *SortOptions) iter.Seq2[*HostingPlan, error] {
	return list[HostingPlan, planWire](ctx, s.c, plansList, opts)
}

// Get reads a plan: GET /api/v2/hosting-plans/{id}. Live dialect only.
func (s *HostingPlansService) Get(ctx context.Context, id int64) (*HostingPlan, error) {
	return fetchID[HostingPlan, planWire](ctx, s.c, plansGet, id)
}

// GetByName reads a plan: GET /api/v2/hosting-plans/name/{name}. Live dialect only.
func (s *HostingPlansService) GetByName(ctx context.Context, name string) (*HostingPlan, error) {
	if err := plansGetByName.any().RefuseBlank("name", name); err != nil {
		return nil, err
	}
	return fetch[HostingPlan, planWire](ctx, s.c, plansGetByName, name)
}

// Create makes a plan and returns its ID: POST /api/v2/hosting-plans. Live dialect
// only.
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
	fields := planFields(req.Resources, req.Permissions, req.PHP, req.PHPFPM)
	fields["name"] = req.Name
	return s.c.create(ctx, plansCreate, quoted(req.Name), withExtra(fields, req.Extra))
}

// Update changes a plan: PUT /api/v2/hosting-plans/{id}. Live dialect only. Whether
// clients on the plan get the new limits is undocumented.
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
	fields := planFields(req.Resources, req.Permissions, req.PHP, req.PHPFPM)
	if req.Name != nil {
		fields["name"] = *req.Name
	}
	return s.c.change(ctx, plansUpdate, idText(id), withExtra(fields, req.Extra))
}

func checkPM(problems *provider.Problems, fpm *PlanPHPFPM) {
	if fpm != nil && fpm.PM != nil {
		problems.NotEmpty("PHPFPM.PM", fpm.PM)
		provider.OneOf(problems, "PHPFPM.PM", *fpm.PM, "static", "ondemand", "dynamic")
	}
}

func planFields(resources *PlanResources, permissions *PlanPermissions, php *PlanPHP, fpm *PlanPHPFPM) map[string]any {
	fields := make(map[string]any)
	if resources != nil {
		fields["resources"] = resources
	}
	if permissions != nil {
		fields["permissions"] = permissions
	}
	if php != nil {
		fields["php"] = php
	}
	if fpm != nil {
		fields["php_fpm"] = fpm
	}
	return fields
}

// Delete removes a plan: DELETE /api/v2/hosting-plans/{id}. Live dialect only. A plan
// in use can be removed; its clients keep their limits.
func (s *HostingPlansService) Delete(ctx context.Context, id int64) error {
	if err := plansDelete.any().RefuseID("id", id); err != nil {
		return err
	}
	return s.c.remove(ctx, plansDelete, idText(id))
}

// planWire reads a plan in either dialect: flat limits, or groups.
type planWire struct {
	ID               int64           `json:"id"`
	Name             string          `json:"name"`
	DiskQuota        *int64          `json:"disk_quota"`
	TrafficQuota     *int64          `json:"traffic_quota"`
	MaxDomains       *int64          `json:"max_domains"`
	MaxDatabases     *int64          `json:"max_databases"`
	MaxEmailAccounts *int64          `json:"max_email_accounts"`
	Resources        PlanResources   `json:"resources"`
	Permissions      PlanPermissions `json:"permissions"`
	PHP              PlanPHP         `json:"php"`
	PHPFPM           PlanPHPFPM      `json:"php_fpm"`
}

func (w *planWire) Missing() string { return missingID(w.ID) }

func (w *planWire) model() *HostingPlan {
	p := &HostingPlan{ID: w.ID, Name: w.Name, Resources: w.Resources, Permissions: w.Permissions, PHP: w.PHP, PHPFPM: w.PHPFPM}
	r := &p.Resources
	r.DiskSpace = cmp.Or(r.DiskSpace, w.DiskQuota)
	r.Traffic = cmp.Or(r.Traffic, w.TrafficQuota)
	r.Domains = cmp.Or(r.Domains, w.MaxDomains)
	r.Databases = cmp.Or(r.Databases, w.MaxDatabases)
	r.EmailAccounts = cmp.Or(r.EmailAccounts, w.MaxEmailAccounts)
	return p
}
