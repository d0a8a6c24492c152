package hostkey

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// The answer to an order may contain a link to a payment page.
var (
	eqOrderInstance     = act("eq", "order_instance", "Servers.OrderInstance", "order server", ClassOrder).sensitive()
	eqReinstallInstance = act("eq", "order_instance", "Servers.ReinstallInstance", "reinstall server", ClassOrder).sensitive()
	eqDeploy            = act("eq", "deploy", "Servers.Deploy", "deploy server", ClassOrder)
	eqUpgradeKey        = act("eq", "get_upgrade_key", "Servers.UpgradeKey", "get key of upgrade", ClassRead).sensitive()
	eqAddTraffic        = act("eq", "traffic_add", "Servers.AddTraffic", "buy traffic for server", ClassOrder)
)

// DeployPeriod is the period that is paid in advance. Sources disagree about the values; these are
// those of the vendor's own clients. Others go into Extra as "deploy_period".
type DeployPeriod string

// The periods.
const (
	PeriodHourly       DeployPeriod = "hourly"
	PeriodMonthly      DeployPeriod = "monthly"
	PeriodQuarterly    DeployPeriod = "quarterly"
	PeriodSemiAnnually DeployPeriod = "semi-annually"
	PeriodAnnually     DeployPeriod = "annually"
)

// DiskMirror is how the disks of a dedicated server are combined.
type DiskMirror string

// The layouts. MirrorRAID0 and MirrorRAID1 need two disks, MirrorRAID10 four.
const (
	MirrorHBA    DiskMirror = "hba"
	MirrorRAID0  DiskMirror = "raid0"
	MirrorRAID1  DiskMirror = "raid1"
	MirrorRAID10 DiskMirror = "raid10"
)

// Install is what is installed on a server, for an order or a reinstallation.
type Install struct {
	// OSID or OSName is required unless OwnOS is set, which leaves the server empty.
	OSID   int64  `url:"os_id,omitempty"`
	OSName string `url:"os_name,omitempty"`
	OwnOS  bool   `url:"own_os,int,omitempty"`
	// SoftID or SoftName adds software; 0 and "" add none.
	SoftID   int64  `url:"soft_id,omitempty"`
	SoftName string `url:"soft_name,omitempty"`
	// RootPassword is required: 8 to 30 letters, digits and %-_+, with at least one upper case
	// letter, one lower case letter, one digit and one of %-_+. It must not begin with one of the
	// latter.
	RootPassword provider.Secret `url:"root_pass"`
	// Hostname should be unique, so that the server of an order can be found by it.
	Hostname string `url:"hostname,omitempty"`
	// SSHKey is the text of a public key.
	SSHKey string `url:"ssh_key,omitempty"`
	// PostInstallScript has at most 32 KiB. It is a secret, since scripts tend to contain
	// passwords.
	PostInstallScript provider.Secret `url:"post_install_script,omitempty"`
	// PostInstallCallback is a URL that the vendor calls at the end. The call has no signature:
	// treat it as a hint.
	PostInstallCallback string `url:"post_install_callback,omitempty"`
	// RootSize is the root partition's share of the disk in percent, 1 to 100; 0 leaves it to the
	// server.
	RootSize int64 `url:"root_size,omitempty"`
	// DiskMirror is for dedicated servers; "" leaves it to the server.
	DiskMirror DiskMirror `url:"disk_mirror,omitempty"`
	// NoLVM: nil is the server's default.
	NoLVM         *bool  `url:"no_lvm,int,omitempty"`
	OSTemplate    string `url:"os_template,omitempty"`
	DeployOptions string `url:"deploy_options,omitempty"`
}

