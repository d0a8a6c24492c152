package licenseservertest

import "slices"

type handler func(*call) reply

// access is the credential that a route requires.
type access int

const (
	public access = iota
	withKey
	admin
)

// intake is how a route reads a request's body.
type intake int

const (
	noBody   intake = iota
	object          // a JSON object is required
	optional        // a JSON object is optional
	raw             // the handler reads it: forms and files
)

// route is a row of the API's inventory.
type route struct {
	method, path string
	access       access
	intake       intake
	handler      handler
	license      bool // HideLicenses hides it
}

// unknownPath represents the path of search, which the inventory lacks.
const unknownPath = "-"

// routes is the whole API, in the order of the inventory (testdata/operations.tsv).
var routes = []route{
	{"GET", "/", public, noBody, status, false},
	{"GET", "/health", public, noBody, health, false},
	{"GET", "/metrics", public, noBody, metrics, false},
	{"POST", "/api/license/activate", withKey, object, activate, false},
	{"POST", "/api/license/verify", withKey, object, verify, false},
	{"GET", "/api/license/info/{license_key}", withKey, noBody, info, true},
	{"POST", "/api/license/session/start", withKey, object, startSession, false},
	{"POST", "/api/license/session/heartbeat", withKey, object, heartbeat, false},
	{"POST", "/api/license/session/end", withKey, object, endSession, false},
	{"POST", "/api/version/check", withKey, object, checkVersion, false},
	{"GET", "/api/version/latest", withKey, noBody, latestVersion, false},
	{"GET", "/api/customers", admin, noBody, listCustomers, false},
	{"GET", "/api/customer/{id}/licenses", admin, noBody, customerLicenses, true},
	{"GET", "/api/customer/{id}/quick-stats", admin, noBody, customerStats, false},
	{"POST", "/api/license/{license_id}/toggle", admin, optional, toggle, false},
	{"POST", "/api/licenses/bulk-activate", admin, object, bulkActivate, false},
	{"POST", "/api/licenses/bulk-deactivate", admin, object, bulkDeactivate, false},
	{"POST", "/api/licenses/bulk-delete", admin, object, bulkDelete, false},
	{"POST", "/api/license/{license_id}/quick-edit", admin, object, quickEdit, false},
	{"POST", "/api/generate-license-key", admin, optional, generateKey, false},
	{"GET", "/api/license/{license_id}/devices", admin, noBody, listDevices, true},
	{"POST", "/api/license/{license_id}/register-device", admin, object, registerDevice, false},
	{"POST", "/api/license/{license_id}/deactivate-device/{device_id}", admin, optional, deactivateDevice, false},
	{"GET", "/api/license/{license_id}/resources", admin, noBody, licenseResources, true},
	{"POST", "/api/resources/allocate", admin, object, allocate, false},
	{"GET", "/api/resources/check-availability", admin, noBody, checkAvailability, false},
	{"GET", "/api/resources/availability", admin, noBody, availability, false},
	{"GET", "/api/resources/stats", admin, noBody, resourceStats, false},
	{"GET", unknownPath, admin, noBody, search, false},
	{"GET", "/leads/api/institutions", admin, noBody, listInstitutions, false},
	{"POST", "/leads/api/institutions", admin, object, createInstitution, false},
	{"GET", "/leads/api/contacts/{contact_id}", admin, noBody, getContact, false},
	{"POST", "/leads/api/contacts/{contact_id}/details", admin, object, addDetail, false},
	{"GET", "/leads/api/stats", admin, noBody, leadStats, false},
	{"GET", "/api/monitoring/dashboard", admin, noBody, dashboard, false},
	{"GET", "/api/sessions/active-count", admin, noBody, activeCount, false},
	{"GET", "/api/monitoring/live-stats", admin, noBody, liveStats, false},
	{"GET", "/api/monitoring/anomaly-stats", admin, noBody, anomalyStats, false},
	{"GET", "/api/admin/license/auth-token", admin, noBody, authToken, false},
	{"GET", "/leads/", admin, noBody, leadOverview, false},
	{"GET", "/leads/create", admin, noBody, leadForm, false},
	{"POST", "/leads/create", admin, raw, createLead, false},
	{"GET", "/leads/edit/{lead_id}", admin, noBody, editLead, false},
	{"POST", "/leads/update/{lead_id}", admin, raw, updateLead, false},
	{"POST", "/leads/delete/{lead_id}", admin, raw, deleteLead, false},
	{"GET", "/leads/export", admin, noBody, exportLeads, false},
	{"POST", "/leads/import", admin, raw, importLeads, false},
}

// Routes returns all endpoints as "METHOD /path", sorted. Search is "GET -": its path is
// undocumented, and [WithSearchPath] sets it.
func Routes() []string {
	all := make([]string, len(routes))
	for i, rt := range routes {
		all[i] = rt.method + " " + rt.path
	}
	slices.Sort(all)
	return all
}
