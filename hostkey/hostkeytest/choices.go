package hostkeytest

import (
	"regexp"
	"slices"
	"time"
)

// Everything in this file is a choice of the emulator, not a fact about InvAPI: no source describes
// it. Change it here.
//
// Front door:
//   - Order of checks: module, method, body, action, token, rights, required parameters, their
//     types, the server they name, state. An unknown action gets the known text of a missing one,
//     an unknown module a 404 page.
//   - GET works for actions that read, and for auth/login.
//   - A missing token is answered like an expired one. Public actions ignore a token, except
//     traffic_plans/list.
//   - A missing parameter: "Missing required keys: <names>", which has been seen from one action
//     only.
//   - Sign-in helpers without known parameters need no token.
//   - Unknown parameters are ignored. Empty ones count as absent.
//   - A server key reaches its server only: no billing ("Access denied"), no orders, keys, domains
//     and SSH keys ("Permission denied"). Lists show it its one server.
//   - An unknown server: "<MODULE>/<action>: server not exist", the end of which the vendor's Terraform
//     provider knows; see ShapeInvalidServerID.
//   - Actions whose answer is unknown end in an error with the code NotModelled.
//   - Texts for a disabled key and a forbidden address, in the shape of "Incorrect API key format".
//   - A token is tied to the address of its sign-in unless fix_ip is 0. The longest ttl is
//     maxTokenLife.
//
// Orders:
//   - An order is paid from the credit at once, or refused without an invoice if the credit is too
//     low. WithUnpaidOrders leaves the invoice Unpaid; paying it later starts the deployment.
//   - A deployment starts when its invoice is paid: its server then has an ID, which only some answers
//     name (see OrderAnswer), and a callback. The server is listed when the deployment is done (WithEarlyServers: at
//     once, as TT), and inv_id of the invoice's item names it from then on. A failed deployment
//     leaves a paid invoice and no server.
//   - deploy_keys contains the orders that are being deployed, billing_servers the prebill servers.
//   - Hostnames need not be unique: ordering twice is paid twice.
//   - preset and id together are refused. Without os_id and os_name an order needs own_os=1.
//     Without traffic_plan a server has none. An order for a retired preset, or in a location
//     without it, is refused.
//   - deploy_period is one of the vendor's Terraform provider's; an hour costs a 720th of the
//     month, rounded up.
//   - An address above the free one costs extraAddress a month. root_pass may contain only the
//     characters that the vendor's reseller module allows.
//   - post_install_callback is never called.
//   - A promocode, e-mail address and currency change nothing; prices are EUR, without tax. They are the
//     same in USD, and presets/info knows no other currency.
//   - Reinstalling costs nothing and needs an unlocked server. A second one during the first is
//     refused.
//
// Servers:
//   - eq/suspend and eq/unsuspend take the server's ID as id. Suspended means power_off, locked,
//     and powered off; unsuspending powers on. A suspended server refuses on, reboot, reinstall and
//     console. Suspending twice is accepted.
//   - A repeated on or off is accepted. Otherwise power and billing are separate. The status in
//     server_data is power_off as soon as a server is told to switch off, as the vendor's Terraform
//     provider reads it; Condition_Component is not, and power_status follows the power itself.
//   - port_off sets the tag block to its reason, or to blockDefault; port_on removes it unless an
//     administrator set it (see BlockPort). A server has one port, and any port name means it.
//   - A cancelled server lives for CancelDelay, or until the end of the paid period. After that eq
//     no longer knows it, and its billing says Terminated. Nothing is refunded. An immediate
//     request replaces one for the end of the period; other second requests are refused. Without
//     cancellation_type it ends with the period.
//   - At its due date a server gets a renewal invoice, unless it has an unpaid one or is cancelled.
//     If it stays unpaid for the grace period the server is suspended, and paying ends that. Paying
//     moves the due date by one period. Prebill servers (hourly) get no invoices.
//   - tags/add replaces a tag of the same name. The system tags hostname, OS and password exist
//     from the start.
//   - rename_server also sets the tag hostname.
//   - Traffic is returned as bytes, in and out.
//   - get_ip returns the status of the address's server, or "blocked" after block_ip.
//   - Once a PIN is set, power actions, consoles and cancellations require it. Before that any is
//     accepted.
//   - Ending the suspension of an overdue server is not prevented.
//
// Fields of answers that no source names:
//   - api_keys: what rows have beside id and name, which are the fields of edit; the history's date and event.
//   - eq/get_traffic: traffic, with bytes in and out. eq/console: console. eq/reinstall: reinstall_key.
//   - ip/get_ptr: ptr. net/get_status: id, port and status. iso/list_iso has the rows of iso/add, iso/uploaded
//     name, url and created_at. jenkins/get_tasks: tasks, with id, name and tags.
//   - presets/search: name, location and free. rhr/add: request. rhr/chat: date and message of its entries.
//     rtm/get_tickets: tickets.
//   - whmcs: requests with id, account_id, type and date (get_cancellation_requests); date, duedate and the
//     amount of items (get_invoice); date and description (getcredits); invoiceid (transactions); invoices
//     (get_related_invoices); invoice (generate_due_invoice, mass_pay); pdf (download_invoice); clientid
//     (update_client).
//
// Links for browsers:
//   - Those of consoles and payments work once. A payment is by card, and done when its link is opened. The
//     panel takes a key as often as one likes. All of them lead to the emulator, at the address at which the
//     client has reached it.
//
// Everything else:
//   - A failed task answers "Fail" forever; only OK removes the key. During the last third of its
//     time a task answers "Stage".
//   - Invoices come newest first, 25 at a time.
//   - apply_credit of more than the invoice's balance takes the balance; of more than the credit it
//     is refused.
//   - mass_pay makes one unpaid invoice for all of them; paying it pays them.
//   - A zone belongs to the account; adding it twice is refused. Records are kept as sent.
//   - A virtual machine keeps up to num_max snapshots, a bare metal server none.
//   - jira numbers its tickets; request_* answer like request_assistance, and only the latter is
//     limited to one per server.

