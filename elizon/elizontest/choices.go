package elizontest

import (
	"fmt"
	"time"

	"github.com/provkit/provkit/internal/emulator"
)

// Everything in this file is a choice of the emulator, not a fact about elizon: it is undocumented.
// Change it here.
//
// Access and failures:
//   - Error codes are those of the vendor's registry. Which of them a refusal has is documented for
//     those above in codes.go, and our reading of their names for those below. An expired key is
//     invalidApiKey, a wrong method has no code, and subscriptionActionBlocked stands for every
//     refusal by state that the registry has no name for.
//   - Order of checks: route, credential, rate limit, access, permission of the key, body, kind of
//     client, state. So an unknown path answers 404 without a credential. A wrong credential is
//     ignored on routes that need none.
//   - The names of resource permissions (view, settings, ...) are the scopes of API keys. Routes
//     that name no permission need none. Of several names, an action needs its own (settings for
//     reset, suspend and resume, delete for terminate), console/command needs console, and that of
//     the power signal too; the others need settings.
//   - DELETE /auth/logout is public in the reference; it needs a session here, because it could not
//     know whose sessions to end otherwise.
//   - HTTP status of a refusal: 401, 403, 404 and 429 as documented, 400 for everything else.
//   - The rate limit is a fixed window that begins with a key's first request. Sessions have none.
//   - X-Elizon-Client matters for checkout, payment of invoices, saving a payment method, and asking
//     for, accepting or cancelling a business fund, and only "desktop" will do: see
//     WithClientHeader.
//   - Rows without modelled state answer 501. Services are not looked up there.
//   - Unknown keys of a body are ignored, null counts as absent. Invalid numbers in a query count
//     as absent.
//   - The request for a two-factor code is a success. One code, Server.Code, is accepted wherever a
//     code, or a token from a mail, is needed.
//   - Registration is closed.
//
// Lists: the newest element comes first; view is ignored. Paging by page and pageSize, or by limit
// and offset, is as documented; see the limits below. /user/subscriptions contains the active ones,
// all at once, including those that end with their period.
//
// Prices and orders:
//   - Prices of the catalogue are without tax. The tax is that of the country: countryCode, or the
//     billing address, or the default address. A VAT number of the account (or hasVatId with
//     vatNumber in calculate) outside Germany: no tax.
//   - A line costs priceMonthly * days / 30, rounded half up, or priceYearly for 365 days if there
//     is one, with setupFee and additions, times quantity. customizationPrices, configuredSpecs and
//     setupFee from the caller are ignored.
//   - subtotal is after the coupon; firstMonthAmount is the total. A coupon does not expire, and
//     applies to one order.
//   - An agreed price belongs to the subscription: it stays when the catalogue's price changes.
//   - Orders by balance, invoice, fund or saved payment method happen at once. Those by mollie and
//     sepa happen when CompletePayment is called, or their invoice is paid; until then their stock
//     is reserved. family_wallet is refused.
//   - subscriptionIds of an order names what it created and what it changed; an invoice names its
//     services at once.
//   - checkout has no memory: the same cart twice is two orders. lineId, customization and all
//     other text from the caller are in no answer. The name of a new service is its product and a
//     number.
//   - A customer may pay by invoice when that is switched on for a verified business, or by
//     Server.EnableInvoicing.
//   - sepa pays orders but not invoices.
//   - An upgrade names its product, or additions in customization, and costs the difference for the
//     rest of the period. resourceChanges of cart/upgrade and apply-downgrade contains differences
//     of vcores, memory (MB), storage and bandwidth (GB), negative for a reduction, and productId
//     for another product of the category, which may also be next to resourceChanges. The answer of
//     cart/upgrade is under item.
//   - POST /services and POST /user/subscriptions are refused unless WithDirectCreation is given.
//
// Answers:
//   - Where the vendor's programs declare an answer's type, it is that type; where the SDK and the app
//     differ, it has the names of both.
//   - No source shows the fields of these: PATCH services/{id} (server), templates, apply-downgrade
//     (message, currentPeriodEnd), bandwidth-usage (usage with totalGb, as total-bandwidth has it),
//     the status of one service, cart/upgrade (item), ping, status, navigation, reviews, netpoints,
//     sepa-details, top-up, reset-password by GET (valid), newsletter-settings by GET (subscribed),
//     session, permissions except details, storage except the list, PATCH of a ticket, a payout or
//     special termination that is asked for, the billing address of a subscription, direct creation.
//   - DELETE of a service and actions have a text, message; other changes of which no source shows
//     more say that they succeeded, and nothing else.
//
// Services:
//   - view has every action, under its own name as key, visible to whom may use it. Of the schema of
//     the vendor's user interface it has no tabs, fields and widgets.
//   - status does not show a suspension. Suspending a suspended service and resuming or starting a
//     running one succeed. A service that is being set up can be neither suspended nor resumed.
//   - A suspension for an unpaid period ends only with its payment.
//   - While a service is suspended, set up, reinstalled or ending, power actions, reinstallation,
//     console and downgrade are refused.
//   - PATCH names the service by the field name, and its notes by userNotes; notes are in no
//     answer.
//   - DELETE and an immediate cancellation do the same: the service has terminationPending, and is
//     gone after a while. Repeating them succeeds.
//   - At the end of a period, a cancelled subscription ends. Others are renewed from the balance
//     with autopay (on for orders by balance or saved payment method), or else get an OVERDUE
//     invoice and are suspended, "Payment overdue".
//   - extend without fields extends by the billing cycle. The days cost an invoice; those of bonus
//     and loyalty do not.
//   - A contract's agb_notice ends it with the binding period, special and buyout as requested,
//     without a fee.
//   - reinstall needs templateId, which must be one of the product's templates.
//   - Proxmox has a vnc console, Pterodactyl a terminal, others a web console. The stream ends
//     after the existing lines, unless HoldStreams is on. In status-batch, services of Proxmox have
//     the inner wrapper, others do not; unknown IDs are left out.
//   - A Plesk web space has one domain and 10 mailboxes at most; its password is there from the start.
//     Its panel is a page that knows nothing but whether login and password are right. The storage
//     history has one point, the present.
//
// Others:
//   - Five payment methods can be saved. Removing the default one makes the oldest the default.
//   - A floating IP costs 3.00 EUR (IPv4) or 1.00 EUR (IPv6) in 30 days, without tax; it is paid once,
//     and neither charged again nor taken away.
//   - A business fund that is cancelled in its binding period ends with that.
//   - A family group has its owner only: nobody accepts an invitation. There are no networks of one's
//     own (byoip), no vouchers and no monthly offers. Own domains have no records until some are added.
//   - Fields of a new API key: permissions, expiresInDays. A key gives no permission that it does
//     not have.
//   - The first address is the default. PATCH of an SSH key accepts name. The value of an A record
//     is the service's address.
//   - DELETE /permissions takes resourceType and resourceId in the query, and removes all grants of
//     the resource. resourceType is "service". The account cannot suspend, end or pay for a service
//     that is shared with it.
//   - Uploads answer {file: {id, name, size}}. Payout and credit without an amount (in cents) take
//     everything.
//   - Mails never bounce, no mail is sent, and no real SSH key is generated.

