package licenseservertest

import (
	"net/http"
	"time"
)

// Everything in this file is a choice of the emulator, not a fact about the license server: no
// source describes it. Change it here.
//
// Access and errors:
//   - How to sign in to the admin panel is undocumented. The emulator has no login: its session
//     exists from the start and never ends by itself. A refusal is a 401 in the documented form of
//     errors, on HTML pages too (a real panel may redirect to a login page instead).
//   - The API key is accepted on the license, session and version routes only, except with
//     WithAdminAPIKey.
//   - Order of checks: route, rate limit, credential, body, state. So an unknown path answers 404
//     without a credential.
//   - The rate limit is one fixed window for all clients; the public routes do not count. 429 has
//     no Retry-After, because none is documented. By default there is no limit, although the server
//     documents 100 requests a minute.
//   - A known path with another method answers 405. A path segment that should be a number but is
//     not answers 404, as for an unknown ID.
//   - Unknown keys of a body are ignored, null counts as absent. Query parameters that are not a
//     positive number count as absent.
//   - Every error code except INVALID_API_KEY.
//
// Licenses:
//   - generate-license-key stores an active license without a customer, with the limits below, and
//     ignores its body.
//   - Keys must match exactly. Activations and devices are the same records.
//   - A license is valid until the end of its last day, UTC. One without an end date (null) never
//     ends.
//   - activate answers 403 for an inactive, expired or future license, and 409 over
//     max_activations. verify answers 200 with valid=false in these cases and on a machine without
//     activation; an unknown key is a 404 everywhere.
//   - activate and register-device on a machine (hardware_hash) that has a record use that record
//     again, with its ID; if it is active it needs no free activation. register-device requires
//     neither an active nor an unexpired license.
//   - app_version and version are optional, and verify changes nothing.
//   - quick-edit: each field is optional, valid_until null means no end, limits are at least 1.
//     Lowering max_activations deactivates no device. Changing the end date never activates or
//     deactivates a license.
//   - The bulk routes require at least one number, skip IDs that do not exist, and answer success,
//     message and affected: how many were found. A license that is already in the wanted state
//     counts.
//   - Deleting a license deletes its devices and frees its resources. Deactivating a device twice
//     succeeds.
//
// Sessions:
//   - There is one session at a time, as the seed says; WithDeviceLimits has the later rule. That the
//     limits stand in the answers of info, verify and customer licenses, and all that is said at a
//     limit, is the emulator's choice; so is that max_activations counts beside device_limit.
//   - A session requires a valid license, but no activation. machine_id and hardware_hash together
//     identify the machine.
//   - The same machine may start again: its old session ends as "restarted". WithStrictSessions
//     refuses that too.
//   - Deactivating or deleting a license ends its sessions at once; its expiry does at the next
//     heartbeat.
//   - heartbeat: 404 LICENSE_NOT_FOUND for an unknown key, 404 SESSION_NOT_FOUND for an unknown
//     token or one of another license, 403 for a license that is no longer valid, 404 SESSION_ENDED
//     for a session that has ended.
//   - end: 404 SESSION_NOT_FOUND or SESSION_ENDED; otherwise session_duration (whole seconds) and
//     end_reason.
//   - A session times out when its last heartbeat is sessionTimeout old, and a new one can start at
//     that very moment.
//   - start adds update_available and latest_version only when there is an update.
//   - version/latest has version by the vendor's repository; release_date, release_notes and
//     download_url beside it are choices. Nothing is served at the download_url.
//
// Admin panel:
//   - customer licenses: {licenses: [...]}, each as in info. quick-stats: total_licenses,
//     active_licenses, total_activations (active ones). toggle: success, is_active, message.
//   - An empty search matches everything; all searches match parts of a text, regardless of case.
//   - allocate: all or nothing. Unknown license or resource: 404; held by another license: 409;
//     resource_type other than the resource's: 400. Resources that the license has already are
//     skipped; allocated counts the others.
//   - check-availability: count is how many of the type are free, resources contains the first of
//     them, as many as requested. An unknown type has none.
//   - A lead is a contact, and lead_id is its ID. The forms have institution, first_name,
//     last_name, position and note; the note of an update is stored as the next version. POSTs
//     answer 200 with a page. Export and import use CSV with these columns; import accepts the
//     plain file or a multipart form, and is all or nothing.
//   - recent_activities are institutions, details and notes of the last seven days; conversion_rate
//     is the percentage of institutions with the name of a customer.

// SearchPath is the default path of search, which is undocumented; see WithSearchPath.
const SearchPath = "/api/search"

// SessionTimeout is how long a session lasts without a heartbeat by default, as the vendor's repository
// says, whose clients send one every 30 seconds; see WithSessionTimeout.
const SessionTimeout = time.Minute