// NotModelled is the error code of actions for which the emulator keeps no state.
const NotModelled = "EMULATOR_NOT_MODELLED"

// The defaults of NewServer. StartCredit is in EUR.
const (
	StartCredit = "1000.00"
	DeployTime  = 10 * time.Minute
	TaskTime    = 5 * time.Second
	TokenLife   = 2 * time.Hour
	CancelDelay = 5 * time.Minute
	Grace       = 7 * 24 * time.Hour
)

const (
	maxTokenLife   = 3 * time.Hour
	keyDigits      = 16 // of each of the two groups of a key
	tokenLength    = 32
	callbackLength = 32 // documented
	hexadecimal    = "0123456789abcdef"
)

// taskKind is which setting decides how long a task takes.
type taskKind int

const (
	taskTime taskKind = iota
	deployTime
)

// The account.
const (
	whmcsID       = 1001
	customerID    = 2001
	accountEmail  = "account@customers.test"
	billing       = "whmcs_com"
	hostName      = "invapi.hostkey.test"
	roleCustomer  = "Customer"
	currency      = "EUR"
	defaultCaller = "192.0.2.1" // for requests without a usable address
	ticketURL     = "https://tickets.hostkey.test/"
	groupVirtual  = "Virtual Private Server"
	paymentMethod = "example-pay"
)

const groupDedicated = "Dedicated Server"

// permissions are what the account's tokens may do.
var permissions = []string{"pdns/view", "pdns/edit", "show_products", "manage_products", "show_invoices", "manage_orders"}

// Statuses of a server. TT has been seen to mean a server that is not ready yet.
const (
	statusRent     = "rent"
	statusPowerOff = "power_off"
	statusTT       = "TT"
)

