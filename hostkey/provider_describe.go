package hostkey

import (
	"strings"

	"github.com/provkit/provkit/provider"
)

// usernamePolicy leaves room for the suffix in a label of a host name.
var usernamePolicy = provider.NamePolicy{
	MinLength: 2, MaxLength: maxOrderName, First: provider.Lower, Rest: provider.Lower + provider.Digits + "-",
	Reserved: []string{"localhost"}, ReservedPrefixes: []string{"hostkey"},
}

var passwordPolicy = provider.PasswordPolicy{
	MinLength: 8, MaxLength: 30, Need: []string{provider.Lower, provider.Upper, provider.Digits, passwordSpecials},
	Alphabet: provider.Lower + provider.Upper + provider.Digits + passwordSpecials, NotFirst: passwordSpecials,
}

// Options of Create.
const (
	optLocation    = "location"
	optOS          = "os"
	optSoftware    = "software"
	optTrafficPlan = "traffic_plan"
	optPeriod      = "period"
	optSSHKey      = "ssh_key"
	optScript      = "post_install_script"
	optIPv4        = "ipv4"
	optIPv6        = "ipv6"
	optPromoCode   = "promocode"
	optPay         = "pay_from_credit"
)

var createOptions = []provider.OptionSpec{
	{Name: optLocation, Label: "Location", Help: "such as NL", Type: provider.OptionString, Required: true},
	{Name: optOS, Label: "Operating system", Help: "ID or name, as OS.List returns it", Type: provider.OptionString, Required: true},
	{Name: optSoftware, Label: "Software", Help: "ID or name, as Software.List returns it", Type: provider.OptionString},
	{Name: optTrafficPlan, Label: "Traffic plan", Help: "ID, as TrafficPlans.List returns it", Type: provider.OptionInt},
	{
		Name: optPeriod, Label: "Billing period", Type: provider.OptionEnum, Default: string(PeriodMonthly),
		Allowed: []string{string(PeriodHourly), string(PeriodMonthly), string(PeriodQuarterly), string(PeriodSemiAnnually), string(PeriodAnnually)},
	},
	{Name: optSSHKey, Label: "SSH key", Help: "text of a public key", Type: provider.OptionString},
	{Name: optScript, Label: "Post-install script", Type: provider.OptionString, Secret: true},
	{Name: optIPv4, Label: "Additional IPv4 addresses", Help: "number of addresses besides the one that comes with every server; they cost money", Type: provider.OptionInt},
	{Name: optIPv6, Label: "IPv6", Type: provider.OptionBool, Default: "false"},
	{Name: optPromoCode, Label: "Promotion code", Type: provider.OptionString},
	{Name: optPay, Label: "Pay from credit", Help: "pay the invoice from the account's credit if the order leaves it unpaid", Type: provider.OptionBool, Default: "true"},
}

// Describe returns what the adapter can do.
func (p *Provider) Describe() *provider.Description {
	if p.client.settings.suspendByPower {
		return &describedByPower
	}
	return &described
}

var (
	described        = describe(provider.Support{Level: provider.Unverified, Evidence: provider.EvidenceAssumed, Note: "the fields of eq/suspend are undocumented, and customers' keys may be refused; see WithSuspendByPower"})
	describedByPower = describe(provider.Support{Level: provider.Emulated, Note: "powers the server off and marks it, and switches the port off if one is configured; the customer can power it on in the vendor's panel"})
)

func describe(suspension provider.Support) provider.Description {
	native := provider.Support{Level: provider.Native}
	return provider.Description{
		Kind: Kind, Name: "HOSTKEY", Service: provider.ServiceServer, Username: usernamePolicy, Password: &passwordPolicy, Options: createOptions,
		Capabilities: provider.Capabilities{
			provider.CapCheck: native, provider.CapGet: native,
			provider.CapFind:      {Level: provider.Partial, Note: "by reference and user name; the API knows no customers"},
			provider.CapCreate:    {Level: provider.Native, Note: "costs money; pending for 10 to 30 minutes; the customer's name and address are not stored"},
			provider.CapSuspend:   suspension,
			provider.CapUnsuspend: suspension,
			provider.CapTerminate: {Level: provider.Native, Note: "by an immediate cancellation, which the vendor carries out within minutes; pending until then"},
			provider.CapSignOn: {
				Level: provider.Partial, Evidence: provider.EvidenceDocumented,
				Note: "session: the vendor's panel with a new key of that server, as a reseller does it; console: noVNC, for virtual machines",
			},
			provider.CapList:  {Level: provider.Native, Note: "without references, which only Get and Find return"},
			provider.CapPlans: {Level: provider.Native, Evidence: provider.EvidenceDocumented, Note: "presets with their base price"},
			provider.CapUsage: {Level: provider.Unverified, Evidence: provider.EvidenceAssumed, Note: "traffic; the answer is undocumented, and accepted only if it contains a number of bytes under a known name"},
			provider.CapAdopt: {Level: provider.Native, Note: "by a tag"},
			provider.CapRenew: {
				Level: provider.Unverified, Evidence: provider.EvidenceProgram,
				Note: "pays the open invoice from the credit, or requests the next one if none is open; the vendor's clients differ here",
			},
			provider.CapCancel: {
				Level: provider.Unverified, Note: "whether a cancellation is open is read from a list whose shape is undocumented",
			},
			provider.CapPower:          {Level: provider.Native, Note: "reset cuts the power and switches it on again"},
			provider.CapReinstall:      {Level: provider.Native, Note: "wipes the disk"},
			provider.CapChangePlan:     {Level: provider.Unsupported, Note: "the API's upgrade is undocumented"},
			provider.CapChangePassword: {Level: provider.Unsupported, Note: "only a reinstallation sets a password"},
			provider.CapFleetUsage:     {Level: provider.Unsupported, Note: "needs one call per server"},
		}.KnownFrom(provider.EvidenceVendorProgram),
	}
}

// byIDOrName returns text as an ID if it is one, otherwise as a name.
func byIDOrName(text string) (id int64, name string) {
	text = strings.TrimSpace(text)
	if n, ok := parseID(text); ok {
		return n, ""
	}
	return 0, text
}
