package elizon

import (
	"net/http"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// access is which credentials a call needs.
type access uint8

const (
	// open: none.
	open access = iota
	// withKey: the API key, or the session if there is no key.
	withKey
	// withSession: the session. The platform refuses API keys.
	withSession
)

// certainty is how well the method of an endpoint is known. The vendor's reference lost its
// methods: half of them are inferred from the wording.
type certainty uint8

const (
	// documented: shown by a printed example or by the vendor's own programs.
	documented certainty = iota
	// inferred from the wording of the reference.
	inferred
	// ambiguous: inferred, and the wording would fit another method too, which a comment on the
	// line names.
	ambiguous
)

// operation is one thing that the API does. Only the files called endpoints contain methods and
// paths, so that a wrong inference is corrected in one line. Tests compare them with the inventory in
// testdata/elizon: operations.tsv is the vendor's reference, beyond.tsv what its programs also use.
type operation struct {
	*rest.Endpoint
	as   access
	sure certainty
	// asDesktop is set where the vendor demands to be a desktop client, see CheckoutClientHeader.
	asDesktop bool
}

func public(sure certainty, op, verb, method, route string, effect rest.Effect) operation {
	return operation{Endpoint: &rest.Endpoint{Provider: Kind, Op: op, Verb: verb, Method: method, Route: route, Effect: effect}, as: open, sure: sure}
}

func keyed(sure certainty, op, verb, method, route string, effect rest.Effect) operation {
	return operation{Endpoint: &rest.Endpoint{Provider: Kind, Op: op, Verb: verb, Method: method, Route: route, Effect: effect}, as: withKey, sure: sure}
}

func sessionOnly(sure certainty, op, verb, method, route string, effect rest.Effect) operation {
	return operation{Endpoint: &rest.Endpoint{Provider: Kind, Op: op, Verb: verb, Method: method, Route: route, Effect: effect}, as: withSession, sure: sure}
}

// sensitive marks answers that contain a secret, or may contain one because their fields are
// undocumented.
func (op operation) sensitive() operation {
	op.Sensitive = true
	return op
}

// untilGone marks a removal: "not found" after a lost answer means that it has been done.
func (op operation) untilGone() operation {
	op.DoneIf = provider.ErrNotFound
	return op
}

// spends marks a request that spends or moves money: it is sent once.
func (op operation) spends() operation {
	op.Spends = true
	return op
}

// desktop marks an endpoint that is for desktop clients only.
func (op operation) desktop() operation {
	op.asDesktop = true
	return op
}

// accepting sets the content types of an answer that is not JSON.
func (op operation) accepting(types string) operation {
	op.Accept = types
	return op
}

// lasting gives an attempt a longer time limit than others have.
func (op operation) lasting(limit time.Duration) operation {
	op.Timeout = limit
	return op
}

const (
	get   = http.MethodGet
	post  = http.MethodPost
	put   = http.MethodPut
	patch = http.MethodPatch
	del   = http.MethodDelete

	read       = rest.Read
	once       = rest.Once
	idempotent = rest.Idempotent

	webPage = "text/html"
	anyType = "*/*"

	// longFile is the time limit of a download or an upload.
	longFile = time.Hour
)

// Services.
var (
	servicesList        = keyed(documented, "Services.List", "list services", get, "/api/services", read)
	servicesCreate      = keyed(inferred, "Services.Create", "create service", post, "/api/services", once).sensitive().spends()
	servicesGet         = keyed(documented, "Services.Get", "get service", get, "/api/services/{id}", read)
	servicesUpdate      = keyed(ambiguous, "Services.Update", "change service", patch, "/api/services/{id}", idempotent) // or PUT
	servicesDelete      = keyed(inferred, "Services.Delete", "delete service", del, "/api/services/{id}", idempotent).untilGone()
	servicesAction      = keyed(inferred, "Services.LegacyAction", "act on service", post, "/api/services/{id}/action", once)
	servicesBilling     = keyed(documented, "Services.BillingCycles", "get billing cycles of service", get, "/api/services/{id}/billing-cycles", read)
	servicesStatus      = keyed(inferred, "Services.Status", "get live state of service", get, "/api/services/{id}/status", read)
	servicesStatusBatch = keyed(documented, "Services.StatusBatch", "get live state of services", post, "/api/services/status-batch", read)
	// This only prices a renewal.
	servicesRenew        = keyed(documented, "Services.Renew", "price renewal of service", post, "/api/services/{id}/renew", read)
	servicesReinstall    = keyed(inferred, "Services.Reinstall", "reinstall service", post, "/api/services/{id}/reinstall", once).sensitive()
	servicesTemplates    = keyed(inferred, "Services.Templates", "list templates for service", get, "/api/services/{id}/templates", read)
	servicesNotices      = keyed(inferred, "Services.Notifications", "list notices about service", get, "/api/services/{id}/notifications", read)
	servicesMaintenance  = keyed(documented, "Services.MaintenanceNotifications", "list maintenance notices", get, "/api/services/maintenance-notifications", read)
	servicesUpgradeOpts  = keyed(inferred, "Services.UpgradeOptions", "get upgrade options of service", get, "/api/services/{id}/upgrade", read)
	servicesUpgrade      = keyed(inferred, "Services.Upgrade", "upgrade service", post, "/api/services/{id}/upgrade", once).spends()
	servicesDowngrade    = keyed(inferred, "Services.ApplyDowngrade", "downgrade service", post, "/api/services/{id}/apply-downgrade", once)
	backupsList          = keyed(inferred, "Services.Backups.List", "list backups of service", get, "/api/services/{id}/backups", read)
	backupsCreate        = keyed(inferred, "Services.Backups.Create", "back up service", post, "/api/services/{id}/backups", once)
	backupsRestore       = keyed(ambiguous, "Services.Backups.Restore", "restore backup of service", post, "/api/services/{id}/backups/{backupId}", once) // or PUT
	backupsDelete        = keyed(inferred, "Services.Backups.Delete", "delete backup of service", del, "/api/services/{id}/backups/{backupId}", idempotent).untilGone()
	backupsDownload      = keyed(inferred, "Services.Backups.DownloadURL", "get download URL of backup", get, "/api/services/{id}/backups/{backupId}/download", read).sensitive()
	consoleOpen          = keyed(documented, "Services.Console.Open", "open console of service", get, "/api/services/{id}/console", read).sensitive()
	consoleAct           = keyed(inferred, "Services.Console.Act", "act on console of service", post, "/api/services/{id}/console", once).sensitive()
	consoleCommand       = keyed(inferred, "Services.Console.Command", "send command to console of service", post, "/api/services/{id}/console/command", once)
	consoleEmbed         = keyed(inferred, "Services.Console.Embed", "get console page of service", get, "/api/services/{id}/console/embed", read).sensitive().accepting(webPage)
	consoleStream        = keyed(inferred, "Services.Console.Stream", "follow console of service", get, "/api/services/{id}/console/stream", read).sensitive().accepting(eventStream)
	filesRead            = keyed(inferred, "Services.Files.Read", "read files of service", get, "/api/services/{id}/files", read).sensitive()
	filesAct             = keyed(inferred, "Services.Files.Act", "change files of service", post, "/api/services/{id}/files", once).sensitive()
	firewallList         = keyed(inferred, "Services.Firewall.List", "list firewall rules of service", get, "/api/services/{id}/firewall", read)
	firewallCreate       = keyed(inferred, "Services.Firewall.Create", "create firewall rule of service", post, "/api/services/{id}/firewall", once)
	firewallUpdate       = keyed(ambiguous, "Services.Firewall.Update", "change firewall rule of service", patch, "/api/services/{id}/firewall/{ruleId}", idempotent) // or PUT
	firewallDelete       = keyed(inferred, "Services.Firewall.Delete", "delete firewall rule of service", del, "/api/services/{id}/firewall/{ruleId}", idempotent).untilGone()
	addressesCancel      = keyed(inferred, "Services.IPs.Cancel", "cancel IP address of service", post, "/api/services/{id}/ips/cancel", once)
	addressesKeep        = keyed(inferred, "Services.IPs.UndoCancel", "keep IP address of service", del, "/api/services/{id}/ips/cancel", idempotent)
	settingsGet          = keyed(inferred, "Services.Settings.Get", "get settings of service", get, "/api/services/{id}/settings", read)
	settingsAct          = keyed(inferred, "Services.Settings.Act", "act on settings of service", post, "/api/services/{id}/settings", once)
	settingsReplace      = keyed(inferred, "Services.Settings.Replace", "replace settings of service", put, "/api/services/{id}/settings", idempotent)
	settingsUpdate       = keyed(inferred, "Services.Settings.Update", "change settings of service", patch, "/api/services/{id}/settings", idempotent)
	sftpGet              = keyed(inferred, "Services.SFTP.Get", "get SFTP access of service", get, "/api/services/{id}/sftp", read).sensitive()
	sftpEnsure           = keyed(inferred, "Services.SFTP.EnsurePassword", "ensure SFTP password of service", post, "/api/services/{id}/sftp/ensure-password", idempotent).sensitive()
	sftpRotate           = keyed(inferred, "Services.SFTP.RotatePassword", "rotate SFTP password of service", post, "/api/services/{id}/sftp/rotate-password", once).sensitive()
	gameAllocations      = keyed(inferred, "Services.Game.Allocations", "list ports of service", get, "/api/services/{id}/allocations", read)
	gameEggs             = keyed(inferred, "Services.Game.Eggs", "list eggs for service", get, "/api/services/{id}/eggs", read)
	gameVariables        = keyed(inferred, "Services.Game.StartupVariables", "list startup variables of service", get, "/api/services/{id}/startup-variables", read).sensitive()
	gameSetVariables     = keyed(inferred, "Services.Game.SetStartupVariables", "set startup variables of service", put, "/api/services/{id}/startup-variables", idempotent).sensitive()
	usageBandwidth       = keyed(inferred, "Services.Usage.Bandwidth", "get traffic of service in billing period", get, "/api/services/{id}/bandwidth-usage", read)
	usageDisk            = keyed(inferred, "Services.Usage.Disk", "get disk usage of service", get, "/api/services/{id}/disk-usage", read)
	usageMetrics         = keyed(inferred, "Services.Usage.Metrics", "get metrics of service", get, "/api/services/{id}/metrics", read)
	usageTopIPs          = keyed(inferred, "Services.Usage.TopIPs", "get top peers of service", get, "/api/services/{id}/top-ips", read)
	usageTraffic         = keyed(inferred, "Services.Usage.Traffic", "get traffic series of service", get, "/api/services/{id}/traffic", read)
	usageTotal           = keyed(documented, "Services.Usage.TotalBandwidth", "get traffic of all services", get, "/api/services/total-bandwidth", read)
	subscriptionGet      = keyed(documented, "Services.Subscription.Get", "get subscription of service", get, "/api/services/{id}/subscription", read)
	subscriptionAutopay  = keyed(documented, "Services.Subscription.SetAutopay", "set automatic payment of service", patch, "/api/services/{id}/subscription/autopay", idempotent)
	subscriptionAddress  = keyed(ambiguous, "Services.Subscription.SetBillingAddress", "set billing address of service", patch, "/api/services/{id}/subscription/billing-address", idempotent) // or PUT, POST
	subscriptionCancel   = keyed(documented, "Services.Subscription.Cancel", "cancel subscription of service", post, "/api/services/{id}/subscription/cancel", once)
	subscriptionExtend   = keyed(documented, "Services.Subscription.Extend", "extend subscription of service", post, "/api/services/{id}/subscription/extend", once).spends()
	subscriptionInterval = keyed(documented, "Services.Subscription.SetInterval", "set billing cycle of service", patch, "/api/services/{id}/subscription/interval", idempotent)
	subscriptionRevive   = keyed(documented, "Services.Subscription.Reactivate", "reactivate subscription of service", post, "/api/services/{id}/subscription/reactivate", once).spends()
)

// The same endpoints again: for actions that are safe to repeat, and for consoles that come with
// their own URL.
var (
	servicesState         = keyed(inferred, "Services.LegacyAction", "act on service", post, "/api/services/{id}/action", idempotent)
	servicesDispatchState = keyed(documented, "Services.Dispatch", "act on service", post, "/api/services/{id}/actions/{key}", idempotent)
	consoleCommandTo      = keyed(inferred, "Services.Console.CommandTo", "send command to console", post, "/api/services/{id}/console/command", once)
	consoleStreamFrom     = keyed(inferred, "Services.Console.StreamFrom", "follow console", get, "/api/services/{id}/console/stream", read).sensitive().accepting(eventStream)
)

// Orders. Pricing a cart may be repeated; an order is sent once.
var (
	cartCalculate       = keyed(documented, "Cart.Calculate", "price cart", post, "/api/cart/calculate", read)
	cartUpgrade         = keyed(inferred, "Cart.Upgrade", "price upgrade", post, "/api/cart/upgrade", read)
	cartValidate        = keyed(documented, "Cart.Validate", "validate cart", post, "/api/cart/validate", read)
	checkoutOrder       = keyed(documented, "Checkout.Order", "order cart", post, "/api/checkout", once).sensitive().spends().desktop()
	checkoutBootstrap   = keyed(documented, "Checkout.Bootstrap", "get checkout data", get, "/api/checkout/bootstrap", read)
	subscriptionsList   = keyed(documented, "Subscriptions.List", "list subscriptions", get, "/api/user/subscriptions", read)
	subscriptionsCreate = keyed(inferred, "Subscriptions.Create", "create subscription", post, "/api/user/subscriptions", once).spends()
	couponsPreview      = keyed(documented, "Coupons.Preview", "check coupon", post, "/api/coupons/preview", read)
)

var (
	productsConfig    = keyed(documented, "Products.UpgradeConfig", "get upgrade rules of category", get, "/api/categories/{id}/upgrade-config", read)
	productsList      = public(documented, "Products.List", "list products", get, "/api/products", read)
	productsCategory  = public(documented, "Products.Category", "get product category", get, "/api/products/{category}", read)
	productsGet       = public(documented, "Products.Get", "get product", get, "/api/products/{category}/{product}", read)
	productsBySlug    = public(inferred, "Products.BySlug", "get product", get, "/api/products/by-slug/{slug}", read)
	productsLocations = public(documented, "Products.Locations", "list locations of products", get, "/api/products/locations", read)
	productsTemplates = public(documented, "Products.Templates", "list templates of product", get, "/api/products/templates", read)
)

// Money.
var (
	invoicesList     = keyed(documented, "Invoices.List", "list invoices", get, "/api/invoices", read)
	invoicesGet      = keyed(documented, "Invoices.Get", "get invoice", get, "/api/invoices/{id}", read).sensitive()
	invoicesDocument = keyed(documented, "Invoices.Document", "download invoice", get, "/api/invoices/{id}/document", read).sensitive().accepting(anyType).lasting(longFile)
	invoicesPay      = keyed(documented, "Invoices.Pay", "pay invoice", post, "/api/invoices/{id}/pay", once).sensitive().spends().desktop()
	invoicesAll      = keyed(inferred, "Invoices.DownloadAll", "download invoices", get, "/api/invoices/download-all", read).sensitive().accepting(anyType).lasting(longFile)

	balanceTopUps  = keyed(documented, "Balance.AutoTopUps", "list automatic top-ups", get, "/api/balance/auto-topup", read)
	balanceCreate  = keyed(documented, "Balance.CreateAutoTopUp", "create automatic top-up", post, "/api/balance/auto-topup", once).sensitive().spends()
	balanceUpdate  = keyed(documented, "Balance.UpdateAutoTopUp", "change automatic top-up", patch, "/api/balance/auto-topup/{id}", idempotent)
	balanceDelete  = keyed(documented, "Balance.DeleteAutoTopUp", "delete automatic top-up", del, "/api/balance/auto-topup/{id}", idempotent).untilGone()
	balanceDetails = keyed(inferred, "Balance.SEPADetails", "get bank details for top-up", get, "/api/balance/sepa-details", read)
	balanceTopUp   = keyed(inferred, "Balance.TopUp", "top up balance", post, "/api/balance/top-up", once).sensitive().spends()
)

// The platform, and what the account has besides its services.
var (
	healthPing         = public(inferred, "Health.Ping", "ping platform", get, "/api/ping", read)
	healthCountries    = public(documented, "Health.Countries", "list countries", get, "/api/public/countries", read)
	healthNavigation   = public(inferred, "Health.Navigation", "get site navigation", get, "/api/public/navigation", read)
	healthCatalog      = public(inferred, "Health.ProviderCatalog", "get catalogue of provider", get, "/api/public/providers/{id}/catalog", read)
	healthRegistration = public(documented, "Health.RegistrationStatus", "get state of registration", get, "/api/public/registration-status", read)
	healthReviews      = public(inferred, "Health.Reviews", "list reviews", get, "/api/public/reviews", read)
	healthStatus       = public(inferred, "Health.Status", "get public status", get, "/api/public/status", read)

	subdomainsList    = keyed(documented, "Subdomains.List", "list subdomains", get, "/api/subdomains", read)
	subdomainsCreate  = keyed(documented, "Subdomains.Create", "create subdomain", post, "/api/subdomains", once)
	subdomainsUpdate  = keyed(ambiguous, "Subdomains.Update", "change subdomain", patch, "/api/subdomains/{id}", idempotent) // or PUT
	subdomainsDelete  = keyed(documented, "Subdomains.Delete", "delete subdomain", del, "/api/subdomains/{id}", idempotent).untilGone()
	subdomainsDomains = keyed(documented, "Subdomains.Domains", "list domains for subdomains", get, "/api/subdomains/domains", read)

	apiKeysList   = keyed(documented, "APIKeys.List", "list API keys", get, "/api/api-keys", read)
	apiKeysCreate = keyed(documented, "APIKeys.Create", "create API key", post, "/api/api-keys", once).sensitive()
	apiKeysDelete = keyed(documented, "APIKeys.Delete", "delete API key", del, "/api/api-keys", idempotent).untilGone()
	apiKeysUsage  = sessionOnly(inferred, "APIKeys.Usage", "get usage of API keys", get, "/api/api-keys/usage", read)

	addressList   = keyed(documented, "Addresses.List", "list addresses", get, "/api/addresses", read)
	addressCreate = keyed(documented, "Addresses.Create", "create address", post, "/api/addresses", once)
	addressUpdate = keyed(documented, "Addresses.Update", "change address", put, "/api/addresses", idempotent)
	addressDelete = keyed(documented, "Addresses.Delete", "delete address", del, "/api/addresses", idempotent).untilGone()

	rewardsPoints  = keyed(inferred, "Rewards.NetPoints", "get NetPoints", get, "/api/netpoints", read)
	rewardsPreview = keyed(documented, "Rewards.Preview", "preview NetPoints for order", post, "/api/netpoints/preview", read)
)