// Statuses of a service, documented.
const (
	servicePending    = "Pending"
	serviceActive     = "Active"
	serviceSuspended  = "Suspended"
	serviceTerminated = "Terminated"
)

// Statuses of an invoice.
const (
	invoicePaid    = "Paid"
	invoiceUnpaid  = "Unpaid"
	invoicePending = "Pending"
)

// Texts. Those of the first block are not choices: they have been seen.
const (
	textNoPreset     = "invalid instance name"
	textDenied       = "Permission denied"
	textAccess       = "Access denied"
	textBadKey       = "Incorrect API key format"
	textUnknownKey   = "Invalid key"
	textMalformed    = "auth: malformed request #1"
	textEmptyAccount = "No appropriate servers found"
	textNoFunds      = "not enough funds"

	textDisabledKey = "API key is disabled"
	textForeignIP   = "API key: ip not allowed"
	textLocked      = "Server is locked"
	textNoPIN       = "Invalid PIN"
	textReinstall   = "Reinstall is in progress already"
	textNoInvoice   = "Invoice ID Not Found"
)

// blockDefault is the value of the tag block without a reason.
const blockDefault = "blocked"

// Limits and prices.
const (
	snapshotLimit  = 2
	extraAddress   = "2.00"
	freeServers    = 5
	hoursOfMonth   = 720
	invoicesByPage = 25
	dueDays        = 7
	maxTagValue    = 256   // documented
	maxTagExtra    = 16384 // documented
	maxPostScript  = 32 << 10

	maxNATHours       = 24 // documented
	bandwidthMbit     = 1000
	firstIP           = 0xC6120002 // 198.18.0.2: the range for benchmarks is the widest of those for examples
	ipRange           = 1<<17 - 4
	defaultRecordTTL  = 3600
	maxExtraAddresses = 64
)

// installs are the post-install tasks.
var installs = []string{"install-docker", "install-panel"}

// periods are the deploy periods in months; an hour is 0.
var periods = map[string]int{"hourly": 0, "monthly": 1, "quarterly": 3, "semi-annually": 6, "annually": 12}

// cycles are the periods as billing names them.
var cycles = map[string]string{
	"hourly": "Hourly", "monthly": "Monthly", "quarterly": "Quarterly", "semi-annually": "Semi-Annually", "annually": "Annually",
}

const defaultPeriod = "monthly"

// Where IDs start. The ranges are far apart, so that an ID of the wrong kind finds nothing.
const (
	firstTagID         = 307
	firstKeyID         = 2203
	firstSSHKeyID      = 4111
	firstOrderID       = 7001
	firstISOID         = 9103
	firstZoneID        = 12007
	firstRecordID      = 21011
	firstTicket        = 31001
	firstRequestID     = 41017
	firstMachineID     = 55054
	firstServiceID     = 90001
	firstTransactionID = 300007
	firstInvoiceID     = 603548
)

// keyForm is the form of a key: two hexadecimal groups, as seen.
var keyForm = regexp.MustCompile(`^[0-9a-f]+-[0-9a-f]+$`)

// hostnameForm is a name of letters, digits, hyphens and dots.
var hostnameForm = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,62}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,62}[A-Za-z0-9])?)*$`)

// tagForm and snapshotForm are documented.
var (
	tagForm      = regexp.MustCompile(`^[A-Za-z0-9-]{1,32}$`)
	snapshotForm = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,255}$`)
)

// goodRootPassword reports whether a root password follows the rule of the vendor's reseller
// module.
func goodRootPassword(text string) bool {
	var upper, lower, digit, special bool
	for i := range len(text) {
		switch ch := text[i]; {
		case ch >= 'A' && ch <= 'Z':
			upper = true
		case ch >= 'a' && ch <= 'z':
			lower = true
		case ch >= '0' && ch <= '9':
			digit = true
		case slices.Contains([]byte("%-_+"), ch) && i > 0:
			special = true
		default:
			return false
		}
	}
	return len(text) >= 8 && len(text) <= 30 && upper && lower && digit && special
}
