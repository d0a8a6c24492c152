package elizon

import (
	"context"
	"iter"
	"time"

	"github.com/provkit/provkit/provider"
)

// ServicesService manages what the account has ordered: virtual machines, game servers, web space,
// mail, domains.
type ServicesService struct {
	c *Client

	// Backups of a service.
	Backups *BackupsService
	// Console of a service.
	Console *ConsoleService
	// Files of a game server.
	Files *FilesService
	// Firewall of a service.
	Firewall *FirewallService
	// Game servers (Pterodactyl): ports, eggs, variables.
	Game *GameService
	// Hosting: web spaces (Plesk, Ploi).
	Hosting *HostingService
	// IPs of a service that are cancelled on their own.
	IPs *ServiceIPsService
	// Settings of a virtual machine.
	Settings *SettingsService
	// SFTP access to a game server.
	SFTP *SFTPService
	// Subscription that pays for a service.
	Subscription *ServiceSubscriptionService
	// Usage of a service: traffic, disk, metrics.
	Usage *UsageService
}

func newServices(c *Client) *ServicesService {
	return &ServicesService{
		c: c, Backups: &BackupsService{c}, Console: &ConsoleService{c}, Files: &FilesService{c}, Firewall: &FirewallService{c},
		Game: &GameService{c}, Hosting: &HostingService{c}, IPs: &ServiceIPsService{c}, Settings: &SettingsService{c}, SFTP: &SFTPService{c},
		Subscription: &ServiceSubscriptionService{c}, Usage: &UsageService{c},
	}
}

// Known values of Service.Status. The set is open; the vendor's app ignores case.
const (
	StatusRunning      = "RUNNING"
	StatusActive       = "ACTIVE"
	StatusProvisioning = "PROVISIONING"
	StatusDeleted      = "DELETED"
)

// Service is a service as List returns it.
type Service struct {
	ID   string `wire:"id,required,identity"`
	Name string `wire:"name"`
	// UserDisplayName is the name that the owner gave it; "" if there is none.
	UserDisplayName string `wire:"userDisplayName"`
	// Status of the machine, see StatusRunning. It does not show a suspension.
	Status string `wire:"status"`
	// Suspended is whether the answer has a time of suspension; SuspendedAt is zero if that time
	// cannot be read.
	Suspended   bool      `wire:"suspendedAt,set"`
	SuspendedAt time.Time `wire:"suspendedAt"`
	// SuspendReason is free text; "Payment overdue" is known.
	SuspendReason string `wire:"suspendReason"`
	// TerminationPending is set once a deletion is scheduled.
	TerminationPending bool   `wire:"terminationPending"`
	ReinstallPending   bool   `wire:"reinstallPending"`
	IPv4               string `wire:"ipv4,loose"`
	IPv6               string `wire:"ipv6,loose"`
	Location           string `wire:"location,loose"`
	// OS is "" if the answer has an object for it, see ServiceDetail.System.
	OS       string `wire:"os,loose"`
	Hostname string `wire:"hostname,loose"`
	// RAM, Disk and Bandwidth are as the server spells them; their units are undocumented.
	RAM       string `wire:"ram,loose"`
	Disk      string `wire:"disk,loose"`
	Bandwidth string `wire:"bandwidth,loose"`
	// ProviderType is the system behind it: PROXMOX, PTERODACTYL, PLOI, PLESK, MAILCOW, DOMAIN and
	// CUSTOM are known.
	ProviderType    string `wire:"providerType"`
	ProductName     string `wire:"productName"`
	Shared          bool   `wire:"isShared"`
	SharedByName    string `wire:"sharedByName"`
	DomainService   bool   `wire:"isDomainService"`
	DomainName      string `wire:"domainName"`
	CategoryName    string `wire:"categoryFriendlyName"`
	ProviderAddress string `wire:"providerAddress,loose"`
	// DNSRecords is which types of subdomain records can point to it.
	DNSRecords DNSRecordSupport `wire:"dnsRecordSupport,loose"`
	// PloiStats and PleskStats are what a web space uses; nil for other services.
	PloiStats  *PloiStats  `wire:"ploiStats"`
	PleskStats *PleskStats `wire:"pleskStats"`
	// Throttled is set while the platform slows the service down, until ThrottledUntil, for its traffic;
	// ForecastTB is what it expects of the month, nil if it does not tell. PoolKey is undocumented.
	Throttled      bool      `wire:"elizonThrottleActive,loose"`
	ThrottledUntil time.Time `wire:"elizonThrottledUntil"`
	PoolKey        string    `wire:"elizonPoolKey,loose"`
	ForecastTB     *float64  `wire:"elizonForecastTb,loose"`
}