// SingleSession is the text of the 409 for a second machine. Its beginning is documented.
const SingleSession = "Es ist nur eine Sitzung erlaubt. Auf einem anderen Rechner ist bereits eine Sitzung aktiv."

// Reasons for the end of a session.
const (
	EndNormal          = "normal"           // the client ended it
	EndTimeout         = "timeout"          // no heartbeat came
	EndRestarted       = "restarted"        // the same machine started again
	EndLicenseInactive = "license_inactive" // the license was deactivated
	EndLicenseExpired  = "license_expired"  // the license had expired when the heartbeat came
	EndLicenseDeleted  = "license_deleted"  // the license was deleted
)

// Error codes. Only codeBadKey is documented.
const (
	codeBadKey          = "INVALID_API_KEY"
	codeLoginRequired   = "LOGIN_REQUIRED"
	codeRateLimit       = "RATE_LIMIT_EXCEEDED"
	codeNotFound        = "NOT_FOUND"
	codeWrongMethod     = "METHOD_NOT_ALLOWED"
	codeBadRequest      = "BAD_REQUEST"
	codeInvalid         = "VALIDATION_ERROR"
	codeNoLicense       = "LICENSE_NOT_FOUND"
	codeInactive        = "LICENSE_INACTIVE"
	codeExpired         = "LICENSE_EXPIRED"
	codeNotYetValid     = "LICENSE_NOT_YET_VALID"
	codeMaxActivations  = "MAX_ACTIVATIONS_REACHED"
	codeMaxDevices      = "DEVICE_LIMIT_REACHED"
	codeSessionConflict = "SESSION_CONFLICT"
	codeNoSession       = "SESSION_NOT_FOUND"
	codeSessionEnded    = "SESSION_ENDED"
	codeAllocated       = "RESOURCE_ALLOCATED"
	codeDuplicate       = "DUPLICATE"
)

// wrongMethodStatus is the answer to a known path with another method. The documented list of codes
// has no 405.
const wrongMethodStatus = http.StatusMethodNotAllowed

// createdStatus is the answer to a new institution and a new contact detail; activate and
// register-device answer 200.
const createdStatus = http.StatusCreated

// The values of a generated license, which AddLicense fills in too.
const (
	newLicenseType        = "perpetual" // the only documented type
	newLicenseYears       = 1
	newLicenseActivations = 1
	newLicenseUsers       = 1
	newLicenseDevices     = 1
	newLicenseSessions    = 1
)

// apiKeyYear is the YYYY of AF-YYYY-<32>. It is fixed, so that keys are the same in every run.
const apiKeyYear = "2026"

// Alphabets: that of the API key is undocumented, that of license keys is known from examples only.
const (
	apiKeyAlphabet     = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	licenseKeyAlphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	hexadecimal        = "0123456789abcdef"
)

// The gate of the admin panel.
const (
	adminCookie      = "session"
	adminTokenLength = 40
)

// tokenLifetime is that of the auth token. It is undocumented: the example expires on a half hour.
const tokenLifetime = time.Hour

// Resource types in requests and answers, and their names in the overview.
var overviewTypes = map[string]string{"domains": "domain", "ipv4": "ipv4", "phone_numbers": "phone_number"}

// stockStatus grades the available share. It fits the three documented examples (75 %, 45 %, 10 %).
func stockStatus(available, total int) string {
	switch {
	case total == 0 || available*5 < total:
		return "critical"
	case available*2 < total:
		return "low"
	}
	return "ok"
}

// The server's own data.
const (
	hostName        = "license.v2.test"
	serviceName     = "V2 License Server" // documented
	firstVersion    = "2.4.0"
	firstReleased   = "2026-01-15"
	downloads       = "/downloads/"
	leadAuthor      = "admin"
	newLeadType     = "company"
	customersByPage = 10
	leadsByPage     = 20 // documented
	maxLeadsByPage  = 100
	searchLimit     = 20 // documented
)

// Where IDs start. The ranges do not overlap, so that an ID of the wrong kind finds nothing.
const (
	firstCustomerID    = 211
	firstLicenseID     = 1307
	firstDeviceID      = 20411
	firstResourceID    = 32009
	firstInstitutionID = 43117
	firstContactID     = 54223
	firstDetailID      = 65309
	firstNoteID        = 76421
)

// anomalyTypes are the three documented ones, which anomaly-stats always lists.
var anomalyTypes = []string{"unusual_activation_pattern", "excessive_heartbeats", "license_hopping"}

// durationBuckets are the buckets of the histogram in /metrics, in seconds.
var durationBuckets = []float64{60, 600, 3600, 28800}
