package elizon

import (
	"github.com/provkit/provkit/provider"
)

// maxServiceName is how long the name of a service is at most. What the platform allows is undocumented.
const maxServiceName = 100

// usernamePolicy leaves room for an unsigned marker of any reference in a name.
var usernamePolicy = provider.NamePolicy{
	MinLength: 2, MaxLength: 28, First: provider.Lower, Rest: provider.Lower + provider.Digits + "-",
}

// Options of Create.
const (
	optMaxPrice       = "max_price"
	optPayment        = "payment"
	optMandate        = "mandate"
	optCycle          = "billing_cycle"
	optLocation       = "location"
	optTemplate       = "template"
	optCoupon         = "coupon"
	optBillingAddress = "billing_address"
	optSSHKeys        = "ssh_keys"
)

func createOptions() []provider.OptionSpec {
	return []provider.OptionSpec{
		{Name: optMaxPrice, Label: "Maximum price", Help: "in EUR with tax, such as 12.99; above it nothing is bought", Type: provider.OptionString, Required: true},
		{Name: optPayment, Label: "Payment", Help: "guthaben is the account's balance", Type: provider.OptionEnum, Default: string(PayBalance), Allowed: unattended()},
		{Name: optMandate, Label: "Saved mandate", Help: "ID, with payment=mollie_saved; empty is the account's default", Type: provider.OptionString},
		{Name: optCycle, Label: "Billing cycle", Help: "in days; without it 30, or the product's shortest", Type: provider.OptionInt},
		{Name: optLocation, Label: "Location", Help: "ID, as Products.Locations returns it", Type: provider.OptionString},
		{Name: optTemplate, Label: "Operating system", Help: "template ID, as Products.Templates returns it", Type: provider.OptionInt},
		{Name: optCoupon, Label: "Coupon", Type: provider.OptionString},
		{Name: optBillingAddress, Label: "Billing address", Help: "ID, as Addresses.List returns it; it determines the tax", Type: provider.OptionString},
		{Name: optSSHKeys, Label: "SSH keys", Help: "IDs, as SSHKeys.List returns them, separated by commas", Type: provider.OptionString},
	}
}

// Describe returns what the adapter can do.
func (p *Provider) Describe() *provider.Description { return &p.description }

func describe(s settings) provider.Description {
	native := provider.Support{Level: provider.Native}
	acting := provider.Support{Level: provider.Native, Note: "by the actions that the vendor's SDK and app send; an older platform gets that of its reference, whose field is assumed"}
	renew := provider.Support{Level: provider.Unsupported, Note: "spends money: see WithSpending"}
	change := renew
	if s.spending.MaxRenewal != "" {
		renew = provider.Support{Level: provider.Native, Note: "buys one more billing cycle, unless more than one is paid in advance"}
	}
	if s.spending.MaxUpgrade != "" {
		change = provider.Support{
			Level: provider.Unverified, Evidence: provider.EvidenceAssumed,
			Note: "upwards by an order, downwards at once; the field that names the product is not documented",
		}
	}
	return provider.Description{
		Kind: Kind, Name: "elizon", Service: provider.ServiceServer, Username: usernamePolicy, Options: createOptions(),
		Capabilities: provider.Capabilities{
			provider.CapCheck: {Level: provider.Native, Evidence: provider.EvidenceAssumed}, provider.CapGet: native,
			provider.CapFind: {Level: provider.Partial, Note: "by reference and user name; the API knows no customers"},
			provider.CapCreate: {
				Level: provider.Unverified, Evidence: provider.EvidenceAssumed,
				Note: "costs money; pending for minutes; the service is recognised by its name, and that it can be renamed by the field \"name\" is not documented; " +
					"e-mail address, name and password are not stored; nothing is undone",
			},
			provider.CapSuspend:   acting,
			provider.CapUnsuspend: {Level: provider.Native, Note: acting.Note + "; a suspension for an unpaid invoice ends only with its payment"},
			provider.CapTerminate: {Level: provider.Native, Note: "by an immediate cancellation, which the vendor carries out after a while; pending until then"},
			provider.CapSignOn: {
				Level: provider.Partial,
				Note:  "console access: a web page, or the address for a VNC viewer or a terminal of yours with its password or ticket as Token; on request the login page of Plesk with login and password",
			},
			provider.CapList:           {Level: provider.Native, Evidence: provider.EvidenceDocumented, Note: "without plans, which only Get returns"},
			provider.CapPlans:          {Level: provider.Native, Note: "products with their monthly price"},
			provider.CapUsage:          {Level: provider.Partial, Note: "traffic of the month; units of the other figures are not documented"},
			provider.CapFleetUsage:     {Level: provider.Partial, Note: "traffic of the month, 50 services in a call"},
			provider.CapAdopt:          {Level: provider.Unverified, Evidence: provider.EvidenceAssumed, Note: "by renaming the service: the name of the field is not documented"},
			provider.CapCancel:         native,
			provider.CapRenew:          renew,
			provider.CapChangePlan:     change,
			provider.CapPower:          acting,
			provider.CapReinstall:      {Level: provider.Unverified, Evidence: provider.EvidenceAssumed, Note: "wipes the disk; Image is a template ID; method not documented; no password can be set"},
			provider.CapChangePassword: {Level: provider.Unsupported, Note: "the API has none"},
		}.KnownFrom(provider.EvidenceVendorProgram),
	}
}