// PloiStats is what a web space of Ploi uses.
type PloiStats struct {
	Domain            string `wire:"domain"`
	StorageUsedBytes  int64  `wire:"storageUsedBytes"`
	StorageLimitBytes int64  `wire:"storageLimitBytes"`
	StorageStatus     string `wire:"storageStatus"`
	// StorageStale is set if the figures are old.
	StorageStale  bool   `wire:"storageStale"`
	DNSStatus     string `wire:"dnsStatus"`
	LocationLabel string `wire:"locationLabel"`
}

// PleskStats is what a web space of Plesk uses.
type PleskStats struct {
	UsedDomains           int64   `wire:"usedDomains"`
	MaxDomains            int64   `wire:"maxDomains"`
	AvgStorageUsedGB      float64 `wire:"avgStorageUsedGb"`
	StoragePerDomainGB    float64 `wire:"storagePerDomainGb"`
	UsedMailboxes         int64   `wire:"usedMailboxes"`
	MaxMailboxesPerDomain int64   `wire:"maxMailboxesPerDomain"`
	LocationLabel         string  `wire:"locationLabel"`
}

// DNSRecordSupport is which types of subdomain records a service supports.
type DNSRecordSupport struct {
	A     bool `wire:"A"`
	AAAA  bool `wire:"AAAA"`
	CNAME bool `wire:"CNAME"`
	SRV   bool `wire:"SRV"`
}

