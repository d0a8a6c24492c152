package licenseserver

import (
	"net/http"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// access is the service that a call goes to, and its credentials.
type access uint8

const (
	// open is the license server without credentials.
	open access = iota
	// withKey is the license server with the API key.
	withKey
	// asAdmin is the panel with the caller's own sign-in.
	asAdmin
)

// operation is one operation of the API. Methods and paths are in this file only. It is checked
// against the inventory testdata/licenseserver/operations.tsv.
type operation struct {
	*rest.Endpoint
	as access
}

func inPublic(op, verb, method, route string, effect rest.Effect) operation {
	return operation{&rest.Endpoint{Provider: Kind, Op: op, Verb: verb, Method: method, Route: route, Effect: effect}, open}
}

func inLicense(op, verb, method, route string, effect rest.Effect) operation {
	return operation{&rest.Endpoint{Provider: Kind, Op: op, Verb: verb, Method: method, Route: route, Effect: effect}, withKey}
}

func inPanel(op, verb, method, route string, effect rest.Effect) operation {
	return operation{&rest.Endpoint{Provider: Kind, Op: op, Verb: verb, Method: method, Route: route, Effect: effect}, asAdmin}
}

// sensitive marks an operation whose answers contain a secret, such as a license key, or may
// contain one because their fields are undocumented.
func (op operation) sensitive() operation {
	op.Sensitive = true
	return op
}

// untilGone marks a removal: "not found" after a lost answer means that it succeeded.
func (op operation) untilGone() operation {
	op.DoneIf = provider.ErrNotFound
	return op
}

// spends marks a request that costs money or makes something that cannot be told from a second one:
// it is sent once.
func (op operation) spends() operation {
	op.Spends = true
	return op
}

// accepting sets the media types of answers that are not JSON.
func (op operation) accepting(types string) operation {
	op.Accept = types
	return op
}

// lasting sets a longer limit for each attempt.
func (op operation) lasting(limit time.Duration) operation {
	op.Timeout = limit
	return op
}

const (
	get  = http.MethodGet
	post = http.MethodPost

	read       = rest.Read
	once       = rest.Once
	idempotent = rest.Idempotent

	webPage = "text/html"
	anyType = "*/*"
)

// The license server.
var (
	statusRoot    = inPublic("Status.Root", "get status of server", get, "/", read)
	statusHealth  = inPublic("Status.Health", "get health of server", get, "/health", read)
	statusMetrics = inPublic("Status.Metrics", "get metrics of server", get, "/metrics", read).accepting("text/plain;version=0.0.4, text/plain;q=0.9, */*;q=0.1")

	// Whether a second activation of the same machine counts twice is undocumented.
	licensesActivate = inLicense("Licenses.Activate", "activate license", post, "/api/license/activate", once)
	licensesVerify   = inLicense("Licenses.Verify", "verify license", post, "/api/license/verify", read).sensitive()
	licensesInfo     = inLicense("Licenses.Info", "get license", get, "/api/license/info/{license_key}", read).sensitive()

	// A second start gets 409 if the first one went through.
	sessionsStart     = inLicense("Sessions.Start", "start session", post, "/api/license/session/start", once).sensitive()
	sessionsHeartbeat = inLicense("Sessions.Heartbeat", "keep session alive", post, "/api/license/session/heartbeat", idempotent)
	sessionsEnd       = inLicense("Sessions.End", "end session", post, "/api/license/session/end", idempotent).untilGone()

	versionsCheck  = inLicense("Versions.Check", "check for update", post, "/api/version/check", read)
	versionsLatest = inLicense("Versions.Latest", "get latest version", get, "/api/version/latest", read)
)

// The admin panel, without the leads.
var (
	customersSearch   = inPanel("Customers.Search", "search customers", get, "/api/customers", read)
	customersLicenses = inPanel("Customers.Licenses", "list licenses of customer", get, "/api/customer/{id}/licenses", read).sensitive()
	customersStats    = inPanel("Customers.QuickStats", "get figures of customer", get, "/api/customer/{id}/quick-stats", read).sensitive()

	licensesToggle         = inPanel("Licenses.Toggle", "toggle license", post, "/api/license/{license_id}/toggle", once).sensitive()
	licensesBulkActivate   = inPanel("Licenses.BulkActivate", "activate licenses", post, "/api/licenses/bulk-activate", idempotent).sensitive()
	licensesBulkDeactivate = inPanel("Licenses.BulkDeactivate", "deactivate licenses", post, "/api/licenses/bulk-deactivate", idempotent).sensitive()
	licensesBulkDelete     = inPanel("Licenses.BulkDelete", "delete licenses", post, "/api/licenses/bulk-delete", idempotent).sensitive().untilGone()
	licensesQuickEdit      = inPanel("Licenses.QuickEdit", "change license", post, "/api/license/{license_id}/quick-edit", idempotent)
	licensesGenerateKey    = inPanel("Licenses.GenerateKey", "generate license key", post, "/api/generate-license-key", once).sensitive().spends()

	// Hardware hashes of the Provider's markers contain license keys.
	devicesList       = inPanel("Devices.List", "list devices of license", get, "/api/license/{license_id}/devices", read).sensitive()
	devicesRegister   = inPanel("Devices.Register", "register device for license", post, "/api/license/{license_id}/register-device", once)
	devicesDeactivate = inPanel("Devices.Deactivate", "deactivate device of license", post, "/api/license/{license_id}/deactivate-device/{device_id}", idempotent)

	resourcesList         = inPanel("Resources.List", "list resources of license", get, "/api/license/{license_id}/resources", read)
	resourcesAllocate     = inPanel("Resources.Allocate", "allocate resources to license", post, "/api/resources/allocate", once)
	resourcesCheck        = inPanel("Resources.CheckAvailability", "check availability of resources", get, "/api/resources/check-availability", read)
	resourcesAvailability = inPanel("Resources.Availability", "get availability of resources", get, "/api/resources/availability", read)
	resourcesStats        = inPanel("Resources.Stats", "get resource figures", get, "/api/resources/stats", read)

	// The documents contain neither the path (see WithSearchPath) nor the method; the arguments
	// look like those of a query.
	searchAll = inPanel("Search.Query", "search", get, "", read)

	monitoringDashboard = inPanel("Monitoring.Dashboard", "get dashboard", get, "/api/monitoring/dashboard", read)
	monitoringSessions  = inPanel("Monitoring.ActiveSessions", "count sessions", get, "/api/sessions/active-count", read)
	monitoringLive      = inPanel("Monitoring.LiveStats", "get live figures", get, "/api/monitoring/live-stats", read)
	monitoringAnomalies = inPanel("Monitoring.AnomalyStats", "get anomaly figures", get, "/api/monitoring/anomaly-stats", read)

	// A second token does no harm, so the call may be retried.
	authToken = inPanel("Auth.Token", "get analytics token", get, "/api/admin/license/auth-token", read).sensitive()
)

// longFile limits the transfer of a file of leads.
const longFile = 10 * time.Minute

// Leads: an API and web pages. Forms contain tokens against forgery, so pages are not shown. The
// effect of a form that is sent twice is undocumented.
var (
	leadsInstitutions      = inPanel("Leads.Institutions", "list institutions", get, "/leads/api/institutions", read)
	leadsCreateInstitution = inPanel("Leads.CreateInstitution", "create institution", post, "/leads/api/institutions", once)
	leadsContact           = inPanel("Leads.Contact", "get contact", get, "/leads/api/contacts/{contact_id}", read)
	leadsAddDetail         = inPanel("Leads.AddDetail", "add detail to contact", post, "/leads/api/contacts/{contact_id}/details", once)
	leadsStats             = inPanel("Leads.Stats", "get lead figures", get, "/leads/api/stats", read)

	leadsOverview   = inPanel("Leads.OverviewPage", "get page of leads", get, "/leads/", read).accepting(webPage).sensitive()
	leadsCreatePage = inPanel("Leads.CreatePage", "get form of new lead", get, "/leads/create", read).accepting(webPage).sensitive()
	leadsCreate     = inPanel("Leads.Create", "create lead", post, "/leads/create", once).accepting(webPage).sensitive()
	leadsEditPage   = inPanel("Leads.EditPage", "get form of lead", get, "/leads/edit/{lead_id}", read).accepting(webPage).sensitive()
	leadsUpdate     = inPanel("Leads.Update", "change lead", post, "/leads/update/{lead_id}", once).accepting(webPage).sensitive()
	leadsDelete     = inPanel("Leads.Delete", "delete lead", post, "/leads/delete/{lead_id}", once).accepting(webPage).sensitive()
	leadsExport     = inPanel("Leads.Export", "export leads", get, "/leads/export", read).accepting(anyType).sensitive().lasting(longFile)
	leadsImport     = inPanel("Leads.Import", "import leads", post, "/leads/import", once).accepting(webPage).sensitive().lasting(longFile)
)