// Defaults of a server's options.
const (
	StartBalance     Cents = 10_000_00
	ProvisioningTime       = 90 * time.Second
	ReinstallTime          = 2 * time.Minute
	TerminationTime        = 10 * time.Minute
)

// Values that the vendor documents.
const (
	statusProvisioning   = "PROVISIONING"
	statusRunning        = "RUNNING"
	statusStopped        = "STOPPED" // not documented
	statusDeleted        = "DELETED"
	subscriptionActive   = "ACTIVE"
	subscriptionCanceled = "CANCELED"
	reasonOverdue        = "Payment overdue"
	modePrepaid          = "PREPAID"
	modeContract         = "CONTRACT"
	invoicePending       = "PENDING"
	invoiceOverdue       = "OVERDUE"
	invoicePaid          = "PAID"
	typeProxmox          = "PROXMOX"
	typePterodactyl      = "PTERODACTYL"
	typePlesk            = "PLESK"
	typePloi             = "PLOI"
	upgradeDisabled      = "disabled"
	upgradeFree          = "freeWithinLimits"
	cancelNotice         = "agb_notice"
	cancelSpecial        = "special"
	cancelBuyout         = "buyout"
	ticketOpen           = "open"
	ticketClosed         = "closed"
	feedbackNew          = "NEW"
	volumeAttached       = "attached"
	volumeDetached       = "detached"
	grantPending         = "PENDING"
	grantAccepted        = "ACCEPTED"
	grantDeclined        = "DECLINED" // not documented
	verified             = "VERIFIED"
	rejected             = "REJECTED"
	approved             = "approved"
	payoutPending        = "pending"
	clientDesktop        = "desktop"
	resourceService      = "service" // not documented
)