// ServiceDetail is a service as Get returns it.
type ServiceDetail struct {
	Service
	Network ServiceNetwork `wire:"network,loose"`
	// Specs has RAM in MB and disk in GB, as the vendor's app reads them.
	Specs   ServiceSpecs   `wire:"specs,loose"`
	System  ServiceSystem  `wire:"os,loose"`
	Access  ServiceAccess  `wire:"access,loose"`
	Billing ServiceBilling `wire:"billing,loose"`
	Product ServiceProduct `wire:"product,loose"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// ServiceNetwork has the addresses of a service.
type ServiceNetwork struct {
	PrimaryIPv4  string             `wire:"primaryIpv4"`
	PrimaryIPv6  string             `wire:"primaryIpv6"`
	Hostname     string             `wire:"hostname"`
	SecondaryIPs []ServiceIPAddress `wire:"secondaryIps"`
}

// ServiceIPAddress is an additional address. Version is 4 or 6.
type ServiceIPAddress struct {
	Address string `wire:"ipAddress"`
	Version int64  `wire:"ipVersion"`
}

// ServiceSpecs has the cores, MB of memory and GB of disk of a service.
type ServiceSpecs struct {
	CPU    float64 `wire:"cpu"`
	RAMMB  float64 `wire:"ram"`
	DiskGB float64 `wire:"disk"`
}

// ServiceSystem is what is installed.
type ServiceSystem struct {
	Template string `wire:"template,loose"`
}

// ServiceAccess is what the caller may do.
type ServiceAccess struct {
	IsOwner           bool `wire:"isOwner"`
	CanManageBilling  bool `wire:"canManageBilling"`
	CanEditDetails    bool `wire:"canEditDetails"`
	CanManageSettings bool `wire:"canManageSettings"`
}

// ServiceBilling is what a service costs in a month and in its billing cycle.
type ServiceBilling struct {
	MonthlyPrice     EUR   `wire:"monthlyPrice"`
	PeriodPrice      EUR   `wire:"periodPrice"`
	BillingCycleDays int64 `wire:"billingCycleDays"`
}

// ServiceProduct is the product of a service.
type ServiceProduct struct {
	ID           string              `wire:"id"`
	Name         string              `wire:"name"`
	CategoryID   string              `wire:"categoryId"`
	CategoryName ServiceCategoryName `wire:"productCategory,loose"`
}

// ServiceCategoryName names a category.
type ServiceCategoryName struct {
	Name string `wire:"name"`
}

// ServiceListOptions are the options of a list of services. The zero value lists all.
type ServiceListOptions struct {
	// View is an open set: "compact" is known; what it leaves out is undocumented.
	View string
	// PerPage is the page size; 0 is the server's default.
	PerPage int64
}

// ServiceCreateRequest creates a service without an order.
type ServiceCreateRequest struct {
	// Name, ProductID and ProviderID are required, as the platform's error texts suggest.
	Name       string `wire:"name,required"`
	ProductID  string `wire:"productId,required"`
	ProviderID string `wire:"providerId,required"`
	// Extra fields, sent as they are.
	Extra map[string]any `wire:",extra"`
}

// ServiceUpdateRequest changes a service. A nil field is left unchanged.
type ServiceUpdateRequest struct {
	// Name of the service. That the field is called "name" is assumed.
	Name *string `wire:"name"`
	// Extra fields, sent as they are. The owner's notes can be changed, but the name of their field
	// is undocumented.
	Extra map[string]any `wire:",extra"`
}

// List yields the services of the account, page by page: GET /api/services.
func (s *ServicesService) List(ctx context.Context, opts *ServiceListOptions) iter.Seq2[*Service, error] {
	var o ServiceListOptions
	if opts != nil {
		o = *opts
	}
	return pages[Service](ctx, s.c.ask(servicesList).arg("view", o.View), byPage(o.PerPage), "servers", "services")
}

// Get reads a service: GET /api/services/{id}.
func (s *ServicesService) Get(ctx context.Context, id string) (*ServiceDetail, error) {
	return fetch[ServiceDetail](ctx, s.c.ask(servicesGet, id), "server", "service")
}

// Create creates a service without an order: POST /api/services (method inferred). The reference
// says that this is meant for the platform's own provisioning; body and answer are undocumented.
// Orders go through Checkout.
func (s *ServicesService) Create(ctx context.Context, req *ServiceCreateRequest) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(servicesCreate).with(req))
}

// Update renames a service or changes its notes: PATCH /api/services/{id} (method inferred, it may
// be PUT).
func (s *ServicesService) Update(ctx context.Context, id string, req *ServiceUpdateRequest) (*Confirmation, error) {
	return confirmed(ctx, s.c.ask(servicesUpdate, id).changing(req))
}

// Delete terminates a service: DELETE /api/services/{id} (method inferred). An error text suggests
// that the deletion is only scheduled: Service.TerminationPending is then true. Storage is ended with
// Services.Subscription.Cancel. "Not found" after a lost answer counts as done, without a text.
func (s *ServicesService) Delete(ctx context.Context, id string) (*Confirmation, error) {
	return confirmed(ctx, s.c.ask(servicesDelete, id))
}

// ServiceReinstallRequest is what to reinstall a service with.
type ServiceReinstallRequest struct {
	// TemplateID is the ID of one of Templates.
	TemplateID int64 `wire:"templateId"`
	// Extra fields, sent as they are: OS, Docker image or egg can be chosen too, but the names of
	// their fields are undocumented.
	Extra map[string]any `wire:",extra"`
}

// Reinstall reinstalls a service, which destroys its data: POST /api/services/{id}/reinstall
// (method inferred). The answer is undocumented: it is read as that of an action, and one that shows a
// service is not believed.
func (s *ServicesService) Reinstall(ctx context.Context, id string, req *ServiceReinstallRequest) (*ActionResult, error) {
	r := s.c.ask(servicesReinstall, id).changing(req)
	if req != nil {
		r.problems.NotNegative("TemplateID", req.TemplateID)
	}
	return performed(ctx, r)
}

// ServiceTemplates are what a service can be reinstalled with.
type ServiceTemplates struct {
	Templates []Template `wire:"templates"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// Templates reads what a service can be reinstalled with: GET /api/services/{id}/templates (method
// inferred). The answer is undocumented: that it is like that of Products.Templates is assumed.
func (s *ServicesService) Templates(ctx context.Context, id string) (*ServiceTemplates, error) {
	return fetch[ServiceTemplates](ctx, s.c.ask(servicesTemplates, id))
}

// Notifications reads the active notices about a service: GET /api/services/{id}/notifications
// (method inferred). The answer is undocumented.
func (s *ServicesService) Notifications(ctx context.Context, id string) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(servicesNotices, id))
}

// MaintenanceNotice announces maintenance of a service.
type MaintenanceNotice struct {
	ID          string `wire:"id,required"`
	ServiceID   string `wire:"serviceId"`
	ServiceName string `wire:"serviceName"`
	// Start and End are zero if they are open.
	Start       time.Time `wire:"startDate"`
	End         time.Time `wire:"endDate,end"`
	Title       string    `wire:"title"`
	Description string    `wire:"description"`
}

// MaintenanceNotifications yields the announced maintenance of all services: GET
// /api/services/maintenance-notifications.
func (s *ServicesService) MaintenanceNotifications(ctx context.Context) iter.Seq2[*MaintenanceNotice, error] {
	return all[MaintenanceNotice](ctx, s.c.ask(servicesMaintenance), "notifications")
}