// ServerOrderRequest orders a new server.
type ServerOrderRequest struct {
	// Preset is a preset's ID or name ("vm.pico"), Location a code ("NL"). Both are required.
	Preset   string `url:"preset"`
	Location string `url:"location_name"`
	Install
	// TrafficPlan is the ID of a traffic plan, which orders usually have; 0 is not sent.
	TrafficPlan int64 `url:"traffic_plan,omitempty"`
	// Period is paid in advance; "" leaves it to the server.
	Period DeployPeriod `url:"deploy_period,omitempty"`
	// Notify sends an e-mail to Email at the end; nil leaves it to the server.
	Notify *bool  `url:"deploy_notify,omitempty"`
	Email  string `url:"email,omitempty"`
	// Currency is a code such as "EUR".
	Currency string `url:"currency_code,omitempty"`
	// IPv4 is the number of additional addresses, which cost money. Every server comes with one.
	IPv4 int64 `url:"ipv4_amount,omitempty"`
	// IPv6 adds a /64 network.
	IPv6         bool   `url:"ipv6,int,omitempty"`
	VLAN         int64  `url:"vlan,omitempty"`
	PrivateVLAN  int64  `url:"private_vlan,omitempty"`
	CustomDomain string `url:"custom_domain,omitempty"`
	PromoCode    string `url:"promocode,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// ServerReinstallRequest reinstalls a server.
type ServerReinstallRequest struct {
	// ID of the server, required.
	ID int64 `url:"id"`
	Install
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// Order is the answer to an order. At least one of ServerID, InvoiceID and Callback is set.
type Order struct {
	// ServerID and InvoiceID are 0 if unknown.
	ServerID  int64 `wire:"id,identity"`
	InvoiceID int64
	// Status is the invoice's: "Paid", "Unpaid", "Pending".
	Status string
	// DeployStatus is a word such as "awaiting_payment"; the set is undocumented.
	DeployStatus string
	// Callback is the key of the deployment for Tasks.Wait; zero if there is none, such as before the
	// payment.
	Callback provider.Secret
	// Redirect leads to a payment page. It is a secret, since it may sign in.
	Redirect         provider.Secret
	OSName, SoftName string
	// More fields that the answer contains.
	More map[string]provider.Payload
}

// OrderInstance orders a server and pays it from the account's credit: POST /eq.php, action
// order_instance. Nothing prevents a second call from ordering a second server, so it is sent once,
// whatever happens. After an error that matches provider.ErrOutcomeUnknown look for the order: in
// the invoices, in Servers.UpdateServers and by the host name.
//
// If the credit is too low, the error matches provider.ErrQuota, or the order is "Unpaid".
func (s *ServersService) OrderInstance(ctx context.Context, req *ServerOrderRequest) (*Order, error) {
	if req == nil {
		return nil, eqOrderInstance.RefuseNil()
	}
	call, _, err := formOf(eqOrderInstance, req.problems(), req.Hostname, req, req.Extra)
	if err != nil {
		return nil, err
	}
	return s.order(ctx, eqOrderInstance, call, &req.Install)
}

// problems returns the mistakes in an order that can be found without the server.
func (req *ServerOrderRequest) problems() provider.Problems {
	problems := make(provider.Problems)
	problems.Required("Preset", req.Preset)
	problems.Required("Location", req.Location)
	checkLocation(&problems, "Location", req.Location)
	req.check(&problems)
	problems.NotNegative("TrafficPlan", req.TrafficPlan)
	provider.OneOf(&problems, "Period", req.Period, PeriodHourly, PeriodMonthly, PeriodQuarterly, PeriodSemiAnnually, PeriodAnnually)
	if req.Email != "" {
		problems.Email("Email", req.Email)
	}
	if req.Currency != "" && (len(req.Currency) != 3 || strings.ToUpper(req.Currency) != req.Currency) {
		problems.Add("Currency", "must be a code such as EUR, got %q", req.Currency)
	}
	for name, n := range map[string]int64{"IPv4": req.IPv4, "VLAN": req.VLAN, "PrivateVLAN": req.PrivateVLAN} {
		problems.NotNegative(name, n)
	}
	return problems
}

// ReinstallInstance wipes the disk of a server and reinstalls it: POST /eq.php, action
// order_instance with id. Call UpdateServers before it, and never start a second reinstallation
// during the first. Like an order it is sent once.
func (s *ServersService) ReinstallInstance(ctx context.Context, req *ServerReinstallRequest) (*Order, error) {
	if req == nil {
		return nil, eqReinstallInstance.RefuseNil()
	}
	var problems provider.Problems
	problems.Positive("ID", req.ID)
	req.check(&problems)
	call, _, err := formOf(eqReinstallInstance, problems, idText(req.ID), req, req.Extra)
	if err != nil {
		return nil, err
	}
	return s.order(ctx, eqReinstallInstance, call, &req.Install)
}

func (s *ServersService) order(ctx context.Context, a action, call *rest.Call, install *Install) (*Order, error) {
	install.hide(call)
	return fetch[Order](ctx, s.c, a, call)
}

// hide keeps the installation's secrets out of dumps and errors.
func (i *Install) hide(call *rest.Call) {
	call.Secrets = append(call.Secrets, i.RootPassword, i.PostInstallScript)
	call.HiddenFields = []string{"post_install_script"}
}

// maxScript is the longest script that the vendor's own client sends.
const maxScript = 32 << 10

func (i *Install) check(problems *provider.Problems) {
	problems.NotNegative("OSID", i.OSID)
	problems.NotNegative("SoftID", i.SoftID)
	if i.OSID == 0 && strings.TrimSpace(i.OSName) == "" && !i.OwnOS {
		problems.Add("OSID", "required unless OSName or OwnOS is set")
	}
	problems.Note("RootPassword", rootPasswordProblem(i.RootPassword.Reveal()))
	checkHostname(problems, "Hostname", i.Hostname)
	if len(i.PostInstallScript.Reveal()) > maxScript {
		problems.Add("PostInstallScript", "must have at most %d bytes, has %d", maxScript, len(i.PostInstallScript.Reveal()))
	}
	if i.PostInstallCallback != "" {
		if u, err := url.Parse(i.PostInstallCallback); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
			problems.Add("PostInstallCallback", "must be an https:// or http:// URL")
		}
	}
	if i.RootSize < 0 || i.RootSize > 100 {
		problems.Add("RootSize", "must be a percentage from 1 to 100, got %d", i.RootSize)
	}
	provider.OneOf(problems, "DiskMirror", i.DiskMirror, MirrorHBA, MirrorRAID0, MirrorRAID1, MirrorRAID10)
}

// passwordSpecials are special characters. A root password must contain one, and no others.
const passwordSpecials = "%-_+"

// rootPasswordProblem returns why the vendor would refuse a root password, or "".
func rootPasswordProblem(password string) string {
	const (
		upper  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		lower  = "abcdefghijklmnopqrstuvwxyz"
		digits = "0123456789"
	)
	switch {
	case password == "":
		return "required"
	case len(password) < 8 || len(password) > 30:
		return "must have 8 to 30 characters"
	case strings.ContainsFunc(password, func(r rune) bool { return !strings.ContainsRune(upper+lower+digits+passwordSpecials, r) }):
		return "must contain only letters, digits and " + passwordSpecials
	case strings.ContainsAny(password[:1], passwordSpecials):
		return "must not begin with a special character"
	case !strings.ContainsAny(password, upper) || !strings.ContainsAny(password, lower) || !strings.ContainsAny(password, digits) ||
		!strings.ContainsAny(password, passwordSpecials):
		return "must contain an upper case letter, a lower case letter, a digit and one of " + passwordSpecials
	}
	return ""
}

// checkHostname refuses what cannot be a host name; "" is none.
func checkHostname(problems *provider.Problems, field, name string) {
	if name == "" {
		return
	}
	if len(name) > 253 {
		problems.Add(field, "must have at most 253 characters")
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' || strings.ContainsFunc(label, func(r rune) bool {
			return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
		}) {
			problems.Add(field, "%q is not a host name", name)
		}
	}
}

// Deploy starts a deployment on a server or of a preset: POST /eq.php, action deploy. Fields and
// answer are undocumented, and it may cost money. Use OrderInstance, which is documented.
func (s *ServersService) Deploy(ctx context.Context, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownFields(ctx, eqDeploy, extra)
}

// UpgradeKey returns the key of an upgrade that belongs to an invoice: POST /eq.php, action
// get_upgrade_key. Other fields, the answer, and how the upgrade continues are undocumented.
func (s *ServersService) UpgradeKey(ctx context.Context, invoiceID int64, extra map[string]any) (provider.Payload, error) {
	var problems provider.Problems
	problems.Positive("invoiceID", invoiceID)
	call, form, err := formOf(eqUpgradeKey, problems, "", nil, extra)
	if err != nil {
		return provider.Payload{}, err
	}
	form.Set("invoice_id", idText(invoiceID))
	return s.c.unknown(ctx, eqUpgradeKey, call)
}

// AddTraffic raises a server's limit of outgoing traffic and creates an invoice: POST /eq.php,
// action traffic_add. The fields are undocumented (that "id" is the server is inferred from the
// other actions), and so is the answer; see NewInvoice. It is sent once.
func (s *ServersService) AddTraffic(ctx context.Context, id int64, extra map[string]any) (*NewInvoice, error) {
	call, err := byID(eqAddTraffic, id, extra)
	if err != nil {
		return nil, err
	}
	return guess[NewInvoice](ctx, s.c, eqAddTraffic, call)
}

// The fields of an order are next to the result, or under "data".
var _ = wire.Read(func(data []byte, o *Order) error {
	e := openEnvelope(data)
	inner := openEnvelope(e["data"])
	word := func(name string) string {
		if s := e.word(name); s != "" {
			return s
		}
		return inner.word(name)
	}
	r := e.reference()
	if r == (UnfinishedOrder{}) { // nothing to find the order by
		return wire.Lacks("invoice")
	}
	*o = Order{
		ServerID: r.ServerID, InvoiceID: r.InvoiceID, Callback: r.Callback, Status: word("status"), DeployStatus: word("deploy_status"),
		Redirect: provider.NewSecret(word("redirect")), OSName: word("os_name"), SoftName: word("soft_name"),
	}
	known := []string{
		"result", "module", "action", "id", "invoice", "invoiceid", "invoice_id", "callback", "status", "deploy_status", "redirect", "os_name", "soft_name",
	}
	if inner != nil {
		known = append(known, "data")
	}
	for _, from := range []envelope{inner, e} {
		for name, value := range from {
			if !slices.Contains(known, name) {
				put(&o.More, name, provider.NewPayload(string(value)))
			}
		}
	}
	return nil
})