// Limits. Documented are 3 years, the rules, the IPs, the subdomains and what the text says about
// keys.
const (
	defaultLimit    = 10
	maxLimit        = 100
	maxLines        = 50
	maxQuantity     = 100
	maxBatch        = 100
	maxServiceName  = 100
	maxRunTimeDays  = 3 * 365
	maxIPv4         = 10
	maxIPv6         = 30
	maxKeys         = 10
	maxKeyName      = 100
	maxSSHKeys      = 20
	maxSubdomains   = 5
	maxTopUps       = 4
	maxMandates     = 5
	subnetBits      = 64
	defaultTTL      = 3600
	maxFiles        = 10
	maxPINs         = 3
	hostedMailboxes = 10
	maxConsoleLines = 500
	minVolumeGB     = 10
	maxVolumeGB     = 2000
)

// Times.
const (
	paymentTerm     = 14 * 24 * time.Hour
	consoleLifetime = 5 * time.Minute
	pinLifetime     = 15 * time.Minute
	sshKeyPause     = 2 * time.Minute
)

// Amounts.
const (
	pointValue        Cents = 1
	startPoints             = 500
	minTopUp          Cents = 5_00
	maxTopUp          Cents = 1_000_00
	bonusDays               = 7
	loyaltyPercent          = 10
	overchargePercent       = 10
	floatingIPv4      Cents = 3_00 // per month
	floatingIPv6      Cents = 1_00
	trafficPerTB      Cents = 2_00
)

// Forms of keys, tokens and IDs.
const (
	keyPrefix          = "elz_"
	keyLength          = 40
	keyShown           = len(keyPrefix) + 6
	sessionTokenLength = 48
	idLength           = 24
	ipRecordPrefix     = "ip-"
	digits             = "0123456789"
	base32             = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	lowerAlphanumeric  = emulator.LowerAlphanumeric
)

// The platform's own data. The bank account is not real.
const (
	hostName       = "elizon.test"
	accountEmail   = "customer@example.com"
	affiliateCode  = "ERIKA"
	commissionRate = 10 // percent, for everything
	mandateLabel   = "SEPA mandate"
	bankIBAN       = "DE00000000000000000000"
	bankBIC        = "TESTDEXXXXX"
	bankName       = "Test Bank"
)

// countries begins with the default one.
var countries = []country{
	{"DE", "Germany", "MwSt.", 19}, {"AT", "Austria", "USt.", 20}, {"NL", "Netherlands", "BTW", 21}, {"CH", "Switzerland", "MWST", 0},
}

var allCycles = []int64{7, 14, 30, 60, 90, 120, 365}

var grantable = []string{
	"view", "start", "stop", "restart", "console", "backup", "backup_create", "backup_restore", "backup_delete", "backup_schedule",
	"settings", "delete", "manage_permissions", "manage", "usage_metrics_view", "usage_metrics_export", "support_ticket",
}

var articles = []row{{
	"id": "kb-1", "slug": "first-steps", "title": "First steps", "category": "General", "content": "Sign in, order, connect.",
}}

type volumeType struct {
	Name  string
	PerGB Cents // per month
}

var volumeTypes = []volumeType{{"NVME", 8}, {"SSD", 5}, {"HDD", 2}}

func defaultCategories() []*Category {
	resources := []Resource{
		{Name: "vcores", Price: 1_50, Min: 0, Max: 16, Step: 1, AllowDowngrade: true},
		{Name: "memory", Price: 1_00, Min: 0, Max: 65536, Step: 1024, AllowDowngrade: true},
		{Name: "storage", Price: 50, Min: 0, Max: 1000, Step: 10},
		{Name: "bandwidth", Price: 25, Min: 0, Max: 10000, Step: 100, AllowDowngrade: true},
	}
	return []*Category{
		{
			ID: "cat-vps", Key: "vps", Name: "Virtual servers", ProviderID: "prov-pve1", ProviderType: typeProxmox, ProviderName: "pve1",
			UpgradeMode: upgradeFree, Resources: resources, IPv4: 2_00, IPv6: 50,
		},
		{
			ID: "cat-games", Key: "gameserver", Name: "Game servers", ProviderID: "prov-ptero", ProviderType: typePterodactyl,
			ProviderName: "ptero1", UpgradeMode: "packagesOnly",
		},
		{
			ID: "cat-web", Key: "webspace", Name: "Web space", ProviderID: "prov-plesk", ProviderType: typePlesk, ProviderName: "plesk1",
			UpgradeMode: "packagesOnly",
		},
		{
			ID: "cat-sites", Key: "hosting", Name: "Website hosting", ProviderID: "prov-ploi", ProviderType: typePloi, ProviderName: "ploi1",
			UpgradeMode: "packagesOnly",
		},
		{
			ID: "cat-domains", Key: "domains", Name: "Domains", ProviderID: "prov-domains", ProviderType: "DOMAIN", ProviderName: "registry",
			UpgradeMode: upgradeDisabled,
		},
	}
}

func defaultProducts() []Product {
	product := func(id, category, name string, monthly Cents, vcores, memory, storage int64) Product {
		return Product{
			ID: id, Slug: id[len("prod-"):], Name: name, CategoryKey: category, Monthly: monthly, VCores: vcores, MemoryMB: memory,
			StorageGB: storage, BandwidthGB: 1000, Cycles: allCycles, Stock: -1, TextPrice: category == "gameserver",
		}
	}
	yearly := product("prod-web-m", "webspace", "Web M", 6_99, 1, 2048, 50)
	yearly.Yearly, yearly.SetupFee, yearly.Cycles = 75_00, 4_99, []int64{30, 365}
	domain := product("prod-domain", "domains", "Domain .example", 1_00, 0, 0, 0)
	domain.Yearly, domain.Cycles = 12_00, []int64{365}
	soldOut := product("prod-vps-xl", "vps", "VPS XL", 29_99, 16, 32768, 640)
	soldOut.Stock = 0
	return []Product{
		product("prod-vps-s", "vps", "VPS S", 4_99, 1, 2048, 40), product("prod-vps-m", "vps", "VPS M", 9_99, 2, 4096, 80),
		product("prod-vps-l", "vps", "VPS L", 18_99, 4, 8192, 160), soldOut,
		product("prod-game-s", "gameserver", "Game S", 5_49, 2, 4096, 20), product("prod-game-m", "gameserver", "Game M", 8_49, 4, 8192, 40),
		product("prod-web-s", "webspace", "Web S", 2_99, 1, 1024, 10), yearly, domain, product("prod-site-s", "hosting", "Site S", 3_99, 1, 1024, 5),
	}
}

func defaultLocations() []Location {
	return []Location{{"loc-fra", "Frankfurt 1", "Frankfurt", "DE"}, {"loc-vie", "Vienna 1", "Vienna", "AT"}}
}

func defaultTemplates() []Template {
	return []Template{
		{101, "debian-13", "Debian 13", true}, {102, "ubuntu-24.04", "Ubuntu 24.04", true},
		{103, "windows-2025", "Windows Server 2025", false},
	}
}

func defaultCoupons() []Coupon { return []Coupon{{Code: "SPAR10", Text: "10 %", Percent: 10}} }

func defaultZones() []subdomainZone {
	return []subdomainZone{{"dom-1", "gaming.example"}, {"dom-2", "host.example"}}
}

func defaultAddress() address {
	return address{
		Label: "Home", FirstName: "Erika", LastName: "Mustermann", Street: "Beispielweg 1", Zip: "10115", City: "Berlin",
		CountryCode: "DE", Country: "Germany",
	}
}

// serviceIPv4 and serviceIPv6 return addresses from the ranges for benchmarks and documentation.
func serviceIPv4(n int) string { return fmt.Sprintf("198.%d.%d.%d", 18+n/62500%2, n/250%250, n%250+1) }
func serviceIPv6(n int) string { return fmt.Sprintf("2001:db8:%x::1", n%65536) }

func serviceHost(n int) string { return fmt.Sprintf("s%05d.%s", n, hostName) }
